//! The catalogue of features over order lines, in the order of their columns.
//!
//! Words such as *purchase line* are defined at the top of the crate. A window of *w* days is
//! `[as_of - w * 24 hours, as_of)`. Money and pieces are summed exactly. "Typical" is what is usual
//! among the customers of the same as-of moment; where the own rhythm is meant, the phrase says so.

use super::FeatureKind::{Count, Number};
use super::{FeatureSpec, Unit, always, or_missing, spec};

/// The features of [`crate::FeatureFold`], in the order of its columns and of the SQL twin's.
///
/// None is missing (NaN, in SQL null) unless its description says when.
pub fn order_line_features() -> &'static [FeatureSpec] {
    ORDER_LINE_FEATURES
}

#[rustfmt::skip] // one phrase a line reads better than what the formatter makes of long strings
static ORDER_LINE_FEATURES: &[FeatureSpec] = &[
    spec(
        "recency_days", Unit::Days, Number,
        [
            "days of 24 hours from the last purchase line to the as-of moment",
            "从最后一次购买到统计时点的天数（每天按 24 小时计）",
        ],
        always(
            "has not bought for {value} days; {typical} is typical",
            "bought {value} days ago, more recently than the typical {typical}",
        ),
        always(
            "已经 {value} 天没有购买，一般顾客约 {typical} 天",
            "{value} 天前刚买过，一般顾客约 {typical} 天",
        ),
    ),
    spec(
        "tenure_days", Unit::Days, Number,
        [
            "days of 24 hours from the first purchase line to the as-of moment",
            "从第一次购买到统计时点的天数（每天按 24 小时计）",
        ],
        always(
            "a customer for {value} days, longer than the typical {typical}",
            "a customer for only {value} days; {typical} is typical",
        ),
        always(
            "首次购买距今 {value} 天，比一般顾客的 {typical} 天更久",
            "首次购买距今才 {value} 天，一般顾客约 {typical} 天",
        ),
    ),
    spec(
        "orders_total", Unit::Orders, Count,
        [
            "orders before the as-of moment",
            "统计时点之前的订单总数",
        ],
        always(
            "has placed {value} orders in all, more than the typical {typical}",
            "has placed only {value} orders in all; {typical} is typical",
        ),
        always(
            "累计下过 {value} 单，多于一般顾客的 {typical} 单",
            "累计只下过 {value} 单，一般顾客约 {typical} 单",
        ),
    ),
    spec(
        "orders_30d", Unit::Orders, Count,
        [
            "orders in the 30 days before the as-of moment",
            "最近 30 天的订单数",
        ],
        always(
            "{value} orders in the last 30 days, more than the typical {typical}",
            "only {value} orders in the last 30 days; {typical} is typical",
        ),
        always(
            "最近 30 天下了 {value} 单，多于一般顾客的 {typical} 单",
            "最近 30 天只有 {value} 单，一般顾客约 {typical} 单",
        ),
    ),
    spec(
        "orders_90d", Unit::Orders, Count,
        [
            "orders in the 90 days before the as-of moment",
            "最近 90 天的订单数",
        ],
        always(
            "{value} orders in the last 90 days, more than the typical {typical}",
            "only {value} orders in the last 90 days; {typical} is typical",
        ),
        always(
            "最近 90 天下了 {value} 单，多于一般顾客的 {typical} 单",
            "最近 90 天只有 {value} 单，一般顾客约 {typical} 单",
        ),
    ),
    spec(
        "orders_365d", Unit::Orders, Count,
        [
            "orders in the 365 days before the as-of moment",
            "最近 365 天的订单数",
        ],
        always(
            "{value} orders in the last year, more than the typical {typical}",
            "only {value} orders in the last year; {typical} is typical",
        ),
        always(
            "最近一年下了 {value} 单，多于一般顾客的 {typical} 单",
            "最近一年只有 {value} 单，一般顾客约 {typical} 单",
        ),
    ),
    spec(
        "purchase_days_total", Unit::Days, Count,
        [
            "local calendar days with at least one purchase line",
            "有购买的日历天数（按商家当地时间）",
        ],
        always(
            "has bought on {value} different days, more than the typical {typical}",
            "has bought on only {value} different days; {typical} is typical",
        ),
        always(
            "共在 {value} 个日子里买过，多于一般顾客的 {typical} 个",
            "只在 {value} 个日子里买过，一般顾客约 {typical} 个",
        ),
    ),
    spec(
        "amount_total", Unit::Money, Number,
        [
            "money of all purchase lines less returns",
            "累计消费净额（已扣退货）",
        ],
        always(
            "has spent {value} in all, more than the typical {typical}",
            "has spent only {value} in all; {typical} is typical",
        ),
        always(
            "累计消费 {value}，高于一般顾客的 {typical}",
            "累计消费只有 {value}，一般顾客约 {typical}",
        ),
    ),
    spec(
        "amount_30d", Unit::Money, Number,
        [
            "money of purchase lines less returns in the 30 days before the as-of moment",
            "最近 30 天的消费净额（已扣退货）",
        ],
        always(
            "spent {value} in the last 30 days, more than the typical {typical}",
            "spent only {value} in the last 30 days; {typical} is typical",
        ),
        always(
            "最近 30 天消费 {value}，高于一般顾客的 {typical}",
            "最近 30 天只消费了 {value}，一般顾客约 {typical}",
        ),
    ),
    spec(
        "amount_90d", Unit::Money, Number,
        [
            "money of purchase lines less returns in the 90 days before the as-of moment",
            "最近 90 天的消费净额（已扣退货）",
        ],
        always(
            "spent {value} in the last 90 days, more than the typical {typical}",
            "spent only {value} in the last 90 days; {typical} is typical",
        ),
        always(
            "最近 90 天消费 {value}，高于一般顾客的 {typical}",
            "最近 90 天只消费了 {value}，一般顾客约 {typical}",
        ),
    ),
    spec(
        "amount_365d", Unit::Money, Number,
        [
            "money of purchase lines less returns in the 365 days before the as-of moment",
            "最近 365 天的消费净额（已扣退货）",
        ],
        always(
            "spent {value} in the last year, more than the typical {typical}",
            "spent only {value} in the last year; {typical} is typical",
        ),
        always(
            "最近一年消费 {value}，高于一般顾客的 {typical}",
            "最近一年只消费了 {value}，一般顾客约 {typical}",
        ),
    ),
    spec(
        "amount_per_order", Unit::Money, Number,
        [
            "money of all purchase lines (returns not taken off) per order",
            "平均每单金额（未扣退货）",
        ],
        always(
            "spends {value} an order, more than the typical {typical}",
            "spends only {value} an order; {typical} is typical",
        ),
        always(
            "平均每单 {value}，高于一般顾客的 {typical}",
            "平均每单只有 {value}，一般顾客约 {typical}",
        ),
    ),
    spec(
        "gap_mean_days", Unit::Days, Number,
        [
            "mean number of days from one purchase day to the next; missing below two purchase days",
            "相邻两个购买日之间的平均天数；购买日不足两个时缺失",
        ],
        or_missing(
            "usually buys every {value} days, less often than the typical {typical}",
            "usually buys every {value} days, more often than the typical {typical}",
            "has bought on one day only",
        ),
        or_missing(
            "平时约 {value} 天买一次，比一般顾客的 {typical} 天一次更疏",
            "平时约 {value} 天买一次，比一般顾客的 {typical} 天一次更勤",
            "只在一天里买过",
        ),
    ),
    spec(
        "gap_std_days", Unit::Days, Number,
        [
            "sample standard deviation of the days between purchase days; missing below three purchase days",
            "购买间隔天数的样本标准差；购买日不足三个时缺失",
        ],
        or_missing(
            "buys irregularly: the gaps vary by {value} days, typically by {typical}",
            "buys regularly: the gaps vary by only {value} days, typically by {typical}",
            "has bought on fewer than three days",
        ),
        or_missing(
            "购买不太规律，间隔上下相差约 {value} 天，一般顾客约 {typical} 天",
            "购买很有规律，间隔上下只差约 {value} 天，一般顾客约 {typical} 天",
            "购买天数不足三天，还看不出节奏",
        ),
    ),
    spec(
        "silence_ratio", Unit::Ratio, Number,
        [
            "days since the last purchase day over this customer's own mean gap, counted to the local day of the last microsecond before the as-of moment; missing below two purchase days",
            "距最后一个购买日的天数与本人平均购买间隔之比，算到统计时点前最后一微秒所在的当地日期；购买日不足两个时缺失",
        ],
        or_missing(
            "silent for {value} times the own usual gap; {typical} is typical",
            "silent for only {value} times the own usual gap; {typical} is typical",
            "has bought on one day only",
        ),
        or_missing(
            "沉默时间已是本人平时购买间隔的 {value} 倍，一般顾客约 {typical} 倍",
            "沉默时间只有本人平时购买间隔的 {value} 倍，一般顾客约 {typical} 倍",
            "只在一天里买过",
        ),
    ),
    spec(
        "silence_z", Unit::Deviations, Number,
        [
            "days since the last purchase day less the own mean gap, in standard deviations of the own gaps; missing where that deviation is missing or zero",
            "距最后一个购买日的天数减去本人平均间隔，再除以本人间隔的标准差；标准差缺失或为零时缺失",
        ],
        or_missing(
            "the silence is {value} standard deviations from the own usual gap; {typical} is typical",
            "the silence is {value} standard deviations from the own usual gap, less than the typical {typical}",
            "has too few or too equal gaps to measure the own rhythm",
        ),
        or_missing(
            "沉默与本人平时间隔相差 {value} 个标准差，一般顾客约 {typical} 个",
            "沉默与本人平时间隔相差 {value} 个标准差，低于一般顾客的 {typical} 个",
            "购买间隔太少或完全相同，量不出波动",
        ),
    ),
    spec(
        "orders_trend", Unit::Ratio, Number,
        [
            "(orders in the last 90 days + 1) / (orders in the 90 days before those + 1)",
            "（最近 90 天订单数 + 1）÷（再往前 90 天订单数 + 1）",
        ],
        always(
            "orders are {value} times those of the 90 days before; {typical} is typical",
            "orders are only {value} times those of the 90 days before; {typical} is typical",
        ),
        always(
            "最近 90 天的订单是再往前 90 天的 {value} 倍，一般顾客约 {typical} 倍",
            "最近 90 天的订单只有再往前 90 天的 {value} 倍，一般顾客约 {typical} 倍",
        ),
    ),
    spec(
        "amount_trend", Unit::Money, Number,
        [
            "money of purchase lines in the last 90 days less that in the 90 days before those",
            "最近 90 天的消费额减去再往前 90 天的消费额（均未扣退货）",
        ],
        always(
            "spending changed by {value} against the 90 days before, better than the typical {typical}",
            "spending changed by {value} against the 90 days before, worse than the typical {typical}",
        ),
        always(
            "与再往前 90 天相比，消费变化 {value}，好于一般顾客的 {typical}",
            "与再往前 90 天相比，消费变化 {value}，不如一般顾客的 {typical}",
        ),
    ),
    spec(
        "lines_per_order", Unit::Lines, Number,
        [
            "purchase lines per order",
            "平均每单的商品行数",
        ],
        always(
            "buys {value} lines an order, more than the typical {typical}",
            "buys only {value} lines an order; {typical} is typical",
        ),
        always(
            "平均每单 {value} 行商品，多于一般顾客的 {typical} 行",
            "平均每单只有 {value} 行商品，一般顾客约 {typical} 行",
        ),
    ),
    spec(
        "units_per_order", Unit::Pieces, Number,
        [
            "pieces bought per order",
            "平均每单的商品件数",
        ],
        always(
            "buys {value} pieces an order, more than the typical {typical}",
            "buys only {value} pieces an order; {typical} is typical",
        ),
        always(
            "平均每单 {value} 件，多于一般顾客的 {typical} 件",
            "平均每单只有 {value} 件，一般顾客约 {typical} 件",
        ),
    ),
    spec(
        "products_total", Unit::Products, Count,
        [
            "different known products bought",
            "买过的不同商品种数（未知商品不计）",
        ],
        always(
            "has bought {value} different products, more than the typical {typical}",
            "has bought only {value} different products; {typical} is typical",
        ),
        always(
            "买过 {value} 种不同商品，多于一般顾客的 {typical} 种",
            "只买过 {value} 种商品，一般顾客约 {typical} 种",
        ),
    ),
    spec(
        "variety", Unit::Share, Number,
        [
            "different known products over purchase lines: 1 = never the same product twice",
            "不同商品种数与购买行数之比：1 表示从不重复购买",
        ],
        always(
            "seldom buys a product again: {value} of the lines are new products, typically {typical}",
            "often buys the same products again: only {value} of the lines are new products, typically {typical}",
        ),
        always(
            "很少回购同一商品，新品占 {value}，一般顾客约 {typical}",
            "常常回购同样的商品，新品只占 {value}，一般顾客约 {typical}",
        ),
    ),
    spec(
        "unit_price_mean", Unit::Money, Number,
        [
            "money of all purchase lines per piece",
            "平均每件的价格",
        ],
        always(
            "buys at {value} a piece, dearer than the typical {typical}",
            "buys at {value} a piece, cheaper than the typical {typical}",
        ),
        always(
            "平均每件 {value}，高于一般顾客的 {typical}",
            "平均每件 {value}，低于一般顾客的 {typical}",
        ),
    ),
    spec(
        "return_line_share", Unit::Share, Number,
        [
            "return lines over purchase and return lines",
            "退货行数占购买与退货总行数的比例",
        ],
        always(
            "{value} of the lines are returns; {typical} is typical",
            "only {value} of the lines are returns; {typical} is typical",
        ),
        always(
            "退货行占 {value}，一般顾客约 {typical}",
            "退货行只占 {value}，一般顾客约 {typical}",
        ),
    ),
    spec(
        "return_amount_share", Unit::Share, Number,
        [
            "money returned over money bought",
            "退货金额与购买金额之比",
        ],
        always(
            "has returned {value} of the money spent; {typical} is typical",
            "has returned only {value} of the money spent; {typical} is typical",
        ),
        always(
            "退货金额占消费的 {value}，一般顾客约 {typical}",
            "退货金额只占消费的 {value}，一般顾客约 {typical}",
        ),
    ),
    spec(
        "hour_mean", Unit::Hour, Number,
        [
            "mean local hour (0 to 23) of the purchase lines",
            "购买时刻的平均小时数（商家当地时间，0 至 23）",
        ],
        always(
            "buys at about {value} hours, later in the day than others; {typical} is typical",
            "buys at about {value} hours, earlier in the day than others; {typical} is typical",
        ),
        always(
            "平均在 {value} 点左右购买，时间偏晚，一般顾客约 {typical} 点",
            "平均在 {value} 点左右购买，时间偏早，一般顾客约 {typical} 点",
        ),
    ),
    spec(
        "weekend_share", Unit::Share, Number,
        [
            "share of the purchase lines bought on a local Saturday or Sunday",
            "周六、周日的购买行所占比例（商家当地时间）",
        ],
        always(
            "buys {value} of the lines at the weekend; {typical} is typical",
            "buys only {value} of the lines at the weekend; {typical} is typical",
        ),
        always(
            "周末购买占 {value}，一般顾客约 {typical}",
            "周末购买只占 {value}，一般顾客约 {typical}",
        ),
    ),
    spec(
        "last_day_amount", Unit::Money, Number,
        [
            "money of the purchase lines of the last purchase day",
            "最后一个购买日的消费额（未扣退货）",
        ],
        always(
            "spent {value} on the last day of buying, more than the typical {typical}",
            "spent only {value} on the last day of buying; {typical} is typical",
        ),
        always(
            "最近一次购买当天消费 {value}，高于一般顾客的 {typical}",
            "最近一次购买当天只消费了 {value}，一般顾客约 {typical}",
        ),
    ),
    spec(
        "returns_90d", Unit::Lines, Count,
        [
            "return lines in the 90 days before the as-of moment",
            "最近 90 天的退货行数",
        ],
        always(
            "{value} lines returned in the last 90 days; {typical} is typical",
            "only {value} lines returned in the last 90 days; {typical} is typical",
        ),
        always(
            "最近 90 天退了 {value} 行商品，一般顾客约 {typical} 行",
            "最近 90 天只退了 {value} 行商品，一般顾客约 {typical} 行",
        ),
    ),
];
