//! The months of subscriptions: who was covered, who was new, who came back, whose coverage ended, by
//! the local calendar.

use std::collections::BTreeMap;

use super::Coverage;
use crate::calendar::{Calendar, CalendarHint};
use crate::civil::month_of_day;
use crate::lines::{AsOf, Fold};
use crate::subscriptions::Subscriptions;

/// How many months are listed: a hundred years. Coverage from before them is in the first one's start.
pub const COVERAGE_MONTHS_MAX: usize = 1_200;

/// One local month. What is counted are customers in coverage, in which pauses no longer than the grace
/// are bridged: who renews within the grace neither ends nor returns, and counts as covered in between.
///
/// The books balance, always: `at_end = at_start + new + returning - ended`, and one month's `at_end` is
/// the next one's `at_start`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CoverageMonth {
    /// The month, counted from January 1970 = 0.
    pub month: i64,
    /// Customers covered as the month begins: begun before its first moment, not ended before it.
    pub at_start: u64,
    /// Customers covered as it ends, or at the as-of moment if that comes first.
    pub at_end: u64,
    /// Customers whose first subscription ever began in the month.
    pub new: u64,
    /// How often a customer began again in the month after coverage had been over for more than the
    /// grace.
    pub returning: u64,
    /// How often a customer's coverage ended in the month and did not go on within the grace. An end
    /// whose grace is not over at the as-of moment counts, unless it has been followed already. An end
    /// at the month's first moment is of this month.
    pub ended: u64,
    /// Subscriptions begun in the month.
    pub started: u64,
}

/// What happened in a month.
#[derive(Debug, Clone, Copy, Default)]
struct Moves {
    new: u64,
    returning: u64,
    ended: u64,
    started: u64,
}

/// Adds up the months before an as-of moment.
#[derive(Debug, Clone)]
pub struct CoverageMonths {
    calendar: Calendar,
    hint: CalendarHint,
    as_of: AsOf,
    grace_us: i64,
    coverage: Coverage,
    moves: BTreeMap<i64, Moves>,
}

impl CoverageMonths {
    /// A fold over what was known at `as_of`; coverage goes on if a subscription begins no later than
    /// `grace_us` microseconds after the end (a negative grace counts as none).
    pub fn new(calendar: Calendar, as_of: AsOf, grace_us: i64) -> CoverageMonths {
        CoverageMonths {
            calendar,
            hint: CalendarHint::default(),
            as_of,
            grace_us: grace_us.max(0),
            coverage: Coverage::new(),
            moves: BTreeMap::new(),
        }
    }

    /// Adds what another fold with the same settings has seen of other customers.
    pub fn merge(&mut self, other: &CoverageMonths) {
        for (&month, moves) in &other.moves {
            let sum = self.moves.entry(month).or_default();
            sum.new += moves.new;
            sum.returning += moves.returning;
            sum.ended += moves.ended;
            sum.started += moves.started;
        }
    }

    /// The months from the first start to the as-of moment, ascending, without a gap; the last
    /// [`COVERAGE_MONTHS_MAX`] of them. Empty without a subscription.
    pub fn months(&self) -> Vec<CoverageMonth> {
        let Some((&first, _)) = self.moves.first_key_value() else {
            return Vec::new();
        };
        let last = month_of(
            &self.calendar,
            &mut CalendarHint::default(),
            self.as_of.0.saturating_sub(1),
        );
        let listed_from = first.max(last.saturating_sub(COVERAGE_MONTHS_MAX as i64 - 1));
        let mut covered = self
            .moves
            .range(..listed_from)
            .fold(0, |covered, (_, moves)| after(covered, moves));
        (listed_from..=last)
            .map(|month| {
                let moves = self.moves.get(&month).copied().unwrap_or_default();
                let at_start = covered;
                covered = after(covered, &moves);
                CoverageMonth {
                    month,
                    at_start,
                    at_end: covered,
                    new: moves.new,
                    returning: moves.returning,
                    ended: moves.ended,
                    started: moves.started,
                }
            })
            .collect()
    }

    /// The sums of the month in which a moment lies.
    fn at(&mut self, at_us: i64) -> &mut Moves {
        let month = month_of(&self.calendar, &mut self.hint, at_us);
        self.moves.entry(month).or_default()
    }
}

/// Customers covered after a month's moves. Nobody's coverage ends before it began, and months follow
/// one another, so this cannot fall below zero.
fn after(covered: u64, moves: &Moves) -> u64 {
    (covered + moves.new + moves.returning).saturating_sub(moves.ended)
}

/// The latest local month that has begun at a moment. Where a clock is set back over the midnight of a
/// month, it is not left again: later moments are never of earlier months.
fn month_of(calendar: &Calendar, hint: &mut CalendarHint, at_us: i64) -> i64 {
    let day = calendar.local_day_with(at_us, hint);
    let month = month_of_day(day);
    let is_last_day = month_of_day(day.saturating_add(1)) > month;
    if is_last_day && calendar.month_start(month + 1) <= at_us {
        month + 1
    } else {
        month
    }
}

impl Fold<Subscriptions<'_>> for CoverageMonths {
    fn fold(&mut self, history: &Subscriptions<'_>) {
        let mut coverage = std::mem::take(&mut self.coverage);
        coverage.read(history);
        let mut covered_until_us = None;
        for subscription in coverage.begun_before(self.as_of.0) {
            let start_us = subscription.start_us;
            let grace_us = self.grace_us;
            self.at(start_us).started += 1;
            match covered_until_us {
                None => self.at(start_us).new += 1,
                Some(until_us) if start_us.saturating_sub(until_us) > grace_us => {
                    self.at(until_us).ended += 1;
                    self.at(start_us).returning += 1;
                }
                Some(_) => {}
            }
            covered_until_us = covered_until_us.max(Some(subscription.end_us));
        }
        if let Some(until_us) = covered_until_us.filter(|&until_us| until_us < self.as_of.0) {
            self.at(until_us).ended += 1;
        }
        self.coverage = coverage;
    }
}
