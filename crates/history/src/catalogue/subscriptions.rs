//! The catalogue of features over subscriptions, in the order of their columns.
//!
//! Words such as *open*, *coverage* and *grace* are defined at the top of the crate. What is said of a
//! moment is said of the as-of moment and by what is known at it: an end that lies before it. "Typical"
//! is what is usual among the customers of the same as-of moment.

use std::borrow::Cow;
use std::collections::HashSet;

use super::FeatureKind::{Count, Number};
use super::named::feature_of_plan;
use super::{FeatureSpec, Unit, always, or_missing, spec};
use crate::subscriptions::PlanNames;

/// The features of [`crate::SubscriptionFold`], in the order of its columns: those that all
/// subscriptions have, then for each plan that is told apart how many of it are open, in a column named
/// after it: `gold_open`.
///
/// None is missing (NaN) unless its description says when.
pub fn subscription_features(plans: &PlanNames) -> Vec<FeatureSpec> {
    let mut specs = SUBSCRIPTION_FEATURES.to_vec();
    let mut taken: HashSet<Cow<'static, str>> = specs.iter().map(|s| s.name.clone()).collect();
    for plan in plans.names() {
        let entry = feature_of_plan(plan, &taken);
        taken.insert(entry.name.clone());
        specs.push(entry);
    }
    specs
}

#[rustfmt::skip] // one phrase a line reads better than what the formatter makes of long strings
static SUBSCRIPTION_FEATURES: &[FeatureSpec] = &[
    spec(
        "tenure_days", Unit::Days, Number,
        [
            "days of 24 hours from the first start to the as-of moment",
            "从第一份合同开始到统计时点的天数（每天按 24 小时计）",
        ],
        always(
            "a customer for {value} days, longer than the typical {typical}",
            "a customer for only {value} days; {typical} is typical",
        ),
        always(
            "首份合同开始距今 {value} 天，比一般顾客的 {typical} 天更久",
            "首份合同开始距今才 {value} 天，一般顾客约 {typical} 天",
        ),
    ),
    spec(
        "days_since_start", Unit::Days, Number,
        [
            "days of 24 hours from the latest start to the as-of moment",
            "从最近一份合同开始到统计时点的天数（每天按 24 小时计）",
        ],
        always(
            "last signed or renewed {value} days ago; {typical} is typical",
            "signed or renewed {value} days ago, more recently than the typical {typical}",
        ),
        always(
            "已经 {value} 天没有新签或续约，一般顾客约 {typical} 天",
            "{value} 天前刚新签或续约，一般顾客约 {typical} 天",
        ),
    ),
    spec(
        "open_subscriptions", Unit::Subscriptions, Count,
        [
            "subscriptions that are open at the as-of moment: begun before it and not ended before it; 0 for a customer who has left",
            "统计时点有效的合同份数：此前已开始且尚未结束；已离开的顾客为 0",
        ],
        always(
            "has {value} open subscriptions, more than the typical {typical}",
            "has only {value} open subscriptions; {typical} is typical",
        ),
        always(
            "有 {value} 份有效合同，多于一般顾客的 {typical} 份",
            "只有 {value} 份有效合同，一般顾客约 {typical} 份",
        ),
    ),
    spec(
        "subscriptions_total", Unit::Subscriptions, Count,
        [
            "subscriptions begun before the as-of moment, each counted once",
            "统计时点之前开始的合同总份数，每份只计一次",
        ],
        always(
            "{value} subscriptions in all, more than the typical {typical}",
            "only {value} subscriptions in all; {typical} is typical",
        ),
        always(
            "累计 {value} 份合同，多于一般顾客的 {typical} 份",
            "累计只有 {value} 份合同，一般顾客约 {typical} 份",
        ),
    ),
    spec(
        "ended_total", Unit::Subscriptions, Count,
        [
            "subscriptions that ended before the as-of moment, renewed or not",
            "统计时点之前结束的合同份数，不论是否续约",
        ],
        always(
            "{value} subscriptions have ended so far, more than the typical {typical}",
            "only {value} subscriptions have ended so far; {typical} is typical",
        ),
        always(
            "已有 {value} 份合同结束，多于一般顾客的 {typical} 份",
            "只有 {value} 份合同结束过，一般顾客约 {typical} 份",
        ),
    ),
    spec(
        "days_since_end", Unit::Days, Number,
        [
            "days of 24 hours from the latest end of a subscription to the as-of moment; missing where none has ended",
            "从最近一次合同结束到统计时点的天数（每天按 24 小时计）；没有合同结束过时缺失",
        ],
        or_missing(
            "the latest end of a subscription was {value} days ago, longer than the typical {typical}",
            "a subscription ended {value} days ago, more recently than the typical {typical}",
            "no subscription has ended so far",
        ),
        or_missing(
            "最近一次合同结束距今 {value} 天，比一般顾客的 {typical} 天更久",
            "{value} 天前刚有合同结束，一般顾客约 {typical} 天",
            "还没有合同结束过",
        ),
    ),
    spec(
        "days_left", Unit::Days, Number,
        [
            "days of 24 hours from the as-of moment to the nearest due moment (planned end of the term) of the open subscriptions; negative where it has passed; missing where none is open or has one",
            "从统计时点到有效合同中最近的到期时点的天数（每天按 24 小时计）；已过期为负；没有有效合同或没有到期时点时缺失",
        ],
        or_missing(
            "the term ends in {value} days, later than the typical {typical}",
            "the term ends in {value} days, sooner than the typical {typical}",
            "no open subscription has a planned end",
        ),
        or_missing(
            "距合同到期 {value} 天，晚于一般顾客的 {typical} 天",
            "距合同到期 {value} 天，早于一般顾客的 {typical} 天",
            "没有约定到期日的有效合同",
        ),
    ),
    spec(
        "term_days", Unit::Days, Number,
        [
            "days of 24 hours from the start to the due moment of the open subscription that is due next; missing where none is open or has one; of several due at one moment the longest term",
            "最近到期的有效合同从开始到到期的天数（每天按 24 小时计）；没有有效合同或没有到期时点时缺失；同时到期的取最长者",
        ],
        or_missing(
            "signed for {value} days, longer than the typical {typical}",
            "signed for only {value} days; {typical} is typical",
            "no open subscription has a fixed term",
        ),
        or_missing(
            "合同期 {value} 天，长于一般顾客的 {typical} 天",
            "合同期只有 {value} 天，一般顾客约 {typical} 天",
            "没有固定期限的有效合同",
        ),
    ),
    spec(
        "price", Unit::Money, Number,
        [
            "price of one period of all open subscriptions, those without a known price left out; missing where none is known",
            "所有有效合同每期价格之和，价格未知的不计；全部未知时缺失",
        ],
        or_missing(
            "pays {value} a period, more than the typical {typical}",
            "pays only {value} a period; {typical} is typical",
            "no price of an open subscription is known",
        ),
        or_missing(
            "每期支付 {value}，高于一般顾客的 {typical}",
            "每期只付 {value}，一般顾客约 {typical}",
            "有效合同的价格未知",
        ),
    ),
    spec(
        "price_change", Unit::Ratio, Number,
        [
            "price of one period of the open subscriptions over that of those open just before the latest start (after a pause within the grace: of those open last); missing at a first start, after a return, or where not both are known and the earlier one above 0",
            "有效合同每期价格与最近一次开始之前有效合同的每期价格之比（宽限期内中断的，取中断前的）；首次签约、中断后重新签约，或两者未全部可知、之前价格不大于 0 时缺失",
        ],
        or_missing(
            "the latest renewal changed the price by a factor of {value}, higher than the typical {typical}",
            "the latest renewal changed the price by a factor of {value}, lower than the typical {typical}",
            "no earlier price to compare with",
        ),
        or_missing(
            "最近一次续约后价格为之前的 {value} 倍，高于一般顾客的 {typical} 倍",
            "最近一次续约后价格为之前的 {value} 倍，低于一般顾客的 {typical} 倍",
            "没有可比较的之前价格",
        ),
    ),
    spec(
        "renewals_total", Unit::Occasions, Count,
        [
            "starts after the first that came while coverage lasted or no later than the grace after it ended; several subscriptions that begin at one moment are one start",
            "首次之后，在合同有效期间或结束后宽限期内开始的次数；同一时刻开始的多份合同算一次",
        ],
        always(
            "has renewed or added {value} times, more often than the typical {typical}",
            "has renewed or added only {value} times; {typical} is typical",
        ),
        always(
            "续约或加签过 {value} 次，多于一般顾客的 {typical} 次",
            "只续约或加签过 {value} 次，一般顾客约 {typical} 次",
        ),
    ),
    spec(
        "returns_total", Unit::Occasions, Count,
        [
            "starts that came later than the grace after coverage had ended",
            "合同全部结束且超过宽限期之后重新开始的次数",
        ],
        always(
            "has left and come back {value} times, more often than the typical {typical}",
            "has left and come back {value} times; {typical} is typical",
        ),
        always(
            "离开后又回来过 {value} 次，多于一般顾客的 {typical} 次",
            "只在离开后回来过 {value} 次，一般顾客约 {typical} 次",
        ),
    ),
    spec(
        "plan_changes", Unit::Occasions, Count,
        [
            "starts after the first with a plan that was not open just before (after a pause: not among those open last); plans that are not told apart are one",
            "首次之后，以此前并未持有的方案开始的次数（中断后与中断前持有的方案比较）；未单独区分的方案视为同一种",
        ],
        always(
            "has taken another plan {value} times, more often than the typical {typical}",
            "has taken another plan {value} times; {typical} is typical",
        ),
        always(
            "更换或增加方案 {value} 次，多于一般顾客的 {typical} 次",
            "只更换或增加方案 {value} 次，一般顾客约 {typical} 次",
        ),
    ),
    spec(
        "covered_share", Unit::Share, Number,
        [
            "share of the time from the first start to the as-of moment in which at least one subscription ran; pauses within the grace are not covered",
            "从第一份合同开始到统计时点，至少有一份合同有效的时间占比；宽限期内的中断不算有效",
        ],
        always(
            "was covered for {value} of the time, more than the typical {typical}",
            "was covered for only {value} of the time; {typical} is typical",
        ),
        always(
            "合同有效时间占 {value}，高于一般顾客的 {typical}",
            "合同有效时间只占 {value}，一般顾客约 {typical}",
        ),
    ),
    spec(
        "longest_days", Unit::Days, Number,
        [
            "days of 24 hours of the longest coverage so far, from its start to its end or the as-of moment, with the pauses in it that are no longer than the grace",
            "迄今最长一段连续有效期的天数（每天按 24 小时计），从开始到结束或统计时点，含不超过宽限期的中断",
        ],
        always(
            "once stayed for {value} days on end, longer than the typical {typical}",
            "the longest stay on end is only {value} days; {typical} is typical",
        ),
        always(
            "最长连续有效 {value} 天，比一般顾客的 {typical} 天更久",
            "最长只连续有效 {value} 天，一般顾客约 {typical} 天",
        ),
    ),
    spec(
        "coverage_days", Unit::Days, Number,
        [
            "days of 24 hours since the present coverage began, with the pauses in it that are no longer than the grace; missing where no subscription is open",
            "本段连续有效期从开始到统计时点的天数（每天按 24 小时计），含不超过宽限期的中断；没有有效合同时缺失",
        ],
        or_missing(
            "has stayed for {value} days on end by now, longer than the typical {typical}",
            "has stayed for only {value} days on end by now; {typical} is typical",
            "has no open subscription",
        ),
        or_missing(
            "至今已连续有效 {value} 天，比一般顾客的 {typical} 天更久",
            "至今只连续有效 {value} 天，一般顾客约 {typical} 天",
            "没有有效合同",
        ),
    ),
    spec(
        "started_90d", Unit::Subscriptions, Count,
        [
            "subscriptions begun in the 90 days before the as-of moment",
            "最近 90 天开始的合同份数",
        ],
        always(
            "{value} subscriptions begun in the last 90 days, more than the typical {typical}",
            "only {value} subscriptions begun in the last 90 days; {typical} is typical",
        ),
        always(
            "最近 90 天开始了 {value} 份合同，多于一般顾客的 {typical} 份",
            "最近 90 天只开始了 {value} 份合同，一般顾客约 {typical} 份",
        ),
    ),
    spec(
        "ended_90d", Unit::Subscriptions, Count,
        [
            "subscriptions that ended in the 90 days before the as-of moment, renewed or not",
            "最近 90 天结束的合同份数，不论是否续约",
        ],
        always(
            "{value} subscriptions ended in the last 90 days, more than the typical {typical}",
            "only {value} subscriptions ended in the last 90 days; {typical} is typical",
        ),
        always(
            "最近 90 天结束了 {value} 份合同，多于一般顾客的 {typical} 份",
            "最近 90 天只结束了 {value} 份合同，一般顾客约 {typical} 份",
        ),
    ),
];
