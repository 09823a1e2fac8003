//! What customers are worth.

use super::Context;
use crate::charts::{Axis, Chart, Point, Series, Shape, X};
use crate::messages::page;
use crate::messages::value as m;
use crate::page::{Block, Cell, Column, Panel, Row, Section, Table, Tone};
use crate::report::{LifetimeFormula, Value};

/// Rows of the table of concentration.
const SPREAD_ROWS: [f64; 6] = [0.01, 0.05, 0.10, 0.20, 0.50, 1.0];

pub(super) fn section(c: Context<'_>) -> Section {
    let panels = c.panels("value", &c.report.value, |value| {
        let mut panels: Vec<Panel> = historic(c, value).into_iter().collect();
        panels.extend(lifetime(c, value));
        panels.extend(spread(c, value));
        panels
    });
    c.section("value", m::NAME, m::QUESTION, panels)
}

/// What was brought so far; no panel where nobody knows, as in a table that
/// tells what is paid and not what has been.
fn historic(c: Context<'_>, v: &Value) -> Option<Panel> {
    let l = c.locale;
    if !v.historic_mean.value.is_finite() || !v.historic_total.value.is_finite() {
        return None;
    }
    Some(Panel {
        id: "value-historic".into(),
        title: l.fill(
            m::HISTORIC_TITLE,
            &[("mean", l.money_estimate(&v.historic_mean).into())],
        ),
        answer: l.fill(
            m::HISTORIC_ANSWER,
            &[
                ("customers", l.n(v.customers)),
                ("total", l.money_estimate(&v.historic_total).into()),
                ("margin", l.percent(v.margin_share).into()),
            ],
        ),
        ..Panel::default()
    })
}

/// A formula's name and how it counts.
fn formula(c: Context<'_>, formula: &LifetimeFormula) -> (String, Option<String>) {
    let l = c.locale;
    let (name, how) = match formula {
        LifetimeFormula::PlainSum => (m::PLAIN_SUM, m::PLAIN_SUM_HOW),
        LifetimeFormula::CompoundingInArrears => (m::IN_ARREARS, m::IN_ARREARS_HOW),
        LifetimeFormula::CompoundingInAdvance => (m::IN_ADVANCE, m::IN_ADVANCE_HOW),
        LifetimeFormula::BgNbdGammaGamma => (m::BG_NBD, m::BG_NBD_HOW),
        LifetimeFormula::ParetoNbdGammaGamma => (m::PARETO_NBD, m::PARETO_NBD_HOW),
        LifetimeFormula::Other(name) => return (l.text(name), None),
    };
    (l.say(name), Some(l.say(how)))
}

fn lifetime(c: Context<'_>, v: &Value) -> Option<Panel> {
    let l = c.locale;
    let used = v
        .lifetime
        .iter()
        .find(|by| by.used)
        .or(v.lifetime.first())?;
    let rows = v.lifetime.iter().map(|by| {
        let (name, how) = formula(c, &by.formula);
        let cells = vec![
            Cell::lines([name].into_iter().chain(how).collect()),
            Cell::number(l.money_estimate(&by.mean)),
            Cell::number(l.money_estimate(&by.total)),
        ];
        Row {
            cells,
            strong: by.used,
        }
    });
    let mut notes = Vec::new();
    if used.used {
        notes.push(l.say(m::USED));
    }
    if formulas_agree(v) {
        notes.push(l.say(m::SAME));
    }
    Some(Panel {
        id: "value-lifetime".into(),
        title: l.fill(
            m::LIFETIME_TITLE,
            &[
                ("days", l.days(v.horizon_days).into()),
                ("mean", l.money_estimate(&used.mean).into()),
            ],
        ),
        answer: l.fill(
            m::LIFETIME_ANSWER,
            &[
                ("formula", formula(c, &used.formula).0.into()),
                ("rate", l.percent(v.discount_rate_per_year).into()),
            ],
        ),
        blocks: vec![Block::Table(Table {
            caption: l.say(m::LIFETIME_TABLE),
            stacked: true,
            columns: vec![
                Column::words(l.say(m::COL_FORMULA)),
                Column::numbers(l.say(m::COL_MEAN)),
                Column::numbers(l.say(m::COL_TOTAL)),
            ],
            rows: rows.collect(),
            ..Table::default()
        })],
        notes,
        ..Panel::default()
    })
}

/// Whether the plain sum and compounding survival give the same, as they do
/// over one period.
fn formulas_agree(v: &Value) -> bool {
    let mean = |formula| {
        let found = v.lifetime.iter().find(|by| by.formula == formula);
        found.map(|by| by.mean.value)
    };
    let plain = mean(LifetimeFormula::PlainSum);
    let compounding = mean(LifetimeFormula::CompoundingInArrears);
    plain
        .zip(compounding)
        .is_some_and(|(a, b)| (a - b).abs() <= 1e-9 * a.abs())
}

/// Share of value at a share of customers, by straight lines between points.
fn value_at(points: &[(f64, f64)], customers: f64) -> f64 {
    let mut before = (0.0, 0.0);
    for &(x, y) in points {
        if x >= customers {
            let width = x - before.0;
            let part = if width > 0.0 {
                (customers - before.0) / width
            } else {
                1.0
            };
            return before.1 + part * (y - before.1);
        }
        before = (x, y);
    }
    before.1
}

fn spread(c: Context<'_>, v: &Value) -> Option<Panel> {
    let l = c.locale;
    let points = v.concentration.as_ref().filter(|points| points.len() > 1)?;
    let fifth = value_at(points, 0.2);
    let says = |x: f64, y: f64| {
        let args = [
            ("customers", l.percent(x).into()),
            ("value", l.percent(y).into()),
        ];
        l.fill(m::SPREAD_SAYS, &args)
    };
    let line = |x: f64, y: f64| Point {
        x,
        y,
        interval: None,
        says: says(x, y),
    };
    let mut curve = vec![line(0.0, 0.0)];
    curve.extend(points.iter().map(|&(x, y)| line(x, y)));
    let chart = Chart {
        id: "chart-concentration",
        alt: l.say(m::SPREAD_CHART),
        x: X::Numbers(Axis::share(l.say(m::COL_BEST), |v| l.percent(v))),
        y: Axis::share(l.say(m::COL_SHARE), |v| l.percent(v)),
        series: vec![
            Series {
                name: l.say(m::EVEN),
                tone: Tone::Hold,
                shape: Shape::Reference,
                points: vec![line(0.0, 0.0), line(1.0, 1.0)],
            },
            Series {
                name: l.say(m::ACTUAL),
                tone: Tone::Stay,
                shape: Shape::Line,
                points: curve,
            },
        ],
    };
    let rows = SPREAD_ROWS.map(|x| {
        Row::new(vec![
            Cell::number(l.percent(x)),
            Cell::number(l.percent(value_at(points, x))),
        ])
    });
    let table = Table {
        caption: l.say(m::SPREAD_CHART),
        columns: vec![
            Column::numbers(l.say(m::COL_BEST)),
            Column::numbers(l.say(m::COL_SHARE)),
        ],
        rows: rows.into(),
        ..Table::default()
    };
    Some(Panel {
        id: "value-spread".into(),
        title: l.fill(m::SPREAD_TITLE, &[("share", l.percent(fifth).into())]),
        answer: l.say(if fifth > 0.3 {
            m::SPREAD_ANSWER
        } else {
            m::SPREAD_EVEN
        }),
        blocks: vec![Block::Chart(chart.block(
            c.interactive,
            l.say(page::SHOW_NUMBERS),
            table,
        ))],
        ..Panel::default()
    })
}

#[cfg(test)]
mod tests {
    use super::value_at;

    #[test]
    fn shares_between_points_lie_on_the_line() {
        let points = [(0.1, 0.5), (0.3, 0.7), (1.0, 1.0)];
        assert!((value_at(&points, 0.05) - 0.25).abs() < 1e-12);
        assert!((value_at(&points, 0.2) - 0.6).abs() < 1e-12);
        assert!((value_at(&points, 1.0) - 1.0).abs() < 1e-12);
        assert_eq!(value_at(&[], 0.5), 0.0);
    }
}
