//! The fold that makes features and labels at any number of as-of moments in one pass.
//!
//! The definitions are in the catalogue; the words they use are defined at the top of the crate. The
//! SQL twin ([`crate::ORDER_LINE_FEATURES_SQL`]) gives the same rows to 1e-9.

mod rows;
mod running;

pub use rows::{FeatureRows, LABEL_LOST, LABEL_STAYED, LABEL_UNKNOWN};

use crate::calendar::Calendar;
use crate::lines::{AsOf, Fold, LineKind, OrderLines};
use running::{FEATURES, Running};

/// Rows are turned into columns this many at a time: written one by one, the columns' ends would lie at
/// equal distances in memory and push one another out of the cache.
const STAGED_ROWS: usize = 64;

/// Features and labels: one row per customer and cut, for customers with a purchase line before it.
///
/// Rows gather in the order of customers, then cuts. Look at [`FeatureFold::row_count`] after each
/// customer and flush them with [`FeatureFold::take_rows`], or read [`FeatureFold::rows`] and
/// [`FeatureFold::clear`] to keep the room.
#[derive(Debug, Clone)]
pub struct FeatureFold {
    cuts: Vec<AsOf>,
    /// The local day of the last microsecond before each cut.
    todays: Vec<i64>,
    label_horizon_us: Option<i64>,
    known_until_us: Option<i64>,
    running: Running,
    rows: FeatureRows,
    /// The values of the last rows, not yet in their columns.
    staged: Vec<[f64; FEATURES]>,
}

impl FeatureFold {
    /// A fold for these cuts (put in ascending order; equal ones count once).
    ///
    /// With a label horizon of *H* microseconds the label at cut *c* says whether the customer bought
    /// nothing in `[c, c + H)`. It needs [`FeatureFold::known_until`]: without it, or without a
    /// horizon, every label is [`LABEL_UNKNOWN`].
    pub fn new(
        calendar: Calendar,
        mut cuts: Vec<AsOf>,
        label_horizon_us: Option<i64>,
    ) -> FeatureFold {
        cuts.sort_unstable();
        cuts.dedup();
        let todays = cuts
            .iter()
            .map(|cut| calendar.local_day(cut.0.saturating_sub(1)))
            .collect();
        FeatureFold {
            cuts,
            todays,
            label_horizon_us,
            known_until_us: None,
            running: Running::new(calendar),
            rows: FeatureRows::new(),
            staged: Vec::with_capacity(STAGED_ROWS),
        }
    }

    /// The moment (UTC microseconds) until which all events are known: a label whose horizon ends
    /// later is [`LABEL_UNKNOWN`], even if a purchase is already known.
    #[must_use]
    pub fn known_until(mut self, known_until_us: i64) -> FeatureFold {
        self.known_until_us = Some(known_until_us);
        self
    }

    /// The cuts, ascending.
    pub fn cuts(&self) -> &[AsOf] {
        &self.cuts
    }

    /// The number of rows gathered so far.
    pub fn row_count(&self) -> usize {
        self.rows.len()
    }

    /// The rows gathered so far.
    pub fn rows(&mut self) -> &FeatureRows {
        self.unstage();
        &self.rows
    }

    /// Hands over the rows gathered so far.
    pub fn take_rows(&mut self) -> FeatureRows {
        self.unstage();
        std::mem::take(&mut self.rows)
    }

    /// Drops the rows gathered so far and keeps their room.
    pub fn clear(&mut self) {
        self.staged.clear();
        self.rows.clear();
    }

    /// The label at a cut; `next` is the first line at or after it.
    fn label(&self, lines: &OrderLines<'_>, next: usize, cut: AsOf) -> i8 {
        let (Some(horizon_us), Some(known_until_us)) = (self.label_horizon_us, self.known_until_us)
        else {
            return LABEL_UNKNOWN;
        };
        let end_us = cut.0.saturating_add(horizon_us);
        if end_us > known_until_us {
            return LABEL_UNKNOWN;
        }
        let bought = (next..lines.len())
            .take_while(|&i| lines.time_us[i] < end_us)
            .any(|i| lines.kind(i) == LineKind::Purchase);
        if bought { LABEL_STAYED } else { LABEL_LOST }
    }

    fn push(&mut self, customer_id: i64, cut: AsOf, today: i64, label: i8) {
        if self.staged.len() == STAGED_ROWS {
            self.unstage();
        }
        self.staged.push(self.running.features_at(cut.0, today));
        self.rows.customer_id.push(customer_id);
        self.rows.as_of.push(cut.0);
        self.rows.label.push(label);
    }

    /// Moves the staged values into their columns.
    fn unstage(&mut self) {
        for (place, column) in self.rows.columns.iter_mut().enumerate() {
            column.extend(self.staged.iter().map(|row| row[place]));
        }
        self.staged.clear();
    }
}

impl Fold for FeatureFold {
    fn fold(&mut self, lines: &OrderLines<'_>) {
        let lines = lines.trimmed();
        self.running.clear();
        let mut taken = 0;
        for place in 0..self.cuts.len() {
            let cut = self.cuts[place];
            taken = self.running.take_in(&lines, taken, cut.0);
            if self.running.has_bought() {
                let label = self.label(&lines, taken, cut);
                self.push(lines.customer_id, cut, self.todays[place], label);
            }
        }
    }
}
