//! Folds for cross-validation: stratified by outcome, whole customers kept together.

use crate::error::{Error, check_length};
use crate::matrix::{Matrix, pick};
use crate::random::Random;
use std::collections::HashMap;

/// The fold of each row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folds {
    /// Number of folds.
    pub count: usize,
    /// The fold in which each row is held out, below `count`.
    pub fold_of_row: Vec<u32>,
}

impl Folds {
    /// Training rows and held-out rows of a fold, each in order.
    pub fn split(&self, fold: usize) -> (Vec<usize>, Vec<usize>) {
        let rows = 0..self.fold_of_row.len();
        let held_out = |row: &usize| self.fold_of_row.get(*row) == Some(&(fold as u32));
        let (test, train) = rows.partition(held_out);
        (train, test)
    }
}

fn check_count(count: usize, rows: usize) -> Result<(), Error> {
    if (2..=rows).contains(&count) && count <= 10_000 {
        return Ok(());
    }
    Err(Error::ArgumentInvalid {
        name: "folds",
        reason: format!("must be from 2 to {}, is {count}", rows.min(10_000)),
    })
}

/// Stratified folds: each has its share of either outcome, to within one row.
///
/// Errors: fewer than 2 folds, or more than rows.
pub fn stratified_folds(target: &[bool], count: usize, seed: u64) -> Result<Folds, Error> {
    check_count(count, target.len())?;
    let mut order: Vec<usize> = (0..target.len()).collect();
    Random::new(seed).shuffle(&mut order);
    let mut fold_of_row = vec![0; target.len()];
    let mut next = 0;
    for outcome in [true, false] {
        for row in &order {
            if target.get(*row) == Some(&outcome) {
                if let Some(fold) = fold_of_row.get_mut(*row) {
                    *fold = next as u32;
                }
                next = (next + 1) % count;
            }
        }
    }
    Ok(Folds { count, fold_of_row })
}

/// Folds of whole groups: rows of one group share a fold. Groups are dealt in
/// shuffled order, those with a positive row first and the largest of each kind
/// first, each to the fold that has the fewest positive rows (or rows) so far.
///
/// Errors: fewer than 2 folds, or more than groups; lengths that differ.
pub fn grouped_folds(
    target: &[bool],
    groups: &[u64],
    count: usize,
    seed: u64,
) -> Result<Folds, Error> {
    check_length("groups", target.len(), groups.len())?;
    // Numbered in order of appearance, so that the order of rows decides, not a
    // hash map's.
    let mut number_of = HashMap::new();
    let mut sizes: Vec<(usize, usize)> = Vec::new();
    let mut group_of_row = Vec::with_capacity(groups.len());
    for (group, outcome) in groups.iter().zip(target) {
        let number = *number_of.entry(*group).or_insert_with(|| {
            sizes.push((0, 0));
            sizes.len() - 1
        });
        if let Some((rows, positives)) = sizes.get_mut(number) {
            *rows += 1;
            *positives += usize::from(*outcome);
        }
        group_of_row.push(number);
    }
    check_count(count, sizes.len())?;
    let mut order: Vec<(usize, (usize, usize))> = sizes.into_iter().enumerate().collect();
    Random::new(seed).shuffle(&mut order);
    order.sort_by_key(|(_, (rows, positives))| {
        (std::cmp::Reverse(*positives), std::cmp::Reverse(*rows))
    });
    let mut loads = vec![(0_usize, 0_usize); count];
    let mut fold_of_group = vec![0_u32; order.len()];
    for (group, (rows, positives)) in order {
        let lightest = loads.iter_mut().enumerate().min_by_key(|(_, load)| {
            if positives > 0 {
                (load.1, load.0)
            } else {
                (load.0, load.1)
            }
        });
        if let Some((fold, load)) = lightest {
            load.0 += rows;
            load.1 += positives;
            if let Some(slot) = fold_of_group.get_mut(group) {
                *slot = fold as u32;
            }
        }
    }
    Ok(Folds {
        count,
        fold_of_row: pick(&fold_of_group, &group_of_row).unwrap_or_default(),
    })
}

/// Grouped folds where there are groups, stratified ones otherwise.
///
/// Errors as [`grouped_folds`] and [`stratified_folds`]; with fewer groups than
/// folds there is a fold per group.
pub fn folds(
    target: &[bool],
    groups: Option<&[u64]>,
    count: usize,
    seed: u64,
) -> Result<Folds, Error> {
    match groups {
        None => stratified_folds(target, count, seed),
        Some(groups) => {
            let mut distinct: Vec<u64> = groups.to_vec();
            distinct.sort_unstable();
            distinct.dedup();
            grouped_folds(target, groups, count.min(distinct.len()), seed)
        }
    }
}

/// The training rows of one fold.
#[derive(Debug)]
pub struct FoldTraining<'a> {
    /// Columns.
    pub matrix: &'a Matrix,
    /// Outcomes.
    pub target: &'a [bool],
    /// Customers.
    pub groups: Option<&'a [u64]>,
}

/// A prediction for every row from a model that has not seen its fold.
///
/// `fit_fn(training, held_out)` fits on the training rows and returns one
/// prediction per held-out row. Folds are those of [`folds`].
///
/// Errors: those of `fit_fn` and of the folds; predictions of another length.
pub fn cross_validated_predictions<E: From<Error>>(
    matrix: &Matrix,
    target: &[bool],
    groups: Option<&[u64]>,
    count: usize,
    seed: u64,
    mut fit_fn: impl FnMut(FoldTraining, &Matrix) -> Result<Vec<f64>, E>,
) -> Result<Vec<f64>, E> {
    check_length("target", matrix.rows, target.len())?;
    let folds = folds(target, groups, count, seed)?;
    let mut predictions = vec![0.0; matrix.rows];
    for fold in 0..folds.count {
        let (train, test) = folds.split(fold);
        if test.is_empty() {
            continue;
        }
        let training = matrix.take(&train)?;
        let fold_target = pick(target, &train).unwrap_or_default();
        let fold_groups = groups.and_then(|groups| pick(groups, &train));
        let held_out = matrix.take(&test)?;
        let fold_training = FoldTraining {
            matrix: &training,
            target: &fold_target,
            groups: fold_groups.as_deref(),
        };
        let found = fit_fn(fold_training, &held_out)?;
        check_length("predictions", test.len(), found.len())?;
        for (row, prediction) in test.iter().zip(found) {
            if let Some(slot) = predictions.get_mut(*row) {
                *slot = prediction;
            }
        }
    }
    Ok(predictions)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::Column;

    #[test]
    fn stratified_folds_share_outcomes_evenly() {
        let target: Vec<bool> = (0..103).map(|row| row % 4 == 0).collect();
        let folds = stratified_folds(&target, 10, 1).unwrap();
        for fold in 0..10 {
            let (train, test) = folds.split(fold);
            assert_eq!(train.len() + test.len(), 103);
            assert!((10..=11).contains(&test.len()));
            let positives = test.iter().filter(|row| target[**row]).count();
            assert!((2..=3).contains(&positives));
        }
        assert_eq!(folds, stratified_folds(&target, 10, 1).unwrap());
        assert_ne!(folds, stratified_folds(&target, 10, 2).unwrap());
        assert!(stratified_folds(&target, 1, 0).is_err());
        assert!(stratified_folds(&[true], 2, 0).is_err());
    }

    #[test]
    fn a_group_never_straddles_folds() {
        let mut random = Random::new(9);
        let groups: Vec<u64> = (0..500).map(|_| random.below(80)).collect();
        let target: Vec<bool> = (0..500).map(|_| random.below(5) == 0).collect();
        let folds = grouped_folds(&target, &groups, 5, 3).unwrap();
        let mut seen = HashMap::new();
        for (group, fold) in groups.iter().zip(&folds.fold_of_row) {
            assert_eq!(*seen.entry(*group).or_insert(*fold), *fold);
        }
        let positives = target.iter().filter(|outcome| **outcome).count();
        for fold in 0..5 {
            let test = folds.split(fold).1;
            assert!((80..=120).contains(&test.len()), "{}", test.len());
            let found = test.iter().filter(|row| target[**row]).count();
            assert!(found.abs_diff(positives / 5) <= 4, "{found}");
        }
        assert!(grouped_folds(&target, &[1; 500], 2, 0).is_err());
    }

    #[test]
    fn predictions_come_from_models_that_have_not_seen_the_row() {
        let rows = 40;
        let matrix = Matrix::new(vec![Column::number(
            "x",
            (0..rows).map(|row| row as f64).collect(),
        )])
        .unwrap();
        let target: Vec<bool> = (0..rows).map(|row| row % 2 == 0).collect();
        let numbers = |matrix: &Matrix| match &matrix.columns[0].data {
            crate::matrix::ColumnData::Number(values) => values.clone(),
            _ => Vec::new(),
        };
        let found = cross_validated_predictions(&matrix, &target, None, 4, 5, |training, test| {
            let seen = numbers(training.matrix);
            let held_out = numbers(test);
            assert!(held_out.iter().all(|value| !seen.contains(value)));
            assert_eq!(training.target.len(), 30);
            Ok::<_, Error>(held_out)
        })
        .unwrap();
        assert_eq!(found, numbers(&matrix));
        let wrong = cross_validated_predictions(&matrix, &target, None, 4, 5, |_, _| {
            Ok::<_, Error>(Vec::new())
        });
        assert_eq!(wrong.unwrap_err().code(), "learn/length-mismatch");
    }
}
