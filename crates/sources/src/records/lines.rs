//! Texts of which each line is a record: logs, and columns of fixed width.

use super::Progress;
use super::block::{Block, Cell, Fault};

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
    while at < block.text.len() && block.records.len() < progress.rows_max {
        let mark = block.mark();
        let Block {
            text, extra, cells, ..
        } = &mut *block;
        let rest = text.get(at..).unwrap_or(&[]);
        let (end, next) = match memchr::memchr(b'\n', rest) {
            Some(i) => (at + i, at + i + 1),
            None if progress.last => (text.len(), text.len()),
            None => break,
        };
        let end = end - usize::from(end > at && text.get(end - 1) == Some(&b'\r'));
        let found = match text.get(at..end).unwrap_or(&[]).trim_ascii() {
            [] => Line::Nothing,
            _ => parse(text, at, end, cells, extra),
        };
        match found {
            Line::Record => block.push(mark, (at, end), progress.line, None),
            Line::Fault(fault) => block.push(mark, (at, end), progress.line, Some(fault)),
            Line::Nothing => progress.blank_lines += 1,
        }
        progress.line += 1;
        at = next;
    }
    at
}
