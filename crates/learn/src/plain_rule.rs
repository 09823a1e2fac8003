//! The rules a model must beat: one number, or one column, and nothing else.
//!
//! [`RatioRule`] turns a single score - say, silence over the customer's own mean
//! gap - into a probability that only rises with it. [`OneColumnRule`] takes, of
//! a labelled table, the one column that predicts best and reads its rates off.
//! Rates of few rows are drawn towards the rate of all.

mod isotonic;
mod one_column;
mod ratio;

pub use isotonic::{Block, isotonic};
pub(crate) use one_column::out_of_fold_rates;
pub use one_column::{Candidate, OneColumnRule, OneColumnSettings, RuleBin, RuleBinKind};
pub use ratio::{Knot, RatioRule, RatioSettings};

/// The rate of all rows, half a row of each outcome added (Jeffreys' prior), so
/// that it is never 0 or 1.
fn base_rate(positives: f64, rows: f64) -> f64 {
    (positives + 0.5) / (rows + 1.0)
}

/// A rate drawn towards `base` as if `prior_rows` more rows had shown it.
fn shrunk(positives: f64, rows: f64, base: f64, prior_rows: f64) -> f64 {
    (positives + prior_rows * base) / (rows + prior_rows)
}

fn check_prior(prior_rows: f64) -> Result<(), crate::error::Error> {
    if prior_rows > 0.0 && prior_rows <= 1e9 {
        return Ok(());
    }
    Err(crate::error::Error::ArgumentInvalid {
        name: "prior_rows",
        reason: "must be above 0 and at most 1e9".to_owned(),
    })
}

#[cfg(test)]
mod tests;
