//! Order lines, one customer after the other.

use std::ops::Range;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::datatypes::{Decimal64Type, Decimal128Type, Int64Type, TimestampMicrosecondType};
use perennial_history::{Calendar, OrderLines, UNKNOWN_PRODUCT};
use xxhash_rust::xxh3::xxh3_64;

use super::cursor::{Interned, ReadAs, RowColumns, Translated, column};
use super::{Buckets, HistoryCounts};
use crate::Result;
use crate::histories::UNKNOWN_BUCKET;
use crate::tables::{Lake, Table};

/// The columns of a history; the last two only where [`Detail::Items`] is asked for.
const COLUMNS: [(&str, ReadAs); 6] = [
    ("customer_id", ReadAs::Id),
    ("time", ReadAs::Time),
    ("quantity", ReadAs::Decimal),
    ("amount", ReadAs::Decimal),
    ("order_id", ReadAs::Text),
    ("product_id", ReadAs::Dictionary),
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

/// Gives products small numbers within one bucket.
struct Products {
    detail: Detail,
    codes: Interned,
}

#[derive(Default)]
struct Lines {
    customer: Vec<i64>,
    time_us: Vec<i64>,
    order: Vec<u64>,
    product: Vec<u32>,
    quantity: Vec<i64>,
    amount: Vec<i64>,
}

impl RowColumns for Lines {
    type Texts = Products;
    type Remembered = Translated<u32>;

    fn wanted(texts: &Products) -> &'static [(&'static str, ReadAs)] {
        match texts.detail {
            Detail::Items => &COLUMNS,
            Detail::Amounts => &COLUMNS[..4],
        }
    }

    fn customers(&self) -> &[i64] {
        &self.customer
    }

    fn append(
        &mut self,
        batch: &RecordBatch,
        texts: &mut Products,
        remembered: &mut Translated<u32>,
    ) {
        let decimals = |name| column(batch, name).as_primitive::<Decimal64Type>().values();
        let customers = column(batch, "customer_id").as_primitive::<Int64Type>();
        self.customer.extend_from_slice(customers.values());
        let times = column(batch, "time").as_primitive::<TimestampMicrosecondType>();
        self.time_us.extend_from_slice(times.values());
        self.quantity.extend_from_slice(decimals("quantity"));
        self.amount.extend_from_slice(decimals("amount"));
        if texts.detail == Detail::Amounts {
            let rows = self.customer.len();
            self.order.resize(rows, 0);
            self.product.resize(rows, UNKNOWN_PRODUCT);
            return;
        }
        push_hashes(&mut self.order, column(batch, "order_id").as_string());
        let products = column(batch, "product_id");
        remembered.push(
            products,
            UNKNOWN_PRODUCT,
            |text| texts.codes.code(text),
            &mut self.product,
        );
    }

    fn drop_front(&mut self, rows: usize) {
        self.customer.drain(..rows);
        self.time_us.drain(..rows);
        self.order.drain(..rows);
        self.product.drain(..rows);
        self.quantity.drain(..rows);
        self.amount.drain(..rows);
    }

    fn push_from(&mut self, other: &Self, i: usize) {
        self.customer.push(other.customer[i]);
        self.time_us.push(other.time_us[i]);
        self.order.push(other.order[i]);
        self.product.push(other.product[i]);
        self.quantity.push(other.quantity[i]);
        self.amount.push(other.amount[i]);
    }

    /// By time and order.
    fn sorted(&self) -> Self {
        let mut places: Vec<usize> = (0..self.customer.len()).collect();
        places.sort_by_key(|&i| (self.time_us[i], self.order[i], i));
        let mut out = Self::default();
        places.iter().for_each(|&i| out.push_from(self, i));
        out
    }
}

/// Orders as hashes of their ids, 0 where one is missing.
pub(super) fn push_hashes(out: &mut Vec<u64>, orders: &StringArray) {
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

/// The buckets of one version of `order_lines`.
pub struct OrderHistories {
    buckets: Buckets,
    calendar: Calendar,
    detail: Detail,
}

impl OrderHistories {
    /// The histories in `table`. Where lines have no order id, the lines of
    /// one day of `calendar` are one order.
    pub fn new(lake: &Lake, table: &Table, calendar: Calendar) -> Self {
        Self {
            buckets: Buckets::new(lake, table),
            calendar,
            detail: Detail::Items,
        }
    }

    /// The same histories, with as much of each line as `detail` says.
    #[must_use]
    pub fn with_detail(self, detail: Detail) -> Self {
        Self { detail, ..self }
    }

    /// How many buckets have rows; they are numbered from zero here.
    pub fn buckets(&self) -> usize {
        self.buckets.files.len()
    }

    /// Lines in all buckets.
    pub fn rows(&self) -> u64 {
        self.buckets.rows()
    }

    /// Hands each customer of the `index`th bucket to `each`, in the order of
    /// their ids, lines sorted by time.
    pub fn read<E: From<crate::Error>>(
        &self,
        index: usize,
        mut each: impl FnMut(&OrderLines<'_>) -> Result<(), E>,
    ) -> Result<HistoryCounts, E> {
        let mut products = Products {
            detail: self.detail,
            codes: Interned::default(),
        };
        self.buckets
            .walk::<Lines, E>(index, &mut products, |customer_id, lines, range| {
                self.set_missing_orders(lines, range.clone());
                each(&OrderLines {
                    customer_id,
                    time_us: &lines.time_us[range.clone()],
                    order: &lines.order[range.clone()],
                    product: &lines.product[range.clone()],
                    quantity: &lines.quantity[range.clone()],
                    amount: &lines.amount[range],
                })
            })
    }

    fn set_missing_orders(&self, lines: &mut Lines, range: Range<usize>) {
        if self.detail == Detail::Amounts {
            return;
        }
        for i in range {
            if lines.order[i] == 0 {
                let day = self.calendar.local_day(lines.time_us[i]);
                lines.order[i] = (day as u64).wrapping_add(1 << 62);
            }
        }
    }
}

/// Hands the times and amounts of the lines whose customer is not known to
/// `each`, batch by batch: times in UTC microseconds, amounts as decimal(18,4).
pub fn read_unknown(
    lake: &Lake,
    table: &Table,
    mut each: impl FnMut(&[i64], &[i128]),
) -> Result<()> {
    for file in table.bucket(UNKNOWN_BUCKET) {
        let path = lake.table_path(&table.name).join(&file.path);
        for batch in crate::tables::open_file(&path, Some(&["time", "amount"]))? {
            let batch = batch?;
            let times = batch.column_by_name("time").and_then(|c| {
                c.as_primitive_opt::<TimestampMicrosecondType>()
                    .map(|c| c.values())
            });
            let amounts = batch.column_by_name("amount").and_then(mantissas);
            if let (Some(times), Some(amounts)) = (times, amounts) {
                each(times, &amounts);
            }
        }
    }
    Ok(())
}

/// A column of decimals as the whole numbers they are stored as; files are
/// read as the 64 bits they were written with, or widened.
fn mantissas(column: &ArrayRef) -> Option<Vec<i128>> {
    if let Some(wide) = column.as_primitive_opt::<Decimal128Type>() {
        return Some(wide.values().to_vec());
    }
    let narrow = column.as_primitive_opt::<Decimal64Type>()?;
    Some(narrow.values().iter().map(|v| i128::from(*v)).collect())
}
