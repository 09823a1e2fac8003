//! How a text file is written: encoding, delimiter, quotes, header and line
//! ends, sniffed from its first [`SNIFF_BYTES`] and open to being overridden.

mod encoding;
mod header;

use std::io::Read;

use super::error::Error;
use super::files::{Compression, SourceFile};
use super::text::{TextReader, open_bytes};
use super::tokens::{Rules, split_all};
use super::{COLUMNS_MAX, SNIFF_BYTES};

/// What stands between the cells of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Delimiter {
    /// One byte, such as `,`, a tab, `;` or `|`.
    Byte(u8),
    /// Runs of blanks and tabs; those at the ends count for nothing.
    Blanks,
}

/// The encoding of a file's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// UTF-8, ASCII included.
    Utf8,
    /// UTF-16, little end first.
    Utf16Le,
    /// UTF-16, big end first.
    Utf16Be,
    /// Windows-1252, Latin-1 included.
    Windows1252,
    /// GB18030, GBK and GB2312 included.
    Gb18030,
}

impl Encoding {
    /// The name as written in settings.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Utf16Le => "utf-16le",
            Encoding::Utf16Be => "utf-16be",
            Encoding::Windows1252 => "windows-1252",
            Encoding::Gb18030 => "gb18030",
        }
    }

    /// The decoder; none for UTF-8, which passes as it is.
    pub(crate) fn codec(self) -> Option<&'static encoding_rs::Encoding> {
        match self {
            Encoding::Utf8 => None,
            Encoding::Utf16Le => Some(encoding_rs::UTF_16LE),
            Encoding::Utf16Be => Some(encoding_rs::UTF_16BE),
            Encoding::Windows1252 => Some(encoding_rs::WINDOWS_1252),
            Encoding::Gb18030 => Some(encoding_rs::GB18030),
        }
    }
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

/// How a text file is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Dialect {
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

/// Sniffs the dialect of a text file.
///
/// # Errors
/// [`Error::Empty`], [`Error::NotText`], [`Error::TooManyColumns`], and errors
/// of reading.
pub fn sniff(file: &SourceFile) -> Result<Dialect, Error> {
    let input = open_bytes(file)?;
    let mut raw = Vec::with_capacity(SNIFF_BYTES);
    let outcome = input.take(SNIFF_BYTES as u64).read_to_end(&mut raw);
    if let Err(error) = outcome
        && raw.is_empty()
    {
        let reader = TextReader::new(Box::new(std::io::empty()), file.compression, Encoding::Utf8);
        return Err(reader.explain(error, &file.path, 1));
    }
    let whole = raw.len() < SNIFF_BYTES;
    sniff_bytes(&raw, whole).map_err(|fault| match fault {
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
    let (encoding, encoding_sure) = encoding::guess(raw);
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
    let (text, skip_lines, named) = separator_line(&text);
    let terminator = if line_end == LineEnd::Cr {
        b'\r'
    } else {
        b'\n'
    };
    let layout = layout(text, terminator, whole, named);
    let rules = Rules {
        delimiter: layout.delimiter,
        quote: layout.quote,
        terminator,
    };
    let (records, _) = split_all(text, &rules, RECORDS_MAX, whole);
    let width = layout.width.max(1);
    let mut rows: Vec<Vec<String>> = records
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
    if width > COLUMNS_MAX {
        return Err(Fault::TooManyColumns(width));
    }
    let (header, header_confidence) = header::detect(&rows);
    let first = rows.swap_remove(0);
    let columns = header::names(if header { Some(&first) } else { None }, width);
    Ok(Dialect {
        encoding,
        encoding_sure,
        delimiter: layout.delimiter,
        quote: layout.quote,
        header,
        header_confidence,
        skip_lines,
        line_end,
        columns,
    })
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

/// Delimiter, quotes and number of columns.
#[derive(Debug, Clone, Copy)]
struct Layout {
    delimiter: Delimiter,
    quote: Option<u8>,
    width: usize,
    /// Share of records with that many cells, lowered by signs against it.
    score: f64,
}

/// Candidates in the order of preference among equals: what is rare in text
/// and numbers first.
const DELIMITERS: [u8; 4] = [b'\t', b';', b'|', b','];

fn layout(text: &[u8], terminator: u8, whole: bool, named: Option<u8>) -> Layout {
    let mut best: Option<Layout> = None;
    let candidates: &[u8] = named.as_ref().map_or(&DELIMITERS, std::slice::from_ref);
    for delimiter in candidates {
        let found = try_delimiter(text, terminator, whole, *delimiter);
        if (found.width >= 2 || named.is_some())
            && best.is_none_or(|best| found.score > best.score + 0.02)
        {
            best = Some(found);
        }
    }
    if let Some(best) = best
        && (best.score >= 0.9 || named.is_some())
    {
        return best;
    }
    let blanks = try_blanks(text, terminator, whole);
    match best {
        _ if blanks.score >= 0.95 => blanks,
        Some(best) if best.score >= 0.5 => best,
        // One column: a comma that never occurs, or only inside quotes.
        _ => Layout {
            delimiter: Delimiter::Byte(b','),
            ..try_delimiter(text, terminator, whole, b',')
        },
    }
}

fn try_delimiter(text: &[u8], terminator: u8, whole: bool, delimiter: u8) -> Layout {
    let rules = |quote| Rules {
        delimiter: Delimiter::Byte(delimiter),
        quote,
        terminator,
    };
    let measure = |quote| {
        let (records, faulty) = split_all(text, &rules(quote), RECORDS_MAX, whole);
        let (width, score) = consistency(records.iter().map(Vec::len), faulty);
        Layout {
            delimiter: Delimiter::Byte(delimiter),
            quote,
            width,
            score,
        }
    };
    let quoting = measure(Some(b'"'));
    let literal = measure(None);
    // Quotes quote unless reading them as text is clearly the better account.
    if literal.score > quoting.score + 0.01 && literal.width >= 2 {
        literal
    } else {
        quoting
    }
}

/// The commonest number of cells and the share of records that have it; lowered
/// where the first record differs (a header does not).
fn consistency(widths: impl Iterator<Item = usize>, faulty: usize) -> (usize, f64) {
    let widths: Vec<usize> = widths.collect();
    let mut counts = std::collections::BTreeMap::new();
    for width in &widths {
        *counts.entry(*width).or_insert(0_usize) += 1;
    }
    let Some((&width, &count)) = counts
        .iter()
        .max_by_key(|(width, count)| (**count, **width))
    else {
        return (0, 0.0);
    };
    let share = count as f64 / (widths.len() + faulty) as f64;
    let first_differs = widths.first().is_some_and(|first| *first != width);
    (width, if first_differs { share - 0.2 } else { share })
}

/// Blank-separated columns: every line with equally many, at least half of
/// them numbers, so that prose is not taken for a table.
fn try_blanks(text: &[u8], terminator: u8, whole: bool) -> Layout {
    let rules = Rules {
        delimiter: Delimiter::Blanks,
        quote: None,
        terminator,
    };
    let (records, faulty) = split_all(text, &rules, RECORDS_MAX, whole);
    let (width, share) = consistency(records.iter().map(Vec::len), faulty);
    let (mut cells, mut numbers) = (0, 0);
    for record in records
        .iter()
        .skip(1)
        .chain(records.first().filter(|_| records.len() == 1))
    {
        cells += record.len();
        numbers += record
            .iter()
            .filter(|cell| header::is_value(&String::from_utf8_lossy(cell)))
            .count();
    }
    let table = width >= 2 && numbers * 2 >= cells;
    Layout {
        delimiter: Delimiter::Blanks,
        quote: None,
        width,
        score: if table { share } else { 0.0 },
    }
}
