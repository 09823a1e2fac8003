//! Lists of customers and actions as spreadsheets: [`to_xlsx`] and [`to_csv`].
//!
//! A [`ListTable`] is typed cell by cell, so that an identifier stays text
//! (leading zeros and more than fifteen digits survive a spreadsheet program)
//! while amounts and percentages are numbers one can sum.

mod csv;
mod xlsx;

pub use csv::to_csv;
pub use xlsx::{ROWS_MAX, to_xlsx};

use jiff::civil::{Date, DateTime};

use crate::language::{Language, Text};
use crate::locale::Locale;
use crate::messages::{Message, lists as m};
use crate::report::{Action, CustomerAtRisk};

/// A list: columns, rows, and what is needed to write it.
#[derive(Debug, Clone)]
pub struct ListTable {
    /// Name of the sheet; cut to what spreadsheet programs allow.
    pub name: String,
    /// Language of headers and symbols.
    pub language: Language,
    /// ISO 4217 code of the money cells.
    pub currency: Option<String>,
    /// When the list was made: the file's creation time (this crate has no
    /// clock, and equal lists give equal bytes).
    pub made_at: DateTime,
    /// Headers, in order.
    pub columns: Vec<ListColumn>,
    /// Rows; a row shorter than the columns ends in empty cells.
    pub rows: Vec<Vec<ListCell>>,
}

/// A column of a list.
#[derive(Debug, Clone)]
pub struct ListColumn {
    /// Its header, in the list's language.
    pub header: String,
    /// Its width in characters (a Chinese character counts two).
    pub width_chars: u16,
}

/// A cell of a list.
#[derive(Debug, Clone, PartialEq)]
pub enum ListCell {
    /// Nothing.
    Empty,
    /// An identifier of the business: always text.
    Identifier(String),
    /// Words.
    Text(String),
    /// A whole number.
    Count(u64),
    /// Any other number.
    Number(f64),
    /// An amount in the list's currency.
    Money(f64),
    /// A share in [0, 1]: a percentage in XLSX, the plain share in CSV.
    Percent(f64),
    /// A day.
    Date(Date),
}

/// The list of customers at risk, in the order given, for those who buy or
/// are known by events.
pub fn at_risk(
    customers: &[CustomerAtRisk],
    language: Language,
    currency: Option<&str>,
    made_at: DateTime,
) -> ListTable {
    let days: [DaysColumn; 2] = [
        (m::COL_SILENCE, 16, |customer| customer.silence_days),
        (m::COL_GAP, 18, |customer| customer.gap_mean_days),
    ];
    at_risk_with(days, customers, language, currency, made_at)
}

/// The same for customers with contracts
/// ([`crate::report::Activity::Contracts`]): when the contract ends and how
/// long they have been customers instead of silence and rhythm. Not chosen by
/// the rows: parts of one list must have the same columns.
pub fn at_risk_contracts(
    customers: &[CustomerAtRisk],
    language: Language,
    currency: Option<&str>,
    made_at: DateTime,
) -> ListTable {
    let days: [DaysColumn; 2] = [
        (m::COL_DAYS_LEFT, 22, |customer| customer.days_left),
        (m::COL_TENURE, 18, |customer| customer.tenure_days),
    ];
    at_risk_with(days, customers, language, currency, made_at)
}

/// A column of days: header, width in characters, where the days come from.
type DaysColumn = (Message, u16, fn(&CustomerAtRisk) -> Option<f64>);

/// The list of customers at risk with these columns of days.
fn at_risk_with(
    days: [DaysColumn; 2],
    customers: &[CustomerAtRisk],
    language: Language,
    currency: Option<&str>,
    made_at: DateTime,
) -> ListTable {
    let [first, second] = days;
    let heads = [
        (m::COL_RANK, 8, false),
        (m::COL_CUSTOMER, 22, false),
        (m::COL_PROBABILITY, 18, false),
        (m::COL_VALUE, 16, true),
        (m::COL_STAKE, 20, true),
        (first.0, first.1, false),
        (second.0, second.1, false),
        (m::COL_REASONS, 70, false),
    ];
    let mut list = empty(m::AT_RISK_SHEET, &heads, language, currency, made_at);
    list.rows = customers
        .iter()
        .zip(1..)
        .map(|(customer, rank)| {
            vec![
                ListCell::Count(rank),
                ListCell::Identifier(customer.customer.clone()),
                ListCell::Percent(customer.churn_probability),
                customer.value.map_or(ListCell::Empty, ListCell::Money),
                customer
                    .margin_at_stake
                    .map_or(ListCell::Empty, ListCell::Money),
                first.2(customer).map_or(ListCell::Empty, ListCell::Number),
                second.2(customer).map_or(ListCell::Empty, ListCell::Number),
                ListCell::Text(reasons(&customer.reasons, language)),
            ]
        })
        .collect();
    list
}

/// The list of actions, in the order given.
pub fn actions(
    actions: &[Action],
    language: Language,
    currency: Option<&str>,
    made_at: DateTime,
) -> ListTable {
    let heads = [
        (m::COL_RANK, 8, false),
        (m::COL_CUSTOMER, 22, false),
        (m::COL_OFFER, 20, false),
        (m::COL_CHANNEL, 14, false),
        (m::COL_PROBABILITY, 18, false),
        (m::COL_VALUE, 16, true),
        (m::COL_COST, 12, true),
        (m::COL_NET, 20, true),
        (m::COL_WHY, 70, false),
    ];
    let mut list = empty(m::ACTIONS_SHEET, &heads, language, currency, made_at);
    list.rows = actions
        .iter()
        .zip(1..)
        .map(|(action, rank)| {
            vec![
                ListCell::Count(rank),
                ListCell::Identifier(action.customer.clone()),
                ListCell::Text(action.offer.clone()),
                action
                    .channel
                    .clone()
                    .map_or(ListCell::Empty, ListCell::Text),
                ListCell::Percent(action.churn_probability),
                ListCell::Money(action.value),
                ListCell::Money(action.cost),
                ListCell::Money(action.net),
                ListCell::Text(action.why.get(language).to_owned()),
            ]
        })
        .collect();
    list
}

/// A list with its headers; money columns name the currency once.
fn empty(
    name: Message,
    heads: &[(Message, u16, bool)],
    language: Language,
    currency: Option<&str>,
    made_at: DateTime,
) -> ListTable {
    let locale = Locale { language, currency };
    let column = |&(header, width_chars, money): &(Message, u16, bool)| ListColumn {
        header: if money {
            locale.money_header(header)
        } else {
            locale.say(header)
        },
        width_chars,
    };
    ListTable {
        name: locale.say(name),
        language,
        currency: currency.map(str::to_owned),
        made_at,
        columns: heads.iter().map(column).collect(),
        rows: Vec::new(),
    }
}

/// Reasons in one cell.
fn reasons(reasons: &[Text], language: Language) -> String {
    let separator = match language {
        Language::En => "; ",
        Language::Zh => "；",
    };
    let each: Vec<&str> = reasons.iter().map(|reason| reason.get(language)).collect();
    each.join(separator)
}
