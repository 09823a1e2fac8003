//! What can go wrong in the lake, each with a code and a hint.

use std::path::{Path, PathBuf};

/// Result of the lake.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An expected failure of the lake.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be read or written.
    #[error("cannot {action} `{}`: {source}", path.display())]
    Io {
        /// What was being done ("read", "create").
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A source file could not be understood.
    #[error(transparent)]
    Source(#[from] crate::sources::Error),
    /// A Delta table could not be opened or committed.
    #[error("table `{table}`: {source}")]
    Delta {
        /// The table's name.
        table: String,
        /// Why.
        source: Box<deltalake_core::DeltaTableError>,
    },
    /// A Parquet file of the lake could not be read or written.
    #[error("cannot {action} `{}`: {source}", path.display())]
    Parquet {
        /// What was being done.
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// Why.
        source: parquet::errors::ParquetError,
    },
    /// Arrow refused an operation; the shapes of the data do not fit.
    #[error("columns do not fit together: {0}")]
    Arrow(#[from] arrow::error::ArrowError),
    /// A query is wrong or cannot be answered.
    #[error("{message}")]
    Query {
        /// What the engine said.
        message: String,
        /// How to mend it, where that is known.
        hint: Option<String>,
    },
    /// A query wants to change something.
    #[error("`query` only reads: {0}")]
    ReadOnly(String),
    /// A table does not exist yet.
    #[error("there is no table `{table}`")]
    NoTable {
        /// The name asked for.
        table: String,
        /// The tables there are.
        known: Vec<String>,
    },
    /// A file of the lake has not the columns this version writes.
    #[error("`{}` has no column `{column}` of type {wanted}", path.display())]
    Layout {
        /// Where.
        path: PathBuf,
        /// The missing column.
        column: String,
        /// The type it should have.
        wanted: String,
    },
    /// What a caller wanted done with each batch failed.
    #[error("{0}")]
    Caller(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// The stable code of the failure.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io { .. } => "lake/io",
            Self::Source(e) => e.code(),
            Self::Delta { .. } => "lake/delta",
            Self::Parquet { .. } => "lake/parquet",
            Self::Arrow(_) => "lake/columns",
            Self::Query { .. } => "query/failed",
            Self::ReadOnly(_) => "query/read-only",
            Self::NoTable { .. } => "query/no-table",
            Self::Layout { .. } => "lake/layout",
            Self::Caller(_) => "lake/caller",
        }
    }

    /// How to mend it, in one sentence.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Io { source, .. } => Some(io_hint(source)),
            Self::Source(e) => e.hint(),
            Self::Query { hint, .. } => hint.clone(),
            Self::ReadOnly(_) => Some("use `select`; tables are made by `perennial run`".into()),
            Self::NoTable { known, .. } if known.is_empty() => {
                Some("run `perennial run` first".into())
            }
            Self::NoTable { known, .. } => Some(format!("tables: {}", known.join(", "))),
            Self::Delta { .. } | Self::Parquet { .. } | Self::Layout { .. } => Some(
                "the lake can be rebuilt: move `.perennial/lake` away and run `perennial run`"
                    .into(),
            ),
            Self::Arrow(_) | Self::Caller(_) => None,
        }
    }

    /// Wraps a file-system error with what was done and where.
    pub fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io {
            action,
            path,
            source,
        }
    }

    /// Wraps a Parquet error with what was done and where.
    pub fn parquet(
        action: &'static str,
        path: &Path,
    ) -> impl FnOnce(parquet::errors::ParquetError) -> Self {
        let path = path.to_owned();
        move |source| Self::Parquet {
            action,
            path,
            source,
        }
    }

    /// Wraps a Delta error with the table's name.
    pub fn delta(table: &str) -> impl FnOnce(deltalake_core::DeltaTableError) -> Self {
        let table = table.to_owned();
        move |source| Self::Delta {
            table,
            source: Box::new(source),
        }
    }
}

fn io_hint(source: &std::io::Error) -> String {
    use std::io::ErrorKind::{NotFound, PermissionDenied, StorageFull};
    match source.kind() {
        NotFound => "check the path".into(),
        PermissionDenied => "check who may read and write there".into(),
        StorageFull => "free some disk space and run again; the run resumes".into(),
        _ => "run again; the run resumes where it stopped".into(),
    }
}
