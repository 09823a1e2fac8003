//! Whether probabilities mean what they say.

use super::{AbsentReason, PROBABILITY_CLIP, check_probabilities, falling_order, groups};
use crate::error::Error;
use crate::special::{Z_95, log1p_exp, logit, sigmoid, wilson};

/// Predicted against observed in one bin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CalibrationBin {
    /// Mean predicted probability.
    pub mean_probability: f64,
    /// Share of rows lost.
    pub observed: f64,
    /// Lower end of Wilson's 95 % interval of that share.
    pub low: f64,
    /// Upper end of it.
    pub high: f64,
    /// Rows.
    pub n: usize,
}

/// Logistic recalibration (Cox 1958): logit P(lost) = intercept + slope logit(p).
/// Slope 1 and intercept 0 are perfect; a slope below 1 means too extreme.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recalibration {
    /// The slope.
    pub slope: f64,
    /// Its 95 % Wald interval, robust to several rows per customer.
    pub slope_interval: (f64, f64),
    /// The intercept.
    pub intercept: f64,
    /// Its 95 % Wald interval, likewise.
    pub intercept_interval: (f64, f64),
}

/// Where bins end in rows sorted by falling probability: equal counts, but equal
/// probabilities stay together, in the bin in which their middle lies.
pub(super) fn bin_ends(sorted: impl ExactSizeIterator<Item = f64>, bins: usize) -> Vec<usize> {
    let rows = sorted.len();
    let values: Vec<f64> = sorted.collect();
    let (mut start, mut last, mut ends) = (0, 0, Vec::with_capacity(bins));
    for block in values.chunk_by(|left, right| left == right) {
        let end = start + block.len();
        let middle = (start + end - 1) as u128 * bins as u128 / (2 * rows as u128);
        let bin = middle as usize;
        if bin != last && start > 0 {
            ends.push(start);
        }
        last = bin;
        start = end;
    }
    ends.push(rows);
    ends
}

/// At most `bins` bins of equal counts, from the least to the most likely; equal
/// probabilities are not torn apart.
///
/// Errors: no rows, lengths that differ, probabilities outside [0, 1], no bins.
pub fn calibration_bins(
    probabilities: &[f64],
    target: &[bool],
    bins: usize,
) -> Result<Vec<CalibrationBin>, Error> {
    check_probabilities(probabilities, target)?;
    if bins == 0 || bins > 10_000 {
        return Err(Error::ArgumentInvalid {
            name: "bins",
            reason: "must be from 1 to 10000".to_owned(),
        });
    }
    let order = falling_order(probabilities);
    let sorted = order.iter().map(|row| probabilities[*row as usize]);
    let (mut start, mut found) = (0, Vec::with_capacity(bins));
    for end in bin_ends(sorted, bins) {
        let rows = &order[start..end];
        let n = rows.len() as f64;
        let sum: f64 = rows.iter().map(|row| probabilities[*row as usize]).sum();
        let lost = rows.iter().filter(|row| target[**row as usize]).count() as f64;
        let (low, high) = wilson(lost, n);
        found.push(CalibrationBin {
            mean_probability: sum / n,
            observed: lost / n,
            low,
            high,
            n: rows.len(),
        });
        start = end;
    }
    found.reverse();
    Ok(found)
}

/// Expected calibration error: the mean over rows of |predicted - observed| of
/// their bin.
pub(super) fn expected_error(bins: &[CalibrationBin]) -> f64 {
    let rows: usize = bins.iter().map(|bin| bin.n).sum();
    let gap = |bin: &CalibrationBin| (bin.mean_probability - bin.observed).abs() * bin.n as f64;
    bins.iter().map(gap).sum::<f64>() / rows as f64
}

/// Loss, gradient and Hessian of the two-parameter likelihood.
fn likelihood(logits: &[f64], target: &[bool], at: [f64; 2]) -> (f64, [f64; 2], [f64; 3]) {
    let (mut loss, mut gradient, mut hessian) = (0.0, [0.0; 2], [0.0; 3]);
    for (x, outcome) in logits.iter().zip(target) {
        let eta = at[0] + at[1] * x;
        let probability = sigmoid(eta);
        let residual = probability - f64::from(u8::from(*outcome));
        let curvature = probability * (1.0 - probability);
        loss += log1p_exp(if *outcome { -eta } else { eta });
        gradient[0] += residual;
        gradient[1] += residual * x;
        hessian[0] += curvature;
        hessian[1] += curvature * x;
        hessian[2] += curvature * x * x;
    }
    (loss, gradient, hessian)
}

/// Inverse of [[h0, h1], [h1, h2]], if positive definite.
fn invert(hessian: [f64; 3]) -> Option<[f64; 3]> {
    let [first, cross, second] = hessian;
    let determinant = first * second - cross * cross;
    let sound = determinant > 1e-12 * first * second;
    sound.then(|| {
        [
            second / determinant,
            -cross / determinant,
            first / determinant,
        ]
    })
}

fn newton(logits: &[f64], target: &[bool]) -> Option<([f64; 2], [f64; 3])> {
    let mut at = [0.0, 1.0];
    let mut now = likelihood(logits, target, at);
    for _ in 0..50 {
        let inverse = invert(now.2)?;
        let step = [
            inverse[0] * now.1[0] + inverse[1] * now.1[1],
            inverse[1] * now.1[0] + inverse[2] * now.1[1],
        ];
        let decrement = step[0] * now.1[0] + step[1] * now.1[1];
        if decrement < 1e-16 {
            return Some(([at[0] - step[0], at[1] - step[1]], inverse));
        }
        let mut scale = 1.0;
        loop {
            let next = [at[0] - scale * step[0], at[1] - scale * step[1]];
            let found = likelihood(logits, target, next);
            if found.0 <= now.0 - 1e-4 * scale * decrement + 1e-12 * now.0.abs() {
                (at, now) = (next, found);
                break;
            }
            scale *= 0.5;
            if scale < 1e-9 {
                return None;
            }
        }
    }
    None
}

/// Whether the estimate is finite: neither outcome's logits all lie on one side
/// of the other's (Albert and Anderson 1984).
fn overlap(logits: &[f64], target: &[bool]) -> bool {
    let mut ends = [(f64::INFINITY, f64::NEG_INFINITY); 2];
    for (x, outcome) in logits.iter().zip(target) {
        let (low, high) = &mut ends[usize::from(*outcome)];
        *low = low.min(*x);
        *high = high.max(*x);
    }
    let [stayed, lost] = ends;
    stayed.1 > lost.0 && lost.1 > stayed.0
}

/// Slope and intercept of logistic recalibration, or why there are none.
///
/// Errors: no rows, lengths that differ, probabilities outside [0, 1].
pub fn recalibration(
    probabilities: &[f64],
    target: &[bool],
    groups: Option<&[u64]>,
) -> Result<Result<Recalibration, AbsentReason>, Error> {
    check_probabilities(probabilities, target)?;
    let (numbers, count) = groups::number(groups, target.len())?;
    if crate::error::check_two_classes(target).is_err() {
        return Ok(Err(AbsentReason::OneClass));
    }
    let clip = |p: &f64| logit(p.clamp(PROBABILITY_CLIP, 1.0 - PROBABILITY_CLIP));
    let logits: Vec<f64> = probabilities.iter().map(clip).collect();
    if probabilities
        .iter()
        .all(|p| Some(p) == probabilities.first())
    {
        return Ok(Err(AbsentReason::ConstantScore));
    }
    if !overlap(&logits, target) {
        return Ok(Err(AbsentReason::NoFiniteEstimate));
    }
    let Some((at, inverse)) = newton(&logits, target) else {
        return Ok(Err(AbsentReason::NoFiniteEstimate));
    };
    // Sandwich over customers (Liang and Zeger 1986).
    let mut scores = vec![[0.0; 2]; count];
    for ((x, outcome), group) in logits.iter().zip(target).zip(&numbers) {
        let residual = sigmoid(at[0] + at[1] * x) - f64::from(u8::from(*outcome));
        scores[*group as usize][0] += residual;
        scores[*group as usize][1] += residual * x;
    }
    let mut errors = [0.0; 2];
    for [first, second] in scores {
        errors[0] += (inverse[0] * first + inverse[1] * second).powi(2);
        errors[1] += (inverse[1] * first + inverse[2] * second).powi(2);
    }
    let interval = |estimate: f64, squares: f64| {
        let half = Z_95 * squares.sqrt();
        (estimate - half, estimate + half)
    };
    Ok(Ok(Recalibration {
        slope: at[1],
        slope_interval: interval(at[1], errors[1]),
        intercept: at[0],
        intercept_interval: interval(at[0], errors[0]),
    }))
}
