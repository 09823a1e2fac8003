//! How a text file is written: encoding, kind of records, delimiter, quotes, header
//! and line ends, sniffed from its first [`SNIFF_BYTES`] and open to being overridden.

mod encoding;
mod header;
mod layout;
mod title;

use std::io::Read;

use super::error::Error;
use super::files::{Compression, Format, SourceFile};
use super::records::delimited::{Rules, split_all};
use super::records::{fixed, json, log};
use super::text::{TextReader, open_bytes};
use super::{COLUMNS_MAX, SNIFF_BYTES};

pub use encoding::Encoding;
pub(crate) use encoding::declared as declared_encoding;
use layout::{DELIMITERS, Layout, layout};

/// What stands between the cells of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Delimiter {
    /// One byte, such as `,`, a tab, `;` or `|`.
    Byte(u8),
    /// Runs of blanks and tabs; those at the ends count for nothing.
    Blanks,
}

/// How lines end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LineEnd {
    /// `\n`.
    Lf,
    /// `\r\n` (a lone `\n` ends a line too).
    CrLf,
    /// `\r` alone.
    Cr,
}

/// What the records of a text file are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// Lines of cells between delimiters; for these alone the dialect's
    /// delimiter, quote, header and lines passed over mean something.
    Delimited,
    /// JSON objects.
    Json(json::Shape),
    /// Requests to a web server, a line each.
    Log,
    /// Cells by their place in the line: where the columns begin.
    Fixed(fixed::Starts),
}

/// How a text file is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Dialect {
    /// What its records are.
    pub form: Form,
    /// Encoding of the text.
    pub encoding: Encoding,
    /// The encoding is certain (ASCII, a byte-order mark, or valid UTF-8);
    /// otherwise it is the likeliest.
    pub encoding_sure: bool,
    /// What stands between cells.
    pub delimiter: Delimiter,
    /// The quote character, doubled inside quoted cells; `None` if quotes are
    /// plain text.
    pub quote: Option<u8>,
    /// The first record holds the names of the columns.
    pub header: bool,
    /// How sure it is that there is or is no header, from 0 to 1.
    pub header_confidence: f64,
    /// Lines before the first record (`sep=;`).
    pub skip_lines: u64,
    /// How lines end.
    pub line_end: LineEnd,
    /// Names of the columns, unique: from the header, or `c1`, `c2`, ...
    pub columns: Vec<String>,
}

/// What is known of a text file before it is looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Given {
    /// The encoding of its text.
    pub encoding: Option<Encoding>,
    /// What stands between cells.
    pub delimiter: Option<Delimiter>,
    /// The quote character; `Some(None)` if quotes are plain text.
    pub quote: Option<Option<u8>>,
    /// The first record holds the names of the columns, or does not.
    pub header: Option<bool>,
}

impl Given {
    /// What this one says, and otherwise `other`.
    fn or(self, other: &Given) -> Given {
        Given {
            encoding: self.encoding.or(other.encoding),
            delimiter: self.delimiter.or(other.delimiter),
            quote: self.quote.or(other.quote),
            header: self.header.or(other.header),
        }
    }
}

/// Sniffs the dialect of a text file.
///
/// # Errors
/// As [`sniff_given`].
pub fn sniff(file: &SourceFile) -> Result<Dialect, Error> {
    sniff_given(file, &Given::default())
}

/// Sniffs what is not `given` of a text file. Sheets, XML and mail have an
/// encoding and delimiters of their own.
///
/// # Errors
/// [`Error::Empty`], [`Error::NotText`], [`Error::TooManyColumns`], and errors
/// of reading.
pub fn sniff_given(file: &SourceFile, given: &Given) -> Result<Dialect, Error> {
    let input = open_bytes(file)?;
    let mut raw = Vec::with_capacity(SNIFF_BYTES);
    let outcome = input.take(SNIFF_BYTES as u64).read_to_end(&mut raw);
    if let Err(error) = outcome
        && raw.is_empty()
    {
        let reader = TextReader::new(
            Box::new(std::io::empty()),
            file.compression,
            Encoding::UTF_8,
        );
        return Err(reader.explain(error, &file.path, 1));
    }
    let whole = raw.len() < SNIFF_BYTES;
    let found = match file.format {
        Format::Sheet => sniff_sheet(&raw, whole, file, given.header),
        Format::Text => sniff_text(&raw, whole, &file.given.or(given)),
        _ => sniff_bytes(&raw, whole),
    };
    found.map_err(|fault| match fault {
        Fault::Empty => Error::Empty {
            path: file.path.clone(),
        },
        Fault::NotText => Error::NotText {
            path: file.path.clone(),
        },
        Fault::TooManyColumns(columns) => Error::TooManyColumns {
            path: file.path.clone(),
            columns,
        },
    })
}

/// Why a sample has no dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// There is no record in it.
    Empty,
    /// The bytes are not text in any encoding that is known.
    NotText,
    /// More columns than [`COLUMNS_MAX`].
    TooManyColumns(usize),
}

/// Sniffs the dialect of decompressed bytes; `whole` says that nothing follows
/// them.
///
/// # Errors
/// [`Fault`].
pub fn sniff_bytes(raw: &[u8], whole: bool) -> Result<Dialect, Fault> {
    sniff_text(raw, whole, &Given::default())
}

fn sniff_text(raw: &[u8], whole: bool, given: &Given) -> Result<Dialect, Fault> {
    let (encoding, encoding_sure) = match given.encoding {
        Some(encoding) => (encoding, true),
        None => encoding::guess(raw),
    };
    let mut text = Vec::with_capacity(raw.len());
    // A sample cut within a character decodes to one odd byte at its end.
    let bytes: Box<dyn Read + Send> = Box::new(std::io::Cursor::new(raw.to_vec()));
    let _ = TextReader::new(bytes, Compression::None, encoding).read_to_end(&mut text);
    if text.iter().all(u8::is_ascii_whitespace) {
        return Err(Fault::Empty);
    }
    if !is_text(&text) {
        return Err(Fault::NotText);
    }
    let line_end = line_end(&text);
    let plain = Dialect {
        form: Form::Delimited,
        encoding,
        encoding_sure,
        delimiter: Delimiter::Byte(b','),
        quote: None,
        header: false,
        header_confidence: 1.0,
        skip_lines: 0,
        line_end,
        columns: Vec::new(),
    };
    if let Some((shape, columns)) = json::sniff(&text, whole)? {
        return Ok(Dialect {
            form: Form::Json(shape),
            columns,
            ..plain
        });
    }
    if let Some(columns) = log::sniff(&text) {
        return Ok(Dialect {
            form: Form::Log,
            columns,
            ..plain
        });
    }
    sniff_table(plain, &text, whole, given)
}

/// `plain` with the columns of a text of lines, by delimiters or by places.
fn sniff_table(plain: Dialect, text: &[u8], whole: bool, given: &Given) -> Result<Dialect, Fault> {
    let (text, skip_lines, named) = separator_line(text);
    let terminator = terminator(plain.line_end);
    let known = Given {
        delimiter: given.delimiter.or(named.map(Delimiter::Byte)),
        ..*given
    };
    let found = layout(text, terminator, whole, &known);
    let is_blanks = found.delimiter == Delimiter::Blanks;
    if (found.width < 2 || is_blanks)
        && known.delimiter.is_none()
        && let Some(columns) = fixed::sniff(text)
        && columns.starts.len() > 2
        && (columns.is_told_by_names || !is_blanks)
    {
        let width = columns.starts.len();
        let fixed = Dialect {
            form: Form::Fixed(columns.starts),
            ..plain
        };
        return with_header(fixed, columns.rows, width, given.header);
    }
    // Titles stand above the table: what is below them is looked at anew.
    let titles = match given.header {
        Some(true) if given.delimiter.is_some() => title::Titles::default(),
        _ => title::lines(text, &found, terminator),
    };
    let (text, found) = match titles.bytes {
        0 => (text, found),
        bytes => {
            let rest = text.get(bytes..).unwrap_or(&[]);
            (rest, layout(rest, terminator, whole, &known))
        }
    };
    let skipping = Dialect {
        skip_lines: skip_lines + titles.lines,
        ..plain
    };
    with_layout(skipping, text, whole, &found, given.header)
}

/// The dialect of a sheet as [`super::convert`] writes it: cells between tabs,
/// without quotes.
///
/// # Errors
/// [`Fault`].
fn sniff_sheet(
    text: &[u8],
    whole: bool,
    file: &SourceFile,
    header: Option<bool>,
) -> Result<Dialect, Fault> {
    if text.iter().all(u8::is_ascii_whitespace) {
        return Err(Fault::Empty);
    }
    let width_of = |line: &[u8]| memchr::memchr_iter(b'\t', line).count() + 1;
    let widest = text.split(|byte| *byte == b'\n').map(width_of).max();
    let found = Layout {
        delimiter: Delimiter::Byte(b'\t'),
        quote: None,
        width: widest.unwrap_or(1),
        score: 1.0,
    };
    // That there are names says nothing of what stands above them, but in a database.
    let titles = match file.is_of_database() {
        true => title::Titles::default(),
        false => title::lines(text, &found, b'\n'),
    };
    let header = file.given.header.or(header);
    let sheet = Dialect {
        form: Form::Delimited,
        encoding: Encoding::UTF_8,
        encoding_sure: true,
        delimiter: found.delimiter,
        quote: None,
        header: false,
        header_confidence: 1.0,
        skip_lines: titles.lines,
        line_end: LineEnd::Lf,
        columns: Vec::new(),
    };
    let table = text.get(titles.bytes..).unwrap_or(&[]);
    with_layout(sheet, table, whole, &found, header)
}

/// `dialect` with the cells of `text` laid out as `found`.
fn with_layout(
    dialect: Dialect,
    text: &[u8],
    whole: bool,
    found: &Layout,
    header: Option<bool>,
) -> Result<Dialect, Fault> {
    let terminator = terminator(dialect.line_end);
    let rules = Rules {
        delimiter: found.delimiter,
        quote: found.quote,
        terminator,
        has_totals: true,
    };
    let (records, _) = split_all(text, &rules, RECORDS_MAX, whole);
    let width = found.width.max(1);
    let rows: Vec<Vec<String>> = records
        .into_iter()
        .filter(|record| fits(record, width))
        .map(|record| {
            record
                .into_iter()
                .take(width)
                .map(|cell| String::from_utf8_lossy(&cell).into_owned())
                .collect()
        })
        .collect();
    // A header shorter or longer than the rows is still the first record.
    if rows.is_empty() {
        return Err(no_rows(text, terminator));
    }
    let dialect = Dialect {
        delimiter: found.delimiter,
        quote: found.quote,
        ..dialect
    };
    with_header(dialect, rows, width, header)
}

/// `dialect` with its columns, named by the first of `rows` if that is a header.
fn with_header(
    dialect: Dialect,
    mut rows: Vec<Vec<String>>,
    width: usize,
    given: Option<bool>,
) -> Result<Dialect, Fault> {
    if width > COLUMNS_MAX {
        return Err(Fault::TooManyColumns(width));
    }
    let (header, header_confidence) = match given {
        Some(header) => (header, 1.0),
        None => header::detect(&rows),
    };
    let first = rows.swap_remove(0);
    let columns = header::names(if header { Some(&first) } else { None }, width);
    Ok(Dialect {
        header,
        header_confidence,
        columns,
        ..dialect
    })
}

fn terminator(line_end: LineEnd) -> u8 {
    if line_end == LineEnd::Cr {
        b'\r'
    } else {
        b'\n'
    }
}

/// Whether hardly any byte is one that no text has. Control characters that
/// separate cells (1 to 3, 28 to 31) or pages (12) are none of them.
fn is_text(text: &[u8]) -> bool {
    const ODD_SHARE_MAX: f64 = 0.03;
    let is_odd = |byte: &&u8| matches!(byte, 0 | 4..=8 | 14..=26 | 127);
    text.iter().filter(is_odd).count() as f64 <= ODD_SHARE_MAX * text.len() as f64
}

/// Records looked at.
const RECORDS_MAX: usize = 1_000;

/// A record of `width` cells, or of more whose rest is empty.
fn fits(record: &[Vec<u8>], width: usize) -> bool {
    record.len() >= width && record.iter().skip(width).all(Vec::is_empty)
}

/// Why a text that is not blank has no record: its first line is too wide.
fn no_rows(text: &[u8], terminator: u8) -> Fault {
    let line = text.split(|b| *b == terminator).next().unwrap_or(&[]);
    let widest = DELIMITERS
        .iter()
        .map(|delimiter| memchr::memchr_iter(*delimiter, line).count() + 1)
        .max()
        .unwrap_or(1);
    if widest > COLUMNS_MAX {
        Fault::TooManyColumns(widest)
    } else {
        Fault::Empty
    }
}

fn line_end(text: &[u8]) -> LineEnd {
    match memchr::memchr(b'\n', text) {
        Some(i) if i > 0 && text.get(i - 1) == Some(&b'\r') => LineEnd::CrLf,
        Some(_) => LineEnd::Lf,
        None if text.contains(&b'\r') => LineEnd::Cr,
        None => LineEnd::Lf,
    }
}

/// Excel's first line `sep=;`: the rest of the text, lines passed over, the
/// delimiter named.
fn separator_line(text: &[u8]) -> (&[u8], u64, Option<u8>) {
    if let [
        b's' | b'S',
        b'e' | b'E',
        b'p' | b'P',
        b'=',
        delimiter,
        rest @ ..,
    ] = text
        && let Some(rest) = rest
            .strip_prefix(b"\r\n")
            .or_else(|| rest.strip_prefix(b"\n"))
    {
        return (rest, 1, Some(*delimiter));
    }
    (text, 0, None)
}
