//! An error as it is printed: code, message, place, hint.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use serde::Serialize;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const PLACE: Style = AnsiColor::Blue.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();

/// One thing that went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Fault {
    /// The code of the one table of errors.
    pub(crate) code: String,
    /// What is wrong.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) hint: Option<String>,
    /// Where: `file:line:column`, when that is known.
    pub(crate) place: Option<String>,
}

impl Fault {
    /// Prints the fault on standard error.
    pub(crate) fn print(&self, json: bool) {
        print_all(std::slice::from_ref(self), json);
    }

    /// The fault for people, with styles that a stream may strip.
    pub(crate) fn text(&self) -> String {
        let mut text = format!(
            "{ERROR}error[{}]{ERROR:#}: {}\n",
            sanitised(&self.code),
            sanitised(&self.message)
        );
        if let Some(place) = &self.place {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{PLACE} -->{PLACE:#} {}", sanitised(place));
        }
        if let Some(hint) = &self.hint {
            let _ = writeln!(text, "{HINT}hint{HINT:#}: {}", sanitised(hint));
        }
        text
    }
}

/// Prints faults on standard error: one after the other, or as one JSON line in
/// which all but the first stand under `others`.
pub(crate) fn print_all(faults: &[Fault], json: bool) {
    if !json {
        for fault in faults {
            anstream::eprint!("{}", fault.text());
        }
    } else if let Some((error, others)) = faults.split_first() {
        anstream::eprintln!("{}", document(error, others));
    }
}

/// One line of JSON. What cannot be serialised, which no text is, says nothing.
fn document(error: &Fault, others: &[Fault]) -> String {
    #[derive(Serialize)]
    struct Document<'a> {
        error: &'a Fault,
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        others: &'a [Fault],
    }
    serde_json::to_string(&Document { error, others }).unwrap_or_default()
}

/// The text without characters that would command a terminal: names of files and
/// values of cells stand in messages, and nobody knows what is in them.
pub(crate) fn sanitised(text: &str) -> String {
    text.chars()
        .map(|letter| {
            if letter.is_control() && letter != '\n' && letter != '\t' {
                '\u{fffd}'
            } else {
                letter
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault() -> Fault {
        Fault {
            code: "settings/key-unknown".to_owned(),
            message: "there is no setting `value.margn`".to_owned(),
            hint: Some("did you mean `margin`?".to_owned()),
            place: Some("perennial.toml:22:1".to_owned()),
        }
    }

    #[test]
    fn a_fault_has_code_message_place_and_hint() {
        let plain = anstream::adapter::strip_str(&fault().text()).to_string();
        insta::assert_snapshot!(plain, @r"
        error[settings/key-unknown]: there is no setting `value.margn`
         --> perennial.toml:22:1
        hint: did you mean `margin`?
        ");
    }

    #[test]
    fn machines_get_the_same_four() {
        insta::assert_snapshot!(document(&fault(), &[]), @r#"{"error":{"code":"settings/key-unknown","message":"there is no setting `value.margn`","hint":"did you mean `margin`?","place":"perennial.toml:22:1"}}"#);
        let both: serde_json::Value =
            serde_json::from_str(&document(&fault(), &[fault()])).unwrap();
        assert_eq!(both["others"][0]["code"], "settings/key-unknown");
    }

    #[test]
    fn cells_cannot_command_the_terminal() {
        let fault = Fault {
            message: "the cell `\u{1b}[2J\u{9b}1m\r` is no number".to_owned(),
            ..fault()
        };
        let plain = anstream::adapter::strip_str(&fault.text()).to_string();
        assert!(!plain.contains(['\u{1b}', '\u{9b}', '\r']), "{plain:?}");
    }
}
