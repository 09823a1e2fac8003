//! Columns too good to be true: one alone tells the outcome almost surely.
//!
//! Such a column was mostly written after the fact (a date of leaving, a final
//! bill). Numbers are judged by rank in either direction, categories by their
//! out-of-fold rates, so that an id with a level per row does not look like
//! knowledge, and either by whether a value is missing.

use crate::error::{Error, check_length};
use crate::evaluate::roc_auc;
use crate::matrix::{ColumnData, MISSING, Matrix, pick};
use crate::plain_rule::out_of_fold_rates;
use crate::random::splitmix64;
use crate::split::folds;

/// A column alone above this area under the ROC curve is named.
pub const LEAK_AUC: f64 = 0.95;
/// Fewest rows for a judgement.
pub const LEAK_ROWS_MIN: usize = 30;
/// Fewest rows of each outcome for a judgement.
pub const LEAK_CLASS_MIN: usize = 8;
/// With more rows a sample of about this many is judged.
const ROWS_MAX: usize = 100_000;
const FOLDS: usize = 5;
const PRIOR_ROWS: f64 = 1.0;

/// How a column gives the outcome away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeakReason {
    /// High numbers are the lost.
    HighNumbers,
    /// Low numbers are the lost.
    LowNumbers,
    /// Its levels tell.
    Levels,
    /// The lost have no value.
    Missing,
    /// The lost have a value and the others none.
    Present,
}

/// A column that gives the outcome away.
#[derive(Debug, Clone, PartialEq)]
pub struct Leak {
    /// The column.
    pub column: String,
    /// Area under the ROC curve of the column alone.
    pub roc_auc: f64,
    /// How.
    pub reason: LeakReason,
    /// Rows this rests on.
    pub rows: usize,
}

/// The columns that give the outcome away, in the order of the matrix; none if
/// there are fewer than [`LEAK_ROWS_MIN`] rows or [`LEAK_CLASS_MIN`] of an outcome.
///
/// Errors: an invalid matrix, lengths that differ.
pub fn find_leaks(
    matrix: &Matrix,
    target: &[bool],
    groups: Option<&[u64]>,
) -> Result<Vec<Leak>, Error> {
    matrix.validate()?;
    check_length("target", matrix.rows, target.len())?;
    if let Some(groups) = groups {
        check_length("groups", matrix.rows, groups.len())?;
    }
    let rows = sample(matrix.rows);
    let target = pick(target, &rows).unwrap_or_default();
    if !enough(&target) {
        return Ok(Vec::new());
    }
    let groups = groups.and_then(|groups| pick(groups, &rows));
    let mut leaks = Vec::new();
    for column in &matrix.columns {
        let mut found: Vec<(f64, LeakReason, usize)> = Vec::new();
        let missing: Vec<bool> = match &column.data {
            ColumnData::Number(values) => {
                let values = pick(values, &rows).unwrap_or_default();
                found.extend(number_leak(&values, &target)?);
                values.iter().map(|value| value.is_nan()).collect()
            }
            ColumnData::Category { codes, levels } => {
                let codes = pick(codes, &rows).unwrap_or_default();
                found.extend(level_leak(
                    &codes,
                    levels.len(),
                    &target,
                    groups.as_deref(),
                )?);
                codes.iter().map(|code| *code == MISSING).collect()
            }
        };
        found.extend(missing_leak(&missing, &target)?);
        let strongest = found
            .into_iter()
            .reduce(|best, next| if next.0 > best.0 { next } else { best });
        if let Some((auc, reason, rows)) = strongest.filter(|(auc, _, _)| *auc > LEAK_AUC) {
            leaks.push(Leak {
                column: column.name.clone(),
                roc_auc: auc,
                reason,
                rows,
            });
        }
    }
    Ok(leaks)
}

fn enough(target: &[bool]) -> bool {
    let positives = target.iter().filter(|outcome| **outcome).count();
    target.len() >= LEAK_ROWS_MIN
        && positives >= LEAK_CLASS_MIN
        && target.len() - positives >= LEAK_CLASS_MIN
}

fn sample(rows: usize) -> Vec<usize> {
    if rows <= ROWS_MAX {
        return (0..rows).collect();
    }
    let limit = (ROWS_MAX as f64 / rows as f64 * u64::MAX as f64) as u64;
    (0..rows)
        .filter(|row| splitmix64(&mut (*row as u64)) <= limit)
        .collect()
}

type Found = Option<(f64, LeakReason, usize)>;

fn number_leak(values: &[f64], target: &[bool]) -> Result<Found, Error> {
    let rows = values
        .iter()
        .zip(target)
        .filter(|(value, _)| !value.is_nan());
    let (scores, outcomes): (Vec<f64>, Vec<bool>) = rows.map(|(v, outcome)| (*v, *outcome)).unzip();
    if !enough(&outcomes) {
        return Ok(None);
    }
    let auc = roc_auc(&scores, &outcomes, None)?.value;
    let either = if auc >= 0.5 {
        (auc, LeakReason::HighNumbers, scores.len())
    } else {
        (1.0 - auc, LeakReason::LowNumbers, scores.len())
    };
    Ok(Some(either))
}

fn level_leak(
    codes: &[u32],
    levels: usize,
    target: &[bool],
    groups: Option<&[u64]>,
) -> Result<Found, Error> {
    let present: Vec<usize> = (0..codes.len())
        .filter(|row| codes.get(*row).is_some_and(|code| *code != MISSING))
        .collect();
    let outcomes = pick(target, &present).unwrap_or_default();
    if !enough(&outcomes) {
        return Ok(None);
    }
    let groups = groups.and_then(|groups| pick(groups, &present));
    let codes = pick(codes, &present).unwrap_or_default();
    let Ok(folds) = folds(&outcomes, groups.as_deref(), FOLDS, 0) else {
        return Ok(None);
    };
    let rates = out_of_fold_rates(&codes, levels, &outcomes, &folds, PRIOR_ROWS);
    let auc = roc_auc(&rates, &outcomes, None)?.value;
    Ok(Some((auc, LeakReason::Levels, outcomes.len())))
}

fn missing_leak(missing: &[bool], target: &[bool]) -> Result<Found, Error> {
    if missing.iter().all(|flag| Some(flag) == missing.first()) {
        return Ok(None);
    }
    let scores: Vec<f64> = missing
        .iter()
        .map(|flag| f64::from(u8::from(*flag)))
        .collect();
    let auc = roc_auc(&scores, target, None)?.value;
    let either = if auc >= 0.5 {
        (auc, LeakReason::Missing, target.len())
    } else {
        (1.0 - auc, LeakReason::Present, target.len())
    };
    Ok(Some(either))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::Column;
    use crate::random::Random;

    fn target(rows: usize) -> Vec<bool> {
        let mut random = Random::new(6);
        (0..rows).map(|_| random.below(4) == 0).collect()
    }

    fn named(columns: Vec<Column>, target: &[bool]) -> Vec<(String, LeakReason)> {
        let matrix = Matrix::new(columns).unwrap();
        find_leaks(&matrix, target, None)
            .unwrap()
            .into_iter()
            .map(|leak| (leak.column, leak.reason))
            .collect()
    }

    #[test]
    fn names_every_way_a_column_can_tell() {
        let target = target(400);
        let mut random = Random::new(2);
        let mut number = |tell: fn(f64, f64) -> f64| -> Vec<f64> {
            let rows = target.iter().map(|y| f64::from(u8::from(*y)));
            rows.map(|y| tell(y, random.uniform())).collect()
        };
        let high = number(|y, u| y + u * 1.05);
        let low = number(|y, u| u - 3.0 * y);
        let date_of_leaving = number(|y, u| if y > 0.5 { u } else { f64::NAN });
        let never_asked = number(|y, u| if y > 0.5 { f64::NAN } else { u });
        let honest = number(|y, u| y + 3.0 * u);
        let reasons: Vec<Option<&str>> = target
            .iter()
            .enumerate()
            .map(|(row, lost)| {
                Some(if *lost {
                    ["price", "moved"][row % 2]
                } else {
                    "none"
                })
            })
            .collect();
        let ids: Vec<String> = (0..400).map(|row| format!("id{row}")).collect();
        let ids: Vec<Option<&str>> = ids.iter().map(|id| Some(id.as_str())).collect();
        let found = named(
            vec![
                Column::number("high", high),
                Column::number("low", low),
                Column::number("date_of_leaving", date_of_leaving),
                Column::number("never_asked", never_asked),
                Column::number("honest", honest),
                Column::category("reason", &reasons),
                Column::category("id", &ids),
            ],
            &target,
        );
        assert_eq!(
            found,
            [
                ("high".into(), LeakReason::HighNumbers),
                ("low".into(), LeakReason::LowNumbers),
                ("date_of_leaving".into(), LeakReason::Present),
                ("never_asked".into(), LeakReason::Missing),
                ("reason".into(), LeakReason::Levels)
            ]
        );
    }

    #[test]
    fn too_few_rows_are_not_judged() {
        let column = |target: &[bool]| {
            let values = target.iter().map(|y| f64::from(u8::from(*y))).collect();
            vec![Column::number("told", values)]
        };
        let few: Vec<bool> = (0..29).map(|row| row % 2 == 0).collect();
        assert!(named(column(&few), &few).is_empty());
        let lopsided: Vec<bool> = (0..60).map(|row| row < 7).collect();
        assert!(named(column(&lopsided), &lopsided).is_empty());
        let enough: Vec<bool> = (0..60).map(|row| row < 8).collect();
        assert_eq!(named(column(&enough), &enough).len(), 1);
    }

    #[test]
    fn a_random_level_per_few_rows_is_no_leak() {
        let target = target(3_000);
        let mut random = Random::new(12);
        let codes = (0..3_000).map(|_| random.below(900) as u32).collect();
        let data = ColumnData::Category {
            codes,
            levels: (0..900).map(|level| level.to_string()).collect(),
        };
        let column = Column {
            name: "street".into(),
            data,
        };
        assert!(named(vec![column], &target).is_empty());
    }
}
