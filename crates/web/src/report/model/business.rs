//! The business and what its customers are worth.

use jiff::civil::Date;

use super::{Estimate, Part};
use crate::language::Text;

/// How the business went.
#[derive(Debug, Clone)]
pub struct Business {
    /// Calendar months, oldest first, without gaps.
    pub months: Vec<Month>,
    /// Retention rate of the period.
    pub retention: Part<Retention>,
}

/// One calendar month in the business's time zone.
#[derive(Debug, Clone)]
pub struct Month {
    /// First day of the month.
    pub first_day: Date,
    /// Customers with at least one purchase, or event; with contracts, those
    /// under contract at the month's end, or at the as-of moment where that
    /// is earlier ([`super::Activity`]).
    pub buyers: u64,
    /// There for the first time ever.
    pub new: u64,
    /// Came back after a silence, or an ended contract, that counts as lost
    /// ([`super::LostDefinition`]).
    pub came_back: u64,
    /// Customers whose contracts ended in the month without renewal; `None`
    /// where customers have none. Under contract at the end = at the start +
    /// new + came back - ended.
    pub ended: Option<u64>,
    /// Orders (returns are not orders), events, or contracts begun.
    pub orders: u64,
    /// Sales less returns, in the report's currency, rows without a customer
    /// included; `None` without amounts.
    pub net_revenue: Option<f64>,
    /// False where the data do not cover the whole month: it is hatched.
    pub complete: bool,
}

/// Retention of one period: `(at the end - new - came back) / at the start`.
#[derive(Debug, Clone)]
pub struct Retention {
    /// First day of the period.
    pub from: Date,
    /// Day after the last day of the period.
    pub until: Date,
    /// Customers at the start: bought within `window_days` before `from`, or
    /// under contract on that day.
    pub at_start: u64,
    /// Of these, still customers at the end: bought within the period, or
    /// still under contract, renewals within the period included.
    pub kept: u64,
    /// First purchase, or contract, ever within the period.
    pub new: u64,
    /// Lost before the period, bought again within it, or under contract
    /// again.
    pub came_back: u64,
    /// Length of the window that makes somebody a customer; with contracts
    /// the length of the period, and no window.
    pub window_days: f64,
    /// `kept / at_start`, with its interval.
    pub rate: Estimate,
    /// The same rate one year (or period) earlier, if the data reach so far.
    pub rate_before: Option<Estimate>,
}

/// What customers are worth.
#[derive(Debug, Clone)]
pub struct Value {
    /// Share of revenue that is margin.
    pub margin_share: f64,
    /// How far ahead value is counted.
    pub horizon_days: f64,
    /// Interest rate per year that later money is discounted with.
    pub discount_rate_per_year: f64,
    /// Customers these figures are about.
    pub customers: u64,
    /// Margin earned up to the as-of moment, all customers together; not a
    /// number where nobody knows.
    pub historic_total: Estimate,
    /// The same per customer.
    pub historic_mean: Estimate,
    /// Customer lifetime value by each formula.
    pub lifetime: Vec<LifetimeValue>,
    /// How value is spread: (share of customers, richest first; share of
    /// value), ascending, both ending at 1.
    pub concentration: Option<Vec<(f64, f64)>>,
}

/// Customer lifetime value by one formula.
#[derive(Debug, Clone)]
pub struct LifetimeValue {
    /// The formula.
    pub formula: LifetimeFormula,
    /// Per customer.
    pub mean: Estimate,
    /// All customers together.
    pub total: Estimate,
    /// Whether this one is used for the margin at stake.
    pub used: bool,
}

/// The formulas for customer lifetime value, by name.
#[derive(Debug, Clone, PartialEq)]
pub enum LifetimeFormula {
    /// Plain sum: each period discounted, one period's retention in each.
    PlainSum,
    /// Compounding survival, paid at the end of each period.
    CompoundingInArrears,
    /// Compounding survival, paid at the start of each period.
    CompoundingInAdvance,
    /// BG/NBD for purchases with Gamma-Gamma for amounts.
    BgNbdGammaGamma,
    /// Pareto/NBD for purchases with Gamma-Gamma for amounts.
    ParetoNbdGammaGamma,
    /// Any other: its name in both languages.
    Other(Text),
}
