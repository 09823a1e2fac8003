//! What is known about a customer after some of the lines, and the features read off it at a cut.
//!
//! Lines come in order of time, and cuts ascend, so every line is taken in once whatever the number of
//! cuts. Totals are running sums. Windows are differences of running sums: whenever time moves on,
//! the sums so far are noted ([`Moment`]), and a cut finds a window's start by binary search.

use crate::calendar::{Calendar, CalendarHint};
use crate::distinct::{KeySet, ProductSet};
use crate::features::active_days::{ActiveDays, elapsed_days};
use crate::features::clock::{Clock, NO_CLOCK};
use crate::lines::{DAY_US, LineKind, OrderLines, UNKNOWN_PRODUCT, to_number};

/// The number of features in a row; the catalogue has as many entries.
pub(super) const FEATURES: usize = 29;

/// The sums before the first line of one point in time.
#[derive(Debug, Clone, Copy)]
struct Moment {
    gross: i128,
    net: i128,
    orders: u32,
    returns: u32,
}

/// Sums over a window.
struct Window {
    gross: i128,
    net: i128,
    orders: u32,
    returns: u32,
}

/// One customer's running sums. 128 bits hold any million lines of 64-bit money and pieces, and 32
/// bits count them, so nothing here can overflow.
#[derive(Debug, Clone, Copy)]
struct Sums {
    gross: i128,
    net: i128,
    units: i128,
    lines: u32,
    orders: u32,
    returns: u32,
    products: u32,
    weekend_lines: u32,
    hours: u64,
    first_us: i64,
    last_us: i64,
    last_order: u64,
    /// The time of the last noted moment.
    moment_us: i64,
    /// The local clock at `last_us`.
    clock: Clock,
    /// Money of the purchase lines on the latest purchase day.
    last_day_gross: i128,
}

const NO_SUMS: Sums = Sums {
    gross: 0,
    net: 0,
    units: 0,
    lines: 0,
    orders: 0,
    returns: 0,
    products: 0,
    weekend_lines: 0,
    hours: 0,
    first_us: 0,
    last_us: 0,
    last_order: 0,
    moment_us: 0,
    clock: NO_CLOCK,
    last_day_gross: 0,
};

/// The state of one customer, with buffers that serve one customer after another.
#[derive(Debug, Clone)]
pub(super) struct Running {
    calendar: Calendar,
    hint: CalendarHint,
    sums: Sums,
    /// The points in time with a line, ascending, and the sums before each.
    moment_times_us: Vec<i64>,
    moments: Vec<Moment>,
    days: ActiveDays,
    orders: KeySet,
    products: ProductSet,
}

impl Running {
    pub(super) fn new(calendar: Calendar) -> Running {
        Running {
            calendar,
            hint: CalendarHint::default(),
            sums: NO_SUMS,
            moment_times_us: Vec::new(),
            moments: Vec::new(),
            days: ActiveDays::new(),
            orders: KeySet::new(),
            products: ProductSet::new(),
        }
    }

    /// Forgets the customer.
    pub(super) fn clear(&mut self) {
        self.sums = NO_SUMS;
        self.moment_times_us.clear();
        self.moments.clear();
        self.days.clear();
        self.orders.clear();
        self.products.clear();
    }

    /// Whether a purchase line was taken in.
    pub(super) fn has_bought(&self) -> bool {
        self.sums.lines > 0
    }

    /// Takes in the lines before a cut, from line `from` on; gives the first line that is not.
    pub(super) fn take_in(&mut self, lines: &OrderLines<'_>, from: usize, cut_us: i64) -> usize {
        for i in from..lines.time_us.len() {
            let time_us = lines.time_us[i];
            if time_us >= cut_us {
                return i;
            }
            let kind = lines.kind(i);
            if kind == LineKind::Other {
                continue;
            }
            let amount = i128::from(lines.amount[i]);
            if time_us != self.sums.moment_us || self.moments.is_empty() {
                self.note(time_us);
            }
            self.sums.net = self.sums.net.wrapping_add(amount);
            if kind == LineKind::Return {
                self.sums.returns += 1;
                continue;
            }
            if time_us != self.sums.last_us || self.sums.lines == 0 {
                self.at_new_time(time_us);
            }
            let order = lines.order[i];
            if order != self.sums.last_order || self.sums.lines == 0 {
                self.sums.last_order = order;
                self.sums.orders += u32::from(self.orders.insert(order));
            }
            let product = lines.product[i];
            if product != UNKNOWN_PRODUCT {
                self.sums.products += self.products.insert(product);
            }
            let sums = &mut self.sums;
            sums.lines += 1;
            sums.gross = sums.gross.wrapping_add(amount);
            sums.units = sums.units.wrapping_add(i128::from(lines.quantity[i]));
            sums.hours += u64::from(sums.clock.hour);
            sums.weekend_lines += sums.clock.weekend;
            if sums.clock.day == self.days.last() {
                sums.last_day_gross = sums.last_day_gross.wrapping_add(amount);
            }
        }
        lines.time_us.len()
    }

    /// Notes the sums before a new point in time.
    #[inline]
    fn note(&mut self, time_us: i64) {
        self.sums.moment_us = time_us;
        self.moment_times_us.push(time_us);
        self.moments.push(Moment {
            gross: self.sums.gross,
            net: self.sums.net,
            orders: self.sums.orders,
            returns: self.sums.returns,
        });
    }

    /// Sets the local clock, and the purchase days if a new one begins.
    #[inline]
    fn at_new_time(&mut self, time_us: i64) {
        let sums = &mut self.sums;
        if sums.lines == 0 {
            sums.first_us = time_us;
        }
        sums.last_us = time_us;
        let local_us = self.calendar.local_us_with(time_us, &mut self.hint);
        sums.clock = Clock::at(local_us);
        if self.days.take_in(sums.clock.day) {
            sums.last_day_gross = 0;
        }
    }

    /// The place of the first noted moment at or after a time, looking from `from` on.
    #[inline]
    fn place_of(&self, from: usize, time_us: i64) -> usize {
        from + self.moment_times_us[from..].partition_point(|&moment_us| moment_us < time_us)
    }

    /// What was added from the moment at a place until now.
    #[inline]
    fn since(&self, place: usize) -> Window {
        let sums = &self.sums;
        match self.moments.get(place) {
            None => Window {
                gross: 0,
                net: 0,
                orders: 0,
                returns: 0,
            },
            Some(before) => Window {
                gross: sums.gross.wrapping_sub(before.gross),
                net: sums.net.wrapping_sub(before.net),
                orders: sums.orders - before.orders,
                returns: sums.returns - before.returns,
            },
        }
    }

    /// The features at a cut, all lines before it taken in and none after; there must be a purchase.
    /// `today` is the local day of the last microsecond before the cut: silence is counted to there,
    /// so that at midnight it is the day that has just ended.
    #[inline]
    pub(super) fn features_at(&self, cut_us: i64, today: i64) -> [f64; FEATURES] {
        let start = |days: i64| cut_us.saturating_sub(days * DAY_US);
        let at_365 = self.place_of(0, start(365));
        let at_180 = self.place_of(at_365, start(180));
        let at_90 = self.place_of(at_180, start(90));
        let at_30 = self.place_of(at_90, start(30));
        let year = self.since(at_365);
        let half = self.since(at_180);
        let quarter = self.since(at_90);
        let month = self.since(at_30);

        let sums = &self.sums;
        let count = f64::from;
        let lines = count(sums.lines);
        let orders = count(sums.orders);
        let gross = to_number(sums.gross);
        let units = to_number(sums.units);
        let rhythm = self.days.rhythm(today);
        let earlier_orders = half.orders - quarter.orders;
        let earlier_gross = half.gross.wrapping_sub(quarter.gross);
        let returned = sums.gross.wrapping_sub(sums.net);
        [
            elapsed_days(sums.last_us, cut_us),
            elapsed_days(sums.first_us, cut_us),
            orders,
            count(month.orders),
            count(quarter.orders),
            count(year.orders),
            count(self.days.count()),
            to_number(sums.net),
            to_number(month.net),
            to_number(quarter.net),
            to_number(year.net),
            gross / orders,
            rhythm.gap_mean_days,
            rhythm.gap_std_days,
            rhythm.silence_ratio,
            rhythm.silence_z,
            (count(quarter.orders) + 1.0) / (count(earlier_orders) + 1.0),
            to_number(quarter.gross.wrapping_sub(earlier_gross)),
            lines / orders,
            units / orders,
            count(sums.products),
            count(sums.products) / lines,
            gross / units,
            count(sums.returns) / (lines + count(sums.returns)),
            to_number(returned) / gross,
            sums.hours as f64 / lines,
            count(sums.weekend_lines) / lines,
            to_number(sums.last_day_gross),
            count(quarter.returns),
        ]
    }
}
