//! Lengths of time as settings write them: a number with its unit, always.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use super::error::{Problem, code};
use super::node::Node;
use super::read::{Setting, wrong_type};

/// The longest duration taken, in years.
const YEARS_MAX: u64 = 100;

/// The unit of a [`Duration`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DurationUnit {
    /// `h`: 3,600 seconds.
    Hour,
    /// `d`: 24 hours.
    Day,
    /// `w`: 7 days.
    Week,
    /// `y`: 365 days.
    Year,
}

impl DurationUnit {
    /// How many hours one of this unit has. A year counts 365 days.
    pub const fn hours(self) -> u64 {
        match self {
            Self::Hour => 1,
            Self::Day => 24,
            Self::Week => 7 * 24,
            Self::Year => 365 * 24,
        }
    }

    const fn letter(self) -> char {
        match self {
            Self::Hour => 'h',
            Self::Day => 'd',
            Self::Week => 'w',
            Self::Year => 'y',
        }
    }
}

/// A length of time of at least an hour, written as `12h`, `90d`, `8w` or `1y`.
/// A year is 365 days. There is no default unit.
#[derive(Debug, Clone, Copy)]
pub struct Duration {
    count: u64,
    unit: DurationUnit,
}

impl Duration {
    /// `count` days, at least one and at most a hundred years of them.
    pub fn days(count: u32) -> Self {
        Self {
            count: u64::from(count).clamp(1, YEARS_MAX * 365),
            unit: DurationUnit::Day,
        }
    }

    /// `count` years of 365 days, between 1 and 100.
    pub fn years(count: u32) -> Self {
        Self {
            count: u64::from(count).clamp(1, YEARS_MAX),
            unit: DurationUnit::Year,
        }
    }

    /// The length in whole hours.
    pub const fn as_hours(self) -> u64 {
        self.count * self.unit.hours()
    }

    /// The length in days of 24 hours.
    pub fn as_days(self) -> f64 {
        self.as_hours() as f64 / 24.0
    }

    /// The length in whole days, at least one; a half is rounded up.
    pub fn days_rounded(self) -> u32 {
        // At most 36,500: the range of a duration is a hundred years.
        u32::try_from((self.as_hours() + 12) / 24)
            .unwrap_or(u32::MAX)
            .max(1)
    }

    /// The length in years of 365 days.
    pub fn as_years(self) -> f64 {
        self.as_days() / 365.0
    }

    /// The length in microseconds, the lake's unit of time.
    pub fn as_micros(self) -> i64 {
        // At most 100 years: 3.2e15, far inside the range.
        i64::try_from(self.as_hours())
            .unwrap_or(i64::MAX)
            .saturating_mul(3_600_000_000)
    }
}

// Equal lengths are equal, however they are written.
impl PartialEq for Duration {
    fn eq(&self, other: &Self) -> bool {
        self.as_hours() == other.as_hours()
    }
}

impl Eq for Duration {}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.count, self.unit.letter())
    }
}

impl Serialize for Duration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Why a text is no duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// A bare number.
    #[error("the duration `{0}` has no unit")]
    NoUnit(String),
    /// A unit that is not known, or that means two things.
    #[error("the duration `{0}` has an unknown unit")]
    UnknownUnit(String),
    /// No whole number before the unit.
    #[error("the duration `{0}` is not a whole number with a unit")]
    NoNumber(String),
    /// Zero, or more than a hundred years.
    #[error("the duration `{0}` is not between one hour and {YEARS_MAX} years")]
    OutOfRange(String),
}

impl DurationError {
    /// What to write instead.
    pub fn hint(&self) -> String {
        match self {
            Self::NoUnit(text) => {
                format!(
                    "write `\"{0}h\"`, `\"{0}d\"`, `\"{0}w\"` or `\"{0}y\"`: hours, days, weeks or years",
                    text.trim()
                )
            }
            Self::UnknownUnit(text) if text.trim_end().ends_with('m') || text.contains("mo") => {
                "`m` could be minutes or months: write days, as in `\"30d\"`".to_owned()
            }
            _ => "write a whole number and `h`, `d`, `w` or `y`, as in `\"90d\"`".to_owned(),
        }
    }
}

impl FromStr for Duration {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<Self, DurationError> {
        let trimmed = text.trim();
        let digits_end = trimmed
            .find(|c: char| !c.is_ascii_digit() && c != '_')
            .unwrap_or(trimmed.len());
        let (digits, unit) = trimmed.split_at(digits_end);
        let digits = digits.replace('_', "");
        if digits.is_empty() {
            return Err(DurationError::NoNumber(text.to_owned()));
        }
        let unit = match unit.trim() {
            "h" => DurationUnit::Hour,
            "d" => DurationUnit::Day,
            "w" => DurationUnit::Week,
            "y" => DurationUnit::Year,
            "" => return Err(DurationError::NoUnit(text.to_owned())),
            other if other.starts_with(['.', ',']) => {
                return Err(DurationError::NoNumber(text.to_owned()));
            }
            _ => return Err(DurationError::UnknownUnit(text.to_owned())),
        };
        let out_of_range = || DurationError::OutOfRange(text.to_owned());
        let count: u64 = digits.parse().map_err(|_| out_of_range())?;
        let hours = count.checked_mul(unit.hours()).ok_or_else(out_of_range)?;
        if hours == 0 || hours > YEARS_MAX * DurationUnit::Year.hours() {
            return Err(out_of_range());
        }
        Ok(Self { count, unit })
    }
}

impl Setting for Duration {
    const KIND: &'static str = "a duration with its unit, as in `\"90d\"`";

    fn read(node: &Node, path: &str, problems: &mut Vec<Problem>) -> Option<Self> {
        let text = match (node.text(), node.number()) {
            (Some(text), _) => text.to_owned(),
            (None, Some(number)) => number.to_string(),
            (None, None) => {
                problems.push(wrong_type::<Self>(node, path));
                return None;
            }
        };
        match text.parse() {
            Ok(duration) => Some(duration),
            Err(error) => {
                let code = match error {
                    DurationError::NoUnit(_) => code::UNIT_MISSING,
                    DurationError::OutOfRange(_) => code::VALUE_RANGE,
                    _ => code::VALUE_TYPE,
                };
                let problem = Problem::new(code, &node.place, format!("`{path}`: {error}"));
                problems.push(problem.with_hint(error.hint()));
                None
            }
        }
    }
}
