//! A table of typed columns: what every learner reads.

use crate::error::{Error, check_length};
use std::collections::HashSet;

/// The code of a missing category.
pub const MISSING: u32 = u32::MAX;
/// Most rows a matrix may have.
pub const ROWS_MAX: usize = 100_000_000;
/// Most columns a matrix may have.
pub const COLUMNS_MAX: usize = 10_000;

/// The values of one column.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnData {
    /// Numbers; `NaN` is a missing value, infinities are errors.
    Number(Vec<f64>),
    /// One code per row into `levels`; [`MISSING`] is a missing value. Levels
    /// need not all occur.
    Category {
        /// One code per row.
        codes: Vec<u32>,
        /// The text of each code, without duplicates.
        levels: Vec<String>,
    },
}

/// A named column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name, unique in the matrix.
    pub name: String,
    /// Its values, one per row.
    pub data: ColumnData,
}

impl Column {
    /// A column of numbers.
    pub fn number(name: impl Into<String>, values: Vec<f64>) -> Column {
        Column {
            name: name.into(),
            data: ColumnData::Number(values),
        }
    }

    /// A column of categories from texts, `None` = missing; levels in order of
    /// their first appearance.
    pub fn category(name: impl Into<String>, values: &[Option<&str>]) -> Column {
        let mut seen = std::collections::HashMap::new();
        let mut levels: Vec<String> = Vec::new();
        let codes = values
            .iter()
            .map(|value| match value {
                None => MISSING,
                Some(text) => *seen.entry(*text).or_insert_with(|| {
                    levels.push((*text).to_owned());
                    levels.len() as u32 - 1
                }),
            })
            .collect();
        Column {
            name: name.into(),
            data: ColumnData::Category { codes, levels },
        }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        match &self.data {
            ColumnData::Number(values) => values.len(),
            ColumnData::Category { codes, .. } => codes.len(),
        }
    }

    fn take(&self, rows: &[usize]) -> Option<Column> {
        let data = match &self.data {
            ColumnData::Number(values) => ColumnData::Number(pick(values, rows)?),
            ColumnData::Category { codes, levels } => ColumnData::Category {
                codes: pick(codes, rows)?,
                levels: levels.clone(),
            },
        };
        Some(Column {
            name: self.name.clone(),
            data,
        })
    }

    fn validate(&self, rows: usize) -> Result<(), Error> {
        check_length(&self.name, rows, self.rows())?;
        match &self.data {
            ColumnData::Number(values) => {
                match values.iter().position(|value| value.is_infinite()) {
                    None => Ok(()),
                    Some(row) => Err(Error::NotFinite {
                        what: self.name.clone(),
                        row,
                    }),
                }
            }
            ColumnData::Category { codes, levels } => {
                let outside = |code: &u32| *code != MISSING && *code as usize >= levels.len();
                if let Some(row) = codes.iter().position(outside) {
                    return Err(Error::CodeOutOfRange {
                        column: self.name.clone(),
                        row,
                        code: codes.get(row).copied().unwrap_or(MISSING),
                        levels: levels.len(),
                    });
                }
                let mut seen = HashSet::with_capacity(levels.len());
                match levels.iter().find(|level| !seen.insert(level.as_str())) {
                    None => Ok(()),
                    Some(level) => Err(Error::Duplicate {
                        name: level.clone(),
                        place: format!("the levels of `{}`", self.name),
                    }),
                }
            }
        }
    }
}

/// Columns of equal length.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    /// The columns, names unique.
    pub columns: Vec<Column>,
    /// Rows in every column; at least one.
    pub rows: usize,
}

impl Matrix {
    /// A validated matrix; the rows are those of the first column.
    ///
    /// Errors as [`Matrix::validate`].
    pub fn new(columns: Vec<Column>) -> Result<Matrix, Error> {
        let rows = columns.first().map_or(0, Column::rows);
        let matrix = Matrix { columns, rows };
        matrix.validate()?;
        Ok(matrix)
    }

    /// Checks what every learner relies on: at least one row, equal lengths, no
    /// infinity, codes that have a level, unique names, sizes within
    /// [`ROWS_MAX`] and [`COLUMNS_MAX`]. One pass over the data.
    pub fn validate(&self) -> Result<(), Error> {
        if self.rows == 0 {
            return Err(Error::NoRows);
        }
        check_limit("rows", self.rows, ROWS_MAX)?;
        check_limit("columns", self.columns.len(), COLUMNS_MAX)?;
        let mut seen = HashSet::with_capacity(self.columns.len());
        for column in &self.columns {
            if !seen.insert(column.name.as_str()) {
                return Err(Error::Duplicate {
                    name: column.name.clone(),
                    place: "the columns".to_owned(),
                });
            }
            column.validate(self.rows)?;
        }
        Ok(())
    }

    /// The rows named, in that order; a row may be named more than once.
    ///
    /// Errors: no rows; a row outside the matrix.
    pub fn take(&self, rows: &[usize]) -> Result<Matrix, Error> {
        if rows.is_empty() {
            return Err(Error::NoRows);
        }
        if let Some(row) = rows.iter().find(|row| **row >= self.rows) {
            return Err(Error::RowOutOfRange {
                row: *row,
                rows: self.rows,
            });
        }
        let columns = self
            .columns
            .iter()
            .map(|column| {
                column.take(rows).ok_or_else(|| Error::LengthMismatch {
                    what: column.name.clone(),
                    expected: self.rows,
                    found: column.rows(),
                })
            })
            .collect::<Result<Vec<Column>, Error>>()?;
        Ok(Matrix {
            columns,
            rows: rows.len(),
        })
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// `values[rows]`, or `None` if a row lies outside.
pub(crate) fn pick<T: Copy>(values: &[T], rows: &[usize]) -> Option<Vec<T>> {
    rows.iter().map(|row| values.get(*row).copied()).collect()
}

pub(crate) fn check_limit(what: &'static str, found: usize, limit: usize) -> Result<(), Error> {
    if found <= limit {
        return Ok(());
    }
    Err(Error::TooMany { what, found, limit })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Matrix {
        Matrix::new(vec![
            Column::number("gap_mean_days", vec![1.0, f64::NAN, 3.0]),
            Column::category("plan", &[Some("a"), None, Some("b")]),
        ])
        .unwrap()
    }

    #[test]
    fn takes_rows_in_the_order_named() {
        let taken = small().take(&[2, 0, 2]).unwrap();
        assert_eq!(taken.rows, 3);
        assert_eq!(
            taken.columns[0].data,
            ColumnData::Number(vec![3.0, 1.0, 3.0])
        );
        assert_eq!(
            taken.columns[1].data,
            ColumnData::Category {
                codes: vec![1, 0, 1],
                levels: vec!["a".into(), "b".into()]
            }
        );
        assert_eq!(small().take(&[]).unwrap_err(), Error::NoRows);
        assert_eq!(
            small().take(&[3]).unwrap_err(),
            Error::RowOutOfRange { row: 3, rows: 3 }
        );
    }

    #[test]
    fn refuses_what_learners_cannot_use() {
        let code = |columns| Matrix::new(columns).unwrap_err().code();
        assert_eq!(code(vec![]), "learn/no-rows");
        assert_eq!(code(vec![Column::number("x", vec![])]), "learn/no-rows");
        assert_eq!(
            code(vec![Column::number("x", vec![1.0, f64::INFINITY])]),
            "learn/not-finite"
        );
        assert_eq!(
            code(vec![
                Column::number("x", vec![1.0]),
                Column::number("y", vec![1.0, 2.0])
            ]),
            "learn/length-mismatch"
        );
        assert_eq!(
            code(vec![
                Column::number("x", vec![1.0]),
                Column::number("x", vec![1.0])
            ]),
            "learn/duplicate-name"
        );
        let outside = ColumnData::Category {
            codes: vec![0, 1],
            levels: vec!["a".into()],
        };
        assert_eq!(
            code(vec![Column {
                name: "c".into(),
                data: outside
            }]),
            "learn/code-out-of-range"
        );
        let twice = ColumnData::Category {
            codes: vec![0],
            levels: vec!["a".into(), "a".into()],
        };
        assert_eq!(
            code(vec![Column {
                name: "c".into(),
                data: twice
            }]),
            "learn/duplicate-name"
        );
    }
}
