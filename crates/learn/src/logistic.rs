//! Logistic regression with an L2 penalty: fit, predict, contributions, bytes.
//!
//! Minimises, as scikit-learn does, C Σ w_i ln(1 + exp(-y_i η_i)) + ½ Σ_j β_j²
//! with y = ±1, over the terms of [`crate::prepare`]; the intercept is not
//! penalised. `C` is the inverse strength: small is strong. Newton's method
//! (IRLS; Hastie, Tibshirani, Friedman 2009, section 4.4.1) with step-halving on
//! the Cholesky factor of the penalised Hessian. Because of the penalty the
//! optimum is unique and finite even where the outcomes separate.
//!
//! Standard errors come from the inverse of the penalised Hessian (the Laplace
//! approximation of the posterior under the normal prior that the penalty is),
//! so that they stay finite too; Wald intervals from them.
//!
//! **Class weights** change the odds a model learns by the factor w₊/w₋. The
//! probabilities are brought back to the base rate: ln(w₊/w₋) is taken off the
//! intercept (King and Zeng 2001, equation 7; Elkan 2001, theorem 2), then the
//! intercept is moved until the mean prediction over the training rows equals
//! the observed rate, which the penalty had left a little off.

mod hessian;
mod model;
mod solve;
mod strength;

pub use model::{Coefficient, Contributions, LogisticModel};
pub use strength::StrengthTrial;

use crate::error::{Error, check_finite, check_length, check_two_classes};
use crate::matrix::Matrix;
use crate::prepare::{Preparation, PrepareSettings};
use crate::special::{Z_95, sigmoid};
use serde::{Deserialize, Serialize};
use solve::{Problem, Solution};

/// `C` where there are too few of the rarer outcome to choose by cross-validation.
pub const STRENGTH_FEW: f64 = 0.1;
/// Fewest of the rarer outcome for choosing `C` by cross-validation.
pub const RARER_MIN_FOR_CHOICE: usize = 10;

/// How strongly coefficients are held to zero.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Strength {
    /// This `C`, in scikit-learn's convention.
    Fixed(f64),
    /// The `C` of the lowest log-loss over folds grouped by customer; the
    /// stronger one of equals. With fewer than [`RARER_MIN_FOR_CHOICE`] of the
    /// rarer outcome, or rows of one customer only, [`STRENGTH_FEW`].
    CrossValidated {
        /// Candidates for `C`.
        grid: Vec<f64>,
        /// Number of folds (fewer if the rarer outcome has fewer rows).
        folds: usize,
        /// With more rows a sample of customers about this large is used: the
        /// choice hardly depends on more.
        rows_max: usize,
    },
}

/// How much a row of each outcome weighs in the fit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum ClassWeight {
    /// All rows alike.
    None,
    /// Both outcomes weigh the same in sum.
    Balanced,
    /// As given, both positive.
    Given {
        /// Weight of a positive row.
        positive: f64,
        /// Weight of a negative row.
        negative: f64,
    },
}

/// How to fit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogisticSettings {
    /// How columns become terms.
    pub prepare: PrepareSettings,
    /// Penalty.
    pub strength: Strength,
    /// Class weights.
    pub class_weight: ClassWeight,
    /// Most Newton steps.
    pub iterations_max: usize,
    /// The fit ends when the next step can lower the penalised loss by no more
    /// than half of this.
    pub tolerance: f64,
    /// Seed of the folds.
    pub seed: u64,
}

impl Default for LogisticSettings {
    fn default() -> Self {
        LogisticSettings {
            prepare: PrepareSettings::default(),
            strength: Strength::CrossValidated {
                grid: vec![0.001, 0.01, 0.1, 1.0, 10.0],
                folds: 5,
                rows_max: 50_000,
            },
            class_weight: ClassWeight::None,
            iterations_max: 100,
            tolerance: 1e-8,
            seed: 0,
        }
    }
}

/// What a model is fitted on; all slices have one value per row of the matrix.
#[derive(Debug, Clone, Copy)]
pub struct Training<'a> {
    /// The columns.
    pub matrix: &'a Matrix,
    /// Whether the customer was lost.
    pub target: &'a [bool],
    /// The customer of each row; rows of one customer stay in one fold.
    pub groups: Option<&'a [u64]>,
    /// Prior weights, not negative: a row of weight 2 counts as two equal rows.
    pub weights: Option<&'a [f64]>,
    /// Added to the logit of each row with coefficient 1; not part of the model.
    pub offset: Option<&'a [f64]>,
}

impl<'a> Training<'a> {
    /// Rows without groups, weights or offset.
    pub fn new(matrix: &'a Matrix, target: &'a [bool]) -> Training<'a> {
        Training {
            matrix,
            target,
            groups: None,
            weights: None,
            offset: None,
        }
    }

    /// The same with the customer of each row.
    pub fn with_groups(self, groups: &'a [u64]) -> Training<'a> {
        Training {
            groups: Some(groups),
            ..self
        }
    }

    fn check(&self) -> Result<(), Error> {
        self.matrix.validate()?;
        let rows = self.matrix.rows;
        check_length("target", rows, self.target.len())?;
        check_two_classes(self.target)?;
        if let Some(groups) = self.groups {
            check_length("groups", rows, groups.len())?;
        }
        if let Some(offset) = self.offset {
            check_length("offset", rows, offset.len())?;
            check_finite("offset", offset)?;
        }
        if let Some(weights) = self.weights {
            check_length("weights", rows, weights.len())?;
            check_finite("weights", weights)?;
            let weigh = |outcome: bool| {
                let rows = self.target.iter().zip(weights);
                rows.filter(|(row, _)| **row == outcome)
                    .map(|(_, w)| w)
                    .sum::<f64>()
            };
            let bad = weights.iter().any(|weight| *weight < 0.0);
            if bad || weigh(true) <= 0.0 || weigh(false) <= 0.0 {
                return Err(Error::ArgumentInvalid {
                    name: "weights",
                    reason: "must not be negative, and both outcomes must weigh something"
                        .to_owned(),
                });
            }
        }
        Ok(())
    }
}

/// Fits a model: prepares the columns on these rows, chooses `C`, solves.
///
/// Errors: invalid input ([`Matrix::validate`], lengths, one class, settings
/// out of range), or a Hessian that cannot be factored. A fit that used up its
/// iterations is returned with [`LogisticModel::converged`] false.
pub fn fit(training: &Training, settings: &LogisticSettings) -> Result<LogisticModel, Error> {
    training.check()?;
    check_settings(settings)?;
    let (strength, trials) = strength::choose(training, settings)?;
    let preparation = Preparation::fit_valid(training.matrix, &settings.prepare)?;
    let design = preparation.design(training.matrix)?;
    let weights = class_weights(training, settings.class_weight);
    let problem = Problem {
        design: &design,
        target: training.target,
        weights: training.weights,
        offset: training.offset,
        class_weights: weights,
        penalty: 1.0 / strength,
    };
    let mut solution = solve::solve(&problem, None, settings)?;
    correct_base_rate(&problem, &mut solution);
    Ok(model::assemble(
        preparation,
        &design,
        training,
        solution,
        strength,
        trials,
    ))
}

fn check_settings(settings: &LogisticSettings) -> Result<(), Error> {
    let invalid = |name, reason: &str| {
        Err(Error::ArgumentInvalid {
            name,
            reason: reason.to_owned(),
        })
    };
    let strengths = match &settings.strength {
        Strength::Fixed(strength) => std::slice::from_ref(strength),
        Strength::CrossValidated { grid, folds, .. } => {
            if *folds < 2 {
                return invalid("folds", "must be at least 2");
            }
            grid.as_slice()
        }
    };
    if strengths.is_empty() || !strengths.iter().all(|c| (1e-8..=1e8).contains(c)) {
        return invalid("strength", "must lie between 1e-8 and 1e8");
    }
    if let ClassWeight::Given { positive, negative } = settings.class_weight {
        let sound = |weight: f64| (1e-6..=1e6).contains(&weight);
        if !sound(positive) || !sound(negative) {
            return invalid("class_weight", "must lie between 1e-6 and 1e6");
        }
    }
    if settings.iterations_max == 0 || settings.tolerance.is_nan() || settings.tolerance <= 0.0 {
        return invalid("tolerance", "and `iterations_max` must be positive");
    }
    Ok(())
}

/// Weights of a negative and a positive row, scaled so that the sum over all
/// rows is what it would be without: the penalty keeps its meaning.
fn class_weights(training: &Training, choice: ClassWeight) -> [f64; 2] {
    let mut totals = [0.0; 2];
    for (row, outcome) in training.target.iter().enumerate() {
        let weight = training.weights.and_then(|weights| weights.get(row));
        totals[usize::from(*outcome)] += weight.copied().unwrap_or(1.0);
    }
    let [negative, positive] = totals;
    let all = negative + positive;
    let raw = match choice {
        ClassWeight::None => return [1.0, 1.0],
        ClassWeight::Balanced => [all / (2.0 * negative), all / (2.0 * positive)],
        ClassWeight::Given { positive, negative } => [negative, positive],
    };
    let scale = all / (raw[0] * negative + raw[1] * positive);
    raw.map(|weight| weight * scale)
}

/// Brings the intercept back to the base rate after class weights.
fn correct_base_rate(problem: &Problem, solution: &mut Solution) {
    let [negative, positive] = problem.class_weights;
    if negative == positive {
        return;
    }
    if let Some(intercept) = solution.parameters.first_mut() {
        *intercept -= libm::log(positive / negative);
    }
    let logits = problem.logits(&solution.parameters);
    let shift = recentre(&logits, problem.target, problem.weights);
    if let Some(intercept) = solution.parameters.first_mut() {
        *intercept += shift;
    }
}

/// The shift of all logits at which the mean prediction equals the observed
/// rate: Newton steps, each kept inside a bracket.
fn recentre(logits: &[f64], target: &[bool], weights: Option<&[f64]>) -> f64 {
    let weight = |row: usize| weights.and_then(|w| w.get(row)).copied().unwrap_or(1.0);
    let (mut low, mut high, mut shift) = (-50.0_f64, 50.0_f64, 0.0_f64);
    for _ in 0..100 {
        let (mut excess, mut slope, mut total) = (0.0, 0.0, 0.0);
        for (row, (logit, outcome)) in logits.iter().zip(target).enumerate() {
            let probability = sigmoid(logit + shift);
            let weight = weight(row);
            excess += weight * (probability - f64::from(u8::from(*outcome)));
            slope += weight * probability * (1.0 - probability);
            total += weight;
        }
        if excess.abs() <= 1e-13 * total {
            break;
        }
        if excess > 0.0 {
            high = shift;
        } else {
            low = shift;
        }
        let newton = shift - excess / slope;
        shift = if newton > low && newton < high {
            newton
        } else {
            f64::midpoint(low, high)
        };
    }
    shift
}

/// A logit's 95 % Wald interval from estimate and standard error.
fn wald(estimate: f64, std_error: f64) -> (f64, f64) {
    (estimate - Z_95 * std_error, estimate + Z_95 * std_error)
}

#[cfg(test)]
mod tests;
