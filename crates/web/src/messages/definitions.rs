//! Definitions of every figure, and where each comes from.

messages! {
    NAME = "Definitions", "定义";
    QUESTION = "What does each figure mean?", "每个数字是什么意思？";
    TERMS_TITLE = "The words of this report", "本报告用语";
    T_AS_OF = "Data until (as-of)", "数据截至";
    D_AS_OF = "The moment at which a decision would have been made. Nothing at or after it enters a prediction.",
        "假定作出决策的时刻。该时刻及之后的信息不会进入预测。";
    T_CUSTOMER = "Customer", "客户";
    D_CUSTOMER = "Whoever has one of the business’s own identifiers in the data. Rows without one count in totals only.",
        "数据中具有企业自身客户标识的人。没有标识的行只计入总额。";
    T_LOST = "Lost", "流失";
    D_LOST = "{what}.", "{what}。";
    T_ACTIVE = "Still active", "仍活跃";
    D_ACTIVE = "Bought within the last {days} of the data. Whoever has been silent for longer is lost already: in no list of those at risk, in no sum at stake, and gets no offer.",
        "在数据的最后{days}内购买过。沉默更久的客户已经流失：不列入风险名单，不计入面临流失的毛利，也不给优惠。";
    D_ACTIVE_EVENTS = "Had an event that counts within the last {days} of the data. Whoever has been silent for longer is lost already: in no list of those at risk, in no sum at stake, and gets no offer.",
        "在数据的最后{days}内有计入的事件。沉默更久的客户已经流失：不列入风险名单，不计入面临流失的毛利，也不给优惠。";
    T_UNDER_CONTRACT = "Under contract", "合约期内";
    D_UNDER_CONTRACT = "A contract of the customer’s runs at the moment spoken of. In the months a pause that a renewal within the grace closed counts too; in the retention rate it does not. Whoever has no contract at the end of the data is in no list of those at risk, in no sum at stake, and gets no offer.",
        "客户在所述时刻有有效合同。按月统计时，宽限期内续约的中断期也算在合约期内；计算保持率时不算。数据截至时没有有效合同的客户不列入风险名单，不计入面临流失的毛利，也不给优惠。";
    T_RENEWED = "Renewed", "续约";
    D_RENEWED = "Another contract of the same customer began before the old one ended or within the grace after it.",
        "同一客户在原合同结束之前或之后的宽限期内开始了另一份合同。";
    T_GRACE = "Grace", "宽限期";
    D_GRACE = "The {days} after the end of a contract within which a renewal still counts.",
        "合同结束后的{days}，其间续约仍算续约。";
    D_GRACE_NONE = "None: another contract renews the old one only if it begins no later than that ends.",
        "无宽限期：另一份合同须不晚于原合同结束时开始，才算续约。";
    T_ENDED = "Ended, not renewed", "到期终止未续约";
    D_ENDED = "The customer’s last running contract ended and was not renewed; one whose grace still runs counts as ended until it is renewed. In every month: under contract at the end = under contract at the start + new + came back − ended.",
        "客户的最后一份有效合同结束且未续约；宽限期未满的，在续约之前先算终止。每个月：期末合约期内客户＝期初合约期内客户＋新客户＋回归客户－到期终止未续约客户。";
    T_PROBABILITY = "Churn probability", "流失概率";
    D_PROBABILITY = "Calibrated probability that the customer is lost within the horizon, if nothing is done. Its interval ({level}) is that of a group, the customers given about the same probability in the test: it holds the probability itself, and the share of them that left where that was another. It says nothing about what cannot be seen of one person.",
        "若不采取措施，客户在期限内流失的概率（经过校准）。其区间（{level}）针对一组客户，即检验中概率相近的客户：区间包含该概率本身；若这组客户的实际流失比例与之不同，也包含该比例。它不反映单个客户身上无法观察到的差异。";
    T_RETENTION = "Retention rate of the period", "保持率";
    D_RETENTION = "(Customers at the end − new − came back) ÷ customers at the start.", "（期末客户－新客户－回归客户）÷期初客户。";
    D_RETENTION_CONTRACTS = "(Under contract at the end − new − came back) ÷ under contract at the start; renewals within the period count as staying. The renewal rate is another: it looks only at contracts that came to their end.",
        "（期末合约期内客户－新客户－回归客户）÷期初合约期内客户；期间续约算作留下。续约率与此不同：它只看已到期的合同。";
    T_NEW = "New", "新客户";
    D_NEW = "First purchase ever in that month or period.", "在该月或该时期内首次购买的客户。";
    D_NEW_EVENTS = "There for the first time ever in that month or period.", "在该月或该时期内首次出现的客户。";
    D_NEW_CONTRACTS = "First contract ever began in that month or period.", "首份合同在该月或该时期内开始的客户。";
    T_BACK = "Came back", "回归客户";
    D_BACK = "Bought again after a silence that counts as lost.", "视为流失之后再次购买的客户。";
    D_BACK_EVENTS = "There again after a silence that counts as lost.", "视为流失之后再次出现的客户。";
    D_BACK_CONTRACTS = "Under contract again: in a month, after longer than the grace without a contract; in the retention rate, without one at the start of the period.",
        "再次签约的客户：按月统计时，指此前中断超过宽限期；计算保持率时，指期初没有有效合同。";
    T_REVENUE = "Net revenue", "净收入";
    D_REVENUE = "Sales less returns, in the one currency of the report.", "销售额减去退货，统一以本报告的货币计。";
    T_MARGIN = "Margin", "毛利";
    D_MARGIN = "Net revenue times the margin share of the settings ({margin}).", "净收入乘以设置中的毛利率（{margin}）。";
    D_MARGIN_NONE = "Net revenue times the margin share of the settings.", "净收入乘以设置中的毛利率。";
    T_VALUE = "Customer lifetime value", "客户生命周期价值";
    D_VALUE = "Margin expected from a customer over the value horizon, discounted; the formula is named beside it.",
        "客户在价值期限内预计带来的毛利，经折现；旁边注明所用公式。";
    T_YEARLY = "Value of a year", "年价值";
    D_YEARLY = "What a customer brings in a year at margin: in lists, in the margin at stake and in the net gain of an offer. It is the margin of the last 365 days; of those who first bought later it is scaled up from the time since, taken as {days} at the least, so that a large first purchase weighs much.",
        "客户一年带来的毛利，用于名单、面临流失的毛利和优惠的净收益。取最近 365 天的毛利；首次购买不足一年的客户，按其首次购买以来的时间折算为一年，该时间至少按{days}计，因此较大的首次购买影响很大。";
    D_YEARLY_TABLE = "What a customer brings in a year at margin, by the column that the settings name: in lists, in the margin at stake and in the net gain of an offer.",
        "客户一年带来的毛利，取自设置指定的列，用于名单、面临流失的毛利和优惠的净收益。";
    D_YEARLY_CONTRACTS = "What a customer brings in a year at margin, by the prices of the contracts that run: in lists, in the margin at stake and in the net gain of an offer.",
        "客户一年带来的毛利，按有效合同的价格计算，用于名单、面临流失的毛利和优惠的净收益。";
    T_STAKE = "Margin at stake", "面临流失的毛利";
    D_STAKE = "Churn probability × value of a year, summed over the customers at risk.", "流失概率×年价值，对有流失风险的客户求和。";
    T_OFFER = "Offer, action", "优惠、干预措施";
    D_OFFER = "What is given to keep a customer, with its cost each time it is used.", "为留住客户而给予的东西，每次使用有其成本。";
    T_EFFECT = "Effect", "效果";
    D_EFFECT = "Share of those who would leave within the horizon that the offer keeps. Assumed until it is measured against a hold-out.",
        "在期限内本会流失的客户中，优惠能留住的比例。在以对照保留组实测之前均为假定值。";
    T_NET = "Expected net gain", "预计净收益";
    D_NET = "Churn probability × value of a year × the part of a year that the effect lasts, discounted × effect − cost, summed; compared with doing nothing.", "流失概率×年价值×效果持续时间占一年的比例（经折现）×效果－成本，求和；与不采取措施相比。";
    T_HOLD_OUT = "Hold-out", "对照保留组";
    D_HOLD_OUT = "Customers left alone on purpose, drawn at random, so that the effect of the offers can be measured.",
        "随机抽取、特意不打扰的客户，用来实测优惠的效果。";
    T_SET_ASIDE = "Set aside (quarantine)", "隔离";
    D_SET_ASIDE = "Rows that cannot be right, kept with their reason and left out of everything else.",
        "明显有误的行，连同原因保存，不参与任何计算。";

    FEATURES_TITLE = "The {n} {n:feature|features} the model may use", "模型可用的{n}个特征";
    FEATURES_TABLE = "Features", "特征";
    FEATURES_SHOW = "Show the features", "查看特征";
    COL_NAME = "Name", "名称";
    COL_UNIT = "Unit", "单位";
    COL_MEANING = "Meaning", "含义";

    TRACE_NAME = "Sources of the figures", "数字来源";
    TRACE_QUESTION = "Where does every number come from?", "每个数字从何而来？";
    VERSIONS_TITLE = "The run that made this report can be repeated to the same numbers", "可以重复本次运行，得到相同的数字";
    RUN_ID = "Run", "运行编号";
    CODE_VERSION = "Program version", "程序版本";
    MODEL_VERSION = "Model version", "模型版本";
    NO_MODEL = "none", "无";
    SETTINGS_HASH = "Hash of the settings", "设置摘要";
    SEED = "Seed", "随机种子";
    TABLES_TITLE = "{n} {n:table was|tables were} read, each at a fixed version", "读取了{n}张表，版本均已固定";
    TABLES_TABLE = "Tables and versions", "数据表与版本";
    COL_TABLE = "Table", "数据表";
    COL_VERSION = "Version", "版本";
    COL_ROWS = "Rows", "行数";
    SETTINGS_TITLE = "The settings behind it", "所用设置";
    SETTINGS_TABLE = "Settings", "设置";
    SETTINGS_SHOW = "Show the settings", "查看设置";
    COL_SETTING = "Setting", "设置项";
    COL_VALUE = "Value", "值";
}
