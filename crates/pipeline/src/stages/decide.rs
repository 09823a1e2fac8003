//! What to do about each customer: the hold-out set aside, the best offer under
//! the budget, and why.

use std::collections::BTreeMap;

use perennial_lake::tables::write_table;
use perennial_learn::decide::{Arm, Assignment, Customers, Offer, Plan, assign, choose, frontier};
use perennial_learn::value::{Period, value_if_stays};
use serde::{Deserialize, Serialize};

use super::features;
use super::people::{Basis, People, YEAR_DAYS, read_people};
use super::words::{self, LostBy};
use crate::columns::Columns;
use crate::settings::Part;
use crate::stage::{Done, Output, Run, key_of};
use crate::{Error, Result};

/// Points of the spend-to-gain curve.
const FRONTIER_POINTS: usize = 24;
/// What the sticky draw of the hold-out is salted with, beside the seed.
const HOLD_OUT_SALT: &str = "hold-out";

/// Totals for the report.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Notes {
    pub considered: u64,
    /// Not considered because they are lost already.
    #[serde(default)]
    pub lost_already: u64,
    pub chosen: u64,
    pub held_out: u64,
    /// Of those held out, how many would have got an offer.
    pub held_out_intended: u64,
    pub spend: f64,
    pub net: f64,
    pub net_low: f64,
    pub net_high: f64,
    pub dual_bound: f64,
    pub budget_price: f64,
    pub baseline_churn: f64,
    pub offers: Vec<OfferNotes>,
    /// (spend, net, customers), ascending.
    pub frontier: Vec<(f64, f64, u64)>,
    /// Why there is no decision, where there is none.
    pub none_because: Option<String>,
}

/// One offer's part of the plan.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct OfferNotes {
    pub name: String,
    pub cost_per_use: f64,
    pub assumed_effect: f64,
    pub effect_lasts_days: f64,
    pub chosen: u64,
    pub spend: f64,
    pub net: f64,
}

/// Runs the stage.
pub(crate) async fn run(run: &Run<'_>, basis: &Basis<'_>, value: &Done) -> Result<Done> {
    let settings =
        run.project
            .settings
            .hash_of(&[Part::Value, Part::Offers, Part::Policy, Part::Project]);
    let key = key_of("decide", &[&value.key, settings.to_hex().as_str()]);
    run.stage("decide", &key, async || {
        let people = read_people(run, basis).await?;
        let notes = basis.feature_notes()?;
        let decided = Decided::new(run, &people)?;
        let version = decided.write(run, &people, notes.as_ref()).await?;
        Output::new(
            BTreeMap::from([("decisions".to_owned(), version)]),
            &decided.notes(run, &people),
        )
    })
    .await
}

struct Decided {
    arms: Vec<Assignment>,
    held_out: Vec<bool>,
    /// Customers whose value is known; the others get no offer.
    known: Vec<bool>,
    /// Those of them who can be kept: not lost already.
    candidate: Vec<bool>,
    plan: Option<Plan>,
    frontier: Vec<(f64, f64, u64)>,
    none_because: Option<String>,
}

impl Decided {
    fn new(run: &Run<'_>, people: &People) -> Result<Self> {
        let settings = &run.project.settings;
        let share = settings.policy.hold_out.get();
        let salt = format!("{HOLD_OUT_SALT}:{}", settings.policy.seed);
        let arms = people
            .customer_id
            .iter()
            .map(|&id| assign(&salt, id, share).map_err(Error::from))
            .collect::<Result<Vec<_>>>()?;
        let held_out: Vec<bool> = arms.iter().map(|a| a.arm == Arm::HoldOut).collect();
        let known: Vec<bool> = people
            .margin_per_year
            .iter()
            .zip(&people.churn_probability)
            .map(|(m, p)| m.is_finite() && p.is_finite())
            .collect();
        let candidate: Vec<bool> = known
            .iter()
            .zip(&people.lost_already)
            .map(|(known, lost)| *known && !lost)
            .collect();
        let none_because = if settings.offers.is_empty() {
            Some("no_offers")
        } else if !candidate.contains(&true) {
            Some("no_values")
        } else {
            None
        };
        let mut decided = Self {
            arms,
            held_out,
            known,
            candidate,
            plan: None,
            frontier: Vec::new(),
            none_because: none_because.map(str::to_owned),
        };
        if decided.none_because.is_none() {
            decided.choose(run, people)?;
        }
        Ok(decided)
    }

    fn choose(&mut self, run: &Run<'_>, people: &People) -> Result<()> {
        let settings = &run.project.settings;
        let offers = offers(run)?;
        let zero_unless = |values: &[f64]| -> Vec<f64> {
            values
                .iter()
                .zip(&self.candidate)
                .map(|(v, k)| if *k { *v } else { 0.0 })
                .collect()
        };
        let key: Vec<u64> = people.customer_id.iter().map(|&id| id as u64).collect();
        let eligible: Vec<u64> = self
            .candidate
            .iter()
            .map(|k| if *k { u64::MAX } else { 0 })
            .collect();
        let churn = zero_unless(&people.churn_probability);
        let bound = |values: &[f64]| -> Vec<f64> {
            let filled = values.iter().zip(&churn);
            filled
                .map(|(v, p)| if v.is_finite() { *v } else { *p })
                .collect()
        };
        let (low, high) = (bound(&people.churn_low), bound(&people.churn_high));
        let value_kept = zero_unless(&people.margin_per_year);
        let customers = Customers {
            key: &key,
            churn_probability: &churn,
            churn_interval: Some((&low, &high)),
            value_kept: &value_kept,
            effect: None,
            eligible: Some(&eligible),
            held_out: Some(&self.held_out),
        };
        let budget = settings.policy.budget.map(|b| b.get());
        if budget == Some(0.0) {
            self.none_because = Some("no_budget".to_owned());
            return Ok(());
        }
        self.plan = Some(choose(&customers, &offers, budget)?);
        self.frontier = frontier(&customers, &offers, FRONTIER_POINTS)?
            .into_iter()
            .map(|point| (point.spend, point.expected_net, point.customers))
            .collect();
        Ok(())
    }

    async fn write(
        &self,
        run: &Run<'_>,
        people: &People,
        notes: Option<&features::Notes>,
    ) -> Result<i64> {
        let settings = &run.project.settings;
        let as_of_us = notes.map(|notes| notes.plan.as_of_us);
        let horizon_days = notes.map(|notes| f64::from(notes.plan.horizon_days));
        let lost_by = match (notes, horizon_days) {
            (Some(notes), _) if notes.contracts.is_some() => LostBy::Contract,
            (_, Some(days)) => LostBy::Silence { days },
            (_, None) => LostBy::Label,
        };
        let rows = people.customer_id.len();
        let intended = |i: usize| {
            let plan = self.plan.as_ref()?;
            settings.offers.get(usize::from(plan.intended[i]?))
        };
        let net = |i: usize| self.plan.as_ref().map(|plan| plan.expected_net[i]);
        let why = |i: usize| {
            words::why_decided(&words::Case {
                offer: intended(i),
                held_out: self.held_out[i],
                lost_already: people.lost_already[i].then_some(lost_by),
                value_known: self.known[i],
                churn_probability: people.churn_probability[i],
                margin_per_year: people.margin_per_year[i],
                net: net(i),
                horizon_days,
                currency: settings.project.currency.as_str(),
            })
        };
        let all = || 0..rows;
        let treated = |i: usize| intended(i).filter(|_| !self.held_out[i]);
        let (schema, batch) = Columns::new()
            .ints("customer_id", people.customer_id.iter().map(|id| Some(*id)))
            .text("offer", all().map(|i| treated(i).map(|o| o.name.as_str())))
            .text(
                "offer_intended",
                all().map(|i| intended(i).map(|o| o.name.as_str())),
            )
            .text("arm", self.arms.iter().map(|a| Some(a.arm.name())))
            .numbers("propensity", self.arms.iter().map(|a| Some(a.propensity)))
            .numbers(
                "churn_probability",
                people.churn_probability.iter().map(|p| Some(*p)),
            )
            .money("value", people.margin_per_year.iter().map(|v| Some(*v)))
            .money(
                "cost",
                all().map(|i| treated(i).map(|o| o.cost_per_use.get())),
            )
            .money("net", all().map(|i| intended(i).and(net(i))))
            .bools(
                "effect_is_assumed",
                all().map(|i| intended(i).map(|_| true)),
            )
            .text("why_en", all().map(|i| Some(why(i).en)))
            .text("why_zh", all().map(|i| Some(why(i).zh)))
            .same_time("as_of", as_of_us, rows)
            .same_text("run_id", Some(&run.run_id), rows)
            .finish()?;
        Ok(write_table(&run.project.lake, "decisions", &schema, &[batch]).await?)
    }

    fn notes(&self, run: &Run<'_>, people: &People) -> Notes {
        let settings = &run.project.settings;
        let plan = self.plan.as_ref();
        let chosen: Vec<usize> = plan.map_or_else(Vec::new, |plan| {
            (0..plan.offer.len())
                .filter(|&i| plan.offer[i].is_some())
                .collect()
        });
        let sum = |column: Option<&[f64]>| -> f64 {
            column.map_or(0.0, |c| chosen.iter().map(|&i| c[i]).sum())
        };
        let churn = sum(Some(&people.churn_probability));
        Notes {
            considered: self.candidate.iter().filter(|k| **k).count() as u64,
            lost_already: people.lost_already_count(),
            chosen: chosen.len() as u64,
            held_out: {
                let both = self.held_out.iter().zip(&people.lost_already);
                both.filter(|(held, lost)| **held && !**lost).count() as u64
            },
            held_out_intended: plan.map_or(0, |plan| {
                let both = self.held_out.iter().zip(&plan.intended);
                both.filter(|(held, intended)| **held && intended.is_some())
                    .count() as u64
            }),
            spend: plan.map_or(0.0, |p| p.spend),
            net: sum(plan.map(|p| p.expected_net.as_slice())),
            net_low: sum(plan.map(|p| p.net_low.as_slice())),
            net_high: sum(plan.map(|p| p.net_high.as_slice())),
            dual_bound: plan.map_or(0.0, |p| p.dual_bound),
            budget_price: plan.map_or(0.0, |p| p.budget_price),
            baseline_churn: if chosen.is_empty() {
                0.0
            } else {
                churn / chosen.len() as f64
            },
            offers: settings
                .offers
                .iter()
                .enumerate()
                .map(|(j, offer)| {
                    let total = plan
                        .and_then(|p| p.by_offer.get(j))
                        .copied()
                        .unwrap_or_default();
                    OfferNotes {
                        name: offer.name.clone(),
                        cost_per_use: offer.cost_per_use.get(),
                        assumed_effect: offer.assumed_effect.get(),
                        effect_lasts_days: offer.effect_lasts.as_days(),
                        chosen: total.customers,
                        spend: total.spend,
                        net: total.net,
                    }
                })
                .collect(),
            frontier: self.frontier.clone(),
            none_because: self.none_because.clone(),
        }
    }
}

/// The settings' offers; the value kept is the yearly margin times the
/// discounted years for which the effect lasts.
fn offers(run: &Run<'_>) -> Result<Vec<Offer>> {
    let settings = &run.project.settings;
    let rate = settings.value.discount_rate_per_year.get();
    settings
        .offers
        .iter()
        .map(|offer| {
            let lasts = Period::from_days(offer.effect_lasts.as_days())?;
            // The annuity counts a year as 365.25 days, the margin is per 365.
            let years = value_if_stays(1.0, rate, 0.0, lasts)? * 365.25 / YEAR_DAYS;
            Ok(Offer {
                value_factor: years,
                ..Offer::new(offer.cost_per_use.get(), offer.assumed_effect.get())
            })
        })
        .collect()
}
