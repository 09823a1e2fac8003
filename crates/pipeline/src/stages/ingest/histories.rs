//! Files of order lines, events and contracts into the lake.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use perennial_lake::histories::{
    EVENTS, HistorySchema, HistorySorter, ORDER_LINES, SUBSCRIPTIONS, Shape, SortOutcome,
};
use perennial_lake::sources::RawBatch;
use perennial_lake::sources::files::{Format, SourceFile};
use perennial_lake::sources::read::open;
use perennial_lake::tables;
use perennial_ledger::{FileSealer, Resolver, Vault};

use super::books::{Book, Quarantined};
use super::ends::Ends;
use super::found::Fresh;
use super::mend::{Again, Mender, open_mended};
use super::personal::Personal;
use super::relative::RelativeDays;
use super::rows::{
    Judged, Places, Refused, Span, identifiers, judge, rare_moments, record_hashes, row_batch,
    times,
};
use super::spec::Reading as FileReading;
use super::{ERASED, PAST_KEEPING, Reading, unless_empty};
use crate::privacy::cut_of;
use crate::settings::{Settings, Table};
use crate::stage::Run;
use crate::{Error, Result};

/// What identifies a customer in the vault.
pub(crate) const KIND: &str = "customer_id";
/// Identifiers remembered while reading; about 50 bytes each.
const REMEMBERED_MAX: usize = 2_000_000;
/// A row of text takes at least about this many bytes, compressed tenfold less.
const BYTES_PER_ROW: u64 = 60;

/// What the rows of a table of histories are; none for other tables.
pub(crate) fn shape_of(table: Table) -> Option<Shape> {
    match table {
        Table::OrderLines => Some(ORDER_LINES),
        Table::Events => Some(EVENTS),
        Table::Subscriptions => Some(SUBSCRIPTIONS),
        Table::Customers => None,
    }
}

/// What is read, and what it becomes.
#[derive(Clone, Copy)]
pub(super) struct HistoryTable {
    pub table: Table,
    pub shape: Shape,
}

/// Reads the files on top of version `base` and returns the new version.
pub(super) async fn read(
    run: &Run<'_>,
    into: HistoryTable,
    files: &[&Fresh],
    base: Option<i64>,
    reading: &mut Reading,
) -> Result<i64> {
    let before = (reading.books.len(), reading.quarantined.len());
    let result = read_with(run, into, files, base, true, reading).await;
    match result {
        // Two of 2^64 ids were equal, or somebody was erased meanwhile.
        Err(Error::Ledger(perennial_ledger::Error::IdTaken)) => {
            reading.books.truncate(before.0);
            reading.quarantined.truncate(before.1);
            read_with(run, into, files, base, false, reading).await
        }
        other => other,
    }
}

/// `in_advance`: subjects get their ids before they are registered.
async fn read_with(
    run: &Run<'_>,
    into: HistoryTable,
    files: &[&Fresh],
    base: Option<i64>,
    in_advance: bool,
    reading: &mut Reading,
) -> Result<i64> {
    let project = run.project;
    let traits = trait_names(&project.settings, into.table);
    let name = into.shape.table;
    let base = match base {
        Some(version) => tables::Table::open(&project.lake, name, Some(version)).await?,
        None => None,
    };
    let expected = files.iter().map(|f| rows_expected(&f.file)).sum();
    let memory = usize::try_from(project.settings.limits.memory.get()).unwrap_or(usize::MAX);
    let mut sorter = HistorySorter::new(
        HistorySchema::new(into.shape, &traits),
        base,
        expected,
        memory / 2,
        &project.scratch(),
    )?;
    let vault = project.ledger.vault(&project.key).await?;
    // Personal columns go to people who are registered already.
    let personal = |f: &&Fresh| {
        let source = &project.settings.sources[f.source];
        !source.personal.is_empty() || !source.people.is_empty()
    };
    let mut resolver = if in_advance && !files.iter().any(personal) {
        Resolver::deferring(&vault, KIND, REMEMBERED_MAX).await?
    } else {
        Resolver::new(&vault, KIND, REMEMBERED_MAX)?
    };
    let mender = Mender::load(&vault).await?;
    let first_book = reading.books.len();
    for fresh in files.iter().filter(|f| f.known_as.is_none()) {
        if !fresh.earlier.is_empty() {
            let (earlier, standing) = (fresh.earlier.clone(), fresh.standing.clone());
            sorter.mark_changed(fresh.ingest_id, earlier, standing, fresh.entangled);
        }
        let made = OneFile::new(run, into.shape, fresh, (&vault, &mender), &traits);
        if fresh.again {
            // Its rows are in the table and in the books, those set aside too.
            let told = &mut Reading::default();
            made?.read(run, &mut resolver, &mut sorter, told).await?;
            continue;
        }
        let Some(mut file) = unless_empty(made, fresh)? else {
            reading.books.push(Book::new(fresh, name));
            continue;
        };
        file.read(run, &mut resolver, &mut sorter, reading).await?;
        reading.books.push(file.book);
    }
    resolver.settle().await?;
    let outcome = sorter.finish(&project.lake, project.threads()).await?;
    settle(&mut reading.books[first_book..], &outcome);
    Ok(outcome.version)
}

/// Reads records of a file again that were mended since, on top of version `base`;
/// the new version, and a book of these records alone.
pub(super) async fn read_mended(
    run: &Run<'_>,
    into: HistoryTable,
    fresh: &Fresh,
    again: Vec<Again>,
    base: Option<i64>,
    out: &mut Reading,
) -> Result<(i64, Book)> {
    let project = run.project;
    let traits = trait_names(&project.settings, into.table);
    let base = match base {
        Some(version) => {
            tables::Table::open(&project.lake, into.shape.table, Some(version)).await?
        }
        None => None,
    };
    let memory = usize::try_from(project.settings.limits.memory.get()).unwrap_or(usize::MAX);
    let schema = HistorySchema::new(into.shape, &traits);
    let rows = again.len() as u64;
    let mut sorter = HistorySorter::new(schema, base, rows, memory / 2, &project.scratch())?;
    let vault = project.ledger.vault(&project.key).await?;
    let mender = Mender::load(&vault).await?;
    let mut resolver = Resolver::new(&vault, KIND, REMEMBERED_MAX)?;
    let mut file = OneFile::new(run, into.shape, fresh, (&vault, &mender), &traits)?;
    file.book.rows_read = rows;
    file.again = again;
    file.read_again(run, &mut resolver, &mut sorter, out)
        .await?;
    resolver.settle().await?;
    let outcome = sorter.finish(&project.lake, project.threads()).await?;
    settle(std::slice::from_mut(&mut file.book), &outcome);
    Ok((outcome.version, file.book))
}

/// The project's traits of a table, in the order of their names.
pub(crate) fn trait_names(settings: &Settings, table: Table) -> Vec<String> {
    let mut names: Vec<String> = settings
        .sources
        .iter()
        .filter(|s| s.table == table)
        .flat_map(|s| s.traits.keys().cloned())
        .collect();
    names.sort();
    names.dedup();
    names
}

/// An estimate that only decides how many buckets there are.
fn rows_expected(file: &SourceFile) -> u64 {
    match file.format {
        Format::Parquet => file.parquet_rows().unwrap_or(0),
        // Workbooks are packed: a row takes a fourth of the bytes.
        Format::Sheet => file.size * 4 / BYTES_PER_ROW,
        _ => file.size / BYTES_PER_ROW,
    }
}

/// Duplicates are known only once everything is sorted.
fn settle(books: &mut [Book], outcome: &SortOutcome) {
    for book in books {
        let of = |counts: &HashMap<i64, u64>| counts.get(&book.ingest_id).copied().unwrap_or(0);
        let (duplicates, repeats) = (of(&outcome.duplicates), of(&outcome.repeats));
        let (overlaps, taken_out) = (of(&outcome.overlaps), of(&outcome.taken_out));
        (book.duplicates, book.repeats) = (duplicates, repeats);
        (book.overlaps, book.taken_out) = (overlaps, taken_out);
        let compared = outcome.compared.get(&book.ingest_id).copied();
        book.gone = compared.map_or(0, |compared| compared.gone);
        book.known = compared.map_or(0, |compared| compared.found);
        book.kept = book.rows_read - book.quarantined - book.duplicates;
        let pairs = outcome.shared.iter();
        let own = pairs.filter(|(reading, _)| *reading == book.ingest_id);
        book.shares = own.map(|(_, other)| *other).collect();
        book.shares.sort_unstable();
    }
}

struct OneFile<'a> {
    fresh: &'a Fresh,
    vault: &'a Vault,
    mender: &'a Mender,
    sealer: FileSealer,
    reading: FileReading,
    places: Places,
    /// Of times that are days from a day of the settings.
    relative: Option<RelativeDays>,
    /// Of contracts.
    ends: Option<Ends>,
    book: Book,
    /// Columns that identify a person.
    personal: Personal,
    /// People who are to be erased, of whom nothing more is read.
    leaving: BTreeSet<i64>,
    /// Bad records that were mended, to be read again.
    again: Vec<Again>,
    /// Those of them that are being read.
    mending: Vec<Again>,
}

impl<'a> OneFile<'a> {
    fn new(
        run: &Run<'_>,
        shape: Shape,
        fresh: &'a Fresh,
        (vault, mender): (&'a Vault, &'a Mender),
        traits: &[String],
    ) -> Result<Self> {
        let settings = &run.project.settings;
        let source = &settings.sources[fresh.source];
        let zone = source
            .time_zone
            .as_ref()
            .unwrap_or(&settings.project.time_zone);
        let rows = settings.limits.rows_per_batch.get();
        let reading = FileReading::new(&fresh.file, source, zone.as_str(), rows)?;
        let now_us = run.project.now_us();
        let span = Span {
            now_us,
            from_us: cut_of(settings, fresh.source, now_us),
        };
        let places = Places::new(&reading, source.table, &shape, traits, span)?;
        let relative = RelativeDays::of(&reading, source, zone.as_str())?;
        let ends = Ends::of(&reading, source.table, zone.as_str())?;
        let personal = Personal::new(&reading, source, run.project.now_us());
        let book = Book::new(fresh, shape.table);
        let sealer = vault.file_sealer(&fresh.hash);
        Ok(Self {
            fresh,
            vault,
            mender,
            sealer,
            reading,
            places,
            relative,
            ends,
            book,
            personal,
            // What a law wants kept is read of those who are leaving too.
            leaving: match source.must_keep {
                Some(_) => BTreeSet::new(),
                None => run.restricted.leaving.clone(),
            },
            again: Vec::new(),
            mending: Vec::new(),
        })
    }

    async fn read(
        &mut self,
        run: &Run<'_>,
        resolver: &mut Resolver,
        sorter: &mut HistorySorter,
        out: &mut Reading,
    ) -> Result<()> {
        let opened = open(&self.fresh.file, &self.reading.spec);
        let reader = opened.map_err(perennial_lake::Error::from)?;
        let mut reader = reader.ahead(run.project.threads());
        let expected = rows_expected(&self.fresh.file).max(1);
        let bytes_per_row = self.fresh.file.size as f64 / expected as f64;
        while let Some(batch) = reader.next_batch().map_err(perennial_lake::Error::from)? {
            self.book.rows_read += batch.rows as u64;
            let rows = batch.rows as f64;
            self.take(batch, resolver, sorter, out).await?;
            run.progress.advance((rows * bytes_per_row) as u64);
        }
        let totals = reader.into_totals().map_err(perennial_lake::Error::from)?;
        if let Some(totals) = totals {
            let source = &run.project.settings.sources[self.fresh.source];
            self.book.set_totals(&totals, source);
        }
        self.read_again(run, resolver, sorter, out).await
    }

    /// Reads the records that were mended, as a file of their own.
    async fn read_again(
        &mut self,
        run: &Run<'_>,
        resolver: &mut Resolver,
        sorter: &mut HistorySorter,
        out: &mut Reading,
    ) -> Result<()> {
        self.mending = std::mem::take(&mut self.again);
        if self.mending.is_empty() {
            return Ok(());
        }
        let mut mended = open_mended(run.project, &self.reading, &self.mending)?;
        let next = |mended: &mut super::mend::MendedReader| {
            let batch = mended.reader.next_batch();
            batch.map_err(perennial_lake::Error::from)
        };
        while let Some(batch) = next(&mut mended)? {
            self.take(batch, resolver, sorter, out).await?;
        }
        self.mending.clear();
        Ok(())
    }

    /// Counts the rows that are past their time and keeps nothing of them, not even
    /// whom they name.
    fn pass_over(&mut self, refused: &mut Vec<Refused>) {
        let before = refused.len();
        refused.retain(|refused| refused.reason != PAST_KEEPING);
        let rows = (before - refused.len()) as u64;
        if rows > 0 {
            self.book.quarantined += rows;
            self.book.past_keeping += rows;
            *self
                .book
                .reasons
                .entry(PAST_KEEPING.to_owned())
                .or_default() += rows;
        }
    }

    /// Whether a name is that of somebody of whom nothing may be read any more.
    fn is_gone(&self, subject: Option<&Option<i64>>) -> bool {
        match subject {
            Some(Some(subject)) => self.leaving.contains(subject),
            Some(None) => true,
            None => false,
        }
    }

    /// Judges the rows of a batch and hands the good ones on.
    async fn take(
        &mut self,
        mut batch: RawBatch,
        resolver: &mut Resolver,
        sorter: &mut HistorySorter,
        out: &mut Reading,
    ) -> Result<()> {
        let relative = self.relative.as_ref();
        let groupless = relative.map_or_else(Vec::new, |days| days.apply(&mut batch));
        if let Some(ends) = &self.ends {
            ends.apply(&mut batch);
        }
        let batch = &batch;
        let mut judged = judge(batch, &self.reading, &self.places, &groupless);
        let mut refused = std::mem::take(&mut judged.refused);
        self.pass_over(&mut refused);
        self.set_aside(batch, &refused, resolver, out).await?;
        let (judged, customers) = self.resolve(batch, judged, resolver, out).await?;
        self.count(batch, &judged, &customers);
        let number = |&row: &u32| self.number(batch, row as usize) as i64;
        let numbers: Vec<i64> = judged.keep.iter().map(number).collect();
        let hashes = record_hashes(batch, &judged);
        let rare = rare_moments(batch, &self.places);
        Ok(sorter.push(&row_batch(
            batch,
            &judged,
            &self.places,
            self.fresh.ingest_id,
            &customers,
            &numbers,
            hashes.as_deref(),
            &rare,
        ))?)
    }

    /// The number of a row's record in the file it comes from.
    fn number(&self, batch: &RawBatch, row: usize) -> u64 {
        let in_file = batch.row_in_file(row);
        let mended = self.mending.get((in_file as usize).saturating_sub(1));
        mended.map_or(in_file, |record| record.row)
    }

    /// A row's record as it stands in the file it comes from.
    fn raw<'b>(&'b self, batch: &'b RawBatch, row: usize) -> Cow<'b, [u8]> {
        let in_file = batch.row_in_file(row) as usize;
        let mended = self.mending.get(in_file.saturating_sub(1));
        mended.map_or_else(
            || batch.raw_record(row),
            |record| Cow::Borrowed(&record.raw),
        )
    }

    /// Sets rows aside. Whoever they name is known from now on, so that they can
    /// be shown and forgotten; of somebody who was erased no text is kept.
    async fn set_aside(
        &mut self,
        batch: &RawBatch,
        refused: &[Refused],
        resolver: &mut Resolver,
        out: &mut Reading,
    ) -> Result<()> {
        if refused.is_empty() {
            return Ok(());
        }
        let rows: Vec<u32> = refused.iter().map(|refused| refused.row as u32).collect();
        let names = identifiers(batch, &rows, &self.places);
        let found = resolver.resolve(&names.names).await?;
        for (refused, name) in refused.iter().zip(&names.of_row) {
            let is_erased = name.is_some_and(|name| self.is_gone(found.get(name as usize)));
            if !is_erased && self.is_mended(batch, refused.row) {
                continue;
            }
            let reason = if is_erased { ERASED } else { refused.reason };
            self.book.quarantined += 1;
            *self.book.reasons.entry(reason.to_owned()).or_default() += 1;
            let sealed = match is_erased {
                true => Vec::new(),
                false => {
                    let raw = self.raw(batch, refused.row).into_owned();
                    self.sealer.seal(&raw)?
                }
            };
            out.quarantine(Quarantined {
                ingest_id: self.fresh.ingest_id,
                row: self.number(batch, refused.row),
                column: refused.column.clone().filter(|_| !is_erased),
                reason: reason.to_owned(),
                sealed,
            });
        }
        Ok(())
    }

    /// Whether a bad record was mended; it is read again then.
    fn is_mended(&mut self, batch: &RawBatch, row: usize) -> bool {
        if self.mender.is_empty() || !self.mending.is_empty() {
            return false;
        }
        let raw = batch.raw_record(row);
        let Some(cells) = self.mender.cells(&self.book.table, &raw) else {
            return false;
        };
        self.again.push(Again {
            row: batch.row_in_file(row),
            raw: raw.into_owned(),
            cells: cells.clone(),
        });
        true
    }

    /// Turns identifiers into subjects, one a kept row; rows of erased people
    /// are not kept.
    async fn resolve(
        &mut self,
        batch: &RawBatch,
        judged: Judged,
        resolver: &mut Resolver,
        out: &mut Reading,
    ) -> Result<(Judged, Vec<Option<i64>>)> {
        let names = identifiers(batch, &judged.keep, &self.places);
        let found = resolver.resolve(&names.names).await?;
        let mut subjects = Vec::with_capacity(names.of_row.len());
        let mut erased = Vec::new();
        for (place, name) in names.of_row.iter().enumerate() {
            let subject = name.and_then(|name| found.get(name as usize).copied().flatten());
            let subject = subject.filter(|subject| !self.leaving.contains(subject));
            if name.is_some() && subject.is_none() {
                erased.push(place);
            }
            subjects.push(subject);
        }
        let rows = judged.keep.iter().zip(&subjects);
        let rows = rows.filter_map(|(row, subject)| Some((*row as usize, (*subject)?)));
        self.personal.keep(self.vault, batch, rows).await?;
        let judged = self.without_erased(batch, judged, &mut subjects, &erased, out)?;
        Ok((judged, subjects))
    }

    /// An erased person's row is counted, and nothing of it is kept.
    fn without_erased(
        &mut self,
        batch: &RawBatch,
        judged: Judged,
        subjects: &mut Vec<Option<i64>>,
        erased: &[usize],
        out: &mut Reading,
    ) -> Result<Judged> {
        if erased.is_empty() {
            return Ok(judged);
        }
        let gone: std::collections::HashSet<usize> = erased.iter().copied().collect();
        let reason = ERASED;
        for &place in erased {
            self.book.quarantined += 1;
            *self.book.reasons.entry(reason.to_owned()).or_default() += 1;
            out.quarantine(Quarantined {
                ingest_id: self.fresh.ingest_id,
                row: self.number(batch, judged.keep[place] as usize),
                column: None,
                reason: reason.to_owned(),
                sealed: Vec::new(),
            });
        }
        let stays = |place: &usize| !gone.contains(place);
        let places: Vec<usize> = (0..judged.keep.len()).filter(stays).collect();
        *subjects = places.iter().map(|&p| subjects[p]).collect();
        Ok(Judged {
            keep: places.iter().map(|&p| judged.keep[p]).collect(),
            quantity: picked(&judged.quantity, &places),
            amount: picked(&judged.amount, &places),
            refused: Vec::new(),
        })
    }

    fn count(&mut self, batch: &RawBatch, judged: &Judged, customers: &[Option<i64>]) {
        self.book.without_customer += customers.iter().filter(|c| c.is_none()).count() as u64;
        let Some(times) = times(batch, &self.places) else {
            return;
        };
        for &row in &judged.keep {
            let moment = times.value(row as usize);
            let first = self.book.first_us.map_or(moment, |first| first.min(moment));
            self.book.first_us = Some(first);
            self.book.last_us = self.book.last_us.max(Some(moment));
        }
    }
}

/// The values at the places; of a shape without money there are none.
fn picked(values: &[i64], places: &[usize]) -> Vec<i64> {
    places
        .iter()
        .filter_map(|&at| values.get(at).copied())
        .collect()
}
