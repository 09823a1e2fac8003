//! What a number of rows can carry: numbers for an honest sentence.

use crate::special::{Z_95, wilson};

/// With fewer of the rarer outcome a model can hardly be told from chance.
pub const RARER_MIN: usize = 10;
/// Events per column from which coefficients are commonly trusted (Peduzzi et
/// al. 1996 ask for 10; a penalised model lives with fewer, van Smeden et al. 2016).
pub const EVENTS_PER_COLUMN_MIN: f64 = 10.0;
/// Fewest of the rarer outcome for [`CarryLevel::Enough`].
pub const RARER_ENOUGH: usize = 100;
/// The half-width of the interval that [`Carry::rows_for_auc`] aims at.
pub const AUC_HALF_WIDTH: f64 = 0.05;
/// The area under the curve assumed there: a middling churn model.
pub const AUC_ASSUMED: f64 = 0.75;

/// How far the rows carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CarryLevel {
    /// Fewer than [`RARER_MIN`] of the rarer outcome: the base rate, and one
    /// strongly shrunk model whose quality cannot be measured.
    TooSmall,
    /// A model can be fitted and measured, with wide intervals.
    Limited,
    /// At least [`RARER_ENOUGH`] of the rarer outcome and
    /// [`EVENTS_PER_COLUMN_MIN`] per column.
    Enough,
}

/// What the rows can carry, and the numbers to say so.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Carry {
    /// How far.
    pub level: CarryLevel,
    /// Rows.
    pub rows: usize,
    /// Rows lost.
    pub positives: usize,
    /// Rows of the rarer outcome.
    pub rarer: usize,
    /// Columns a model would use.
    pub columns: usize,
    /// Rows of the rarer outcome per column; `None` without columns.
    pub events_per_column: Option<f64>,
    /// The share lost; `None` without rows.
    pub rate: Option<f64>,
    /// Wilson's 95 % interval of that share.
    pub rate_low: f64,
    /// Upper end of it.
    pub rate_high: f64,
    /// Half-width of the 95 % interval of an area under the ROC curve of
    /// [`AUC_ASSUMED`] measured on this many rows; `None` with fewer than two of
    /// an outcome.
    pub auc_half_width: Option<f64>,
    /// Rows needed, at the same share, for that half-width to be
    /// [`AUC_HALF_WIDTH`]; `None` while only one outcome was seen.
    pub rows_for_auc: Option<usize>,
    /// Rows needed, at the same share, for [`RARER_MIN`] of the rarer outcome;
    /// `None` while only one outcome was seen.
    pub rows_for_model: Option<usize>,
}

/// Variance of the area under the ROC curve (Hanley and McNeil 1982, equation 1)
/// at an area of `auc` with so many rows of each outcome.
fn hanley_mcneil(auc: f64, positives: f64, negatives: f64) -> f64 {
    let first = auc / (2.0 - auc);
    let second = 2.0 * auc * auc / (1.0 + auc);
    let square = auc * auc;
    (auc * (1.0 - auc)
        + (positives - 1.0) * (first - square)
        + (negatives - 1.0) * (second - square))
        / (positives * negatives)
}

/// Rows at which the interval of the area has the half-width aimed at.
fn rows_for_auc(rate: f64) -> usize {
    let half = |rows: f64| {
        let positives = (rate * rows).max(1.0);
        let negatives = (rows - rate * rows).max(1.0);
        Z_95 * hanley_mcneil(AUC_ASSUMED, positives, negatives).sqrt()
    };
    let (mut low, mut high) = (2_u64, 1_u64 << 40);
    while low < high {
        let middle = low + (high - low) / 2;
        if half(middle as f64) <= AUC_HALF_WIDTH {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low as usize
}

/// What `rows` rows, `positives` of them lost, can carry with so many columns.
pub fn carry(rows: usize, positives: usize, columns: usize) -> Carry {
    let positives = positives.min(rows);
    let rarer = positives.min(rows - positives);
    let events_per_column = (columns > 0).then(|| rarer as f64 / columns as f64);
    let level = if rarer < RARER_MIN {
        CarryLevel::TooSmall
    } else if rarer >= RARER_ENOUGH
        && events_per_column.is_none_or(|events| events >= EVENTS_PER_COLUMN_MIN)
    {
        CarryLevel::Enough
    } else {
        CarryLevel::Limited
    };
    let rate = (rows > 0).then(|| positives as f64 / rows as f64);
    let (rate_low, rate_high) = wilson(positives as f64, rows as f64);
    let both = rate.filter(|_| rarer > 0);
    Carry {
        level,
        rows,
        positives,
        rarer,
        columns,
        events_per_column,
        rate,
        rate_low,
        rate_high,
        auc_half_width: (rarer >= 2).then(|| {
            let negatives = (rows - positives) as f64;
            Z_95 * hanley_mcneil(AUC_ASSUMED, positives as f64, negatives).sqrt()
        }),
        rows_for_auc: both.map(rows_for_auc),
        rows_for_model: both.map(|rate| (RARER_MIN as f64 / rate.min(1.0 - rate)).ceil() as usize),
    }
}

/// The share lost, drawn towards `prior_rate` as if `prior_rows` more rows had
/// shown it, with the 95 % interval by Wilson on the rows and those.
///
/// `prior_rate` within [0, 1] and `prior_rows` not negative; others are moved there.
pub fn shrunk_rate(
    positives: usize,
    rows: usize,
    prior_rate: f64,
    prior_rows: f64,
) -> (f64, f64, f64) {
    let prior_rows = if prior_rows > 0.0 {
        prior_rows.min(1e12)
    } else {
        0.0
    };
    let prior_rate = if prior_rate.is_nan() {
        0.5
    } else {
        prior_rate.clamp(0.0, 1.0)
    };
    let trials = rows as f64 + prior_rows;
    let successes = positives.min(rows) as f64 + prior_rate * prior_rows;
    let rate = if trials > 0.0 {
        successes / trials
    } else {
        prior_rate
    };
    let (low, high) = wilson(successes, trials);
    (rate, low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_rows_carry_next_to_nothing() {
        let found = carry(6, 2, 3);
        assert_eq!(found.level, CarryLevel::TooSmall);
        assert_eq!(found.events_per_column, Some(2.0 / 3.0));
        // Wilson for 2 of 6, by hand: (1/3 + z²/12 ± z √(1/27 + z²/144)) / (1 + z²/6).
        assert!((found.rate_low - 0.0968).abs() < 5e-5 && (found.rate_high - 0.7000).abs() < 5e-5);
        assert!(found.auc_half_width.unwrap() > 0.4);
        assert_eq!(found.rows_for_model, Some(30));
    }

    #[test]
    fn hanley_and_mcneil_is_as_published() {
        // Hanley, McNeil 1982, table II: area .893, 51 abnormal, 58 normal
        // gives a standard error of about .032.
        let error = hanley_mcneil(0.893, 51.0, 58.0).sqrt();
        assert!((error - 0.032).abs() < 1e-3, "{error}");
    }

    #[test]
    fn more_rows_carry_more() {
        assert_eq!(carry(100, 20, 5).level, CarryLevel::Limited);
        assert_eq!(carry(7_043, 1_869, 19).level, CarryLevel::Enough);
        assert_eq!(carry(1_000, 150, 40).level, CarryLevel::Limited);
        let rows = carry(100, 20, 5).rows_for_auc.unwrap();
        let at = carry(rows, rows / 5, 5).auc_half_width.unwrap();
        assert!((at - AUC_HALF_WIDTH).abs() < 1e-3, "{rows}: {at}");
        let nobody = carry(50, 0, 3);
        assert_eq!(
            (nobody.rows_for_auc, nobody.level),
            (None, CarryLevel::TooSmall)
        );
        assert!(nobody.rate_high > 0.05);
        assert_eq!(carry(0, 0, 0).rate, None);
    }

    #[test]
    fn a_rate_is_drawn_to_its_prior() {
        assert_eq!(shrunk_rate(1, 2, 0.2, 8.0).0, 0.26);
        let (rate, low, high) = shrunk_rate(0, 0, 0.2, 0.0);
        assert_eq!((rate, low, high), (0.2, 0.0, 1.0));
    }
}
