//! One score, one rising curve.

use super::{base_rate, check_prior, isotonic, shrunk};
use crate::bytes::{open, seal};
use crate::error::{Error, check_length, check_two_classes};
use serde::{Deserialize, Serialize};

const KIND: [u8; 4] = *b"rati";
const VERSION: u16 = 1;

/// How to fit a [`RatioRule`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RatioSettings {
    /// How many rows at the rate of all each block is drawn towards.
    pub prior_rows: f64,
    /// Most steps the curve is fitted on; more distinct scores are first put
    /// into so many bins of equal counts.
    pub steps_max: usize,
}

impl Default for RatioSettings {
    fn default() -> Self {
        RatioSettings {
            prior_rows: 10.0,
            steps_max: 1_000,
        }
    }
}

/// A point of the curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Knot {
    /// Mean score of its training rows.
    pub score: f64,
    /// The probability there.
    pub rate: f64,
    /// Training rows.
    pub rows: u64,
    /// Those that were lost.
    pub positives: u64,
}

/// A probability that rises with one score, linearly between knots and level
/// beyond the first and last; a missing score has a rate of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RatioRule {
    column: String,
    knots: Vec<Knot>,
    missing_rate: f64,
    missing_rows: u64,
    base_rate: f64,
}

#[derive(Clone, Copy, Default)]
struct Step {
    sum: f64,
    rows: f64,
    positives: f64,
}

impl Step {
    fn add(&mut self, other: Step) {
        self.sum += other.sum;
        self.rows += other.rows;
        self.positives += other.positives;
    }
}

impl RatioRule {
    /// Fits the curve to one score per row (`NaN` = missing). If the rate does
    /// not rise with the score at all, the rule is the rate of all rows.
    ///
    /// Errors: no rows, one outcome only, lengths that differ, infinite scores.
    pub fn fit(
        column: &str,
        scores: &[f64],
        target: &[bool],
        settings: &RatioSettings,
    ) -> Result<RatioRule, Error> {
        check_length("target", scores.len(), target.len())?;
        check_two_classes(target)?;
        check_prior(settings.prior_rows)?;
        if let Some(row) = scores.iter().position(|score| score.is_infinite()) {
            return Err(Error::NotFinite {
                what: column.to_owned(),
                row,
            });
        }
        let (mut present, mut missing) = (Vec::with_capacity(scores.len()), Step::default());
        for (score, outcome) in scores.iter().zip(target) {
            let outcome = f64::from(u8::from(*outcome));
            if score.is_nan() {
                missing.rows += 1.0;
                missing.positives += outcome;
            } else {
                present.push((*score, outcome));
            }
        }
        present.sort_unstable_by(|left, right| {
            left.0.total_cmp(&right.0).then(left.1.total_cmp(&right.1))
        });
        let positives = target.iter().filter(|outcome| **outcome).count() as f64;
        let base = base_rate(positives, target.len() as f64);
        let prior = settings.prior_rows;
        Ok(RatioRule {
            column: column.to_owned(),
            knots: knots(
                &steps(&present, settings.steps_max.clamp(2, 100_000)),
                base,
                prior,
            ),
            missing_rate: shrunk(missing.positives, missing.rows, base, prior),
            missing_rows: missing.rows as u64,
            base_rate: base,
        })
    }

    /// One probability per score, within (0, 1).
    ///
    /// Errors: an infinite score.
    pub fn predict(&self, scores: &[f64]) -> Result<Vec<f64>, Error> {
        if let Some(row) = scores.iter().position(|score| score.is_infinite()) {
            return Err(Error::NotFinite {
                what: self.column.clone(),
                row,
            });
        }
        Ok(scores.iter().map(|score| self.rate(*score)).collect())
    }

    fn rate(&self, score: f64) -> f64 {
        if score.is_nan() {
            return self.missing_rate;
        }
        let above = self.knots.partition_point(|knot| knot.score <= score);
        let before = above.checked_sub(1).and_then(|index| self.knots.get(index));
        match (before, self.knots.get(above)) {
            (None, None) => self.base_rate,
            (Some(knot), None) | (None, Some(knot)) => knot.rate,
            (Some(left), Some(right)) => {
                // Halved first: the distance of two far scores may overflow.
                let share =
                    (score / 2.0 - left.score / 2.0) / (right.score / 2.0 - left.score / 2.0);
                left.rate + (right.rate - left.rate) * share
            }
        }
    }

    /// The column the score came from.
    pub fn column(&self) -> &str {
        &self.column
    }

    /// The curve, scores and rates both rising; empty if every score was missing.
    pub fn knots(&self) -> &[Knot] {
        &self.knots
    }

    /// The rate used where the score is missing, and the training rows it rests on.
    pub fn missing(&self) -> (f64, u64) {
        (self.missing_rate, self.missing_rows)
    }

    /// The rate of all training rows.
    pub fn base_rate(&self) -> f64 {
        self.base_rate
    }

    /// The rule as bytes. Errors: more than 64 MiB.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        seal(KIND, VERSION, self)
    }

    /// Reads [`RatioRule::to_bytes`].
    ///
    /// Errors: damage, another kind or version, a curve that does not rise.
    pub fn from_bytes(bytes: &[u8]) -> Result<RatioRule, Error> {
        let rule: RatioRule = open(KIND, VERSION, bytes)?;
        let rate = |rate: f64| rate > 0.0 && rate < 1.0;
        let rising = rule
            .knots
            .windows(2)
            .all(|pair| pair[0].score < pair[1].score && pair[0].rate <= pair[1].rate);
        let sound = rule
            .knots
            .iter()
            .all(|knot| knot.score.is_finite() && rate(knot.rate));
        if rising && sound && rate(rule.missing_rate) && rate(rule.base_rate) {
            return Ok(rule);
        }
        Err(Error::BytesInvalid {
            reason: "the curve does not hold together".to_owned(),
        })
    }
}

/// Rows of equal score together; then bins of equal counts if there are too many.
fn steps(sorted: &[(f64, f64)], steps_max: usize) -> Vec<Step> {
    let rows_min = sorted.len().div_ceil(steps_max);
    let mut steps: Vec<Step> = Vec::new();
    let mut open = Step::default();
    for run in sorted.chunk_by(|left, right| left.0 == right.0) {
        for (score, outcome) in run {
            open.add(Step {
                sum: *score,
                rows: 1.0,
                positives: *outcome,
            });
        }
        if open.rows >= rows_min as f64 {
            steps.push(std::mem::take(&mut open));
        }
    }
    if open.rows > 0.0 {
        steps.push(open);
    }
    steps
}

fn knots(steps: &[Step], base: f64, prior_rows: f64) -> Vec<Knot> {
    let rising = isotonic(
        steps
            .iter()
            .map(|step| (step.positives / step.rows, step.rows)),
    );
    let whole = |range: std::ops::Range<usize>, from: &[Step]| {
        let mut sum = Step::default();
        for step in from.get(range).unwrap_or(&[]) {
            sum.add(*step);
        }
        sum
    };
    let pooled: Vec<Step> = rising
        .iter()
        .map(|b| whole(b.start..b.end, steps))
        .collect();
    // Drawing thin blocks to the base rate can break the order: pool again.
    let drawn = pooled.iter().map(|step| {
        let rate = shrunk(step.positives, step.rows, base, prior_rows);
        (rate, step.rows + prior_rows)
    });
    let mut knots: Vec<Knot> = Vec::new();
    for block in isotonic(drawn) {
        let step = whole(block.start..block.end, &pooled);
        let score = step.sum / step.rows;
        // Means of very large or very close scores may overflow or coincide.
        let rises = knots.last().is_none_or(|last| last.score < score);
        if score.is_finite() && rises {
            knots.push(Knot {
                score,
                rate: block.level,
                rows: step.rows as u64,
                positives: step.positives as u64,
            });
        }
    }
    knots
}
