//! What a page is made of: sections, panels, and the blocks inside them. The
//! templates under `templates/` give each its HTML; nothing here knows what
//! the numbers mean.

use askama::Template;

use crate::words::filters;

/// The whole page.
#[derive(Template)]
#[template(path = "page.html")]
pub(crate) struct Page {
    /// HTML language tag.
    pub lang: &'static str,
    pub title: String,
    pub css: &'static str,
    pub skip: String,
    pub kicker: String,
    pub heading: String,
    /// (name, value) beside the heading: as-of, run, made at.
    pub facts: Vec<(String, String)>,
    pub summary_heading: String,
    pub summary: Vec<String>,
    pub contents: String,
    pub sections: Vec<Section>,
    pub footer: Vec<String>,
    /// The chart script and our own, if charts are interactive.
    pub scripts: Option<Scripts>,
}

/// The two scripts of an interactive page.
pub(crate) struct Scripts {
    pub library: &'static str,
    pub own: &'static str,
}

/// One question.
#[derive(Template)]
#[template(path = "section.html")]
pub(crate) struct Section {
    pub id: &'static str,
    /// Short name for the contents.
    pub name: String,
    /// The question the section answers.
    pub question: String,
    /// Shown above the heading, such as "For experts".
    pub kicker: Option<String>,
    /// Whether it begins on a new page on paper.
    pub fresh: bool,
    pub panels: Vec<Panel>,
}

/// One finding: a title that says it, the answer, and what it rests on.
#[derive(Template, Default)]
#[template(path = "panel.html")]
pub(crate) struct Panel {
    pub id: String,
    pub title: String,
    pub answer: String,
    /// A word set beside the answer, such as "assumed, not measured".
    pub mark: Option<String>,
    pub blocks: Vec<Block>,
    /// Small print under the blocks.
    pub notes: Vec<String>,
    /// The files beside the page that hold all of what the panel shows a part of.
    pub whole: Option<Files>,
    /// Whether it is an empty state.
    pub empty: bool,
}

/// Files in the page's own folder, one click away.
pub(crate) struct Files {
    pub label: String,
    pub names: Vec<String>,
}

/// What stands inside a panel.
#[derive(Template)]
#[template(path = "block.html")]
pub(crate) enum Block {
    /// Big numbers in a row.
    Stats(Vec<Stat>),
    /// Bars that are a table.
    Bars(Bars),
    /// A chart with its table behind it.
    Chart(ChartBlock),
    /// A table.
    Table(Table),
    /// A table behind a line one can open.
    Details { summary: String, table: Table },
    /// A hundred people, some of whom left.
    Waffles(Vec<Waffle>),
    /// Terms and what they mean.
    Terms(Vec<(String, String)>),
    /// Messages with a tone: what was seen, and what to do.
    Alerts(Vec<Alert>),
}

/// One big number.
pub(crate) struct Stat {
    pub label: String,
    pub value: String,
    /// Interval or comparison, in small print.
    pub note: String,
}

/// A meaning that has the same colour everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Stays, kept, good.
    Stay,
    /// Leaves, lost, at risk.
    Leave,
    /// Left alone on purpose, set aside, baseline.
    Hold,
    /// New.
    New,
    /// Came back.
    Back,
}

impl Tone {
    /// Its class in the style sheet and its token's name.
    pub fn class(self) -> &'static str {
        match self {
            Tone::Stay => "stay",
            Tone::Leave => "leave",
            Tone::Hold => "hold",
            Tone::New => "new",
            Tone::Back => "back",
        }
    }
}

/// Horizontal bars: a table of label, value and bar, readable as it stands.
pub(crate) struct Bars {
    pub caption: String,
    pub label_head: String,
    pub value_head: String,
    /// Heading of the bars' own column.
    pub bar_head: String,
    /// Colours and what they mean; empty where there is only one.
    pub legend: Vec<(Tone, String)>,
    pub rows: Vec<BarRow>,
    /// Whether bars start from the middle (negative to the left).
    pub diverging: bool,
}

/// One row of bars. Positions are percentages of the width, 0 to 100.
pub(crate) struct BarRow {
    pub label: String,
    pub value: String,
    pub parts: Vec<BarPart>,
    /// Low and high end of the interval.
    pub whisker: Option<(f64, f64)>,
    /// Whether it is the one chosen, or in use.
    pub strong: bool,
}

/// One stretch of a bar.
pub(crate) struct BarPart {
    pub tone: Tone,
    pub start: f64,
    pub width: f64,
}

impl BarPart {
    /// A bar from zero; `value` of `scale`.
    pub fn from_zero(tone: Tone, value: f64, scale: f64) -> BarPart {
        BarPart {
            tone,
            start: 0.0,
            width: percent_of(value, scale),
        }
    }
}

/// `value / scale` in percent, between 0 and 100.
pub(crate) fn percent_of(value: f64, scale: f64) -> f64 {
    // Scaling first keeps an infinite value at the end of the bar.
    if scale > 0.0 && !value.is_nan() {
        (value / scale * 100.0).clamp(0.0, 100.0)
    } else {
        0.0
    }
}

/// A chart: drawn here, drawn again by the script where there is one.
pub(crate) struct ChartBlock {
    pub id: String,
    /// What it shows, for those who do not see it.
    pub alt: String,
    pub legend: Vec<(Tone, String)>,
    /// Whether the legend explains the hatching of incomplete periods.
    pub hatched: Option<String>,
    /// The drawing, as SVG.
    pub svg: String,
    /// The same for the script, as JSON that is safe inside HTML.
    pub json: Option<String>,
    /// What opens the table.
    pub summary: String,
    pub table: Table,
}

/// A table. The first cell of each row is its heading.
#[derive(Template, Default)]
#[template(path = "table.html")]
pub(crate) struct Table {
    pub caption: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    /// Whether each row becomes a card on a narrow screen.
    pub stacked: bool,
    /// Said under the table, such as how many rows are not shown.
    pub more: Option<String>,
}

impl Table {
    /// The heading a cell repeats on a narrow screen; none for the first.
    fn label(&self, column: &usize) -> &str {
        let head = self
            .columns
            .get(*column)
            .filter(|_| self.stacked && *column > 0);
        head.map_or("", |column| &column.head)
    }
}

/// A column.
pub(crate) struct Column {
    pub head: String,
    pub numeric: bool,
}

impl Column {
    /// A column of words.
    pub fn words(head: String) -> Column {
        Column {
            head,
            numeric: false,
        }
    }

    /// A column of numbers, set to the right.
    pub fn numbers(head: String) -> Column {
        Column {
            head,
            numeric: true,
        }
    }
}

/// A row.
#[derive(Default)]
pub(crate) struct Row {
    pub cells: Vec<Cell>,
    /// Whether it is the one in use, or chosen.
    pub strong: bool,
}

impl Row {
    /// A plain row.
    pub fn new(cells: Vec<Cell>) -> Row {
        Row {
            cells,
            strong: false,
        }
    }
}

/// A cell: one line, or several with the further ones smaller.
#[derive(Default)]
pub(crate) struct Cell {
    pub text: String,
    pub more: Vec<String>,
    pub numeric: bool,
    pub identifier: bool,
    /// Shade behind a cell of a heat table, 0 to 100, with its tone.
    pub shade: Option<(Tone, u8)>,
}

impl Cell {
    /// Words.
    pub fn words(text: impl Into<String>) -> Cell {
        Cell {
            text: text.into(),
            ..Cell::default()
        }
    }

    /// A number.
    pub fn number(text: impl Into<String>) -> Cell {
        Cell {
            text: text.into(),
            numeric: true,
            ..Cell::default()
        }
    }

    /// An identifier of the business.
    pub fn identifier(text: impl Into<String>) -> Cell {
        Cell {
            text: text.into(),
            identifier: true,
            ..Cell::default()
        }
    }

    /// Several lines of words.
    pub fn lines(mut lines: Vec<String>) -> Cell {
        if lines.is_empty() {
            return Cell::default();
        }
        let text = lines.remove(0);
        Cell {
            text,
            more: lines,
            ..Cell::default()
        }
    }
}

/// A hundred squares: `filled` of them in the tone.
pub(crate) struct Waffle {
    pub label: String,
    pub value: String,
    pub tone: Tone,
    pub filled: u8,
}

/// A message with what to do about it.
pub(crate) struct Alert {
    /// Word for its weight, such as "Serious".
    pub weight: String,
    pub serious: bool,
    pub message: String,
    pub hint: Option<String>,
    pub code: String,
}

impl Section {
    /// Whether a chart is in it.
    pub fn has_chart(&self) -> bool {
        let mut blocks = self.panels.iter().flat_map(|panel| &panel.blocks);
        blocks.any(|block| matches!(block, Block::Chart(_)))
    }
}
