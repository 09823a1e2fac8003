//! Who a customer is: traits and rhythm, drawn from the customer's number.
//!
//! Nothing is stored: the same number gives the same person, so ten million
//! customers cost ten million small states and no table.

use crate::catalogue::GROUPS;
use crate::random::{Purpose, Random};

/// Number of sales channels: 0 web, 1 app, 2 store.
pub const CHANNELS: usize = 3;
/// Number of countries.
pub const COUNTRIES: usize = 6;

/// The store among the channels.
pub(crate) const STORE: u8 = 2;

const CHANNEL_SHARES: [f64; CHANNELS] = [0.45, 0.33, 0.22];
const COUNTRY_SHARES: [f64; COUNTRIES] = [0.52, 0.14, 0.11, 0.07, 0.10, 0.06];
/// Logarithm of the hazard factor of each channel and country.
const CHANNEL_LEAVING: [f64; CHANNELS] = [0.10, -0.15, 0.0];
const COUNTRY_LEAVING: [f64; COUNTRIES] = [0.0, -0.10, 0.10, 0.0, 0.20, 0.05];

/// Share of customers whose rhythm is Poisson.
const POISSON_SHARE: f64 = 0.4;
/// Shape of the gamma distribution of rates between customers.
const RATE_SHAPE: f64 = 1.4;

/// What a customer is like, rhythm apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Traits {
    pub country: u8,
    /// The channel most orders come through.
    pub channel: u8,
    /// The favourite group of products.
    pub group: u8,
    /// How much a price matters, 0 to 1.
    pub price_sensitivity: f64,
    /// Which of two like things is bought: -1 the cheaper, 1 the dearer.
    pub price_level: f64,
    /// Further lines in a basket against the mean, 0 to 2.
    pub basket_factor: f64,
    /// Returns against the mean, 0 to 2.
    pub return_factor: f64,
}

impl Traits {
    pub fn of(seed: u64, customer: u64) -> Traits {
        let mut random = Random::keyed(seed, Purpose::Traits, customer, 0);
        Traits {
            country: pick(&COUNTRY_SHARES, random.uniform()),
            channel: pick(&CHANNEL_SHARES, random.uniform()),
            group: random.below(GROUPS as u32) as u8,
            price_sensitivity: random.uniform(),
            price_level: random.uniform() + random.uniform() - 1.0,
            basket_factor: random.uniform() + random.uniform(),
            return_factor: 2.0 * random.uniform(),
        }
    }
}

/// How often and how regularly a customer orders.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rhythm {
    /// Rate against the mean of all customers.
    pub rate_factor: f64,
    /// Shape of the gamma-distributed gaps; 1 is Poisson.
    pub gap_shape: f64,
}

impl Rhythm {
    pub fn of(seed: u64, customer: u64) -> Rhythm {
        let mut random = Random::keyed(seed, Purpose::Rhythm, customer, 0);
        let gap_shape = if random.chance(POISSON_SHARE) {
            1.0
        } else {
            2.0 + 6.0 * random.uniform()
        };
        Rhythm {
            gap_shape,
            rate_factor: (random.gamma(RATE_SHAPE) / RATE_SHAPE).max(0.02),
        }
    }
}

/// The customer's own hazard of leaving against the median: traits, rhythm and
/// what nobody can see.
pub(crate) fn leaving_factor(seed: u64, customer: u64, traits: &Traits, rhythm: &Rhythm) -> f64 {
    let hidden = Random::keyed(seed, Purpose::Hazard, customer, 1).normal();
    let irregular = if rhythm.gap_shape == 1.0 { 0.15 } else { -0.15 };
    let log = 0.5 * hidden
        + 0.5 * (traits.price_sensitivity - 0.5)
        + CHANNEL_LEAVING[usize::from(traits.channel)]
        + COUNTRY_LEAVING[usize::from(traits.country)]
        + irregular
        - 0.2 * libm::log(rhythm.rate_factor);
    libm::exp(log)
}

fn pick(shares: &[f64], mut uniform: f64) -> u8 {
    for (index, share) in shares.iter().enumerate() {
        if uniform < *share {
            return index as u8;
        }
        uniform -= share;
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_met() {
        let n = 50_000;
        let people: Vec<Traits> = (0..n).map(|customer| Traits::of(3, customer)).collect();
        for (country, share) in COUNTRY_SHARES.iter().enumerate() {
            let count = people
                .iter()
                .filter(|p| usize::from(p.country) == country)
                .count();
            let error = 4.0 * (share * (1.0 - share) / n as f64).sqrt();
            assert!(
                (count as f64 / n as f64 - share).abs() < error,
                "country {country}"
            );
        }
        for (channel, share) in CHANNEL_SHARES.iter().enumerate() {
            let count = people
                .iter()
                .filter(|p| usize::from(p.channel) == channel)
                .count();
            let error = 4.0 * (share * (1.0 - share) / n as f64).sqrt();
            assert!(
                (count as f64 / n as f64 - share).abs() < error,
                "channel {channel}"
            );
        }
        let rates = (0..n)
            .map(|customer| Rhythm::of(3, customer).rate_factor)
            .sum::<f64>();
        assert!((rates / n as f64 - 1.0).abs() < 4.0 * (1.0 / RATE_SHAPE / n as f64).sqrt());
        let poisson = (0..n)
            .filter(|&c| Rhythm::of(3, c).gap_shape == 1.0)
            .count();
        assert!((poisson as f64 / n as f64 - POISSON_SHARE).abs() < 0.01);
    }
}
