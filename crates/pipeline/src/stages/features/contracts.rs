//! Of contracts: what is told apart, until when they are known, and how far
//! ahead one looks.

use std::collections::BTreeMap;

use perennial_history::{DAY_US, PLAN_NAMES_MAX, PlanNames};
use perennial_lake::histories::{name_counts, read_moments};
use perennial_lake::tables;
use serde::{Deserialize, Serialize};

use super::fold::days;
use super::horizon::{Chosen, HorizonNotes};
use crate::Result;
use crate::settings::Horizon;
use crate::stage::Run;

/// What the notes on the horizon of contracts say of how it was chosen.
pub(crate) const FROM_SPAN: &str = "from_span";
/// Share of all starts and ends that may lie before the history begins, and
/// after it ends: a few rows with a wrong day must not stretch it.
const STRAY_SHARE: f64 = 0.001;
/// Days without anything after which so few are strays.
const STRAY_GAP_DAYS: i64 = 30;
/// Share of contracts without an end up to which ends are terms.
const TERMS_OPEN_SHARE: f64 = 0.01;
/// Horizons to choose from, in days, the longest first.
const HORIZONS_DAYS: [u32; 5] = [90, 30, 14, 7, 1];
/// A horizon of this many days or more is for contracts that mostly last a year.
const LONG_HORIZON_DAYS: u32 = 90;
const YEAR_DAYS: i64 = 365;
/// So many horizons, and graces, a history must be long: for a test, for dates
/// to learn from before it, and for what was known at the first of them.
const HORIZONS_NEEDED: i64 = 6;

/// What is known of contracts, as notes keep it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ContractNotes {
    /// The plans that features tell apart.
    pub plans: Vec<String>,
    /// Days after an end in which another contract counts as its renewal.
    pub grace_days: u32,
}

impl ContractNotes {
    pub fn plans(&self) -> PlanNames {
        PlanNames::new(self.plans.clone())
    }
}

/// The commonest plans of what began before the as-of moment, and the grace.
pub(super) fn notes(run: &Run<'_>, table: &tables::Table, as_of_us: i64) -> Result<ContractNotes> {
    let found = name_counts(&run.project.lake, table, "plan", as_of_us)?;
    let plans = found.into_iter().map(|(plan, _)| plan);
    Ok(ContractNotes {
        plans: plans.take(PLAN_NAMES_MAX).collect(),
        grace_days: run.project.settings.grace().days_rounded(),
    })
}

/// When contracts began and ended, by day since 1970 in UTC.
#[derive(Default)]
pub(super) struct Happenings {
    starts: BTreeMap<i64, u64>,
    /// The last days covered, of those that have passed.
    ends: BTreeMap<i64, u64>,
    /// Contracts that have no end.
    open: u64,
    /// Days that contracts lasted, of those that ended.
    lasted: BTreeMap<i64, u64>,
}

impl Happenings {
    /// Counts what happened before `now_us`: an end after that is a plan.
    pub fn read(run: &Run<'_>, table: &tables::Table, now_us: i64) -> Result<Self> {
        let mut found = Self::default();
        let lake = &run.project.lake;
        read_moments(lake, table, ["time", "end_time"], |[start, end]| {
            if let Some(start) = start {
                found.add(start, end, now_us);
            }
        })?;
        Ok(found)
    }

    fn add(&mut self, start_us: i64, end_us: Option<i64>, now_us: i64) {
        let one_more = |days: &mut BTreeMap<i64, u64>, us: i64| {
            *days.entry(us.div_euclid(DAY_US)).or_default() += 1;
        };
        one_more(&mut self.starts, start_us);
        self.open += u64::from(end_us.is_none());
        if let Some(end_us) = end_us.filter(|end| *end <= now_us) {
            one_more(&mut self.ends, end_us - 1);
            one_more(&mut self.lasted, end_us - start_us);
        }
    }

    /// Whether ends are terms, known from the start on, rather than something that
    /// happened: hardly a contract is without one.
    fn are_terms(&self) -> bool {
        let all: u64 = self.starts.values().sum();
        self.open as f64 <= TERMS_OPEN_SHARE * all as f64
    }

    /// The first and the last moment of the days between which all happened, but
    /// for strays on either side; none where nothing did. Of terms only starts
    /// say until when there are data.
    pub fn span_us(&self) -> Option<(i64, i64)> {
        let mut by_day = self.starts.clone();
        if !self.are_terms() {
            for (day, count) in &self.ends {
                *by_day.entry(*day).or_default() += count;
            }
        }
        let few = (STRAY_SHARE * by_day.values().sum::<u64>() as f64).floor() as u64;
        let first = not_stray(few, by_day.iter())?;
        let last = not_stray(few, by_day.iter().rev())?;
        Some((first * DAY_US, last * DAY_US + DAY_US - 1))
    }

    /// How long half of the contracts that ended lasted at most, in days.
    fn median_days(&self) -> Option<i64> {
        let all: u64 = self.lasted.values().sum();
        let mut passed = 0;
        let mut lasted = self.lasted.iter();
        let found = lasted.find(|(_, count)| {
            passed += **count;
            passed * 2 >= all
        });
        found.map(|(days, _)| *days)
    }
}

/// The first of the days (in the order given) that is no stray: a stray stands with
/// no more than `few` others before it, and far from all that follow.
fn not_stray<'a>(few: u64, days: impl Iterator<Item = (&'a i64, &'a u64)>) -> Option<i64> {
    let mut found: Option<i64> = None;
    let (mut before, mut passed) = (None, 0);
    for (&day, &count) in days {
        let is_far = before.is_none_or(|before: i64| (day - before).abs() >= STRAY_GAP_DAYS);
        if is_far && passed <= few {
            found = Some(day);
        }
        if passed > few {
            break;
        }
        passed += count;
        before = Some(day);
    }
    found
}

/// Chooses the horizon, unless the settings give it: long enough to act on,
/// short enough that dates are left to learn from and to test on.
pub(super) fn choose(
    run: &Run<'_>,
    happenings: &Happenings,
    notes: &ContractNotes,
    begins_us: i64,
    as_of_us: i64,
) -> Chosen {
    let span_days = days(as_of_us - begins_us).floor() as i64;
    let median_days = happenings.median_days();
    let is_yearly = median_days.is_some_and(|days| days >= YEAR_DAYS);
    let wanted = HORIZONS_DAYS
        .into_iter()
        .find(|&days| is_yearly || days < LONG_HORIZON_DAYS)
        .unwrap_or(1);
    let fits = |days: u32| {
        let each = i64::from(days) + i64::from(notes.grace_days) / 2;
        each * HORIZONS_NEEDED <= span_days
    };
    let mut candidates = HORIZONS_DAYS.into_iter().filter(|&days| days <= wanted);
    let chosen = candidates.find(|&days| fits(days)).unwrap_or(1);
    let set = match run.project.settings.lost.horizon {
        Horizon::Of(duration) => Some(duration.days_rounded()),
        Horizon::Auto => None,
    };
    let days = set.unwrap_or(chosen);
    Chosen {
        days,
        begins_us,
        notes: HorizonNotes {
            set: set.is_some(),
            days,
            wanted_days: wanted,
            covered_share: None,
            gap_median_days: median_days,
            gaps: happenings.lasted.values().sum(),
            repeat_customers: 0,
            limit: FROM_SPAN.to_owned(),
            candidates: Vec::new(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(starts: &[(i64, u64)], ends: &[(i64, u64)], open: u64) -> Happenings {
        Happenings {
            starts: starts.iter().copied().collect(),
            ends: ends.iter().copied().collect(),
            open,
            lasted: BTreeMap::new(),
        }
    }

    #[test]
    fn strays_on_either_side_do_not_stretch_the_span() {
        let most = [(-900, 1), (10, 1_000), (200, 2_000), (5_000, 2)];
        let span = |found: &Happenings| found.span_us().unwrap();
        let found = of(&most, &[], 9_000);
        assert_eq!(span(&found), (10 * DAY_US, 201 * DAY_US - 1));
        // Near to the others even one counts: a business goes on until today.
        let found = of(&[(10, 1_000), (200, 2_000), (229, 1)], &[], 9_000);
        assert_eq!(span(&found), (10 * DAY_US, 230 * DAY_US - 1));
        // Many are no strays, however far away.
        let found = of(&[(-900, 2), (10, 500), (200, 400)], &[], 900);
        assert_eq!(span(&found), (-900 * DAY_US, 201 * DAY_US - 1));
        assert!(of(&[], &[], 0).span_us().is_none());
    }

    #[test]
    fn ends_that_all_have_are_terms_and_say_nothing_of_the_last_day() {
        let (starts, ends) = ([(0, 500), (100, 500)], [(365, 500), (465, 500)]);
        assert_eq!(of(&starts, &ends, 5).span_us().unwrap().1, 101 * DAY_US - 1);
        assert_eq!(
            of(&starts, &ends, 50).span_us().unwrap().1,
            466 * DAY_US - 1
        );
    }

    #[test]
    fn half_of_the_contracts_last_no_longer_than_the_median() {
        let of = |lasted: &[(i64, u64)]| Happenings {
            lasted: lasted.iter().copied().collect(),
            ..Happenings::default()
        };
        assert_eq!(of(&[]).median_days(), None);
        assert_eq!(of(&[(10, 1), (30, 1), (90, 1)]).median_days(), Some(30));
        assert_eq!(of(&[(10, 2), (30, 1), (90, 1)]).median_days(), Some(10));
    }
}
