//! What each figure means.

use super::Context;
use super::risk::lost_title;
use crate::messages::{Message, definitions as m};
use crate::page::{Block, Cell, Column, Panel, Row, Section, Table};
use crate::report::{Activity, Business, LostDefinition};

/// Features shown.
const FEATURES_MAX: usize = 200;

pub(super) fn section(c: Context<'_>) -> Section {
    let mut panels = vec![terms(c)];
    panels.extend(features(c));
    let mut section = c.section("definitions", m::NAME, m::QUESTION, panels);
    section.fresh = true;
    section
}

/// The words of the report; those of a part that does not exist are left out.
fn terms(c: Context<'_>) -> Panel {
    let l = c.locale;
    let r = c.report;
    let mut terms = vec![(m::T_CUSTOMER, l.say(m::D_CUSTOMER))];
    if r.as_of.is_some() {
        terms.insert(0, (m::T_AS_OF, l.say(m::D_AS_OF)));
    }
    if let Ok(risk) = &r.risk {
        let what = lost_title(c, &risk.lost);
        terms.push((m::T_LOST, l.fill(m::D_LOST, &[("what", what.into())])));
        if let Some(days) = risk.lost.silence_days() {
            let active = l.fill(
                c.by_activity(m::D_ACTIVE, m::D_ACTIVE_EVENTS, m::D_ACTIVE),
                &[("days", l.days(days).into())],
            );
            terms.push((m::T_ACTIVE, active));
        }
        terms.extend(contracts(c, &risk.lost));
        let level = l.percent(r.interval_level);
        terms.push((
            m::T_PROBABILITY,
            l.fill(m::D_PROBABILITY, &[("level", level.into())]),
        ));
    }
    if let Ok(business) = &r.business {
        if business.retention.is_ok() {
            let retention = c.by_activity(m::D_RETENTION, m::D_RETENTION, m::D_RETENTION_CONTRACTS);
            terms.push((m::T_RETENTION, l.say(retention)));
        }
        terms.extend(business_terms(c, business));
    }
    let staked = r
        .risk
        .as_ref()
        .is_ok_and(|risk| risk.margin_at_stake.is_ok());
    if staked || r.value.is_ok() || r.actions.is_ok() {
        let margin = match &r.value {
            Ok(value) => l.fill(
                m::D_MARGIN,
                &[("margin", l.percent(value.margin_share).into())],
            ),
            Err(_) => l.say(m::D_MARGIN_NONE),
        };
        terms.push((m::T_MARGIN, margin));
        terms.push((m::T_YEARLY, yearly(c)));
        terms.push((m::T_VALUE, l.say(m::D_VALUE)));
        terms.push((m::T_STAKE, l.say(m::D_STAKE)));
    }
    if r.actions.is_ok() {
        terms.push((m::T_OFFER, l.say(m::D_OFFER)));
        terms.push((m::T_EFFECT, l.say(m::D_EFFECT)));
        terms.push((m::T_NET, l.say(m::D_NET)));
        terms.push((m::T_HOLD_OUT, l.say(m::D_HOLD_OUT)));
    }
    terms.push((m::T_SET_ASIDE, l.say(m::D_SET_ASIDE)));
    let terms = terms
        .into_iter()
        .map(|(term, meaning)| (l.say(term), meaning))
        .collect();
    Panel {
        id: "definitions-terms".into(),
        title: l.say(m::TERMS_TITLE),
        blocks: vec![Block::Terms(terms)],
        ..Panel::default()
    }
}

/// The words of contracts; none where lost means something else.
fn contracts(c: Context<'_>, lost: &LostDefinition) -> Vec<(Message, String)> {
    let l = c.locale;
    let LostDefinition::Contract { grace_days, .. } = lost else {
        return Vec::new();
    };
    let grace = if *grace_days > 0.0 {
        l.fill(m::D_GRACE, &[("days", l.days(*grace_days).into())])
    } else {
        l.say(m::D_GRACE_NONE)
    };
    vec![
        (m::T_UNDER_CONTRACT, l.say(m::D_UNDER_CONTRACT)),
        (m::T_RENEWED, l.say(m::D_RENEWED)),
        (m::T_GRACE, grace),
    ]
}

/// The words of the table of months.
fn business_terms(c: Context<'_>, business: &Business) -> Vec<(Message, String)> {
    let l = c.locale;
    let new = c.by_activity(m::D_NEW, m::D_NEW_EVENTS, m::D_NEW_CONTRACTS);
    let back = c.by_activity(m::D_BACK, m::D_BACK_EVENTS, m::D_BACK_CONTRACTS);
    let mut terms = vec![(m::T_NEW, l.say(new)), (m::T_BACK, l.say(back))];
    let contracts = c.report.activity == Activity::Contracts;
    if contracts {
        terms.push((m::T_ENDED, l.say(m::D_ENDED)));
    }
    if !contracts || business.months.iter().any(|m| m.net_revenue.is_some()) {
        terms.push((m::T_REVENUE, l.say(m::D_REVENUE)));
    }
    terms
}

/// How the value of a year is told.
fn yearly(c: Context<'_>) -> String {
    let l = c.locale;
    let risk = c.report.risk.as_ref().ok();
    match risk.and_then(|risk| risk.lost.silence_days()) {
        Some(days) => l.fill(m::D_YEARLY, &[("days", l.days(days).into())]),
        None => l.say(c.by_activity(m::D_YEARLY_TABLE, m::D_YEARLY_TABLE, m::D_YEARLY_CONTRACTS)),
    }
}

fn features(c: Context<'_>) -> Option<Panel> {
    let l = c.locale;
    let features = &c.report.features;
    if features.is_empty() {
        return None;
    }
    let rows = features.iter().map(|feature| {
        Row::new(vec![
            Cell::identifier(l.name(&feature.name)),
            Cell::words(l.text(&feature.unit)),
            Cell::words(l.text(&feature.description)),
        ])
    });
    let mut table = Table {
        caption: l.say(m::FEATURES_TABLE),
        columns: vec![
            Column::words(l.say(m::COL_NAME)),
            Column::words(l.say(m::COL_UNIT)),
            Column::words(l.say(m::COL_MEANING)),
        ],
        rows: rows.collect(),
        ..Table::default()
    };
    super::limit(&mut table, FEATURES_MAX, l);
    Some(Panel {
        id: "definitions-features".into(),
        title: l.fill(m::FEATURES_TITLE, &[("n", l.n(features.len() as u64))]),
        blocks: vec![Block::Details {
            summary: l.say(m::FEATURES_SHOW),
            table,
        }],
        ..Panel::default()
    })
}
