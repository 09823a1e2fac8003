//! How good the data are, by rule and source.

use super::{Context, limit};
use crate::format;
use crate::locale::share;
use crate::messages::quality as m;
use crate::page::{Block, Cell, Column, Panel, Row, Table};
use crate::report::Quality;

/// Rows of a table.
const ROWS_MAX: usize = 40;

/// Scores and what failed; no panel where nothing was measured.
pub(super) fn panel(c: Context<'_>) -> Option<Panel> {
    let l = c.locale;
    let quality = c.report.sources.quality.as_ref()?;
    let failed = quality.failed.len() as u64;
    let mut blocks = vec![Block::Table(scores(c, quality))];
    if failed > 0 {
        blocks.push(Block::Table(rules(c, quality)));
    }
    Some(Panel {
        id: "data-quality".into(),
        title: match failed {
            0 => l.say(m::HOLD),
            _ => l.fill(m::FAIL, &[("n", l.n(failed))]),
        },
        answer: l.say(m::ANSWER),
        blocks,
        ..Panel::default()
    })
}

fn scores(c: Context<'_>, quality: &Quality) -> Table {
    let l = c.locale;
    let score = |score: Option<f64>| match score {
        Some(score) => format!("{score:.0}"),
        None => format::NOT_A_NUMBER.to_owned(),
    };
    let rows = quality.scores.iter().map(|source| {
        Row::new(vec![
            Cell::words(l.name(&source.source)),
            Cell::number(score(source.score)),
            Cell::number(score(source.before)),
            Cell::number(format::count(source.rules)),
            Cell::number(format::count(source.failed)),
        ])
    });
    let mut table = Table {
        caption: l.say(m::SCORES_TABLE),
        columns: vec![
            Column::words(l.say(m::COL_SOURCE)),
            Column::numbers(l.say(m::COL_SCORE)),
            Column::numbers(l.say(m::COL_BEFORE)),
            Column::numbers(l.say(m::COL_RULES)),
            Column::numbers(l.say(m::COL_FAILED)),
        ],
        rows: rows.collect(),
        ..Table::default()
    };
    limit(&mut table, ROWS_MAX, l);
    table
}

fn rules(c: Context<'_>, quality: &Quality) -> Table {
    let l = c.locale;
    let rows = quality.failed.iter().map(|rule| {
        Row::new(vec![
            Cell::words(l.text(&rule.rule)),
            Cell::words(l.name(&rule.place)),
            Cell::number(format::count(rule.failed)),
            Cell::number(l.percent(share(rule.failed, rule.checked))),
            Cell::number(l.percent(rule.allowed)),
            Cell::words(l.name(&rule.detail)),
        ])
    });
    let mut table = Table {
        caption: l.say(m::FAILED_TABLE),
        stacked: true,
        columns: vec![
            Column::words(l.say(m::COL_RULE)),
            Column::words(l.say(m::COL_WHERE)),
            Column::numbers(l.say(m::COL_FAILED)),
            Column::numbers(l.say(m::COL_SHARE)),
            Column::numbers(l.say(m::COL_MAY)),
            Column::words(l.say(m::COL_MORE)),
        ],
        rows: rows.collect(),
        ..Table::default()
    };
    limit(&mut table, ROWS_MAX, l);
    table
}
