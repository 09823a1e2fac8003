//! What lies in archives: members of ZIP and tar files, and files that must be
//! unpacked to be read.
//!
//! Nothing is ever written under a name that an archive gives: a member is read
//! where it lies, or unpacked into a temporary file without a name.

use std::io::{self, BufReader, Read};

use zip::{CompressionMethod, ZipArchive};

use super::search::supported_name;
use super::slice::Slice;
use super::{Compression, Found, Listing};
use crate::error::Error;
use crate::text::decompress;
use crate::{ARCHIVE_DEPTH_MAX, FILES_MAX, UNPACKED_BYTES_MAX};

/// Most temporary files of one search: a process may have about a thousand files open.
const UNPACKED_FILES_MAX: usize = 512;
/// Bytes of a block of a tar archive.
const TAR_BLOCK: u64 = 512;

/// Adds the tables in a ZIP archive.
///
/// # Errors
/// [`Error::Archive`], [`Error::Unsupported`] for encrypted members,
/// [`Error::TooMany`], [`Error::Io`].
pub(super) fn zip(found: &Found, depth: usize, listing: &mut Listing) -> Result<(), Error> {
    check_depth(found, depth)?;
    let before = listing.files.len();
    let damaged = |error: &dyn std::fmt::Display| Error::Archive {
        path: found.path.clone(),
        message: error.to_string(),
    };
    let input = BufReader::new(found.bytes.open().map_err(|e| found.failed(e))?);
    let mut zip = ZipArchive::new(input).map_err(|error| damaged(&error))?;
    if zip.has_duplicate_names() {
        return Err(damaged(&"two of its members have one name"));
    }
    for i in 0..zip.len() {
        let member = zip.by_index_raw(i).map_err(|error| damaged(&error))?;
        let name = text_of(member.name_raw());
        if member.is_dir() || !is_wanted(&name) {
            continue;
        }
        let path = found.path.join(safe_name(&name));
        if member.encrypted() {
            return Err(Error::Unsupported {
                path,
                found: "protected by a password",
            });
        }
        let compression = match member.compression() {
            CompressionMethod::Stored => Compression::None,
            CompressionMethod::Deflated => Compression::Zip(member.crc32()),
            _ => {
                return Err(Error::Unsupported {
                    path,
                    found: "compressed by a method that ZIP archives rarely use",
                });
            }
        };
        let start = member.data_start().unwrap_or(u64::MAX);
        let inner = Found {
            path,
            bytes: found.bytes.part(start, member.compressed_size()),
            mtime_us: found.mtime_us,
            compression,
        };
        inner.tables(depth + 1, listing)?;
        check_number(found, listing)?;
    }
    if let Some(own) = listing.files.get_mut(before..) {
        own.sort_by(|a, b| a.path.cmp(&b.path));
    }
    Ok(())
}

/// Adds the tables in a tar archive.
///
/// # Errors
/// [`Error::Archive`], [`Error::TooMany`], [`Error::Io`].
pub(super) fn tar(found: &Found, depth: usize, listing: &mut Listing) -> Result<(), Error> {
    check_depth(found, depth)?;
    let before = listing.files.len();
    let damaged = |error: io::Error| Error::Archive {
        path: found.path.clone(),
        message: error.to_string(),
    };
    let input = BufReader::new(found.bytes.open().map_err(|e| found.failed(e))?);
    let mut archive = tar::Archive::new(input);
    let mut end = 0;
    for member in archive.entries_with_seek().map_err(damaged)? {
        let member = member.map_err(damaged)?;
        let name = text_of(&member.path_bytes());
        end = (member.raw_file_position() + member.size()).next_multiple_of(TAR_BLOCK);
        if !member.header().entry_type().is_file() || !is_wanted(&name) {
            continue;
        }
        let inner = Found {
            path: found.path.join(safe_name(&name)),
            bytes: found.bytes.part(member.raw_file_position(), member.size()),
            mtime_us: found.mtime_us,
            compression: Compression::None,
        };
        inner.tables(depth + 1, listing)?;
        check_number(found, listing)?;
    }
    // A block of zeros ends an archive; one that was cut off has none.
    if found.bytes.length() < end + TAR_BLOCK {
        return Err(damaged(io::ErrorKind::UnexpectedEof.into()));
    }
    if let Some(own) = listing.files.get_mut(before..) {
        own.sort_by(|a, b| a.path.cmp(&b.path));
    }
    Ok(())
}

/// The bytes of `found`, decompressed into a temporary file. It is held open as long as
/// anything of it is listed, so that their number and their sum have limits.
///
/// # Errors
/// [`Error::Archive`] if they are damaged or too many, [`Error::TooMany`],
/// [`Error::Io`].
pub(super) fn unpack(found: &Found, listing: &mut Listing) -> Result<Slice, Error> {
    listing.unpacked_files += 1;
    if listing.unpacked_files > UNPACKED_FILES_MAX {
        return Err(Error::TooMany {
            pattern: found.path.display().to_string(),
            limit: UNPACKED_FILES_MAX,
            what: "files beside it and in it that must be unpacked to be read",
        });
    }
    let room = UNPACKED_BYTES_MAX.saturating_sub(listing.unpacked_bytes);
    let raw = BufReader::new(found.bytes.open().map_err(|e| found.failed(e))?);
    let input = decompress(raw, found.compression).map_err(|e| found.failed(e))?;
    let mut file = tempfile::tempfile().map_err(|e| found.failed(e))?;
    let mut input = input.take(room + 1);
    let length = io::copy(&mut input, &mut file).map_err(|error| {
        // A full disk is nothing the archive can help.
        if error.kind() == io::ErrorKind::StorageFull {
            return found.failed(error);
        }
        Error::Archive {
            path: found.path.clone(),
            message: error.to_string(),
        }
    })?;
    listing.unpacked_bytes += length;
    if length > room {
        return Err(Error::Archive {
            path: found.path.clone(),
            message: format!(
                "with all before it, it unpacks to more than {} GiB",
                UNPACKED_BYTES_MAX >> 30
            ),
        });
    }
    Ok(Slice::unpacked(file, length))
}

fn check_depth(found: &Found, depth: usize) -> Result<(), Error> {
    if depth < ARCHIVE_DEPTH_MAX {
        return Ok(());
    }
    Err(Error::TooMany {
        pattern: found.path.display().to_string(),
        limit: ARCHIVE_DEPTH_MAX,
        what: "archives within archives",
    })
}

fn check_number(found: &Found, listing: &Listing) -> Result<(), Error> {
    if listing.files.len() <= FILES_MAX {
        return Ok(());
    }
    Err(Error::TooMany {
        pattern: found.path.display().to_string(),
        limit: FILES_MAX,
        what: "files",
    })
}

/// Whether a member looks, by its name, like a table; macOS's doubles (`__MACOSX`,
/// `._x`) and hidden files do not.
fn is_wanted(name: &str) -> bool {
    let mut parts = name.split(['/', '\\']);
    let is_hidden = parts.any(|part| part.starts_with(['.', '_']) && part != "." && part != "..");
    !is_hidden && supported_name(name)
}

/// A name out of an archive: UTF-8, or what Chinese Windows writes.
fn text_of(name: &[u8]) -> String {
    match std::str::from_utf8(name) {
        Ok(name) => name.to_owned(),
        Err(_) => encoding_rs::GB18030.decode(name).0.into_owned(),
    }
}

/// A name as a path that leads nowhere else: without `..`, drives and roots. It
/// names the table in messages; nothing is opened by it.
pub(super) fn safe_name(name: &str) -> String {
    let parts = name
        .split(['/', '\\'])
        .filter(|part| !matches!(*part, "" | "." | ".."));
    parts.collect::<Vec<_>>().join("/")
}
