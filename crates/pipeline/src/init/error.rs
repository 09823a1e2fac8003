//! Why a project could not be started.

use std::path::{Path, PathBuf};

use perennial_lake::sources;

/// Every code of this module that is not a source's, with what it means.
pub const CODES: &[(&str, &str)] = &[
    ("init/exists", "the folder is a project already"),
    (
        "init/unwritable",
        "a file or folder of the new project cannot be made",
    ),
    (
        "init/table-unknown",
        "a file is neither order lines nor events nor a table of customers",
    ),
    ("init/no-rows", "no file has a row below its header"),
    (
        "init/path-not-text",
        "a file's path cannot be written in the settings",
    ),
];

/// A path as it may be shown: of a database's address without who connects.
fn shown(path: &Path) -> String {
    sources::database::without_user(&path.to_string_lossy())
}

/// Why a project could not be started.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is a settings file already.
    #[error("`{}` is there already, and is not overwritten", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The operating system refused.
    #[error("`{}` cannot be made: {source}", path.display())]
    Unwritable {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// Nothing could be made of a file's columns.
    #[error(
        "`{}` looks neither like order lines nor like events nor like a table of customers",
        shown(path)
    )]
    TableUnknown {
        /// The file.
        path: PathBuf,
    },
    /// There is nothing to look at.
    #[error("`{}` has no rows", shown(path))]
    NoRows {
        /// The file, folder or pattern.
        path: PathBuf,
    },
    /// A path that a settings file, which is UTF-8, cannot hold.
    #[error("the path `{}` is not UTF-8 text", path.display())]
    PathNotText {
        /// The path.
        path: PathBuf,
    },
    /// A file cannot be read.
    #[error(transparent)]
    Source(#[from] sources::Error),
}

impl Error {
    /// The code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Exists { .. } => "init/exists",
            Self::Unwritable { .. } => "init/unwritable",
            Self::TableUnknown { .. } => "init/table-unknown",
            Self::NoRows { .. } => "init/no-rows",
            Self::PathNotText { .. } => "init/path-not-text",
            Self::Source(error) => error.code(),
        }
    }

    /// What to do about the error.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Exists { .. } => Some("change it by hand, or name another folder".to_owned()),
            Self::Unwritable { .. } => {
                Some("name a folder that you may write to".to_owned())
            }
            Self::TableUnknown { .. } => Some(
                "order lines need a customer, a time and an amount; start with `perennial init --template e-commerce` and name the columns by hand".to_owned(),
            ),
            Self::NoRows { .. } => Some(
                "name a file with rows below its header: columns are told by what they hold"
                    .to_owned(),
            ),
            Self::PathNotText { .. } => Some("rename the file or the folder".to_owned()),
            Self::Source(error) => error.hint(),
        }
    }
}
