//! Area under the ROC curve with DeLong's variance, and paired differences.
//!
//! DeLong, DeLong, Clarke-Pearson (1988), Biometrics 44:837, computed from one
//! sort as Sun and Xu (2014), IEEE Signal Processing Letters 21:1389. With
//! several rows per customer the variance is that of Obuchowski (1997),
//! Biometrics 53:567, which is DeLong's where every row is its own customer.

use super::{check, falling_order, groups};
use crate::error::{Error, check_two_classes};
use crate::special::{Z_95, normal_p_two_sided, wilson};

/// An area under the ROC curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RocAuc {
    /// The share of pairs ranked right, ties counting half.
    pub value: f64,
    /// Its standard error; `None` with fewer than two customers of an outcome.
    pub std_error: Option<f64>,
    /// The 95 % interval, cut at 0 and 1. Where no pair, or every pair, is ranked
    /// wrong the standard error is 0; then Wilson's interval of as many
    /// independent pairs as there are rows of the rarer outcome.
    pub interval: Option<(f64, f64)>,
    /// Rows that were lost.
    pub positives: usize,
    /// Rows that stayed.
    pub negatives: usize,
}

/// The difference of two areas on the same rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// First minus second.
    pub value: f64,
    /// Its standard error; `None` with fewer than two customers of an outcome.
    pub std_error: Option<f64>,
    /// The 95 % interval.
    pub interval: Option<(f64, f64)>,
    /// Two-sided p-value of no difference.
    pub p: Option<f64>,
}

/// For each row the share of the other outcome's rows it is ranked right
/// against, ties half.
struct Placements {
    auc: f64,
    of_row: Vec<f64>,
    positives: usize,
    negatives: usize,
}

fn placements(scores: &[f64], target: &[bool]) -> Result<Placements, Error> {
    check(scores, target)?;
    check_two_classes(target)?;
    let order = falling_order(scores);
    let positives = target.iter().filter(|outcome| **outcome).count();
    let negatives = target.len() - positives;
    let mut of_row = vec![0.0; target.len()];
    let (mut positives_above, mut negatives_above, mut sum) = (0, 0, 0.0);
    let same = |left: &u32, right: &u32| scores[*left as usize] == scores[*right as usize];
    for block in order.chunk_by(same) {
        let tied = block.iter().filter(|row| target[**row as usize]).count();
        let tied_negatives = block.len() - tied;
        let beaten =
            (negatives - negatives_above - tied_negatives) as f64 + tied_negatives as f64 / 2.0;
        let beaten_by = positives_above as f64 + tied as f64 / 2.0;
        for row in block {
            let row = *row as usize;
            of_row[row] = if target[row] {
                beaten / negatives as f64
            } else {
                beaten_by / positives as f64
            };
        }
        sum += tied as f64 * beaten;
        positives_above += tied;
        negatives_above += tied_negatives;
    }
    Ok(Placements {
        auc: sum / (positives as f64 * negatives as f64),
        of_row,
        positives,
        negatives,
    })
}

/// Obuchowski's variance of the mean placement.
fn variance(
    of_row: &[f64],
    mean: f64,
    target: &[bool],
    groups: Option<&[u64]>,
) -> Result<Option<f64>, Error> {
    let (numbers, count) = groups::number(groups, target.len())?;
    // Per customer: rows and summed deviations of either outcome.
    let mut of_group = vec![[0.0_f64; 4]; count];
    for ((outcome, placement), group) in target.iter().zip(of_row).zip(&numbers) {
        let sums = &mut of_group[*group as usize];
        let side = 2 * usize::from(*outcome);
        sums[side] += 1.0;
        sums[side + 1] += placement - mean;
    }
    let mut rows = [0.0_f64; 2];
    let mut with = [0.0_f64; 2];
    let mut squares = [0.0_f64; 2];
    let mut cross = 0.0;
    for sums in &of_group {
        for side in 0..2 {
            rows[side] += sums[2 * side];
            with[side] += f64::from(u8::from(sums[2 * side] > 0.0));
            squares[side] += sums[2 * side + 1] * sums[2 * side + 1];
        }
        cross += sums[1] * sums[3];
    }
    if with[0] < 2.0 || with[1] < 2.0 {
        return Ok(None);
    }
    let part =
        |side: usize| with[side] / (with[side] - 1.0) * squares[side] / (rows[side] * rows[side]);
    let customers = count as f64;
    let both = 2.0 * customers / (customers - 1.0) * cross / (rows[0] * rows[1]);
    Ok(Some((part(0) + part(1) + both).max(0.0)))
}

/// The area under the ROC curve of `scores` (any finite numbers, higher = more
/// likely lost).
///
/// Errors: no rows, one outcome only, lengths that differ, a score not finite.
pub fn roc_auc(scores: &[f64], target: &[bool], groups: Option<&[u64]>) -> Result<RocAuc, Error> {
    let found = placements(scores, target)?;
    let variance = variance(&found.of_row, found.auc, target, groups)?;
    let std_error = variance.map(f64::sqrt);
    let interval = std_error.map(|error| {
        if error > 0.0 || (found.auc > 0.0 && found.auc < 1.0) {
            let half = Z_95 * error;
            ((found.auc - half).max(0.0), (found.auc + half).min(1.0))
        } else {
            let pairs = found.positives.min(found.negatives) as f64;
            wilson(found.auc * pairs, pairs)
        }
    });
    Ok(RocAuc {
        value: found.auc,
        std_error,
        interval,
        positives: found.positives,
        negatives: found.negatives,
    })
}

/// The difference of the areas of two scores on the same rows (DeLong et al.
/// 1988, section 3): as they are correlated, its interval is narrower than the
/// two intervals suggest.
///
/// Errors as [`roc_auc`].
pub fn paired_difference(
    first: &[f64],
    second: &[f64],
    target: &[bool],
    groups: Option<&[u64]>,
) -> Result<Difference, Error> {
    let first = placements(first, target)?;
    let second = placements(second, target)?;
    let value = first.auc - second.auc;
    let rows = first.of_row.iter().zip(&second.of_row);
    let of_row: Vec<f64> = rows.map(|(left, right)| left - right).collect();
    let std_error = variance(&of_row, value, target, groups)?.map(f64::sqrt);
    let p = std_error.map(|error| {
        if error > 0.0 {
            normal_p_two_sided(value / error)
        } else {
            f64::from(u8::from(value == 0.0))
        }
    });
    Ok(Difference {
        value,
        std_error,
        interval: std_error.map(|error| (value - Z_95 * error, value + Z_95 * error)),
        p,
    })
}
