//! The benefit of one offer to one customer, done right and, for recognition,
//! as the textbook has it.
//!
//! "Worth 1,000 a year, churn falls to 5 %, costs 200: benefit 750" counts the
//! customers who would have stayed anyway. What an offer brings is the
//! difference to what would have happened without it, and it depends on how
//! long the effect lasts; so there are three answers, each with a name. A
//! report prints the baseline, the horizon and the duration beside the number.

use super::clv::{Timing, clv_survival_forever};
use super::error::{Error, finite, not_negative, rate, share};

/// One offer to one customer, everything per year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OfferCase {
    /// V: what the customer brings in a year, in money at margin.
    pub value_per_year: f64,
    /// d0: the probability of leaving within a year without the offer.
    pub churn_per_year_before: f64,
    /// d1: the same with the offer.
    pub churn_per_year_after: f64,
    /// r: the discount rate per year.
    pub discount_rate_per_year: f64,
    /// c: what the offer costs, once, today.
    pub cost: f64,
}

impl OfferCase {
    /// What the offer brings within one year, nothing after it counted:
    /// `V (d0 - d1) - c`.
    ///
    /// # Errors
    /// A number that is not finite, a churn outside [0, 1], a cost below zero;
    /// the same for the others.
    pub fn one_year_effect(&self) -> Result<f64, Error> {
        self.check()?;
        Ok(
            self.value_per_year * (self.churn_per_year_before - self.churn_per_year_after)
                - self.cost,
        )
    }

    /// What the offer brings when it lowers the churn of one year only, and
    /// those it keeps then live on at the old churn: `(d0 - d1) A / (1+r) - c`
    /// with `A = V (1+r) / (r+d0)`, the survival value paid in advance. This
    /// is `V (d0-d1) / (r+d0) - c`.
    ///
    /// # Errors
    /// As [`OfferCase::one_year_effect`]; and infinite where churn before plus
    /// discount rate is not above zero.
    pub fn one_year_effect_on_survival_value(&self) -> Result<f64, Error> {
        self.check()?;
        let ahead = clv_survival_forever(
            self.value_per_year,
            self.churn_per_year_before,
            self.discount_rate_per_year,
            Timing::InAdvance,
        )?;
        let kept = self.churn_per_year_before - self.churn_per_year_after;
        Ok(kept * ahead / (1.0 + self.discount_rate_per_year) - self.cost)
    }

    /// What the offer brings when it lowers churn for good:
    /// `V (1-d1) / (r+d1) - V (1-d0) / (r+d0) - c`, survival values in arrears.
    ///
    /// # Errors
    /// As [`OfferCase::one_year_effect`]; and infinite where churn plus
    /// discount rate is not above zero.
    pub fn lasting_effect(&self) -> Result<f64, Error> {
        self.check()?;
        let value = |churn| {
            clv_survival_forever(
                self.value_per_year,
                churn,
                self.discount_rate_per_year,
                Timing::InArrears,
            )
        };
        Ok(value(self.churn_per_year_after)? - value(self.churn_per_year_before)? - self.cost)
    }

    /// The textbook's `V (1 - d1) - c`: **not a benefit**, because it ignores
    /// what would have happened without the offer. An offer that changes
    /// nothing comes out as a gain. It is here so that a report can show the
    /// number a reader may have in mind, beside the right one; nothing is
    /// decided by it.
    ///
    /// # Errors
    /// As [`OfferCase::one_year_effect`].
    pub fn naive_textbook_benefit(&self) -> Result<f64, Error> {
        self.check()?;
        Ok(self.value_per_year * (1.0 - self.churn_per_year_after) - self.cost)
    }

    fn check(&self) -> Result<(), Error> {
        finite("value per year", self.value_per_year)?;
        share("churn per year before", self.churn_per_year_before)?;
        share("churn per year after", self.churn_per_year_after)?;
        rate("discount rate per year", self.discount_rate_per_year)?;
        not_negative("cost", self.cost)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worked example: 1,000 a year, churn 10 % to 5 %, cost 200, 5 %.
    const CASE: OfferCase = OfferCase {
        value_per_year: 1000.0,
        churn_per_year_before: 0.10,
        churn_per_year_after: 0.05,
        discount_rate_per_year: 0.05,
        cost: 200.0,
    };

    #[test]
    fn the_worked_example() {
        assert!((CASE.one_year_effect().unwrap() + 150.0).abs() < 1e-9);
        assert!((CASE.one_year_effect_on_survival_value().unwrap() - 133.333333).abs() < 1e-6);
        assert!((CASE.lasting_effect().unwrap() - 3300.0).abs() < 1e-9);
        assert!((CASE.naive_textbook_benefit().unwrap() - 750.0).abs() < 1e-9);
    }

    #[test]
    fn an_offer_that_changes_nothing_only_costs() {
        let idle = OfferCase {
            churn_per_year_after: 0.10,
            ..CASE
        };
        assert_eq!(idle.one_year_effect().unwrap(), -200.0);
        assert_eq!(idle.one_year_effect_on_survival_value().unwrap(), -200.0);
        assert_eq!(idle.lasting_effect().unwrap(), -200.0);
        // The textbook calls it a gain of 700.
        assert!((idle.naive_textbook_benefit().unwrap() - 700.0).abs() < 1e-9);
    }

    #[test]
    fn one_year_on_survival_value_is_a_sum_over_the_years() {
        // Survival with 0.95 in the first year and 0.9 after, 2,000 years.
        let mut churn = vec![0.10; 2000];
        let values = vec![1000.0; 2000];
        let sum = |churn: &[f64]| {
            super::super::clv::clv_survival_sum(&values, churn, 0.05, Timing::InArrears).unwrap()
        };
        let before = sum(&churn);
        churn[0] = 0.05;
        let gain = sum(&churn) - before - 200.0;
        assert!((CASE.one_year_effect_on_survival_value().unwrap() - gain).abs() < 1e-6);
    }

    #[test]
    fn bad_input_is_an_error() {
        let percent = OfferCase {
            churn_per_year_after: 5.0,
            ..CASE
        };
        let error = percent.one_year_effect().unwrap_err();
        assert_eq!(error.code(), "value/out-of-range");
        assert!(error.hint().unwrap().contains("0.05"));
        let free_money = OfferCase { cost: -1.0, ..CASE };
        assert_eq!(
            free_money.lasting_effect().unwrap_err().code(),
            "value/out-of-range"
        );
    }
}
