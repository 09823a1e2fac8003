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

/// When contracts began and ended, by day.
pub(super) struct Happenings {
    /// Starts, and ends that have come, by day since 1970 in UTC.
    by_day: BTreeMap<i64, u64>,
    /// Days that contracts lasted, of those that ended.
    lasted: BTreeMap<i64, u64>,
}

impl Happenings {
    /// Counts what happened before `now_us`: an end after that is a plan.
    pub fn read(run: &Run<'_>, table: &tables::Table, now_us: i64) -> Result<Self> {
        let mut found = Self {
            by_day: BTreeMap::new(),
            lasted: BTreeMap::new(),
        };
        let lake = &run.project.lake;
        read_moments(lake, table, ["time", "end_time"], |[start, end]| {
            let mut count = |moment_us: i64| {
                *found
                    .by_day
                    .entry(moment_us.div_euclid(DAY_US))
                    .or_default() += 1;
            };
            let (Some(start), end) = (start, end.filter(|end| *end <= now_us)) else {
                return;
            };
            count(start);
            if let Some(end) = end {
                count(end);
                *found
                    .lasted
                    .entry((end - start).div_euclid(DAY_US))
                    .or_default() += 1;
            }
        })?;
        Ok(found)
    }

    fn all(&self) -> u64 {
        self.by_day.values().sum()
    }

    /// The first and the last moment of the days between which all happened, but
    /// for strays on either side; none where nothing did.
    pub fn span_us(&self) -> Option<(i64, i64)> {
        let few = (STRAY_SHARE * self.all() as f64).floor() as u64;
        let first = first_beyond(few, self.by_day.iter())?;
        let last = first_beyond(few, self.by_day.iter().rev())?;
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

/// The first of the days with which more than `few` happened.
fn first_beyond<'a>(few: u64, mut days: impl Iterator<Item = (&'a i64, &'a u64)>) -> Option<i64> {
    let mut passed = 0;
    let found = days.find(|(_, count)| {
        passed += **count;
        passed > few
    });
    found.map(|(day, _)| *day)
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

    fn of(days: &[(i64, u64)], lasted: &[(i64, u64)]) -> Happenings {
        Happenings {
            by_day: days.iter().copied().collect(),
            lasted: lasted.iter().copied().collect(),
        }
    }

    #[test]
    fn strays_on_either_side_do_not_stretch_the_span() {
        let few = of(&[(-900, 1), (10, 1_000), (200, 2_000), (5_000, 2)], &[]);
        let span = few.span_us().unwrap();
        assert_eq!(span, (10 * DAY_US, 201 * DAY_US - 1));
        let some = of(&[(-900, 1), (10, 500), (200, 400), (5_000, 2)], &[]);
        assert_eq!(some.span_us().unwrap(), (-900 * DAY_US, 5_001 * DAY_US - 1));
        assert!(of(&[], &[]).span_us().is_none());
    }

    #[test]
    fn half_of_the_contracts_last_no_longer_than_the_median() {
        assert_eq!(of(&[], &[]).median_days(), None);
        assert_eq!(
            of(&[], &[(10, 1), (30, 1), (90, 1)]).median_days(),
            Some(30)
        );
        assert_eq!(
            of(&[], &[(10, 2), (30, 1), (90, 1)]).median_days(),
            Some(10)
        );
    }
}
