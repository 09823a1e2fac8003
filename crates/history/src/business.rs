//! The business month by month: buyers, orders and money, by the local calendar.

use std::collections::BTreeMap;

use crate::activity_months::MonthWalk;
use crate::calendar::{Calendar, CalendarHint};
use crate::civil::month_of_day;
use crate::distinct::KeySet;
use crate::lines::{AsOf, Fold, LineKind, OrderLines};

/// One local month of the business. Money is exact, times [`crate::SCALE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MonthTotals {
    /// The month, counted from January 1970 = 0.
    pub month: i64,
    /// Customers with a purchase line in the month.
    pub buyers: u64,
    /// Those of them whose first purchase line ever is in the month.
    pub new_buyers: u64,
    /// Those of them, the new ones aside, who bought in the month after more than the given number
    /// of days of silence.
    pub returning_buyers: u64,
    /// Orders whose first purchase line is in the month.
    pub orders: u64,
    /// Money of purchase lines.
    pub gross: i128,
    /// Money of return lines, given back: positive.
    pub returned: i128,
}

impl MonthTotals {
    /// Money of purchase lines less returns.
    pub fn net(&self) -> i128 {
        self.gross - self.returned
    }

    fn add(&mut self, other: &MonthTotals) {
        self.buyers += other.buyers;
        self.new_buyers += other.new_buyers;
        self.returning_buyers += other.returning_buyers;
        self.orders += other.orders;
        self.gross += other.gross;
        self.returned += other.returned;
    }
}

/// Adds up the months of the business before an as-of moment.
#[derive(Debug, Clone)]
pub struct BusinessFold {
    calendar: Calendar,
    hint: CalendarHint,
    as_of: AsOf,
    silence_days: i64,
    orders: KeySet,
    months: BTreeMap<i64, MonthTotals>,
}

/// What the walk over one customer remembers.
#[derive(Default)]
struct Walk {
    totals: MonthTotals,
    day: i64,
    months: MonthWalk,
    last_order: Option<u64>,
}

impl BusinessFold {
    /// A fold over what was known at `as_of`; a customer returns who buys more than `silence_days`
    /// local days after the purchase day before.
    pub fn new(calendar: Calendar, as_of: AsOf, silence_days: i64) -> BusinessFold {
        BusinessFold {
            calendar,
            hint: CalendarHint::default(),
            as_of,
            silence_days,
            orders: KeySet::new(),
            months: BTreeMap::new(),
        }
    }

    /// Adds what another fold with the same settings has seen of other customers.
    pub fn merge(&mut self, other: &BusinessFold) {
        for totals in other.months.values() {
            self.add(totals);
        }
    }

    /// The months in which anything was bought or returned, ascending.
    pub fn months(&self) -> Vec<MonthTotals> {
        self.months.values().copied().collect()
    }

    fn add(&mut self, totals: &MonthTotals) {
        let sum = self.months.entry(totals.month).or_default();
        sum.month = totals.month;
        sum.add(totals);
    }

    /// One line's part: a return or a purchase at the walk's day and month.
    fn take_in(&mut self, walk: &mut Walk, kind: LineKind, order: u64, amount: i64) {
        if kind == LineKind::Return {
            walk.totals.returned -= i128::from(amount);
            return;
        }
        let month = walk.totals.month;
        walk.totals.gross += i128::from(amount);
        if walk.last_order != Some(order) {
            walk.last_order = Some(order);
            walk.totals.orders += u64::from(self.orders.insert(order));
        }
        let seen = walk.months.take_in(walk.day, month, self.silence_days);
        walk.totals.buyers += u64::from(seen.active);
        walk.totals.new_buyers += u64::from(seen.new);
        walk.totals.returning_buyers += u64::from(seen.returning);
    }
}

impl Fold<OrderLines<'_>> for BusinessFold {
    fn fold(&mut self, history: &OrderLines<'_>) {
        let lines = history.trimmed();
        self.orders.clear();
        let mut walk = Walk::default();
        let mut begun = false;
        for i in 0..lines.len() {
            let kind = lines.kind(i);
            let time_us = lines.time_us[i];
            if time_us >= self.as_of.0 {
                break;
            }
            if kind == LineKind::Other {
                continue;
            }
            let day = self.calendar.local_day_with(time_us, &mut self.hint);
            if !begun || day != walk.day {
                walk.day = day;
                let month = month_of_day(day);
                if begun && month != walk.totals.month {
                    self.add(&walk.totals);
                    walk.totals = MonthTotals::default();
                }
                walk.totals.month = month;
                begun = true;
            }
            self.take_in(&mut walk, kind, lines.order[i], lines.amount[i]);
        }
        if begun {
            self.add(&walk.totals);
        }
    }
}
