//! What a feature is: its name, unit, description and the words in which it becomes a reason.
//!
//! The definitions themselves are in the entries of the catalogue ([`order_line_features`]), computed
//! by [`crate::FeatureFold`] and, for a second opinion, by the SQL twin.

mod order_lines;

pub use order_lines::order_line_features;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reasons {
    /// When the customer's value is above the typical one.
    pub higher: &'static str,
    /// When it is below.
    pub lower: &'static str,
    /// When the customer has no value, if that can be; without `{value}` and `{typical}`.
    pub missing: Option<&'static str>,
}

/// One feature: what it is called, what it measures, what to say about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeatureSpec {
    /// The column's name.
    pub name: &'static str,
    /// What the number measures.
    pub unit: Unit,
    /// Count or number.
    pub kind: FeatureKind,
    /// The definition in English.
    pub en: &'static str,
    /// The definition in Chinese.
    pub zh: &'static str,
    /// Phrases of a reason in English.
    pub reason_en: Reasons,
    /// Phrases of a reason in Chinese.
    pub reason_zh: Reasons,
}

impl FeatureSpec {
    /// Whether a customer who has bought can lack this feature (NaN, in SQL null).
    pub fn can_be_missing(&self) -> bool {
        self.reason_en.missing.is_some()
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
    use std::collections::HashSet;

    #[test]
    fn every_feature_can_be_shown_and_explained_in_both_languages() {
        let mut names = HashSet::new();
        for spec in order_line_features() {
            let name = spec.name;
            assert!(names.insert(name), "{name} twice");
            assert!(
                name.bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
            );
            assert!(spec.en.is_ascii() && spec.en.len() > 20, "{name}");
            assert!(!spec.zh.is_ascii(), "{name}");
            for (reasons, chinese) in [(spec.reason_en, false), (spec.reason_zh, true)] {
                for phrase in [reasons.higher, reasons.lower] {
                    assert!(phrase.contains("{value}"), "{name}: {phrase}");
                    assert!(phrase.contains("{typical}"), "{name}: {phrase}");
                    assert_eq!(!phrase.is_ascii(), chinese, "{name}: {phrase}");
                    let filled = fill(phrase, "7", "3");
                    assert!(!filled.contains(['{', '}', '.', '。']), "{name}: {filled}");
                }
                assert_ne!(reasons.higher, reasons.lower, "{name}");
                if let Some(phrase) = reasons.missing {
                    assert!(!phrase.contains('{'), "{name}: {phrase}");
                }
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
        assert!(names.len() >= 22);
    }

    #[test]
    fn a_phrase_is_filled() {
        assert_eq!(
            fill("{value} days, usually {typical}", "41", "12"),
            "41 days, usually 12"
        );
    }
}
