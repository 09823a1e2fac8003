//! Which column is what: by the words of its name, in English and Chinese, and
//! by how its values behave beside the others - so that a file whose headers
//! say nothing is mapped as well as one whose headers say all.

mod customers;
mod events;
mod names;
mod orders;
mod relations;
mod subscriptions;
pub(crate) mod words;

use std::fmt;

use super::infer::Profile;

/// The kinds of table that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TableKind {
    /// One row per line of an order (or per order).
    OrderLines,
    /// One row for each thing that happened.
    Events,
    /// One row per customer, with an outcome.
    Customers,
    /// One row per contract: who, from when, and until when if it has ended.
    Subscriptions,
}

impl TableKind {
    /// The table's name.
    pub fn name(self) -> &'static str {
        match self {
            TableKind::OrderLines => "order_lines",
            TableKind::Events => "events",
            TableKind::Customers => "customers",
            TableKind::Subscriptions => "subscriptions",
        }
    }
}

/// What a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Identifies the customer.
    CustomerId,
    /// Identifies the order.
    OrderId,
    /// Identifies the product.
    ProductId,
    /// Identifies the contract.
    SubscriptionId,
    /// When it was ordered, or happened.
    Time,
    /// When the contract began.
    Start,
    /// When the contract ended; no value where it runs on.
    End,
    /// Until when the contract is paid, or when it is up for renewal.
    Due,
    /// What the contract is about: the plan, the product, the course.
    Plan,
    /// What the contract costs; [`Guess::value_amount_per`] says for how long.
    Price,
    /// What happened.
    EventName,
    /// Identifies the event.
    MessageId,
    /// How many.
    Quantity,
    /// Price of one.
    UnitPrice,
    /// Price of the line or order.
    Amount,
    /// Cost to the business.
    Cost,
    /// Discount given.
    Discount,
    /// Where it was ordered.
    Channel,
    /// The outcome: lost or not.
    Label,
    /// A trait of the customer.
    Trait,
    /// Identifies a person directly: name, e-mail, telephone, address.
    Personal,
    /// A trait of the product, such as its description.
    ProductTrait,
}

impl Role {
    /// The name as written in settings; traits and personal columns have
    /// sections of their own there.
    pub fn name(self) -> &'static str {
        match self {
            Role::CustomerId => "customer_id",
            Role::OrderId => "order_id",
            Role::ProductId => "product_id",
            Role::SubscriptionId => "subscription_id",
            Role::Time => "time",
            Role::Start => "start",
            Role::End => "end",
            Role::Due => "due",
            Role::Plan => "plan",
            Role::Price => "price",
            Role::EventName => "name",
            Role::MessageId => "message_id",
            Role::Quantity => "quantity",
            Role::UnitPrice => "unit_price",
            Role::Amount => "amount",
            Role::Cost => "cost",
            Role::Discount => "discount",
            Role::Channel => "channel",
            Role::Label => "label",
            Role::Trait => "trait",
            Role::Personal => "personal",
            Role::ProductTrait => "product_trait",
        }
    }
}

/// Why a column was given a role.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// Its name says so.
    Name,
    /// It is the only column of dates.
    OnlyTime,
    /// The value of one column is settled by another: `share` of rows agree.
    SettledBy {
        /// The column that settles it.
        column: String,
        /// Share of rows, 0 to 1.
        share: f64,
    },
    /// Each value has several rows.
    Repeats {
        /// Rows per value, on average.
        rows_per_value: f64,
    },
    /// It settles what another column is.
    Settles {
        /// The column that it settles.
        column: String,
        /// Share of rows, 0 to 1.
        share: f64,
    },
    /// Every row has a value of its own.
    Unique,
    /// It is the product of two other columns in `share` of the rows.
    ProductOf {
        /// The factors.
        columns: [String; 2],
        /// Share of rows, 0 to 1.
        share: f64,
    },
    /// Small whole numbers, mostly positive.
    SmallWholeNumbers,
    /// It rises and falls with another column.
    Correlates {
        /// The other column.
        column: String,
        /// Correlation of ranks, -1 to 1.
        correlation: f64,
    },
    /// Its values look like money.
    Money,
    /// Two values, of which one is rarer.
    TwoValues {
        /// Share of the rarer value, 0 to 1.
        rarer_share: f64,
    },
    /// Its values are words for what customers do.
    NamesEvents {
        /// Share of its different values, 0 to 1.
        share: f64,
    },
    /// Few different texts, which neither the customer nor the product settles.
    FewTexts,
    /// Its values look like e-mail addresses, telephone numbers or names.
    LooksPersonal,
    /// It is hardly ever before another column: in `share` of the rows with both.
    NotBefore {
        /// The other column.
        column: String,
        /// Share of rows, 0 to 1.
        share: f64,
    },
    /// It is empty in many rows, as the end of what runs on is.
    OftenEmpty {
        /// Share of rows, 0 to 1.
        share: f64,
    },
    /// Its place in the file.
    Position,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Name => write!(f, "its name"),
            Reason::OnlyTime => write!(f, "the only column of times"),
            Reason::SettledBy { column, share } => write!(
                f,
                "one value per `{column}` in {:.0} % of rows",
                share * 100.0
            ),
            Reason::Repeats { rows_per_value } => write!(f, "{rows_per_value:.1} rows per value"),
            Reason::Settles { column, share } => {
                write!(f, "settles `{column}` in {:.0} % of rows", share * 100.0)
            }
            Reason::Unique => write!(f, "every row has its own value"),
            Reason::ProductOf {
                columns: [a, b],
                share,
            } => write!(f, "equals `{a}` x `{b}` in {:.0} % of rows", share * 100.0),
            Reason::SmallWholeNumbers => write!(f, "small whole numbers"),
            Reason::Correlates {
                column,
                correlation,
            } => write!(f, "moves with `{column}` (correlation {correlation:.2})"),
            Reason::Money => write!(f, "values look like money"),
            Reason::TwoValues { rarer_share } => write!(
                f,
                "two values, the rarer in {:.0} % of rows",
                rarer_share * 100.0
            ),
            Reason::NamesEvents { share } => write!(
                f,
                "{:.0} % of its values are names of events",
                share * 100.0
            ),
            Reason::FewTexts => write!(f, "few texts that differ from row to row"),
            Reason::LooksPersonal => write!(f, "values look like a person's"),
            Reason::NotBefore { column, share } => write!(
                f,
                "not before `{column}` in {:.0} % of rows with both",
                share * 100.0
            ),
            Reason::OftenEmpty { share } => {
                write!(f, "empty in {:.0} % of rows", share * 100.0)
            }
            Reason::Position => write!(f, "its place in the file"),
        }
    }
}

/// One column's role.
#[derive(Debug, Clone, PartialEq)]
pub struct RoleGuess {
    /// The role.
    pub role: Role,
    /// The column's name.
    pub column: String,
    /// How sure, from 0 to 1; below 0.6 there is a question about it too.
    pub confidence: f64,
    /// Why.
    pub reasons: Vec<Reason>,
}

impl RoleGuess {
    /// The reasons as one line of English.
    pub fn why(&self) -> String {
        let reasons: Vec<String> = self.reasons.iter().map(ToString::to_string).collect();
        reasons.join(", ")
    }
}

/// What a person should look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum QuestionKind {
    /// No column has the role.
    Missing,
    /// Other columns would do as well.
    Alternatives,
    /// Several columns identify the same thing one to one.
    OneToOne,
    /// Evidence is thin.
    Weak,
    /// Day and month could be either way round.
    DayMonth,
    /// Nothing says which value means lost; the rarer was taken.
    LostWhen,
    /// The outcome has other than two values; those are given.
    Spellings,
    /// Too few rows to tell from values.
    FewRows,
    /// These columns may have been keys, had a spreadsheet not rounded them.
    Changed,
    /// The column counts days from a day that the file does not tell.
    RelativeDays,
    /// The label was taken, but other columns (those given) say when each contract
    /// began and ended: the table could be read as contracts.
    LabelOrContracts,
}

impl QuestionKind {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            QuestionKind::Missing => "guess/role-missing",
            QuestionKind::Alternatives => "guess/alternatives",
            QuestionKind::OneToOne => "guess/one-to-one",
            QuestionKind::Weak => "guess/weak",
            QuestionKind::DayMonth => "guess/day-month",
            QuestionKind::LostWhen => "guess/lost-when",
            QuestionKind::Spellings => "guess/spellings",
            QuestionKind::FewRows => "guess/few-rows",
            QuestionKind::Changed => "guess/identifiers-changed",
            QuestionKind::RelativeDays => "guess/relative-days",
            QuestionKind::LabelOrContracts => "guess/label-or-contracts",
        }
    }
}

/// Something the guess is unsure of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The role in question.
    pub role: Role,
    /// What is in question.
    pub kind: QuestionKind,
    /// The column chosen, if one was.
    pub chosen: Option<String>,
    /// Columns (or values) that would do instead, best first.
    pub alternatives: Vec<String>,
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let role = self.role.name();
        let chosen = self.chosen.as_deref().unwrap_or("");
        let others = self.alternatives.join("`, `");
        match self.kind {
            QuestionKind::Missing => write!(f, "no column found for `{role}`"),
            QuestionKind::Alternatives => {
                write!(f, "`{role}` is `{chosen}`; it could be `{others}`")
            }
            QuestionKind::OneToOne => write!(
                f,
                "`{role}` is `{chosen}`; `{others}` identifies the same one to one"
            ),
            QuestionKind::Weak => write!(f, "`{role}` is probably `{chosen}`"),
            QuestionKind::DayMonth => write!(
                f,
                "in `{chosen}` day and month could be the other way round"
            ),
            QuestionKind::LostWhen => write!(
                f,
                "`{chosen}` is taken to mean lost, being rarer than `{others}`"
            ),
            QuestionKind::Spellings => {
                write!(
                    f,
                    "`{chosen}` has the values `{others}` where two were expected"
                )
            }
            QuestionKind::FewRows => write!(f, "too few rows to tell from values alone"),
            QuestionKind::Changed => write!(f, "a spreadsheet has rounded the values"),
            QuestionKind::RelativeDays => write!(
                f,
                "`{chosen}` counts days from a day that the file does not tell"
            ),
            QuestionKind::LabelOrContracts => write!(
                f,
                "`{chosen}` says who was lost, and `{others}` when: it could be a table of subscriptions"
            ),
        }
    }
}

/// What a file's columns are.
#[derive(Debug, Clone, PartialEq)]
pub struct Guess {
    /// The kind of table.
    pub kind: TableKind,
    /// How sure of the kind, from 0 to 1.
    pub kind_confidence: f64,
    /// Roles, most important first. Traits and personal columns may be many.
    pub roles: Vec<RoleGuess>,
    /// For events: the names that say that something was bought, where any does.
    pub purchases: Vec<String>,
    /// For customers: the value of the label that means lost.
    pub lost_when: Option<String>,
    /// For customers: the column that says what a customer is worth.
    pub value_amount: Option<RoleGuess>,
    /// Its period, if its name says one: `month`, `year`, `week`, `day`; for
    /// contracts that of [`Role::Price`].
    pub value_amount_per: Option<&'static str>,
    /// The times (of contracts start, end and due; otherwise `time`) are whole numbers
    /// of days from a day that the file does not tell, such as -159 and 12.
    pub relative_days: bool,
    /// What it is unsure of.
    pub unsure: Vec<Question>,
}

impl Guess {
    /// The column of a role that one column has.
    pub fn column(&self, role: Role) -> Option<&str> {
        self.roles
            .iter()
            .find(|guess| guess.role == role)
            .map(|guess| guess.column.as_str())
    }

    /// All columns of a role.
    pub fn columns(&self, role: Role) -> Vec<&str> {
        self.roles
            .iter()
            .filter(|guess| guess.role == role)
            .map(|guess| guess.column.as_str())
            .collect()
    }
}

/// Guesses what the columns are. `kind` decides the kind of table where the
/// user has said it.
pub fn guess(profile: &Profile, kind: Option<TableKind>) -> Guess {
    let facts = relations::Facts::new(profile);
    let mut chosen = match kind {
        Some(TableKind::Customers) => customers::guess(&facts),
        Some(TableKind::Subscriptions) => subscriptions::guess_said(&facts),
        Some(kind) => orders::guess(&facts, Some(kind)),
        None => likeliest(&facts),
    };
    chosen.roles.sort_by_key(|guess| guess.role);
    let changed = (0..facts.columns.len()).filter(|column| facts.is_changed(*column));
    let changed: Vec<String> = changed
        .filter_map(|column| Some(facts.column(column)?.profile.name.clone()))
        .collect();
    if !changed.is_empty() {
        chosen.unsure.push(Question {
            role: Role::CustomerId,
            kind: QuestionKind::Changed,
            chosen: None,
            alternatives: changed,
        });
    }
    chosen
}

/// The guess of the kind that a table most likely is. What has the moments of contracts
/// is one, unless a label is called so: then that says more, and a question is asked.
fn likeliest(facts: &relations::Facts) -> Guess {
    let history = orders::guess(facts, None);
    let mut customers = customers::guess(facts);
    let contracts = subscriptions::guess(facts).filter(|guess| guess.kind_confidence >= 0.6);
    if let Some(contracts) = contracts {
        match subscriptions::beside_label(facts, &customers, &contracts) {
            Some(question) => {
                customers.unsure.push(question);
                return customers;
            }
            None => return contracts,
        }
    }
    match customers.kind_confidence > history.kind_confidence {
        true => customers,
        false => history,
    }
}
