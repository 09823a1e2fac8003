//! The page's frame: header, contents, summary, empty states.

messages! {
    SKIP = "Skip to the report", "跳到报告正文";
    KICKER = "Customer retention report", "客户保持报告";
    TITLE = "{project}: customer retention report", "{project}：客户保持报告";
    AS_OF = "Data until", "数据截至";
    AS_OF_NONE = "no dates in the table", "表中没有日期";
    RUN = "Run", "运行编号";
    MADE_AT = "Made", "生成时间";
    TIME_ZONE = "Time zone", "时区";
    CURRENCY = "Currency", "货币";
    CONTENTS = "Contents", "目录";
    SUMMARY = "In five sentences", "五句话概览";
    SHOW_NUMBERS = "Show the numbers", "查看数据";
    MORE_ROWS = "{n} more {n:row is|rows are} not shown here.", "另有{n}行未在此列出。";
    WHOLE_LIST = "The whole list:", "完整名单：";
    INTERVALS = "Intervals in brackets cover the true value in {level} of cases; where there is none, the number is exact or no interval was computed.",
        "括号内为{level}置信区间；没有区间的数字是精确值，或者未计算区间。";
    SELF_CONTAINED = "This file is complete in itself: it loads nothing from the network and sends nothing.",
        "本文件自成一体：不从网络加载任何内容，也不发送任何信息。";
    MADE_BY = "Made by Perennial {version}.", "由常青（Perennial）{version}生成。";

    SUMMARY_SHORT = "In short", "概要";
    MISSING_NO_DATES = "The table has no dates, so nothing can be said about months, rhythm or retention.",
        "表中没有日期，因此无法讨论月份、购买节奏和保持率。";
    NEXT_NO_DATES = "If the source has a column of dates, map it as `time` in the settings and run again.",
        "如果数据源中有日期列，请在设置中把它映射为 `time`，然后重新运行。";
    MISSING_NO_AMOUNTS = "No column holds amounts, so nothing can be said in money.",
        "没有任何一列记录金额，因此无法以金额衡量。";
    NEXT_NO_AMOUNTS = "Name the column of amounts in the settings (`unit_price`, or `amount` under `[value]`) and run again.",
        "请在设置中指明金额所在的列（`unit_price`，或 `[value]` 下的 `amount`），然后重新运行。";
    MISSING_NO_ROWS = "Nothing has been read yet.", "尚未读取任何数据。";
    NEXT_NO_ROWS = "Add a source to the settings, look at it with `perennial check`, then `perennial run`.",
        "请在设置中添加数据源，用 `perennial check` 检查，再执行 `perennial run`。";
    MISSING_TOO_FEW = "There {rows:is|are} only {rows} {rows:row|rows}; a conclusion that holds needs at least {needed}.",
        "目前只有{rows}行，要得出可靠的结论至少需要{needed}行。";
    NEXT_TOO_FEW = "Collect more customers, or more months of the same customers, and run again.",
        "请收集更多客户，或同一批客户更长时间的数据，然后重新运行。";
    MISSING_ONE_OUTCOME = "Either everybody left or nobody did, so there is nothing to tell apart.",
        "客户要么全部流失，要么无一流失，因此没有可以区分的对象。";
    NEXT_ONE_OUTCOME = "Check what counts as lost under `[lost]` in the settings.",
        "请检查设置中 `[lost]` 对流失的定义。";
    MISSING_NO_OFFERS = "The settings name no offer, so there is no action to choose.",
        "设置中没有列出任何优惠，因此没有可选的干预措施。";
    NEXT_NO_OFFERS = "Add an `[[offer]]` with its cost and assumed effect to the settings and run again.",
        "请在设置中添加 `[[offer]]`，写明成本和假定效果，然后重新运行。";
    MISSING_NOT_ASKED = "The settings leave this out.", "设置中未启用此项。";
    NEXT_NOT_ASKED = "Switch it on in the settings if it is wanted.", "如有需要，请在设置中启用。";
    MISSING_NOT_RUN = "This stage has not run yet.", "这一步尚未运行。";
    NEXT_NOT_RUN = "Run `perennial run` without `--until`.", "请执行不带 `--until` 的 `perennial run`。";

    SUM_READ = "{rows} {rows:row was|rows were} read from {files} {files:file|files}; {kept} can be used, on {customers} {customers:customer|customers}.",
        "从{files}个文件读取{rows}行，可用率{kept}，涉及{customers}位客户。";
    SUM_READ_SERIOUS = "{n} serious {n:warning needs|warnings need} a look first.",
        "请先查看{n}条严重警告。";
    SUM_NOTHING_READ = "Nothing has been read yet, so there is nothing to conclude.",
        "尚未读取任何数据，因此还没有结论。";
    SUM_RETENTION = "From {from} to {until}, {kept} of {start} customers stayed: a retention rate of {rate}.",
        "{from}至{until}，{start}位客户中有{kept}位留下，保持率为{rate}。";
    SUM_RETENTION_CONTRACTS = "From {from} to {until}, {kept} of {start} customers stayed under contract, renewals included: a retention rate of {rate}.",
        "{from}至{until}，{start}位合约期内的客户中有{kept}位期末仍在合约期内（含续约），保持率为{rate}。";
    SUM_RISK = "{n} of {all} customers still active {n:is|are} at risk of being lost within {days} (a probability of {threshold} or more){stake}.",
        "{all}位仍活跃的客户中，有{n}位可能在未来{days}内流失（概率达到{threshold}）{stake}。";
    SUM_RISK_CONTRACTS = "{n} of {all} customers under contract {n:is|are} at risk of being lost within {days} (a probability of {threshold} or more){stake}.",
        "{all}位合约期内的客户中，有{n}位可能在未来{days}内流失（概率达到{threshold}）{stake}。";
    SUM_RISK_LABEL = "{n} of {all} customers {n:is|are} at risk of leaving (a probability of {threshold} or more){stake}.",
        "{all}位客户中，有{n}位可能流失（概率达到{threshold}）{stake}。";
    SUM_STAKE = "; with them, {stake} of margin is at stake", "，面临流失的毛利为{stake}";
    SUM_ACTIONS = "Making {chosen} {chosen:offer|offers} for {spend} should bring {net} more margin than doing nothing; {how}.",
        "用{spend}向{chosen}位客户提供优惠，预计比不采取措施多得{net}的净毛利；{how}。";
    SUM_ACTIONS_NONE = "No offer is worth its cost for anybody at the moment, so the plan is to spend nothing.",
        "目前没有任何优惠值得其成本，因此方案是不花费预算。";
    SUM_ACTIONS_SHORT = "The budget pays for no offer at the moment, though some would be worth their cost.",
        "目前预算不足以支付任何优惠，尽管有些优惠值得其成本。";
    SUM_TRUST_NONE = "How far to trust this could not be tested. {why}",
        "以上结论的可信程度未能检验。{why}";
    SUM_TRUST_NOBODY = "In the test nobody was likely enough to leave to be named; the ROC AUC says how well customers were ranked.",
        "检验中没有客户的流失概率高到会被标出；排序的好坏见 ROC AUC。";
    SUM_BUSINESS_NONE = "Retention of the period cannot be told. {why}", "无法给出本期保持率。{why}";
    SUM_RISK_NONE = "Who is at risk cannot be told. {why}", "无法判断谁有流失风险。{why}";
    SUM_ACTIONS_MISSING = "No actions are proposed. {why}", "没有提出干预措施。{why}";
    HOW_ASSUMED = "the effect of the offers is assumed, not measured", "优惠效果为假定值，未经实测";
    HOW_MEASURED = "the effect of the offers was measured against a hold-out", "优惠效果以对照保留组实测";
    HOW_MIXED = "some effects are assumed, not measured", "部分优惠效果为假定值，未经实测";
    SUM_TRUST = "Of 100 customers it names, about {named} left in the test{range}; picking at random would find {base}.",
        "在检验中，系统标出的每 100 位客户里约有{named}位流失{range}；随机挑选则为{base}位。";
    SUM_TRUST_RANGE = " ({low} to {high})", "（{low}～{high}）";
    SUM_TRUST_FEW = "It named only {n} {n:customer|customers} in the test, too few to say how often it is right; the ROC AUC says how well customers were ranked.",
        "检验中只标出了{n}位客户，数量太少，无法判断准确程度；排序的好坏见 ROC AUC。";
    SUM_TRUST_CHANCE = "The test could not tell it from chance: it ranks a customer who leaves above one who stays in {auc} of pairs, and chance in 50 %.",
        "检验无法区分它与随机排序：在一位流失、一位留下的配对中，它有{auc}排对先后，随机为 50%。";
}
