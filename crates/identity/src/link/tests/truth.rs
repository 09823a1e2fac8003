//! How right the links are where the truth is known, and that nothing but the
//! table decides them.

use super::*;

fn found(records: &[PersonRecord], pairs: &[Pair], threshold: f64) -> (f64, f64) {
    let told: Vec<&Pair> = pairs
        .iter()
        .filter(|pair| pair.probability() >= threshold)
        .collect();
    let same = |a: u32, b: u32| records[a as usize].person == records[b as usize].person;
    let right = told.iter().filter(|pair| same(pair.a, pair.b)).count() as f64;
    let mut persons: Vec<u32> = records.iter().map(|record| record.person).collect();
    persons.sort_unstable();
    let all: usize = persons
        .chunk_by(|a, b| a == b)
        .map(|p| p.len() * (p.len() - 1) / 2)
        .sum();
    (right / told.len() as f64, right / all as f64)
}

fn people(persons: u32, seed: u64) -> PeopleSettings {
    PeopleSettings {
        persons,
        seed,
        ..PeopleSettings::default()
    }
}

#[test]
fn most_duplicates_are_found_and_few_strangers_taken_for_one() {
    let (table, records) = simulated(people(8_000, 21));
    let linkage = link(
        &table,
        &LinkSettings {
            threshold: 0.5,
            ..LinkSettings::default()
        },
    )
    .expect("good");
    let (precision, recall) = found(&records, &linkage.pairs, 0.9);
    assert!(precision > 0.985 && recall > 0.84, "{precision} {recall}");
    // What the model says of a pair is how often it is so: nine of ten between .85 and .95 and the like.
    let (mut expected, mut right, mut count) = (0.0, 0.0, 0.0);
    for pair in linkage
        .pairs
        .iter()
        .filter(|pair| pair.probability() < 0.99)
    {
        let same = records[pair.a as usize].person == records[pair.b as usize].person;
        (expected, right, count) = (
            expected + pair.probability(),
            right + f64::from(same),
            count + 1.0,
        );
    }
    assert!(
        count > 200.0 && (expected / count - right / count).abs() < 0.15,
        "{expected} {right} {count}"
    );
    // Without households relatives are taken for one.
    let alone = LinkSettings {
        households: false,
        ..LinkSettings::default()
    };
    let without = link(&table, &alone).expect("good");
    let (worse, _) = found(&records, &without.pairs, 0.9);
    assert!(1.0 - worse > 2.5 * (1.0 - precision), "{worse} {precision}");
}

#[test]
fn twins_are_left_for_review() {
    let (table, records) = simulated(PeopleSettings {
        twin_share: 1.0,
        slip_share: 0.0,
        missing_factor: 0.0,
        extra_records_mean: 0.3,
        ..people(3_000, 4)
    });
    let linkage = link(
        &table,
        &LinkSettings {
            threshold: 0.5,
            ..LinkSettings::default()
        },
    )
    .expect("good");
    let settings = GroupSettings {
        threshold: 0.5,
        ..GroupSettings::default()
    };
    let wrong = |groups: &[Group]| -> usize {
        let person = |row: u32| records[row as usize].person;
        groups
            .iter()
            .filter(|group| {
                group
                    .rows
                    .iter()
                    .any(|&row| person(row) != person(group.rows[0]))
            })
            .count()
    };
    let (guarded, review) = groups(&linkage.pairs, &settings);
    let (joined, _) = groups(
        &linkage.pairs,
        &GroupSettings {
            join_relatives: true,
            ..settings
        },
    );
    assert!(
        wrong(&guarded) * 2 < wrong(&joined),
        "{} {}",
        wrong(&guarded),
        wrong(&joined)
    );
    let relatives = review
        .iter()
        .filter(|&&i| linkage.pairs[i].may_be_relatives())
        .count();
    assert_eq!(relatives, review.len());
}

#[test]
fn threads_do_not_change_a_byte() {
    let (table, _) = simulated(people(2_500, 9));
    let with = |threads: usize, random_pairs: u64| {
        let settings = LinkSettings {
            threads,
            random_pairs,
            threshold: 0.3,
            ..LinkSettings::default()
        };
        link(&table, &settings).expect("good")
    };
    for random_pairs in [300_000, 1 << 39] {
        let one = with(1, random_pairs);
        assert!(one.pairs.len() > 700, "{}", one.pairs.len());
        for threads in [2, 3, 8] {
            assert_eq!(with(threads, random_pairs), one);
        }
    }
    let again = link_with(
        &table,
        &LinkSettings {
            threshold: 0.3,
            ..LinkSettings::default()
        },
        with(1, 1 << 39).model,
    )
    .expect("good");
    assert_eq!(again.pairs, with(1, 1 << 39).pairs);
}

#[test]
fn the_heaviest_pairs_are_kept_where_there_are_too_many() {
    let (table, _) = simulated(people(1_000, 2));
    let settings = LinkSettings {
        threshold: 0.1,
        ..LinkSettings::default()
    };
    let all = link(&table, &settings).expect("good");
    assert!(!all.truncated);
    let few = link(
        &table,
        &LinkSettings {
            pairs_max: 100,
            ..settings
        },
    )
    .expect("good");
    assert!(few.truncated);
    assert_eq!(few.pairs.len(), 100);
    let mut weights: Vec<f64> = all.pairs.iter().map(|pair| pair.weight).collect();
    weights.sort_by(|a, b| b.total_cmp(a));
    assert!(few.pairs.iter().all(|pair| pair.weight >= weights[99]));
}

#[test]
fn one_pair_weighs_what_it_weighs_among_all() {
    let (table, _) = simulated(people(500, 3));
    let settings = LinkSettings::default();
    let linkage = link(&table, &settings).expect("good settings");
    let model = fit_model(&table, &settings).expect("good settings");
    assert_eq!(model, linkage.model);
    assert!(linkage.pairs.len() > 50);
    for pair in &linkage.pairs {
        let rows = (pair.b, pair.a);
        let alone = weigh(&table, &settings, &model, rows).expect("good settings");
        assert_eq!(alone, Some(*pair));
    }
    let none = weigh(&table, &settings, &model, (3, 3)).expect("good settings");
    assert_eq!(none, None);
    let last = table.len() as u32;
    assert_eq!(weigh(&table, &settings, &model, (0, last)), Ok(None));
}
