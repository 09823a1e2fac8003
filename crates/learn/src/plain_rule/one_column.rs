//! The single best column of a labelled table.

use super::{base_rate, check_prior, shrunk};
use crate::bytes::{open, seal};
use crate::error::{Error, check_length, check_two_classes};
use crate::evaluate::row_log_loss;
use crate::matrix::{Column, ColumnData, MISSING, Matrix};
use crate::prepare::sorted_sample;
use crate::special::quantile_sorted;
use crate::split::{Folds, folds};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

const KIND: [u8; 4] = *b"onec";
const VERSION: u16 = 1;
/// Most levels a rule tells apart; further ones share one rate.
const LEVELS_MAX: usize = 1_000;

/// How to fit a [`OneColumnRule`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OneColumnSettings {
    /// Most bins a number is cut into, at training quantiles; with few rows, one
    /// per 20 rows, at least 2.
    pub bins: usize,
    /// How many rows at the rate of all each bin is drawn towards.
    pub prior_rows: f64,
    /// Folds for choosing the column.
    pub folds: usize,
    /// Seed of the folds.
    pub seed: u64,
}

impl Default for OneColumnSettings {
    fn default() -> Self {
        OneColumnSettings {
            bins: 10,
            prior_rows: 10.0,
            folds: 5,
            seed: 0,
        }
    }
}

/// What a bin holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum RuleBinKind {
    /// Numbers above `above` (`None`: from the smallest) up to and including
    /// `up_to` (`None`: to the largest).
    Range {
        /// Exclusive lower end.
        above: Option<f64>,
        /// Inclusive upper end.
        up_to: Option<f64>,
    },
    /// One level.
    Level(String),
    /// Rare levels, and levels not seen in training.
    OtherLevels,
    /// Missing values.
    Missing,
}

/// A bin and its rate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleBin {
    /// What it holds.
    pub kind: RuleBinKind,
    /// Training rows.
    pub rows: u64,
    /// Those that were lost.
    pub positives: u64,
    /// The probability predicted.
    pub rate: f64,
}

/// How well a column does alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The column.
    pub column: String,
    /// Its log-loss on held-out folds, nats per row.
    pub log_loss: f64,
}

/// Rates by the bins of one column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OneColumnRule {
    column: String,
    is_number: bool,
    /// Numbers: ranges upwards; categories: levels, then the others. Missing last.
    bins: Vec<RuleBin>,
    base_rate: f64,
}

/// The bins of a column, made without looking at outcomes.
struct Binned {
    kinds: Vec<RuleBinKind>,
    bin_of_row: Vec<u32>,
}

impl OneColumnRule {
    /// Takes the column of the lowest log-loss over folds (grouped by customer;
    /// the first of equals), and how each column did, the best first.
    ///
    /// Errors: an invalid matrix, one outcome only, lengths that differ, no
    /// column.
    pub fn fit(
        matrix: &Matrix,
        target: &[bool],
        groups: Option<&[u64]>,
        settings: &OneColumnSettings,
    ) -> Result<(OneColumnRule, Vec<Candidate>), Error> {
        matrix.validate()?;
        check_length("target", matrix.rows, target.len())?;
        check_two_classes(target)?;
        check_prior(settings.prior_rows)?;
        let folds = folds(
            target,
            groups,
            settings.folds.min(matrix.rows),
            settings.seed,
        )
        .ok();
        let base = base_rate(count(target), target.len() as f64);
        let mut best: Option<(f64, &Column, Binned)> = None;
        let mut candidates = Vec::with_capacity(matrix.columns.len());
        for column in &matrix.columns {
            let binned = bin(column, settings.bins);
            // All rows of one customer: nothing can be held out, so the first
            // column serves.
            let loss = folds.as_ref().map_or(0.0, |folds| {
                held_out_loss(&binned, target, folds, settings.prior_rows)
            });
            candidates.push(Candidate {
                column: column.name.clone(),
                log_loss: loss,
            });
            if best.as_ref().is_none_or(|(lowest, _, _)| loss < *lowest) {
                best = Some((loss, column, binned));
            }
        }
        let (_, column, binned) = best.ok_or(Error::NoUsableColumn)?;
        candidates.sort_by(|left, right| left.log_loss.total_cmp(&right.log_loss));
        let counts = counts(&binned, target, |_| true);
        let bins = binned
            .kinds
            .into_iter()
            .zip(counts)
            .map(|(kind, (rows, positives))| RuleBin {
                kind,
                rows: rows as u64,
                positives: positives as u64,
                rate: shrunk(positives, rows, base, settings.prior_rows),
            });
        let rule = OneColumnRule {
            column: column.name.clone(),
            is_number: matches!(column.data, ColumnData::Number(_)),
            bins: bins.collect(),
            base_rate: base,
        };
        Ok((rule, candidates))
    }

    /// One probability per row, within (0, 1).
    ///
    /// Errors: the column is absent or of another type.
    pub fn predict(&self, matrix: &Matrix) -> Result<Vec<f64>, Error> {
        matrix.validate()?;
        let rate = |bin: usize| self.bins.get(bin).map_or(self.base_rate, |bin| bin.rate);
        let missing = rate(self.bins.len().saturating_sub(1));
        match matrix.column(&self.column).map(|column| &column.data) {
            Some(ColumnData::Number(values)) if self.is_number => {
                let ends = self.range_ends();
                let row = |value: &f64| {
                    if value.is_nan() {
                        missing
                    } else {
                        rate(ends.partition_point(|end| *end < *value))
                    }
                };
                Ok(values.iter().map(row).collect())
            }
            Some(ColumnData::Category { codes, levels }) if !self.is_number => {
                let mut other = self.base_rate;
                let mut known = HashMap::new();
                for bin in &self.bins {
                    match &bin.kind {
                        RuleBinKind::Level(level) => {
                            known.insert(level.as_str(), bin.rate);
                        }
                        RuleBinKind::OtherLevels => other = bin.rate,
                        _ => {}
                    }
                }
                let level = |level: &String| known.get(level.as_str()).copied().unwrap_or(other);
                let rates: Vec<f64> = levels.iter().map(level).collect();
                let row = |code: &u32| rates.get(*code as usize).copied().unwrap_or(missing);
                Ok(codes.iter().map(row).collect())
            }
            _ => Err(Error::ColumnMissing {
                column: self.column.clone(),
                expected: if self.is_number {
                    "a number"
                } else {
                    "a category"
                },
            }),
        }
    }

    fn range_ends(&self) -> Vec<f64> {
        let end = |bin: &RuleBin| match bin.kind {
            RuleBinKind::Range { up_to, .. } => up_to,
            _ => None,
        };
        self.bins.iter().filter_map(end).collect()
    }

    /// The column.
    pub fn column(&self) -> &str {
        &self.column
    }

    /// Its bins: ranges upwards or levels from the commonest, missing values last.
    pub fn bins(&self) -> &[RuleBin] {
        &self.bins
    }

    /// The rate of all training rows.
    pub fn base_rate(&self) -> f64 {
        self.base_rate
    }

    /// The rule as bytes. Errors: more than 64 MiB.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        seal(KIND, VERSION, self)
    }

    /// Reads [`OneColumnRule::to_bytes`].
    ///
    /// Errors: damage, another kind or version, bins that do not fit together.
    pub fn from_bytes(bytes: &[u8]) -> Result<OneColumnRule, Error> {
        let rule: OneColumnRule = open(KIND, VERSION, bytes)?;
        let rate = |rate: f64| rate > 0.0 && rate < 1.0;
        let last = rule.bins.len().saturating_sub(1);
        let kinds = rule
            .bins
            .iter()
            .enumerate()
            .all(|(index, bin)| match bin.kind {
                RuleBinKind::Missing => index == last,
                RuleBinKind::Range { up_to, .. } => {
                    rule.is_number && index < last && (up_to.is_none() == (index + 1 == last))
                }
                _ => !rule.is_number && index < last,
            });
        let ends = rule.range_ends();
        let rising =
            ends.iter().all(|end| end.is_finite()) && ends.windows(2).all(|pair| pair[0] < pair[1]);
        let rates = rule.bins.iter().all(|bin| rate(bin.rate)) && rate(rule.base_rate);
        if kinds && rising && rates && !rule.bins.is_empty() {
            return Ok(rule);
        }
        Err(Error::BytesInvalid {
            reason: "the bins do not hold together".to_owned(),
        })
    }
}

fn count(target: &[bool]) -> f64 {
    target.iter().filter(|outcome| **outcome).count() as f64
}

fn bin(column: &Column, bins: usize) -> Binned {
    match &column.data {
        ColumnData::Number(values) => bin_numbers(values, bins),
        ColumnData::Category { codes, levels } => bin_levels(codes, levels),
    }
}

fn bin_numbers(values: &[f64], bins: usize) -> Binned {
    let present = values.iter().filter(|value| !value.is_nan()).count();
    let bins = (present / 20).clamp(2, bins.clamp(2, 1_000));
    let sample = sorted_sample(values, present);
    let largest = sample.last().copied().unwrap_or(0.0);
    let mut ends: Vec<f64> = (1..bins)
        .filter_map(|bin| quantile_sorted(&sample, bin as f64 / bins as f64))
        .filter(|end| *end < largest && end.is_finite())
        .collect();
    ends.dedup();
    let missing = ends.len() as u32 + 1;
    let bin = |value: &f64| {
        if value.is_nan() {
            missing
        } else {
            ends.partition_point(|end| *end < *value) as u32
        }
    };
    let bin_of_row = values.iter().map(bin).collect();
    let mut kinds: Vec<RuleBinKind> = (0..=ends.len())
        .map(|index| RuleBinKind::Range {
            above: index
                .checked_sub(1)
                .and_then(|before| ends.get(before).copied()),
            up_to: ends.get(index).copied(),
        })
        .collect();
    kinds.push(RuleBinKind::Missing);
    Binned { kinds, bin_of_row }
}

fn bin_levels(codes: &[u32], levels: &[String]) -> Binned {
    let mut rows = vec![0_u64; levels.len()];
    for code in codes {
        if let Some(rows) = rows.get_mut(*code as usize) {
            *rows += 1;
        }
    }
    let mut order: Vec<(u64, usize)> = rows.into_iter().zip(0..).collect();
    let text = |index: usize| levels.get(index);
    order.sort_unstable_by(|left, right| {
        right
            .0
            .cmp(&left.0)
            .then_with(|| text(left.1).cmp(&text(right.1)))
    });
    // A level seen once says nothing that its rate, drawn to the base, could hold.
    let kept = order
        .iter()
        .take(LEVELS_MAX)
        .take_while(|(rows, _)| *rows >= 2)
        .count();
    let other = kept as u32;
    let mut bin_of_level = vec![other; levels.len()];
    let mut kinds = Vec::with_capacity(kept + 2);
    for (bin, (_, level)) in order.iter().take(kept).enumerate() {
        bin_of_level[*level] = bin as u32;
        kinds.extend(text(*level).cloned().map(RuleBinKind::Level));
    }
    kinds.extend([RuleBinKind::OtherLevels, RuleBinKind::Missing]);
    let bin = |code: &u32| match bin_of_level.get(*code as usize) {
        Some(bin) if *code != MISSING => *bin,
        _ => other + 1,
    };
    Binned {
        kinds,
        bin_of_row: codes.iter().map(bin).collect(),
    }
}

/// Rows and positives of each bin, over the rows kept.
fn counts(binned: &Binned, target: &[bool], keep: impl Fn(usize) -> bool) -> Vec<(f64, f64)> {
    let mut counts = vec![(0.0, 0.0); binned.kinds.len()];
    for (row, (bin, outcome)) in binned.bin_of_row.iter().zip(target).enumerate() {
        if keep(row)
            && let Some((rows, positives)) = counts.get_mut(*bin as usize)
        {
            *rows += 1.0;
            *positives += f64::from(u8::from(*outcome));
        }
    }
    counts
}

fn held_out_loss(binned: &Binned, target: &[bool], folds: &Folds, prior_rows: f64) -> f64 {
    let rates = out_of_fold_rates(
        &binned.bin_of_row,
        binned.kinds.len(),
        target,
        folds,
        prior_rows,
    );
    let rows = rates.iter().zip(target);
    rows.map(|(rate, outcome)| row_log_loss(*rate, *outcome))
        .sum::<f64>()
        / target.len() as f64
}

/// For each row the shrunk rate of its bin over the rows of the other folds.
pub(crate) fn out_of_fold_rates(
    bin_of_row: &[u32],
    bins: usize,
    target: &[bool],
    folds: &Folds,
    prior_rows: f64,
) -> Vec<f64> {
    let mut of_fold = vec![(0.0, 0.0); bins * folds.count];
    let rows = || bin_of_row.iter().zip(&folds.fold_of_row);
    let cell = |(bin, fold): (&u32, &u32)| *fold as usize * bins + *bin as usize;
    for (place, outcome) in rows().zip(target) {
        let (rows, positives) = &mut of_fold[cell(place)];
        *rows += 1.0;
        *positives += f64::from(u8::from(*outcome));
    }
    let sum = |cells: &mut dyn Iterator<Item = &(f64, f64)>| {
        cells.fold((0.0, 0.0), |sum, cell| (sum.0 + cell.0, sum.1 + cell.1))
    };
    let whole = sum(&mut of_fold.iter());
    let mut rates = vec![0.0; of_fold.len()];
    for fold in 0..folds.count {
        let held_out = sum(&mut of_fold[fold * bins..(fold + 1) * bins].iter());
        let base = base_rate(whole.1 - held_out.1, whole.0 - held_out.0);
        for bin in 0..bins {
            let all = sum(&mut of_fold.iter().skip(bin).step_by(bins));
            let own = of_fold[fold * bins + bin];
            rates[fold * bins + bin] = shrunk(all.1 - own.1, all.0 - own.0, base, prior_rows);
        }
    }
    rows().map(|place| rates[cell(place)]).collect()
}
