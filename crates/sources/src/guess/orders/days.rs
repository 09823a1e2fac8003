//! Times that are days counted from a day which the file does not tell.

use super::super::super::infer::Kind;
use super::super::Role;
use super::super::relations::{Fact, Facts};
use super::super::words::{Concept, has_word};
use super::keys;

/// Days lie within this many of where they are counted from: a hundred years.
const DAYS_MAX: f64 = 36_525.0;
/// Words for days and dates; other times, such as hours, are no days.
#[rustfmt::skip]
const WORDS: [&str; 9] = ["date", "day", "datum", "jour", "fecha", "dia", "giorno", "日期", "第几天"];

/// The column of whole numbers that says the day, in a table without times: called a
/// day, beyond those of a month, of customers with several rows each.
pub(super) fn find(facts: &Facts<'_>) -> Option<usize> {
    let is_day = |column: &usize| facts.column(*column).is_some_and(is_day);
    let mut found = (0..facts.columns.len()).filter(is_day);
    let column = found.next().filter(|_| found.next().is_none())?;
    repeats(facts, column).then_some(column)
}

/// Whether a column of whole numbers is called a day, and no part of a date.
fn is_day(fact: &Fact<'_>) -> bool {
    let has = |concept| fact.concepts.contains(&concept);
    let is_called = has_word(&fact.profile.name, &WORDS)
        && !has(Concept::OtherTime)
        && !has(Concept::Period)
        && !has(Concept::Count);
    let numbers = || fact.numbers().iter().copied().filter(|n| n.is_finite());
    let is_near = numbers().all(|n| n.abs() <= DAYS_MAX);
    let is_of_month = numbers().all(|n| (0.0..=31.0).contains(&n));
    let is_year = numbers().all(|n| (1900.0..=2100.0).contains(&n));
    fact.profile.kind == Kind::Integer
        && is_called
        && is_near
        && !is_of_month
        && !is_year
        && !fact.is_unique()
}

/// Whether a customer has several rows: the one so called, or else some key.
fn repeats(facts: &Facts<'_>, time: usize) -> bool {
    const ROWS_EACH_MIN: f64 = 1.5;
    let each = |column: usize| facts.column(column).map_or(0.0, Fact::rows_per_value);
    match facts.best_named(Role::CustomerId, 0.7, |column| column != time) {
        Some((customer, _)) => each(customer) >= ROWS_EACH_MIN,
        None => {
            let mut keys = keys::candidates(facts).into_iter();
            keys.any(|key| key != time && each(key) >= ROWS_EACH_MIN)
        }
    }
}
