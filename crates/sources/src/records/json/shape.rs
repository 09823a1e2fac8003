//! How a JSON file is laid out, from its start.

use std::collections::HashSet;

use super::is_list;
use super::outer::{Nesting, Outer};
use super::walk::{Value, objects, value_end, walk};
use crate::COLUMNS_MAX;
use crate::dialect::Fault;

/// Objects looked at.
const OBJECTS_MAX: usize = 1_000;

/// How a JSON file is laid out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shape {
    /// Bytes of decoded text before what is split.
    pub start: usize,
    /// Each object has a line of its own, so that a broken one costs its line.
    pub is_lines: bool,
    /// The objects stand in an array.
    pub is_array: bool,
    /// The array is a member of an object around everything: its name, as written.
    pub member: Option<String>,
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
        && let Some((member, start)) = wrapped(text, blanks)
        && let Some(inner) = Found::from(text, start, true, whole)
    {
        found = inner;
        found.shape.start = 0;
        found.shape.member = Some(member);
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
            } else if !(is_lines && is_list(value)) {
                broken += 1;
            }
            at = end;
        }
        (broken * 2 <= objects.len()).then_some(Self {
            shape: Shape {
                start,
                is_lines,
                is_array,
                member: None,
                items: None,
            },
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

/// The longest of the arrays of objects that are members of the object at `at`, or of
/// such objects one after the other: the member's name and where the array's objects
/// begin. `None` unless such arrays are most of the text.
fn wrapped(text: &[u8], at: usize) -> Option<(String, usize)> {
    // Of each member: the name, where its first array begins, bytes of all.
    let mut members: Vec<(&[u8], usize, usize)> = Vec::new();
    let mut outer = Outer::default();
    let (mut at, mut names) = (at, Vec::new());
    while let (Some(behind), _) = outer.next_array(text.get(at..)?) {
        at += behind;
        let inside = text.get(at..)?.trim_ascii_start();
        if inside.first() != Some(&b'{') {
            outer.go_into();
            continue;
        }
        let bracket = text.get(at - 1..)?;
        let bytes = Nesting::default().end(bracket).unwrap_or(bracket.len());
        names.push((outer.member().to_vec(), at, bytes));
        at = at - 1 + bytes;
    }
    for (name, start, bytes) in &names {
        match members.iter_mut().find(|(known, ..)| known == name) {
            Some((.., all)) => *all += bytes,
            None => members.push((name, *start, *bytes)),
        }
    }
    let all: usize = members.iter().map(|(.., bytes)| bytes).sum();
    let (name, start, _) = members.into_iter().max_by_key(|(.., bytes)| *bytes)?;
    let name = std::str::from_utf8(name).ok()?.to_owned();
    (!name.is_empty() && all * 5 > text.len() * 4).then_some((name, start))
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
