//! What can fail in this crate.

/// A result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// What can fail when a page or a list is written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A template failed to write.
    #[error("page could not be written: {0}")]
    Render(#[from] askama::Error),
    /// A spreadsheet failed to write.
    #[error("spreadsheet could not be written: {0}")]
    Spreadsheet(#[from] rust_xlsxwriter::XlsxError),
    /// A list is longer than a spreadsheet can be.
    #[error("list has {rows} rows, a spreadsheet holds {rows_max}")]
    ListTooLong {
        /// Rows of the list.
        rows: usize,
        /// Rows a sheet holds below its header.
        rows_max: usize,
    },
}

impl Error {
    /// The code in the table of errors.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Render(_) => "web/render",
            Error::Spreadsheet(_) => "web/spreadsheet",
            Error::ListTooLong { .. } => "web/list-too-long",
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Error::Render(_) | Error::Spreadsheet(_) => None,
            Error::ListTooLong { .. } => Some("use the list as CSV, or a shorter list".to_owned()),
        }
    }
}
