//! What a file is, by its first bytes.

use super::{Compression, Format};

/// Bytes looked at.
pub(super) const HEAD_BYTES: usize = 4_096;

/// First bytes of an SQLite database.
pub(super) const SQLITE_HEAD: &[u8; 16] = b"SQLite format 3\0";

/// What the first bytes of a file say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Records, as they stand.
    Table(Format),
    /// Compressed as a whole.
    Compressed(Compression),
    /// A ZIP archive, or a workbook, which is one too.
    Zip,
    /// A tar archive.
    Tar,
    /// An SQLite database.
    Sqlite,
    /// A workbook of old Excel, or anything else in the same container.
    OldWorkbook,
    /// Known, and not read.
    Refused(&'static str),
}

const REFUSED: [(&[u8], &str); 11] = [
    (b"BZh", "compressed with bzip2"),
    (b"\xfd7zXZ", "compressed with xz"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"%PDF", "a PDF"),
    (b"Obj\x01", "an Avro file"),
    (b"ORC", "an ORC file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"<!DOCTYPE html", "a web page"),
    (b"<html", "a web page"),
];

/// What the first [`HEAD_BYTES`] of a file, or all of a smaller one, say.
pub(super) fn classify(head: &[u8]) -> Kind {
    if head.starts_with(b"PAR1") {
        return Kind::Table(Format::Parquet);
    }
    if head.starts_with(&[0x1f, 0x8b]) {
        return Kind::Compressed(Compression::Gzip);
    }
    if head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        return Kind::Compressed(Compression::Zstd);
    }
    // Of a file, of an empty archive, of one in several parts.
    if [b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"]
        .iter()
        .any(|magic| head.starts_with(*magic))
    {
        return Kind::Zip;
    }
    if head.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Kind::OldWorkbook;
    }
    if head.starts_with(SQLITE_HEAD) {
        return Kind::Sqlite;
    }
    if head.get(257..262) == Some(b"ustar") {
        return Kind::Tar;
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let begins = |magic: &[u8]| {
        text.get(..magic.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(magic))
    };
    if let Some((magic, found)) = REFUSED.iter().find(|(magic, _)| begins(magic)) {
        // Text may begin with these three letters.
        let is_word = *magic == b"ORC" && head.get(3).is_some_and(u8::is_ascii_graphic);
        if !is_word {
            return Kind::Refused(found);
        }
    }
    Kind::Table(text_format(text))
}

fn text_format(head: &[u8]) -> Format {
    // UTF-16 is looked at as if it were ASCII.
    let plain: Vec<u8>;
    let text = if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        plain = head.iter().copied().skip(2).filter(|b| *b != 0).collect();
        plain.as_slice()
    } else {
        head
    };
    let text = text.trim_ascii_start();
    if text.starts_with(b"<?xml") || is_element(text) {
        return Format::Xml;
    }
    if let Some(rest) = text.strip_prefix(b"From ")
        && let Some(end) = memchr::memchr(b'\n', rest)
        && is_message(rest.get(end + 1..).unwrap_or(&[]))
    {
        return Format::Mail;
    }
    if is_message(text) {
        return Format::Mail;
    }
    Format::Text
}

/// An element with its name, as no other text begins; `<id>,<name>` is none.
fn is_element(text: &[u8]) -> bool {
    let Some(rest) = text.strip_prefix(b"<") else {
        return false;
    };
    let name = rest
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b':' | b'.'))
        .count();
    let after = rest.get(name..).unwrap_or(&[]);
    let Some(end) = memchr::memchr(b'>', after) else {
        return false;
    };
    let follows = after.get(end + 1..).unwrap_or(&[]).trim_ascii_start();
    name > 0
        && rest.first().is_some_and(u8::is_ascii_alphabetic)
        && (follows.starts_with(b"<") || memchr::memmem::find(follows, b"</").is_some())
}

/// A mail's header: lines `Name: value`, several of them such as every mail has.
fn is_message(text: &[u8]) -> bool {
    const KNOWN: [&[u8]; 10] = [
        b"from",
        b"to",
        b"subject",
        b"date",
        b"received",
        b"message-id",
        b"return-path",
        b"mime-version",
        b"delivered-to",
        b"content-type",
    ];
    let mut known = 0;
    for line in text.split(|b| *b == b'\n').take(60) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            break;
        }
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            continue;
        }
        let Some(colon) = memchr::memchr(b':', line) else {
            return false;
        };
        let name = line.get(..colon).unwrap_or(&[]).to_ascii_lowercase();
        if name.is_empty() || !name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-') {
            return false;
        }
        known += usize::from(KNOWN.contains(&name.as_slice()));
    }
    known >= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_by_their_first_bytes() {
        let text = Kind::Table(Format::Text);
        assert_eq!(classify(b"PAR1...."), Kind::Table(Format::Parquet));
        assert_eq!(
            classify(&[0x1f, 0x8b, 8]),
            Kind::Compressed(Compression::Gzip)
        );
        assert_eq!(
            classify(&[0x28, 0xb5, 0x2f, 0xfd]),
            Kind::Compressed(Compression::Zstd)
        );
        assert_eq!(classify(b"ORCHID,price"), text);
        assert_eq!(classify(b"ORC\x01"), Kind::Refused("an ORC file"));
        assert_eq!(classify(b"PK\x03\x04"), Kind::Zip);
        assert_eq!(classify(b""), text);
        assert_eq!(classify(b"<!doctype HTML><p>"), Kind::Refused("a web page"));
    }

    #[test]
    fn xml_and_mail_among_texts() {
        let xml = Kind::Table(Format::Xml);
        assert_eq!(classify(b"\xef\xbb\xbf<?xml version=\"1.0\"?><a/>"), xml);
        assert_eq!(classify(b"<orders>\n <order id=\"1\"/>"), xml);
        assert_eq!(classify(b"<id>,<name>\n1,2\n"), Kind::Table(Format::Text));
        let mail = Kind::Table(Format::Mail);
        let one = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: hi\r\n there\r\n\r\nbody";
        assert_eq!(classify(one), mail);
        let many = b"From a@b Mon Jan  1 00:00:00 2024\nFrom: a\nTo: b\nDate: c\n\nx";
        assert_eq!(classify(many), mail);
        let table = b"from: a,to: b\n1,2\n";
        assert_eq!(classify(table), Kind::Table(Format::Text));
    }
}
