//! What a decision is made from: customers, offers, and the checks of both.
//!
//! Costs are counted in ten-thousandths of the currency, as money in tables
//! is, so that spending is exact and does not depend on the order of rows.

use super::error::Error;

/// Largest number of offers; eligibility is a 64-bit mask.
pub const OFFERS_MAX: usize = 64;
/// Largest number of customers in one plan.
pub const CUSTOMERS_MAX: usize = 200_000_000;
/// Largest cost of one use, in money.
pub const COST_MAX: f64 = 1e9;

/// Customers as columns, row by row the same customer.
#[derive(Debug, Clone, Copy)]
pub struct Customers<'a> {
    /// A stable key (the customer's id): it settles ties, so that the plan does
    /// not depend on the order of rows. Keys should be unique.
    pub key: &'a [u64],
    /// Probability of leaving within the horizon, calibrated, in [0, 1].
    pub churn_probability: &'a [f64],
    /// Its interval (low, high), where there is one; it is carried into the
    /// interval of the net and does not change the choice.
    pub churn_interval: Option<(&'a [f64], &'a [f64])>,
    /// Value kept if the customer stays: money at margin, discounted over the
    /// time the effect lasts (`value::value_if_stays`); times
    /// [`Offer::value_factor`].
    pub value_kept: &'a [f64],
    /// Share of those who would leave that an offer keeps, by customer and
    /// offer, row-major (`row * offers + offer`), where it is known better than
    /// [`Offer::assumed_effect`]; in [-1, 1], negative where the offer drives
    /// the customer away.
    pub effect: Option<&'a [f64]>,
    /// Which offers a customer may get: bit j for offer j. None: all.
    pub eligible: Option<&'a [u64]>,
    /// Who is left alone on purpose (see [`super::hold_out`]). None: nobody.
    pub held_out: Option<&'a [bool]>,
}

/// One offer with its cost and what is assumed of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Offer {
    /// Money it costs per customer contacted; rounded to 0.0001.
    pub cost_per_use: f64,
    /// Share of those who would leave within the horizon that it keeps, in
    /// [0, 1]: assumed, until an experiment has measured it.
    pub assumed_effect: f64,
    /// What a customer's `value_kept` is multiplied by for this offer: 1 where
    /// `value_kept` is already what this offer keeps; the discounted years its
    /// effect lasts where `value_kept` is money per year.
    pub value_factor: f64,
}

impl Offer {
    /// An offer whose `value_factor` is 1.
    pub fn new(cost_per_use: f64, assumed_effect: f64) -> Offer {
        Offer {
            cost_per_use,
            assumed_effect,
            value_factor: 1.0,
        }
    }
}

/// Ten-thousandths in one unit of money.
const UNITS: f64 = 10_000.0;

/// A checked problem with costs in units.
pub(super) struct Problem<'a> {
    pub customers: &'a Customers<'a>,
    pub offers: &'a [Offer],
    /// Cost per use in ten-thousandths.
    pub cost_units: Vec<u64>,
    /// The same cost in money.
    pub cost: Vec<f64>,
}

/// No offer, as an index.
pub(super) const NONE: u8 = u8::MAX;

impl<'a> Problem<'a> {
    pub fn new(customers: &'a Customers<'a>, offers: &'a [Offer]) -> Result<Problem<'a>, Error> {
        check_offers(offers)?;
        check_lengths(customers, offers.len())?;
        check_rows(customers)?;
        let cost_units: Vec<u64> = offers
            .iter()
            .map(|offer| (offer.cost_per_use * UNITS).round() as u64)
            .collect();
        let cost = cost_units
            .iter()
            .map(|&units| money(u128::from(units)))
            .collect();
        Ok(Problem {
            customers,
            offers,
            cost_units,
            cost,
        })
    }

    pub fn rows(&self) -> usize {
        self.customers.key.len()
    }

    pub fn is_held_out(&self, row: usize) -> bool {
        self.customers
            .held_out
            .is_some_and(|held_out| held_out[row])
    }

    pub fn is_eligible(&self, row: usize, offer: usize) -> bool {
        self.customers
            .eligible
            .is_none_or(|mask| mask[row] >> offer & 1 == 1)
    }

    /// Expected gain before cost at churn probability `p`.
    pub fn gross_at(&self, p: f64, row: usize, offer: usize) -> f64 {
        let given = &self.offers[offer];
        let effect = match self.customers.effect {
            Some(effect) => effect[row * self.offers.len() + offer],
            None => given.assumed_effect,
        };
        p * effect * self.customers.value_kept[row] * given.value_factor
    }

    /// Expected net of an offer: p * effect * v - cost.
    pub fn net(&self, row: usize, offer: usize) -> f64 {
        self.gross_at(self.customers.churn_probability[row], row, offer) - self.cost[offer]
    }

    /// The offer with the largest `net - lambda cost` above zero; ties go to
    /// the cheaper, then to the first.
    pub fn best_at(&self, row: usize, lambda: f64) -> u8 {
        let mut best = NONE;
        let mut best_value = 0.0;
        let mut best_units = u64::MAX;
        for offer in 0..self.offers.len() {
            if !self.is_eligible(row, offer) {
                continue;
            }
            let value = self.net(row, offer) - lambda * self.cost[offer];
            let units = self.cost_units[offer];
            if value > best_value || (value == best_value && best != NONE && units < best_units) {
                (best, best_value, best_units) = (offer as u8, value, units);
            }
        }
        best
    }

    pub fn units_of(&self, offer: u8) -> u64 {
        if offer == NONE {
            0
        } else {
            self.cost_units[usize::from(offer)]
        }
    }

    pub fn net_of(&self, row: usize, offer: u8) -> f64 {
        if offer == NONE {
            0.0
        } else {
            self.net(row, usize::from(offer))
        }
    }
}

/// Units back as money.
pub(super) fn money(units: u128) -> f64 {
    units as f64 / UNITS
}

/// A budget as units; a rounding error of the caller's arithmetic is forgiven.
pub(super) fn budget_units(budget: f64) -> Result<u128, Error> {
    if budget.is_finite() && budget > 0.0 {
        Ok((budget * UNITS + 1e-6).floor() as u128)
    } else {
        Err(Error::Budget { found: budget })
    }
}

fn check_offers(offers: &[Offer]) -> Result<(), Error> {
    if offers.is_empty() || offers.len() > OFFERS_MAX {
        return Err(Error::Count {
            name: "offers",
            found: offers.len(),
            low: 1,
            high: OFFERS_MAX,
        });
    }
    for (index, offer) in offers.iter().enumerate() {
        let within = |name, value: f64, low: f64, high: f64, range| {
            if (low..=high).contains(&value) {
                Ok(())
            } else {
                Err(Error::Offer {
                    offer: index,
                    name,
                    value,
                    range,
                })
            }
        };
        within(
            "cost_per_use",
            offer.cost_per_use,
            0.0,
            COST_MAX,
            "between 0 and 1e9",
        )?;
        within(
            "assumed_effect",
            offer.assumed_effect,
            0.0,
            1.0,
            "between 0 and 1",
        )?;
        within(
            "value_factor",
            offer.value_factor,
            0.0,
            1e6,
            "between 0 and 1e6",
        )?;
    }
    Ok(())
}

fn check_lengths(customers: &Customers<'_>, offers: usize) -> Result<(), Error> {
    let rows = customers.key.len();
    if rows > CUSTOMERS_MAX {
        return Err(Error::Count {
            name: "customers",
            found: rows,
            low: 0,
            high: CUSTOMERS_MAX,
        });
    }
    let same = |name, found: usize, expected: usize| {
        if found == expected {
            Ok(())
        } else {
            Err(Error::Length {
                name,
                found,
                expected,
            })
        }
    };
    same("churn_probability", customers.churn_probability.len(), rows)?;
    same("value_kept", customers.value_kept.len(), rows)?;
    if let Some((low, high)) = customers.churn_interval {
        same("churn_interval low", low.len(), rows)?;
        same("churn_interval high", high.len(), rows)?;
    }
    if let Some(effect) = customers.effect {
        same("effect", effect.len(), rows * offers)?;
    }
    if let Some(eligible) = customers.eligible {
        same("eligible", eligible.len(), rows)?;
    }
    if let Some(held_out) = customers.held_out {
        same("held_out", held_out.len(), rows)?;
    }
    Ok(())
}

fn check_rows(customers: &Customers<'_>) -> Result<(), Error> {
    let within = |name, column: &[f64], width: usize, low: f64, high: f64, range| match column
        .iter()
        .position(|value| !(low..=high).contains(value))
    {
        None => Ok(()),
        Some(at) => Err(Error::Customer {
            row: at / width.max(1),
            name,
            value: column[at],
            range,
        }),
    };
    let share = "between 0 and 1";
    within(
        "churn_probability",
        customers.churn_probability,
        1,
        0.0,
        1.0,
        share,
    )?;
    if let Some((low, high)) = customers.churn_interval {
        within("churn_interval low", low, 1, 0.0, 1.0, share)?;
        within("churn_interval high", high, 1, 0.0, 1.0, share)?;
    }
    within(
        "value_kept",
        customers.value_kept,
        1,
        -1e12,
        1e12,
        "between -1e12 and 1e12",
    )?;
    if let Some(effect) = customers.effect {
        let width = effect.len() / customers.key.len().max(1);
        within("effect", effect, width, -1.0, 1.0, "between -1 and 1")?;
    }
    Ok(())
}
