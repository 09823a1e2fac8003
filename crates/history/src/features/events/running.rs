//! What is known about a customer after some of the events, and the features read off it at a cut.
//!
//! Events come in order of time, and cuts ascend, so every event is taken in once whatever the number
//! of cuts. Totals are running sums. Windows are found by binary search: among the times of the events
//! themselves, of the beginnings of the sessions, of the active days and of each name's events.

use crate::calendar::{Calendar, CalendarHint};
use crate::distinct::ProductSet;
use crate::events::Events;
use crate::features::active_days::{ActiveDays, elapsed_days};
use crate::features::clock::{Clock, NO_CLOCK};
use crate::lines::{DAY_US, UNKNOWN_PRODUCT};

/// A session ends when this long has passed without an event.
const SESSION_END_US: i64 = 1_800_000_000;
const MINUTE_US: f64 = 60_000_000.0;

/// One customer's running sums. Counts of events are below 2^60 and the time within sessions is below
/// the time there is, so nothing here can overflow.
#[derive(Debug, Clone, Copy)]
struct Sums {
    /// The times of the first and the last active event.
    active_us: Option<(i64, i64)>,
    /// The time of the last event.
    last_us: Option<i64>,
    /// The local clock at `last_us`.
    clock: Clock,
    /// Sum of the events' hours.
    hours: u64,
    weekend_events: u64,
    /// Time from the first to the last event of each session, summed.
    in_sessions_us: i64,
    /// Events with a known item, and the different items among them.
    item_events: u64,
    items: u64,
}

const NO_SUMS: Sums = Sums {
    active_us: None,
    last_us: None,
    clock: NO_CLOCK,
    hours: 0,
    weekend_events: 0,
    in_sessions_us: 0,
    item_events: 0,
    items: 0,
};

/// The state of one customer, with buffers that serve one customer after another.
#[derive(Debug, Clone)]
pub(super) struct Running {
    calendar: Calendar,
    hint: CalendarHint,
    sums: Sums,
    days: ActiveDays,
    /// The times at which sessions began, ascending.
    session_starts_us: Vec<i64>,
    /// The times of each name's events, ascending.
    named_us: Vec<Vec<i64>>,
    items: ProductSet,
}

impl Running {
    /// No customer yet; so many names are told apart.
    pub(super) fn new(calendar: Calendar, names: usize) -> Running {
        Running {
            calendar,
            hint: CalendarHint::default(),
            sums: NO_SUMS,
            days: ActiveDays::new(),
            session_starts_us: Vec::new(),
            named_us: vec![Vec::new(); names],
            items: ProductSet::new(),
        }
    }

    /// Forgets the customer.
    pub(super) fn clear(&mut self) {
        self.sums = NO_SUMS;
        self.days.clear();
        self.session_starts_us.clear();
        self.named_us.iter_mut().for_each(Vec::clear);
        self.items.clear();
    }

    /// Whether an active event was taken in.
    pub(super) fn was_active(&self) -> bool {
        self.sums.active_us.is_some()
    }

    /// Takes in the events before a cut, from event `from` on; gives the first event that is not.
    pub(super) fn take_in(&mut self, events: &Events<'_>, from: usize, cut_us: i64) -> usize {
        for i in from..events.time_us.len() {
            let time_us = events.time_us[i];
            if time_us >= cut_us {
                return i;
            }
            if self.sums.last_us != Some(time_us) {
                self.at_new_time(time_us);
            }
            let sums = &mut self.sums;
            sums.hours += u64::from(sums.clock.hour);
            sums.weekend_events += u64::from(sums.clock.weekend);
            let item = events.item[i];
            if item != UNKNOWN_PRODUCT {
                sums.item_events += 1;
                sums.items += u64::from(self.items.insert(item));
            }
            let name = events.name[i];
            if let Some(times_us) = self.named_us.get_mut(usize::from(name)) {
                times_us.push(time_us);
            }
            if events.names.is_active(name) {
                let first_us = sums.active_us.map_or(time_us, |(first_us, _)| first_us);
                sums.active_us = Some((first_us, time_us));
                self.days.take_in(sums.clock.day);
            }
        }
        events.time_us.len()
    }

    /// Sets the local clock, and goes on with the session or begins one.
    #[inline]
    fn at_new_time(&mut self, time_us: i64) {
        let sums = &mut self.sums;
        let pause_us = sums.last_us.map(|last_us| time_us.saturating_sub(last_us));
        match pause_us.filter(|&pause_us| pause_us < SESSION_END_US) {
            Some(pause_us) => sums.in_sessions_us += pause_us,
            None => self.session_starts_us.push(time_us),
        }
        sums.last_us = Some(time_us);
        sums.clock = Clock::at(self.calendar.local_us_with(time_us, &mut self.hint));
    }

    /// Puts the features at a cut into a row, all events before it taken in and none after; there must
    /// be an active one. `known_us` are the times of the events taken in, `today` is the local day of
    /// the last microsecond before the cut.
    pub(super) fn features_into(
        &self,
        row: &mut Vec<f64>,
        known_us: &[i64],
        cut_us: i64,
        today: i64,
    ) {
        let sums = &self.sums;
        let count = |n: usize| n as f64;
        let within = |days: i64| count(count_within(known_us, days, cut_us));
        let events = count(known_us.len());
        let sessions = count(self.session_starts_us.len());
        let (last_7, last_14) = (within(7), within(14));
        let (last_30, last_60) = (within(30), within(60));
        let (first_us, last_us) = sums.active_us.unwrap_or((cut_us, cut_us));
        let rhythm = self.days.rhythm(today);
        let active_days = |days: i64| count(self.days.count_after(today - days));
        row.extend_from_slice(&[
            elapsed_days(last_us, cut_us),
            elapsed_days(first_us, cut_us),
            events,
            within(1),
            last_7,
            last_30,
            within(90),
            f64::from(self.days.count()),
            active_days(7),
            active_days(30),
            rhythm.gap_mean_days,
            rhythm.gap_std_days,
            rhythm.silence_ratio,
            rhythm.silence_z,
            sessions,
            count(count_within(&self.session_starts_us, 7, cut_us)),
            events / sessions,
            sums.in_sessions_us as f64 / MINUTE_US / sessions,
            sums.items as f64,
            share_or_missing(sums.items, sums.item_events),
            sums.hours as f64 / events,
            sums.weekend_events as f64 / events,
            (last_7 + 1.0) / (last_14 - last_7 + 1.0),
            (last_30 + 1.0) / (last_60 - last_30 + 1.0),
        ]);
        for times_us in &self.named_us {
            let recency_days = times_us
                .last()
                .map_or(f64::NAN, |&last_us| elapsed_days(last_us, cut_us));
            row.extend_from_slice(&[
                count(times_us.len()),
                count(count_within(times_us, 7, cut_us)),
                count(count_within(times_us, 30, cut_us)),
                recency_days,
            ]);
        }
    }
}

/// How many of the times (ascending, all before the cut) lie in the window of so many days before it.
#[inline]
fn count_within(times_us: &[i64], days: i64, cut_us: i64) -> usize {
    let start_us = cut_us.saturating_sub(days * DAY_US);
    times_us.len() - times_us.partition_point(|&time_us| time_us < start_us)
}

fn share_or_missing(part: u64, whole: u64) -> f64 {
    if whole > 0 {
        part as f64 / whole as f64
    } else {
        f64::NAN
    }
}
