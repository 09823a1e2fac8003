//! Text between delimiters: records into cells, by what stands between them,
//! quotes and line ends.
//!
//! A quote that does not close properly costs its physical line only: splitting
//! goes on with the next line, so that one stray quote never swallows the file.

mod scan;
mod total;

use super::Progress;
use super::block::{Block, Cell, Fault};
use crate::dialect::{Delimiter, Dialect, LineEnd};

pub(crate) use scan::split_all;
use scan::{Scan, scan};

/// How text is split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// What stands between cells.
    pub delimiter: Delimiter,
    /// The quote character, if quotes quote.
    pub quote: Option<u8>,
    /// The last byte of a line: `\n`, or `\r` for old Macintosh files.
    pub terminator: u8,
    /// A row may be a total of those above it; in a table of a database none is.
    pub has_totals: bool,
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
            has_totals: true,
        }
    }
}

impl Rules {
    /// How many cells a line would have by its delimiters alone.
    pub(super) fn cells_in(&self, line: &[u8]) -> usize {
        match self.delimiter {
            Delimiter::Byte(byte) => line.iter().filter(|b| **b == byte).count() + 1,
            Delimiter::Blanks => {
                let words = line.split(|b| *b == b' ');
                words.filter(|word| !word.is_empty()).count().max(1)
            }
        }
    }
}

/// Splits records from `at` on, until the block is full or the text is used up;
/// where the rest begins.
pub(super) fn split(
    rules: &Rules,
    block: &mut Block,
    mut at: usize,
    progress: &mut Progress,
) -> usize {
    while at < block.text.len() && block.records.len() < progress.rows_max {
        let mark = block.mark();
        let columns = block.columns;
        let Block {
            text, extra, cells, ..
        } = &mut *block;
        let first = cells.len();
        let (mut fault, end, next) = match scan(text, at, rules, cells, extra, progress.last) {
            Scan::Record { end, next } => (None, end, next),
            Scan::Fault { fault, end, next } => (Some(fault), end, next),
            Scan::More => {
                block.take_back(mark);
                break;
            }
        };
        if fault.is_none() {
            match fit(text, at, end, cells, first, columns) {
                Fit::Good => {
                    if rules.has_totals && total::is_total(text, extra, &cells[first..]) {
                        fault = Some(Fault::Total);
                    }
                }
                Fit::Fault(misfit) => fault = Some(misfit),
                Fit::BlankLine => {
                    block.take_back(mark);
                    progress.blank_lines += 1;
                    progress.line += 1;
                    at = next;
                    continue;
                }
            }
        }
        block.push(mark, (at, end), progress.line, fault);
        progress.line += 1;
        if fault.is_none() && rules.quote.is_some() {
            progress.line +=
                lines_within(&block.text, block.since(mark), at, end, rules.terminator);
        }
        at = next;
    }
    at
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
    if cells
        .iter()
        .skip(first + columns)
        .any(|cell| cell.len() != 0)
    {
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
    let plain: usize = cells.iter().map(|cell| cell.len() + 1).sum();
    if plain > end - start {
        return 0;
    }
    memchr::memchr_iter(terminator, text.get(start..end).unwrap_or(&[])).count() as u64
}

#[cfg(test)]
mod tests;
