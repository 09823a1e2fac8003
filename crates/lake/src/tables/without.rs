//! A table without some rows, and a table's folder without what no version needs
//! any more: the lake's part of forgetting a person and of letting rows go.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use arrow::array::{Array, AsArray, BooleanArray, Int64Array, RecordBatch, RecordBatchReader};
use arrow::compute::filter_record_batch;
use arrow::datatypes::Int64Type;

use super::commit::commit_like;
use super::{DataFile, DataFileWriter, Lake, Table, WriteStyle, open_file};
use crate::{Error, Result};

/// Columns by which a row belongs to a person.
const PERSON_COLUMNS: [&str; 2] = ["customer_id", "subject_id"];

/// A table after rows were taken out.
#[derive(Debug, Clone, Default)]
pub struct Without {
    /// The version without them.
    pub version: i64,
    /// Rows taken out.
    pub rows: u64,
    /// The same by reading; nothing of a table that does not know readings.
    pub readings: BTreeMap<i64, u64>,
    /// By reading, the numbers of the records that the rows were, where that was
    /// asked for; 0 of a table that does not know them.
    pub records: BTreeMap<i64, Vec<i64>>,
    /// The customers whose rows they were, where that was asked for.
    pub customers: HashSet<i64>,
}

/// What is noted of the rows that go, beside their number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noting {
    /// Which records they were: of one customer's rows, which are few.
    Records,
    /// Whose they were.
    Customers,
}

/// Which rows go.
pub struct Going<'a> {
    /// The columns that [`Going::is_gone`] looks at; one that a file lacks is left out.
    pub columns: &'a [&'a str],
    /// Which rows of a batch go.
    pub is_gone: &'a (dyn Fn(&RecordBatch) -> BooleanArray + Sync),
    /// Whether a file can have such rows, from what the log says of it.
    pub can_have: &'a (dyn Fn(&DataFile) -> bool + Sync),
    /// What is noted of them.
    pub noting: Noting,
}

/// Commits a version of `name` that is the version `base` without some rows; none
/// where it has no such row. Only files with such rows are written again; they
/// keep their place among the files.
pub async fn without_rows(
    lake: &Lake,
    name: &str,
    base: i64,
    going: &Going<'_>,
) -> Result<Option<Without>> {
    let Some(table) = Table::open(lake, name, Some(base)).await? else {
        return Ok(None);
    };
    let mut without = Without::default();
    let mut files = Vec::new();
    for file in &table.files {
        let path = lake.table_path(name).join(&file.path);
        if !(going.can_have)(file) || !has_any(&path, going)? {
            files.push(file.clone());
            continue;
        }
        files.extend(rewritten(lake, name, file, going, &mut without)?);
    }
    if without.rows == 0 {
        return Ok(None);
    }
    without.version = commit_like(lake, &table, files).await?;
    Ok(Some(without))
}

/// Whether a file has a row that goes; not, in a table that lacks the columns.
fn has_any(path: &Path, going: &Going<'_>) -> Result<bool> {
    for batch in open_file(path, Some(going.columns))? {
        if (going.is_gone)(&batch?).true_count() > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Which rows of a batch are the customer's.
pub fn is_of(batch: &RecordBatch, customer_id: i64) -> BooleanArray {
    let ids: Vec<&Int64Array> = PERSON_COLUMNS
        .iter()
        .filter_map(|name| batch.column_by_name(name)?.as_primitive_opt::<Int64Type>())
        .collect();
    let is_row = |row: usize| {
        let mut ids = ids.iter();
        ids.any(|ids| ids.is_valid(row) && ids.value(row) == customer_id)
    };
    (0..batch.num_rows()).map(|row| Some(is_row(row))).collect()
}

/// The rows of a batch that are about a customer; none of a table without people.
pub fn rows_about(batch: &RecordBatch, customer_id: i64) -> Result<RecordBatch> {
    Ok(filter_record_batch(batch, &is_of(batch, customer_id))?)
}

/// The file without the rows that go; none where it has no others.
fn rewritten(
    lake: &Lake,
    name: &str,
    file: &DataFile,
    going: &Going<'_>,
    without: &mut Without,
) -> Result<Option<DataFile>> {
    let path = lake.table_path(name).join(&file.path);
    let reader = open_file(&path, None)?;
    let schema = reader.schema();
    let style = match name {
        _ if file.bucket.is_some() => WriteStyle::History,
        "features" | "labels" => WriteStyle::Numbers,
        _ => WriteStyle::Small,
    };
    let nth = place_of(&file.path);
    let mut writer = DataFileWriter::create_nth(lake, name, &schema, file.bucket, style, nth)?;
    for batch in reader {
        let batch = batch?;
        let is_gone = (going.is_gone)(&batch);
        without.rows += is_gone.true_count() as u64;
        note(&batch, &is_gone, going.noting, without);
        let stays = arrow::compute::not(&is_gone)?;
        writer.write(&filter_record_batch(&batch, &stays)?)?;
    }
    writer.close_if_any()
}

/// Notes of each row that goes what is asked for.
fn note(batch: &RecordBatch, is_gone: &BooleanArray, noting: Noting, without: &mut Without) {
    let ints = |name: &str| batch.column_by_name(name)?.as_primitive_opt::<Int64Type>();
    let gone = || is_gone.values().set_indices();
    if noting == Noting::Customers {
        for ids in PERSON_COLUMNS.iter().filter_map(|name| ints(name)) {
            let known = gone().filter(|row| ids.is_valid(*row));
            without.customers.extend(known.map(|row| ids.value(row)));
        }
    }
    let Some(readings) = ints("ingest_id") else {
        return;
    };
    let lines = ints("line");
    for row in gone() {
        let reading = readings.value(row);
        *without.readings.entry(reading).or_default() += 1;
        if noting == Noting::Records {
            let of_reading = without.records.entry(reading).or_default();
            of_reading.push(lines.map_or(0, |lines| lines.value(row)));
        }
    }
}

/// The place of a file among its table's, from its name: `part-00003-...`.
fn place_of(path: &str) -> usize {
    let name = path.rsplit('/').next().unwrap_or(path);
    let digits = name.strip_prefix("part-").and_then(|rest| rest.get(..5));
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// Removes every data file of a table that none of the `versions` has, those
/// that a killed run left included; how many there were.
pub async fn remove_unused(lake: &Lake, name: &str, versions: &[i64]) -> Result<u64> {
    let mut live = HashSet::new();
    for &version in versions {
        let table = Table::open(lake, name, Some(version)).await?;
        let files = table.into_iter().flat_map(|table| table.files);
        live.extend(files.map(|file| file.path));
    }
    let root = lake.table_path(name);
    let mut removed = 0;
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(Error::io("read", &folder))? {
            let path = entry.map_err(Error::io("read", &folder))?.path();
            if path.file_name().is_some_and(|name| name == "_delta_log") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let relative = path.strip_prefix(&root).unwrap_or(&path);
            let relative = relative.to_string_lossy().replace('\\', "/");
            if relative.ends_with(".parquet") && !live.contains(&relative) {
                std::fs::remove_file(&path).map_err(Error::io("remove", &path))?;
                removed += 1;
            }
        }
    }
    Ok(removed)
}

/// The tables that have a folder in the lake, by name.
pub fn table_names(lake: &Lake) -> Result<Vec<String>> {
    let root = lake.root();
    let mut names = Vec::new();
    for entry in std::fs::read_dir(root).map_err(Error::io("read", root))? {
        let entry = entry.map_err(Error::io("read", root))?;
        if entry.path().join("_delta_log").is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}
