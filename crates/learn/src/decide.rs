//! Whom to offer what, under a budget, and whom to leave alone on purpose.
//!
//! For customer i and offer j the expected net is
//! `p_i * effect_j * v_i - cost_j`: the probability of leaving, times the share
//! of those who would leave that the offer keeps, times the value kept, less
//! the cost. **The cost is charged for everyone who is contacted**, not only
//! for those who use the offer: cautious, and right for vouchers that the
//! faithful redeem too.
//!
//! At most one offer a customer, total net as large as possible, total cost at
//! most the budget: a multiple-choice knapsack, solved by a Lagrangian (Everett
//! 1963; Sinha and Zoltners 1979): at a price lambda of budget money everybody
//! gets `argmax_j (net_ij - lambda cost_j)`, lambda is found by bisection, and
//! what is left of the budget is filled greedily. [`Plan::dual_bound`] is an
//! upper bound of what any plan could bring, so that the reader sees how little
//! is left on the table.
//!
//! | module | holds |
//! | --- | --- |
//! | [`problem`] | what is given: customers, offers, their checks |
//! | [`plan`] | the best plan under a budget |
//! | [`frontier`] | what more or less budget would bring |
//! | [`hold_out`] | customers set aside by a sticky hash, before any budget is spent |

mod error;
pub mod frontier;
pub mod hold_out;
pub mod plan;
pub mod problem;

pub use error::Error;
pub use frontier::{FrontierPoint, frontier};
pub use hold_out::{Arm, Assignment, assign, assign_customer, detectable_difference};
pub use plan::{OfferTotal, Plan, choose};
pub use problem::{Customers, Offer};

#[cfg(test)]
mod tests;
