//! A cursor over one sorted file: the rows of one customer after the other, as
//! slices.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};

use crate::{Error, Result};

/// Rows decoded at a time.
const BATCH_ROWS: usize = 32_768;

/// What a column is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadAs {
    /// Whole numbers of 64 bits.
    Id,
    /// UTC microseconds.
    Time,
    /// decimal(18,4) of 64 bits.
    Decimal,
    /// Text.
    Text,
    /// Text through a dictionary.
    Dictionary,
}

impl ReadAs {
    fn fits(self, kind: &DataType) -> bool {
        match self {
            Self::Id => kind == &DataType::Int64,
            Self::Time => matches!(kind, DataType::Timestamp(TimeUnit::Microsecond, _)),
            Self::Decimal => kind == &DataType::Decimal64(18, 4),
            Self::Text => kind == &DataType::Utf8,
            Self::Dictionary => matches!(kind, DataType::Dictionary(..)),
        }
    }
}

/// The columns of some rows, all of one length, as a reader wants them.
pub(super) trait RowColumns: Default {
    /// What gives texts their numbers, for all files of a bucket.
    type Texts;
    /// What one file's cursor remembers of them.
    type Remembered: Default;

    /// The columns to be read, `customer_id` and `time` among them.
    fn wanted(texts: &Self::Texts) -> &'static [(&'static str, ReadAs)];
    /// The customer of every row.
    fn customers(&self) -> &[i64];
    /// Appends a batch, whose columns are those wanted.
    fn append(
        &mut self,
        batch: &RecordBatch,
        texts: &mut Self::Texts,
        remembered: &mut Self::Remembered,
    );
    /// Takes the first rows away, keeping the memory.
    fn drop_front(&mut self, rows: usize);
    /// Appends row `i` of `other`.
    fn push_from(&mut self, other: &Self, i: usize);
    /// The rows of one customer from several files, as one file has them.
    fn sorted(&self) -> Self;
}

/// Small numbers for texts, the same for equal texts.
#[derive(Debug, Default)]
pub(super) struct Interned {
    codes: HashMap<Box<str>, u32>,
}

impl Interned {
    pub fn code(&mut self, text: &str) -> u32 {
        if let Some(code) = self.codes.get(text) {
            return *code;
        }
        let code = self.codes.len() as u32;
        self.codes.insert(text.into(), code);
        code
    }
}

/// The numbers of a dictionary's texts, kept while the reader hands out the
/// same dictionary.
#[derive(Default)]
pub(super) struct Translated<T> {
    values: Option<ArrayRef>,
    codes: Vec<T>,
}

impl<T: Copy> Translated<T> {
    /// Appends the number of every row of a dictionary column to `out`,
    /// `missing` where there is no text.
    pub fn push(
        &mut self,
        column: &ArrayRef,
        missing: T,
        each: impl FnMut(&str) -> T,
        out: &mut Vec<T>,
    ) {
        let items = column.as_dictionary::<arrow::datatypes::Int32Type>();
        self.refresh(items.values(), each);
        let (keys, codes) = (items.keys(), &self.codes);
        if keys.null_count() == 0 {
            out.extend(keys.values().iter().map(|&k| codes[k as usize]));
        } else {
            let code = |key: Option<i32>| key.map_or(missing, |k| codes[k as usize]);
            out.extend(keys.iter().map(code));
        }
    }

    fn refresh(&mut self, values: &ArrayRef, mut each: impl FnMut(&str) -> T) {
        let same = |known: &ArrayRef| Arc::ptr_eq(known, values);
        if self.values.as_ref().is_some_and(same) {
            return;
        }
        let texts = values.as_string::<i32>();
        self.codes.clear();
        self.codes
            .extend((0..texts.len()).map(|i| each(texts.value(i))));
        self.values = Some(values.clone());
    }
}

/// Reads one file in order.
pub(super) struct Cursor<C: RowColumns> {
    reader: ParquetRecordBatchReader,
    pub columns: C,
    start: usize,
    exhausted: bool,
    remembered: C::Remembered,
}

impl<C: RowColumns> Cursor<C> {
    pub fn open(path: &Path, texts: &C::Texts) -> Result<Self> {
        let wanted = C::wanted(texts);
        let open = || std::fs::File::open(path).map_err(Error::io("read", path));
        let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        let plain = ParquetRecordBatchReaderBuilder::try_new(open()?)
            .map_err(Error::parquet("read", path))?;
        // The hint names every column of the file; only those read matter.
        let fields: Vec<Field> = plain
            .schema()
            .fields()
            .iter()
            .map(|f| match f.data_type() {
                _ if wanted.contains(&(f.name(), ReadAs::Dictionary)) => {
                    f.as_ref().clone().with_data_type(dictionary.clone())
                }
                DataType::Decimal128(p, s) => f
                    .as_ref()
                    .clone()
                    .with_data_type(DataType::Decimal64(*p, *s)),
                _ => f.as_ref().clone(),
            })
            .collect();
        let options = ArrowReaderOptions::new().with_schema(Arc::new(Schema::new(fields)));
        let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(open()?, options)
            .map_err(Error::parquet("read", path))?;
        check_layout(builder.schema(), wanted, path)?;
        let names = wanted.iter().map(|(name, _)| *name);
        let mask = ProjectionMask::columns(builder.parquet_schema(), names);
        let reader = builder
            .with_projection(mask)
            .with_batch_size(BATCH_ROWS)
            .build()
            .map_err(Error::parquet("read", path))?;
        Ok(Self {
            reader,
            columns: C::default(),
            start: 0,
            exhausted: false,
            remembered: C::Remembered::default(),
        })
    }

    /// The next customer and where its rows stand in [`Cursor::columns`];
    /// `None` at the end. The same answer until [`Cursor::advance`].
    pub fn current(&mut self, texts: &mut C::Texts) -> Result<Option<(i64, Range<usize>)>> {
        loop {
            let customers = self.columns.customers();
            if let Some(&customer) = customers.get(self.start) {
                let end = self.start + leading_equal(&customers[self.start..], customer);
                if end < customers.len() || self.exhausted {
                    return Ok(Some((customer, self.start..end)));
                }
            } else if self.exhausted {
                return Ok(None);
            }
            self.load(texts)?;
        }
    }

    /// Goes past the rows up to `end`.
    pub fn advance(&mut self, end: usize) {
        self.start = end;
    }

    /// Keeps the rows not yet handed out and appends the next batch.
    fn load(&mut self, texts: &mut C::Texts) -> Result<()> {
        self.columns.drop_front(self.start);
        self.start = 0;
        let Some(batch) = self.reader.next() else {
            self.exhausted = true;
            return Ok(());
        };
        self.columns.append(&batch?, texts, &mut self.remembered);
        Ok(())
    }
}

/// A column of a batch whose layout was checked.
pub(super) fn column<'a>(batch: &'a RecordBatch, name: &str) -> &'a ArrayRef {
    batch.column(batch.schema_ref().index_of(name).unwrap_or(0))
}

/// How many values from the first on are `value`; equal ones stand together, and
/// are few, so that doubling steps find their end sooner than halving all.
fn leading_equal(values: &[i64], value: i64) -> usize {
    let mut end = 1;
    while values.get(end) == Some(&value) {
        end *= 2;
    }
    let (start, end) = (end / 2, end.min(values.len()));
    start + values[start..end].partition_point(|&other| other == value)
}

/// The types the columns must have, so that nothing below can fail on them.
fn check_layout(schema: &Schema, wanted: &[(&str, ReadAs)], path: &Path) -> Result<()> {
    for (name, read_as) in wanted {
        let field = schema.field_with_name(name);
        if !field.is_ok_and(|field| read_as.fits(field.data_type())) {
            return Err(Error::Layout {
                path: path.to_owned(),
                column: (*name).to_owned(),
                wanted: "that the table has in this version".to_owned(),
            });
        }
    }
    Ok(())
}
