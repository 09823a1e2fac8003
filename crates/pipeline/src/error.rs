//! One error for the whole pipeline: every leaf's failure with its code, its
//! hint and its exit status.

use std::path::PathBuf;

/// Result of the pipeline.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An expected failure. Anything else is a bug.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Settings are missing or wrong.
    #[error(transparent)]
    Settings(#[from] crate::settings::Error),
    /// Starting a project failed.
    #[error(transparent)]
    Init(#[from] crate::init::Error),
    /// The lake.
    #[error(transparent)]
    Lake(#[from] perennial_lake::Error),
    /// The ledger or the vault.
    #[error(transparent)]
    Ledger(#[from] perennial_ledger::Error),
    /// A calendar or a feature.
    #[error(transparent)]
    History(#[from] perennial_history::Error),
    /// A model or an evaluation.
    #[error(transparent)]
    Learn(#[from] perennial_learn::Error),
    /// Choosing actions.
    #[error(transparent)]
    Decide(#[from] perennial_learn::decide::Error),
    /// Values of customers.
    #[error(transparent)]
    Value(#[from] perennial_learn::value::Error),
    /// The simulator.
    #[error(transparent)]
    Simulate(#[from] perennial_simulate::Error),
    /// Comparing people.
    #[error(transparent)]
    Link(#[from] perennial_identity::link::LinkError),
    /// The report.
    #[error(transparent)]
    Web(#[from] perennial_web::Error),
    /// A file could not be read or written.
    #[error("cannot {action} `{}`: {source}", path.display())]
    Io {
        /// What was being done.
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The data or the settings do not allow what was asked.
    #[error("{message}")]
    Cannot {
        /// A stable code.
        code: &'static str,
        /// What is wrong.
        message: String,
        /// How to mend it.
        hint: String,
    },
    /// A critical rule on the data's quality stopped the run.
    #[error("{message}")]
    Quality {
        /// What was found.
        message: String,
        /// How to mend it.
        hint: String,
    },
}

impl Error {
    /// Whether a file has nothing in it.
    pub(crate) fn is_empty_file(&self) -> bool {
        use perennial_lake::{Error as Lake, sources::Error as Source};
        matches!(self, Self::Lake(Lake::Source(Source::Empty { .. })))
    }

    /// A refusal with code, message and hint.
    pub fn cannot(code: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Cannot {
            code,
            message: message.into(),
            hint: hint.into(),
        }
    }

    /// Wraps a file-system error with what was done and where.
    pub fn io(action: &'static str, path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io {
            action,
            path,
            source,
        }
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Settings(e) => e.code(),
            Self::Init(e) => e.code(),
            Self::Lake(e) => e.code(),
            Self::Ledger(e) => e.code(),
            Self::History(e) => e.code(),
            Self::Learn(e) => e.code(),
            Self::Decide(e) => e.code(),
            Self::Value(e) => e.code(),
            Self::Simulate(e) => e.code(),
            Self::Link(e) => e.code(),
            Self::Web(e) => e.code(),
            Self::Io { .. } => "file/io",
            Self::Cannot { code, .. } => code,
            Self::Quality { .. } => "quality/critical",
        }
    }

    /// How to mend it, where that is known.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Settings(e) => e.hint(),
            Self::Init(e) => e.hint(),
            Self::Lake(e) => e.hint(),
            Self::Ledger(e) => e.hint(),
            Self::History(e) => e.hint(),
            Self::Learn(e) => e.hint(),
            Self::Decide(e) => e.hint(),
            Self::Value(e) => e.hint(),
            Self::Simulate(e) => e.hint(),
            Self::Link(e) => Some(link_hint(e).to_owned()),
            Self::Web(e) => e.hint(),
            Self::Io { .. } => Some("check the path, the rights and the free space".into()),
            Self::Cannot { hint, .. } | Self::Quality { hint, .. } => Some(hint.clone()),
        }
    }

    /// The process's exit status: 3 where a critical quality rule stopped the
    /// run, 1 for any other expected failure.
    pub fn exit_status(&self) -> u8 {
        match self {
            Self::Quality { .. } => 3,
            _ => 1,
        }
    }
}

/// What to do where people cannot be compared.
fn link_hint(error: &perennial_identity::link::LinkError) -> &'static str {
    use perennial_identity::link::LinkError;
    match error {
        LinkError::Setting { .. } => "give a number in this range",
        LinkError::TooLarge { .. } => {
            "compare fewer people at a time: a project for each part of the business"
        }
        _ => "name what records must share to be compared",
    }
}
