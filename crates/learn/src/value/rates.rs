//! Rates and the periods they belong to: churn and discount taken from one
//! length of time to another.
//!
//! No function here has a default unit: a length of time is a [`Period`], made
//! by a constructor that names its unit, or the unit stands in the name.

use super::error::{Error, finite, rate, share};

/// Mean length of a year in days (Julian year).
pub const DAYS_PER_YEAR: f64 = 365.25;

/// A length of time above zero, made from a number and its unit.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Period {
    days: f64,
}

impl Period {
    /// A period of so many days.
    ///
    /// # Errors
    /// A number that is not finite or not above zero; the same for the others.
    pub fn from_days(days: f64) -> Result<Period, Error> {
        finite("period", days)?;
        if days > 0.0 {
            Ok(Period { days })
        } else {
            Err(Error::OutOfRange {
                name: "period",
                value: days,
                range: "above 0",
            })
        }
    }

    /// A period of so many weeks of 7 days.
    ///
    /// # Errors
    /// As [`Period::from_days`].
    pub fn from_weeks(weeks: f64) -> Result<Period, Error> {
        Period::from_days(weeks * 7.0)
    }

    /// A period of so many mean months of 365.25/12 days.
    ///
    /// # Errors
    /// As [`Period::from_days`].
    pub fn from_months(months: f64) -> Result<Period, Error> {
        Period::from_days(months * DAYS_PER_YEAR / 12.0)
    }

    /// A period of so many years of 365.25 days.
    ///
    /// # Errors
    /// As [`Period::from_days`].
    pub fn from_years(years: f64) -> Result<Period, Error> {
        Period::from_days(years * DAYS_PER_YEAR)
    }

    /// Its length in days.
    pub fn days(self) -> f64 {
        self.days
    }

    /// Its length in years of 365.25 days.
    pub fn years(self) -> f64 {
        self.days / DAYS_PER_YEAR
    }
}

/// The constant hazard per year at which the probability of leaving within
/// `horizon` is `churn_probability`: `-ln(1-p) / h`; infinite at p = 1.
///
/// # Errors
/// A probability outside [0, 1].
pub fn hazard_per_year(churn_probability: f64, horizon: Period) -> Result<f64, Error> {
    share("churn probability", churn_probability)?;
    Ok(-libm::log1p(-churn_probability) / horizon.years())
}

/// The probability of leaving within `over` at a constant hazard:
/// `1 - exp(-hazard h)`.
///
/// # Errors
/// A hazard below zero or NaN (an infinite one gives 1).
pub fn churn_probability_from_hazard(hazard_per_year: f64, over: Period) -> Result<f64, Error> {
    if hazard_per_year.is_nan() || hazard_per_year < 0.0 {
        return Err(Error::OutOfRange {
            name: "hazard per year",
            value: hazard_per_year,
            range: "at or above 0",
        });
    }
    Ok(-libm::expm1(-hazard_per_year * over.years()))
}

/// A churn probability over `horizon` taken to another length of time at
/// constant hazard: `1 - (1-p)^(over/horizon)`.
///
/// A probability of 0.10 in 90 days is 0.3479 in a year, not 0.4058.
///
/// # Errors
/// A probability outside [0, 1].
pub fn churn_probability_over(
    churn_probability: f64,
    horizon: Period,
    over: Period,
) -> Result<f64, Error> {
    churn_probability_from_hazard(hazard_per_year(churn_probability, horizon)?, over)
}

/// A discount rate per `from` as a rate per `to`: `(1+r)^(to/from) - 1`.
///
/// # Errors
/// A rate at or below -1.
pub fn discount_rate_over(discount_rate: f64, from: Period, to: Period) -> Result<f64, Error> {
    rate("discount rate", discount_rate)?;
    Ok(libm::expm1(
        libm::log1p(discount_rate) * to.days / from.days,
    ))
}

/// What one unit of money after `after` is worth today: `(1+r)^-years`.
///
/// # Errors
/// A rate at or below -1.
pub fn discount_factor(discount_rate_per_year: f64, after: Period) -> Result<f64, Error> {
    rate("discount rate", discount_rate_per_year)?;
    Ok(libm::exp(
        -libm::log1p(discount_rate_per_year) * after.years(),
    ))
}

/// What a customer who stays brings over `over`, discounted and, where a later
/// hazard is given, thinned by leaving later: the continuous annuity
/// `m (1 - exp(-(delta + lambda) h)) / (delta + lambda)` with
/// `delta = ln(1+r)`.
///
/// `margin_per_year` is money at margin. This is the value an offer keeps when
/// it keeps the customer for as long as the effect lasts.
///
/// # Errors
/// A margin that is not finite, a rate at or below -1, a hazard below zero.
pub fn value_if_stays(
    margin_per_year: f64,
    discount_rate_per_year: f64,
    later_hazard_per_year: f64,
    over: Period,
) -> Result<f64, Error> {
    finite("margin per year", margin_per_year)?;
    rate("discount rate", discount_rate_per_year)?;
    super::error::not_negative("later hazard per year", later_hazard_per_year)?;
    let fading = libm::log1p(discount_rate_per_year) + later_hazard_per_year;
    let years = over.years();
    let years_discounted = if (fading * years).abs() < 1e-12 {
        years
    } else {
        -libm::expm1(-fading * years) / fading
    };
    Ok(margin_per_year * years_discounted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) {
        assert!(
            (found - expected).abs() <= 1e-9,
            "found {found}, expected {expected}"
        );
    }

    #[test]
    fn churn_is_taken_from_one_horizon_to_another() {
        let (quarter, year) = (
            Period::from_days(90.0).unwrap(),
            Period::from_years(1.0).unwrap(),
        );
        // 1 - 0.9^(365.25/90)
        near(
            churn_probability_over(0.1, quarter, year).unwrap(),
            1.0 - 0.9_f64.powf(365.25 / 90.0),
        );
        assert!((churn_probability_over(0.1, quarter, year).unwrap() - 0.3479).abs() < 5e-5);
        // There and back.
        let there = churn_probability_over(0.37, quarter, year).unwrap();
        near(churn_probability_over(there, year, quarter).unwrap(), 0.37);
        near(churn_probability_over(1.0, quarter, year).unwrap(), 1.0);
        near(churn_probability_over(0.0, quarter, year).unwrap(), 0.0);
        near(hazard_per_year(1.0 - (-0.5_f64).exp(), year).unwrap(), 0.5);
    }

    #[test]
    fn discount_rates_compound() {
        let (month, year) = (
            Period::from_months(1.0).unwrap(),
            Period::from_years(1.0).unwrap(),
        );
        near(
            discount_rate_over(0.01, month, year).unwrap(),
            1.01_f64.powi(12) - 1.0,
        );
        near(
            discount_rate_over(0.21, Period::from_years(2.0).unwrap(), year).unwrap(),
            0.1,
        );
        near(
            discount_factor(0.1, Period::from_years(2.0).unwrap()).unwrap(),
            1.0 / 1.21,
        );
    }

    #[test]
    fn periods_know_their_length() {
        near(Period::from_weeks(2.0).unwrap().days(), 14.0);
        near(Period::from_months(12.0).unwrap().days(), 365.25);
        near(Period::from_months(12.0).unwrap().years(), 1.0);
        assert_eq!(
            Period::from_days(0.0).unwrap_err().code(),
            "value/out-of-range"
        );
        assert_eq!(
            Period::from_days(f64::INFINITY).unwrap_err().code(),
            "value/not-finite"
        );
    }

    #[test]
    fn value_if_stays_is_an_annuity() {
        let year = Period::from_years(1.0).unwrap();
        near(value_if_stays(100.0, 0.0, 0.0, year).unwrap(), 100.0);
        // Against a sum over 100,000 small steps (midpoints).
        let (discount, hazard, steps) = (0.1_f64, 0.4, 100_000);
        let sum: f64 = (0..steps)
            .map(|k| (f64::from(k) + 0.5) / f64::from(steps))
            .map(|t| 100.0 * (-(discount.ln_1p() + hazard) * t).exp() / f64::from(steps))
            .sum();
        near(value_if_stays(100.0, discount, hazard, year).unwrap(), sum);
    }
}
