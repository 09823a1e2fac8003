//! What no key can say alone: that sources, what lost means, value and offers fit
//! together.

use super::Settings;
use super::error::{Place, Problem, code};
use super::node::{Data, Node};
use super::people::PersonPart;
use super::sections::LostKind;
use super::source::{Role, Source, Table, TimeFormat};
use super::units::Horizon;

/// The most past dates that a model learns from: each costs memory and time.
const TRAINING_DATES_MAX: u64 = 52;

/// Adds a problem for everything that does not fit.
pub(crate) fn check(settings: &Settings, root: &Node, problems: &mut Vec<Problem>) {
    sources(settings, root, problems);
    lost(settings, root, problems);
    lost_keys(settings, root, problems);
    value(settings, root, problems);
    offers(settings, root, problems);
    super::governance::check(settings, root, problems);
    super::check_rules::rules(settings, root, problems);
    if settings.model.training_dates > TRAINING_DATES_MAX {
        let place = place_of(root, &["model", "training_dates"]);
        let message = format!("`model.training_dates` can be at most {TRAINING_DATES_MAX}");
        problems.push(Problem::new(code::VALUE_RANGE, &place, message));
    }
}

/// The place of the deepest node on `path` that was written.
pub(super) fn place_of(root: &Node, path: &[&str]) -> Place {
    let mut node = root;
    let mut place = &root.place;
    for step in path {
        let next = match &node.data {
            Data::Table(entries) => entries
                .iter()
                .find(|entry| entry.key == *step)
                .map(|entry| (&entry.node, &entry.place)),
            Data::List(items) => step
                .parse()
                .ok()
                .and_then(|at: usize| items.get(at))
                .map(|item| (item, &item.place)),
            _ => None,
        };
        let Some((child, child_place)) = next else {
            break;
        };
        node = child;
        place = child_place;
    }
    place.clone()
}

fn sources(settings: &Settings, root: &Node, problems: &mut Vec<Problem>) {
    if settings.sources.is_empty() {
        problems.push(
            Problem::new(code::SOURCE_MISSING, &root.place, "there is no `[[source]]`: nothing to read")
                .with_hint("add a `[[source]]` with `path`, `table` and `columns`, or let `perennial init --from FILE` write one"),
        );
    }
    for (at, source) in settings.sources.iter().enumerate() {
        let at = at.to_string();
        let place = place_of(root, &["source", &at, "columns"]);
        roles(source, &place, problems);
        columns_once(source, &place, problems);
        people_once(
            source,
            &place_of(root, &["source", &at, "people"]),
            problems,
        );
        relative_days(source, &place_of(root, &["source", &at]), problems);
    }
}

fn roles(source: &Source, place: &Place, problems: &mut Vec<Problem>) {
    let allowed = source.table.roles();
    for (role, _) in source
        .columns
        .iter()
        .filter(|(role, _)| !allowed.contains(role))
    {
        problems.push(
            Problem::new(
                code::VALUE_UNKNOWN,
                place,
                format!("a table `{}` has no part `{role}`", source.table),
            )
            .with_hint(super::read::one_of(
                &allowed.iter().map(|role| role.as_str()).collect::<Vec<_>>(),
            )),
        );
    }
    if source.table == Table::Customers {
        return;
    }
    let mut miss = |role: Role, words: &str| {
        problems.push(
            Problem::new(
                code::ROLE_MISSING,
                place,
                format!(
                    "the source `{}` does not say which column is {words}",
                    source.shown()
                ),
            )
            .with_hint(format!(
                "add `{role} = \"NAME OF THE COLUMN\"` to its `columns`"
            )),
        );
    };
    let lacks = |role: Role| source.columns.get(role).is_none();
    if lacks(Role::CustomerId) {
        miss(Role::CustomerId, "the customer");
    }
    let moment = source.table.moment();
    if lacks(moment) {
        let words = match source.table {
            Table::Events => "the time of the event",
            Table::Subscriptions => "the start of the contract",
            _ => "the time of purchase",
        };
        miss(moment, words);
    }
    if source.table == Table::Subscriptions && lacks(Role::End) && lacks(Role::Due) {
        miss(
            Role::End,
            "the end of the contract (`end`, or `due` where it ends unless it is renewed)",
        );
    }
    if source.table == Table::OrderLines && lacks(Role::Amount) && lacks(Role::UnitPrice) {
        miss(
            Role::Amount,
            "the money (`amount`, or `unit_price` with `quantity`)",
        );
    }
}

/// Relative days need the day they count from, and nothing else does.
fn relative_days(source: &Source, place: &Place, problems: &mut Vec<Problem>) {
    let is_relative = source.time_format == Some(TimeFormat::Days);
    match (is_relative, &source.day_zero) {
        (true, None) => problems.push(
            Problem::new(
                code::UNIT_MISSING,
                place,
                format!(
                    "the times of `{}` are days, and it does not say since when",
                    source.shown()
                ),
            )
            .with_hint("add `day_zero = \"2024-01-31\"`, or a day for each group of rows: `day_zero = { column = \"term\", \"spring\" = \"2024-02-01\" }`"),
        ),
        (false, Some(_)) => problems.push(
            Problem::new(
                code::VALUE_UNKNOWN,
                place,
                format!(
                    "`day_zero` has no meaning for the times of `{}`, which are no days",
                    source.shown()
                ),
            )
            .with_hint("add `time_format = \"days\"`, or take `day_zero` away"),
        ),
        _ => {}
    }
}

fn columns_once(source: &Source, place: &Place, problems: &mut Vec<Problem>) {
    let mut seen: Vec<(&str, Role)> = Vec::new();
    for (role, column) in source.columns.iter() {
        match seen.iter().find(|(other, _)| *other == column) {
            Some((_, first)) => problems.push(Problem::new(
                code::COLUMN_TWICE,
                place,
                format!("the column `{column}` is both `{first}` and `{role}`"),
            )),
            None => seen.push((column, role)),
        }
    }
}

/// A column that describes a person plays no other part, for those stand in the
/// lake. Only who the customer is may be told by one: an e-mail address, say.
fn people_once(source: &Source, place: &Place, problems: &mut Vec<Problem>) {
    let mut seen: Vec<(&str, PersonPart)> = Vec::new();
    for (part, column) in source.people.iter() {
        let mut roles = source.columns.iter();
        let role = roles.find(|(role, other)| *other == column && *role != Role::CustomerId);
        let mut traits = source.traits.iter();
        let other = match (role, traits.find(|(_, other)| *other == column)) {
            (Some((role, _)), _) => Some(format!("`{role}`")),
            (None, Some((name, _))) => Some(format!("the trait `{name}`")),
            (None, None) => None,
        };
        if let Some(other) = other {
            problems.push(
                Problem::new(
                    code::COLUMN_TWICE,
                    place,
                    format!("the column `{column}` is both {other} and `people.{part}`"),
                )
                .with_hint("what describes a person is kept encrypted and never shown to a model: choose one of the two"),
            );
        }
        match seen.iter().find(|(other, _)| *other == column) {
            Some((_, first)) => problems.push(Problem::new(
                code::COLUMN_TWICE,
                place,
                format!("the column `{column}` is both `people.{first}` and `people.{part}`"),
            )),
            None => seen.push((column, part)),
        }
    }
}

fn lost(settings: &Settings, root: &Node, problems: &mut Vec<Problem>) {
    if settings.sources.is_empty() {
        return;
    }
    let lost = &settings.lost;
    let place = place_of(root, &["lost", "kind"]);
    let has = |table: Table| settings.sources.iter().any(|source| source.table == table);
    let mut mismatch = |message: &str, hint: &str| {
        problems.push(Problem::new(code::LOST_MISMATCH, &place, message).with_hint(hint));
    };
    match lost.kind {
        LostKind::NoPurchase if !has(Table::OrderLines) => mismatch(
            "`no_purchase` needs purchases, and no source is a table `order_lines`",
            "for events write `kind = \"no_event\"`, for a table of customers with a label `kind = \"label\"` and `lost_when`",
        ),
        LostKind::NoEvent if !has(Table::Events) => mismatch(
            "`no_event` needs events, and no source is a table `events`",
            "for order lines write `kind = \"no_purchase\"`, for a table of customers with a label `kind = \"label\"` and `lost_when`",
        ),
        LostKind::Contract if !has(Table::Subscriptions) => mismatch(
            "`contract` needs the start and the end of contracts, and no source is a table `subscriptions`",
            "for order lines write `kind = \"no_purchase\"`, for a table of customers with a label `kind = \"label\"` and `lost_when`",
        ),
        LostKind::Label => {
            let labelled = settings.sources.iter().any(|source| {
                source.table == Table::Customers && source.columns.get(Role::Label).is_some()
            });
            if !labelled {
                mismatch(
                    "`label` needs a source with the table `customers` and the part `label`",
                    "add `label = \"NAME OF THE COLUMN\"` to the `columns` of the table of customers",
                );
            }
        }
        LostKind::NoPurchase | LostKind::NoEvent | LostKind::Contract => {}
    }
    if lost.kind == LostKind::Label && lost.lost_when.is_none() {
        problems.push(
            Problem::new(
                code::KEY_MISSING,
                &place_of(root, &["lost"]),
                "`lost.lost_when` is missing",
            )
            .with_hint(
                "give the value of the label column that means lost, as in `lost_when = \"Yes\"`",
            ),
        );
    }
    if lost.kind != LostKind::Label && lost.lost_when.is_some() {
        problems.push(
            Problem::new(
                code::LOST_MISMATCH,
                &place_of(root, &["lost", "lost_when"]),
                format!("`lost_when` has no meaning with `kind = \"{}\"`", lost.kind),
            )
            .with_hint("write `kind = \"label\"`, or take `lost_when` away"),
        );
    }
}

/// The keys of `[lost]` that go with some kinds alone, and the unit of its horizon.
fn lost_keys(settings: &Settings, root: &Node, problems: &mut Vec<Problem>) {
    let lost = &settings.lost;
    if lost.kind != LostKind::NoEvent && !lost.events.is_empty() {
        problems.push(
            Problem::new(
                code::LOST_MISMATCH,
                &place_of(root, &["lost", "events"]),
                format!("`events` has no meaning with `kind = \"{}\"`", lost.kind),
            )
            .with_hint("write `kind = \"no_event\"`, or take `events` away"),
        );
    }
    if lost.kind != LostKind::Contract && lost.grace.is_some() {
        problems.push(
            Problem::new(
                code::LOST_MISMATCH,
                &place_of(root, &["lost", "grace"]),
                format!("`grace` has no meaning with `kind = \"{}\"`", lost.kind),
            )
            .with_hint("write `kind = \"contract\"`, or take `grace` away"),
        );
    }
    if let Horizon::Of(horizon) = lost.horizon
        && horizon.as_days().fract() != 0.0
    {
        let message = "`lost.horizon` is counted in whole days";
        let place = place_of(root, &["lost", "horizon"]);
        problems.push(
            Problem::new(code::VALUE_RANGE, &place, message)
                .with_hint("write whole days, weeks, months or years, as in `30d`"),
        );
    }
}

fn value(settings: &Settings, root: &Node, problems: &mut Vec<Problem>) {
    match (&settings.value.amount, settings.value.amount_per) {
        (Some(_), None) => problems.push(
            Problem::new(
                code::UNIT_MISSING,
                &place_of(root, &["value", "amount"]),
                "`value.amount` does not say what the amount is paid per",
            )
            .with_hint("add `amount_per = \"month\"`, or `\"year\"`, `\"week\"`, `\"day\"`"),
        ),
        (None, None) if settings.has_price() => problems.push(
            Problem::new(
                code::UNIT_MISSING,
                &place_of(root, &["value"]),
                "contracts have a `price`, and `value.amount_per` does not say what it is paid per",
            )
            .with_hint(
                "add `amount_per = \"month\"`, or `\"year\"`, `\"week\"`, `\"day\"`, to `[value]`",
            ),
        ),
        (None, Some(_)) if !settings.has_price() => problems.push(
            Problem::new(
                code::KEY_MISSING,
                &place_of(root, &["value", "amount_per"]),
                "`value.amount_per` is given without `value.amount`",
            )
            .with_hint("add `amount = \"NAME OF THE COLUMN\"`, or take `amount_per` away"),
        ),
        _ => {}
    }
}

fn offers(settings: &Settings, root: &Node, problems: &mut Vec<Problem>) {
    for (at, offer) in settings.offers.iter().enumerate() {
        if settings
            .offers
            .iter()
            .take(at)
            .any(|other| other.name == offer.name)
        {
            problems.push(
                Problem::new(
                    code::NAME_TWICE,
                    &place_of(root, &["offer", &at.to_string(), "name"]),
                    format!("two offers are called `{}`", offer.name),
                )
                .with_hint("decisions name their offer: give each a name of its own"),
            );
        }
    }
}
