//! The values of one JSON object, each with the path to it.

use jiter::{Jiter, JiterError, Peek};

/// Objects nested deeper than this stay text.
const DEPTH_MAX: usize = 16;

/// A value that is no object.
pub(super) enum Value<'j, 'v> {
    /// `null` or `NaN`.
    Missing,
    /// A string without its escapes; a number or a truth value as written.
    Text(&'v [u8]),
    /// An array, or an object nested too deep, as written.
    Nested(&'j [u8]),
}

/// Calls `each` with the path and the value of everything in `object`. A path is
/// the names on the way joined by dots, after `prefix`.
///
/// # Errors
/// `object` is not one whole JSON object.
pub(super) fn walk<'j>(
    object: &'j [u8],
    prefix: &str,
    each: &mut dyn FnMut(&str, Value<'j, '_>),
) -> Result<(), JiterError> {
    let mut json = Jiter::new(object).with_allow_inf_nan();
    let mut path = prefix.to_owned();
    if json.peek()? != Peek::Object {
        // Says what was expected, and where.
        json.next_object()?;
    }
    members(&mut json, &mut path, 0, each)?;
    json.finish()
}

fn members<'j>(
    json: &mut Jiter<'j>,
    path: &mut String,
    depth: usize,
    each: &mut dyn FnMut(&str, Value<'j, '_>),
) -> Result<(), JiterError> {
    let stem = path.len();
    let mut any = enter(path, json.known_object()?);
    while any {
        let peek = json.peek()?;
        let start = json.current_index();
        match peek {
            Peek::Object if depth < DEPTH_MAX => members(json, path, depth + 1, each)?,
            Peek::String => each(path, Value::Text(json.known_str()?.as_bytes())),
            _ => {
                json.known_skip(peek)?;
                let written = json.slice_to_current(start);
                each(
                    path,
                    match peek {
                        Peek::Null | Peek::NaN => Value::Missing,
                        Peek::Object | Peek::Array => Value::Nested(written),
                        _ => Value::Text(written),
                    },
                );
            }
        }
        path.truncate(stem);
        any = enter(path, json.next_key()?);
    }
    Ok(())
}

/// Goes down to the member `key`; false if there is none.
fn enter(path: &mut String, key: Option<&str>) -> bool {
    let Some(key) = key else { return false };
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(key);
    true
}

/// The objects of an array, as written; nothing for any other element.
pub(super) fn objects(array: &[u8]) -> Vec<&[u8]> {
    let mut json = Jiter::new(array).with_allow_inf_nan();
    let mut found = Vec::new();
    let Ok(mut next) = json.next_array() else {
        return found;
    };
    while let Some(peek) = next {
        let start = json.current_index();
        if json.known_skip(peek).is_err() {
            break;
        }
        if peek == Peek::Object {
            found.push(json.slice_to_current(start));
        }
        next = json.array_step().unwrap_or(None);
    }
    found
}

/// Where the value that begins at `at` ends; `None` if the text ends before.
/// Anything but an object is taken to end with its line, or before the next
/// comma or bracket.
pub(super) fn value_end(text: &[u8], at: usize) -> Option<usize> {
    if text.get(at) != Some(&b'{') {
        let rest = text.get(at..)?;
        return memchr::memchr3(b'\n', b',', b']', rest).map(|i| at + i.max(1));
    }
    let mut depth = 0_usize;
    let mut at = at;
    loop {
        match text.get(at)? {
            b'"' => at = string_end(text, at)?,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
}

/// The closing quote of the string that begins at `at`.
fn string_end(text: &[u8], mut at: usize) -> Option<usize> {
    at += 1;
    loop {
        let found = at + memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
        if text.get(found) == Some(&b'"') {
            return Some(found);
        }
        at = found + 2;
    }
}
