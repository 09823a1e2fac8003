//! Files whose content changed since they were read: what of the earlier
//! content goes out of the table.
//!
//! A new version of a file speaks for the time from its first line on. Rows of
//! earlier versions in that time that it no longer has were corrected or
//! deleted, as long as it still has the most of them; a file that is written
//! anew with other rows has few of them, and takes nothing out. What lies
//! before its first line was rotated out, and stays.

use std::collections::HashMap;

use super::row::Row;

/// Share of the earlier rows that a new version must still have for the others
/// to go.
const KEPT_SHARE: f64 = 0.5;

/// One file that changed.
#[derive(Debug, Clone)]
struct Change {
    ingest_id: i64,
    /// The readings of its earlier contents.
    earlier: Vec<i64>,
    /// Those of them whose content another file still has: their rows stay.
    standing: Vec<i64>,
    /// Its earlier rows stay, whatever it says now.
    keeps: bool,
    /// Its first line, UTC microseconds.
    from_us: Option<i64>,
    replaces: bool,
}

/// What a new version has of the rows of earlier ones, within its time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compared {
    /// Rows that it still has.
    pub found: u64,
    /// Rows that it has no longer.
    pub gone: u64,
}

/// The changed files of one run.
#[derive(Debug, Clone, Default)]
pub(super) struct Changes(Vec<Change>);

impl Changes {
    /// Says that `ingest_id` reads a new version of what `earlier` read, of
    /// which another file still says what `standing` read. With `keeps` all rows stay,
    /// and are only counted.
    pub fn add(&mut self, ingest_id: i64, earlier: Vec<i64>, standing: Vec<i64>, keeps: bool) {
        self.0.push(Change {
            ingest_id,
            earlier,
            standing,
            keeps,
            from_us: None,
            replaces: false,
        });
    }

    /// Widens the time that a reading speaks for.
    pub fn saw(&mut self, ingest_id: i64, times: impl Iterator<Item = i64>) {
        let Some(change) = self.0.iter_mut().find(|c| c.ingest_id == ingest_id) else {
            return;
        };
        change.from_us = times.chain(change.from_us).min();
    }

    /// Whether any row of an earlier version may have to go.
    pub fn any(&self) -> bool {
        self.0.iter().any(|change| change.from_us.is_some())
    }

    /// Whether rows go.
    pub fn replace(&self) -> bool {
        self.0.iter().any(|change| change.replaces)
    }

    /// Whether `new` reads a later version of what `stored` read, or the same
    /// once more.
    pub fn is_version(&self, new: i64, stored: i64) -> bool {
        let mut changes = self.0.iter();
        new == stored || changes.any(|c| c.ingest_id == new && c.earlier.contains(&stored))
    }

    /// The reading that speaks for a stored row of `ingest_id` now.
    fn successor(&self, row: Row<'_>, ingest_id: i64) -> Option<&Change> {
        let time = row.time_us();
        self.0.iter().find(|change| {
            change.from_us.is_some_and(|from| from <= time)
                && change.earlier.contains(&ingest_id)
                && !change.standing.contains(&ingest_id)
        })
    }

    /// Counts a stored row of `ingest_id`, found again or not.
    pub fn compare(
        &self,
        row: Row<'_>,
        ingest_id: i64,
        found: bool,
        into: &mut HashMap<i64, Compared>,
    ) {
        if let Some(change) = self.successor(row, ingest_id) {
            let compared = into.entry(change.ingest_id).or_default();
            if found {
                compared.found += 1;
            } else {
                compared.gone += 1;
            }
        }
    }

    /// The reading that takes out a stored row of `ingest_id` that was not
    /// found again, if one does.
    pub fn taken_out_by(&self, row: Row<'_>, ingest_id: i64) -> Option<i64> {
        self.successor(row, ingest_id)
            .filter(|change| change.replaces)
            .map(|change| change.ingest_id)
    }

    /// Decides which files take rows out.
    pub fn decide(&mut self, compared: &HashMap<i64, Compared>) {
        for change in &mut self.0 {
            let Compared { found, gone } =
                compared.get(&change.ingest_id).copied().unwrap_or_default();
            change.replaces =
                !change.keeps && gone > 0 && found as f64 >= KEPT_SHARE * (found + gone) as f64;
        }
    }
}
