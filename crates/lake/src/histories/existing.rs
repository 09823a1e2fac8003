//! The rows of a bucket that are in the table already.

use std::sync::Arc;

use arrow::datatypes::Schema;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};

use super::batch::StoredBatch;
use super::row::Encoder;
use super::shape::HistorySchema;
use crate::tables::{DataFile, Lake};
use crate::{Error, Result};

/// Rows decoded at a time.
const BATCH_ROWS: usize = 32_768;

/// Hands the rows of `files` whose time (UTC microseconds) is `wanted` to
/// `each`: their bytes and their customer.
pub(super) fn load(
    lake: &Lake,
    schema: &HistorySchema,
    files: &[DataFile],
    encoder: &mut Encoder,
    wanted: impl Fn(i64) -> bool,
    mut each: impl FnMut(&[u8], Option<i64>),
) -> Result<()> {
    for data_file in files {
        let path = lake.table_path(schema.shape().table).join(&data_file.path);
        let open = || std::fs::File::open(&path).map_err(Error::io("read", &path));
        let plain = ParquetRecordBatchReaderBuilder::try_new(open()?)
            .map_err(Error::parquet("read", &path))?;
        let present = schema
            .disk()
            .fields()
            .iter()
            .filter(|f| plain.schema().field_with_name(f.name()).is_ok())
            .cloned()
            .collect::<Vec<_>>();
        let options = ArrowReaderOptions::new().with_schema(Arc::new(Schema::new(present)));
        let reader = ParquetRecordBatchReaderBuilder::try_new_with_options(open()?, options)
            .and_then(|b| b.with_batch_size(BATCH_ROWS).build())
            .map_err(Error::parquet("read", &path))?;
        for batch in reader {
            let batch = StoredBatch::new(batch?, schema.shape(), &wanted)?;
            batch.with(schema, |rows, stored| {
                encoder.encode(rows, Some(stored), &mut each)
            })?;
        }
    }
    Ok(())
}

/// The files that may hold rows from `low` to `high`, UTC microseconds.
pub(super) fn overlapping(files: &[DataFile], low: i64, high: i64) -> Vec<DataFile> {
    files
        .iter()
        .filter(|f| {
            f.min_time_us.is_none_or(|t| t <= high) && f.max_time_us.is_none_or(|t| t >= low)
        })
        .cloned()
        .collect()
}
