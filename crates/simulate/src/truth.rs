//! What is true of a customer and what no business ever knows: when they left,
//! how likely it was, and what an offer would have done.

use crate::calendar::DAY_US;
use crate::error::Error;
use crate::leaving::{Hazard, Window};
use crate::offer::{OFFERS, Response};
use crate::shop::{Life, moment_us};

/// The truth about one customer.
#[derive(Debug, Clone, PartialEq)]
pub struct Truth {
    /// The customer's number.
    pub customer: u64,
    /// When they joined, UTC microseconds: their first order, or a moment
    /// before the period.
    pub joined_us: i64,
    /// Whether they were customers before the period began.
    pub was_customer_at_start: bool,
    /// When they left, UTC microseconds; none if they were still there at the
    /// end. From this moment on they buy nothing.
    pub left_us: Option<i64>,
    /// Orders per year while a customer, at the season's mean.
    pub orders_per_year: f64,
    /// Shape of the gamma-distributed gaps between orders (in season time): 1
    /// is Poisson, more is more regular.
    pub gap_shape: f64,
    /// The country's number ([`country_code`](crate::country_code)).
    pub country: u8,
    /// The channel most orders come through ([`channel_name`](crate::channel_name)).
    pub channel: u8,
    /// The favourite group of products.
    pub favourite_group: u8,
    /// How much a price matters, 0 to 1.
    pub price_sensitivity: f64,
    /// How they would answer each of [`OFFERS`].
    pub responses: [Response; OFFERS.len()],
    /// Bit i: incident i of [`Shop::incidents`](crate::Shop::incidents) touched them.
    pub touched_by_incidents: u32,
    start_us: i64,
    end_us: i64,
    leave_us: i64,
    exposure: f64,
    hazard_from_days: f64,
    hazard: Hazard,
}

impl Truth {
    pub(crate) fn new(
        customer: u64,
        start_us: i64,
        end_us: i64,
        life: Life,
        responses: [Response; OFFERS.len()],
    ) -> Truth {
        let leave_us = life.state.leave_us;
        Truth {
            customer,
            joined_us: life.joined_us,
            was_customer_at_start: life.was_customer_at_start,
            left_us: (leave_us < end_us).then_some(leave_us),
            orders_per_year: 365.25 / f64::from(life.state.gap_mean),
            gap_shape: f64::from(life.state.gap_shape),
            country: life.traits.country,
            channel: life.traits.channel,
            favourite_group: life.traits.group,
            price_sensitivity: life.traits.price_sensitivity,
            responses,
            touched_by_incidents: life.touched,
            start_us,
            end_us,
            leave_us,
            exposure: life.exposure,
            hazard_from_days: life.hazard_from_days,
            hazard: life.hazard,
        }
    }

    /// Whether they have joined and not left at a moment of the period.
    pub fn is_customer_at(&self, at_us: i64) -> bool {
        self.joined_us <= at_us && at_us < self.leave_us && at_us >= self.start_us
    }

    /// Hazard of leaving per year at a moment; none before joining, after
    /// leaving, and before the period.
    pub fn leaving_hazard_per_year(&self, at_us: i64) -> Option<f64> {
        self.is_customer_at(at_us)
            .then(|| self.hazard.at(self.days(at_us)) * 365.25)
    }

    /// Probability of leaving within `horizon_days` after a moment, for one who
    /// is a customer then; none for one who is not. It knows the incidents to
    /// come, as no model can.
    pub fn leaving_probability(&self, at_us: i64, horizon_days: f64) -> Option<f64> {
        self.probability(&self.hazard, at_us, horizon_days)
    }

    /// The same if an offer is made at that moment.
    ///
    /// # Errors
    /// An offer number that does not exist.
    pub fn leaving_probability_with_offer(
        &self,
        offer: usize,
        at_us: i64,
        horizon_days: f64,
    ) -> Result<Option<f64>, Error> {
        let hazard = self.hazard_with_offer(offer, at_us)?;
        Ok(self.probability(&hazard, at_us, horizon_days))
    }

    /// What an offer at that moment does to the probability of staying:
    /// probability of leaving without it less the probability with it.
    ///
    /// # Errors
    /// An offer number that does not exist.
    pub fn uplift(
        &self,
        offer: usize,
        at_us: i64,
        horizon_days: f64,
    ) -> Result<Option<f64>, Error> {
        let with = self.leaving_probability_with_offer(offer, at_us, horizon_days)?;
        let without = self.leaving_probability(at_us, horizon_days);
        Ok(without.zip(with).map(|(without, with)| without - with))
    }

    /// When the same person would have left had an offer been made at that
    /// moment; none if they would still be there at the end. An offer before
    /// joining or after leaving changes nothing.
    ///
    /// # Errors
    /// An offer number that does not exist.
    pub fn left_us_with_offer(&self, offer: usize, at_us: i64) -> Result<Option<i64>, Error> {
        let hazard = self.hazard_with_offer(offer, at_us)?;
        if !self.is_customer_at(at_us) {
            return Ok(self.left_us);
        }
        let days = hazard.reaches(self.exposure, self.hazard_from_days);
        let leave_us = moment_us(self.start_us, days).max(at_us);
        Ok((leave_us < self.end_us).then_some(leave_us))
    }

    fn hazard_with_offer(&self, offer: usize, at_us: i64) -> Result<Hazard, Error> {
        let unknown = Error::NoSuchOffer {
            offer,
            offers: OFFERS.len(),
        };
        let (given, response) = OFFERS
            .get(offer)
            .zip(self.responses.get(offer))
            .ok_or(unknown)?;
        if *response == Response::Unmoved {
            // Nothing changes, not even by rounding.
            return Ok(self.hazard.clone());
        }
        let from = self.days(at_us);
        let to = from + f64::from(given.effect_lasts_days);
        Ok(self.hazard.with(Window {
            from,
            to,
            factor: response.hazard_factor(),
        }))
    }

    fn probability(&self, hazard: &Hazard, at_us: i64, horizon_days: f64) -> Option<f64> {
        let from = self.days(at_us);
        self.is_customer_at(at_us)
            .then(|| -libm::expm1(-hazard.between(from, from + horizon_days.clamp(0.0, 1e7))))
    }

    fn days(&self, at_us: i64) -> f64 {
        at_us.saturating_sub(self.start_us) as f64 / DAY_US as f64
    }
}
