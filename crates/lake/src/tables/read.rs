//! Reading Parquet files of a table, file by file and batch by batch.

use std::fs::File;
use std::path::Path;

use arrow::array::RecordBatch;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use super::{DataFile, Lake, Table};
use crate::{Error, Result};

/// Rows of a batch read from the lake.
const BATCH_ROWS: usize = 32_768;

/// A reader of one file, of the named columns where they are given; a column
/// the file does not have is left out.
pub(crate) fn open_file(path: &Path, columns: Option<&[&str]>) -> Result<ParquetRecordBatchReader> {
    let file = File::open(path).map_err(Error::io("read", path))?;
    let builder =
        ParquetRecordBatchReaderBuilder::try_new(file).map_err(Error::parquet("read", path))?;
    let mask = columns.map_or_else(ProjectionMask::all, |columns| {
        ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied())
    });
    builder
        .with_projection(mask)
        .with_batch_size(BATCH_ROWS)
        .build()
        .map_err(Error::parquet("read", path))
}

/// The batches of one file of a table, of the named columns where given.
pub fn file_batches(
    lake: &Lake,
    table: &str,
    file: &DataFile,
    columns: Option<&[&str]>,
) -> Result<impl Iterator<Item = Result<RecordBatch>>> {
    let path = lake.table_path(table).join(&file.path);
    Ok(open_file(&path, columns)?.map(|batch| batch.map_err(Error::from)))
}

/// Hands every batch of a table to `each`, in the order of the files.
pub async fn read_batches(
    lake: &Lake,
    name: &str,
    version: Option<i64>,
    columns: Option<&[&str]>,
    mut each: impl FnMut(RecordBatch) -> Result<()>,
) -> Result<()> {
    let Some(table) = Table::open(lake, name, version).await? else {
        return Err(Error::NoTable {
            table: name.to_owned(),
            known: Vec::new(),
        });
    };
    for file in &table.files {
        let path = lake.table_path(name).join(&file.path);
        for batch in open_file(&path, columns)? {
            each(batch?)?;
        }
    }
    Ok(())
}

/// A whole table in memory; for tables known to be small.
pub async fn read_all(
    lake: &Lake,
    name: &str,
    version: Option<i64>,
    columns: Option<&[&str]>,
) -> Result<Vec<RecordBatch>> {
    let mut all = Vec::new();
    read_batches(lake, name, version, columns, |batch| {
        all.push(batch);
        Ok(())
    })
    .await?;
    Ok(all)
}

/// Rows of any Parquet file, from its footer.
pub fn parquet_rows(path: &Path) -> Result<u64> {
    let file = File::open(path).map_err(Error::io("read", path))?;
    let builder =
        ParquetRecordBatchReaderBuilder::try_new(file).map_err(Error::parquet("read", path))?;
    Ok(u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0))
}
