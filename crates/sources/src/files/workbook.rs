//! The sheets of a workbook: Excel's, old and new, OpenDocument's, and the tables of
//! an SQLite database.

use std::io::{BufReader, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use calamine::{Data, Reader, SheetType, Xls, XlsError, XlsOptions};
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::slice::{Slice, SliceReader};
use super::{Compression, Found};
use crate::database::sqlite;
use crate::error::Error;

/// Bytes of a workbook's list of sheets.
const LIST_BYTES_MAX: u64 = 16 << 20;
/// Bytes of all parts of a workbook together, unpacked.
const WORKBOOK_BYTES_MAX: u128 = 8 << 30;
/// The same of a kind of workbook that is held whole while it is read.
const HELD_BYTES_MAX: u128 = 1 << 30;

/// The kind of a workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Book {
    /// Excel since 2007.
    Xlsx,
    /// Excel's binary workbook.
    Xlsb,
    /// Excel before 2007.
    Xls,
    /// OpenDocument.
    Ods,
    /// An SQLite database, whose tables are sheets to us.
    Sqlite,
}

/// A sheet of a workbook.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// What it lies in.
    pub book: Book,
}

impl Sheet {
    /// Where an SQLite database writes first what is to come into its file, `bytes`.
    pub(super) fn journal_of(&self, bytes: &Slice) -> Option<PathBuf> {
        let file = bytes.whole_file().filter(|_| self.book == Book::Sqlite)?;
        let mut path = file.as_os_str().to_owned();
        path.push("-wal");
        Some(path.into())
    }
}

/// A reader of a workbook's bytes.
pub(crate) type Input = BufReader<SliceReader>;

type Zip = ZipArchive<Input>;

/// The sheets with anything in them if the ZIP archive is a workbook.
///
/// # Errors
/// [`Error::Archive`], [`Error::Io`].
pub(super) fn of_zip(found: &Found) -> Result<Option<Vec<Sheet>>, Error> {
    let damaged = |error: &dyn std::fmt::Display| Error::Archive {
        path: found.path.clone(),
        message: error.to_string(),
    };
    let input = BufReader::new(found.bytes.open().map_err(|e| found.failed(e))?);
    let mut zip = ZipArchive::new(input).map_err(|error| damaged(&error))?;
    let has = |name: &str| zip.index_for_name(name).is_some();
    let book = if has("xl/workbook.xml") {
        Book::Xlsx
    } else if has("xl/workbook.bin") {
        Book::Xlsb
    } else if has("content.xml") && has("META-INF/manifest.xml") {
        Book::Ods
    } else {
        return Ok(None);
    };
    let mut bytes = 0_u128;
    for part in 0..zip.len() {
        let part = zip.by_index_raw(part).map_err(|error| damaged(&error))?;
        bytes += u128::from(part.size());
    }
    let most = match book {
        Book::Xlsx => WORKBOOK_BYTES_MAX,
        _ => HELD_BYTES_MAX,
    };
    if bytes > most {
        let most = most >> 30;
        return Err(damaged(&format!(
            "its parts would unpack to more than {most} GiB"
        )));
    }
    let names = match book {
        Book::Xlsx => xlsx_names(&mut zip).map_err(|message| damaged(&message))?,
        _ => {
            drop(zip);
            let input = BufReader::new(found.bytes.open().map_err(|e| found.failed(e))?);
            let names = quietly(|| loaded_names(input, book));
            names.map_err(|e| damaged(&e))?.map_err(|e| damaged(&e))?
        }
    };
    let sheet = |name| Sheet { name, book };
    Ok(Some(names.into_iter().map(sheet).collect()))
}

/// The sheets with anything in them of a workbook of old Excel.
///
/// # Errors
/// [`Error::Unsupported`] for what is no workbook, [`Error::Archive`] for damage.
pub(super) fn of_old(found: &Found) -> Result<Vec<Sheet>, Error> {
    let input = BufReader::new(found.bytes.open().map_err(|e| found.failed(e))?);
    let names = quietly(|| {
        let mut book = Xls::new_with_options(input, XlsOptions::default())?;
        Ok(filled_names(&mut book))
    });
    let names = match names.map_err(|message| Error::Archive {
        path: found.path.clone(),
        message,
    })? {
        Ok(names) => names,
        Err(XlsError::Password) => return Err(found.refused("protected by a password")),
        Err(error) => {
            // New workbooks under a password lie in the old container.
            if holds(found, &utf16("EncryptedPackage")).unwrap_or(false) {
                return Err(found.refused("protected by a password"));
            }
            return Err(Error::Archive {
                path: found.path.clone(),
                message: error.to_string(),
            });
        }
    };
    let book = Book::Xls;
    Ok(names.into_iter().map(|name| Sheet { name, book }).collect())
}

/// The tables with rows of an SQLite database.
///
/// # Errors
/// [`Error::Unsupported`] within an archive, [`Error::Archive`] for damage.
pub(super) fn of_sqlite(found: &Found) -> Result<Vec<Sheet>, Error> {
    let is_plain = found.compression == Compression::None;
    let Some(path) = found.bytes.whole_file().filter(|_| is_plain) else {
        return Err(found.refused("an SQLite database within an archive or compressed"));
    };
    let names = sqlite::tables(path).map_err(|fault| Error::Archive {
        path: found.path.clone(),
        message: fault.to_string(),
    })?;
    let book = Book::Sqlite;
    Ok(names.into_iter().map(|name| Sheet { name, book }).collect())
}

/// What `work` gives; the library that reads workbooks panics on some damage.
///
/// # Errors
/// It stopped in the middle.
fn quietly<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| "its reader stopped in the middle".to_owned())
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Whether the first megabytes of `found` hold `wanted`.
fn holds(found: &Found, wanted: &[u8]) -> std::io::Result<bool> {
    let mut bytes = Vec::new();
    let start = found.bytes.open()?.take(LIST_BYTES_MAX);
    BufReader::new(start).read_to_end(&mut bytes)?;
    Ok(memchr::memmem::find(&bytes, wanted).is_some())
}

fn loaded_names(input: Input, book: Book) -> Result<Vec<String>, calamine::Error> {
    Ok(match book {
        Book::Xlsb => filled_names(&mut calamine::Xlsb::new(input)?),
        _ => filled_names(&mut calamine::Ods::new(input)?),
    })
}

/// Names of the sheets that have a cell with something in it.
fn filled_names<B: Reader<Input>>(book: &mut B) -> Vec<String> {
    let sheets = book.sheets_metadata().to_vec();
    let is_table = |sheet: &calamine::Sheet| sheet.typ == SheetType::WorkSheet;
    let names = sheets.into_iter().filter(is_table).map(|sheet| sheet.name);
    let is_filled = |name: &String| {
        // What cannot be read is kept: reading it says why.
        book.worksheet_range(name).map_or(true, |range| {
            range.used_cells().any(|(_, _, cell)| *cell != Data::Empty)
        })
    };
    names.filter(is_filled).collect()
}

/// Names of the sheets of a new workbook that hold a value.
fn xlsx_names(zip: &mut Zip) -> Result<Vec<String>, String> {
    let mut sheets = Vec::new();
    elements(&part(zip, "xl/workbook.xml")?, "sheet", &mut |tag| {
        if let (Some(name), Some(id)) = (attribute(tag, "name"), attribute(tag, "id")) {
            sheets.push((name, id));
        }
    })?;
    let mut targets = Vec::new();
    let relations = part(zip, "xl/_rels/workbook.xml.rels")?;
    elements(&relations, "Relationship", &mut |tag| {
        let kind = attribute(tag, "Type").unwrap_or_default();
        if let (Some(id), Some(target)) = (attribute(tag, "Id"), attribute(tag, "Target"))
            && kind.ends_with("/worksheet")
        {
            targets.push((id, target));
        }
    })?;
    let mut names = Vec::new();
    for (name, id) in sheets {
        let Some((_, target)) = targets.iter().find(|(known, _)| *known == id) else {
            continue;
        };
        let target = match target.strip_prefix('/') {
            Some(whole) => whole.to_owned(),
            None => format!("xl/{target}"),
        };
        if has_value(zip, &target)? {
            names.push(name);
        }
    }
    Ok(names)
}

/// A part of the workbook, as text.
fn part(zip: &mut Zip, name: &str) -> Result<Vec<u8>, String> {
    let member = zip
        .by_name(name)
        .map_err(|error| format!("{name}: {error}"))?;
    let mut bytes = Vec::new();
    member
        .take(LIST_BYTES_MAX)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("{name}: {error}"))?;
    Ok(bytes)
}

/// Whether a sheet has a cell with a value.
fn has_value(zip: &mut Zip, target: &str) -> Result<bool, String> {
    let Ok(mut member) = zip.by_name(target) else {
        return Ok(false);
    };
    let mut chunk = vec![0_u8; 64 << 10];
    let mut seen = Vec::new();
    loop {
        let read = match member.read(&mut chunk) {
            Ok(0) => return Ok(false),
            Ok(read) => read,
            // Damage is told by whoever reads the sheet.
            Err(_) => return Ok(true),
        };
        seen.extend_from_slice(chunk.get(..read).unwrap_or(&[]));
        let value = [b"<v>".as_slice(), b"<v ", b"<is>", b"<is "];
        if value
            .iter()
            .any(|tag| memchr::memmem::find(&seen, tag).is_some())
        {
            return Ok(true);
        }
        // With another prefix; rare enough to be found on reading.
        if memchr::memmem::find(&seen, b":v>").is_some() {
            return Ok(true);
        }
        seen.drain(..seen.len().saturating_sub(8));
    }
}

/// Calls `each` with every element of the local name `name`.
fn elements(xml: &[u8], name: &str, each: &mut dyn FnMut(&BytesStart<'_>)) -> Result<(), String> {
    let mut reader = quick_xml::Reader::from_reader(xml);
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) if tag.local_name().as_ref() == name => {
                each(&tag);
            }
            Ok(Event::Eof) => return Ok(()),
            Ok(_) => {}
            Err(error) => return Err(error.to_string()),
        }
    }
}

/// An attribute by its local name.
fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag
        .attributes()
        .flatten()
        .find(|attribute| attribute.key.local_name().as_ref() == name)?;
    let plain = quick_xml::escape::unescape(&found.value);
    let value = plain.unwrap_or(std::borrow::Cow::Borrowed(&found.value));
    Some(value.into_owned())
}
