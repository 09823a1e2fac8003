//! One `[[source]]`: where it is, which table it becomes, which column plays
//! which part, and what the reader should not have to guess.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::day_zero::DayZero;
use super::duration::Duration;
use super::error::{Problem, code};
use super::governance::LegalGround;
use super::node::{Data, Node};
use super::people::PersonColumns;
use super::read::{Setting, nearest, one_of, wrong_type};
use super::section::section;
use super::units::{Zone, words};

words! {
    /// The table that a source becomes.
    Table {
        /// One row for each line of an order.
        OrderLines = "order_lines",
        /// One row for each thing that happened: a page seen, a login, a song played.
        Events = "events",
        /// One row for each contract: a subscription, a policy, a membership.
        Subscriptions = "subscriptions",
        /// One row for each customer, usually with a label.
        Customers = "customers",
    }
}

words! {
    /// The part that a column plays in its table.
    Role {
        /// The order that the line belongs to.
        OrderId = "order_id",
        /// The customer.
        CustomerId = "customer_id",
        /// What was bought, or what it happened to.
        ProductId = "product_id",
        /// When it was bought, or happened.
        Time = "time",
        /// What happened: `page_view`, `add_to_cart`.
        Name = "name",
        /// The event's own id, by which an event read twice is known.
        MessageId = "message_id",
        /// How many; negative for a return.
        Quantity = "quantity",
        /// The price of one.
        UnitPrice = "unit_price",
        /// The money of the whole line.
        Amount = "amount",
        /// What the line cost the business.
        Cost = "cost",
        /// What was taken off the line.
        Discount = "discount",
        /// Where it was bought: web, shop, telephone.
        Channel = "channel",
        /// The order that a return gives back.
        ReturnOf = "return_of",
        /// The contract's own id, by which a contract read twice is known.
        SubscriptionId = "subscription_id",
        /// When the contract began.
        Start = "start",
        /// When it ended in fact; missing while it runs.
        End = "end",
        /// Until when it runs unless it is renewed.
        Due = "due",
        /// What was contracted: the tariff, the policy, the course.
        Plan = "plan",
        /// What it costs for each of `value.amount_per`.
        Price = "price",
        /// Whether the customer was lost.
        Label = "label",
    }
}

words! {
    /// What the values of a column are.
    ColumnType {
        /// Text as it stands; identifiers are text.
        Text = "text",
        /// A whole number.
        Integer = "integer",
        /// A number, perhaps with a fraction.
        Number = "number",
        /// True or false, yes or no, 1 or 0.
        Boolean = "boolean",
        /// A day of the calendar.
        Date = "date",
        /// A moment.
        Time = "time",
    }
}

words! {
    /// What separates the whole part of a number from its fraction.
    Decimal {
        /// A point, as in `1,234.56`.
        Point = ".",
        /// A comma, as in `1.234,56`.
        Comma = ",",
    }
}

words! {
    /// How dates and times are written; a time of day may follow each.
    TimeFormat {
        /// `2024-03-05`, `2024/3/5`, `2024.3.5`.
        YearFirst = "y-m-d",
        /// `05/03/2024`, `5.3.24`, `05-Mar-2024`: the 5th of March.
        DayFirst = "d/m/y",
        /// `03/05/2024`, `Mar 5, 2024`: the 5th of March.
        MonthFirst = "m/d/y",
        /// `20240305`, `20240305101500`.
        Compact = "yyyymmdd",
        /// `2024年3月5日`.
        Chinese = "y年m月d日",
        /// Seconds since 1970 in UTC.
        EpochSeconds = "epoch_seconds",
        /// Milliseconds since 1970 in UTC.
        EpochMillis = "epoch_millis",
        /// Microseconds since 1970 in UTC.
        EpochMicros = "epoch_micros",
        /// Days since 1899-12-30, as spreadsheets count them.
        SheetDays = "sheet_days",
        /// Days since `day_zero`: `-159`, `0`, `12.5`.
        Days = "days",
    }
}

/// How the characters of a text file are written: an encoding of the WHATWG's
/// Encoding Standard, by any of its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoding(pub perennial_lake::sources::Encoding);

impl Serialize for Encoding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.name())
    }
}

impl Setting for Encoding {
    const KIND: &'static str = "an encoding, such as `\"utf-8\"`, `\"gb18030\"`, `\"big5\"`, `\"windows-1252\"` or `\"utf-16le\"`";

    fn read(node: &Node, path: &str, problems: &mut Vec<Problem>) -> Option<Self> {
        let found = node
            .text()
            .and_then(perennial_lake::sources::Encoding::named);
        if found.is_none() {
            problems.push(wrong_type::<Self>(node, path));
        }
        found.map(Self)
    }
}

impl Role {
    /// Parts whose values identify somebody or something: no numbers to add up.
    pub const IDENTIFIERS: [Self; 6] = [
        Self::CustomerId,
        Self::OrderId,
        Self::ProductId,
        Self::ReturnOf,
        Self::MessageId,
        Self::SubscriptionId,
    ];
    /// Parts that are moments.
    pub const MOMENTS: [Self; 4] = [Self::Time, Self::Start, Self::End, Self::Due];
}

impl Table {
    /// The parts that columns of this table can play.
    pub fn roles(self) -> &'static [Role] {
        match self {
            Self::OrderLines => &[
                Role::OrderId,
                Role::CustomerId,
                Role::ProductId,
                Role::Time,
                Role::Quantity,
                Role::UnitPrice,
                Role::Amount,
                Role::Cost,
                Role::Discount,
                Role::Channel,
                Role::ReturnOf,
            ],
            Self::Events => &[
                Role::CustomerId,
                Role::ProductId,
                Role::Time,
                Role::Name,
                Role::MessageId,
                Role::Channel,
            ],
            Self::Subscriptions => &[
                Role::CustomerId,
                Role::SubscriptionId,
                Role::Start,
                Role::End,
                Role::Due,
                Role::Plan,
                Role::Price,
                Role::Channel,
            ],
            Self::Customers => &[Role::CustomerId, Role::Label],
        }
    }

    /// The part that says when a row was.
    pub fn moment(self) -> Role {
        match self {
            Self::Subscriptions => Role::Start,
            _ => Role::Time,
        }
    }
}

/// What separates the fields of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delimiter {
    /// One character of ASCII.
    Character(u8),
    /// Any number of blanks and tabs.
    Blanks,
}

impl Serialize for Delimiter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Character(b'\t') => serializer.serialize_str("tab"),
            Self::Character(byte) => serializer.serialize_char(char::from(*byte)),
            Self::Blanks => serializer.serialize_str("blanks"),
        }
    }
}

impl Setting for Delimiter {
    const KIND: &'static str = "one character, `\"tab\"` or `\"blanks\"`";

    fn read(node: &Node, path: &str, problems: &mut Vec<Problem>) -> Option<Self> {
        let delimiter = match node.text() {
            Some("tab" | "\t" | "\\t") => Some(Self::Character(b'\t')),
            Some("blanks") => Some(Self::Blanks),
            Some(text) => one_byte(text).map(Self::Character),
            None => None,
        };
        if delimiter.is_none() {
            problems.push(wrong_type::<Self>(node, path));
        }
        delimiter
    }
}

/// What stands around a field that holds the delimiter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quote {
    /// One character of ASCII.
    Character(u8),
    /// Nothing: quotes are part of the text.
    Off,
}

impl Serialize for Quote {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Character(byte) => serializer.serialize_char(char::from(*byte)),
            Self::Off => serializer.serialize_str("none"),
        }
    }
}

impl Setting for Quote {
    const KIND: &'static str = "one character or `\"none\"`";

    fn read(node: &Node, path: &str, problems: &mut Vec<Problem>) -> Option<Self> {
        let quote = match node.text() {
            Some("none") => Some(Self::Off),
            Some(text) => one_byte(text).map(Self::Character),
            None => None,
        };
        if quote.is_none() {
            problems.push(wrong_type::<Self>(node, path));
        }
        quote
    }
}

/// A visible character of ASCII that cannot be part of a number or a word.
fn one_byte(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [byte] if byte.is_ascii_punctuation() || *byte == b' ' => Some(*byte),
        _ => None,
    }
}

/// Which column of the source plays which part.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct Columns(BTreeMap<Role, String>);

impl Columns {
    /// The column that plays the part.
    pub fn get(&self, role: Role) -> Option<&str> {
        self.0.get(&role).map(String::as_str)
    }

    /// Every part that is played, with its column.
    pub fn iter(&self) -> impl Iterator<Item = (Role, &str)> {
        self.0.iter().map(|(role, column)| (*role, column.as_str()))
    }
}

impl Setting for Columns {
    const KIND: &'static str =
        "a table of parts and columns, as in `{ customer_id = \"Customer\" }`";

    fn read(node: &Node, path: &str, problems: &mut Vec<Problem>) -> Option<Self> {
        let Data::Table(entries) = &node.data else {
            problems.push(wrong_type::<Self>(node, path));
            return None;
        };
        let names: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
        let mut columns = BTreeMap::new();
        let mut whole = true;
        for entry in entries {
            let Some(role) = Role::from_word(&entry.key) else {
                let message = format!("`{path}`: there is no part `{}`", entry.key);
                let hint = match nearest(&entry.key, &names) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("the part comes first, then the column; {}", one_of(&names)),
                };
                problems
                    .push(Problem::new(code::KEY_UNKNOWN, &entry.place, message).with_hint(hint));
                whole = false;
                continue;
            };
            match String::read(&entry.node, &format!("{path}.{role}"), problems) {
                Some(column) => drop(columns.insert(role, column)),
                None => whole = false,
            }
        }
        whole.then_some(Self(columns))
    }
}

section! {
    /// Something to read. `columns` says which column plays which part: for
    /// `order_lines` the parts `order_id`, `customer_id`, `product_id`, `time`,
    /// `quantity`, `unit_price`, `amount`, `cost`, `discount`, `channel` and
    /// `return_of`; for `events` the parts `customer_id`, `time`, `name`,
    /// `product_id`, `message_id` and `channel`; for `subscriptions` the parts
    /// `customer_id`, `subscription_id`, `start`, `end`, `due`, `plan`, `price`
    /// and `channel`; for `customers` the parts `customer_id` and `label`.
    Source in "[[source]]" {
        /// A file, a folder, or a pattern such as `data/*.csv.gz`, relative to the project's folder; or a table of a database, as in `postgres://user@host/shop/orders` and `mysql://user:${PASSWORD}@host/shop/orders`, where `${NAME}` comes from the environment.
        path: String = required;
        /// Of a table in a database, a column that only grows, such as a number given out in order: rows are then read once, those beyond the greatest value so far.
        cursor: String = optional("none: the whole table is compared and read anew where it changed");
        /// The table it becomes.
        table: Table = required;
        /// Which column of the source plays which part; the columns not named here or in `traits` are not used, but for those of `customers`, which all are.
        columns: Columns = default(Columns::default(), "none; without `customer_id`, the row of a table of customers is the customer");
        /// Columns that say something lasting about the customer, by the name they get.
        traits: BTreeMap<String, String> = default(BTreeMap::new(), "{}");
        /// Columns that identify a person: kept encrypted, never shown to a model.
        personal: Vec<String> = default(Vec::new(), "[]; `customer_id` always is");
        /// Columns that describe a person, by what they say: `given_name` and `family_name` or `name`, `birth_date`, `email`, `telephone`, `postcode`, `address`, `city`. Kept encrypted like `personal`; `perennial identity` compares them to find who is the same person.
        people: PersonColumns = default(PersonColumns::default(), "none");
        /// The time zone of times that are written without one.
        time_zone: Zone = optional("the project's");
        /// How dates are written, where it cannot be told: `05/03/2024` is `d/m/y` or `m/d/y`.
        time_format: TimeFormat = optional("found from a sample");
        /// The day that `time_format = "days"` counts from, such as `"2013-10-01"`; or, where each group of rows has its own, the column that names the group and the day of each: `{ column = "term", "2013J" = "2013-10-01" }`.
        day_zero: DayZero = optional("must be given with `time_format = \"days\"`");
        /// What separates the fields.
        delimiter: Delimiter = optional("found from a sample");
        /// What stands around a field that holds the delimiter.
        quote: Quote = optional("found from a sample");
        /// Whether the first line names the columns; without a header they are `c1`, `c2` and so on.
        header: bool = optional("found from a sample");
        /// How characters are written.
        encoding: Encoding = optional("found from a sample");
        /// What separates the whole part of a number from its fraction.
        decimal: Decimal = optional("found from a sample");
        /// What the values of a column are, where the guess is wrong: `text`, `integer`, `number`, `boolean`, `date` or `time`.
        types: BTreeMap<String, ColumnType> = default(BTreeMap::new(), "{}");
        /// Who in the business answers for these data.
        owner: String = optional("not declared");
        /// Why the business may have them: the person's consent, a contract with them, a law, or another ground.
        legal_ground: LegalGround = optional("not declared");
        /// What they are for, in a few words.
        purpose: String = optional("not declared");
        /// How long a row is kept, counted from its time: each run takes older ones out of every table, and reading their file again does not bring them back.
        keep: Duration = optional("not declared: rows stay");
        /// How long a law wants a row kept, counted from its time: of somebody who is erased sooner such rows stay, used for nothing, until they are due.
        must_keep: Duration = optional("no law wants them kept");
        /// Columns about health, beliefs, origin, finances or the like: the catalogue and the notice say so.
        sensitive: Vec<String> = default(Vec::new(), "[]");
        /// What traits and the file's own columns mean, by name.
        descriptions: BTreeMap<String, String> = default(BTreeMap::new(), "{}");
    }
}

impl Source {
    /// The source with the path as it may be shown. Who connects to a database
    /// changes nothing about what is read there.
    pub(crate) fn without_user(&self) -> Self {
        Self {
            path: self.shown(),
            ..self.clone()
        }
    }

    /// The path as it may be shown: of a database's address without who connects.
    pub fn shown(&self) -> String {
        perennial_lake::sources::database::without_user(&self.path)
    }
}
