//! A language with the report's currency: how sections speak and count.

use crate::format;
use crate::language::{Language, Text};
use crate::messages::{Arg, Message};
use crate::report::Estimate;

/// Longest name or identifier shown on a page, in characters.
const NAME_CHARS_MAX: usize = 80;

/// A language and a currency.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Locale<'a> {
    /// The language everything is written in.
    pub language: Language,
    /// ISO 4217 code of every amount, if there is money.
    pub currency: Option<&'a str>,
}

impl Locale<'_> {
    /// A message without values.
    pub fn say(&self, message: Message) -> String {
        message.text(self.language).to_owned()
    }

    /// A message with its values.
    pub fn fill(&self, message: Message, args: &[(&str, Arg)]) -> String {
        message.fill(self.language, args)
    }

    /// A text somebody else wrote in both languages.
    pub fn text(&self, text: &Text) -> String {
        format::printable(text.get(self.language), 400)
    }

    /// A name or identifier of the business.
    pub fn name(&self, name: &str) -> String {
        format::printable(name, NAME_CHARS_MAX)
    }

    /// A count inside a sentence.
    pub fn n(&self, n: u64) -> Arg {
        Arg::number(format::quantity(n, self.language), n)
    }

    /// A percentage.
    pub fn percent(&self, share: f64) -> String {
        format::percent(share, self.language)
    }

    /// A percentage with its interval.
    pub fn percent_estimate(&self, estimate: &Estimate) -> String {
        format::percent_estimate(estimate, self.language)
    }

    /// An amount.
    pub fn money(&self, value: f64) -> String {
        format::money(value, self.currency, self.language)
    }

    /// An amount with its interval.
    pub fn money_estimate(&self, estimate: &Estimate) -> String {
        format::money_estimate(estimate, self.currency, self.language)
    }

    /// A number of days.
    pub fn days(&self, days: f64) -> String {
        format::day_count(days, self.language)
    }

    /// A column's header with the currency: `Margin (£)`, `毛利（¥）`.
    pub fn money_header(&self, header: Message) -> String {
        let header = self.say(header);
        let symbol = format::symbol(self.currency, self.language);
        match (symbol.trim_end(), self.language) {
            ("", _) => header,
            (symbol, Language::En) => format!("{header} ({symbol})"),
            (symbol, Language::Zh) => format!("{header}（{symbol}）"),
        }
    }

    /// Joins names: `a, b, c`, `a、b、c`.
    pub fn list(&self, names: &[String]) -> String {
        names.join(match self.language {
            Language::En => ", ",
            Language::Zh => "、",
        })
    }

    /// Names as alternatives: any of them.
    pub fn either(&self, names: &[String]) -> String {
        let (between, last) = match self.language {
            Language::En => (", ", " or "),
            Language::Zh => ("、", "或"),
        };
        match names {
            [first @ .., end] if !first.is_empty() => {
                format!("{}{last}{end}", first.join(between))
            }
            names => names.concat(),
        }
    }

    /// Joins sentences that are complete in themselves.
    pub fn sentences(&self, sentences: &[String]) -> String {
        sentences.join(match self.language {
            Language::En => " ",
            Language::Zh => "",
        })
    }
}

/// `part / whole`, 0 where there is nothing.
pub(crate) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}
