//! A shop with known truth: customers, what they buy and when, why they leave,
//! and how each would answer each offer; and, in [`people`], a table of people in
//! which it is known which records are of one person.
//!
//! It exists so that the rest can be checked: a churn probability against the
//! true one, a plan against what the offers really do, a pipeline at ten million
//! customers without ten million customers.
//!
//! ```
//! use perennial_simulate::{Shop, ShopSettings};
//!
//! let settings = ShopSettings { customers: 1_000, seed: 7, ..ShopSettings::default() };
//! let shop = Shop::new(settings)?;
//! let mut rows = 0;
//! shop.for_each_batch(|batch| {
//!     rows += batch.len();
//!     Ok::<(), std::convert::Infallible>(())
//! })
//! .unwrap_or_else(|never| match never {});
//! assert!(rows > 10_000);
//! let truth = shop.truth(42)?;
//! let in_a_year = shop.start_us() + 365 * 86_400_000_000;
//! if let Some(p) = truth.leaving_probability(in_a_year, 90.0) {
//!     assert!((0.0..=1.0).contains(&p));
//! }
//! # Ok::<(), perennial_simulate::Error>(())
//! ```
//!
//! # The model
//!
//! - **Habits.** A customer's orders are a renewal process with gamma-distributed
//!   gaps: some are regular (shape 2 to 8), some Poisson (shape 1). Rates differ
//!   between customers by a gamma distribution. [`Truth::orders_per_year`] and
//!   [`Truth::gap_shape`] tell.
//! - **Seasons.** The process runs in the shop's own time, which runs faster in
//!   December, on Saturdays and in the evening ([`Shop::season_days`]).
//! - **Tastes.** Products follow Zipf's law; each customer has favourite
//!   products, a favourite group, a price level, a basket size.
//! - **Leaving.** A hidden time drawn from the customer's own hazard
//!   ([`Truth::leaving_probability`]); after it no purchase ever, though a return may still come.
//!   It does not depend on the drawn orders, so the probability of leaving is
//!   known in closed form.
//! - **Incidents.** A bad delivery, a stock-out or a price rise on dated days
//!   raises the hazard of those touched and leaves its mark in the data.
//! - **Offers.** Each customer is persuadable by an offer, unmoved, or a sleeping
//!   dog; an offer changes the hazard while its effect lasts.
//!
//! # Size and order
//!
//! Rows come in time order, a block of days at a time, as plain columns of at
//! most 65,536 rows. A customer's state between blocks is 40 bytes and an order
//! waiting in its block is 16; lines are drawn when they are handed out. Every
//! draw is keyed by (seed, customer, order), so the rows depend neither on the
//! length of blocks nor on anything drawn before them.

mod calendar;
mod catalogue;
mod customer;
mod error;
mod incident;
mod leaving;
mod lines;
mod names;
mod offer;
mod orders;
pub mod people;
mod random;
mod settings;
mod shop;
mod stream;
mod truth;

pub use catalogue::GROUPS;
pub use customer::{CHANNELS, COUNTRIES};
pub use error::Error;
pub use incident::{Incident, IncidentKind};
pub use names::{
    Language, channel_name, country_code, country_name, customer_code, group_name, order_code,
    product_code, product_name,
};
pub use offer::{OFFERS, Response, SimulatedOffer};
pub use settings::{CUSTOMERS_MAX, DAYS_MAX, PRODUCTS_MAX, ShopSettings};
pub use shop::Shop;
pub use stream::{BATCH_ROWS_MAX, OrderLineBatch, Progress, StreamOptions, StreamTotals};
pub use truth::Truth;

#[cfg(test)]
mod tests;
