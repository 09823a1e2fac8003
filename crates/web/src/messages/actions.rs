//! What to do, what it costs and what it should bring.

messages! {
    NAME = "Actions", "干预措施";
    QUESTION = "What to do, what it costs, and what should it bring?", "该做什么，成本多少，预计收益多少？";

    PLAN_TITLE = "{chosen} {chosen:customer gets|customers get} an offer; that should bring {net} more than doing nothing",
        "向{chosen}位客户提供优惠，预计比不采取措施多得{net}";
    PLAN_NONE_TITLE = "No offer is worth its cost at the moment", "目前没有值得其成本的优惠";
    PLAN_SHORT_TITLE = "The budget pays for nobody", "预算不足以支付任何一次优惠";
    PLAN_SHORT_ANSWER = "With more budget, offers would bring {net} more than they cost: see what each budget would bring.",
        "若预算更高，优惠可带来超出成本{net}的收益：见各预算下的预计收益。";
    PLAN_NONE_ANSWER = "For each of the {considered} customers considered, the margin an offer should keep is below its cost.",
        "在考虑的{considered}位客户中，优惠预计留住的毛利都低于其成本。";
    PLAN_ANSWER = "It spends {spend} and leaves {held} {held:customer|customers} alone on purpose, to measure what the offers really do.",
        "共花费{spend}，并特意不打扰其中{held}位客户（对照保留组），以便实测优惠的真实效果。";
    PLAN_LOSS = "The interval reaches below zero: the plan may also lose money.",
        "区间下限低于零：该方案也可能亏损。";
    ASSUMED = "assumed, not measured", "假定值，未经实测";
    MEASURED = "measured", "实测";
    BUDGET = "Budget", "预算";
    NO_LIMIT = "no limit", "不限";
    SPEND = "Planned spend", "计划支出";
    OF_BUDGET = "{share} of the budget", "占预算的{share}";
    CHOSEN = "Offers", "提供优惠";
    OF_CONSIDERED = "of {n} considered", "共考虑{n}位";
    LOST_ALREADY = "Not considered: {n} {n:customer|customers} lost already by the label.",
        "未予考虑：{n}位客户的标签表明已经流失。";
    LOST_BY_SILENCE = "Not considered: {n} {n:customer|customers} silent for longer than {days}, lost already.",
        "未予考虑：{n}位客户已超过{days}没有购买，视为已经流失。";
    LOST_BY_CONTRACT = "Not considered: {n} {n:customer|customers} no longer under contract.",
        "未予考虑：{n}位客户已不在合约期内。";
    HELD_OUT = "Hold-out", "对照保留组";
    HELD_OUT_NOTE = "{share}, at random", "随机抽取{share}";
    NET = "Expected net gain", "预计净收益";
    NET_NOTE = "interval {low} to {high}", "区间{low}～{high}";
    BASELINE = "Baseline: without any action, {share} of the chosen are expected to leave. The gain counts only those who would have left and are kept; those who would have stayed anyway bring nothing and cost the same.",
        "基准：如不采取任何措施，入选客户预计有{share}流失。收益只计算本会流失而被留住的客户；本来就会留下的客户不带来收益，却同样产生成本。";
    HOLD_OUT_SMALL = "The hold-out is too small to measure the effect in one round: it is assumed to lower the share lost by {expected} of the chosen, and a difference below {detectable} would hardly be seen (two-sided test at 5 %, power 80 %). Hold out more, or judge several rounds together.",
        "对照保留组太小，一轮之内难以测出效果：假定可使入选客户的流失比例降低{expected}，而低于{detectable}的差异很难被观察到（双侧 5% 检验，功效 80%）。请扩大保留比例，或合并多轮结果判断。";
    HORIZON = "Horizon: the margin of a customer kept is counted for {days} ahead.",
        "期限：被留住客户的毛利按未来{days}计算。";
    PERSISTENCE = "Persistence: the effect is taken to last {lasts}.", "持续时间：假定效果持续{lasts}。";
    PERSISTENCE_ONE = "{days} ({offer})", "{days}（{offer}）";

    OFFERS_TITLE_ONE = "One offer: {offer} keeps {effect} of those who would leave",
        "仅有一种优惠：{offer}可留住{effect}本会流失的客户";
    OFFERS_TITLE = "Of {n} offers, {offer} brings the most", "{n}种优惠中，{offer}的预计收益最高";
    OFFERS_ANSWER_ASSUMED = "The effects are what the settings assume; the hold-out is there to measure them.",
        "效果取自设置中的假定值，对照保留组用于实测。";
    OFFERS_ANSWER_MEASURED = "The effects were measured against a hold-out.", "效果由对照保留组实测得出。";
    OFFERS_ANSWER_MIXED = "Some effects were measured against a hold-out, the others are what the settings assume.",
        "部分效果由对照保留组实测，其余取自设置中的假定值。";
    OFFERS_TABLE = "Offers", "优惠";
    COL_OFFER = "Offer", "优惠";
    COL_COST_PER_USE = "Cost per use", "单次成本";
    COL_EFFECT = "Keeps, of those who would leave", "留住比例（占本会流失者）";
    COL_SOURCE = "Effect is", "效果依据";
    COL_LASTS = "Lasts", "持续";
    COL_CUSTOMERS = "Customers", "客户数";
    COL_SPEND = "Spend", "支出";
    COL_NET = "Net gain", "净收益";

    FRONTIER_TITLE = "The most to gain is {net}, at a spend of {spend}", "最高净收益为{net}，对应支出{spend}";
    FRONTIER_TITLE_NONE = "No spend would bring more than it costs", "任何支出都得不偿失";
    FRONTIER_ANSWER_MORE = "The plan spends {spend} for {net}: more budget would bring more.",
        "当前方案支出{spend}、净收益{net}：增加预算还能提高收益。";
    FRONTIER_ANSWER = "The plan spends {spend} for {net}: more budget would bring next to nothing.",
        "当前方案支出{spend}、净收益{net}：增加预算几乎不再提高收益。";
    FRONTIER_CHART = "Net gain by spend", "支出与净收益";
    FRONTIER_SAYS = "Spend {spend}: net {net}, {n} {n:customer|customers}", "支出{spend}：净收益{net}，{n}位客户";
    FRONTIER_TABLE = "Net gain by spend", "支出与净收益";
    PLAN_POINT = "This plan", "当前方案";
    NET_SERIES = "Net gain and its interval", "净收益及其区间";
    COL_REACHED = "Customers reached", "覆盖客户";

    TOP_TITLE = "The first {n} {n:action should|actions should} bring {net}", "前{n}项措施预计带来{net}净收益";
    TOP_ANSWER = "Best expected net gain first: probability × value × effect, less the cost.",
        "按预计净收益从高到低排列：流失概率×价值×效果，再减去成本。";
    TOP_TABLE = "Actions", "干预措施名单";
    COL_CUSTOMER = "Customer", "客户";
    COL_ACTION = "Offer", "优惠";
    COL_PROBABILITY = "Churn probability", "流失概率";
    COL_VALUE = "Value", "价值";
    COL_COST = "Cost", "成本";
    COL_WHY = "Why", "原因";
}
