//! Plain rules: curves that rise, columns that win, bytes that hold.

use super::*;
use crate::bytes::tests::{refuses_damage, reseal};
use crate::matrix::{Column, Matrix};
use crate::random::Random;
use crate::special::sigmoid;

/// The least-squares rising levels by the min-max formula (Barlow et al. 1972).
fn min_max(values: &[(f64, f64)]) -> Vec<f64> {
    let mean = |from: usize, to: usize| {
        let (sum, weight) = values[from..=to]
            .iter()
            .fold((0.0, 0.0), |(sum, all), (value, weight)| {
                (sum + value * weight, all + weight)
            });
        sum / weight
    };
    (0..values.len())
        .map(|at| {
            (0..=at)
                .map(|from| {
                    (at..values.len())
                        .map(|to| mean(from, to))
                        .fold(f64::INFINITY, f64::min)
                })
                .fold(f64::NEG_INFINITY, f64::max)
        })
        .collect()
}

#[test]
fn pooling_equals_the_min_max_formula() {
    let mut random = Random::new(1);
    for _ in 0..50 {
        let values: Vec<(f64, f64)> = (0..12)
            .map(|_| (random.below(6) as f64, 1.0 + random.below(3) as f64))
            .collect();
        let expected = min_max(&values);
        let blocks = isotonic(values.iter().copied());
        for block in &blocks {
            for level in &expected[block.start..block.end] {
                assert!((level - block.level).abs() < 1e-12);
            }
        }
        assert!(blocks.windows(2).all(|pair| pair[0].level < pair[1].level));
        assert_eq!(blocks.last().unwrap().end, 12);
    }
}

#[test]
fn the_curve_rises_and_thin_blocks_are_drawn_in() {
    let mut random = Random::new(5);
    let scores: Vec<f64> = (0..5_000)
        .map(|row| {
            if row % 10 == 0 {
                f64::NAN
            } else {
                6.0 * random.uniform()
            }
        })
        .collect();
    let target: Vec<bool> = scores
        .iter()
        .map(|score| {
            let rate = if score.is_nan() {
                0.8
            } else {
                sigmoid(score - 3.0)
            };
            random.uniform() < rate
        })
        .collect();
    let rule = RatioRule::fit("silence", &scores, &target, &RatioSettings::default()).unwrap();
    assert_eq!(rule.column(), "silence");
    assert!((rule.missing().0 - 0.8).abs() < 0.05 && rule.missing().1 == 500);
    let asked: Vec<f64> = (0..=60).map(|tenth| f64::from(tenth) / 10.0).collect();
    let found = rule.predict(&asked).unwrap();
    assert!(found.windows(2).all(|pair| pair[0] <= pair[1]));
    for (score, rate) in asked.iter().zip(&found).skip(5).take(50) {
        assert!((rate - sigmoid(score - 3.0)).abs() < 0.1, "{score}: {rate}");
    }
    assert_eq!(
        rule.predict(&[-1e308, 1e308]).unwrap(),
        [found[0], found[60]]
    );
    assert!(rule.predict(&[f64::INFINITY]).is_err());

    // Two rows, by hand: base (1 + .5) / 3 = .5, ten prior rows.
    let two = RatioRule::fit("x", &[1.0, 2.0], &[false, true], &RatioSettings::default()).unwrap();
    let found = two.predict(&[0.0, 1.0, 1.5, 2.0, f64::NAN]).unwrap();
    for (found, expected) in found
        .iter()
        .zip([5.0 / 11.0, 5.0 / 11.0, 0.5, 6.0 / 11.0, 0.5])
    {
        assert!((found - expected).abs() < 1e-15);
    }
    // A falling relation gives the rate of all.
    let falling =
        RatioRule::fit("x", &[1.0, 2.0], &[true, false], &RatioSettings::default()).unwrap();
    assert_eq!(falling.predict(&[0.0, 5.0]).unwrap(), [0.5, 0.5]);
}

#[test]
fn a_ratio_rule_survives_its_bytes() {
    let scores: Vec<f64> = (0..40).map(f64::from).collect();
    let target: Vec<bool> = (0..40).map(|row| row % 5 == 0 || row > 30).collect();
    let rule = RatioRule::fit("x", &scores, &target, &RatioSettings::default()).unwrap();
    let bytes = rule.to_bytes().unwrap();
    assert_eq!(RatioRule::from_bytes(&bytes).unwrap(), rule);
    refuses_damage(&bytes, RatioRule::from_bytes);
    let mut random = Random::new(1);
    for _ in 0..2_000 {
        let at = 10 + random.below(bytes.len() as u64 - 42) as usize;
        let value = random.next_u64() as u8;
        if let Ok(rule) = RatioRule::from_bytes(&reseal(&bytes, |body| body[at] = value)) {
            for rate in rule.predict(&scores).unwrap() {
                assert!(rate > 0.0 && rate < 1.0);
            }
        }
    }
}

fn table() -> (Matrix, Vec<bool>) {
    let mut random = Random::new(2);
    let rows = 1_000;
    let noise: Vec<f64> = (0..rows).map(|_| random.uniform()).collect();
    let tenure: Vec<f64> = (0..rows)
        .map(|row| {
            if row % 20 == 0 {
                f64::NAN
            } else {
                random.below(72) as f64
            }
        })
        .collect();
    let target: Vec<bool> = tenure
        .iter()
        .map(|months| random.uniform() < if *months < 12.0 { 0.7 } else { 0.15 })
        .collect();
    let ids: Vec<String> = (0..rows).map(|row| format!("id{row}")).collect();
    let ids: Vec<Option<&str>> = ids.iter().map(|id| Some(id.as_str())).collect();
    let plans: Vec<Option<&str>> = (0..rows)
        .map(|_| ["a", "b", "c"].get(random.below(4) as usize).copied())
        .collect();
    let columns = vec![
        Column::category("id", &ids),
        Column::number("noise", noise),
        Column::category("plan", &plans),
        Column::number("tenure_months", tenure),
    ];
    (Matrix::new(columns).unwrap(), target)
}

#[test]
fn the_column_that_tells_wins() {
    let (matrix, target) = table();
    let settings = OneColumnSettings::default();
    let (rule, candidates) = OneColumnRule::fit(&matrix, &target, None, &settings).unwrap();
    assert_eq!(rule.column(), "tenure_months");
    assert_eq!(candidates.len(), 4);
    assert_eq!(candidates[0].column, "tenure_months");
    assert!(candidates[0].log_loss < candidates[1].log_loss - 0.03);
    assert_eq!(rule.bins().last().unwrap().kind, RuleBinKind::Missing);
    assert_eq!(rule.bins().iter().map(|bin| bin.rows).sum::<u64>(), 1_000);
    let asked = Matrix::new(vec![Column::number(
        "tenure_months",
        vec![-5.0, 3.0, 60.0, 1e9, f64::NAN],
    )])
    .unwrap();
    let found = rule.predict(&asked).unwrap();
    assert!(found[0] > 0.55 && found[1] > 0.55 && found[2] < 0.3 && found[3] < 0.3);
    // Every training row gets the rate of its own bin.
    let predicted = rule.predict(&matrix).unwrap();
    let expected: f64 = rule
        .bins()
        .iter()
        .map(|bin| bin.rate * bin.rows as f64)
        .sum();
    assert!((predicted.iter().sum::<f64>() - expected).abs() < 1e-9);
    assert!(
        rule.predict(&Matrix::new(vec![Column::number("x", vec![1.0])]).unwrap())
            .is_err()
    );
}

#[test]
fn levels_unseen_share_the_rate_of_others() {
    let plans: Vec<Option<&str>> = (0..60)
        .map(|row| {
            if row < 30 {
                Some("a")
            } else if row < 58 {
                Some("b")
            } else {
                None
            }
        })
        .collect();
    let target: Vec<bool> = (0..60).map(|row| row < 25 || row == 40).collect();
    let matrix = Matrix::new(vec![Column::category("plan", &plans)]).unwrap();
    let settings = OneColumnSettings::default();
    let (rule, _) = OneColumnRule::fit(&matrix, &target, None, &settings).unwrap();
    let base = 26.5 / 61.0;
    let asked = Matrix::new(vec![Column::category(
        "plan",
        &[Some("new"), Some("b"), Some("a"), None],
    )])
    .unwrap();
    let expected = [
        base,
        (1.0 + 10.0 * base) / 38.0,
        (25.0 + 10.0 * base) / 40.0,
        10.0 * base / 12.0,
    ];
    for (found, expected) in rule.predict(&asked).unwrap().iter().zip(expected) {
        assert!((found - expected).abs() < 1e-15);
    }
    let bytes = rule.to_bytes().unwrap();
    assert_eq!(OneColumnRule::from_bytes(&bytes).unwrap(), rule);
    refuses_damage(&bytes, OneColumnRule::from_bytes);
}

#[test]
fn hostile_bins_are_refused_or_harmless() {
    let (matrix, target) = table();
    let settings = OneColumnSettings::default();
    let (rule, _) = OneColumnRule::fit(&matrix, &target, None, &settings).unwrap();
    let bytes = rule.to_bytes().unwrap();
    let mut random = Random::new(1);
    for _ in 0..2_000 {
        let at = 10 + random.below(bytes.len() as u64 - 42) as usize;
        let value = random.next_u64() as u8;
        if let Ok(rule) = OneColumnRule::from_bytes(&reseal(&bytes, |body| body[at] = value)) {
            for rate in rule.predict(&matrix).unwrap_or_default() {
                assert!(rate > 0.0 && rate < 1.0);
            }
        }
    }
}

#[test]
fn six_rows_still_give_rules() {
    let matrix = Matrix::new(vec![
        Column::number("purchase_frequency", vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
        Column::number("customer_satisfaction", vec![5.0, 7.0, 6.0, 8.0, 5.0, 9.0]),
    ])
    .unwrap();
    let target = [false, false, true, false, true, false];
    let settings = OneColumnSettings::default();
    let (rule, candidates) = OneColumnRule::fit(&matrix, &target, None, &settings).unwrap();
    assert_eq!(candidates.len(), 2);
    for rate in rule.predict(&matrix).unwrap() {
        assert!(rate > 0.2 && rate < 0.6);
    }
    let customer = OneColumnRule::fit(&matrix, &target, Some(&[1; 6]), &settings).unwrap();
    assert_eq!(customer.0.column(), "purchase_frequency");
}
