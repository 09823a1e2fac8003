//! The retention of a period of subscriptions.

use super::Coverage;
use crate::lines::Fold;
use crate::period::Retention;
use crate::subscriptions::Subscriptions;

/// Counts the movements of customers over the period `[start_us, end_us)`, where a customer is active
/// at a moment if a subscription is open at it: begun before it and not ended before it. A pause is a
/// pause here, however short: no grace.
#[derive(Debug, Clone)]
pub struct CoveragePeriod {
    start_us: i64,
    end_us: i64,
    coverage: Coverage,
    retention: Retention,
}

impl CoveragePeriod {
    /// A fold over the period `[start_us, end_us)` (UTC microseconds). What begins or ends at or after
    /// `end_us` is not known.
    pub fn new(start_us: i64, end_us: i64) -> CoveragePeriod {
        CoveragePeriod {
            start_us,
            end_us,
            coverage: Coverage::new(),
            retention: Retention::default(),
        }
    }

    /// The movements counted so far. `new` are customers whose first subscription began within the
    /// period, `passed_through` those who began one within it and are covered neither at its start nor
    /// at its end.
    pub fn retention(&self) -> &Retention {
        &self.retention
    }
}

impl Fold<Subscriptions<'_>> for CoveragePeriod {
    fn fold(&mut self, history: &Subscriptions<'_>) {
        self.coverage.read(history);
        let known = self.coverage.begun_before(self.end_us);
        let at_start = known.iter().any(|s| s.is_open(self.start_us));
        let at_end = known.iter().any(|s| s.is_open(self.end_us));
        let begun_before = known.first().is_some_and(|s| s.start_us < self.start_us);
        let begun_within = known.last().is_some_and(|s| s.start_us >= self.start_us);
        self.retention
            .count(at_start, at_end, begun_before, begun_within);
    }
}
