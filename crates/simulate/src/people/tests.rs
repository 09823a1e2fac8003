//! What is drawn against what the settings say.

use std::collections::{BTreeMap, HashMap};

use super::*;

fn table(persons: u32, change: impl FnOnce(&mut PeopleSettings)) -> Vec<PersonRecord> {
    let mut settings = PeopleSettings {
        persons,
        seed: 5,
        ..PeopleSettings::default()
    };
    change(&mut settings);
    let people = People::new(settings).unwrap();
    let truth: Vec<u32> = people.truth().collect();
    let records: Vec<PersonRecord> = (0..people.len()).map(|row| people.record(row)).collect();
    assert!(records.iter().map(|record| record.person).eq(truth));
    records
}

fn share(records: &[PersonRecord], is: impl Fn(&PersonRecord) -> bool) -> f64 {
    records.iter().filter(|record| is(record)).count() as f64 / records.len() as f64
}

#[test]
fn the_same_settings_give_the_same_records() {
    assert_eq!(table(300, |_| {}), table(300, |_| {}));
    assert_ne!(table(300, |_| {}), table(300, |settings| settings.seed = 6));
}

#[test]
fn records_per_person_and_empty_cells_follow_the_settings() {
    let records = table(20_000, |_| {});
    assert!(
        (records.len() as f64 / 20_000.0 - 1.43).abs() < 0.02,
        "{}",
        records.len()
    );
    assert!((share(&records, |r| r.email.is_none()) - 0.25).abs() < 0.01);
    assert!((share(&records, |r| r.full_name.is_some()) - 0.4).abs() < 0.015);
    let whole = table(2_000, |settings| settings.missing_factor = 0.0);
    assert_eq!(
        share(&whole, |r| r.email.is_some() && r.city.is_some()),
        1.0
    );
}

#[test]
fn without_mistakes_records_of_one_person_are_alike_and_no_mailbox_is_shared() {
    let records = table(20_000, |settings| {
        settings.slip_share = 0.0;
        settings.change_factor = 0.0;
        settings.missing_factor = 0.0;
    });
    let mut owner = HashMap::new();
    let mut births = HashMap::new();
    for record in &records {
        let email = record.email.clone().unwrap();
        assert_eq!(*owner.entry(email).or_insert(record.person), record.person);
        let birth = record.birth_date.clone().unwrap();
        assert_eq!(
            *births.entry(record.person).or_insert_with(|| birth.clone()),
            birth
        );
    }
    let slipping = table(20_000, |settings| settings.slip_share = 0.05);
    let unknown = share(&slipping, |r| {
        r.email
            .as_ref()
            .is_some_and(|email| !owner.contains_key(email))
    });
    // Second mailboxes and slips: some of each.
    assert!(unknown > 0.05 && unknown < 0.2, "{unknown}");
}

#[test]
fn surnames_are_as_frequent_as_they_are() {
    let records = table(60_000, |settings| {
        settings.slip_share = 0.0;
        settings.chinese_share = 1.0;
        settings.extra_records_mean = 0.0;
    });
    let named: Vec<PersonRecord> = records
        .into_iter()
        .filter(|r| r.family_name.is_some())
        .collect();
    // 7.1 and 6.7 per cent, less those written in Latin letters or exchanged. Families share
    // a name, so the count varies more than that of single people.
    for (name, expected) in [("王", 0.071), ("张", 0.067), ("吴", 0.020)] {
        let found = share(&named, |r| r.family_name.as_deref() == Some(name));
        assert!((found / expected - 0.96).abs() < 0.1, "{name} {found}");
    }
    let english = table(60_000, |settings| settings.chinese_share = 0.0);
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for name in english.iter().filter_map(|r| r.family_name.clone()) {
        *counts.entry(name).or_default() += 1;
    }
    let total: u32 = counts.values().sum();
    let smith = f64::from(counts["Smith"]) / f64::from(total);
    assert!((0.008..0.018).contains(&smith), "{smith}");
    assert!(counts.len() > 3_000, "{}", counts.len());
}

#[test]
fn families_share_and_twins_are_born_together() {
    let records = table(6_000, |settings| {
        settings.slip_share = 0.0;
        settings.missing_factor = 0.0;
        settings.change_factor = 0.0;
        settings.extra_records_mean = 0.0;
        settings.twin_share = 0.5;
    });
    let mut at_home: BTreeMap<(String, String), Vec<&PersonRecord>> = BTreeMap::new();
    for record in &records {
        let place = (
            record.address.clone().unwrap(),
            record.postcode.clone().unwrap(),
        );
        at_home.entry(place).or_default().push(record);
    }
    let (mut twins, mut telephones) = (0, 0);
    for housemates in at_home.values() {
        for (i, a) in housemates.iter().enumerate() {
            for b in &housemates[i + 1..] {
                twins += u32::from(a.birth_date == b.birth_date);
                telephones += u32::from(a.telephone == b.telephone);
            }
        }
    }
    // About 1,900 households of two and more, half of them with twins.
    assert!((700..1_300).contains(&twins), "{twins}");
    assert!((20..300).contains(&telephones), "{telephones}");
}

#[test]
fn settings_out_of_range_are_refused() {
    let settings = PeopleSettings {
        slip_share: 1.5,
        ..PeopleSettings::default()
    };
    let error = People::new(settings).unwrap_err();
    assert_eq!(error.code(), "simulate/setting");
    assert!(error.to_string().contains("slip_share"), "{error}");
}

#[test]
fn a_slip_changes_little() {
    let mut random = Random::keyed(1, Purpose::Mistake, 0, 0);
    let mut changed = 0;
    for _ in 0..1_000 {
        let found = slip(&mut random, "Harrison");
        assert!((7..=9).contains(&found.len()), "{found}");
        changed += u32::from(found != "Harrison");
        assert_eq!(slip(&mut random, "王伟").chars().count(), 2);
        let (_, month, day) = wrong_date(&mut random, (1987, 3, 24));
        assert!((1..=12).contains(&month) && (1..=28).contains(&day));
    }
    // Two equal letters exchanged or a letter taken for itself change nothing.
    assert!(changed > 900, "{changed}");
}
