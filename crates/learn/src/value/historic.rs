//! What a customer has brought so far, at margin.

use super::error::{Error, finite};

/// The historic value of one customer: the amounts paid, returns negative,
/// times the margin. `margin` is a share of the amount, such as 0.30; it may be
/// negative (sold at a loss) but not above 1.
///
/// The sum is compensated (Neumaier 1974), so that a long history with large
/// amounts and their returns loses no digits.
///
/// # Errors
/// An amount or margin that is not finite, or a margin above 1.
pub fn historic_value(amounts: &[f64], margin: f64) -> Result<f64, Error> {
    finite("margin", margin)?;
    if margin > 1.0 {
        return Err(Error::OutOfRange {
            name: "margin",
            value: margin,
            range: "at or below 1",
        });
    }
    let (mut sum, mut lost) = (0.0_f64, 0.0_f64);
    for &amount in amounts {
        finite("amount", amount)?;
        let next = sum + amount;
        lost += if sum.abs() >= amount.abs() {
            (sum - next) + amount
        } else {
            (amount - next) + sum
        };
        sum = next;
    }
    Ok((sum + lost) * margin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn returns_are_netted_and_the_margin_applied() {
        assert!((historic_value(&[100.0, 50.0, -30.0], 0.3).unwrap() - 36.0).abs() < 1e-12);
        assert_eq!(historic_value(&[], 0.3).unwrap(), 0.0);
        assert!((historic_value(&[1e16, 1.0, -1e16], 0.5).unwrap() - 0.5).abs() < 1e-15);
    }

    #[test]
    fn bad_input_is_an_error() {
        assert_eq!(
            historic_value(&[1.0], 30.0).unwrap_err().code(),
            "value/out-of-range"
        );
        assert_eq!(
            historic_value(&[f64::NAN], 0.3).unwrap_err().code(),
            "value/not-finite"
        );
    }
}
