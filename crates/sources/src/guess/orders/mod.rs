//! Order lines: which columns are the order, the customer, the product, the
//! time and the money.
//!
//! An order settles its customer and its time; a customer has several orders
//! and is the finest thing an order settles; a product settles its price and
//! is settled by neither. Names count on top of that.

mod days;
mod keys;
mod money;
mod rest;

pub(super) use rest::personal;

use super::super::infer::Kind;
use super::relations::Facts;
use super::{Guess, Question, QuestionKind, Reason, Role, RoleGuess, TableKind, events};

/// Rows below which values alone prove little.
const ROWS_FEW: usize = 30;

/// What has been decided so far.
pub(super) struct Draft<'f, 'p> {
    pub(super) facts: &'f Facts<'p>,
    /// Column by role.
    pub(super) taken: Vec<(Role, usize)>,
    pub(super) roles: Vec<RoleGuess>,
    pub(super) unsure: Vec<Question>,
}

impl Draft<'_, '_> {
    pub(super) fn name(&self, column: usize) -> String {
        self.facts
            .column(column)
            .map_or_else(String::new, |fact| fact.profile.name.clone())
    }

    pub(super) fn is_taken(&self, column: usize) -> bool {
        self.taken.iter().any(|(_, taken)| *taken == column)
    }

    pub(super) fn column(&self, role: Role) -> Option<usize> {
        self.taken
            .iter()
            .find(|(taken, _)| *taken == role)
            .map(|(_, column)| *column)
    }

    /// Gives a column its role; below 0.6 a question goes with it.
    pub(super) fn assign(
        &mut self,
        role: Role,
        column: usize,
        confidence: f64,
        mut reasons: Vec<Reason>,
    ) {
        if self.facts.name_score(role, column) >= 0.5 {
            reasons.insert(0, Reason::Name);
        }
        let confidence = confidence.clamp(0.05, 0.99);
        self.taken.push((role, column));
        self.roles.push(RoleGuess {
            role,
            column: self.name(column),
            confidence,
            reasons,
        });
        if confidence < 0.6 && !matches!(role, Role::Trait | Role::ProductTrait | Role::Personal) {
            self.ask(role, QuestionKind::Weak, Some(column), &[]);
        }
    }

    pub(super) fn ask(
        &mut self,
        role: Role,
        kind: QuestionKind,
        chosen: Option<usize>,
        alternatives: &[usize],
    ) {
        let alternatives: Vec<String> = alternatives
            .iter()
            .map(|column| self.name(*column))
            .collect();
        let chosen = chosen.map(|column| self.name(column));
        // Alternatives say more than "weak".
        if kind != QuestionKind::Weak {
            self.unsure
                .retain(|question| question.role != role || question.kind != QuestionKind::Weak);
        } else if self.unsure.iter().any(|question| question.role == role) {
            return;
        }
        self.unsure.push(Question {
            role,
            kind,
            chosen,
            alternatives,
        });
    }
}

/// Guesses the roles of a table of order lines; where nothing in it is money,
/// those of a table of events, unless it is said to be the one or the other.
pub(super) fn guess(facts: &Facts, kind: Option<TableKind>) -> Guess {
    let mut draft = Draft {
        facts,
        taken: Vec::new(),
        roles: Vec::new(),
        unsure: Vec::new(),
    };
    if facts.rows < ROWS_FEW {
        draft.ask(Role::CustomerId, QuestionKind::FewRows, None, &[]);
    }
    let time = find_time(&mut draft);
    let relative_days = time
        .and_then(|time| facts.column(time))
        .is_some_and(|fact| fact.profile.kind.is_number());
    let structure = keys::find(&mut draft, time);
    money::find(&mut draft);
    rest::find(&mut draft);
    // Where a column has the words for what visitors do, whole numbers without a name
    // are as likely the category of what was looked at.
    let tells_events = events::has_words(facts);
    let has_money = [Role::Amount, Role::UnitPrice].into_iter().any(|role| {
        let column = draft.column(role);
        column.is_some_and(|column| {
            !tells_events
                || facts.name_score(role, column) >= 0.5
                || facts
                    .column(column)
                    .is_some_and(|fact| fact.profile.kind != Kind::Integer)
        })
    });
    let is_events = match kind {
        Some(kind) => kind == TableKind::Events,
        None => !has_money && draft.column(Role::Time).is_some(),
    };
    if is_events {
        return Guess {
            relative_days,
            ..events::guess(draft, structure)
        };
    }
    let confidence = kind_confidence(&draft, structure);
    Guess {
        kind: TableKind::OrderLines,
        kind_confidence: confidence,
        roles: draft.roles,
        purchases: Vec::new(),
        lost_when: None,
        value_amount: None,
        value_amount_per: None,
        relative_days,
        unsure: draft.unsure,
    }
}

/// The column that says when it was ordered.
fn find_time(draft: &mut Draft) -> Option<usize> {
    let facts = draft.facts;
    let times: Vec<usize> = (0..facts.columns.len())
        .filter(|i| {
            facts
                .column(*i)
                .is_some_and(|f| f.profile.kind.time_format().is_some())
        })
        .collect();
    let mut scored: Vec<(f64, usize)> = times
        .iter()
        .map(|column| (time_score(facts, *column, &times), *column))
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let Some(&(best, column)) = scored.first() else {
        return find_day(draft);
    };
    let named = facts.name_score(Role::Time, column);
    let (confidence, reasons) = match scored.get(1) {
        None => (0.95, vec![Reason::OnlyTime]),
        Some((second, _)) => (
            (0.55 + 0.3 * named + 0.2 * (best - second).min(1.0)).min(0.95),
            Vec::new(),
        ),
    };
    draft.assign(Role::Time, column, confidence, reasons);
    let near: Vec<usize> = scored
        .iter()
        .skip(1)
        .filter(|(score, _)| best - score < 0.5)
        .map(|(_, column)| *column)
        .collect();
    if !near.is_empty() {
        draft.ask(Role::Time, QuestionKind::Alternatives, Some(column), &near);
    }
    if facts
        .column(column)
        .is_some_and(|fact| fact.profile.day_month_unsure)
    {
        draft.ask(Role::Time, QuestionKind::DayMonth, Some(column), &[]);
    }
    Some(column)
}

/// Where nothing is a time, the column that counts days.
fn find_day(draft: &mut Draft) -> Option<usize> {
    let found = days::find(draft.facts);
    match found {
        Some(column) => {
            draft.assign(Role::Time, column, 0.7, Vec::new());
            draft.ask(Role::Time, QuestionKind::RelativeDays, Some(column), &[]);
        }
        None => draft.ask(Role::Time, QuestionKind::Missing, None, &[]),
    }
    found
}

/// Names first; then the finer and the earlier of several times, unless a key
/// settles it but not the others (a date of birth or of joining).
fn time_score(facts: &Facts, column: usize, times: &[usize]) -> f64 {
    let Some(fact) = facts.column(column) else {
        return 0.0;
    };
    let others = times.iter().filter(|other| **other != column);
    let mut score = 2.0 * facts.name_score(Role::Time, column);
    score += if matches!(fact.profile.kind, Kind::Timestamp(_)) {
        0.3
    } else {
        0.0
    };
    score -= 0.5 * fact.profile.missing_share();
    for other in others {
        score += if facts.at_most(column, *other) > 0.98 {
            0.3
        } else {
            0.0
        };
        let trait_like = keys::candidates(facts).into_iter().any(|key| {
            let (this, that) = (facts.settle(key, column), facts.settle(key, *other));
            this.support >= 10 && this.beyond_chance > 0.95 && that.beyond_chance < 0.6
        });
        score -= if trait_like { 1.0 } else { 0.0 };
    }
    score
}

/// How sure it is that these are order lines, from 0 to 1.
fn kind_confidence(draft: &Draft, structure: f64) -> f64 {
    let has = |role| draft.column(role).is_some();
    let mut confidence: f64 = 0.05;
    confidence += if has(Role::Time) { 0.3 } else { 0.0 };
    confidence += if has(Role::CustomerId) {
        0.3 * structure
    } else {
        0.0
    };
    confidence += if has(Role::OrderId) || has(Role::ProductId) {
        0.15
    } else {
        0.0
    };
    confidence += if has(Role::Quantity) || has(Role::UnitPrice) || has(Role::Amount) {
        0.2
    } else {
        0.0
    };
    if !has(Role::Time) {
        confidence *= 0.5;
    }
    confidence.min(0.99)
}
