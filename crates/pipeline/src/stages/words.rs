//! Reasons and decisions in words, English and Chinese.

use perennial_history::{FeatureSpec, Reasons, Unit, fill};
use perennial_learn::explain::{Reason, Typical, Value};

use crate::settings::Offer;

/// The feature that the plain rule of order lines and events looks at.
pub(crate) const RHYTHM: &str = "silence_ratio";
/// Said of a value that is the usual one. Without "is typical": by that the
/// report tells where a phrase of the catalogue goes on.
const USUAL_EN: &str = "like many others";
/// The same in Chinese.
const USUAL_ZH: &str = "与多数客户相同";

/// A sentence or list of reasons in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Said {
    pub en: String,
    pub zh: String,
}

/// The reasons of one customer; those that speak for leaving come first. Columns
/// of which the same is to be said are one reason: their parts are added up.
/// Columns that are features of the catalogue `specs` have its words.
pub(crate) fn reasons(
    found: &[Reason],
    names: &[&str],
    specs: &[FeatureSpec],
    currency: &str,
) -> Said {
    let mut said: Vec<(Said, f64)> = Vec::new();
    for reason in found {
        let Some(name) = names.get(reason.column) else {
            continue;
        };
        let phrase = phrase(reason, name, specs, currency);
        match said.iter_mut().find(|(before, _)| *before == phrase) {
            Some((_, sum)) => *sum += reason.contribution,
            None => said.push((phrase, reason.contribution)),
        }
    }
    said.sort_by_key(|(_, sum)| *sum <= 0.0);
    let said: Vec<Said> = said
        .into_iter()
        .map(|(phrase, sum)| directed(phrase, sum))
        .collect();
    let join = |pick: fn(&Said) -> &str, between: &str| {
        said.iter().map(pick).collect::<Vec<_>>().join(between)
    };
    Said {
        en: join(|s| &s.en, "; "),
        zh: join(|s| &s.zh, "；"),
    }
}

/// What is to be said of one column, whichever way it points.
fn phrase(reason: &Reason, name: &str, specs: &[FeatureSpec], currency: &str) -> Said {
    let (en, zh) = match specs.iter().find(|spec| spec.name == name) {
        Some(spec) => known_feature(spec, reason, currency),
        None => own_column(name, reason),
    };
    Said { en, zh }
}

/// The phrase, marked where it speaks against leaving.
fn directed(phrase: Said, contribution: f64) -> Said {
    if contribution > 0.0 {
        return phrase;
    }
    Said {
        en: format!("{} (speaks for staying)", phrase.en),
        zh: format!("{}（有利于留存）", phrase.zh),
    }
}

fn known_feature(spec: &FeatureSpec, reason: &Reason, currency: &str) -> (String, String) {
    let Value::Number(value) = reason.value else {
        let missing = |phrase: Option<&str>, other: &str| phrase.unwrap_or(other).to_owned();
        return (
            missing(spec.reason_en.missing.as_deref(), &spec.en),
            missing(spec.reason_zh.missing.as_deref(), &spec.zh),
        );
    };
    let said = |number| printed(number, spec.unit, currency);
    let is = said(value);
    let alone = (
        singular(
            &is,
            fill(clause_of_value(&spec.reason_en.higher), &is.en, ""),
        ),
        fill(clause_of_value(&spec.reason_zh.higher), &is.zh, ""),
    );
    let Typical::Number { median, .. } = reason.typical else {
        return alone;
    };
    let typical = said(median);
    // What reads the same is the same to the reader, whatever lies beyond the digits.
    if is == typical {
        return (
            format!("{}, {USUAL_EN}", alone.0),
            format!("{}，{USUAL_ZH}", alone.1),
        );
    }
    fn pick(reasons: &Reasons, is_higher: bool) -> &str {
        if is_higher {
            &reasons.higher
        } else {
            &reasons.lower
        }
    }
    let is_higher = value >= median;
    let en = fill(pick(&spec.reason_en, is_higher), &is.en, &typical.en);
    let zh = fill(pick(&spec.reason_zh, is_higher), &is.zh, &typical.zh);
    (singular(&is, en), zh)
}

/// The English phrase of one thing: `1 days` becomes `1 day`.
fn singular(value: &Said, phrase: String) -> String {
    const ONES: [(&str, &str); 15] = [
        ("1 different days", "1 day"),
        ("1 different products", "1 product"),
        ("1 days", "1 day"),
        ("1 orders", "1 order"),
        ("1 lines", "1 line"),
        ("1 pieces", "1 piece"),
        ("1 standard deviations", "1 standard deviation"),
        ("1 different items", "1 item"),
        ("1 items", "1 item"),
        ("1 events", "1 event"),
        ("1 sessions", "1 session"),
        ("1 minutes", "1 minute"),
        ("1 open subscriptions", "1 open subscription"),
        ("1 subscriptions", "1 subscription"),
        ("1 times", "once"),
    ];
    if value.en != "1" {
        return phrase;
    }
    let found = ONES.iter().find(|(many, _)| phrase.contains(many));
    found.map_or(phrase.clone(), |(many, one)| phrase.replacen(many, one, 1))
}

/// The part of a phrase that says the value, without the comparison.
fn clause_of_value(phrase: &str) -> &str {
    let mut clauses = phrase.split([',', ';', ':', '，', '；', '：']);
    let clause = clauses.find(|clause| clause.contains("{value}"));
    clause.unwrap_or(phrase).trim()
}

/// A column of the user's own table: its name, the value, what is usual.
fn own_column(name: &str, reason: &Reason) -> (String, String) {
    let value = |missing: &str| match &reason.value {
        Value::Number(v) => short(*v),
        Value::Level(level) => level.clone(),
        Value::Missing => missing.to_owned(),
    };
    let usual = match &reason.typical {
        Typical::Number { median, .. } => Some(short(*median)),
        Typical::Level(level) => Some(level.clone()),
        Typical::Nothing => None,
    };
    let (en, zh) = (value("missing"), value("空"));
    match usual {
        Some(usual) if usual == en && reason.value != Value::Missing => (
            format!("{name} is {en}, {USUAL_EN}"),
            format!("{name} 为 {zh}，{USUAL_ZH}"),
        ),
        Some(usual) => (
            format!("{name} is {en} (usual: {usual})"),
            format!("{name} 为 {zh}（通常为 {usual}）"),
        ),
        None => (format!("{name} is {en}"), format!("{name} 为 {zh}")),
    }
}

/// The plain rule's reason: the one column it looks at.
pub(crate) fn rule_reason(column: &str, specs: &[FeatureSpec]) -> Said {
    match specs.iter().find(|spec| spec.name == column) {
        Some(spec) if spec.name == RHYTHM => Said {
            en: "silence against the customer's own rhythm".to_owned(),
            zh: "沉默时间与其自身节奏相比".to_owned(),
        },
        Some(spec) => Said {
            en: format!("the plain rule looks at this alone: {}", spec.en),
            zh: format!("简单规则只看：{}", spec.zh),
        },
        None => Said {
            en: format!("the plain rule looks at {column} alone"),
            zh: format!("简单规则只看 {column}"),
        },
    }
}

/// A number as a reason prints it.
fn printed(value: f64, unit: Unit, currency: &str) -> Said {
    let both = |text: String| Said {
        zh: text.clone(),
        en: text,
    };
    let money = |pages| perennial_web::format::money(value, Some(currency), pages);
    match unit {
        Unit::Money => Said {
            en: money(perennial_web::Language::En),
            zh: money(perennial_web::Language::Zh),
        },
        Unit::Share => Said {
            en: format!("{:.0} %", value * 100.0),
            zh: format!("{:.0}%", value * 100.0),
        },
        _ => both(short(value)),
    }
}

/// Three digits that matter, no exponent.
fn short(value: f64) -> String {
    let size = value.abs();
    let text = if size >= 100.0 || value.fract() == 0.0 {
        format!("{value:.0}")
    } else if size >= 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    };
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// What says that a customer is lost already.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum LostBy {
    /// A silence of more than so many days.
    Silence { days: f64 },
    /// No contract runs.
    Contract,
    /// The label.
    Label,
}

/// What a decision is explained from.
pub(crate) struct Case<'a> {
    pub offer: Option<&'a Offer>,
    pub held_out: bool,
    /// What says that they are lost already, where they are.
    pub lost_already: Option<LostBy>,
    pub value_known: bool,
    pub churn_probability: f64,
    pub margin_per_year: f64,
    pub net: Option<f64>,
    /// How far ahead the probability looks, where that is known.
    pub horizon_days: Option<f64>,
    pub currency: &'a str,
}

/// That nothing is offered to whoever is lost already.
fn lost_already(by: LostBy) -> Said {
    match by {
        LostBy::Silence { days } => Said {
            en: format!("no offer: lost already, silent for longer than {days:.0} days"),
            zh: format!("不给优惠：已沉默超过 {days:.0} 天，视为已经流失"),
        },
        LostBy::Contract => Said {
            en: "no offer: lost already, no contract runs".to_owned(),
            zh: "不给优惠：已无有效合约，视为已经流失".to_owned(),
        },
        LostBy::Label => Said {
            en: "no offer: lost already, as the label says".to_owned(),
            zh: "不给优惠：标签表明已经流失".to_owned(),
        },
    }
}

/// Why a customer gets an offer, or none.
pub(crate) fn why_decided(case: &Case<'_>) -> Said {
    if let Some(by) = case.lost_already {
        return lost_already(by);
    }
    if !case.value_known {
        return Said {
            en: "no offer: the value or the churn probability is not known".to_owned(),
            zh: "不给优惠：价值或流失概率未知".to_owned(),
        };
    }
    let churn = printed(case.churn_probability, Unit::Share, case.currency);
    let (within_en, within_zh) = match case.horizon_days {
        Some(days) => (
            format!(" within {days:.0} days"),
            format!("（{days:.0} 天内）"),
        ),
        None => (String::new(), " ".to_owned()),
    };
    let money = |value: f64| printed(value, Unit::Money, case.currency);
    let worth = money(case.margin_per_year);
    let Some(offer) = case.offer else {
        return Said {
            en: format!(
                "no offer pays: leaves with a probability of {}{within_en}, worth {} a year at margin",
                churn.en, worth.en
            ),
            zh: format!(
                "没有划算的优惠：流失概率{within_zh}{}，年毛利 {}",
                churn.zh, worth.zh
            ),
        };
    };
    let effect = offer.assumed_effect.get() * 100.0;
    let lasts = offer.effect_lasts.as_days();
    let cost = money(offer.cost_per_use.get());
    let net = money(case.net.unwrap_or(0.0));
    let held = |en: &str, zh: &str| {
        if case.held_out {
            (en.to_owned(), zh.to_owned())
        } else {
            (String::new(), String::new())
        }
    };
    let (held_en, held_zh) = held(
        "left alone to measure the effect; would get: ",
        "为衡量效果而留作对照，否则会给予：",
    );
    Said {
        en: format!(
            "{held_en}leaves with a probability of {}{within_en}, worth {} a year at margin; `{}` keeps {effect:.0} % of leavers for {lasts:.0} days (assumed, not measured) and costs {}: expected net {}",
            churn.en, worth.en, offer.name, cost.en, net.en
        ),
        zh: format!(
            "{held_zh}流失概率{within_zh}{}，年毛利 {}；“{}”假定（未实测）能留住 {effect:.0}% 的流失者，效果持续 {lasts:.0} 天，成本 {}：预期净收益 {}",
            churn.zh, worth.zh, offer.name, cost.zh, net.zh
        ),
    }
}

#[cfg(test)]
mod tests {
    use perennial_history::{
        EventNames, PlanNames, event_features, order_line_features, subscription_features,
    };
    use perennial_learn::explain::Direction;

    use super::*;

    #[test]
    fn numbers_are_short_and_plain() {
        assert_eq!(short(1234.4), "1234");
        assert_eq!(short(12.34), "12.3");
        assert_eq!(short(2.0), "2");
        assert_eq!(short(0.456), "0.46");
        assert_eq!(short(100.0), "100");
        let share = printed(0.25, Unit::Share, "GBP");
        assert_eq!((share.en.as_str(), share.zh.as_str()), ("25 %", "25%"));
        let money = printed(3_096.0, Unit::Money, "USD");
        assert_eq!(
            (money.en.as_str(), money.zh.as_str()),
            ("$3,096", "US$3,096")
        );
        let one = singular(&printed(1.0, Unit::Days, "USD"), "bought 1 days ago".into());
        assert_eq!(one, "bought 1 day ago");
    }

    fn reason(column: usize, contribution: f64, value: Value, typical: Typical) -> Reason {
        Reason {
            column,
            contribution,
            value,
            typical,
            direction: if contribution > 0.0 {
                Direction::Raises
            } else {
                Direction::Lowers
            },
        }
    }

    #[test]
    fn a_value_that_is_the_usual_one_is_not_more_or_less() {
        let names = EventNames::new(vec!["buy".to_owned()], &[]);
        let plans = PlanNames::new(vec!["family".to_owned()]);
        let specs = [
            order_line_features().to_vec(),
            event_features(&names),
            subscription_features(&plans),
        ]
        .concat();
        for spec in &specs {
            let usual = Typical::Number {
                mean: 3.0,
                median: 3.0,
            };
            let found = [reason(0, 1.0, Value::Number(3.0), usual)];
            let said = reasons(&found, &[&spec.name], &specs, "GBP");
            assert!(said.en.ends_with(", like many others"), "{}", said.en);
            assert!(said.zh.ends_with("，与多数客户相同"), "{}", said.zh);
            assert!(
                !said.en.contains("typical") && said.en.contains('3'),
                "{}",
                said.en
            );
            assert!(
                !said.en.contains("than") && !said.zh.contains("一般顾客"),
                "{}",
                said.en
            );
        }
    }

    #[test]
    fn the_same_is_said_once() {
        let missing = |column, part| reason(column, part, Value::Missing, Typical::Nothing);
        let names = ["gap_mean_days", "silence_ratio"];
        let specs = order_line_features();
        let said = reasons(&[missing(0, 0.5), missing(1, -0.2)], &names, specs, "GBP");
        assert_eq!(said.en, "has bought on one day only");
        assert_eq!(said.zh, "只在一天里买过");
        let said = reasons(&[missing(0, -0.5), missing(1, 0.2)], &names, specs, "GBP");
        assert_eq!(said.en, "has bought on one day only (speaks for staying)");
    }

    #[test]
    fn the_usual_level_is_not_named_twice() {
        let level = |own: &str| {
            let usual = Typical::Level("basic".to_owned());
            let found = [reason(0, 0.4, Value::Level(own.to_owned()), usual)];
            reasons(&found, &["plan"], &[], "EUR")
        };
        assert_eq!(level("basic").en, "plan is basic, like many others");
        assert_eq!(level("basic").zh, "plan 为 basic，与多数客户相同");
        assert_eq!(level("gold").en, "plan is gold (usual: basic)");
    }

    #[test]
    fn whoever_is_lost_already_gets_no_offer_and_is_told_so() {
        let case = |lost_already: Option<LostBy>| Case {
            offer: None,
            held_out: false,
            lost_already,
            value_known: true,
            churn_probability: 0.9,
            margin_per_year: 100.0,
            net: None,
            horizon_days: None,
            currency: "EUR",
        };
        for (by, how) in [
            (
                LostBy::Silence { days: 60.0 },
                "silent for longer than 60 days",
            ),
            (LostBy::Contract, "no contract runs"),
            (LostBy::Label, "as the label says"),
        ] {
            let said = why_decided(&case(Some(by)));
            assert!(
                said.en.contains("lost already") && said.en.ends_with(how),
                "{said:?}"
            );
            assert!(said.zh.contains("已经流失"), "{said:?}");
        }
        assert!(why_decided(&case(None)).en.starts_with("no offer pays"));
        assert!(why_decided(&case(None)).zh.contains("流失概率 90%，"));
    }
}
