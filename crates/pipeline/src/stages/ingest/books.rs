//! The books of what was read: `ingests`, `ingest_columns` and `quarantine`.

use std::collections::BTreeMap;
use std::sync::Arc;

use perennial_lake::arrow::array::{
    ArrayRef, AsArray, BinaryArray, BooleanArray, Int64Array, RecordBatch, StringArray,
};
use perennial_lake::arrow::compute::filter_record_batch;
use perennial_lake::arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef};
use perennial_lake::sources::{ColumnTotals, Totals};
use perennial_lake::tables::{append_table, read_all, write_table};
use serde::{Deserialize, Serialize};

use super::found::Fresh;
use super::hex;
use crate::Result;
use crate::columns::Columns;
use crate::project::Project;
use crate::settings::{Role, Source};

/// One file as it was read. `read = kept + quarantined + duplicates`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Book {
    pub ingest_id: i64,
    /// Which `[[source]]` of the mapping it is of; not known of books of old.
    #[serde(default)]
    pub source: Option<usize>,
    /// When it was read, UTC microseconds; 0 of books of old.
    #[serde(default)]
    pub read_at_us: i64,
    pub file: String,
    pub table: String,
    pub content_hash: String,
    pub rows_read: u64,
    pub kept: u64,
    pub quarantined: u64,
    pub duplicates: u64,
    /// Kept rows equal to another one of the file, where no order id tells.
    pub repeats: u64,
    /// Kept rows equal to one of another file, where no order id tells.
    #[serde(default)]
    pub overlaps: u64,
    /// Rows of the file's earlier contents, within the time of this one, that
    /// it has no longer.
    #[serde(default)]
    pub gone: u64,
    /// Those of them that went out of the table: all or none.
    #[serde(default)]
    pub taken_out: u64,
    /// Rows of the file's earlier contents that it still has: duplicates.
    #[serde(default)]
    pub known: u64,
    /// The readings of the file's earlier contents.
    #[serde(default)]
    pub earlier: Vec<i64>,
    /// Readings of other files that say the same of some order or customer:
    /// rows of one of the two were left out for those of the other.
    #[serde(default)]
    pub shares: Vec<i64>,
    /// Readings of the same content under names that have it no longer.
    #[serde(default)]
    pub moved: Vec<i64>,
    /// Those set aside because they were older than the source's `keep`: when the
    /// file was read, or since.
    #[serde(default)]
    pub past_keeping: u64,
    /// Whether the texts of the rows set aside are past their time and gone.
    #[serde(default)]
    pub texts_gone: bool,
    pub without_customer: u64,
    pub first_us: Option<i64>,
    pub last_us: Option<i64>,
    /// Sum of quantity times unit price over the raw file, before cleaning.
    pub plain_total: Option<f64>,
    /// The columns' totals before cleaning.
    pub columns: Vec<ColumnBook>,
    /// Rows quarantined by reason.
    pub reasons: BTreeMap<String, u64>,
}

impl Book {
    /// The book of a file before any row is read into `table`.
    pub(super) fn new(fresh: &Fresh, table: &str) -> Self {
        Self {
            ingest_id: fresh.ingest_id,
            source: Some(fresh.source),
            read_at_us: fresh.seen_us,
            file: fresh.name.clone(),
            table: table.to_owned(),
            content_hash: hex(&fresh.hash),
            earlier: fresh.earlier.clone(),
            ..Self::default()
        }
    }
}

/// One column of a raw file, before cleaning.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ColumnBook {
    pub name: String,
    pub rows: u64,
    pub missing: u64,
    pub outer_blanks: u64,
    pub distinct: u64,
    pub distinct_exact: bool,
    pub numbers: Option<NumberBook>,
}

/// The numbers of a column.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct NumberBook {
    pub not_numbers: u64,
    pub negative: u64,
    pub zero: u64,
    pub min: Option<f64>,
    pub max: Option<f64>,
    pub sum: f64,
}

impl Book {
    /// Takes over the reader's counters; least and greatest of columns that
    /// identify somebody or something are no numbers, and would name them.
    pub fn set_totals(&mut self, totals: &Totals, source: &Source) {
        self.plain_total = totals.pair_sum().map(|sum| sum.to_f64());
        self.columns = totals.columns().iter().map(ColumnBook::from).collect();
        let identifies = |name: &String| {
            let of_role = |role| source.columns.get(role) == Some(name.as_str());
            source.personal.contains(name)
                || source.people.names(name)
                || Role::IDENTIFIERS.into_iter().any(of_role)
        };
        for column in self
            .columns
            .iter_mut()
            .filter(|column| identifies(&column.name))
        {
            column.numbers = None;
        }
    }
}

impl From<&ColumnTotals> for ColumnBook {
    fn from(totals: &ColumnTotals) -> Self {
        let finite = |v: f64| Some(v).filter(|v| v.is_finite());
        Self {
            name: totals.name.clone(),
            rows: totals.rows,
            missing: totals.missing,
            outer_blanks: totals.outer_blanks,
            distinct: totals.distinct,
            distinct_exact: totals.distinct_exact,
            numbers: totals.numbers.as_ref().map(|n| NumberBook {
                not_numbers: n.not_numbers,
                negative: n.negative,
                zero: n.zero,
                min: finite(n.min),
                max: finite(n.max),
                sum: n.sum.to_f64(),
            }),
        }
    }
}

/// A row set aside, its text sealed under the file's key.
pub(in crate::stages) struct Quarantined {
    pub ingest_id: i64,
    /// Record number in the file, from 1.
    pub row: u64,
    pub column: Option<String>,
    pub reason: String,
    pub sealed: Vec<u8>,
}

fn count(value: u64) -> Option<i64> {
    Some(i64::try_from(value).unwrap_or(i64::MAX))
}

/// Appends the books to the tables as they were at `base` and returns the new
/// versions.
pub(super) async fn write(
    project: &Project,
    run_id: &str,
    base: &BTreeMap<String, i64>,
    books: &[Book],
    quarantined: &[Quarantined],
) -> Result<BTreeMap<String, i64>> {
    let mut versions = BTreeMap::new();
    let tables = [
        ingests(run_id, books)?,
        ingest_columns(run_id, books)?,
        quarantine(run_id, quarantined)?,
    ];
    for (name, (schema, batch)) in ["ingests", "ingest_columns", "quarantine"]
        .into_iter()
        .zip(tables)
    {
        let version = append_table(
            &project.lake,
            name,
            &schema,
            base.get(name).copied(),
            &[batch],
        )
        .await?;
        versions.insert(name.to_owned(), version);
    }
    Ok(versions)
}

fn ingests(run_id: &str, books: &[Book]) -> Result<(SchemaRef, RecordBatch)> {
    Columns::new()
        .ints("ingest_id", books.iter().map(|b| Some(b.ingest_id)))
        .text("file", books.iter().map(|b| Some(b.file.as_str())))
        .text("target", books.iter().map(|b| Some(b.table.as_str())))
        .text("hash", books.iter().map(|b| Some(b.content_hash.as_str())))
        .ints("rows_read", books.iter().map(|b| count(b.rows_read)))
        .ints("kept", books.iter().map(|b| count(b.kept)))
        .ints("quarantined", books.iter().map(|b| count(b.quarantined)))
        .ints("duplicates", books.iter().map(|b| count(b.duplicates)))
        .ints("past_keeping", books.iter().map(|b| count(b.past_keeping)))
        .ints("repeats", books.iter().map(|b| count(b.repeats)))
        .ints("overlaps", books.iter().map(|b| count(b.overlaps)))
        .ints("gone", books.iter().map(|b| count(b.gone)))
        .ints("taken_out", books.iter().map(|b| count(b.taken_out)))
        .ints(
            "without_customer",
            books.iter().map(|b| count(b.without_customer)),
        )
        .times("first_time", books.iter().map(|b| b.first_us))
        .times("last_time", books.iter().map(|b| b.last_us))
        .money("plain_total", books.iter().map(|b| b.plain_total))
        .times("read_at", books.iter().map(|b| Some(b.read_at_us)))
        .same_text("run_id", Some(run_id), books.len())
        .finish()
}

fn ingest_columns(run_id: &str, books: &[Book]) -> Result<(SchemaRef, RecordBatch)> {
    let rows: Vec<(i64, &ColumnBook)> = books
        .iter()
        .flat_map(|b| b.columns.iter().map(|c| (b.ingest_id, c)))
        .collect();
    let number = |pick: fn(&NumberBook) -> Option<f64>| {
        rows.iter()
            .map(move |(_, c)| c.numbers.as_ref().and_then(pick))
    };
    let whole = |pick: fn(&NumberBook) -> u64| {
        rows.iter()
            .map(move |(_, c)| c.numbers.as_ref().map(pick).and_then(count))
    };
    Columns::new()
        .ints("ingest_id", rows.iter().map(|(id, _)| Some(*id)))
        .text(
            "column_name",
            rows.iter().map(|(_, c)| Some(c.name.as_str())),
        )
        .ints("rows", rows.iter().map(|(_, c)| count(c.rows)))
        .ints("missing", rows.iter().map(|(_, c)| count(c.missing)))
        .ints(
            "outer_blanks",
            rows.iter().map(|(_, c)| count(c.outer_blanks)),
        )
        .ints(
            "distinct_values",
            rows.iter().map(|(_, c)| count(c.distinct)),
        )
        .bools(
            "distinct_is_exact",
            rows.iter().map(|(_, c)| Some(c.distinct_exact)),
        )
        .ints("not_numbers", whole(|n| n.not_numbers))
        .ints("negative", whole(|n| n.negative))
        .ints("zero", whole(|n| n.zero))
        .numbers("min", number(|n| n.min))
        .numbers("max", number(|n| n.max))
        .numbers("sum", number(|n| Some(n.sum)))
        .same_text("run_id", Some(run_id), rows.len())
        .finish()
}

/// The columns of `quarantine`.
pub(crate) fn quarantine_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("ingest_id", DataType::Int64, false),
        Field::new("row", DataType::Int64, false),
        Field::new("column_name", DataType::Utf8, true),
        Field::new("reason", DataType::Utf8, false),
        Field::new("raw_sealed", DataType::Binary, false),
        Field::new("run_id", DataType::Utf8, false),
    ]))
}

fn quarantine(run_id: &str, rows: &[Quarantined]) -> Result<(SchemaRef, RecordBatch)> {
    let schema = quarantine_schema();
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from_iter_values(
            rows.iter().map(|r| r.ingest_id),
        )),
        Arc::new(rows.iter().map(|r| count(r.row)).collect::<Int64Array>()),
        Arc::new(
            rows.iter()
                .map(|r| r.column.as_deref())
                .collect::<StringArray>(),
        ),
        Arc::new(StringArray::from_iter_values(
            rows.iter().map(|r| r.reason.as_str()),
        )),
        Arc::new(BinaryArray::from_iter_values(
            rows.iter().map(|r| r.sealed.as_slice()),
        )),
        Arc::new(StringArray::from_iter_values(rows.iter().map(|_| run_id))),
    ];
    let batch =
        RecordBatch::try_new(schema.clone(), columns).map_err(perennial_lake::Error::from)?;
    Ok((schema, batch))
}

/// By how much the counts of a reading change.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Shift {
    pub kept: i64,
    pub duplicates: i64,
    pub quarantined: i64,
    pub without_customer: i64,
}

/// Writes `ingests` with the counts of some readings changed; the new version.
pub(super) async fn shifted(
    project: &Project,
    version: i64,
    shifts: &BTreeMap<i64, Shift>,
) -> Result<i64> {
    let mut out = Vec::new();
    for batch in read_all(&project.lake, "ingests", Some(version), None).await? {
        let ints = |name: &str| batch.column_by_name(name)?.as_primitive_opt::<Int64Type>();
        let Some(readings) = ints("ingest_id") else {
            out.push(batch);
            continue;
        };
        let mut arrays = batch.columns().to_vec();
        let columns: [(&str, fn(&Shift) -> i64); 4] = [
            ("kept", |s| s.kept),
            ("duplicates", |s| s.duplicates),
            ("quarantined", |s| s.quarantined),
            ("without_customer", |s| s.without_customer),
        ];
        for (name, of) in columns {
            let (Some(values), Ok(place)) = (ints(name), batch.schema().index_of(name)) else {
                continue;
            };
            let pairs = values.iter().zip(readings.values());
            let more = |reading: &i64| shifts.get(reading).map_or(0, of);
            let values = pairs.map(|(value, reading)| Some(value? + more(reading)));
            arrays[place] = Arc::new(values.collect::<Int64Array>());
        }
        let made = RecordBatch::try_new(batch.schema(), arrays);
        out.push(made.map_err(perennial_lake::Error::from)?);
    }
    let Some(schema) = out.first().map(RecordBatch::schema) else {
        return Ok(version);
    };
    Ok(write_table(&project.lake, "ingests", &schema, &out).await?)
}

/// Writes `quarantine` without some records of some readings, and with others; the
/// new version.
pub(super) async fn without(
    project: &Project,
    run_id: &str,
    version: i64,
    moved: &BTreeMap<i64, Vec<i64>>,
    added: &[Quarantined],
) -> Result<i64> {
    let mut out = Vec::new();
    for batch in read_all(&project.lake, "quarantine", Some(version), None).await? {
        let ints = |name: &str| batch.column_by_name(name)?.as_primitive_opt::<Int64Type>();
        let (Some(readings), Some(rows)) = (ints("ingest_id"), ints("row")) else {
            out.push(batch);
            continue;
        };
        let pairs = readings.values().iter().zip(rows.values());
        let stays = |(reading, row): (&i64, &i64)| {
            let moved = moved.get(reading);
            Some(!moved.is_some_and(|rows| rows.binary_search(row).is_ok()))
        };
        let stays: BooleanArray = pairs.map(stays).collect();
        let rest = filter_record_batch(&batch, &stays);
        out.push(rest.map_err(perennial_lake::Error::from)?);
    }
    let (schema, batch) = quarantine(run_id, added)?;
    out.push(batch);
    Ok(write_table(&project.lake, "quarantine", &schema, &out).await?)
}
