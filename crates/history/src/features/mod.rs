//! The folds that make features and labels at any number of as-of moments in one pass.
//!
//! The definitions are in the catalogue; the words they use are defined at the top of the crate. The
//! SQL twin of the features of order lines ([`crate::ORDER_LINE_FEATURES_SQL`]) gives the same rows
//! to 1e-9.

mod active_days;
mod clock;
mod cuts;
mod events;
mod rows;
mod running;
mod subscriptions;

pub use events::EventFold;
pub use rows::{FeatureRows, GathersRows, LABEL_LOST, LABEL_STAYED, LABEL_UNKNOWN};
pub use subscriptions::SubscriptionFold;

use crate::calendar::Calendar;
use crate::lines::{AsOf, Fold, OrderLines};
use cuts::Cuts;
use rows::StagedRows;
use running::{FEATURES, Running};

/// Features and labels of order lines: one row per customer and cut, for customers with a purchase
/// line before it.
///
/// Rows gather in the order of customers, then cuts; [`GathersRows`] reads and takes them.
#[derive(Debug, Clone)]
pub struct FeatureFold {
    cuts: Cuts,
    running: Running,
    rows: StagedRows,
}

impl FeatureFold {
    /// A fold for these cuts (put in ascending order; equal ones count once).
    ///
    /// With a label horizon of *H* microseconds the label at cut *c* says whether the customer bought
    /// nothing in `[c, c + H)`. It needs [`FeatureFold::known_until`]: without it, or without a
    /// horizon, every label is [`LABEL_UNKNOWN`].
    pub fn new(calendar: Calendar, cuts: Vec<AsOf>, label_horizon_us: Option<i64>) -> FeatureFold {
        FeatureFold {
            cuts: Cuts::new(&calendar, cuts, label_horizon_us),
            running: Running::new(calendar),
            rows: StagedRows::new(FEATURES),
        }
    }

    /// The moment (UTC microseconds) until which all events are known: a label whose horizon ends
    /// later is [`LABEL_UNKNOWN`], even if a purchase is already known.
    #[must_use]
    pub fn known_until(mut self, known_until_us: i64) -> FeatureFold {
        self.cuts.known_until_us = Some(known_until_us);
        self
    }

    /// The cuts, ascending.
    pub fn cuts(&self) -> &[AsOf] {
        &self.cuts.as_of
    }
}

impl Fold<OrderLines<'_>> for FeatureFold {
    fn fold(&mut self, history: &OrderLines<'_>) {
        let lines = history.trimmed();
        self.running.clear();
        let mut taken = 0;
        for (&cut, &today) in self.cuts.as_of.iter().zip(&self.cuts.todays) {
            taken = self.running.take_in(&lines, taken, cut.0);
            if self.running.has_bought() {
                let label = self.cuts.label(&lines, taken, cut);
                self.rows
                    .begin(lines.customer_id, cut.0, label)
                    .extend_from_slice(&self.running.features_at(cut.0, today));
            }
        }
    }
}

impl GathersRows for FeatureFold {
    fn row_count(&self) -> usize {
        self.rows.row_count()
    }

    fn rows(&mut self) -> &FeatureRows {
        self.rows.rows()
    }

    fn take_rows(&mut self) -> FeatureRows {
        self.rows.take_rows()
    }

    fn clear(&mut self) {
        self.rows.clear();
    }
}
