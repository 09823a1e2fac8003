//! Labelled customers: one row per customer, with the outcome to learn from.

use super::super::infer::{Kind, MISSING};
use super::names::period;
use super::orders::personal;
use super::relations::{Fact, Facts};
use super::words::Concept;
use super::{Guess, Question, QuestionKind, Reason, Role, RoleGuess, TableKind};

/// Rows below which a unique column need not be an identifier.
const ROWS_FEW: usize = 20;

/// Guesses the roles of a table of labelled customers.
pub(super) fn guess(facts: &Facts) -> Guess {
    let mut out = Guess {
        kind: TableKind::Customers,
        kind_confidence: 0.05,
        roles: Vec::new(),
        purchases: Vec::new(),
        lost_when: None,
        value_amount: None,
        value_amount_per: None,
        relative_days: false,
        unsure: Vec::new(),
    };
    let id = find_id(facts, &mut out);
    let label = find_label(facts, id, &mut out);
    let amount = find_amount(facts, id, label, &mut out);
    for column in
        (0..facts.columns.len()).filter(|column| Some(*column) != id && Some(*column) != label)
    {
        let confidence = if Some(column) == amount {
            None
        } else {
            personal(facts, column)
        };
        let (role, confidence, reasons) = match confidence {
            Some(confidence) => (Role::Personal, confidence, vec![Reason::LooksPersonal]),
            None => (Role::Trait, 0.9, Vec::new()),
        };
        push(facts, &mut out, role, column, confidence, reasons);
    }
    if facts.rows < ROWS_FEW {
        out.unsure.push(Question {
            role: Role::Label,
            kind: QuestionKind::FewRows,
            chosen: None,
            alternatives: Vec::new(),
        });
    }
    out.kind_confidence = kind_confidence(facts, id, label);
    out
}

fn name_of(facts: &Facts, column: usize) -> String {
    facts
        .column(column)
        .map_or_else(String::new, |fact| fact.profile.name.clone())
}

fn push(
    facts: &Facts,
    out: &mut Guess,
    role: Role,
    column: usize,
    confidence: f64,
    mut reasons: Vec<Reason>,
) {
    if facts.name_score(role, column) >= 0.5 {
        reasons.insert(0, Reason::Name);
    }
    out.roles.push(RoleGuess {
        role,
        column: name_of(facts, column),
        confidence: confidence.clamp(0.05, 0.99),
        reasons,
    });
}

/// The column that identifies the customer; without one the row number serves.
fn find_id(facts: &Facts, out: &mut Guess) -> Option<usize> {
    let mut best: Option<(f64, usize)> = None;
    for (column, fact) in facts.columns.iter().enumerate() {
        if facts.is_order_beside_customer(column) || facts.is_changed(column) {
            continue;
        }
        let name = facts
            .name_score(Role::CustomerId, column)
            .max(if only_id(fact) { 0.9 } else { 0.0 });
        let score = match fact.profile.kind {
            Kind::Text | Kind::Integer if fact.is_unique() => {
                0.55 * name + id_by_value(facts, fact)
            }
            Kind::Text | Kind::Integer if name >= 0.8 && fact.rows_per_value() < 3.0 => 0.6 * name,
            _ => 0.0,
        };
        if score >= 0.4 && best.is_none_or(|(most, _)| score > most) {
            best = Some((score, column));
        }
    }
    let (score, column) = best?;
    let unique = facts.column(column).is_some_and(Fact::is_unique);
    push(
        facts,
        out,
        Role::CustomerId,
        column,
        score + 0.1,
        if unique {
            vec![Reason::Unique]
        } else {
            Vec::new()
        },
    );
    if !unique {
        out.unsure.push(Question {
            role: Role::CustomerId,
            kind: QuestionKind::Weak,
            chosen: Some(name_of(facts, column)),
            alternatives: Vec::new(),
        });
    }
    Some(column)
}

fn only_id(fact: &Fact) -> bool {
    fact.concepts.contains(&Concept::Id)
        && fact
            .concepts
            .iter()
            .all(|concept| matches!(concept, Concept::Id | Concept::Neutral | Concept::Line))
}

/// Whether unique values look like identifiers rather than measures.
fn id_by_value(facts: &Facts, fact: &Fact) -> f64 {
    if facts.rows < ROWS_FEW || fact.profile.looks.free_text || fact.profile.looks.person {
        return 0.0;
    }
    if fact.profile.kind == Kind::Text {
        return if fact.profile.looks.code { 0.8 } else { 0.45 };
    }
    // Whole numbers, all different: counted through, or long.
    let numbers = fact.numbers();
    let low = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    let high = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let dense = high - low + 1.0 <= 1.5 * numbers.len() as f64;
    if dense || low >= 10_000.0 { 0.65 } else { 0.5 }
}

/// Spellings that a column called an outcome may have.
const SPELLINGS_MAX: usize = 8;

/// Columns of two values, the likeliest outcome first: by name, else by how
/// strongly they are tied to the others, else the last. One that is called an
/// outcome may have other words beside, or one word only.
fn outcomes(facts: &Facts, id: Option<usize>) -> Vec<usize> {
    let is_binary = |column: &usize| {
        let fact = facts.column(*column);
        let called = facts.name_score(Role::Label, *column) >= 0.85;
        Some(*column) != id
            && fact.is_some_and(|fact| {
                let most = match fact.profile.kind {
                    Kind::Text | Kind::Boolean => SPELLINGS_MAX,
                    // As in `1`, `0`, `1.0`, `0.0`.
                    _ => SPELLINGS_MAX / 2,
                };
                let spelt = called && (1..=most).contains(&fact.distinct());
                let two = fact.distinct() == 2 && fact.profile.missing_share() < 0.5;
                spelt || two
            })
    };
    let binary: Vec<usize> = (0..facts.columns.len()).filter(is_binary).collect();
    let needs_values = binary
        .iter()
        .all(|column| facts.name_score(Role::Label, *column) < 0.85);
    let mut scored: Vec<(f64, usize)> = Vec::new();
    for (place, column) in binary.iter().enumerate() {
        let name = facts.name_score(Role::Label, *column);
        let tied = if needs_values {
            association(facts, *column, id)
        } else {
            0.0
        };
        let last = if place + 1 == binary.len() { 0.1 } else { 0.0 };
        scored.push((3.0 * name + tied + last, *column));
    }
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    scored.into_iter().map(|(_, column)| column).collect()
}

/// The outcome and the value of it that means lost.
fn find_label(facts: &Facts, id: Option<usize>, out: &mut Guess) -> Option<usize> {
    let mut ask = |kind, chosen: Option<String>, alternatives| {
        out.unsure.push(Question {
            role: Role::Label,
            kind,
            chosen,
            alternatives,
        });
    };
    let scored = outcomes(facts, id);
    let Some(&column) = scored.first() else {
        ask(QuestionKind::Missing, None, Vec::new());
        return None;
    };
    let name = facts.name_score(Role::Label, column);
    let fact = facts.column(column)?;
    let two = fact.rarer();
    let (rarer, rarer_share) = two.unwrap_or_default();
    if two.is_none() {
        ask(
            QuestionKind::Spellings,
            Some(name_of(facts, column)),
            fact.values.to_vec(),
        );
    } else if name < 0.85 && scored.len() > 1 {
        let others = scored
            .iter()
            .skip(1)
            .take(3)
            .map(|column| name_of(facts, *column))
            .collect();
        ask(
            QuestionKind::Alternatives,
            Some(name_of(facts, column)),
            others,
        );
    } else if name < 0.5 {
        ask(QuestionKind::Weak, Some(name_of(facts, column)), Vec::new());
    }
    let worded = lost_by_word(fact);
    let lost = worded.unwrap_or(rarer);
    // Of one value nobody knows what the other would be.
    let lost_when = fact
        .values
        .get(lost)
        .filter(|_| worded.or(two.map(|_| 0)).is_some());
    let lost_when = lost_when.cloned();
    if worded.is_none() && two.is_some() {
        let other = fact.values.get(1 - lost.min(1)).cloned();
        ask(
            QuestionKind::LostWhen,
            lost_when.clone(),
            other.into_iter().collect(),
        );
    }
    out.lost_when = lost_when;
    let reasons = match two {
        Some(_) => vec![Reason::TwoValues { rarer_share }],
        None => Vec::new(),
    };
    push(facts, out, Role::Label, column, 0.35 + 0.6 * name, reasons);
    Some(column)
}

/// Values that mean lost.
#[rustfmt::skip]
const LOST: &[&str] = &[
    "churned",
    "churn",
    "left",
    "lost",
    "exited",
    "cancelled",
    "canceled",
    "closed",
    "inactive",
    "gone",
    "attrited",
    "attrited customer",
    "withdrawn",
    "lapsed",
    "流失",
    "已流失",
    "离网",
    "离开",
    "已离开",
    "注销",
    "已注销",
    "退订",
    "流失客户",
    "不活跃",
];

/// Values that mean stayed.
#[rustfmt::skip]
const STAYED: &[&str] = &[
    "stayed",
    "existing",
    "existing customer",
    "active",
    "retained",
    "current",
    "loyal",
    "open",
    "not churned",
    "renewed",
    "joined",
    "留存",
    "未流失",
    "正常",
    "在网",
    "活跃",
    "未离开",
    "有效",
    "非流失",
];

/// Values that affirm the column's name.
#[rustfmt::skip]
const YES: &[&str] = &["yes", "true", "1", "y", "t", "是", "1.0"];

/// The value that by its word, and the column's name, means lost.
fn lost_by_word(fact: &Fact) -> Option<usize> {
    let values: Vec<String> = fact
        .values
        .iter()
        .map(|value| value.to_lowercase())
        .collect();
    let position = |words: &[&str]| {
        values
            .iter()
            .position(|value| words.contains(&value.as_str()))
    };
    if let Some(lost) = position(LOST) {
        return Some(lost);
    }
    if fact.distinct() != 2 {
        return position(YES).filter(|_| fact.concepts.contains(&Concept::Lost));
    }
    if let Some(stayed) = position(STAYED) {
        return Some(1 - stayed.min(1));
    }
    let yes = position(YES)?;
    let lost = fact.concepts.contains(&Concept::Lost);
    let kept = fact.concepts.contains(&Concept::Kept);
    match (lost, kept) {
        (true, false) => Some(yes),
        (false, true) => Some(1 - yes.min(1)),
        _ => None,
    }
}

/// How strongly a column is tied to the others on average (Cramér's V), those
/// that settle it aside: outcomes hang together with much, flags with little.
fn association(facts: &Facts, column: usize, id: Option<usize>) -> f64 {
    const COLUMNS_MAX: usize = 40;
    let others = (0..facts.columns.len())
        .filter(|other| *other != column && Some(*other) != id)
        .take(COLUMNS_MAX);
    let ties: Vec<f64> = others
        .filter_map(|other| cramers_v(facts, column, other))
        .filter(|v| *v < 0.95)
        .collect();
    if ties.is_empty() {
        0.0
    } else {
        ties.iter().sum::<f64>() / ties.len() as f64
    }
}

/// Cramér's V of a column of two values with another, of which numbers are cut
/// into four parts; `None` where the other has too many values.
fn cramers_v(facts: &Facts, binary: usize, other: usize) -> Option<f64> {
    const BINS: usize = 12;
    let (label, fact) = (facts.column(binary)?, facts.column(other)?);
    let bins: Vec<Option<usize>> = if fact.profile.kind.is_number() && fact.distinct() > BINS {
        let mut sorted: Vec<f64> = fact
            .numbers()
            .iter()
            .copied()
            .filter(|n| n.is_finite())
            .collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let cuts: Vec<f64> = (1..4)
            .filter_map(|part| sorted.get(sorted.len() * part / 4).copied())
            .collect();
        fact.numbers()
            .iter()
            .map(|n| {
                n.is_finite()
                    .then(|| cuts.iter().filter(|cut| n >= *cut).count())
            })
            .collect()
    } else if fact.distinct() <= BINS {
        fact.codes
            .iter()
            .map(|code| (*code != MISSING).then_some(*code as usize))
            .collect()
    } else {
        return None;
    };
    let mut table = [[0.0_f64; 2]; BINS];
    for (code, bin) in label.codes.iter().zip(&bins) {
        if let (Some(bin), true) = (bin, *code != MISSING)
            && let Some(cell) = table
                .get_mut(*bin)
                .and_then(|row| row.get_mut(*code as usize))
        {
            *cell += 1.0;
        }
    }
    let total: f64 = table.iter().flatten().sum();
    let columns: [f64; 2] = [
        table.iter().map(|row| row[0]).sum(),
        table.iter().map(|row| row[1]).sum(),
    ];
    let mut chi_squared = 0.0;
    for row in &table {
        let sum = row[0] + row[1];
        for (cell, column) in row.iter().zip(columns) {
            let expected = sum * column / total;
            if expected > 0.0 {
                chi_squared += (cell - expected) * (cell - expected) / expected;
            }
        }
    }
    (total > 0.0).then(|| (chi_squared / total).sqrt())
}

/// The column that says what a customer is worth.
fn find_amount(
    facts: &Facts,
    id: Option<usize>,
    label: Option<usize>,
    out: &mut Guess,
) -> Option<usize> {
    let mut best: Option<(f64, usize)> = None;
    for (column, fact) in facts.columns.iter().enumerate() {
        if Some(column) == id
            || Some(column) == label
            || !fact.profile.kind.is_number()
            || fact.distinct() < 3
        {
            continue;
        }
        let name = facts
            .name_score(Role::Amount, column)
            .max(0.8 * facts.name_score(Role::UnitPrice, column));
        let regular =
            fact.concepts.contains(&Concept::Period) && !fact.concepts.contains(&Concept::Total);
        let money = if fact.profile.looks.money { 0.35 } else { 0.0 };
        let score = if name > 0.0 {
            0.6 * name + if regular { 0.3 } else { 0.0 } + 0.3 * money
        } else {
            money
        };
        // Among equals the smaller: a monthly charge before the sum of all.
        let smaller = |other: usize| facts.at_most(column, other) > 0.7;
        if score > 0.3
            && best.is_none_or(|(most, other)| {
                score > most + 1e-9 || (score > most - 1e-9 && smaller(other))
            })
        {
            best = Some((score, column));
        }
    }
    let (score, column) = best?;
    let name = name_of(facts, column);
    let named = facts.name_score(Role::Amount, column) > 0.0;
    let reasons = vec![if named { Reason::Name } else { Reason::Money }];
    out.value_amount_per = period(&name);
    out.value_amount = Some(RoleGuess {
        role: Role::Amount,
        column: name.clone(),
        confidence: score.min(0.95),
        reasons,
    });
    if score < 0.6 {
        out.unsure.push(Question {
            role: Role::Amount,
            kind: QuestionKind::Weak,
            chosen: Some(name),
            alternatives: Vec::new(),
        });
    }
    Some(column)
}

/// How sure it is that these are labelled customers, from 0 to 1.
fn kind_confidence(facts: &Facts, id: Option<usize>, label: Option<usize>) -> f64 {
    let Some(label) = label else { return 0.05 };
    let name = facts.name_score(Role::Label, label);
    let time = facts
        .columns
        .iter()
        .any(|fact| fact.profile.kind.time_format().is_some());
    let unique = id
        .and_then(|id| facts.column(id))
        .is_some_and(Fact::is_unique);
    let ordered = (0..facts.columns.len()).any(|column| {
        facts.name_score(Role::OrderId, column) > 0.9
            || facts.name_score(Role::ProductId, column) > 0.9
    });
    let mut confidence: f64 = 0.15 + 0.4 * name;
    confidence += if unique { 0.25 } else { 0.0 };
    confidence += if time { 0.0 } else { 0.25 };
    confidence -= if ordered { 0.2 } else { 0.0 };
    confidence.clamp(0.05, 0.99)
}
