//! Flat JSON objects, written member by member.

use std::io::{self, Write};

/// One JSON object on one line, built up in memory.
#[derive(Debug, Default)]
pub(crate) struct Object {
    text: Vec<u8>,
}

impl Object {
    /// Adds the member `name` with a string.
    pub(super) fn string(&mut self, name: &str, value: &str) {
        self.name(name);
        quoted(&mut self.text, value);
    }

    /// Adds the member `name` with objects, an array.
    pub(super) fn array(&mut self, name: &str, items: Vec<Object>) {
        self.name(name);
        self.text.push(b'[');
        for (i, item) in items.into_iter().enumerate() {
            if i > 0 {
                self.text.push(b',');
            }
            self.text.extend(item.finish());
        }
        self.text.push(b']');
    }

    /// Adds the member `name` with strings, an array.
    pub(super) fn texts<'t>(&mut self, name: &str, texts: impl Iterator<Item = &'t str>) {
        self.name(name);
        self.text.push(b'[');
        for (i, text) in texts.enumerate() {
            if i > 0 {
                self.text.push(b',');
            }
            quoted(&mut self.text, text);
        }
        self.text.push(b']');
    }

    fn name(&mut self, name: &str) {
        self.text
            .push(if self.text.is_empty() { b'{' } else { b',' });
        quoted(&mut self.text, name);
        self.text.push(b':');
    }

    fn finish(mut self) -> Vec<u8> {
        if self.text.is_empty() {
            self.text.push(b'{');
        }
        self.text.push(b'}');
        self.text
    }

    /// Writes the object as the one element of an array, and a line end: among lines of
    /// objects a record of another list than theirs.
    pub(super) fn write_as_other(self, out: &mut dyn Write) -> io::Result<()> {
        let text = self.finish();
        out.write_all(b"[")?;
        out.write_all(&text)?;
        out.write_all(b"]\n")
    }

    /// Writes the object and a line end.
    pub(super) fn write(self, out: &mut dyn Write) -> io::Result<()> {
        let mut text = self.finish();
        text.push(b'\n');
        out.write_all(&text)
    }
}

fn quoted(text: &mut Vec<u8>, value: &str) {
    // Writing to memory does not fail.
    let _ = serde_json::to_writer(text, value);
}
