//! The business: buyers, orders, revenue, retention.

messages! {
    NAME = "The business", "业务";
    QUESTION = "How is the business going?", "业务进展如何？";

    BUYERS_TITLE = "In {month}, {buyers} {buyers:customer|customers} bought, {new} of them for the first time",
        "{month}有{buyers}位客户购买，其中{new}位是首次购买";
    ACTIVE_TITLE = "In {month}, {buyers} {buyers:customer was|customers were} active, {new} of them for the first time",
        "{month}有{buyers}位客户活跃，其中{new}位是首次出现";
    UNDER_CONTRACT_TITLE = "At the end of {month}, {buyers} {buyers:customer was|customers were} under contract; {new} {new:was|were} new that month",
        "{month}末有{buyers}位客户在合约期内，当月新客户{new}位";
    BUYERS_UP = "That is {share} more than {before}.", "比{before}多{share}。";
    BUYERS_DOWN = "That is {share} fewer than {before}.", "比{before}少{share}。";
    BUYERS_SAME = "That is about as many as {before}.", "与{before}大致持平。";
    BUYERS_BACK = "{n} of them came back after a silence that counts as lost.", "其中{n}位是在视为流失之后回来的。";
    CONTRACTS_BACK = "{n} {n:customer|customers} came back after a contract that had ended.", "当月有{n}位客户在合同终止后回归。";
    CONTRACTS_ENDED = "{n} {n:customer’s|customers’} contracts ended and were not renewed.", "当月有{n}位客户到期终止未续约。";
    BUYERS_CHART = "Buyers by month: regular, came back, new", "每月购买客户：老客户、回归客户、新客户";
    ACTIVE_CHART = "Active customers by month: regular, came back, new", "每月活跃客户：老客户、回归客户、新客户";
    UNDER_CONTRACT_CHART = "Customers under contract at the end of each month: continuing, came back, new; below zero those whose contracts ended",
        "每月末合约期内客户：存续客户、回归客户、新客户；零线以下为到期终止未续约的客户";
    NO_MONTH_TITLE = "There is no complete month yet", "尚无完整的月份";
    INCOMPLETE = "Incomplete month", "不完整的月份";
    INCOMPLETE_NOTE = "Hatched, and marked * in the table: the data do not cover the whole month, so do not compare it.",
        "阴影部分（表中以*标记）：数据未覆盖整月，请勿用于比较。";
    REGULAR = "Regular", "老客户";
    CONTINUING = "Continuing", "存续客户";
    ENDED = "Ended, not renewed", "到期终止未续约";
    NEW = "New", "新客户";
    CAME_BACK = "Came back", "回归客户";
    SAYS = "{name}: {n}", "{name}：{n}";
    MONTHS_TABLE = "The business by month", "每月业务";
    COL_MONTH = "Month", "月份";
    COL_BUYERS = "Buyers", "购买客户";
    COL_ACTIVE = "Active", "活跃客户";
    COL_ORDERS = "Orders", "订单";
    COL_EVENTS = "Events", "事件";
    COL_UNDER_CONTRACT = "Under contract", "合约期内客户";
    COL_CONTRACTS = "Contracts begun", "新签与续约合同";
    COL_REVENUE = "Net revenue", "净收入";

    REVENUE_TITLE = "Net revenue was {revenue} in {month}; known customers placed {orders} {orders:order|orders}",
        "{month}净收入为{revenue}；已知客户下单{orders}笔";
    REVENUE_TITLE_CONTRACTS = "Net revenue was {revenue} in {month}; {orders} {orders:contract|contracts} began",
        "{month}净收入为{revenue}；新签与续约合同{orders}份";
    REVENUE_ANSWER = "Net revenue is sales less returns, rows without a customer included.",
        "净收入为销售额减去退货，包括没有客户标识的行。";
    REVENUE_CHART = "Net revenue by month", "每月净收入";

    RETENTION_TITLE = "{rate} of customers stayed", "客户保持率为{rate}";
    RETENTION_ANSWER = "On {from} there were {start} customers; {kept} of them bought again by {until}.",
        "{from}共有{start}位客户，其中{kept}位在{until}前再次购买。";
    RETENTION_ANSWER_EVENTS = "On {from} there were {start} customers; {kept} of them were active again by {until}.",
        "{from}共有{start}位客户，其中{kept}位在{until}前再次活跃。";
    RETENTION_ANSWER_CONTRACTS = "On {from}, {start} {start:customer was|customers were} under contract; {kept} of them still {kept:was|were} at the end of {until}, renewals within the period included.",
        "{from}有{start}位客户在合约期内，其中{kept}位到{until}结束时仍在合约期内（含期间续约）。";
    RETENTION_BEFORE = "In the period before it was {rate}.", "上一时期为{rate}。";
    RETENTION_BARS = "Where the customers of the end come from", "期末客户从何而来";
    AT_START = "Customers at the start", "期初客户";
    KEPT = "Stayed", "留下";
    LOST = "Lost", "流失";
    AT_END = "Customers at the end", "期末客户";
    RETENTION_NOTE = "Rate of the period = (customers at the end − new − came back) ÷ customers at the start. A customer is somebody who bought within {window}. Those who came back are told apart: counting them as kept would give {mixed}.",
        "本期保持率＝（期末客户－新客户－回归客户）÷期初客户。客户指{window}内有购买的人。回归客户单独列出；若把他们算作留下，结果将是{mixed}。";
    RETENTION_NOTE_EVENTS = "Rate of the period = (customers at the end − new − came back) ÷ customers at the start. A customer is somebody who was active within {window}. Those who came back are told apart: counting them as kept would give {mixed}.",
        "本期保持率＝（期末客户－新客户－回归客户）÷期初客户。客户指{window}内活跃过的人。回归客户单独列出；若把他们算作留下，结果将是{mixed}。";
    RETENTION_NOTE_CONTRACTS = "Rate of the period = (customers at the end − new − came back) ÷ customers at the start. A customer is somebody under contract; whoever renewed within the period stayed. Those who came back are told apart: counting them as kept would give {mixed}.",
        "本期保持率＝（期末客户－新客户－回归客户）÷期初客户。客户指合约期内的人；期间续约的客户算作留下。回归客户单独列出；若把他们算作留下，结果将是{mixed}。";
    AT_START_CONTRACTS = "Under contract at the start", "期初合约期内客户";
    AT_END_CONTRACTS = "Under contract at the end", "期末合约期内客户";
    KEPT_CONTRACTS = "Still under contract", "仍在合约期内";
    COL_GROUP = "Group", "类别";
    COL_CUSTOMERS = "Customers", "客户数";
    COL_OF_START = "Against the start", "与期初相比";
}
