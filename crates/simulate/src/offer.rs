//! The offers of the shop and how each customer would answer them.

use crate::customer::{Rhythm, STORE, Traits};
use crate::random::{Purpose, Random};

/// An offer of the simulated shop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SimulatedOffer {
    /// Its name in settings and tables.
    pub name: &'static str,
    /// What it costs per customer contacted, in hundredths, before the price factor.
    pub cost_cents: i64,
    /// For how many days its effect lasts.
    pub effect_lasts_days: u32,
}

/// The offers, in order: voucher, free delivery, call.
pub const OFFERS: [SimulatedOffer; 3] = [
    SimulatedOffer {
        name: "voucher",
        cost_cents: 500,
        effect_lasts_days: 90,
    },
    SimulatedOffer {
        name: "free_delivery",
        cost_cents: 250,
        effect_lasts_days: 60,
    },
    SimulatedOffer {
        name: "call",
        cost_cents: 1_200,
        effect_lasts_days: 180,
    },
];

/// How a customer would answer an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Response {
    /// The offer lowers the hazard of leaving to 0.3 of what it was.
    Persuadable,
    /// The offer changes nothing.
    Unmoved,
    /// The offer doubles the hazard: better left alone.
    SleepingDog,
}

impl Response {
    /// What the hazard of leaving is multiplied by while the effect lasts.
    pub fn hazard_factor(self) -> f64 {
        match self {
            Response::Persuadable => 0.3,
            Response::Unmoved => 1.0,
            Response::SleepingDog => 2.0,
        }
    }
}

/// How one customer would answer each offer.
///
/// Persuadable: by a voucher 10 % of those to whom prices do not matter up to
/// 45 % of those to whom they do; by free delivery 5 % of store customers and
/// 30 % of the others; by a call 30 % of frequent customers and 12 % of the
/// others. Sleeping dogs: 4 %, 2 % and 12 %.
pub(crate) fn responses(
    seed: u64,
    customer: u64,
    traits: &Traits,
    rhythm: &Rhythm,
) -> [Response; OFFERS.len()] {
    let chances = [
        (0.10 + 0.35 * traits.price_sensitivity, 0.04),
        (if traits.channel == STORE { 0.05 } else { 0.30 }, 0.02),
        (if rhythm.rate_factor > 1.0 { 0.30 } else { 0.12 }, 0.12),
    ];
    let mut random = Random::keyed(seed, Purpose::Response, customer, 0);
    chances.map(|(persuadable, sleeping_dog)| {
        let draw = random.uniform();
        if draw < persuadable {
            Response::Persuadable
        } else if draw < persuadable + sleeping_dog {
            Response::SleepingDog
        } else {
            Response::Unmoved
        }
    })
}
