//! What can go wrong here, each with a code and, where there is one, a way out.

use std::path::{Path, PathBuf};

/// The result of everything in this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Every expected failure of the ledger, the vault and the project key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Another process holds the write lock for longer than the busy timeout.
    #[error("the ledger is locked by another process")]
    Locked,
    /// The file is damaged, or is no SQLite file.
    #[error("the ledger is damaged: {detail}")]
    Corrupt {
        /// SQLite's own words.
        detail: String,
    },
    /// The file is a database of something else.
    #[error("`{}` is a database, but not a ledger", path.display())]
    NotALedger {
        /// The file.
        path: PathBuf,
    },
    /// The file was written by a later release.
    #[error("the ledger has format {found}, this program knows up to {known}")]
    NewerFormat {
        /// The format of the file.
        found: i64,
        /// The newest format this program can read.
        known: i64,
    },
    /// No room to write.
    #[error("the disk is full")]
    DiskFull,
    /// The file or its folder may not be written.
    #[error("the ledger cannot be written: {detail}")]
    NotWritable {
        /// SQLite's own words.
        detail: String,
    },
    /// A file could not be read or written.
    #[error("cannot open `{}`: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The operating system's answer.
        source: std::io::Error,
    },
    /// Readers kept the write-ahead log from being emptied.
    #[error("the ledger is being read, so its log could not be emptied")]
    Busy,
    /// Any other answer of the database.
    #[error("the ledger's database failed: {0}")]
    Database(#[source] sqlx::Error),
    /// A JSON column does not hold what it should.
    #[error("the ledger holds unreadable JSON in `{column}`: {source}")]
    Json {
        /// The column.
        column: &'static str,
        /// The parser's answer.
        source: serde_json::Error,
    },
    /// A blob column has the wrong size.
    #[error("the ledger holds a malformed value in `{column}`")]
    Malformed {
        /// The column.
        column: &'static str,
    },
    /// More than one call may carry.
    #[error("{what}: {got} is above the limit of {limit}")]
    Limit {
        /// What was counted.
        what: &'static str,
        /// How much there was.
        got: usize,
        /// How much there may be.
        limit: usize,
    },
    /// The key file is there already.
    #[error("`{}` exists already", path.display())]
    KeyExists {
        /// The file.
        path: PathBuf,
    },
    /// The key file is not there.
    #[error("there is no project key at `{}`", path.display())]
    KeyMissing {
        /// The file.
        path: PathBuf,
    },
    /// The key file's text is not a key.
    #[error("`{}` is not a project key: {reason}", path.display())]
    KeyMalformed {
        /// The file.
        path: PathBuf,
        /// What is wrong; never a part of the key.
        reason: &'static str,
    },
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes: {detail}")]
    Random {
        /// Its answer.
        detail: String,
    },
    /// The vault belongs to another project key.
    #[error("this project key does not open this vault")]
    WrongKey,
    /// The two keys of a rotation do not belong together.
    #[error("the new key does not descend from the old one")]
    KeyUnrelated,
    /// A ciphertext does not authenticate under the right key.
    #[error("a sealed value does not open: it was altered, or sealed with another key")]
    Tampered,
    /// An empty or overlong identifier.
    #[error("an identifier of {bytes} bytes cannot be registered")]
    Identifier {
        /// Its length.
        bytes: usize,
    },
    /// A kind that cannot be told apart from an identifier.
    #[error("the kind `{kind}` is empty, too long or holds a NUL byte")]
    Kind {
        /// The kind.
        kind: String,
    },
    /// No free subject id after many salts.
    #[error("no free subject id was found")]
    SubjectIdsExhausted,
    /// An id given before its registration belongs to somebody else.
    #[error("a subject id given in advance belongs to somebody else")]
    IdTaken,
    /// A subject that was never registered, or was erased.
    #[error("subject {subject_id} is not in the vault")]
    UnknownSubject {
        /// The id.
        subject_id: i64,
    },
    /// A model version that exists with other content.
    #[error("model version `{model_version}` exists with other content")]
    ModelExists {
        /// The version.
        model_version: String,
    },
    /// A model version that does not exist (or belongs to another model).
    #[error("there is no version `{model_version}` of model `{model}`")]
    ModelMissing {
        /// The model.
        model: String,
        /// The version.
        model_version: String,
    },
    /// A probability outside (0, 1].
    #[error("the propensity {value} is not in (0, 1]")]
    Propensity {
        /// The value.
        value: f64,
    },
}

impl Error {
    /// The stable name of this failure.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Locked => "ledger/locked",
            Error::Corrupt { .. } => "ledger/corrupt",
            Error::NotALedger { .. } => "ledger/not-a-ledger",
            Error::NewerFormat { .. } => "ledger/newer-format",
            Error::DiskFull => "ledger/disk-full",
            Error::NotWritable { .. } => "ledger/not-writable",
            Error::Io { .. } => "ledger/io",
            Error::Busy => "ledger/busy",
            Error::Database(_) => "ledger/database",
            Error::Json { .. } => "ledger/json",
            Error::Malformed { .. } => "ledger/malformed",
            Error::Limit { .. } => "ledger/limit",
            Error::KeyExists { .. } => "key/exists",
            Error::KeyMissing { .. } => "key/missing",
            Error::KeyMalformed { .. } => "key/malformed",
            Error::Random { .. } => "key/random",
            Error::WrongKey => "vault/wrong-key",
            Error::KeyUnrelated => "vault/key-unrelated",
            Error::Tampered => "vault/tampered",
            Error::Identifier { .. } => "vault/identifier-invalid",
            Error::Kind { .. } => "vault/kind-invalid",
            Error::SubjectIdsExhausted => "vault/subject-ids-exhausted",
            Error::IdTaken => "vault/id-taken",
            Error::UnknownSubject { .. } => "vault/unknown-subject",
            Error::ModelExists { .. } => "model/version-exists",
            Error::ModelMissing { .. } => "model/version-missing",
            Error::Propensity { .. } => "ledger/propensity-invalid",
        }
    }

    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Error::Locked => "wait for the other run to end, or stop it",
            Error::Corrupt { .. } | Error::Json { .. } | Error::Malformed { .. } => {
                "restore `.perennial/ledger.db` from a backup; without one, move it away and run again \
                 (decisions, arms and models recorded in it are lost)"
            }
            Error::NotALedger { .. } => "point the settings at another file, or move this one away",
            Error::NewerFormat { .. } => "use the release that wrote it, or a later one",
            Error::DiskFull => "free some space and run again: nothing was half written",
            Error::NotWritable { .. } | Error::Io { .. } => {
                "check that you may read and write the file and its folder"
            }
            Error::Busy => "stop `serve` and open queries, then try again",
            Error::KeyExists { .. } => {
                "a key is never overwritten: what it sealed could not be read again; move it away if it is unused"
            }
            Error::KeyMissing { .. } => {
                "restore the key, or name its place in `PERENNIAL_KEY_FILE`; `init` makes a key for a new project"
            }
            Error::KeyMalformed { .. } => "restore the key file from its copy",
            Error::WrongKey => {
                "use the key this project was made with (`.perennial/key` or `PERENNIAL_KEY_FILE`); \
                 after an interrupted rotation that is the new key"
            }
            Error::KeyUnrelated => {
                "make the new key from the old one, so that the ids stay as they are"
            }
            Error::Tampered => "restore `.perennial/ledger.db` and the key from the same backup",
            Error::IdTaken => "run again: nothing that has the id was kept",
            Error::ModelExists { .. } => {
                "a model version never changes: give the new model a new version"
            }
            Error::ModelMissing { .. } => "`model list` shows the versions there are",
            _ => return None,
        };
        Some(hint.to_owned())
    }

    /// An operating-system failure at `path`.
    pub(crate) fn io(path: &Path, source: std::io::Error) -> Self {
        match source.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Error::DiskFull,
            _ => Error::Io {
                path: path.to_owned(),
                source,
            },
        }
    }
}

/// SQLite's primary result codes (the low byte of the extended code) that have a name here.
impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let sqlx::Error::Database(database) = &error else {
            return match error {
                sqlx::Error::Io(source) if source.kind() == std::io::ErrorKind::StorageFull => {
                    Error::DiskFull
                }
                sqlx::Error::PoolTimedOut => Error::Locked,
                other => Error::Database(other),
            };
        };
        let code = database
            .code()
            .and_then(|code| code.parse::<i64>().ok())
            .unwrap_or(0)
            & 0xff;
        let detail = || database.message().to_owned();
        match code {
            5 | 6 => Error::Locked,
            8 | 14 | 23 | 3 => Error::NotWritable { detail: detail() },
            11 | 26 => Error::Corrupt { detail: detail() },
            13 => Error::DiskFull,
            _ => Error::Database(error),
        }
    }
}
