//! JSON: an object a line, objects in an array, or objects one after the other.
//!
//! A record is an object; its cells are its values, those of nested objects by
//! the path to them (`customer.id`). An array of objects within, such as the
//! items of an order, gives a record for each of them, with what stands around
//! it repeated.

mod shape;
mod walk;

use std::collections::HashMap;

use super::Progress;
use super::block::{Block, Cell, Fault, Record};
use crate::CELL_BYTES_MAX;

pub use shape::Shape;
pub(crate) use shape::sniff;
use walk::{Value, objects, value_end, walk};

/// Splits text into objects, and objects into cells.
pub(super) struct Splitter {
    shape: Shape,
    /// The place of the column with a path.
    places: HashMap<String, usize>,
    /// The array around the objects has ended.
    ended: bool,
}

impl Splitter {
    pub fn new(shape: &Shape, columns: &[String]) -> Self {
        let places = columns.iter().cloned().zip(0..).collect();
        Self {
            shape: shape.clone(),
            places,
            ended: false,
        }
    }

    /// Splits objects from `at` on, until the block is full or the text is used
    /// up; where the rest begins.
    pub fn split(&mut self, block: &mut Block, mut at: usize, progress: &mut Progress) -> usize {
        while block.records.len() < progress.rows_max {
            // Where an array ends another may begin.
            let is_bracket = |byte: u8| {
                self.shape.is_array && !self.shape.is_wrapped && matches!(byte, b'[' | b']')
            };
            while let Some(byte) = block.text.get(at)
                && (byte.is_ascii_whitespace() || *byte == b',' || is_bracket(*byte))
            {
                progress.line += u64::from(*byte == b'\n');
                at += 1;
            }
            self.ended |= self.shape.is_wrapped && block.text.get(at) == Some(&b']');
            if self.ended || at >= block.text.len() {
                return if self.ended { block.text.len() } else { at };
            }
            let end = match self.shape.is_lines {
                true => memchr::memchr(b'\n', &block.text[at..]).map(|i| at + i),
                false => value_end(&block.text, at),
            };
            let end = match end {
                Some(end) => end,
                None if progress.last => block.text.len(),
                None => return at,
            };
            let written = block.text[at..end].trim_ascii_end().len();
            self.add(block, at, at + written, progress.line);
            progress.line += memchr::memchr_iter(b'\n', &block.text[at..end]).count() as u64;
            at = end;
        }
        at
    }

    /// Adds the records of the object that lies from `start` to `end`.
    fn add(&self, block: &mut Block, start: usize, end: usize, line: u64) {
        let Block {
            text,
            extra,
            cells,
            records,
            columns,
        } = block;
        let (first, extra_before) = (cells.len(), extra.len());
        let mut record = |fault| {
            records.push(Record {
                start: start as u32,
                end: end as u32,
                line,
                fault,
            });
        };
        // A line may end with the comma that stands between objects.
        let object = &text[start..end];
        let object = object.strip_suffix(b",").unwrap_or(object);
        match self.fill(object, *columns, cells, extra) {
            Ok(rows) => (0..rows).for_each(|_| record(None)),
            Err(fault) => {
                cells.truncate(first);
                extra.truncate(extra_before);
                cells.resize(first + *columns, Cell::default());
                record(Some(fault));
            }
        }
    }

    /// Appends the cells of an object's records; how many there are.
    fn fill(
        &self,
        object: &[u8],
        columns: usize,
        cells: &mut Vec<Cell>,
        extra: &mut Vec<u8>,
    ) -> Result<usize, Fault> {
        let mut row = vec![Cell::default(); columns];
        let items = self.put(object, "", &mut row, extra)?;
        let items = items.map_or_else(Vec::new, objects);
        for item in &items {
            let mut row = row.clone();
            let prefix = self.shape.items.as_deref().unwrap_or_default();
            self.put(item, prefix, &mut row, extra)?;
            cells.extend(row);
        }
        if items.is_empty() {
            cells.extend(row);
        }
        Ok(items.len().max(1))
    }

    /// Puts the values of one object into the cells of their columns; the array
    /// whose objects are records of their own, if it is there.
    fn put<'j>(
        &self,
        object: &'j [u8],
        prefix: &str,
        row: &mut [Cell],
        extra: &mut Vec<u8>,
    ) -> Result<Option<&'j [u8]>, Fault> {
        let mut items = None;
        let mut fault = None;
        let walked = walk(object, prefix, &mut |path, value| {
            let value = match value {
                Value::Missing => return,
                Value::Nested(array) if self.shape.items.as_deref() == Some(path) => {
                    items = Some(array);
                    return;
                }
                Value::Nested(written) => written,
                Value::Text(text) => text,
            };
            if value.len() > CELL_BYTES_MAX {
                fault = Some(Fault::CellTooLong);
            }
            if let Some(cell) = self.places.get(path).and_then(|place| row.get_mut(*place)) {
                let start = extra.len();
                extra.extend_from_slice(value);
                *cell = Cell::extra(start, extra.len());
            }
        });
        match (walked, fault) {
            (Err(_), _) => Err(Fault::Json),
            (Ok(()), Some(fault)) => Err(fault),
            (Ok(()), None) => Ok(items),
        }
    }
}

#[cfg(test)]
mod tests;
