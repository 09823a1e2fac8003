//! Percentile intervals by drawing customers with replacement (Efron 1979).
//!
//! Rows are sorted once. A resample is a count per customer; no row is copied.

use super::calibration::bin_ends;
use super::{Choice, EvaluateSettings, Scored, falling_order, row_brier, row_log_loss};
use crate::random::Random;
use crate::special::quantile_sorted;

type Interval = Option<(f64, f64)>;

/// An interval for each measure that needs one.
#[derive(Debug, Default)]
pub(super) struct Intervals {
    pub(super) base_rate: Interval,
    pub(super) mean_probability: Interval,
    pub(super) pr_auc: Interval,
    pub(super) log_loss: Interval,
    pub(super) brier: Interval,
    pub(super) ece: Interval,
    pub(super) accuracy: Interval,
    pub(super) precision: Interval,
    pub(super) recall: Interval,
    pub(super) f1: Interval,
    pub(super) lift: Interval,
}

const MEASURES: usize = 11;

/// Draws as many customers as there are, with replacement.
pub(crate) fn draw(random: &mut Random, counts: &mut [u32]) {
    counts.fill(0);
    let customers = counts.len() as u64;
    if customers > u64::from(u32::MAX >> 8) {
        for _ in 0..customers {
            counts[random.below(customers) as usize] += 1;
        }
        return;
    }
    // Two draws per 64 bits: the bias of a 32-bit product is below 2^-8 of a
    // draw's own chance.
    let mut left = customers;
    while left > 0 {
        let bits = random.next_u64();
        counts[(((bits >> 32) * customers) >> 32) as usize] += 1;
        if left > 1 {
            counts[(((bits & 0xffff_ffff) * customers) >> 32) as usize] += 1;
        }
        left = left.saturating_sub(2);
    }
}

/// The 95 % percentile interval; `None` unless half of the resamples had a value.
pub(crate) fn percentile_interval(mut values: Vec<f64>, resamples: usize) -> Interval {
    if resamples == 0 || values.len() * 2 < resamples {
        return None;
    }
    values.sort_unstable_by(f64::total_cmp);
    Some((
        quantile_sorted(&values, 0.025)?,
        quantile_sorted(&values, 0.975)?,
    ))
}

/// Rows from the most to the least likely.
struct Sorted {
    groups: Vec<u32>,
    outcomes: Vec<f64>,
    probabilities: Vec<f64>,
    /// Ends of runs of equal probabilities.
    run_ends: Vec<usize>,
    bin_ends: Vec<usize>,
    /// Rows of the most likely tenth.
    top: usize,
}

/// Sums that are linear in the counts, per customer: rows, positives,
/// probability, log-loss, Brier, true positives, chosen, right.
const LINEAR: usize = 8;

pub(super) fn bootstrap(
    scored: &Scored,
    settings: &EvaluateSettings,
    numbers: &[u32],
    group_count: usize,
) -> Intervals {
    if settings.resamples == 0 || group_count < 2 {
        return Intervals::default();
    }
    let sorted = sort(scored, settings, numbers);
    let linear = linear_sums(scored, numbers, group_count);
    let mut random = Random::new(settings.seed);
    let mut counts = vec![0; group_count];
    let mut samples: [Vec<f64>; MEASURES] = Default::default();
    for _ in 0..settings.resamples {
        draw(&mut random, &mut counts);
        let measures = resample(&sorted, &linear, &counts);
        for (samples, measure) in samples.iter_mut().zip(measures) {
            samples.extend(measure);
        }
    }
    let found = samples.map(|values| percentile_interval(values, settings.resamples));
    let [
        base_rate,
        mean_probability,
        log_loss,
        brier,
        accuracy,
        precision,
        recall,
        f1,
        pr_auc,
        ece,
        lift,
    ] = found;
    Intervals {
        base_rate,
        mean_probability,
        pr_auc,
        log_loss,
        brier,
        ece,
        accuracy,
        precision,
        recall,
        f1,
        lift,
    }
}

fn sort(scored: &Scored, settings: &EvaluateSettings, numbers: &[u32]) -> Sorted {
    let order = falling_order(scored.probabilities);
    let rows = || order.iter().map(|row| *row as usize);
    let probabilities: Vec<f64> = rows().map(|row| scored.probabilities[row]).collect();
    let mut end = 0;
    let run_ends = probabilities
        .chunk_by(|left, right| left == right)
        .map(|run| {
            end += run.len();
            end
        })
        .collect();
    Sorted {
        groups: rows().map(|row| numbers[row]).collect(),
        outcomes: rows()
            .map(|row| f64::from(u8::from(scored.target[row])))
            .collect(),
        run_ends,
        bin_ends: bin_ends(probabilities.iter().copied(), settings.bins.max(1)),
        probabilities,
        top: order.len().div_ceil(10),
    }
}

fn linear_sums(scored: &Scored, numbers: &[u32], group_count: usize) -> Vec<[f64; LINEAR]> {
    let mut sums = vec![[0.0; LINEAR]; group_count];
    let rows = scored.probabilities.iter().zip(scored.target).zip(numbers);
    for (row, ((probability, outcome), group)) in rows.enumerate() {
        let chosen = match scored.choice {
            Choice::AtLeast(threshold) => *probability >= threshold,
            Choice::Rows(chosen) => chosen.get(row).copied().unwrap_or(false),
        };
        let flag = |flag: bool| f64::from(u8::from(flag));
        let values = [
            1.0,
            flag(*outcome),
            *probability,
            row_log_loss(*probability, *outcome),
            row_brier(*probability, *outcome),
            flag(chosen && *outcome),
            flag(chosen),
            flag(chosen == *outcome),
        ];
        for (sum, value) in sums[*group as usize].iter_mut().zip(values) {
            *sum += value;
        }
    }
    sums
}

fn resample(sorted: &Sorted, linear: &[[f64; LINEAR]], counts: &[u32]) -> [Option<f64>; MEASURES] {
    let mut sums = [0.0; LINEAR];
    for (group, count) in linear.iter().zip(counts) {
        let weight = f64::from(*count);
        for (sum, value) in sums.iter_mut().zip(group) {
            *sum += weight * value;
        }
    }
    let [
        rows,
        positives,
        probability,
        log_loss,
        brier,
        hits,
        chosen,
        right,
    ] = sums;
    let over = |part: f64, whole: f64| (whole > 0.0).then(|| part / whole);
    let (pr_auc, ece, top) = by_rank(sorted, counts);
    let lift = over(top[1] * rows, top[0] * positives);
    [
        over(positives, rows),
        over(probability, rows),
        over(log_loss, rows),
        over(brier, rows),
        over(right, rows),
        over(hits, chosen),
        over(hits, positives),
        over(2.0 * hits, chosen + positives),
        over(pr_auc, positives).filter(|_| positives < rows),
        over(ece, rows),
        lift,
    ]
}

/// Σ over positives of precision, Σ over rows of the bin's gap, and weight and
/// positives of the top tenth.
fn by_rank(sorted: &Sorted, counts: &[u32]) -> (f64, f64, [f64; 2]) {
    let (mut precision, mut gaps, mut top) = (0.0, 0.0, [0.0; 2]);
    let (mut chosen, mut hits) = (0.0, 0.0);
    let (mut run, mut start, mut top_open) = (0, 0, true);
    let mut hits_before = 0.0;
    for bin_end in &sorted.bin_ends {
        let (mut expected, chosen_before, hits_at_start) = (0.0, chosen, hits);
        // A bin is a whole number of runs.
        while start < *bin_end {
            let end = sorted.run_ends[run];
            let rows = sorted.groups[start..end]
                .iter()
                .zip(&sorted.outcomes[start..end])
                .zip(&sorted.probabilities[start..end]);
            for ((group, outcome), probability) in rows {
                let weight = f64::from(counts[*group as usize]);
                chosen += weight;
                hits += weight * outcome;
                expected += weight * probability;
            }
            if hits > hits_before {
                precision += (hits - hits_before) * hits / chosen;
                hits_before = hits;
            }
            if top_open && end >= sorted.top {
                top = [chosen, hits];
                top_open = false;
            }
            start = end;
            run += 1;
        }
        gaps += (expected - (hits - hits_at_start)).abs();
        debug_assert!(chosen >= chosen_before);
    }
    (precision, gaps, top)
}
