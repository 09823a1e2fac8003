//! The files of a folder or a glob, and the nearest name to one that is missing.

use std::collections::HashSet;
use std::fs;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use super::classify::SQLITE_HEAD;
use super::{Listing, SourceFile, inspect_into};
use crate::error::{Error, nearest_name};
use crate::{FILES_MAX, FOLDER_DEPTH_MAX};

/// Whether a file found in a folder or an archive looks, by its name, like one to
/// read.
pub(super) fn supported_name(name: &str) -> bool {
    const TEXT: [&str; 17] = [
        "csv", "tsv", "tab", "psv", "txt", "dat", "data", "json", "ndjson", "jsonl", "xml", "log",
        "mbox", "eml", "prn", "asc", "fwf",
    ];
    const WHOLE: [&str; 9] = [
        "parquet", "parq", "pq", "xlsx", "xlsm", "xls", "xlsb", "ods", "zip",
    ];
    let lower = name.to_lowercase();
    let bare = [".gz", ".gzip", ".zst", ".zstd"]
        .iter()
        .find_map(|end| lower.strip_suffix(end))
        .unwrap_or(&lower);
    let Some((_, extension)) = bare.rsplit_once('.') else {
        return false;
    };
    TEXT.contains(&extension) || WHOLE.contains(&extension) || ["tar", "tgz"].contains(&extension)
}

/// Whether a file found in a folder is an SQLite database, by its name and its first
/// bytes: many programs call what they keep for themselves so.
fn is_sqlite(path: &Path) -> bool {
    let extension = path
        .extension()
        .map(|end| end.to_string_lossy().to_lowercase());
    let is_called_so =
        extension.is_some_and(|end| matches!(end.as_str(), "db" | "db3" | "sqlite" | "sqlite3"));
    let mut head = [0; SQLITE_HEAD.len()];
    let read = || fs::File::open(path)?.read_exact(&mut head);
    is_called_so && { read }().is_ok() && head == *SQLITE_HEAD
}

/// Whether a file or folder of this name is left out of folders.
pub(super) fn hidden(name: &str) -> bool {
    name.starts_with(['.', '_'])
}

/// How globs match, on disk and in archives: `*` stays within a folder.
pub(super) const GLOB: glob::MatchOptions = glob::MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: true,
};

/// What a search through folders has found so far.
struct Search<'a> {
    pattern: &'a str,
    files: Vec<PathBuf>,
    /// Real paths of folders entered and files taken.
    known: HashSet<PathBuf>,
    /// Names of files passed over, for the hint.
    passed_over: Vec<String>,
}

impl Search<'_> {
    fn take(&mut self, path: PathBuf) -> Result<(), Error> {
        if let Ok(real) = fs::canonicalize(&path)
            && self.known.insert(real)
        {
            self.files.push(path);
        }
        if self.files.len() > FILES_MAX {
            return Err(Error::TooMany {
                pattern: self.pattern.to_owned(),
                limit: FILES_MAX,
                what: "files",
            });
        }
        Ok(())
    }

    fn pass_over(&mut self, name: &str) {
        if self.passed_over.len() < 3 {
            self.passed_over.push(name.to_owned());
        }
    }

    fn walk(&mut self, folder: &Path, depth: usize) -> Result<(), Error> {
        let failed = |source| Error::Io {
            path: folder.to_path_buf(),
            source,
        };
        let real = fs::canonicalize(folder).map_err(failed)?;
        if !self.known.insert(real) {
            return Ok(());
        }
        if depth > FOLDER_DEPTH_MAX {
            return Err(Error::TooMany {
                pattern: self.pattern.to_owned(),
                limit: FOLDER_DEPTH_MAX,
                what: "levels of folders",
            });
        }
        let mut entries = Vec::new();
        for entry in fs::read_dir(folder).map_err(failed)? {
            entries.push(entry.map_err(failed)?.path());
        }
        entries.sort();
        for path in entries {
            let Some(name) = path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
            else {
                continue;
            };
            // A link to nothing is passed over like any other oddity of a folder.
            let Ok(meta) = fs::metadata(&path) else {
                continue;
            };
            if hidden(&name) {
                continue;
            } else if meta.is_dir() {
                self.walk(&path, depth + 1)?;
            } else if meta.is_file() && (supported_name(&name) || is_sqlite(&path)) {
                self.take(path)?;
            } else {
                self.pass_over(&name);
            }
        }
        Ok(())
    }

    /// The files found, looked at and sorted.
    fn finish(mut self) -> Result<Vec<SourceFile>, Error> {
        if self.files.is_empty() {
            return Err(Error::NothingMatched {
                pattern: self.pattern.to_owned(),
                seen: self.passed_over,
            });
        }
        self.files.sort();
        let mut listing = Listing::default();
        for path in &self.files {
            inspect_into(path, &mut listing)?;
        }
        let files = listing.files;
        if files.is_empty() {
            return Err(Error::NothingMatched {
                pattern: self.pattern.to_owned(),
                seen: Vec::new(),
            });
        }
        Ok(files)
    }
}

pub(super) fn expand_folder(folder: &Path, pattern: &str) -> Result<Vec<SourceFile>, Error> {
    let mut search = Search {
        pattern,
        files: Vec::new(),
        known: HashSet::new(),
        passed_over: Vec::new(),
    };
    search.walk(folder, 0)?;
    search.finish()
}

pub(super) fn expand_glob(base: &Path, pattern: &str) -> Result<Vec<SourceFile>, Error> {
    let whole = if Path::new(pattern).is_absolute() || base.as_os_str().is_empty() {
        pattern.to_owned()
    } else {
        Path::new(&glob::Pattern::escape(&base.to_string_lossy()))
            .join(pattern)
            .to_string_lossy()
            .into_owned()
    };
    let paths = glob::glob_with(&whole, GLOB).map_err(|error| Error::BadGlob {
        pattern: pattern.to_owned(),
        message: error.msg.to_owned(),
    })?;
    let mut search = Search {
        pattern,
        files: Vec::new(),
        known: HashSet::new(),
        passed_over: Vec::new(),
    };
    for path in paths {
        let path = path.map_err(|error| Error::Io {
            path: error.path().to_path_buf(),
            source: error.into(),
        })?;
        match fs::metadata(&path) {
            Ok(meta) if meta.is_file() => search.take(path)?,
            Ok(_) => {}
            Err(_) => continue,
        }
    }
    search.finish()
}

/// The nearest existing path: the first missing component replaced by the
/// nearest name beside it.
pub(super) fn nearest_path(path: &Path) -> Option<PathBuf> {
    let mut known = PathBuf::new();
    let mut rest = path.components();
    for component in rest.by_ref() {
        let next = known.join(component);
        if next.exists() {
            known = next;
            continue;
        }
        let Component::Normal(wanted) = component else {
            return None;
        };
        let folder = if known.as_os_str().is_empty() {
            Path::new(".")
        } else {
            known.as_path()
        };
        let names: Vec<String> = fs::read_dir(folder)
            .ok()?
            .take(10_000)
            .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
            .collect();
        let nearest = nearest_name(&wanted.to_string_lossy(), names.iter().map(String::as_str))?;
        let found = known.join(nearest);
        // Joining nothing would end the path in a slash.
        return Some(match rest.as_path() {
            rest if rest.as_os_str().is_empty() => found,
            rest => found.join(rest),
        });
    }
    None
}
