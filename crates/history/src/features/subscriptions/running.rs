//! What is known about a customer after some of the subscriptions, and the features read off it at a
//! cut.
//!
//! What starts tell (renewals, returns, changes of plan, how long coverage has lasted) is kept as the
//! subscriptions come, each taken in once whatever the number of cuts: an end that decides one of these
//! lies before a later start, so it is known by then. What depends on the ends known at the cut (what is
//! open, what has ended) is counted anew at each cut.

use crate::coverage::{Subscription, price_of};
use crate::features::active_days::elapsed_days;
use crate::lines::{DAY_US, to_f64, to_number};
use crate::subscriptions::{NO_MOMENT, PLAN_NAMES_MAX};

/// One customer's running sums. Moments are 64-bit and subscriptions fit in memory, so nothing here can
/// overflow.
#[derive(Debug, Clone, Copy)]
struct Sums {
    first_us: i64,
    /// The latest start.
    last_us: i64,
    /// The latest end of those taken in, known or not.
    until_us: i64,
    /// When the present run without a pause began, and the time within the runs before it.
    run_start_us: i64,
    in_runs_us: i128,
    /// When the present coverage began, pauses within the grace bridged, and the longest before it.
    coverage_start_us: i64,
    longest_us: i128,
    renewals: u32,
    returns: u32,
    plan_changes: u32,
    /// The moment to which the price before the latest start belongs; none at a first start or a
    /// return, when nothing was open before.
    price_before_at_us: Option<i64>,
    /// The latest end of each plan's subscriptions; the last one is that of all plans not told apart.
    /// None where it was never begun.
    plan_until_us: [Option<i64>; PLAN_NAMES_MAX + 1],
}

impl Sums {
    /// After the customer's first start.
    fn begin(start_us: i64) -> Sums {
        Sums {
            first_us: start_us,
            last_us: start_us,
            until_us: start_us,
            run_start_us: start_us,
            in_runs_us: 0,
            coverage_start_us: start_us,
            longest_us: 0,
            renewals: 0,
            returns: 0,
            plan_changes: 0,
            price_before_at_us: None,
            plan_until_us: [None; PLAN_NAMES_MAX + 1],
        }
    }

    /// Takes in a start after the first; `same` are the subscriptions that begin at it.
    fn go_on(&mut self, start_us: i64, same: &[Subscription], grace_us: i64) {
        let until_us = self.until_us;
        // Just before the start; after a pause, what was open last.
        let before_us = start_us.min(until_us);
        if start_us > until_us {
            self.in_runs_us += span_us(self.run_start_us, until_us);
            self.run_start_us = start_us;
        }
        if start_us > until_us.saturating_add(grace_us) {
            self.returns += 1;
            self.price_before_at_us = None;
            let lasted_us = span_us(self.coverage_start_us, until_us);
            self.longest_us = self.longest_us.max(lasted_us);
            self.coverage_start_us = start_us;
        } else {
            self.renewals += 1;
            self.price_before_at_us = Some(before_us);
        }
        let was_open = |place: usize| self.plan_until_us[place].is_some_and(|us| us >= before_us);
        let changed = same.iter().any(|s| !was_open(plan_place(s.plan)));
        self.plan_changes += u32::from(changed);
        self.last_us = start_us;
    }
}

/// The state of one customer.
#[derive(Debug, Clone)]
pub(super) struct Running {
    grace_us: i64,
    sums: Option<Sums>,
    /// How many of each plan that is told apart are open at the cut.
    open_of_plan: Vec<u32>,
}

/// What is open, and what has ended, by what is known at a cut.
#[derive(Debug, Clone, Copy, Default)]
struct AtCut {
    open: u32,
    ended: u32,
    ended_90d: u32,
    started_90d: u32,
    /// The latest known end.
    last_end_us: Option<i64>,
    /// Of the open ones with a due moment: the nearest, and the longest term to it.
    due: Option<(i64, i128)>,
}

impl Running {
    /// No customer yet; so many plans are told apart.
    pub(super) fn new(grace_us: i64, plans: usize) -> Running {
        Running {
            grace_us,
            sums: None,
            open_of_plan: vec![0; plans],
        }
    }

    /// Forgets the customer.
    pub(super) fn clear(&mut self) {
        self.sums = None;
    }

    /// Takes in the subscriptions that began before a cut, from place `from` on; gives the place of the
    /// first that did not.
    pub(super) fn take_in(&mut self, all: &[Subscription], from: usize, cut_us: i64) -> usize {
        let mut place = from;
        while let Some(first) = all.get(place).filter(|s| s.start_us < cut_us) {
            let start_us = first.start_us;
            let same = all[place..].iter().take_while(|s| s.start_us == start_us);
            let next = place + same.count();
            let same = &all[place..next];
            let sums = match &mut self.sums {
                Some(sums) => {
                    sums.go_on(start_us, same, self.grace_us);
                    sums
                }
                none => none.insert(Sums::begin(start_us)),
            };
            for subscription in same {
                sums.until_us = sums.until_us.max(subscription.end_us);
                let plan = &mut sums.plan_until_us[plan_place(subscription.plan)];
                *plan = (*plan).max(Some(subscription.end_us));
            }
            place = next;
        }
        place
    }

    /// Puts the features at a cut into a row, all subscriptions begun before it (`known`) taken in and
    /// none after; there must be one.
    pub(super) fn features_into(
        &mut self,
        row: &mut Vec<f64>,
        known: &[Subscription],
        cut_us: i64,
    ) {
        let at_cut = self.count_at(known, cut_us);
        let Some(sums) = &self.sums else {
            return;
        };
        let price = price_of(known, cut_us);
        let covered_until_us = sums.until_us.min(cut_us);
        let covered_us = sums.in_runs_us + span_us(sums.run_start_us, covered_until_us);
        let lasted_us = span_us(sums.coverage_start_us, covered_until_us);
        let or_missing = |value: Option<f64>| value.unwrap_or(f64::NAN);
        row.extend_from_slice(&[
            elapsed_days(sums.first_us, cut_us),
            elapsed_days(sums.last_us, cut_us),
            f64::from(at_cut.open),
            known.len() as f64,
            f64::from(at_cut.ended),
            or_missing(at_cut.last_end_us.map(|us| elapsed_days(us, cut_us))),
            or_missing(at_cut.due.map(|(due_us, _)| elapsed_days(cut_us, due_us))),
            or_missing(at_cut.due.map(|(_, term_us)| days(term_us))),
            or_missing(price.map(to_number)),
            or_missing(price_change(sums, known, price)),
            f64::from(sums.renewals),
            f64::from(sums.returns),
            f64::from(sums.plan_changes),
            to_f64(covered_us) / to_f64(span_us(sums.first_us, cut_us)),
            days(sums.longest_us.max(lasted_us)),
            or_missing((at_cut.open > 0).then(|| days(lasted_us))),
            f64::from(at_cut.started_90d),
            f64::from(at_cut.ended_90d),
        ]);
        row.extend(self.open_of_plan.iter().map(|&open| f64::from(open)));
    }

    /// Counts what is open and what has ended at a cut, and the open ones of each plan.
    fn count_at(&mut self, known: &[Subscription], cut_us: i64) -> AtCut {
        let quarter_start_us = cut_us.saturating_sub(90 * DAY_US);
        let mut at_cut = AtCut::default();
        self.open_of_plan.fill(0);
        for subscription in known {
            at_cut.started_90d += u32::from(subscription.start_us >= quarter_start_us);
            let end_us = subscription.end_us;
            if end_us < cut_us {
                at_cut.ended += 1;
                at_cut.ended_90d += u32::from(end_us >= quarter_start_us);
                at_cut.last_end_us = at_cut.last_end_us.max(Some(end_us));
                continue;
            }
            at_cut.open += 1;
            if let Some(open) = self.open_of_plan.get_mut(usize::from(subscription.plan)) {
                *open += 1;
            }
            let due_us = subscription.due_us;
            if due_us != NO_MOMENT {
                let term_us = span_us(subscription.start_us, due_us);
                at_cut.due = Some(match at_cut.due {
                    Some((nearest_us, longest_us)) if nearest_us == due_us => {
                        (due_us, longest_us.max(term_us))
                    }
                    Some(nearest) if nearest.0 < due_us => nearest,
                    _ => (due_us, term_us),
                });
            }
        }
        at_cut
    }
}

/// The price of what is open against that of what was open before the latest start.
fn price_change(sums: &Sums, known: &[Subscription], price: Option<i128>) -> Option<f64> {
    let begun_before = known.partition_point(|s| s.start_us < sums.last_us);
    let before = price_of(&known[..begun_before], sums.price_before_at_us?)?;
    (before > 0).then_some(to_f64(price?) / to_f64(before))
}

/// Where the latest end of a plan is kept.
fn plan_place(plan: u16) -> usize {
    usize::from(plan).min(PLAN_NAMES_MAX)
}

/// The time from one moment to another; between any two moments there is room for it.
fn span_us(from_us: i64, to_us: i64) -> i128 {
    i128::from(to_us) - i128::from(from_us)
}

/// Time in days of 24 hours.
fn days(span_us: i128) -> f64 {
    to_f64(span_us) / DAY_US as f64
}
