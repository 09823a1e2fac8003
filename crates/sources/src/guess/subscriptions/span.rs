//! When contracts began and ended: two columns of times, or of days counted from some
//! day, of which the one is never after the other and mostly the second is empty where
//! a contract runs on.

use super::super::super::infer::{Kind, MISSING};
use super::super::Role;
use super::super::relations::{Fact, Facts};
use super::terms::{Moments, Words};

/// Days counted from some day lie within this many of it: a hundred years.
const DAYS_MAX: f64 = 36_525.0;
/// Rows below which what the values say is not asked for.
const ROWS_SPEAKING: usize = 10;
/// Pairs of columns looked at, at most.
const PAIRS_MAX: usize = 24;
/// A name says a moment.
const NAMED: f64 = 0.6;

/// A column that may say when something began or ended.
struct Candidate {
    column: usize,
    moments: Moments,
    words: Words,
    class: Class,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Times,
    /// Whole numbers of days.
    Days,
    /// No value yet, under a name that says the end: nobody has left.
    Empty,
}

/// The moments of contracts, as columns.
#[derive(Debug, Clone)]
pub(super) struct Span {
    pub(super) start: usize,
    /// When it ended.
    pub(super) end: Option<usize>,
    /// Until when it is paid, or due.
    pub(super) due: Option<usize>,
    /// They are days counted from a day that is not told.
    pub(super) is_relative: bool,
    /// The end was called due, but is empty as ends are.
    pub(super) is_due_taken_as_end: bool,
    /// What speaks for it.
    pub(super) evidence: Evidence,
}

/// How the moments behave.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Evidence {
    /// How surely the names say start and end, 0 to 1.
    pub(super) start_named: f64,
    pub(super) end_named: f64,
    /// Rows that have both.
    pub(super) support: usize,
    /// Share of them whose end is not before their start.
    pub(super) in_order: f64,
    /// Shares of rows without the one or the other.
    pub(super) start_missing: f64,
    pub(super) end_missing: f64,
    /// Middle of the days from start to end.
    pub(super) days: f64,
    /// Days from the first to the last moment of all.
    pub(super) days_all: f64,
}

impl Span {
    /// The later of its moments: its end, or else when it is due.
    pub(super) fn later(&self) -> Option<usize> {
        self.end.or(self.due)
    }

    /// Whether a column is one of its moments.
    pub(super) fn has(&self, column: usize) -> bool {
        [Some(self.start), self.end, self.due].contains(&Some(column))
    }

    /// Both moments are called so.
    pub(super) fn is_named(&self) -> bool {
        self.evidence.start_named >= NAMED && self.evidence.end_named >= NAMED
    }

    /// One of them is.
    pub(super) fn is_half_named(&self) -> bool {
        let Evidence {
            start_named,
            end_named,
            ..
        } = self.evidence;
        start_named.max(end_named) >= 0.8
    }
}

/// The pairs of columns that could be the moments of contracts, likeliest first.
pub(super) fn spans(facts: &Facts) -> Vec<Span> {
    let candidates: Vec<Candidate> = (0..facts.columns.len())
        .filter_map(|column| candidate(facts, column))
        .collect();
    let mut scored: Vec<(f64, Span)> = Vec::new();
    for start in candidates.iter().filter(|one| one.class != Class::Empty) {
        let suits = |other: &&Candidate| {
            other.column != start.column
                && (other.class == start.class || other.class == Class::Empty)
        };
        for later in candidates.iter().filter(suits) {
            let names = pair_names(start, later);
            let Some((start_named, end_named)) = names else {
                continue;
            };
            let mut evidence = behaviour(facts, start.column, later.column);
            (evidence.start_named, evidence.end_named) = (start_named, end_named);
            let score =
                2.0 * (start_named + end_named) + evidence.in_order + evidence.end_missing.min(0.5)
                    - evidence.start_missing;
            scored.push((score, span(start, later, evidence)));
        }
    }
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    scored.truncate(PAIRS_MAX);
    let mut spans: Vec<Span> = scored.into_iter().map(|(_, span)| span).collect();
    for span in &mut spans {
        find_due(facts, &candidates, span);
    }
    spans
}

/// The column as a moment, if it can be one.
fn candidate(facts: &Facts, column: usize) -> Option<Candidate> {
    let fact = facts.column(column)?;
    let words = Words::of(&fact.profile.name);
    let moments = words.moments();
    let named_end = moments.end.max(moments.due);
    let class = match fact.profile.kind {
        Kind::Date(_) | Kind::Timestamp(_) => Class::Times,
        Kind::Integer if are_days(fact) && !words.is_measure() => Class::Days,
        Kind::Empty if named_end >= 0.9 && !words.is_measure() => Class::Empty,
        _ => return None,
    };
    let can_be = !words.is_contrary() && (words.is_silent() || moments != Moments::default());
    (can_be && !facts.is_changed(column)).then_some(Candidate {
        column,
        moments,
        words,
        class,
    })
}

/// Whether whole numbers may be days counted from some day: near it, and no years.
fn are_days(fact: &Fact<'_>) -> bool {
    let numbers = || fact.numbers().iter().copied().filter(|n| n.is_finite());
    let is_year = |n: f64| (1900.0..=2100.0).contains(&n);
    numbers().all(|n| n.abs() <= DAYS_MAX) && !numbers().all(is_year) && fact.distinct() >= 2
}

/// How surely two columns are called start and end; `None` where the names say
/// something else, or too little.
fn pair_names(start: &Candidate, later: &Candidate) -> Option<(f64, f64)> {
    let end = later.moments.end.max(0.8 * later.moments.due);
    let is_start_free = start.words.is_silent() || start.moments.start > 0.0;
    let is_end_free = later.words.is_silent() || end > 0.0;
    // Among numbers a name that is not known may be any measure.
    let (start_said, end_said) = (start.moments.start, end);
    let is_half = (start_said >= NAMED) != (end_said >= NAMED);
    let silent = if start_said >= NAMED { later } else { start };
    let is_any_number = start.class == Class::Days && is_half && !silent.words.is_time();
    (is_start_free && is_end_free && !is_any_number).then_some((start_said, end_said))
}

fn span(start: &Candidate, later: &Candidate, evidence: Evidence) -> Span {
    // What is due is due for all; what is empty for many is an end.
    const MISSING_OF_ENDS: f64 = 0.1;
    let is_due = later.moments.due > later.moments.end;
    let is_open = evidence.end_missing >= MISSING_OF_ENDS && later.class != Class::Empty;
    let is_end = !is_due || is_open;
    Span {
        start: start.column,
        end: is_end.then_some(later.column),
        due: (!is_end).then_some(later.column),
        is_relative: start.class == Class::Days,
        is_due_taken_as_end: is_due && is_open,
        evidence,
    }
}

/// How two columns behave as start and end.
fn behaviour(facts: &Facts, start: usize, later: usize) -> Evidence {
    let days = |column| facts.column(column).map_or_else(Vec::new, Fact::days);
    let (starts, ends) = (days(start), days(later));
    let both = starts.iter().zip(&ends);
    let mut lengths: Vec<f64> = both
        .map(|(start, end)| end - start)
        .filter(|days| days.is_finite())
        .collect();
    lengths.sort_unstable_by(f64::total_cmp);
    let in_order = lengths.iter().filter(|days| **days >= 0.0).count();
    let all = || {
        starts
            .iter()
            .chain(&ends)
            .copied()
            .filter(|d| d.is_finite())
    };
    let missing = |column| {
        let fact = facts.column(column);
        fact.map_or(1.0, |fact| fact.profile.missing_share())
    };
    Evidence {
        support: lengths.len(),
        in_order: in_order as f64 / lengths.len().max(1) as f64,
        start_missing: missing(start),
        end_missing: missing(later),
        days: lengths.get(lengths.len() / 2).copied().unwrap_or(f64::NAN),
        days_all: all().fold(f64::NEG_INFINITY, f64::max) - all().fold(f64::INFINITY, f64::min),
        ..Evidence::default()
    }
}

/// Beside an end, the column called due.
fn find_due(facts: &Facts, candidates: &[Candidate], span: &mut Span) {
    if span.due.is_some() {
        return;
    }
    let start = span.start;
    let is_after = |column: usize| {
        let found = behaviour(facts, start, column);
        found.support < ROWS_SPEAKING || found.in_order >= 0.9
    };
    let mut due: Vec<&Candidate> = candidates
        .iter()
        .filter(|one| one.moments.due >= NAMED && one.class != Class::Empty)
        .filter(|one| !span.has(one.column) && is_after(one.column))
        .filter(|one| (one.class == Class::Days) == span.is_relative)
        .collect();
    due.sort_by(|a, b| b.moments.due.total_cmp(&a.moments.due));
    span.due = due.first().map(|one| one.column);
}

impl Evidence {
    /// Whether contracts last as these do: days at least, and no small part of the time
    /// that the table covers unless one follows on the other.
    pub(super) fn lasts(&self, is_named: bool, chained: f64) -> bool {
        const DAYS_MIN: f64 = 5.0;
        const SHARE_MIN: f64 = 0.03;
        if self.support < ROWS_SPEAKING {
            return is_named;
        }
        let is_part = self.days >= SHARE_MIN * self.days_all || chained >= 0.5;
        self.days >= DAYS_MIN && (is_part || (is_named && self.end_missing < 0.02))
    }

    /// Whether the values alone are those of contracts; `chained` as [`chained`] says.
    pub(super) fn speaks(&self, is_half_named: bool, chained: f64) -> bool {
        let (support, in_order, empty) = match is_half_named {
            true => (20, 0.95, 0.05),
            false => (30, 0.97, 0.1),
        };
        self.support >= support
            && self.in_order >= in_order
            && self.start_missing <= 0.1
            && (self.end_missing >= empty || chained >= 0.7)
    }
}

/// Share of contracts after a customer's first that begin where the one before ended,
/// the same day or the next, and on how many it rests.
pub(super) fn chained(facts: &Facts, customer: usize, start: usize, later: usize) -> (f64, usize) {
    let days = |column| facts.column(column).map_or_else(Vec::new, Fact::days);
    let (starts, ends) = (days(start), days(later));
    let Some(customer) = facts.column(customer) else {
        return (0.0, 0);
    };
    let (mut follow, mut all) = (0_usize, 0_usize);
    for group in customer.groups() {
        let at = |days: &[f64], row: u32| days.get(row as usize).copied().unwrap_or(f64::NAN);
        let mut periods: Vec<(f64, f64)> = group
            .iter()
            .map(|row| (at(&starts, *row), at(&ends, *row)))
            .filter(|(start, end)| start.is_finite() && end.is_finite())
            .collect();
        periods.sort_by(|a, b| a.0.total_cmp(&b.0));
        for pair in periods.windows(2) {
            if let [(_, end), (start, _)] = pair {
                all += 1;
                follow += usize::from((0.0..=1.5).contains(&(start - end)));
            }
        }
    }
    (follow as f64 / all.max(1) as f64, all)
}

/// Whether nothing but the values speaks for days counted from some day: then both must
/// lie on either side of it, as few measures do.
pub(super) fn is_around_origin(facts: &Facts, span: &Span) -> bool {
    let negative = |column: usize| {
        let fact = facts.column(column);
        fact.is_some_and(|fact| (0.005..1.0).contains(&fact.share_negative()))
    };
    negative(span.start) && span.later().is_some_and(negative)
}

/// Whether a key with several rows, such as an order's number, settles when they
/// began: then they are the lines of something that has two dates.
pub(super) fn has_lines(facts: &Facts, span: &Span, customer: Option<usize>) -> bool {
    (0..facts.columns.len()).any(|key| {
        let is_key = facts.column(key).is_some_and(|fact| {
            matches!(fact.profile.kind, Kind::Text | Kind::Integer)
                && fact.distinct() * 10 >= facts.rows
                && fact.distinct() * 20 <= fact.present() * 19
        });
        if !is_key || Some(key) == customer || span.has(key) {
            return false;
        }
        let settle = facts.settle(key, span.start);
        settle.support * 10 >= facts.rows && settle.beyond_chance > 0.9
    })
}

/// Per row whether the end is empty.
pub(super) fn runs_on(facts: &Facts, end: usize) -> Vec<bool> {
    let codes = facts.column(end).map_or(&[][..], |fact| fact.codes);
    codes.iter().map(|code| *code == MISSING).collect()
}

/// Whether a column names what orders have: an order's number, or a quantity.
pub(super) fn orders_named(facts: &Facts, role: Role) -> Option<usize> {
    let fits = |column: usize| {
        facts.column(column).is_some_and(|fact| match role {
            Role::Quantity => fact.profile.kind.is_number(),
            _ => {
                matches!(fact.profile.kind, Kind::Text | Kind::Integer)
                    && fact.distinct() * 5 >= fact.present()
            }
        })
    };
    let found = facts.best_named(role, 0.6, fits);
    found.map(|(column, _)| column)
}
