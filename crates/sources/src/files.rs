//! From a path to the files behind it: one file, all supported files of a
//! folder, or a glob; and the hash of a file's content.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::error::{Error, nearest_name};
use super::{FILES_MAX, FOLDER_DEPTH_MAX};

/// What kind of table a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Records of text: CSV, TSV and their kin.
    Delimited,
    /// Apache Parquet.
    Parquet,
}

/// How a file is compressed as a whole, told by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Compression {
    /// Not at all (Parquet compresses inside).
    None,
    /// gzip, also of several members.
    Gzip,
    /// Zstandard, also of several frames.
    Zstd,
}

impl Compression {
    /// The name as written in messages and settings.
    pub fn name(self) -> &'static str {
        match self {
            Compression::None => "none",
            Compression::Gzip => "gzip",
            Compression::Zstd => "zstd",
        }
    }
}

/// One file to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Where it is: the base folder joined with the path asked for.
    pub path: PathBuf,
    /// Bytes on disk.
    pub size: u64,
    /// Time of the last change, microseconds since 1970 UTC (0 if unknown).
    pub mtime_us: i64,
    /// What it holds.
    pub format: Format,
    /// How it is compressed.
    pub compression: Compression,
}

/// Finds the files behind `pattern`, sorted by path: a file, a folder (every
/// supported file in it and below it) or a glob. A relative pattern starts at
/// `base`. In folders names beginning with `.` or `_` are left out, and each
/// real folder is entered once, so that links in a circle end.
///
/// # Errors
/// [`Error::NotFound`] with the nearest name, [`Error::NothingMatched`],
/// [`Error::BadGlob`], [`Error::TooMany`], [`Error::Unsupported`] for a file
/// named outright, [`Error::Io`].
pub fn expand(base: &Path, pattern: &str) -> Result<Vec<SourceFile>, Error> {
    let path = base.join(pattern);
    match fs::metadata(&path) {
        Ok(meta) if meta.is_dir() => expand_folder(&path, pattern),
        Ok(_) => Ok(vec![inspect(&path)?]),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            if pattern.contains(['*', '?', '[']) {
                expand_glob(base, pattern)
            } else {
                Err(Error::NotFound {
                    nearest: nearest_path(&path),
                    path,
                })
            }
        }
        Err(source) => Err(Error::Io { path, source }),
    }
}

/// Looks at one file: size, time, format and compression by its first bytes.
///
/// # Errors
/// [`Error::Io`], [`Error::Unsupported`] for kinds known not to be read.
pub fn inspect(path: &Path) -> Result<SourceFile, Error> {
    let failed = |source| Error::Io {
        path: path.to_path_buf(),
        source,
    };
    let mut file = File::open(path).map_err(failed)?;
    let meta = file.metadata().map_err(failed)?;
    if !meta.is_file() {
        return Err(Error::Unsupported {
            path: path.to_path_buf(),
            found: "not a regular file",
        });
    }
    let mut head = Vec::with_capacity(16);
    Read::by_ref(&mut file)
        .take(16)
        .read_to_end(&mut head)
        .map_err(failed)?;
    let (format, compression) = classify(&head).map_err(|found| Error::Unsupported {
        path: path.to_path_buf(),
        found,
    })?;
    let mtime_us = meta
        .modified()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .and_then(|since| i64::try_from(since.as_micros()).ok())
        .unwrap_or(0);
    Ok(SourceFile {
        path: path.to_path_buf(),
        size: meta.len(),
        mtime_us,
        format,
        compression,
    })
}

/// blake3 of the file's bytes as they are on disk, streamed.
///
/// # Errors
/// [`Error::Io`].
pub fn content_hash(path: &Path) -> Result<[u8; 32], Error> {
    let failed = |source| Error::Io {
        path: path.to_path_buf(),
        source,
    };
    let mut file = File::open(path).map_err(failed)?;
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0_u8; 256 << 10];
    loop {
        let read = match file.read(&mut buffer) {
            Ok(0) => return Ok(*hasher.finalize().as_bytes()),
            Ok(read) => read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(source) => return Err(failed(source)),
        };
        hasher.update(buffer.get(..read).unwrap_or(&[]));
    }
}

/// Format and compression by magic bytes; the name of a kind that is not read.
fn classify(head: &[u8]) -> Result<(Format, Compression), &'static str> {
    const REFUSED: [(&[u8], &str); 9] = [
        (b"PK\x03\x04", "a ZIP archive or an Excel workbook"),
        (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
        (b"BZh", "compressed with bzip2"),
        (b"\xfd7zXZ", "compressed with xz"),
        (b"7z\xbc\xaf", "a 7z archive"),
        (b"SQLite format 3", "an SQLite database"),
        (b"%PDF", "a PDF"),
        (b"Obj\x01", "an Avro file"),
        (b"ORC", "an ORC file"),
    ];
    if head.starts_with(b"PAR1") {
        return Ok((Format::Parquet, Compression::None));
    }
    if head.starts_with(&[0x1f, 0x8b]) {
        return Ok((Format::Delimited, Compression::Gzip));
    }
    if head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        return Ok((Format::Delimited, Compression::Zstd));
    }
    match REFUSED.iter().find(|(magic, _)| head.starts_with(magic)) {
        // Text may begin with these three letters.
        Some((magic, _))
            if *magic == b"ORC" && head.get(3).is_some_and(|b| b.is_ascii_graphic()) =>
        {
            Ok((Format::Delimited, Compression::None))
        }
        Some((_, found)) => Err(found),
        None => Ok((Format::Delimited, Compression::None)),
    }
}

/// Whether a file found in a folder looks, by its name, like one to read.
fn supported_name(name: &str) -> bool {
    let lower = name.to_lowercase();
    let bare = [".gz", ".gzip", ".zst", ".zstd"]
        .iter()
        .find_map(|end| lower.strip_suffix(end))
        .unwrap_or(&lower);
    let Some((_, extension)) = bare.rsplit_once('.') else {
        return false;
    };
    let text = ["csv", "tsv", "tab", "psv", "txt", "dat", "data"].contains(&extension);
    let parquet = ["parquet", "parq", "pq"].contains(&extension) && bare.len() == lower.len();
    text || parquet
}

fn hidden(name: &str) -> bool {
    name.starts_with(['.', '_'])
}

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
            } else if meta.is_file() && supported_name(&name) {
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
        self.files.iter().map(|path| inspect(path)).collect()
    }
}

fn expand_folder(folder: &Path, pattern: &str) -> Result<Vec<SourceFile>, Error> {
    let mut search = Search {
        pattern,
        files: Vec::new(),
        known: HashSet::new(),
        passed_over: Vec::new(),
    };
    search.walk(folder, 0)?;
    search.finish()
}

fn expand_glob(base: &Path, pattern: &str) -> Result<Vec<SourceFile>, Error> {
    let whole = if Path::new(pattern).is_absolute() || base.as_os_str().is_empty() {
        pattern.to_owned()
    } else {
        Path::new(&glob::Pattern::escape(&base.to_string_lossy()))
            .join(pattern)
            .to_string_lossy()
            .into_owned()
    };
    let options = glob::MatchOptions {
        case_sensitive: true,
        require_literal_separator: true,
        require_literal_leading_dot: true,
    };
    let paths = glob::glob_with(&whole, options).map_err(|error| Error::BadGlob {
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
fn nearest_path(path: &Path) -> Option<PathBuf> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn names(files: &[SourceFile], base: &Path) -> Vec<String> {
        files
            .iter()
            .map(|f| {
                f.path
                    .strip_prefix(base)
                    .unwrap()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect()
    }

    #[test]
    fn folders_globs_links_and_hidden_files() {
        let dir = tempfile::tempdir().unwrap();
        let base = dir.path();
        fs::create_dir_all(base.join("in/deep")).unwrap();
        for name in [
            "in/b.csv",
            "in/a.tsv",
            "in/deep/c.txt.gz",
            "in/.hidden.csv",
            "in/_x.csv",
            "in/notes.md",
        ] {
            fs::write(base.join(name), "a,b\n1,2\n").unwrap();
        }
        std::os::unix::fs::symlink(base.join("in"), base.join("in/deep/again")).unwrap();
        std::os::unix::fs::symlink(base.join("in/b.csv"), base.join("in/same.csv")).unwrap();
        std::os::unix::fs::symlink(base.join("nowhere"), base.join("in/broken.csv")).unwrap();
        assert_eq!(
            names(&expand(base, "in").unwrap(), base),
            ["in/a.tsv", "in/b.csv", "in/deep/c.txt.gz"]
        );
        assert_eq!(
            names(&expand(base, "in/*.csv").unwrap(), base),
            ["in/_x.csv", "in/b.csv"]
        );
        assert_eq!(
            names(&expand(base, "in/b.csv").unwrap(), base),
            ["in/b.csv"]
        );
        let error = expand(base, "in/bb.csv").unwrap_err();
        assert_eq!(error.code(), "source/not-found");
        assert!(
            error.hint().unwrap().ends_with("in/b.csv`?"),
            "{:?}",
            error.hint()
        );
        let error = expand(base, "inn/b.csv").unwrap_err();
        assert!(error.hint().unwrap().contains("in/b.csv"));
        assert_eq!(
            expand(base, "in/*.xyz").unwrap_err().code(),
            "source/nothing-matched"
        );
        assert_eq!(
            expand(base, "in/[").unwrap_err().code(),
            "source/glob-invalid"
        );
    }

    #[test]
    fn kinds_by_their_first_bytes() {
        assert_eq!(
            classify(b"PAR1...."),
            Ok((Format::Parquet, Compression::None))
        );
        assert_eq!(
            classify(&[0x1f, 0x8b, 8]),
            Ok((Format::Delimited, Compression::Gzip))
        );
        assert_eq!(
            classify(&[0x28, 0xb5, 0x2f, 0xfd]),
            Ok((Format::Delimited, Compression::Zstd))
        );
        assert_eq!(
            classify(b"ORCHID,price"),
            Ok((Format::Delimited, Compression::None))
        );
        assert!(classify(b"PK\x03\x04").is_err());
        assert_eq!(classify(b""), Ok((Format::Delimited, Compression::None)));
    }

    #[test]
    fn content_hash_is_blake3() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        fs::write(&path, b"").unwrap();
        // The published hash of no bytes.
        let hash: String = content_hash(&path)
            .unwrap()
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        assert_eq!(
            hash,
            "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"
        );
    }
}
