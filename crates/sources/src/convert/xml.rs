//! The records of an XML text as JSON objects.
//!
//! A record is an element of the shallowest path that occurs more than once in
//! the first part of the text, the most frequent of them; where none does, each
//! child of the root. Its attributes and elements become members named by the
//! path to them (`customer.id`), elements that repeat within it an array of
//! objects. Namespaces are left out; entities other than XML's own stay as they
//! are written, so that none can grow.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Cursor, Read, Write};
use std::rc::Rc;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::damaged;
use super::json::Object;
use crate::{RECORD_BYTES_MAX, SNIFF_BYTES};

/// Deepest element.
const DEPTH_MAX: usize = 64;

/// Writes the records of `input`, UTF-8.
///
/// # Errors
/// Text that is no XML, as [`io::ErrorKind::InvalidData`] with the byte; those
/// of reading and of `out`.
pub(super) fn write(mut input: impl BufRead, out: &mut dyn Write) -> io::Result<()> {
    let mut start = Vec::new();
    input
        .by_ref()
        .take(SNIFF_BYTES as u64)
        .read_to_end(&mut start)?;
    let record = record_path(&start);
    let left = Rc::new(Cell::new(0));
    let whole = Bounded {
        input: BufReader::new(Cursor::new(start).chain(input)),
        left: Rc::clone(&left),
    };
    let mut walk = Walk {
        record,
        path: Vec::new(),
        open: Vec::new(),
        bytes: 0,
        out,
    };
    let mut reader = Reader::from_reader(whole);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        left.set(RECORD_BYTES_MAX);
        let before = reader.buffer_position();
        let event = reader
            .read_event_into(&mut buffer)
            .map_err(|error| damaged(format!("byte {}: {error}", reader.error_position())))?;
        match event {
            Event::Start(tag) => walk.start(&tag)?,
            Event::Empty(tag) => {
                walk.start(&tag)?;
                walk.end()?;
            }
            Event::End(_) => walk.end()?,
            Event::Text(text) => walk.text(&text),
            Event::CData(text) => walk.text(&text),
            Event::GeneralRef(entity) => match entity.resolve_char_ref() {
                Ok(Some(char)) => walk.text(char.encode_utf8(&mut [0; 4])),
                _ => walk.entity(&entity),
            },
            Event::Eof if walk.path.is_empty() => return Ok(()),
            Event::Eof => return Err(io::ErrorKind::UnexpectedEof.into()),
            _ => {}
        }
        walk.count(reader.buffer_position() - before)?;
    }
}

/// Ends what is read where one event has taken all that was left to it.
struct Bounded<R> {
    input: R,
    left: Rc<Cell<usize>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.input.read(out)
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left.get() == 0 {
            let most = RECORD_BYTES_MAX >> 20;
            return Err(damaged(format!("one text is longer than {most} MiB")));
        }
        self.input.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        self.left.set(self.left.get().saturating_sub(bytes));
        self.input.consume(bytes);
    }
}

fn local_name(tag: &BytesStart<'_>) -> String {
    tag.local_name().as_ref().to_owned()
}

/// The path of the elements that are records, judged by the start of the text.
fn record_path(start: &[u8]) -> Vec<String> {
    let mut counts: BTreeMap<(usize, Vec<String>), usize> = BTreeMap::new();
    let mut order = Vec::new();
    let mut path: Vec<String> = Vec::new();
    let mut reader = Reader::from_reader(start);
    loop {
        let (name, is_open) = match reader.read_event() {
            Ok(Event::Start(tag)) => (local_name(&tag), true),
            Ok(Event::Empty(tag)) => (local_name(&tag), false),
            Ok(Event::End(_)) => {
                path.pop();
                continue;
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => continue,
        };
        path.push(name);
        if path.len() <= DEPTH_MAX {
            let count = counts.entry((path.len(), path.clone())).or_insert(0);
            *count += 1;
            if *count == 1 {
                order.push(path.clone());
            }
        }
        if !is_open {
            path.pop();
        }
    }
    let repeated = counts.iter().filter(|(_, count)| **count > 1);
    let shallowest = repeated.clone().map(|((depth, _), _)| *depth).min();
    let best = repeated
        .filter(|((depth, _), _)| Some(*depth) == shallowest)
        .max_by_key(|(_, count)| **count);
    match best {
        Some(((_, path), _)) => path.clone(),
        // One record only: the first child of the root, or the root itself.
        None => {
            let child = order.iter().find(|path| path.len() == 2);
            let has_members = |child: &&Vec<String>| {
                order
                    .iter()
                    .any(|path| path.len() == 3 && path.starts_with(child))
            };
            let found = child.filter(has_members).or(order.first());
            found.cloned().unwrap_or_default()
        }
    }
}

/// An element that is open within a record.
#[derive(Default)]
struct Element {
    name: String,
    text: String,
    attributes: Vec<(String, String)>,
    children: Vec<Element>,
}

struct Walk<'o> {
    record: Vec<String>,
    path: Vec<String>,
    /// From the record down to where the text is.
    open: Vec<Element>,
    /// Bytes of the record so far.
    bytes: u64,
    out: &'o mut dyn Write,
}

impl Walk<'_> {
    fn start(&mut self, tag: &BytesStart<'_>) -> io::Result<()> {
        let name = local_name(tag);
        self.path.push(name.clone());
        if self.path.len() > DEPTH_MAX {
            return Err(damaged(format!("elements lie more than {DEPTH_MAX} deep")));
        }
        if self.open.is_empty() && self.path != self.record {
            return Ok(());
        }
        if self.open.is_empty() {
            self.bytes = 0;
        }
        let mut attributes = Vec::new();
        for attribute in tag.attributes().flatten() {
            let key: &str = attribute.key.as_ref();
            // Declarations of namespaces say nothing about the record.
            if key == "xmlns" || key.starts_with("xmlns:") {
                continue;
            }
            let plain = quick_xml::escape::unescape(&attribute.value);
            let value = plain.unwrap_or(std::borrow::Cow::Borrowed(&attribute.value));
            let name = attribute.key.local_name();
            attributes.push((name.as_ref().to_owned(), value.into_owned()));
        }
        self.open.push(Element {
            name,
            attributes,
            ..Element::default()
        });
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        self.path.pop();
        let Some(element) = self.open.pop() else {
            return Ok(());
        };
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => {
                let mut object = Object::default();
                element.members("", &mut object);
                object.write(self.out)?;
            }
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        if let Some(element) = self.open.last_mut() {
            element.text.push_str(text);
        }
    }

    /// An entity by its name; one that XML does not know stays as it is written.
    fn entity(&mut self, name: &str) {
        match name {
            "lt" => self.text("<"),
            "gt" => self.text(">"),
            "amp" => self.text("&"),
            "apos" => self.text("'"),
            "quot" => self.text("\""),
            _ => {
                self.text("&");
                self.text(name);
                self.text(";");
            }
        }
    }

    fn count(&mut self, bytes: u64) -> io::Result<()> {
        if self.open.is_empty() {
            return Ok(());
        }
        self.bytes += bytes;
        if self.bytes > RECORD_BYTES_MAX as u64 {
            let name = self.record.join("/");
            return Err(damaged(format!(
                "one element {name} is longer than {} MiB",
                RECORD_BYTES_MAX >> 20
            )));
        }
        Ok(())
    }
}

impl Element {
    /// Nothing but text.
    fn is_leaf(&self) -> bool {
        self.attributes.is_empty() && self.children.is_empty()
    }

    /// Adds what is in the element to `object`, under `path`.
    fn members(self, path: &str, object: &mut Object) {
        let below = |name: &str| match path {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        };
        for (name, value) in &self.attributes {
            object.string(&below(name), value);
        }
        let text = self.text.trim();
        let is_leaf = self.is_leaf();
        if !path.is_empty() && is_leaf {
            object.string(path, text);
        } else if !text.is_empty() {
            object.string(&below("text"), text);
        }
        let mut groups: Vec<(String, Vec<Element>)> = Vec::new();
        for child in self.children {
            match groups.iter_mut().find(|(name, _)| *name == child.name) {
                Some((_, group)) => group.push(child),
                None => groups.push((child.name.clone(), vec![child])),
            }
        }
        for (name, mut group) in groups {
            if group.len() == 1 {
                if let Some(child) = group.pop() {
                    child.members(&below(&name), object);
                }
                continue;
            }
            if group.iter().all(Element::is_leaf) {
                let texts = group.iter().map(|child| child.text.trim());
                object.texts(&below(&name), texts);
                continue;
            }
            let items = group.into_iter().map(|child| {
                let mut item = Object::default();
                child.members("", &mut item);
                item
            });
            object.array(&below(&name), items.collect());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str) -> Vec<String> {
        let mut out = Vec::new();
        write(text.as_bytes(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn attributes_elements_and_repeated_items() {
        let text = "<?xml version=\"1.0\"?><shop xmlns:x=\"u\"><made at=\"now\"/>\
            <x:order id=\"1\"><customer><id>c&amp;1</id></customer>\
            <items><item sku=\"a\">2</item><item sku=\"b\">3</item></items></x:order>\
            <x:order id=\"2\"><customer><id>&#x4e2d;</id></customer>\
            <items><item sku=\"c\"><![CDATA[<4>]]></item></items><note>&eacute; </note></x:order></shop>";
        assert_eq!(
            records(text),
            [
                "{\"id\":\"1\",\"customer.id\":\"c&1\",\"items.item\":[{\"sku\":\"a\",\"text\":\"2\"},{\"sku\":\"b\",\"text\":\"3\"}]}",
                "{\"id\":\"2\",\"customer.id\":\"中\",\"items.item.sku\":\"c\",\"items.item.text\":\"<4>\",\"note\":\"&eacute;\"}",
            ]
        );
    }

    #[test]
    fn one_record_and_none() {
        assert_eq!(records("<a><b><c>1</c></b></a>"), ["{\"c\":\"1\"}"]);
        assert_eq!(
            records("<a x=\"1\"><b>2</b></a>"),
            ["{\"x\":\"1\",\"b\":\"2\"}"]
        );
        assert_eq!(records("<a/>"), ["{}"]);
        let tags = "<a><b><tag>x</tag><tag>\"y\"</tag></b><b/></a>";
        assert_eq!(records(tags), ["{\"tag\":[\"x\",\"\\\"y\\\"\"]}", "{}"]);
    }

    #[test]
    fn what_is_cut_short_or_broken_is_an_error() {
        let text = "<a><b><c>1</c></b><b><c>2</c></b></a>";
        for cut in 1..text.len() {
            let mut out = Vec::new();
            assert!(write(&text.as_bytes()[..cut], &mut out).is_err(), "{cut}");
        }
        let long = "<a><b>".to_owned() + &"x".repeat(RECORD_BYTES_MAX + (1 << 20));
        let error = write(long.as_bytes(), &mut Vec::new()).unwrap_err();
        assert!(error.to_string().contains("16 MiB"), "{error}");
        let deep = "<a>".repeat(100);
        assert!(write(deep.as_bytes(), &mut Vec::new()).is_err());
    }
}
