//! Dates and times as people write them, and local time to UTC.

mod chinese;
mod clock;

pub(crate) use chinese::names_year;
pub use clock::LocalClock;

use super::number::{NumberFormat, parse_f64};

/// How the dates or times of a column are written. In all of them the time of
/// day may be missing (midnight), and hours, minutes, seconds, fractions,
/// `AM`/`PM` and a zone (`Z`, `+08:00`) are read where they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeFormat {
    /// `2024-03-05`, `2024/3/5`, `2024.3.5`, with `T` or a blank before the time; among
    /// them cells as of [`TimeFormat::Chinese`] are read too.
    YearFirst,
    /// `05/03/2024`, `5.3.24`, `05-Mar-2024`: the 5th of March.
    DayFirst,
    /// `03/05/2024`, `Mar 5, 2024`: the 5th of March.
    MonthFirst,
    /// `20240305`, `20240305 101500`, `20240305101500`.
    Compact,
    /// `2024年3月5日 10时15分`; among them cells as of [`TimeFormat::YearFirst`] are
    /// read too, since a sheet has both: dates that were typed and dates that are shown.
    Chinese,
    /// Seconds since 1970 UTC, fractions allowed.
    EpochSeconds,
    /// Milliseconds since 1970 UTC.
    EpochMillis,
    /// Microseconds since 1970 UTC.
    EpochMicros,
    /// Days since 1899-12-30 with the time of day as a fraction, as spreadsheets
    /// count them (ECMA-376, 18.17.4.1).
    SheetDays,
}

impl TimeFormat {
    /// All formats, in the order in which they are tried.
    pub const ALL: [TimeFormat; 9] = [
        TimeFormat::YearFirst,
        TimeFormat::Compact,
        TimeFormat::DayFirst,
        TimeFormat::MonthFirst,
        TimeFormat::Chinese,
        TimeFormat::EpochSeconds,
        TimeFormat::EpochMillis,
        TimeFormat::EpochMicros,
        TimeFormat::SheetDays,
    ];

    /// The name as written in settings.
    pub fn name(self) -> &'static str {
        match self {
            TimeFormat::YearFirst => "y-m-d",
            TimeFormat::DayFirst => "d/m/y",
            TimeFormat::MonthFirst => "m/d/y",
            TimeFormat::Compact => "yyyymmdd",
            TimeFormat::Chinese => "y年m月d日",
            TimeFormat::EpochSeconds => "epoch_seconds",
            TimeFormat::EpochMillis => "epoch_millis",
            TimeFormat::EpochMicros => "epoch_micros",
            TimeFormat::SheetDays => "sheet_days",
        }
    }

    /// The format of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// Whether values count from 1970 rather than name a day.
    pub fn is_epoch(self) -> bool {
        matches!(
            self,
            TimeFormat::EpochSeconds | TimeFormat::EpochMillis | TimeFormat::EpochMicros
        )
    }
}

/// A moment as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Microseconds from 1970-01-01 00:00 on the writer's own clock.
    pub local_us: i64,
    /// The writer's offset from UTC in seconds, if it is written or implied.
    pub offset_s: Option<i32>,
    /// A time of day is written.
    pub has_time: bool,
}

const DAY_US: i64 = 86_400_000_000;

/// Days from 1970-01-01 to a civil date (Howard Hinnant, "chrono-compatible
/// low-level date algorithms", `days_from_civil`); `None` if there is no such
/// day or the year is outside 1 to 9999.
pub fn days_from_civil(year: i64, month: i64, day: i64) -> Option<i64> {
    const DAYS: [i64; 13] = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    if !(1..=9999).contains(&year)
        || !(1..=12).contains(&month)
        || day < 1
        || day > *DAYS.get(month as usize)?
    {
        return None;
    }
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if month == 2 && day == 29 && !leap {
        return None;
    }
    let y = if month <= 2 { year - 1 } else { year };
    let era = y / 400;
    let year_of_era = y - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

/// Reads a moment; `None` if the cell is not written so.
pub fn parse(cell: &[u8], format: TimeFormat) -> Option<Written> {
    if format == TimeFormat::YearFirst
        && let Some(written) = parse_iso19(cell)
    {
        return Some(written);
    }
    let cell = cell.trim_ascii();
    match format {
        TimeFormat::Compact => parse_compact(cell),
        TimeFormat::EpochSeconds => parse_epoch(cell, 1_000_000),
        TimeFormat::EpochMillis => parse_epoch(cell, 1_000),
        TimeFormat::EpochMicros => parse_epoch(cell, 1),
        TimeFormat::SheetDays => parse_sheet_days(cell),
        TimeFormat::YearFirst | TimeFormat::Chinese if chinese::names_year(cell) => {
            chinese::parse(cell)
        }
        TimeFormat::Chinese => parse_numbers(cell, TimeFormat::YearFirst),
        TimeFormat::YearFirst | TimeFormat::DayFirst | TimeFormat::MonthFirst => {
            parse_numbers(cell, format)
        }
    }
}

/// Year, month and day in the order of `format`, and a time of day.
fn parse_numbers(cell: &[u8], format: TimeFormat) -> Option<Written> {
    let mut rest = Cursor { bytes: cell };
    let days = rest.date(format)?;
    rest.time_of_day(days)
}

/// Days of a spreadsheet; those before March 1900, which it counts wrong, are none.
fn parse_sheet_days(cell: &[u8]) -> Option<Written> {
    const TO_1970: f64 = 25_569.0;
    let days = parse_f64(cell, &NumberFormat::PLAIN)?;
    if !(61.0..2_958_466.0).contains(&days) {
        return None;
    }
    // To the second: a fraction of a day has no exact double.
    let seconds = ((days - TO_1970) * 86_400.0).round() as i64;
    Some(Written {
        local_us: seconds * 1_000_000,
        offset_s: None,
        has_time: days.fract() != 0.0,
    })
}

/// Two digits.
#[inline]
fn two(a: u8, b: u8) -> Option<i64> {
    let (a, b) = (a.wrapping_sub(b'0'), b.wrapping_sub(b'0'));
    (a < 10 && b < 10).then_some(i64::from(a) * 10 + i64::from(b))
}

/// The common case, `2010-12-01 08:26:00` and `2010-12-01`, without detours.
#[inline]
fn parse_iso19(cell: &[u8]) -> Option<Written> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, time @ ..] = cell else {
        return None;
    };
    let days = days_from_civil(
        two(*y1, *y2)? * 100 + two(*y3, *y4)?,
        two(*m1, *m2)?,
        two(*d1, *d2)?,
    )?;
    let seconds = match time {
        [] => {
            return Some(Written {
                local_us: days * DAY_US,
                offset_s: None,
                has_time: false,
            });
        }
        [b' ' | b'T', h1, h2, b':', m1, m2, b':', s1, s2] => {
            let (h, m, s) = (two(*h1, *h2)?, two(*m1, *m2)?, two(*s1, *s2)?);
            if h > 23 || m > 59 || s > 59 {
                return None;
            }
            h * 3600 + m * 60 + s
        }
        _ => return None,
    };
    Some(Written {
        local_us: days * DAY_US + seconds * 1_000_000,
        offset_s: None,
        has_time: true,
    })
}

fn parse_epoch(cell: &[u8], unit_us: i64) -> Option<Written> {
    let exact = super::number::parse_exact(cell, &super::number::NumberFormat::PLAIN)?;
    let scaled = i128::from(exact.mantissa) * i128::from(unit_us);
    let local_us = i64::try_from(scaled / i128::from(super::number::pow10(exact.scale)?)).ok()?;
    // Outside the years 1 to 9999 it is no date of a business.
    (-62_135_596_800_000_000..=253_402_300_799_999_999)
        .contains(&local_us)
        .then_some(Written {
            local_us,
            offset_s: Some(0),
            has_time: true,
        })
}

fn parse_compact(cell: &[u8]) -> Option<Written> {
    let [y1, y2, y3, y4, m1, m2, d1, d2, time @ ..] = cell else {
        return None;
    };
    let days = days_from_civil(
        two(*y1, *y2)? * 100 + two(*y3, *y4)?,
        two(*m1, *m2)?,
        two(*d1, *d2)?,
    )?;
    match time {
        [] | b".0" => Some(Written {
            local_us: days * DAY_US,
            offset_s: None,
            has_time: false,
        }),
        [b'T' | b' ', rest @ ..] if rest.contains(&b':') => Cursor { bytes: rest }.clock(days),
        [b'T' | b' ' | b'_', h1, h2, m1, m2, rest @ ..] | [h1, h2, m1, m2, rest @ ..] => {
            let (second, zone) = match rest {
                [s1, s2, zone @ ..] if s1.is_ascii_digit() => (two(*s1, *s2)?, zone),
                zone => (0, zone),
            };
            let (hour, minute) = (two(*h1, *h2)?, two(*m1, *m2)?);
            if hour > 23 || minute > 59 || second > 60 {
                return None;
            }
            let mut rest = Cursor { bytes: zone };
            let offset_s = rest.zone()?;
            let seconds = hour * 3600 + minute * 60 + second.min(59);
            Some(Written {
                local_us: days * DAY_US + seconds * 1_000_000,
                offset_s,
                has_time: true,
            })
        }
        _ => None,
    }
}

/// Reads a cell from left to right.
struct Cursor<'a> {
    bytes: &'a [u8],
}

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.first().copied()
    }

    fn skip(&mut self, count: usize) {
        self.bytes = self.bytes.get(count..).unwrap_or(&[]);
    }

    fn blanks(&mut self) {
        self.bytes = self.bytes.trim_ascii_start();
    }

    /// A whole number of at most `digits_max` digits, and how many it had.
    fn number(&mut self, digits_max: usize) -> Option<(i64, usize)> {
        let count = self
            .bytes
            .iter()
            .take(digits_max)
            .take_while(|b| b.is_ascii_digit())
            .count();
        let value = self
            .bytes
            .iter()
            .take(count)
            .fold(0_i64, |value, b| value * 10 + i64::from(b - b'0'));
        self.skip(count);
        (count > 0).then_some((value, count))
    }

    /// A month's English name or its first three letters.
    fn month_name(&mut self) -> Option<i64> {
        const MONTHS: [&str; 12] = [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ];
        let count = self
            .bytes
            .iter()
            .take_while(|b| b.is_ascii_alphabetic())
            .count();
        let word = std::str::from_utf8(self.bytes.get(..count)?)
            .ok()?
            .to_ascii_lowercase();
        if word.len() < 3 {
            return None;
        }
        let month = MONTHS.iter().position(|month| {
            month.starts_with(&word) || (word == "sept" && *month == "september")
        })?;
        self.skip(count);
        Some(month as i64 + 1)
    }

    fn separator(&mut self) -> Option<u8> {
        let byte = self
            .peek()
            .filter(|b| matches!(b, b'-' | b'/' | b'.' | b' ' | b','))?;
        self.skip(1);
        self.blanks();
        Some(byte)
    }

    /// A date; days from 1970.
    fn date(&mut self, format: TimeFormat) -> Option<i64> {
        match format {
            TimeFormat::YearFirst => {
                let (year, digits) = self.number(4)?;
                let separator = self.separator()?;
                let month = self.number(2)?.0;
                (digits == 4 && self.separator()? == separator).then_some(())?;
                let day = self.number(2)?.0;
                days_from_civil(year, month, day)
            }
            TimeFormat::DayFirst => {
                let day = self.number(2)?.0;
                let separator = self.separator()?;
                let month = match self.month_name() {
                    Some(month) => month,
                    None => self.number(2)?.0,
                };
                (self.separator()? == separator).then_some(())?;
                days_from_civil(self.year()?, month, day)
            }
            _ => {
                let name = self.month_name();
                let month = match name {
                    Some(month) => month,
                    None => self.number(2)?.0,
                };
                let separator = self.separator()?;
                let day = self.number(2)?.0;
                (self.separator()? == separator || name.is_some()).then_some(())?;
                days_from_civil(self.year()?, month, day)
            }
        }
    }

    /// Four digits, or two: 00 to 68 are 2000 to 2068, 69 to 99 are 1969 to
    /// 1999 (POSIX `strptime`).
    fn year(&mut self) -> Option<i64> {
        match self.number(4)? {
            (year, 4) => Some(year),
            (year, 2) if year < 69 => Some(2000 + year),
            (year, 2) => Some(1900 + year),
            _ => None,
        }
    }

    /// What follows a date: nothing, or a time of day.
    fn time_of_day(&mut self, days: i64) -> Option<Written> {
        if matches!(self.peek(), Some(b'T' | b't' | b',')) {
            self.skip(1);
        }
        self.blanks();
        if self.bytes.is_empty() {
            return Some(Written {
                local_us: days * DAY_US,
                offset_s: None,
                has_time: false,
            });
        }
        self.clock(days)
    }

    /// A time of day and all that may follow it.
    fn clock(&mut self, days: i64) -> Option<Written> {
        let (mut hour, _) = self.number(2)?;
        let mut minute = 0;
        let mut second = 0;
        let mut micros = 0;
        if self.peek() == Some(b':') {
            self.skip(1);
            minute = self.number(2)?.0;
            if self.peek() == Some(b':') {
                self.skip(1);
                second = self.number(2)?.0;
                if matches!(self.peek(), Some(b'.' | b',')) {
                    self.skip(1);
                    micros = self.fraction()?;
                }
            }
        }
        self.blanks();
        match self.bytes {
            [b'A' | b'a', b'M' | b'm', ..] if (1..=12).contains(&hour) => {
                hour %= 12;
                self.skip(2);
            }
            [b'P' | b'p', b'M' | b'm', ..] if (1..=12).contains(&hour) => {
                hour = hour % 12 + 12;
                self.skip(2);
            }
            _ => {}
        }
        self.blanks();
        let offset_s = self.zone()?;
        // 24:00 is the next midnight; a leap second is held back by one.
        let midnight = hour == 24 && minute == 0 && second == 0;
        if (hour > 23 && !midnight) || minute > 59 || second > 60 {
            return None;
        }
        let seconds = hour * 3600 + minute * 60 + second.min(59);
        Some(Written {
            local_us: days * DAY_US + seconds * 1_000_000 + micros,
            offset_s,
            has_time: true,
        })
    }

    /// Digits after the decimal mark as microseconds; finer ones are dropped.
    fn fraction(&mut self) -> Option<i64> {
        let (value, digits) = self.number(6)?;
        let scale = super::number::pow10(6_u8.checked_sub(digits as u8)?)?;
        let finer = self.bytes.iter().take_while(|b| b.is_ascii_digit()).count();
        self.skip(finer);
        Some(value * scale)
    }

    /// The rest of the cell: nothing, `Z`, `UTC` or an offset. `None` if it is
    /// anything else.
    fn zone(&mut self) -> Option<Option<i32>> {
        match self.bytes {
            [] => Some(None),
            [b'Z' | b'z'] | b"UTC" | b"GMT" => Some(Some(0)),
            [sign @ (b'+' | b'-'), ..] => {
                let negative = *sign == b'-';
                self.skip(1);
                let (hours, _) = self.number(2)?;
                if self.peek() == Some(b':') {
                    self.skip(1);
                }
                let minutes = if self.bytes.is_empty() {
                    0
                } else {
                    self.number(2)?.0
                };
                if !self.bytes.is_empty() || hours > 18 || minutes > 59 {
                    return None;
                }
                let seconds = (hours * 3600 + minutes * 60) as i32;
                Some(Some(if negative { -seconds } else { seconds }))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(cell: &str, format: TimeFormat) -> Option<String> {
        let written = parse(cell.as_bytes(), format)?;
        let us = written.local_us - i64::from(written.offset_s.unwrap_or(0)) * 1_000_000;
        Some(jiff::Timestamp::from_microsecond(us).unwrap().to_string())
    }

    #[test]
    fn moments_in_many_forms() {
        use TimeFormat::*;
        for (cell, format, expected) in [
            ("2010-12-01 08:26:00", YearFirst, "2010-12-01T08:26:00Z"),
            ("2010-12-01", YearFirst, "2010-12-01T00:00:00Z"),
            (
                "2010-12-01T08:26:00.1234567Z",
                YearFirst,
                "2010-12-01T08:26:00.123456Z",
            ),
            ("2010-12-01T08:26+08:00", YearFirst, "2010-12-01T00:26:00Z"),
            (
                "2010-12-01 08:26:00.5 -0330",
                YearFirst,
                "2010-12-01T11:56:00.5Z",
            ),
            ("2024/3/5 7:05", YearFirst, "2024-03-05T07:05:00Z"),
            ("5/3/2024", DayFirst, "2024-03-05T00:00:00Z"),
            ("05.03.24 14:30", DayFirst, "2024-03-05T14:30:00Z"),
            ("01-Jan-1995", DayFirst, "1995-01-01T00:00:00Z"),
            ("12/1/2010 8:26", MonthFirst, "2010-12-01T08:26:00Z"),
            ("3/5/2024 12:15 AM", MonthFirst, "2024-03-05T00:15:00Z"),
            ("3/5/2024 1:15:09 pm", MonthFirst, "2024-03-05T13:15:09Z"),
            ("Mar 5, 2024", MonthFirst, "2024-03-05T00:00:00Z"),
            ("19970101", Compact, "1997-01-01T00:00:00Z"),
            ("20240305101507", Compact, "2024-03-05T10:15:07Z"),
            ("20240305T1015Z", Compact, "2024-03-05T10:15:00Z"),
            ("2024年3月5日", Chinese, "2024-03-05T00:00:00Z"),
            ("2024年3月5日 10时15分", Chinese, "2024-03-05T10:15:00Z"),
            ("2024年3月5日下午3点", Chinese, "2024-03-05T15:00:00Z"),
            ("2024年3月5日 9:05:07", YearFirst, "2024-03-05T09:05:07Z"),
            ("2024-03-05 09:05:07", Chinese, "2024-03-05T09:05:07Z"),
            ("1511544070", EpochSeconds, "2017-11-24T17:21:10Z"),
            ("45356", SheetDays, "2024-03-05T00:00:00Z"),
            ("45356.604166666664", SheetDays, "2024-03-05T14:30:00Z"),
            ("1511544070123", EpochMillis, "2017-11-24T17:21:10.123Z"),
            ("2024-12-31 24:00:00", YearFirst, "2025-01-01T00:00:00Z"),
        ] {
            assert_eq!(utc(cell, format).as_deref(), Some(expected), "{cell}");
        }
    }

    #[test]
    fn what_is_no_moment() {
        use TimeFormat::*;
        for (cell, format) in [
            ("2023-02-29", YearFirst),
            ("2024-13-01", YearFirst),
            ("2024-01-01x", YearFirst),
            ("2024-01-01 25:00", YearFirst),
            ("13/13/2024", DayFirst),
            ("1/2", DayFirst),
            ("1/2/3", MonthFirst),
            ("1997010", Compact),
            ("", Compact),
            ("", YearFirst),
            ("2024年13月5日", Chinese),
            ("2024年13月5日", YearFirst),
            ("5/3/2024", Chinese),
            ("2024年3月5日", DayFirst),
            ("x", EpochSeconds),
            ("60", SheetDays),
            ("1e9", SheetDays),
            ("1e30", EpochSeconds),
            ("2024-01-01 10:00 PST", YearFirst),
        ] {
            assert_eq!(utc(cell, format), None, "{cell}");
        }
    }

    #[test]
    fn every_civil_day_counts_one() {
        let mut expected = days_from_civil(1899, 12, 31).unwrap();
        for year in 1900..2101 {
            for month in 1..13 {
                for day in 1..32 {
                    if let Some(days) = days_from_civil(year, month, day) {
                        expected += 1;
                        assert_eq!(days, expected);
                    }
                }
            }
        }
        assert_eq!(days_from_civil(1970, 1, 1), Some(0));
    }
}
