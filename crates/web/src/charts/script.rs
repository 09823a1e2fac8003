//! A chart for the script: the same points as JSON, and the two scripts.

use std::sync::OnceLock;

use plotly::common::{
    DashType, ErrorData, ErrorType, Fill, HoverInfo, Line, Marker, Mode, Pattern, PatternShape,
};
use plotly::configuration::DisplayModeBar;
use plotly::layout::{Axis as PlotAxis, BarMode, DragMode, HoverMode, Margin, TicksDirection};
use plotly::{Bar, Configuration, Layout, Plot, Scatter};

use super::{Axis, Chart, Point, Series, Shape, X, has_name};

/// Our own part: reads the JSON, puts in the colours of light or dark, draws.
pub(crate) fn own_script() -> &'static str {
    include_str!("../../assets/report.js")
}

/// The chart library alone, as the `plotly` crate carries it. The crate hands
/// it out with a library for formulas behind it, which the report has no use
/// for and which is a third of the size.
pub(crate) fn library() -> &'static str {
    static LIBRARY: OnceLock<String> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let sources = Plot::offline_js_sources();
        let first = sources.split("</script>").next().unwrap_or_default();
        match first.split_once('>') {
            Some((_, script)) => script.to_owned(),
            None => String::new(),
        }
    })
}

/// The chart as JSON that can stand inside a `<script>` element: what could
/// end the element is written as an escape.
pub(crate) fn json(chart: &Chart) -> String {
    let mut plot = Plot::new();
    match &chart.x {
        X::Names { labels, hatched } => {
            for series in &chart.series {
                plot.add_trace(bar(series, labels, hatched));
            }
        }
        X::Numbers(_) => {
            for series in &chart.series {
                lines(&mut plot, series);
            }
        }
    }
    plot.set_layout(layout(chart));
    plot.set_configuration(
        Configuration::new()
            .responsive(true)
            .display_mode_bar(DisplayModeBar::False)
            .display_logo(false),
    );
    let mut out = String::new();
    for c in plot.to_json().chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out
}

fn token(series: &Series) -> String {
    format!("@{}", series.tone.class())
}

fn says(points: &[Point]) -> Vec<String> {
    // The library reads a few HTML tags in labels; ours have none.
    points
        .iter()
        .map(|p| p.says.replace('<', "‹").replace('>', "›"))
        .collect()
}

fn bar(series: &Series, labels: &[String], hatched: &[bool]) -> Box<Bar<String, f64>> {
    let (mut x, mut y, mut shapes) = (Vec::new(), Vec::new(), Vec::new());
    for point in &series.points {
        let at = point.x as usize;
        x.push(labels.get(at).cloned().unwrap_or_default());
        y.push(point.y);
        shapes.push(match hatched.get(at) {
            Some(true) => PatternShape::RightDiagonalLine,
            _ => PatternShape::None,
        });
    }
    let mut marker = Marker::new().color(token(series));
    if hatched.contains(&true) {
        marker = marker.pattern(Pattern::new().shape_array(shapes).solidity(0.4));
    }
    Bar::new(x, y)
        .name(&series.name)
        .marker(marker)
        .hover_text_array(says(&series.points))
        .hover_info(HoverInfo::Text)
}

fn lines(plot: &mut Plot, series: &Series) {
    let points = &series.points;
    let x: Vec<f64> = points.iter().map(|p| p.x).collect();
    let y: Vec<f64> = points.iter().map(|p| p.y).collect();
    let colour = token(series);
    let with_band = points.len() > 1 && points.iter().all(|p| p.interval.is_some());
    if series.shape == Shape::Line && with_band {
        let bound = |high: bool| {
            let ends = points.iter().filter_map(|p| p.interval);
            ends.map(|(low, top)| if high { top } else { low })
                .collect::<Vec<f64>>()
        };
        let edge = |y: Vec<f64>| {
            Scatter::new(x.clone(), y)
                .mode(Mode::Lines)
                .line(Line::new().width(0.0))
                .hover_info(HoverInfo::Skip)
        };
        plot.add_trace(edge(bound(false)));
        plot.add_trace(
            edge(bound(true))
                .fill(Fill::ToNextY)
                .fill_color(format!("{colour}-soft")),
        );
    }
    let mut trace = Scatter::new(x, y)
        .name(&series.name)
        .hover_text_array(says(points))
        .hover_info(HoverInfo::Text);
    trace = match series.shape {
        Shape::Dots => trace
            .mode(Mode::Markers)
            .marker(Marker::new().color(colour.clone()).size(9)),
        Shape::Reference => trace.mode(Mode::Lines).hover_info(HoverInfo::Skip).line(
            Line::new()
                .color(colour.clone())
                .width(1.5)
                .dash(DashType::Dash),
        ),
        Shape::Bar | Shape::Line => trace
            .mode(Mode::Lines)
            .line(Line::new().color(colour.clone()).width(2.5)),
    };
    if series.shape == Shape::Dots && points.iter().any(|p| p.interval.is_some()) {
        let above = points
            .iter()
            .map(|p| p.interval.map_or(0.0, |(_, high)| high - p.y));
        let below = points
            .iter()
            .map(|p| p.interval.map_or(0.0, |(low, _)| p.y - low));
        trace = trace.error_y(
            ErrorData::new(ErrorType::Data)
                .symmetric(false)
                .array(above.collect())
                .array_minus(below.collect())
                .color(colour)
                .thickness(1.5)
                .width(0),
        );
    }
    plot.add_trace(trace);
}

fn layout(chart: &Chart) -> Layout {
    let y = plot_axis(&chart.y)
        .grid_color("@line")
        .zero_line_color("@muted");
    let (x, hover, (right, bottom)) = match &chart.x {
        X::Names { labels, .. } => (names_axis(labels), HoverMode::XUnified, (36, 32)),
        X::Numbers(axis) => (
            plot_axis(axis).show_grid(false).zero_line(false),
            HoverMode::Closest,
            (24, 48),
        ),
    };
    Layout::new()
        .show_legend(false)
        .bar_mode(BarMode::Relative)
        .drag_mode(DragMode::False)
        .hover_mode(hover)
        .margin(Margin::new().left(62).right(right).top(14).bottom(bottom))
        .height(300)
        .paper_background_color("@clear")
        .plot_background_color("@clear")
        .x_axis(x)
        .y_axis(y)
}

/// Names under bars; as many as fit, the latest among them.
fn names_axis(labels: &[String]) -> PlotAxis {
    let shown = labels
        .iter()
        .enumerate()
        .filter(|(at, _)| has_name(*at, labels.len()));
    let (at, names): (Vec<f64>, Vec<String>) =
        shown.map(|(at, label)| (at as f64, label.clone())).unzip();
    PlotAxis::new()
        .show_grid(false)
        .fixed_range(true)
        .tick_angle(0.0)
        .ticks(TicksDirection::Outside)
        .tick_length(5)
        .tick_color("@clear")
        .tick_values(at)
        .tick_text(names)
}

fn plot_axis(axis: &Axis) -> PlotAxis {
    // A little room at the end, or the last tick is left out.
    let room = 0.02 * (axis.high - axis.low);
    let shown = PlotAxis::new()
        .range(vec![axis.low, axis.high + room])
        .ticks(TicksDirection::Outside)
        .tick_length(5)
        .tick_color("@clear")
        .tick_values(axis.ticks.iter().map(|(at, _)| *at).collect())
        .tick_text(axis.ticks.iter().map(|(_, label)| label.clone()).collect())
        .fixed_range(true);
    if axis.title.is_empty() {
        shown
    } else {
        shown.title(axis.title.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_is_one_script_without_an_end_tag() {
        let script = library();
        assert!(
            script.contains("plotly.js v"),
            "the chart library is not where it was"
        );
        assert!(!script.contains("MathJax.js"), "formulas come along");
        assert!(!script.to_lowercase().contains("</script"));
        assert!(
            script.len() > 1_000_000 && script.len() < 6_000_000,
            "{}",
            script.len()
        );
    }
}
