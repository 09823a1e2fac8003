//! Contracts, one customer after the other.

use arrow::array::{Array, AsArray, PrimitiveArray, RecordBatch};
use arrow::datatypes::{ArrowPrimitiveType, Decimal64Type, Int64Type, TimestampMicrosecondType};
use perennial_history::{NO_MOMENT, NO_PRICE, OTHER_NAME, PlanNames, Subscriptions};

use super::cursor::{ReadAs, RowColumns, Translated, column};
use super::order_lines::push_hashes;
use super::{Buckets, HistoryCounts};
use crate::Result;
use crate::tables::{Lake, Table};

const COLUMNS: [(&str, ReadAs); 7] = [
    ("customer_id", ReadAs::Id),
    ("time", ReadAs::Time),
    ("end_time", ReadAs::Time),
    ("due_time", ReadAs::Time),
    ("price", ReadAs::Decimal),
    ("plan", ReadAs::Dictionary),
    ("subscription_id", ReadAs::Text),
];

#[derive(Default)]
struct SubscriptionColumns {
    customer: Vec<i64>,
    start_us: Vec<i64>,
    end_us: Vec<i64>,
    due_us: Vec<i64>,
    price: Vec<i64>,
    plan: Vec<u16>,
    id: Vec<u64>,
}

impl RowColumns for SubscriptionColumns {
    type Texts = PlanNames;
    type Remembered = Translated<u16>;

    fn wanted(_: &PlanNames) -> &'static [(&'static str, ReadAs)] {
        &COLUMNS
    }

    fn customers(&self) -> &[i64] {
        &self.customer
    }

    fn append(
        &mut self,
        batch: &RecordBatch,
        plans: &mut PlanNames,
        remembered: &mut Translated<u16>,
    ) {
        let customers = column(batch, "customer_id").as_primitive::<Int64Type>();
        self.customer.extend_from_slice(customers.values());
        let times = |name| column(batch, name).as_primitive::<TimestampMicrosecondType>();
        self.start_us.extend_from_slice(times("time").values());
        extend(&mut self.end_us, times("end_time"), NO_MOMENT);
        extend(&mut self.due_us, times("due_time"), NO_MOMENT);
        let prices = column(batch, "price").as_primitive::<Decimal64Type>();
        extend(&mut self.price, prices, NO_PRICE);
        let plan = |text: &str| plans.code(text);
        remembered.push(column(batch, "plan"), OTHER_NAME, plan, &mut self.plan);
        let ids = column(batch, "subscription_id");
        push_hashes(&mut self.id, ids.as_string());
    }

    fn drop_front(&mut self, rows: usize) {
        self.customer.drain(..rows);
        self.start_us.drain(..rows);
        self.end_us.drain(..rows);
        self.due_us.drain(..rows);
        self.price.drain(..rows);
        self.plan.drain(..rows);
        self.id.drain(..rows);
    }

    fn push_from(&mut self, other: &Self, i: usize) {
        self.customer.push(other.customer[i]);
        self.start_us.push(other.start_us[i]);
        self.end_us.push(other.end_us[i]);
        self.due_us.push(other.due_us[i]);
        self.price.push(other.price[i]);
        self.plan.push(other.plan[i]);
        self.id.push(other.id[i]);
    }

    fn sorted(&self) -> Self {
        let mut places: Vec<usize> = (0..self.customer.len()).collect();
        places.sort_by_key(|&i| (self.start_us[i], i));
        let mut out = Self::default();
        places.iter().for_each(|&i| out.push_from(self, i));
        out
    }
}

/// Appends a column, `missing` where there is no value.
fn extend<T: ArrowPrimitiveType<Native = i64>>(
    out: &mut Vec<i64>,
    column: &PrimitiveArray<T>,
    missing: i64,
) {
    match column.null_count() {
        0 => out.extend_from_slice(column.values()),
        _ => out.extend(column.iter().map(|value| value.unwrap_or(missing))),
    }
}

/// The buckets of one version of `subscriptions`.
pub struct SubscriptionHistories {
    buckets: Buckets,
    plans: PlanNames,
}

impl SubscriptionHistories {
    /// The histories in `table`, which tell the given plans apart.
    pub fn new(lake: &Lake, table: &Table, plans: PlanNames) -> Self {
        Self {
            buckets: Buckets::new(lake, table),
            plans,
        }
    }

    /// How many buckets have rows; they are numbered from zero here.
    pub fn buckets(&self) -> usize {
        self.buckets.files.len()
    }

    /// Contracts in all buckets.
    pub fn rows(&self) -> u64 {
        self.buckets.rows()
    }

    /// The plans told apart.
    pub fn plans(&self) -> &PlanNames {
        &self.plans
    }

    /// Hands each customer of the `index`th bucket to `each`, in the order of
    /// their ids, contracts sorted by their start.
    pub fn read<E: From<crate::Error>>(
        &self,
        index: usize,
        mut each: impl FnMut(&Subscriptions<'_>) -> Result<(), E>,
    ) -> Result<HistoryCounts, E> {
        let mut plans = self.plans.clone();
        let buckets = &self.buckets;
        buckets.walk::<SubscriptionColumns, E>(index, &mut plans, |customer_id, rows, range| {
            each(&Subscriptions {
                customer_id,
                start_us: &rows.start_us[range.clone()],
                end_us: &rows.end_us[range.clone()],
                due_us: &rows.due_us[range.clone()],
                price: &rows.price[range.clone()],
                plan: &rows.plan[range.clone()],
                id: &rows.id[range],
                plans: &self.plans,
            })
        })
    }
}
