//! The features and labels of events, at any number of as-of moments in one pass.

mod running;

use crate::calendar::Calendar;
use crate::catalogue::event_features;
use crate::events::{EventNames, Events};
use crate::features::cuts::Cuts;
use crate::features::rows::{FeatureRows, GathersRows, StagedRows};
use crate::lines::{AsOf, Fold};
use running::Running;

/// Features and labels of events: one row per customer and cut, for customers with an active event
/// before it. The columns are those of [`event_features`].
///
/// Rows gather in the order of customers, then cuts; [`GathersRows`] reads and takes them.
#[derive(Debug, Clone)]
pub struct EventFold {
    names: EventNames,
    cuts: Cuts,
    running: Running,
    rows: StagedRows,
}

impl EventFold {
    /// A fold for these cuts (put in ascending order; equal ones count once) over events with these
    /// names: the same that the events themselves carry.
    ///
    /// With a label horizon of *H* microseconds the label at cut *c* says whether the customer had no
    /// active event in `[c, c + H)`. It needs [`EventFold::known_until`]: without it, or without a
    /// horizon, every label is [`crate::LABEL_UNKNOWN`].
    pub fn new(
        calendar: Calendar,
        names: EventNames,
        cuts: Vec<AsOf>,
        label_horizon_us: Option<i64>,
    ) -> EventFold {
        EventFold {
            cuts: Cuts::new(&calendar, cuts, label_horizon_us),
            running: Running::new(calendar, names.names().len()),
            rows: StagedRows::new(event_features(&names).len()),
            names,
        }
    }

    /// The moment (UTC microseconds) until which all events are known: a label whose horizon ends
    /// later is [`crate::LABEL_UNKNOWN`], even if an active event is already known.
    #[must_use]
    pub fn known_until(mut self, known_until_us: i64) -> EventFold {
        self.cuts.known_until_us = Some(known_until_us);
        self
    }

    /// The cuts, ascending.
    pub fn cuts(&self) -> &[AsOf] {
        &self.cuts.as_of
    }
}

impl Fold<Events<'_>> for EventFold {
    fn fold(&mut self, history: &Events<'_>) {
        let events = history.trimmed();
        debug_assert_eq!(events.names, &self.names, "events of other names");
        self.running.clear();
        let mut taken = 0;
        for (&cut, &today) in self.cuts.as_of.iter().zip(&self.cuts.todays) {
            taken = self.running.take_in(&events, taken, cut.0);
            if self.running.was_active() {
                let label = self.cuts.label(&events, taken, cut);
                let row = self.rows.begin(events.customer_id, cut.0, label);
                let known_us = &events.time_us[..taken];
                self.running.features_into(row, known_us, cut.0, today);
            }
        }
    }
}

impl GathersRows for EventFold {
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
