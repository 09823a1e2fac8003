//! What can go wrong with a source as a whole. A bad cell or row is never an
//! error: it is reported beside the batch (see [`super::read::BadCell`]).

use std::path::PathBuf;

/// A source that cannot be read, with its place. `code` is stable.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nothing is at the path.
    #[error("no file or folder at `{}`", path.display())]
    NotFound {
        /// The path asked for, joined to the base folder.
        path: PathBuf,
        /// The nearest existing name in the nearest existing folder.
        nearest: Option<PathBuf>,
    },
    /// A folder or glob without one supported file.
    #[error("no readable file in `{pattern}`")]
    NothingMatched {
        /// The path or glob asked for.
        pattern: String,
        /// Files that are there but of no supported kind (at most three).
        seen: Vec<String>,
    },
    /// A glob that cannot be understood.
    #[error("`{pattern}` is not a valid pattern: {message}")]
    BadGlob {
        /// The pattern.
        pattern: String,
        /// What the pattern's parser says.
        message: String,
    },
    /// More files or deeper folders than the limits allow.
    #[error("`{pattern}` has more than {limit} {what}")]
    TooMany {
        /// The path or glob asked for.
        pattern: String,
        /// The limit.
        limit: usize,
        /// What there is too much of.
        what: &'static str,
    },
    /// A file of a kind that is not read.
    #[error("`{}` is {found}, which is not read", path.display())]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// What the file seems to be.
        found: &'static str,
    },
    /// An archive or a workbook that cannot be looked into.
    #[error("cannot look into `{}`: {message}", path.display())]
    Archive {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// Several tables where one is wanted.
    #[error("`{}` holds several tables", path.display())]
    Several {
        /// The file.
        path: PathBuf,
        /// Names of some of them.
        names: Vec<String>,
    },
    /// A database that cannot be read.
    #[error("cannot read `{address}`: {message}")]
    Database {
        /// The address, without who connects.
        address: String,
        /// What is wrong.
        message: String,
        /// What to do about it; empty if that is not known.
        hint: String,
    },
    /// Rows of a table of a database without a value in the cursor.
    #[error(
        "{rows} rows of `{address}` have no value in `{column}`, its `cursor`, and would never be read"
    )]
    CursorEmpty {
        /// The address, without who connects.
        address: String,
        /// The column that is the cursor.
        column: String,
        /// How many rows.
        rows: String,
    },
    /// The copy of a table of a database, made to be read, has no room.
    #[error("cannot write the copy of the table `{address}` in `{}`: {source}", folder.display())]
    CopyUnwritable {
        /// The address, without who connects.
        address: String,
        /// Where temporary files lie.
        folder: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// The operating system refuses.
    #[error("cannot read `{}`: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// A compressed file that ends in the middle.
    #[error("`{}` ends in the middle: its {compression} stream is cut after {bytes} decoded bytes, near line {line}", path.display())]
    Truncated {
        /// The file.
        path: PathBuf,
        /// Name of the compression.
        compression: &'static str,
        /// Bytes decoded before the end.
        bytes: u64,
        /// Line (1-based) at which reading stopped.
        line: u64,
    },
    /// A compressed or Parquet file whose bytes are damaged.
    #[error("`{}` is damaged near {place}: {message}", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// Byte or row, in words.
        place: String,
        /// What the decoder says.
        message: String,
    },
    /// Nothing in it.
    #[error("`{}` is empty", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// Bytes that are no text in any encoding that is known.
    #[error("`{}` is neither text nor of another kind that is known", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
    },
    /// More columns than [`super::COLUMNS_MAX`].
    #[error("`{}` has {columns} columns, more than {}", path.display(), super::COLUMNS_MAX)]
    TooManyColumns {
        /// The file.
        path: PathBuf,
        /// Columns found.
        columns: usize,
    },
    /// A column that the file does not have.
    #[error("`{}` has no column `{column}`", path.display())]
    NoSuchColumn {
        /// The file.
        path: PathBuf,
        /// The column asked for.
        column: String,
        /// The nearest name that exists.
        nearest: Option<String>,
    },
    /// The header of the file is not the one the dialect was made for.
    #[error("the first line of `{}` has {found} columns where {expected} were expected", path.display())]
    HeaderDiffers {
        /// The file.
        path: PathBuf,
        /// Columns of the dialect.
        expected: usize,
        /// Columns found.
        found: usize,
    },
    /// A time zone that nobody knows.
    #[error("`{name}` is not a known time zone")]
    TimeZone {
        /// The name given.
        name: String,
    },
    /// A read specification that cannot be met.
    #[error("column `{column}` cannot be read so: {message}")]
    Spec {
        /// The column.
        column: String,
        /// Why not.
        message: String,
    },
}

/// What can be read.
const READ: &str = "CSV and its kin, Excel and OpenDocument, JSON, XML, Parquet, logs, mail and SQLite \
                    are read, all but SQLite also in zip, tar, gzip and zstd, and tables of PostgreSQL, \
                    MySQL and MariaDB by their address";

impl Error {
    /// Whether there is nothing where files were looked for.
    pub fn is_absence(&self) -> bool {
        matches!(self, Error::NotFound { .. } | Error::NothingMatched { .. })
    }

    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Error::NotFound { .. } => "source/not-found",
            Error::NothingMatched { .. } => "source/nothing-matched",
            Error::BadGlob { .. } => "source/glob-invalid",
            Error::TooMany { .. } => "source/too-many",
            Error::Unsupported { .. } => "source/unsupported",
            Error::Archive { .. } => "source/archive-unreadable",
            Error::Several { .. } => "source/several-tables",
            Error::Database { .. } => "source/database",
            Error::CursorEmpty { .. } => "source/cursor-empty",
            Error::CopyUnwritable { .. } => "source/copy-unwritable",
            Error::Io { .. } => "source/unreadable",
            Error::Truncated { .. } => "source/truncated",
            Error::Corrupt { .. } => "source/corrupt",
            Error::Empty { .. } => "source/empty",
            Error::NotText { .. } => "source/not-text",
            Error::TooManyColumns { .. } => "source/too-many-columns",
            Error::NoSuchColumn { .. } => "source/column-unknown",
            Error::HeaderDiffers { .. } => "source/header-differs",
            Error::TimeZone { .. } => "source/time-zone-unknown",
            Error::Spec { .. } => "source/spec-invalid",
        }
    }

    /// How to mend it, where there is something to say.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Error::NotFound {
                nearest: Some(nearest),
                ..
            } => format!("did you mean `{}`?", nearest.display()),
            Error::NotFound { nearest: None, .. } => {
                "check the path; a relative one starts at the project's folder".to_owned()
            }
            Error::NothingMatched { seen, .. } if seen.is_empty() => {
                "the folder holds no files, or the pattern matches none".to_owned()
            }
            Error::NothingMatched { seen, .. } => format!(
                "{READ}; found `{}`",
                seen.join("`, `")
            ),
            Error::BadGlob { .. } => "use `*`, `?`, `[ab]` and `**`".to_owned(),
            Error::TooMany { .. } => "name a narrower pattern".to_owned(),
            Error::Unsupported { found, .. } if found.contains("password") => {
                "save it without the password".to_owned()
            }
            Error::Unsupported { .. } | Error::NotText { .. } => format!("save it as CSV; {READ}"),
            Error::Archive { .. } => {
                "open it with the program that made it, and save or pack it again".to_owned()
            }
            Error::Database { hint, .. } if hint.is_empty() => return None,
            Error::Database { hint, .. } => hint.clone(),
            Error::CursorEmpty { .. } => {
                "name a column as `cursor` that every row has, fill this one, or take `cursor` away: \
                 the whole table is then compared"
                    .to_owned()
            }
            Error::CopyUnwritable { .. } => {
                "make room there, set `TMPDIR` to a folder that has some, or give the source a `cursor` \
                 so that only new rows are copied"
                    .to_owned()
            }
            Error::Several { path, names } => match names.first() {
                Some(name) => format!("name one of them, such as `{}`", path.join(name).display()),
                None => "name one of them".to_owned(),
            },
            Error::Truncated { .. } => "copy or download the file again".to_owned(),
            Error::Corrupt { .. } => {
                "copy the file again, or decompress it to see how far it is sound".to_owned()
            }
            Error::Empty { .. } => "remove the file, or fill it".to_owned(),
            Error::NoSuchColumn {
                nearest: Some(nearest),
                ..
            } => format!("did you mean `{nearest}`?"),
            Error::NoSuchColumn { nearest: None, .. } => {
                "name another column in `columns` of the source, or give a file with other columns a source of its own"
                    .to_owned()
            }
            Error::HeaderDiffers { .. } => {
                "files of one source must have the same columns; give this one a source of its own"
                    .to_owned()
            }
            Error::TimeZone { .. } => {
                "use a name of the IANA database such as `Europe/London` or `Asia/Shanghai`"
                    .to_owned()
            }
            Error::Io { .. }
            | Error::TooManyColumns { .. }
            | Error::Spec { .. } => return None,
        })
    }
}

/// The name among `names` nearest to `wanted` (edit distance, case ignored),
/// if it is near enough to be a slip of the pen.
pub(crate) fn nearest_name<'a>(
    wanted: &str,
    names: impl Iterator<Item = &'a str>,
) -> Option<String> {
    let wanted = wanted.to_lowercase();
    let limit = (wanted.chars().count() / 3).max(2);
    names
        .take(10_000)
        .map(|name| (edit_distance(&wanted, &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, name)| name.to_owned())
}

/// Levenshtein's distance in characters; names longer than 256 are cut.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(256).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().take(256).enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (y, cell) in b.iter().zip(row.iter_mut().skip(1)) {
            let best = (diagonal + usize::from(x != *y))
                .min(left + 1)
                .min(*cell + 1);
            diagonal = *cell;
            *cell = best;
            left = best;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_levenshtein() {
        assert_eq!(edit_distance("kitten", "sitting"), 3);
        assert_eq!(edit_distance("", "abc"), 3);
        assert_eq!(edit_distance("flaw", "lawn"), 2);
        assert_eq!(
            nearest_name("Quantty", ["Price", "Quantity"].into_iter()),
            Some("Quantity".to_owned())
        );
        assert_eq!(nearest_name("zzz", ["Price", "Quantity"].into_iter()), None);
    }
}
