//! How good predictions are on rows the model has not seen, with intervals.
//!
//! [`evaluate`] gives everything at once; the modules give each measure alone.
//! A measure that cannot be computed is absent with a reason, never `NaN`.
//! Intervals are 95 %: DeLong's for the area under the ROC curve, Wilson's for
//! proportions of independent rows, else a bootstrap over customers.

mod bootstrap;
mod calibration;
mod curve;
mod decision;
mod groups;
mod lift;
mod roc;

pub use calibration::{CalibrationBin, Recalibration, calibration_bins, recalibration};
pub use curve::{CurvePoint, average_precision, pr_curve, roc_curve};
pub use decision::{
    Confusion, ProfitPoint, confusion, confusion_at, profit_curve, profit_decisions,
    profit_threshold,
};
pub use lift::{Decile, deciles};
pub use roc::{Difference, RocAuc, paired_difference, roc_auc};

use crate::error::{Error, check_length};
use crate::special::wilson;
use bootstrap::{Intervals, bootstrap};

pub(crate) use bootstrap::{draw as draw_customers, percentile_interval as percentile_of};
pub(crate) use groups::number as number_customers;

/// Probabilities are moved this far from 0 and 1 before a logarithm is taken.
pub const PROBABILITY_CLIP: f64 = 1e-15;

/// One measure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Metric {
    /// Its name in the table `evaluations`.
    pub name: &'static str,
    /// The estimate, finite.
    pub value: f64,
    /// Lower end of the 95 % interval.
    pub low: Option<f64>,
    /// Upper end of the 95 % interval.
    pub high: Option<f64>,
    /// Rows it rests on.
    pub n: usize,
}

/// Why a measure is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AbsentReason {
    /// All rows have the same outcome.
    OneClass,
    /// Nobody was chosen, so there is no precision.
    NobodyChosen,
    /// Nobody was lost, so there is no recall.
    NobodyLost,
    /// All scores are equal.
    ConstantScore,
    /// The scores separate the outcomes fully, or too few rows: no finite estimate.
    NoFiniteEstimate,
}

/// A measure that could not be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Absent {
    /// The measure.
    pub name: &'static str,
    /// Why.
    pub reason: AbsentReason,
}

/// Which rows an action is taken on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Choice<'a> {
    /// Those with at least this probability.
    AtLeast(f64),
    /// Those marked, e.g. by [`profit_decisions`].
    Rows(&'a [bool]),
}

/// Predictions and what happened; all slices have one value per row.
#[derive(Debug, Clone, Copy)]
pub struct Scored<'a> {
    /// Predicted probabilities within [0, 1].
    pub probabilities: &'a [f64],
    /// What happened.
    pub target: &'a [bool],
    /// The customer of each row; intervals then allow for rows of one customer
    /// being alike.
    pub groups: Option<&'a [u64]>,
    /// The rows acted upon, for accuracy, precision, recall and F1.
    pub choice: Choice<'a>,
}

/// Details of an evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EvaluateSettings {
    /// Bootstrap resamples; 0 leaves those intervals out.
    pub resamples: usize,
    /// Seed of the bootstrap.
    pub seed: u64,
    /// Number of calibration bins.
    pub bins: usize,
}

impl Default for EvaluateSettings {
    fn default() -> Self {
        EvaluateSettings {
            resamples: 500,
            seed: 0,
            bins: 10,
        }
    }
}

/// All measures of one model on one set of rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// `base_rate`, `mean_probability`, `roc_auc`, `pr_auc`, `log_loss`, `brier`,
    /// `ece`, `accuracy`, `precision`, `recall`, `f1`, `lift_top_decile`,
    /// `calibration_slope`, `calibration_intercept`, in this order.
    pub metrics: Vec<Metric>,
    /// Those that could not be computed.
    pub absent: Vec<Absent>,
    /// Counts at the choice.
    pub confusion: Confusion,
    /// Predicted against observed, from the least to the most likely.
    pub calibration: Vec<CalibrationBin>,
    /// Lift, from the most to the least likely tenth.
    pub deciles: Vec<Decile>,
}

impl Evaluation {
    /// The measure of that name, if it could be computed.
    pub fn metric(&self, name: &str) -> Option<&Metric> {
        self.metrics.iter().find(|metric| metric.name == name)
    }
}

/// The order of rows by falling score, ties in row order.
fn falling_order(scores: &[f64]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..scores.len() as u32).collect();
    let score = |row: &u32| scores.get(*row as usize).copied().unwrap_or(0.0);
    order
        .sort_unstable_by(|left, right| score(right).total_cmp(&score(left)).then(left.cmp(right)));
    order
}

fn check(scores: &[f64], target: &[bool]) -> Result<(), Error> {
    if target.is_empty() {
        return Err(Error::NoRows);
    }
    crate::matrix::check_limit("rows", target.len(), crate::matrix::ROWS_MAX)?;
    check_length("scores", target.len(), scores.len())?;
    crate::error::check_finite("scores", scores)
}

fn check_probabilities(probabilities: &[f64], target: &[bool]) -> Result<(), Error> {
    check(probabilities, target)?;
    if probabilities.iter().all(|p| (0.0..=1.0).contains(p)) {
        return Ok(());
    }
    Err(Error::ArgumentInvalid {
        name: "probabilities",
        reason: "must lie within 0 and 1".to_owned(),
    })
}

/// -ln of the probability given to what happened, clipped at
/// [`PROBABILITY_CLIP`]: nats.
pub fn row_log_loss(probability: f64, outcome: bool) -> f64 {
    let clipped = probability.clamp(PROBABILITY_CLIP, 1.0 - PROBABILITY_CLIP);
    if outcome {
        -libm::log(clipped)
    } else {
        -libm::log1p(-clipped)
    }
}

/// Mean of [`row_log_loss`]. Errors: no rows, lengths, probabilities outside [0, 1].
pub fn log_loss(probabilities: &[f64], target: &[bool]) -> Result<f64, Error> {
    check_probabilities(probabilities, target)?;
    let rows = probabilities.iter().zip(target);
    let sum: f64 = rows.map(|(p, outcome)| row_log_loss(*p, *outcome)).sum();
    Ok(sum / target.len() as f64)
}

/// Mean squared difference of probability and outcome (Brier 1950).
///
/// Errors as [`log_loss`].
pub fn brier(probabilities: &[f64], target: &[bool]) -> Result<f64, Error> {
    check_probabilities(probabilities, target)?;
    let rows = probabilities.iter().zip(target);
    let sum: f64 = rows.map(|(p, outcome)| row_brier(*p, *outcome)).sum();
    Ok(sum / target.len() as f64)
}

fn row_brier(probability: f64, outcome: bool) -> f64 {
    let off = probability - f64::from(u8::from(outcome));
    off * off
}

struct Collector {
    metrics: Vec<Metric>,
    absent: Vec<Absent>,
}

impl Collector {
    fn add(&mut self, name: &'static str, value: f64, interval: Option<(f64, f64)>, n: usize) {
        if !value.is_finite() {
            self.miss(name, AbsentReason::NoFiniteEstimate);
            return;
        }
        self.metrics.push(Metric {
            name,
            value,
            low: interval.map(|(low, _)| low.min(value)),
            high: interval.map(|(_, high)| high.max(value)),
            n,
        });
    }

    fn miss(&mut self, name: &'static str, reason: AbsentReason) {
        self.absent.push(Absent { name, reason });
    }
}

/// Every measure at once.
///
/// Errors: no rows, lengths that differ, probabilities outside [0, 1], no bins.
pub fn evaluate(scored: &Scored, settings: &EvaluateSettings) -> Result<Evaluation, Error> {
    let Scored {
        probabilities,
        target,
        groups,
        choice,
    } = *scored;
    check_probabilities(probabilities, target)?;
    let confusion = match choice {
        Choice::AtLeast(threshold) => confusion_at(probabilities, target, threshold)?,
        Choice::Rows(chosen) => confusion(chosen, target)?,
    };
    let (numbers, group_count) = groups::number(groups, target.len())?;
    let calibration = calibration_bins(probabilities, target, settings.bins)?;
    let deciles = deciles(probabilities, target)?;
    let intervals = bootstrap(scored, settings, &numbers, group_count);
    let independent = group_count == target.len();
    let mut out = Collector {
        metrics: Vec::with_capacity(14),
        absent: Vec::new(),
    };
    let rows = target.len();
    let positives = confusion.positives();
    let share = |part: usize, of: usize, drawn: Option<(f64, f64)>| {
        if independent {
            Some(wilson(part as f64, of as f64))
        } else {
            drawn
        }
    };
    let rate = positives as f64 / rows as f64;
    out.add(
        "base_rate",
        rate,
        share(positives, rows, intervals.base_rate),
        rows,
    );
    let mean = probabilities.iter().sum::<f64>() / rows as f64;
    out.add("mean_probability", mean, intervals.mean_probability, rows);
    ranking(&mut out, scored, &intervals)?;
    out.add(
        "log_loss",
        log_loss(probabilities, target)?,
        intervals.log_loss,
        rows,
    );
    out.add(
        "brier",
        brier(probabilities, target)?,
        intervals.brier,
        rows,
    );
    let ece = calibration::expected_error(&calibration);
    out.add("ece", ece, intervals.ece, rows);
    decisions(&mut out, &confusion, &intervals, share);
    match deciles.first() {
        Some(top) if positives > 0 => out.add("lift_top_decile", top.lift, intervals.lift, rows),
        _ => out.miss("lift_top_decile", AbsentReason::NobodyLost),
    }
    add_recalibration(&mut out, scored)?;
    Ok(Evaluation {
        metrics: out.metrics,
        absent: out.absent,
        confusion,
        calibration,
        deciles,
    })
}

fn ranking(out: &mut Collector, scored: &Scored, intervals: &Intervals) -> Result<(), Error> {
    let rows = scored.target.len();
    match roc_auc(scored.probabilities, scored.target, scored.groups) {
        Ok(auc) => out.add("roc_auc", auc.value, auc.interval, rows),
        Err(Error::OneClass { .. }) => out.miss("roc_auc", AbsentReason::OneClass),
        Err(error) => return Err(error),
    }
    match average_precision(scored.probabilities, scored.target) {
        Ok(value) => out.add("pr_auc", value, intervals.pr_auc, rows),
        Err(Error::OneClass { .. }) => out.miss("pr_auc", AbsentReason::OneClass),
        Err(error) => return Err(error),
    }
    Ok(())
}

fn decisions(
    out: &mut Collector,
    confusion: &Confusion,
    intervals: &Intervals,
    share: impl Fn(usize, usize, Option<(f64, f64)>) -> Option<(f64, f64)>,
) {
    let rows = confusion.rows();
    let right = confusion.true_positives + confusion.true_negatives;
    let accuracy = right as f64 / rows as f64;
    out.add(
        "accuracy",
        accuracy,
        share(right, rows, intervals.accuracy),
        rows,
    );
    let hits = confusion.true_positives;
    let (chosen, positives) = (confusion.chosen(), confusion.positives());
    match confusion.precision() {
        Some(value) => {
            out.add(
                "precision",
                value,
                share(hits, chosen, intervals.precision),
                chosen,
            );
        }
        None => out.miss("precision", AbsentReason::NobodyChosen),
    }
    match confusion.recall() {
        Some(value) => {
            out.add(
                "recall",
                value,
                share(hits, positives, intervals.recall),
                positives,
            );
        }
        None => out.miss("recall", AbsentReason::NobodyLost),
    }
    match confusion.f1() {
        Some(value) => out.add("f1", value, intervals.f1, rows),
        None => out.miss("f1", AbsentReason::NobodyLost),
    }
}

fn add_recalibration(out: &mut Collector, scored: &Scored) -> Result<(), Error> {
    let names = ["calibration_slope", "calibration_intercept"];
    match recalibration(scored.probabilities, scored.target, scored.groups)? {
        Ok(found) => {
            let rows = scored.target.len();
            out.add(names[0], found.slope, Some(found.slope_interval), rows);
            out.add(
                names[1],
                found.intercept,
                Some(found.intercept_interval),
                rows,
            );
        }
        Err(reason) => {
            for name in names {
                out.miss(name, reason);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
