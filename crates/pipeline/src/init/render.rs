//! The text of a new `perennial.toml`.

use super::draft::{Draft, DraftLost, DraftSource, Guessed};
use super::words::{self, Text, Words, say};
use super::write::Unsure;
use crate::settings::{FORMAT, Language, Role, Table};

/// The text, and the doubts with the lines they stand on.
pub(super) fn render(draft: &Draft) -> (String, Vec<Unsure>) {
    let mut page = Page {
        language: draft.language,
        lines: Vec::new(),
        unsure: Vec::new(),
    };
    page.comment(words::HEAD);
    page.plain(format!("format = {FORMAT}"));
    project(draft, &mut page);
    for (at, source) in draft.sources.iter().enumerate() {
        write_source(source, at, &mut page);
    }
    lost(draft, &mut page);
    value(draft, &mut page);
    offer_and_policy(&mut page);
    (page.lines.join("\n") + "\n", page.unsure)
}

struct Page {
    language: Language,
    lines: Vec<String>,
    unsure: Vec<Unsure>,
}

impl Page {
    fn plain(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    fn comment(&mut self, words: Words) {
        self.lines.push(format!("# {}", say(words, self.language)));
    }

    /// A section, after an empty line.
    fn section(&mut self, header: &str, words: Option<Words>) {
        self.plain("");
        if let Some(words) = words {
            self.comment(words);
        }
        self.plain(header);
    }

    /// A key with its meaning.
    fn key(&mut self, key: &str, value: &str, words: Words) {
        self.lines
            .push(format!("{key} = {value}  # {}", say(words, self.language)));
    }

    /// A key with the doubt about it, or else with its meaning.
    fn guessed(
        &mut self,
        name: &str,
        key: &str,
        value: &str,
        doubt: Option<&Text>,
        words: Option<Words>,
    ) {
        let Some(doubt) = doubt else {
            return match words {
                Some(words) => self.key(key, value, words),
                None => self.plain(format!("{key} = {value}")),
            };
        };
        let doubt = one_line(doubt.of(self.language));
        self.lines.push(format!("{key} = {value}  # ? {doubt}"));
        self.unsure.push(Unsure {
            line: self.lines.len(),
            key: name.to_owned(),
            value: value.to_owned(),
            doubt,
        });
    }

    fn guessed_text(
        &mut self,
        name: &str,
        key: &str,
        guessed: &Guessed<String>,
        words: Option<Words>,
    ) {
        self.guessed(
            name,
            key,
            &toml_text(&guessed.value),
            guessed.doubt.as_ref(),
            words,
        );
    }
}

fn project(draft: &Draft, page: &mut Page) {
    page.section("[project]", None);
    page.plain(format!("name = {}", toml_text(&draft.name)));
    let currency = toml_text(draft.currency.value.as_str());
    page.guessed(
        "project.currency",
        "currency",
        &currency,
        draft.currency.doubt.as_ref(),
        Some(words::CURRENCY),
    );
    let zone = toml_text(draft.time_zone.value.as_str());
    page.guessed(
        "project.time_zone",
        "time_zone",
        &zone,
        draft.time_zone.doubt.as_ref(),
        Some(words::TIME_ZONE),
    );
    page.key(
        "language",
        &toml_text(draft.language.as_str()),
        words::LANGUAGE,
    );
}

fn write_source(source: &DraftSource, at: usize, page: &mut Page) {
    let name = |key: &str| format!("source.{at}.{key}");
    page.section("[[source]]", None);
    page.guessed_text(&name("path"), "path", &source.path, Some(words::PATH));
    let table = toml_text(source.table.value.as_str());
    let meaning = match source.table.value {
        Table::OrderLines => words::TABLE_ORDER_LINES,
        Table::Events => words::TABLE_EVENTS,
        Table::Subscriptions => words::TABLE_SUBSCRIPTIONS,
        Table::Customers => words::TABLE_CUSTOMERS,
    };
    page.guessed(
        &name("table"),
        "table",
        &table,
        source.table.doubt.as_ref(),
        Some(meaning),
    );
    let personal = toml_list(&source.personal.value);
    page.guessed(
        &name("personal"),
        "personal",
        &personal,
        source.personal.doubt.as_ref(),
        Some(words::PERSONAL),
    );
    for (key, value) in &source.overrides {
        page.guessed(&name(key), key, &value.value, value.doubt.as_ref(), None);
    }
    parts(source, at, page);
    if !source.traits.is_empty() {
        page.section("[source.traits]", Some(words::TRAITS));
        for (trait_name, column) in &source.traits {
            page.guessed_text(
                &name(&format!("traits.{trait_name}")),
                &toml_key(trait_name),
                column,
                None,
            );
        }
    }
    people(source, at, page);
    if source.table.value != Table::Customers && !source.unused.is_empty() {
        let unused: Vec<String> = source
            .unused
            .iter()
            .map(|column| one_line(column))
            .collect();
        let label = say(words::UNUSED, page.language);
        page.plain(format!("# {label} {}", unused.join(", ")));
    }
}

/// Which columns describe a person, and which could.
fn people(source: &DraftSource, at: usize, page: &mut Page) {
    if source.people.is_empty() {
        return;
    }
    page.section("[source.people]", Some(words::PEOPLE));
    for part in &source.people {
        let commented = if part.is_proposed { "# " } else { "" };
        page.guessed_text(
            &format!("source.{at}.people.{}", part.part),
            &format!("{commented}{}", part.part),
            &part.column,
            Some(words::person_part(part.part)),
        );
    }
}

/// Which column plays which part, and which parts still want a column.
fn parts(source: &DraftSource, at: usize, page: &mut Page) {
    let name = |role: Role| format!("source.{at}.columns.{role}");
    page.section("[source.columns]", Some(words::COLUMNS));
    for column in &source.columns {
        let role = column.role;
        page.guessed_text(
            &name(role),
            role.as_str(),
            &column.column,
            Some(words::role(role, source.table.value)),
        );
    }
    for (role, doubt) in &source.missing {
        let key = format!("# {role}");
        page.guessed(&name(*role), &key, "\"\"", Some(doubt), None);
    }
    let by_row = source.table.value == Table::Customers;
    if by_row
        && !source
            .columns
            .iter()
            .any(|column| column.role == Role::CustomerId)
    {
        page.comment(words::NO_ID);
    }
}

fn lost(draft: &Draft, page: &mut Page) {
    page.section("[lost]", Some(words::LOST));
    match &draft.lost {
        DraftLost::NoPurchase => {
            page.key("kind", "\"no_purchase\"", words::LOST_NO_PURCHASE);
            page.key("horizon", "\"auto\"", words::LOST_HORIZON);
        }
        DraftLost::NoEvent { events } => {
            page.key("kind", "\"no_event\"", words::LOST_NO_EVENT);
            page.guessed(
                "lost.events",
                "events",
                &toml_list(&events.value),
                events.doubt.as_ref(),
                Some(words::LOST_EVENTS),
            );
            page.key("horizon", "\"auto\"", words::LOST_HORIZON);
        }
        DraftLost::Contract { .. } => {
            page.key("kind", "\"contract\"", words::LOST_CONTRACT);
            page.key("horizon", "\"auto\"", words::LOST_HORIZON_CONTRACT);
            page.key("grace", "\"30d\"", words::LOST_GRACE);
        }
        DraftLost::Label { lost_when } => {
            page.key("kind", "\"label\"", words::LOST_LABEL);
            page.guessed_text(
                "lost.lost_when",
                "lost_when",
                lost_when,
                Some(words::LOST_WHEN),
            );
        }
    }
}

fn value(draft: &Draft, page: &mut Page) {
    page.section("[value]", Some(words::VALUE));
    page.key("horizon", "\"1y\"", words::VALUE_HORIZON);
    page.key("margin", "0.30", words::MARGIN);
    page.key("discount_rate_per_year", "0.10", words::DISCOUNT);
    match (&draft.amount, &draft.lost) {
        (Some((amount, None)), _) => {
            page.comment(words::VALUE_AMOUNT_NONE);
            page.plain(format!("# amount = {}", toml_text(&amount.value)));
            let doubt = Text::new(words::VALUE_AMOUNT_ASK.0, words::VALUE_AMOUNT_ASK.1);
            page.guessed(
                "value.amount_per",
                "# amount_per",
                "\"\"",
                Some(&doubt),
                None,
            );
        }
        (Some((amount, Some(per))), _) => {
            page.guessed_text("value.amount", "amount", amount, Some(words::VALUE_AMOUNT));
            let per_text = toml_text(per.value.as_str());
            page.guessed(
                "value.amount_per",
                "amount_per",
                &per_text,
                per.doubt.as_ref(),
                Some(words::VALUE_AMOUNT_PER),
            );
        }
        (None, DraftLost::Label { .. }) => {
            page.comment(words::VALUE_AMOUNT_NONE);
            page.plain("# amount = \"\"");
            page.plain("# amount_per = \"month\"");
        }
        (
            None,
            DraftLost::Contract {
                price_per: Some(per),
            },
        ) => {
            let per = toml_text(per.as_str());
            page.key("amount_per", &per, words::VALUE_PRICE_PER);
        }
        (None, _) => {}
    }
}

fn offer_and_policy(page: &mut Page) {
    page.section("[[offer]]", Some(words::OFFER));
    page.key("name", "\"voucher\"", words::OFFER_NAME);
    page.key("cost_per_use", "10.0", words::OFFER_COST);
    page.key("assumed_effect", "0.10", words::OFFER_EFFECT);
    page.key("effect_lasts", "\"90d\"", words::OFFER_LASTS);
    page.section("[policy]", Some(words::POLICY));
    page.key("budget", "5000", words::BUDGET);
    page.key("hold_out", "0.05", words::HOLD_OUT);
}

/// A text as TOML's basic string.
pub(super) fn toml_text(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            letter if letter.is_control() => {
                quoted.push_str(&format!("\\u{:04X}", u32::from(letter)))
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// Texts as TOML's list.
fn toml_list(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| toml_text(text)).collect();
    format!("[{}]", texts.join(", "))
}

/// A name as TOML's key: bare where it can be.
fn toml_key(name: &str) -> String {
    let bare = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    if bare {
        name.to_owned()
    } else {
        toml_text(name)
    }
}

/// The text without what would end a comment or command a terminal.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect()
}
