//! What lies behind a path that a project is to start from: one table, or several
//! of different columns.

use std::path::{Path, PathBuf};

use perennial_lake::sources::dialect::{self, Dialect};
use perennial_lake::sources::files::{self, Format, SourceFile};
use perennial_lake::sources::guess::{self, Guess, Question, QuestionKind};
use perennial_lake::sources::infer::{self, ColumnProfile, Profile};
use perennial_lake::sources::{self, OtherList, Role, TableKind};

use super::error::Error;
use super::look::{missing, table_of};

/// Files whose columns are compared; more than that are taken for one table.
const FILES_MAX: usize = 200;

/// What the lake says about a table.
pub(super) struct Seen {
    /// Where it is: as it was given, or one file of what was given.
    pub path: PathBuf,
    pub dialect: Option<Dialect>,
    pub columns: Vec<ColumnProfile>,
    pub guess: Guess,
    /// Names of files beside it that have other columns and are not used.
    pub left_out: Vec<String>,
    /// Lists of records in the same document that are not read.
    pub other_lists: Vec<OtherList>,
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
    if let [only] = tables.as_slice() {
        let seen = Seen::of(path.to_owned(), only);
        return if seen.guess.roles.is_empty() {
            Err(unknown(path))
        } else {
            Ok(vec![seen])
        };
    }
    // Beside order lines with their orders, such without are sums of the same.
    let has_orders = |table: &SameColumns| table.guess.column(Role::OrderId).is_some();
    let is_sold = |table: &SameColumns| table.guess.kind == TableKind::OrderLines;
    let any_orders = tables
        .iter()
        .any(|t| t.is_usable() && is_sold(t) && has_orders(t));
    // Beside other tables, rows that say neither what happened nor for how much
    // are rather sums or notes.
    let is_nameless = |table: &SameColumns| {
        table.guess.kind == TableKind::Events && table.guess.column(Role::EventName).is_none()
    };
    let is_wanted = |table: &SameColumns| {
        let is_sum = any_orders && is_sold(table) && !has_orders(table);
        table.is_usable() && !is_sum && !is_nameless(table)
    };
    if !tables.iter().any(is_wanted) {
        let useful = tables
            .drain(..)
            .filter(|table| !table.guess.roles.is_empty());
        let likeliest = useful.max_by(|a, b| {
            let (a, b) = (&a.guess, &b.guess);
            let by_roles = a.roles.len().cmp(&b.roles.len());
            by_roles.then(a.kind_confidence.total_cmp(&b.kind_confidence))
        });
        let table = likeliest.ok_or_else(|| unknown(path))?;
        return Ok(table.seen(path, &found));
    }
    let (wanted, rest): (Vec<_>, Vec<_>) = tables.into_iter().partition(is_wanted);
    let left_out = rest.iter().flat_map(|table| &table.files);
    let left_out: Vec<String> = left_out
        .filter_map(|file| Some(file.file_name()?.to_string_lossy().into_owned()))
        .collect();
    let all = wanted.iter().flat_map(|table| table.seen(path, &found));
    let mut all: Vec<Seen> = all.collect();
    if let Some(first) = all.first_mut() {
        first.left_out = left_out;
    }
    Ok(all)
}

fn unknown(path: &Path) -> Error {
    Error::TableUnknown {
        path: path.to_owned(),
    }
}

impl Seen {
    fn of(path: PathBuf, table: &SameColumns) -> Self {
        Seen {
            path,
            dialect: table.dialect.clone(),
            columns: table.profile.columns.clone(),
            guess: table.guess.clone(),
            left_out: Vec::new(),
            other_lists: table.profile.other_lists.clone(),
        }
    }
}

impl SameColumns {
    /// Every part that its kind of table needs has a column, and there are rows enough
    /// to tell.
    fn is_usable(&self) -> bool {
        let is_few = |question: &Question| question.kind == QuestionKind::FewRows;
        if self.guess.unsure.iter().any(is_few) {
            return false;
        }
        !self.guess.roles.is_empty() && missing(&self.guess, table_of(self.guess.kind)).is_empty()
    }

    /// The table by its files, or by a pattern that stands for them.
    fn seen(&self, path: &Path, found: &[SourceFile]) -> Vec<Seen> {
        match named_together(path, &self.files, found) {
            Some(pattern) => vec![Seen::of(pattern, self)],
            None => self
                .files
                .iter()
                .map(|file| Seen::of(file.clone(), self))
                .collect(),
        }
    }
}

/// Whether the time or the order of a table is called that of a refund.
pub(super) fn speaks_of_refunds(guess: &Guess) -> bool {
    const WORDS: [&str; 5] = ["refund", "returned", "退款", "退货", "rückerstatt"];
    let roles = [Role::Time, Role::OrderId];
    let mut columns = roles.into_iter().filter_map(|role| guess.column(role));
    columns.any(|column| {
        let column = column.to_lowercase();
        WORDS.iter().any(|word| column.contains(word))
    })
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
    guess: Guess,
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
                guess: guess::guess(&profile, None),
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
