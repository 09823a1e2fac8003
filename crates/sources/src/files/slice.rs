//! Bytes that lie together in a file: a whole file, a member of an archive, or
//! something unpacked into a temporary file that vanishes with its last user.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::file::reader::{ChunkReader, Length};

/// Where the bytes are kept.
#[derive(Debug, Clone)]
enum Holder {
    Disk(PathBuf),
    /// A temporary file without a name: gone when nobody holds it.
    Unpacked(Arc<File>),
}

/// A run of bytes in a file.
#[derive(Debug, Clone)]
pub struct Slice {
    holder: Holder,
    offset: u64,
    length: u64,
    /// All of the file.
    is_whole: bool,
}

impl PartialEq for Slice {
    fn eq(&self, other: &Self) -> bool {
        let is_same = match (&self.holder, &other.holder) {
            (Holder::Disk(a), Holder::Disk(b)) => a == b,
            (Holder::Unpacked(a), Holder::Unpacked(b)) => Arc::ptr_eq(a, b),
            _ => false,
        };
        is_same && (self.offset, self.length) == (other.offset, other.length)
    }
}

impl Eq for Slice {}

impl Slice {
    /// All of a file on disk, `length` bytes long.
    pub(super) fn file(path: PathBuf, length: u64) -> Self {
        Slice {
            holder: Holder::Disk(path),
            offset: 0,
            length,
            is_whole: true,
        }
    }

    /// All of an unpacked file, `length` bytes long.
    pub(crate) fn unpacked(file: File, length: u64) -> Self {
        Slice {
            holder: Holder::Unpacked(Arc::new(file)),
            offset: 0,
            length,
            is_whole: true,
        }
    }

    /// The `length` bytes from `offset` on; cut off where this one ends.
    pub(super) fn part(&self, offset: u64, length: u64) -> Self {
        let offset = offset.min(self.length);
        Slice {
            holder: self.holder.clone(),
            offset: self.offset + offset,
            length: length.min(self.length - offset),
            is_whole: false,
        }
    }

    /// The file on disk that this is all of.
    pub(crate) fn whole_file(&self) -> Option<&Path> {
        match &self.holder {
            Holder::Disk(path) if self.is_whole => Some(path),
            _ => None,
        }
    }

    /// Bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Opens the bytes for reading.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn open(&self) -> io::Result<SliceReader> {
        let file = match &self.holder {
            Holder::Disk(path) => Arc::new(File::open(path)?),
            Holder::Unpacked(file) => Arc::clone(file),
        };
        Ok(SliceReader {
            length: if self.is_whole {
                // It may have grown since it was looked at.
                file.metadata()?.len()
            } else {
                self.length
            },
            file,
            offset: self.offset,
            at: 0,
        })
    }
}

/// Reads a [`Slice`]; several may read one file at a time.
#[derive(Debug, Clone)]
pub struct SliceReader {
    file: Arc<File>,
    offset: u64,
    length: u64,
    at: u64,
}

impl SliceReader {
    /// Bytes in all.
    pub fn length(&self) -> u64 {
        self.length
    }
}

impl Read for SliceReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let left = self.length.saturating_sub(self.at);
        let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(out.len());
        let Some(out) = out.get_mut(..wanted) else {
            return Ok(0);
        };
        let read = read_at(&self.file, out, self.offset + self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for SliceReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

impl Length for SliceReader {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for SliceReader {
    type T = io::BufReader<SliceReader>;

    fn get_read(&self, start: u64) -> parquet::errors::Result<Self::T> {
        let mut reader = self.clone();
        reader.at = start;
        Ok(io::BufReader::new(reader))
    }

    fn get_bytes(&self, start: u64, length: usize) -> parquet::errors::Result<bytes::Bytes> {
        let mut reader = self.clone();
        reader.at = start;
        let mut bytes = vec![0_u8; length];
        reader.read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}

#[cfg(unix)]
fn read_at(file: &File, out: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, out, at)
}

#[cfg(windows)]
fn read_at(file: &File, out: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, out, at)
}
