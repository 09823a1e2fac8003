//! Rows of a bucket that are in the lake already: loading them, and telling
//! which new rows they make duplicates of.

use std::collections::HashMap;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute;
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};

use super::LineSchema;
use super::equal::row_hashes;
use super::schema::{TABLE, col};
use crate::tables::{DataFile, Lake};
use crate::{Error, Result};

/// Stands for "customer not known" where rows are compared.
pub(super) const NO_CUSTOMER: i64 = i64::MIN;

/// For each batch, which rows are in the lake already; empty where none is.
pub(super) type Known = Vec<Vec<bool>>;

/// Hands the rows of `files` to `each` as working batches.
pub(super) fn load_files(
    lake: &Lake,
    schema: &LineSchema,
    files: &[DataFile],
    mut each: impl FnMut(RecordBatch) -> Result<()>,
) -> Result<()> {
    for data_file in files {
        let path = lake.table_path(TABLE).join(&data_file.path);
        let open = || std::fs::File::open(&path).map_err(Error::io("read", &path));
        let plain = ParquetRecordBatchReaderBuilder::try_new(open()?)
            .map_err(Error::parquet("read", &path))?;
        let present = schema
            .read_hint()
            .fields()
            .iter()
            .filter(|f| plain.schema().field_with_name(f.name()).is_ok())
            .cloned()
            .collect::<Vec<_>>();
        let hint = std::sync::Arc::new(arrow::datatypes::Schema::new(present));
        let options = ArrowReaderOptions::new().with_schema(hint);
        let reader = ParquetRecordBatchReaderBuilder::try_new_with_options(open()?, options)
            .and_then(|b| b.with_batch_size(32_768).build())
            .map_err(Error::parquet("read", &path))?;
        for batch in reader {
            each(schema.to_working(&batch?)?)?;
        }
    }
    Ok(())
}

/// Compares new rows with those in the lake. A row with an order id that is
/// there already is a duplicate; a row without one only where its file is a
/// grown version of one read before, and then one new row per row there.
pub(super) fn mark_known(
    lake: &Lake,
    schema: &LineSchema,
    batches: &[RecordBatch],
    there: &[DataFile],
    grown: &[i64],
) -> Result<Known> {
    let Some((low, high)) = time_range(batches) else {
        return Ok(Vec::new());
    };
    let overlapping: Vec<DataFile> = there
        .iter()
        .filter(|f| {
            f.min_time_us.is_none_or(|t| t <= high) && f.max_time_us.is_none_or(|t| t >= low)
        })
        .cloned()
        .collect();
    if overlapping.is_empty() {
        return Ok(Vec::new());
    }
    let mut known: Known = batches.iter().map(|b| vec![false; b.num_rows()]).collect();
    let mut places: HashMap<(i64, i64, u64), Vec<(u32, u32)>> = HashMap::new();
    for (b, batch) in batches.iter().enumerate() {
        let hashes = row_hashes(batch);
        for (i, key) in keys(batch, &hashes).enumerate() {
            places.entry(key).or_default().push((b as u32, i as u32));
        }
    }
    load_files(lake, schema, &overlapping, |batch| {
        let hashes = row_hashes(&batch);
        let orders = batch.column(col::ORDER).clone();
        for (i, key) in keys(&batch, &hashes).enumerate() {
            let Some(rows) = places.get_mut(&key) else {
                continue;
            };
            if orders.is_valid(i) {
                for (b, r) in rows.drain(..) {
                    known[b as usize][r as usize] = true;
                }
            } else if let Some(at) = rows.iter().position(|(b, r)| {
                let ingests = batches[*b as usize]
                    .column(col::INGEST)
                    .as_primitive::<Int64Type>();
                grown.contains(&ingests.value(*r as usize))
            }) {
                let (b, r) = rows.remove(at);
                known[b as usize][r as usize] = true;
            }
        }
        Ok(())
    })?;
    Ok(known)
}

fn time_range(batches: &[RecordBatch]) -> Option<(i64, i64)> {
    batches
        .iter()
        .filter_map(|b| {
            let times = b
                .column(col::TIME)
                .as_primitive::<TimestampMicrosecondType>();
            Some((compute::min(times)?, compute::max(times)?))
        })
        .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}

fn keys<'a>(
    batch: &'a RecordBatch,
    hashes: &'a [u64],
) -> impl Iterator<Item = (i64, i64, u64)> + 'a {
    let customers = batch.column(col::CUSTOMER).as_primitive::<Int64Type>();
    let times = batch
        .column(col::TIME)
        .as_primitive::<TimestampMicrosecondType>();
    (0..batch.num_rows()).map(move |i| {
        let customer = if customers.is_null(i) {
            NO_CUSTOMER
        } else {
            customers.value(i)
        };
        (customer, times.value(i), hashes[i])
    })
}
