//! The customers' rhythm - how many days lie between active days - and the horizon chosen from it.

use crate::activity::Activity;
use crate::calendar::{Calendar, CalendarHint};
use crate::days::collect_active_days;
use crate::lines::{AsOf, Fold};

/// Gaps longer than ten years count as this long.
const GAP_DAYS_MAX: usize = 3_660;
/// Estimates end where fewer gaps than this are left to observe.
const AT_RISK_MIN: u64 = 20;
/// The share of the gaps that a horizon should cover.
const COVERED_SHARE_MIN: f64 = 0.8;
/// The horizon when nobody was active on two days, before it is held to the history.
const DEFAULT_HORIZON_DAYS: i64 = 90;

/// The horizons to choose from, in days.
pub const HORIZON_CANDIDATES_DAYS: [i64; 11] = [7, 14, 21, 30, 45, 60, 90, 120, 180, 270, 365];

/// The horizons in days for histories that are too short for the first of
/// [`HORIZON_CANDIDATES_DAYS`], such as nine days of clicks.
pub const HORIZON_SHORT_DAYS: [i64; 4] = [1, 2, 3, 5];

/// The horizons that a history of so many days is offered. A week is the least by which most
/// businesses call silence a loss; only where the history cannot bear it are days looked at.
pub fn horizon_candidates(span_days: i64) -> &'static [i64] {
    if span_days >= 1 && span_days < 3 * HORIZON_CANDIDATES_DAYS[0] {
        &HORIZON_SHORT_DAYS
    } else {
        &HORIZON_CANDIDATES_DAYS
    }
}

/// How many gaps between active days there are of each length, over customers with at least two of
/// them: ended gaps, and the open silence since each customer's last active day, which is a gap of
/// unknown greater length (censored).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GapHistogram {
    /// Ended gaps by length in days.
    ended: Vec<u64>,
    /// Open gaps by length so far in days.
    open: Vec<u64>,
    customers: u64,
    one_day_customers: u64,
}

impl GapHistogram {
    /// Takes in one customer's active days (ascending, each once), seen on the day `today`.
    pub fn add_customer(&mut self, days: &[i64], today: i64) {
        match days {
            [] => {}
            [_] => self.one_day_customers += 1,
            [.., last] => {
                self.customers += 1;
                for pair in days.windows(2) {
                    count(&mut self.ended, pair[1].saturating_sub(pair[0]));
                }
                count(&mut self.open, today.saturating_sub(*last));
            }
        }
    }

    /// Adds what another histogram has counted.
    pub fn merge(&mut self, other: &GapHistogram) {
        for (mine, theirs) in [
            (&mut self.ended, &other.ended),
            (&mut self.open, &other.open),
        ] {
            if mine.len() < theirs.len() {
                mine.resize(theirs.len(), 0);
            }
            for (sum, n) in mine.iter_mut().zip(theirs) {
                *sum += n;
            }
        }
        self.customers += other.customers;
        self.one_day_customers += other.one_day_customers;
    }

    /// The number of ended gaps.
    pub fn gaps(&self) -> u64 {
        self.ended.iter().sum()
    }

    /// The number of ended gaps by length: entry *d* counts the gaps of *d* days.
    pub fn gaps_by_days(&self) -> &[u64] {
        &self.ended
    }

    /// The customers with at least two active days.
    pub fn customers(&self) -> u64 {
        self.customers
    }

    /// The customers with one active day only; they have no gap and are counted apart.
    pub fn one_day_customers(&self) -> u64 {
        self.one_day_customers
    }

    /// For each number of days *d* up to the longest gap that can be told, the probability that a gap
    /// ends within *d* days: one less the product-limit estimate of Kaplan and Meier (1958), with open
    /// gaps as censored. It ends where fewer than 20 gaps are left to observe (with fewer than that
    /// from the start, at the longest ended gap). Customers who never return hold it below 1.
    pub fn ended_within(&self) -> Vec<f64> {
        let Some(longest) = self.ended.iter().rposition(|&n| n > 0) else {
            return Vec::new();
        };
        let mut at_risk = self.gaps() + self.open.iter().sum::<u64>();
        let few = at_risk < AT_RISK_MIN;
        let mut surviving = 1.0;
        let mut ended_within = Vec::with_capacity(longest + 1);
        for days in 0..=longest {
            if at_risk < AT_RISK_MIN && !few {
                break;
            }
            let ended = self.ended[days];
            if ended > 0 {
                surviving *= 1.0 - ended as f64 / at_risk as f64;
            }
            ended_within.push(1.0 - surviving);
            at_risk -= ended + self.open.get(days).copied().unwrap_or(0);
        }
        ended_within
    }

    /// The share of the gaps that end at all that end within `days`, corrected for open gaps:
    /// [`GapHistogram::ended_within`] at that day over its last value. `None` without gaps.
    pub fn covered_share(&self, days: i64) -> Option<f64> {
        covered_share(&self.ended_within(), days)
    }

    /// The least number of days whose [`GapHistogram::covered_share`] is at least `q`; `None` without
    /// gaps.
    pub fn covering_days(&self, q: f64) -> Option<i64> {
        let ended_within = self.ended_within();
        let all = ended_within.last().copied().filter(|&all| all > 0.0)?;
        let reached = |&ended: &f64| ended >= q.min(1.0) * all;
        i64::try_from(ended_within.iter().position(reached)?).ok()
    }
}

/// One more gap of this length.
fn count(counts: &mut Vec<u64>, days: i64) {
    let place = usize::try_from(days.max(0)).map_or(GAP_DAYS_MAX, |d| d.min(GAP_DAYS_MAX));
    if counts.len() <= place {
        counts.resize(place + 1, 0);
    }
    counts[place] += 1;
}

fn covered_share(ended_within: &[f64], days: i64) -> Option<f64> {
    let all = ended_within.last().copied().filter(|&all| all > 0.0)?;
    let place = usize::try_from(days.max(0))
        .unwrap_or(usize::MAX)
        .min(ended_within.len() - 1);
    Some(ended_within[place] / all)
}

/// What kept a horizon from being the one wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HorizonLimit {
    /// Nothing: it is the smallest that covers 80 % of the gaps.
    None,
    /// The history is too short for the wanted one; the longest that fits was taken.
    Span,
    /// The history is too short even for the shortest; it was taken (one day, or seven where there is
    /// not even a day of history), and cannot be tested properly.
    SpanTooShort,
    /// Even the longest candidate covers less than 80 %; it was taken.
    LongestCandidate,
    /// Nobody was active on two days: 90 days, or the longest that fits.
    NoRepeats,
}

/// A horizon with the reasons for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HorizonChoice {
    /// The horizon in days.
    pub days: i64,
    /// What the rhythm alone would have asked for, in days.
    pub wanted_days: i64,
    /// The share of the gaps between active days that end within `days`, corrected for open gaps;
    /// `None` without gaps.
    pub covered_share: Option<f64>,
    /// The median of the gaps that end at all in days, corrected for open gaps; `None` without gaps.
    pub gap_median_days: Option<i64>,
    /// The ended gaps the choice rests on.
    pub gaps: u64,
    /// The length of the history in days.
    pub span_days: i64,
    /// What kept it from being the wanted one.
    pub limit: HorizonLimit,
}

/// Chooses the horizon after which silence counts as loss.
///
/// It is the smallest of [`horizon_candidates`] that covers at least 80 % of the gaps between
/// active days ([`GapHistogram::covered_share`]), so that four of five customers who come back
/// have come back by then; limited so that two label windows and one more fit into the history
/// (3 x days <= `span_days`). A history too short for any gets the shortest, which cannot be tested.
pub fn choose_horizon(histogram: &GapHistogram, span_days: i64) -> HorizonChoice {
    let ended_within = histogram.ended_within();
    let share = |days: i64| covered_share(&ended_within, days);
    let candidates = horizon_candidates(span_days);
    let shortest = candidates[0];
    let longest = HORIZON_CANDIDATES_DAYS[HORIZON_CANDIDATES_DAYS.len() - 1];
    let (wanted_days, mut limit) = if share(0).is_none() {
        (DEFAULT_HORIZON_DAYS, HorizonLimit::NoRepeats)
    } else {
        candidates
            .iter()
            .copied()
            .chain(HORIZON_CANDIDATES_DAYS)
            .find(|&days| share(days).is_some_and(|s| s >= COVERED_SHARE_MIN))
            .map_or((longest, HorizonLimit::LongestCandidate), |days| {
                (days, HorizonLimit::None)
            })
    };
    let fitting = candidates
        .iter()
        .copied()
        .rfind(|&days| days <= wanted_days && days.saturating_mul(3) <= span_days);
    let days = fitting.unwrap_or(shortest);
    if fitting.is_none() {
        limit = HorizonLimit::SpanTooShort;
    } else if days < wanted_days && limit != HorizonLimit::NoRepeats {
        limit = HorizonLimit::Span;
    }
    HorizonChoice {
        days,
        wanted_days,
        covered_share: share(days),
        gap_median_days: histogram.covering_days(0.5),
        gaps: histogram.gaps(),
        span_days,
        limit,
    }
}

/// Counts the gaps of all customers before an as-of moment.
#[derive(Debug, Clone)]
pub struct RhythmFold {
    calendar: Calendar,
    hint: CalendarHint,
    as_of: AsOf,
    today: i64,
    days: Vec<i64>,
    histogram: GapHistogram,
}

impl RhythmFold {
    /// A fold over what was known at `as_of`; open gaps last until the local day of the last
    /// microsecond before it.
    pub fn new(calendar: Calendar, as_of: AsOf) -> RhythmFold {
        let today = calendar.local_day(as_of.0.saturating_sub(1));
        RhythmFold {
            calendar,
            hint: CalendarHint::default(),
            as_of,
            today,
            days: Vec::new(),
            histogram: GapHistogram::default(),
        }
    }

    /// The gaps counted so far.
    pub fn histogram(&self) -> &GapHistogram {
        &self.histogram
    }
}

impl<A: Activity> Fold<A> for RhythmFold {
    fn fold(&mut self, history: &A) {
        collect_active_days(
            history,
            &self.calendar,
            &mut self.hint,
            self.as_of,
            &mut self.days,
        );
        self.histogram.add_customer(&self.days, self.today);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Remission in weeks of the treated patients of Freireich et al. (1963), the example by which the
    /// estimate is usually taught; each taken ten times so that enough remain at risk.
    #[test]
    fn agrees_with_the_published_survival_curve() {
        let mut gaps = GapHistogram::default();
        for weeks in [6, 6, 6, 7, 10, 13, 16, 22, 23] {
            (0..10).for_each(|_| count(&mut gaps.ended, weeks));
        }
        for weeks in [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35] {
            (0..10).for_each(|_| count(&mut gaps.open, weeks));
        }
        let ended_within = gaps.ended_within();
        for (weeks, survival) in [
            (5, 1.0),
            (6, 0.857),
            (7, 0.807),
            (10, 0.753),
            (13, 0.690),
            (16, 0.627),
            (22, 0.538),
            (23, 0.448),
        ] {
            let found = 1.0 - ended_within[weeks];
            assert!((found - survival).abs() < 5e-4, "{weeks} weeks: {found}");
        }
        assert_eq!(ended_within.len(), 24);
    }

    #[test]
    fn the_estimate_ends_where_too_few_are_left() {
        let mut gaps = GapHistogram::default();
        (0..30).for_each(|_| count(&mut gaps.ended, 4));
        (0..10).for_each(|_| count(&mut gaps.ended, 9));
        // After day 4 only ten are at risk: the ninth day tells nothing.
        assert_eq!(gaps.ended_within().len(), 5);
        assert_eq!(gaps.covered_share(4), Some(1.0));
    }
}
