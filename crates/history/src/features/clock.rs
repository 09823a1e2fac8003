//! What the local clock says at a moment.

use crate::lines::DAY_US;

const HOUR_US: u64 = 3_600_000_000;

/// The local day, hour and kind of day of a moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    /// The local day, counted from 1970-01-01 = 0.
    pub(super) day: i64,
    /// The hour of the day, 0 to 23.
    pub(super) hour: u32,
    /// 1 on a Saturday or Sunday, else 0.
    pub(super) weekend: u32,
}

/// Midnight of Thursday, 1 January 1970, as a constant.
pub(super) const NO_CLOCK: Clock = Clock {
    day: 0,
    hour: 0,
    weekend: 0,
};

impl Clock {
    /// Reads the clock; `local_us` is in microseconds since 1970-01-01T00:00 local.
    #[inline]
    pub(super) fn at(local_us: i64) -> Clock {
        let day = local_us.div_euclid(DAY_US);
        let in_day_us = local_us.wrapping_sub(day.wrapping_mul(DAY_US)) as u64;
        // Day 0 was a Thursday; counted from the Saturday five days before, 0 is Saturday, 1 Sunday.
        let since_saturday = day.wrapping_add(5).rem_euclid(7);
        Clock {
            day,
            hour: (in_day_us / HOUR_US) as u32,
            weekend: u32::from(since_saturday < 2),
        }
    }
}
