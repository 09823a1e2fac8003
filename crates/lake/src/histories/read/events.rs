//! Events, one customer after the other.

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use perennial_history::{EventNames, Events, OTHER_NAME, UNKNOWN_PRODUCT};

use super::cursor::{Interned, ReadAs, RowColumns, Translated, column};
use super::{Buckets, HistoryCounts};
use crate::Result;
use crate::tables::{Lake, Table};

const COLUMNS: [(&str, ReadAs); 4] = [
    ("customer_id", ReadAs::Id),
    ("time", ReadAs::Time),
    ("name", ReadAs::Dictionary),
    ("product_id", ReadAs::Dictionary),
];

/// Gives names their codes, and items small numbers within one bucket.
struct Codes {
    names: EventNames,
    items: Interned,
}

/// What a file's cursor remembers of its dictionaries.
#[derive(Default)]
struct Remembered {
    names: Translated<u16>,
    items: Translated<u32>,
}

#[derive(Default)]
struct EventColumns {
    customer: Vec<i64>,
    time_us: Vec<i64>,
    name: Vec<u16>,
    item: Vec<u32>,
}

impl RowColumns for EventColumns {
    type Texts = Codes;
    type Remembered = Remembered;

    fn wanted(_: &Codes) -> &'static [(&'static str, ReadAs)] {
        &COLUMNS
    }

    fn customers(&self) -> &[i64] {
        &self.customer
    }

    fn append(&mut self, batch: &RecordBatch, texts: &mut Codes, remembered: &mut Remembered) {
        let customers = column(batch, "customer_id").as_primitive::<Int64Type>();
        self.customer.extend_from_slice(customers.values());
        let times = column(batch, "time").as_primitive::<TimestampMicrosecondType>();
        self.time_us.extend_from_slice(times.values());
        let (names, items) = (column(batch, "name"), column(batch, "product_id"));
        let name = |text: &str| texts.names.code(text);
        let known = &mut remembered.names;
        known.push(names, OTHER_NAME, name, &mut self.name);
        let item = |text: &str| texts.items.code(text);
        let known = &mut remembered.items;
        known.push(items, UNKNOWN_PRODUCT, item, &mut self.item);
    }

    fn drop_front(&mut self, rows: usize) {
        self.customer.drain(..rows);
        self.time_us.drain(..rows);
        self.name.drain(..rows);
        self.item.drain(..rows);
    }

    fn push_from(&mut self, other: &Self, i: usize) {
        self.customer.push(other.customer[i]);
        self.time_us.push(other.time_us[i]);
        self.name.push(other.name[i]);
        self.item.push(other.item[i]);
    }

    fn sorted(&self) -> Self {
        let mut places: Vec<usize> = (0..self.customer.len()).collect();
        places.sort_by_key(|&i| (self.time_us[i], i));
        let mut out = Self::default();
        places.iter().for_each(|&i| out.push_from(self, i));
        out
    }
}

/// The buckets of one version of `events`.
pub struct EventHistories {
    buckets: Buckets,
    names: EventNames,
}

impl EventHistories {
    /// The histories in `table`, which tell the given names apart.
    pub fn new(lake: &Lake, table: &Table, names: EventNames) -> Self {
        Self {
            buckets: Buckets::new(lake, table),
            names,
        }
    }

    /// How many buckets have rows; they are numbered from zero here.
    pub fn buckets(&self) -> usize {
        self.buckets.files.len()
    }

    /// Events in all buckets.
    pub fn rows(&self) -> u64 {
        self.buckets.rows()
    }

    /// The names told apart.
    pub fn names(&self) -> &EventNames {
        &self.names
    }

    /// Hands each customer of the `index`th bucket to `each`, in the order of
    /// their ids, events sorted by time.
    pub fn read<E: From<crate::Error>>(
        &self,
        index: usize,
        mut each: impl FnMut(&Events<'_>) -> Result<(), E>,
    ) -> Result<HistoryCounts, E> {
        let mut codes = Codes {
            names: self.names.clone(),
            items: Interned::default(),
        };
        self.buckets
            .walk::<EventColumns, E>(index, &mut codes, |customer_id, events, range| {
                each(&Events {
                    customer_id,
                    time_us: &events.time_us[range.clone()],
                    name: &events.name[range.clone()],
                    item: &events.item[range],
                    names: &self.names,
                })
            })
    }
}
