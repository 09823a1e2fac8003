//! What can be wrong with a settings file, and where: places, problems and the
//! one table of their codes.

use std::fmt;
use std::path::PathBuf;

macro_rules! codes {
    ($($name:ident = $code:literal: $meaning:literal;)+) => {
        /// The codes of this module, named.
        pub(crate) mod code {
            $(#[doc = $meaning] pub(crate) const $name: &str = $code;)+
        }
        /// Every code this module can answer, with what it means: the rows of the
        /// generated reference of errors.
        pub const CODES: &[(&str, &str)] = &[$(($code, $meaning)),+];
    };
}

codes! {
    FILE_MISSING = "settings/file-missing": "the folder holds no `perennial.toml`";
    FILE_UNREADABLE = "settings/file-unreadable": "`perennial.toml` cannot be opened or read";
    FILE_TOO_LARGE = "settings/file-too-large": "`perennial.toml` is larger than settings can be";
    FILE_NOT_TEXT = "settings/file-not-text": "`perennial.toml` is not UTF-8 text";
    SYNTAX = "settings/syntax": "the text is not valid TOML";
    FORMAT_MISSING = "settings/format-missing": "the file does not say which format it has";
    FORMAT_UNKNOWN = "settings/format-unknown": "the file has a format this program does not read";
    KEY_UNKNOWN = "settings/key-unknown": "a key, section, environment variable or flag that does not exist";
    KEY_MISSING = "settings/key-missing": "a key without a default is absent";
    VALUE_TYPE = "settings/value-type": "a value is of another type than its key takes";
    VALUE_RANGE = "settings/value-range": "a number lies outside the range its key takes";
    VALUE_UNKNOWN = "settings/value-unknown": "a word is not among those its key takes";
    UNIT_MISSING = "settings/unit-missing": "a duration, size or rate is written without its unit";
    TIME_ZONE_UNKNOWN = "settings/time-zone-unknown": "a time zone is not in the time-zone database";
    SOURCE_MISSING = "settings/source-missing": "the project names nothing to read";
    ROLE_MISSING = "settings/role-missing": "a source does not say which column plays a part its table needs";
    COLUMN_TWICE = "settings/column-twice": "one source column is given two parts";
    LOST_MISMATCH = "settings/lost-mismatch": "what `lost` means does not fit the tables that are read";
    KEEP_MISMATCH = "settings/keep-mismatch": "how long rows are kept does not fit the table, or what the law wants kept";
    NAME_TWICE = "settings/name-twice": "two offers carry one name";
}

/// Where a value was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A file, with the line and the column in characters, both from 1.
    File {
        /// The file, as the user can open it.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
    },
    /// An environment variable.
    Environment {
        /// The variable's whole name.
        name: String,
    },
    /// A flag of the command line.
    Flag {
        /// The key it overrides.
        key: String,
    },
}

impl Place {
    /// Whether the value was written in the file, and so had TOML's own types.
    pub(crate) fn is_file(&self) -> bool {
        matches!(self, Self::File { .. })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, line, column } => write!(f, "{}:{line}:{column}", path.display()),
            Self::Environment { name } => write!(f, "environment variable {name}"),
            Self::Flag { key } => write!(f, "flag for {key}"),
        }
    }
}

/// One thing that is wrong, with what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The code, of those in [`CODES`].
    pub code: &'static str,
    /// What is wrong, lower case, without a final stop.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Where it was written.
    pub place: Option<Place>,
}

impl Problem {
    pub(crate) fn new(code: &'static str, place: &Place, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hint: None,
            place: Some(place.clone()),
        }
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Why settings could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder is no project.
    #[error("there is no `perennial.toml` in `{}`", folder.display())]
    FileMissing {
        /// The folder looked in.
        folder: PathBuf,
    },
    /// The operating system refused.
    #[error("`{}` cannot be read: {source}", path.display())]
    FileUnreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The file is no settings file.
    #[error("`{}` has {bytes} bytes, more than the {limit} that settings may have", path.display())]
    FileTooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
        /// The largest size read.
        limit: u64,
    },
    /// The settings were read and are wrong: one problem or more.
    #[error("{}", summary(first, rest))]
    Invalid {
        /// The problem that comes first in the file.
        first: Box<Problem>,
        /// All others, in the order found.
        rest: Vec<Problem>,
    },
}

fn summary(first: &Problem, rest: &[Problem]) -> String {
    match rest.len() {
        0 => first.message.clone(),
        1 => format!("{} (and 1 more problem)", first.message),
        more => format!("{} (and {more} more problems)", first.message),
    }
}

impl Error {
    /// The problems as one error; `None` when there are none.
    pub(crate) fn from_problems(problems: Vec<Problem>) -> Option<Self> {
        let mut problems = problems.into_iter();
        let first = Box::new(problems.next()?);
        Some(Self::Invalid {
            first,
            rest: problems.collect(),
        })
    }

    /// One problem as an error.
    pub(crate) fn of(problem: Problem) -> Self {
        Self::Invalid {
            first: Box::new(problem),
            rest: Vec::new(),
        }
    }

    /// The code of the error (of the first problem), of those in [`CODES`].
    pub fn code(&self) -> &'static str {
        match self {
            Self::FileMissing { .. } => code::FILE_MISSING,
            Self::FileUnreadable { .. } => code::FILE_UNREADABLE,
            Self::FileTooLarge { .. } => code::FILE_TOO_LARGE,
            Self::Invalid { first, .. } => first.code,
        }
    }

    /// What to do about the error (about the first problem).
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::FileMissing { .. } => Some(
                "start a project with `perennial init --from FILE`, or name its folder with `-C DIR`".to_owned(),
            ),
            Self::FileUnreadable { .. } | Self::FileTooLarge { .. } => None,
            Self::Invalid { first, .. } => first.hint.clone(),
        }
    }

    /// Where the error (the first problem) was written, when that is known.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::Invalid { first, .. } => first.place.as_ref(),
            _ => None,
        }
    }

    /// Every problem found, so that all can be mended at once; empty for the
    /// errors that are about the file as a whole.
    pub fn problems(&self) -> Vec<&Problem> {
        match self {
            Self::Invalid { first, rest } => std::iter::once(&**first).chain(rest).collect(),
            _ => Vec::new(),
        }
    }
}
