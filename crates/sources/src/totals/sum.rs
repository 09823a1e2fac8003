//! Sums of decimal numbers without rounding.

use super::super::number::pow10;

/// A sum of decimal numbers in 128 bits: `mantissa` x 10^-`scale`, plus
/// `inexact` for what is not decimal (floating-point columns, exponents).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ExactSum {
    /// All digits as one whole number.
    pub mantissa: i128,
    /// Digits after the decimal mark.
    pub scale: u8,
    /// What could only be added in floating point.
    pub inexact: f64,
    /// Something was added in floating point.
    pub is_inexact: bool,
}

/// Sums keep at most this many digits after the decimal mark.
const SUM_SCALE_MAX: u8 = 18;

impl ExactSum {
    /// Adds `mantissa` x 10^-`scale`.
    #[inline]
    pub fn add(&mut self, mantissa: i128, scale: u8) {
        if scale == self.scale
            && let Some(sum) = self.mantissa.checked_add(mantissa)
        {
            self.mantissa = sum;
            return;
        }
        self.add_slowly(mantissa, scale);
    }

    #[cold]
    fn add_slowly(&mut self, mantissa: i128, scale: u8) {
        let wanted = self.scale.max(scale).min(SUM_SCALE_MAX);
        let lift = |value: i128, from: u8| match wanted.checked_sub(from) {
            Some(by) => value.checked_mul(i128::from(pow10(by)?)),
            None => None,
        };
        match (lift(self.mantissa, self.scale), lift(mantissa, scale)) {
            (Some(sum), Some(more)) if sum.checked_add(more).is_some() => {
                self.mantissa = sum + more;
                self.scale = wanted;
            }
            _ => self.add_f64(mantissa as f64 / 10_f64.powi(i32::from(scale))),
        }
    }

    /// Adds a floating-point number.
    pub fn add_f64(&mut self, value: f64) {
        self.inexact += value;
        self.is_inexact = true;
    }

    /// The sum as a double.
    pub fn to_f64(self) -> f64 {
        // Whole part and rest apart, so that large sums keep their digits.
        let power = 10_i128.pow(u32::from(self.scale));
        (self.mantissa / power) as f64
            + (self.mantissa % power) as f64 / power as f64
            + self.inexact
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_exact_and_lift_their_scale() {
        let mut sum = ExactSum::default();
        for (mantissa, scale) in [(1, 0), (1, 1), (1, 2), (-25, 1), (1, 18)] {
            sum.add(mantissa, scale);
        }
        // 1 + 0.1 + 0.01 - 2.5 + 1e-18
        assert_eq!(
            (sum.mantissa, sum.scale, sum.is_inexact),
            (-1_389_999_999_999_999_999, 18, false)
        );
        assert!((sum.to_f64() + 1.39).abs() < 1e-12);
        let mut large = ExactSum::default();
        large.add(i128::MAX, 0);
        large.add(1, 0);
        assert!(large.is_inexact);
    }
}
