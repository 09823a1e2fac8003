//! Points of the ROC and precision-recall curves, and the area under the latter.

use super::{check, falling_order};
use crate::error::{Error, check_two_classes};

/// A point of a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurvePoint {
    /// Rows with at least this score are chosen; infinite where none is.
    pub threshold: f64,
    /// False-positive rate (ROC) or recall (precision-recall).
    pub x: f64,
    /// True-positive rate (ROC) or precision (precision-recall).
    pub y: f64,
}

/// After each distinct score from the top: the score, rows chosen, hits.
fn steps(scores: &[f64], target: &[bool]) -> Result<Vec<(f64, usize, usize)>, Error> {
    check(scores, target)?;
    check_two_classes(target)?;
    let order = falling_order(scores);
    let same = |left: &u32, right: &u32| scores[*left as usize] == scores[*right as usize];
    let (mut chosen, mut hits) = (0, 0);
    let blocks = order.chunk_by(same).map(|block| {
        chosen += block.len();
        hits += block.iter().filter(|row| target[**row as usize]).count();
        (scores[block[0] as usize], chosen, hits)
    });
    Ok(blocks.collect())
}

/// Average precision: Σ (R_k - R_(k-1)) P_k over distinct scores from the top,
/// without interpolation; tied rows enter together.
///
/// Errors as [`super::roc_auc`].
pub fn average_precision(scores: &[f64], target: &[bool]) -> Result<f64, Error> {
    let steps = steps(scores, target)?;
    let positives = steps.last().map_or(0, |(_, _, hits)| *hits);
    let (mut sum, mut before) = (0.0, 0);
    for (_, chosen, hits) in steps {
        sum += (hits - before) as f64 * hits as f64 / chosen as f64;
        before = hits;
    }
    Ok(sum / positives as f64)
}

/// At most `points_max` of the items, evenly spread, ends included.
pub(super) fn thin<T: Copy>(items: &[T], points_max: usize) -> Vec<T> {
    let points = points_max.max(2);
    if items.len() <= points {
        return items.to_vec();
    }
    let at = |point: usize| point * (items.len() - 1) / (points - 1);
    (0..points)
        .filter_map(|point| items.get(at(point)).copied())
        .collect()
}

/// The ROC curve from (0, 0) to (1, 1), at most `points_max` points.
///
/// Errors as [`super::roc_auc`].
pub fn roc_curve(
    scores: &[f64],
    target: &[bool],
    points_max: usize,
) -> Result<Vec<CurvePoint>, Error> {
    let steps = steps(scores, target)?;
    let positives = steps.last().map_or(0, |(_, _, hits)| *hits);
    let negatives = target.len() - positives;
    let mut points = vec![CurvePoint {
        threshold: f64::INFINITY,
        x: 0.0,
        y: 0.0,
    }];
    points.extend(
        steps
            .into_iter()
            .map(|(threshold, chosen, hits)| CurvePoint {
                threshold,
                x: (chosen - hits) as f64 / negatives as f64,
                y: hits as f64 / positives as f64,
            }),
    );
    Ok(thin(&points, points_max))
}

/// The precision-recall curve from the highest score to recall 1, at most
/// `points_max` points.
///
/// Errors as [`super::roc_auc`].
pub fn pr_curve(
    scores: &[f64],
    target: &[bool],
    points_max: usize,
) -> Result<Vec<CurvePoint>, Error> {
    let steps = steps(scores, target)?;
    let positives = steps.last().map_or(0, |(_, _, hits)| *hits);
    let points: Vec<CurvePoint> = steps
        .into_iter()
        .map(|(threshold, chosen, hits)| CurvePoint {
            threshold,
            x: hits as f64 / positives as f64,
            y: hits as f64 / chosen as f64,
        })
        .collect();
    Ok(thin(&points, points_max))
}
