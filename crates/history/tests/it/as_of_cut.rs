//! The property of the as-of cut: whatever happens to events at and after it, no feature changes.

use std::sync::OnceLock;

use crate::table::{Lines, Random, calendar};
use perennial_history::{
    AsOf, Calendar, DAY_US, FeatureFold, FeatureRows, Fold, GathersRows, UNKNOWN_PRODUCT,
    order_line_features,
};

type Row = (i64, u64, u32, i64, i64);

fn random_row(random: &mut Random, time_us: i64) -> Row {
    let sign = if random.below(8) == 0 { -1 } else { 1 };
    let product = if random.below(9) == 0 {
        UNKNOWN_PRODUCT
    } else {
        random.below(6) as u32
    };
    let quantity = sign * (random.below(5) * 10_000) as i64;
    (
        time_us,
        random.below(12),
        product,
        quantity,
        sign * random.below(400_000) as i64,
    )
}

/// Some rows over about two years; a few share a moment.
fn random_rows(random: &mut Random) -> Vec<Row> {
    let count = 1 + random.below(30);
    (0..count)
        .map(|_| {
            let time_us = (random.below(800 * 24) as i64) * DAY_US / 24;
            random_row(random, time_us)
        })
        .collect()
}

fn features(rows: &[Row], cuts: &[i64]) -> FeatureRows {
    let mut rows = rows.to_vec();
    rows.sort_unstable();
    let mut lines = Lines::default();
    for row in rows {
        lines.push(row);
    }
    let cuts = cuts.iter().map(|&cut| AsOf(cut)).collect();
    static LONDON: OnceLock<Calendar> = OnceLock::new();
    let london = LONDON.get_or_init(|| calendar("Europe/London")).clone();
    let mut fold = FeatureFold::new(london, cuts, None);
    fold.fold(&lines.of(1));
    fold.take_rows()
}

fn assert_same(before: &FeatureRows, after: &FeatureRows) {
    assert_eq!(before.as_of, after.as_of);
    for (mine, theirs) in before.columns.iter().zip(&after.columns) {
        let bits = |column: &[f64]| column.iter().map(|v| v.to_bits()).collect::<Vec<u64>>();
        assert_eq!(bits(mine), bits(theirs));
    }
}

#[test]
fn nothing_at_or_after_the_cut_changes_a_feature() {
    let mut random = Random(20_111_209);
    let mut compared = 0;
    for _ in 0..2_000 {
        let rows = random_rows(&mut random);
        // A cut at the very moment of an event as often as not.
        let at_event = rows[random.below(rows.len() as u64) as usize].0;
        let cut = at_event + [0, 1, 7 * DAY_US][random.below(3) as usize];
        let original = features(&rows, &[cut]);
        let (known, later): (Vec<Row>, Vec<Row>) = rows.iter().partition(|row| row.0 < cut);

        // Deleted.
        assert_same(&original, &features(&known, &[cut]));
        // Moved, no further back than the cut itself, and changed in everything else.
        let mut moved = known.clone();
        for row in &later {
            let time_us = cut.max(row.0 - (random.below(90) as i64) * DAY_US);
            moved.push(random_row(&mut random, time_us));
        }
        // Added, some with the order ids and products of the past.
        for _ in 0..random.below(10) {
            let time_us = cut + (random.below(3) as i64) * DAY_US / 2;
            moved.push(random_row(&mut random, time_us));
        }
        assert_same(&original, &features(&moved, &[cut]));
        compared += original.len();
    }
    assert!(compared > 1_000, "only {compared} rows compared");
}

#[test]
fn an_event_moved_to_before_the_cut_does_change_features() {
    // The property above would hold for a fold that reads nothing: this one would not.
    let cut = 100 * DAY_US;
    let first = (10 * DAY_US, 1, 1, 10_000, 10_000);
    let at = features(&[first, (cut, 2, 2, 10_000, 10_000)], &[cut]);
    let before = features(&[first, (cut - 1, 2, 2, 10_000, 10_000)], &[cut]);
    assert_eq!(
        at.column(order_line_features(), "orders_total").unwrap(),
        [1.0]
    );
    assert_eq!(
        before
            .column(order_line_features(), "orders_total")
            .unwrap(),
        [2.0]
    );
}

#[test]
fn many_cuts_in_one_pass_equal_one_pass_each() {
    let mut random = Random(7);
    for _ in 0..300 {
        let rows = random_rows(&mut random);
        let mut cuts: Vec<i64> = (0..12).map(|_| random.below(900) as i64 * DAY_US).collect();
        cuts.sort_unstable();
        cuts.dedup();
        let together = features(&rows, &cuts);
        let mut place = 0;
        for cut in cuts {
            let alone = features(&rows, &[cut]);
            for (mine, theirs) in together.columns.iter().zip(&alone.columns) {
                if let Some(value) = theirs.first() {
                    assert_eq!(mine[place].to_bits(), value.to_bits());
                }
            }
            place += alone.len();
        }
        assert_eq!(place, together.len());
    }
}
