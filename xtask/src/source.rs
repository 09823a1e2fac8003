//! Rust source seen without its comments and strings, and where its functions begin and end.
//!
//! Not a parser: a scanner that knows enough of the lexical grammar (nested
//! comments, raw strings, characters against lifetimes) to count braces rightly.

/// `source` with comments, strings and characters blanked out byte for byte: line ends
/// and offsets stay, braces that are text go.
pub fn mask(source: &str) -> String {
    let bytes = source.as_bytes();
    let mut out = bytes.to_vec();
    let mut i = 0;
    while i < bytes.len() {
        let end = match bytes[i] {
            b'/' if bytes.get(i + 1) == Some(&b'/') => line_end(bytes, i),
            b'/' if bytes.get(i + 1) == Some(&b'*') => comment_end(bytes, i),
            b'"' => string_end(bytes, i + 1),
            b'\'' => char_end(source, i),
            b'r' | b'b' | b'c' if !follows_word(bytes, i) => prefixed_end(bytes, i),
            _ => i,
        };
        if end == i {
            i += 1;
            continue;
        }
        for byte in &mut out[i..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        i = end;
    }
    // Whole literals were blanked, so what is left is valid; otherwise replaced, not lost.
    String::from_utf8_lossy(&out).into_owned()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn follows_word(bytes: &[u8], i: usize) -> bool {
    i > 0 && is_word(bytes[i - 1])
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    bytes[from..]
        .iter()
        .position(|&b| b == b'\n')
        .map_or(bytes.len(), |n| from + n)
}

fn comment_end(bytes: &[u8], from: usize) -> usize {
    let mut depth = 0;
    let mut i = from;
    while i < bytes.len() {
        match bytes.get(i..i + 2) {
            Some(b"/*") => (depth, i) = (depth + 1, i + 2),
            Some(b"*/") => (depth, i) = (depth - 1, i + 2),
            _ => i += 1,
        }
        if depth == 0 {
            return i;
        }
    }
    bytes.len()
}

fn string_end(bytes: &[u8], mut i: usize) -> usize {
    while i < bytes.len() {
        match bytes[i] {
            b'\\' => i += 2,
            b'"' => return i + 1,
            _ => i += 1,
        }
    }
    bytes.len()
}

/// `r"`, `r#"`, `br"`, `b"`, `b'`, `c"`, `cr#"`; `from` itself where it is none of them.
fn prefixed_end(bytes: &[u8], from: usize) -> usize {
    let mut i = from;
    while i < from + 2 && matches!(bytes.get(i), Some(b'r' | b'b' | b'c')) {
        i += 1;
    }
    let raw = bytes[from..i].contains(&b'r');
    let hashes = bytes[i..].iter().take_while(|&&b| b == b'#').count();
    match bytes.get(i + hashes) {
        Some(b'"') if raw => raw_end(bytes, i + hashes + 1, hashes),
        Some(b'"') if hashes == 0 => string_end(bytes, i + 1),
        Some(b'\'') if hashes == 0 && &bytes[from..i] == b"b" => {
            let escaped = bytes.get(i + 1) == Some(&b'\\');
            let start = if escaped { i + 3 } else { i + 2 };
            bytes
                .get(start..)
                .and_then(|rest| rest.iter().position(|&b| b == b'\''))
                .map_or(from, |n| start + n + 1)
        }
        _ => from,
    }
}

fn raw_end(bytes: &[u8], from: usize, hashes: usize) -> usize {
    let mut i = from;
    while i < bytes.len() {
        let closes = bytes[i] == b'"'
            && bytes[i + 1..]
                .iter()
                .take(hashes)
                .filter(|&&b| b == b'#')
                .count()
                == hashes;
        if closes {
            return i + 1 + hashes;
        }
        i += 1;
    }
    bytes.len()
}

/// The end of a character literal at `from`, or `from` where it is a lifetime.
fn char_end(source: &str, from: usize) -> usize {
    let bytes = source.as_bytes();
    if bytes.get(from + 1) == Some(&b'\\') {
        // Past the escaped character, to the closing quote: '\'' '\n' '\u{2713}'.
        let rest = bytes.get(from + 3..).unwrap_or_default();
        return rest
            .iter()
            .position(|&b| b == b'\'')
            .map_or(from, |n| from + 4 + n);
    }
    let Some(first) = source[from + 1..].chars().next() else {
        return from;
    };
    let close = from + 1 + first.len_utf8();
    if bytes.get(close) == Some(&b'\'') {
        close + 1
    } else {
        from
    }
}

/// A function and its lines, counted from `fn` to its closing brace.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    pub name: String,
    /// Line of `fn`, from 1.
    pub line: usize,
    /// Number of lines.
    pub length: usize,
}

/// The functions with a body in masked source, nested ones too.
pub fn functions(masked: &str) -> Vec<Function> {
    let bytes = masked.as_bytes();
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = find_word(masked, "fn", from) {
        from = at + 2;
        let name: String = masked[from..]
            .trim_start()
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        if name.is_empty() || !bytes[from..].first().is_some_and(u8::is_ascii_whitespace) {
            continue; // a pointer type `fn(..)`, or a macro's `fn $name`
        }
        let Some(open) = body_start(bytes, from) else {
            continue;
        };
        let close = closing_brace(bytes, open);
        let line = line_of(masked, at);
        found.push(Function {
            name,
            line,
            length: line_of(masked, close) - line + 1,
        });
    }
    found
}

/// The `{` of the body, or `None` for a declaration that ends in `;`.
fn body_start(bytes: &[u8], from: usize) -> Option<usize> {
    let mut depth = 0_i32;
    for (i, &byte) in bytes.iter().enumerate().skip(from) {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth -= 1,
            b'{' if depth == 0 => return Some(i),
            b';' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// The brace that closes the one at `open`; the end of the text where none does.
pub fn closing_brace(bytes: &[u8], open: usize) -> usize {
    let mut depth = 0_i32;
    for (i, &byte) in bytes.iter().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return i;
        }
    }
    bytes.len().saturating_sub(1)
}

/// The next place at or after `from` where `word` stands as a word of its own.
pub fn find_word(text: &str, word: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut start = from;
    loop {
        let at = start + text.get(start..)?.find(word)?;
        let after = bytes.get(at + word.len()).is_some_and(|&b| is_word(b));
        if !after && !follows_word(bytes, at) {
            return Some(at);
        }
        start = at + word.len();
    }
}

/// Line number of an offset, from 1.
pub fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes()
        .iter()
        .take(offset)
        .filter(|&&b| b == b'\n')
        .count()
        + 1
}

/// The lines (from, to, inclusive) of `#[cfg(test)] mod name { .. }` in masked source.
pub fn test_regions(masked: &str) -> Vec<(usize, usize)> {
    let mut regions = Vec::new();
    for (at, attribute) in masked.match_indices("#[cfg(test)]") {
        let rest = &masked[at + attribute.len()..];
        let Some(open) = rest.find('{') else { continue };
        if rest[..open].contains(';') {
            continue; // `#[cfg(test)] mod tests;` or a `use`
        }
        let open = at + attribute.len() + open;
        let close = closing_brace(masked.as_bytes(), open);
        regions.push((line_of(masked, at), line_of(masked, close)));
    }
    regions
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(source: &str) -> Vec<(String, usize, usize)> {
        functions(&mask(source))
            .into_iter()
            .map(|f| (f.name, f.line, f.length))
            .collect()
    }

    #[test]
    fn text_is_blanked_and_offsets_stay() {
        let source = "let a = \"}\\\"{\"; // }\n/* { /* } */ */ let b = 'x'; let 中 = r#\"}\"\"#;";
        let masked = mask(source);
        assert_eq!(masked.len(), source.len());
        assert!(!masked.contains(['{', '}', '"', 'x']), "{masked}");
        assert!(masked.contains("let 中 ="));
        assert_eq!(masked.lines().count(), 2);
    }

    #[test]
    fn lifetimes_are_not_characters() {
        let masked = mask(
            "fn f<'a>(x: &'a str) -> &'a str { x } const C: char = '{'; const D: char = '\\''; const E: u8 = b'}';",
        );
        assert!(masked.contains("&'a str { x }"), "{masked}");
        assert_eq!(masked.matches('{').count(), 1);
        assert_eq!(masked.matches('}').count(), 1);
    }

    #[test]
    fn prefixes_are_strings_only_when_they_stand_alone() {
        let masked = mask("for x in var\"\" { b\"}\"; br##\"}\"#\"##; c\"}\"; r#fn; bar('}'); }");
        assert_eq!(masked.matches('}').count(), 1, "{masked}");
        assert!(masked.contains("r#fn"));
    }

    #[test]
    fn functions_are_measured_to_their_brace() {
        let source = "impl A {\n    pub fn one(x: [u8; 2]) -> u8 {\n        let s = \"}\";\n        if x[0] > 0 { 1 } else { 2 }\n    }\n    fn declared(&self);\n    fn short() {}\n}\ntype P = fn(u8) -> u8;\nfn outer()\nwhere\n    u8: Copy,\n{\n    fn inner() {\n    }\n}\n";
        assert_eq!(
            lengths(source),
            [
                ("one".into(), 2, 4),
                ("short".into(), 7, 1),
                ("outer".into(), 10, 7),
                ("inner".into(), 14, 2)
            ]
        );
    }

    #[test]
    fn comments_between_do_not_end_a_function() {
        assert_eq!(
            lengths("fn f() {\n// }\n/* } */\n'}';\n}\n"),
            [("f".into(), 1, 5)]
        );
    }

    #[test]
    fn test_modules_are_found() {
        let source = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n#[cfg(test)]\nmod more;\nfn c() {}\n";
        assert_eq!(test_regions(&mask(source)), [(2, 5)]);
    }

    #[test]
    fn an_open_end_does_not_run_away() {
        for source in [
            "fn f() {", "\"", "r#\"", "/* ", "'", "'\\", "b'", "fn f(", "fn",
        ] {
            functions(&mask(source));
        }
    }

    #[test]
    fn words_stand_alone() {
        assert_eq!(find_word("often fn_x fn x", "fn", 0), Some(11));
        assert_eq!(find_word("often", "ten", 0), None);
    }
}
