//! Times that are written as days from a day of the settings.

use std::sync::Arc;

use jiff::civil::date;
use perennial_history::{Calendar, DAY_US};
use perennial_lake::arrow::array::{
    Array, ArrayRef, AsArray, Int64Array, TimestampMicrosecondArray,
};
use perennial_lake::arrow::datatypes::{Int32Type, Int64Type};
use perennial_lake::sources::RawBatch;

use super::spec::{Purpose, Reading, is_relative};
use crate::settings::{DayZero, Role, Source};
use crate::{Error, Result};

/// Days are read as whole numbers of this many to the day.
const SCALE: i64 = 10_000;
/// Days beyond which no calendar goes.
const DAYS_MAX: i64 = 100_000;

/// Turns the days of a source into moments, batch by batch.
pub(super) struct RelativeDays {
    /// Columns of days, by their place among those read.
    moments: Vec<usize>,
    zero: Zero,
    calendar: Calendar,
}

/// The local day that days are counted from, as days since 1970.
enum Zero {
    Day(i64),
    By {
        group: usize,
        days: Vec<(String, i64)>,
    },
}

/// A row whose group has no day to count from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Groupless {
    pub row: usize,
    /// The column of groups, by its place among those read.
    pub group: usize,
}

impl RelativeDays {
    /// What the source says; none where its times are no days.
    pub fn of(reading: &Reading, source: &Source, time_zone: &str) -> Result<Option<Self>> {
        let Some(day_zero) = source.day_zero.as_ref().filter(|_| is_relative(source)) else {
            return Ok(None);
        };
        let moments = Role::MOMENTS.iter();
        let zero = match day_zero {
            DayZero::Day(day) => Zero::Day(number_of(*day)),
            DayZero::By { days, .. } => {
                let mut purposes = reading.purposes.iter();
                let group = purposes.position(|p| *p == Purpose::DayZeroGroup);
                let days = days.iter();
                Zero::By {
                    group: group.unwrap_or(0),
                    days: days.map(|(g, day)| (g.clone(), number_of(*day))).collect(),
                }
            }
        };
        Ok(Some(Self {
            moments: moments.filter_map(|role| reading.place(*role)).collect(),
            zero,
            calendar: Calendar::new(time_zone).map_err(Error::from)?,
        }))
    }

    /// Replaces the days of a batch by moments: local midnight of the day, and
    /// the part of the day that a fraction says. Gives the rows whose group has
    /// no day.
    pub fn apply(&self, batch: &mut RawBatch) -> Vec<Groupless> {
        let (origins, group) = match &self.zero {
            Zero::Day(day) => (vec![Some(*day); batch.rows], None),
            Zero::By { group, days } => (origins(&batch.columns[*group], days), Some(*group)),
        };
        for &place in &self.moments {
            let Some(days) = batch.columns[place].as_primitive_opt::<Int64Type>() else {
                continue;
            };
            batch.columns[place] = self.moments_of(days, &origins);
        }
        let missing = origins.iter().enumerate().filter(|(_, day)| day.is_none());
        missing
            .filter_map(|(row, _)| group.map(|group| Groupless { row, group }))
            .collect()
    }

    fn moments_of(&self, days: &Int64Array, origins: &[Option<i64>]) -> ArrayRef {
        // Rows of a file come with the same few hundred days again and again.
        let mut last = None;
        let moments = days.iter().zip(origins).map(|(scaled, origin)| {
            let (scaled, origin) = (scaled?, (*origin)?);
            let whole = scaled.div_euclid(SCALE);
            if whole.abs() > DAYS_MAX {
                // Outside all time, so that the row is set aside with that reason.
                return Some(i64::MAX);
            }
            let day = origin + whole;
            let midnight = match last {
                Some((known, midnight)) if known == day => midnight,
                _ => self.calendar.day_start(day),
            };
            last = Some((day, midnight));
            let part = scaled.rem_euclid(SCALE) * (DAY_US / SCALE);
            Some(midnight + part)
        });
        Arc::new(TimestampMicrosecondArray::from_iter(moments).with_timezone("UTC"))
    }
}

/// Days since 1970.
fn number_of(day: jiff::civil::Date) -> i64 {
    let since = date(1970, 1, 1).until(day).map(|span| span.get_days());
    since.map_or(0, i64::from)
}

/// The day that each row's group counts from.
fn origins(groups: &ArrayRef, days: &[(String, i64)]) -> Vec<Option<i64>> {
    let Some(groups) = groups.as_dictionary_opt::<Int32Type>() else {
        return vec![None; groups.len()];
    };
    let Some(texts) = groups.values().as_string_opt::<i32>() else {
        return vec![None; groups.len()];
    };
    let day_of = |text: &str| {
        let found = days.iter().find(|(group, _)| group == text);
        found.map(|(_, day)| *day)
    };
    let known: Vec<Option<i64>> = (0..texts.len())
        .map(|i| texts.is_valid(i).then(|| texts.value(i)).and_then(day_of))
        .collect();
    let keys = groups.keys().iter();
    keys.map(|key| known[key? as usize]).collect()
}

#[cfg(test)]
mod tests {
    use perennial_lake::arrow::array::DictionaryArray;

    use super::*;

    fn of(zero: Zero, zone: &str) -> RelativeDays {
        RelativeDays {
            moments: vec![0],
            zero,
            calendar: Calendar::new(zone).unwrap(),
        }
    }

    #[test]
    fn days_become_local_midnights_and_parts_of_them() {
        let zero = number_of(date(2013, 10, 1));
        assert_eq!(perennial_history::date_of_day(zero), (2013, 10, 1));
        let relative = of(Zero::Day(zero), "Europe/London");
        let days = Int64Array::from(vec![Some(0), Some(-10_000), Some(405_000), None]);
        let moments = relative.moments_of(&days, &[Some(zero); 4]);
        let moments =
            moments.as_primitive::<perennial_lake::arrow::datatypes::TimestampMicrosecondType>();
        let shown: Vec<Option<String>> = moments
            .iter()
            .map(|us| Some(jiff::Timestamp::from_microsecond(us?).ok()?.to_string()))
            .collect();
        // Summer time ends on the 27th: midnight moves from 23:00 to 00:00 in UTC.
        let expected = [
            "2013-09-30T23:00:00Z",
            "2013-09-29T23:00:00Z",
            "2013-11-10T12:00:00Z",
        ];
        assert_eq!(shown[..3], expected.map(|text| Some(text.to_owned())));
        assert_eq!(shown[3], None);
    }

    #[test]
    fn a_group_without_a_day_has_no_origin() {
        let groups: DictionaryArray<Int32Type> = [Some("a"), None, Some("b"), Some("a")]
            .into_iter()
            .collect();
        let days = [("a".to_owned(), 7)];
        let groups: ArrayRef = Arc::new(groups);
        assert_eq!(origins(&groups, &days), [Some(7), None, None, Some(7)]);
    }
}
