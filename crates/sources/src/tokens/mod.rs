//! From text to cells: splits a stream into records and records into cells,
//! block by block, and accounts for every record.
//!
//! A record that cannot be split as the dialect says keeps its place and its
//! raw text and carries a [`Fault`]; its cells are empty. A quote that does
//! not close properly costs its physical line only: splitting goes on with
//! the next line, so that one stray quote never swallows the file.

mod scan;

use std::io::{self, Read};

use super::dialect::{Delimiter, Dialect, LineEnd};
use super::{COLUMNS_MAX, RECORD_BYTES_MAX};

pub(crate) use scan::split_all;
use scan::{Scan, scan};

/// Why a record could not be split into cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// Fewer cells than columns.
    Short,
    /// More cells than columns (empty ones at the end are forgiven).
    Long,
    /// A quote that does not close, or text after a closing quote.
    Quote,
    /// Longer than [`super::RECORD_BYTES_MAX`].
    RecordTooLong,
    /// A cell longer than [`super::CELL_BYTES_MAX`].
    CellTooLong,
    /// Bytes that are not valid in the file's encoding.
    Encoding,
    /// A NUL byte.
    Nul,
}

impl Fault {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Fault::Short => "row/short",
            Fault::Long => "row/long",
            Fault::Quote => "row/quote-broken",
            Fault::RecordTooLong => "row/too-long",
            Fault::CellTooLong => "cell/too-long",
            Fault::Encoding => "row/encoding-invalid",
            Fault::Nul => "row/nul-byte",
        }
    }
}

/// How text is split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// What stands between cells.
    pub delimiter: Delimiter,
    /// The quote character, if quotes quote.
    pub quote: Option<u8>,
    /// The last byte of a line: `\n`, or `\r` for old Macintosh files.
    pub terminator: u8,
}

impl From<&Dialect> for Rules {
    fn from(dialect: &Dialect) -> Self {
        Rules {
            delimiter: dialect.delimiter,
            quote: dialect.quote,
            terminator: if dialect.line_end == LineEnd::Cr {
                b'\r'
            } else {
                b'\n'
            },
        }
    }
}

/// Where a cell lies: in the block's text, or (bit 31 of `len` set) in the
/// block's side buffer of unescaped cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cell {
    start: u32,
    len: u32,
}

const IN_EXTRA: u32 = 1 << 31;

impl Cell {
    fn new(start: usize, end: usize) -> Self {
        // Blocks stay far below 2 GiB: see `Tokenizer::next_block`.
        Cell {
            start: start as u32,
            len: (end - start) as u32,
        }
    }

    fn extra(start: usize, end: usize) -> Self {
        let cell = Cell::new(start, end);
        Cell {
            len: cell.len | IN_EXTRA,
            ..cell
        }
    }

    fn bytes<'a>(self, text: &'a [u8], extra: &'a [u8]) -> &'a [u8] {
        let start = self.start as usize;
        let (from, len) = if self.len & IN_EXTRA == 0 {
            (text, self.len)
        } else {
            (extra, self.len & !IN_EXTRA)
        };
        from.get(start..start + len as usize).unwrap_or(&[])
    }
}

/// One record of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    start: u32,
    end: u32,
    /// Line (1-based) on which the record begins.
    pub line: u64,
    /// Why it has no cells, if it has none.
    pub fault: Option<Fault>,
}

/// Records of a file, with their text.
#[derive(Debug, Default)]
pub struct Block {
    text: Vec<u8>,
    extra: Vec<u8>,
    cells: Vec<Cell>,
    records: Vec<Record>,
    columns: usize,
}

impl Block {
    /// Number of records, faulty ones included.
    pub fn rows(&self) -> usize {
        self.records.len()
    }

    /// Cells per record.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The records.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// One cell, unquoted; empty outside the block and in faulty records.
    pub fn cell(&self, row: usize, column: usize) -> &[u8] {
        match self.cells.get(row * self.columns + column) {
            Some(cell) if column < self.columns => cell.bytes(&self.text, &self.extra),
            _ => &[],
        }
    }

    /// The cells of one column, top to bottom.
    pub fn column(&self, column: usize) -> impl ExactSizeIterator<Item = &[u8]> {
        let from = self
            .cells
            .get(column.min(self.cells.len())..)
            .unwrap_or(&[]);
        from.iter()
            .step_by(self.columns.max(1))
            .map(|cell| cell.bytes(&self.text, &self.extra))
    }

    /// The text of a record as it stands in the file (decoded), without its
    /// line end.
    pub fn raw(&self, row: usize) -> &[u8] {
        let Some(record) = self.records.get(row) else {
            return &[];
        };
        self.text
            .get(record.start as usize..record.end as usize)
            .unwrap_or(&[])
    }

    fn clear(&mut self, columns: usize) {
        self.text.clear();
        self.extra.clear();
        self.cells.clear();
        self.records.clear();
        self.columns = columns;
    }
}

/// Splits a stream of UTF-8 text into blocks of records.
pub struct Tokenizer<R> {
    input: R,
    rules: Rules,
    columns: usize,
    carry: Vec<u8>,
    ended: bool,
    failed: Option<io::Error>,
    /// In the rest of a record that was too long.
    skipping: bool,
    line: u64,
    rows: u64,
    blank_lines: u64,
    bytes_per_row: usize,
}

/// Most cells of a block, so that its index stays at a few MiB.
const BLOCK_CELLS_MAX: usize = 1 << 19;
const BLOCK_BYTES_MIN: usize = 64 << 10;
const BLOCK_BYTES_MAX: usize = 4 << 20;

impl<R: Read> Tokenizer<R> {
    /// A tokenizer for records of `columns` cells.
    pub fn new(input: R, rules: Rules, columns: usize) -> Self {
        Tokenizer {
            input,
            rules,
            columns: columns.clamp(1, COLUMNS_MAX),
            carry: Vec::new(),
            ended: false,
            failed: None,
            skipping: false,
            line: 1,
            rows: 0,
            blank_lines: 0,
            bytes_per_row: 128,
        }
    }

    /// The line (1-based) that comes next.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Records given out so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Wholly empty lines passed over so far; they are no records.
    pub fn blank_lines(&self) -> u64 {
        self.blank_lines
    }

    /// How text is split.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The stream below.
    pub fn input(&self) -> &R {
        &self.input
    }

    /// Passes over `count` physical lines.
    ///
    /// # Errors
    /// Those of the stream.
    pub fn skip_lines(&mut self, count: u64) -> io::Result<()> {
        for _ in 0..count {
            loop {
                let mut text = std::mem::take(&mut self.carry);
                let result = self.fill_text(&mut text, BLOCK_BYTES_MIN);
                let found = memchr::memchr(self.rules.terminator, &text);
                match found {
                    Some(i) => drop(text.drain(..=i)),
                    None => text.clear(),
                }
                self.carry = text;
                result?;
                if found.is_some() || self.ended {
                    break;
                }
            }
            self.line += 1;
        }
        Ok(())
    }

    /// Reads until `text` holds `target` bytes or the stream ends.
    fn fill_text(&mut self, text: &mut Vec<u8>, target: usize) -> io::Result<()> {
        if self.ended || text.len() >= target {
            return Ok(());
        }
        let wanted = target - text.len();
        text.reserve(wanted);
        let before = text.len();
        let result = Read::by_ref(&mut self.input)
            .take(wanted as u64)
            .read_to_end(text);
        if text.len() - before < wanted {
            self.ended = true;
        }
        result.map(|_| ())
    }

    /// Fills `block` with the next records, at most `rows_max`; `false` at the
    /// end of the file.
    ///
    /// # Errors
    /// Those of the stream, after all whole records before them were given.
    pub fn next_block(&mut self, block: &mut Block, rows_max: usize) -> io::Result<bool> {
        let rows_max = rows_max.min(BLOCK_CELLS_MAX / self.columns).max(1);
        block.clear(self.columns);
        std::mem::swap(&mut block.text, &mut self.carry);
        let mut target = (rows_max * self.bytes_per_row).clamp(BLOCK_BYTES_MIN, BLOCK_BYTES_MAX);
        let mut at = 0;
        loop {
            if self.failed.is_none()
                && let Err(error) = self.fill_text(&mut block.text, target)
            {
                self.failed = Some(error);
            }
            if self.skipping {
                // The rest of an over-long record, whose text is not kept.
                match memchr::memchr(self.rules.terminator, &block.text) {
                    Some(i) => {
                        block.text.drain(..=i);
                        self.skipping = false;
                        self.line += 1;
                    }
                    None => {
                        block.text.clear();
                        self.skipping = !self.ended;
                    }
                }
                continue;
            }
            at = self.split(block, at, rows_max);
            if block.rows() > 0 || (self.ended && self.failed.is_none()) {
                break;
            }
            if let Some(error) = self.failed.take() {
                self.ended = true;
                return Err(error);
            }
            if block.text.len() - at >= RECORD_BYTES_MAX {
                at = self.cut_record(block, at);
                break;
            }
            target = (block.text.len() * 2)
                .min(at + RECORD_BYTES_MAX)
                .max(BLOCK_BYTES_MIN);
        }
        self.carry.clear();
        self.carry
            .extend_from_slice(block.text.get(at..).unwrap_or(&[]));
        block.text.truncate(at);
        if block.rows() > 0 {
            self.bytes_per_row = at / block.rows() + 1;
        }
        self.rows += block.rows() as u64;
        check_bytes(block);
        Ok(block.rows() > 0)
    }

    /// Splits records from `at` on, until the block is full or the text is
    /// used up; where the rest begins.
    fn split(&mut self, block: &mut Block, mut at: usize, rows_max: usize) -> usize {
        let Block {
            text,
            extra,
            cells,
            records,
            ..
        } = block;
        let last = self.ended && self.failed.is_none();
        while at < text.len() && records.len() < rows_max {
            let first = cells.len();
            let extra_before = extra.len();
            let (mut fault, end, next) = match scan(text, at, &self.rules, cells, extra, last) {
                Scan::Record { end, next } => (None, end, next),
                Scan::Fault { fault, end, next } => (Some(fault), end, next),
                Scan::More => {
                    cells.truncate(first);
                    extra.truncate(extra_before);
                    break;
                }
            };
            if fault.is_none() {
                match fit(text, at, end, cells, first, self.columns) {
                    Fit::Good => {}
                    Fit::Fault(misfit) => fault = Some(misfit),
                    Fit::BlankLine => {
                        cells.truncate(first);
                        self.blank_lines += 1;
                        self.line += 1;
                        at = next;
                        continue;
                    }
                }
            }
            if fault.is_some() {
                cells.truncate(first);
                extra.truncate(extra_before);
                cells.resize(first + self.columns, Cell::default());
            }
            records.push(Record {
                start: at as u32,
                end: end as u32,
                line: self.line,
                fault,
            });
            self.line += 1;
            if fault.is_none() && self.rules.quote.is_some() {
                self.line += lines_within(
                    text,
                    cells.get(first..).unwrap_or(&[]),
                    at,
                    end,
                    self.rules.terminator,
                );
            }
            at = next;
        }
        at
    }

    /// Makes one faulty record of the first [`super::RECORD_BYTES_MAX`] bytes at `at`.
    fn cut_record(&mut self, block: &mut Block, at: usize) -> usize {
        let end = at + RECORD_BYTES_MAX;
        block
            .cells
            .resize(block.cells.len() + self.columns, Cell::default());
        block.records.push(Record {
            start: at as u32,
            end: end as u32,
            line: self.line,
            fault: Some(Fault::RecordTooLong),
        });
        self.skipping = true;
        end
    }
}

enum Fit {
    Good,
    BlankLine,
    Fault(Fault),
}

/// Whether the cells from `first` on are a record of `columns` cells; empty
/// cells too many are cut off.
#[inline]
fn fit(
    text: &[u8],
    start: usize,
    end: usize,
    cells: &mut Vec<Cell>,
    first: usize,
    columns: usize,
) -> Fit {
    let found = cells.len() - first;
    if found == columns {
        return if columns == 1 && start == end {
            Fit::BlankLine
        } else {
            Fit::Good
        };
    }
    let line = text.get(start..end).unwrap_or(&[]);
    if found == 1 && line.iter().all(|b| matches!(b, b' ' | b'\t')) {
        return Fit::BlankLine;
    }
    if found < columns {
        return Fit::Fault(Fault::Short);
    }
    if cells.iter().skip(first + columns).any(|cell| cell.len != 0) {
        return Fit::Fault(Fault::Long);
    }
    cells.truncate(first + columns);
    Fit::Good
}

/// Line ends inside the quoted cells of a record.
#[inline]
fn lines_within(text: &[u8], cells: &[Cell], start: usize, end: usize, terminator: u8) -> u64 {
    // Only a quoted cell can hold a line end. A record without quotes is as
    // long as its cells and the delimiters between them.
    let plain: usize = cells
        .iter()
        .map(|cell| (cell.len & !IN_EXTRA) as usize + 1)
        .sum();
    if plain > end - start {
        return 0;
    }
    memchr::memchr_iter(terminator, text.get(start..end).unwrap_or(&[])).count() as u64
}

/// Marks records with invalid UTF-8 or NUL bytes.
fn check_bytes(block: &mut Block) {
    let valid = std::str::from_utf8(&block.text).is_ok();
    let nul = memchr::memchr(0, &block.text).is_some();
    if valid && !nul {
        return;
    }
    let columns = block.columns;
    for (row, record) in block.records.iter_mut().enumerate() {
        let raw = block
            .text
            .get(record.start as usize..record.end as usize)
            .unwrap_or(&[]);
        let fault = if !valid && std::str::from_utf8(raw).is_err() {
            Fault::Encoding
        } else if nul && memchr::memchr(0, raw).is_some() {
            Fault::Nul
        } else {
            continue;
        };
        record.fault = record.fault.or(Some(fault));
        if let Some(cells) = block.cells.get_mut(row * columns..(row + 1) * columns) {
            cells.fill(Cell::default());
        }
    }
}

#[cfg(test)]
mod tests;
