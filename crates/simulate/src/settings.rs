//! What a simulated shop is made from, with defaults and limits.

use crate::calendar::DAY_US;
use crate::error::Error;

/// Most customers of one shop.
pub const CUSTOMERS_MAX: u64 = 100_000_000;
/// Longest period in days (a hundred years).
pub const DAYS_MAX: u32 = 36_525;
/// Most products of one shop.
pub const PRODUCTS_MAX: u32 = 1_000_000;

/// The settings of a shop. The same settings give the same rows.
#[derive(Debug, Clone, PartialEq)]
pub struct ShopSettings {
    /// Customers who exist within the period, 1 to 100,000,000.
    pub customers: u64,
    /// Seed of every draw.
    pub seed: u64,
    /// First moment of the period, UTC microseconds: a midnight of the shop's clock.
    pub start_us: i64,
    /// Length of the period in days, 1 to 36,525.
    pub days: u32,
    /// Mean number of order lines a customer buys within the period, returns
    /// not counted, 1.5 to 2,000. The rate of orders is set to meet it.
    pub order_lines_per_customer_mean: f64,
    /// Products in the catalogue, 8 to 1,000,000. A basket holds a quarter of
    /// them at most, so a tiny catalogue sells fewer lines than asked for.
    pub products: u32,
    /// Currency of every price, three capital letters.
    pub currency: String,
    /// What the catalogue's prices (made for pounds or euros) are multiplied
    /// by, 0.01 to 10,000; about 9 suits yuan.
    pub price_factor: f64,
    /// The shop's clock: minutes ahead of UTC, -840 to 840, the same all year.
    pub utc_offset_minutes: i32,
    /// Share of customers who were customers before the period, 0 to 1; the
    /// others arrive within it.
    pub share_at_start: f64,
    /// Growth of arrivals per year, as a share of the first day's, 0 to 10.
    pub arrival_growth_per_year: f64,
    /// Median hazard of leaving per year, newcomers and incidents apart, 0 to 50.
    pub leaving_per_year: f64,
    /// Share of orders of which something is returned, incidents apart, 0 to 0.4.
    pub return_share: f64,
    /// Height of the yearly wave as a share of its mean, 0 to 0.9.
    pub season_amplitude: f64,
    /// How many times busier the first 23 days of December are, 0.1 to 10.
    pub december_peak: f64,
    /// Incidents per year, 0 to 12; at most 32 in all.
    pub incidents_per_year: f64,
}

impl Default for ShopSettings {
    /// Ten thousand customers over two years from 2023-01-01, about twenty
    /// order lines each, in pounds, at UTC.
    fn default() -> ShopSettings {
        ShopSettings {
            customers: 10_000,
            seed: 1,
            start_us: 1_672_531_200_000_000,
            days: 730,
            order_lines_per_customer_mean: 20.0,
            products: 1_000,
            currency: "GBP".to_owned(),
            price_factor: 1.0,
            utc_offset_minutes: 0,
            share_at_start: 0.35,
            arrival_growth_per_year: 0.2,
            leaving_per_year: 0.35,
            return_share: 0.05,
            season_amplitude: 0.15,
            december_peak: 1.8,
            incidents_per_year: 3.0,
        }
    }
}

impl ShopSettings {
    /// Checks every setting against its range.
    ///
    /// # Errors
    /// The first setting that is out of range, a start that is not a local
    /// midnight, a currency that is not three capital letters.
    pub fn check(&self) -> Result<(), Error> {
        let within = |name, found: f64, low: f64, high: f64| {
            if (low..=high).contains(&found) {
                Ok(())
            } else {
                Err(Error::Setting {
                    name,
                    found,
                    low,
                    high,
                })
            }
        };
        within(
            "customers",
            self.customers as f64,
            1.0,
            CUSTOMERS_MAX as f64,
        )?;
        // Years 1 to 9999, so that every calendar and table can hold the times.
        within(
            "start_us",
            self.start_us as f64,
            -62_135_596_800e6,
            250_000_000_000e6,
        )?;
        within("days", f64::from(self.days), 1.0, f64::from(DAYS_MAX))?;
        let lines = self.order_lines_per_customer_mean;
        within("order_lines_per_customer_mean", lines, 1.5, 2_000.0)?;
        within(
            "products",
            f64::from(self.products),
            8.0,
            f64::from(PRODUCTS_MAX),
        )?;
        within("price_factor", self.price_factor, 0.01, 10_000.0)?;
        within(
            "utc_offset_minutes",
            f64::from(self.utc_offset_minutes),
            -840.0,
            840.0,
        )?;
        within("share_at_start", self.share_at_start, 0.0, 1.0)?;
        within(
            "arrival_growth_per_year",
            self.arrival_growth_per_year,
            0.0,
            10.0,
        )?;
        within("leaving_per_year", self.leaving_per_year, 0.0, 50.0)?;
        within("return_share", self.return_share, 0.0, 0.4)?;
        within("season_amplitude", self.season_amplitude, 0.0, 0.9)?;
        within("december_peak", self.december_peak, 0.1, 10.0)?;
        within("incidents_per_year", self.incidents_per_year, 0.0, 12.0)?;
        let local_us = self.start_us + i64::from(self.utc_offset_minutes) * 60_000_000;
        if local_us.rem_euclid(DAY_US) != 0 {
            return Err(Error::StartNotMidnight {
                start_us: self.start_us,
                utc_offset_minutes: self.utc_offset_minutes,
            });
        }
        let currency = self.currency.as_bytes();
        if currency.len() != 3 || !currency.iter().all(u8::is_ascii_uppercase) {
            return Err(Error::Currency {
                found: self.currency.clone(),
            });
        }
        Ok(())
    }

    /// Mean number of lines in an order: small where few lines are asked for,
    /// so that customers still come more than once.
    pub(crate) fn lines_per_order_mean(&self) -> f64 {
        (self.order_lines_per_customer_mean / 6.0).clamp(1.0, 2.8)
    }
}
