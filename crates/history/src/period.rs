//! The retention of a period: who was there at its start, who at its end, who left, who came back.

use crate::activity::Activity;
use crate::lines::Fold;

/// How the customers of a period moved. A customer is *active* at a moment *m* if an active moment (a
/// purchase line, an event that counts) lies in `[m - H, m)`; with subscriptions, if one of them is open
/// at *m*.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retention {
    /// Active at the start: `stayed + lost`.
    pub at_start: u64,
    /// Active at the end: `stayed + new + came_back`.
    pub at_end: u64,
    /// Active at the start and at the end.
    pub stayed: u64,
    /// Active at the start and not at the end.
    pub lost: u64,
    /// Active at the end, first active moment (first start) within the period.
    pub new: u64,
    /// Active at the end, not at the start, first active moment (first start) before the period.
    pub came_back: u64,
    /// Seen active within the period, active neither at its start nor at its end.
    pub passed_through: u64,
}

impl Retention {
    /// The share of the customers at the start who are still there at the end: `stayed / at_start`.
    /// `None` without customers at the start.
    pub fn rate(&self) -> Option<f64> {
        ratio(self.stayed, self.at_start)
    }

    /// The textbook's retention rate of the period, (end - new) / start. It counts those who came back
    /// as kept, so it can exceed 1. `None` without customers at the start.
    pub fn rate_with_returns(&self) -> Option<f64> {
        ratio(self.stayed + self.came_back, self.at_start)
    }

    /// Counts one customer: active at the start, at the end, seen before the period, seen within it.
    pub(crate) fn count(&mut self, at_start: bool, at_end: bool, before: bool, within: bool) {
        self.at_start += u64::from(at_start);
        self.at_end += u64::from(at_end);
        match (at_start, at_end) {
            (true, true) => self.stayed += 1,
            (true, false) => self.lost += 1,
            (false, true) if !before => self.new += 1,
            (false, true) => self.came_back += 1,
            (false, false) => self.passed_through += u64::from(within),
        }
    }

    /// Adds other customers of the same period.
    pub fn merge(&mut self, other: &Retention) {
        self.at_start += other.at_start;
        self.at_end += other.at_end;
        self.stayed += other.stayed;
        self.lost += other.lost;
        self.new += other.new;
        self.came_back += other.came_back;
        self.passed_through += other.passed_through;
    }
}

fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Counts the movements of customers over the period `[start_us, end_us)`.
#[derive(Debug, Clone)]
pub struct PeriodFold {
    start_us: i64,
    end_us: i64,
    active_us: i64,
    retention: Retention,
}

impl PeriodFold {
    /// A fold over the period `[start_us, end_us)` (UTC microseconds), where a customer is active for
    /// `active_us` microseconds after an active moment. Nothing at or after `end_us` is looked at.
    pub fn new(start_us: i64, end_us: i64, active_us: i64) -> PeriodFold {
        PeriodFold {
            start_us,
            end_us,
            active_us,
            retention: Retention::default(),
        }
    }

    /// The movements counted so far.
    pub fn retention(&self) -> &Retention {
        &self.retention
    }
}

impl<A: Activity> Fold<A> for PeriodFold {
    fn fold(&mut self, history: &A) {
        let mut before_us = None;
        let mut within_us = None;
        let start_us = self.start_us;
        history.each_active_before(self.end_us, |time_us| {
            if time_us < start_us {
                before_us = Some(time_us);
            } else {
                within_us = Some(time_us);
            }
        });
        let is_active = |last_us: Option<i64>, moment_us: i64| {
            last_us.is_some_and(|last_us| last_us >= moment_us.saturating_sub(self.active_us))
        };
        let at_start = is_active(before_us, self.start_us);
        let at_end = is_active(within_us.or(before_us), self.end_us);
        self.retention
            .count(at_start, at_end, before_us.is_some(), within_us.is_some());
    }
}
