//! The catalogue of features over events, in the order of their columns.
//!
//! Words such as *active event* are defined at the top of the crate. A window of *w* days is
//! `[as_of - w * 24 hours, as_of)`. "Typical" is what is usual among the customers of the same as-of
//! moment; where the own rhythm is meant, the phrase says so.

use std::borrow::Cow;
use std::collections::HashSet;

use super::FeatureKind::{Count, Number};
use super::named::features_of_event;
use super::{FeatureSpec, Unit, always, or_missing, spec};
use crate::events::EventNames;

/// The features of [`crate::EventFold`], in the order of its columns: those that all events have, then
/// for each name that is told apart its count, its counts in 7 and 30 days and its recency, in columns
/// named after it: `pv_total`, `pv_7d`, `pv_30d`, `pv_recency_days`.
///
/// None is missing (NaN) unless its description says when.
pub fn event_features(names: &EventNames) -> Vec<FeatureSpec> {
    let mut specs = EVENT_FEATURES.to_vec();
    let mut taken: HashSet<Cow<'static, str>> = specs.iter().map(|s| s.name.clone()).collect();
    for name in names.names() {
        let entries = features_of_event(name, &taken);
        taken.extend(entries.iter().map(|spec| spec.name.clone()));
        specs.extend(entries);
    }
    specs
}

#[rustfmt::skip] // one phrase a line reads better than what the formatter makes of long strings
static EVENT_FEATURES: &[FeatureSpec] = &[
    spec(
        "recency_days", Unit::Days, Number,
        [
            "days of 24 hours from the last active event to the as-of moment",
            "从最后一次活跃事件到统计时点的天数（每天按 24 小时计）",
        ],
        always(
            "has not been active for {value} days; {typical} is typical",
            "was active {value} days ago, more recently than the typical {typical}",
        ),
        always(
            "已经 {value} 天没有活跃，一般顾客约 {typical} 天",
            "{value} 天前刚活跃过，一般顾客约 {typical} 天",
        ),
    ),
    spec(
        "tenure_days", Unit::Days, Number,
        [
            "days of 24 hours from the first active event to the as-of moment",
            "从第一次活跃事件到统计时点的天数（每天按 24 小时计）",
        ],
        always(
            "known for {value} days, longer than the typical {typical}",
            "known for only {value} days; {typical} is typical",
        ),
        always(
            "首次活跃距今 {value} 天，比一般顾客的 {typical} 天更久",
            "首次活跃距今才 {value} 天，一般顾客约 {typical} 天",
        ),
    ),
    spec(
        "events_total", Unit::Events, Count,
        [
            "events of any name before the as-of moment",
            "统计时点之前的事件总数（不分名称）",
        ],
        always(
            "{value} events in all, more than the typical {typical}",
            "only {value} events in all; {typical} is typical",
        ),
        always(
            "累计 {value} 次事件，多于一般顾客的 {typical} 次",
            "累计只有 {value} 次事件，一般顾客约 {typical} 次",
        ),
    ),
    spec(
        "events_1d", Unit::Events, Count,
        [
            "events of any name in the 24 hours before the as-of moment",
            "最近 24 小时的事件数（不分名称）",
        ],
        always(
            "{value} events in the last 24 hours, more than the typical {typical}",
            "only {value} events in the last 24 hours; {typical} is typical",
        ),
        always(
            "最近 24 小时有 {value} 次事件，多于一般顾客的 {typical} 次",
            "最近 24 小时只有 {value} 次事件，一般顾客约 {typical} 次",
        ),
    ),
    spec(
        "events_7d", Unit::Events, Count,
        [
            "events of any name in the 7 days before the as-of moment",
            "最近 7 天的事件数（不分名称）",
        ],
        always(
            "{value} events in the last 7 days, more than the typical {typical}",
            "only {value} events in the last 7 days; {typical} is typical",
        ),
        always(
            "最近 7 天有 {value} 次事件，多于一般顾客的 {typical} 次",
            "最近 7 天只有 {value} 次事件，一般顾客约 {typical} 次",
        ),
    ),
    spec(
        "events_30d", Unit::Events, Count,
        [
            "events of any name in the 30 days before the as-of moment",
            "最近 30 天的事件数（不分名称）",
        ],
        always(
            "{value} events in the last 30 days, more than the typical {typical}",
            "only {value} events in the last 30 days; {typical} is typical",
        ),
        always(
            "最近 30 天有 {value} 次事件，多于一般顾客的 {typical} 次",
            "最近 30 天只有 {value} 次事件，一般顾客约 {typical} 次",
        ),
    ),
    spec(
        "events_90d", Unit::Events, Count,
        [
            "events of any name in the 90 days before the as-of moment",
            "最近 90 天的事件数（不分名称）",
        ],
        always(
            "{value} events in the last 90 days, more than the typical {typical}",
            "only {value} events in the last 90 days; {typical} is typical",
        ),
        always(
            "最近 90 天有 {value} 次事件，多于一般顾客的 {typical} 次",
            "最近 90 天只有 {value} 次事件，一般顾客约 {typical} 次",
        ),
    ),
    spec(
        "active_days_total", Unit::Days, Count,
        [
            "local calendar days with at least one active event",
            "有活跃事件的日历天数（按商家当地时间）",
        ],
        always(
            "was active on {value} different days, more than the typical {typical}",
            "was active on only {value} different days; {typical} is typical",
        ),
        always(
            "共在 {value} 个日子里活跃过，多于一般顾客的 {typical} 个",
            "只在 {value} 个日子里活跃过，一般顾客约 {typical} 个",
        ),
    ),
    spec(
        "active_days_7d", Unit::Days, Count,
        [
            "local calendar days with an active event among the last 7, counted to the local day of the last microsecond before the as-of moment",
            "最近 7 个日历日中有活跃事件的天数，算到统计时点前最后一微秒所在的当地日期",
        ],
        always(
            "active on {value} of the last 7 days, more than the typical {typical}",
            "active on only {value} of the last 7 days; {typical} is typical",
        ),
        always(
            "最近 7 天里有 {value} 天活跃，多于一般顾客的 {typical} 天",
            "最近 7 天里只有 {value} 天活跃，一般顾客约 {typical} 天",
        ),
    ),
    spec(
        "active_days_30d", Unit::Days, Count,
        [
            "local calendar days with an active event among the last 30, counted to the local day of the last microsecond before the as-of moment",
            "最近 30 个日历日中有活跃事件的天数，算到统计时点前最后一微秒所在的当地日期",
        ],
        always(
            "active on {value} of the last 30 days, more than the typical {typical}",
            "active on only {value} of the last 30 days; {typical} is typical",
        ),
        always(
            "最近 30 天里有 {value} 天活跃，多于一般顾客的 {typical} 天",
            "最近 30 天里只有 {value} 天活跃，一般顾客约 {typical} 天",
        ),
    ),
    spec(
        "gap_mean_days", Unit::Days, Number,
        [
            "mean number of days from one active day to the next; missing below two active days",
            "相邻两个活跃日之间的平均天数；活跃日不足两个时缺失",
        ],
        or_missing(
            "is usually active every {value} days, less often than the typical {typical}",
            "is usually active every {value} days, more often than the typical {typical}",
            "was active on one day only",
        ),
        or_missing(
            "平时约 {value} 天活跃一次，比一般顾客的 {typical} 天一次更疏",
            "平时约 {value} 天活跃一次，比一般顾客的 {typical} 天一次更勤",
            "只在一天里活跃过",
        ),
    ),
    spec(
        "gap_std_days", Unit::Days, Number,
        [
            "sample standard deviation of the days between active days; missing below three active days",
            "活跃间隔天数的样本标准差；活跃日不足三个时缺失",
        ],
        or_missing(
            "is active irregularly: the gaps vary by {value} days, typically by {typical}",
            "is active regularly: the gaps vary by only {value} days, typically by {typical}",
            "was active on fewer than three days",
        ),
        or_missing(
            "活跃不太规律，间隔上下相差约 {value} 天，一般顾客约 {typical} 天",
            "活跃很有规律，间隔上下只差约 {value} 天，一般顾客约 {typical} 天",
            "活跃天数不足三天，还看不出节奏",
        ),
    ),
    spec(
        "silence_ratio", Unit::Ratio, Number,
        [
            "days since the last active day over this customer's own mean gap, counted to the local day of the last microsecond before the as-of moment; missing below two active days",
            "距最后一个活跃日的天数与本人平均活跃间隔之比，算到统计时点前最后一微秒所在的当地日期；活跃日不足两个时缺失",
        ],
        or_missing(
            "silent for {value} times the own usual gap; {typical} is typical",
            "silent for only {value} times the own usual gap; {typical} is typical",
            "was active on one day only",
        ),
        or_missing(
            "沉默时间已是本人平时活跃间隔的 {value} 倍，一般顾客约 {typical} 倍",
            "沉默时间只有本人平时活跃间隔的 {value} 倍，一般顾客约 {typical} 倍",
            "只在一天里活跃过",
        ),
    ),
    spec(
        "silence_z", Unit::Deviations, Number,
        [
            "days since the last active day less the own mean gap, in standard deviations of the own gaps; missing where that deviation is missing or zero",
            "距最后一个活跃日的天数减去本人平均间隔，再除以本人间隔的标准差；标准差缺失或为零时缺失",
        ],
        or_missing(
            "the silence is {value} standard deviations from the own usual gap; {typical} is typical",
            "the silence is {value} standard deviations from the own usual gap, less than the typical {typical}",
            "has too few or too equal gaps to measure the own rhythm",
        ),
        or_missing(
            "沉默与本人平时间隔相差 {value} 个标准差，一般顾客约 {typical} 个",
            "沉默与本人平时间隔相差 {value} 个标准差，低于一般顾客的 {typical} 个",
            "活跃间隔太少或完全相同，量不出波动",
        ),
    ),
    spec(
        "sessions_total", Unit::Sessions, Count,
        [
            "sessions before the as-of moment; a session ends after 30 minutes without an event",
            "统计时点之前的访问次数；30 分钟没有事件即算一次访问结束",
        ],
        always(
            "has come {value} times in all, more than the typical {typical}",
            "has come only {value} times in all; {typical} is typical",
        ),
        always(
            "累计访问 {value} 次，多于一般顾客的 {typical} 次",
            "累计只访问过 {value} 次，一般顾客约 {typical} 次",
        ),
    ),
    spec(
        "sessions_7d", Unit::Sessions, Count,
        [
            "sessions that began in the 7 days before the as-of moment; a session ends after 30 minutes without an event",
            "最近 7 天开始的访问次数；30 分钟没有事件即算一次访问结束",
        ],
        always(
            "came {value} times in the last 7 days, more than the typical {typical}",
            "came only {value} times in the last 7 days; {typical} is typical",
        ),
        always(
            "最近 7 天访问 {value} 次，多于一般顾客的 {typical} 次",
            "最近 7 天只访问了 {value} 次，一般顾客约 {typical} 次",
        ),
    ),
    spec(
        "events_per_session", Unit::Events, Number,
        [
            "events of any name per session",
            "平均每次访问的事件数（不分名称）",
        ],
        always(
            "{value} events a session, more than the typical {typical}",
            "only {value} events a session; {typical} is typical",
        ),
        always(
            "平均每次访问有 {value} 次事件，多于一般顾客的 {typical} 次",
            "平均每次访问只有 {value} 次事件，一般顾客约 {typical} 次",
        ),
    ),
    spec(
        "session_minutes_mean", Unit::Minutes, Number,
        [
            "mean number of minutes from the first to the last event of a session",
            "平均每次访问的分钟数（从首个事件到最后一个事件）",
        ],
        always(
            "stays {value} minutes a session, longer than the typical {typical}",
            "stays only {value} minutes a session; {typical} is typical",
        ),
        always(
            "平均每次访问停留 {value} 分钟，比一般顾客的 {typical} 分钟更长",
            "平均每次访问只停留 {value} 分钟，一般顾客约 {typical} 分钟",
        ),
    ),
    spec(
        "items_total", Unit::Items, Count,
        [
            "different known items that events happened to",
            "事件涉及过的不同对象种数（未知对象不计）",
        ],
        always(
            "has looked at {value} different items, more than the typical {typical}",
            "has looked at only {value} different items; {typical} is typical",
        ),
        always(
            "接触过 {value} 种不同对象，多于一般顾客的 {typical} 种",
            "只接触过 {value} 种对象，一般顾客约 {typical} 种",
        ),
    ),
    spec(
        "item_variety", Unit::Share, Number,
        [
            "different known items over events with a known item: 1 = never the same item twice; missing without such an event",
            "不同对象种数与已知对象的事件数之比：1 表示从不重复；没有此类事件时缺失",
        ],
        or_missing(
            "seldom returns to an item: {value} of the events are about new ones, typically {typical}",
            "often returns to the same items: only {value} of the events are about new ones, typically {typical}",
            "has no event with a known item",
        ),
        or_missing(
            "很少重复接触同一对象，新对象占 {value}，一般顾客约 {typical}",
            "常常重复接触同样的对象，新对象只占 {value}，一般顾客约 {typical}",
            "没有一次事件知道涉及的对象",
        ),
    ),
    spec(
        "hour_mean", Unit::Hour, Number,
        [
            "mean local hour (0 to 23) of the events",
            "事件时刻的平均小时数（商家当地时间，0 至 23）",
        ],
        always(
            "comes at about {value} hours, later in the day than others; {typical} is typical",
            "comes at about {value} hours, earlier in the day than others; {typical} is typical",
        ),
        always(
            "平均在 {value} 点左右来访，时间偏晚，一般顾客约 {typical} 点",
            "平均在 {value} 点左右来访，时间偏早，一般顾客约 {typical} 点",
        ),
    ),
    spec(
        "weekend_share", Unit::Share, Number,
        [
            "share of the events on a local Saturday or Sunday",
            "周六、周日的事件所占比例（商家当地时间）",
        ],
        always(
            "{value} of the events are at the weekend; {typical} is typical",
            "only {value} of the events are at the weekend; {typical} is typical",
        ),
        always(
            "周末的事件占 {value}，一般顾客约 {typical}",
            "周末的事件只占 {value}，一般顾客约 {typical}",
        ),
    ),
    spec(
        "trend_7d", Unit::Ratio, Number,
        [
            "(events in the last 7 days + 1) / (events in the 7 days before those + 1)",
            "（最近 7 天事件数 + 1）÷（再往前 7 天事件数 + 1）",
        ],
        always(
            "events are {value} times those of the 7 days before; {typical} is typical",
            "events are only {value} times those of the 7 days before; {typical} is typical",
        ),
        always(
            "最近 7 天的事件是再往前 7 天的 {value} 倍，一般顾客约 {typical} 倍",
            "最近 7 天的事件只有再往前 7 天的 {value} 倍，一般顾客约 {typical} 倍",
        ),
    ),
    spec(
        "trend_30d", Unit::Ratio, Number,
        [
            "(events in the last 30 days + 1) / (events in the 30 days before those + 1)",
            "（最近 30 天事件数 + 1）÷（再往前 30 天事件数 + 1）",
        ],
        always(
            "events are {value} times those of the 30 days before; {typical} is typical",
            "events are only {value} times those of the 30 days before; {typical} is typical",
        ),
        always(
            "最近 30 天的事件是再往前 30 天的 {value} 倍，一般顾客约 {typical} 倍",
            "最近 30 天的事件只有再往前 30 天的 {value} 倍，一般顾客约 {typical} 倍",
        ),
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The columns after the fixed ones.
    fn named_columns(names: &[&str]) -> Vec<String> {
        let names = EventNames::new(names.iter().map(|&n| n.to_owned()).collect(), &[]);
        event_features(&names)[EVENT_FEATURES.len()..]
            .iter()
            .map(|spec| spec.name.clone().into_owned())
            .collect()
    }

    /// The slugs that names get, read off their `_total` columns.
    fn slugs(names: &[&str]) -> Vec<String> {
        named_columns(names)
            .iter()
            .filter_map(|column| column.strip_suffix("_total").map(str::to_owned))
            .collect()
    }

    #[test]
    fn a_name_has_four_columns() {
        assert!(named_columns(&[]).is_empty());
        assert_eq!(
            named_columns(&["pv"]),
            ["pv_total", "pv_7d", "pv_30d", "pv_recency_days"]
        );
    }

    #[test]
    fn slugs_are_small_letters_and_digits() {
        assert_eq!(
            slugs(&["Add to  Cart!", "page.view#2", "加购", "--", "Über", ""]),
            [
                "add_to_cart",
                "page_view_2",
                "加购",
                "event",
                "über",
                "event_2"
            ]
        );
    }

    #[test]
    fn slugs_that_are_taken_get_a_number() {
        // "events", "sessions", "items" and "active days" would give columns that are there already.
        assert_eq!(
            slugs(&[
                "Buy",
                "buy",
                "buy 2",
                "BUY",
                "events",
                "sessions",
                "items",
                "active-days"
            ]),
            [
                "buy",
                "buy_2",
                "buy_2_2",
                "buy_3",
                "events_2",
                "sessions_2",
                "items_2",
                "active_days_2"
            ]
        );
        // One column that is taken is enough: `trend_7d`, `trend_30d`.
        assert_eq!(slugs(&["trend"]), ["trend_2"]);
    }

    #[test]
    fn braces_of_a_name_are_not_filled_in() {
        let names = EventNames::new(vec!["a{value}\n".to_owned()], &[]);
        let specs = event_features(&names);
        let phrase = &specs[EVENT_FEATURES.len()].reason_en.higher;
        assert_eq!(
            crate::fill(phrase, "7", "3"),
            "7 \"a(value)\" events in all, more than the typical 3"
        );
    }
}
