//! Parquet for others: a file or stream of rows that belongs to no table.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::ROW_GROUP_ROWS;
use crate::{Error, Result};

/// Writes rows as Parquet (zstd, row groups of [`ROW_GROUP_ROWS`]) to whatever
/// can be written to. Holds one row group at a time.
pub struct ParquetWriter<W: Write + Send> {
    writer: ArrowWriter<W>,
    /// What messages call it.
    name: PathBuf,
}

impl<W: Write + Send> ParquetWriter<W> {
    /// Starts a file of the given columns.
    ///
    /// # Errors
    /// A type of column that Parquet does not know.
    pub fn new(out: W, schema: &SchemaRef) -> Result<Self> {
        Self::named(out, schema, Path::new("output"))
    }

    fn named(out: W, schema: &SchemaRef, name: &Path) -> Result<Self> {
        let zstd = ZstdLevel::try_new(3).map_or(Compression::LZ4_RAW, Compression::ZSTD);
        let properties = WriterProperties::builder()
            .set_created_by(concat!("perennial ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
            .set_compression(zstd)
            .build();
        let writer = ArrowWriter::try_new(out, schema.clone(), Some(properties))
            .map_err(Error::parquet("write", name))?;
        Ok(Self {
            writer,
            name: name.to_owned(),
        })
    }

    /// Appends rows.
    ///
    /// # Errors
    /// Where they cannot be written.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        self.writer
            .write(batch)
            .map_err(Error::parquet("write", &self.name))
    }

    /// Ends the file and hands back what was written to.
    ///
    /// # Errors
    /// Where the end cannot be written.
    pub fn finish(self) -> Result<W> {
        self.writer
            .into_inner()
            .map_err(Error::parquet("write", &self.name))
    }
}

/// A Parquet file on disk that appears whole, when it is closed, or not at all.
pub struct ParquetFile {
    writer: ParquetWriter<File>,
    path: PathBuf,
    unfinished: PathBuf,
}

impl ParquetFile {
    /// Starts the file beside where it will be.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub fn create(path: &Path, schema: &SchemaRef) -> Result<Self> {
        let mut unfinished = path.as_os_str().to_owned();
        unfinished.push(".part");
        let unfinished = PathBuf::from(unfinished);
        let file = File::create(&unfinished).map_err(Error::io("create", &unfinished))?;
        let writer = ParquetWriter::named(file, schema, path)?;
        Ok(Self {
            writer,
            path: path.to_owned(),
            unfinished,
        })
    }

    /// Appends rows.
    ///
    /// # Errors
    /// Where they cannot be written.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        self.writer.write(batch)
    }

    /// Ends the file and puts it in its place.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn close(self) -> Result<()> {
        let file = self.writer.finish()?;
        file.sync_data().map_err(Error::io("write", &self.path))?;
        drop(file);
        std::fs::rename(&self.unfinished, &self.path).map_err(Error::io("write", &self.path))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array};

    use super::*;
    use crate::tables::read::{open_file, parquet_rows};

    #[test]
    fn a_file_appears_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.parquet");
        let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(0..200_000));
        let batch = RecordBatch::try_from_iter([("n", numbers)]).unwrap();
        let mut file = ParquetFile::create(&path, &batch.schema()).unwrap();
        file.write(&batch).unwrap();
        assert!(!path.exists());
        file.close().unwrap();
        assert_eq!(parquet_rows(&path).unwrap(), 200_000);
        let read: usize = open_file(&path, None)
            .unwrap()
            .map(|b| b.unwrap().num_rows())
            .sum();
        assert_eq!(read, 200_000);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
