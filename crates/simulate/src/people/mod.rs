//! A table of people in which it is known which records are of one person.
//!
//! Records have what customer files have: slips of the keyboard, given and
//! family name exchanged, cells left empty, another address for the same
//! person, an old mailbox, a married name, day and month exchanged. And what
//! makes strangers look like one person: namesakes as frequent as they are
//! (王, 李, 张; Smith, Jones), families that share a telephone and an address,
//! twins.
//!
//! ```
//! use perennial_simulate::people::{People, PeopleSettings};
//!
//! let people = People::new(PeopleSettings { persons: 100, ..PeopleSettings::default() })?;
//! assert!(people.len() > 100);
//! let first = people.record(0);
//! assert!(first.person < 100);
//! # Ok::<(), perennial_simulate::Error>(())
//! ```

mod mistakes;
mod person;
mod words;

#[cfg(test)]
mod tests;

use crate::error::Error;
use crate::random::{Purpose, Random};
use mistakes::{slip, wrong_date};
use person::Person;

/// Most people of one table.
pub const PERSONS_MAX: u32 = 50_000_000;
/// Most records of one person.
pub const RECORDS_PER_PERSON_MAX: u32 = 8;

/// What a table of people is made from. The same settings give the same records.
#[derive(Debug, Clone, PartialEq)]
pub struct PeopleSettings {
    /// People, 1 to 50,000,000.
    pub persons: u32,
    /// Seed of every draw.
    pub seed: u64,
    /// Mean number of records beyond the first of each person, 0 to 4; at most
    /// [`RECORDS_PER_PERSON_MAX`] each.
    pub extra_records_mean: f64,
    /// Share of Chinese households, 0 to 1; the others are English.
    pub chinese_share: f64,
    /// Share of households with twins, 0 to 1.
    pub twin_share: f64,
    /// How often a filled cell has a slip in it, 0 to 1.
    pub slip_share: f64,
    /// How many cells are empty, as a multiple of what is usual, 0 to 3.
    pub missing_factor: f64,
    /// How often a later record has an address, mailbox, telephone or name of
    /// another time of life, as a multiple of what is usual, 0 to 3.
    pub change_factor: f64,
}

impl Default for PeopleSettings {
    /// Ten thousand people, half of them Chinese, 1.43 records each.
    fn default() -> PeopleSettings {
        PeopleSettings {
            persons: 10_000,
            seed: 1,
            extra_records_mean: 0.43,
            chinese_share: 0.5,
            twin_share: 0.01,
            slip_share: 0.03,
            missing_factor: 1.0,
            change_factor: 1.0,
        }
    }
}

impl PeopleSettings {
    fn check(&self) -> Result<(), Error> {
        let ranges = [
            (
                "persons",
                f64::from(self.persons),
                1.0,
                f64::from(PERSONS_MAX),
            ),
            ("extra_records_mean", self.extra_records_mean, 0.0, 4.0),
            ("chinese_share", self.chinese_share, 0.0, 1.0),
            ("twin_share", self.twin_share, 0.0, 1.0),
            ("slip_share", self.slip_share, 0.0, 1.0),
            ("missing_factor", self.missing_factor, 0.0, 3.0),
            ("change_factor", self.change_factor, 0.0, 3.0),
        ];
        for (name, found, low, high) in ranges {
            if !(low..=high).contains(&found) {
                return Err(Error::Setting {
                    name,
                    found,
                    low,
                    high,
                });
            }
        }
        Ok(())
    }
}

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PersonRecord {
    /// Whose it is: the truth.
    pub person: u32,
    /// Given name, where the source keeps names apart.
    pub given_name: Option<String>,
    /// Family name, where the source keeps names apart.
    pub family_name: Option<String>,
    /// The whole name, where the source does not.
    pub full_name: Option<String>,
    /// `1987-03-24`.
    pub birth_date: Option<String>,
    /// E-mail address, in its one form but for slips.
    pub email: Option<String>,
    /// Telephone number, in E.164 but for slips.
    pub telephone: Option<String>,
    /// Postcode.
    pub postcode: Option<String>,
    /// Street and house.
    pub address: Option<String>,
    /// City.
    pub city: Option<String>,
}

/// A table of people, made record by record.
#[derive(Debug, Clone)]
pub struct People {
    settings: PeopleSettings,
    /// Person and number of the record among theirs, in the table's order.
    slots: Vec<(u32, u8)>,
}

impl People {
    /// Draws how many records each person has, and their order.
    ///
    /// # Errors
    /// A setting out of its range.
    pub fn new(settings: PeopleSettings) -> Result<People, Error> {
        settings.check()?;
        let mut slots = Vec::new();
        let extra = settings.extra_records_mean;
        for person in 0..settings.persons {
            let mut random = Random::keyed(settings.seed, Purpose::Record, u64::from(person), 99);
            let records = (1 + random.poisson(extra)).min(RECORDS_PER_PERSON_MAX);
            slots.extend((0..records).map(|record| (person, record as u8)));
        }
        let mut random = Random::keyed(settings.seed, Purpose::Shuffle, 0, 0);
        for i in (1..slots.len()).rev() {
            slots.swap(i, random.below(i as u32 + 1) as usize);
        }
        Ok(People { settings, slots })
    }

    /// Number of records.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there is no record; there always is one.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Whose record each row is, in the table's order.
    pub fn truth(&self) -> impl Iterator<Item = u32> + '_ {
        self.slots.iter().map(|slot| slot.0)
    }

    /// The record of a row; an empty one of person 0 beyond the last row.
    pub fn record(&self, row: usize) -> PersonRecord {
        let Some(&(number, copy)) = self.slots.get(row) else {
            return PersonRecord::default();
        };
        let settings = &self.settings;
        let person = person::person(
            settings.seed,
            number,
            settings.chinese_share,
            settings.twin_share,
        );
        let copy = u64::from(copy);
        let mut random = Random::keyed(settings.seed, Purpose::Record, u64::from(number), copy);
        let later = copy > 0;
        let mut changed =
            |usual: f64| later && random.chance((usual * settings.change_factor).min(1.0));
        let state = State {
            home: usize::from(changed(0.2)),
            email: usize::from(changed(0.25)),
            telephone: usize::from(changed(0.15)),
            married: changed(0.25),
        };
        self.written(number, &person, &state, &mut random)
    }

    /// A person as somebody wrote them down.
    fn written(
        &self,
        number: u32,
        person: &Person,
        state: &State,
        random: &mut Random,
    ) -> PersonRecord {
        let mut mistakes = Random::keyed(self.settings.seed, Purpose::Mistake, random.bits(), 0);
        let home = &person.homes[state.home];
        let shares_telephone = mistakes.chance(0.12);
        let telephone = if shares_telephone {
            &home.telephone
        } else {
            &person.telephones[state.telephone]
        };
        let birth = if mistakes.chance(self.settings.slip_share) {
            wrong_date(&mut mistakes, person.birth)
        } else {
            person.birth
        };
        let date = format!("{:04}-{:02}-{:02}", birth.0, birth.1, birth.2);
        let mut record = PersonRecord {
            person: number,
            birth_date: self.kept(&mut mistakes, 0.2).then_some(date),
            email: self.cell(&mut mistakes, &person.emails[state.email], 0.25),
            telephone: self.cell(&mut mistakes, telephone, 0.2),
            postcode: self.cell(&mut mistakes, &home.postcode, 0.12),
            address: self.cell(&mut mistakes, &home.address, 0.15),
            city: self.cell(&mut mistakes, &home.city, 0.08),
            ..PersonRecord::default()
        };
        self.write_name(&mut record, person, state, &mut mistakes);
        record
    }

    fn write_name(
        &self,
        record: &mut PersonRecord,
        person: &Person,
        state: &State,
        random: &mut Random,
    ) {
        let (mut given, mut family) = (person.given.clone(), person.family.clone());
        let mut chinese = person.latin.is_some();
        if let Some((latin_given, latin_family)) = &person.latin
            && random.chance(0.03)
        {
            (given, family) = (latin_given.clone(), latin_family.clone());
            chinese = false;
        }
        if let Some(name) = person.married_family.as_ref().filter(|_| state.married) {
            family.clone_from(name);
        }
        if given.is_ascii() && random.chance(0.03) {
            given.truncate(1);
        }
        if random.chance(0.015) {
            std::mem::swap(&mut given, &mut family);
        }
        let given = self.cell(random, &given, 0.01);
        let family = self.cell(random, &family, 0.005);
        if random.chance(0.4) {
            let (given, family) = (given.unwrap_or_default(), family.unwrap_or_default());
            let full = if chinese {
                format!("{family}{given}")
            } else {
                format!("{given} {family}")
            };
            record.full_name = Some(full.trim().to_owned()).filter(|name| !name.is_empty());
        } else {
            (record.given_name, record.family_name) = (given, family);
        }
    }

    fn kept(&self, random: &mut Random, missing: f64) -> bool {
        !random.chance((missing * self.settings.missing_factor).min(1.0))
    }

    fn cell(&self, random: &mut Random, value: &str, missing: f64) -> Option<String> {
        if !self.kept(random, missing) {
            return None;
        }
        if random.chance(self.settings.slip_share) {
            return Some(slip(random, value));
        }
        Some(value.to_owned())
    }
}

/// Which of a person's times a record is from.
struct State {
    home: usize,
    email: usize,
    telephone: usize,
    married: bool,
}
