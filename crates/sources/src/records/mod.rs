//! From text to cells: splits a stream into records and records into cells,
//! block by block, and accounts for every record.
//!
//! A record that cannot be split as the dialect says keeps its place and its
//! raw text and carries a [`Fault`]; its cells are empty.

mod block;
pub(crate) mod delimited;
pub(crate) mod fixed;
pub mod json;
mod lines;
pub(crate) mod log;

use std::io::{self, Read};

use block::{BLOCK_BYTES_MAX, BLOCK_BYTES_MIN, BLOCK_CELLS_MAX};
pub use block::{Block, Fault, Record};
use delimited::Rules;
pub use json::OtherList;

use super::dialect::{Dialect, Form};
use super::{COLUMNS_MAX, RECORD_BYTES_MAX};

/// What splits the text of a kind of file.
enum Splitter {
    Delimited(Rules),
    Json(Box<json::Splitter>),
    Log,
    Fixed(fixed::Starts),
}

/// How far splitting has come, and how far it may go.
struct Progress {
    /// The line (1-based) that comes next.
    line: u64,
    blank_lines: u64,
    /// Records at which the block is full.
    rows_max: usize,
    /// No text follows.
    last: bool,
}

/// Splits a stream of UTF-8 text into blocks of records.
pub struct Records<R> {
    input: R,
    splitter: Splitter,
    columns: usize,
    /// Passed over before the first record.
    lines_before: u64,
    bytes_before: usize,
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

impl<R: Read> Records<R> {
    /// The records of text written as `dialect` says, a header among them.
    pub fn new(input: R, dialect: &Dialect) -> Self {
        let columns = dialect.columns.len();
        match &dialect.form {
            Form::Delimited => Records {
                lines_before: dialect.skip_lines,
                ..Self::delimited(input, Rules::from(dialect), columns)
            },
            Form::Json(shape) => {
                let splitter = json::Splitter::new(shape, &dialect.columns);
                Records {
                    bytes_before: shape.start,
                    ..Self::with(input, Splitter::Json(Box::new(splitter)), columns)
                }
            }
            Form::Log => Self::with(input, Splitter::Log, columns),
            Form::Fixed(starts) => Records {
                lines_before: dialect.skip_lines,
                ..Self::with(input, Splitter::Fixed(starts.clone()), columns)
            },
        }
    }

    /// The same, of a table of a database: no row is a total of others.
    pub(crate) fn of_database(mut self) -> Self {
        if let Splitter::Delimited(rules) = &mut self.splitter {
            rules.has_totals = false;
        }
        self
    }

    /// Records of `columns` cells between delimiters.
    pub(crate) fn delimited(input: R, rules: Rules, columns: usize) -> Self {
        Self::with(input, Splitter::Delimited(rules), columns)
    }

    fn with(input: R, splitter: Splitter, columns: usize) -> Self {
        Records {
            input,
            splitter,
            columns: columns.clamp(1, COLUMNS_MAX),
            lines_before: 0,
            bytes_before: 0,
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

    /// Lists of records beside the one that is read, of what was split so far.
    pub fn other_lists(&self) -> &[OtherList] {
        match &self.splitter {
            Splitter::Json(splitter) => splitter.others(),
            _ => &[],
        }
    }

    /// The stream below.
    pub fn input(&self) -> &R {
        &self.input
    }

    /// The last byte of a line.
    fn terminator(&self) -> u8 {
        match &self.splitter {
            Splitter::Delimited(rules) => rules.terminator,
            _ => b'\n',
        }
    }

    /// How many cells a line would have by its delimiters alone.
    pub(crate) fn cells_in(&self, line: &[u8]) -> usize {
        match &self.splitter {
            Splitter::Delimited(rules) => rules.cells_in(line),
            _ => self.columns,
        }
    }

    /// Passes over what stands before the first record.
    fn skip_start(&mut self) -> io::Result<()> {
        for _ in 0..std::mem::take(&mut self.lines_before) {
            loop {
                let mut text = std::mem::take(&mut self.carry);
                let result = self.fill_text(&mut text, BLOCK_BYTES_MIN);
                let found = memchr::memchr(self.terminator(), &text);
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
        let bytes = std::mem::take(&mut self.bytes_before);
        if bytes > 0 {
            let mut text = std::mem::take(&mut self.carry);
            let result = self.fill_text(&mut text, bytes);
            let passed = text.drain(..bytes.min(text.len()));
            self.line += passed.filter(|byte| *byte == b'\n').count() as u64;
            self.carry = text;
            result?;
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

    /// Fills `block` with the next records, at most `rows_max`; `false` at the end of
    /// the file.
    ///
    /// # Errors
    /// Those of the stream, and a JSON object without an end that is too long to be a
    /// record, after all whole records before them were given.
    pub fn next_block(&mut self, block: &mut Block, rows_max: usize) -> io::Result<bool> {
        self.skip_start()?;
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
                self.skip_rest(block);
                continue;
            }
            at = self.split(block, at, rows_max);
            if block.rows() == 0 {
                // What is passed over must not gather.
                block.text.drain(..at);
                at = 0;
            }
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
        // The last text may have records left for the next block.
        let used = block
            .records
            .last()
            .map_or(at, |last| at.max(last.end as usize));
        block.text.truncate(used);
        if block.rows() > 0 {
            self.bytes_per_row = used / block.rows() + 1;
        }
        self.rows += block.rows() as u64;
        block.check_bytes();
        Ok(block.rows() > 0)
    }

    /// Splits records from `at` on, until the block is full or the text is
    /// used up; where the rest begins.
    fn split(&mut self, block: &mut Block, at: usize, rows_max: usize) -> usize {
        let mut progress = Progress {
            line: self.line,
            blank_lines: self.blank_lines,
            rows_max,
            last: self.ended && self.failed.is_none(),
        };
        let at = match &mut self.splitter {
            Splitter::Delimited(rules) => delimited::split(rules, block, at, &mut progress),
            Splitter::Json(json) => json.split(block, at, &mut progress),
            Splitter::Log => log::split(block, at, &mut progress),
            Splitter::Fixed(starts) => fixed::split_lines(starts, block, at, &mut progress),
        };
        self.line = progress.line;
        self.blank_lines = progress.blank_lines;
        at
    }

    /// Passes over the rest of an over-long record, whose text is not kept.
    fn skip_rest(&mut self, block: &mut Block) {
        let lines = |text: &[u8]| memchr::memchr_iter(b'\n', text).count() as u64;
        if let Splitter::Json(json) = &mut self.splitter
            && json.is_in_long()
        {
            let end = json.end_long(&block.text);
            let passed = end.unwrap_or(block.text.len());
            self.line += lines(block.text.get(..passed).unwrap_or(&[]));
            block.text.drain(..passed);
            self.skipping = end.is_none() && !self.ended;
            if end.is_none() && self.ended && self.failed.is_none() {
                // A bracket or a quote is missing: who knows what was swallowed.
                let message = "an object that is too long to be a record does not end";
                self.failed = Some(io::Error::new(io::ErrorKind::InvalidData, message));
            }
            return;
        }
        match memchr::memchr(self.terminator(), &block.text) {
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
    }

    /// Makes one faulty record of the first [`RECORD_BYTES_MAX`] bytes at `at`.
    fn cut_record(&mut self, block: &mut Block, at: usize) -> usize {
        let end = at + RECORD_BYTES_MAX;
        let fault = Some(Fault::RecordTooLong);
        block.push(block.mark(), (at, end), self.line, fault);
        let text = block.text.get(at..end).unwrap_or(&[]);
        if let Splitter::Json(json) = &mut self.splitter
            && json.begin_long(text)
        {
            self.line += memchr::memchr_iter(b'\n', text).count() as u64;
        }
        self.skipping = true;
        end
    }
}
