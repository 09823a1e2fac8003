//! Texts of which each line is a record: logs, and columns of fixed width.

use super::Progress;
use super::block::{Block, Cell, Fault, Record};

/// What a line is.
pub(super) enum Line {
    /// A record, whose cells were appended.
    Record,
    /// None: a rule between rows, or blank.
    Nothing,
    /// One that is not written as the others.
    Fault(Fault),
}

/// Appends the cells of the line that lies in a text from one byte to another; what
/// is not there as it should be goes into the side buffer.
pub(super) type Parse<'p> = dyn Fn(&[u8], usize, usize, &mut Vec<Cell>, &mut Vec<u8>) -> Line + 'p;

/// Splits lines from `at` on, until the block is full or the text is used up;
/// where the rest begins.
pub(super) fn split(
    block: &mut Block,
    mut at: usize,
    progress: &mut Progress,
    parse: &Parse<'_>,
) -> usize {
    let Block {
        text,
        extra,
        cells,
        records,
        columns,
    } = block;
    while at < text.len() && records.len() < progress.rows_max {
        let rest = text.get(at..).unwrap_or(&[]);
        let (end, next) = match memchr::memchr(b'\n', rest) {
            Some(i) => (at + i, at + i + 1),
            None if progress.last => (text.len(), text.len()),
            None => break,
        };
        let end = end - usize::from(end > at && text.get(end - 1) == Some(&b'\r'));
        let (first, extra_before) = (cells.len(), extra.len());
        let found = match text.get(at..end).unwrap_or(&[]).trim_ascii() {
            [] => Line::Nothing,
            _ => parse(text, at, end, cells, extra),
        };
        let fault = match found {
            Line::Record => None,
            Line::Fault(fault) => Some(fault),
            Line::Nothing => {
                progress.blank_lines += 1;
                progress.line += 1;
                at = next;
                continue;
            }
        };
        if fault.is_some() {
            cells.truncate(first);
            extra.truncate(extra_before);
        }
        cells.resize(first + *columns, Cell::default());
        records.push(Record {
            start: at as u32,
            end: end as u32,
            line: progress.line,
            fault,
        });
        progress.line += 1;
        at = next;
    }
    at
}
