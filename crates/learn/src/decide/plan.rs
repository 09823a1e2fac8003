//! The best plan under a budget: Lagrangian, bisection, greedy remainder.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::error::Error;
use super::problem::{Customers, NONE, Offer, Problem, budget_units, money};

/// Bisection steps at most; each halves the bracket of the price.
const STEPS_MAX: usize = 200;
/// The bracket is narrow enough at this relative width.
const WIDTH_MIN: f64 = 1e-13;

/// Who gets what, what it costs and what it should bring.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// By row, the offer given; none to those held out, to those nothing pays
    /// for, and to those the budget does not reach.
    pub offer: Vec<Option<u8>>,
    /// By row, the offer the plan means for this customer: the same as `offer`,
    /// except that for those held out it is what they would have got at the
    /// plan's price. It makes like comparable with like when the outcome is in.
    pub intended: Vec<Option<u8>>,
    /// By row, the expected net of `intended`, in money; 0 without one.
    pub expected_net: Vec<f64>,
    /// The same at the lower churn probability; `expected_net` without interval.
    pub net_low: Vec<f64>,
    /// The same at the higher churn probability.
    pub net_high: Vec<f64>,
    /// Totals by offer, over those who get it.
    pub by_offer: Vec<OfferTotal>,
    /// Customers who get an offer.
    pub customers: u64,
    /// Customers held out.
    pub held_out: u64,
    /// What is spent, in money; at most the budget.
    pub spend: f64,
    /// Expected total net of those who get an offer, in money.
    pub total_net: f64,
    /// No plan within the budget can bring more than this.
    pub dual_bound: f64,
    /// The price of budget money: what one more unit would bring net, about;
    /// 0 where the budget does not bind.
    pub budget_price: f64,
}

/// What one offer costs and brings in a plan.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct OfferTotal {
    /// Customers who get it.
    pub customers: u64,
    /// What it costs, in money.
    pub spend: f64,
    /// What it should bring net, in money.
    pub net: f64,
}

/// Chooses at most one offer a customer so that the expected total net is as
/// large as possible within `budget` (none: no limit).
///
/// A negative or zero net is never chosen. The greedy remainder makes the plan
/// as good as the bound but for less than the net of one customer's offer. The
/// same rows in another order give the same plan (keys settle ties); sums agree
/// to rounding.
///
/// # Errors
/// A budget not above zero; numbers that are not finite or out of range;
/// columns of different lengths; no offer or more than 64.
pub fn choose(
    customers: &Customers<'_>,
    offers: &[Offer],
    budget: Option<f64>,
) -> Result<Plan, Error> {
    let budget_units = budget.map(budget_units).transpose()?;
    let problem = Problem::new(customers, offers)?;
    let mut search = Search::new(&problem);
    let limit = budget_units.unwrap_or(u128::MAX);
    let (low, high) = search.bisect(limit);
    let left = limit.saturating_sub(search.spend());
    let mut choice = search.high_choice;
    if high > 0.0 {
        fill(&problem, &mut choice, left);
    }
    let bound = match budget {
        Some(budget) => dual_value(&problem, low, budget).min(dual_value(&problem, high, budget)),
        None => dual_value(&problem, 0.0, 0.0),
    };
    Ok(report(&problem, &choice, high, bound))
}

/// The bisection's state: the choice of every row at both ends of the bracket.
/// A row whose choice is the same at both ends keeps it in between (the
/// difference of two offers is linear in the price), so only rows that differ
/// are looked at again.
struct Search<'a> {
    problem: &'a Problem<'a>,
    low_choice: Vec<u8>,
    high_choice: Vec<u8>,
    /// Rows whose choice differs between the ends, held-out rows left out.
    open: Vec<u32>,
    /// Cost of the settled rows.
    settled: u128,
}

impl<'a> Search<'a> {
    fn new(problem: &'a Problem<'a>) -> Search<'a> {
        Search {
            problem,
            low_choice: Vec::new(),
            high_choice: Vec::new(),
            open: Vec::new(),
            settled: 0,
        }
    }

    /// Cost of the choice at the high end.
    fn spend(&self) -> u128 {
        let open = self.open.iter().map(|&row| self.high_choice[row as usize]);
        self.settled
            + open
                .map(|offer| u128::from(self.problem.units_of(offer)))
                .sum::<u128>()
    }

    /// Finds the price at which the choice just fits `limit`; returns the
    /// bracket, whose high end fits. The choice of held-out rows is taken at
    /// the high end.
    fn bisect(&mut self, limit: u128) -> (f64, f64) {
        let rows = self.problem.rows();
        let choice_at = |lambda: f64| -> Vec<u8> {
            (0..rows)
                .map(|row| self.problem.best_at(row, lambda))
                .collect()
        };
        self.low_choice = choice_at(0.0);
        let spend: u128 = (0..rows)
            .filter(|&row| !self.problem.is_held_out(row))
            .map(|row| u128::from(self.problem.units_of(self.low_choice[row])))
            .sum();
        if spend <= limit {
            self.high_choice = self.low_choice.clone();
            self.settled = spend;
            return (0.0, 0.0);
        }
        let (mut low, mut high) = (0.0, self.price_max());
        self.high_choice = choice_at(high);
        self.open = (0..rows as u32).collect();
        self.open
            .retain(|&row| !self.problem.is_held_out(row as usize));
        self.settle();
        let mut middle_choice = Vec::new();
        for _ in 0..STEPS_MAX {
            if self.open.is_empty() || high - low <= WIDTH_MIN * (1.0 + high) {
                break;
            }
            // Prices spread over decades: halve the bracket's logarithm.
            let middle = ((1.0 + low) * (1.0 + high)).sqrt() - 1.0;
            if middle <= low || middle >= high {
                break;
            }
            let best = |&row: &u32| self.problem.best_at(row as usize, middle);
            middle_choice.clear();
            middle_choice.extend(self.open.iter().map(best));
            let cost = |&offer: &u8| u128::from(self.problem.units_of(offer));
            let spend = self.settled + middle_choice.iter().map(cost).sum::<u128>();
            let side = if spend <= limit {
                high = middle;
                &mut self.high_choice
            } else {
                low = middle;
                &mut self.low_choice
            };
            for (&row, &offer) in self.open.iter().zip(&middle_choice) {
                side[row as usize] = offer;
            }
            self.settle();
        }
        for row in (0..rows).filter(|&row| self.problem.is_held_out(row)) {
            self.high_choice[row] = self.problem.best_at(row, high);
        }
        (low, high)
    }

    /// Moves the rows whose choice agrees at both ends out of the open ones.
    fn settle(&mut self) {
        let Search {
            problem,
            low_choice,
            high_choice,
            open,
            settled,
        } = self;
        open.retain(|&row| {
            let chosen = high_choice[row as usize];
            let differs = low_choice[row as usize] != chosen;
            if !differs {
                *settled += u128::from(problem.units_of(chosen));
            }
            differs
        });
    }

    /// A price at which nothing that costs is chosen.
    fn price_max(&self) -> f64 {
        let mut price: f64 = 0.0;
        for row in 0..self.problem.rows() {
            for (offer, &cost) in self.problem.cost.iter().enumerate() {
                if cost > 0.0 && self.problem.is_eligible(row, offer) {
                    price = price.max(self.problem.net(row, offer) / cost);
                }
            }
        }
        price * (1.0 + 1e-9) + 1e-9
    }
}

/// One way to spend some of the remainder.
struct Step {
    slope: f64,
    key: u64,
    row: u32,
    offer: u8,
}

impl Ord for Step {
    /// The largest slope first; ties to the smaller key, row and offer.
    fn cmp(&self, other: &Step) -> Ordering {
        self.slope
            .total_cmp(&other.slope)
            .then(other.key.cmp(&self.key))
            .then(other.row.cmp(&self.row))
            .then(other.offer.cmp(&self.offer))
    }
}

impl PartialOrd for Step {
    fn partial_cmp(&self, other: &Step) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Step {
    fn eq(&self, other: &Step) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Step {}

/// Spends what is left, best return first, on offers that still fit.
fn fill(problem: &Problem<'_>, choice: &mut [u8], mut left: u128) {
    let smallest = smallest_step(problem);
    if left < smallest {
        return;
    }
    let mut steps = Vec::new();
    for (row, &now) in choice.iter().enumerate() {
        if problem.is_held_out(row) {
            continue;
        }
        for offer in 0..problem.offers.len() {
            let more = u128::from(problem.cost_units[offer].saturating_sub(problem.units_of(now)));
            let gain = problem.net(row, offer) - problem.net_of(row, now);
            if more > 0 && more <= left && gain > 0.0 && problem.is_eligible(row, offer) {
                steps.push(Step {
                    slope: gain / more as f64,
                    key: problem.customers.key[row],
                    row: row as u32,
                    offer: offer as u8,
                });
            }
        }
    }
    let mut heap = BinaryHeap::from(steps);
    while let Some(step) = heap.pop() {
        if left < smallest {
            break;
        }
        let row = step.row as usize;
        let (now, then) = (choice[row], step.offer);
        let more = u128::from(problem.units_of(then).saturating_sub(problem.units_of(now)));
        if more > 0 && more <= left && problem.net_of(row, then) > problem.net_of(row, now) {
            choice[row] = then;
            left -= more;
        }
    }
}

/// The smallest difference in cost between two offers, or an offer and none.
fn smallest_step(problem: &Problem<'_>) -> u128 {
    let mut costs = problem.cost_units.clone();
    costs.push(0);
    costs.sort_unstable();
    costs.dedup();
    costs
        .windows(2)
        .map(|pair| u128::from(pair[1] - pair[0]))
        .min()
        .unwrap_or(u128::MAX)
}

/// The dual function `lambda B + sum of max(0, max_j (net - lambda cost))`: at
/// any price of zero or more it bounds every plan from above.
fn dual_value(problem: &Problem<'_>, lambda: f64, budget: f64) -> f64 {
    let mut sum = Sum::default();
    for row in (0..problem.rows()).filter(|&row| !problem.is_held_out(row)) {
        let offer = problem.best_at(row, lambda);
        if offer != NONE {
            sum.add(problem.net_of(row, offer) - lambda * problem.cost[usize::from(offer)]);
        }
    }
    sum.add(lambda * budget);
    sum.value()
}

fn report(problem: &Problem<'_>, choice: &[u8], price: f64, bound: f64) -> Plan {
    let rows = problem.rows();
    let named = |offer: u8| (offer != NONE).then_some(offer);
    let net_at = |column: Option<&[f64]>| -> Vec<f64> {
        let p = column.unwrap_or(problem.customers.churn_probability);
        choice
            .iter()
            .enumerate()
            .map(|(row, &offer)| match named(offer).map(usize::from) {
                Some(offer) => problem.gross_at(p[row], row, offer) - problem.cost[offer],
                None => 0.0,
            })
            .collect()
    };
    let expected_net = net_at(None);
    let mut counts = vec![0_u64; problem.offers.len()];
    let mut nets = vec![Sum::default(); problem.offers.len()];
    let mut total = Sum::default();
    let mut held_out = 0;
    let mut offer = Vec::with_capacity(rows);
    for (row, &chosen) in choice.iter().enumerate() {
        let away = problem.is_held_out(row);
        held_out += u64::from(away);
        let given = named(chosen).filter(|_| !away);
        if let Some(index) = given.map(usize::from) {
            counts[index] += 1;
            nets[index].add(expected_net[row]);
            total.add(expected_net[row]);
        }
        offer.push(given);
    }
    let spend_units =
        |index: usize| u128::from(counts[index]) * u128::from(problem.cost_units[index]);
    let by_offer = (0..counts.len())
        .map(|index| OfferTotal {
            customers: counts[index],
            spend: money(spend_units(index)),
            net: nets[index].value(),
        })
        .collect();
    Plan {
        offer,
        intended: choice.iter().map(|&chosen| named(chosen)).collect(),
        net_low: net_at(problem.customers.churn_interval.map(|interval| interval.0)),
        net_high: net_at(problem.customers.churn_interval.map(|interval| interval.1)),
        expected_net,
        by_offer,
        customers: counts.iter().sum(),
        held_out,
        spend: money((0..counts.len()).map(spend_units).sum()),
        // The bound is at least the plan; rounding of two sums must not say otherwise.
        dual_bound: bound.max(total.value()),
        total_net: total.value(),
        budget_price: price,
    }
}

/// A compensated sum (Neumaier 1974).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sum {
    sum: f64,
    lost: f64,
}

impl Sum {
    pub fn add(&mut self, value: f64) {
        let next = self.sum + value;
        self.lost += if self.sum.abs() >= value.abs() {
            (self.sum - next) + value
        } else {
            (value - next) + self.sum
        };
        self.sum = next;
    }

    pub fn value(&self) -> f64 {
        self.sum + self.lost
    }
}
