//! Where a record ends and where its cells lie.

use super::Rules;
use crate::dialect::Delimiter;
use crate::records::block::{Cell, Fault};
use crate::{CELL_BYTES_MAX, COLUMNS_MAX};

/// What splitting one record came to.
pub(super) enum Scan {
    /// Split; content ends at `end`, the next record begins at `next`.
    Record { end: usize, next: usize },
    /// Not splittable; the physical line ends at `end`.
    Fault {
        fault: Fault,
        end: usize,
        next: usize,
    },
    /// The text ends within the record.
    More,
}

/// Splits the record that begins at `at`, appending its cells. `last` says
/// that no text follows.
pub(super) fn scan(
    text: &[u8],
    at: usize,
    rules: &Rules,
    cells: &mut Vec<Cell>,
    extra: &mut Vec<u8>,
    last: bool,
) -> Scan {
    match rules.delimiter {
        Delimiter::Byte(delimiter) => {
            scan_delimited(text, at, delimiter, rules, cells, extra, last)
        }
        Delimiter::Blanks => scan_blanks(text, at, rules, cells, last),
    }
}

/// The physical line that begins at `at`: its content's end and the start of
/// the next, if it ends within the text.
fn line_at(text: &[u8], at: usize, terminator: u8, last: bool) -> Option<(usize, usize)> {
    let rest = text.get(at..).unwrap_or(&[]);
    let (end, next) = match memchr::memchr(terminator, rest) {
        Some(i) => (at + i, at + i + 1),
        None if last => (text.len(), text.len()),
        None => return None,
    };
    Some((without_cr(text, at, end, terminator), next))
}

/// `end` moved before a carriage return that belongs to the line end.
#[inline]
fn without_cr(text: &[u8], start: usize, end: usize, terminator: u8) -> usize {
    if terminator == b'\n' && end > start && text.get(end - 1) == Some(&b'\r') {
        end - 1
    } else {
        end
    }
}

fn fault_at(text: &[u8], at: usize, fault: Fault, terminator: u8, last: bool) -> Scan {
    match line_at(text, at, terminator, last) {
        Some((end, next)) => Scan::Fault { fault, end, next },
        None => Scan::More,
    }
}

fn scan_delimited(
    text: &[u8],
    at: usize,
    delimiter: u8,
    rules: &Rules,
    cells: &mut Vec<Cell>,
    extra: &mut Vec<u8>,
    last: bool,
) -> Scan {
    let terminator = rules.terminator;
    let first_cell = cells.len();
    let mut start = at;
    loop {
        if cells.len() - first_cell > COLUMNS_MAX {
            return fault_at(text, at, Fault::Long, terminator, last);
        }
        if let Some(open) = quote_at(text, start, delimiter, rules) {
            match scan_quoted(text, open, delimiter, rules, extra, last) {
                Quoted::Cell {
                    cell,
                    end,
                    next,
                    ended,
                } => {
                    cells.push(cell);
                    if ended {
                        return Scan::Record { end, next };
                    }
                    start = next;
                    continue;
                }
                Quoted::Broken => return fault_at(text, at, Fault::Quote, terminator, last),
                Quoted::More => return Scan::More,
            }
        }
        let rest = text.get(start..).unwrap_or(&[]);
        let Some(i) = memchr::memchr2(delimiter, terminator, rest) else {
            if !last {
                return Scan::More;
            }
            let end = without_cr(text, start, text.len(), terminator);
            cells.push(Cell::new(start, end));
            return Scan::Record {
                end,
                next: text.len(),
            };
        };
        let stop = start + i;
        if i > CELL_BYTES_MAX {
            return fault_at(text, at, Fault::CellTooLong, terminator, last);
        }
        if rest.get(i) == Some(&delimiter) {
            cells.push(Cell::new(start, stop));
            start = stop + 1;
        } else {
            let end = without_cr(text, start, stop, terminator);
            cells.push(Cell::new(start, end));
            return Scan::Record {
                end,
                next: stop + 1,
            };
        }
    }
}

/// Where the quoted text of the cell at `start` begins, if the cell opens with
/// a quote; blanks before it are forgiven.
#[inline]
fn quote_at(text: &[u8], start: usize, delimiter: u8, rules: &Rules) -> Option<usize> {
    let quote = rules.quote?;
    match text.get(start) {
        Some(&byte) if byte == quote => Some(start + 1),
        Some(&b' ') if delimiter != b' ' => {
            let blanks = text
                .get(start..)?
                .iter()
                .take_while(|b| **b == b' ')
                .count();
            (text.get(start + blanks) == Some(&quote)).then_some(start + blanks + 1)
        }
        _ => None,
    }
}

enum Quoted {
    /// `ended`: the record ends with this cell.
    Cell {
        cell: Cell,
        end: usize,
        next: usize,
        ended: bool,
    },
    Broken,
    More,
}

/// Reads a quoted cell whose text begins at `open`.
fn scan_quoted(
    text: &[u8],
    open: usize,
    delimiter: u8,
    rules: &Rules,
    extra: &mut Vec<u8>,
    last: bool,
) -> Quoted {
    let quote = rules.quote.unwrap_or(b'"');
    let extra_start = extra.len();
    let mut escaped = false;
    let mut from = open;
    let close = loop {
        let rest = text.get(from..).unwrap_or(&[]);
        let found = memchr::memchr(quote, rest);
        if from + found.unwrap_or(rest.len()) - open > CELL_BYTES_MAX {
            return Quoted::Broken;
        }
        let Some(i) = found else {
            return if last { Quoted::Broken } else { Quoted::More };
        };
        let at = from + i;
        match text.get(at + 1) {
            Some(next) if *next == quote => {
                extra.extend_from_slice(text.get(from..=at).unwrap_or(&[]));
                escaped = true;
                from = at + 2;
            }
            None if !last => return Quoted::More,
            _ => break at,
        }
    };
    let cell = if escaped {
        extra.extend_from_slice(text.get(from..close).unwrap_or(&[]));
        Cell::extra(extra_start, extra.len())
    } else {
        Cell::new(open, close)
    };
    after_quote(text, close + 1, cell, delimiter, rules.terminator, last)
}

/// What follows a closing quote: blanks, then the delimiter or the line's end.
fn after_quote(
    text: &[u8],
    after: usize,
    cell: Cell,
    delimiter: u8,
    terminator: u8,
    last: bool,
) -> Quoted {
    let mut at = after;
    while text.get(at) == Some(&b' ') && delimiter != b' ' {
        at += 1;
    }
    match text.get(at) {
        Some(&byte) if byte == delimiter => Quoted::Cell {
            cell,
            end: at,
            next: at + 1,
            ended: false,
        },
        Some(&byte) if byte == terminator => Quoted::Cell {
            cell,
            end: at,
            next: at + 1,
            ended: true,
        },
        Some(&b'\r') if text.get(at + 1) == Some(&terminator) => Quoted::Cell {
            cell,
            end: at,
            next: at + 2,
            ended: true,
        },
        Some(&b'\r') if at + 1 >= text.len() => {
            if last {
                Quoted::Cell {
                    cell,
                    end: at,
                    next: at + 1,
                    ended: true,
                }
            } else {
                Quoted::More
            }
        }
        None if last => Quoted::Cell {
            cell,
            end: at,
            next: at,
            ended: true,
        },
        None => Quoted::More,
        Some(_) => Quoted::Broken,
    }
}

/// Cells between runs of blanks and tabs; leading and trailing runs count for
/// nothing and quotes are text.
fn scan_blanks(text: &[u8], at: usize, rules: &Rules, cells: &mut Vec<Cell>, last: bool) -> Scan {
    let Some((end, next)) = line_at(text, at, rules.terminator, last) else {
        return Scan::More;
    };
    let first_cell = cells.len();
    let line = text.get(at..end).unwrap_or(&[]);
    let mut start = None;
    for (i, byte) in line.iter().enumerate() {
        match (matches!(byte, b' ' | b'\t'), start) {
            (true, Some(from)) => {
                cells.push(Cell::new(from, at + i));
                start = None;
            }
            (false, None) => start = Some(at + i),
            _ => {}
        }
    }
    match start {
        Some(from) => cells.push(Cell::new(from, end)),
        None if cells.len() == first_cell => cells.push(Cell::new(end, end)),
        None => {}
    }
    if cells.len() - first_cell > COLUMNS_MAX {
        return Scan::Fault {
            fault: Fault::Long,
            end,
            next,
        };
    }
    Scan::Record { end, next }
}

/// Splits up to `records_max` records of a text held in memory, each a list of
/// cells as text; the number of faulty records comes second. For samples.
pub(crate) fn split_all(
    text: &[u8],
    rules: &Rules,
    records_max: usize,
    whole: bool,
) -> (Vec<Vec<Vec<u8>>>, usize) {
    let mut out = Vec::new();
    let mut faulty = 0;
    let mut cells = Vec::new();
    let mut extra = Vec::new();
    let mut at = 0;
    while at < text.len() && out.len() + faulty < records_max {
        cells.clear();
        match scan(text, at, rules, &mut cells, &mut extra, whole) {
            Scan::Record { end, next } => {
                if end > at {
                    out.push(
                        cells
                            .iter()
                            .map(|cell| cell.bytes(text, &extra).to_vec())
                            .collect(),
                    );
                }
                at = next;
            }
            Scan::Fault { next, .. } => {
                faulty += 1;
                at = next;
            }
            Scan::More => break,
        }
    }
    (out, faulty)
}
