//! Which as-of dates a run trains and tests on.
//!
//! ```text
//!   ..... train ... train ... train ------- test -------------- as-of
//!                               |<- horizon ->|<--- horizon --->|
//! ```
//!
//! The test date lies one horizon (and, for contracts, the grace in which they
//! may still be renewed) before the as-of, so that its labels are known; the latest training date one horizon before that, so that no
//! training label looks past the moment at which the test begins.

use perennial_history::DAY_US;
use serde::{Deserialize, Serialize};

/// The dates of one run, UTC microseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The moment a decision would have been made.
    pub as_of_us: i64,
    /// How far ahead a label looks, in days.
    pub horizon_days: u32,
    /// How much later it is known what a contract's end came to, in days.
    #[serde(default)]
    pub grace_days: u32,
    /// The test date; none where the history is too short for one.
    pub test_us: Option<i64>,
    /// Training dates, ascending; each label ends at or before the test date.
    pub train_us: Vec<i64>,
}

impl Plan {
    /// Dates for a history from `first_us` (the first event) to `as_of_us`.
    /// A date is used only where at least a horizon of history lies before it.
    pub fn new(first_us: i64, as_of_us: i64, horizon_days: u32, train_dates: usize) -> Self {
        Self::with_grace(first_us, as_of_us, horizon_days, 0, train_dates)
    }

    /// As [`Plan::new`], where labels are known `grace_days` after their horizon.
    pub fn with_grace(
        first_us: i64,
        as_of_us: i64,
        horizon_days: u32,
        grace_days: u32,
        train_dates: usize,
    ) -> Self {
        let horizon_us = i64::from(horizon_days) * DAY_US;
        let known_us = horizon_us + i64::from(grace_days) * DAY_US;
        let usable = |cut: i64| cut - horizon_us >= first_us;
        let step_us = i64::from((horizon_days / 3).max(1)) * DAY_US;
        let test = as_of_us - known_us;
        let test_us = (train_dates > 0 && usable(test)).then_some(test);
        let mut train_us: Vec<i64> = (0..train_dates as i64)
            .map(|i| test - known_us - i * step_us)
            .filter(|&cut| test_us.is_some() && usable(cut))
            .collect();
        train_us.reverse();
        Self {
            as_of_us,
            horizon_days,
            grace_days,
            test_us,
            train_us,
        }
    }

    /// Every date at which features are made, ascending.
    pub fn cuts(&self) -> Vec<i64> {
        self.train_us
            .iter()
            .copied()
            .chain(self.test_us)
            .chain([self.as_of_us])
            .collect()
    }

    /// How far ahead a label looks, in microseconds.
    pub fn horizon_us(&self) -> i64 {
        i64::from(self.horizon_days) * DAY_US
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(n: i64) -> i64 {
        n * DAY_US
    }

    #[test]
    fn labels_of_training_end_before_the_test_begins() {
        let plan = Plan::new(day(0), day(400), 90, 4);
        assert_eq!(plan.test_us, Some(day(310)));
        assert_eq!(plan.train_us, [day(130), day(160), day(190), day(220)]);
        assert!(
            plan.train_us
                .iter()
                .all(|cut| cut + plan.horizon_us() <= day(310))
        );
        assert_eq!(plan.cuts().len(), 6);
    }

    #[test]
    fn a_grace_comes_between_a_label_and_what_is_known_of_it() {
        let plan = Plan::with_grace(day(0), day(400), 60, 30, 3);
        assert_eq!(plan.test_us, Some(day(310)));
        assert_eq!(plan.train_us, [day(180), day(200), day(220)]);
        assert_eq!(
            Plan::with_grace(day(0), day(400), 60, 0, 3),
            Plan::new(day(0), day(400), 60, 3)
        );
    }

    #[test]
    fn a_short_history_has_fewer_dates_or_none() {
        let plan = Plan::new(day(0), day(290), 90, 4);
        assert_eq!(
            (plan.test_us, plan.train_us),
            (Some(day(200)), vec![day(110)])
        );
        let plan = Plan::new(day(0), day(200), 90, 4);
        assert_eq!((plan.test_us, plan.train_us.len()), (Some(day(110)), 0));
        let plan = Plan::new(day(0), day(100), 90, 4);
        assert_eq!((plan.test_us, plan.cuts()), (None, vec![day(100)]));
    }
}
