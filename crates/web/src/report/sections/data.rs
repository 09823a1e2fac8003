//! What was read and how good it is.

use super::{Context, limit};
use crate::format;
use crate::locale::share;
use crate::messages::data as m;
use crate::messages::page;
use crate::page::{
    Alert, BarPart, BarRow, Bars, Block, Cell, Column, Panel, Row, Section, Table, Tone, percent_of,
};
use crate::report::{Missing, SourceFile, missing};

/// Files shown as bars; the table behind them shows more.
const BARS_MAX: usize = 12;
/// Rows of the tables of files and of totals.
const ROWS_MAX: usize = 60;
/// Warnings shown.
const WARNINGS_MAX: usize = 40;

pub(super) fn section(c: Context<'_>) -> Section {
    let mut panels = vec![rows(c)];
    panels.extend(super::quality::panel(c));
    panels.extend(reasons(c));
    panels.extend(totals(c));
    if !c.report.sources.files.is_empty() {
        panels.push(warnings(c));
    }
    c.section("data", m::NAME, m::QUESTION, panels)
}

fn rows(c: Context<'_>) -> Panel {
    let l = c.locale;
    let files = &c.report.sources.files;
    if files.is_empty() {
        return missing::panel("data-rows", &Missing::NoRows, l);
    }
    let sum = |of: fn(&SourceFile) -> u64| files.iter().map(of).sum::<u64>();
    let read = sum(|f| f.rows_read);
    let kept = sum(|f| f.rows_kept);
    let anonymous = sum(|f| f.rows_without_customer.unwrap_or(0));
    let mut notes = vec![adds_up(c)];
    if anonymous > 0 {
        notes.push(l.fill(
            m::ROWS_ANONYMOUS,
            &[
                ("n", l.n(anonymous)),
                ("share", l.percent(share(anonymous, kept)).into()),
            ],
        ));
    }
    let table = files_table(c);
    Panel {
        id: "data-rows".into(),
        title: l.fill(
            m::ROWS_TITLE,
            &[("share", l.percent(share(kept, read)).into())],
        ),
        answer: l.fill(
            m::ROWS_ANSWER,
            &[
                ("files", l.n(files.len() as u64)),
                ("rows", l.n(read)),
                ("kept", l.n(kept)),
                ("quarantined", l.n(sum(|f| f.rows_quarantined))),
                ("duplicates", l.n(sum(|f| f.rows_duplicate))),
            ],
        ),
        blocks: vec![
            Block::Bars(bars(c)),
            Block::Details {
                summary: l.say(m::ROWS_SHOW),
                table,
            },
        ],
        notes,
        ..Panel::default()
    }
}

/// Whether every file's rows add up: kept, set aside and duplicated.
fn adds_up(c: Context<'_>) -> String {
    let l = c.locale;
    let parts = |f: &SourceFile| {
        f.rows_kept
            .saturating_add(f.rows_quarantined)
            .saturating_add(f.rows_duplicate)
    };
    let wrong: Vec<String> = c
        .report
        .sources
        .files
        .iter()
        .filter(|f| parts(f) != f.rows_read)
        .take(5)
        .map(|f| l.name(&f.name))
        .collect();
    if wrong.is_empty() {
        l.say(m::ROWS_ADD_UP)
    } else {
        l.fill(m::ROWS_DO_NOT_ADD_UP, &[("files", l.list(&wrong).into())])
    }
}

fn bars(c: Context<'_>) -> Bars {
    let l = c.locale;
    let rows = c.report.sources.files.iter().take(BARS_MAX).map(|file| {
        let scale = file.rows_read as f64;
        let mut start = 0.0;
        let parts = [
            (Tone::Stay, file.rows_kept),
            (Tone::Leave, file.rows_quarantined),
            (Tone::Hold, file.rows_duplicate),
        ];
        let parts = parts
            .into_iter()
            .filter(|(_, rows)| *rows > 0)
            .map(|(tone, rows)| {
                let width = percent_of(rows as f64, scale).min(100.0 - start);
                let part = BarPart { tone, start, width };
                start += width;
                part
            })
            .collect();
        BarRow {
            label: l.name(&file.name),
            value: format::count(file.rows_read),
            parts,
            whisker: None,
            strong: false,
        }
    });
    Bars {
        caption: l.say(m::ROWS_BARS),
        label_head: l.say(m::COL_FILE),
        value_head: l.say(m::COL_READ),
        bar_head: l.say(m::COL_SHARE),
        legend: vec![
            (Tone::Stay, l.say(m::COL_KEPT)),
            (Tone::Leave, l.say(m::COL_QUARANTINED)),
            (Tone::Hold, l.say(m::COL_DUPLICATE)),
        ],
        rows: rows.collect(),
        diverging: false,
    }
}

fn files_table(c: Context<'_>) -> Table {
    let l = c.locale;
    let rows = c.report.sources.files.iter().map(|f| {
        let anonymous = f
            .rows_without_customer
            .map_or(format::NOT_A_NUMBER.into(), format::count);
        let period = match f.period {
            Some((from, until)) => format::period(from.date(), until.date(), l.language),
            None => l.say(m::NO_DATES),
        };
        Row::new(vec![
            Cell::words(l.name(&f.name)),
            Cell::words(l.name(&f.table)),
            Cell::number(format::count(f.rows_read)),
            Cell::number(format::count(f.rows_kept)),
            Cell::number(format::count(f.rows_quarantined)),
            Cell::number(format::count(f.rows_duplicate)),
            Cell::number(anonymous),
            Cell::words(period),
        ])
    });
    let mut table = Table {
        caption: l.say(m::ROWS_TABLE),
        stacked: true,
        columns: vec![
            Column::words(l.say(m::COL_FILE)),
            Column::words(l.say(m::COL_TABLE)),
            Column::numbers(l.say(m::COL_READ)),
            Column::numbers(l.say(m::COL_KEPT)),
            Column::numbers(l.say(m::COL_QUARANTINED)),
            Column::numbers(l.say(m::COL_DUPLICATE)),
            Column::numbers(l.say(m::COL_ANONYMOUS)),
            Column::words(l.say(m::COL_PERIOD)),
        ],
        rows: rows.collect(),
        ..Table::default()
    };
    limit(&mut table, ROWS_MAX, l);
    table
}

/// Why rows were set aside; no panel where none were.
fn reasons(c: Context<'_>) -> Option<Panel> {
    let l = c.locale;
    let mut sums: Vec<(String, u64)> = Vec::new();
    for (reason, rows) in c.report.sources.files.iter().flat_map(|f| &f.quarantined) {
        let reason = l.text(reason);
        match sums.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, sum)) => *sum += rows,
            None => sums.push((reason, *rows)),
        }
    }
    sums.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let all: u64 = sums.iter().map(|(_, rows)| rows).sum();
    let (first, first_rows) = sums.first()?.clone();
    let rows = sums.into_iter().map(|(reason, rows)| {
        Row::new(vec![
            Cell::words(reason),
            Cell::number(format::count(rows)),
            Cell::number(l.percent(share(rows, all))),
        ])
    });
    let mut table = Table {
        caption: l.say(m::REASONS_TABLE),
        columns: vec![
            Column::words(l.say(m::COL_REASON)),
            Column::numbers(l.say(m::COL_ROWS)),
            Column::numbers(l.say(m::COL_OF_THESE)),
        ],
        rows: rows.collect(),
        ..Table::default()
    };
    limit(&mut table, ROWS_MAX, l);
    Some(Panel {
        id: "data-reasons".into(),
        title: l.fill(
            m::REASONS_TITLE,
            &[
                ("share", l.percent(share(first_rows, all)).into()),
                ("reason", first.into()),
            ],
        ),
        answer: l.say(m::REASONS_ANSWER),
        blocks: vec![Block::Table(table)],
        ..Panel::default()
    })
}

/// Totals before cleaning; no panel without number columns.
fn totals(c: Context<'_>) -> Option<Panel> {
    let l = c.locale;
    let rows: Vec<Row> = c
        .report
        .sources
        .files
        .iter()
        .flat_map(|f| f.totals.iter().map(move |t| (f, t)))
        .map(|(file, total)| {
            Row::new(vec![
                Cell::words(l.name(&file.name)),
                Cell::words(l.name(&total.column)),
                Cell::number(format::exact_decimal(&l.name(&total.total))),
                Cell::number(format::count(total.empty)),
                Cell::number(format::count(total.not_numeric)),
            ])
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let mut table = Table {
        caption: l.say(m::TOTALS_TABLE),
        stacked: true,
        columns: vec![
            Column::words(l.say(m::COL_FILE)),
            Column::words(l.say(m::COL_COLUMN)),
            Column::numbers(l.say(m::COL_TOTAL)),
            Column::numbers(l.say(m::COL_EMPTY)),
            Column::numbers(l.say(m::COL_NOT_NUMERIC)),
        ],
        rows,
        ..Table::default()
    };
    limit(&mut table, ROWS_MAX, l);
    Some(Panel {
        id: "data-totals".into(),
        title: l.say(m::TOTALS_TITLE),
        answer: l.say(m::TOTALS_ANSWER),
        blocks: vec![Block::Table(table)],
        ..Panel::default()
    })
}

fn warnings(c: Context<'_>) -> Panel {
    let l = c.locale;
    let warnings = &c.report.sources.warnings;
    if warnings.is_empty() {
        let title = l.say(m::WARNINGS_NONE);
        return Panel {
            id: "data-warnings".into(),
            title,
            ..Panel::default()
        };
    }
    let serious = warnings.iter().filter(|w| w.serious).count() as u64;
    let alerts = warnings.iter().take(WARNINGS_MAX).map(|w| Alert {
        weight: l.say(if w.serious { m::SERIOUS } else { m::NOTE }),
        serious: w.serious,
        message: l.text(&w.message),
        hint: w.hint.as_ref().map(|hint| l.text(hint)),
        code: l.name(&w.code),
    });
    let hidden = warnings.len().saturating_sub(WARNINGS_MAX) as u64;
    let notes = (hidden > 0).then(|| l.fill(page::MORE_ROWS, &[("n", l.n(hidden))]));
    Panel {
        id: "data-warnings".into(),
        title: l.fill(
            m::WARNINGS_TITLE,
            &[("n", l.n(warnings.len() as u64)), ("serious", l.n(serious))],
        ),
        answer: if serious > 0 {
            l.say(m::WARNINGS_ANSWER)
        } else {
            String::new()
        },
        blocks: vec![Block::Alerts(alerts.collect())],
        notes: notes.into_iter().collect(),
        ..Panel::default()
    }
}
