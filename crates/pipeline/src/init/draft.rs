//! What `init` is about to write, with its doubts.

use std::path::Path;

use super::words::Text;
use super::{Error, InitOptions, look};
use crate::settings::{Currency, Language, Per, PersonPart, Role, Table, Zone};

/// A value that was found, with the doubt about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guessed<T> {
    /// The value.
    pub value: T,
    /// Why it may be wrong; `None` when it is sure enough to say nothing.
    pub doubt: Option<Text>,
}

impl<T> Guessed<T> {
    /// A value without a doubt.
    pub fn sure(value: T) -> Self {
        Self { value, doubt: None }
    }

    /// A value with a doubt.
    pub fn unsure(value: T, doubt: Text) -> Self {
        Self {
            value,
            doubt: Some(doubt),
        }
    }
}

/// The settings of a new project.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The project's name.
    pub name: String,
    /// The currency of every amount.
    pub currency: Guessed<Currency>,
    /// The time zone of the business.
    pub time_zone: Guessed<Zone>,
    /// The language of comments, reports and reasons.
    pub language: Language,
    /// What is read.
    pub sources: Vec<DraftSource>,
    /// What lost means.
    pub lost: DraftLost,
    /// For a table of customers: the column of what each pays, and per what, when
    /// that is known.
    pub amount: Option<DraftAmount>,
}

/// A column of what customers pay, and what it is paid per: without that it is
/// written as a comment, since a wrong period is wrong twelvefold.
pub type DraftAmount = (Guessed<String>, Option<Guessed<Per>>);

/// One source of a new project.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftSource {
    /// Where it is, as the settings will say it.
    pub path: Guessed<String>,
    /// The table it becomes.
    pub table: Guessed<Table>,
    /// Which column plays which part.
    pub columns: Vec<DraftColumn>,
    /// Parts that the table needs and that no column was found for, with what to do.
    pub missing: Vec<(Role, Text)>,
    /// Columns that are traits: the name they get, and the column.
    pub traits: Vec<(String, Guessed<String>)>,
    /// Columns that identify a person.
    pub personal: Guessed<Vec<String>>,
    /// Columns that describe a person.
    pub people: Vec<DraftPart>,
    /// Columns that play no part.
    pub unused: Vec<String>,
    /// What the reader would otherwise find itself, where it is in doubt: key,
    /// value as TOML, doubt.
    pub overrides: Vec<(&'static str, Guessed<String>)>,
}

/// A column that plays a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftColumn {
    /// The part.
    pub role: Role,
    /// The column.
    pub column: Guessed<String>,
}

/// A column that says something of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftPart {
    /// What it says.
    pub part: PersonPart,
    /// The column.
    pub column: Guessed<String>,
    /// Whether it is written as a comment, for the column is something else, too.
    pub is_proposed: bool,
}

impl DraftPart {
    /// A column that would help to tell people apart, and is kept for a model.
    pub(super) fn proposed(part: PersonPart, column: &str) -> Self {
        let doubt = Text::new(
            "would help to tell people apart; it is then encrypted, and no model sees it",
            "有助于区分人；启用后将加密保存，不再进入模型",
        );
        Self {
            part,
            column: Guessed::unsure(column.to_owned(), doubt),
            is_proposed: true,
        }
    }
}

/// What lost means in a new project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DraftLost {
    /// No purchase within a horizon found from the data.
    NoPurchase,
    /// No event within a horizon found from the data.
    NoEvent {
        /// The names of the events that count; all where there is none.
        events: Guessed<Vec<String>>,
    },
    /// A contract ended, and none followed.
    Contract {
        /// What its price is paid per, where there is one.
        price_per: Option<Per>,
    },
    /// The label column has this value.
    Label {
        /// The value that means lost.
        lost_when: Guessed<String>,
    },
}

/// What a project without files starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Template {
    /// Order lines.
    #[default]
    ECommerce,
    /// A table of customers with a label.
    Labelled,
}

/// The draft that the options ask for.
pub(super) fn of(options: &InitOptions, folder: &Path) -> Result<Draft, Error> {
    let here = look::Here::of(folder);
    let (sources, lost, amount, currency) = if options.files.is_empty() {
        from_template(options.template)
    } else {
        look::at_files(&options.files, &here)?
    };
    let time_zone = match (&options.time_zone, &options.time_zone_here) {
        (Some(zone), _) => Guessed::sure(zone.clone()),
        (None, here) => Guessed::unsure(
            here.clone().unwrap_or_else(Zone::utc),
            Text::new("taken from this machine", "取自本机设置"),
        ),
    };
    let currency = match (&options.currency, currency) {
        (Some(currency), _) => Guessed::sure(currency.clone()),
        (None, Some(found)) => found,
        (None, None) => likely_currency(&time_zone.value, options.language),
    };
    Ok(Draft {
        name: here.name(),
        currency,
        time_zone,
        language: options.language,
        sources,
        lost,
        amount,
    })
}

/// A first guess where amounts carry no sign, to be looked at.
fn likely_currency(zone: &Zone, language: Language) -> Guessed<Currency> {
    let code = match zone.as_str() {
        "Europe/London" => "GBP",
        "Europe/Zurich" => "CHF",
        "Asia/Shanghai" | "Asia/Urumqi" => "CNY",
        "Asia/Tokyo" => "JPY",
        zone if zone.starts_with("Europe/") => "EUR",
        _ if language == Language::Chinese => "CNY",
        _ => "USD",
    };
    let doubt = Text::new("nothing in the files says which", "文件中没有说明");
    Guessed::unsure(Currency::constant(code), doubt)
}

/// Everything that files or a template say.
pub(super) type Found = (
    Vec<DraftSource>,
    DraftLost,
    Option<DraftAmount>,
    Option<Guessed<Currency>>,
);

fn from_template(template: Template) -> Found {
    let put_yours = || Text::new("put your own file here", "请改为您自己的文件");
    let column = |role: Role, name: &str| DraftColumn {
        role,
        column: Guessed::sure(name.to_owned()),
    };
    let source = |path: &str, table, columns| DraftSource {
        path: Guessed::unsure(path.to_owned(), put_yours()),
        table: Guessed::sure(table),
        columns,
        missing: Vec::new(),
        traits: Vec::new(),
        personal: Guessed::sure(Vec::new()),
        people: Vec::new(),
        unused: Vec::new(),
        overrides: Vec::new(),
    };
    match template {
        Template::ECommerce => {
            let roles = [
                Role::OrderId,
                Role::CustomerId,
                Role::ProductId,
                Role::Time,
                Role::Quantity,
                Role::UnitPrice,
            ];
            let columns = roles.map(|role| column(role, role.as_str())).to_vec();
            (
                vec![source("data/orders.csv", Table::OrderLines, columns)],
                DraftLost::NoPurchase,
                None,
                None,
            )
        }
        Template::Labelled => {
            let columns = vec![
                column(Role::CustomerId, "customer_id"),
                column(Role::Label, "lost"),
            ];
            let lost_when = Guessed::unsure(
                "yes".to_owned(),
                Text::new("as your file writes it", "请与文件中的写法一致"),
            );
            (
                vec![source("data/customers.csv", Table::Customers, columns)],
                DraftLost::Label { lost_when },
                None,
                None,
            )
        }
    }
}
