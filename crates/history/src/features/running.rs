//! What is known about a customer after some of the lines, and the features read off it at a cut.
//!
//! Lines come in order of time, and cuts ascend, so every line is taken in once whatever the number of
//! cuts. Totals are running sums. Windows are differences of running sums: whenever time moves on,
//! the sums so far are noted ([`Moment`]), and a cut finds a window's start by binary search.

use crate::calendar::{Calendar, CalendarHint};
use crate::distinct::{KeySet, ProductSet};
use crate::lines::{DAY_US, LineKind, OrderLines, UNKNOWN_PRODUCT, to_f64, to_number};

/// The number of features in a row; the catalogue has as many entries.
pub(super) const FEATURES: usize = 29;

const HOUR_US: u64 = 3_600_000_000;

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
    days: Days,
}

/// What the local clock says at a moment.
#[derive(Debug, Clone, Copy)]
struct Clock {
    day: i64,
    hour: u32,
    weekend: u32,
}

/// The purchase days so far.
#[derive(Debug, Clone, Copy)]
struct Days {
    count: u32,
    first: i64,
    last: i64,
    /// Sum of the squared gaps.
    gap_squares: i128,
    /// Money of the purchase lines on the last day.
    last_gross: i128,
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
    clock: Clock {
        day: 0,
        hour: 0,
        weekend: 0,
    },
    days: Days {
        count: 0,
        first: 0,
        last: 0,
        gap_squares: 0,
        last_gross: 0,
    },
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
    /// The purchase days, ascending.
    day_list: Vec<i64>,
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
            day_list: Vec::new(),
            orders: KeySet::new(),
            products: ProductSet::new(),
        }
    }

    /// Forgets the customer.
    pub(super) fn clear(&mut self) {
        self.sums = NO_SUMS;
        self.moment_times_us.clear();
        self.moments.clear();
        self.day_list.clear();
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
            if sums.clock.day == sums.days.last {
                sums.days.last_gross = sums.days.last_gross.wrapping_add(amount);
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
        let day = local_us.div_euclid(DAY_US);
        let in_day_us = local_us.wrapping_sub(day.wrapping_mul(DAY_US)) as u64;
        // Day 0 was a Thursday; counted from the Saturday five days before, 0 is Saturday, 1 Sunday.
        let since_saturday = day.wrapping_add(5).rem_euclid(7);
        sums.clock = Clock {
            day,
            hour: (in_day_us / HOUR_US) as u32,
            weekend: u32::from(since_saturday < 2),
        };
        let days = &mut sums.days;
        if days.count == 0 {
            *days = Days {
                count: 1,
                first: day,
                last: day,
                gap_squares: 0,
                last_gross: 0,
            };
            self.day_list.push(day);
        } else if day > days.last {
            let gap = i128::from(day - days.last);
            days.gap_squares += gap * gap;
            days.count += 1;
            days.last = day;
            days.last_gross = 0;
            self.day_list.push(day);
        } else if day < days.last {
            self.at_earlier_day(day);
        }
    }

    /// A clock that is set back over midnight (St John's, until 2011) returns to the day before: that
    /// day may have to be put in among the others.
    #[cold]
    fn at_earlier_day(&mut self, day: i64) {
        let Err(place) = self.day_list.binary_search(&day) else {
            return;
        };
        self.day_list.insert(place, day);
        let days = &mut self.sums.days;
        days.count += 1;
        days.first = days.first.min(day);
        days.gap_squares = self
            .day_list
            .windows(2)
            .map(|pair| i128::from(pair[1] - pair[0]).pow(2))
            .sum();
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
        let rhythm = sums.days.rhythm(today);
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
            count(sums.days.count),
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
            to_number(sums.days.last_gross),
            count(quarter.returns),
        ]
    }
}

/// The customer's own rhythm; NaN where there is too little to tell.
struct Rhythm {
    gap_mean_days: f64,
    gap_std_days: f64,
    silence_ratio: f64,
    silence_z: f64,
}

impl Days {
    /// The mean and the sample standard deviation of the gaps, and the silence until `today` against
    /// them. The variance is formed in integers, so equal gaps give exactly zero.
    #[inline]
    fn rhythm(&self, today: i64) -> Rhythm {
        let mut rhythm = Rhythm {
            gap_mean_days: f64::NAN,
            gap_std_days: f64::NAN,
            silence_ratio: f64::NAN,
            silence_z: f64::NAN,
        };
        if self.count < 2 {
            return rhythm;
        }
        let gaps = i64::from(self.count - 1);
        let total = self.last - self.first;
        let silence = (today - self.last) as f64;
        rhythm.gap_mean_days = total as f64 / gaps as f64;
        rhythm.silence_ratio = silence / rhythm.gap_mean_days;
        if self.count < 3 {
            return rhythm;
        }
        let scaled_variance =
            i128::from(gaps) * self.gap_squares - i128::from(total) * i128::from(total);
        rhythm.gap_std_days = (to_f64(scaled_variance) / (gaps * (gaps - 1)) as f64).sqrt();
        if scaled_variance > 0 {
            rhythm.silence_z = (silence - rhythm.gap_mean_days) / rhythm.gap_std_days;
        }
        rhythm
    }
}

/// Days of 24 hours between two moments.
#[inline]
fn elapsed_days(from_us: i64, to_us: i64) -> f64 {
    to_us.saturating_sub(from_us) as f64 / DAY_US as f64
}
