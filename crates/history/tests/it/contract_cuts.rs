//! What must not matter: the order of rows with one start, and whatever lies at or after the cut.

use std::collections::{BTreeMap, BTreeSet};

use crate::contract_peer::{feature_fold, random_rows, us};
use crate::contract_table::{Contracts, Row, plans};
use crate::table::Random;
use perennial_history::{
    DAY_US, FeatureRows, Fold, GathersRows, LABEL_UNKNOWN, NO_MOMENT, PlanNames,
};

fn bits(rows: &FeatureRows) -> Vec<Vec<u64>> {
    let column = |column: &Vec<f64>| column.iter().map(|v| v.to_bits()).collect();
    rows.columns.iter().map(column).collect()
}

fn rows_of(plans: &PlanNames, rows: &[Row], cuts: &[i64], known_until_us: i64) -> FeatureRows {
    let mut fold = feature_fold(plans, cuts, 5 * DAY_US).known_until(known_until_us);
    fold.fold(&Contracts::of_rows(plans, rows).of(1));
    fold.take_rows()
}

#[test]
fn the_order_of_rows_with_one_start_changes_nothing() {
    let mut random = Random(1_618);
    let plans = plans("basic gold");
    let cuts: Vec<i64> = (1..28).map(|place| us(place * 10)).collect();
    let mut shared = 0;
    for _ in 0..400 {
        let mut rows = random_rows(&mut random);
        let starts: BTreeSet<i64> = rows.iter().map(|row| row.0).collect();
        shared += rows.len() - starts.len();
        let first = rows_of(&plans, &rows, &cuts, us(400));
        shuffle(&mut random, &mut rows);
        let second = rows_of(&plans, &rows, &cuts, us(400));
        assert_eq!(bits(&first), bits(&second), "{rows:?}");
        assert_eq!(first.label, second.label, "{rows:?}");
    }
    assert!(shared > 400, "only {shared} rows share a start");
}

/// Moments off the days, each row a subscription of its own.
fn apart(random: &mut Random, rows: &[Row]) -> Vec<Row> {
    let mut shifted = rows.to_vec();
    for (id, row) in (1..).zip(&mut shifted) {
        row.0 += random.below(3) as i64;
        row.5 = id;
    }
    shifted
}

#[test]
fn nothing_at_or_after_the_cut_changes_a_feature() {
    let mut random = Random(2_718_281);
    let plans = plans("basic gold");
    let (mut compared, mut moved_ends) = (0, 0);
    for _ in 0..1_500 {
        let drawn = random_rows(&mut random);
        let rows = apart(&mut random, &drawn);
        let Some(row) = rows.get(random.below(8) as usize) else {
            continue;
        };
        // At a start or an end, or a little later.
        let at = [row.0, row.1.min(us(300))][random.below(2) as usize];
        let cut = at + [0, 1, 2, DAY_US][random.below(4) as usize];
        let original = rows_of(&plans, &rows, &[cut], cut);
        let mut later = Vec::new();
        for row in &rows {
            let mut row = *row;
            if row.0 >= cut {
                // Moved, no further back than the cut itself.
                row.0 = cut + random.below(90) as i64 * DAY_US;
            }
            if row.1 >= cut && row.0 < cut {
                row.1 = [cut, cut + 1, cut + 50 * DAY_US, NO_MOMENT][random.below(4) as usize];
                moved_ends += 1;
            }
            later.push(row);
        }
        later.push((cut, NO_MOMENT, NO_MOMENT, 10_000, 1, 99));
        let moved = rows_of(&plans, &later, &[cut], cut);
        assert_eq!(bits(&moved), bits(&original), "{rows:?} at {cut}");
        compared += original.len();
        // The property would hold for a fold that reads nothing: an end before the cut is known.
        let Some(place) = later.iter().position(|row| row.0 < cut - 1 && row.1 >= cut) else {
            continue;
        };
        later[place].1 = cut - 1;
        let ended = rows_of(&plans, &later, &[cut], cut);
        assert_ne!(bits(&ended), bits(&original), "{rows:?} at {cut}");
    }
    assert!(
        compared > 700 && moved_ends > 700,
        "only {compared} rows compared, {moved_ends} ends moved"
    );
}

#[test]
fn a_known_label_does_not_change_with_what_comes_later() {
    let mut random = Random(3_141_592);
    let plans = plans("basic gold");
    let mut seen = BTreeMap::new();
    for _ in 0..1_500 {
        let drawn = random_rows(&mut random);
        let rows = apart(&mut random, &drawn);
        let cut = us(random.below(250) as i64) + random.below(3) as i64;
        let known_until = cut + 35 * DAY_US;
        let original = rows_of(&plans, &rows, &[cut], known_until);
        let mut later: Vec<Row> = rows
            .iter()
            .copied()
            .filter(|row| row.0 < known_until)
            .collect();
        for row in &mut later {
            if row.1 >= known_until {
                row.1 = [known_until, NO_MOMENT][random.below(2) as usize];
            }
        }
        later.push((known_until, NO_MOMENT, NO_MOMENT, 10_000, 1, 99));
        let moved = rows_of(&plans, &later, &[cut], known_until);
        assert_eq!(moved.label, original.label, "{rows:?} at {cut}");
        for label in original.label {
            *seen.entry(label).or_insert(0) += 1;
        }
        let too_early = rows_of(&plans, &rows, &[cut], known_until - 1);
        assert!(too_early.label.iter().all(|&label| label == LABEL_UNKNOWN));
    }
    assert!(
        seen.len() == 2 && seen.values().all(|&n| n > 200),
        "{seen:?}"
    );
}

fn shuffle(random: &mut Random, rows: &mut [Row]) {
    for place in (1..rows.len()).rev() {
        rows.swap(place, random.below(place as u64 + 1) as usize);
    }
}
