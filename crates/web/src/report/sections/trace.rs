//! Where every number comes from: run, versions, settings.

use super::{Context, limit};
use crate::format;
use crate::messages::definitions as m;
use crate::page::{Block, Cell, Column, Panel, Row, Section, Table};

/// Tables and settings shown.
const ROWS_MAX: usize = 200;

pub(super) fn section(c: Context<'_>) -> Section {
    let mut panels = vec![versions(c)];
    panels.extend(tables(c));
    panels.extend(settings(c));
    c.section("trace", m::TRACE_NAME, m::TRACE_QUESTION, panels)
}

fn versions(c: Context<'_>) -> Panel {
    let l = c.locale;
    let trace = &c.report.trace;
    let model = match &trace.model_version {
        Some(version) => l.name(version),
        None => l.say(m::NO_MODEL),
    };
    let terms = [
        (m::RUN_ID, l.name(&c.report.run_id)),
        (m::CODE_VERSION, l.name(&trace.code_version)),
        (m::MODEL_VERSION, model),
        (m::SETTINGS_HASH, l.name(&trace.settings_hash)),
        (m::SEED, trace.seed.to_string()),
    ];
    Panel {
        id: "trace-versions".into(),
        title: l.say(m::VERSIONS_TITLE),
        blocks: vec![Block::Terms(
            terms
                .into_iter()
                .map(|(term, value)| (l.say(term), value))
                .collect(),
        )],
        ..Panel::default()
    }
}

fn tables(c: Context<'_>) -> Option<Panel> {
    let l = c.locale;
    let tables = &c.report.trace.tables;
    if tables.is_empty() {
        return None;
    }
    let rows = tables.iter().map(|table| {
        Row::new(vec![
            Cell::identifier(l.name(&table.name)),
            Cell::number(table.version.to_string()),
            Cell::number(format::count(table.rows)),
        ])
    });
    let mut table = Table {
        caption: l.say(m::TABLES_TABLE),
        columns: vec![
            Column::words(l.say(m::COL_TABLE)),
            Column::numbers(l.say(m::COL_VERSION)),
            Column::numbers(l.say(m::COL_ROWS)),
        ],
        rows: rows.collect(),
        ..Table::default()
    };
    limit(&mut table, ROWS_MAX, l);
    Some(Panel {
        id: "trace-tables".into(),
        title: l.fill(m::TABLES_TITLE, &[("n", l.n(tables.len() as u64))]),
        blocks: vec![Block::Table(table)],
        ..Panel::default()
    })
}

fn settings(c: Context<'_>) -> Option<Panel> {
    let l = c.locale;
    let settings = &c.report.trace.settings;
    if settings.is_empty() {
        return None;
    }
    let rows = settings.iter().map(|(name, value)| {
        Row::new(vec![
            Cell::identifier(l.name(name)),
            Cell::words(l.name(value)),
        ])
    });
    let mut table = Table {
        caption: l.say(m::SETTINGS_TABLE),
        columns: vec![
            Column::words(l.say(m::COL_SETTING)),
            Column::words(l.say(m::COL_VALUE)),
        ],
        rows: rows.collect(),
        ..Table::default()
    };
    limit(&mut table, ROWS_MAX, l);
    Some(Panel {
        id: "trace-settings".into(),
        title: l.say(m::SETTINGS_TITLE),
        blocks: vec![Block::Details {
            summary: l.say(m::SETTINGS_SHOW),
            table,
        }],
        ..Panel::default()
    })
}
