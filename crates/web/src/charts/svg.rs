//! A chart as SVG: for pages without a script and for paper.

use std::fmt::Write;

use super::{Axis, Chart, Series, Shape, X, has_name};

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 62.0;
const RIGHT: f64 = 24.0;
const TOP: f64 = 14.0;
/// Room under the axis, with and without a title.
const BOTTOM_TITLED: f64 = 48.0;
const BOTTOM_PLAIN: f64 = 30.0;

/// Draws the chart.
pub(crate) fn draw(chart: &Chart) -> String {
    let mut out = String::new();
    let frame = Frame::of(chart);
    let _ = write!(
        out,
        r#"<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{}" focusable="false">"#,
        escape(&chart.alt)
    );
    if matches!(&chart.x, X::Names { hatched, .. } if hatched.contains(&true)) {
        let _ = write!(
            out,
            r#"<defs><pattern id="hatch-{id}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch" width="3" height="6"/></pattern></defs>"#,
            id = chart.id
        );
    }
    grid(&mut out, chart, &frame);
    match &chart.x {
        X::Names { labels, hatched } => {
            names(&mut out, labels, &frame);
            bars(&mut out, chart, labels.len(), hatched, &frame);
        }
        X::Numbers(axis) => {
            numbers(&mut out, axis, &frame);
            for series in &chart.series {
                line_or_dots(&mut out, series, axis, &chart.y, &frame);
            }
        }
    }
    out.push_str("</svg>");
    out
}

/// Where the drawing lies inside the picture.
struct Frame {
    right: f64,
    bottom: f64,
}

impl Frame {
    fn of(chart: &Chart) -> Frame {
        let titled = matches!(&chart.x, X::Numbers(axis) if !axis.title.is_empty());
        let below = if titled { BOTTOM_TITLED } else { BOTTOM_PLAIN };
        Frame {
            right: WIDTH - RIGHT,
            bottom: HEIGHT - below,
        }
    }

    fn x(&self, place: f64) -> f64 {
        LEFT + place * (self.right - LEFT)
    }

    fn y(&self, place: f64) -> f64 {
        self.bottom - place * (self.bottom - TOP)
    }
}

fn grid(out: &mut String, chart: &Chart, frame: &Frame) {
    for (at, label) in &chart.y.ticks {
        let y = frame.y(chart.y.place(*at));
        let class = if *at == 0.0 { "axis" } else { "grid" };
        let _ = write!(
            out,
            r#"<line class="{class}" x1="{LEFT}" x2="{:.1}" y1="{y:.1}" y2="{y:.1}"/><text x="{:.1}" y="{:.1}" text-anchor="end">{}</text>"#,
            frame.right,
            LEFT - 8.0,
            y + 4.0,
            escape(label)
        );
    }
}

fn names(out: &mut String, labels: &[String], frame: &Frame) {
    let n = labels.len().max(1);
    for (at, label) in labels.iter().enumerate() {
        if !has_name(at, n) {
            continue;
        }
        let x = frame.x((at as f64 + 0.5) / n as f64);
        let _ = write!(
            out,
            r#"<text x="{x:.1}" y="{:.1}" text-anchor="middle">{}</text>"#,
            frame.bottom + 19.0,
            escape(label)
        );
    }
}

fn numbers(out: &mut String, axis: &Axis, frame: &Frame) {
    for (at, label) in &axis.ticks {
        let _ = write!(
            out,
            r#"<text x="{:.1}" y="{:.1}" text-anchor="middle">{}</text>"#,
            frame.x(axis.place(*at)),
            frame.bottom + 19.0,
            escape(label)
        );
    }
    if !axis.title.is_empty() {
        let _ = write!(
            out,
            r#"<text class="axis-title" x="{:.1}" y="{:.1}" text-anchor="middle">{}</text>"#,
            frame.x(0.5),
            HEIGHT - 6.0,
            escape(&axis.title)
        );
    }
}

fn bars(out: &mut String, chart: &Chart, n: usize, hatched: &[bool], frame: &Frame) {
    let slot = (frame.right - LEFT) / n.max(1) as f64;
    let width = (slot * 0.72).min(56.0);
    let mut tops = vec![0.0_f64; n];
    let mut depths = vec![0.0_f64; n];
    for series in &chart.series {
        for point in &series.points {
            let at = point.x as usize;
            // Bars below zero grow downwards from what is below zero already.
            let stack = if point.y < 0.0 {
                &mut depths
            } else {
                &mut tops
            };
            let Some(base) = stack.get_mut(at) else {
                continue;
            };
            let (y0, y1) = (chart.y.place(*base), chart.y.place(*base + point.y));
            *base += point.y;
            let (upper, lower) = (frame.y(y0.max(y1)), frame.y(y0.min(y1)));
            let x = frame.x((at as f64 + 0.5) / n as f64) - width / 2.0;
            let place = format!(
                r#"x="{x:.1}" y="{upper:.1}" width="{width:.1}" height="{:.1}""#,
                (lower - upper).max(0.0)
            );
            let _ = write!(
                out,
                r#"<rect class="fill {}" {place}>"#,
                series.tone.class()
            );
            let _ = write!(out, "<title>{}</title></rect>", escape(&point.says));
            if hatched.get(at) == Some(&true) {
                let _ = write!(out, r##"<rect fill="url(#hatch-{})" {place}/>"##, chart.id);
            }
        }
    }
}

fn line_or_dots(out: &mut String, series: &Series, x: &Axis, y: &Axis, frame: &Frame) {
    let place = |px: f64, py: f64| (frame.x(x.place(px)), frame.y(y.place(py)));
    let path = |points: &mut dyn Iterator<Item = (f64, f64)>| {
        let mut text = String::new();
        for (px, py) in points {
            let (px, py) = place(px, py);
            let _ = write!(text, "{px:.1},{py:.1} ");
        }
        text
    };
    let tone = series.tone.class();
    if series.shape == Shape::Dots {
        for point in &series.points {
            let (px, py) = place(point.x, point.y);
            if let Some((low, high)) = point.interval {
                let (top, bottom) = (place(point.x, high).1, place(point.x, low).1);
                let _ = write!(
                    out,
                    r#"<line class="stroke {tone}" x1="{px:.1}" x2="{px:.1}" y1="{top:.1}" y2="{bottom:.1}"/>"#
                );
            }
            let _ = write!(
                out,
                r#"<circle class="fill {tone}" cx="{px:.1}" cy="{py:.1}" r="4.5"><title>{}</title></circle>"#,
                escape(&point.says)
            );
        }
        return;
    }
    let band: Vec<_> = series
        .points
        .iter()
        .filter_map(|p| Some((p.x, p.interval?)))
        .collect();
    if series.shape == Shape::Line && band.len() > 1 {
        let mut around = band
            .iter()
            .map(|(x, (low, _))| (*x, *low))
            .chain(band.iter().rev().map(|(x, (_, high))| (*x, *high)));
        let _ = write!(
            out,
            r#"<polygon class="band {tone}" points="{}"/>"#,
            path(&mut around)
        );
    }
    let class = if series.shape == Shape::Reference {
        "reference"
    } else {
        "line"
    };
    let points = path(&mut series.points.iter().map(|p| (p.x, p.y)));
    let _ = write!(
        out,
        r#"<polyline class="{class} {tone}" points="{points}"/>"#
    );
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
