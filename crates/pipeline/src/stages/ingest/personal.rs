//! What identifies a person on its way into the vault.

use std::borrow::Cow;

use perennial_lake::arrow::array::Array;
use perennial_lake::sources::time::parse;
use perennial_lake::sources::{RawBatch, TimeFormat};
use perennial_ledger::Vault;

use super::rows::texts;
use super::spec::{Purpose, Reading};
use crate::Result;
use crate::settings::{PersonPart, Source};

const DAY_US: i64 = 86_400_000_000;
const CENTURY_YEARS: i16 = 100;

/// A column that goes to the vault.
pub(super) struct PersonalColumn {
    /// The name it gets there.
    name: String,
    /// Its place among the columns read.
    place: usize,
    /// How its values are written, where they are birth dates: the vault keeps
    /// those in one form.
    dates: Option<TimeFormat>,
}

/// The columns of a file that go to the vault.
pub(super) struct Personal {
    columns: Vec<PersonalColumn>,
    now_us: i64,
}

impl Personal {
    /// Those of a file that was looked at. `now_us` tells births of last century
    /// from those of this one.
    pub fn new(reading: &Reading, source: &Source, now_us: i64) -> Self {
        let purposes = reading.purposes.iter().enumerate();
        let columns = purposes.filter_map(|(place, purpose)| {
            let Purpose::Personal(name) = purpose else {
                return None;
            };
            let is_birth = PersonPart::of_vault(name) == Some(PersonPart::BirthDate);
            let column = reading.spec.columns.get(place)?;
            Some(PersonalColumn {
                name: name.clone(),
                place,
                dates: is_birth
                    .then(|| reading.dates_of(&column.name, source))
                    .flatten(),
            })
        });
        Self {
            columns: columns.collect(),
            now_us,
        }
    }

    /// Puts what some rows of a batch say of their subjects into the vault; of
    /// several rows of one subject the last one holds.
    pub async fn keep(
        &self,
        vault: &Vault,
        batch: &RawBatch,
        rows: impl Iterator<Item = (usize, i64)> + Clone,
    ) -> Result<()> {
        let mut facts: Vec<(i64, &str, Cow<'_, str>)> = Vec::new();
        for column in &self.columns {
            let Some(values) = texts(batch, column.place) else {
                continue;
            };
            for (row, subject) in rows.clone() {
                if values.is_valid(row) {
                    let value = self.value(column, values.value(row));
                    facts.push((subject, column.name.as_str(), value));
                }
            }
        }
        // The sort is stable: the last of equal keys is that of the last row.
        facts.sort_by(|x, y| (x.0, x.1).cmp(&(y.0, y.1)));
        let last = facts
            .chunk_by(|x, y| (x.0, x.1) == (y.0, y.1))
            .filter_map(<[_]>::last);
        let facts: Vec<(i64, &str, &str)> = last
            .map(|(subject, name, value)| (*subject, *name, value.as_ref()))
            .collect();
        if !facts.is_empty() {
            vault.put_traits(&facts).await?;
        }
        Ok(())
    }

    fn value<'a>(&self, column: &PersonalColumn, text: &'a str) -> Cow<'a, str> {
        let date = column
            .dates
            .and_then(|format| birth_date(text, format, self.now_us));
        date.map_or(Cow::Borrowed(text), Cow::Owned)
    }
}

/// A birth date year first; nothing where it is not written as expected. Years of
/// two digits mean the last time there was such a year.
fn birth_date(text: &str, format: TimeFormat, now_us: i64) -> Option<String> {
    let written = parse(text.as_bytes(), format)?;
    let of_days = |us: i64| {
        let days = i32::try_from(us.div_euclid(DAY_US)).ok()?;
        let day = jiff::civil::date(1970, 1, 1);
        day.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
    };
    let day = of_days(written.local_us)?;
    let short = matches!(format, TimeFormat::DayFirst | TimeFormat::MonthFirst);
    if short && day > of_days(now_us)? {
        let year = day.year() - CENTURY_YEARS;
        return Some(format!("{year:04}-{:02}-{:02}", day.month(), day.day()));
    }
    Some(day.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn birth_dates_get_one_form_and_no_one_is_born_in_the_future() {
        let now_us = 1_760_000_000_000_000; // October 2025
        let read = |text, format| birth_date(text, format, now_us);
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(read("24.3.1987", TimeFormat::DayFirst), text("1987-03-24"));
        assert_eq!(
            read("03/24/1987", TimeFormat::MonthFirst),
            text("1987-03-24")
        );
        assert_eq!(read("24.3.65", TimeFormat::DayFirst), text("1965-03-24"));
        assert_eq!(read("24.3.05", TimeFormat::DayFirst), text("2005-03-24"));
        assert_eq!(
            read("1955年3月4日", TimeFormat::Chinese),
            text("1955-03-04")
        );
        assert_eq!(read("unknown", TimeFormat::DayFirst), None);
    }
}
