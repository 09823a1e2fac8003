//! The plain formulas of value, by name: what customers were worth, what they
//! may be worth, the retention rate of a period and the benefit of an offer.
//!
//! These are the textbook formulas with their conditions spelled out, so that a
//! report can print the formula beside the number. Models that learn value from
//! histories (BG/NBD, Gamma-Gamma, sBG) live elsewhere.
//!
//! | module | holds |
//! | --- | --- |
//! | [`clv`] | customer lifetime value as a plain sum and with survival compounded |
//! | [`rates`] | periods with their unit, churn and discount rates from one period to another |
//! | [`retention`] | the retention rate of a period, with its interval |
//! | [`offer`] | the benefit of an offer: one year, one year on survival value, lasting |
//! | [`historic`] | what customers have brought, at margin |

pub mod clv;
mod error;
pub mod historic;
pub mod offer;
pub mod rates;
pub mod retention;

pub use clv::{
    ClvComparison, Timing, churn_per_period_from_cumulative, clv_plain_forever, clv_plain_sum,
    clv_plain_sum_constant, clv_survival_forever, clv_survival_sum, clv_survival_sum_constant,
    compare_clv,
};
pub use error::Error;
pub use historic::historic_value;
pub use offer::OfferCase;
pub use rates::{
    Period, churn_probability_from_hazard, churn_probability_over, discount_factor,
    discount_rate_over, hazard_per_year, value_if_stays,
};
pub use retention::{PeriodCounts, Retention, retention_rate, wilson_interval_95};
