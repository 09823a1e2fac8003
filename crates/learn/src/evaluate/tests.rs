//! Measures against definitions written out, published numbers and simulation.

use super::*;
use crate::random::Random;
use crate::special::{Z_95, logit, sigmoid};

/// Scores with ties, and outcomes that follow them loosely.
fn sample(rows: usize, seed: u64) -> (Vec<f64>, Vec<bool>) {
    let mut random = Random::new(seed);
    (0..rows)
        .map(|_| {
            let score = random.below(40) as f64 / 40.0;
            (score, random.uniform() < 0.1 + 0.5 * score)
        })
        .unzip()
}

fn kernel(positive: f64, negative: f64) -> f64 {
    if positive > negative {
        1.0
    } else if positive == negative {
        0.5
    } else {
        0.0
    }
}

/// DeLong's definition, pair by pair: area, placements of positives and negatives.
fn brute(scores: &[f64], target: &[bool]) -> (f64, Vec<f64>, Vec<f64>) {
    let side = |wanted: bool| -> Vec<f64> {
        let rows = scores.iter().zip(target);
        rows.filter(|(_, y)| **y == wanted)
            .map(|(s, _)| *s)
            .collect()
    };
    let (positives, negatives) = (side(true), side(false));
    let mean = |values: Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
    let of_positives: Vec<f64> = positives
        .iter()
        .map(|p| mean(negatives.iter().map(|n| kernel(*p, *n)).collect()))
        .collect();
    let of_negatives = negatives
        .iter()
        .map(|n| mean(positives.iter().map(|p| kernel(*p, *n)).collect()))
        .collect();
    (mean(of_positives.clone()), of_positives, of_negatives)
}

fn covariance(left: &[f64], right: &[f64]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (a, b) = (mean(left), mean(right));
    let sum: f64 = left.iter().zip(right).map(|(x, y)| (x - a) * (y - b)).sum();
    sum / (left.len() - 1) as f64
}

#[test]
fn delong_equals_its_definition() {
    for seed in 0..5 {
        let (scores, target) = sample(150, seed);
        let found = roc_auc(&scores, &target, None).unwrap();
        let (auc, positives, negatives) = brute(&scores, &target);
        let variance = covariance(&positives, &positives) / positives.len() as f64
            + covariance(&negatives, &negatives) / negatives.len() as f64;
        assert!((found.value - auc).abs() < 1e-12);
        assert!((found.std_error.unwrap() - variance.sqrt()).abs() < 1e-12);
        assert_eq!(
            (found.positives, found.negatives),
            (positives.len(), negatives.len())
        );
    }
}

#[test]
fn paired_delong_equals_its_definition() {
    let (first, target) = sample(200, 3);
    let mut random = Random::new(8);
    let second: Vec<f64> = first
        .iter()
        .map(|s| s + random.below(30) as f64 / 30.0)
        .collect();
    let found = paired_difference(&first, &second, &target, None).unwrap();
    let (a, a_positives, a_negatives) = brute(&first, &target);
    let (b, b_positives, b_negatives) = brute(&second, &target);
    let part = |a: &[f64], b: &[f64]| {
        (covariance(a, a) + covariance(b, b) - 2.0 * covariance(a, b)) / a.len() as f64
    };
    let variance = part(&a_positives, &b_positives) + part(&a_negatives, &b_negatives);
    assert!((found.value - (a - b)).abs() < 1e-12);
    assert!((found.std_error.unwrap() - variance.sqrt()).abs() < 1e-12);
    let p = crate::special::normal_p_two_sided((a - b) / variance.sqrt());
    assert!((found.p.unwrap() - p).abs() < 1e-12);
    let (low, high) = found.interval.unwrap();
    assert!((high - low - 2.0 * Z_95 * variance.sqrt()).abs() < 1e-12);
    let same = paired_difference(&first, &first, &target, None).unwrap();
    assert_eq!((same.value, same.p), (0.0, Some(1.0)));
}

#[test]
fn doubled_rows_of_a_customer_do_not_narrow_the_interval() {
    let (scores, target) = sample(120, 1);
    let single = roc_auc(&scores, &target, None).unwrap();
    let twice = |row: usize| row / 2;
    let scores: Vec<f64> = (0..240).map(|row| scores[twice(row)]).collect();
    let target: Vec<bool> = (0..240).map(|row| target[twice(row)]).collect();
    let groups: Vec<u64> = (0..240).map(|row| 1_000 - twice(row) as u64).collect();
    let clustered = roc_auc(&scores, &target, Some(&groups)).unwrap();
    let naive = roc_auc(&scores, &target, None).unwrap();
    assert!((clustered.value - single.value).abs() < 1e-12);
    assert!((clustered.std_error.unwrap() - single.std_error.unwrap()).abs() < 1e-12);
    assert!(naive.std_error.unwrap() < 0.75 * single.std_error.unwrap());
}

#[test]
fn the_interval_covers_as_often_as_it_says() {
    // True area of N(1, 1) against N(0, 1): Φ(1 / √2) = .7602499.
    let mut random = Random::new(17);
    let mut normal = || (0..12).map(|_| random.uniform()).sum::<f64>() - 6.0;
    let target: Vec<bool> = (0..120).map(|row| row % 3 == 0).collect();
    let mut covered = 0;
    for _ in 0..400 {
        let scores: Vec<f64> = target
            .iter()
            .map(|y| normal() + f64::from(u8::from(*y)))
            .collect();
        let (low, high) = roc_auc(&scores, &target, None).unwrap().interval.unwrap();
        covered += usize::from(low < 0.7602499 && 0.7602499 < high);
    }
    assert!((366..=396).contains(&covered), "{covered}");
}

#[test]
fn extremes_of_the_area_keep_an_honest_interval() {
    let target = [false, false, false, true, true];
    let perfect = roc_auc(&[0.1, 0.2, 0.3, 0.4, 0.5], &target, None).unwrap();
    assert_eq!(perfect.value, 1.0);
    assert!(perfect.interval.unwrap().0 < 0.4);
    let level = roc_auc(&[0.5; 5], &target, None).unwrap();
    assert_eq!(level.value, 0.5);
    let one = roc_auc(&[0.1, 0.2], &[false, true], None).unwrap();
    assert_eq!((one.value, one.interval), (1.0, None));
    assert_eq!(
        roc_auc(&[0.1], &[true], None).unwrap_err().code(),
        "learn/one-class"
    );
    assert!(roc_auc(&[f64::NAN, 1.0], &[true, false], None).is_err());
}

#[test]
fn the_example_of_the_usual_library() {
    // scikit-learn's documentation of roc_auc_score and average_precision_score.
    let (scores, target) = ([0.1, 0.4, 0.35, 0.8], [false, false, true, true]);
    assert_eq!(roc_auc(&scores, &target, None).unwrap().value, 0.75);
    assert!((average_precision(&scores, &target).unwrap() - 0.83333333333).abs() < 1e-10);
    // log_loss's documentation: spam, ham, ham, spam with .9 .1 .2 .65.
    let loss = log_loss(&[0.9, 0.1, 0.2, 0.65], &[true, false, false, true]).unwrap();
    assert!((loss - 0.21616187468057912).abs() < 1e-15);
    // brier_score_loss's documentation: .1 .9 .8 .3 with 0 1 1 0.
    let found = brier(&[0.1, 0.9, 0.8, 0.3], &[false, true, true, false]).unwrap();
    assert!((found - 0.0375).abs() < 1e-15);
    let curve = roc_curve(&scores, &target, 100).unwrap();
    let points: Vec<(f64, f64)> = curve.iter().map(|point| (point.x, point.y)).collect();
    assert_eq!(
        points,
        [(0.0, 0.0), (0.0, 0.5), (0.5, 0.5), (0.5, 1.0), (1.0, 1.0)]
    );
    let curve = pr_curve(&scores, &target, 100).unwrap();
    assert_eq!((curve[0].x, curve[0].y), (0.5, 1.0));
    assert_eq!((curve[3].x, curve[3].y), (1.0, 0.5));
    assert_eq!(roc_curve(&scores, &target, 2).unwrap().len(), 2);
}

#[test]
fn tied_scores_enter_average_precision_together() {
    // One run of four with two hits, then one hit: 2/3 · 2/4 + 1/3 · 3/5.
    let target = [true, false, true, false, true];
    let found = average_precision(&[0.9, 0.9, 0.9, 0.9, 0.1], &target).unwrap();
    assert!((found - (2.0 / 3.0 * 0.5 + 0.6 / 3.0)).abs() < 1e-15);
    let turned = average_precision(
        &[0.1, 0.9, 0.9, 0.9, 0.9],
        &[true, true, false, true, false],
    );
    assert!((turned.unwrap() - found).abs() < 1e-15);
}

#[test]
fn confusion_and_its_measures() {
    let target = [true, true, true, false, false, false, false];
    let scores = [0.9, 0.4, 0.2, 0.8, 0.5, 0.1, 0.0];
    let found = confusion_at(&scores, &target, 0.4).unwrap();
    let expected = Confusion {
        true_positives: 2,
        false_positives: 2,
        true_negatives: 2,
        false_negatives: 1,
    };
    assert_eq!(found, expected);
    assert_eq!(
        (found.precision(), found.recall()),
        (Some(0.5), Some(2.0 / 3.0))
    );
    assert!((found.f1().unwrap() - 4.0 / 7.0).abs() < 1e-15);
    let nobody = confusion_at(&scores, &target, 1.0).unwrap();
    assert_eq!(
        (nobody.precision(), nobody.recall(), nobody.f1()),
        (None, Some(0.0), Some(0.0))
    );
}

#[test]
fn the_threshold_is_where_the_offer_pays() {
    // An offer of 10 that keeps a tenth of the leavers pays from p = .5 at 200.
    assert_eq!(profit_threshold(10.0, 0.1, 200.0), Some(0.5));
    assert_eq!(profit_threshold(10.0, 0.1, 90.0), None);
    assert_eq!(profit_threshold(10.0, 0.1, -5.0), None);
    assert_eq!(profit_threshold(10.0, 0.0, 200.0), None);
    assert_eq!(profit_threshold(0.0, 0.1, 200.0), Some(0.0));
    assert_eq!(profit_threshold(f64::NAN, 0.1, 200.0), None);
    let chosen = profit_decisions(&[0.5, 0.49, 0.9, 0.9], 10.0, 0.1, &[200.0, 200.0, 0.0, 1e4]);
    assert_eq!(chosen.unwrap(), [true, false, false, true]);
    assert!(profit_decisions(&[0.5], 10.0, 0.1, &[f64::NAN]).is_err());
}

#[test]
fn the_profit_curve_counts_what_is_kept_and_what_it_costs() {
    let scores = [0.9, 0.8, 0.8, 0.3];
    let target = [true, true, false, false];
    let curve = |values: &[f64]| profit_curve(&scores, &target, values, 10.0, 0.5, 100);
    let points = curve(&[100.0, 40.0, 500.0, 500.0]).unwrap();
    // 50 - 10; then 20 - 20 for the two that are tied; then 10 for nothing.
    let expected = [(0.0, 0.0), (0.25, 40.0), (0.75, 40.0), (1.0, 30.0)];
    assert_eq!(points.len(), expected.len());
    for (point, (share, profit)) in points.iter().zip(expected) {
        assert!((point.share - share).abs() < 1e-12 && (point.profit - profit).abs() < 1e-9);
    }
    assert!(curve(&[1.0; 3]).is_err());
    assert!(curve(&[f64::NAN; 4]).is_err());
}

#[test]
fn a_thinned_profit_curve_keeps_its_ends_and_its_best() {
    let scores: Vec<f64> = (0..5_000).map(|row| -f64::from(row)).collect();
    let target: Vec<bool> = (0..5_000).map(|row| row < 1_237).collect();
    let values = vec![100.0; 5_000];
    let points = profit_curve(&scores, &target, &values, 1.0, 0.1, 20).unwrap();
    assert!(points.len() <= 20);
    assert!(points.windows(2).all(|pair| pair[0].share < pair[1].share));
    let best = points.iter().map(|p| p.profit).fold(f64::MIN, f64::max);
    assert!((best - 9.0 * 1_237.0).abs() < 1e-6, "{best}");
    let (first, last) = (points[0], points[points.len() - 1]);
    assert_eq!((first.share, first.profit, last.share), (0.0, 0.0, 1.0));
    assert!((last.profit - (12_370.0 - 5_000.0)).abs() < 1e-6);
}

#[test]
fn bins_keep_equal_probabilities_together() {
    let probabilities: Vec<f64> = (0..100)
        .map(|row| f64::from(row / 10 * 10) / 100.0)
        .collect();
    let target: Vec<bool> = (0..100).map(|row| row % 10 < row / 10).collect();
    let bins = calibration_bins(&probabilities, &target, 5).unwrap();
    assert_eq!(bins.iter().map(|bin| bin.n).sum::<usize>(), 100);
    for bin in &bins {
        assert!((bin.mean_probability - bin.observed).abs() < 1e-12);
        assert!(bin.low <= bin.observed && bin.observed <= bin.high && bin.n == 20);
    }
    assert!(
        bins.windows(2)
            .all(|pair| pair[0].mean_probability < pair[1].mean_probability)
    );
    let level = calibration_bins(&[0.3; 7], &[true; 7], 10).unwrap();
    assert_eq!((level.len(), level[0].n), (1, 7));
    // Expected error by hand: |.3 - 1|.
    assert!((calibration::expected_error(&level) - 0.7).abs() < 1e-12);
    assert!(calibration_bins(&[0.3], &[true], 0).is_err());
    let distinct: Vec<f64> = (0..103).map(|row| f64::from(row) / 200.0).collect();
    let bins = calibration_bins(&distinct, &[true; 103], 10).unwrap();
    assert_eq!(bins.len(), 10);
    assert!(bins.iter().all(|bin| (10..=11).contains(&bin.n)));
}

#[test]
fn recalibration_finds_slope_and_intercept() {
    let mut random = Random::new(21);
    let logits: Vec<f64> = (0..20_000).map(|_| 4.0 * random.uniform() - 3.0).collect();
    let target: Vec<bool> = logits
        .iter()
        .map(|x| random.uniform() < sigmoid(*x))
        .collect();
    let honest: Vec<f64> = logits.iter().map(|x| sigmoid(*x)).collect();
    let found = recalibration(&honest, &target, None).unwrap().unwrap();
    assert!(found.slope_interval.0 < 1.0 && 1.0 < found.slope_interval.1);
    assert!((found.slope - 1.0).abs() < 0.06 && found.intercept.abs() < 0.06);
    // Twice too extreme and one too high: slope halves, intercept is -1/2.
    let boastful: Vec<f64> = logits.iter().map(|x| sigmoid(2.0 * x + 1.0)).collect();
    let other = recalibration(&boastful, &target, None).unwrap().unwrap();
    assert!((other.slope - found.slope / 2.0).abs() < 1e-6);
    assert!((other.intercept - (found.intercept - found.slope / 2.0)).abs() < 1e-6);
    let reason = |p: &[f64], y: &[bool]| recalibration(p, y, None).unwrap().unwrap_err();
    assert_eq!(
        reason(&[0.5, 0.5], &[true, false]),
        AbsentReason::ConstantScore
    );
    assert_eq!(reason(&[0.5, 0.6], &[true, true]), AbsentReason::OneClass);
    assert_eq!(
        reason(&[0.1, 0.2, 0.8, 0.9], &[false, false, true, true]),
        AbsentReason::NoFiniteEstimate
    );
}

#[test]
fn a_saturated_recalibration_has_woolfs_errors() {
    // Two distinct probabilities: the fit is the observed log-odds.
    let mut probabilities = vec![0.2; 50];
    probabilities.extend([0.6; 40]);
    let target: Vec<bool> = (0..90)
        .map(|row| row < 15 || (50..78).contains(&row))
        .collect();
    let found = recalibration(&probabilities, &target, None)
        .unwrap()
        .unwrap();
    let span = logit(0.6) - logit(0.2);
    let slope = (logit(0.7) - logit(0.3)) / span;
    assert!((found.slope - slope).abs() < 1e-9);
    assert!((found.intercept - (logit(0.3) - slope * logit(0.2))).abs() < 1e-9);
    let error = (1.0 / 15.0 + 1.0 / 35.0 + 1.0 / 28.0 + 1.0 / 12.0_f64).sqrt() / span;
    let half = (found.slope_interval.1 - found.slope_interval.0) / 2.0;
    assert!((half - Z_95 * error).abs() < 1e-9, "{half}");
}

#[test]
fn lift_counts_from_the_top_and_shares_ties() {
    let scores: Vec<f64> = (0..20).map(|row| 1.0 - f64::from(row) / 20.0).collect();
    let target: Vec<bool> = (0..20).map(|row| row < 3 || row == 10).collect();
    let found = deciles(&scores, &target).unwrap();
    assert_eq!(found.len(), 10);
    assert_eq!(
        (
            found[0].positives,
            found[0].lift,
            found[0].cumulative_capture
        ),
        (2.0, 5.0, 0.5)
    );
    assert_eq!((found[1].rate, found[1].cumulative_capture), (0.5, 0.75));
    assert_eq!(found[9].cumulative_capture, 1.0);
    let level = deciles(&[0.4; 20], &target).unwrap();
    assert!(level.iter().all(|decile| (decile.lift - 1.0).abs() < 1e-12));
    assert_eq!(
        deciles(&[0.1, 0.2, 0.3], &[true, false, true])
            .unwrap()
            .len(),
        3
    );
    assert_eq!(deciles(&scores, &[false; 20]).unwrap()[0].lift, 0.0);
}

fn scored<'a>(p: &'a [f64], y: &'a [bool], groups: Option<&'a [u64]>) -> Scored<'a> {
    Scored {
        probabilities: p,
        target: y,
        groups,
        choice: Choice::AtLeast(0.3),
    }
}

#[test]
fn everything_at_once_agrees_with_each_alone() {
    let (p, y) = sample(800, 4);
    let found = evaluate(&scored(&p, &y, None), &EvaluateSettings::default()).unwrap();
    let names: Vec<&str> = found.metrics.iter().map(|metric| metric.name).collect();
    assert_eq!(
        names,
        [
            "base_rate",
            "mean_probability",
            "roc_auc",
            "pr_auc",
            "log_loss",
            "brier",
            "ece",
            "accuracy",
            "precision",
            "recall",
            "f1",
            "lift_top_decile",
            "calibration_slope",
            "calibration_intercept"
        ]
    );
    assert!(found.absent.is_empty());
    let value = |name: &str| found.metric(name).unwrap().value;
    assert_eq!(value("pr_auc"), average_precision(&p, &y).unwrap());
    assert_eq!(value("log_loss"), log_loss(&p, &y).unwrap());
    assert_eq!(value("f1"), found.confusion.f1().unwrap());
    for metric in &found.metrics {
        let (low, high) = (metric.low.unwrap(), metric.high.unwrap());
        assert!(
            low <= metric.value && metric.value <= high && low < high,
            "{metric:?}"
        );
    }
    // The bootstrap of a mean is close to the normal interval.
    let losses: Vec<f64> = p.iter().zip(&y).map(|(p, y)| row_brier(*p, *y)).collect();
    let half = Z_95 * (covariance(&losses, &losses) / 800.0).sqrt();
    let metric = found.metric("brier").unwrap();
    let ratio = (metric.high.unwrap() - metric.low.unwrap()) / (2.0 * half);
    assert!((0.85..1.15).contains(&ratio), "{ratio}");
    let again = evaluate(&scored(&p, &y, None), &EvaluateSettings::default()).unwrap();
    assert_eq!(found, again);
}

#[test]
fn intervals_allow_for_rows_of_one_customer() {
    let (p, y) = sample(300, 6);
    let four = |row: usize| row / 4;
    let p: Vec<f64> = (0..1_200).map(|row| p[four(row)]).collect();
    let y: Vec<bool> = (0..1_200).map(|row| y[four(row)]).collect();
    let groups: Vec<u64> = (0..1_200).map(|row| four(row) as u64).collect();
    let alone = evaluate(&scored(&p, &y, None), &EvaluateSettings::default()).unwrap();
    let grouped = evaluate(&scored(&p, &y, Some(&groups)), &EvaluateSettings::default()).unwrap();
    for (alone, grouped) in alone.metrics.iter().zip(&grouped.metrics) {
        let width = |metric: &Metric| metric.high.unwrap() - metric.low.unwrap();
        let ratio = width(grouped) / width(alone);
        assert!(
            alone.value == grouped.value && ratio > 1.4,
            "{} {ratio}",
            alone.name
        );
    }
}

/// The bootstrap's own rank measures, recomputed from rows really copied.
#[test]
fn weights_equal_copies() {
    let (p, y) = sample(60, 9);
    let mut random = Random::new(3);
    let mut counts = vec![0; 60];
    draw_customers(&mut random, &mut counts);
    assert_eq!(counts.iter().sum::<u32>(), 60);
    let copies: Vec<usize> = (0..60)
        .flat_map(|row| vec![row; counts[row] as usize])
        .collect();
    let copied_p: Vec<f64> = copies.iter().map(|row| p[*row]).collect();
    let copied_y: Vec<bool> = copies.iter().map(|row| y[*row]).collect();
    let single = EvaluateSettings {
        resamples: 1,
        seed: 3,
        ..EvaluateSettings::default()
    };
    let drawn = evaluate(&scored(&p, &y, None), &single).unwrap();
    let copied = average_precision(&copied_p, &copied_y).unwrap();
    let metric = drawn.metric("pr_auc").unwrap();
    // With one resample both ends are its value, widened to hold the estimate.
    assert!(
        (metric.low.unwrap() - copied.min(metric.value)).abs() < 1e-12
            && (metric.high.unwrap() - copied.max(metric.value)).abs() < 1e-12
    );
    let f1 = confusion_at(&copied_p, &copied_y, 0.3)
        .unwrap()
        .f1()
        .unwrap();
    let metric = drawn.metric("f1").unwrap();
    assert!((metric.low.unwrap() - f1.min(metric.value)).abs() < 1e-12);
}

#[test]
fn what_cannot_be_computed_is_absent_with_a_reason() {
    let p = [0.1, 0.2, 0.6];
    let found = evaluate(&scored(&p, &[false; 3], None), &EvaluateSettings::default()).unwrap();
    let reason = |name: &str| {
        found
            .absent
            .iter()
            .find(|a| a.name == name)
            .map(|a| a.reason)
    };
    assert_eq!(reason("roc_auc"), Some(AbsentReason::OneClass));
    assert_eq!(reason("pr_auc"), Some(AbsentReason::OneClass));
    assert_eq!(reason("recall"), Some(AbsentReason::NobodyLost));
    assert_eq!(reason("lift_top_decile"), Some(AbsentReason::NobodyLost));
    assert_eq!(reason("calibration_slope"), Some(AbsentReason::OneClass));
    assert!(found.metric("log_loss").is_some());
    let one = evaluate(&scored(&[0.2], &[true], None), &EvaluateSettings::default()).unwrap();
    assert!(one.metrics.iter().all(|metric| metric.value.is_finite()));
    assert!(
        one.absent
            .iter()
            .any(|a| a.reason == AbsentReason::NobodyChosen)
    );
    let sure = evaluate(
        &scored(&[0.0, 1.0], &[true, false], None),
        &EvaluateSettings::default(),
    );
    assert!((sure.unwrap().metric("log_loss").unwrap().value - 34.5388).abs() < 1e-3);
    let code = |p: &[f64], y: &[bool]| {
        evaluate(&scored(p, y, None), &EvaluateSettings::default())
            .unwrap_err()
            .code()
    };
    assert_eq!(code(&[], &[]), "learn/no-rows");
    assert_eq!(code(&[1.5], &[true]), "learn/argument-invalid");
    assert_eq!(code(&[0.5, 0.5], &[true]), "learn/length-mismatch");
}
