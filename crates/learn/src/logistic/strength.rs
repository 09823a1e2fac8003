//! Chooses the penalty by cross-validated log-loss over folds grouped by customer.

use super::solve::{self, Problem};
use super::{
    LogisticSettings, RARER_MIN_FOR_CHOICE, STRENGTH_FEW, Strength, Training, class_weights,
    correct_base_rate,
};
use crate::error::Error;
use crate::matrix::{Matrix, pick};
use crate::prepare::Preparation;
use crate::random::splitmix64;
use crate::special::log1p_exp;
use crate::split::{Folds, folds};
use serde::{Deserialize, Serialize};

/// What one candidate of the grid scored.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct StrengthTrial {
    /// The candidate `C`.
    pub strength: f64,
    /// Mean log-loss over the held-out rows of all folds, nats.
    pub log_loss: f64,
}

struct Rows {
    matrix: Matrix,
    target: Vec<bool>,
    weights: Option<Vec<f64>>,
    offset: Option<Vec<f64>>,
}

impl Rows {
    fn take(training: &Training, rows: &[usize]) -> Result<Rows, Error> {
        // Lengths were checked with the training; an index outside is a bug of
        // the folds and reported as such by `Matrix::take`.
        let matrix = training.matrix.take(rows)?;
        let part = |values: Option<&[f64]>| values.and_then(|values| pick(values, rows));
        Ok(Rows {
            matrix,
            target: pick(training.target, rows).unwrap_or_default(),
            weights: part(training.weights),
            offset: part(training.offset),
        })
    }

    fn training(&self) -> Training<'_> {
        Training {
            matrix: &self.matrix,
            target: &self.target,
            groups: None,
            weights: self.weights.as_deref(),
            offset: self.offset.as_deref(),
        }
    }
}

/// The strength to use and what every candidate scored (nothing if fixed).
pub(super) fn choose(
    training: &Training,
    settings: &LogisticSettings,
) -> Result<(f64, Vec<StrengthTrial>), Error> {
    let (grid, fold_count, rows_max) = match &settings.strength {
        Strength::Fixed(strength) => return Ok((*strength, Vec::new())),
        Strength::CrossValidated {
            grid,
            folds,
            rows_max,
        } => (grid, *folds, *rows_max),
    };
    let sample = sample(training, rows_max, settings.seed);
    let target = pick(training.target, &sample).unwrap_or_default();
    let positives = target.iter().filter(|outcome| **outcome).count();
    let rarer = positives.min(target.len() - positives);
    if rarer < RARER_MIN_FOR_CHOICE {
        return Ok((STRENGTH_FEW, Vec::new()));
    }
    let groups = training.groups.and_then(|groups| pick(groups, &sample));
    let count = fold_count.min(rarer);
    // All rows of one customer: nothing can be held out.
    let Ok(folds) = folds(&target, groups.as_deref(), count, settings.seed) else {
        return Ok((STRENGTH_FEW, Vec::new()));
    };
    let mut grid = grid.clone();
    grid.sort_unstable_by(f64::total_cmp);
    let trials = try_all(training, &sample, &folds, &grid, settings)?;
    let best = trials.iter().copied().reduce(|best, trial| {
        if trial.log_loss < best.log_loss {
            trial
        } else {
            best
        }
    });
    Ok((best.map_or(STRENGTH_FEW, |best| best.strength), trials))
}

/// Rows of about `rows_max` rows' worth of customers, drawn by a hash.
fn sample(training: &Training, rows_max: usize, seed: u64) -> Vec<usize> {
    let rows = training.target.len();
    if rows <= rows_max {
        return (0..rows).collect();
    }
    let limit = (rows_max as f64 / rows as f64 * u64::MAX as f64) as u64;
    (0..rows)
        .filter(|row| {
            let group = training.groups.and_then(|groups| groups.get(*row).copied());
            let mut state = group.unwrap_or(*row as u64) ^ seed.rotate_left(32);
            splitmix64(&mut state) <= limit
        })
        .collect()
}

fn try_all(
    training: &Training,
    sample: &[usize],
    folds: &Folds,
    grid: &[f64],
    settings: &LogisticSettings,
) -> Result<Vec<StrengthTrial>, Error> {
    let mut losses = vec![0.0; grid.len()];
    let mut total = 0.0;
    for fold in 0..folds.count {
        let (train, test) = folds.split(fold);
        let (train, test) = (pick(sample, &train), pick(sample, &test));
        let (Some(train), Some(test)) = (train, test) else {
            continue;
        };
        if train.is_empty() || test.is_empty() {
            continue;
        }
        let train = Rows::take(training, &train)?;
        let test = Rows::take(training, &test)?;
        match fold_losses(&train, &test, grid, settings) {
            Ok(found) => {
                for (loss, found) in losses.iter_mut().zip(found) {
                    *loss += found;
                }
                total += test
                    .weights
                    .as_ref()
                    .map_or(test.target.len() as f64, |w| w.iter().sum());
            }
            // A fold may happen to hold one outcome only, or constant columns.
            Err(Error::OneClass { .. } | Error::NoUsableColumn) => {}
            Err(error) => return Err(error),
        }
    }
    if total == 0.0 {
        return Ok(Vec::new());
    }
    let trials = grid
        .iter()
        .zip(losses)
        .map(|(strength, loss)| StrengthTrial {
            strength: *strength,
            log_loss: loss / total,
        });
    Ok(trials.collect())
}

/// Summed log-loss on the held-out rows for each candidate, from the strongest
/// penalty to the weakest, each starting where the last one ended.
fn fold_losses(
    train: &Rows,
    test: &Rows,
    grid: &[f64],
    settings: &LogisticSettings,
) -> Result<Vec<f64>, Error> {
    let training = train.training();
    crate::error::check_two_classes(&train.target)?;
    let preparation = Preparation::fit_valid(&train.matrix, &settings.prepare)?;
    let design = preparation.design(&train.matrix)?;
    let test_design = preparation.design(&test.matrix)?;
    let problem_of = |strength: f64| Problem {
        design: &design,
        target: &train.target,
        weights: training.weights,
        offset: training.offset,
        class_weights: class_weights(&training, settings.class_weight),
        penalty: 1.0 / strength,
    };
    let held_out = test.training();
    let mut start = None;
    let mut losses = Vec::with_capacity(grid.len());
    for strength in grid {
        let problem = problem_of(*strength);
        let mut solution = solve::solve(&problem, start.take(), settings)?;
        start = Some(solution.parameters.clone());
        correct_base_rate(&problem, &mut solution);
        let logits = Problem {
            design: &test_design,
            target: &test.target,
            weights: held_out.weights,
            offset: held_out.offset,
            ..problem
        }
        .logits(&solution.parameters);
        let weight = |row: usize| {
            held_out
                .weights
                .and_then(|w| w.get(row))
                .copied()
                .unwrap_or(1.0)
        };
        let rows = logits.iter().zip(&test.target).enumerate();
        losses.push(
            rows.map(|(row, (logit, outcome))| {
                weight(row) * log1p_exp(if *outcome { -logit } else { *logit })
            })
            .sum(),
        );
    }
    Ok(losses)
}
