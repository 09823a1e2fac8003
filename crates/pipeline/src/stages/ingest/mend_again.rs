//! Records that lie in quarantine and were mended since: they are read again
//! without their file, and the books of their file move what is good now from set
//! aside to kept.

use std::collections::{BTreeMap, HashMap};

use perennial_lake::arrow::array::AsArray;
use perennial_lake::arrow::datatypes::Int64Type;
use perennial_lake::sources::files::expand;
use perennial_lake::tables::read_all;
use perennial_ledger::Vault;

use super::books::{self, Book, Shift};
use super::found::{Fresh, shown_name, source_name};
use super::histories::{self, HistoryTable, shape_of};
use super::mend::{Again, Mender};
use super::spec::Reading as FileReading;
use super::{MendedCounts, Notes, Reading, customers};
use crate::Result;
use crate::project::Project;
use crate::settings::Table;
use crate::stage::Run;

/// Mended records by reading, each with the reason it was set aside for.
type Found = BTreeMap<i64, Vec<(Again, String)>>;

/// Reads mended records again; `outputs` and `books` are brought up to date.
pub(super) async fn read(
    run: &Run<'_>,
    outputs: &mut BTreeMap<String, i64>,
    books: &mut [Book],
) -> Result<MendedCounts> {
    let project = run.project;
    let mut counts = MendedCounts::default();
    let vault = project.ledger.vault(&project.key).await?;
    let mender = Mender::load(&vault).await?;
    let Some(&quarantine) = outputs.get("quarantine").filter(|_| !mender.is_empty()) else {
        return Ok(counts);
    };
    let found = in_quarantine(project, &vault, &mender, quarantine, books).await?;
    let mut shifts: BTreeMap<i64, Shift> = BTreeMap::new();
    let mut moved: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    let mut still = Reading::default();
    for (reading, records) in found {
        let Some(book) = books.iter_mut().find(|book| book.ingest_id == reading) else {
            continue;
        };
        let rows = records.len() as u64;
        let (Some(fresh), Some(table)) = (
            fresh_of(project, book).await?,
            Table::from_word(&book.table),
        ) else {
            counts.without_file += rows;
            continue;
        };
        counts.read += rows;
        let mut numbers: Vec<i64> = records.iter().map(|(again, _)| again.row as i64).collect();
        numbers.sort_unstable();
        let (again, reasons): (Vec<Again>, Vec<String>) = records.into_iter().unzip();
        let base = outputs.get(table.as_str()).copied();
        let (version, own) = match shape_of(table) {
            Some(shape) => {
                let into = HistoryTable { table, shape };
                histories::read_mended(run, into, &fresh, again, base, &mut still).await?
            }
            None => customers::read_mended(run, &fresh, again, base, &mut still).await?,
        };
        outputs.insert(table.as_str().to_owned(), version);
        counts.kept += own.kept;
        counts.duplicates += own.duplicates;
        counts.set_aside += own.quarantined;
        shifts.insert(reading, apply(book, &own, &reasons));
        moved.insert(reading, numbers);
    }
    if moved.is_empty() {
        return Ok(counts);
    }
    if let Some(&version) = outputs.get("ingests") {
        let version = books::shifted(project, version, &shifts).await?;
        outputs.insert("ingests".to_owned(), version);
    }
    let rest = &still.quarantined;
    let version = books::without(project, &run.run_id, quarantine, &moved, rest).await?;
    outputs.insert("quarantine".to_owned(), version);
    Ok(counts)
}

/// The records in quarantine that were mended.
async fn in_quarantine(
    project: &Project,
    vault: &Vault,
    mender: &Mender,
    version: i64,
    books: &[Book],
) -> Result<Found> {
    // What an earlier content of a file had counts no more, mended or not.
    let notes = Notes {
        books: books.to_vec(),
        ..Notes::default()
    };
    let current = notes.current();
    let known: HashMap<i64, &Book> = current.iter().map(|book| (book.ingest_id, book)).collect();
    let mut found = Found::new();
    for batch in read_all(&project.lake, "quarantine", Some(version), None).await? {
        let ints = |name: &str| batch.column_by_name(name)?.as_primitive_opt::<Int64Type>();
        let sealed = batch
            .column_by_name("raw_sealed")
            .and_then(|c| c.as_binary_opt::<i32>());
        let reasons = batch
            .column_by_name("reason")
            .and_then(|c| c.as_string_opt::<i32>());
        let (Some(readings), Some(rows), Some(sealed), Some(reasons)) =
            (ints("ingest_id"), ints("row"), sealed, reasons)
        else {
            continue;
        };
        for at in (0..batch.num_rows()).filter(|at| !sealed.value(*at).is_empty()) {
            let Some(book) = known.get(&readings.value(at)) else {
                continue;
            };
            let Ok(hash) = blake3::Hash::from_hex(&book.content_hash) else {
                continue;
            };
            let raw = vault.open_raw(hash.as_bytes(), sealed.value(at))?;
            let Some(cells) = mender.cells(&book.table, &raw) else {
                continue;
            };
            let row = u64::try_from(rows.value(at)).unwrap_or(0);
            let cells = cells.clone();
            let of_reading = found.entry(book.ingest_id).or_default();
            of_reading.push((Again { row, raw, cells }, reasons.value(at).to_owned()));
        }
    }
    Ok(found)
}

/// The file a book speaks of, as if it were to be read; where it was put away,
/// another file of its source, which is written alike. None where there is none.
async fn fresh_of(project: &Project, book: &Book) -> Result<Option<Fresh>> {
    let Ok(hash) = blake3::Hash::from_hex(&book.content_hash) else {
        return Ok(None);
    };
    let reading = book.ingest_id.to_string();
    for (index, source) in project.settings.sources.iter().enumerate() {
        let name = source_name(project, index);
        if !project.ledger.readings_of(&name).await?.contains(&reading) {
            continue;
        }
        let mut files = expand(&project.dir, &source.path).unwrap_or_default();
        let own = files
            .iter()
            .position(|file| shown_name(file, source) == book.file);
        if files.is_empty() {
            return Ok(None);
        }
        return Ok(Some(Fresh {
            source: index,
            file: files.swap_remove(own.unwrap_or(0)),
            name: book.file.clone(),
            is_alone: book.file == source.shown(),
            hash: *hash.as_bytes(),
            ingest_id: book.ingest_id,
            known_as: None,
            moved: Vec::new(),
            earlier: Vec::new(),
            standing: Vec::new(),
            entangled: false,
            again: false,
            seen_us: project.now_us(),
        }));
    }
    Ok(None)
}

/// How the records of a book's file are written, and which of their columns are
/// read; none where its source has no file.
pub(crate) async fn reading_like(project: &Project, book: &Book) -> Result<Option<FileReading>> {
    let Some(fresh) = fresh_of(project, book).await? else {
        return Ok(None);
    };
    let settings = &project.settings;
    let source = &settings.sources[fresh.source];
    let zone = settings.zone_of(source).as_str();
    let rows = settings.limits.rows_per_batch.get();
    FileReading::new(&fresh.file, source, zone, rows).map(Some)
}

/// Brings the book of a file up to date by that of its mended records, and says by
/// how much it changed. Rows read stay rows kept, set aside and known already.
fn apply(book: &mut Book, own: &Book, reasons: &[String]) -> Shift {
    for reason in reasons {
        if let Some(rows) = book.reasons.get_mut(reason) {
            *rows = rows.saturating_sub(1);
        }
    }
    book.reasons.retain(|_, rows| *rows > 0);
    for (reason, rows) in &own.reasons {
        *book.reasons.entry(reason.clone()).or_default() += rows;
    }
    let good = own.kept + own.duplicates;
    book.kept += own.kept;
    book.duplicates += own.duplicates;
    book.quarantined = book.quarantined.saturating_sub(good);
    book.without_customer += own.without_customer;
    book.repeats += own.repeats;
    book.overlaps += own.overlaps;
    book.first_us = match (book.first_us, own.first_us) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    book.last_us = book.last_us.max(own.last_us);
    for other in own.shares.iter().filter(|id| **id != book.ingest_id) {
        if !book.shares.contains(other) {
            book.shares.push(*other);
        }
    }
    book.shares.sort_unstable();
    let int = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    Shift {
        kept: int(own.kept),
        duplicates: int(own.duplicates),
        quarantined: -int(good),
        without_customer: int(own.without_customer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_good_now_moves_and_the_sum_stays() {
        let reasons = |pairs: &[(&str, u64)]| -> BTreeMap<String, u64> {
            pairs
                .iter()
                .map(|(code, n)| ((*code).to_owned(), *n))
                .collect()
        };
        let mut book = Book {
            rows_read: 100,
            kept: 90,
            quarantined: 8,
            duplicates: 2,
            reasons: reasons(&[("a/b", 5), ("c/d", 3)]),
            ..Book::default()
        };
        let own = Book {
            rows_read: 6,
            kept: 3,
            duplicates: 1,
            quarantined: 2,
            reasons: reasons(&[("e/f", 2)]),
            ..Book::default()
        };
        let before = ["a/b", "a/b", "a/b", "c/d", "c/d", "c/d"].map(str::to_owned);
        let shift = apply(&mut book, &own, &before);
        assert_eq!((book.kept, book.quarantined, book.duplicates), (93, 4, 3));
        assert_eq!(
            book.kept + book.quarantined + book.duplicates,
            book.rows_read
        );
        assert_eq!(book.reasons, reasons(&[("a/b", 2), ("e/f", 2)]));
        assert_eq!(shift.kept + shift.duplicates + shift.quarantined, 0);
    }
}
