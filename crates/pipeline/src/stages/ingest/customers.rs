//! Files of labelled customers into the table `customers`: the columns as they
//! are, typed, beside the pseudonym.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use perennial_lake::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray,
};
use perennial_lake::arrow::compute::{concat_batches, filter_record_batch};
use perennial_lake::arrow::datatypes::{DataType, Field, Float64Type, Schema, SchemaRef};
use perennial_lake::sources::RawBatch;
use perennial_lake::sources::read::open;
use perennial_lake::tables::{read_all, write_table};
use perennial_ledger::Resolver;

use super::books::{Book, Quarantined};
use super::found::Fresh;
use super::histories::KIND;
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
    let mut schema: Option<SchemaRef> = None;
    let mut batches = Vec::new();
    let mut replaced = HashMap::new();
    let first_book = reading.books.len();
    for fresh in files.iter().filter(|f| f.known_as.is_none()) {
        let Some(mut file) = unless_empty(OneFile::new(run, fresh), fresh)? else {
            reading.books.push(Book::new(fresh, TABLE));
            continue;
        };
        let source = &project.settings.sources[fresh.source];
        let rows = file.read(source, &mut resolver, &vault, reading).await?;
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

struct OneFile<'a> {
    fresh: &'a Fresh,
    /// The source may have several files.
    several: bool,
    reading: FileReading,
    /// Columns that identify a person.
    personal: Personal,
    book: Book,
}

/// A row's identity: where it stands among the rows read, and a hash of it.
type Seen = HashMap<i64, (usize, u64)>;

impl<'a> OneFile<'a> {
    fn new(run: &Run<'_>, fresh: &'a Fresh) -> Result<Self> {
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
            several: !fresh.is_alone,
            reading,
            personal,
            book,
        })
    }

    async fn read(
        &mut self,
        source: &Source,
        resolver: &mut Resolver,
        vault: &perennial_ledger::Vault,
        out: &mut Reading,
    ) -> Result<RecordBatch> {
        let opened = open(&self.fresh.file, &self.reading.spec);
        let mut reader = opened.map_err(perennial_lake::Error::from)?;
        let mut sealer = vault.file_sealer(&self.fresh.hash);
        let mut seen = Seen::new();
        let mut kept = Vec::new();
        let mut rows_before = 0;
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
            let ids = self.identifiers(&batch);
            let subjects = resolver.resolve(&ids).await?;
            let verdicts = self.judge(&batch, &subjects, &mut seen, rows_before);
            for (row, verdict) in verdicts.iter().enumerate() {
                match verdict {
                    Verdict::Keep => {}
                    Verdict::Duplicate => self.book.duplicates += 1,
                    Verdict::Refuse(reason) => {
                        self.book.quarantined += 1;
                        *self.book.reasons.entry((*reason).to_owned()).or_default() += 1;
                        out.quarantine(Quarantined {
                            ingest_id: self.fresh.ingest_id,
                            row: batch.row_in_file(row),
                            column: None,
                            reason: (*reason).to_owned(),
                            sealed: match *reason {
                                ERASED => Vec::new(),
                                _ => sealer.seal(&batch.raw_record(row))?,
                            },
                        });
                    }
                }
            }
            let known = subjects.iter().enumerate();
            let known = known.filter_map(|(row, subject)| Some((row, (*subject)?)));
            self.personal.keep(vault, &batch, known).await?;
            let keep: BooleanArray = verdicts.iter().map(|v| Some(*v == Verdict::Keep)).collect();
            let rows = filter_record_batch(&self.rows(&batch, &subjects)?, &keep)
                .map_err(perennial_lake::Error::from)?;
            rows_before += batch.rows;
            kept.push(rows);
        }
        self.book.kept = self.book.rows_read - self.book.quarantined - self.book.duplicates;
        if let Some(totals) = reader.into_totals() {
            self.book.set_totals(&totals, source);
        }
        let schema = kept
            .first()
            .map_or_else(|| Arc::new(Schema::empty()), RecordBatch::schema);
        // Of a file that has a header alone nothing is known.
        Ok(concat_batches(&schema, &kept).map_err(perennial_lake::Error::from)?)
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
                _ => format!("{of_file}row {}", batch.row_in_file(row)),
            })
            .collect()
    }

    fn judge(
        &self,
        batch: &RawBatch,
        subjects: &[Option<i64>],
        seen: &mut Seen,
        rows_before: usize,
    ) -> Vec<Verdict> {
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
                match seen.insert(subject, (rows_before + row, hash)) {
                    None => Verdict::Keep,
                    Some((at, before)) => {
                        seen.insert(subject, (at, before));
                        if before == hash {
                            Verdict::Duplicate
                        } else {
                            Verdict::Refuse("customer/twice")
                        }
                    }
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
