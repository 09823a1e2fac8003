//! Local time to UTC.

use jiff::tz::{AmbiguousOffset, TimeZone};

use super::super::error::Error;
use super::{DAY_US, Written};

/// A business's clock: local time to UTC.
///
/// The rule at changes of the clock: a time in the hour that is skipped is
/// taken as if the clock had not been moved yet (02:30 becomes 03:30), and a
/// time in the hour that comes twice is the first of the two. Both are counted.
#[derive(Debug, Clone)]
pub struct LocalClock {
    zone: TimeZone,
    /// Offsets in seconds of the days 1970 to 2105 that have one offset from
    /// the day before to the day after; [`UNKNOWN`] until asked for, [`MIXED`]
    /// where the clock is moved nearby. Empty for UTC.
    offsets_s: Vec<i32>,
    /// Times that fell into a skipped hour.
    pub in_gap: u64,
    /// Times that fell into a repeated hour.
    pub in_fold: u64,
}

const UNKNOWN: i32 = i32::MAX;
const MIXED: i32 = i32::MAX - 1;
const DAYS_CACHED: usize = 49_700;

impl LocalClock {
    /// The clock of an IANA zone (`Europe/London`), or `UTC`.
    ///
    /// # Errors
    /// [`Error::TimeZone`].
    pub fn new(zone: &str) -> Result<Self, Error> {
        let utc = zone.eq_ignore_ascii_case("utc");
        let found = if utc {
            Ok(TimeZone::UTC)
        } else {
            TimeZone::get(zone)
        };
        let zone = found.map_err(|_| Error::TimeZone {
            name: zone.to_owned(),
        })?;
        let offsets_s = if utc {
            Vec::new()
        } else {
            vec![UNKNOWN; DAYS_CACHED]
        };
        Ok(LocalClock {
            zone,
            offsets_s,
            in_gap: 0,
            in_fold: 0,
        })
    }

    /// UTC microseconds of a moment as written; `None` outside the years that
    /// can be represented.
    #[inline]
    pub fn to_utc_us(&mut self, written: Written) -> Option<i64> {
        match written.offset_s {
            Some(offset) => written.local_us.checked_sub(i64::from(offset) * 1_000_000),
            None => self.local_to_utc_us(written.local_us),
        }
    }

    /// UTC microseconds of a time on this clock.
    #[inline]
    pub fn local_to_utc_us(&mut self, local_us: i64) -> Option<i64> {
        if self.offsets_s.is_empty() {
            return Some(local_us);
        }
        let day = local_us.div_euclid(DAY_US);
        match usize::try_from(day)
            .ok()
            .and_then(|day| self.offsets_s.get(day))
        {
            Some(&offset) if offset < MIXED => Some(local_us - i64::from(offset) * 1_000_000),
            Some(&UNKNOWN) => {
                let offset = self.offset_around(day);
                if let Some(cached) = usize::try_from(day)
                    .ok()
                    .and_then(|day| self.offsets_s.get_mut(day))
                {
                    *cached = offset;
                }
                self.local_to_utc_us(local_us)
            }
            _ => self.resolve(local_us),
        }
    }

    /// The one offset from a day before `day` to a day after it, or [`MIXED`].
    fn offset_around(&self, day: i64) -> i32 {
        let at = |day: i64| {
            jiff::Timestamp::from_second(day * 86_400)
                .ok()
                .map(|time| (time, self.zone.to_offset(time)))
        };
        let (Some((start, before)), Some((end, _))) = (at(day - 1), at(day + 2)) else {
            return MIXED;
        };
        match self.zone.following(start).next() {
            Some(change) if change.timestamp() <= end => MIXED,
            _ => before.seconds(),
        }
    }

    /// The long way, for days on which the clock is moved.
    #[cold]
    fn resolve(&mut self, local_us: i64) -> Option<i64> {
        let local = jiff::Timestamp::from_microsecond(local_us).ok()?;
        let civil = jiff::tz::Offset::UTC.to_datetime(local);
        let offset = match self.zone.to_ambiguous_timestamp(civil).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset,
            AmbiguousOffset::Gap { before, .. } => {
                self.in_gap += 1;
                before
            }
            AmbiguousOffset::Fold { before, .. } => {
                self.in_fold += 1;
                before
            }
        };
        local_us.checked_sub(i64::from(offset.seconds()) * 1_000_000)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{TimeFormat, parse};
    use super::*;

    #[test]
    fn clocks_that_are_moved() {
        let mut clock = LocalClock::new("Europe/London").unwrap();
        let mut at = |cell: &str| {
            let us = clock
                .to_utc_us(parse(cell.as_bytes(), TimeFormat::YearFirst).unwrap())
                .unwrap();
            jiff::Timestamp::from_microsecond(us).unwrap().to_string()
        };
        assert_eq!(at("2011-01-15 10:00:00"), "2011-01-15T10:00:00Z");
        assert_eq!(at("2011-07-15 10:00:00"), "2011-07-15T09:00:00Z");
        assert_eq!(at("2011-07-15 10:00:00Z"), "2011-07-15T10:00:00Z");
        assert_eq!(at("2011-03-27 00:59:59"), "2011-03-27T00:59:59Z");
        assert_eq!(at("2011-03-27 01:30:00"), "2011-03-27T01:30:00Z");
        assert_eq!(at("2011-03-27 02:00:00"), "2011-03-27T01:00:00Z");
        assert_eq!(at("2011-10-30 01:30:00"), "2011-10-30T00:30:00Z");
        assert_eq!(at("2011-10-30 02:00:00"), "2011-10-30T02:00:00Z");
        assert_eq!(at("1911-10-30 02:00:00"), "1911-10-30T02:00:00Z");
        assert_eq!((clock.in_gap, clock.in_fold), (1, 1));
        assert_eq!(
            LocalClock::new("Europe/Londn").unwrap_err().code(),
            "source/time-zone-unknown"
        );
    }

    #[test]
    fn the_cache_agrees_with_the_zone() {
        for zone in [
            "America/New_York",
            "Asia/Shanghai",
            "Australia/Lord_Howe",
            "Africa/Casablanca",
        ] {
            let mut clock = LocalClock::new(zone).unwrap();
            let tz = TimeZone::get(zone).unwrap();
            for step in 0..40_000_i64 {
                let local_us = step * 3_700_000_000 * 9;
                let civil = jiff::tz::Offset::UTC
                    .to_datetime(jiff::Timestamp::from_microsecond(local_us).unwrap());
                let expected = tz
                    .to_ambiguous_timestamp(civil)
                    .compatible()
                    .unwrap()
                    .as_microsecond();
                assert_eq!(
                    clock.local_to_utc_us(local_us),
                    Some(expected),
                    "{zone} {civil}"
                );
            }
        }
    }
}
