//! The business's calendar: what the local clock said at a UTC moment, and when local days begin.
//!
//! A [`Calendar`] is the list of a time zone's offsets from 1970 to 2100, taken once from the time
//! zone database that is built into the program (never from the machine, so that results are the same
//! everywhere). Before 1970 the first offset holds, after 2100 the last. Looking up a moment is a
//! binary search, or two comparisons with a [`CalendarHint`].

use std::sync::Arc;

use jiff::{Timestamp, tz::TimeZoneDatabase};

use crate::civil;
use crate::error::{Error, Result};
use crate::lines::DAY_US;

/// 2100-01-01T00:00:00Z in microseconds.
const LAST_TRANSITION_US: i64 = 4_102_444_800_000_000;

/// The index over the segments has an entry for every 2^42 microseconds (51 days) from 1970 to 2100.
const INDEX_SHIFT: u32 = 42;

/// A stretch of time with one offset; it lasts until the next segment starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Segment {
    start_us: i64,
    offset_us: i64,
}

/// The calendar of a business: its time zone's offsets, ready for fast look-up. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    name: Arc<str>,
    segments: Arc<[Segment]>,
    /// For each stretch of 2^[`INDEX_SHIFT`] microseconds from 1970 on, the segment at its start.
    index: Arc<[u16]>,
}

/// The segment a caller looked up last. Keep one per loop and per calendar: it must not be carried
/// from one calendar to another.
#[derive(Debug, Clone, Copy, Default)]
pub struct CalendarHint {
    start_us: i64,
    end_us: i64,
    offset_us: i64,
}

impl Calendar {
    /// The calendar of a zone of the IANA database, such as `Europe/London`, `Asia/Shanghai`, `UTC`.
    ///
    /// # Errors
    /// [`Error::ZoneUnknown`] when the database has no such name.
    pub fn new(name: &str) -> Result<Calendar> {
        let unknown = || Error::ZoneUnknown {
            name: name.to_owned(),
        };
        let zone = TimeZoneDatabase::bundled()
            .get(name)
            .map_err(|_| unknown())?;
        let offset_us = |seconds: i32| i64::from(seconds) * 1_000_000;
        let mut segments = vec![Segment {
            start_us: i64::MIN,
            offset_us: offset_us(zone.to_offset(Timestamp::UNIX_EPOCH).seconds()),
        }];
        for transition in zone.following(Timestamp::UNIX_EPOCH) {
            let start_us = transition.timestamp().as_microsecond();
            if start_us >= LAST_TRANSITION_US {
                break;
            }
            let offset_us = offset_us(transition.offset().seconds());
            // A new abbreviation with the old offset is no change for us.
            if segments
                .last()
                .is_none_or(|last| last.offset_us != offset_us)
            {
                segments.push(Segment {
                    start_us,
                    offset_us,
                });
            }
        }
        let index = index_of(&segments);
        Ok(Calendar {
            name: name.into(),
            segments: segments.into(),
            index,
        })
    }

    /// The zone's name as it was given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The place of the segment that holds a moment.
    #[inline]
    fn segment_at(&self, utc_us: i64) -> usize {
        // Before 1970 there is one segment, after 2100 no new one begins: the index's ends serve.
        let stretch = (utc_us.max(0) >> INDEX_SHIFT) as usize;
        let mut place = usize::from(self.index[stretch.min(self.index.len() - 1)]);
        while self.segment_end(place) <= utc_us && place + 1 < self.segments.len() {
            place += 1;
        }
        place
    }

    /// The end of a segment: the start of the next one.
    fn segment_end(&self, place: usize) -> i64 {
        self.segments
            .get(place + 1)
            .map_or(i64::MAX, |next| next.start_us)
    }

    /// The local clock at a UTC moment, as microseconds since 1970-01-01T00:00 local.
    pub fn local_us(&self, utc_us: i64) -> i64 {
        utc_us.saturating_add(self.segments[self.segment_at(utc_us)].offset_us)
    }

    /// [`Calendar::local_us`] for many moments near one another: two comparisons when the moment lies
    /// in the segment of the last look-up.
    #[inline]
    pub fn local_us_with(&self, utc_us: i64, hint: &mut CalendarHint) -> i64 {
        if utc_us < hint.start_us || utc_us >= hint.end_us {
            *hint = self.look_up(utc_us);
        }
        utc_us.saturating_add(hint.offset_us)
    }

    #[inline(never)]
    fn look_up(&self, utc_us: i64) -> CalendarHint {
        let place = self.segment_at(utc_us);
        let Segment {
            start_us,
            offset_us,
        } = self.segments[place];
        CalendarHint {
            start_us,
            end_us: self.segment_end(place),
            offset_us,
        }
    }

    /// The local day of a UTC moment, counted from 1970-01-01 = 0.
    pub fn local_day(&self, utc_us: i64) -> i64 {
        self.local_us(utc_us).div_euclid(DAY_US)
    }

    /// [`Calendar::local_day`] for many moments near one another.
    #[inline]
    pub fn local_day_with(&self, utc_us: i64, hint: &mut CalendarHint) -> i64 {
        self.local_us_with(utc_us, hint).div_euclid(DAY_US)
    }

    /// The local month of a UTC moment, counted from January 1970 = 0.
    pub fn local_month(&self, utc_us: i64) -> i64 {
        civil::month_of_day(self.local_day(utc_us))
    }

    /// The first UTC moment at which the local day is `day` or later. Where the clock jumps over
    /// midnight the day begins after the jump.
    pub fn day_start(&self, day: i64) -> i64 {
        // No offset is as large as two days: whatever lies before is a day too early.
        let from_us = day.saturating_sub(2).saturating_mul(DAY_US);
        self.first_at_or_after(from_us, day)
    }

    /// The first local midnight strictly after a moment: the first later moment at which the local
    /// day is a later one.
    pub fn midnight_after(&self, utc_us: i64) -> i64 {
        self.first_at_or_after(
            utc_us.saturating_add(1),
            self.local_day(utc_us).saturating_add(1),
        )
    }

    /// The first UTC moment of a local month (counted from January 1970 = 0).
    pub fn month_start(&self, month: i64) -> i64 {
        self.day_start(civil::first_day_of_month(month))
    }

    /// The first moment at or after `from_us` whose local day is `day` or later.
    fn first_at_or_after(&self, from_us: i64, day: i64) -> i64 {
        let wanted_local_us = day.saturating_mul(DAY_US);
        let mut place = self.segment_at(from_us);
        loop {
            let Segment {
                start_us,
                offset_us,
            } = self.segments[place];
            let moment = wanted_local_us
                .saturating_sub(offset_us)
                .max(start_us)
                .max(from_us);
            if moment < self.segment_end(place) || place + 1 == self.segments.len() {
                return moment;
            }
            place += 1;
        }
    }
}

/// The index over a zone's segments; never empty.
fn index_of(segments: &[Segment]) -> Arc<[u16]> {
    (0..=LAST_TRANSITION_US >> INDEX_SHIFT)
        .map(|stretch| {
            let after = segments.partition_point(|s| s.start_us <= stretch << INDEX_SHIFT);
            u16::try_from(after.saturating_sub(1)).unwrap_or(u16::MAX)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn us(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_microsecond()
    }

    fn check_midnight(zone: &str, moment: &str, midnight: &str) {
        let calendar = Calendar::new(zone).unwrap();
        assert_eq!(
            calendar.midnight_after(us(moment)),
            us(midnight),
            "{zone} {moment}"
        );
    }

    #[test]
    fn midnights_by_hand() {
        check_midnight("UTC", "2011-12-09T12:50:00Z", "2011-12-10T00:00:00Z");
        check_midnight("UTC", "2011-12-10T00:00:00Z", "2011-12-11T00:00:00Z");
        // Shanghai is eight hours ahead: its midnight is 16:00 UTC.
        check_midnight(
            "Asia/Shanghai",
            "2011-12-09T15:59:59.999999Z",
            "2011-12-09T16:00:00Z",
        );
        check_midnight(
            "Asia/Shanghai",
            "2011-12-09T16:00:00Z",
            "2011-12-10T16:00:00Z",
        );
        // London, the day of 23 hours (2011-03-27) and the day of 25 (2011-10-30).
        check_midnight(
            "Europe/London",
            "2011-03-27T00:00:00Z",
            "2011-03-27T23:00:00Z",
        );
        check_midnight(
            "Europe/London",
            "2011-10-29T23:00:00Z",
            "2011-10-31T00:00:00Z",
        );
        // Sao Paulo 2018-11-04: the clock went from 00:00 to 01:00; the day begins at 03:00 UTC.
        check_midnight(
            "America/Sao_Paulo",
            "2018-11-03T12:00:00Z",
            "2018-11-04T03:00:00Z",
        );
        // St John's 2009-11-01: at 00:01 the clock went back to 23:01 of the day before.
        check_midnight(
            "America/St_Johns",
            "2009-10-31T22:00:00Z",
            "2009-11-01T02:30:00Z",
        );
        check_midnight(
            "America/St_Johns",
            "2009-11-01T02:31:00Z",
            "2009-11-01T03:30:00Z",
        );
    }

    #[test]
    fn days_and_months_begin_where_they_should() {
        let london = Calendar::new("Europe/London").unwrap();
        let day = civil::day_of_date(2011, 7, 1);
        assert_eq!(london.day_start(day), us("2011-06-30T23:00:00Z"));
        let month = (2011 - 1970) * 12 + 6;
        assert_eq!(london.month_start(month), us("2011-06-30T23:00:00Z"));
        assert_eq!(london.local_month(us("2011-06-30T22:59:59Z")), month - 1);
        assert_eq!(london.local_month(us("2011-06-30T23:00:00Z")), month);
        let johns = Calendar::new("America/St_Johns").unwrap();
        assert_eq!(
            johns.day_start(civil::day_of_date(2009, 11, 1)),
            us("2009-11-01T02:30:00Z")
        );
    }

    #[test]
    fn local_time_agrees_with_a_time_library() {
        for zone in [
            "UTC",
            "Europe/London",
            "Asia/Shanghai",
            "America/St_Johns",
            "Asia/Kolkata",
        ] {
            let calendar = Calendar::new(zone).unwrap();
            let peer = TimeZoneDatabase::bundled().get(zone).unwrap();
            let mut hint = CalendarHint::default();
            let mut utc_us = 1_234_567;
            while utc_us < LAST_TRANSITION_US {
                let moment = Timestamp::from_microsecond(utc_us).unwrap();
                let offset_us = i64::from(peer.to_offset(moment).seconds()) * 1_000_000;
                assert_eq!(
                    calendar.local_us(utc_us),
                    utc_us + offset_us,
                    "{zone} {moment}"
                );
                assert_eq!(
                    calendar.local_us_with(utc_us, &mut hint),
                    utc_us + offset_us
                );
                utc_us += 4_003_000_000_000 / 60;
            }
        }
    }

    #[test]
    fn extreme_moments_do_not_overflow() {
        let calendar = Calendar::new("Asia/Shanghai").unwrap();
        for moment in [i64::MIN, i64::MIN + 1, i64::MAX - 1, i64::MAX] {
            let _ = calendar.local_day(moment);
            let _ = calendar.local_month(moment);
            let _ = calendar.midnight_after(moment);
            let _ = calendar.day_start(moment);
        }
        let mut hint = CalendarHint::default();
        assert_eq!(calendar.local_us_with(i64::MAX, &mut hint), i64::MAX);
    }

    #[test]
    fn an_unknown_zone_is_refused_with_a_hint() {
        let error = Calendar::new("Mars/Olympus").unwrap_err();
        assert_eq!(error.code(), "calendar/zone-unknown");
        assert_eq!(error.to_string(), "unknown time zone `Mars/Olympus`");
        assert!(error.hint().unwrap().contains("Europe/London"));
    }
}
