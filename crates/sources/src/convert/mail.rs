//! The messages of a mailbox, or one message, as JSON objects: who wrote to whom
//! and when, the subject and the text. Attachments are counted, not kept.

use std::io::{self, BufRead, Write};

use mail_parser::{Address, Message, MessageParser};

use super::json::Object;
use crate::CELL_BYTES_MAX;

/// Bytes of a message that are looked at; what comes after them are attachments.
const MESSAGE_BYTES_MAX: usize = 32 << 20;

/// Writes the messages of `input`.
///
/// # Errors
/// Those of reading and of `out`.
pub(super) fn write(mut input: impl BufRead, out: &mut dyn Write) -> io::Result<()> {
    let mut message = Vec::new();
    let mut line = Vec::new();
    let mut is_mailbox = false;
    let mut after_blank = true;
    loop {
        line.clear();
        // One line of an attachment may be as long as the whole of it.
        let more = read_line(&mut input, &mut line)?;
        let begins = after_blank && is_envelope(&line);
        if !more || (begins && (is_mailbox || message.is_empty())) {
            if !message.trim_ascii().is_empty() {
                write_message(&message, out)?;
            }
            if !more {
                return Ok(());
            }
            message.clear();
            is_mailbox = true;
            after_blank = false;
            continue;
        }
        after_blank = matches!(line.as_slice(), b"\n" | b"\r\n");
        // A mailbox marks lines of the text that begin as a message does.
        let quoted = is_mailbox && line.trim_ascii_start().starts_with(b">From ");
        let text = line.get(usize::from(quoted)..).unwrap_or(&[]);
        if message.len() + text.len() <= MESSAGE_BYTES_MAX {
            message.extend_from_slice(text);
        }
    }
}

/// `From ann@example.com Tue Mar  5 14:30:00 2024`: what comes before each message
/// of a mailbox. A sentence that begins so has no time in it.
fn is_envelope(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"From ") else {
        return false;
    };
    let mut words = rest.split(u8::is_ascii_whitespace);
    let is_time = |word: &[u8]| matches!(word, [_, _, b':', _, _] | [_, _, b':', _, _, b':', _, _]);
    words.any(|word| is_time(word) && word.first().is_some_and(u8::is_ascii_digit))
}

/// Reads one line with its end, or a part of [`MESSAGE_BYTES_MAX`] of a longer
/// one; false at the end of the input.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    let limit = MESSAGE_BYTES_MAX as u64;
    io::Read::take(&mut *input, limit).read_until(b'\n', line)?;
    Ok(!line.is_empty())
}

fn write_message(bytes: &[u8], out: &mut dyn Write) -> io::Result<()> {
    let mut object = Object::default();
    match MessageParser::default().parse(bytes) {
        Some(message) => members(&message, &mut object),
        // The reader makes it a row of its own, without a time or a sender.
        None => object.string("text", &String::from_utf8_lossy(bytes)),
    }
    object.write(out)
}

fn members(message: &Message<'_>, object: &mut Object) {
    if let Some(id) = message.message_id() {
        object.string("message_id", id);
    }
    if let Some(date) = message.date().filter(|date| date.is_valid()) {
        object.string("date", &date.to_rfc3339());
    }
    for (role, address) in [
        ("from", message.from()),
        ("to", message.to()),
        ("cc", message.cc()),
    ] {
        let Some(address) = address else { continue };
        object.string(role, &all_of(address));
        if role == "from"
            && let Some(name) = address.first().and_then(|first| first.name())
        {
            object.string("from_name", name);
        }
    }
    if let Some(reply_to) = message.in_reply_to().as_text() {
        object.string("in_reply_to", reply_to);
    }
    object.string("subject", message.subject().unwrap_or(""));
    object.string("attachments", &message.attachment_count().to_string());
    let text = message.body_text(0).unwrap_or_default();
    let end = text.floor_char_boundary(CELL_BYTES_MAX);
    object.string("text", text.get(..end).unwrap_or("").trim());
}

/// The addresses, one after the other.
fn all_of(address: &Address<'_>) -> String {
    let addresses = address.iter().filter_map(|each| each.address());
    addresses.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(text: &[u8]) -> Vec<String> {
        let mut out = Vec::new();
        write(text, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn one_message_and_a_mailbox() {
        let one = "From: =?UTF-8?B?5byg5LiJ?= <zhang@example.com>\r\nTo: a@b.example, c@d.example\r\n\
            Date: Tue, 5 Mar 2024 14:30:00 +0800\r\nSubject: Late again\r\nMessage-ID: <1@x>\r\n\
            Content-Type: text/plain; charset=utf-8\r\n\r\nThe parcel\r\nis late.\r\n";
        let expected = "{\"message_id\":\"1@x\",\"date\":\"2024-03-05T14:30:00+08:00\",\
            \"from\":\"zhang@example.com\",\"from_name\":\"张三\",\"to\":\"a@b.example, c@d.example\",\
            \"subject\":\"Late again\",\"attachments\":\"0\",\"text\":\"The parcel\\r\\nis late.\"}";
        assert_eq!(messages(one.as_bytes()), [expected]);
        let box_of = format!(
            "From zhang@example.com Tue Mar  5 14:30:00 2024\n{one}\nFrom b Wed Mar  6 00:00:00 2024\n\
             From: b@c.example\n\nHello\n>From here on\n\nFrom the text\n"
        );
        let found = messages(box_of.as_bytes());
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(found[0], expected);
        let text = "Hello\\nFrom here on\\n\\nFrom the text";
        assert!(found[1].contains(text), "{}", found[1]);
    }

    #[test]
    fn odd_bytes_are_no_trouble() {
        assert_eq!(messages(b"").len(), 0);
        assert_eq!(messages(b"\n\n").len(), 0);
        assert_eq!(messages(b"\xff\xfe\0").len(), 1);
    }
}
