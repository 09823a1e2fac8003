//! From a path to the tables behind it: one file, all supported files of a
//! folder, or a glob; what lies in archives and workbooks counts as if they were
//! folders (`2024.zip/may.csv`, `book.xlsx/Orders`).

mod archive;
mod classify;
mod search;
mod slice;
mod workbook;

use std::fs;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use parquet::file::reader::{FileReader, SerializedFileReader};

use self::classify::{HEAD_BYTES, Kind, classify};
use self::search::{GLOB, expand_folder, expand_glob, nearest_path};
pub use self::slice::{Slice, SliceReader};
pub use self::workbook::{Book, Sheet};
use super::database;
use super::dialect::Given;
use super::error::{Error, nearest_name};
use super::text::decompress;

/// What kind of table a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Records of text: CSV, TSV and their kin, JSON, logs, columns of fixed width.
    Text,
    /// A sheet of a workbook.
    Sheet,
    /// Elements of XML.
    Xml,
    /// E-mail: one message, or a mailbox.
    Mail,
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
    /// A compressed member of a ZIP archive, with the CRC-32 of its content.
    Zip(u32),
}

impl Compression {
    /// The name as written in messages and settings.
    pub fn name(self) -> &'static str {
        match self {
            Compression::None => "none",
            Compression::Gzip => "gzip",
            Compression::Zstd => "zstd",
            Compression::Zip(_) => "zip",
        }
    }
}

/// One table to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Where it is: the base folder joined with the path asked for; then the
    /// names of what it lies in, if that is an archive or a workbook.
    pub path: PathBuf,
    /// Bytes on disk.
    pub size: u64,
    /// Time of the last change, microseconds since 1970 UTC (0 if unknown).
    pub mtime_us: i64,
    /// What it holds.
    pub format: Format,
    /// How it is compressed.
    pub compression: Compression,
    /// The bytes.
    pub(crate) bytes: Slice,
    /// The sheet of the workbook they are.
    pub(crate) sheet: Option<Sheet>,
    /// What is known of how they are written.
    pub(crate) given: Given,
}

impl SourceFile {
    /// Whether it is one sheet of a workbook, one table of a SQLite file.
    pub fn is_sheet(&self) -> bool {
        self.sheet.is_some()
    }

    /// Its last name as a name of its own: of `2024.zip/may.csv` `may.csv`.
    pub fn name(&self) -> String {
        let name = self.path.file_name();
        name.map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    }

    /// Whether it is a table of a database: it has names and rows, and nothing else.
    pub(crate) fn is_of_database(&self) -> bool {
        self.given.header.is_some()
    }

    /// Rows of a Parquet file, by its footer; `None` of another or a broken one.
    pub fn parquet_rows(&self) -> Option<u64> {
        let reader = SerializedFileReader::new(self.bytes.open().ok()?).ok()?;
        u64::try_from(reader.metadata().file_metadata().num_rows()).ok()
    }

    /// blake3 of the bytes as they are stored, streamed, of the sheet's name, and of what
    /// an SQLite database keeps beside its file.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn content_hash(&self) -> Result<[u8; 32], Error> {
        let failed = |source| Error::Io {
            path: self.path.clone(),
            source,
        };
        let mut hasher = blake3::Hasher::new();
        hash_all(self.bytes.open().map_err(failed)?, &mut hasher).map_err(failed)?;
        if let Some(sheet) = &self.sheet {
            hasher.update(sheet.name.as_bytes());
            match sheet.journal_of(&self.bytes).map(fs::File::open) {
                Some(Ok(journal)) => hash_all(journal, &mut hasher).map_err(failed)?,
                Some(Err(error)) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(failed(error));
                }
                _ => {}
            }
        }
        Ok(*hasher.finalize().as_bytes())
    }
}

fn hash_all(mut input: impl Read, hasher: &mut blake3::Hasher) -> io::Result<()> {
    let mut buffer = vec![0_u8; 256 << 10];
    loop {
        match input.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => hasher.update(buffer.get(..read).unwrap_or(&[])),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
    }
}

/// Finds the tables behind `pattern`, sorted by path: a table of a database (see
/// [`super::database`]), a file, a folder (every
/// supported file in it and below it), a glob, or what lies in an archive or a
/// workbook, all of it or what is named after it. A relative pattern starts at
/// `base`. In folders names beginning with `.` or `_` are left out, and each
/// real folder is entered once, so that links in a circle end.
///
/// # Errors
/// [`Error::NotFound`] with the nearest name, [`Error::NothingMatched`],
/// [`Error::BadGlob`], [`Error::TooMany`], [`Error::Unsupported`] for a file
/// named outright, [`Error::Archive`], [`Error::Io`].
pub fn expand(base: &Path, pattern: &str) -> Result<Vec<SourceFile>, Error> {
    if database::is_address(pattern) {
        let table = database::read(pattern, database::Since::default())?;
        return Ok(table.into_iter().collect());
    }
    let path = base.join(pattern);
    match fs::metadata(&path) {
        Ok(meta) if meta.is_dir() => expand_folder(&path, pattern),
        Ok(_) => {
            let files = inspect(&path)?;
            if files.is_empty() {
                return Err(Error::NothingMatched {
                    pattern: pattern.to_owned(),
                    seen: Vec::new(),
                });
            }
            Ok(files)
        }
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            if let Some(container) = container_of(&path) {
                return expand_inside(&container, &path, pattern);
            }
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

/// The regular file that `path` seems to lie in.
fn container_of(path: &Path) -> Option<PathBuf> {
    let mut above = path.ancestors().skip(1);
    let found = above.find(|above| fs::metadata(above).is_ok())?;
    found.is_file().then(|| found.to_path_buf())
}

/// What lies in `container` at `path` or below it; `path` may be a glob.
fn expand_inside(container: &Path, path: &Path, pattern: &str) -> Result<Vec<SourceFile>, Error> {
    let inside = path.strip_prefix(container).unwrap_or(path);
    let glob = glob::Pattern::new(&inside.to_string_lossy()).ok();
    let mut files = inspect(container)?;
    let names: Vec<PathBuf> = (files.iter())
        .map(|file| {
            let name = file.path.strip_prefix(container);
            name.map(Path::to_path_buf).unwrap_or_default()
        })
        .collect();
    let matches = |name: &Path| {
        name.starts_with(inside)
            || glob
                .as_ref()
                .is_some_and(|glob| glob.matches_path_with(name, GLOB))
    };
    let mut kept = names.iter().map(|name| matches(name));
    files.retain(|_| kept.next().unwrap_or(false));
    if !files.is_empty() {
        return Ok(files);
    }
    let names: Vec<String> = names
        .iter()
        .map(|name| name.to_string_lossy().into_owned())
        .filter(|name| !name.is_empty())
        .collect();
    let nearest = nearest_name(&inside.to_string_lossy(), names.iter().map(String::as_str));
    match nearest {
        Some(nearest) => Err(Error::NotFound {
            path: path.to_path_buf(),
            nearest: Some(container.join(nearest)),
        }),
        None => Err(Error::NothingMatched {
            pattern: pattern.to_owned(),
            seen: names.into_iter().take(3).collect(),
        }),
    }
}

/// The one table in the file at `path`.
///
/// # Errors
/// [`Error::Several`], [`Error::NothingMatched`], and those of [`expand`].
pub fn single(path: &Path) -> Result<SourceFile, Error> {
    let mut files = expand(Path::new(""), &path.to_string_lossy())?;
    match files.pop() {
        Some(file) if files.is_empty() => Ok(file),
        last => Err(Error::Several {
            path: path.to_path_buf(),
            names: files
                .iter()
                .chain(&last)
                .take(3)
                .map(SourceFile::name)
                .collect(),
        }),
    }
}

/// Looks into one file: the tables it holds, by its first bytes. An archive may
/// hold none.
///
/// # Errors
/// [`Error::Io`], [`Error::Unsupported`] for kinds known not to be read,
/// [`Error::Archive`].
pub fn inspect(path: &Path) -> Result<Vec<SourceFile>, Error> {
    let mut listing = Listing::default();
    inspect_into(path, &mut listing)?;
    Ok(listing.files)
}

/// The tables found by one search.
#[derive(Default)]
struct Listing {
    files: Vec<SourceFile>,
    /// Temporary files that some of them are read from, and their bytes.
    unpacked_files: usize,
    unpacked_bytes: u64,
}

fn inspect_into(path: &Path, listing: &mut Listing) -> Result<(), Error> {
    let failed = |source| Error::Io {
        path: path.to_path_buf(),
        source,
    };
    let meta = fs::metadata(path).map_err(failed)?;
    if !meta.is_file() {
        return Err(Error::Unsupported {
            path: path.to_path_buf(),
            found: "not a regular file",
        });
    }
    let found = Found {
        path: path.to_path_buf(),
        bytes: Slice::file(path.to_path_buf(), meta.len()),
        mtime_us: mtime_us(&meta),
        compression: Compression::None,
    };
    found.tables(0, listing)
}

/// The time of the last change, microseconds since 1970 (0 if unknown).
fn mtime_us(meta: &fs::Metadata) -> i64 {
    let time = meta.modified().ok();
    let since = time.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.map_or(0, |since| i64::try_from(since.as_micros()).unwrap_or(0))
}

/// Something that holds tables, or is one.
struct Found {
    path: PathBuf,
    bytes: Slice,
    mtime_us: i64,
    compression: Compression,
}

impl Found {
    /// Adds the tables of it to `listing`. `depth` archives are around it.
    ///
    /// # Errors
    /// As [`inspect`].
    fn tables(self, depth: usize, listing: &mut Listing) -> Result<(), Error> {
        let mut this = self;
        let mut kind = classify(&this.head()?);
        if let (Kind::Compressed(compression), Compression::None) = (kind, this.compression) {
            this.compression = compression;
            // Damage within is found, and told with its place, on reading.
            kind = match classify(&this.head().unwrap_or_default()) {
                Kind::Compressed(_) => Kind::Refused("compressed twice"),
                kind => kind,
            };
        }
        match kind {
            Kind::Table(Format::Parquet) => {
                let whole = this.unpacked(listing)?;
                listing.files.push(whole.table(Format::Parquet));
            }
            Kind::Table(format) => listing.files.push(this.table(format)),
            Kind::Zip => {
                let whole = this.unpacked(listing)?;
                match workbook::of_zip(&whole)? {
                    Some(sheets) => whole.sheets(sheets, listing),
                    None => archive::zip(&whole, depth, listing)?,
                }
            }
            Kind::OldWorkbook => {
                let whole = this.unpacked(listing)?;
                let sheets = workbook::of_old(&whole)?;
                whole.sheets(sheets, listing);
            }
            Kind::Sqlite => {
                let sheets = workbook::of_sqlite(&this)?;
                this.sheets(sheets, listing);
            }
            Kind::Tar => archive::tar(&this.unpacked(listing)?, depth, listing)?,
            Kind::Compressed(_) => return Err(this.refused("compressed twice")),
            Kind::Refused(found) => return Err(this.refused(found)),
        }
        Ok(())
    }

    fn refused(&self, found: &'static str) -> Error {
        Error::Unsupported {
            path: self.path.clone(),
            found,
        }
    }

    fn failed(&self, source: io::Error) -> Error {
        Error::Io {
            path: self.path.clone(),
            source,
        }
    }

    /// The first bytes, decompressed.
    fn head(&self) -> Result<Vec<u8>, Error> {
        let failed = |source| self.failed(source);
        let raw = BufReader::new(self.bytes.open().map_err(failed)?);
        let input = decompress(raw, self.compression).map_err(failed)?;
        let mut head = Vec::with_capacity(HEAD_BYTES);
        let read = input.take(HEAD_BYTES as u64).read_to_end(&mut head);
        match read {
            Err(error) if head.is_empty() && self.compression == Compression::None => {
                Err(self.failed(error))
            }
            _ => Ok(head),
        }
    }

    /// The same, decompressed: what must be read at any place cannot stay packed.
    fn unpacked(self, listing: &mut Listing) -> Result<Self, Error> {
        if self.compression == Compression::None {
            return Ok(self);
        }
        let bytes = archive::unpack(&self, listing)?;
        Ok(Found {
            bytes,
            compression: Compression::None,
            ..self
        })
    }

    fn table(self, format: Format) -> SourceFile {
        SourceFile {
            size: self.bytes.length(),
            path: self.path,
            mtime_us: self.mtime_us,
            format,
            compression: self.compression,
            bytes: self.bytes,
            sheet: None,
            given: Given::default(),
        }
    }

    /// The tables of a workbook. Each goes by its own name, even one alone: what it is
    /// called must not change when another comes beside it.
    fn sheets(&self, sheets: Vec<Sheet>, listing: &mut Listing) {
        for sheet in sheets {
            let journal = sheet
                .journal_of(&self.bytes)
                .and_then(|path| fs::metadata(path).ok());
            // An empty one says nothing, and may come of looking alone.
            let journal = journal.filter(|meta| meta.len() > 0);
            let (size, changed) =
                journal.map_or((0, 0), |journal| (journal.len(), mtime_us(&journal)));
            listing.files.push(SourceFile {
                path: self.path.join(archive::safe_name(&sheet.name)),
                size: self.bytes.length() + size,
                mtime_us: self.mtime_us.max(changed),
                format: Format::Sheet,
                compression: Compression::None,
                bytes: self.bytes.clone(),
                given: Given {
                    header: (sheet.book == Book::Sqlite).then_some(true),
                    ..Given::default()
                },
                sheet: Some(sheet),
            });
        }
    }
}

#[cfg(test)]
mod tests;
