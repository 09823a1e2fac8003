//! What can go wrong in this crate, each case with a code and a hint.

/// Every expected failure of this crate.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// A slice has another length than the rows it belongs to.
    #[error("`{what}` has {found} values, expected {expected}")]
    LengthMismatch {
        /// The slice.
        what: String,
        /// Values expected.
        expected: usize,
        /// Values found.
        found: usize,
    },
    /// A number is infinite, or not a number where none may be missing.
    #[error("`{what}` holds a value that is not finite in row {row}")]
    NotFinite {
        /// The column or slice.
        what: String,
        /// The first row concerned, from 0.
        row: usize,
    },
    /// A category code points at no level.
    #[error("column `{column}` holds code {code} in row {row} but has {levels} levels")]
    CodeOutOfRange {
        /// The column.
        column: String,
        /// The first row concerned, from 0.
        row: usize,
        /// The code found.
        code: u32,
        /// Number of levels.
        levels: usize,
    },
    /// Two columns have one name, or two levels of a column have one text.
    #[error("`{name}` occurs more than once in {place}")]
    Duplicate {
        /// The name found twice.
        name: String,
        /// Where: the columns, or the levels of a column.
        place: String,
    },
    /// There are no rows.
    #[error("there are no rows")]
    NoRows,
    /// All targets are equal: nothing can be told apart.
    #[error("all {rows} rows have the same outcome")]
    OneClass {
        /// Number of rows.
        rows: usize,
    },
    /// No column can serve: all are constant or none was given.
    #[error("no column varies")]
    NoUsableColumn,
    /// More rows, columns or terms than the stated limit.
    #[error("{found} {what}, the limit is {limit}")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How many were found.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// A row index lies outside the matrix.
    #[error("row {row} lies outside {rows} rows")]
    RowOutOfRange {
        /// The index.
        row: usize,
        /// Rows there are.
        rows: usize,
    },
    /// A setting or argument makes no sense.
    #[error("`{name}` {reason}")]
    ArgumentInvalid {
        /// The setting or argument.
        name: &'static str,
        /// Why it cannot be used.
        reason: String,
    },
    /// A column the model was fitted on is absent, or is of another type.
    #[error("the model needs column `{column}` as {expected}")]
    ColumnMissing {
        /// The column.
        column: String,
        /// `a number` or `a category`.
        expected: &'static str,
    },
    /// An iteration ended without an answer.
    #[error("{what} did not converge in {iterations} iterations")]
    NotConverged {
        /// The computation.
        what: &'static str,
        /// Iterations made.
        iterations: usize,
    },
    /// Bytes that are no model of this crate, are damaged or are too many.
    #[error("these bytes are no readable model: {reason}")]
    BytesInvalid {
        /// Why not.
        reason: String,
    },
    /// A model file of another format version.
    #[error("model format {found} is not supported, expected {expected}")]
    BytesVersion {
        /// Version found.
        found: u16,
        /// Version this code reads.
        expected: u16,
    },
}

impl Error {
    /// The stable code of this failure.
    pub fn code(&self) -> &'static str {
        match self {
            Error::LengthMismatch { .. } => "learn/length-mismatch",
            Error::NotFinite { .. } => "learn/not-finite",
            Error::CodeOutOfRange { .. } => "learn/code-out-of-range",
            Error::Duplicate { .. } => "learn/duplicate-name",
            Error::NoRows => "learn/no-rows",
            Error::OneClass { .. } => "learn/one-class",
            Error::NoUsableColumn => "learn/no-usable-column",
            Error::TooMany { .. } => "learn/too-many",
            Error::RowOutOfRange { .. } => "learn/row-out-of-range",
            Error::ArgumentInvalid { .. } => "learn/argument-invalid",
            Error::ColumnMissing { .. } => "learn/column-missing",
            Error::NotConverged { .. } => "learn/not-converged",
            Error::BytesInvalid { .. } => "learn/model-unreadable",
            Error::BytesVersion { .. } => "learn/model-version",
        }
    }

    /// What a person can do about it, where there is something.
    pub fn hint(&self) -> Option<String> {
        match self {
            Error::NoRows => Some("check the filter and the dates: nothing was left".into()),
            Error::OneClass { .. } => Some(
                "a model needs customers who left and customers who stayed; check what `lost` means"
                    .into(),
            ),
            Error::NoUsableColumn => {
                Some("give at least one column whose values differ between customers".into())
            }
            Error::NotFinite { .. } => {
                Some("give missing numbers as `NaN`; infinities have no meaning here".into())
            }
            Error::TooMany { limit, .. } => Some(format!("stay within {limit} or sample")),
            Error::ColumnMissing { .. } => {
                Some("score with the same columns the model was trained on, or retrain".into())
            }
            Error::NotConverged { .. } => Some("try a stronger penalty".into()),
            Error::BytesInvalid { .. } => {
                Some("restore the file from a back-up or retrain the model".into())
            }
            Error::BytesVersion { .. } => Some("retrain the model with this version".into()),
            _ => None,
        }
    }
}

/// Fails unless `found` equals `expected`.
pub(crate) fn check_length(what: &str, expected: usize, found: usize) -> Result<(), Error> {
    if expected == found {
        return Ok(());
    }
    Err(Error::LengthMismatch {
        what: what.to_owned(),
        expected,
        found,
    })
}

/// Fails if a value is infinite or not a number.
pub(crate) fn check_finite(what: &str, values: &[f64]) -> Result<(), Error> {
    match values.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(row) => Err(Error::NotFinite {
            what: what.to_owned(),
            row,
        }),
    }
}

/// Fails with [`Error::OneClass`] or [`Error::NoRows`] unless both outcomes occur.
pub(crate) fn check_two_classes(target: &[bool]) -> Result<(), Error> {
    let Some(first) = target.first() else {
        return Err(Error::NoRows);
    };
    if target.iter().all(|outcome| outcome == first) {
        return Err(Error::OneClass { rows: target.len() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_messages_follow_the_house() {
        let errors = [
            Error::NoRows,
            Error::OneClass { rows: 3 },
            Error::BytesVersion {
                found: 9,
                expected: 1,
            },
        ];
        for error in errors {
            assert!(error.code().starts_with("learn/"));
            let message = error.to_string();
            assert!(!message.ends_with('.'), "{message}");
            assert!(message.starts_with(|first: char| first.is_lowercase()));
            assert!(error.hint().is_some());
        }
        assert_eq!(check_two_classes(&[]), Err(Error::NoRows));
        assert_eq!(
            check_two_classes(&[true, true]),
            Err(Error::OneClass { rows: 2 })
        );
        assert_eq!(check_two_classes(&[true, false]), Ok(()));
        assert!(check_finite("x", &[1.0, f64::NAN]).is_err());
        assert!(check_length("x", 1, 2).is_err());
    }
}
