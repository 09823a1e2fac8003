//! The reader of `order_lines`: one customer's history after the other.

use arrow::array::{ArrayRef, AsArray};
use arrow::datatypes::{Decimal64Type, Decimal128Type, TimestampMicrosecondType};
use perennial_history::{Calendar, OrderLines};

use super::cursor::{Cursor, Detail, Lines, Products};
use super::schema::TABLE;
use super::{HISTORY_ROWS_MAX, UNKNOWN_BUCKET};
use crate::Result;
use crate::tables::{DataFile, Lake, Table};

/// What a bucket held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HistoryCounts {
    /// Customers handed out.
    pub customers: u64,
    /// Lines handed out.
    pub rows: u64,
    /// Customers whose earliest lines were left out, being too many.
    pub capped: u64,
}

/// The buckets of one version of `order_lines`.
pub struct Histories {
    lake: Lake,
    files: Vec<(i32, Vec<DataFile>)>,
    calendar: Calendar,
    detail: Detail,
}

impl Histories {
    /// The histories in `table`. Where lines have no order id, the lines of
    /// one day of `calendar` are one order.
    pub fn new(lake: &Lake, table: &Table, calendar: Calendar) -> Self {
        let mut files: Vec<(i32, Vec<DataFile>)> = Vec::new();
        for file in &table.files {
            let bucket = file.bucket.unwrap_or(UNKNOWN_BUCKET);
            if bucket == UNKNOWN_BUCKET {
                continue;
            }
            match files.iter_mut().find(|(b, _)| *b == bucket) {
                Some((_, list)) => list.push(file.clone()),
                None => files.push((bucket, vec![file.clone()])),
            }
        }
        files.sort_by_key(|(bucket, _)| *bucket);
        Self {
            lake: lake.clone(),
            files,
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
        self.files.len()
    }

    /// Lines in all buckets.
    pub fn rows(&self) -> u64 {
        self.files
            .iter()
            .flat_map(|(_, files)| files)
            .map(|f| f.rows)
            .sum()
    }

    /// Hands each customer of the `index`th bucket to `each`, in the order of
    /// their ids, lines sorted by time.
    pub fn read<E: From<crate::Error>>(
        &self,
        index: usize,
        mut each: impl FnMut(&OrderLines<'_>) -> Result<(), E>,
    ) -> Result<HistoryCounts, E> {
        let Some((_, files)) = self.files.get(index) else {
            return Ok(HistoryCounts::default());
        };
        let mut cursors = files
            .iter()
            .map(|f| Cursor::open(&self.lake.table_path(TABLE).join(&f.path), self.detail))
            .collect::<Result<Vec<_>>>()?;
        let mut products = Products::default();
        let mut merged = Lines::default();
        let mut counts = HistoryCounts::default();
        loop {
            let mut customer: Option<i64> = None;
            let mut having = 0_usize;
            for cursor in &mut cursors {
                if let Some((id, _)) = cursor.current(&mut products)? {
                    match customer {
                        Some(least) if least < id => {}
                        Some(least) if least == id => having += 1,
                        _ => (customer, having) = (Some(id), 1),
                    }
                }
            }
            let Some(id) = customer else {
                return Ok(counts);
            };
            merged.clear();
            for cursor in &mut cursors {
                let Some((own, range)) = cursor.current(&mut products)? else {
                    continue;
                };
                if own != id {
                    continue;
                }
                cursor.advance(range.end);
                if having == 1 {
                    self.set_missing_orders(&mut cursor.lines, range.clone());
                    hand_out(id, &cursor.lines, range, &mut counts, &mut each)?;
                } else {
                    (range).for_each(|i| merged.push_from(&cursor.lines, i));
                }
            }
            if having > 1 {
                let mut lines = sorted(&merged);
                let all = 0..lines.customer.len();
                self.set_missing_orders(&mut lines, all.clone());
                hand_out(id, &lines, all, &mut counts, &mut each)?;
            }
        }
    }

    fn set_missing_orders(&self, lines: &mut Lines, range: std::ops::Range<usize>) {
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

fn hand_out<E>(
    customer_id: i64,
    lines: &Lines,
    mut range: std::ops::Range<usize>,
    counts: &mut HistoryCounts,
    each: &mut impl FnMut(&OrderLines<'_>) -> Result<(), E>,
) -> Result<(), E> {
    if range.len() > HISTORY_ROWS_MAX {
        range.start = range.end - HISTORY_ROWS_MAX;
        counts.capped += 1;
    }
    counts.customers += 1;
    counts.rows += range.len() as u64;
    each(&OrderLines {
        customer_id,
        time_us: &lines.time_us[range.clone()],
        order: &lines.order[range.clone()],
        product: &lines.product[range.clone()],
        quantity: &lines.quantity[range.clone()],
        amount: &lines.amount[range],
    })
}

/// The lines of one customer from several files, by time and order.
fn sorted(lines: &Lines) -> Lines {
    let mut places: Vec<usize> = (0..lines.customer.len()).collect();
    places.sort_by_key(|&i| (lines.time_us[i], lines.order[i], i));
    let mut out = Lines::default();
    places.iter().for_each(|&i| out.push_from(lines, i));
    out
}

/// Hands the times and amounts of the lines whose customer is not known to
/// `each`, batch by batch: times in UTC microseconds, amounts as decimal(18,4).
pub fn read_unknown(
    lake: &Lake,
    table: &Table,
    mut each: impl FnMut(&[i64], &[i128]),
) -> Result<()> {
    for file in table.bucket(UNKNOWN_BUCKET) {
        let path = lake.table_path(TABLE).join(&file.path);
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
