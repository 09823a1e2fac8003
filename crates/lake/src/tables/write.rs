//! Writing Parquet files of a table.

use std::fs::File;
use std::path::PathBuf;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute;
use arrow::datatypes::{DataType, SchemaRef, TimestampMicrosecondType};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::schema::types::ColumnPath;

use super::commit::now_ms;
use super::{DataFile, Lake, Table, commit};
use crate::{Error, Result};

/// Rows in a row group; a row group is what a reader holds at a time.
pub const ROW_GROUP_ROWS: usize = 131_072;

/// How a table's columns are laid out on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteStyle {
    /// Histories: read again and again, column by column, in order.
    History,
    /// Wide tables of numbers, written once, read whole: plain pages, since
    /// real numbers neither repeat nor compress.
    Numbers,
    /// Everything else.
    Small,
}

impl WriteStyle {
    fn properties(self, schema: &SchemaRef) -> WriterProperties {
        let base = WriterProperties::builder()
            .set_created_by(concat!("perennial ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_max_row_group_row_count(Some(ROW_GROUP_ROWS));
        let zstd = ZstdLevel::try_new(1).map_or(Compression::LZ4_RAW, Compression::ZSTD);
        match self {
            Self::Small => base.set_compression(zstd).build(),
            Self::Numbers => number_columns(base, schema).build(),
            Self::History => history_columns(base.set_compression(zstd), schema).build(),
        }
    }
}

/// Real numbers go down as they are; whole numbers, moments and texts repeat
/// enough for a dictionary.
fn number_columns(
    mut builder: WriterPropertiesBuilder,
    schema: &SchemaRef,
) -> WriterPropertiesBuilder {
    builder = builder
        .set_compression(Compression::UNCOMPRESSED)
        .set_statistics_enabled(EnabledStatistics::None);
    for field in schema.fields() {
        if matches!(field.data_type(), DataType::Float64 | DataType::Int64) {
            let path = ColumnPath::from(field.name().as_str());
            builder = builder.set_column_dictionary_enabled(path, false);
        }
    }
    builder
}

/// Times, and numbers that hardly recur or hardly differ, are stored as
/// differences, and so are orders, whose lines stand together; who it was as it
/// is, since the same stands many times in a row; everything else through a
/// dictionary large enough for a whole row group, so that a reader may tell
/// equal values by code. Amounts and codes in no order are packed as tightly as
/// they can be: compressing them again costs time on both sides and gains a
/// tenth of their bytes at the most.
fn history_columns(
    mut builder: WriterPropertiesBuilder,
    schema: &SchemaRef,
) -> WriterPropertiesBuilder {
    builder = builder
        .set_dictionary_page_size_limit(16 << 20)
        .set_statistics_enabled(EnabledStatistics::Chunk);
    for field in schema.fields() {
        let path = ColumnPath::from(field.name().as_str());
        if ["amount", "unit_price", "product_id"].contains(&field.name().as_str()) {
            builder = builder.set_column_compression(path.clone(), Compression::UNCOMPRESSED);
        }
        let differences = ["line", "amount", "copies"].contains(&field.name().as_str());
        if differences || matches!(field.data_type(), DataType::Timestamp(..)) {
            builder = builder
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED);
        } else if ["subject_id", "customer_id"].contains(&field.name().as_str()) {
            builder = builder.set_column_dictionary_enabled(path, false);
        } else if matches!(field.data_type(), DataType::Utf8) {
            if field.name() == "order_id" {
                builder = builder
                    .set_column_dictionary_enabled(path.clone(), false)
                    .set_column_encoding(path.clone(), Encoding::DELTA_BYTE_ARRAY);
            }
            // Minima and maxima of text would stand in clear in the footer.
            builder = builder.set_column_statistics_enabled(path, EnabledStatistics::None);
        }
    }
    builder
}

/// Writes one Parquet file of a table, batch by batch. The file counts for
/// nothing until it is committed.
pub struct DataFileWriter {
    path: PathBuf,
    relative: String,
    bucket: Option<i32>,
    rows: u64,
    times: Option<(i64, i64)>,
    writer: ArrowWriter<File>,
}

impl DataFileWriter {
    /// Starts a file for `table`, inside `bucket` for a bucketed table. The
    /// schema is that of the batches (the partition column is not in them).
    pub fn create(
        lake: &Lake,
        table: &str,
        schema: &SchemaRef,
        bucket: Option<i32>,
        style: WriteStyle,
    ) -> Result<Self> {
        Self::create_nth(lake, table, schema, bucket, style, 0)
    }

    /// As [`DataFileWriter::create`], the `nth` of several files: they are read
    /// in that order.
    pub fn create_nth(
        lake: &Lake,
        table: &str,
        schema: &SchemaRef,
        bucket: Option<i32>,
        style: WriteStyle,
        nth: usize,
    ) -> Result<Self> {
        let name = format!("part-{nth:05}-{}.parquet", uuid::Uuid::new_v4());
        let relative = bucket.map_or_else(|| name.clone(), |b| format!("bucket={b}/{name}"));
        let path = lake.table_path(table).join(&relative);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
        }
        let file = File::create(&path).map_err(Error::io("create", &path))?;
        let writer = ArrowWriter::try_new(file, schema.clone(), Some(style.properties(schema)))
            .map_err(Error::parquet("write", &path))?;
        Ok(Self {
            path,
            relative,
            bucket,
            rows: 0,
            times: None,
            writer,
        })
    }

    /// Appends rows.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        self.rows += batch.num_rows() as u64;
        if let Some(times) = batch.column_by_name("time")
            && let Some(times) = times.as_primitive_opt::<TimestampMicrosecondType>()
            && let (Some(min), Some(max)) = (compute::min(times), compute::max(times))
        {
            let (low, high) = self.times.unwrap_or((min, max));
            self.times = Some((low.min(min), high.max(max)));
        }
        self.writer
            .write(batch)
            .map_err(Error::parquet("write", &self.path))
    }

    /// Rows written so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Ends the file; where it has no row it is removed.
    pub fn close_if_any(self) -> Result<Option<DataFile>> {
        if self.rows > 0 {
            return self.close().map(Some);
        }
        let path = self.path;
        drop(self.writer);
        std::fs::remove_file(&path).map_err(Error::io("remove", &path))?;
        Ok(None)
    }

    /// Ends the file and forces it to disk.
    pub fn close(self) -> Result<DataFile> {
        let file = self
            .writer
            .into_inner()
            .map_err(Error::parquet("write", &self.path))?;
        file.sync_data().map_err(Error::io("write", &self.path))?;
        let size = file
            .metadata()
            .map_err(Error::io("read", &self.path))?
            .len();
        Ok(DataFile {
            path: self.relative,
            size,
            rows: self.rows,
            min_time_us: self.times.map(|t| t.0),
            max_time_us: self.times.map(|t| t.1),
            bucket: self.bucket,
            modified_ms: now_ms(),
        })
    }
}

/// Replaces the whole of a small table by `batches` and returns the version.
pub async fn write_table(
    lake: &Lake,
    table: &str,
    schema: &SchemaRef,
    batches: &[RecordBatch],
) -> Result<i64> {
    let mut files = Vec::new();
    if batches.iter().any(|b| b.num_rows() > 0) {
        let mut writer = DataFileWriter::create(lake, table, schema, None, WriteStyle::Small)?;
        for batch in batches {
            debug_assert!(batch.columns().iter().all(|c| c.len() == batch.num_rows()));
            writer.write(batch)?;
        }
        files.push(writer.close()?);
    }
    commit(lake, table, schema, &[], &[], files).await
}

/// Appends `batches` to a small table as it was at version `base` (nothing was
/// there before for `None`) and returns the new version.
pub async fn append_table(
    lake: &Lake,
    table: &str,
    schema: &SchemaRef,
    base: Option<i64>,
    batches: &[RecordBatch],
) -> Result<i64> {
    let mut files = match base {
        Some(version) => Table::open(lake, table, Some(version))
            .await?
            .map_or_else(Vec::new, |t| t.files),
        None => Vec::new(),
    };
    if batches.iter().any(|b| b.num_rows() > 0) {
        let nth = files.len();
        let mut writer =
            DataFileWriter::create_nth(lake, table, schema, None, WriteStyle::Small, nth)?;
        for batch in batches {
            writer.write(batch)?;
        }
        files.push(writer.close()?);
    }
    commit(lake, table, schema, &[], &[], files).await
}
