//! The expert page's charts: ROC, precision-recall, calibration, profit.

use super::Context;
use super::expert::model_name;
use crate::charts::{Axis, Chart, Point, Series, Shape, X};
use crate::format;
use crate::messages::expert as m;
use crate::messages::{Message, page};
use crate::page::{Block, Cell, Column, Panel, Row, Table, Tone};
use crate::report::{CalibrationBin, Curve, ModelKind, Trust};

/// Places on a curve that its table shows.
const CURVE_ROWS: [f64; 9] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/// The same colour for a model everywhere: the one in use stands out.
fn tone(t: &Trust, model: ModelKind) -> Tone {
    let in_use = t.models.iter().any(|x| x.in_use && x.model == model);
    match (in_use, model) {
        (true, _) => Tone::Stay,
        (false, ModelKind::PlainRule) => Tone::Leave,
        (false, _) => Tone::Back,
    }
}

/// The curve of the model in use, or else the first.
fn in_use<'a>(t: &Trust, curves: &'a [Curve]) -> Option<&'a Curve> {
    let used = t.models.iter().find(|x| x.in_use).map(|x| x.model);
    curves
        .iter()
        .find(|curve| Some(curve.model) == used)
        .or(curves.first())
}

/// The value of a curve at `x`, by straight lines between its points.
fn at(points: impl Iterator<Item = (f64, f64)>, x: f64) -> Option<f64> {
    let mut before: Option<(f64, f64)> = None;
    for point in points {
        if point.0 >= x {
            return Some(match before {
                Some(before) if point.0 > before.0 => {
                    let part = (x - before.0) / (point.0 - before.0);
                    before.1 + part * (point.1 - before.1)
                }
                _ => point.1,
            });
        }
        before = Some(point);
    }
    None
}

fn curve_series(c: Context<'_>, t: &Trust, curves: &[Curve], says: Message) -> Vec<Series> {
    let l = c.locale;
    let series = curves.iter().map(|curve| {
        let name = model_name(c, curve.model);
        let points = curve.points.iter().map(|&(x, y)| Point {
            x,
            y,
            interval: None,
            says: l.fill(
                says,
                &[
                    ("model", name.clone().into()),
                    ("x", l.percent(x).into()),
                    ("y", l.percent(y).into()),
                ],
            ),
        });
        Series {
            points: points.collect(),
            tone: tone(t, curve.model),
            shape: Shape::Line,
            name: name.clone(),
        }
    });
    series.collect()
}

fn reference(name: String, from: (f64, f64), to: (f64, f64)) -> Series {
    let point = |(x, y)| Point {
        x,
        y,
        interval: None,
        says: String::new(),
    };
    Series {
        name,
        tone: Tone::Hold,
        shape: Shape::Reference,
        points: vec![point(from), point(to)],
    }
}

/// Values of each curve at round places.
fn curve_table(c: Context<'_>, curves: &[Curve], caption: Message, x: Message) -> Table {
    let l = c.locale;
    let mut columns = vec![Column::numbers(l.say(x))];
    columns.extend(
        curves
            .iter()
            .map(|curve| Column::numbers(model_name(c, curve.model))),
    );
    let rows = CURVE_ROWS.iter().map(|&x| {
        let mut cells = vec![Cell::number(l.percent(x))];
        cells.extend(curves.iter().map(|curve| {
            let y = at(curve.points.iter().copied(), x);
            Cell::number(y.map_or(format::NOT_A_NUMBER.to_owned(), |y| l.percent(y)))
        }));
        Row::new(cells)
    });
    Table {
        caption: l.say(caption),
        columns,
        rows: rows.collect(),
        ..Table::default()
    }
}

pub(super) fn roc(c: Context<'_>, t: &Trust) -> Option<Panel> {
    let l = c.locale;
    let used = in_use(t, &t.roc)?;
    let half = at(used.points.iter().map(|&(x, y)| (y, x)), 0.5);
    let mut series = vec![reference(l.say(m::CHANCE), (0.0, 0.0), (1.0, 1.0))];
    series.extend(curve_series(c, t, &t.roc, m::ROC_SAYS));
    let chart = Chart {
        id: "chart-roc",
        alt: l.say(m::ROC_CHART),
        x: X::Numbers(Axis::share(l.say(m::COL_FPR), |v| l.percent(v))),
        y: Axis::share(l.say(m::COL_TPR), |v| l.percent(v)),
        series,
    };
    let table = curve_table(c, &t.roc, m::COL_TPR, m::COL_FPR);
    Some(Panel {
        id: "expert-roc".into(),
        title: match half {
            Some(share) => l.fill(m::ROC_TITLE, &[("share", l.percent(share).into())]),
            None => l.say(m::ROC_TITLE_PLAIN),
        },
        answer: l.say(m::ROC_ANSWER),
        blocks: vec![Block::Chart(chart.block(
            c.interactive,
            l.say(m::CURVE_SHOW),
            table,
        ))],
        ..Panel::default()
    })
}

pub(super) fn precision_recall(c: Context<'_>, t: &Trust) -> Option<Panel> {
    let l = c.locale;
    let used = in_use(t, &t.precision_recall)?;
    let half = at(used.points.iter().copied(), 0.5);
    let base = t.plain.base_rate;
    let mut series = vec![reference(l.say(m::CHANCE), (0.0, base), (1.0, base))];
    series.extend(curve_series(c, t, &t.precision_recall, m::PR_SAYS));
    let chart = Chart {
        id: "chart-precision-recall",
        alt: l.say(m::PR_CHART),
        x: X::Numbers(Axis::share(l.say(m::COL_TPR), |v| l.percent(v))),
        y: Axis::share(l.say(m::METRIC_PRECISION), |v| l.percent(v)),
        series,
    };
    let table = curve_table(c, &t.precision_recall, m::METRIC_PRECISION, m::COL_TPR);
    Some(Panel {
        id: "expert-precision-recall".into(),
        title: match half {
            Some(share) => l.fill(m::PR_TITLE, &[("share", l.percent(share).into())]),
            None => l.say(m::PR_TITLE_PLAIN),
        },
        answer: l.say(m::PR_ANSWER),
        blocks: vec![Block::Chart(chart.block(
            c.interactive,
            l.say(m::CURVE_SHOW),
            table,
        ))],
        ..Panel::default()
    })
}

/// Which group the title speaks of, and whether the probabilities hold: they
/// do unless more than a fifth of the intervals miss their prediction.
fn calibration_finding(bins: &[CalibrationBin]) -> Option<(Message, &CalibrationBin)> {
    let missed = |bin: &&CalibrationBin| {
        bin.observed
            .interval
            .is_some_and(|(low, high)| bin.predicted < low || bin.predicted > high)
    };
    let misses = bins.iter().filter(missed).count();
    if misses * 5 <= bins.len() {
        let all: u64 = bins.iter().map(|bin| bin.customers).sum();
        let weighty = |bin: &&CalibrationBin| bin.customers * 20 >= all && !missed(bin);
        let bin = bins.iter().rev().find(weighty).or(bins.last())?;
        return Some((m::CAL_TITLE_GOOD, bin));
    }
    let gap = |bin: &CalibrationBin| (bin.predicted - bin.observed.value) * bin.customers as f64;
    let worst = bins
        .iter()
        .filter(missed)
        .max_by(|a, b| gap(a).abs().total_cmp(&gap(b).abs()))?;
    let message = if gap(worst) > 0.0 {
        m::CAL_TITLE_HIGH
    } else {
        m::CAL_TITLE_LOW
    };
    Some((message, worst))
}

pub(super) fn calibration(c: Context<'_>, t: &Trust) -> Option<Panel> {
    let l = c.locale;
    let (message, bin) = calibration_finding(&t.calibration)?;
    let dots = t.calibration.iter().map(|bin| Point {
        x: bin.predicted,
        y: bin.observed.value,
        interval: bin.observed.interval,
        says: l.fill(
            m::CAL_SAYS,
            &[
                ("p", l.percent(bin.predicted).into()),
                ("o", l.percent_estimate(&bin.observed).into()),
                ("n", l.n(bin.customers)),
            ],
        ),
    });
    let chart = Chart {
        id: "chart-calibration",
        alt: l.say(m::CAL_CHART),
        x: X::Numbers(Axis::share(l.say(m::COL_PREDICTED), |v| l.percent(v))),
        y: Axis::share(l.say(m::COL_OBSERVED), |v| l.percent(v)),
        series: vec![
            reference(l.say(m::PERFECT), (0.0, 0.0), (1.0, 1.0)),
            Series {
                points: dots.collect(),
                name: l.say(m::GROUPS),
                tone: Tone::Stay,
                shape: Shape::Dots,
            },
        ],
    };
    let rows = t.calibration.iter().map(|bin| {
        Row::new(vec![
            Cell::number(l.percent(bin.predicted)),
            Cell::number(l.percent_estimate(&bin.observed)),
            Cell::number(format::count(bin.customers)),
        ])
    });
    let table = Table {
        caption: l.say(m::CAL_CHART),
        columns: vec![
            Column::numbers(l.say(m::COL_PREDICTED)),
            Column::numbers(l.say(m::COL_OBSERVED)),
            Column::numbers(l.say(m::COL_CUSTOMERS)),
        ],
        rows: rows.collect(),
        ..Table::default()
    };
    Some(Panel {
        id: "expert-calibration".into(),
        title: l.fill(
            message,
            &[
                ("p", l.percent(bin.predicted).into()),
                ("o", l.percent_estimate(&bin.observed).into()),
            ],
        ),
        answer: l.say(m::CAL_ANSWER),
        blocks: vec![Block::Chart(chart.block(
            c.interactive,
            l.say(page::SHOW_NUMBERS),
            table,
        ))],
        ..Panel::default()
    })
}

pub(super) fn profit(c: Context<'_>, t: &Trust) -> Option<Panel> {
    let l = c.locale;
    let best = super::best(&t.profit, |p| p.profit)?;
    let everybody = t.profit.last()?.profit;
    let line = t.profit.iter().map(|p| Point {
        x: p.share,
        y: p.profit,
        interval: None,
        says: l.fill(
            m::PROFIT_SAYS,
            &[
                ("share", l.percent(p.share).into()),
                ("profit", l.money(p.profit).into()),
            ],
        ),
    });
    let chart = Chart {
        id: "chart-profit",
        alt: l.say(m::PROFIT_CHART),
        x: X::Numbers(Axis::share(l.say(m::COL_CONTACTED), |v| l.percent(v))),
        y: Axis::around(String::new(), t.profit.iter().map(|p| p.profit), |v| {
            l.money(v)
        }),
        series: vec![
            reference(l.say(m::EVERYBODY), (0.0, everybody), (1.0, everybody)),
            reference(l.say(m::NOBODY), (0.0, 0.0), (1.0, 0.0)),
            Series {
                points: line.collect(),
                name: l.say(m::COL_PROFIT),
                tone: Tone::Stay,
                shape: Shape::Line,
            },
        ],
    };
    let args = [
        ("share", l.percent(best.share).into()),
        ("profit", l.money(best.profit).into()),
    ];
    Some(Panel {
        id: "expert-profit".into(),
        title: if best.profit > 0.0 {
            l.fill(m::PROFIT_TITLE, &args)
        } else {
            l.say(m::PROFIT_TITLE_NONE)
        },
        answer: l.fill(m::PROFIT_ANSWER, &[("all", l.money(everybody).into())]),
        blocks: vec![Block::Chart(chart.block(
            c.interactive,
            l.say(page::SHOW_NUMBERS),
            profit_table(c, t),
        ))],
        ..Panel::default()
    })
}

/// Profit at round shares.
fn profit_table(c: Context<'_>, t: &Trust) -> Table {
    let l = c.locale;
    let rows = CURVE_ROWS.iter().chain(&[1.0]).filter_map(|&x| {
        let profit = at(t.profit.iter().map(|p| (p.share, p.profit)), x)?;
        let cells = vec![
            Cell::number(l.percent(x)),
            Cell::number(format::money_cell(profit, 0)),
        ];
        Some(Row::new(cells))
    });
    Table {
        caption: l.say(m::PROFIT_CHART),
        columns: vec![
            Column::numbers(l.say(m::COL_CONTACTED)),
            Column::numbers(l.money_header(m::COL_PROFIT)),
        ],
        rows: rows.collect(),
        ..Table::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Estimate;

    #[test]
    fn curves_are_read_by_straight_lines() {
        let curve = [(0.0, 0.0), (0.2, 0.6), (1.0, 1.0)];
        let read = |x| at(curve.iter().copied(), x).unwrap();
        assert!((read(0.1) - 0.3).abs() < 1e-12);
        assert!((read(0.6) - 0.8).abs() < 1e-12);
        assert_eq!(at(curve.iter().copied(), 1.5), None);
        assert_eq!(at(std::iter::empty(), 0.5), None);
    }

    #[test]
    fn calibration_says_which_way_it_errs() {
        let bin = |predicted: f64, observed: f64, customers| CalibrationBin {
            predicted,
            observed: Estimate::between(observed, observed - 0.05, observed + 0.05),
            customers,
        };
        let good = [bin(0.1, 0.12, 500), bin(0.5, 0.48, 300), bin(0.9, 0.88, 10)];
        let (message, at) = calibration_finding(&good).unwrap();
        assert_eq!((message, at.predicted), (m::CAL_TITLE_GOOD, 0.5));
        let high = [bin(0.1, 0.1, 500), bin(0.5, 0.3, 300), bin(0.9, 0.6, 10)];
        let (message, at) = calibration_finding(&high).unwrap();
        assert_eq!((message, at.predicted), (m::CAL_TITLE_HIGH, 0.5));
        assert!(calibration_finding(&[]).is_none());
    }
}
