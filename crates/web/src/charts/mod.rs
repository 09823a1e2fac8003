//! Charts one can read values from. A [`Chart`] is drawn twice from the same
//! points: as SVG, which needs no script and is what paper gets, and for the
//! chart script, which adds reading by pointer. Its table is made by whoever
//! makes the chart. Colours are tokens of the style sheet, so that light and
//! dark come from one place.

mod axis;
mod script;
mod svg;

pub(crate) use axis::Axis;
pub(crate) use script::{library, own_script};

use crate::page::{ChartBlock, Table, Tone};

/// Points a line keeps for drawing.
const POINTS_MAX: usize = 200;

/// A chart, before it is drawn.
pub(crate) struct Chart {
    /// Unique on the page; also the anchor.
    pub id: &'static str,
    /// What the chart shows, for those who do not see it.
    pub alt: String,
    pub x: X,
    pub y: Axis,
    pub series: Vec<Series>,
}

/// The horizontal axis.
pub(crate) enum X {
    /// One place per name; bars stand on them, stacked.
    Names {
        labels: Vec<String>,
        /// Which are incomplete, and hatched.
        hatched: Vec<bool>,
    },
    /// A scale of numbers.
    Numbers(Axis),
}

/// Points that belong together.
pub(crate) struct Series {
    pub name: String,
    pub tone: Tone,
    pub shape: Shape,
    pub points: Vec<Point>,
}

/// How points are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Bars from zero, stacked on the series before.
    Bar,
    /// A line; with intervals, a band around it.
    Line,
    /// A dashed thin line: what to compare with.
    Reference,
    /// Dots, with their intervals as bars.
    Dots,
}

/// One point; `says` is what the pointer reads.
pub(crate) struct Point {
    pub x: f64,
    pub y: f64,
    pub interval: Option<(f64, f64)>,
    pub says: String,
}

impl Chart {
    /// The chart as a block of the page, with its legend (left out for a
    /// single series) and its table behind it.
    pub fn block(mut self, interactive: bool, summary: String, table: Table) -> ChartBlock {
        for series in &mut self.series {
            series.points.retain(|p| p.x.is_finite() && p.y.is_finite());
            for point in &mut series.points {
                point.interval = point
                    .interval
                    .filter(|(low, high)| low.is_finite() && high.is_finite());
            }
            if series.shape != Shape::Bar {
                series.points = thin(std::mem::take(&mut series.points), POINTS_MAX);
            }
        }
        let legend = if self.series.len() > 1 {
            self.series
                .iter()
                .map(|s| (s.tone, s.name.clone()))
                .collect()
        } else {
            Vec::new()
        };
        ChartBlock {
            id: self.id.to_owned(),
            alt: self.alt.clone(),
            legend,
            hatched: None,
            svg: svg::draw(&self),
            json: interactive.then(|| script::json(&self)),
            summary,
            table,
        }
    }
}

/// Names under the bars that fit side by side.
const NAMES_MAX: usize = 8;

/// Whether the bar at a place gets its name. Counted from the end, so that
/// the latest always has one.
fn has_name(at: usize, bars: usize) -> bool {
    let step = bars.div_ceil(NAMES_MAX).max(1);
    bars.checked_sub(at + 1)
        .is_some_and(|from_end| from_end.is_multiple_of(step))
}

/// At most `max` points, evenly taken, first and last kept.
fn thin(points: Vec<Point>, max: usize) -> Vec<Point> {
    let n = points.len();
    if n <= max {
        return points;
    }
    let mut next = 0;
    points
        .into_iter()
        .enumerate()
        .filter_map(|(at, point)| {
            let wanted = next * (n - 1) / (max - 1);
            (at == wanted).then(|| {
                next += 1;
                point
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_keeps_both_ends() {
        let point = |x: usize| Point {
            x: x as f64,
            y: 0.0,
            interval: None,
            says: String::new(),
        };
        let thinned = thin((0..10_001).map(point).collect(), 200);
        assert_eq!(thinned.len(), 200);
        assert_eq!(thinned.first().map(|p| p.x), Some(0.0));
        assert_eq!(thinned.last().map(|p| p.x), Some(10_000.0));
        assert_eq!(thin((0..3).map(point).collect(), 200).len(), 3);
    }
}
