//! What to do, what it costs and what it should bring.

use super::Context;
use crate::charts::{Axis, Chart, Point, Series, Shape, X};
use crate::format;
use crate::messages::actions as m;
use crate::messages::page;
use crate::page::{Block, Cell, Column, Panel, Row, Section, Stat, Table, Tone};
use crate::report::{Actions, FrontierPoint, Offer};

/// Actions shown of the list.
const LIST_MAX: usize = 20;
/// Offers shown.
const OFFERS_MAX: usize = 30;
/// Rows of the frontier's table.
const FRONTIER_ROWS_MAX: usize = 12;

pub(super) fn section(c: Context<'_>) -> Section {
    let panels = c.panels("actions", &c.report.actions, |actions| {
        let mut panels = vec![plan(c, actions)];
        panels.extend(offers(c, actions));
        panels.extend(frontier(c, actions));
        panels.extend(top(c, actions));
        panels
    });
    c.section("actions", m::NAME, m::QUESTION, panels)
}

fn plan(c: Context<'_>, a: &Actions) -> Panel {
    let l = c.locale;
    let used: Vec<&Offer> = a.offers.iter().filter(|offer| offer.chosen > 0).collect();
    let lost_already = lost_already(c, a);
    if a.chosen == 0 {
        return plan_of_nobody(c, a, lost_already);
    }
    let measured = used.iter().all(|offer| offer.effect_measured);
    let mut notes = vec![
        l.fill(
            m::BASELINE,
            &[("share", l.percent(a.baseline_churn).into())],
        ),
        l.fill(m::HORIZON, &[("days", l.days(a.value_horizon_days).into())]),
        l.fill(m::PERSISTENCE, &[("lasts", persistence(c, &used).into())]),
    ];
    notes.extend(hold_out_small(c, a));
    notes.extend(lost_already);
    if a.expected_net.interval.is_some_and(|(low, _)| low < 0.0) {
        notes.insert(0, l.say(m::PLAN_LOSS));
    }
    Panel {
        id: "actions-plan".into(),
        title: l.fill(
            m::PLAN_TITLE,
            &[
                ("chosen", l.n(a.chosen)),
                ("net", l.money(a.expected_net.value).into()),
            ],
        ),
        answer: l.fill(
            m::PLAN_ANSWER,
            &[
                ("spend", l.money(a.spend).into()),
                ("held", l.n(a.held_out)),
            ],
        ),
        mark: (!measured).then(|| l.say(m::ASSUMED)),
        blocks: vec![Block::Stats(plan_stats(c, a))],
        notes,
        ..Panel::default()
    }
}

/// How many get no offer because they are lost already.
fn lost_already(c: Context<'_>, a: &Actions) -> Option<String> {
    let l = c.locale;
    let silence = c.report.risk.as_ref().ok();
    let silence = silence.and_then(|risk| risk.lost.silence_days());
    let n = l.n(a.lost_already);
    let text = match silence {
        Some(days) => l.fill(
            m::LOST_BY_SILENCE,
            &[("n", n), ("days", l.days(days).into())],
        ),
        None => {
            let without = c.by_activity(m::LOST_ALREADY, m::LOST_ALREADY, m::LOST_BY_CONTRACT);
            l.fill(without, &[("n", n)])
        }
    };
    (a.lost_already > 0).then_some(text)
}

/// Where nobody gets an offer: why.
fn plan_of_nobody(c: Context<'_>, a: &Actions, lost_already: Option<String>) -> Panel {
    let l = c.locale;
    let mut notes = vec![l.fill(m::HORIZON, &[("days", l.days(a.value_horizon_days).into())])];
    notes.extend(lost_already);
    let (title, answer) = match a.out_of_reach() {
        Some(best) => (
            l.say(m::PLAN_SHORT_TITLE),
            l.fill(m::PLAN_SHORT_ANSWER, &[("net", l.money(best).into())]),
        ),
        None => (
            l.say(m::PLAN_NONE_TITLE),
            l.fill(m::PLAN_NONE_ANSWER, &[("considered", l.n(a.considered))]),
        ),
    };
    Panel {
        id: "actions-plan".into(),
        title,
        answer,
        notes,
        ..Panel::default()
    }
}

/// That the hold-out cannot show what is assumed, where it cannot.
fn hold_out_small(c: Context<'_>, a: &Actions) -> Option<String> {
    let l = c.locale;
    let test = a.test.filter(|test| test.expected < test.detectable)?;
    let args = [
        ("expected", l.percent(test.expected).into()),
        ("detectable", l.percent(test.detectable).into()),
    ];
    Some(l.fill(m::HOLD_OUT_SMALL, &args))
}

fn plan_stats(c: Context<'_>, a: &Actions) -> Vec<Stat> {
    let l = c.locale;
    let net_note = match a.expected_net.interval {
        Some((low, high)) => l.fill(
            m::NET_NOTE,
            &[("low", l.money(low).into()), ("high", l.money(high).into())],
        ),
        None => String::new(),
    };
    let (budget, of_budget) = match a.budget {
        Some(budget) => {
            let part = if budget > 0.0 { a.spend / budget } else { 0.0 };
            (
                l.money(budget),
                l.fill(m::OF_BUDGET, &[("share", l.percent(part).into())]),
            )
        }
        None => (l.say(m::NO_LIMIT), String::new()),
    };
    let stat = |label, value: String, note: String| Stat {
        label: l.say(label),
        value,
        note,
    };
    vec![
        stat(m::NET, l.money(a.expected_net.value), net_note),
        stat(m::SPEND, l.money(a.spend), of_budget),
        stat(m::BUDGET, budget, String::new()),
        stat(
            m::CHOSEN,
            format::quantity(a.chosen, l.language),
            l.fill(m::OF_CONSIDERED, &[("n", l.n(a.considered))]),
        ),
        stat(
            m::HELD_OUT,
            format::quantity(a.held_out, l.language),
            l.fill(
                m::HELD_OUT_NOTE,
                &[("share", l.percent(a.hold_out_share).into())],
            ),
        ),
    ]
}

/// How long the effects last: once if they agree, else by offer.
fn persistence(c: Context<'_>, used: &[&Offer]) -> String {
    let l = c.locale;
    let Some(first) = used.first() else {
        return format::NOT_A_NUMBER.to_owned();
    };
    if used
        .iter()
        .all(|offer| offer.effect_lasts_days == first.effect_lasts_days)
    {
        return l.days(first.effect_lasts_days);
    }
    let each: Vec<String> = used
        .iter()
        .take(6)
        .map(|offer| {
            let days = l.days(offer.effect_lasts_days);
            let args = [("days", days.into()), ("offer", l.name(&offer.name).into())];
            l.fill(m::PERSISTENCE_ONE, &args)
        })
        .collect();
    l.list(&each)
}

fn offers(c: Context<'_>, a: &Actions) -> Option<Panel> {
    let l = c.locale;
    let best = super::best(&a.offers, |offer| offer.expected_net.value).or(a.offers.first())?;
    let title = if a.offers.len() == 1 {
        let effect = l.percent_estimate(&best.effect);
        let args = [
            ("offer", l.name(&best.name).into()),
            ("effect", effect.into()),
        ];
        l.fill(m::OFFERS_TITLE_ONE, &args)
    } else {
        let args = [
            ("n", l.n(a.offers.len() as u64)),
            ("offer", l.name(&best.name).into()),
        ];
        l.fill(m::OFFERS_TITLE, &args)
    };
    let measured = a
        .offers
        .iter()
        .filter(|offer| offer.effect_measured)
        .count();
    let answer = if measured == 0 {
        m::OFFERS_ANSWER_ASSUMED
    } else if measured == a.offers.len() {
        m::OFFERS_ANSWER_MEASURED
    } else {
        m::OFFERS_ANSWER_MIXED
    };
    let mut table = offers_table(c, a);
    super::limit(&mut table, OFFERS_MAX, l);
    Some(Panel {
        id: "actions-offers".into(),
        title,
        answer: l.say(answer),
        mark: (measured == 0).then(|| l.say(m::ASSUMED)),
        blocks: vec![Block::Table(table)],
        ..Panel::default()
    })
}

fn offers_table(c: Context<'_>, a: &Actions) -> Table {
    let l = c.locale;
    let rows = a.offers.iter().map(|offer| {
        let source = if offer.effect_measured {
            m::MEASURED
        } else {
            m::ASSUMED
        };
        Row::new(vec![
            Cell::words(l.name(&offer.name)),
            Cell::number(format::money_cell(offer.cost_per_use, 2)),
            Cell::number(l.percent_estimate(&offer.effect)),
            Cell::words(l.say(source)),
            Cell::number(l.days(offer.effect_lasts_days)),
            Cell::number(format::count(offer.chosen)),
            Cell::number(format::money_cell(offer.spend, 0)),
            Cell::number(format::money_estimate(
                &offer.expected_net,
                None,
                l.language,
            )),
        ])
    });
    Table {
        caption: l.say(m::OFFERS_TABLE),
        stacked: true,
        columns: vec![
            Column::words(l.say(m::COL_OFFER)),
            Column::numbers(l.money_header(m::COL_COST_PER_USE)),
            Column::numbers(l.say(m::COL_EFFECT)),
            Column::words(l.say(m::COL_SOURCE)),
            Column::numbers(l.say(m::COL_LASTS)),
            Column::numbers(l.say(m::COL_CUSTOMERS)),
            Column::numbers(l.money_header(m::COL_SPEND)),
            Column::numbers(l.money_header(m::COL_NET)),
        ],
        rows: rows.collect(),
        ..Table::default()
    }
}

/// What budgets would bring, and where this plan lies among them.
fn frontier(c: Context<'_>, a: &Actions) -> Option<Panel> {
    let l = c.locale;
    let best = super::best(&a.frontier, |p| p.net.value)?;
    let gain = best.net.value - a.expected_net.value;
    let more = best.spend > a.spend && gain > 0.01 * best.net.value.abs();
    let (title, answer) = if best.net.value > 0.0 {
        let args =
            |net: String, spend: f64| [("net", net.into()), ("spend", l.money(spend).into())];
        let answer = if more {
            m::FRONTIER_ANSWER_MORE
        } else {
            m::FRONTIER_ANSWER
        };
        (
            l.fill(
                m::FRONTIER_TITLE,
                &args(l.money_estimate(&best.net), best.spend),
            ),
            l.fill(answer, &args(l.money(a.expected_net.value), a.spend)),
        )
    } else {
        (l.say(m::FRONTIER_TITLE_NONE), String::new())
    };
    let table = frontier_table(c, a);
    let block = frontier_chart(c, a).block(c.interactive, l.say(page::SHOW_NUMBERS), table);
    Some(Panel {
        id: "actions-frontier".into(),
        title,
        answer,
        blocks: vec![Block::Chart(block)],
        ..Panel::default()
    })
}

fn frontier_chart(c: Context<'_>, a: &Actions) -> Chart {
    let l = c.locale;
    let point = |p: &FrontierPoint, interval| Point {
        x: p.spend,
        y: p.net.value,
        interval,
        says: l.fill(
            m::FRONTIER_SAYS,
            &[
                ("spend", l.money(p.spend).into()),
                ("net", l.money_estimate(&p.net).into()),
                ("n", l.n(p.customers)),
            ],
        ),
    };
    let here = FrontierPoint {
        spend: a.spend,
        net: a.expected_net,
        customers: a.chosen,
    };
    let ends = |p: &FrontierPoint| {
        let (low, high) = p.net.interval.unwrap_or((p.net.value, p.net.value));
        [low, high, p.net.value]
    };
    let values = a.frontier.iter().chain([&here]).flat_map(ends);
    let spends = a.frontier.iter().chain([&here]).map(|p| p.spend);
    Chart {
        id: "chart-frontier",
        alt: l.say(m::FRONTIER_CHART),
        x: X::Numbers(Axis::around(l.money_header(m::COL_SPEND), spends, |v| {
            l.money(v)
        })),
        y: Axis::around(String::new(), values, |v| l.money(v)),
        series: vec![
            Series {
                name: l.say(m::NET_SERIES),
                tone: Tone::Stay,
                shape: Shape::Line,
                points: a
                    .frontier
                    .iter()
                    .map(|p| point(p, p.net.interval))
                    .collect(),
            },
            Series {
                name: l.say(m::PLAN_POINT),
                tone: Tone::Leave,
                shape: Shape::Dots,
                points: vec![point(&here, None)],
            },
        ],
    }
}

fn frontier_table(c: Context<'_>, a: &Actions) -> Table {
    let l = c.locale;
    let step = a.frontier.len().div_ceil(FRONTIER_ROWS_MAX).max(1);
    let end = a.frontier.len().saturating_sub(1);
    let rows = a
        .frontier
        .iter()
        .enumerate()
        .filter(|(at, _)| at % step == 0 || *at == end);
    let rows = rows.map(|(_, p)| {
        Row::new(vec![
            Cell::number(format::money_cell(p.spend, 0)),
            Cell::number(format::money_estimate(&p.net, None, l.language)),
            Cell::number(format::count(p.customers)),
        ])
    });
    Table {
        caption: l.say(m::FRONTIER_TABLE),
        columns: vec![
            Column::numbers(l.money_header(m::COL_SPEND)),
            Column::numbers(l.money_header(m::COL_NET)),
            Column::numbers(l.say(m::COL_REACHED)),
        ],
        rows: rows.collect(),
        ..Table::default()
    }
}

fn top(c: Context<'_>, a: &Actions) -> Option<Panel> {
    let l = c.locale;
    let shown = a.top.get(..a.top.len().min(LIST_MAX))?;
    if shown.is_empty() {
        return None;
    }
    let net: f64 = shown.iter().map(|action| action.net).sum();
    let digits = format::money_digits(shown.iter().map(|action| action.value));
    let rows = shown.iter().map(|action| {
        let offer = match &action.channel {
            Some(channel) => vec![l.name(&action.offer), l.name(channel)],
            None => vec![l.name(&action.offer)],
        };
        Row::new(vec![
            Cell::identifier(l.name(&action.customer)),
            Cell::lines(offer),
            Cell::number(l.percent(action.churn_probability)),
            Cell::number(format::money_cell(action.value, digits)),
            Cell::number(format::money_cell(action.cost, 2)),
            Cell::number(format::money_cell(action.net, 2)),
            Cell::lines(vec![String::new(), l.text(&action.why)]),
        ])
    });
    Some(Panel {
        id: "actions-top".into(),
        title: l.fill(
            m::TOP_TITLE,
            &[("n", l.n(shown.len() as u64)), ("net", l.money(net).into())],
        ),
        answer: l.say(m::TOP_ANSWER),
        blocks: vec![Block::Table(Table {
            caption: l.say(m::TOP_TABLE),
            stacked: true,
            columns: vec![
                Column::words(l.say(m::COL_CUSTOMER)),
                Column::words(l.say(m::COL_ACTION)),
                Column::numbers(l.say(m::COL_PROBABILITY)),
                Column::numbers(l.money_header(m::COL_VALUE)),
                Column::numbers(l.money_header(m::COL_COST)),
                Column::numbers(l.money_header(m::COL_NET)),
                Column::words(l.say(m::COL_WHY)),
            ],
            rows: rows.collect(),
            ..Table::default()
        })],
        whole: super::whole_list(c, &a.list_files),
        ..Panel::default()
    })
}
