//! How far to trust it, in plain words.

use super::Context;
use crate::format;
use crate::messages::trust as m;
use crate::page::{Block, Cell, Column, Panel, Row, Section, Table, Tone, Waffle};
use crate::report::summary::of_hundred;
use crate::report::{Evaluation, ModelKind, Trust};

/// Columns shown that know too much.
const LEAKS_MAX: usize = 20;

pub(super) fn section(c: Context<'_>) -> Section {
    let panels = c.panels("trust", &c.report.trust, |trust| {
        let mut panels = vec![plain(c, trust)];
        panels.extend(small(c, trust));
        panels.push(leaks(c, trust));
        panels
    });
    c.section("trust", m::NAME, m::QUESTION, panels)
}

fn plain(c: Context<'_>, t: &Trust) -> Panel {
    let l = c.locale;
    let p = &t.plain;
    let mut notes = vec![tested(c, t)];
    let here = c.by_activity(m::ACTIVE_ONLY, m::ACTIVE_ONLY, m::UNDER_CONTRACT_ONLY);
    notes.extend(t.active_only.then(|| l.say(here)));
    notes.extend(against_rule(c, t));
    if p.named == 0 || t.evaluation == Evaluation::None {
        return Panel {
            id: "trust-plain".into(),
            title: l.say(m::PLAIN_NOBODY_TITLE),
            notes,
            empty: true,
            ..Panel::default()
        };
    }
    if let Some(interval) = format::interval_percent(&p.named_that_left, l.language) {
        let args = [("n", l.n(p.named)), ("interval", interval.into())];
        notes.insert(0, l.fill(m::PLAIN_INTERVAL, &args));
    }
    let waffle = |label, tone, share: f64| Waffle {
        label: l.say(label),
        value: of_hundred(share),
        tone,
        filled: (share * 100.0).round().clamp(0.0, 100.0) as u8,
    };
    Panel {
        id: "trust-plain".into(),
        title: l.fill(
            m::PLAIN_TITLE,
            &[("named", of_hundred(p.named_that_left.value).into())],
        ),
        answer: l.fill(
            m::PLAIN_ANSWER,
            &[
                ("base", of_hundred(p.base_rate).into()),
                ("found", l.percent_estimate(&p.found).into()),
            ],
        ),
        blocks: vec![Block::Waffles(vec![
            waffle(m::NAMED, Tone::Leave, p.named_that_left.value),
            waffle(m::AT_RANDOM, Tone::Hold, p.base_rate),
        ])],
        notes,
        ..Panel::default()
    }
}

/// How it was tested, in a sentence.
fn tested(c: Context<'_>, t: &Trust) -> String {
    let l = c.locale;
    let n = l.n(t.plain.customers);
    match t.evaluation {
        Evaluation::LaterTime { gap_days } if gap_days > 0.0 => {
            l.fill(m::HOW_LATER, &[("n", n), ("gap", l.days(gap_days).into())])
        }
        Evaluation::LaterTime { .. } => l.fill(m::HOW_LATER_NO_GAP, &[("n", n)]),
        Evaluation::CrossValidation { folds, .. } => {
            // With dates it was the history that was too short for a later test.
            let message = match c.report.as_of {
                Some(_) => m::HOW_CV_SHORT,
                None => m::HOW_CV,
            };
            l.fill(message, &[("n", n), ("folds", l.n(u64::from(folds)))])
        }
        Evaluation::None => l.say(m::HOW_NONE),
    }
}

/// Whether the model in use beats the plain rule, by their intervals.
fn against_rule(c: Context<'_>, t: &Trust) -> Option<String> {
    let l = c.locale;
    let model = t
        .models
        .iter()
        .find(|m| m.in_use && m.model != ModelKind::PlainRule)?;
    let rule = t.models.iter().find(|m| m.model == ModelKind::PlainRule)?;
    let (auc, rule) = (model.roc_auc?, rule.roc_auc?);
    let ends = |e: crate::report::Estimate| e.interval.unwrap_or((e.value, e.value));
    // Not a test of the difference, but it errs on the side of saying less.
    let message = if ends(auc).0 > rule.value {
        m::BETTER
    } else if ends(auc).1 < rule.value {
        m::WORSE
    } else {
        m::NOT_BETTER
    };
    let args = [
        ("auc", l.percent_estimate(&auc).into()),
        ("rule", l.percent(rule.value).into()),
    ];
    Some(l.fill(message, &args))
}

fn small(c: Context<'_>, t: &Trust) -> Option<Panel> {
    let l = c.locale;
    let text = t.small_data.as_ref()?;
    Some(Panel {
        id: "trust-small".into(),
        title: l.say(m::SMALL_TITLE),
        answer: l.text(text),
        ..Panel::default()
    })
}

fn leaks(c: Context<'_>, t: &Trust) -> Panel {
    let l = c.locale;
    if t.leaks.is_empty() {
        return Panel {
            id: "trust-leaks".into(),
            title: l.say(m::LEAKS_NONE),
            answer: l.say(m::LEAKS_NONE_ANSWER),
            ..Panel::default()
        };
    }
    let rows = t.leaks.iter().map(|leak| {
        let done = if leak.left_out {
            m::LEFT_OUT
        } else {
            m::LEFT_IN
        };
        Row::new(vec![
            Cell::words(l.name(&leak.column)),
            Cell::number(format::metric(leak.roc_auc)),
            Cell::words(l.say(done)),
        ])
    });
    let mut table = Table {
        caption: l.say(m::LEAKS_TABLE),
        columns: vec![
            Column::words(l.say(m::COL_COLUMN)),
            Column::numbers(l.say(m::COL_ALONE)),
            Column::words(l.say(m::COL_DONE)),
        ],
        rows: rows.collect(),
        ..Table::default()
    };
    super::limit(&mut table, LEAKS_MAX, l);
    Panel {
        id: "trust-leaks".into(),
        title: l.fill(m::LEAKS_TITLE, &[("n", l.n(t.leaks.len() as u64))]),
        answer: l.say(m::LEAKS_ANSWER),
        blocks: vec![Block::Table(table)],
        ..Panel::default()
    }
}
