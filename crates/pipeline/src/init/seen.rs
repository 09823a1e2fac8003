//! What lies behind a path that a project is to start from: one table, or several
//! of different columns.

use std::path::{Path, PathBuf};

use perennial_lake::sources::dialect::{self, Dialect};
use perennial_lake::sources::files::{self, Format, SourceFile};
use perennial_lake::sources::guess::{self, Guess};
use perennial_lake::sources::infer::{self, ColumnProfile, Profile};
use perennial_lake::sources::{self, TableKind};

use super::error::Error;
use super::look::missing;
use crate::settings::Table;

/// Files whose columns are compared; more than that are taken for one table.
const FILES_MAX: usize = 200;

/// What the lake says about a table.
pub(super) struct Seen {
    /// Where it is: as it was given, or one file of what was given.
    pub path: PathBuf,
    pub dialect: Option<Dialect>,
    pub columns: Vec<ColumnProfile>,
    pub guess: Guess,
}

/// The tables at `path`. Where all files have the same columns, or there are very
/// many, they are one. Otherwise each table that can be used as it is, of one file
/// or several, is named by its files; where none can, the likeliest of them.
pub(super) fn seen_at(path: &Path) -> Result<Vec<Seen>, Error> {
    let Some(pattern) = path.to_str() else {
        return Err(Error::PathNotText {
            path: path.to_owned(),
        });
    };
    let found = files::expand(Path::new(""), pattern)?;
    let mut tables = tables_of(path, &found)?;
    if let [table] = tables.as_mut_slice() {
        table.files.clear();
    }
    let mut seen = Vec::new();
    let mut rest = Vec::new();
    let is_one = tables.len() == 1;
    for table in tables {
        let guess = guess::guess(&table.profile, None);
        let kind = match guess.kind {
            TableKind::OrderLines => Table::OrderLines,
            TableKind::Customers => Table::Customers,
        };
        let is_usable = !guess.roles.is_empty() && missing(&guess, kind).is_empty();
        let all = match table.files.as_slice() {
            [] => vec![path.to_owned()],
            files => named_together(path, files, &found).map_or(files.to_vec(), |one| vec![one]),
        };
        for path in all {
            let seen_here = Seen {
                path,
                dialect: table.dialect.clone(),
                columns: table.profile.columns.clone(),
                guess: guess.clone(),
            };
            if is_usable {
                seen.push(seen_here)
            } else {
                rest.push(seen_here)
            }
        }
    }
    if seen.is_empty() {
        let of_some_use = rest.into_iter().filter(|seen| !seen.guess.roles.is_empty());
        let likeliest = of_some_use.max_by(|a, b| {
            (a.guess.roles.len(), a.guess.kind_confidence)
                .partial_cmp(&(b.guess.roles.len(), b.guess.kind_confidence))
                .unwrap_or(std::cmp::Ordering::Equal)
        });
        seen.extend(likeliest);
        // Others of the same table would be left out otherwise.
        if let (true, Some(only)) = (is_one, seen.first_mut()) {
            path.clone_into(&mut only.path);
        }
    }
    if seen.is_empty() {
        return Err(Error::TableUnknown {
            path: path.to_owned(),
        });
    }
    Ok(seen)
}

/// A pattern for several files that stand for no other of those found: all in one
/// folder, and alone in how their names end.
fn named_together(path: &Path, files: &[PathBuf], found: &[SourceFile]) -> Option<PathBuf> {
    let [first, _, ..] = files else {
        return None;
    };
    let end = first.extension()?;
    let pattern = path.join("*").with_extension(end);
    let is_meant = |file: &Path| file.parent() == Some(path) && file.extension() == Some(end);
    let meant = found.iter().filter(|file| is_meant(&file.path)).count();
    (meant == files.len() && files.iter().all(|file| is_meant(file))).then_some(pattern)
}

/// Files of the same columns.
struct SameColumns {
    files: Vec<PathBuf>,
    dialect: Option<Dialect>,
    profile: Profile,
}

/// The files by their columns, in the order in which these first come. Empty files
/// belong to none.
fn tables_of(path: &Path, found: &[SourceFile]) -> Result<Vec<SameColumns>, Error> {
    let mut tables: Vec<SameColumns> = Vec::new();
    for file in found.iter().take(FILES_MAX) {
        let is_first = tables.is_empty();
        let dialect = match file.format {
            Format::Parquet => None,
            _ => match dialect::sniff(file) {
                Err(sources::Error::Empty { .. }) if found.len() > 1 => continue,
                // Something odd beside a table is not what is asked about.
                Err(_) if !is_first => continue,
                other => Some(other?),
            },
        };
        let names = dialect.as_ref().map(|dialect| dialect.columns.as_slice());
        let known = tables.iter_mut().find(|table| match names {
            Some(names) => {
                let columns = table.profile.columns.iter();
                columns.map(|column| &column.name).eq(names)
            }
            None => table.dialect.is_none(),
        });
        if let Some(known) = known {
            known.files.push(file.path.clone());
            continue;
        }
        let profile = infer::profile(file, dialect.as_ref())?;
        if profile.columns.iter().any(|column| column.rows > 0) {
            tables.push(SameColumns {
                files: vec![file.path.clone()],
                dialect,
                profile,
            });
        }
    }
    if tables.is_empty() {
        return Err(Error::NoRows {
            path: path.to_owned(),
        });
    }
    if found.len() > FILES_MAX {
        tables.truncate(1);
    }
    Ok(tables)
}
