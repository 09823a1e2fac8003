//! The months of any history: who was active, who was new, who came back, by the local calendar.

use std::collections::BTreeMap;

use crate::activity::Activity;
use crate::calendar::{Calendar, CalendarHint};
use crate::civil::month_of_day;
use crate::lines::{AsOf, Fold};

/// One local month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ActivityMonth {
    /// The month, counted from January 1970 = 0.
    pub month: i64,
    /// Customers with an active moment in the month.
    pub active: u64,
    /// Those of them whose first active moment ever is in the month.
    pub new: u64,
    /// Those of them, the new ones aside, who were active in the month after more than the given
    /// number of days of silence.
    pub returning: u64,
    /// Active moments in the month: purchase lines, events that count.
    pub moments: u64,
}

impl ActivityMonth {
    fn add(&mut self, other: &ActivityMonth) {
        self.active += other.active;
        self.new += other.new;
        self.returning += other.returning;
        self.moments += other.moments;
    }
}

/// Adds up the months before an as-of moment.
#[derive(Debug, Clone)]
pub struct ActivityMonths {
    calendar: Calendar,
    hint: CalendarHint,
    as_of: AsOf,
    silence_days: i64,
    months: BTreeMap<i64, ActivityMonth>,
}

impl ActivityMonths {
    /// A fold over what was known at `as_of`; a customer returns who is active more than
    /// `silence_days` local days after the active day before.
    pub fn new(calendar: Calendar, as_of: AsOf, silence_days: i64) -> ActivityMonths {
        ActivityMonths {
            calendar,
            hint: CalendarHint::default(),
            as_of,
            silence_days,
            months: BTreeMap::new(),
        }
    }

    /// Adds what another fold with the same settings has seen of other customers.
    pub fn merge(&mut self, other: &ActivityMonths) {
        for totals in other.months.values() {
            add(&mut self.months, totals);
        }
    }

    /// The months with an active moment, ascending.
    pub fn months(&self) -> Vec<ActivityMonth> {
        self.months.values().copied().collect()
    }
}

fn add(months: &mut BTreeMap<i64, ActivityMonth>, totals: &ActivityMonth) {
    let sum = months.entry(totals.month).or_default();
    sum.month = totals.month;
    sum.add(totals);
}

impl<A: Activity> Fold<A> for ActivityMonths {
    fn fold(&mut self, history: &A) {
        let mut walk = MonthWalk::default();
        let mut totals = ActivityMonth::default();
        let mut last_day = None;
        history.each_active_before(self.as_of.0, |time_us| {
            let day = self.calendar.local_day_with(time_us, &mut self.hint);
            if last_day != Some(day) {
                last_day = Some(day);
                let month = month_of_day(day);
                if month != totals.month && totals.moments > 0 {
                    add(&mut self.months, &totals);
                    totals = ActivityMonth::default();
                }
                totals.month = month;
                let seen = walk.take_in(day, month, self.silence_days);
                totals.active += u64::from(seen.active);
                totals.new += u64::from(seen.new);
                totals.returning += u64::from(seen.returning);
            }
            totals.moments += 1;
        });
        if totals.moments > 0 {
            add(&mut self.months, &totals);
        }
    }
}

/// What a walk over one customer's active moments remembers, so that a customer counts once a month.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct MonthWalk {
    /// The latest active day.
    last_day: Option<i64>,
    /// The customer's first month: who is new in it does not return in it.
    first_month: Option<i64>,
    /// The latest month in which the customer was counted as active, and as returning.
    active_month: Option<i64>,
    returned_month: Option<i64>,
}

/// How an active moment counts in its month.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    /// As the customer's first in the month.
    pub(crate) active: bool,
    /// As the customer's first ever.
    pub(crate) new: bool,
    /// As the customer's first in the month after more than `silence_days` days of silence.
    pub(crate) returning: bool,
}

impl MonthWalk {
    /// Takes in an active moment of a local day and its month.
    #[inline]
    pub(crate) fn take_in(&mut self, day: i64, month: i64, silence_days: i64) -> Seen {
        if self.last_day == Some(day) {
            // Whatever a second moment of a day could count has been counted with the first.
            return Seen {
                active: false,
                new: false,
                returning: false,
            };
        }
        // A clock set back over midnight may return to the month before: it has been counted.
        let is_later = |counted: Option<i64>| counted.is_none_or(|last| last < month);
        let silence = self.last_day.map_or(0, |last| day.saturating_sub(last));
        let seen = Seen {
            active: is_later(self.active_month),
            new: self.active_month.is_none(),
            returning: silence > silence_days
                && is_later(self.returned_month)
                && self.first_month != Some(month),
        };
        self.first_month.get_or_insert(month);
        if seen.active {
            self.active_month = Some(month);
        }
        if seen.returning {
            self.returned_month = Some(month);
        }
        self.last_day = self.last_day.max(Some(day));
        seen
    }
}
