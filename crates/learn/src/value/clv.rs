//! Customer lifetime value as a formula: the plain sum, and the sum in which
//! survival compounds.
//!
//! Both are offered by name, because both are in use and they differ by a
//! factor: in the plain sum the churn rate of year five removes one year's
//! share of the *original* customers, so somebody who left in year one is paid
//! for again in year two. Use the survival form unless a table to be matched
//! was made with the plain one; [`compare_clv`] says how far they are apart.
//!
//! All rates are per period, and the period is the caller's: values, churn and
//! discount must speak of the same one ([`super::rates`] converts).

use super::error::{Error, finite, period_count, rate, share};

/// When within its period a value is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Timing {
    /// At the end of the period, by those who are still there:
    /// `sum over t = 1..T of P_t S_t / (1+r)^t`.
    InArrears,
    /// At the start of the period, the first payment today and certain:
    /// `sum over t = 1..T of P_t S_(t-1) / (1+r)^(t-1)`.
    InAdvance,
}

/// The plain sum `sum over t = 1..T of P_t (1 - d_t) / (1+r)^t`.
///
/// `values[t-1]` is P_t, money per period; `churn[t-1]` is d_t, the share lost
/// within period t; `discount_rate` is r per period. Nothing compounds: see the
/// module for what that means.
///
/// # Errors
/// Lengths that differ, no period or more than 100,000, a value that is not
/// finite, a churn rate outside [0, 1], a discount rate at or below -1.
pub fn clv_plain_sum(values: &[f64], churn: &[f64], discount_rate: f64) -> Result<f64, Error> {
    check_series(values, churn, discount_rate)?;
    let step = 1.0 / (1.0 + discount_rate);
    let mut discount = 1.0;
    let mut sum = 0.0;
    for (value, lost) in values.iter().zip(churn) {
        discount *= step;
        sum += value * (1.0 - lost) * discount;
    }
    Ok(sum)
}

/// The plain sum with constant parameters over `periods`:
/// `P (1-d) (1 - (1+r)^-T) / r`, and `P (1-d) T` at r = 0.
///
/// # Errors
/// As [`clv_plain_sum`].
pub fn clv_plain_sum_constant(
    value: f64,
    churn: f64,
    discount_rate: f64,
    periods: u32,
) -> Result<f64, Error> {
    check_constant(value, churn, discount_rate)?;
    period_count(periods as usize)?;
    Ok(value * (1.0 - churn) * geometric_sum(1.0 / (1.0 + discount_rate), periods))
}

/// The plain sum for ever with constant parameters: `P (1-d) / r`.
///
/// # Errors
/// As [`clv_plain_sum`]; and infinite where the discount rate is not above zero.
pub fn clv_plain_forever(value: f64, churn: f64, discount_rate: f64) -> Result<f64, Error> {
    check_constant(value, churn, discount_rate)?;
    if discount_rate <= 0.0 {
        return Err(Error::Infinite {
            why: "the plain sum needs a discount rate above zero",
        });
    }
    Ok(value * (1.0 - churn) / discount_rate)
}

/// The sum in which survival compounds, `S_t = product over s <= t of (1 - d_s)`,
/// paid as `timing` says.
///
/// # Errors
/// As [`clv_plain_sum`].
pub fn clv_survival_sum(
    values: &[f64],
    churn: &[f64],
    discount_rate: f64,
    timing: Timing,
) -> Result<f64, Error> {
    check_series(values, churn, discount_rate)?;
    let step = 1.0 / (1.0 + discount_rate);
    let mut weight = 1.0;
    let mut sum = 0.0;
    for (value, lost) in values.iter().zip(churn) {
        let next = weight * (1.0 - lost) * step;
        sum += value
            * match timing {
                Timing::InArrears => next,
                Timing::InAdvance => weight,
            };
        weight = next;
    }
    Ok(sum)
}

/// The survival sum with constant parameters over `periods`: with
/// `q = (1-d)/(1+r)`, `P q (1-q^T)/(1-q)` in arrears and `P (1-q^T)/(1-q)` in
/// advance.
///
/// # Errors
/// As [`clv_plain_sum`].
pub fn clv_survival_sum_constant(
    value: f64,
    churn: f64,
    discount_rate: f64,
    periods: u32,
    timing: Timing,
) -> Result<f64, Error> {
    check_constant(value, churn, discount_rate)?;
    period_count(periods as usize)?;
    let ratio = (1.0 - churn) / (1.0 + discount_rate);
    Ok(match timing {
        Timing::InArrears => value * geometric_sum(ratio, periods),
        Timing::InAdvance => value * (1.0 + geometric_sum(ratio, periods - 1)),
    })
}

/// The survival sum for ever with constant parameters: `P (1-d) / (r+d)` in
/// arrears, `P (1+r) / (r+d)` in advance.
///
/// # Errors
/// As [`clv_plain_sum`]; and infinite where churn and discount together are not
/// above zero.
pub fn clv_survival_forever(
    value: f64,
    churn: f64,
    discount_rate: f64,
    timing: Timing,
) -> Result<f64, Error> {
    check_constant(value, churn, discount_rate)?;
    let fading = discount_rate + churn;
    if fading <= 0.0 {
        return Err(Error::Infinite {
            why: "churn plus discount rate must be above zero",
        });
    }
    Ok(match timing {
        Timing::InArrears => value * (1.0 - churn) / fading,
        Timing::InAdvance => value * (1.0 + discount_rate) / fading,
    })
}

/// Churn per period from the share lost *up to* each period:
/// `d_t = 1 - (1 - D_t) / (1 - D_(t-1))`.
///
/// Tables often give the cumulative share; both CLV sums want the share per
/// period. Once everybody is gone, the churn of later periods is 1.
///
/// # Errors
/// A share outside [0, 1] or one below the share before it; no period.
pub fn churn_per_period_from_cumulative(cumulative: &[f64]) -> Result<Vec<f64>, Error> {
    period_count(cumulative.len())?;
    let mut before = 0.0;
    let mut per_period = Vec::with_capacity(cumulative.len());
    for &lost in cumulative {
        share("cumulative churn", lost)?;
        if lost < before {
            return Err(Error::OutOfRange {
                name: "cumulative churn",
                value: lost,
                range: "at or above the period before",
            });
        }
        per_period.push(if before >= 1.0 {
            1.0
        } else {
            (lost - before) / (1.0 - before)
        });
        before = lost;
    }
    Ok(per_period)
}

/// The two forms side by side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClvComparison {
    /// The plain sum, in money.
    pub plain: f64,
    /// The survival sum, in money.
    pub survival: f64,
    /// `plain / survival`; none where the survival value is zero.
    pub ratio: Option<f64>,
    /// Whether the plain sum is more than [`PLAIN_TOLERANCE`] away from the
    /// survival sum, so that it should not be shown without it.
    pub plain_misleads: bool,
}

/// How far the plain sum may be from the survival sum, as a share of the
/// latter, before it is called misleading.
pub const PLAIN_TOLERANCE: f64 = 0.10;

/// Sets the plain sum beside the survival sum of the same parameters.
///
/// # Errors
/// A value that is not finite.
pub fn compare_clv(plain: f64, survival: f64) -> Result<ClvComparison, Error> {
    finite("plain value", plain)?;
    finite("survival value", survival)?;
    Ok(ClvComparison {
        plain,
        survival,
        ratio: (survival != 0.0).then(|| plain / survival),
        plain_misleads: (plain - survival).abs() > PLAIN_TOLERANCE * survival.abs(),
    })
}

/// `q + q^2 + ... + q^n`, without cancellation near q = 1.
fn geometric_sum(ratio: f64, count: u32) -> f64 {
    if count == 0 || ratio == 0.0 {
        return 0.0;
    }
    let log = libm::log(ratio);
    if log == 0.0 {
        return f64::from(count);
    }
    ratio * libm::expm1(f64::from(count) * log) / libm::expm1(log)
}

fn check_constant(value: f64, churn: f64, discount_rate: f64) -> Result<(), Error> {
    finite("value", value)?;
    share("churn", churn)?;
    rate("discount rate", discount_rate)?;
    Ok(())
}

fn check_series(values: &[f64], churn: &[f64], discount_rate: f64) -> Result<(), Error> {
    if values.len() != churn.len() {
        return Err(Error::LengthsDiffer {
            values: values.len(),
            churn: churn.len(),
        });
    }
    period_count(values.len())?;
    for (&value, &lost) in values.iter().zip(churn) {
        finite("value", value)?;
        share("churn", lost)?;
    }
    rate("discount rate", discount_rate)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64, tolerance: f64) {
        assert!(
            (found - expected).abs() <= tolerance,
            "found {found}, expected {expected}"
        );
    }

    /// Published check values: P = 100, d = 0.2, r = 0.1.
    #[test]
    fn the_plain_sum_agrees_with_its_table() {
        near(
            clv_plain_sum(&[100.0], &[0.2], 0.1).unwrap(),
            72.727273,
            5e-7,
        );
        near(
            clv_plain_sum(&[100.0; 5], &[0.2; 5], 0.1).unwrap(),
            303.262942,
            5e-7,
        );
        near(
            clv_plain_sum_constant(100.0, 0.2, 0.1, 5).unwrap(),
            303.262942,
            5e-7,
        );
        near(clv_plain_forever(100.0, 0.2, 0.1).unwrap(), 800.0, 1e-9);
        near(
            clv_plain_sum_constant(1000.0, 0.1, 0.05, 5).unwrap(),
            3896.53,
            5e-3,
        );
        near(
            clv_plain_forever(1000.0, 0.1, 0.05).unwrap(),
            18_000.0,
            1e-9,
        );
    }

    #[test]
    fn the_survival_sum_agrees_with_its_table() {
        use Timing::{InAdvance, InArrears};
        near(
            clv_survival_sum(&[100.0], &[0.2], 0.1, InArrears).unwrap(),
            72.727273,
            5e-7,
        );
        near(
            clv_survival_sum(&[100.0; 5], &[0.2; 5], 0.1, InArrears).unwrap(),
            212.409734,
            5e-7,
        );
        near(
            clv_survival_sum_constant(100.0, 0.2, 0.1, 5, InArrears).unwrap(),
            212.409734,
            5e-7,
        );
        near(
            clv_survival_forever(100.0, 0.2, 0.1, InArrears).unwrap(),
            266.666667,
            5e-7,
        );
        near(
            clv_survival_forever(100.0, 0.2, 0.1, InAdvance).unwrap(),
            366.666667,
            5e-7,
        );
        near(
            clv_survival_forever(1000.0, 0.1, 0.05, InArrears).unwrap(),
            6_000.0,
            1e-9,
        );
    }

    #[test]
    fn sums_in_closed_form_equal_sums_term_by_term() {
        for (churn, discount) in [
            (0.0, 0.0),
            (0.2, 0.1),
            (1.0, 0.05),
            (0.3, 1e-12),
            (0.0, -0.02),
        ] {
            for periods in [1_u32, 2, 7, 40] {
                let n = periods as usize;
                let (values, lost) = (vec![3.0; n], vec![churn; n]);
                let plain = clv_plain_sum(&values, &lost, discount).unwrap();
                let closed = clv_plain_sum_constant(3.0, churn, discount, periods).unwrap();
                near(closed, plain, 1e-9 * (1.0 + plain.abs()));
                for timing in [Timing::InArrears, Timing::InAdvance] {
                    let sum = clv_survival_sum(&values, &lost, discount, timing).unwrap();
                    let closed =
                        clv_survival_sum_constant(3.0, churn, discount, periods, timing).unwrap();
                    near(closed, sum, 1e-9 * (1.0 + sum.abs()));
                }
            }
        }
    }

    #[test]
    fn a_long_sum_reaches_the_value_for_ever() {
        let long = clv_survival_sum_constant(100.0, 0.2, 0.1, 500, Timing::InAdvance).unwrap();
        near(long, 366.666_666_666_666_7, 1e-9);
    }

    #[test]
    fn varying_churn_compounds() {
        // S = 0.9, 0.45; r = 0: 10 * 0.9 + 20 * 0.45 = 18; in advance 10 + 20 * 0.9 = 28.
        let (values, churn) = ([10.0, 20.0], [0.1, 0.5]);
        near(
            clv_survival_sum(&values, &churn, 0.0, Timing::InArrears).unwrap(),
            18.0,
            1e-12,
        );
        near(
            clv_survival_sum(&values, &churn, 0.0, Timing::InAdvance).unwrap(),
            28.0,
            1e-12,
        );
        near(clv_plain_sum(&values, &churn, 0.0).unwrap(), 19.0, 1e-12);
    }

    #[test]
    fn cumulative_churn_becomes_churn_per_period() {
        let per_period = churn_per_period_from_cumulative(&[0.2, 0.36, 1.0, 1.0]).unwrap();
        for (found, expected) in per_period.iter().zip([0.2, 0.2, 1.0, 1.0]) {
            near(*found, expected, 1e-12);
        }
        assert_eq!(
            churn_per_period_from_cumulative(&[0.3, 0.2])
                .unwrap_err()
                .code(),
            "value/out-of-range"
        );
    }

    #[test]
    fn the_comparison_flags_what_misleads() {
        let far = compare_clv(800.0, 266.666_666_666_666_7).unwrap();
        near(far.ratio.unwrap(), 3.0, 1e-12);
        assert!(far.plain_misleads);
        assert!(!compare_clv(72.7, 72.7).unwrap().plain_misleads);
        assert_eq!(compare_clv(1.0, 0.0).unwrap().ratio, None);
    }

    #[test]
    fn bad_input_is_an_error() {
        let code = |result: Result<f64, Error>| result.unwrap_err().code();
        assert_eq!(
            code(clv_plain_sum(&[1.0], &[], 0.1)),
            "value/lengths-differ"
        );
        assert_eq!(code(clv_plain_sum(&[], &[], 0.1)), "value/period-count");
        assert_eq!(
            code(clv_plain_sum(&[f64::NAN], &[0.1], 0.1)),
            "value/not-finite"
        );
        assert_eq!(
            code(clv_plain_sum(&[1.0], &[5.0], 0.1)),
            "value/out-of-range"
        );
        assert_eq!(
            code(clv_plain_sum(&[1.0], &[0.5], -1.0)),
            "value/out-of-range"
        );
        assert_eq!(code(clv_plain_forever(1.0, 0.5, 0.0)), "value/infinite");
        assert_eq!(
            code(clv_survival_forever(1.0, 0.0, 0.0, Timing::InArrears)),
            "value/infinite"
        );
        assert_eq!(
            code(clv_plain_sum_constant(1.0, 0.5, 0.1, 0)),
            "value/period-count"
        );
    }
}
