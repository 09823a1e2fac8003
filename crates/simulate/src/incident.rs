//! Things that go wrong on dated days, whom they touch and what they leave
//! behind: a raised hazard of leaving and a mark in the data.

use crate::catalogue::GROUPS;
use crate::customer::{COUNTRIES, STORE, Traits};
use crate::random::{Purpose, Random};
use crate::settings::ShopSettings;

/// Most incidents of one shop.
const INCIDENTS_MAX: f64 = 32.0;

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IncidentKind {
    /// Parcels late or broken in one country: orders of those days that were
    /// not made in the store come back four times as often.
    BadDelivery,
    /// Half the products of one group cannot be had: others are bought instead.
    StockOut,
    /// One group costs 12 % more from that day on.
    PriceRise,
}

impl IncidentKind {
    /// The kind's name in tables.
    pub fn name(self) -> &'static str {
        match self {
            IncidentKind::BadDelivery => "bad_delivery",
            IncidentKind::StockOut => "stock_out",
            IncidentKind::PriceRise => "price_rise",
        }
    }
}

/// One incident. A customer is touched only if already a customer on its first
/// day, and then with probability [`Incident::touched_share`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Incident {
    /// What went wrong.
    pub kind: IncidentKind,
    /// First day, counted from the first day of the period.
    pub day: u32,
    /// Length in days; a price rise lasts to the end.
    pub days: u32,
    /// The country, for a bad delivery.
    pub country: Option<u8>,
    /// The product group, for a stock-out or a price rise.
    pub group: Option<u8>,
    /// Share touched of those it can touch: customers of the country who do not
    /// buy in the store; those whose favourite group it is; of these, for a
    /// price rise, the half to whom prices matter more.
    pub touched_share: f64,
    /// What the hazard of leaving of those touched is multiplied by.
    pub leaving_factor: f64,
    /// For how many days, from the incident's first.
    pub leaving_days: u32,
}

/// What a price rise multiplies prices by.
pub(crate) const PRICE_RISE: f64 = 1.12;
/// How many times as often orders come back after a bad delivery.
pub(crate) const BAD_DELIVERY_RETURNS: f64 = 4.0;

impl Incident {
    pub(crate) fn draw_all(settings: &ShopSettings) -> Vec<Incident> {
        let wanted = settings.incidents_per_year * f64::from(settings.days) / 365.25;
        let count = wanted.round().min(INCIDENTS_MAX);
        let mut random = Random::keyed(settings.seed, Purpose::Incidents, 0, 0);
        let first_kind = random.below(3);
        (0..count as u32)
            .map(|index| {
                let at = (f64::from(index) + random.uniform()) / count;
                let day = (at * f64::from(settings.days)) as u32;
                let country = Some(random.below(COUNTRIES as u32) as u8);
                let group = Some(random.below(GROUPS as u32) as u8);
                match (first_kind + index) % 3 {
                    0 => Incident {
                        kind: IncidentKind::BadDelivery,
                        days: 5,
                        country,
                        group: None,
                        touched_share: 0.5,
                        leaving_factor: 6.0,
                        leaving_days: 45,
                        day,
                    },
                    1 => Incident {
                        kind: IncidentKind::StockOut,
                        days: 14,
                        country: None,
                        group,
                        touched_share: 0.4,
                        leaving_factor: 4.0,
                        leaving_days: 60,
                        day,
                    },
                    _ => Incident {
                        kind: IncidentKind::PriceRise,
                        days: settings.days.saturating_sub(day),
                        country: None,
                        group,
                        touched_share: 0.7,
                        leaving_factor: 5.0,
                        leaving_days: 60,
                        day,
                    },
                }
            })
            .collect()
    }

    /// Whether the incident touches a customer who is one on its first day.
    pub(crate) fn touches(&self, seed: u64, index: usize, customer: u64, traits: &Traits) -> bool {
        let near = match self.kind {
            IncidentKind::BadDelivery => {
                self.country == Some(traits.country) && traits.channel != STORE
            }
            IncidentKind::StockOut => self.group == Some(traits.group),
            IncidentKind::PriceRise => {
                self.group == Some(traits.group) && traits.price_sensitivity > 0.5
            }
        };
        let mut random = Random::keyed(seed, Purpose::Touch, customer, index as u64);
        near && random.chance(self.touched_share)
    }

    pub(crate) fn is_on(&self, day: u32) -> bool {
        day >= self.day && day - self.day < self.days
    }

    /// Whether a product cannot be had while this stock-out lasts.
    pub(crate) fn takes_away(&self, product: u32) -> bool {
        self.kind == IncidentKind::StockOut
            && self.group.map(u32::from) == Some(product % GROUPS as u32)
            && (product / GROUPS as u32).is_multiple_of(2)
    }
}
