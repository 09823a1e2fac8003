//! JSON: an object a line, objects in an array, or objects one after the other.
//!
//! A record is an object; its cells are its values, those of nested objects by
//! the path to them (`customer.id`). An array of objects within, such as the
//! items of an order, gives a record for each of them, with what stands around
//! it repeated.
//!
//! The array may be a member of an object around everything, or of one page after
//! the other (`{"orders": [...], "next": 2}`). What else such an object says is passed
//! over, but not another array of objects: those are records too, of some other table,
//! and each becomes a faulty one. So they are counted and kept where people look,
//! while the table is read; refusing the file would lose that for a list of tags.

mod others;
mod outer;
mod shape;
mod walk;

use std::collections::HashMap;

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::Progress;
use super::block::{Block, Cell, Fault};
use crate::CELL_BYTES_MAX;

pub use others::OtherList;
use others::{count, element_of};
use outer::{Nesting, Outer};
pub use shape::Shape;
pub(crate) use shape::sniff;
use walk::{Value, objects, value_end, walk};

/// Where the next record is looked for.
enum Place {
    /// Around the arrays of an object around everything.
    Around,
    /// Behind the bracket of an array of which nothing is known yet.
    Before,
    /// Among records, or in another array than theirs.
    Among { is_other: bool },
}

/// Splits text into objects, and objects into cells.
pub(super) struct Splitter {
    shape: Shape,
    /// The place of the column with a path.
    places: HashMap<String, usize>,
    place: Place,
    outer: Outer,
    /// Items of the next object that were given out with an earlier block.
    items_given: usize,
    /// In the rest of a record that was too long.
    long: Option<Long>,
    /// Lists beside the one that is read, as far as they were passed.
    others: Vec<OtherList>,
}

/// What is too long to be a record.
enum Long {
    Object(Nesting),
    /// Anything else, that ends as [`value_end`] says.
    Other,
}

impl Splitter {
    pub fn new(shape: &Shape, columns: &[String]) -> Self {
        let places = columns.iter().cloned().zip(0..).collect();
        Self {
            places,
            place: match shape.member {
                Some(_) => Place::Around,
                None => Place::Among { is_other: false },
            },
            outer: Outer::default(),
            items_given: 0,
            long: None,
            others: Vec::new(),
            shape: shape.clone(),
        }
    }

    /// Splits objects from `at` on, until the block is full or the text is used
    /// up; where the rest begins.
    pub fn split(&mut self, block: &mut Block, mut at: usize, progress: &mut Progress) -> usize {
        while block.records.len() < progress.rows_max {
            let is_other = match self.go_on(&block.text, at, progress) {
                (next, Some(is_other)) => {
                    at = next;
                    is_other
                }
                (next, None) => return next,
            };
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
            let room = progress.rows_max - block.records.len();
            let place = (at, at + written);
            let is_list = self.shape.is_lines && is_list(&block.text[at..at + written]);
            if is_other || is_list {
                match is_other {
                    true => count(&mut self.others, self.outer.member()),
                    false => {
                        let name = element_of(&block.text[at..at + written]);
                        count(&mut self.others, name.as_bytes());
                    }
                }
                block.push(block.mark(), place, progress.line, Some(Fault::OtherList));
            } else if !self.add(block, place, progress.line, room) {
                return at;
            }
            progress.line += memchr::memchr_iter(b'\n', &block.text[at..end]).count() as u64;
            at = end;
        }
        at
    }

    /// Passes over what stands between records, from `at` on: where the next one
    /// begins and whether it is of another array, or where more text is needed.
    fn go_on(
        &mut self,
        text: &[u8],
        mut at: usize,
        progress: &mut Progress,
    ) -> (usize, Option<bool>) {
        let member = self.shape.member.as_deref().map(str::as_bytes);
        loop {
            if let Place::Around = self.place {
                let (found, lines) = self.outer.next_array(&text[at..]);
                progress.line += lines;
                let Some(behind) = found else {
                    return (text.len(), None);
                };
                at += behind;
                self.place = Place::Before;
            }
            // Where an array ends another may begin.
            let is_bracket =
                |byte: u8| self.shape.is_array && self.is_bare() && matches!(byte, b'[' | b']');
            while let Some(byte) = text.get(at)
                && (byte.is_ascii_whitespace() || *byte == b',' || is_bracket(*byte))
            {
                progress.line += u64::from(*byte == b'\n');
                at += 1;
            }
            let Some(next) = text.get(at) else {
                return (at, None);
            };
            if self.is_bare() {
                return (at, Some(false));
            }
            match self.place {
                Place::Before => {
                    let is_ours = Some(self.outer.member()) == member;
                    self.place = match next {
                        _ if is_ours => Place::Among { is_other: false },
                        b'{' => Place::Among { is_other: true },
                        _ => {
                            self.outer.go_into();
                            Place::Around
                        }
                    };
                }
                Place::Among { .. } if *next == b']' => {
                    at += 1;
                    self.place = Place::Around;
                }
                Place::Among { is_other } => return (at, Some(is_other)),
                Place::Around => {}
            }
        }
    }

    /// The lists beside the one that is read, as far as text was split.
    pub(super) fn others(&self) -> &[OtherList] {
        &self.others
    }

    /// No object stands around everything.
    fn is_bare(&self) -> bool {
        self.shape.member.is_none()
    }

    /// Begins to pass over a record that is too long, of which `text` is the start.
    /// False if it ends with its line.
    pub fn begin_long(&mut self, text: &[u8]) -> bool {
        if self.shape.is_lines {
            return false;
        }
        self.long = Some(match text.first() {
            Some(b'{') => {
                let mut nesting = Nesting::default();
                // What ended would not have been too long.
                let _ = nesting.end(text);
                Long::Object(nesting)
            }
            _ => Long::Other,
        });
        true
    }

    /// Goes on to the end of the record that is too long, if it is in `text`.
    pub fn end_long(&mut self, text: &[u8]) -> Option<usize> {
        let end = match self.long.as_mut()? {
            Long::Object(nesting) => nesting.end(text),
            Long::Other => memchr::memchr3(b'\n', b',', b']', text),
        }?;
        self.long = None;
        Some(end)
    }

    /// Whether a record that is too long is being passed over.
    pub fn is_in_long(&self) -> bool {
        self.long.is_some()
    }

    /// Adds the records of the object that lies from `start` to `end`, `room` at the
    /// most; false if some are left for the next block.
    fn add(
        &mut self,
        block: &mut Block,
        (start, end): (usize, usize),
        line: u64,
        room: usize,
    ) -> bool {
        let mark = block.mark();
        let columns = block.columns;
        let Block {
            text, extra, cells, ..
        } = &mut *block;
        let given = std::mem::take(&mut self.items_given);
        // A line may end with the comma that stands between objects.
        let whole = &text[start..end];
        let object = whole.strip_suffix(b",").unwrap_or(whole);
        let wanted = given..given + room;
        let (own, all) = match self.fill(object, columns, cells, extra, wanted) {
            Ok(found) => found,
            Err(fault) => {
                block.push(mark, (start, end), line, Some(fault));
                return true;
            }
        };
        if all == 1 {
            block.push(mark, (start, end), line, None);
            return true;
        }
        for own in &own {
            block.push_sharing((start, end), line, *own);
        }
        if given + own.len() < all {
            self.items_given = given + own.len();
            return false;
        }
        true
    }

    /// Appends the cells of those records of an object that are wanted; a hash of each,
    /// of the object and of the item it is, and how many the object has.
    fn fill(
        &self,
        object: &[u8],
        columns: usize,
        cells: &mut Vec<Cell>,
        extra: &mut Vec<u8>,
        wanted: std::ops::Range<usize>,
    ) -> Result<(Vec<u64>, usize), Fault> {
        let mut row = vec![Cell::default(); columns];
        let items = self.put(object, "", &mut row, extra)?;
        let items = items.map_or_else(Vec::new, objects);
        if items.is_empty() {
            cells.extend(row);
            return Ok((Vec::new(), 1));
        }
        let room = wanted.len();
        let hash = xxh3_64(object);
        let mut own = Vec::new();
        for item in items.iter().skip(wanted.start).take(room) {
            let mut row = row.clone();
            let prefix = self.shape.items.as_deref().unwrap_or_default();
            self.put(item, prefix, &mut row, extra)?;
            cells.extend(row);
            // Equal items of one order are equal records, as equal lines of a CSV are.
            own.push(xxh3_64_with_seed(item, hash));
        }
        Ok((own, items.len()))
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

/// Whether a line is an array of objects, as [`crate::convert`] writes what is no
/// record of those that are read.
fn is_list(line: &[u8]) -> bool {
    line.first() == Some(&b'[') && !objects(line).is_empty()
}

#[cfg(test)]
mod tests;
