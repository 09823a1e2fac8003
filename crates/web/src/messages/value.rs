//! What customers are worth.

messages! {
    NAME = "Value", "客户价值";
    QUESTION = "What are customers worth?", "客户的价值是多少？";

    HISTORIC_TITLE = "A customer has brought {mean} of margin so far", "每位客户迄今平均带来{mean}毛利";
    HISTORIC_ANSWER = "{customers} {customers:customer|customers} together: {total}, at a margin of {margin}.",
        "{customers}位客户合计{total}，毛利率按{margin}计。";

    LIFETIME_TITLE = "Over the next {days}, a customer is worth {mean}", "未来{days}内，每位客户平均价值{mean}";
    LIFETIME_ANSWER = "By {formula}, with later money discounted at {rate} a year.",
        "采用{formula}，远期金额按年利率{rate}折现。";
    LIFETIME_TABLE = "Customer lifetime value by formula", "各公式下的客户生命周期价值";
    COL_FORMULA = "Formula", "公式";
    COL_MEAN = "Per customer", "每位客户";
    COL_TOTAL = "All customers", "全部客户";
    PLAIN_SUM = "plain sum", "简单加总";
    PLAIN_SUM_HOW = "Σ P (1 − d) ÷ (1 + r)^t: one period’s retention in every period, not survival",
        "Σ P (1 − d) ÷ (1 + r)^t：每期只乘当期的保持率，不累积";
    IN_ARREARS = "compounding survival, paid in arrears", "累积生存（期末收款）";
    IN_ARREARS_HOW = "Σ P S(t) ÷ (1 + r)^t, S(t) the product of (1 − d)", "Σ P S(t) ÷ (1 + r)^t，S(t) 为各期 (1 − d) 之积";
    IN_ADVANCE = "compounding survival, paid in advance", "累积生存（期初收款）";
    IN_ADVANCE_HOW = "the same, with the first payment now", "同上，首笔收款在当期";
    BG_NBD = "BG/NBD with Gamma-Gamma", "BG/NBD 与 Gamma-Gamma";
    BG_NBD_HOW = "purchases and amounts as random processes (Fader, Hardie, Lee 2005)", "把购买次数和金额视为随机过程（Fader、Hardie、Lee，2005）";
    PARETO_NBD = "Pareto/NBD with Gamma-Gamma", "Pareto/NBD 与 Gamma-Gamma";
    PARETO_NBD_HOW = "purchases and amounts as random processes (Schmittlein et al. 1987)", "把购买次数和金额视为随机过程（Schmittlein 等，1987）";
    SAME = "Over one period the plain sum and compounding survival, in arrears, are the same; they part over longer ones.",
        "只有一期时，简单加总与累积生存（期末收款）结果相同；期限更长时才会不同。";
    USED = "The marked one is used for the margin at stake.", "带标记的公式用于计算面临流失的毛利。";

    SPREAD_TITLE = "The best fifth of customers hold {share} of the value", "价值最高的五分之一客户占总价值的{share}";
    SPREAD_ANSWER = "Losing one of these costs many times what losing another does.",
        "失去其中一位的损失远高于失去其他客户。";
    SPREAD_EVEN = "Value is spread about evenly over the customers.", "价值在客户之间分布较为平均。";
    SPREAD_CHART = "Share of value held by the most valuable customers", "高价值客户所占的价值份额";
    EVEN = "If all were worth the same", "若价值人人相等";
    ACTUAL = "These customers", "实际客户";
    SPREAD_SAYS = "Best {customers} of customers: {value} of value", "前{customers}的客户：{value}的价值";
    COL_BEST = "Best customers", "高价值客户";
    COL_SHARE = "Share of value", "价值份额";
}
