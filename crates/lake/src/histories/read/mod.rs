//! The readers: one customer's history after the other.

mod cursor;
mod events;
mod order_lines;
mod scan;
mod subscriptions;

use std::ops::Range;

pub use events::EventHistories;
pub use order_lines::{Detail, OrderHistories, read_unknown};
pub use scan::{name_counts, read_moments};
pub use subscriptions::SubscriptionHistories;

use self::cursor::{Cursor, RowColumns};
use super::{HISTORY_ROWS_MAX, UNKNOWN_BUCKET};
use crate::Result;
use crate::tables::{DataFile, Lake, Table};

/// What a bucket held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HistoryCounts {
    /// Customers handed out.
    pub customers: u64,
    /// Rows handed out.
    pub rows: u64,
    /// Customers whose earliest rows were left out, being too many.
    pub capped: u64,
}

/// The buckets of one version of a table, but for the unknown customers' one.
struct Buckets {
    lake: Lake,
    table: String,
    files: Vec<(i32, Vec<DataFile>)>,
}

impl Buckets {
    fn new(lake: &Lake, table: &Table) -> Self {
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
            table: table.name.clone(),
            files,
        }
    }

    fn rows(&self) -> u64 {
        let files = self.files.iter().flat_map(|(_, files)| files);
        files.map(|file| file.rows).sum()
    }

    /// Hands each customer of the `index`th bucket to `each`, in the order of
    /// their ids: whose rows they are, and where they stand in the columns.
    fn walk<C: RowColumns, E: From<crate::Error>>(
        &self,
        index: usize,
        texts: &mut C::Texts,
        mut each: impl FnMut(i64, &mut C, Range<usize>) -> Result<(), E>,
    ) -> Result<HistoryCounts, E> {
        let mut counts = HistoryCounts::default();
        let Some((_, files)) = self.files.get(index) else {
            return Ok(counts);
        };
        let folder = self.lake.table_path(&self.table);
        let mut cursors = files
            .iter()
            .map(|file| Cursor::<C>::open(&folder.join(&file.path), texts))
            .collect::<Result<Vec<_>>>()?;
        let mut hand_out = |id: i64, columns: &mut C, mut range: Range<usize>| {
            if range.len() > HISTORY_ROWS_MAX {
                range.start = range.end - HISTORY_ROWS_MAX;
                counts.capped += 1;
            }
            counts.customers += 1;
            counts.rows += range.len() as u64;
            each(id, columns, range)
        };
        let mut merged = C::default();
        while let Some((id, having)) = next_customer(&mut cursors, texts)? {
            merged.drop_front(merged.customers().len());
            for cursor in &mut cursors {
                let Some((own, range)) = cursor.current(texts)? else {
                    continue;
                };
                if own != id {
                    continue;
                }
                cursor.advance(range.end);
                if having == 1 {
                    hand_out(id, &mut cursor.columns, range)?;
                } else {
                    range.for_each(|i| merged.push_from(&cursor.columns, i));
                }
            }
            if having > 1 {
                let mut columns = merged.sorted();
                let all = 0..columns.customers().len();
                hand_out(id, &mut columns, all)?;
            }
        }
        Ok(counts)
    }
}

/// The least customer that any of the files goes on with, and how many do.
fn next_customer<C: RowColumns>(
    cursors: &mut [Cursor<C>],
    texts: &mut C::Texts,
) -> Result<Option<(i64, usize)>> {
    let mut least: Option<(i64, usize)> = None;
    for cursor in cursors {
        if let Some((id, _)) = cursor.current(texts)? {
            match &mut least {
                Some((known, _)) if *known < id => {}
                Some((known, having)) if *known == id => *having += 1,
                _ => least = Some((id, 1)),
            }
        }
    }
    Ok(least)
}
