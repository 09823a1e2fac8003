//! What is done to a value of any kind: blanks and wrappings off, full-width
//! letters and digits to half width, and words that stand for nothing.

use std::borrow::Cow;

/// Words that people and programs write where there is nothing, in small letters.
const NOTHING: &[&str] = &[
    "-1",
    "null",
    "nil",
    "none",
    "nan",
    "na",
    "n/a",
    "#n/a",
    "unknown",
    "undefined",
    "anonymous",
    "anon",
    "guest",
    "test",
    "tester",
    "missing",
    "empty",
    "void",
    "no",
    "false",
    "true",
    ".",
    "?",
    "无",
    "没有",
    "暂无",
    "未知",
    "不详",
    "匿名",
    "空",
    "游客",
    "测试",
    "[object object]",
    "unbekannt",
    "inconnu",
    "\\n",
];

/// Characters that nobody sees: byte order mark, zero width, soft hyphen, direction marks.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{ad}')
        || c.is_control()
}

/// The half-width form of a full-width character.
pub fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' => ' ',
        _ => c,
    }
}

/// Without blanks about it, unseen characters, what a spreadsheet wraps
/// identifiers in (`="0012"`, `'0012`), and full-width forms.
pub fn tidy(raw: &str) -> Cow<'_, str> {
    let plain = raw.bytes().all(|b| (0x20..0x7f).contains(&b));
    if plain {
        return Cow::Borrowed(unwrapped(raw));
    }
    let changes = raw.chars().any(|c| is_unseen(c) || half_width(c) != c);
    if !changes {
        return Cow::Borrowed(unwrapped(raw.trim()));
    }
    let text: String = raw
        .chars()
        .filter(|&c| !is_unseen(c))
        .map(half_width)
        .collect();
    match unwrapped(text.trim()) {
        inner if inner.len() == text.len() => Cow::Owned(text),
        inner => Cow::Owned(inner.to_owned()),
    }
}

fn unwrapped(text: &str) -> &str {
    let text = text.trim_matches(' ');
    let inner = text.strip_prefix('=').unwrap_or(text);
    if let Some(inner) = inner
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        return inner.trim_matches(' ');
    }
    // A quote in front tells a spreadsheet that what follows is text.
    text.strip_prefix('\'')
        .map_or(text, |rest| rest.strip_suffix('\'').unwrap_or(rest))
        .trim_matches(' ')
}

/// Zeros and dashes only, one of the usual words for nothing, or one of the user's.
pub fn stands_for_nothing(text: &str, blocked: &[String]) -> bool {
    if text.bytes().all(|b| b == b'0' || b == b'-') {
        return true;
    }
    // Most identifiers are longer than any of the words.
    let short = text.len() <= 16 && NOTHING.iter().any(|word| same_letters(word, text));
    short || blocked.iter().any(|word| same_letters(word, text))
}

/// Equal but for capital letters; `small` is in small letters.
fn same_letters(small: &str, text: &str) -> bool {
    small.eq_ignore_ascii_case(text)
        || (!text.is_ascii() && text.chars().flat_map(char::to_lowercase).eq(small.chars()))
}
