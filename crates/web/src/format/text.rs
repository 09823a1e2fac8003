//! Identifiers and names made safe to show, and text wrapped for a terminal.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// A name or identifier of the business, safe to show: control characters and
/// those that turn the direction of writing become `�`, and what is longer
/// than `max_chars` ends in `…`. HTML escaping is left to the page.
pub fn printable(name: &str, max_chars: usize) -> String {
    let mut out = String::with_capacity(name.len().min(4 * max_chars));
    for (at, c) in name.chars().enumerate() {
        if at >= max_chars {
            out.push('…');
            break;
        }
        out.push(if is_unprintable(c) { '\u{fffd}' } else { c });
    }
    out
}

fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
        // Not allowed in XML, and so not in XHTML or a spreadsheet either.
        || matches!(c, '\u{fffe}' | '\u{ffff}')
}

/// Whether a blank belongs between two characters that meet: a Chinese one and a
/// digit or Latin letter, a number's sign, symbol or per-cent sign included. The
/// Chinese words of big numbers (`120万`) belong to the number.
fn meet_with_blank(before: char, after: char) -> bool {
    let han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let word = |c: char| c.is_alphanumeric() && c.width() == Some(1);
    (han(before) && (word(after) || "£€$¥₹₩+−<>".contains(after)))
        || ((word(before) || before == '%') && han(after) && !"万亿".contains(after))
}

/// Adds a piece of Chinese to a text, with a blank where one belongs between.
pub(crate) fn push_spaced(text: &mut String, piece: &str) {
    let ends = text.chars().next_back().zip(piece.chars().next());
    if ends.is_some_and(|(before, after)| meet_with_blank(before, after)) {
        text.push(' ');
    }
    text.push_str(piece);
}

/// A text with the blanks that Chinese asks for; those that are there stay.
#[cfg(test)]
pub(crate) fn spaced(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        push_spaced(&mut out, c.encode_utf8(&mut [0; 4]));
    }
    out
}

/// The first eight characters of a hash.
pub fn code_short(hash: &str) -> String {
    hash.chars().take(8).collect()
}

/// Columns a text takes on a terminal; Chinese characters take two.
pub fn display_width(text: &str) -> usize {
    text.width()
}

/// Breaks a text into lines of at most `width` columns: at spaces, and in
/// Chinese between any two characters except before closing punctuation.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(2);
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in pieces(text) {
        let together = display_width(&line) + display_width(piece.trim_end());
        if !line.is_empty() && together > width {
            lines.push(line.trim_end().to_owned());
            line.clear();
        }
        for c in piece.chars() {
            // A word longer than the line is cut, never lost.
            if display_width(&line) + c.width().unwrap_or(0) > width && !c.is_whitespace() {
                lines.push(line.trim_end().to_owned());
                line.clear();
            }
            line.push(c);
        }
    }
    if !line.trim_end().is_empty() || lines.is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// Words with their spaces, Chinese characters with the punctuation that must
/// not begin a line.
fn pieces(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        if let Some(b) = before {
            let wide = |c: char| c.width().unwrap_or(0) > 1;
            let after_space = b == ' ' && c != ' ';
            let counted = b.is_ascii_digit() && wide(c);
            // A no-break space keeps a number with its unit.
            let kept = c == ' ' || c == '\u{a0}' || b == '\u{a0}';
            let between =
                (wide(b) || wide(c)) && !(counted || is_closing(c) || is_opening(b) || kept);
            if after_space || between {
                out.push(text.get(start..at).unwrap_or_default());
                start = at;
            }
        }
        before = Some(c);
    }
    out.push(text.get(start..).unwrap_or_default());
    out
}

fn is_closing(c: char) -> bool {
    "，。、；：！？）》」』】～%·".contains(c)
}

fn is_opening(c: char) -> bool {
    "（《「『【～¥£€$".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_command_a_terminal_or_turn_a_line() {
        assert_eq!(
            printable("a\u{1b}[31mb\u{202e}c\u{0}", 20),
            "a\u{fffd}[31mb\u{fffd}c\u{fffd}"
        );
        assert_eq!(
            printable("0001234567890123456789", 30),
            "0001234567890123456789"
        );
        assert_eq!(printable("张三丰张三丰", 3), "张三丰…");
    }

    #[test]
    fn wrapping_counts_columns() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        // A space counts too: `twos` would end one column too far.
        assert_eq!(wrap("one twos", 7), ["one", "twos"]);
        assert_eq!(wrap("未来九十天，客户", 8), ["未来九十", "天，客户"]);
        // Closing punctuation never begins a line.
        assert_eq!(wrap("未来九十，天", 8), ["未来九", "十，天"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("", 10), [""]);
        // A number stays with its unit.
        assert_eq!(wrap("未来 90\u{a0}天内", 8), ["未来", "90\u{a0}天内"]);
        for line in wrap(&"客户流失 probability 十分高。".repeat(9), 31) {
            assert!(display_width(&line) <= 31, "{line}");
        }
    }
}
