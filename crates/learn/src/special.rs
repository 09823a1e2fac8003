//! The few special functions the learners share, the same on every platform.

/// Half-width of a two-sided 95 % interval of the normal distribution.
pub const Z_95: f64 = 1.959_963_984_540_054;

/// 1 / (1 + exp(-x)), exact at both ends.
#[inline]
pub fn sigmoid(logit: f64) -> f64 {
    if logit >= 0.0 {
        1.0 / (1.0 + libm::exp(-logit))
    } else {
        let odds = libm::exp(logit);
        odds / (1.0 + odds)
    }
}

/// ln(p / (1 - p)).
pub fn logit(probability: f64) -> f64 {
    libm::log(probability) - libm::log1p(-probability)
}

/// ln(1 + exp(x)) without overflow.
#[inline]
pub fn log1p_exp(x: f64) -> f64 {
    x.max(0.0) + libm::log1p(libm::exp(-x.abs()))
}

/// Two-sided p-value of a standard normal statistic.
pub fn normal_p_two_sided(statistic: f64) -> f64 {
    libm::erfc(statistic.abs() / std::f64::consts::SQRT_2).min(1.0)
}

/// Wilson's 95 % interval of a proportion (Wilson 1927), `successes` of
/// `trials`; also for counts that are no whole numbers. (0, 1) without trials.
pub fn wilson(successes: f64, trials: f64) -> (f64, f64) {
    if trials <= 0.0 {
        return (0.0, 1.0);
    }
    let share = (successes / trials).clamp(0.0, 1.0);
    let squared = Z_95 * Z_95;
    let centre = share + squared / (2.0 * trials);
    let spread = Z_95 * (share * (1.0 - share) / trials + squared / (4.0 * trials * trials)).sqrt();
    let scale = 1.0 + squared / trials;
    // At 0 and 1 the outer limit is the share itself; rounding must not move it.
    let low = if share == 0.0 {
        0.0
    } else {
        (centre - spread) / scale
    };
    let high = if share == 1.0 {
        1.0
    } else {
        (centre + spread) / scale
    };
    (low.clamp(0.0, share), high.clamp(share, 1.0))
}

/// Quantile by linear interpolation (type 7 of Hyndman and Fan 1996) of values
/// sorted upwards; `None` without values.
pub fn quantile_sorted(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let position = share.clamp(0.0, 1.0) * last as f64;
    let below = position.floor();
    let low = sorted.get(below as usize)?;
    let high = sorted.get((below as usize + 1).min(last))?;
    Some(low + (high - low) * (position - below))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sigmoid_and_its_inverse() {
        assert_eq!(sigmoid(0.0), 0.5);
        assert!((sigmoid(logit(0.3)) - 0.3).abs() < 1e-15);
        assert_eq!(sigmoid(-1000.0), 0.0);
        assert_eq!(sigmoid(1000.0), 1.0);
        assert!((log1p_exp(2.0) - 2.126_928_011_042_972_4).abs() < 1e-15);
        assert_eq!(log1p_exp(800.0), 800.0);
        assert_eq!(log1p_exp(-800.0), 0.0);
    }

    #[test]
    fn normal_p_matches_the_tables() {
        assert!((normal_p_two_sided(Z_95) - 0.05).abs() < 1e-15);
        assert_eq!(normal_p_two_sided(0.0), 1.0);
    }

    #[test]
    fn wilson_matches_newcombe() {
        // Newcombe 1998, table I, method 3 (score): 81/263, 15/148, 0/20, 1/29.
        let published = [
            (81.0, 263.0, 0.2553, 0.3662),
            (15.0, 148.0, 0.0624, 0.1605),
            (0.0, 20.0, 0.0, 0.1611),
            (1.0, 29.0, 0.0061, 0.1718),
        ];
        for (successes, trials, low, high) in published {
            let found = wilson(successes, trials);
            assert!((found.0 - low).abs() < 5e-5, "{found:?}");
            assert!((found.1 - high).abs() < 5e-5, "{found:?}");
        }
        assert_eq!(wilson(0.0, 0.0), (0.0, 1.0));
        assert_eq!(wilson(5.0, 5.0).1, 1.0);
    }

    #[test]
    fn quantiles_interpolate() {
        assert_eq!(quantile_sorted(&[1.0, 2.0, 4.0], 0.75), Some(3.0));
        assert_eq!(quantile_sorted(&[1.0], 0.2), Some(1.0));
        assert_eq!(quantile_sorted(&[], 0.2), None);
    }
}
