//! How long a silence counts as loss: from the customers' own rhythm, read
//! from a sample of them.

use std::collections::BTreeMap;

use perennial_history::{
    Activity, AsOf, DAY_US, Fold, HorizonChoice, HorizonLimit, RhythmFold, choose_horizon,
    horizon_candidates,
};
use serde::{Deserialize, Serialize};

use super::fold::days;
use super::histories::Histories;
use crate::Result;
use crate::privacy::Restricted;
use crate::settings::Horizon;
use crate::stage::Run;

/// Ended gaps after which the rhythm is known well enough: a share of so many is
/// known to within 0.3 points (95 %, were they independent). Customers come in
/// the order of a hash, so the first are a fair sample of them.
const RHYTHM_GAPS: u64 = 100_000;
/// Rows after which the pass ends in any case.
const RHYTHM_ROWS_MAX: u64 = 500_000;
/// Customers after which the gaps are counted again.
const RHYTHM_STEP: u64 = 1_024;
/// Share of the activity that may lie before the history begins: a few rows
/// with a wrong year must not stretch it.
const STRAY_SHARE: f64 = 0.001;

/// How the horizon came about.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct HorizonNotes {
    /// Given in the settings rather than chosen.
    pub set: bool,
    pub days: u32,
    pub wanted_days: u32,
    pub covered_share: Option<f64>,
    pub gap_median_days: Option<i64>,
    pub gaps: u64,
    pub repeat_customers: u64,
    pub limit: String,
    /// (days, share of gaps within) for every candidate.
    pub candidates: Vec<(f64, f64)>,
}

/// Why the pass over the rhythm ends.
enum Stop {
    Enough,
    Failed(perennial_lake::Error),
}

impl From<perennial_lake::Error> for Stop {
    fn from(error: perennial_lake::Error) -> Self {
        Self::Failed(error)
    }
}

/// What the sample is asked.
struct Sample<'a> {
    /// Whom it must leave alone.
    restricted: &'a Restricted,
    rhythm: RhythmFold,
    /// Activity by day since 1970 in UTC.
    by_day: BTreeMap<i64, u64>,
    rows: u64,
    customers: u64,
}

impl Sample<'_> {
    fn take<H: Activity>(&mut self, history: &H) -> Result<(), Stop>
    where
        RhythmFold: Fold<H>,
    {
        if self.restricted.all.contains(&history.customer_id()) {
            return Ok(());
        }
        self.rhythm.fold(history);
        let active = (0..history.len()).filter(|&i| history.is_active(i));
        for i in active {
            let day = history.time_us(i).div_euclid(DAY_US);
            *self.by_day.entry(day).or_default() += 1;
        }
        self.rows += history.len() as u64;
        self.customers += 1;
        let is_known = self.customers.is_multiple_of(RHYTHM_STEP)
            && self.rhythm.histogram().gaps() >= RHYTHM_GAPS;
        if self.rows < RHYTHM_ROWS_MAX && !is_known {
            Ok(())
        } else {
            Err(Stop::Enough)
        }
    }

    /// Folds customers until enough gaps or rows were seen.
    fn read(&mut self, histories: &Histories) -> Result<()> {
        for bucket in 0..histories.buckets() {
            let read = match histories {
                Histories::Orders(orders) => orders.read(bucket, |lines| self.take(lines)),
                Histories::Events(events) => events.read(bucket, |events| self.take(events)),
                // Their horizon comes from their length, not from a rhythm.
                Histories::Contracts(_) => return Ok(()),
            };
            match read {
                Ok(_) => {}
                Err(Stop::Enough) => return Ok(()),
                Err(Stop::Failed(error)) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Where the history begins, but for a few strays before it: UTC
    /// microseconds, not before `first_us`.
    fn begins_us(&self, first_us: i64) -> i64 {
        let all: u64 = self.by_day.values().sum();
        let mut before = 0;
        let begins = self.by_day.iter().find(|(_, count)| {
            before += **count;
            before as f64 > STRAY_SHARE * all as f64
        });
        begins.map_or(first_us, |(day, _)| first_us.max(day * DAY_US))
    }
}

/// The horizon, why, and where the history begins that it was fitted to.
pub(super) struct Chosen {
    pub notes: HorizonNotes,
    pub days: u32,
    pub begins_us: i64,
}

/// Chooses the horizon, unless the settings give it.
pub(super) fn choose(
    run: &Run<'_>,
    histories: &Histories,
    first_us: i64,
    as_of_us: i64,
) -> Result<Chosen> {
    let calendar = run.project.calendar.clone();
    let mut sample = Sample {
        restricted: &run.restricted,
        rhythm: RhythmFold::new(calendar, AsOf(as_of_us)),
        by_day: BTreeMap::new(),
        rows: 0,
        customers: 0,
    };
    let set = match run.project.settings.lost.horizon {
        Horizon::Of(duration) => Some(duration.days_rounded()),
        Horizon::Auto => None,
    };
    sample.read(histories)?;
    let histogram = sample.rhythm.histogram();
    let begins_us = sample.begins_us(first_us);
    let span_days = days(as_of_us - begins_us).floor() as i64;
    let choice = choose_horizon(histogram, span_days);
    let to_days = |d: i64| u32::try_from(d).unwrap_or(u32::MAX);
    let chosen = set.unwrap_or_else(|| to_days(choice.days));
    let candidates = horizon_candidates(span_days)
        .iter()
        .filter_map(|&d| Some((d as f64, histogram.covered_share(d)?)))
        .collect();
    let notes = HorizonNotes {
        set: set.is_some(),
        days: chosen,
        wanted_days: to_days(choice.wanted_days),
        covered_share: histogram.covered_share(i64::from(chosen)),
        gap_median_days: choice.gap_median_days,
        gaps: choice.gaps,
        repeat_customers: histogram.customers(),
        limit: limit_word(&choice).to_owned(),
        candidates,
    };
    Ok(Chosen {
        notes,
        days: chosen,
        begins_us,
    })
}

fn limit_word(choice: &HorizonChoice) -> &'static str {
    match choice.limit {
        HorizonLimit::None => "none",
        HorizonLimit::Span => "span",
        HorizonLimit::SpanTooShort => "span_too_short",
        HorizonLimit::LongestCandidate => "longest_candidate",
        HorizonLimit::NoRepeats => "no_repeats",
    }
}
