//! What each customer is worth: what they brought, and the two textbook
//! formulas of customer lifetime value by name.

use std::collections::BTreeMap;

use perennial_lake::tables::write_table;
use perennial_learn::value::{
    Period, Timing, churn_probability_over, clv_plain_sum_constant, clv_survival_sum_constant,
    compare_clv,
};
use serde::{Deserialize, Serialize};

use super::people::{Basis, People, YEAR_DAYS, read_people};
use crate::Result;
use crate::columns::Columns;
use crate::settings::Part;
use crate::stage::{Done, Output, Run, key_of};

/// The plain sum of the textbooks: one period's retention in each term.
pub(crate) const PLAIN_SUM: &str = "plain_sum";
/// Survival compounded, paid at the end of each year; the one that is used.
pub(crate) const SURVIVAL_SUM: &str = "survival_sum_in_arrears";

/// Totals for the report.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Notes {
    pub customers: u64,
    /// Years over which the formulas add up.
    pub years: u32,
    pub historic_total: Option<f64>,
    /// By formula: name, total, and the ends of its interval, where there are any.
    pub totals: Vec<(String, f64, Option<f64>, Option<f64>)>,
    /// Plain sum over survival sum, over all customers.
    pub plain_over_survival: Option<f64>,
    pub plain_misleads: bool,
}

/// Runs the stage.
pub(crate) async fn run(run: &Run<'_>, basis: &Basis<'_>) -> Result<Done> {
    let settings = run.project.settings.hash_of(&[Part::Value]);
    let key = key_of("value", &[&basis.model.key, settings.to_hex().as_str()]);
    run.stage("value", &key, async || {
        let horizon_days = basis
            .feature_notes()?
            .map_or(YEAR_DAYS, |notes| f64::from(notes.plan.horizon_days));
        let as_of_us = basis.feature_notes()?.map(|notes| notes.plan.as_of_us);
        let people = read_people(run, basis).await?;
        let values = Values::new(run, &people, horizon_days)?;
        let version = values.write(run, &people, as_of_us).await?;
        Output::new(
            BTreeMap::from([("clv".to_owned(), version)]),
            &values.notes(&people)?,
        )
    })
    .await
}

/// Estimates of one formula for every customer.
#[derive(Default)]
struct Estimates {
    expected: Vec<f64>,
    low: Vec<f64>,
    high: Vec<f64>,
}

impl Estimates {
    /// The sum of one end of the intervals; none where a customer with a value
    /// has no such end, since the sum would not be an end of the total.
    fn total_of(&self, ends: &[f64]) -> Option<f64> {
        let valued = self.expected.iter().zip(ends);
        let mut valued = valued.filter(|(value, _)| value.is_finite()).peekable();
        valued.peek()?;
        let sum: f64 = valued.map(|(_, end)| end).sum();
        sum.is_finite().then_some(sum)
    }
}

struct Values {
    years: u32,
    plain: Estimates,
    survival: Estimates,
}

impl Values {
    /// Both formulas over whole years, with the churn probability turned into
    /// one per year at a constant hazard. The interval carries that of the
    /// churn probability only: the yearly margin is taken as it is.
    fn new(run: &Run<'_>, people: &People, horizon_days: f64) -> Result<Self> {
        let settings = &run.project.settings.value;
        let years = settings.horizon.as_years().round().clamp(1.0, 100.0) as u32;
        let rate = settings.discount_rate_per_year.get();
        let (horizon, year) = (
            Period::from_days(horizon_days)?,
            Period::from_days(YEAR_DAYS)?,
        );
        let per_year = |p: f64| churn_probability_over(p, horizon, year);
        let mut values = Self {
            years,
            plain: Estimates::default(),
            survival: Estimates::default(),
        };
        for i in 0..people.customer_id.len() {
            let money = people.margin_per_year[i];
            let both = |p: f64| -> Result<(f64, f64)> {
                if !money.is_finite() || !p.is_finite() {
                    return Ok((f64::NAN, f64::NAN));
                }
                let churn = per_year(p)?;
                Ok((
                    clv_plain_sum_constant(money, churn, rate, years)?,
                    clv_survival_sum_constant(money, churn, rate, years, Timing::InArrears)?,
                ))
            };
            let expected = both(people.churn_probability[i])?;
            // The more likely a customer leaves, the less they are worth.
            let (a, b) = (both(people.churn_high[i])?, both(people.churn_low[i])?);
            for (estimates, e, a, b) in [
                (&mut values.plain, expected.0, a.0, b.0),
                (&mut values.survival, expected.1, a.1, b.1),
            ] {
                estimates.expected.push(e);
                estimates.low.push(a.min(b));
                estimates.high.push(a.max(b));
            }
        }
        Ok(values)
    }

    async fn write(&self, run: &Run<'_>, people: &People, as_of_us: Option<i64>) -> Result<i64> {
        let rows = people.customer_id.len();
        let mut batches = Vec::new();
        let mut found = None;
        for (model, e) in [(SURVIVAL_SUM, &self.survival), (PLAIN_SUM, &self.plain)] {
            let some = |v: &f64| Some(*v);
            let (schema, batch) = Columns::new()
                .ints("customer_id", people.customer_id.iter().map(|id| Some(*id)))
                .money("historic", people.historic.iter().map(some))
                .money("margin_per_year", people.margin_per_year.iter().map(some))
                .money("expected", e.expected.iter().map(some))
                .money("low", e.low.iter().map(some))
                .money("high", e.high.iter().map(some))
                .ints(
                    "horizon_years",
                    std::iter::repeat_n(Some(i64::from(self.years)), rows),
                )
                .same_text("model", Some(model), rows)
                .same_time("as_of", as_of_us, rows)
                .same_text("run_id", Some(&run.run_id), rows)
                .finish()?;
            found.get_or_insert(schema);
            batches.push(batch);
        }
        let schema = found.unwrap_or_else(|| batches[0].schema());
        Ok(write_table(&run.project.lake, "clv", &schema, &batches).await?)
    }

    fn notes(&self, people: &People) -> Result<Notes> {
        let sum = |v: &[f64]| v.iter().filter(|v| v.is_finite()).sum::<f64>();
        let any = |v: &[f64]| v.iter().any(|v| v.is_finite());
        let totals = [(SURVIVAL_SUM, &self.survival), (PLAIN_SUM, &self.plain)].map(|(name, e)| {
            let (low, high) = (e.total_of(&e.low), e.total_of(&e.high));
            (name.to_owned(), sum(&e.expected), low, high)
        });
        let compared = compare_clv(sum(&self.plain.expected), sum(&self.survival.expected))?;
        Ok(Notes {
            customers: people.customer_id.len() as u64,
            years: self.years,
            historic_total: any(&people.historic).then(|| sum(&people.historic)),
            totals: if any(&self.survival.expected) {
                totals.to_vec()
            } else {
                Vec::new()
            },
            plain_over_survival: compared.ratio,
            plain_misleads: compared.plain_misleads,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_without_intervals_have_no_ends() {
        let nan = f64::NAN;
        let mut values = Estimates {
            expected: vec![10.0, 20.0, nan],
            low: vec![8.0, 15.0, nan],
            high: vec![12.0, 26.0, nan],
        };
        assert_eq!(values.total_of(&values.low), Some(23.0));
        assert_eq!(values.total_of(&values.high), Some(38.0));
        values.low[1] = nan;
        assert_eq!(values.total_of(&values.low), None);
        assert_eq!(Estimates::default().total_of(&[]), None);
    }
}
