//! `quarantine`: the rows that were set aside, looked at, mended and read again.

mod fix;
mod list;

use std::collections::{BTreeMap, HashMap};

use perennial_lake::arrow::array::{Array, AsArray};
use perennial_lake::arrow::datatypes::Int64Type;
use perennial_lake::tables::read_batches;
use serde::Serialize;

pub use fix::{FixOptions, Fixed, fix};
pub use list::{Listed, ReasonCount, RowShown, list, list_csv};

use crate::answer::{listed, nearest, pick};
use crate::progress::Progress;
use crate::project::Project;
use crate::run::{RunOptions, RunSummary, nothing_yet, run};
use crate::settings::Language;
use crate::stages::ingest::{Book, MendedCounts, Notes, source_name};
use crate::{Error, Result};

/// Which rows are meant; all of what is not said.
#[derive(Debug, Clone, Default)]
pub struct QuarantineFilter {
    /// The source, as the settings name it, or a part of its name.
    pub source: Option<String>,
    /// The reason, as a code.
    pub reason: Option<String>,
    /// The file, as `quarantine list` names it.
    pub file: Option<String>,
    /// The record's number in its file.
    pub row: Option<u64>,
}

/// A row set aside.
struct Aside {
    ingest_id: i64,
    row: i64,
    column: Option<String>,
    reason: String,
    sealed: Vec<u8>,
}

/// What is in quarantine, with the books of the files it comes from.
struct Quarantine {
    rows: Vec<Aside>,
    /// By reading: the book, as its file stands now.
    books: HashMap<i64, Book>,
}

impl Quarantine {
    fn book(&self, row: &Aside) -> Option<&Book> {
        self.books.get(&row.ingest_id)
    }

    fn file(&self, row: &Aside) -> &str {
        self.book(row).map_or("", |book| book.file.as_str())
    }
}

/// The rows set aside as the newest reading left them, one that a critical rule
/// stopped included; in the order of file and record.
async fn load(project: &Project, filter: &QuarantineFilter) -> Result<Quarantine> {
    let newest = project.ledger.latest_stage("ingest").await?;
    let newest = newest.ok_or_else(nothing_yet)?;
    let notes: Notes = serde_json::from_value(newest.details).map_err(|_| nothing_yet())?;
    let of_source = match &filter.source {
        Some(asked) => Some(readings_of(project, asked).await?),
        None => None,
    };
    let wanted = |book: &Book| {
        let in_source = of_source
            .as_ref()
            .is_none_or(|ids| ids.contains(&book.ingest_id));
        let is_file =
            |file: &String| book.file == *file || book.file.ends_with(&format!("/{file}"));
        in_source && filter.file.as_ref().is_none_or(is_file)
    };
    let books = notes.current().into_iter().filter(wanted);
    let books: HashMap<i64, Book> = books.map(|book| (book.ingest_id, book)).collect();
    let mut rows = Vec::new();
    if let Some(version) = newest.outputs.get("quarantine").copied() {
        rows = rows_of(project, version).await?;
    }
    rows.retain(|row: &Aside| {
        let is_row = |number: u64| u64::try_from(row.row) == Ok(number);
        books.contains_key(&row.ingest_id)
            && filter
                .reason
                .as_ref()
                .is_none_or(|reason| row.reason == *reason)
            && filter.row.is_none_or(is_row)
    });
    let quarantine = Quarantine {
        rows: Vec::new(),
        books,
    };
    rows.sort_by(|a, b| {
        let file = quarantine.file(a).cmp(quarantine.file(b));
        file.then(a.row.cmp(&b.row))
    });
    Ok(Quarantine { rows, ..quarantine })
}

async fn rows_of(project: &Project, version: i64) -> Result<Vec<Aside>> {
    let mut rows = Vec::new();
    read_batches(&project.lake, "quarantine", Some(version), None, |batch| {
        let ints = |name: &str| batch.column_by_name(name)?.as_primitive_opt::<Int64Type>();
        let texts = |name: &str| batch.column_by_name(name)?.as_string_opt::<i32>();
        let sealed = batch
            .column_by_name("raw_sealed")
            .and_then(|c| c.as_binary_opt::<i32>());
        let (Some(readings), Some(numbers), Some(sealed), Some(columns), Some(reasons)) = (
            ints("ingest_id"),
            ints("row"),
            sealed,
            texts("column_name"),
            texts("reason"),
        ) else {
            return Ok(());
        };
        rows.extend((0..batch.num_rows()).map(|at| Aside {
            ingest_id: readings.value(at),
            row: numbers.value(at),
            column: columns.is_valid(at).then(|| columns.value(at).to_owned()),
            reason: reasons.value(at).to_owned(),
            sealed: sealed.value(at).to_vec(),
        }));
        Ok(())
    })
    .await?;
    Ok(rows)
}

/// The readings of a source that is named whole or in part.
async fn readings_of(project: &Project, asked: &str) -> Result<Vec<i64>> {
    let sources = &project.settings.sources;
    let names: Vec<String> = sources.iter().map(|source| source.shown()).collect();
    let whole: Vec<usize> = (0..names.len()).filter(|at| names[*at] == asked).collect();
    let part: Vec<usize> = (0..names.len())
        .filter(|at| names[*at].contains(asked))
        .collect();
    let meant = if whole.is_empty() { part } else { whole };
    if meant.is_empty() {
        let all = || names.iter().map(String::as_str);
        return Err(Error::cannot(
            "quality/source-unknown",
            format!("no source is called `{asked}`"),
            match nearest(asked, all()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the sources are {}", listed(all(), 10)),
            },
        ));
    }
    let mut readings = Vec::new();
    for index in meant {
        let of_source = project
            .ledger
            .readings_of(&source_name(project, index))
            .await?;
        readings.extend(of_source.iter().filter_map(|id| id.parse::<i64>().ok()));
    }
    Ok(readings)
}

/// There is no such row.
fn nothing_meant(filter: &QuarantineFilter) -> Error {
    let said = [
        filter.source.as_ref().map(|s| format!("source `{s}`")),
        filter.file.as_ref().map(|f| format!("file `{f}`")),
        filter.row.map(|r| format!("row {r}")),
        filter.reason.as_ref().map(|r| format!("reason `{r}`")),
    ];
    let said: Vec<String> = said.into_iter().flatten().collect();
    Error::cannot(
        "quarantine/none",
        match said.is_empty() {
            true => "no row is set aside".to_owned(),
            false => format!("no row is set aside with {}", said.join(", ")),
        },
        "`perennial quarantine list` shows what is set aside, and why",
    )
}

/// What came of reading mended rows again.
#[derive(Debug, Clone, Serialize)]
pub struct Replayed {
    /// Records read again from quarantine.
    pub read: u64,
    /// Those that are kept now.
    pub kept: u64,
    /// Those that were known already.
    pub duplicates: u64,
    /// Those that are set aside still.
    pub set_aside: u64,
    /// Those whose source has no file that says how its records are written.
    pub without_file: u64,
    /// Whether the settings had changed, so that all files were read again.
    pub read_anew: bool,
    /// Rows set aside now, by reason.
    pub reasons: BTreeMap<String, u64>,
    /// The run that did it.
    pub run_id: String,
}

/// Reads mended rows again, and all files where the settings that say how to read
/// them have changed; then measures quality.
///
/// # Errors
/// As [`crate::run`].
pub async fn replay(project: &Project, progress: &dyn Progress) -> Result<Replayed> {
    let read_anew = crate::stages::ingest::mapped_otherwise(project).await?;
    let options = RunOptions {
        until: Some("quality".to_owned()),
        replay: true,
        ..RunOptions::default()
    };
    let RunSummary { run_id, .. } = run(project, options, progress).await?;
    let newest = project.ledger.latest_stage("ingest").await?;
    let newest = newest.ok_or_else(nothing_yet)?;
    let notes: Notes = serde_json::from_value(newest.details).map_err(|_| nothing_yet())?;
    let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
    for (reason, rows) in notes.current().into_iter().flat_map(|book| book.reasons) {
        *reasons.entry(reason).or_default() += rows;
    }
    let MendedCounts {
        read,
        kept,
        duplicates,
        set_aside,
        without_file,
    } = notes.mended;
    Ok(Replayed {
        read,
        kept,
        duplicates,
        set_aside,
        without_file,
        read_anew,
        reasons,
        run_id,
    })
}

impl Replayed {
    /// For people.
    pub fn lines(&self, language: Language) -> Vec<String> {
        let Self {
            read,
            kept,
            duplicates,
            set_aside,
            ..
        } = self;
        let mut lines = vec![match self.read_anew {
            true => pick(
                language,
                "the settings had changed: all files were read again".to_owned(),
                "设置已改变：所有文件已重新读取".to_owned(),
            ),
            false => pick(
                language,
                format!(
                    "{read} mended rows read again: {kept} kept now, {duplicates} known already, {set_aside} set aside still"
                ),
                format!(
                    "重新读取 {read} 行修复后的数据：现保留 {kept} 行，重复 {duplicates} 行，仍隔离 {set_aside} 行"
                ),
            ),
        }];
        if self.without_file > 0 {
            let rows = self.without_file;
            lines.push(pick(
                language,
                format!("{rows} could not be read: no file of their source is there to say how records are written; put one back and replay"),
                format!("{rows} 行无法读取：数据源中没有文件可说明记录的写法；放回一个文件后再次执行 replay"),
            ));
        }
        let left: u64 = self.reasons.values().sum();
        lines.push(pick(
            language,
            format!(
                "{left} rows are set aside now; `perennial run` brings everything else up to date"
            ),
            format!("目前隔离 {left} 行；执行 `perennial run` 即可更新其余内容"),
        ));
        lines
    }
}
