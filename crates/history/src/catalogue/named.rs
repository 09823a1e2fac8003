//! The features that each name of the data has (of an event, of a plan), and the column names made of
//! it.

use std::borrow::Cow;
use std::collections::HashSet;

use super::FeatureKind::{Count, Number};
use super::{FeatureKind, FeatureSpec, Reasons, Unit};

/// What follows the name's part in the names of an event's columns, in their order.
const EVENT_ENDINGS: [&str; 4] = ["total", "7d", "30d", "recency_days"];
/// What follows it in the name of a plan's column.
const PLAN_ENDINGS: [&str; 1] = ["open"];

/// The entries of one event name, in the order of the columns. `taken` are the columns there are.
pub(super) fn features_of_event(
    name: &str,
    taken: &HashSet<Cow<'static, str>>,
) -> [FeatureSpec; 4] {
    let slug = slug_of(name, "event", &EVENT_ENDINGS, taken);
    let name = shown(name);
    [
        total(&name, format!("{slug}_total")),
        window(&name, format!("{slug}_7d"), 7),
        window(&name, format!("{slug}_30d"), 30),
        recency(&name, format!("{slug}_recency_days")),
    ]
}

/// The entry of one plan. `taken` are the columns there are.
pub(super) fn feature_of_plan(name: &str, taken: &HashSet<Cow<'static, str>>) -> FeatureSpec {
    let slug = slug_of(name, "plan", &PLAN_ENDINGS, taken);
    open(&shown(name), format!("{slug}_open"))
}

/// The name's part of its columns' names: small letters of any script and digits, all else one `_`;
/// `nameless` where nothing is left. A number is added where one of the columns is there already.
fn slug_of(
    name: &str,
    nameless: &str,
    endings: &[&str],
    taken: &HashSet<Cow<'static, str>>,
) -> String {
    let small = name.to_lowercase();
    let words: Vec<&str> = small
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let plain = if words.is_empty() {
        nameless.to_owned()
    } else {
        words.join("_")
    };
    let is_free = |slug: &str| {
        endings
            .iter()
            .all(|ending| !taken.contains(format!("{slug}_{ending}").as_str()))
    };
    let mut slug = plain.clone();
    let mut number = 2;
    while !is_free(&slug) {
        slug = format!("{plain}_{number}");
        number += 1;
    }
    slug
}

/// The name as phrases show it. Braces would be taken for a place to fill in.
fn shown(name: &str) -> String {
    let shown: String = name
        .trim()
        .chars()
        .map(|c| match c {
            '{' => '(',
            '}' => ')',
            c if c.is_control() => ' ',
            c => c,
        })
        .collect();
    if shown.is_empty() {
        "-".to_owned()
    } else {
        shown
    }
}

/// One entry whose texts carry a name: (higher, lower) phrases in English, then in Chinese.
fn named(
    column: String,
    (unit, kind): (Unit, FeatureKind),
    [en, zh]: [String; 2],
    reasons_en: [String; 2],
    reasons_zh: [String; 2],
) -> FeatureSpec {
    let reasons = |[higher, lower]: [String; 2]| Reasons {
        higher: higher.into(),
        lower: lower.into(),
        missing: None,
    };
    FeatureSpec {
        name: column.into(),
        unit,
        kind,
        en: en.into(),
        zh: zh.into(),
        reason_en: reasons(reasons_en),
        reason_zh: reasons(reasons_zh),
    }
}

fn total(name: &str, column: String) -> FeatureSpec {
    named(
        column,
        (Unit::Events, Count),
        [
            format!("\"{name}\" events before the as-of moment"),
            format!("统计时点之前“{name}”事件的总次数"),
        ],
        [
            format!("{{value}} \"{name}\" events in all, more than the typical {{typical}}"),
            format!("only {{value}} \"{name}\" events in all; {{typical}} is typical"),
        ],
        [
            format!("累计 {{value}} 次“{name}”，多于一般顾客的 {{typical}} 次"),
            format!("累计只有 {{value}} 次“{name}”，一般顾客约 {{typical}} 次"),
        ],
    )
}

fn window(name: &str, column: String, days: u32) -> FeatureSpec {
    named(
        column,
        (Unit::Events, Count),
        [
            format!("\"{name}\" events in the {days} days before the as-of moment"),
            format!("最近 {days} 天“{name}”事件的次数"),
        ],
        [
            format!(
                "{{value}} \"{name}\" events in the last {days} days, more than the typical {{typical}}"
            ),
            format!(
                "only {{value}} \"{name}\" events in the last {days} days; {{typical}} is typical"
            ),
        ],
        [
            format!("最近 {days} 天有 {{value}} 次“{name}”，多于一般顾客的 {{typical}} 次"),
            format!("最近 {days} 天只有 {{value}} 次“{name}”，一般顾客约 {{typical}} 次"),
        ],
    )
}

fn recency(name: &str, column: String) -> FeatureSpec {
    let mut spec = named(
        column,
        (Unit::Days, Number),
        [
            format!(
                "days of 24 hours from the last \"{name}\" event to the as-of moment; missing without one"
            ),
            format!("从最后一次“{name}”到统计时点的天数（每天按 24 小时计）；从未发生过时缺失"),
        ],
        [
            format!("no \"{name}\" event for {{value}} days; {{typical}} is typical"),
            format!(
                "the last \"{name}\" event was {{value}} days ago, more recent than the typical {{typical}}"
            ),
        ],
        [
            format!("已经 {{value}} 天没有“{name}”，一般顾客约 {{typical}} 天"),
            format!("{{value}} 天前刚有过“{name}”，一般顾客约 {{typical}} 天"),
        ],
    );
    spec.reason_en.missing = Some(format!("has never had a \"{name}\" event").into());
    spec.reason_zh.missing = Some(format!("从未有过“{name}”").into());
    spec
}

fn open(name: &str, column: String) -> FeatureSpec {
    named(
        column,
        (Unit::Subscriptions, Count),
        [
            format!("subscriptions to \"{name}\" that are open at the as-of moment"),
            format!("统计时点有效的“{name}”合同份数"),
        ],
        [
            format!(
                "has {{value}} open subscriptions to \"{name}\", more than the typical {{typical}}"
            ),
            format!("has {{value}} open subscriptions to \"{name}\"; {{typical}} is typical"),
        ],
        [
            format!("有 {{value}} 份有效的“{name}”合同，多于一般顾客的 {{typical}} 份"),
            format!("只有 {{value}} 份有效的“{name}”合同，一般顾客约 {{typical}} 份"),
        ],
    )
}
