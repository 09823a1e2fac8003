//! How well a column's name fits a role, from 0 to 1.

use super::Role;
use super::words::Concept::{self, *};

/// The fit of a name's concepts.
pub(super) fn score(role: Role, concepts: &[Concept]) -> f64 {
    let has = |concept| concepts.contains(&concept);
    let only = |allowed: &[Concept]| {
        concepts
            .iter()
            .all(|c| *c == Neutral || allowed.contains(c))
    };
    if concepts.is_empty() {
        return 0.0;
    }
    match role {
        Role::CustomerId | Role::OrderId | Role::ProductId => identifier(role, concepts),
        Role::Time => time(has(Time), has(OtherTime), has(Order), concepts),
        Role::Quantity if has(Quantity) => {
            fit(only(&[Quantity, Product, Order, Unit, Line, Total]), 1.0)
        }
        Role::Quantity if has(Count) => fit(only(&[Count, Product, Unit]), 0.6),
        Role::UnitPrice if has(Price) && only(&[Price, Unit, Product]) => {
            if has(Unit) {
                1.0
            } else {
                0.85
            }
        }
        Role::UnitPrice => fit(has(Unit) && has(Amount), 0.5),
        Role::Amount => amount(concepts),
        Role::Cost if has(Cost) => fit(
            only(&[Cost, Unit, Product, Total, Order, Line, Price, Amount]),
            1.0,
        ),
        // `type` and `name` of an event say what happened, its time and number do not.
        Role::EventName if has(Event) => fit(
            only(&[Event, Name, Category, Description, Customer, Other]),
            1.0,
        ),
        Role::EventName => fit(only(&[Category]) || only(&[Name]), 0.3),
        Role::MessageId => fit(has(Event) && has(Id) && only(&[Event, Id, Line]), 1.0),
        Role::Discount => fit(has(Discount) && !has(Id) && !has(Time) && !has(Name), 1.0),
        Role::Channel => fit(has(Channel) && !has(Time), 1.0),
        Role::Label => label(concepts),
        Role::Personal if has(Contact) => fit(!has(Product), 0.9),
        Role::Personal if has(Name) && only(&[Name, Customer, OtherTime, Other]) => {
            if has(Customer) { 0.9 } else { 0.5 }
        }
        Role::ProductTrait if has(Product) => {
            fit(has(Name) || has(Description) || has(Category), 0.9)
        }
        Role::ProductTrait => fit(has(Description) || has(Category), 0.5),
        _ => 0.0,
    }
}

fn fit(fits: bool, score: f64) -> f64 {
    if fits { score } else { 0.0 }
}

/// An identifier says of what, and that it is one; either alone says less.
fn identifier(role: Role, concepts: &[Concept]) -> f64 {
    let (of, bare, id_alone) = match role {
        Role::CustomerId => (Customer, 0.8, 0.3),
        Role::OrderId => (Order, 0.6, 0.2),
        _ => (Product, 0.75, 0.1),
    };
    if !concepts
        .iter()
        .all(|concept| [of, Id, Neutral].contains(concept))
    {
        return 0.0;
    }
    match (concepts.contains(&of), concepts.contains(&Id)) {
        (true, true) => 1.0,
        (true, false) => bare,
        (false, true) => id_alone,
        (false, false) => 0.0,
    }
}

fn time(time: bool, other: bool, order: bool, concepts: &[Concept]) -> f64 {
    let period = concepts.iter().all(|c| *c == Period);
    match (time, other) {
        (true, false) if order => 1.0,
        (true, false) => 0.9,
        (true, true) => 0.15,
        _ if period => 0.3,
        _ => 0.0,
    }
}

fn amount(concepts: &[Concept]) -> f64 {
    let has = |concept| concepts.contains(&concept);
    if [Id, Count, Time, Tax, Discount, Cost, Name, Unit, Quantity]
        .into_iter()
        .any(has)
    {
        return 0.0;
    }
    match (has(Amount), has(Total), has(Price)) {
        (true, _, _) if has(Other) => 0.6,
        (true, _, _) => 1.0,
        (_, true, true) => 0.95,
        (_, true, _) if has(Other) => 0.3,
        (_, true, _) => 0.75,
        _ => 0.0,
    }
}

fn label(concepts: &[Concept]) -> f64 {
    let has = |concept| concepts.contains(&concept);
    if [Id, Time, OtherTime, Amount, Name].into_iter().any(has) {
        return 0.0;
    }
    match (has(Lost), has(Kept), has(Outcome)) {
        (true, _, _) => 1.0,
        (_, true, _) => 0.85,
        (_, _, true) => 0.85,
        _ if has(Status) => 0.5,
        _ => 0.0,
    }
}

/// The period that a name states, if it does.
pub(super) fn period(name: &str) -> Option<&'static str> {
    let lower = name.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if says(&["month", "arpu", "月", "monat", "mensu", "mensil", "mensal"]) {
        Some("month")
    } else if says(&["year", "annual", "年", "jahr", "jähr", "annuel", "anual"]) {
        Some("year")
    } else if says(&["week", "周", "woche", "wöchentlich", "semana", "settiman"]) {
        Some("week")
    } else if says(&["daily", "每日", "日均"]) {
        Some("day")
    } else {
        None
    }
}
