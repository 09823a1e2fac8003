//! When contracts end, as files write it: an end that is a day covers that day, and a
//! day that no calendar of business has (9999-12-31, 1900-01-01) stands for none.

use std::sync::Arc;

use perennial_history::{Calendar, DAY_US};
use perennial_lake::arrow::array::{ArrayRef, AsArray, TimestampMicrosecondArray};
use perennial_lake::arrow::datatypes::TimestampMicrosecondType;
use perennial_lake::sources::RawBatch;

use super::rows::TIME_RANGE_US;
use super::spec::Reading;
use crate::settings::{Role, Table};
use crate::{Error, Result};

/// Turns what files say of ends into the first moment that a contract no longer
/// covers, batch by batch.
pub(super) struct Ends {
    /// Columns of ends, by their place among those read.
    places: Vec<usize>,
    calendar: Calendar,
}

impl Ends {
    /// Those of a table of contracts; none of other tables.
    pub fn of(reading: &Reading, table: Table, time_zone: &str) -> Result<Option<Self>> {
        if table != Table::Subscriptions {
            return Ok(None);
        }
        let places = [Role::End, Role::Due].into_iter();
        Ok(Some(Self {
            places: places.filter_map(|role| reading.place(role)).collect(),
            calendar: Calendar::new(time_zone).map_err(Error::from)?,
        }))
    }

    /// Replaces the ends of a batch.
    pub fn apply(&self, batch: &mut RawBatch) {
        for &place in &self.places {
            let column = &batch.columns[place];
            if let Some(ends) = column.as_primitive_opt::<TimestampMicrosecondType>() {
                batch.columns[place] = self.first_uncovered(ends);
            }
        }
    }

    fn first_uncovered(&self, ends: &TimestampMicrosecondArray) -> ArrayRef {
        // The same few hundred days come again and again.
        let mut last = None;
        let ends = ends.iter().map(|end| {
            let end = end?;
            if !TIME_RANGE_US.contains(&end) || end < TIME_RANGE_US.start + DAY_US {
                return None;
            }
            let known = last.filter(|(known, _)| *known == end);
            let (_, moment) = known.unwrap_or_else(|| {
                let day = self.calendar.local_day(end);
                let is_day = self.calendar.day_start(day) == end;
                let moment = if is_day {
                    self.calendar.day_start(day + 1)
                } else {
                    end
                };
                (end, moment)
            });
            last = Some((end, moment));
            Some(moment)
        });
        Arc::new(TimestampMicrosecondArray::from_iter(ends).with_timezone("UTC"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_covered_and_no_day_is_no_end() {
        let ends = Ends {
            places: vec![0],
            calendar: Calendar::new("Asia/Shanghai").unwrap(),
        };
        let us = |text: &str| Some(text.parse::<jiff::Timestamp>().unwrap().as_microsecond());
        let written = TimestampMicrosecondArray::from(vec![
            // Midnight in Shanghai: a day. A moment stays one.
            us("2024-05-30T16:00:00Z"),
            us("2024-05-31T01:30:00Z"),
            us("9999-12-30T16:00:00Z"),
            us("1900-01-01T00:00:00Z"),
            None,
        ]);
        let found = ends.first_uncovered(&written);
        let found: Vec<Option<i64>> = found
            .as_primitive::<TimestampMicrosecondType>()
            .iter()
            .collect();
        let expected = [
            us("2024-05-31T16:00:00Z"),
            us("2024-05-31T01:30:00Z"),
            None,
            None,
            None,
        ];
        assert_eq!(found, expected);
    }
}
