//! A table of people as columns of numbers: every distinct value is kept once.

use super::hash::Texts;
use super::names;
use super::settings::LinkError;
use super::values::{self, Values};

const ROWS_MAX: u64 = 1 << 31;
const BYTES_MAX: u64 = 1 << 32;
/// Longer cells are no name and no address; they count as empty.
const CELL_BYTES_MAX: usize = 512;

/// One record as the caller has it; blank cells count as missing. Addresses and
/// numbers are compared as they stand: bring them into their one form first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Record<'a> {
    /// Given name.
    pub given_name: Option<&'a str>,
    /// Family name.
    pub family_name: Option<&'a str>,
    /// Whole name, used where the two others are missing.
    pub full_name: Option<&'a str>,
    /// Birth date, `1987-03-24`; what is no date counts as missing.
    pub birth_date: Option<&'a str>,
    /// E-mail address.
    pub email: Option<&'a str>,
    /// Telephone number.
    pub telephone: Option<&'a str>,
    /// Postcode.
    pub postcode: Option<&'a str>,
    /// Street and house.
    pub address: Option<&'a str>,
    /// City.
    pub city: Option<&'a str>,
}

/// One record as numbers; 0 is missing.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C)]
pub(super) struct Row {
    pub given: u32,
    pub family: u32,
    /// The words of the whole name in any order; missing if a part is.
    pub any_order: u32,
    pub birth: u32,
    pub email: u32,
    pub telephone: u32,
    pub postcode: u32,
    pub address: u32,
    /// Address with postcode or city.
    pub home: u32,
    pub city: u32,
}

/// Distinct values of each column while a table is filled.
#[derive(Debug, Clone, Default)]
pub(super) struct Distinct {
    /// Given and family names alike, so that exchanged ones are seen.
    pub names: Texts,
    pub any_order: Texts,
    pub births: Texts,
    pub emails: Texts,
    pub telephones: Texts,
    pub postcodes: Texts,
    pub addresses: Texts,
    pub homes: Texts,
    pub cities: Texts,
}

/// Takes records one by one.
#[derive(Debug, Default)]
pub struct TableBuilder {
    rows: Vec<Row>,
    distinct: Distinct,
    folded: String,
    other: String,
}

/// A table ready to be linked.
#[derive(Debug)]
pub struct Table {
    pub(super) rows: Vec<Row>,
    pub(super) values: Values,
}

impl Table {
    /// Number of records.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl TableBuilder {
    /// Adds a record; its row number is how many came before.
    ///
    /// # Errors
    /// More rows than 2^31, or more than 2^32 bytes of distinct values in a column.
    pub fn push(&mut self, record: &Record<'_>) -> Result<(), LinkError> {
        self.check_room()?;
        let mut row = Row::default();
        self.push_name(record, &mut row);
        let distinct = &mut self.distinct;
        row.birth = code(
            record.birth_date,
            &mut distinct.births,
            |raw, out| {
                out.clear();
                if let Some(date) = values::date(raw) {
                    out.push_str(&format!("{:04}{:02}{:02}", date.0, date.1, date.2));
                }
            },
            &mut self.folded,
        );
        row.email = code(record.email, &mut distinct.emails, lower, &mut self.folded);
        row.telephone = code(
            record.telephone,
            &mut distinct.telephones,
            digits,
            &mut self.folded,
        );
        row.postcode = code(
            record.postcode,
            &mut distinct.postcodes,
            packed,
            &mut self.folded,
        );
        row.address = code(
            record.address,
            &mut distinct.addresses,
            names::fold,
            &mut self.folded,
        );
        row.city = code(
            record.city,
            &mut distinct.cities,
            names::fold,
            &mut self.folded,
        );
        let place = if row.postcode == 0 {
            row.city
        } else {
            row.postcode
        };
        if row.address != 0 && place != 0 {
            let kind = if row.postcode == 0 { 'c' } else { 'p' };
            self.other.clear();
            self.other
                .push_str(&format!("{kind}{place} {}", row.address));
            row.home = distinct.homes.code(&self.other);
        }
        self.rows.push(row);
        Ok(())
    }

    fn check_room(&self) -> Result<(), LinkError> {
        let d = &self.distinct;
        let columns = [
            &d.names,
            &d.any_order,
            &d.births,
            &d.emails,
            &d.telephones,
            &d.postcodes,
            &d.addresses,
            &d.homes,
            &d.cities,
        ];
        let full = columns
            .iter()
            .any(|texts| texts.bytes() as u64 + 8 * CELL_BYTES_MAX as u64 >= BYTES_MAX);
        if full || self.rows.len() as u64 >= ROWS_MAX {
            return Err(LinkError::TooLarge {
                rows: ROWS_MAX,
                bytes: BYTES_MAX,
            });
        }
        Ok(())
    }

    fn push_name(&mut self, record: &Record<'_>, row: &mut Row) {
        let cell = |cell: Option<&'_ str>| {
            cell.is_some_and(|raw| !raw.trim().is_empty() && raw.len() <= CELL_BYTES_MAX)
        };
        let names = &mut self.distinct.names;
        let apart = cell(record.given_name) || cell(record.family_name);
        if apart {
            let untitled = |raw: &str, out: &mut String| {
                names::fold(raw, out);
                let kept = names::untitled(out);
                if kept.len() < out.len() {
                    *out = kept.to_owned();
                }
            };
            row.given = code(record.given_name, names, untitled, &mut self.folded);
            row.family = code(record.family_name, names, untitled, &mut self.folded);
        } else if let Some(raw) = record.full_name.filter(|_| cell(record.full_name)) {
            names::fold(raw, &mut self.folded);
            let (given, family) = names::part(raw, &self.folded);
            row.given = if given.is_empty() {
                0
            } else {
                names.code(given)
            };
            row.family = if family.is_empty() {
                0
            } else {
                names.code(family)
            };
        }
        if row.given != 0 && row.family != 0 {
            names::in_any_order(names.get(row.given), names.get(row.family), &mut self.other);
            row.any_order = self.distinct.any_order.code(&self.other);
        }
    }

    /// The table, with what is known of each distinct value worked out.
    pub fn finish(self) -> Table {
        let values = Values::new(self.distinct, &self.rows);
        Table {
            rows: self.rows,
            values,
        }
    }
}

/// A cell's number: brought into its form, 0 where nothing is left.
fn code(
    cell: Option<&str>,
    texts: &mut Texts,
    form: impl Fn(&str, &mut String),
    room: &mut String,
) -> u32 {
    let Some(raw) = cell.filter(|raw| raw.len() <= CELL_BYTES_MAX) else {
        return 0;
    };
    form(raw, room);
    if room.is_empty() { 0 } else { texts.code(room) }
}

fn lower(raw: &str, out: &mut String) {
    out.clear();
    out.extend(raw.trim().chars().flat_map(char::to_lowercase));
}

fn digits(raw: &str, out: &mut String) {
    out.clear();
    out.extend(raw.chars().filter(char::is_ascii_digit));
}

fn packed(raw: &str, out: &mut String) {
    out.clear();
    out.extend(
        raw.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase),
    );
}
