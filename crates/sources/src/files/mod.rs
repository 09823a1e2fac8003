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
use self::search::{expand_folder, expand_glob, nearest_path};
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
    /// Its last name as a name of its own: of `2024.zip/may.csv` `may.csv`.
    pub fn name(&self) -> String {
        let name = self.path.file_name();
        name.map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    }

    /// Rows of a Parquet file, by its footer; `None` of another or a broken one.
    pub fn parquet_rows(&self) -> Option<u64> {
        let reader = SerializedFileReader::new(self.bytes.open().ok()?).ok()?;
        u64::try_from(reader.metadata().file_metadata().num_rows()).ok()
    }

    /// blake3 of the bytes as they are stored, streamed, and of the sheet's name.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn content_hash(&self) -> Result<[u8; 32], Error> {
        let failed = |source| Error::Io {
            path: self.path.clone(),
            source,
        };
        let mut hasher = blake3::Hasher::new();
        let mut input = self.bytes.open().map_err(failed)?;
        let mut buffer = vec![0_u8; 256 << 10];
        loop {
            let read = match input.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(source) => return Err(failed(source)),
            };
            hasher.update(buffer.get(..read).unwrap_or(&[]));
        }
        if let Some(sheet) = &self.sheet {
            hasher.update(sheet.name.as_bytes());
        }
        Ok(*hasher.finalize().as_bytes())
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
        name.starts_with(inside) || glob.as_ref().is_some_and(|glob| glob.matches_path(name))
    };
    let mut kept = names.iter().map(|name| matches(name));
    files.retain(|_| kept.next().unwrap_or(false));
    if !files.is_empty() {
        return Ok(files);
    }
    let names: Vec<String> = names
        .iter()
        .map(|name| name.to_string_lossy().into_owned())
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
    let mtime_us = meta
        .modified()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .and_then(|since| i64::try_from(since.as_micros()).ok())
        .unwrap_or(0);
    let found = Found {
        path: path.to_path_buf(),
        bytes: Slice::file(path.to_path_buf(), meta.len()),
        mtime_us,
        compression: Compression::None,
    };
    let mut files = Vec::new();
    found.tables(0, &mut files)?;
    Ok(files)
}

/// Something that holds tables, or is one.
struct Found {
    path: PathBuf,
    bytes: Slice,
    mtime_us: i64,
    compression: Compression,
}

impl Found {
    /// Adds the tables of it to `files`. `depth` archives are around it.
    ///
    /// # Errors
    /// As [`inspect`].
    fn tables(self, depth: usize, files: &mut Vec<SourceFile>) -> Result<(), Error> {
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
                files.push(this.unpacked()?.table(Format::Parquet));
            }
            Kind::Table(format) => files.push(this.table(format)),
            Kind::Zip => {
                let whole = this.unpacked()?;
                match workbook::of_zip(&whole)? {
                    Some(sheets) => whole.sheets(sheets, files),
                    None => archive::zip(&whole, depth, files)?,
                }
            }
            Kind::OldWorkbook => {
                let whole = this.unpacked()?;
                let sheets = workbook::of_old(&whole)?;
                whole.sheets(sheets, files);
            }
            Kind::Sqlite => {
                let whole = this.unpacked()?;
                let sheets = workbook::of_sqlite(&whole)?;
                whole.sheets(sheets, files);
            }
            Kind::Tar => archive::tar(&this.unpacked()?, depth, files)?,
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
    fn unpacked(self) -> Result<Self, Error> {
        if self.compression == Compression::None {
            return Ok(self);
        }
        let bytes = archive::unpack(&self)?;
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

    /// The tables of a workbook; one sheet alone goes by the workbook's name.
    fn sheets(&self, sheets: Vec<Sheet>, files: &mut Vec<SourceFile>) {
        let alone = sheets.len() == 1;
        for sheet in sheets {
            files.push(SourceFile {
                path: if alone {
                    self.path.clone()
                } else {
                    self.path.join(archive::safe_name(&sheet.name))
                },
                size: self.bytes.length(),
                mtime_us: self.mtime_us,
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
