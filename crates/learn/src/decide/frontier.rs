//! What more or less budget would bring: gain against spending.

use super::error::Error;
use super::plan::Sum;
use super::problem::{Customers, Offer, Problem, money};

/// Most points a frontier may have.
pub const POINTS_MAX: usize = 10_000;

/// One budget and what it would bring.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FrontierPoint {
    /// The budget, in money.
    pub budget: f64,
    /// What of it would be spent, in money.
    pub spend: f64,
    /// Expected total net, in money.
    pub expected_net: f64,
    /// Customers who would get an offer.
    pub customers: u64,
}

/// One step up for one customer: from no offer to one, or to a dearer one.
struct Step {
    slope: f64,
    key: u64,
    gain: f64,
    units: u64,
    first: bool,
}

/// Expected net against budget at `points` budgets, evenly spaced up to the
/// smallest budget that no longer binds; a point for budget zero (offers that
/// cost nothing) comes first.
///
/// Each customer's offers are reduced to those on the upper hull of (cost,
/// net); the steps of all hulls, taken by falling return, are the optimum of
/// the relaxed problem (Sinha and Zoltners 1979). A point is the last whole
/// step within its budget: net and customers never fall along the frontier,
/// and a plan at the same budget brings at least as much but for one step.
/// Those held out are left out.
///
/// # Errors
/// As [`super::choose`]; or `points` outside 1..=10,000.
pub fn frontier(
    customers: &Customers<'_>,
    offers: &[Offer],
    points: usize,
) -> Result<Vec<FrontierPoint>, Error> {
    if points == 0 || points > POINTS_MAX {
        return Err(Error::Count {
            name: "points",
            found: points,
            low: 1,
            high: POINTS_MAX,
        });
    }
    let problem = Problem::new(customers, offers)?;
    let mut net = Sum::default();
    let mut reached = 0_u64;
    let mut steps = Vec::new();
    for row in (0..problem.rows()).filter(|&row| !problem.is_held_out(row)) {
        if let Some(free) = push_steps(&problem, row, &mut steps) {
            net.add(free);
            reached += 1;
        }
    }
    steps.sort_unstable_by(|a, b| {
        b.slope
            .total_cmp(&a.slope)
            .then(a.key.cmp(&b.key))
            .then(a.units.cmp(&b.units))
    });
    let full: u128 = steps.iter().map(|step| u128::from(step.units)).sum();
    let mut spent = 0_u128;
    let mut next = steps.iter().peekable();
    let mut line = Vec::with_capacity(points + 1);
    for point in 0..=points {
        let budget = full * point as u128 / points as u128;
        while let Some(step) = next.next_if(|step| spent + u128::from(step.units) <= budget) {
            spent += u128::from(step.units);
            net.add(step.gain);
            reached += u64::from(step.first);
        }
        line.push(FrontierPoint {
            budget: money(budget),
            spend: money(spent),
            expected_net: net.value(),
            customers: reached,
        });
    }
    Ok(line)
}

/// Pushes the hull steps of one customer; returns the net of the best offer
/// that costs nothing, if it has one.
fn push_steps(problem: &Problem<'_>, row: usize, steps: &mut Vec<Step>) -> Option<f64> {
    let offers = || (0..problem.offers.len()).filter(|&offer| problem.is_eligible(row, offer));
    let free = offers()
        .filter(|&offer| problem.cost_units[offer] == 0)
        .map(|offer| problem.net(row, offer))
        .filter(|&net| net > 0.0)
        .max_by(f64::total_cmp);
    let (mut net, mut units, mut first) = (free.unwrap_or(0.0), 0_u64, free.is_none());
    loop {
        let mut best: Option<(f64, usize)> = None;
        for offer in offers().filter(|&offer| problem.cost_units[offer] > units) {
            let gain = problem.net(row, offer) - net;
            let slope = gain / (problem.cost_units[offer] - units) as f64;
            if gain > 0.0 && best.is_none_or(|(steepest, _)| slope > steepest) {
                best = Some((slope, offer));
            }
        }
        let Some((slope, offer)) = best else {
            return free;
        };
        let gain = problem.net(row, offer) - net;
        let key = problem.customers.key[row];
        let more = problem.cost_units[offer] - units;
        steps.push(Step {
            slope,
            key,
            gain,
            units: more,
            first,
        });
        (net, units, first) = (problem.net(row, offer), problem.cost_units[offer], false);
    }
}
