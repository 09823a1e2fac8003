//! The records of an XML text as JSON objects.
//!
//! A record is an element of a path that occurs more than once in the first part of
//! the text, and lies in no other element that does: of such paths the one that occurs
//! most often, those of elements with something in them before those of bare texts.
//! Where none repeats it is each child of the root. Its attributes and elements become
//! members named by the path to them (`customer.id`), elements that repeat within it an
//! array of objects. Namespaces are left out; entities other than XML's own stay as
//! they are written, so that none can grow.
//!
//! Other elements that repeat, such as credit notes beside invoices, are records of
//! another table: each becomes a faulty record, as with JSON, so that it is seen.

use std::cell::Cell;
use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Cursor, Read, Write};
use std::rc::Rc;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::damaged;
use super::json::Object;
use crate::{RECORD_BYTES_MAX, SNIFF_BYTES};

/// Deepest element.
const DEPTH_MAX: usize = 64;
/// Paths outside of the records that are counted.
const PATHS_MAX: usize = 1_000;
/// Bytes of what comes before the first record that are held.
const HELD_BYTES_MAX: usize = 1 << 20;

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
    let (record, others) = record_path(&start);
    let others = others.into_iter().map(|path| (path, Other::Record));
    let left = Rc::new(Cell::new(0));
    let whole = Bounded {
        input: BufReader::new(Cursor::new(start).chain(input)),
        left: Rc::clone(&left),
    };
    let mut walk = Walk {
        record,
        others: others.collect(),
        path: Vec::new(),
        open: Vec::new(),
        bytes: 0,
        held: Some(Vec::new()),
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

/// The names of elements, from the root down.
type Path = Vec<String>;

/// What is found of a path.
#[derive(Default)]
struct Found {
    /// Which of all paths it was.
    place: usize,
    count: usize,
    /// One of its elements has attributes or elements.
    is_filled: bool,
}

/// The path of the elements that are records, judged by the start of the text, and
/// those of others that are no less.
fn record_path(start: &[u8]) -> (Path, Vec<Path>) {
    let found = paths(start);
    let repeats = |path: &[String]| found.get(path).is_some_and(|found| found.count > 1);
    let mut repeated: Vec<(&Path, &Found)> = found
        .iter()
        .filter(|(path, found)| {
            let mut above = (1..path.len()).filter_map(|depth| path.get(..depth));
            found.count > 1 && !above.any(repeats)
        })
        .collect();
    repeated.sort_by_key(|(_, found)| {
        (
            !found.is_filled,
            std::cmp::Reverse(found.count),
            found.place,
        )
    });
    if let Some((path, _)) = repeated.first() {
        let others = repeated.iter().skip(1).filter(|(_, found)| found.is_filled);
        let others = others.map(|(path, _)| (*path).clone());
        return ((*path).clone(), others.collect());
    }
    // One record only: the first child of the root, or the root itself.
    let first_at = |depth| {
        let paths = found.iter().filter(move |(path, _)| path.len() == depth);
        paths.min_by_key(|(_, found)| found.place)
    };
    let has_members = |child: &&Path| {
        let mut paths = found.keys();
        paths.any(|path| path.len() == 3 && path.starts_with(child))
    };
    let child = first_at(2).map(|(path, _)| path).filter(has_members);
    let one = child.or(first_at(1).map(|(path, _)| path));
    (one.cloned().unwrap_or_default(), Vec::new())
}

/// All paths of elements.
fn paths(start: &[u8]) -> HashMap<Path, Found> {
    let mut found: HashMap<Path, Found> = HashMap::new();
    let mut path = Path::new();
    let mut reader = Reader::from_reader(start);
    loop {
        let (tag, is_open) = match reader.read_event() {
            Ok(Event::Start(tag)) => (tag, true),
            Ok(Event::Empty(tag)) => (tag, false),
            Ok(Event::End(_)) => {
                path.pop();
                continue;
            }
            Ok(Event::Eof) | Err(_) => return found,
            Ok(_) => continue,
        };
        if let Some(parent) = found.get_mut(&path) {
            parent.is_filled = true;
        }
        path.push(local_name(&tag));
        if path.len() <= DEPTH_MAX {
            let place = found.len();
            let this = found.entry(path.clone()).or_insert_with(|| Found {
                place,
                ..Found::default()
            });
            this.count += 1;
            this.is_filled |= tag
                .attributes()
                .flatten()
                .any(|a| !is_declaration(a.key.as_ref()));
        }
        if !is_open {
            path.pop();
        }
    }
}

/// Declarations of namespaces say nothing about the record.
fn is_declaration(attribute: &str) -> bool {
    attribute == "xmlns" || attribute.starts_with("xmlns:")
}

/// An element that is open within a record.
#[derive(Default)]
struct Element {
    name: String,
    text: String,
    attributes: Vec<(String, String)>,
    children: Vec<Element>,
}

/// What is known of a path outside of the records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Other {
    /// Its elements are records too, of another table.
    Record,
    /// One element was passed over before it was known that there are more.
    Once,
}

struct Walk<'o> {
    record: Path,
    others: HashMap<Path, Other>,
    path: Path,
    /// From the record down to where the text is.
    open: Vec<Element>,
    /// Bytes of the record so far.
    bytes: u64,
    /// Other records that came before the first one, which says what the lines are.
    held: Option<Vec<u8>>,
    out: &'o mut dyn Write,
}

impl Walk<'_> {
    fn start(&mut self, tag: &BytesStart<'_>) -> io::Result<()> {
        let name = local_name(tag);
        self.path.push(name.clone());
        if self.path.len() > DEPTH_MAX {
            return Err(damaged(format!("elements lie more than {DEPTH_MAX} deep")));
        }
        if self.open.is_empty() {
            if self.path != self.record && !self.is_other() {
                return Ok(());
            }
            self.bytes = 0;
        }
        let mut attributes = Vec::new();
        for attribute in tag.attributes().flatten() {
            let key: &str = attribute.key.as_ref();
            if is_declaration(key) {
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

    /// Whether the element is a record of another table, as far as that is known.
    fn is_other(&mut self) -> bool {
        if self.record.starts_with(&self.path) {
            return false;
        }
        if self.others.contains_key(&self.path) {
            return true;
        }
        if self.others.len() < PATHS_MAX {
            self.others.insert(self.path.clone(), Other::Once);
        }
        false
    }

    fn end(&mut self) -> io::Result<()> {
        let path = self.path.clone();
        self.path.pop();
        let Some(element) = self.open.pop() else {
            return Ok(());
        };
        if let Some(parent) = self.open.last_mut() {
            parent.children.push(element);
            return Ok(());
        }
        let mut object = Object::default();
        if path != self.record {
            return self.write_other(&path, element);
        }
        element.members("", &mut object);
        object.write(self.out)?;
        match self.held.take() {
            Some(held) => self.out.write_all(&held),
            None => Ok(()),
        }
    }

    fn write_other(&mut self, path: &Path, element: Element) -> io::Result<()> {
        if element.is_leaf() {
            return Ok(());
        }
        let mut held = self.held.take();
        let out: &mut dyn Write = match &mut held {
            Some(held) => held,
            None => self.out,
        };
        let name = element.name.clone();
        if self.others.insert(path.clone(), Other::Record) == Some(Other::Once) {
            let mut first = Object::default();
            first.string(&name, "");
            first.write_as_other(out)?;
        }
        let mut object = Object::default();
        element.members(&name, &mut object);
        object.write_as_other(out)?;
        if held
            .as_ref()
            .is_some_and(|held| held.len() > HELD_BYTES_MAX)
        {
            return Err(damaged(format!(
                "too much stands before the first {}",
                self.record.join("/")
            )));
        }
        self.held = held;
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
            let name = self.path.join("/");
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
    fn what_repeats_beside_the_records_is_seen() {
        let text = "<books><made at='now'/><note><a>1</a></note><note><a>2</a></note><tag>x</tag><tag>y</tag>\
            <orders><order id='1'><line n='1'/><line n='2'/></order><order id='2'/><order id='3'/></orders>\
            <refunds><refund id='7'/><refund id='8'/></refunds></books>";
        assert_eq!(
            records(text),
            [
                "{\"id\":\"1\",\"line\":[{\"n\":\"1\"},{\"n\":\"2\"}]}",
                "[{\"note.a\":\"1\"}]",
                "[{\"note.a\":\"2\"}]",
                "{\"id\":\"2\"}",
                "{\"id\":\"3\"}",
                "[{\"refund.id\":\"7\"}]",
                "[{\"refund.id\":\"8\"}]",
            ]
        );
        // Credit notes come after what is looked at: the first of them without its text.
        let invoices = "<invoice><id>1</id></invoice>".repeat(20_000);
        let notes = "<creditnote><id>2</id></creditnote>".repeat(3);
        let found = records(&format!("<a>{invoices}{notes}</a>"));
        assert_eq!(found.len(), 20_003);
        assert_eq!(found[20_000], "[{\"creditnote\":\"\"}]");
        assert_eq!(found[20_002], "[{\"creditnote.id\":\"2\"}]");
        let dialect = crate::dialect::sniff_bytes(found.join("\n").as_bytes(), true).unwrap();
        assert_eq!(dialect.columns, ["id"]);
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
