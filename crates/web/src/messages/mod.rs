//! Every sentence the pages say, written in both languages.
//!
//! A message is a constant of the tables below, so a missing language does not
//! compile. `{name}` stands for a value, `{name:one|many}` for the word that
//! goes with a count in English; the tests check that both languages ask for
//! the same values. Chinese is written as Chinese, with the words of the field;
//! the blank between its characters and digits or Latin letters stands in the
//! text where the text has both, and is set by [`Message::fill`] about values.

use crate::format;
use crate::language::Language;

/// Declares messages: a name, the English, the Chinese.
macro_rules! messages {
    ($($name:ident = $en:literal, $zh:literal;)*) => {
        $(pub(crate) const $name: $crate::messages::Message =
            $crate::messages::Message { en: $en, zh: $zh };)*
        /// Every message of this table, with its name.
        #[cfg(test)]
        pub(crate) const ALL: &[(&str, $crate::messages::Message)] =
            &[$((stringify!($name), $name)),*];
    };
}

pub(crate) mod actions;
pub(crate) mod business;
pub(crate) mod data;
pub(crate) mod definitions;
pub(crate) mod expert;
pub(crate) mod lists;
pub(crate) mod page;
pub(crate) mod quality;
pub(crate) mod risk;
pub(crate) mod trust;
pub(crate) mod value;

/// One message in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Message {
    /// In English.
    pub en: &'static str,
    /// In Chinese.
    pub zh: &'static str,
}

/// A value for a message's `{name}`.
#[derive(Debug, Clone)]
pub(crate) struct Arg {
    text: String,
    one: bool,
}

impl Arg {
    /// A count, so that the English word that goes with it can agree.
    pub fn number(text: String, n: u64) -> Arg {
        Arg { text, one: n == 1 }
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Arg {
        Arg { text, one: false }
    }
}

impl From<&str> for Arg {
    fn from(text: &str) -> Arg {
        Arg {
            text: text.to_owned(),
            one: false,
        }
    }
}

impl Message {
    /// The message as it stands, for those without values.
    pub fn text(self, language: Language) -> &'static str {
        match language {
            Language::En => self.en,
            Language::Zh => self.zh,
        }
    }

    /// The message with its values put in, in Chinese with a blank where a
    /// character and a digit or Latin letter meet. A name nobody gave stays
    /// visible as `{name}`, which the tests of the pages look for.
    pub fn fill(self, language: Language, args: &[(&str, Arg)]) -> String {
        let mut out = String::new();
        let mut rest = self.text(language);
        let put = |out: &mut String, piece: &str| match language {
            Language::En => out.push_str(piece),
            Language::Zh => format::push_spaced(out, piece),
        };
        while let Some((before, after)) = rest.split_once('{') {
            put(&mut out, before);
            let Some((slot, after)) = after.split_once('}') else {
                rest = after;
                break;
            };
            let (name, words) = match slot.split_once(':') {
                Some((name, words)) => (name, Some(words)),
                None => (slot, None),
            };
            match (args.iter().find(|(given, _)| *given == name), words) {
                (Some((_, arg)), None) => put(&mut out, &arg.text),
                (Some((_, arg)), Some(words)) => {
                    let (one, many) = words.split_once('|').unwrap_or((words, words));
                    out.push_str(if arg.one { one } else { many });
                }
                (None, _) => {
                    out.push('{');
                    out.push_str(slot);
                    out.push('}');
                }
            }
            rest = after;
        }
        put(&mut out, rest);
        out
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn tables() -> Vec<&'static [(&'static str, Message)]> {
        vec![
            actions::ALL,
            business::ALL,
            data::ALL,
            definitions::ALL,
            expert::ALL,
            lists::ALL,
            page::ALL,
            quality::ALL,
            risk::ALL,
            trust::ALL,
            value::ALL,
        ]
    }

    fn slots(text: &str) -> BTreeSet<&str> {
        text.split('{')
            .skip(1)
            .filter_map(|piece| piece.split_once('}'))
            .map(|(slot, _)| slot.split(':').next().unwrap_or(slot))
            .collect()
    }

    fn is_han(c: char) -> bool {
        ('\u{4e00}'..='\u{9fff}').contains(&c)
    }

    #[test]
    fn every_message_exists_in_both_languages_and_asks_for_the_same_values() {
        for (name, message) in tables().into_iter().flatten() {
            assert!(!message.en.trim().is_empty(), "{name} in English");
            assert!(!message.zh.trim().is_empty(), "{name} in Chinese");
            assert_eq!(slots(message.en), slots(message.zh), "values of {name}");
            assert!(
                !message.en.chars().any(is_han),
                "{name}: Chinese in the English"
            );
        }
    }

    #[test]
    fn chinese_is_set_as_chinese() {
        // Names of the field that are written in Latin letters in Chinese too.
        let latin = ["BG_NBD", "PARETO_NBD", "METRIC_F1"];
        // Some only put values in brackets.
        let only_values = |text: &str| {
            let pieces = text
                .split('{')
                .map(|piece| piece.split_once('}').map_or(piece, |p| p.1));
            pieces
                .collect::<String>()
                .chars()
                .all(|c| !c.is_alphabetic())
        };
        for (name, message) in tables().into_iter().flatten() {
            assert!(
                message.zh.chars().any(is_han) || latin.contains(name) || only_values(message.zh),
                "{name} is not Chinese: {}",
                message.zh
            );
            let chars: Vec<char> = message.zh.chars().collect();
            for pair in chars.windows(2) {
                let half = matches!(pair[1], ',' | ';' | ':' | '?' | '!' | '(' | ')');
                assert!(
                    !(is_han(pair[0]) && half),
                    "{name}: half-width punctuation after `{}` in `{}`",
                    pair[0],
                    message.zh
                );
            }
            assert!(
                !message.zh.contains("留存率"),
                "{name}: the rate of the period is 保持率"
            );
            assert!(!message.zh.contains("风险价值"), "{name}: that is VaR");
        }
    }

    #[test]
    fn chinese_has_a_blank_beside_digits_and_latin_letters() {
        for (name, message) in tables().into_iter().flatten() {
            let spaced = format::spaced(message.zh);
            assert_eq!(message.zh, spaced, "{name}");
        }
        let message = Message {
            en: "{n}{what}",
            zh: "共{n}位{what}客户{share}流失（{days}）",
        };
        let args = [
            ("n", Arg::from("120万")),
            ("what", Arg::from("VIP")),
            ("share", Arg::from("62%")),
            ("days", Arg::from("90\u{a0}天")),
        ];
        assert_eq!(
            message.fill(Language::Zh, &args),
            "共 120万位 VIP 客户 62% 流失（90\u{a0}天）"
        );
        assert_eq!(message.fill(Language::En, &args), "120万VIP");
    }

    #[test]
    fn values_and_words_are_put_in() {
        let message = Message {
            en: "{n} {n:row|rows} of {file}",
            zh: "{file}有{n}行",
        };
        let one = [
            ("n", Arg::number("1".into(), 1)),
            ("file", Arg::from("{n}")),
        ];
        assert_eq!(message.fill(Language::En, &one), "1 row of {n}");
        assert_eq!(message.fill(Language::Zh, &one), "{n}有 1 行");
        assert_eq!(
            message.fill(Language::En, &[]),
            "{n} {n:row|rows} of {file}"
        );
    }
}
