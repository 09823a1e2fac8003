//! The columns beside the moments of contracts: who, which contract, what about, at
//! what price, and what is known of the customer.

use super::super::super::infer::{Kind, MISSING};
use super::super::names::period;
use super::super::orders::{Draft, personal};
use super::super::relations::{Fact, Facts};
use super::super::words::Concept;
use super::super::{QuestionKind, Reason, Role};
use super::span::{Span, chained, runs_on};
use super::terms::Words;

/// Different plans, at most, unless the name says that they are.
const PLANS_MAX: usize = 60;
/// A name says that a column identifies customers.
const CALLED: f64 = 0.7;
/// Different values of what may say how a contract stands.
const STANDS_MAX: usize = 24;

/// The column that says who, beside the moments of `span`: by its name, else the one
/// of whose rows each begins where the one before ended, else as without moments.
pub(super) fn customer(facts: &Facts, span: &Span) -> Option<usize> {
    let is_free = |column: &usize| !span.has(*column) && is_key(facts, *column);
    let keys = || (0..facts.columns.len()).filter(is_free);
    let is_named = keys().any(|key| facts.name_score(Role::CustomerId, key) >= CALLED);
    let chains = |key: usize| {
        let (share, links) = chained(facts, key, span.start, span.later()?);
        (share >= 0.7 && links >= 10).then_some((share, key))
    };
    let by_chain = match is_named {
        true => None,
        false => (keys().filter_map(chains)).max_by(|a, b| a.0.total_cmp(&b.0)),
    };
    match by_chain {
        Some((_, key)) => Some(key),
        None => customer_beside(facts, &|column| span.has(column)),
    }
}

/// The column that says who, of those that are not `taken`: by its name, else the one
/// with repeated values that is finest, else the first with a value for each row.
pub(super) fn customer_beside(facts: &Facts, taken: &dyn Fn(usize) -> bool) -> Option<usize> {
    let keys: Vec<usize> = (0..facts.columns.len())
        .filter(|column| !taken(*column) && is_key(facts, *column))
        .collect();
    let named = |column: &usize| facts.name_score(Role::CustomerId, *column);
    let by_name = keys
        .iter()
        .copied()
        .filter(|column| named(column) >= CALLED)
        .max_by(|a, b| named(a).total_cmp(&named(b)).then(b.cmp(a)));
    if by_name.is_some() {
        return by_name;
    }
    // What is called a contract, an order or a plan is no customer while another may be.
    let is_free = |column: &usize| !is_named_otherwise(facts, *column);
    let (free, otherwise): (Vec<usize>, Vec<usize>) = keys.into_iter().partition(is_free);
    let distinct = |column: &usize| facts.column(*column).map_or(0, Fact::distinct);
    let is_unique = |column: &usize| facts.column(*column).is_some_and(Fact::is_unique);
    let (unique, repeated): (Vec<usize>, Vec<usize>) = free.into_iter().partition(is_unique);
    let finest = repeated
        .into_iter()
        .filter(|column| distinct(column) * 50 >= facts.rows && distinct(column) > 20)
        .max_by(|a, b| distinct(a).cmp(&distinct(b)).then(b.cmp(a)));
    let unique = unique.first().copied();
    // A value each may number the contracts; a coarse column beside it is a trait.
    let is_fine = |column: &usize| unique.is_none() || distinct(column) * 5 >= facts.rows;
    // Failing all else, what numbers the contracts stands for who has them.
    let is_few = |column: &usize| {
        let fact = facts.column(*column);
        fact.is_some_and(|fact| fact.rows_per_value() < 3.0)
    };
    let by_contract = || {
        let few = otherwise.iter().copied().filter(is_few);
        few.max_by(|a, b| distinct(a).cmp(&distinct(b)).then(b.cmp(a)))
    };
    finest.filter(is_fine).or(unique).or_else(by_contract)
}

/// Whether a column may identify customers.
fn is_key(facts: &Facts, column: usize) -> bool {
    let Some(fact) = facts.column(column) else {
        return false;
    };
    let looks = fact.profile.looks;
    let named = facts.name_score(Role::CustomerId, column);
    let is_kind = matches!(fact.profile.kind, Kind::Text | Kind::Integer);
    let is_person =
        looks.email || looks.phone || ((looks.person || looks.free_text) && named < 0.7);
    let is_called = |roles: &[Role]| roles.iter().any(|r| facts.name_score(*r, column) >= 0.6);
    let is_measure = named < 0.3
        && (fact.looks_like_quantity()
            || looks.money
            || is_called(&[
                Role::Quantity,
                Role::UnitPrice,
                Role::Amount,
                Role::Personal,
            ]));
    is_kind && !is_person && !is_measure && !facts.is_changed(column) && fact.distinct() > 0
}

fn is_named_otherwise(facts: &Facts, column: usize) -> bool {
    let Some(fact) = facts.column(column) else {
        return true;
    };
    let words = Words::of(&fact.profile.name);
    let is_order = facts.name_score(Role::OrderId, column) >= 0.6;
    words.is_contract() || words.plan() >= 0.6 || words.price() >= 0.6 || is_order
}

/// Assigns the customer and, where another column tells each row apart, the contract.
pub(super) fn keys(draft: &mut Draft<'_, '_>, customer: Option<usize>) {
    let facts = draft.facts;
    let Some(customer) = customer else {
        draft.ask(Role::CustomerId, QuestionKind::Missing, None, &[]);
        return;
    };
    let named = facts.name_score(Role::CustomerId, customer);
    let is_unique = facts.column(customer).is_some_and(Fact::is_unique);
    let is_otherwise = named < 0.3 && is_named_otherwise(facts, customer);
    let rows_per_value = facts.column(customer).map_or(1.0, Fact::rows_per_value);
    let reason = match is_unique {
        true => Reason::Unique,
        false => Reason::Repeats { rows_per_value },
    };
    let doubt = if is_otherwise { 0.3 } else { 0.0 };
    draft.assign(
        Role::CustomerId,
        customer,
        0.65 + 0.3 * named - doubt,
        vec![reason],
    );
    contract(draft);
    // Without a name, whatever has about as many values would do as well.
    let is_as_fine = |column: usize| {
        let distinct = facts.column(column).map_or(0, Fact::distinct);
        named < 0.3 && distinct * 5 >= facts.rows && !is_named_otherwise(facts, column)
    };
    let others: Vec<usize> = (0..facts.columns.len())
        .filter(|column| *column != customer && is_key(facts, *column))
        .filter(|column| {
            let is_moment =
                draft.is_taken(*column) && draft.column(Role::SubscriptionId) != Some(*column);
            let is_called = facts.name_score(Role::CustomerId, *column) >= CALLED;
            !is_moment && (is_called || is_as_fine(*column))
        })
        .collect();
    if !others.is_empty() {
        draft.ask(
            Role::CustomerId,
            QuestionKind::Alternatives,
            Some(customer),
            &others,
        );
    }
}

/// The column that numbers the contracts: by its name, else one called an id, else one
/// that looks like one.
fn contract(draft: &mut Draft<'_, '_>) {
    let facts = draft.facts;
    let score = |column: usize| {
        let fact = facts.column(column)?;
        let is_fit = !draft.is_taken(column) && is_key(facts, column) && fact.is_unique();
        let words = Words::of(&fact.profile.name);
        let is_customer = facts.name_score(Role::CustomerId, column) >= CALLED;
        let named = match () {
            () if words.is_contract() => 1.0,
            () if facts.name_score(Role::OrderId, column) >= 0.6 => 0.7,
            () if fact.concepts.contains(&Concept::Id) => 0.5,
            () if words.is_silent() && fact.concepts.contains(&Concept::Other) => 0.3,
            () => 0.0,
        };
        (is_fit && !is_customer && named > 0.0).then_some((named, column))
    };
    let scored = (0..facts.columns.len()).filter_map(score);
    let best = scored.fold(None, |best: Option<(f64, usize)>, next| match best {
        Some(best) if best.0 >= next.0 => Some(best),
        _ => Some(next),
    });
    if let Some((named, column)) = best {
        let mut reasons = vec![Reason::Unique];
        if named >= 0.5 {
            reasons.insert(0, Reason::Name);
        }
        draft.assign(Role::SubscriptionId, column, 0.5 + 0.45 * named, reasons);
    }
}

/// The column that says what a contract costs, and for how long if its name says so.
pub(super) fn price(draft: &mut Draft<'_, '_>) -> Option<&'static str> {
    let facts = draft.facts;
    let mut scored: Vec<(f64, f64, usize)> = (0..facts.columns.len())
        .filter(|column| !draft.is_taken(*column))
        .filter_map(|column| {
            let (named, score) = price_score(facts, column)?;
            Some((score, named, column))
        })
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.2.cmp(&b.2)));
    let (score, named, column) = scored.first().copied()?;
    let reason = if named >= 0.5 {
        Reason::Name
    } else {
        Reason::Money
    };
    let reasons = match facts.name_score(Role::Price, column) >= 0.5 {
        true => Vec::new(),
        false => vec![reason],
    };
    draft.assign(Role::Price, column, 0.3 + 0.6 * score, reasons);
    let near: Vec<usize> = (scored.iter().skip(1))
        .filter(|(other, ..)| score - other < 0.15)
        .map(|(.., column)| *column)
        .collect();
    if !near.is_empty() {
        draft.ask(Role::Price, QuestionKind::Alternatives, Some(column), &near);
    }
    let name = draft.name(column);
    period(&name).or(Words::period(&name))
}

/// How surely a column is called a price, and is one; `None` where it is none.
fn price_score(facts: &Facts, column: usize) -> Option<(f64, f64)> {
    let fact = facts.column(column)?;
    if !fact.profile.kind.is_number() || fact.distinct() == 0 {
        return None;
    }
    let has = |concept| fact.concepts.contains(&concept);
    let words = Words::of(&fact.profile.name);
    let is_regular = has(Concept::Period) && !has(Concept::Total);
    // `monthly`, and nothing else.
    let is_bare_period = is_regular && fact.concepts.iter().all(|c| *c == Concept::Period);
    let named = facts
        .name_score(Role::Amount, column)
        .max(facts.name_score(Role::UnitPrice, column))
        .max(words.price())
        .max(if is_bare_period && fact.profile.looks.money {
            0.7
        } else {
            0.0
        });
    let money = if fact.profile.looks.money { 0.35 } else { 0.0 };
    let total = if has(Concept::Total) { 0.4 } else { 0.0 };
    let regular = if is_regular { 0.2 } else { 0.0 };
    let score = match named > 0.0 {
        true => (0.8 * named + regular + 0.3 * money - total).min(1.0),
        false => money,
    };
    (score > 0.3).then_some((named, score))
}

/// The column that says what a contract is about: by its name, else the one of few
/// texts that settles the price, else, where no name says anything, the finest of few
/// texts.
pub(super) fn plan(draft: &mut Draft<'_, '_>, is_named: bool) {
    let facts = draft.facts;
    let price = draft.column(Role::Price);
    let mut scored: Vec<(f64, f64, usize)> = (0..facts.columns.len())
        .filter(|column| !draft.is_taken(*column))
        .filter_map(|column| {
            let named = plan_named(facts, column)?;
            let settles = price.map_or(0.0, |price| {
                let settle = facts.settle(column, price);
                if settle.support >= 10 {
                    settle.beyond_chance
                } else {
                    0.0
                }
            });
            let fact = facts.column(column)?;
            let by_value = by_value(draft, column, settles, is_named);
            let score = match (named >= 0.6, by_value) {
                (true, _) => 1.0 + named + 0.3 * settles,
                (false, true) => 0.8 * settles + 0.001 * fact.distinct() as f64,
                (false, false) => return None,
            };
            Some((score, settles, column))
        })
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.2.cmp(&b.2)));
    let Some((score, settles, column)) = scored.first().copied() else {
        return;
    };
    let mut reasons = Vec::new();
    if score > 1.0 {
        reasons.push(Reason::Name);
    }
    match price {
        Some(price) if settles > 0.5 => reasons.push(Reason::Settles {
            column: draft.name(price),
            share: facts.settle(column, price).share,
        }),
        _ if score <= 1.0 => reasons.push(Reason::FewTexts),
        _ => {}
    }
    let confidence = match score > 1.0 {
        true => 0.9,
        false => 0.4 + 0.4 * settles,
    };
    draft.assign(Role::Plan, column, confidence, reasons);
    let near: Vec<usize> = (scored.iter().skip(1).take(3))
        .filter(|(other, ..)| score - other < 0.2)
        .map(|(.., column)| *column)
        .collect();
    if !near.is_empty() {
        draft.ask(Role::Plan, QuestionKind::Alternatives, Some(column), &near);
    }
}

/// How surely a column is called a plan, 0 where its name says nothing; `None` where its
/// values are none of plans.
fn plan_named(facts: &Facts, column: usize) -> Option<f64> {
    let fact = facts.column(column)?;
    let named = Words::of(&fact.profile.name).plan();
    let is_kind = match named >= 0.6 {
        true => matches!(
            fact.profile.kind,
            Kind::Text | Kind::Integer | Kind::Boolean
        ),
        false => fact.profile.kind == Kind::Text,
    };
    let repeats = fact.distinct() * 2 <= fact.present() || fact.present() < 20;
    let is_text = fact.profile.looks.free_text || fact.profile.looks.person;
    (is_kind && repeats && fact.distinct() > 0 && (!is_text || named >= 0.6)).then_some(named)
}

/// Whether a column under a name that says nothing may be a plan.
fn by_value(draft: &Draft<'_, '_>, column: usize, settles: f64, is_named: bool) -> bool {
    let facts = draft.facts;
    let Some(fact) = facts.column(column) else {
        return false;
    };
    let words = Words::of(&fact.profile.name);
    let is_unsaid = !is_named && words.is_silent() && fact.concepts.contains(&Concept::Other);
    let is_few = (3..=PLANS_MAX).contains(&fact.distinct()) && fact.rows_per_value() >= 5.0;
    let by_customer = draft.column(Role::CustomerId).is_some_and(|customer| {
        let settle = facts.settle(customer, column);
        settle.support >= 5 && settle.beyond_chance > 0.95
    });
    let stands = draft
        .column(Role::End)
        .is_some_and(|end| tells_end(facts, end, column));
    is_few && !stands && (settles > 0.5 || (is_unsaid && !by_customer))
}

/// What else is known of the customer; what says how the contract stands is none of it,
/// and what differs from one contract of a customer to the next is not.
pub(super) fn rest(draft: &mut Draft<'_, '_>) {
    let facts = draft.facts;
    let end = draft.column(Role::End);
    let customer = draft.column(Role::CustomerId);
    for column in 0..facts.columns.len() {
        let Some(fact) = facts.column(column) else {
            continue;
        };
        if draft.is_taken(column) || fact.distinct() == 0 {
            continue;
        }
        if let Some(confidence) = personal(facts, column) {
            let reasons = vec![Reason::LooksPersonal];
            draft.assign(Role::Personal, column, confidence, reasons);
            continue;
        }
        let settle = customer.map(|customer| facts.settle(customer, column));
        let is_settled = settle.filter(|settle| settle.support >= 5);
        let is_of_contract = is_settled.is_some_and(|settle| settle.beyond_chance < 0.95);
        let is_moment = fact.profile.kind.time_format().is_some();
        let is_name = names_each(facts, column, customer);
        let stands =
            is_outcome(facts, column) || end.is_some_and(|end| tells_end(facts, end, column));
        if is_of_contract || is_moment || is_name || stands {
            continue;
        }
        let reasons = match (is_settled, customer) {
            (Some(settle), Some(customer)) => vec![Reason::SettledBy {
                column: draft.name(customer),
                share: settle.share,
            }],
            _ => Vec::new(),
        };
        draft.assign(Role::Trait, column, 0.8, reasons);
    }
}

/// Whether a column only names each customer, or each row, once more.
fn names_each(facts: &Facts, column: usize, customer: Option<usize>) -> bool {
    let Some(fact) = facts.column(column) else {
        return true;
    };
    let is_measure = matches!(fact.profile.kind, Kind::Decimal { .. })
        || (fact.profile.kind == Kind::Integer && !fact.is_unique());
    let customers = customer.and_then(|customer| facts.column(customer));
    let people = customers.map_or(facts.rows, Fact::distinct);
    !is_measure && people >= 20 && fact.distinct() * 10 >= people * 9
}

/// Whether a column is called an outcome: lost or not, and not, as `auto renew`, what
/// somebody wants.
pub(super) fn is_outcome(facts: &Facts, column: usize) -> bool {
    let Some(fact) = facts.column(column) else {
        return false;
    };
    let has = |concept| fact.concepts.contains(&concept);
    let is_wish = has(Concept::Kept) && has(Concept::Other);
    facts.name_score(Role::Label, column) >= 0.85 && !is_wish
}

/// Whether a column says what the end says: whether the contract runs on, as a status
/// does, or why it does not.
fn tells_end(facts: &Facts, end: usize, column: usize) -> bool {
    const ROWS_MIN: usize = 20;
    let Some(fact) = facts.column(column) else {
        return false;
    };
    let runs_on = runs_on(facts, end);
    let open = runs_on.iter().filter(|open| **open).count();
    if open.min(runs_on.len() - open) < ROWS_MIN || fact.distinct() > STANDS_MAX {
        return false;
    }
    // Of each value, and of none, how many rows run on and how many have ended.
    let mut table = vec![[0_usize; 2]; fact.distinct() + 1];
    for (code, open) in fact.codes.iter().zip(&runs_on) {
        let at = match *code {
            MISSING => fact.distinct(),
            code => code as usize,
        };
        if let Some(cell) = table.get_mut(at) {
            cell[usize::from(*open)] += 1;
        }
    }
    let agree: usize = table.iter().map(|[ended, open]| (*ended).max(*open)).sum();
    let chance = open.max(runs_on.len() - open);
    let beyond = (agree as f64 - chance as f64) / (runs_on.len() - chance) as f64;
    beyond > 0.8
}
