//! Customer-major tables: bucketed by the leading bits of `customer_id`, sorted
//! by customer and time inside a bucket.
//!
//! A [`Shape`] says what a table's rows are. [`HistorySorter`] takes rows in any
//! order and writes the buckets; [`OrderHistories`], [`EventHistories`] and
//! [`SubscriptionHistories`] hand out one customer's rows after the other, in order.

mod batch;
mod bucket;
mod changes;
mod codes;
mod columns;
mod existing;
mod known;
mod read;
mod row;
mod shape;
mod sorter;
mod store;
#[cfg(test)]
mod tests;
mod texts;

pub use batch::{MoneyColumns, RowBatch};
pub use changes::Compared;
pub use read::{
    Detail, EventHistories, HistoryCounts, OrderHistories, SubscriptionHistories, name_counts,
    read_moments, read_unknown,
};
pub use shape::{
    EVENTS, HistorySchema, ORDER_LINES, PART_COLUMN, Part, SUBSCRIPTIONS, Shape, ShapeColumn,
};
pub use sorter::{HistorySorter, SortOutcome};

/// Rows a bucket may hold before the number of buckets is doubled.
pub const BUCKET_ROWS_MAX: u64 = 4_000_000;
/// Sorted files a bucket may have before they are merged into one.
pub const BUCKET_FILES_MAX: usize = 8;
/// Rows of one customer that are handed out at the most; the earliest beyond
/// that are left out and counted.
pub const HISTORY_ROWS_MAX: usize = 1_000_000;
/// The bucket of rows whose customer is not known.
pub const UNKNOWN_BUCKET: i32 = -1;

/// The bucket of a customer when `bits` leading bits are used. Buckets are in
/// the order of signed ids.
pub(crate) fn bucket_of(customer_id: i64, bits: u32) -> i32 {
    if bits == 0 {
        return 0;
    }
    let unsigned = (customer_id as u64) ^ (1 << 63);
    (unsigned >> (64 - bits)) as i32
}

/// Bits needed so that `rows` spread over the buckets stay below the limit.
pub(crate) fn bits_for(rows: u64) -> u32 {
    let mut bits = 0;
    while (rows >> bits) > BUCKET_ROWS_MAX && bits < 12 {
        bits += 1;
    }
    bits
}
