//! Order lines to files, cut by time.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use perennial_lake::arrow::array::{
    ArrayRef, Decimal128Array, Int32Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use perennial_lake::arrow::csv;
use perennial_lake::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use perennial_lake::tables::ParquetFile;
use perennial_simulate::{
    OrderLineBatch, Shop, channel_name, country_code, customer_code, order_code, product_code,
};

use super::{FILE_STEM, SimulatedFormat};
use crate::{Error, Result};

/// Writes batches in time order into one file after the other, each of an equal
/// part of the period. A part in which nothing was bought has no file.
pub(super) struct OrderLineFiles<'a> {
    out: &'a Path,
    format: SimulatedFormat,
    schema: SchemaRef,
    start_us: i64,
    period_us: i64,
    files: u64,
    open: Option<(u64, OneFile)>,
    written: Vec<PathBuf>,
}

impl<'a> OrderLineFiles<'a> {
    pub fn new(shop: &Shop, out: &'a Path, files: u64, format: SimulatedFormat) -> Self {
        Self {
            out,
            format,
            schema: schema(),
            start_us: shop.start_us(),
            period_us: (shop.end_us() - shop.start_us()).max(1),
            files,
            open: None,
            written: Vec::new(),
        }
    }

    /// Which file a moment belongs to.
    fn part_of(&self, time_us: i64) -> u64 {
        let since = i128::from((time_us - self.start_us).max(0));
        let part = since * i128::from(self.files) / i128::from(self.period_us);
        u64::try_from(part).unwrap_or(0).min(self.files - 1)
    }

    pub fn write(&mut self, lines: &OrderLineBatch) -> Result<()> {
        let batch = self.batch(lines)?;
        let mut from = 0;
        while let Some(first_us) = lines.time_us.get(from) {
            let part = self.part_of(*first_us);
            let here = lines.time_us[from..].partition_point(|time| self.part_of(*time) == part);
            let rows = batch.slice(from, here);
            if self.open.as_ref().is_none_or(|(open, _)| *open != part) {
                self.next(part)?;
            }
            if let Some((_, file)) = &mut self.open {
                file.write(&rows)?;
            }
            from += here;
        }
        Ok(())
    }

    fn next(&mut self, part: u64) -> Result<()> {
        self.close_open()?;
        let ending = match self.format {
            SimulatedFormat::Parquet => "parquet",
            SimulatedFormat::Csv => "csv",
        };
        let path = self.out.join(format!("{FILE_STEM}{part:03}.{ending}"));
        let file = OneFile::create(&path, self.format, &self.schema)?;
        self.written.push(path);
        self.open = Some((part, file));
        Ok(())
    }

    fn close_open(&mut self) -> Result<()> {
        match self.open.take() {
            Some((_, file)) => file.close(),
            None => Ok(()),
        }
    }

    /// Ends the last file; the files, in time order.
    pub fn close(mut self) -> Result<Vec<PathBuf>> {
        self.close_open()?;
        Ok(self.written)
    }

    fn batch(&self, lines: &OrderLineBatch) -> Result<RecordBatch> {
        let text = |values: &mut dyn Iterator<Item = String>| -> ArrayRef {
            Arc::new(values.map(Some).collect::<StringArray>())
        };
        let word = |values: &mut dyn Iterator<Item = &'static str>| -> ArrayRef {
            Arc::new(values.map(Some).collect::<StringArray>())
        };
        // Hundredths to four places.
        let prices = lines
            .unit_price_cents
            .iter()
            .map(|cents| i128::from(*cents) * 100);
        let prices = Decimal128Array::from_iter_values(prices)
            .with_precision_and_scale(18, 4)
            .map_err(perennial_lake::Error::from)?;
        let numbers = lines
            .line
            .iter()
            .map(|line| i32::try_from(*line).unwrap_or(i32::MAX));
        let times = TimestampMicrosecondArray::from(lines.time_us.clone()).with_timezone("UTC");
        let columns: Vec<ArrayRef> = vec![
            text(&mut lines.order_id.iter().map(|id| order_code(*id))),
            Arc::new(Int32Array::from_iter_values(numbers)),
            text(
                &mut lines
                    .customer
                    .iter()
                    .map(|customer| customer_code(*customer)),
            ),
            Arc::new(times),
            text(&mut lines.product.iter().map(|product| product_code(*product))),
            Arc::new(Int32Array::from_iter_values(lines.quantity.iter().copied())),
            Arc::new(prices),
            word(&mut lines.channel.iter().map(|channel| channel_name(*channel))),
            word(&mut lines.country.iter().map(|country| country_code(*country))),
        ];
        let batch = RecordBatch::try_new(self.schema.clone(), columns);
        Ok(batch.map_err(perennial_lake::Error::from)?)
    }
}

/// The columns of a file of order lines.
fn schema() -> SchemaRef {
    let time = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    let columns = [
        ("order_id", DataType::Utf8),
        ("line", DataType::Int32),
        ("customer_id", DataType::Utf8),
        ("time", time),
        ("product_id", DataType::Utf8),
        ("quantity", DataType::Int32),
        ("unit_price", DataType::Decimal128(18, 4)),
        ("channel", DataType::Utf8),
        ("country", DataType::Utf8),
    ];
    let fields = columns.map(|(name, kind)| Field::new(name, kind, false));
    Arc::new(Schema::new(fields.to_vec()))
}

/// A file that appears whole or not at all.
enum OneFile {
    Parquet(ParquetFile),
    Csv {
        writer: csv::Writer<File>,
        unfinished: PathBuf,
        path: PathBuf,
    },
}

impl OneFile {
    fn create(path: &Path, format: SimulatedFormat, schema: &SchemaRef) -> Result<Self> {
        if format == SimulatedFormat::Parquet {
            return Ok(Self::Parquet(ParquetFile::create(path, schema)?));
        }
        let mut unfinished = path.as_os_str().to_owned();
        unfinished.push(".part");
        let unfinished = PathBuf::from(unfinished);
        let file = File::create(&unfinished).map_err(Error::io("create", &unfinished))?;
        let writer = csv::WriterBuilder::new().with_header(true).build(file);
        Ok(Self::Csv {
            writer,
            unfinished,
            path: path.to_owned(),
        })
    }

    fn write(&mut self, rows: &RecordBatch) -> Result<()> {
        match self {
            Self::Parquet(file) => Ok(file.write(rows)?),
            Self::Csv { writer, .. } => {
                Ok(writer.write(rows).map_err(perennial_lake::Error::from)?)
            }
        }
    }

    fn close(self) -> Result<()> {
        match self {
            Self::Parquet(file) => Ok(file.close()?),
            Self::Csv {
                writer,
                unfinished,
                path,
            } => {
                let file = writer.into_inner();
                file.sync_data().map_err(Error::io("write", &path))?;
                drop(file);
                std::fs::rename(&unfinished, &path).map_err(Error::io("write", &path))
            }
        }
    }
}
