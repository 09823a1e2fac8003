//! Files of labelled customers into the table `customers`: the columns as they
//! are, typed, beside the pseudonym.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use perennial_lake::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray,
};
use perennial_lake::arrow::compute::{concat_batches, filter_record_batch};
use perennial_lake::arrow::datatypes::{
    DataType, Field, Float64Type, Int64Type, Schema, SchemaRef,
};
use perennial_lake::sources::RawBatch;
use perennial_lake::sources::read::open;
use perennial_lake::tables::{read_all, write_table};
use perennial_ledger::{FileSealer, Resolver, Vault};

use super::books::{Book, Quarantined};
use super::found::Fresh;
use super::histories::KIND;
use super::mend::{Again, Mender, open_mended};
use super::newest::newest_rows;
use super::personal::Personal;
use super::spec::{Purpose, Reading as FileReading};
use super::{ERASED, Reading, unless_empty};
use crate::settings::{Role, Source};
use crate::stage::Run;
use crate::{Error, Result};

/// The table's name.
pub(crate) const TABLE: &str = "customers";
/// The label as it was written, beside the table's own columns.
pub(crate) const LABEL: &str = "label";
/// Rows of one file at the most: this kind of table is held in memory.
const ROWS_MAX: u64 = 5_000_000;

/// Reads the files on top of version `base` and returns the new version.
pub(super) async fn read(
    run: &Run<'_>,
    files: &[&Fresh],
    base: Option<i64>,
    reading: &mut Reading,
) -> Result<i64> {
    let project = run.project;
    let vault = project.ledger.vault(&project.key).await?;
    let mut resolver = Resolver::new(&vault, KIND, 2_000_000)?;
    let mender = Mender::load(&vault).await?;
    let mut schema: Option<SchemaRef> = None;
    let mut batches = Vec::new();
    let mut replaced = HashMap::new();
    let first_book = reading.books.len();
    for fresh in files.iter().filter(|f| f.known_as.is_none()) {
        let Some(mut file) = unless_empty(OneFile::new(run, fresh, (&vault, &mender)), fresh)?
        else {
            reading.books.push(Book::new(fresh, TABLE));
            continue;
        };
        let rows = file.read(run, &mut resolver, reading).await?;
        if rows.num_rows() > 0 {
            let expected = schema.get_or_insert_with(|| rows.schema());
            batches.push(with_schema(&rows, expected, &fresh.name)?);
        }
        let goes = |earlier: &&i64| !fresh.entangled && !fresh.standing.contains(earlier);
        let gone = fresh.earlier.iter().filter(goes);
        replaced.extend(gone.map(|&earlier| (earlier, fresh.ingest_id)));
        reading.books.push(file.book);
    }
    let Some(schema) = schema else {
        return Ok(base.unwrap_or(0));
    };
    let stored = match base {
        Some(_) => read_all(&project.lake, TABLE, base, None).await?,
        None => Vec::new(),
    };
    let (standing, taken_out) = newest_rows(&stored, &batches, &replaced)?;
    for book in &mut reading.books[first_book..] {
        let own = taken_out
            .iter()
            .filter(|((by, _), _)| *by == book.ingest_id);
        book.taken_out = own.clone().map(|(_, rows)| rows).sum();
        book.gone = book.taken_out;
        let others = own.map(|((_, reading), _)| *reading);
        book.shares = others.filter(|r| !book.earlier.contains(r)).collect();
        book.shares.sort_unstable();
    }
    let standing: Vec<RecordBatch> = standing
        .into_iter()
        .filter(|batch| batch.num_rows() > 0)
        .map(|batch| with_schema(&batch, &schema, "an earlier file"))
        .collect::<Result<_>>()?;
    Ok(write_table(&project.lake, TABLE, &schema, &standing).await?)
}

/// Rows with their columns in the order of `schema`.
fn with_schema(batch: &RecordBatch, schema: &SchemaRef, file: &str) -> Result<RecordBatch> {
    let columns: Vec<ArrayRef> = schema
        .fields()
        .iter()
        .filter_map(|field| batch.column_by_name(field.name()).cloned())
        .collect();
    let all = columns.len() == batch.num_columns();
    let ordered = RecordBatch::try_new(schema.clone(), columns).ok();
    ordered.filter(|_| all).ok_or_else(|| {
        Error::cannot(
            "source/columns-differ",
            format!("`{file}` has other columns than the others, or of another kind"),
            "make the columns of all files equal, and run `perennial run --fresh`",
        )
    })
}

/// Reads records of a file again that were mended since, on top of version `base`;
/// the new version, and a book of these records alone.
pub(super) async fn read_mended(
    run: &Run<'_>,
    fresh: &Fresh,
    again: Vec<Again>,
    base: Option<i64>,
    out: &mut Reading,
) -> Result<(i64, Book)> {
    let project = run.project;
    let vault = project.ledger.vault(&project.key).await?;
    let mut resolver = Resolver::new(&vault, KIND, 2_000_000)?;
    let mender = Mender::load(&vault).await?;
    let mut file = OneFile::new(run, fresh, (&vault, &mender))?;
    file.book.rows_read = again.len() as u64;
    file.again = again;
    let mut seen = Seen::new();
    let stored = match base {
        Some(_) => read_all(&project.lake, TABLE, base, None).await?,
        None => Vec::new(),
    };
    for batch in &stored {
        let ids = batch.column_by_name("customer_id");
        let ids = ids.and_then(|c| c.as_primitive_opt::<Int64Type>());
        // Whoever stands in the table stays: no mended record takes their place.
        seen.extend(ids.into_iter().flatten().flatten().map(|id| (id, 0)));
    }
    let kept = file.read_again(run, &mut resolver, &mut seen, out).await?;
    file.book.kept = file.book.rows_read - file.book.quarantined - file.book.duplicates;
    let Some(schema) = stored.first().or(kept.first()).map(RecordBatch::schema) else {
        return Ok((base.unwrap_or(0), file.book));
    };
    let mut rows = stored;
    for batch in kept.iter().filter(|batch| batch.num_rows() > 0) {
        rows.push(with_schema(batch, &schema, &fresh.name)?);
    }
    let version = write_table(&project.lake, TABLE, &schema, &rows).await?;
    Ok((version, file.book))
}

struct OneFile<'a> {
    fresh: &'a Fresh,
    vault: &'a Vault,
    mender: &'a Mender,
    sealer: FileSealer,
    /// Bad records that were mended, to be read again.
    again: Vec<Again>,
    /// Those of them that are being read.
    mending: Vec<Again>,
    /// The source may have several files.
    several: bool,
    reading: FileReading,
    /// Columns that identify a person.
    personal: Personal,
    book: Book,
    /// People who are to be erased, of whom nothing more is read.
    leaving: BTreeSet<i64>,
}

/// Whom a row was read of, with a hash of it.
type Seen = HashMap<i64, u64>;

impl<'a> OneFile<'a> {
    fn new(
        run: &Run<'_>,
        fresh: &'a Fresh,
        (vault, mender): (&'a Vault, &'a Mender),
    ) -> Result<Self> {
        let settings = &run.project.settings;
        let source = &settings.sources[fresh.source];
        let zone = source
            .time_zone
            .as_ref()
            .unwrap_or(&settings.project.time_zone);
        let rows = settings.limits.rows_per_batch.get();
        let reading = FileReading::new(&fresh.file, source, zone.as_str(), rows)?;
        let personal = Personal::new(&reading, source, run.project.now_us());
        let book = Book::new(fresh, TABLE);
        Ok(Self {
            fresh,
            vault,
            mender,
            sealer: vault.file_sealer(&fresh.hash),
            again: Vec::new(),
            mending: Vec::new(),
            several: !fresh.is_alone,
            reading,
            personal,
            book,
            leaving: run.restricted.leaving.clone(),
        })
    }

    async fn read(
        &mut self,
        run: &Run<'_>,
        resolver: &mut Resolver,
        out: &mut Reading,
    ) -> Result<RecordBatch> {
        let opened = open(&self.fresh.file, &self.reading.spec);
        let mut reader = opened.map_err(perennial_lake::Error::from)?;
        let mut seen = Seen::new();
        let mut kept = Vec::new();
        while let Some(batch) = reader.next_batch().map_err(perennial_lake::Error::from)? {
            self.book.rows_read += batch.rows as u64;
            if self.book.rows_read > ROWS_MAX {
                return Err(Error::cannot(
                    "source/too-many-rows",
                    format!(
                        "`{}` has more than {ROWS_MAX} rows of labelled customers",
                        self.fresh.name
                    ),
                    "split the table, or give events instead of one row a customer",
                ));
            }
            kept.push(self.take(&batch, resolver, &mut seen, out).await?);
        }
        kept.extend(self.read_again(run, resolver, &mut seen, out).await?);
        self.book.kept = self.book.rows_read - self.book.quarantined - self.book.duplicates;
        if let Some(totals) = reader.into_totals() {
            let source: &Source = &run.project.settings.sources[self.fresh.source];
            self.book.set_totals(&totals, source);
        }
        let schema = kept
            .first()
            .map_or_else(|| Arc::new(Schema::empty()), RecordBatch::schema);
        // Of a file that has a header alone nothing is known.
        Ok(concat_batches(&schema, &kept).map_err(perennial_lake::Error::from)?)
    }

    /// Reads the records that were mended, as a file of their own.
    async fn read_again(
        &mut self,
        run: &Run<'_>,
        resolver: &mut Resolver,
        seen: &mut Seen,
        out: &mut Reading,
    ) -> Result<Vec<RecordBatch>> {
        self.mending = std::mem::take(&mut self.again);
        let mut kept = Vec::new();
        if self.mending.is_empty() {
            return Ok(kept);
        }
        let mut mended = open_mended(run.project, &self.reading, &self.mending)?;
        let next = |mended: &mut super::mend::MendedReader| {
            let batch = mended.reader.next_batch();
            batch.map_err(perennial_lake::Error::from)
        };
        while let Some(batch) = next(&mut mended)? {
            kept.push(self.take(&batch, resolver, seen, out).await?);
        }
        self.mending.clear();
        Ok(kept)
    }

    /// The good rows of a batch; the others are counted and set aside.
    async fn take(
        &mut self,
        batch: &RawBatch,
        resolver: &mut Resolver,
        seen: &mut Seen,
        out: &mut Reading,
    ) -> Result<RecordBatch> {
        let ids = self.identifiers(batch);
        let mut subjects = resolver.resolve(&ids).await?;
        for subject in &mut subjects {
            *subject = subject.filter(|subject| !self.leaving.contains(subject));
        }
        let verdicts = self.judge(batch, &subjects, seen);
        for (row, verdict) in verdicts.iter().enumerate() {
            match verdict {
                Verdict::Keep => {}
                Verdict::Duplicate => self.book.duplicates += 1,
                Verdict::Refuse(reason) => self.set_aside(batch, row, reason, out)?,
            }
        }
        let known = subjects.iter().enumerate();
        let known = known.filter_map(|(row, subject)| Some((row, (*subject)?)));
        self.personal.keep(self.vault, batch, known).await?;
        let keep: BooleanArray = verdicts.iter().map(|v| Some(*v == Verdict::Keep)).collect();
        let rows = filter_record_batch(&self.rows(batch, &subjects)?, &keep);
        Ok(rows.map_err(perennial_lake::Error::from)?)
    }

    /// Sets a row aside, unless its record was mended and is read again.
    fn set_aside(
        &mut self,
        batch: &RawBatch,
        row: usize,
        reason: &str,
        out: &mut Reading,
    ) -> Result<()> {
        let number = self.number(batch, row);
        let place = (batch.row_in_file(row) as usize).saturating_sub(1);
        let raw = match self.mending.get(place) {
            Some(record) => record.raw.clone(),
            None => batch.raw_record(row).into_owned(),
        };
        let is_new = self.mending.is_empty() && reason != ERASED;
        if let Some(cells) = self.mender.cells(TABLE, &raw).filter(|_| is_new) {
            let cells = cells.clone();
            self.again.push(Again {
                row: number,
                raw,
                cells,
            });
            return Ok(());
        }
        self.book.quarantined += 1;
        *self.book.reasons.entry(reason.to_owned()).or_default() += 1;
        out.quarantine(Quarantined {
            ingest_id: self.fresh.ingest_id,
            row: number,
            column: None,
            reason: reason.to_owned(),
            sealed: match reason {
                ERASED => Vec::new(),
                _ => self.sealer.seal(&raw)?,
            },
        });
        Ok(())
    }

    /// The number of a row's record in the file it comes from.
    fn number(&self, batch: &RawBatch, row: usize) -> u64 {
        let in_file = batch.row_in_file(row);
        let mended = self.mending.get((in_file as usize).saturating_sub(1));
        mended.map_or(in_file, |record| record.row)
    }

    /// The identifiers of the rows; without a column for them, the number of
    /// the row in its file, and the file's name where there may be several.
    fn identifiers(&self, batch: &RawBatch) -> Vec<String> {
        let texts = self
            .reading
            .place(Role::CustomerId)
            .and_then(|place| batch.columns.get(place)?.as_string_opt::<i32>());
        let of_file = match self.several {
            true => format!("{} ", self.fresh.name),
            false => String::new(),
        };
        (0..batch.rows)
            .map(|row| match texts {
                Some(texts) if texts.is_valid(row) => texts.value(row).to_owned(),
                _ => format!("{of_file}row {}", self.number(batch, row)),
            })
            .collect()
    }

    fn judge(&self, batch: &RawBatch, subjects: &[Option<i64>], seen: &mut Seen) -> Vec<Verdict> {
        let mut faults: BTreeMap<usize, &'static str> = BTreeMap::new();
        for bad in &batch.bad {
            faults.entry(bad.row).or_insert(bad.reason.code());
        }
        (0..batch.rows)
            .map(|row| {
                let Some(subject) = subjects.get(row).copied().flatten() else {
                    return Verdict::Refuse(ERASED);
                };
                if let Some(reason) = faults.get(&row) {
                    return Verdict::Refuse(reason);
                }
                let whole = || xxhash_rust::xxh3::xxh3_64(&batch.raw_record(row));
                let hash = batch.record_hash(row).unwrap_or_else(whole);
                let mut is_first = false;
                match *seen.entry(subject).or_insert_with(|| {
                    is_first = true;
                    hash
                }) {
                    _ if is_first => Verdict::Keep,
                    before if before == hash => Verdict::Duplicate,
                    _ => Verdict::Refuse("customer/twice"),
                }
            })
            .collect()
    }

    /// The batch as rows of the table.
    fn rows(&self, batch: &RawBatch, subjects: &[Option<i64>]) -> Result<RecordBatch> {
        let ids: ArrayRef = Arc::new(Int64Array::from_iter_values(
            subjects.iter().map(|s| s.unwrap_or(0)),
        ));
        let mut fields = vec![
            Field::new("subject_id", DataType::Int64, false),
            Field::new("customer_id", DataType::Int64, false),
        ];
        let mut columns = vec![ids.clone(), ids];
        for (place, purpose) in self.reading.purposes.iter().enumerate() {
            let name = match purpose {
                Purpose::Role(Role::Label) => LABEL.to_owned(),
                Purpose::Column(name) => table_name(name),
                _ => continue,
            };
            let column = plain(&batch.columns[place]);
            fields.push(Field::new(name, column.data_type().clone(), true));
            columns.push(column);
        }
        fields.push(Field::new("ingest_id", DataType::Int64, false));
        columns.push(Arc::new(Int64Array::from(vec![
            self.fresh.ingest_id;
            batch.rows
        ])));
        let schema = Arc::new(Schema::new(fields));
        Ok(RecordBatch::try_new(schema, columns).map_err(perennial_lake::Error::from)?)
    }
}

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Keep,
    Duplicate,
    Refuse(&'static str),
}

/// A file's column as the table calls it: Delta wants no blanks, commas or
/// brackets in names, and the names that the table uses itself are kept apart.
pub(crate) fn table_name(column: &str) -> String {
    let name: String = column
        .chars()
        .map(|c| {
            if c.is_whitespace() || " ,;{}()=".contains(c) {
                '_'
            } else {
                c
            }
        })
        .collect();
    match name.as_str() {
        "subject_id" | "customer_id" | LABEL | "ingest_id" => format!("{name}_of_file"),
        _ => name,
    }
}

/// Numbers as they are, everything else as text.
fn plain(column: &ArrayRef) -> ArrayRef {
    if let Some(numbers) = column.as_primitive_opt::<Float64Type>() {
        return Arc::new(Float64Array::new(
            numbers.values().clone(),
            numbers.nulls().cloned(),
        ));
    }
    match column.as_string_opt::<i32>() {
        Some(texts) => Arc::new(texts.clone()),
        None => Arc::new(StringArray::new_null(column.len())),
    }
}
