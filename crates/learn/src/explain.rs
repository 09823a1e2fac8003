//! Why a prediction is what it is, as data; words are made elsewhere.

use crate::error::{Error, check_length};
use crate::evaluate::{draw_customers, number_customers, percentile_of};
use crate::logistic::{Contributions, LogisticModel};
use crate::matrix::{ColumnData, MISSING, Matrix};
use crate::prepare::ColumnPlan;
use crate::random::Random;

/// Most customers drawn singly in the bootstrap of [`importances`]; more are
/// first put together into so many equal lots.
const LOTS_MAX: usize = 2_000;
/// Contributions smaller than this, in log-odds, are no reasons.
pub const CONTRIBUTION_MIN: f64 = 1e-6;

/// A value of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number.
    Number(f64),
    /// A category's level.
    Level(String),
    /// None.
    Missing,
}

/// What is usual in a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Typical {
    /// Mean and median of the training rows that had a number.
    Number {
        /// Mean.
        mean: f64,
        /// Median.
        median: f64,
    },
    /// The commonest level.
    Level(String),
    /// Most have no value, or the commonest are rare levels together.
    Nothing,
}

/// Which way a reason points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Towards the outcome predicted (leaving).
    Raises,
    /// Away from it.
    Lowers,
}

/// One column's part in one row's prediction.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// Index of the training column.
    pub column: usize,
    /// Log-odds against the training mean.
    pub contribution: f64,
    /// The row's value.
    pub value: Value,
    /// What is usual.
    pub typical: Typical,
    /// Which way it points.
    pub direction: Direction,
}

/// How much a column matters over all rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Importance {
    /// Index of the training column.
    pub column: usize,
    /// Its name.
    pub name: String,
    /// Mean absolute contribution, log-odds.
    pub value: f64,
    /// Lower end of the 95 % bootstrap interval over customers; `None` with
    /// fewer than two, or without resamples.
    pub low: Option<f64>,
    /// Upper end of it.
    pub high: Option<f64>,
}

/// The `top` strongest reasons of each row, strongest first (the earlier column
/// of equals), contributions below [`CONTRIBUTION_MIN`] left out.
///
/// Errors: a training column is absent or of another type.
pub fn reasons(
    model: &LogisticModel,
    matrix: &Matrix,
    top: usize,
) -> Result<Vec<Vec<Reason>>, Error> {
    let contributions = model.contributions(matrix)?;
    let columns = model.preparation().columns_of(matrix)?;
    let typical: Vec<Typical> = model
        .preparation()
        .columns
        .iter()
        .map(|column| typical(&column.plan))
        .collect();
    let mut order: Vec<usize> = Vec::with_capacity(columns.len());
    let mut all = Vec::with_capacity(matrix.rows);
    for row in 0..matrix.rows {
        let parts = contributions.row(row);
        let size = |column: &usize| parts.get(*column).map_or(0.0, |part| part.abs());
        order.clear();
        order.extend((0..parts.len()).filter(|column| size(column) >= CONTRIBUTION_MIN));
        order.sort_by(|left, right| size(right).total_cmp(&size(left)));
        let reasons = order.iter().take(top).filter_map(|column| {
            let contribution = *parts.get(*column)?;
            Some(Reason {
                column: *column,
                contribution,
                value: value(&columns.get(*column)?.data, row),
                typical: typical.get(*column)?.clone(),
                direction: if contribution > 0.0 {
                    Direction::Raises
                } else {
                    Direction::Lowers
                },
            })
        });
        all.push(reasons.collect());
    }
    Ok(all)
}

fn typical(plan: &ColumnPlan) -> Typical {
    match plan {
        ColumnPlan::Constant => Typical::Nothing,
        ColumnPlan::Number(plan) => Typical::Number {
            mean: plan.raw_mean,
            median: plan.raw_median,
        },
        ColumnPlan::Category(plan) => plan
            .typical()
            .map_or(Typical::Nothing, |level| Typical::Level(level.to_owned())),
    }
}

fn value(data: &ColumnData, row: usize) -> Value {
    match data {
        ColumnData::Number(values) => match values.get(row) {
            Some(value) if !value.is_nan() => Value::Number(*value),
            _ => Value::Missing,
        },
        ColumnData::Category { codes, levels } => {
            let code = codes.get(row).copied().unwrap_or(MISSING);
            let level = levels.get(code as usize).filter(|_| code != MISSING);
            level.map_or(Value::Missing, |level| Value::Level(level.clone()))
        }
    }
}

/// Mean absolute contribution of every column, the largest first.
///
/// Errors: groups of another length; no rows.
pub fn importances(
    contributions: &Contributions,
    groups: Option<&[u64]>,
    resamples: usize,
    seed: u64,
) -> Result<Vec<Importance>, Error> {
    let rows = contributions.rows;
    if rows == 0 {
        return Err(Error::NoRows);
    }
    let width = contributions.columns.len();
    check_length("contributions", rows * width, contributions.values.len())?;
    let (numbers, customers) = number_customers(groups, rows)?;
    let mut random = Random::new(seed);
    let lots = customers.min(LOTS_MAX);
    let mut lot_of_customer: Vec<usize> = (0..customers).map(|customer| customer % lots).collect();
    random.shuffle(&mut lot_of_customer);
    // Per lot: rows, then the summed sizes of each column.
    let mut sums = vec![0.0; lots * (width + 1)];
    for (row, customer) in numbers.iter().enumerate() {
        let lot = lot_of_customer
            .get(*customer as usize)
            .copied()
            .unwrap_or(0);
        let line = &mut sums[lot * (width + 1)..(lot + 1) * (width + 1)];
        line[0] += 1.0;
        for (sum, part) in line[1..].iter_mut().zip(contributions.row(row)) {
            *sum += part.abs();
        }
    }
    let mean = |counts: &[u32]| -> Vec<f64> {
        let mut total = vec![0.0; width + 1];
        for (line, count) in sums.chunks_exact(width + 1).zip(counts) {
            for (total, sum) in total.iter_mut().zip(line) {
                *total += f64::from(*count) * sum;
            }
        }
        total[1..].iter().map(|sum| sum / total[0]).collect()
    };
    let values = mean(&vec![1; lots]);
    let mut samples: Vec<Vec<f64>> = vec![Vec::with_capacity(resamples); width];
    let mut counts = vec![0; lots];
    for _ in 0..if lots < 2 { 0 } else { resamples } {
        draw_customers(&mut random, &mut counts);
        for (samples, value) in samples.iter_mut().zip(mean(&counts)) {
            samples.push(value);
        }
    }
    let found = contributions
        .columns
        .iter()
        .zip(values)
        .zip(samples)
        .enumerate();
    let mut importances: Vec<Importance> = found
        .map(|(column, ((name, value), samples))| {
            let interval = percentile_of(samples, resamples);
            Importance {
                column,
                name: name.clone(),
                value,
                low: interval.map(|(low, _)| low.min(value)),
                high: interval.map(|(_, high)| high.max(value)),
            }
        })
        .collect();
    importances.sort_by(|left, right| right.value.total_cmp(&left.value));
    Ok(importances)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logistic::{LogisticSettings, Training, fit};
    use crate::matrix::Column;

    fn model() -> (Matrix, LogisticModel) {
        let mut random = Random::new(5);
        let rows = 300;
        let strong: Vec<f64> = (0..rows).map(|_| random.uniform() * 10.0).collect();
        let weak: Vec<f64> = (0..rows).map(|_| random.uniform()).collect();
        let plans: Vec<Option<&str>> = (0..rows)
            .map(|row| {
                if row % 3 == 0 {
                    Some("year")
                } else {
                    Some("month")
                }
            })
            .collect();
        let target: Vec<bool> = strong
            .iter()
            .zip(&plans)
            .map(|(x, plan)| {
                let shift = if *plan == Some("year") { -2.0 } else { 0.0 };
                random.uniform() < crate::special::sigmoid(x - 4.0 + shift)
            })
            .collect();
        let matrix = Matrix::new(vec![
            Column::number("weak", weak),
            Column::number("strong", strong),
            Column::category("plan", &plans),
            Column::number("same", vec![1.0; rows]),
        ])
        .unwrap();
        let model = fit(
            &Training::new(&matrix, &target),
            &LogisticSettings::default(),
        )
        .unwrap();
        (matrix, model)
    }

    #[test]
    fn the_strongest_reason_comes_first_with_its_value() {
        let (_, model) = model();
        let asked = Matrix::new(vec![
            Column::number("weak", vec![0.5, 0.5]),
            Column::number("strong", vec![9.5, f64::NAN]),
            Column::category("plan", &[Some("year"), None]),
            Column::number("same", vec![1.0, 2.0]),
        ])
        .unwrap();
        let found = reasons(&model, &asked, 2).unwrap();
        assert_eq!(found[0].len(), 2);
        assert_eq!(found[0][0].column, 1);
        assert_eq!(found[0][0].value, Value::Number(9.5));
        assert_eq!(found[0][0].direction, Direction::Raises);
        assert!(
            matches!(found[0][0].typical, Typical::Number { mean, .. } if (mean - 5.0).abs() < 0.5)
        );
        assert_eq!(found[0][1].column, 2);
        assert_eq!(found[0][1].value, Value::Level("year".into()));
        assert_eq!(found[0][1].typical, Typical::Level("month".into()));
        assert_eq!(found[0][1].direction, Direction::Lowers);
        // Neither a mean nor an unseen missing value is a reason.
        assert!(found[1].iter().all(|reason| reason.column == 0));
        let contributions = model.contributions(&asked).unwrap();
        assert_eq!(found[0][0].contribution, contributions.row(0)[1]);
    }

    #[test]
    fn importances_are_mean_sizes_with_intervals() {
        let (matrix, model) = model();
        let contributions = model.contributions(&matrix).unwrap();
        let found = importances(&contributions, None, 200, 1).unwrap();
        let names: Vec<&str> = found
            .iter()
            .map(|importance| importance.name.as_str())
            .collect();
        assert_eq!(names, ["strong", "plan", "weak", "same"]);
        let mean = (0..300)
            .map(|row| contributions.row(row)[1].abs())
            .sum::<f64>()
            / 300.0;
        assert!((found[0].value - mean).abs() < 1e-12);
        // The bootstrap interval of a mean is close to the normal one.
        let variance = (0..300)
            .map(|row| (contributions.row(row)[1].abs() - mean).powi(2))
            .sum::<f64>()
            / 299.0;
        let half = crate::special::Z_95 * (variance / 300.0).sqrt();
        let (low, high) = (found[0].low.unwrap(), found[0].high.unwrap());
        assert!((high - low) / (2.0 * half) > 0.8 && (high - low) / (2.0 * half) < 1.2);
        assert_eq!(found[3].value, 0.0);
        let again = importances(&contributions, None, 200, 1).unwrap();
        assert_eq!(found, again);
        let one = importances(&contributions, Some(&[7; 300]), 200, 1).unwrap();
        assert_eq!(one[0].low, None);
    }
}
