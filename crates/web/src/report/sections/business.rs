//! The business: buyers, orders, revenue, retention.

use super::{Context, last, shown};
use crate::charts::{Axis, Chart, Point, Series, Shape, X};
use crate::format;
use crate::locale::share;
use crate::messages::business as m;
use crate::messages::{Message, page};
use crate::page::{
    BarPart, BarRow, Bars, Block, Cell, Column, Panel, Row, Section, Stat, Table, Tone, percent_of,
};
use crate::report::{Activity, Business, Month, Retention, missing};

/// Months drawn and tabled.
const MONTHS_MAX: usize = 36;

pub(super) fn section(c: Context<'_>) -> Section {
    let panels = c.panels("business", &c.report.business, |business| {
        let mut panels = vec![buyers(c, business)];
        panels.extend(revenue(c, business));
        panels.push(match &business.retention {
            Ok(retention) => retained(c, retention),
            Err(reason) => missing::panel("business-retention", reason, c.locale),
        });
        panels
    });
    c.section("business", m::NAME, m::QUESTION, panels)
}

fn buyers(c: Context<'_>, business: &Business) -> Panel {
    let l = c.locale;
    let months = last(&business.months, MONTHS_MAX);
    let latest = months.iter().rposition(|month| month.complete);
    let (title, answer) = match latest.and_then(|at| Some((at, months.get(at)?))) {
        Some((at, month)) => {
            let title = l.fill(
                c.by_activity(m::BUYERS_TITLE, m::ACTIVE_TITLE, m::UNDER_CONTRACT_TITLE),
                &[
                    ("month", format::month(month.first_day, l.language).into()),
                    ("buyers", l.n(month.buyers)),
                    ("new", l.n(month.new)),
                ],
            );
            (title, compared(c, months, at, month))
        }
        None => (l.say(m::NO_MONTH_TITLE), String::new()),
    };
    let mut block = buyers_chart(c, months).block(
        c.interactive,
        l.say(page::SHOW_NUMBERS),
        buyers_table(c, months),
    );
    let notes = hatch(c, months, &mut block.hatched);
    Panel {
        id: "business-buyers".into(),
        title,
        answer,
        blocks: vec![Block::Chart(block)],
        notes,
        ..Panel::default()
    }
}

/// Customers by month in their groups, one on the other; where they have
/// contracts, those whose contracts ended hang below zero.
fn buyers_chart(c: Context<'_>, months: &[Month]) -> Chart {
    let l = c.locale;
    let regular = |m: &Month| m.buyers.saturating_sub(m.new).saturating_sub(m.came_back);
    let continuing = c.by_activity(m::REGULAR, m::REGULAR, m::CONTINUING);
    let mut series = vec![
        month_bars(c, months, continuing, Tone::Stay, |m| Some(regular(m))),
        month_bars(c, months, m::CAME_BACK, Tone::Back, |m| Some(m.came_back)),
        month_bars(c, months, m::NEW, Tone::New, |m| Some(m.new)),
    ];
    if tells_ended(c, months) {
        let mut ended = month_bars(c, months, m::ENDED, Tone::Leave, |m| m.ended);
        for point in &mut ended.points {
            point.y = -point.y;
        }
        series.push(ended);
    }
    let tops = months.iter().map(|m| m.buyers as f64);
    let depths = series.iter().flat_map(|s| s.points.iter().map(|p| p.y));
    let values = tops.chain(depths.filter(|y| *y < 0.0));
    Chart {
        id: "chart-buyers",
        alt: l.say(c.by_activity(m::BUYERS_CHART, m::ACTIVE_CHART, m::UNDER_CONTRACT_CHART)),
        x: month_axis(c, months),
        y: Axis::around(String::new(), values, |v| format::compact(v, l.language)),
        series,
    }
}

/// The bars of one group; none for months of which it is not known.
fn month_bars(
    c: Context<'_>,
    months: &[Month],
    name: Message,
    tone: Tone,
    of: impl Fn(&Month) -> Option<u64>,
) -> Series {
    let l = c.locale;
    let name = l.say(name);
    let points = months.iter().enumerate().filter_map(|(at, month)| {
        let n = of(month)?;
        let args = [
            ("name", name.clone().into()),
            ("n", format::count(n).into()),
        ];
        Some(Point {
            x: at as f64,
            y: n as f64,
            interval: None,
            says: l.fill(m::SAYS, &args),
        })
    });
    Series {
        points: points.collect(),
        tone,
        shape: Shape::Bar,
        name: name.clone(),
    }
}

/// Whether the months say whose contracts ended.
fn tells_ended(c: Context<'_>, months: &[Month]) -> bool {
    c.report.activity == Activity::Contracts && months.iter().any(|m| m.ended.is_some())
}

/// How the month compares with a year before, or else with the month before.
fn compared(c: Context<'_>, months: &[Month], at: usize, month: &Month) -> String {
    let l = c.locale;
    let complete = |back: usize| {
        let before = months.get(at.checked_sub(back)?)?;
        (before.complete && before.buyers > 0).then_some(before)
    };
    let mut sentences = Vec::new();
    if let Some(before) = complete(12).or_else(|| complete(1)) {
        let change = month.buyers as f64 / before.buyers as f64 - 1.0;
        let message = if change.abs() < 0.01 {
            m::BUYERS_SAME
        } else if change > 0.0 {
            m::BUYERS_UP
        } else {
            m::BUYERS_DOWN
        };
        let name = format::month(before.first_day, l.language);
        sentences.push(l.fill(
            message,
            &[
                ("share", l.percent(change.abs()).into()),
                ("before", name.into()),
            ],
        ));
    }
    if month.came_back > 0 {
        let back = c.by_activity(m::BUYERS_BACK, m::BUYERS_BACK, m::CONTRACTS_BACK);
        sentences.push(l.fill(back, &[("n", l.n(month.came_back))]));
    }
    if let Some(ended) = month.ended.filter(|_| tells_ended(c, months)) {
        sentences.push(l.fill(m::CONTRACTS_ENDED, &[("n", l.n(ended))]));
    }
    l.sentences(&sentences)
}

fn revenue(c: Context<'_>, business: &Business) -> Option<Panel> {
    let l = c.locale;
    let months = last(&business.months, MONTHS_MAX);
    let month = months
        .iter()
        .rev()
        .find(|m| m.complete && m.net_revenue.is_some())?;
    let name = l.say(m::COL_REVENUE);
    let points = months.iter().enumerate().filter_map(|(at, month)| {
        let revenue = month.net_revenue?;
        let says = l.fill(
            m::SAYS,
            &[
                ("name", name.clone().into()),
                ("n", l.money(revenue).into()),
            ],
        );
        Some(Point {
            x: at as f64,
            y: revenue,
            interval: None,
            says,
        })
    });
    let chart = Chart {
        id: "chart-revenue",
        alt: l.say(m::REVENUE_CHART),
        x: month_axis(c, months),
        y: Axis::around(
            String::new(),
            months.iter().filter_map(|m| m.net_revenue),
            |v| l.money(v),
        ),
        series: vec![Series {
            points: points.collect(),
            tone: Tone::Stay,
            shape: Shape::Bar,
            name: name.clone(),
        }],
    };
    let mut block = chart.block(
        c.interactive,
        l.say(page::SHOW_NUMBERS),
        revenue_table(c, months),
    );
    let notes = hatch(c, months, &mut block.hatched);
    Some(Panel {
        id: "business-revenue".into(),
        title: l.fill(
            c.by_activity(
                m::REVENUE_TITLE,
                m::REVENUE_TITLE,
                m::REVENUE_TITLE_CONTRACTS,
            ),
            &[
                (
                    "revenue",
                    l.money(month.net_revenue.unwrap_or_default()).into(),
                ),
                ("month", format::month(month.first_day, l.language).into()),
                ("orders", l.n(month.orders)),
            ],
        ),
        answer: l.say(m::REVENUE_ANSWER),
        blocks: vec![Block::Chart(block)],
        notes,
        ..Panel::default()
    })
}

fn month_axis(c: Context<'_>, months: &[Month]) -> X {
    X::Names {
        labels: months
            .iter()
            .map(|m| format::month_short(m.first_day, c.locale.language))
            .collect(),
        hatched: months.iter().map(|m| !m.complete).collect(),
    }
}

/// Explains hatching where there is any.
fn hatch(c: Context<'_>, months: &[Month], legend: &mut Option<String>) -> Vec<String> {
    if months.iter().all(|month| month.complete) {
        return Vec::new();
    }
    *legend = Some(c.locale.say(m::INCOMPLETE));
    vec![c.locale.say(m::INCOMPLETE_NOTE)]
}

/// A month's name, marked where it is incomplete.
fn month_cell(c: Context<'_>, month: &Month) -> Cell {
    let mark = if month.complete { "" } else { "*" };
    Cell::words(format!(
        "{}{mark}",
        format::month_short(month.first_day, c.locale.language)
    ))
}

fn buyers_table(c: Context<'_>, months: &[Month]) -> Table {
    let l = c.locale;
    let ended = tells_ended(c, months);
    let buyers = c.by_activity(m::COL_BUYERS, m::COL_ACTIVE, m::COL_UNDER_CONTRACT);
    let orders = c.by_activity(m::COL_ORDERS, m::COL_EVENTS, m::COL_CONTRACTS);
    let columns = [
        (true, Column::words(l.say(m::COL_MONTH))),
        (true, Column::numbers(l.say(buyers))),
        (true, Column::numbers(l.say(m::NEW))),
        (true, Column::numbers(l.say(m::CAME_BACK))),
        (ended, Column::numbers(l.say(m::ENDED))),
        (true, Column::numbers(l.say(orders))),
    ];
    let rows = months.iter().rev().map(|month| {
        let gone = match month.ended {
            Some(n) => format::count(n),
            None => format::NOT_A_NUMBER.to_owned(),
        };
        let cells = [
            (true, month_cell(c, month)),
            (true, Cell::number(format::count(month.buyers))),
            (true, Cell::number(format::count(month.new))),
            (true, Cell::number(format::count(month.came_back))),
            (ended, Cell::number(gone)),
            (true, Cell::number(format::count(month.orders))),
        ];
        Row::new(shown(cells))
    });
    Table {
        caption: l.say(m::MONTHS_TABLE),
        columns: shown(columns),
        rows: rows.collect(),
        ..Table::default()
    }
}

fn revenue_table(c: Context<'_>, months: &[Month]) -> Table {
    let l = c.locale;
    let digits = format::money_digits(months.iter().filter_map(|m| m.net_revenue));
    let rows = months.iter().rev().map(|month| {
        let revenue = match month.net_revenue {
            Some(revenue) => format::money_cell(revenue, digits),
            None => format::NOT_A_NUMBER.to_owned(),
        };
        Row::new(vec![month_cell(c, month), Cell::number(revenue)])
    });
    Table {
        caption: l.say(m::REVENUE_CHART),
        columns: vec![
            Column::words(l.say(m::COL_MONTH)),
            Column::numbers(l.money_header(m::COL_REVENUE)),
        ],
        rows: rows.collect(),
        ..Table::default()
    }
}

fn retained(c: Context<'_>, r: &Retention) -> Panel {
    let l = c.locale;
    let lost = r.at_start.saturating_sub(r.kept);
    let at_end = r.kept + r.new + r.came_back;
    let last_day = r.until.yesterday().unwrap_or(r.until);
    let mut answer = vec![l.fill(
        c.by_activity(
            m::RETENTION_ANSWER,
            m::RETENTION_ANSWER_EVENTS,
            m::RETENTION_ANSWER_CONTRACTS,
        ),
        &[
            ("start", l.n(r.at_start)),
            ("from", format::date(r.from, l.language).into()),
            ("kept", l.n(r.kept)),
            ("until", format::date(last_day, l.language).into()),
        ],
    )];
    if let Some(before) = &r.rate_before {
        let rate = l.percent_estimate(before);
        answer.push(l.fill(m::RETENTION_BEFORE, &[("rate", rate.into())]));
    }
    let stat = |label, n: u64| Stat {
        label: l.say(label),
        value: format::quantity(n, l.language),
        note: String::new(),
    };
    let start = c.by_activity(m::AT_START, m::AT_START, m::AT_START_CONTRACTS);
    let end = c.by_activity(m::AT_END, m::AT_END, m::AT_END_CONTRACTS);
    let mixed = l.percent(share(r.kept + r.came_back, r.at_start));
    Panel {
        id: "business-retention".into(),
        title: l.fill(
            m::RETENTION_TITLE,
            &[("rate", l.percent_estimate(&r.rate).into())],
        ),
        answer: l.sentences(&answer),
        blocks: vec![
            Block::Stats(vec![stat(start, r.at_start), stat(end, at_end)]),
            Block::Bars(retention_bars(c, r, lost)),
        ],
        notes: vec![l.fill(
            c.by_activity(
                m::RETENTION_NOTE,
                m::RETENTION_NOTE_EVENTS,
                m::RETENTION_NOTE_CONTRACTS,
            ),
            &[
                ("window", l.days(r.window_days).into()),
                ("mixed", mixed.into()),
            ],
        )],
        ..Panel::default()
    }
}

fn retention_bars(c: Context<'_>, r: &Retention, lost: u64) -> Bars {
    let l = c.locale;
    let kept = c.by_activity(m::KEPT, m::KEPT, m::KEPT_CONTRACTS);
    let left = c.by_activity(m::LOST, m::LOST, m::ENDED);
    let groups = [
        (kept, Tone::Stay, r.kept),
        (left, Tone::Leave, lost),
        (m::CAME_BACK, Tone::Back, r.came_back),
        (m::NEW, Tone::New, r.new),
    ];
    let scale = groups
        .iter()
        .map(|(_, _, n)| *n)
        .max()
        .unwrap_or(1)
        .max(r.at_start) as f64;
    let rows = groups.map(|(name, tone, n)| {
        let kept = tone == Tone::Stay;
        BarRow {
            label: l.say(name),
            value: format::count(n),
            parts: vec![BarPart::from_zero(tone, n as f64, scale)],
            whisker: r.rate.interval.filter(|_| kept).map(|(low, high)| {
                let start = r.at_start as f64;
                (
                    percent_of(low * start, scale),
                    percent_of(high * start, scale),
                )
            }),
            strong: false,
        }
    });
    Bars {
        caption: l.say(m::RETENTION_BARS),
        label_head: l.say(m::COL_GROUP),
        value_head: l.say(m::COL_CUSTOMERS),
        bar_head: l.say(m::COL_OF_START),
        legend: Vec::new(),
        rows: rows.into(),
        diverging: false,
    }
}
