//! Headers of the lists, and the words of the terminal summary.

messages! {
    AT_RISK_SHEET = "At risk", "流失风险";
    ACTIONS_SHEET = "Actions", "干预措施";
    COL_RANK = "Rank", "排名";
    COL_CUSTOMER = "Customer", "客户";
    COL_PROBABILITY = "Churn probability", "流失概率";
    COL_VALUE = "Value", "价值";
    COL_STAKE = "Margin at stake", "面临流失的毛利";
    COL_SILENCE = "Silent for (days)", "沉默天数";
    COL_GAP = "Usual gap (days)", "通常间隔（天）";
    COL_DAYS_LEFT = "Contract ends in (days)", "距合同到期（天）";
    COL_TENURE = "Customer for (days)", "签约至今（天）";
    COL_REASONS = "Reasons", "原因";
    COL_OFFER = "Offer", "优惠";
    COL_CHANNEL = "Channel", "渠道";
    COL_COST = "Cost", "成本";
    COL_NET = "Expected net gain", "预计净收益";
    COL_WHY = "Why", "理由";

    FIRST_AT_RISK = "First on the list:", "名单最前：";
    FIRST_LINE = "{customer}  {probability}  {stake}", "{customer}　流失概率{probability}　{stake}";
    TRUST_LINE = "Test: {model}, ROC AUC {auc}", "检验：{model}，ROC AUC {auc}";
}
