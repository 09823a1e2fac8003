//! Contracts: who, from when, until when if it has ended, about what, at what price.
//!
//! Two columns of times carry it: a start, and an end that is not before it and is
//! empty where a contract runs on. Names say so in most files; without names the
//! values must: contracts last a good part of the time that a table covers (deliveries
//! do not), and a customer has few, or one that follows on the other.

mod parts;
mod span;
mod terms;

use super::orders::Draft;
use super::relations::Facts;
use super::{Guess, Question, QuestionKind, Reason, Role, TableKind};
use span::{Span, chained, has_lines, is_around_origin, orders_named, spans};
use terms::Words;

/// Rows below which values alone prove little.
const ROWS_FEW: usize = 30;
/// Rows of a customer beyond which things that begin and end are events, unless one
/// follows on the other.
const ROWS_EACH_MAX: f64 = 50.0;
/// The same where nothing is called start or end.
const ROWS_EACH_MAX_UNNAMED: f64 = 3.0;

/// How sure it is that a table holds contracts.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Grade {
    /// Both moments are called so.
    Named,
    /// One of them is, and the values behave so.
    HalfNamed,
    /// The values behave so.
    Values,
    /// It was said to be one.
    Said,
}

impl Grade {
    fn confidence(self) -> f64 {
        match self {
            Grade::Named => 0.95,
            Grade::HalfNamed => 0.8,
            Grade::Values => 0.7,
            Grade::Said => 0.5,
        }
    }
}

/// The roles of a table of contracts; `None` unless it is one.
pub(super) fn guess(facts: &Facts) -> Option<Guess> {
    let spans = spans(facts);
    let graded = |span: Span| {
        let customer = parts::customer(facts, &span);
        let grade = grade(facts, &span, customer)?;
        Some((span, customer, grade))
    };
    let (span, customer, grade) = spans.into_iter().find_map(graded)?;
    Some(assemble(facts, Some(&span), customer, grade))
}

/// The roles of a table that is said to hold contracts, as far as they can be told.
pub(super) fn guess_said(facts: &Facts) -> Guess {
    if let Some(found) = guess(facts) {
        return found;
    }
    let span = spans(facts).into_iter().next();
    let customer = match &span {
        Some(span) => parts::customer(facts, span),
        None => parts::customer_beside(facts, &|_| false),
    };
    assemble(facts, span.as_ref(), customer, Grade::Said)
}

/// How sure it is that a span is that of contracts, if it may be.
fn grade(facts: &Facts, span: &Span, customer: Option<usize>) -> Option<Grade> {
    let is_named = span.is_named();
    let (chain, links) = match (customer, span.later()) {
        (Some(customer), Some(later)) => chained(facts, customer, span.start, later),
        _ => (0.0, 0),
    };
    let chain = if links >= 10 { chain } else { 0.0 };
    if !span.evidence.lasts(is_named, chain) || is_of_orders(facts, span) {
        return None;
    }
    let fact = customer.and_then(|column| facts.column(column));
    let rows_each = fact.map_or(1.0, |fact| fact.rows_per_value());
    if is_named {
        let is_in_order = span.evidence.support < 10 || span.evidence.in_order >= 0.9;
        let is_of_customers = rows_each <= ROWS_EACH_MAX || chain >= 0.5;
        return (is_in_order && is_of_customers).then_some(Grade::Named);
    }
    let is_half = span.is_half_named();
    let is_few = rows_each <= ROWS_EACH_MAX_UNNAMED || chain >= 0.7;
    let speaks = span.evidence.speaks(is_half, chain)
        && customer.is_some()
        && is_few
        && !has_lines(facts, span, customer)
        && orders_named(facts, Role::Quantity).is_none();
    match (speaks, is_half) {
        (true, true) => Some(Grade::HalfNamed),
        (true, false) if !span.is_relative || is_around_origin(facts, span) => Some(Grade::Values),
        _ => None,
    }
}

/// Whether what begins and ends is an order: its number is there, and nothing says
/// that it is about a plan.
fn is_of_orders(facts: &Facts, span: &Span) -> bool {
    let Some(order) = orders_named(facts, Role::OrderId) else {
        return false;
    };
    let is_unique = facts.column(order).is_some_and(|fact| fact.is_unique());
    let words = facts
        .columns
        .iter()
        .map(|fact| Words::of(&fact.profile.name));
    let is_of_contracts = words.fold(false, |found, words| {
        found || words.is_contract() || words.plan() >= 0.95
    });
    let has_quantity = orders_named(facts, Role::Quantity).is_some();
    !(span.is_named() && is_unique && is_of_contracts && !has_quantity)
}

/// The guess that a span makes.
fn assemble(facts: &Facts, span: Option<&Span>, customer: Option<usize>, grade: Grade) -> Guess {
    let mut draft = Draft {
        facts,
        taken: Vec::new(),
        roles: Vec::new(),
        unsure: Vec::new(),
    };
    if facts.rows < ROWS_FEW {
        draft.ask(Role::Start, QuestionKind::FewRows, None, &[]);
    }
    match span {
        Some(span) => moments(&mut draft, span, grade),
        None => {
            draft.ask(Role::Start, QuestionKind::Missing, None, &[]);
            draft.ask(Role::End, QuestionKind::Missing, None, &[]);
        }
    }
    parts::keys(&mut draft, customer);
    let per = parts::price(&mut draft);
    parts::plan(&mut draft, span.is_some_and(Span::is_half_named));
    parts::rest(&mut draft);
    let mut confidence = grade.confidence();
    confidence -= if customer.is_some() { 0.0 } else { 0.3 };
    Guess {
        kind: TableKind::Subscriptions,
        kind_confidence: if span.is_some() { confidence } else { 0.05 },
        roles: draft.roles,
        purchases: Vec::new(),
        lost_when: None,
        value_amount: None,
        value_amount_per: per,
        relative_days: span.is_some_and(|span| span.is_relative),
        unsure: draft.unsure,
    }
}

/// Start, end and due, with their doubts.
fn moments(draft: &mut Draft<'_, '_>, span: &Span, grade: Grade) {
    let evidence = span.evidence;
    let base = match grade {
        Grade::Named => 0.9,
        Grade::HalfNamed => 0.7,
        Grade::Values => 0.55,
        Grade::Said => 0.4,
    };
    let reason = |named: f64| {
        if named >= 0.6 {
            vec![Reason::Name]
        } else {
            Vec::new()
        }
    };
    draft.assign(Role::Start, span.start, base, reason(evidence.start_named));
    let after = Reason::NotBefore {
        column: draft.name(span.start),
        share: evidence.in_order,
    };
    let open = Reason::OftenEmpty {
        share: evidence.end_missing,
    };
    let mut why = reason(evidence.end_named);
    why.extend((evidence.support > 0).then_some(after));
    match (span.end, span.due) {
        (Some(end), due) => {
            why.extend((evidence.end_missing >= 0.05).then_some(open));
            let doubt = if span.is_due_taken_as_end { 0.35 } else { 0.0 };
            draft.assign(Role::End, end, base - doubt, why);
            if let Some(due) = due {
                draft.assign(Role::Due, due, 0.9, vec![Reason::Name]);
            }
        }
        (None, Some(due)) => {
            draft.assign(Role::Due, due, base, why);
            draft.ask(Role::End, QuestionKind::Missing, None, &[]);
        }
        (None, None) => {}
    }
    for role in [Role::Start, Role::End, Role::Due] {
        let column = draft.column(role);
        let fact = column.and_then(|column| draft.facts.column(column));
        if fact.is_some_and(|fact| fact.profile.day_month_unsure) {
            draft.ask(role, QuestionKind::DayMonth, column, &[]);
        }
    }
    if span.is_relative {
        draft.ask(
            Role::Start,
            QuestionKind::RelativeDays,
            Some(span.start),
            &[],
        );
    }
    other_moments(draft);
}

/// Further columns whose names say start or end.
fn other_moments(draft: &mut Draft<'_, '_>) {
    for role in [Role::Start, Role::End] {
        let chosen = draft.column(role);
        let said = |column: usize| {
            let fact = draft.facts.column(column)?;
            let moments = Words::of(&fact.profile.name).moments();
            let said = if role == Role::Start {
                moments.start
            } else {
                moments.end
            };
            (fact.profile.kind.time_format().is_some() && said >= 0.85).then_some(column)
        };
        let others: Vec<usize> = (0..draft.facts.columns.len())
            .filter(|column| !draft.is_taken(*column))
            .filter_map(said)
            .collect();
        if chosen.is_some() && !others.is_empty() {
            draft.ask(role, QuestionKind::Alternatives, chosen, &others);
        }
    }
}

/// The question that a table with both a label and contracts' moments raises, if the
/// label is called one and has two values: then it is read as labelled customers.
pub(super) fn beside_label(
    facts: &Facts,
    customers: &Guess,
    contracts: &Guess,
) -> Option<Question> {
    let label = customers.column(Role::Label)?;
    let column = (0..facts.columns.len()).find(|at| {
        facts
            .column(*at)
            .is_some_and(|fact| fact.profile.name == label)
    })?;
    let is_one_each = match customers.column(Role::CustomerId) {
        Some(_) => !customers.unsure.iter().any(|question| {
            question.role == Role::CustomerId && question.kind == QuestionKind::Weak
        }),
        None => true,
    };
    let is_two = facts
        .column(column)
        .is_some_and(|fact| fact.rarer().is_some());
    if !is_two || !is_one_each || !parts::is_outcome(facts, column) {
        return None;
    }
    let moments = [Role::Start, Role::End, Role::Due];
    let columns = moments.iter().filter_map(|role| contracts.column(*role));
    Some(Question {
        role: Role::Label,
        kind: QuestionKind::LabelOrContracts,
        chosen: Some(label.to_owned()),
        alternatives: columns.map(str::to_owned).collect(),
    })
}
