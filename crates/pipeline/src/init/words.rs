//! What `init` says, in both languages.

use crate::settings::{Language, PersonPart, Role, Table};

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
}

impl Text {
    /// A text in both languages.
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self {
            en: en.into(),
            zh: zh.into(),
        }
    }

    /// The text in one language.
    pub fn of(&self, language: Language) -> &str {
        match language {
            Language::English => &self.en,
            Language::Chinese => &self.zh,
        }
    }
}

/// A fixed text in both languages: English, Chinese.
pub(crate) type Words = (&'static str, &'static str);

/// One language of a fixed text.
pub(crate) fn say(words: Words, language: Language) -> &'static str {
    match language {
        Language::English => words.0,
        Language::Chinese => words.1,
    }
}

/// What a part of a table is, beside the column that plays it.
pub(crate) fn role(role: Role, table: Table) -> Words {
    match role {
        Role::ProductId if table == Table::Events => ("what it happened to", "所涉及的商品或内容"),
        Role::Time if table == Table::Events => ("when it happened", "发生时间"),
        Role::Channel if table == Table::Events => ("where it happened", "渠道"),
        Role::Name => ("what happened", "事件名称"),
        Role::MessageId => ("the event's own id", "事件编号"),
        Role::OrderId => ("the order that the line belongs to", "订单号"),
        Role::CustomerId => ("the customer", "客户"),
        Role::ProductId => ("what was bought", "商品"),
        Role::Time => ("when it was bought", "购买时间"),
        Role::Quantity => ("how many; negative for a return", "数量，退货为负数"),
        Role::UnitPrice => ("the price of one", "单价"),
        Role::Amount => ("the money of the whole line", "整行金额"),
        Role::Cost => ("what the line cost the business", "成本"),
        Role::Discount => ("what was taken off", "优惠金额"),
        Role::Channel if table == Table::Subscriptions => ("where it was made", "渠道"),
        Role::Channel => ("where it was bought", "购买渠道"),
        Role::ReturnOf => ("the order that a return gives back", "退货所对应的原订单"),
        Role::SubscriptionId => ("the contract's own id", "合约编号"),
        Role::Start => ("when the contract began", "合约开始时间"),
        Role::End => (
            "when it ended; missing while it runs",
            "合约结束时间，仍在进行则为空",
        ),
        Role::Due => ("until when it runs unless it is renewed", "到期时间"),
        Role::Plan => ("what was contracted", "合约方案"),
        Role::Price => ("what it costs", "价格"),
        Role::Label => ("says who was lost", "标明客户是否已流失"),
    }
}

/// What a column says of a person.
pub(crate) fn person_part(part: PersonPart) -> Words {
    match part {
        PersonPart::GivenName => ("given name", "名"),
        PersonPart::FamilyName => ("family name", "姓"),
        PersonPart::Name => ("the whole name", "姓名"),
        PersonPart::BirthDate => ("birth date", "出生日期"),
        PersonPart::Email => ("e-mail address", "邮箱"),
        PersonPart::Telephone => ("telephone number", "电话"),
        PersonPart::Postcode => ("postcode", "邮编"),
        PersonPart::Address => ("street and house", "地址"),
        PersonPart::City => ("city", "城市"),
    }
}

pub(crate) const HEAD: Words = (
    "The settings of this project. A line that ends in `# ? ...` is a guess: look at it, then run `perennial check`.",
    "本项目的设置。行尾带有 `# ? ……` 的是猜测，请核对，然后运行 `perennial check`。",
);
pub(crate) const CURRENCY: Words = ("the currency of every amount", "所有金额的币种");
pub(crate) const TIME_ZONE: Words = ("where the business's days begin", "以该时区划分日期");
pub(crate) const LANGUAGE: Words = (
    "of reports and reasons: \"en\" or \"zh\"",
    "报告与说明的语言：\"en\" 或 \"zh\"",
);
pub(crate) const PATH: Words = (
    "a file, a folder, a pattern such as \"data/*.csv.gz\" (relative to this file), or the address of a table in a database",
    "文件、文件夹、通配路径（如 \"data/*.csv.gz\"，相对于本文件所在的文件夹），或数据库中某张表的地址",
);
pub(crate) const TABLE_ORDER_LINES: Words = (
    "one row for each line of an order",
    "每行是订单中的一条明细",
);
pub(crate) const TABLE_EVENTS: Words = ("one row for each thing that happened", "每行是一个事件");
pub(crate) const TABLE_SUBSCRIPTIONS: Words = ("one row for each contract", "每行是一份合约");
pub(crate) const TABLE_CUSTOMERS: Words = ("one row for each customer", "每行是一位客户");
pub(crate) const PERSONAL: Words = (
    "columns that identify a person: kept encrypted, never shown to a model",
    "能识别个人身份的列：加密保存，不进入模型",
);
pub(crate) const COLUMNS: Words = (
    "Which column of the source plays which part.",
    "数据中各列对应的含义。",
);
pub(crate) const PEOPLE: Words = (
    "Columns that describe a person: kept encrypted; `perennial identity suggest` finds by them who is probably the same person.",
    "描述个人的列：加密保存；`perennial identity suggest` 据此找出可能是同一人的客户。",
);
pub(crate) const TRAITS: Words = (
    "Columns that say something lasting about the customer, by the name they get.",
    "描述客户稳定特征的列：左边是取的名称，右边是列名。",
);
pub(crate) const UNUSED: Words = ("Not used:", "未使用的列：");
pub(crate) const LOST: Words = (
    "What it means that a customer is lost.",
    "怎样才算客户流失。",
);
pub(crate) const LOST_NO_PURCHASE: Words =
    ("no purchase within the horizon", "在观察期内没有再次购买");
pub(crate) const LOST_NO_EVENT: Words = ("no event within the horizon", "在观察期内没有事件");
pub(crate) const LOST_EVENTS: Words = (
    "the events that count, such as [\"buy\"]; all where none is named",
    "计入的事件，如 [\"buy\"]；为空则计入所有事件",
);
pub(crate) const LOST_HORIZON: Words = (
    "\"auto\" chooses it from the customers' own rhythm; or \"90d\", \"12w\", \"1y\"",
    "\"auto\" 按客户自己的节奏选定；也可以写 \"90d\"、\"12w\"、\"1y\"",
);
pub(crate) const LOST_CONTRACT: Words = (
    "the contract ended, and none followed",
    "合约结束且没有续约",
);
pub(crate) const LOST_HORIZON_CONTRACT: Words = (
    "how far ahead an end counts; \"auto\" chooses it from the length of the data; or \"30d\", \"1y\"",
    "向前看多久；\"auto\" 按数据的长度选定；也可以写 \"30d\"、\"1y\"",
);
pub(crate) const LOST_GRACE: Words = (
    "how long after an end another contract still counts as its renewal",
    "合约结束后多久之内再签仍算续约",
);
pub(crate) const VALUE_PRICE_PER: Words = (
    "what the price of a contract is paid per: \"year\", \"month\", \"week\" or \"day\"",
    "合约价格的周期：\"year\" 年、\"month\" 月、\"week\" 周、\"day\" 日",
);
pub(crate) const LOST_LABEL: Words = ("the label column says so", "由标签列给出");
pub(crate) const LOST_WHEN: Words = (
    "the value of the label column that means lost",
    "标签列中表示已流失的取值",
);
pub(crate) const VALUE: Words = ("What a customer is worth.", "客户的价值。");
pub(crate) const VALUE_HORIZON: Words =
    ("how far ahead value is counted", "向前计算多长时间的价值");
pub(crate) const MARGIN: Words = (
    "assumed: the share of revenue left after the cost of goods; put in your own",
    "假定值：毛利率，请改为您自己的数字",
);
pub(crate) const DISCOUNT: Words = (
    "assumed: what a year's wait takes from an amount; 0.10 is 10 % a year",
    "假定值：折现率，0.10 表示每年 10%",
);
pub(crate) const VALUE_AMOUNT: Words = (
    "the column with the amount that a customer pays",
    "客户支付金额所在的列",
);
pub(crate) const VALUE_AMOUNT_PER: Words = (
    "what it is paid per: \"year\", \"month\", \"week\" or \"day\"",
    "金额的周期：\"year\" 年、\"month\" 月、\"week\" 周、\"day\" 日",
);
pub(crate) const VALUE_AMOUNT_NONE: Words = (
    "With a column of what customers pay, risk is weighed in money:",
    "如果有客户支付金额的列，就能用金额衡量风险：",
);
pub(crate) const VALUE_AMOUNT_ASK: Words = (
    "say what the amount is paid per - \"year\", \"month\", \"week\" or \"day\" - and take away the `#` of both lines",
    "请说明金额的周期（\"year\"、\"month\"、\"week\" 或 \"day\"），并去掉这两行行首的 #",
);
pub(crate) const OFFER: Words = (
    "What can be given to a customer to stay. A sample: put in your own, as many as you like.",
    "可以给客户的优惠。这里是示例，请改为您自己的，可以写多个。",
);
pub(crate) const OFFER_NAME: Words = ("the name that decisions carry", "在决策中使用的名称");
pub(crate) const OFFER_COST: Words = (
    "each time a customer takes it, in the project's currency",
    "客户每使用一次的成本，以项目币种计",
);
pub(crate) const OFFER_EFFECT: Words = (
    "assumed, not measured: the share of those who would leave that it keeps",
    "假定值，尚未测量：在本会流失的客户中能留住的比例",
);
pub(crate) const OFFER_LASTS: Words = (
    "assumed, not measured: how long they stay kept",
    "假定值，尚未测量：效果持续多久",
);
pub(crate) const POLICY: Words = ("How offers are given out.", "优惠如何发放。");
pub(crate) const BUDGET: Words = (
    "the most that one run may spend, in the project's currency",
    "每次运行最多花费的金额，以项目币种计",
);
pub(crate) const HOLD_OUT: Words = (
    "the share left alone, drawn by lot, so that the effect can be measured",
    "随机留出、不做干预的客户比例（对照保留组），用来测量效果",
);
pub(crate) const NO_ID: Words = (
    "Without `customer_id` each row is a customer, called by its number.",
    "没有 `customer_id` 时，每一行视为一位客户，以行号为名。",
);
