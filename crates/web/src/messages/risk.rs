//! Who is at risk and what is at stake.

messages! {
    NAME = "At risk", "流失风险";
    QUESTION = "Who is about to leave, and what is at stake?", "谁将流失，损失有多大？";

    RISK_TITLE = "{n} of {all} customers still active {n:is|are} at risk of being lost within {days}",
        "{all}位仍活跃的客户中，有{n}位可能在未来{days}内流失";
    RISK_TITLE_CONTRACTS = "{n} of {all} customers under contract {n:is|are} at risk of being lost within {days}",
        "{all}位合约期内的客户中，有{n}位可能在未来{days}内流失";
    RISK_TITLE_LABEL = "{n} of {all} customers {n:is|are} at risk of leaving",
        "{all}位客户中，有{n}位可能流失";
    RISK_ANSWER_STAKE = "If nothing is done, {stake} of margin goes with them.",
        "如不采取措施，将随之损失{stake}的毛利。";
    RISK_ANSWER = "That is {share} of the customers still active.", "占仍活跃客户的{share}。";
    RISK_ANSWER_CONTRACTS = "That is {share} of the customers under contract.", "占合约期内客户的{share}。";
    AT_RISK = "Customers at risk", "有流失风险的客户";
    OF_ALL = "{share} of {all}", "占{all}位的{share}";
    STAKE = "Margin at stake", "面临流失的毛利";
    INTERVAL_NOTE = "{interval}; {what}", "{interval}，{what}";
    STAKE_NOTE = "sum of probability × value", "流失概率×价值之和";
    EXPECTED = "Customers expected to be lost", "预计流失客户";
    EXPECTED_NOTE = "among those scored", "已评分客户中";
    THRESHOLD_PROFIT = "At risk means a churn probability of {threshold} or more: from there on the first offer pays for a customer of average value.",
        "流失概率达到{threshold}即视为有风险：从该概率起，对平均价值的客户给予首个优惠即可回本。";
    THRESHOLD_BUDGET = "At risk means a churn probability of {threshold} or more: as many as the budget can reach.",
        "流失概率达到{threshold}即视为有风险：预算所能覆盖的人数以此为界。";
    THRESHOLD_HALF = "At risk means a churn probability of {threshold} or more, for want of costs and values to choose a better one.",
        "流失概率达到{threshold}即视为有风险；由于没有成本和价值数据，暂取此值。";
    THRESHOLD_SET = "At risk means a churn probability of {threshold} or more, as the settings say.",
        "流失概率达到{threshold}即视为有风险（由设置指定）。";
    THRESHOLD_OTHER = "At risk means a churn probability of {threshold} or more. {why}",
        "流失概率达到{threshold}即视为有风险。{why}";
    LOST_ALREADY = "{n} more {n:customer is|customers are} left out: by the label they are lost already.",
        "另有{n}位客户未列入：标签表明他们已经流失。";
    LOST_BY_SILENCE = "{n} more {n:customer is|customers are} left out: silent for longer than {days}, they count as lost already.",
        "另有{n}位客户未列入：已沉默超过{days}，视为已经流失。";
    LOST_BY_CONTRACT = "{n} more {n:customer is|customers are} left out: no longer under contract.",
        "另有{n}位客户未列入：他们已不在合约期内。";
    NO_STAKE = "What is at stake cannot be told in money. {why}", "损失无法以金额衡量。{why}";

    LOST_TITLE = "A customer counts as lost after {days} without a purchase",
        "{days}没有购买，即视为流失";
    LOST_EVENT_TITLE = "A customer counts as lost after {days} without any event",
        "{days}没有任何事件，即视为流失";
    LOST_EVENTS_TITLE = "A customer counts as lost after {days} without {names}",
        "{days}没有{names}，即视为流失";
    LOST_LABEL_TITLE = "A customer counts as lost where `{column}` is `{value}`",
        "`{column}` 为 `{value}` 的客户视为流失";
    LOST_LABEL_ANSWER = "The table says so itself; it does not say when, so no period can be named.",
        "由表中的这一列直接给出；表中没有时间，因此无法指明期限。";
    LOST_CONTRACT_TITLE = "A customer counts as lost when the last running contract ends and is not renewed within {grace}",
        "最后一份有效合同终止后{grace}内未续约，即视为流失";
    LOST_CONTRACT_AT_ONCE = "A customer counts as lost when the last running contract ends without renewal",
        "最后一份有效合同终止且未续约，即视为流失";
    LOST_CONTRACT_ANSWER = "The churn probability is that of such an end within the next {days}.",
        "流失概率指未来{days}内合同如此终止的概率。";
    LOST_CONTRACT_SET = "The settings name this horizon.", "该期限由设置指定。";
    LOST_SPAN = "This horizon was chosen from the length of the data: long enough to act on, short enough that dates are left to learn from and to test on.",
        "该期限根据数据的时间长度选定：既足够长，来得及采取措施；又足够短，留有日期用于学习和检验。";
    LOST_SET = "The settings say so.", "由设置指定。";
    LOST_RHYTHM = "It follows the customers' own rhythm: of the gaps between purchases of {n} repeat customers that end at all, half end within {median} and {share} within {days} (silences still open are allowed for).",
        "根据客户自身的购买节奏选定：{n}位复购客户终会再次购买的间隔中，一半不超过{median}，{share}不超过{days}（已计入尚未结束的沉默期）。";
    LOST_RHYTHM_EVENTS = "It follows the customers' own rhythm: of the gaps between the active days of {n} customers seen on more than one day, those that end at all, half end within {median} and {share} within {days} (silences still open are allowed for).",
        "根据客户自身的活动节奏选定：{n}位多日出现的客户终会再次出现的间隔中，一半不超过{median}，{share}不超过{days}（已计入尚未结束的沉默期）。";
    LOST_RHYTHM_CONTRACTS = "It follows the customers' own rhythm: of the gaps between the contracts of {n} customers with more than one, those that end at all, half end within {median} and {share} within {days} (gaps still open are allowed for).",
        "根据客户自身的签约节奏选定：{n}位多次签约客户终会再次签约的间隔中，一半不超过{median}，{share}不超过{days}（已计入尚未结束的间隔）。";
    LOST_BARS_CONTRACTS = "Share of gaps between contracts that end within each horizon", "合同间隔不超过各期限的比例";
    LOST_BARS_EVENTS = "Share of gaps between active days that end within each horizon", "活跃日间隔不超过各期限的比例";
    LOST_BARS = "Share of gaps between purchases that end within each horizon", "购买间隔不超过各期限的比例";
    COL_HORIZON = "Horizon", "期限";
    COL_GAPS = "Gaps within", "间隔占比";

    SPREAD_TITLE = "{share} of customers have a churn probability above one half",
        "{share}的客户流失概率超过一半";
    SPREAD_ANSWER = "The bars count customers by churn probability.", "条形表示各流失概率区间的客户数。";
    SPREAD_ANSWER_STAKE = "The bars count customers by churn probability; {share} of the sum of probability × value of a year lies above one half.",
        "条形表示各流失概率区间的客户数；各客户流失概率×年价值之和，有{share}来自概率超过一半的客户。";
    SPREAD_BARS = "Customers by churn probability", "按流失概率统计的客户数";
    COL_PROBABILITY = "Churn probability", "流失概率";
    COL_CUSTOMERS = "Customers", "客户数";

    TOP_TITLE_STAKE = "The first {n} on the list put {stake} of margin at stake",
        "名单前{n}位客户面临流失的毛利共{stake}";
    TOP_TITLE = "The {n} most likely to leave", "最可能流失的{n}位客户";
    TOP_ANSWER = "Most at stake first, with the reasons the model has for each.",
        "按面临流失的毛利从高到低排列，并列出模型给出的理由。";
    TOP_ANSWER_PROBABILITY = "Highest probability first, with the reasons the model has for each.",
        "按流失概率从高到低排列，并列出模型给出的理由。";
    TOP_TABLE = "Customers at risk", "有流失风险的客户";
    TOP_NOBODY_TITLE = "Nobody is at risk at the moment", "目前没有客户面临流失";
    COL_CUSTOMER = "Customer", "客户";
    COL_VALUE = "Value", "价值";
    COL_STAKE = "At stake", "面临流失";
    COL_SILENCE = "Silent for", "沉默时间";
    COL_RHYTHM = "Usual gap", "通常间隔";
    COL_DAYS_LEFT = "Contract ends in", "距合同到期";
    OVERDUE = "overdue by {days}", "已过期{days}";
    COL_TENURE = "Customer for", "签约至今";
    COL_REASONS = "Why", "原因";
    NOT_KNOWN = "not known", "未知";
}
