//! What a feature is: its name, unit, description and the words in which it becomes a reason.
//!
//! The definitions themselves are in the entries of the catalogues: [`order_line_features`], computed
//! by [`crate::FeatureFold`] and, for a second opinion, by the SQL twin; [`event_features`], computed by
//! [`crate::EventFold`], and [`subscription_features`], computed by [`crate::SubscriptionFold`], both
//! named in part after the data.

mod events;
mod named;
mod order_lines;
mod subscriptions;

pub use events::event_features;
pub use order_lines::order_line_features;
pub use subscriptions::subscription_features;

use std::borrow::Cow;

/// What a feature's number measures, and so how it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unit {
    /// Days.
    Days,
    /// Orders.
    Orders,
    /// Order lines.
    Lines,
    /// Pieces: the unit of `quantity`.
    Pieces,
    /// Different products.
    Products,
    /// Money in the reporting currency.
    Money,
    /// How many times as much; 1 = the same.
    Ratio,
    /// A part of a whole, 0 to 1 as a rule; printed as per cent.
    Share,
    /// Hour of the local day, 0 to 24.
    Hour,
    /// Standard deviations away from the mean.
    Deviations,
    /// Events.
    Events,
    /// Sessions: visits, runs of events without a long pause.
    Sessions,
    /// Minutes.
    Minutes,
    /// Different items: what events happened to.
    Items,
    /// Subscriptions, contracts.
    Subscriptions,
    /// How often something happened.
    Occasions,
}

impl Unit {
    /// The unit's word in English.
    pub fn en(self) -> &'static str {
        match self {
            Unit::Days => "days",
            Unit::Orders => "orders",
            Unit::Lines => "lines",
            Unit::Pieces => "pieces",
            Unit::Products => "products",
            Unit::Money => "money",
            Unit::Ratio => "times",
            Unit::Share => "share",
            Unit::Hour => "o'clock",
            Unit::Deviations => "standard deviations",
            Unit::Events => "events",
            Unit::Sessions => "sessions",
            Unit::Minutes => "minutes",
            Unit::Items => "items",
            Unit::Subscriptions => "subscriptions",
            Unit::Occasions => "occasions",
        }
    }

    /// The unit's word in Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Unit::Days => "天",
            Unit::Orders => "单",
            Unit::Lines => "行",
            Unit::Pieces => "件",
            Unit::Products => "种商品",
            Unit::Money => "金额",
            Unit::Ratio => "倍",
            Unit::Share => "占比",
            Unit::Hour => "点",
            Unit::Deviations => "个标准差",
            Unit::Events => "次",
            Unit::Sessions => "次访问",
            Unit::Minutes => "分钟",
            Unit::Items => "种",
            Unit::Subscriptions => "份合同",
            Unit::Occasions => "次",
        }
    }
}

/// Whether a feature's values are whole numbers that count something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FeatureKind {
    /// Whole, 0 or more, never missing.
    Count,
    /// Any number; may be missing.
    Number,
}

/// How a feature becomes a reason, in one language: phrases with `{value}` (this customer's) and
/// `{typical}` (what is usual), both put in as printed by the feature's [`Unit`]: shares as per cent
/// with their sign, money with its currency, other numbers bare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reasons {
    /// When the customer's value is above the typical one.
    pub higher: Cow<'static, str>,
    /// When it is below.
    pub lower: Cow<'static, str>,
    /// When the customer has no value, if that can be; without `{value}` and `{typical}`.
    pub missing: Option<Cow<'static, str>>,
}

/// One feature: what it is called, what it measures, what to say about it. Texts are borrowed from the
/// program, or owned where they carry a name from the data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeatureSpec {
    /// The column's name.
    pub name: Cow<'static, str>,
    /// What the number measures.
    pub unit: Unit,
    /// Count or number.
    pub kind: FeatureKind,
    /// The definition in English.
    pub en: Cow<'static, str>,
    /// The definition in Chinese.
    pub zh: Cow<'static, str>,
    /// Phrases of a reason in English.
    pub reason_en: Reasons,
    /// Phrases of a reason in Chinese.
    pub reason_zh: Reasons,
}

impl FeatureSpec {
    /// Whether a customer who has bought (or was active, or subscribed) can lack this feature (NaN, in
    /// SQL null).
    pub fn can_be_missing(&self) -> bool {
        self.reason_en.missing.is_some()
    }
}

/// One entry of a catalogue: name, unit, kind, descriptions, phrases.
const fn spec(
    name: &'static str,
    unit: Unit,
    kind: FeatureKind,
    [en, zh]: [&'static str; 2],
    reason_en: Reasons,
    reason_zh: Reasons,
) -> FeatureSpec {
    FeatureSpec {
        name: Cow::Borrowed(name),
        unit,
        kind,
        en: Cow::Borrowed(en),
        zh: Cow::Borrowed(zh),
        reason_en,
        reason_zh,
    }
}

/// Phrases of a feature that every customer has.
const fn always(higher: &'static str, lower: &'static str) -> Reasons {
    Reasons {
        higher: Cow::Borrowed(higher),
        lower: Cow::Borrowed(lower),
        missing: None,
    }
}

/// Phrases of a feature that a customer may lack.
const fn or_missing(higher: &'static str, lower: &'static str, missing: &'static str) -> Reasons {
    Reasons {
        higher: Cow::Borrowed(higher),
        lower: Cow::Borrowed(lower),
        missing: Some(Cow::Borrowed(missing)),
    }
}

/// Puts a customer's value and the typical one, both already printed, into a reason's phrase.
pub fn fill(template: &str, value: &str, typical: &str) -> String {
    template
        .replace("{value}", value)
        .replace("{typical}", typical)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::EventNames;
    use crate::subscriptions::PlanNames;
    use std::collections::HashSet;

    /// One entry's texts; `ascii` where no name of the data outside ASCII is in them.
    fn check(spec: &FeatureSpec, ascii: bool) {
        let name = &spec.name;
        let is_letter = |c: char| c.is_ascii_lowercase() || (!ascii && c.is_alphabetic());
        assert!(
            name.chars()
                .all(|c| is_letter(c) || c.is_ascii_digit() || c == '_'),
            "{name}"
        );
        assert!(spec.en.is_ascii() || !ascii, "{name}");
        assert!(spec.en.len() > 20, "{name}");
        assert!(!spec.zh.is_ascii(), "{name}");
        for (reasons, chinese) in [(&spec.reason_en, false), (&spec.reason_zh, true)] {
            for phrase in [&reasons.higher, &reasons.lower] {
                assert!(phrase.contains("{value}"), "{name}: {phrase}");
                assert!(phrase.contains("{typical}"), "{name}: {phrase}");
                if ascii || chinese {
                    assert_eq!(!phrase.is_ascii(), chinese, "{name}: {phrase}");
                }
                let filled = fill(phrase, "7", "3");
                assert!(!filled.contains(['{', '}', '.', '。']), "{name}: {filled}");
            }
            assert_ne!(reasons.higher, reasons.lower, "{name}");
            if let Some(phrase) = &reasons.missing {
                assert!(!phrase.contains('{'), "{name}: {phrase}");
            }
        }
        for text in [&spec.zh, &spec.reason_zh.higher, &spec.reason_zh.lower] {
            assert_spaced(text);
        }
        assert_eq!(
            spec.reason_en.missing.is_some(),
            spec.reason_zh.missing.is_some(),
            "{name}"
        );
        assert!(
            !(spec.kind == FeatureKind::Count && spec.can_be_missing()),
            "{name}"
        );
    }

    /// Chinese is set with a blank between its characters and digits, Latin letters and values.
    fn assert_spaced(text: &str) {
        let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        let is_narrow = |c: char| c.is_ascii_alphanumeric() || "{}".contains(c);
        let characters: Vec<char> = text.chars().collect();
        for pair in characters.windows(2) {
            let touching = (is_chinese(pair[0]) && is_narrow(pair[1]))
                || (is_narrow(pair[0]) && is_chinese(pair[1]));
            assert!(!touching, "{text}");
        }
    }

    #[test]
    fn every_feature_can_be_shown_and_explained_in_both_languages() {
        let told_apart = ["pv", "buy", "加购"].map(str::to_owned).to_vec();
        let of_events = event_features(&EventNames::new(told_apart, &["buy".to_owned()]));
        let plans = ["Gold Plus", "basic", "畅享"].map(str::to_owned).to_vec();
        let of_subscriptions = subscription_features(&PlanNames::new(plans));
        for (specs, least) in [
            (order_line_features(), 22),
            (&of_events, 36),
            (&of_subscriptions, 21),
        ] {
            let mut names = HashSet::new();
            for spec in specs {
                assert!(names.insert(&spec.name), "{} twice", spec.name);
                check(spec, !spec.name.starts_with(['加', '畅']));
            }
            assert!(names.len() >= least);
        }
    }

    #[test]
    fn a_phrase_is_filled() {
        assert_eq!(
            fill("{value} days, usually {typical}", "41", "12"),
            "41 days, usually 12"
        );
    }
}
