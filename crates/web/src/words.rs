//! The template filter for sentences: escapes HTML, sets what stands between
//! backticks as code, and keeps an interval on one line.

use std::fmt::Write;

/// Keeps what it stands between on one line; takes no room.
const JOINER: char = '\u{2060}';

/// Filters of the templates, under the name they look for.
pub(crate) mod filters {
    use std::fmt::Display;

    use askama::filters::Safe;

    /// A sentence as HTML.
    #[askama::filter_fn]
    pub fn words(sentence: impl Display, _: &dyn askama::Values) -> askama::Result<Safe<String>> {
        Ok(Safe(super::html(&sentence.to_string())))
    }
}

/// A sentence as HTML. A backtick without a partner stays as it is.
fn html(sentence: &str) -> String {
    let mut out = String::with_capacity(sentence.len() + 16);
    let pieces: Vec<&str> = sentence.split('`').collect();
    let paired = pieces.len().saturating_sub(1) & !1;
    for (at, piece) in pieces.iter().enumerate() {
        if at > 0 {
            out.push_str(match (at <= paired, at % 2) {
                (true, 1) => "<code>",
                (true, _) => "</code>",
                (false, _) => "`",
            });
        }
        escape(&mut out, piece);
    }
    out
}

fn escape(out: &mut String, text: &str) {
    let mut before = ' ';
    for c in text.chars() {
        match c {
            '&' | '<' | '>' | '"' | '\'' => {
                // Writing to a `String` cannot fail.
                let _ = write!(out, "&#{};", u32::from(c));
            }
            '–' | '～' if before.is_ascii_digit() || "%万亿".contains(before) => {
                out.push(JOINER);
                out.push(c);
                out.push(JOINER);
            }
            c => out.push(c),
        }
        before = c;
    }
}

#[cfg(test)]
mod tests {
    use super::html;

    #[test]
    fn sentences_are_escaped_and_code_is_set_as_code() {
        assert_eq!(
            html("map `time` & <b>"),
            "map <code>time</code> &#38; &#60;b&#62;"
        );
        assert_eq!(html("a `b` c ` d"), "a <code>b</code> c ` d");
        assert_eq!(html("`<i>`"), "<code>&#60;i&#62;</code>");
        assert_eq!(html("57–67 %"), "57\u{2060}–\u{2060}67 %");
        assert_eq!(html("– none"), "– none");
    }
}
