//! What a choice of rows brings: the confusion matrix, the threshold by profit, and
//! the profit by share chosen.

use super::curve::thin;
use super::{check, falling_order};
use crate::error::{Error, check_finite, check_length};

/// Counts of a choice; "positive" is lost, "chosen" is acted upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Confusion {
    /// Chosen and lost.
    pub true_positives: usize,
    /// Chosen and stayed.
    pub false_positives: usize,
    /// Left alone and stayed.
    pub true_negatives: usize,
    /// Left alone and lost.
    pub false_negatives: usize,
}

impl Confusion {
    /// All rows.
    pub fn rows(&self) -> usize {
        self.chosen() + self.true_negatives + self.false_negatives
    }

    /// Rows chosen.
    pub fn chosen(&self) -> usize {
        self.true_positives + self.false_positives
    }

    /// Rows lost.
    pub fn positives(&self) -> usize {
        self.true_positives + self.false_negatives
    }

    /// Share of the chosen that were lost; `None` if nobody was chosen.
    pub fn precision(&self) -> Option<f64> {
        ratio(self.true_positives, self.chosen())
    }

    /// Share of the lost that were chosen; `None` if nobody was lost.
    pub fn recall(&self) -> Option<f64> {
        ratio(self.true_positives, self.positives())
    }

    /// 2 TP / (2 TP + FP + FN); `None` if nobody was chosen or lost.
    pub fn f1(&self) -> Option<f64> {
        let doubled = 2 * self.true_positives;
        ratio(
            doubled,
            doubled + self.false_positives + self.false_negatives,
        )
    }
}

fn ratio(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Counts of a choice given row by row.
///
/// Errors: no rows, lengths that differ.
pub fn confusion(chosen: &[bool], target: &[bool]) -> Result<Confusion, Error> {
    if target.is_empty() {
        return Err(Error::NoRows);
    }
    check_length("chosen rows", target.len(), chosen.len())?;
    let mut counts = Confusion::default();
    for (chosen, outcome) in chosen.iter().zip(target) {
        let count = match (chosen, outcome) {
            (true, true) => &mut counts.true_positives,
            (true, false) => &mut counts.false_positives,
            (false, false) => &mut counts.true_negatives,
            (false, true) => &mut counts.false_negatives,
        };
        *count += 1;
    }
    Ok(counts)
}

/// Counts when rows with at least `threshold` are chosen.
///
/// Errors: no rows, lengths that differ, a score not finite.
pub fn confusion_at(scores: &[f64], target: &[bool], threshold: f64) -> Result<Confusion, Error> {
    check(scores, target)?;
    let chosen: Vec<bool> = scores.iter().map(|score| *score >= threshold).collect();
    confusion(&chosen, target)
}

/// The churn probability from which an offer pays: p effect value >= cost, so
/// p* = cost / (effect value).
///
/// `cost` is what the offer costs for one customer it is made to, `effect` the
/// share of those who would leave that it keeps, `value` what keeping one is
/// worth, in the money of `cost`. `None` if it never pays: no effect, no value,
/// or p* above 1, or any of them not a number.
pub fn profit_threshold(cost: f64, effect: f64, value: f64) -> Option<f64> {
    let gain = effect * value;
    if cost <= 0.0 && gain >= 0.0 {
        return Some(0.0);
    }
    let threshold = cost / gain;
    (gain > 0.0 && threshold <= 1.0).then_some(threshold)
}

/// For each row whether the offer pays at its own value.
///
/// Errors: lengths that differ, a number that is not finite.
pub fn profit_decisions(
    probabilities: &[f64],
    cost: f64,
    effect: f64,
    values: &[f64],
) -> Result<Vec<bool>, Error> {
    check_length("values", probabilities.len(), values.len())?;
    check_finite("probabilities", probabilities)?;
    check_finite("values", values)?;
    check_finite("cost and effect", &[cost, effect])?;
    let rows = probabilities.iter().zip(values);
    let pays = |(probability, value): (&f64, &f64)| {
        profit_threshold(cost, effect, *value).is_some_and(|threshold| *probability >= threshold)
    };
    Ok(rows.map(pays).collect())
}

/// Profit where a share of the rows is acted upon.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProfitPoint {
    /// Share of the rows, those with the highest scores first.
    pub share: f64,
    /// What it brings beyond doing nothing, in the money of the values.
    pub profit: f64,
}

/// The profit curve: acting on the rows with the highest scores brings, for each
/// of them that was lost, `effect` times its value, and costs `cost` for each; the
/// profit of a campaign as Neslin et al. (2006) reckon it, with one cost for
/// everybody who is contacted. From share 0 with profit 0 to all rows; tied rows
/// enter together. At most `points_max` points, the best among them.
///
/// `values` are what keeping each row is worth, in the money of `cost`; `effect`
/// is the share of those who would leave that the offer keeps.
///
/// Errors: no rows, lengths that differ, a number that is not finite.
pub fn profit_curve(
    scores: &[f64],
    target: &[bool],
    values: &[f64],
    cost: f64,
    effect: f64,
    points_max: usize,
) -> Result<Vec<ProfitPoint>, Error> {
    check(scores, target)?;
    check_length("values", scores.len(), values.len())?;
    check_finite("values", values)?;
    check_finite("cost and effect", &[cost, effect])?;
    let order = falling_order(scores);
    let same = |left: &u32, right: &u32| scores[*left as usize] == scores[*right as usize];
    let mut points = vec![ProfitPoint {
        share: 0.0,
        profit: 0.0,
    }];
    let (mut chosen, mut profit) = (0, 0.0);
    for block in order.chunk_by(same) {
        chosen += block.len();
        let lost = block.iter().filter(|row| target[**row as usize]);
        let kept: f64 = lost.map(|row| effect * values[*row as usize]).sum();
        profit += kept - cost * block.len() as f64;
        points.push(ProfitPoint {
            share: chosen as f64 / scores.len() as f64,
            profit,
        });
    }
    let best = points.iter().copied().reduce(|most, point| {
        if point.profit > most.profit {
            point
        } else {
            most
        }
    });
    let mut thinned = thin(&points, points_max.max(3) - 1);
    if let Some(best) = best.filter(|best| !thinned.contains(best)) {
        let at = thinned.partition_point(|point| point.share < best.share);
        thinned.insert(at, best);
    }
    Ok(thinned)
}
