//! The fitted model: predictions, contributions, coefficients, bytes.

use super::solve::Solution;
use super::{StrengthTrial, Training, wald};
use crate::bytes::{open, seal};
use crate::error::{Error, check_finite, check_length};
use crate::matrix::{Column, ColumnData, Matrix};
use crate::prepare::{
    CategoryPlan, ColumnPlan, Design, LevelTerm, NumberPlan, Preparation, TermKind,
};
use crate::special::sigmoid;
use serde::{Deserialize, Serialize};

const KIND: [u8; 4] = *b"logi";
const VERSION: u16 = 1;

/// A fitted logistic regression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogisticModel {
    preparation: Preparation,
    intercept: f64,
    intercept_std_error: f64,
    /// Per term of the preparation.
    coefficients: Vec<f64>,
    std_errors: Vec<f64>,
    /// Mean of each term over the training rows.
    term_means: Vec<f64>,
    strength: f64,
    trials: Vec<StrengthTrial>,
    rows: u64,
    positives: u64,
    iterations: u32,
    converged: bool,
}

/// One estimate of the model.
#[derive(Debug, Clone, PartialEq)]
pub struct Coefficient {
    /// Index of the training column; `None` for the intercept.
    pub column: Option<usize>,
    /// What the term stands for.
    pub term: TermKind,
    /// Log-odds per unit of the term: per standard deviation for
    /// [`TermKind::Value`], against the commonest level for indicators.
    pub estimate: f64,
    /// Standard error.
    pub std_error: f64,
    /// Lower end of the 95 % Wald interval.
    pub low: f64,
    /// Upper end of the 95 % Wald interval.
    pub high: f64,
}

/// What each column adds to each row's logit, against the training mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Contributions {
    /// The columns, in training order.
    pub columns: Vec<String>,
    /// Number of rows.
    pub rows: usize,
    /// The logit of a row that is average in every term. A row's logit is this
    /// plus its contributions.
    pub base_logit: f64,
    /// Row after row, one value per column, log-odds.
    pub values: Vec<f64>,
}

impl Contributions {
    /// The contributions of a row, one per column; empty if there is no such row.
    pub fn row(&self, row: usize) -> &[f64] {
        let width = self.columns.len();
        self.values
            .get(row * width..(row + 1) * width)
            .unwrap_or(&[])
    }
}

pub(super) fn assemble(
    preparation: Preparation,
    design: &Design,
    training: &Training,
    solution: Solution,
    strength: f64,
    trials: Vec<StrengthTrial>,
) -> LogisticModel {
    let mut std_errors: Vec<f64> = solution
        .factor
        .inverse_diagonal()
        .into_iter()
        .map(f64::sqrt)
        .collect();
    let mut coefficients = solution.parameters;
    let intercept = coefficients.remove(0);
    let intercept_std_error = std_errors.remove(0);
    LogisticModel {
        preparation,
        intercept,
        intercept_std_error,
        coefficients,
        std_errors,
        term_means: design.means(),
        strength,
        trials,
        rows: training.target.len() as u64,
        positives: training.target.iter().filter(|outcome| **outcome).count() as u64,
        iterations: solution.iterations as u32,
        converged: solution.converged,
    }
}

impl LogisticModel {
    /// Churn probabilities, one per row of `matrix`, within [0, 1].
    ///
    /// Errors: a training column is absent or of another type; a number is
    /// infinite.
    pub fn predict(&self, matrix: &Matrix) -> Result<Vec<f64>, Error> {
        let mut logits = self.logits(matrix)?;
        for logit in &mut logits {
            *logit = sigmoid(*logit);
        }
        Ok(logits)
    }

    /// As [`LogisticModel::predict`], with an offset added to each logit.
    ///
    /// Errors also if `offset` has another length or is not finite.
    pub fn predict_with_offset(&self, matrix: &Matrix, offset: &[f64]) -> Result<Vec<f64>, Error> {
        check_length("offset", matrix.rows, offset.len())?;
        check_finite("offset", offset)?;
        let logits = self.logits(matrix)?;
        let rows = logits.iter().zip(offset);
        Ok(rows
            .map(|(logit, offset)| sigmoid(logit + offset))
            .collect())
    }

    /// Log-odds, one per row. Errors as [`LogisticModel::predict`].
    pub fn logits(&self, matrix: &Matrix) -> Result<Vec<f64>, Error> {
        matrix.validate()?;
        let columns = self.preparation.columns_of(matrix)?;
        let mut logits = vec![self.base_logit(); matrix.rows];
        for (index, column) in columns.into_iter().enumerate() {
            self.each_contribution(index, column, |row, contribution| {
                if let Some(logit) = logits.get_mut(row) {
                    *logit += contribution;
                }
            });
        }
        Ok(logits)
    }

    /// What each training column adds to each row's logit: 8 bytes per row and
    /// column. Errors as [`LogisticModel::predict`].
    pub fn contributions(&self, matrix: &Matrix) -> Result<Contributions, Error> {
        matrix.validate()?;
        let columns = self.preparation.columns_of(matrix)?;
        let width = columns.len();
        let mut values = vec![0.0; matrix.rows * width];
        for (index, column) in columns.into_iter().enumerate() {
            self.each_contribution(index, column, |row, contribution| {
                if let Some(value) = values.get_mut(row * width + index) {
                    *value = contribution;
                }
            });
        }
        let name = |column: &crate::prepare::PreparedColumn| column.name.clone();
        Ok(Contributions {
            columns: self.preparation.columns.iter().map(name).collect(),
            rows: matrix.rows,
            base_logit: self.base_logit(),
            values,
        })
    }

    /// The logit of a row that is average in every term.
    pub fn base_logit(&self) -> f64 {
        self.intercept + crate::linear::dot(&self.coefficients, &self.term_means)
    }

    /// Every estimate, the intercept first.
    pub fn coefficients(&self) -> Vec<Coefficient> {
        let whole = |column, term, estimate: f64, std_error: f64| {
            let (low, high) = wald(estimate, std_error);
            Coefficient {
                column,
                term,
                estimate,
                std_error,
                low,
                high,
            }
        };
        let mut all = vec![whole(
            None,
            TermKind::Intercept,
            self.intercept,
            self.intercept_std_error,
        )];
        let estimates = self.coefficients.iter().zip(&self.std_errors);
        for ((column, term), (estimate, std_error)) in
            self.preparation.term_kinds().into_iter().zip(estimates)
        {
            all.push(whole(Some(column), term, *estimate, *std_error));
        }
        all
    }

    /// The preparation, with the training columns in their order.
    pub fn preparation(&self) -> &Preparation {
        &self.preparation
    }

    /// The penalty used, `C` in scikit-learn's convention.
    pub fn strength(&self) -> f64 {
        self.strength
    }

    /// What each candidate penalty scored; empty if the penalty was fixed or
    /// there were too few rows to choose.
    pub fn trials(&self) -> &[StrengthTrial] {
        &self.trials
    }

    /// Training rows, and how many of them were positive.
    pub fn training_rows(&self) -> (u64, u64) {
        (self.rows, self.positives)
    }

    /// Whether the last Newton step was below the tolerance.
    pub fn converged(&self) -> bool {
        self.converged
    }

    /// Newton steps made on all rows.
    pub fn iterations(&self) -> u32 {
        self.iterations
    }

    /// The model as bytes: the same bytes for the same training rows, settings
    /// and seed, on every machine.
    ///
    /// Errors: more than 64 MiB.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        seal(KIND, VERSION, self)
    }

    /// Reads [`LogisticModel::to_bytes`].
    ///
    /// Errors: damage, another kind or version, or numbers that do not hold
    /// together.
    pub fn from_bytes(bytes: &[u8]) -> Result<LogisticModel, Error> {
        let model: LogisticModel = open(KIND, VERSION, bytes)?;
        model.preparation.check()?;
        let terms = model.preparation.terms();
        let vectors = [&model.coefficients, &model.std_errors, &model.term_means];
        let finite = vectors
            .iter()
            .all(|vector| vector.len() == terms && vector.iter().all(|number| number.is_finite()));
        let constants = [model.intercept, model.intercept_std_error, model.strength];
        if finite && constants.iter().all(|number| number.is_finite()) {
            return Ok(model);
        }
        Err(Error::BytesInvalid {
            reason: "coefficients do not fit the terms".to_owned(),
        })
    }

    fn dense(&self, term: u16) -> (f64, f64) {
        self.estimate(usize::from(term))
    }

    fn indicator(&self, term: u16) -> (f64, f64) {
        self.estimate(self.preparation.dense_terms + usize::from(term))
    }

    /// A term's coefficient and training mean.
    fn estimate(&self, term: usize) -> (f64, f64) {
        let at = |vector: &[f64]| vector.get(term).copied().unwrap_or(0.0);
        (at(&self.coefficients), at(&self.term_means))
    }

    /// Calls `add(row, contribution)` for every row in which the column counts.
    fn each_contribution(&self, index: usize, column: &Column, add: impl FnMut(usize, f64)) {
        let plan = self
            .preparation
            .columns
            .get(index)
            .map(|prepared| &prepared.plan);
        match (plan, &column.data) {
            (Some(ColumnPlan::Number(plan)), ColumnData::Number(values)) => {
                self.number_contributions(plan, values, add);
            }
            (Some(ColumnPlan::Category(plan)), ColumnData::Category { codes, levels }) => {
                self.category_contributions(plan, codes, levels, add);
            }
            _ => {}
        }
    }

    fn number_contributions(
        &self,
        plan: &NumberPlan,
        values: &[f64],
        mut add: impl FnMut(usize, f64),
    ) {
        let (slope, mean) = plan.value_term.map_or((0.0, 0.0), |term| self.dense(term));
        let (absent, absent_mean) = plan
            .missing_term
            .map_or((0.0, 0.0), |term| self.indicator(term));
        let present = -(slope * mean) - absent * absent_mean;
        let missing = present + absent;
        for (row, value) in values.iter().enumerate() {
            if value.is_nan() {
                add(row, missing);
            } else if slope == 0.0 {
                add(row, present);
            } else {
                add(row, slope * plan.value(*value) + present);
            }
        }
    }

    fn category_contributions(
        &self,
        plan: &CategoryPlan,
        codes: &[u32],
        levels: &[String],
        mut add: impl FnMut(usize, f64),
    ) {
        let all = plan.level_terms.iter().chain([&plan.pooled, &plan.missing]);
        let average: f64 = all
            .map(|term| match term {
                LevelTerm::Term(term) => {
                    let (estimate, mean) = self.indicator(*term);
                    estimate * mean
                }
                _ => 0.0,
            })
            .sum();
        let effect = |term: LevelTerm| match term {
            LevelTerm::Term(term) => self.indicator(term).0 - average,
            LevelTerm::Reference => -average,
            LevelTerm::Unknown => 0.0,
        };
        let terms = plan.terms_of(levels);
        for (row, code) in codes.iter().enumerate() {
            add(row, effect(plan.term(&terms, *code)));
        }
    }
}
