//! The sections of the report, in the order a manager reads them.

mod actions;
mod business;
mod curves;
mod data;
mod definitions;
mod expert;
mod quality;
mod risk;
mod trace;
mod trust;
mod value;

use super::{Part, Report, missing};
use crate::locale::Locale;
use crate::messages::{Message, page as m};
use crate::page::{Files, Panel, Section, Table};

/// What every section needs beside its own part.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub report: &'a Report,
    pub locale: Locale<'a>,
    pub interactive: bool,
}

/// All sections.
pub(crate) fn all(report: &Report, locale: Locale<'_>, interactive: bool) -> Vec<Section> {
    let c = Context {
        report,
        locale,
        interactive,
    };
    if report.sources.files.is_empty() {
        // Nothing has been read: one empty state says so, not six.
        return vec![data::section(c), trace::section(c)];
    }
    let mut sections = vec![
        data::section(c),
        business::section(c),
        risk::section(c),
        actions::section(c),
        value::section(c),
        trust::section(c),
        expert::section(c),
        definitions::section(c),
        trace::section(c),
    ];
    sections.retain(|section| !section.panels.is_empty());
    sections
}

impl Context<'_> {
    /// The first where customers buy, the second where events show them, the
    /// third where they have contracts.
    fn by_activity(self, purchases: Message, events: Message, contracts: Message) -> Message {
        self.report.activity.words(purchases, events, contracts)
    }

    /// A section, with its name and question.
    fn section(
        self,
        id: &'static str,
        name: Message,
        question: Message,
        panels: Vec<Panel>,
    ) -> Section {
        let locale = self.locale;
        let (name, question) = (locale.say(name), locale.say(question));
        Section {
            id,
            name,
            question,
            kicker: None,
            fresh: false,
            panels,
        }
    }

    /// The panels of a part, or the empty state that says why there are none.
    fn panels<T>(
        self,
        id: &str,
        part: &Part<T>,
        panels: impl FnOnce(&T) -> Vec<Panel>,
    ) -> Vec<Panel> {
        match part {
            Ok(part) => panels(part),
            Err(reason) => vec![missing::panel(&format!("{id}-empty"), reason, self.locale)],
        }
    }
}

/// The files that hold a whole list; none where none lies beside the page.
fn whole_list(c: Context<'_>, names: &[String]) -> Option<Files> {
    (!names.is_empty()).then(|| Files {
        label: c.locale.say(m::WHOLE_LIST),
        names: names.to_vec(),
    })
}

/// Cuts a table to `max` rows and says how many are not shown.
fn limit(table: &mut Table, max: usize, locale: Locale<'_>) {
    let hidden = table.rows.len().saturating_sub(max);
    if hidden > 0 {
        table.rows.truncate(max);
        table.more = Some(locale.fill(m::MORE_ROWS, &[("n", locale.n(hidden as u64))]));
    }
}

/// Of cells or heads those that are shown.
fn shown<T, const N: usize>(all: [(bool, T); N]) -> Vec<T> {
    all.into_iter()
        .filter_map(|(shown, one)| shown.then_some(one))
        .collect()
}

/// The item with the largest finite number.
fn best<T>(items: &[T], of: impl Fn(&T) -> f64) -> Option<&T> {
    let finite = items.iter().filter(|item| of(item).is_finite());
    finite.max_by(|a, b| of(a).total_cmp(&of(b)))
}

/// The last `max` of a list.
fn last<T>(items: &[T], max: usize) -> &[T] {
    items
        .get(items.len().saturating_sub(max)..)
        .unwrap_or(items)
}
