//! Who is at risk and what is at stake.

use super::{Context, limit};
use crate::format;
use crate::locale::share;
use crate::messages::Message;
use crate::messages::risk as m;
use crate::page::{
    BarPart, BarRow, Bars, Block, Cell, Column, Panel, Row, Section, Stat, Table, Tone,
};
use crate::report::{
    Activity, CustomerAtRisk, HorizonChoice, LostDefinition, Risk, ThresholdReason, missing,
};

/// Customers shown of the list.
const LIST_MAX: usize = 20;
/// Reasons shown for one customer.
const REASONS_MAX: usize = 3;
/// Bars of the distribution.
const BINS_MAX: usize = 20;

pub(super) fn section(c: Context<'_>) -> Section {
    let panels = c.panels("risk", &c.report.risk, |risk| {
        let mut panels = vec![overview(c, risk), lost(c, risk)];
        panels.extend(spread(c, risk));
        panels.push(top(c, risk));
        panels
    });
    c.section("risk", m::NAME, m::QUESTION, panels)
}

/// How many are left out because they are lost already.
fn lost_already(c: Context<'_>, risk: &Risk) -> Option<String> {
    let l = c.locale;
    let n = l.n(risk.lost_already);
    let text = match risk.lost.silence_days() {
        Some(days) => l.fill(
            m::LOST_BY_SILENCE,
            &[("n", n), ("days", l.days(days).into())],
        ),
        None => {
            let without = c.by_activity(m::LOST_ALREADY, m::LOST_ALREADY, m::LOST_BY_CONTRACT);
            l.fill(without, &[("n", n)])
        }
    };
    (risk.lost_already > 0).then_some(text)
}

fn overview(c: Context<'_>, risk: &Risk) -> Panel {
    let l = c.locale;
    let mut args = vec![
        ("n", l.n(risk.customers_at_risk)),
        ("all", l.n(risk.customers_scored)),
    ];
    let title = match risk.lost.horizon_days() {
        Some(days) => {
            args.push(("days", l.days(days).into()));
            let words = c.by_activity(m::RISK_TITLE, m::RISK_TITLE, m::RISK_TITLE_CONTRACTS);
            l.fill(words, &args)
        }
        None => l.fill(m::RISK_TITLE_LABEL, &args),
    };
    let part = l.percent(share(risk.customers_at_risk, risk.customers_scored));
    let mut stats = vec![Stat {
        label: l.say(m::AT_RISK),
        value: format::quantity(risk.customers_at_risk, l.language),
        note: l.fill(
            m::OF_ALL,
            &[
                ("share", part.clone().into()),
                ("all", l.n(risk.customers_scored)),
            ],
        ),
    }];
    let mut notes = vec![threshold(c, risk.threshold, &risk.threshold_reason)];
    notes.extend(lost_already(c, risk));
    let answer = match &risk.margin_at_stake {
        Ok(stake) => {
            stats.push(Stat {
                label: l.say(m::STAKE),
                value: l.money(stake.value),
                note: noted(c, format::interval_money(stake, l.language), m::STAKE_NOTE),
            });
            l.fill(
                m::RISK_ANSWER_STAKE,
                &[("stake", l.money(stake.value).into())],
            )
        }
        Err(reason) => {
            let why = missing::why(reason, l);
            notes.push(l.fill(m::NO_STAKE, &[("why", why.into())]));
            let words = c.by_activity(m::RISK_ANSWER, m::RISK_ANSWER, m::RISK_ANSWER_CONTRACTS);
            l.fill(words, &[("share", part.into())])
        }
    };
    if let Some(expected) = &risk.expected_losses {
        stats.push(Stat {
            label: l.say(m::EXPECTED),
            value: format::compact(expected.value.round(), l.language),
            note: noted(
                c,
                format::interval_money(expected, l.language),
                m::EXPECTED_NOTE,
            ),
        });
    }
    Panel {
        id: "risk-overview".into(),
        title,
        answer,
        blocks: vec![Block::Stats(stats)],
        notes,
        ..Panel::default()
    }
}

/// An interval with what the number is, or that alone.
fn noted(c: Context<'_>, interval: Option<String>, what: Message) -> String {
    let what = c.locale.say(what);
    match interval {
        Some(interval) => c.locale.fill(
            m::INTERVAL_NOTE,
            &[("interval", interval.into()), ("what", what.into())],
        ),
        None => what,
    }
}

/// What at risk means, and why the threshold lies where it does.
fn threshold(c: Context<'_>, threshold: f64, reason: &ThresholdReason) -> String {
    let l = c.locale;
    let mut args = vec![("threshold", l.percent(threshold).into())];
    let message = match reason {
        ThresholdReason::Profit => m::THRESHOLD_PROFIT,
        ThresholdReason::Budget => m::THRESHOLD_BUDGET,
        ThresholdReason::Half => m::THRESHOLD_HALF,
        ThresholdReason::Set => m::THRESHOLD_SET,
        ThresholdReason::Other(why) => {
            args.push(("why", l.text(why).into()));
            m::THRESHOLD_OTHER
        }
    };
    l.fill(message, &args)
}

/// The title that says what lost means; also the definition further down.
pub(super) fn lost_title(c: Context<'_>, lost: &LostDefinition) -> String {
    let l = c.locale;
    match lost {
        LostDefinition::NoPurchase { horizon_days, .. } => {
            l.fill(m::LOST_TITLE, &[("days", l.days(*horizon_days).into())])
        }
        LostDefinition::NoEvent {
            names,
            horizon_days,
            ..
        } => {
            let days = ("days", l.days(*horizon_days).into());
            if names.is_empty() {
                return l.fill(m::LOST_EVENT_TITLE, &[days]);
            }
            let names: Vec<String> = names.iter().map(|name| l.name(name)).collect();
            l.fill(
                m::LOST_EVENTS_TITLE,
                &[days, ("names", l.either(&names).into())],
            )
        }
        LostDefinition::Label { column, lost_when } => l.fill(
            m::LOST_LABEL_TITLE,
            &[
                ("column", l.name(column).into()),
                ("value", l.name(lost_when).into()),
            ],
        ),
        LostDefinition::Contract { grace_days, .. } if *grace_days <= 0.0 => {
            l.say(m::LOST_CONTRACT_AT_ONCE)
        }
        LostDefinition::Contract { grace_days, .. } => l.fill(
            m::LOST_CONTRACT_TITLE,
            &[("grace", l.days(*grace_days).into())],
        ),
    }
}

fn lost(c: Context<'_>, risk: &Risk) -> Panel {
    let l = c.locale;
    let answer = match &risk.lost {
        LostDefinition::Label { .. } => l.say(m::LOST_LABEL_ANSWER),
        LostDefinition::Contract {
            horizon_days,
            choice,
            ..
        } => {
            // The title names the grace; the horizon comes here, and why it.
            let days = ("days", l.days(*horizon_days).into());
            l.sentences(&[
                l.fill(m::LOST_CONTRACT_ANSWER, &[days]),
                why_horizon(c, *horizon_days, choice, m::LOST_CONTRACT_SET),
            ])
        }
        LostDefinition::NoPurchase {
            horizon_days,
            choice,
        }
        | LostDefinition::NoEvent {
            horizon_days,
            choice,
            ..
        } => why_horizon(c, *horizon_days, choice, m::LOST_SET),
    };
    let bars = match (risk.lost.horizon_days(), risk.lost.horizon_choice()) {
        (Some(days), Some(HorizonChoice::FromRhythm { candidates, .. })) => {
            (!candidates.is_empty()).then(|| candidate_bars(c, days, candidates))
        }
        _ => None,
    };
    Panel {
        id: "risk-lost".into(),
        title: lost_title(c, &risk.lost),
        answer,
        blocks: bars.map(Block::Bars).into_iter().collect(),
        ..Panel::default()
    }
}

/// Why the horizon is what it is; `set` where the settings say so.
fn why_horizon(c: Context<'_>, days: f64, choice: &HorizonChoice, set: Message) -> String {
    let l = c.locale;
    match choice {
        HorizonChoice::Set => l.say(set),
        HorizonChoice::FromSpan => l.say(m::LOST_SPAN),
        HorizonChoice::Other(why) => l.text(why),
        HorizonChoice::FromRhythm {
            customers,
            gap_median_days,
            share_of_gaps_within,
            ..
        } => l.fill(
            c.by_activity(
                m::LOST_RHYTHM,
                m::LOST_RHYTHM_EVENTS,
                m::LOST_RHYTHM_CONTRACTS,
            ),
            &[
                ("n", l.n(*customers)),
                ("median", l.days(*gap_median_days).into()),
                ("share", l.percent(*share_of_gaps_within).into()),
                ("days", l.days(days).into()),
            ],
        ),
    }
}

fn candidate_bars(c: Context<'_>, chosen_days: f64, candidates: &[(f64, f64)]) -> Bars {
    let l = c.locale;
    let rows = candidates.iter().take(BINS_MAX).map(|(days, within)| {
        let chosen = (days - chosen_days).abs() < 0.5;
        let tone = if chosen { Tone::Stay } else { Tone::Hold };
        BarRow {
            label: l.days(*days),
            value: l.percent(*within),
            parts: vec![BarPart::from_zero(tone, *within, 1.0)],
            whisker: None,
            strong: chosen,
        }
    });
    Bars {
        caption: l.say(c.by_activity(m::LOST_BARS, m::LOST_BARS_EVENTS, m::LOST_BARS_CONTRACTS)),
        label_head: l.say(m::COL_HORIZON),
        value_head: l.say(m::COL_GAPS),
        bar_head: String::new(),
        legend: Vec::new(),
        rows: rows.collect(),
        diverging: false,
    }
}

/// How the probabilities are spread; no panel without bins.
fn spread(c: Context<'_>, risk: &Risk) -> Option<Panel> {
    let l = c.locale;
    let bins = risk
        .distribution
        .get(..risk.distribution.len().min(BINS_MAX))?;
    let most = bins.iter().map(|bin| bin.customers).max()?;
    let all: u64 = bins.iter().map(|bin| bin.customers).sum();
    let high = || bins.iter().filter(|bin| bin.low >= 0.5 - 1e-9);
    let named: u64 = high().map(|bin| bin.customers).sum();
    let stake = |bins: &mut dyn Iterator<Item = &crate::report::ProbabilityBin>| {
        bins.filter_map(|bin| bin.margin_at_stake).sum::<f64>()
    };
    let whole = stake(&mut bins.iter());
    let answer = if whole > 0.0 {
        let part = l.percent(stake(&mut high()) / whole);
        l.fill(m::SPREAD_ANSWER_STAKE, &[("share", part.into())])
    } else {
        l.say(m::SPREAD_ANSWER)
    };
    let rows = bins.iter().map(|bin| {
        let at_risk = bin.low >= risk.threshold - 1e-9;
        let tone = if at_risk { Tone::Leave } else { Tone::Stay };
        let range = crate::report::Estimate::between(bin.low, bin.low, bin.high);
        BarRow {
            label: format::interval_percent(&range, l.language).unwrap_or_default(),
            value: format::count(bin.customers),
            parts: vec![BarPart::from_zero(tone, bin.customers as f64, most as f64)],
            whisker: None,
            strong: false,
        }
    });
    Some(Panel {
        id: "risk-spread".into(),
        title: l.fill(
            m::SPREAD_TITLE,
            &[("share", l.percent(share(named, all)).into())],
        ),
        answer,
        blocks: vec![Block::Bars(Bars {
            caption: l.say(m::SPREAD_BARS),
            label_head: l.say(m::COL_PROBABILITY),
            value_head: l.say(m::COL_CUSTOMERS),
            bar_head: String::new(),
            legend: Vec::new(),
            rows: rows.collect(),
            diverging: false,
        })],
        ..Panel::default()
    })
}

fn top(c: Context<'_>, risk: &Risk) -> Panel {
    let l = c.locale;
    let shown = risk
        .top
        .get(..risk.top.len().min(LIST_MAX))
        .unwrap_or_default();
    if shown.is_empty() {
        let title = l.say(m::TOP_NOBODY_TITLE);
        return Panel {
            id: "risk-top".into(),
            title,
            empty: true,
            ..Panel::default()
        };
    }
    let stake: f64 = shown
        .iter()
        .filter_map(|customer| customer.margin_at_stake)
        .sum();
    let n = l.n(shown.len() as u64);
    let in_money = stake > 0.0;
    let title = if in_money {
        l.fill(
            m::TOP_TITLE_STAKE,
            &[("n", n), ("stake", l.money(stake).into())],
        )
    } else {
        l.fill(m::TOP_TITLE, &[("n", n)])
    };
    let mut table = top_table(c, shown);
    limit(&mut table, LIST_MAX, l);
    Panel {
        id: "risk-top".into(),
        title,
        answer: l.say(if in_money {
            m::TOP_ANSWER
        } else {
            m::TOP_ANSWER_PROBABILITY
        }),
        blocks: vec![Block::Table(table)],
        whole: super::whole_list(c, &risk.list_files),
        ..Panel::default()
    }
}

/// Days until the contract's planned end, or since.
fn days_left(c: Context<'_>, days: Option<f64>) -> String {
    let l = c.locale;
    match days {
        // What would read as minus nothing is due now.
        Some(days) if days <= -0.05 => l.fill(m::OVERDUE, &[("days", l.days(-days).into())]),
        Some(days) => l.days(if days < 0.0 { 0.0 } else { days }),
        None => l.say(m::NOT_KNOWN),
    }
}

/// The list; columns nobody has a value for are left out.
fn top_table(c: Context<'_>, shown: &[CustomerAtRisk]) -> Table {
    let l = c.locale;
    let valued = shown.iter().any(|s| s.value.is_some());
    let staked = shown.iter().any(|s| s.margin_at_stake.is_some());
    // Silence and rhythm mean nothing where a contract runs, and the reverse.
    let contracts = c.report.activity == Activity::Contracts;
    let timed = !contracts && shown.iter().any(|s| s.silence_days.is_some());
    let rhythmic = !contracts && shown.iter().any(|s| s.gap_mean_days.is_some());
    let due = contracts && shown.iter().any(|s| s.days_left.is_some());
    let tenured = contracts && shown.iter().any(|s| s.tenure_days.is_some());
    let digits =
        |of: fn(&CustomerAtRisk) -> Option<f64>| format::money_digits(shown.iter().filter_map(of));
    let (value_digits, stake_digits) = (digits(|s| s.value), digits(|s| s.margin_at_stake));
    let money = |value: Option<f64>, digits| match value {
        Some(value) => format::money_cell(value, digits),
        None => l.say(m::NOT_KNOWN),
    };
    let days = |value: Option<f64>| match value {
        Some(days) => l.days(days),
        None => l.say(m::NOT_KNOWN),
    };
    let columns = [
        (true, Column::words(l.say(m::COL_CUSTOMER))),
        (true, Column::numbers(l.say(m::COL_PROBABILITY))),
        (valued, Column::numbers(l.money_header(m::COL_VALUE))),
        (staked, Column::numbers(l.money_header(m::COL_STAKE))),
        (timed, Column::numbers(l.say(m::COL_SILENCE))),
        (rhythmic, Column::numbers(l.say(m::COL_RHYTHM))),
        (due, Column::numbers(l.say(m::COL_DAYS_LEFT))),
        (tenured, Column::numbers(l.say(m::COL_TENURE))),
        (true, Column::words(l.say(m::COL_REASONS))),
    ];
    let rows = shown.iter().map(|s| {
        let reasons = s
            .reasons
            .iter()
            .take(REASONS_MAX)
            .map(|reason| l.text(reason))
            .collect();
        let cells = [
            (true, Cell::identifier(l.name(&s.customer))),
            (true, Cell::number(l.percent(s.churn_probability))),
            (valued, Cell::number(money(s.value, value_digits))),
            (staked, Cell::number(money(s.margin_at_stake, stake_digits))),
            (timed, Cell::number(days(s.silence_days))),
            (rhythmic, Cell::number(days(s.gap_mean_days))),
            (due, Cell::number(days_left(c, s.days_left))),
            (tenured, Cell::number(days(s.tenure_days))),
            (true, Cell::lines(reasons)),
        ];
        Row::new(super::shown(cells))
    });
    Table {
        caption: l.say(m::TOP_TABLE),
        stacked: true,
        rows: rows.collect(),
        columns: super::shown(columns),
        ..Table::default()
    }
}
