//! What to do, what it costs and what it should bring.

use super::Estimate;
use crate::language::Text;

/// What to do, what it costs and what it should bring.
#[derive(Debug, Clone)]
pub struct Actions {
    /// The offers there are.
    pub offers: Vec<Offer>,
    /// Money that may be spent; `None` if there is no limit.
    pub budget: Option<f64>,
    /// Money the plan spends if every offer is used.
    pub spend: f64,
    /// Customers considered (not suppressed, consent given).
    pub considered: u64,
    /// Customers not considered since they are lost already.
    pub lost_already: u64,
    /// Customers who get an offer.
    pub chosen: u64,
    /// Customers who would have got one but are left alone on purpose.
    pub held_out: u64,
    /// Share set aside, such as 0.05.
    pub hold_out_share: f64,
    /// What the hold-out can show; `None` without one.
    pub test: Option<HoldOutTest>,
    /// What the plan should bring after its costs, compared with doing
    /// nothing.
    pub expected_net: Estimate,
    /// Mean churn probability of the chosen if nothing is done: the baseline.
    pub baseline_churn: f64,
    /// How far ahead kept margin is counted.
    pub value_horizon_days: f64,
    /// Net gain for budgets from nothing to everybody, ascending in spend.
    pub frontier: Vec<FrontierPoint>,
    /// The list, best net value first. The page shows the first twenty.
    pub top: Vec<Action>,
    /// Files that hold the whole list, such as `actions.xlsx`.
    pub list_files: Vec<String>,
}

impl Actions {
    /// What the best budget would bring, where this one pays for nobody.
    pub fn out_of_reach(&self) -> Option<f64> {
        let nets = self.frontier.iter().map(|point| point.net.value);
        let best = nets.reduce(f64::max);
        best.filter(|net| self.chosen == 0 && *net > 0.0)
    }
}

/// How far the comparison with the hold-out reaches.
#[derive(Debug, Clone, Copy)]
pub struct HoldOutTest {
    /// Difference in the share lost that the plan expects.
    pub expected: f64,
    /// The smallest difference that would be seen four times in five.
    pub detectable: f64,
}

/// One offer and what is known of it.
#[derive(Debug, Clone)]
pub struct Offer {
    /// Its name in the settings.
    pub name: String,
    /// Cost each time it is used.
    pub cost_per_use: f64,
    /// Share of those who would leave within the horizon that it keeps.
    pub effect: Estimate,
    /// Whether the effect was measured against a hold-out, or is assumed.
    pub effect_measured: bool,
    /// How long the effect is taken to last.
    pub effect_lasts_days: f64,
    /// Customers it was chosen for.
    pub chosen: u64,
    /// Their cost.
    pub spend: f64,
    /// Net gain expected from them.
    pub expected_net: Estimate,
}

/// What one budget would bring.
#[derive(Debug, Clone)]
pub struct FrontierPoint {
    /// Money spent.
    pub spend: f64,
    /// Expected margin kept less the spend.
    pub net: Estimate,
    /// Customers reached.
    pub customers: u64,
}

/// What to do about one customer.
#[derive(Debug, Clone)]
pub struct Action {
    /// The business's own identifier.
    pub customer: String,
    /// The offer's name.
    pub offer: String,
    /// The channel, if the settings name one.
    pub channel: Option<String>,
    /// Churn probability if nothing is done.
    pub churn_probability: f64,
    /// What the customer is worth at margin over the value horizon.
    pub value: f64,
    /// Cost if the offer is used.
    pub cost: f64,
    /// Expected margin kept less the cost.
    pub net: f64,
    /// Why this customer and this offer: one sentence in each language.
    pub why: Text,
}
