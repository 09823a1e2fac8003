//! Newton's method with step-halving for the penalised likelihood.

use super::LogisticSettings;
use super::hessian::{Pass, pass};
use crate::error::Error;
use crate::linear::{Cholesky, dot};
use crate::prepare::{Design, NO_TERM};

/// With at least this many rows a first solution comes from a sample of blocks.
const WARM_ROWS_MIN: usize = 65_536;
/// Share of blocks in that sample: one in so many.
const WARM_STEP: usize = 16;
/// Shortest step tried, as a share of Newton's.
const SCALE_MIN: f64 = 1e-10;

/// A penalised likelihood to minimise.
#[derive(Clone, Copy)]
pub(super) struct Problem<'a> {
    pub(super) design: &'a Design,
    pub(super) target: &'a [bool],
    pub(super) weights: Option<&'a [f64]>,
    pub(super) offset: Option<&'a [f64]>,
    /// Of a negative and of a positive row.
    pub(super) class_weights: [f64; 2],
    /// 1 / C.
    pub(super) penalty: f64,
}

/// The minimum.
pub(super) struct Solution {
    /// Intercept, dense terms, indicators.
    pub(super) parameters: Vec<f64>,
    /// Of the Hessian one step before the end.
    pub(super) factor: Cholesky,
    pub(super) iterations: usize,
    pub(super) converged: bool,
}

impl Problem<'_> {
    /// Logits of rows `start..end` into the first places of `logits`.
    pub(super) fn block_logits(
        &self,
        parameters: &[f64],
        start: usize,
        end: usize,
        logits: &mut [f64],
    ) {
        let rows = end - start;
        let Some((intercept, terms)) = parameters.split_first() else {
            return;
        };
        let logits = &mut logits[..rows];
        match self.offset.and_then(|offset| offset.get(start..end)) {
            None => logits.fill(*intercept),
            Some(offset) => {
                for (logit, offset) in logits.iter_mut().zip(offset) {
                    *logit = intercept + offset;
                }
            }
        }
        let (dense, indicators) = terms.split_at(self.design.dense.len());
        for (column, coefficient) in self.design.dense.iter().zip(dense) {
            for (logit, value) in logits.iter_mut().zip(&column[start..end]) {
                *logit += coefficient * value;
            }
        }
        for slot in &self.design.slots {
            for (logit, code) in logits.iter_mut().zip(&slot.codes[start..end]) {
                if *code != NO_TERM {
                    *logit += indicators[usize::from(*code)];
                }
            }
        }
    }

    /// Logits of all rows.
    pub(super) fn logits(&self, parameters: &[f64]) -> Vec<f64> {
        let mut logits = vec![0.0; self.design.rows];
        self.block_logits(parameters, 0, self.design.rows, &mut logits);
        logits
    }

    /// The constant model: ln of the weighted odds.
    fn start(&self) -> Vec<f64> {
        let mut totals = [0.0; 2];
        for (row, outcome) in self.target.iter().enumerate() {
            let prior = self.weights.and_then(|weights| weights.get(row)).copied();
            let class = usize::from(*outcome);
            totals[class] += self.class_weights[class] * prior.unwrap_or(1.0);
        }
        let mut parameters = vec![0.0; self.design.terms() + 1];
        parameters[0] = libm::log(totals[1] / totals[0]);
        parameters
    }
}

/// Minimises from `start`, or from the constant model.
pub(super) fn solve(
    problem: &Problem,
    start: Option<Vec<f64>>,
    settings: &LogisticSettings,
) -> Result<Solution, Error> {
    let start = match start {
        Some(start) => start,
        None if problem.design.rows >= WARM_ROWS_MIN => {
            // Near enough: the full passes that follow finish the work. Whatever
            // goes wrong here only costs the head start.
            let rough = newton(problem, problem.start(), settings, WARM_STEP, 1e-3);
            match rough {
                Ok(rough) if rough.converged => rough.parameters,
                _ => problem.start(),
            }
        }
        None => problem.start(),
    };
    newton(problem, start, settings, 1, settings.tolerance)
}

fn newton(
    problem: &Problem,
    mut parameters: Vec<f64>,
    settings: &LogisticSettings,
    block_step: usize,
    tolerance: f64,
) -> Result<Solution, Error> {
    let size = parameters.len();
    let mut now = pass(problem, &parameters, block_step);
    let mut iterations = 0;
    loop {
        iterations += 1;
        let hessian = std::mem::take(&mut now.hessian);
        let factor = factor(hessian, size).ok_or(Error::NotConverged {
            what: "logistic regression",
            iterations,
        })?;
        let step = factor.solve(&now.gradient);
        let decrement = dot(&step, &now.gradient);
        let converged = decrement <= tolerance;
        let found = if converged {
            // The last step is certain to help and needs no further pass.
            apply(&mut parameters, &step, 1.0);
            None
        } else if iterations < settings.iterations_max {
            line_search(problem, &parameters, &step, decrement, now.loss, block_step)
        } else {
            None
        };
        match found {
            Some((better, next)) => {
                parameters = better;
                now = next;
            }
            None => {
                return Ok(Solution {
                    parameters,
                    factor,
                    iterations,
                    converged,
                });
            }
        }
    }
}

fn apply(parameters: &mut [f64], step: &[f64], scale: f64) {
    for (parameter, step) in parameters.iter_mut().zip(step) {
        *parameter -= scale * step;
    }
}

/// Halves the step until the loss falls enough (Armijo 1966); `None` if it never does.
fn line_search(
    problem: &Problem,
    parameters: &[f64],
    step: &[f64],
    decrement: f64,
    loss: f64,
    block_step: usize,
) -> Option<(Vec<f64>, Pass)> {
    let mut scale = 1.0;
    while scale >= SCALE_MIN {
        let mut candidate = parameters.to_vec();
        apply(&mut candidate, step, scale);
        let next = pass(problem, &candidate, block_step);
        // Close to the minimum the fall drowns in the rounding of the sum.
        let slack = 1e-12 * loss.abs();
        if next.loss <= loss - 1e-4 * scale * decrement + slack {
            return Some((candidate, next));
        }
        scale *= 0.5;
    }
    None
}

/// Factors the Hessian; where curvature has vanished in rounding (predictions of
/// exactly 0 or 1) a trace of ridge restores it.
fn factor(hessian: Vec<f64>, size: usize) -> Option<Cholesky> {
    if let Some(factor) = Cholesky::factor(hessian.clone(), size) {
        return Some(factor);
    }
    let mut ridged = hessian;
    let largest = ridged.iter().step_by(size + 1).copied().fold(0.0, f64::max);
    for cell in ridged.iter_mut().step_by(size + 1) {
        *cell += 1e-8 * largest;
    }
    Cholesky::factor(ridged, size)
}
