//! Files to tables: what is new is read, every row is accounted for, people get
//! pseudonyms.

mod again;
mod books;
mod current;
mod customers;
mod ends;
mod found;
mod histories;
pub(crate) mod mend;
mod mend_again;
mod newest;
mod personal;
mod relative;
mod rows;
pub(crate) mod spec;

use std::collections::BTreeMap;

use perennial_ledger::{FileRecord, FileState, StageRun};

use books::Quarantined;
pub(crate) use books::{Book, quarantine_schema};
pub(crate) use current::{MendedCounts, Notes};
pub(crate) use customers::{LABEL, TABLE as CUSTOMERS, table_name};
use found::Fresh;
pub(crate) use found::{Found, look, mapped_otherwise, recorded_path, source_name};
use histories::HistoryTable;
pub(crate) use histories::{KIND, shape_of};
pub(crate) use mend_again::reading_like;

use crate::settings::Table;
use crate::stage::{Done, Output, Run, key_of};
use crate::{Error, Result};

/// Why a row was set aside that is about somebody who was erased.
pub(crate) const ERASED: &str = "person/erased";
/// Why a row was set aside that is older than its source's `keep`.
pub(crate) const PAST_KEEPING: &str = "row/past-keeping";
/// What the books say a file went into whose content was read elsewhere.
const NO_TABLE: &str = "none";

/// Rows kept in quarantine with their text from one run; more are counted and
/// their text is left out.
const QUARANTINE_ROWS_MAX: usize = 100_000;

/// What reading new files gives, before it is written.
#[derive(Default)]
pub(super) struct Reading {
    pub books: Vec<Book>,
    pub quarantined: Vec<Quarantined>,
}

impl Reading {
    /// Sets a row aside; its text is sealed by the caller.
    fn quarantine(&mut self, row: Quarantined) {
        if self.quarantined.len() < QUARANTINE_ROWS_MAX {
            self.quarantined.push(row);
        }
    }
}

/// Runs the stage: reads what is new, or finds that nothing is.
pub(crate) async fn run(run: &Run<'_>, found: Found) -> Result<Done> {
    let project = run.project;
    if !found.touched.is_empty() {
        project.ledger.record_files(&found.touched).await?;
    }
    if let Some((before, notes)) = &found.before
        && found.fresh.is_empty()
        && notes.repairs == found.repairs
        && !found.replay
    {
        return keep(run, before).await;
    }
    if found.fresh.is_empty() && found.before.is_none() {
        return Err(Error::cannot(
            "source/no-files",
            "no source has a file",
            "check `path` in `[[source]]` of `perennial.toml`",
        ));
    }
    let hashes: Vec<String> = found
        .fresh
        .iter()
        .map(|f| f.ingest_id.to_string())
        .collect();
    let before = found.before.as_ref();
    let base = before.map_or_else(BTreeMap::new, |(done, _)| done.outputs.clone());
    let (readings, tables) = (hashes.join(","), format!("{base:?}"));
    let mut parts: Vec<&str> = vec![&found.mapping, &tables, &readings];
    let replayed_at = project.now_us().to_string();
    if !found.repairs.is_empty() {
        parts.push(&found.repairs);
    }
    if found.replay {
        parts.push(&replayed_at);
    }
    let key = key_of("ingest", &parts);
    let mut notes = Notes {
        mapping: found.mapping.clone(),
        books: before.map_or_else(Vec::new, |(_, notes)| notes.books.clone()),
        repairs: found.repairs.clone(),
        mended: MendedCounts::default(),
    };
    run.stage("ingest", &key, async || {
        let mut outputs = base.clone();
        if !found.fresh.is_empty() {
            let (read, reading) = read(run, &found, &base, &notes.books).await?;
            outputs = read;
            notes.books.extend(reading.books);
        }
        if before.is_some() {
            notes.mended = mend_again::read(run, &mut outputs, &mut notes.books).await?;
        }
        let mut output = Output::new(outputs, &notes)?;
        let fresh = found.fresh.iter().filter(|f| !f.again);
        output.files = fresh.map(|f| record(run, f)).collect();
        if found.anew {
            let sources = 0..project.settings.sources.len();
            output.forgotten = sources.map(|at| source_name(project, at)).collect();
        }
        Ok(output)
    })
    .await
}

/// Notes for this run that nothing had to be read.
async fn keep(run: &Run<'_>, before: &Done) -> Result<Done> {
    let now_us = run.project.now_us();
    if run
        .project
        .ledger
        .stage(&run.run_id, "ingest")
        .await?
        .is_none()
    {
        let row = StageRun {
            run_id: run.run_id.clone(),
            stage: "ingest".to_owned(),
            stage_key: before.key.clone(),
            outputs: before.outputs.clone(),
            settings_hash: run.settings_hash.clone(),
            code_version: crate::stage::CODE_VERSION.to_owned(),
            started_at_us: now_us,
            finished_at_us: now_us,
            details: before.details.clone(),
        };
        run.project.ledger.record_stage(&row).await?;
    }
    Ok(before.clone())
}

fn record(run: &Run<'_>, fresh: &Fresh) -> FileRecord {
    FileRecord {
        path: recorded_path(run.project, &fresh.file.path),
        size_bytes: i64::try_from(fresh.file.size).unwrap_or(i64::MAX),
        mtime_us: fresh.file.mtime_us,
        content_hash: fresh.hash,
        source: source_name(run.project, fresh.source),
        ingest_id: fresh.ingest_id.to_string(),
        state: if fresh.known_as.is_some() {
            FileState::Duplicate
        } else {
            FileState::Read
        },
    }
}

async fn read(
    run: &Run<'_>,
    found: &Found,
    base: &BTreeMap<String, i64>,
    before: &[Book],
) -> Result<(BTreeMap<String, i64>, Reading)> {
    let sources = &run.project.settings.sources;
    let of = |table: Table| -> Vec<&Fresh> {
        found
            .fresh
            .iter()
            .filter(|f| sources.get(f.source).is_some_and(|s| s.table == table))
            .collect()
    };
    let mut outputs = base.clone();
    let mut reading = Reading::default();
    let bytes = found.fresh.iter().map(|f| f.file.size).sum();
    run.progress.start("ingest", Some(bytes), "bytes");
    for &table in Table::ALL {
        let files = of(table);
        let Some(shape) = shape_of(table).filter(|_| !files.is_empty()) else {
            continue;
        };
        let (into, base) = (
            HistoryTable { table, shape },
            base.get(shape.table).copied(),
        );
        let version = histories::read(run, into, &files, base, &mut reading).await?;
        outputs.insert(shape.table.to_owned(), version);
    }
    let people = of(Table::Customers);
    if !people.is_empty() {
        let base = base.get(customers::TABLE).copied();
        let version = customers::read(run, &people, base, &mut reading).await?;
        outputs.insert(customers::TABLE.to_owned(), version);
    }
    known_content(found, before, &mut reading);
    let rows: u64 = reading.books.iter().map(|b| b.rows_read).sum();
    run.progress
        .finish(&format!("{rows} rows from {} files", found.fresh.len()));
    let books = books::write(
        run.project,
        &run.run_id,
        base,
        &reading.books,
        &reading.quarantined,
    )
    .await?;
    outputs.extend(books);
    Ok((outputs, reading))
}

/// Files whose content was read under another name: all rows are duplicates.
fn known_content(found: &Found, before: &[Book], reading: &mut Reading) {
    for fresh in &found.fresh {
        let Some(known) = fresh.known_as else {
            continue;
        };
        let rows = before
            .iter()
            .chain(&reading.books)
            .find(|b| b.ingest_id == known)
            .map_or(0, |b| b.rows_read);
        reading.books.push(Book {
            ingest_id: fresh.ingest_id,
            source: Some(fresh.source),
            read_at_us: fresh.seen_us,
            file: fresh.name.clone(),
            table: NO_TABLE.to_owned(),
            content_hash: hex(&fresh.hash),
            rows_read: rows,
            duplicates: rows,
            shares: vec![known],
            moved: fresh.moved.clone(),
            ..Book::default()
        });
    }
}

/// What was made of a file; nothing where it is empty and one of several: a
/// day without a sale leaves such a file. One that stands alone is an error.
fn unless_empty<T>(made: Result<T>, fresh: &Fresh) -> Result<Option<T>> {
    match made {
        Err(error) if error.is_empty_file() && !fresh.is_alone => Ok(None),
        other => other.map(Some),
    }
}

/// A hash as people compare it.
pub(super) fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
