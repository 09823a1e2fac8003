//! Letting go of what is past its time: rows older than their source's `keep`,
//! texts of rows set aside, and people of whom nothing is left.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use perennial_govern::keeping::cut_us;
use perennial_lake::arrow::array::{Array, AsArray, BooleanArray, RecordBatch};
use perennial_lake::arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use perennial_lake::tables::{Going, Noting, read_batches};

use super::books;
use super::rewrite::{Rewritten, Versions, remove_old, versions_of};
use crate::Result;
use crate::progress::Progress;
use crate::project::Project;
use crate::settings::{Settings, Table};
use crate::stage::key_of;
use crate::stages::ingest::{Book, Notes, PAST_KEEPING};
use crate::visible::kept_runs;

/// The moment before which rows of a source are past their time; none where they
/// may stay.
pub(crate) fn cut_of(settings: &Settings, source: usize, now_us: i64) -> Option<i64> {
    let keep = settings.sources.get(source)?.keep?;
    Some(cut_us(now_us, keep.as_micros()))
}

/// What is past its time.
#[derive(Default)]
struct Past {
    /// By reading, the moment before which its rows are.
    rows: HashMap<i64, i64>,
    /// Readings whose texts in quarantine are.
    texts: BTreeSet<i64>,
    /// The latest of those moments: a file that begins later has no such row.
    latest_cut_us: i64,
}

impl Past {
    fn of(settings: &Settings, books: &[Book], now_us: i64) -> Self {
        let mut past = Self {
            latest_cut_us: i64::MIN,
            ..Self::default()
        };
        let texts_before_us = cut_us(now_us, settings.privacy.keep_set_aside.as_micros());
        for book in books {
            let cut = book.source.and_then(|at| cut_of(settings, at, now_us));
            let is_old = |cut: &i64| book.first_us.is_some_and(|first| first < *cut);
            if let Some(cut) = cut.filter(is_old) {
                past.latest_cut_us = past.latest_cut_us.max(cut);
                past.rows.insert(book.ingest_id, cut);
            }
            let read = book.read_at_us > 0 && book.read_at_us < texts_before_us;
            if read && book.quarantined > 0 && !book.texts_gone {
                past.texts.insert(book.ingest_id);
            }
        }
        past
    }

    fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.texts.is_empty()
    }

    /// Which rows of a batch are past their time.
    fn is_gone(&self, batch: &RecordBatch) -> BooleanArray {
        let readings =
            (batch.column_by_name("ingest_id")).and_then(|c| c.as_primitive_opt::<Int64Type>());
        let times = (batch.column_by_name("time"))
            .and_then(|c| c.as_primitive_opt::<TimestampMicrosecondType>());
        let (Some(readings), Some(times)) = (readings, times) else {
            return BooleanArray::from(vec![false; batch.num_rows()]);
        };
        let goes = |row: usize| {
            let time_us = times.value(row);
            time_us < self.latest_cut_us
                && times.is_valid(row)
                && (self.rows.get(&readings.value(row))).is_some_and(|cut| time_us < *cut)
        };
        (0..batch.num_rows()).map(|row| Some(goes(row))).collect()
    }
}

/// Takes what is past its time out of every table and every version of it that
/// somebody can still want. Whether any row went. Nothing to do is a look at the
/// notes of the newest ingest.
pub(crate) async fn let_go(project: &Project, progress: &dyn Progress) -> Result<bool> {
    let now_us = project.now_us();
    let kept = kept_runs(project).await?;
    let books = books_of(project, &kept).await?;
    let past = Past::of(&project.settings, &books, now_us);
    if past.is_empty() {
        return Ok(false);
    }
    progress.start("keep", None, "rows");
    let versions = versions_of(project, &kept).await?;
    let mut rewritten = Rewritten::default();
    let is_gone = |batch: &RecordBatch| past.is_gone(batch);
    let going = Going {
        columns: &["ingest_id", "time"],
        is_gone: &is_gone,
        can_have: &|file| {
            file.min_time_us
                .is_none_or(|first| first < past.latest_cut_us)
        },
        noting: Noting::Customers,
    };
    for table in Table::ALL.iter().map(|table| table.as_str()) {
        rewritten
            .take_out(project, &versions, table, &going)
            .await?;
    }
    let rows: u64 = rewritten.readings.values().sum();
    write_books(project, &versions, &past, &mut rewritten).await?;
    let people = people_without_rows(project, &versions, &rewritten).await?;
    let vault = project.ledger.vault(&project.key).await?;
    let let_go = vault.let_go(&people).await?;
    point(project, &kept, &past, &rewritten).await?;
    remove_old(project).await?;
    if rows > 0 {
        project.ledger.compact().await?;
    }
    progress.finish(&format!(
        "{rows} rows past their time let go, {let_go} people with nothing left"
    ));
    Ok(rows > 0)
}

/// The books of every reading that a kept run knows.
async fn books_of(project: &Project, kept: &[String]) -> Result<Vec<Book>> {
    let mut books: BTreeMap<i64, Book> = BTreeMap::new();
    for run_id in kept {
        let Some(stage) = project.ledger.stage(run_id, "ingest").await? else {
            continue;
        };
        let notes: Notes = serde_json::from_value(stage.details).unwrap_or_default();
        books.extend(notes.books.into_iter().map(|book| (book.ingest_id, book)));
    }
    Ok(books.into_values().collect())
}

/// The books and the quarantine, written anew.
async fn write_books(
    project: &Project,
    versions: &Versions,
    past: &Past,
    rewritten: &mut Rewritten,
) -> Result<()> {
    let none = BTreeSet::new();
    if !rewritten.readings.is_empty() {
        for &version in versions.get("ingests").unwrap_or(&none) {
            let new =
                books::past_keeping(project, version, &rewritten.readings, &past.rows).await?;
            rewritten.replace("ingests", version, new);
        }
    }
    if !past.texts.is_empty() {
        for &version in versions.get("quarantine").unwrap_or(&none) {
            let new = books::without_old_texts(project, version, &past.texts).await?;
            rewritten.replace("quarantine", version, new);
        }
    }
    Ok(())
}

/// Of those whose rows went, who has none left in any table that files go into.
async fn people_without_rows(
    project: &Project,
    versions: &Versions,
    rewritten: &Rewritten,
) -> Result<Vec<i64>> {
    let mut left: HashSet<i64> = rewritten.customers.clone();
    let columns = ["customer_id", "subject_id"];
    for table in Table::ALL.iter().map(|table| table.as_str()) {
        for &version in versions.get(table).into_iter().flatten() {
            if left.is_empty() {
                break;
            }
            let key = (table.to_owned(), version);
            let version = rewritten.versions.get(&key).copied().unwrap_or(version);
            read_batches(
                &project.lake,
                table,
                Some(version),
                Some(&columns),
                |batch| {
                    for ids in columns.iter().filter_map(|name| batch.column_by_name(name)) {
                        let ids = ids.as_primitive_opt::<Int64Type>();
                        for id in ids.into_iter().flatten().flatten() {
                            left.remove(&id);
                        }
                    }
                    Ok(())
                },
            )
            .await?;
        }
    }
    let mut left: Vec<i64> = left.into_iter().collect();
    left.sort_unstable();
    Ok(left)
}

/// Gives the kept runs the new versions. What was made of rows that went is made
/// anew: their ingest has another key from now on.
async fn point(
    project: &Project,
    kept: &[String],
    past: &Past,
    rewritten: &Rewritten,
) -> Result<()> {
    let change = |stage: &mut perennial_ledger::StageRun| {
        rewritten.point(stage);
        if stage.stage != "ingest" {
            return;
        }
        let Ok(mut notes) = serde_json::from_value::<Notes>(stage.details.clone()) else {
            return;
        };
        if note(&mut notes, past, &rewritten.readings) {
            let cut = past.latest_cut_us.to_string();
            stage.stage_key = key_of("ingest", &[&stage.stage_key, "kept since", &cut]);
        }
        stage.details = serde_json::to_value(&notes).unwrap_or_default();
    };
    project.ledger.rewrite_runs(kept, change).await?;
    Ok(())
}

/// What went, in the stage's notes; whether any row did.
fn note(notes: &mut Notes, past: &Past, readings: &BTreeMap<i64, u64>) -> bool {
    let mut any = false;
    for book in &mut notes.books {
        if past.texts.contains(&book.ingest_id) {
            book.texts_gone = true;
        }
        let Some(cut) = past.rows.get(&book.ingest_id) else {
            continue;
        };
        // Whether or not a row went: none is older from now on.
        let span = books::span_since(book.first_us.zip(book.last_us), Some(*cut));
        (book.first_us, book.last_us) = span.unzip();
        let rows = readings.get(&book.ingest_id).copied().unwrap_or(0);
        if rows == 0 {
            continue;
        }
        any = true;
        book.kept = book.kept.saturating_sub(rows);
        book.quarantined += rows;
        book.past_keeping += rows;
        *book.reasons.entry(PAST_KEEPING.to_owned()).or_default() += rows;
    }
    any
}

/// Takes away what only older runs needed, once a run stands that was made without
/// what is past its time.
pub(crate) async fn forget_older(project: &Project) -> Result<()> {
    let kept = kept_runs(project).await?;
    project.ledger.rewrite_runs(&kept, |_| {}).await?;
    remove_old(project).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use perennial_lake::arrow::array::{ArrayRef, Int64Array, TimestampMicrosecondArray};

    use super::*;

    const DAY_US: i64 = 86_400_000_000;

    fn settings() -> Settings {
        let text = "format = 1\n[project]\ncurrency = \"EUR\"\n[[source]]\npath = \"a.csv\"\ntable = \"order_lines\"\n\
             columns = { customer_id = \"w\", time = \"t\", amount = \"a\" }\nkeep = \"10d\"\n\
             [privacy]\nkeep_set_aside = \"2d\"\n";
        Settings::parse(text, Path::new("perennial.toml"), std::iter::empty(), &[]).unwrap()
    }

    fn book(ingest_id: i64, first_day: i64, read_day: i64, quarantined: u64) -> Book {
        Book {
            ingest_id,
            source: Some(0),
            read_at_us: read_day * DAY_US,
            rows_read: 10 + quarantined,
            kept: 10,
            quarantined,
            first_us: Some(first_day * DAY_US),
            last_us: Some(99 * DAY_US),
            ..Book::default()
        }
    }

    #[test]
    fn only_what_is_old_is_looked_at_and_the_books_say_what_went() {
        let books = [book(1, 80, 99, 1), book(2, 95, 90, 3), book(3, 80, 90, 0)];
        let past = Past::of(&settings(), &books, 100 * DAY_US + 7);
        let mut rows: Vec<i64> = past.rows.keys().copied().collect();
        rows.sort_unstable();
        assert_eq!(rows, [1, 3]);
        assert_eq!(past.texts, BTreeSet::from([2]));
        assert_eq!(past.latest_cut_us, 90 * DAY_US);

        let ints = |values: Vec<i64>| Arc::new(Int64Array::from(values)) as ArrayRef;
        let days = [80, 90, 80].map(|day| day * DAY_US).to_vec();
        let times = TimestampMicrosecondArray::from(days).with_timezone("UTC");
        let batch = RecordBatch::try_from_iter([
            ("ingest_id", ints(vec![1, 1, 2])),
            ("time", Arc::new(times) as ArrayRef),
        ])
        .unwrap();
        assert_eq!(
            past.is_gone(&batch),
            BooleanArray::from(vec![true, false, false])
        );

        let mut notes = Notes {
            books: books.to_vec(),
            ..Notes::default()
        };
        assert!(note(&mut notes, &past, &BTreeMap::from([(1, 4)])));
        let first = &notes.books[0];
        assert_eq!(
            (first.kept, first.quarantined, first.past_keeping),
            (6, 5, 4)
        );
        assert_eq!(first.reasons[PAST_KEEPING], 4);
        assert!(notes.books[1].texts_gone);
        // Looked at once: nothing is old any more.
        assert!(Past::of(&settings(), &notes.books, 100 * DAY_US + 9).is_empty());
    }
}
