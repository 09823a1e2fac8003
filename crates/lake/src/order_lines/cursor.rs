//! A cursor over one sorted file: the lines of one customer after the other,
//! as slices.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, DictionaryArray, RecordBatch, StringArray};
use arrow::datatypes::{
    DataType, Decimal64Type, Field, Int32Type, Int64Type, Schema, TimeUnit,
    TimestampMicrosecondType,
};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use perennial_history::UNKNOWN_PRODUCT;
use xxhash_rust::xxh3::xxh3_64;

use crate::{Error, Result};

/// Rows decoded at a time.
const BATCH_ROWS: usize = 32_768;
/// The columns of a history; the last two only where [`Detail::Items`] is asked for.
const COLUMNS: [&str; 6] = [
    "customer_id",
    "time",
    "quantity",
    "amount",
    "order_id",
    "product_id",
];

/// How much of each line is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// All that a history has.
    Items,
    /// Neither orders nor products, which are most of the work of reading:
    /// orders are 0, products `UNKNOWN_PRODUCT`.
    Amounts,
}

impl Detail {
    fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Items => &COLUMNS,
            Self::Amounts => &COLUMNS[..4],
        }
    }
}

/// The columns of some lines, all of one length.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub customer: Vec<i64>,
    pub time_us: Vec<i64>,
    pub order: Vec<u64>,
    pub product: Vec<u32>,
    pub quantity: Vec<i64>,
    pub amount: Vec<i64>,
}

impl Lines {
    /// Empties all columns, keeping their memory.
    pub fn clear(&mut self) {
        self.drop_front(self.customer.len());
    }

    fn drop_front(&mut self, rows: usize) {
        self.customer.drain(..rows);
        self.time_us.drain(..rows);
        self.order.drain(..rows);
        self.product.drain(..rows);
        self.quantity.drain(..rows);
        self.amount.drain(..rows);
    }

    /// Appends row `i` of `other`.
    pub fn push_from(&mut self, other: &Self, i: usize) {
        self.customer.push(other.customer[i]);
        self.time_us.push(other.time_us[i]);
        self.order.push(other.order[i]);
        self.product.push(other.product[i]);
        self.quantity.push(other.quantity[i]);
        self.amount.push(other.amount[i]);
    }
}

/// Gives products small numbers, the same for equal texts within one bucket.
#[derive(Debug, Default)]
pub(super) struct Products {
    codes: HashMap<Box<str>, u32>,
}

impl Products {
    fn code(&mut self, product: &str) -> u32 {
        if let Some(code) = self.codes.get(product) {
            return *code;
        }
        let code = self.codes.len() as u32;
        self.codes.insert(product.into(), code);
        code
    }
}

/// The numbers of a dictionary's products, kept while the reader hands out the
/// same dictionary.
#[derive(Default)]
struct Translated {
    values: Option<ArrayRef>,
    codes: Vec<u32>,
}

impl Translated {
    fn refresh(&mut self, values: &ArrayRef, mut each: impl FnMut(&str) -> u32) {
        if self
            .values
            .as_ref()
            .is_some_and(|known| Arc::ptr_eq(known, values))
        {
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
pub(super) struct Cursor {
    reader: ParquetRecordBatchReader,
    pub lines: Lines,
    start: usize,
    exhausted: bool,
    detail: Detail,
    products: Translated,
}

impl Cursor {
    pub fn open(path: &Path, detail: Detail) -> Result<Self> {
        let open = || std::fs::File::open(path).map_err(Error::io("read", path));
        let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        let plain = ParquetRecordBatchReaderBuilder::try_new(open()?)
            .map_err(Error::parquet("read", path))?;
        // The hint names every column of the file; only those read matter.
        let fields: Vec<Field> = plain
            .schema()
            .fields()
            .iter()
            .map(|f| match (f.name().as_str(), f.data_type()) {
                ("product_id", _) => f.as_ref().clone().with_data_type(dictionary.clone()),
                (_, DataType::Decimal128(p, s)) => f
                    .as_ref()
                    .clone()
                    .with_data_type(DataType::Decimal64(*p, *s)),
                _ => f.as_ref().clone(),
            })
            .collect();
        let options = ArrowReaderOptions::new().with_schema(Arc::new(Schema::new(fields)));
        let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(open()?, options)
            .map_err(Error::parquet("read", path))?;
        check_layout(builder.schema(), path)?;
        let mask =
            ProjectionMask::columns(builder.parquet_schema(), detail.columns().iter().copied());
        let reader = builder
            .with_projection(mask)
            .with_batch_size(BATCH_ROWS)
            .build()
            .map_err(Error::parquet("read", path))?;
        Ok(Self {
            reader,
            lines: Lines::default(),
            start: 0,
            exhausted: false,
            detail,
            products: Translated::default(),
        })
    }

    /// The next customer and where its lines stand in [`Cursor::lines`];
    /// `None` at the end. The same answer until [`Cursor::advance`].
    pub fn current(&mut self, products: &mut Products) -> Result<Option<(i64, Range<usize>)>> {
        loop {
            if let Some(&customer) = self.lines.customer.get(self.start) {
                let end = self.start + leading_equal(&self.lines.customer[self.start..], customer);
                if end < self.lines.customer.len() || self.exhausted {
                    return Ok(Some((customer, self.start..end)));
                }
            } else if self.exhausted {
                return Ok(None);
            }
            self.load(products)?;
        }
    }

    /// Goes past the lines up to `end`.
    pub fn advance(&mut self, end: usize) {
        self.start = end;
    }

    /// Keeps the lines not yet handed out and appends the next batch.
    fn load(&mut self, products: &mut Products) -> Result<()> {
        self.lines.drop_front(self.start);
        self.start = 0;
        let Some(batch) = self.reader.next() else {
            self.exhausted = true;
            return Ok(());
        };
        self.append(&batch?, products);
        Ok(())
    }

    fn append(&mut self, batch: &RecordBatch, products: &mut Products) {
        let place = |name| batch.schema_ref().index_of(name).unwrap_or(0);
        let column = |name| batch.column(place(name));
        let decimals = |name| column(name).as_primitive::<Decimal64Type>().values();
        let customers = column("customer_id").as_primitive::<Int64Type>();
        self.lines.customer.extend_from_slice(customers.values());
        let times = column("time").as_primitive::<TimestampMicrosecondType>();
        self.lines.time_us.extend_from_slice(times.values());
        self.lines.quantity.extend_from_slice(decimals("quantity"));
        self.lines.amount.extend_from_slice(decimals("amount"));
        if self.detail == Detail::Amounts {
            let rows = self.lines.customer.len();
            self.lines.order.resize(rows, 0);
            self.lines.product.resize(rows, UNKNOWN_PRODUCT);
            return;
        }
        push_hashes(&mut self.lines.order, column("order_id").as_string());
        let items = column("product_id").as_dictionary::<Int32Type>();
        self.products
            .refresh(items.values(), |text| products.code(text));
        push_codes(&mut self.lines.product, items, &self.products.codes);
    }
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

/// Orders as hashes of their ids, 0 where one is missing.
fn push_hashes(out: &mut Vec<u64>, orders: &StringArray) {
    // The lines of an order stand together.
    let mut last = (&[][..], 0);
    out.extend((0..orders.len()).map(|i| {
        let order = orders.value(i).as_bytes();
        if orders.is_null(i) {
            return 0;
        }
        if last.1 == 0 || order != last.0 {
            last = (order, xxh3_64(order).max(1));
        }
        last.1
    }));
}

fn push_codes(out: &mut Vec<u32>, array: &DictionaryArray<Int32Type>, codes: &[u32]) {
    let keys = array.keys();
    if keys.null_count() == 0 {
        out.extend(keys.values().iter().map(|&k| codes[k as usize]));
    } else {
        let code = |key: Option<i32>| key.map_or(UNKNOWN_PRODUCT, |k| codes[k as usize]);
        out.extend(keys.iter().map(code));
    }
}

/// The types the columns must have, so that nothing below can fail on them.
fn check_layout(schema: &Schema, path: &Path) -> Result<()> {
    for name in COLUMNS {
        let good = schema.field_with_name(name).is_ok_and(|f| match name {
            "customer_id" => f.data_type() == &DataType::Int64,
            "time" => matches!(f.data_type(), DataType::Timestamp(TimeUnit::Microsecond, _)),
            "order_id" => f.data_type() == &DataType::Utf8,
            "product_id" => matches!(f.data_type(), DataType::Dictionary(..)),
            _ => f.data_type() == &DataType::Decimal64(18, 4),
        });
        if !good {
            return Err(Error::Layout {
                path: path.to_owned(),
                column: name.to_owned(),
                wanted: "that `order_lines` has in this version".to_owned(),
            });
        }
    }
    Ok(())
}
