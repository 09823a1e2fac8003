//! Moments of the lake as the business's calendar and clock show them.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use jiff::{Span, Timestamp};
use perennial_history::Calendar;

/// The local date and time of a UTC moment, to the second.
pub(super) fn civil(calendar: &Calendar, utc_us: i64) -> DateTime {
    let local_s = calendar.local_us(utc_us).div_euclid(1_000_000);
    // What lies outside the calendar of civil dates cannot have been read.
    Timestamp::from_second(local_s)
        .map(|t| Offset::UTC.to_datetime(t))
        .unwrap_or_default()
}

/// The local day on which a period that ends at a UTC moment is over: the day
/// that begins then, or else the next.
pub(super) fn day_after(calendar: &Calendar, end_us: i64) -> Date {
    let end = civil(calendar, end_us);
    if end.time() == Time::midnight() {
        return end.date();
    }
    end.date().tomorrow().unwrap_or(end.date())
}

/// The day so many days before.
pub(super) fn days_before(day: Date, days: u32) -> Date {
    let span = Span::new().try_days(i64::from(days));
    span.and_then(|span| day.checked_sub(span)).unwrap_or(day)
}

/// The first day of a month counted from January 1970 = 0.
pub(super) fn first_of_month(month: i64) -> Option<Date> {
    let year = i16::try_from(1970 + month.div_euclid(12)).ok()?;
    let month = i8::try_from(month.rem_euclid(12) + 1).ok()?;
    Date::new(year, month, 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn us(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_microsecond()
    }

    #[test]
    fn moments_are_shown_by_the_local_clock() {
        let london = Calendar::new("Europe/London").unwrap();
        let shown = civil(&london, us("2011-06-30T23:00:00.9Z"));
        assert_eq!(shown, date(2011, 7, 1).at(0, 0, 0, 0));
        assert_eq!(
            day_after(&london, us("2011-06-30T23:00:00Z")),
            date(2011, 7, 1)
        );
        assert_eq!(
            day_after(&london, us("2011-06-30T12:00:00Z")),
            date(2011, 7, 1)
        );
    }

    #[test]
    fn a_period_over_a_change_of_the_clock_begins_at_a_whole_day() {
        // 90 days of 24 hours before midnight of 2011-12-10 it was 01:00 in London.
        let london = Calendar::new("Europe/London").unwrap();
        let end = day_after(&london, us("2011-12-10T00:00:00Z"));
        assert_eq!(days_before(end, 90), date(2011, 9, 11));
    }

    #[test]
    fn months_are_counted_from_1970() {
        assert_eq!(first_of_month(0), Some(date(1970, 1, 1)));
        assert_eq!(first_of_month(-1), Some(date(1969, 12, 1)));
        assert_eq!(
            first_of_month((2011 - 1970) * 12 + 11),
            Some(date(2011, 12, 1))
        );
        assert_eq!(first_of_month(i64::MAX), None);
    }
}
