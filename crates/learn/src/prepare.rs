//! From typed columns to the terms of a linear model, fitted on training rows only.
//!
//! A number becomes one dense term (winsorised at training quantiles, a signed
//! logarithm where its tail is heavy, standardised, missing = mean) and, where
//! values were missing, one indicator term. A category becomes one indicator
//! term per kept level, measured against the commonest level, which has none:
//! rare levels are pooled, a missing value is a level of its own. Indicators are
//! never laid out densely: a [`Design`] holds one code per row and slot.

mod category;
mod design;
mod number;

pub use category::{CategoryPlan, LevelTerm};
pub use design::{Design, NO_TERM, Slot};
pub use number::NumberPlan;
pub(crate) use number::sorted_sample;

use crate::error::Error;
use crate::matrix::{Column, ColumnData, Matrix, check_limit};
use serde::{Deserialize, Serialize};

/// Most terms any settings may allow: the solver's memory is its square.
pub const TERMS_LIMIT: usize = 4_000;

/// How columns become terms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PrepareSettings {
    /// Share of training rows beyond which numbers are cut, at each end. In a
    /// tenth as many rows as 1 / share this is the smallest and largest value.
    pub winsor_share: f64,
    /// A column whose absolute skewness, after cutting, exceeds this gets the
    /// signed logarithm, if that at least halves it.
    pub log_skewness_min: f64,
    /// Levels with fewer training rows are pooled (fewer where there are few
    /// rows: a fiftieth of them, at least 2).
    pub rare_rows_min: usize,
    /// Most levels kept per column, the commonest first.
    pub levels_max: usize,
    /// Most terms in all; levels beyond are pooled, the rarest first.
    pub terms_max: usize,
}

impl Default for PrepareSettings {
    fn default() -> Self {
        PrepareSettings {
            winsor_share: 0.005,
            log_skewness_min: 1.0,
            rare_rows_min: 10,
            levels_max: 50,
            terms_max: 1_000,
        }
    }
}

/// What became of one column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ColumnPlan {
    /// The same value in every training row: no terms.
    Constant,
    /// A number.
    Number(NumberPlan),
    /// A category.
    Category(CategoryPlan),
}

/// A column of the training matrix and its plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PreparedColumn {
    /// The column's name.
    pub name: String,
    /// Whether it was a number (else a category).
    pub is_number: bool,
    /// What became of it.
    pub plan: ColumnPlan,
}

/// What a term of the model stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TermKind {
    /// The constant; belongs to no column.
    Intercept,
    /// The standardised (and cut, perhaps logged) number.
    Value,
    /// The number is missing.
    MissingNumber,
    /// The category has this level.
    Level(String),
    /// The category is rare or was unseen in training.
    PooledLevels,
    /// The category is missing.
    MissingLevel,
}

/// The preparation fitted on training rows; applies to any matrix with the same
/// columns by name, in any order, further columns ignored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Preparation {
    /// The training columns in their order.
    pub columns: Vec<PreparedColumn>,
    /// Number of dense terms; these come first.
    pub dense_terms: usize,
    /// Number of indicator terms; these come after the dense ones.
    pub indicator_terms: usize,
}

impl Preparation {
    /// Learns the preparation from all rows of `matrix`.
    ///
    /// Errors: an invalid matrix or setting; more number columns than terms
    /// allowed; no column that varies.
    pub fn fit(matrix: &Matrix, settings: &PrepareSettings) -> Result<Preparation, Error> {
        matrix.validate()?;
        Preparation::fit_valid(matrix, settings)
    }

    /// As [`Preparation::fit`], on a matrix already validated.
    pub(crate) fn fit_valid(
        matrix: &Matrix,
        settings: &PrepareSettings,
    ) -> Result<Preparation, Error> {
        check_settings(settings)?;
        let mut drafts: Vec<PreparedColumn> = matrix
            .columns
            .iter()
            .map(|column| draft(column, settings))
            .collect();
        let (dense_terms, indicator_terms) = number_terms(&mut drafts, settings)?;
        if dense_terms + indicator_terms == 0 {
            return Err(Error::NoUsableColumn);
        }
        Ok(Preparation {
            columns: drafts,
            dense_terms,
            indicator_terms,
        })
    }

    /// All terms, the intercept not counted.
    pub fn terms(&self) -> usize {
        self.dense_terms + self.indicator_terms
    }

    /// The columns of `matrix` this preparation was fitted on, in its order.
    ///
    /// Errors: a column is absent, of another type or of another length.
    pub fn columns_of<'a>(&self, matrix: &'a Matrix) -> Result<Vec<&'a Column>, Error> {
        self.columns
            .iter()
            .map(|prepared| {
                let found = matrix.column(&prepared.name).filter(|column| {
                    matches!(column.data, ColumnData::Number(_)) == prepared.is_number
                });
                let column = found.ok_or_else(|| Error::ColumnMissing {
                    column: prepared.name.clone(),
                    expected: if prepared.is_number {
                        "a number"
                    } else {
                        "a category"
                    },
                })?;
                crate::error::check_length(&column.name, matrix.rows, column.rows())?;
                Ok(column)
            })
            .collect()
    }

    /// The terms of every row of `matrix`: 8 bytes per row and dense term, 2 per
    /// row and column with indicators.
    ///
    /// Errors as [`Preparation::columns_of`].
    pub fn design(&self, matrix: &Matrix) -> Result<Design, Error> {
        let columns = self.columns_of(matrix)?;
        let mut dense = Vec::with_capacity(self.dense_terms);
        let mut slots = Vec::new();
        for (prepared, column) in self.columns.iter().zip(columns) {
            match (&prepared.plan, &column.data) {
                (ColumnPlan::Number(plan), ColumnData::Number(values)) => {
                    if plan.value_term.is_some() {
                        dense.push(values.iter().map(|value| plan.value(*value)).collect());
                    }
                    if let Some(term) = plan.missing_term {
                        let code = |value: &f64| if value.is_nan() { term } else { NO_TERM };
                        slots.push(Slot {
                            codes: values.iter().map(code).collect(),
                        });
                    }
                }
                (ColumnPlan::Category(plan), ColumnData::Category { codes, levels }) => {
                    let terms = plan.terms_of(levels);
                    let code = |code: &u32| match plan.term(&terms, *code) {
                        LevelTerm::Term(term) => term,
                        LevelTerm::Reference | LevelTerm::Unknown => NO_TERM,
                    };
                    slots.push(Slot {
                        codes: codes.iter().map(code).collect(),
                    });
                }
                _ => {}
            }
        }
        Ok(Design {
            rows: matrix.rows,
            dense,
            slots,
            indicator_terms: self.indicator_terms,
        })
    }

    /// For each term, in the order of the design, its column and meaning.
    pub fn term_kinds(&self) -> Vec<(usize, TermKind)> {
        let mut dense = Vec::with_capacity(self.terms());
        let mut indicators: Vec<(u16, usize, TermKind)> = Vec::new();
        for (index, column) in self.columns.iter().enumerate() {
            match &column.plan {
                ColumnPlan::Constant => {}
                ColumnPlan::Number(plan) => {
                    if plan.value_term.is_some() {
                        dense.push((index, TermKind::Value));
                    }
                    if let Some(term) = plan.missing_term {
                        indicators.push((term, index, TermKind::MissingNumber));
                    }
                }
                ColumnPlan::Category(plan) => {
                    indicators.extend(plan.kinds().map(|(term, kind)| (term, index, kind)));
                }
            }
        }
        indicators.sort_by_key(|(term, _, _)| *term);
        dense.extend(indicators.into_iter().map(|(_, index, kind)| (index, kind)));
        dense
    }

    /// Checks what arithmetic relies on, for a preparation read from bytes.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let invalid = |reason: &str| Error::BytesInvalid {
            reason: reason.to_owned(),
        };
        if self.dense_terms > TERMS_LIMIT || self.indicator_terms > TERMS_LIMIT {
            return Err(invalid("too many terms"));
        }
        let (mut dense, mut indicators) = (0, 0);
        for column in &self.columns {
            let (more_dense, more_indicators) = match &column.plan {
                ColumnPlan::Constant => (0, 0),
                ColumnPlan::Number(plan) if column.is_number => plan
                    .check(dense, indicators)
                    .ok_or_else(|| invalid("a number's plan does not hold together"))?,
                ColumnPlan::Category(plan) if !column.is_number => (
                    0,
                    plan.check(indicators)
                        .ok_or_else(|| invalid("a category's plan does not hold together"))?,
                ),
                _ => return Err(invalid("a column's type and plan differ")),
            };
            dense += more_dense;
            indicators += more_indicators;
        }
        if dense != self.dense_terms || indicators != self.indicator_terms {
            return Err(invalid("the number of terms is wrong"));
        }
        Ok(())
    }
}

fn check_settings(settings: &PrepareSettings) -> Result<(), Error> {
    if !(0.0..0.5).contains(&settings.winsor_share) {
        return Err(Error::ArgumentInvalid {
            name: "winsor_share",
            reason: "must be at least 0 and below 0.5".to_owned(),
        });
    }
    if settings.levels_max == 0 {
        return Err(Error::ArgumentInvalid {
            name: "levels_max",
            reason: "must be at least 1".to_owned(),
        });
    }
    check_limit("terms allowed", settings.terms_max, TERMS_LIMIT)
}

fn draft(column: &Column, settings: &PrepareSettings) -> PreparedColumn {
    let (is_number, plan) = match &column.data {
        ColumnData::Number(values) => (
            true,
            NumberPlan::fit(values, settings).map(ColumnPlan::Number),
        ),
        ColumnData::Category { codes, levels } => (
            false,
            CategoryPlan::fit(codes, levels, settings).map(ColumnPlan::Category),
        ),
    };
    PreparedColumn {
        name: column.name.clone(),
        is_number,
        plan: plan.unwrap_or(ColumnPlan::Constant),
    }
}

/// Numbers the terms: dense ones from 0, indicators from 0 in a range of their
/// own; pools the rarest levels until all fit. Returns how many of each.
fn number_terms(
    columns: &mut [PreparedColumn],
    settings: &PrepareSettings,
) -> Result<(usize, usize), Error> {
    let mut needed = 0;
    let mut level_rows = Vec::new();
    for column in columns.iter() {
        match &column.plan {
            ColumnPlan::Constant => {}
            ColumnPlan::Number(plan) => needed += plan.terms(),
            ColumnPlan::Category(plan) => {
                needed += 2;
                level_rows.extend(plan.level_rows.iter().copied());
            }
        }
    }
    check_limit("terms", needed, settings.terms_max)?;
    let room = settings.terms_max - needed;
    if level_rows.len() > room {
        level_rows.sort_unstable_by(|left, right| right.cmp(left));
        let rows_min = level_rows.get(room).map_or(0, |rows| rows + 1);
        for column in columns.iter_mut() {
            if let ColumnPlan::Category(plan) = &mut column.plan {
                plan.pool_below(rows_min);
            }
        }
    }
    let (mut dense, mut indicators) = (0, 0);
    for column in columns.iter_mut() {
        match &mut column.plan {
            ColumnPlan::Constant => {}
            ColumnPlan::Number(plan) => plan.number_terms(&mut dense, &mut indicators),
            ColumnPlan::Category(plan) => plan.number_terms(&mut indicators),
        }
    }
    Ok((dense, indicators))
}

#[cfg(test)]
mod tests;
