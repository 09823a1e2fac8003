//! Linking against an independent program, against itself written out plainly,
//! and against simulated truth.

mod parts;
mod second;
mod splink;
mod truth;

use perennial_simulate::people::{People, PeopleSettings, PersonRecord};

use super::*;

/// A simulated table, its records and whose they are.
pub fn simulated(settings: PeopleSettings) -> (Table, Vec<PersonRecord>) {
    let people = People::new(settings).expect("good settings");
    let records: Vec<PersonRecord> = (0..people.len()).map(|row| people.record(row)).collect();
    (table(&records), records)
}

pub fn table(records: &[PersonRecord]) -> Table {
    let mut table = TableBuilder::default();
    for record in records {
        table.push(&as_record(record)).expect("room");
    }
    table.finish()
}

fn as_record(record: &PersonRecord) -> Record<'_> {
    Record {
        given_name: record.given_name.as_deref(),
        family_name: record.family_name.as_deref(),
        full_name: record.full_name.as_deref(),
        birth_date: record.birth_date.as_deref(),
        email: record.email.as_deref(),
        telephone: record.telephone.as_deref(),
        postcode: record.postcode.as_deref(),
        address: record.address.as_deref(),
        city: record.city.as_deref(),
    }
}
