//! How a JSON file is laid out, from its start.

use std::collections::HashSet;

use super::walk::{Value, objects, string_end, value_end, walk};
use crate::COLUMNS_MAX;
use crate::dialect::Fault;

/// Objects looked at.
const OBJECTS_MAX: usize = 1_000;

/// How a JSON file is laid out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shape {
    /// Bytes of decoded text before the first object.
    pub start: usize,
    /// Each object has a line of its own, so that a broken one costs its line.
    pub is_lines: bool,
    /// The objects stand in an array.
    pub is_array: bool,
    /// The array is a member of an object around everything, and ends the records.
    pub is_wrapped: bool,
    /// Path of the array whose objects are records of their own.
    pub items: Option<String>,
}

/// The shape and the columns of a text; `None` where it is not JSON objects.
/// `whole` says that nothing follows the text.
pub(crate) fn sniff(text: &[u8], whole: bool) -> Result<Option<(Shape, Vec<String>)>, Fault> {
    let blanks = text.len() - text.trim_ascii_start().len();
    let found = match text.get(blanks) {
        Some(b'[') => Found::from(text, blanks + 1, true, whole),
        Some(b'{') => Found::from(text, 0, false, whole),
        _ => None,
    };
    let Some(mut found) = found else {
        return Ok(None);
    };
    // One object around everything, such as `{"orders": [...], "total": 2}`.
    if !found.shape.is_array
        && found.objects.len() <= 1
        && let Some(start) = wrapped(text, blanks)
        && let Some(inner) = Found::from(text, start, true, whole)
        && inner.bytes * 5 > text.len() * 4
    {
        found = inner;
        found.shape.is_wrapped = true;
    }
    if found.objects.is_empty() {
        return Ok(None);
    }
    let (items, columns) = columns(&found.objects);
    if columns.len() > COLUMNS_MAX {
        return Err(Fault::TooManyColumns(columns.len()));
    }
    let shape = Shape {
        items,
        ..found.shape
    };
    Ok((!columns.is_empty()).then_some((shape, columns)))
}

/// The objects found one after the other.
struct Found<'t> {
    shape: Shape,
    objects: Vec<&'t [u8]>,
    /// Bytes they were found in.
    bytes: usize,
}

impl<'t> Found<'t> {
    /// `None` where more than a third of what is there are no objects.
    fn from(text: &'t [u8], start: usize, is_array: bool, whole: bool) -> Option<Self> {
        let mut objects = Vec::new();
        let (mut broken, mut at) = (0, start);
        // A whole object on the first line speaks for one a line.
        let first = text.get(start..)?.trim_ascii_start();
        let line_end = memchr::memchr(b'\n', first).unwrap_or(first.len());
        let is_lines = !is_array && is_object(first.get(..line_end)?);
        while objects.len() + broken < OBJECTS_MAX {
            let between = text.get(at..)?;
            let rest = between
                .iter()
                .position(|byte| !byte.is_ascii_whitespace() && *byte != b',');
            let Some(next) = rest.map(|blanks| at + blanks) else {
                break;
            };
            at = next;
            if is_array && text.get(at) == Some(&b']') {
                at += 1;
                break;
            }
            let end = match is_lines {
                true => memchr::memchr(b'\n', text.get(at..)?).map(|i| at + i),
                false => value_end(text, at),
            };
            let end = match end {
                Some(end) => end,
                None if whole => text.len(),
                None => break,
            };
            let value = text.get(at..end)?;
            if is_object(value) {
                objects.push(value);
            } else {
                broken += 1;
            }
            at = end;
        }
        (broken * 2 <= objects.len()).then_some(Self {
            shape: Shape {
                start,
                is_lines,
                is_array,
                is_wrapped: false,
                items: None,
            },
            bytes: at - start,
            objects,
        })
    }
}

/// Whether a text is one whole object, a comma behind it or not.
fn is_object(text: &[u8]) -> bool {
    let text = text.trim_ascii_end();
    let text = text.strip_suffix(b",").unwrap_or(text);
    walk(text, "", &mut |_, _| {}).is_ok()
}

/// Where the objects begin of the first array of objects that is a member of
/// the object at `at`.
fn wrapped(text: &[u8], at: usize) -> Option<usize> {
    let (mut at, mut depth) = (at, 0);
    loop {
        match text.get(at)? {
            b'"' => at = string_end(text, at)?,
            b'{' => depth += 1,
            b'[' => {
                let inside = text.get(at + 1..)?.trim_ascii_start();
                if depth == 1 && inside.first() == Some(&b'{') {
                    return Some(at + 1);
                }
                depth += 1;
            }
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return None;
        }
        at += 1;
    }
}

/// The array whose objects are records, and all columns in the order in which
/// they first occur, that array's last.
fn columns(found: &[&[u8]]) -> (Option<String>, Vec<String>) {
    let mut columns = Names::default();
    // Of each array of objects: in how many records, and how many objects.
    let mut arrays: Vec<(String, usize, usize)> = Vec::new();
    for object in found {
        let _ = walk(object, "", &mut |path, value| {
            columns.add(path);
            let Value::Nested(written) = value else {
                return;
            };
            let count = objects(written).len();
            match arrays.iter_mut().find(|(known, ..)| known == path) {
                _ if count == 0 => {}
                Some((_, records, all)) => (*records, *all) = (*records + 1, *all + count),
                None => arrays.push((path.to_owned(), 1, count)),
            }
        });
    }
    let often = arrays.into_iter().filter(|(_, n, _)| n * 2 >= found.len());
    let items = often.max_by_key(|(_, _, all)| *all).map(|(path, ..)| path);
    if let Some(items) = &items {
        columns.list.retain(|name| name != items);
        for object in found {
            let mut arrays = Vec::new();
            let _ = walk(object, "", &mut |path, value| {
                if let (true, Value::Nested(written)) = (path == items, value) {
                    arrays.push(written);
                }
            });
            for item in arrays.into_iter().flat_map(objects) {
                let _ = walk(item, items, &mut |path, _| columns.add(path));
            }
        }
    }
    (items, columns.list)
}

/// Names in the order in which they first came.
#[derive(Default)]
struct Names {
    list: Vec<String>,
    known: HashSet<String>,
}

impl Names {
    fn add(&mut self, name: &str) {
        if self.known.insert(name.to_owned()) {
            self.list.push(name.to_owned());
        }
    }
}
