//! Small helpers for SQL with many rows: placeholders, chunks, JSON columns.

use crate::error::{Error, Result};

/// Rows per multi-row statement. Enough to hide the trip to SQLite's thread,
/// small enough that the one odd remainder is cheap to prepare.
pub(crate) const ROWS_PER_STATEMENT: usize = 256;
/// Values per `IN` list.
pub(crate) const VALUES_PER_LIST: usize = 1024;

/// `(?,?),(?,?),...`: `rows` rows of `columns` placeholders. They carry no
/// numbers: SQLite keeps numbered ones in a list and walks it for each value bound.
pub(crate) fn rows(rows: usize, columns: usize) -> String {
    let row = format!("({})", list(columns));
    vec![row; rows].join(",")
}

/// `?,?,...`: `count` placeholders.
pub(crate) fn list(count: usize) -> String {
    vec!["?"; count].join(",")
}

/// The text of a JSON column.
pub(crate) fn to_json<T: serde::Serialize>(column: &'static str, value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|source| Error::Json { column, source })
}

/// The value of a JSON column.
pub(crate) fn from_json<T: serde::de::DeserializeOwned>(
    column: &'static str,
    text: &str,
) -> Result<T> {
    serde_json::from_str(text).map_err(|source| Error::Json { column, source })
}

/// A blob of exactly `N` bytes.
pub(crate) fn fixed<const N: usize>(column: &'static str, bytes: &[u8]) -> Result<[u8; N]> {
    bytes.try_into().map_err(|_| Error::Malformed { column })
}

/// Refuses more than `limit` of `what`.
pub(crate) fn within(what: &'static str, got: usize, limit: usize) -> Result<()> {
    if got <= limit {
        Ok(())
    } else {
        Err(Error::Limit { what, got, limit })
    }
}
