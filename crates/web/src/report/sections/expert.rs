//! The expert page: metrics, lift, confusion, weights, splits. The curves are
//! in their own module.

use super::{Context, curves, limit};
use crate::format;
use crate::messages::Message;
use crate::messages::expert as m;
use crate::page::{
    BarPart, BarRow, Bars, Block, Cell, Column, Panel, Row, Section, Table, Tone, percent_of,
};
use crate::report::{
    Confusion, Estimate, ModelKind, ModelMetrics, SplitRole, ThresholdReason, Trust,
};

/// Weights shown as bars.
const WEIGHTS_MAX: usize = 15;
/// Rows of the table of splits.
const SPLITS_MAX: usize = 40;

pub(super) fn section(c: Context<'_>) -> Section {
    // Without a test there is nothing for experts; the plain page says why.
    let panels = match &c.report.trust {
        Err(_) => Vec::new(),
        Ok(trust) => [
            metrics(c, trust),
            curves::roc(c, trust),
            curves::precision_recall(c, trust),
            curves::calibration(c, trust),
            lift(c, trust),
            trust
                .confusion
                .as_ref()
                .map(|confusion| confused(c, confusion)),
            curves::profit(c, trust),
            weights(c, trust),
            splits(c, trust),
        ]
        .into_iter()
        .flatten()
        .collect(),
    };
    let mut section = c.section("expert", m::NAME, m::QUESTION, panels);
    section.fresh = true;
    section.kicker = Some(c.locale.say(m::KICKER));
    section
}

/// A model's name.
pub(super) fn model_name(c: Context<'_>, model: ModelKind) -> String {
    c.locale.say(match model {
        ModelKind::PlainRule => m::PLAIN_RULE,
        ModelKind::LogisticRegression => m::LOGISTIC,
        ModelKind::DecisionTree => m::TREE,
        ModelKind::RandomForest => m::FOREST,
        ModelKind::GradientBoosting => m::BOOSTING,
        ModelKind::Svm => m::SVM,
    })
}

type MetricOf = fn(&ModelMetrics) -> Option<Estimate>;

fn metrics(c: Context<'_>, t: &Trust) -> Option<Panel> {
    let l = c.locale;
    if t.models.is_empty() {
        return None;
    }
    let all: [(Message, bool, MetricOf); 9] = [
        (m::METRIC_ROC_AUC, true, |x| x.roc_auc),
        (m::METRIC_PR_AUC, true, |x| x.pr_auc),
        (m::METRIC_LOG_LOSS, false, |x| x.log_loss),
        (m::METRIC_BRIER, false, |x| x.brier),
        (m::METRIC_ECE, false, |x| x.ece),
        (m::METRIC_ACCURACY, true, |x| x.accuracy),
        (m::METRIC_PRECISION, true, |x| x.precision),
        (m::METRIC_RECALL, true, |x| x.recall),
        (m::METRIC_F1, true, |x| x.f1),
    ];
    let rows = all
        .into_iter()
        .filter(|(_, _, of)| t.models.iter().any(|x| of(x).is_some()));
    let rows = rows.map(|(name, higher, of)| {
        let mut name = l.say(name);
        if !higher {
            name = l.fill(m::LOWER_IS_BETTER, &[("metric", name.into())]);
        }
        let mut cells = vec![Cell::words(name)];
        cells.extend(t.models.iter().map(|model| {
            Cell::number(match of(model) {
                Some(value) => format::metric_estimate(&value, l.language),
                None => format::NOT_A_NUMBER.to_owned(),
            })
        }));
        Row::new(cells)
    });
    let mut columns = vec![Column::words(l.say(m::COL_METRIC))];
    columns.extend(t.models.iter().map(|model| {
        let name = model_name(c, model.model);
        Column::numbers(if model.in_use {
            l.fill(m::IN_USE, &[("model", name.into())])
        } else {
            name
        })
    }));
    let best = super::best(&t.models, |x| x.roc_auc.map_or(f64::NAN, |auc| auc.value));
    let title = match best.and_then(|x| Some((x.model, x.roc_auc?))) {
        Some((model, auc)) => l.fill(
            m::METRICS_TITLE,
            &[
                ("model", model_name(c, model).into()),
                ("auc", format::metric_estimate(&auc, l.language).into()),
            ],
        ),
        None => l.say(m::METRICS_TITLE_NONE),
    };
    let table = Table {
        caption: l.say(m::METRICS_TABLE),
        stacked: true,
        columns,
        rows: rows.collect(),
        ..Table::default()
    };
    Some(Panel {
        id: "expert-metrics".into(),
        title,
        answer: l.say(m::METRICS_ANSWER),
        blocks: vec![Block::Table(table)],
        ..Panel::default()
    })
}

fn lift(c: Context<'_>, t: &Trust) -> Option<Panel> {
    let l = c.locale;
    let first = t.lift.first()?;
    let top = |e: &Estimate| e.interval.map_or(e.value, |(_, high)| high.max(e.value));
    let scale = t
        .lift
        .iter()
        .map(|d| top(&d.lift))
        .filter(|v| v.is_finite())
        .fold(1.0, f64::max);
    let rows = t.lift.iter().take(10).map(|d| BarRow {
        label: l.fill(
            m::DECILE,
            &[
                ("n", u64::from(d.decile).to_string().into()),
                ("lost", l.n(d.lost)),
                ("all", l.n(d.customers)),
            ],
        ),
        value: format::decimal(d.lift.value, 2),
        parts: vec![BarPart::from_zero(
            if d.lift.value >= 1.0 {
                Tone::Leave
            } else {
                Tone::Stay
            },
            d.lift.value,
            scale,
        )],
        whisker: whisker(&d.lift, |v| percent_of(v, scale)),
        strong: false,
    });
    Some(Panel {
        id: "expert-lift".into(),
        title: l.fill(
            m::LIFT_TITLE,
            &[("lift", format::decimal(first.lift.value, 1).into())],
        ),
        answer: l.say(m::LIFT_ANSWER),
        blocks: vec![Block::Bars(Bars {
            caption: l.say(m::LIFT_BARS),
            label_head: l.say(m::COL_DECILE),
            value_head: l.say(m::COL_LIFT),
            bar_head: String::new(),
            legend: Vec::new(),
            rows: rows.collect(),
            diverging: false,
        })],
        ..Panel::default()
    })
}

/// Ends of an interval as places on the bar.
fn whisker(estimate: &Estimate, place: impl Fn(f64) -> f64) -> Option<(f64, f64)> {
    let (low, high) = estimate.interval.filter(|(low, high)| low <= high)?;
    Some((place(low), place(high)))
}

fn confused(c: Context<'_>, x: &Confusion) -> Panel {
    let l = c.locale;
    let all = x.true_positives + x.false_positives + x.false_negatives + x.true_negatives;
    let right = x.true_positives + x.true_negatives;
    let cell = |n: u64, tone| {
        let level = percent_of(n as f64, all as f64 * 2.0).round() as u8;
        Cell {
            text: format::count(n),
            shade: Some((tone, level)),
            ..Cell::default()
        }
    };
    let table = Table {
        caption: l.say(m::CONFUSION_TABLE),
        columns: vec![
            Column::words(l.say(m::COL_TRUTH)),
            Column::numbers(l.say(m::NAMED)),
            Column::numbers(l.say(m::NOT_NAMED)),
        ],
        rows: vec![
            Row::new(vec![
                Cell::words(l.say(m::LEFT)),
                cell(x.true_positives, Tone::Stay),
                cell(x.false_negatives, Tone::Leave),
            ]),
            Row::new(vec![
                Cell::words(l.say(m::STAYED)),
                cell(x.false_positives, Tone::Leave),
                cell(x.true_negatives, Tone::Stay),
            ]),
        ],
        ..Table::default()
    };
    let answer = match x.reason {
        ThresholdReason::Profit => m::CONFUSION_ANSWER,
        _ => m::CONFUSION_ANSWER_OTHER,
    };
    Panel {
        id: "expert-confusion".into(),
        title: l.fill(
            m::CONFUSION_TITLE,
            &[
                ("threshold", l.percent(x.threshold).into()),
                ("right", l.n(right)),
                ("all", l.n(all)),
            ],
        ),
        answer: l.say(answer),
        blocks: vec![Block::Table(table)],
        ..Panel::default()
    }
}

fn weights(c: Context<'_>, t: &Trust) -> Option<Panel> {
    let l = c.locale;
    let first = t.weights.first()?;
    let size = |e: &Estimate| {
        let (low, high) = e.interval.unwrap_or((e.value, e.value));
        [e.value, low, high]
            .into_iter()
            .filter(|v| v.is_finite())
            .fold(0.0_f64, |a, v| a.max(v.abs()))
    };
    let shown = || t.weights.iter().take(WEIGHTS_MAX);
    let scale = shown()
        .map(|w| size(&w.coefficient))
        .fold(f64::MIN_POSITIVE, f64::max);
    let place = |v: f64| {
        let at = (50.0 + 50.0 * v / scale).clamp(0.0, 100.0);
        if at.is_nan() { 50.0 } else { at }
    };
    let rows = shown().map(|w| {
        let value = w.coefficient.value;
        let at = place(value);
        let tone = if value > 0.0 { Tone::Leave } else { Tone::Stay };
        BarRow {
            label: l.text(&w.label),
            value: signed(value),
            parts: vec![BarPart {
                tone,
                start: at.min(50.0),
                width: (at - 50.0).abs(),
            }],
            whisker: whisker(&w.coefficient, place),
            strong: false,
        }
    });
    let hidden = t.weights.len().saturating_sub(WEIGHTS_MAX) as u64;
    let more =
        (hidden > 0).then(|| l.fill(crate::messages::page::MORE_ROWS, &[("n", l.n(hidden))]));
    Some(Panel {
        id: "expert-weights".into(),
        title: l.fill(
            m::WEIGHTS_TITLE,
            &[("feature", l.text(&first.label).into())],
        ),
        answer: l.say(m::WEIGHTS_ANSWER),
        blocks: vec![Block::Bars(Bars {
            caption: l.say(m::WEIGHTS_BARS),
            label_head: l.say(m::COL_FEATURE),
            value_head: l.say(m::COL_WEIGHT),
            bar_head: l.say(m::COL_BAR_STAY_LEAVE),
            legend: vec![
                (Tone::Stay, l.say(m::STAYS)),
                (Tone::Leave, l.say(m::LEAVES)),
            ],
            rows: rows.collect(),
            diverging: true,
        })],
        notes: more.into_iter().collect(),
        ..Panel::default()
    })
}

fn signed(value: f64) -> String {
    let text = format::decimal(value, 2);
    if value > 0.0 && text != "0.00" {
        format!("+{text}")
    } else {
        text
    }
}

fn splits(c: Context<'_>, t: &Trust) -> Option<Panel> {
    let l = c.locale;
    if t.splits.is_empty() {
        return None;
    }
    let of = |role| -> u64 {
        let served = t.splits.iter().filter(|s| s.role == role);
        served.map(|s| s.customers).sum()
    };
    let dated = t.splits.iter().any(|s| s.as_of.is_some());
    let mut table = splits_table(c, t, dated);
    limit(&mut table, SPLITS_MAX, l);
    let test = format::quantity(of(SplitRole::Test), l.language);
    Some(Panel {
        id: "expert-splits".into(),
        title: l.fill(
            m::SPLITS_TITLE,
            &[("train", l.n(of(SplitRole::Train))), ("test", test.into())],
        ),
        answer: l.say(if dated {
            m::SPLITS_ANSWER
        } else {
            m::SPLITS_ANSWER_NO_DATES
        }),
        blocks: vec![Block::Table(table)],
        ..Panel::default()
    })
}

/// The sets, with their dates where there are any.
fn splits_table(c: Context<'_>, t: &Trust, dated: bool) -> Table {
    let l = c.locale;
    let day = |day: Option<jiff::civil::Date>| match day {
        Some(day) => format::date_short(day, l.language),
        None => format::NOT_A_NUMBER.to_owned(),
    };
    let mut columns = vec![Column::words(l.say(m::COL_ROLE))];
    if dated {
        columns.push(Column::words(l.say(m::COL_AS_OF)));
        columns.push(Column::words(l.say(m::COL_UNTIL)));
    }
    columns
        .extend([m::COL_CUSTOMERS, m::COL_LOST, m::COL_SHARE].map(|h| Column::numbers(l.say(h))));
    let rows = t.splits.iter().map(|s| {
        let role = match s.role {
            SplitRole::Train => m::TRAIN,
            SplitRole::Validate => m::VALIDATE,
            SplitRole::Test => m::TEST,
        };
        let mut cells = vec![Cell::words(l.say(role))];
        if dated {
            cells.extend([s.as_of, s.label_until].map(|d| Cell::words(day(d))));
        }
        let share = l.percent(crate::locale::share(s.lost, s.customers));
        cells.extend([format::count(s.customers), format::count(s.lost), share].map(Cell::number));
        Row::new(cells)
    });
    Table {
        caption: l.say(m::SPLITS_TABLE),
        rows: rows.collect(),
        columns,
        ..Table::default()
    }
}
