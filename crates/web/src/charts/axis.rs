//! Scales with round ticks.

/// A scale: its ends, its title, and ticks with their labels.
pub(crate) struct Axis {
    pub title: String,
    pub low: f64,
    pub high: f64,
    pub ticks: Vec<(f64, String)>,
}

impl Axis {
    /// A scale around values, with about five round ticks. It begins at zero
    /// unless values are negative.
    pub fn around(
        title: String,
        values: impl Iterator<Item = f64>,
        label: impl Fn(f64) -> String,
    ) -> Axis {
        let (mut low, mut high) = (0.0_f64, 0.0_f64);
        for value in values.filter(|v| v.is_finite()) {
            low = low.min(value);
            high = high.max(value);
        }
        if high <= low {
            high = low + 1.0;
        }
        let step = round_step((high - low) / 5.0);
        let first = (low / step).floor();
        let last = (high / step).ceil();
        let ticks = (0..=((last - first) as usize).min(12))
            .map(|at| (first + at as f64) * step)
            .map(|tick| (tick, label(tick)))
            .collect();
        Axis {
            title,
            low: first * step,
            high: last * step,
            ticks,
        }
    }

    /// A scale from 0 to 1 for shares.
    pub fn share(title: String, label: impl Fn(f64) -> String) -> Axis {
        let ticks = [0.0, 0.25, 0.5, 0.75, 1.0]
            .map(|tick| (tick, label(tick)))
            .to_vec();
        Axis {
            title,
            low: 0.0,
            high: 1.0,
            ticks,
        }
    }

    /// Where a value lies between the ends, 0 to 1, kept inside.
    pub fn place(&self, value: f64) -> f64 {
        let width = self.high - self.low;
        if width > 0.0 {
            ((value - self.low) / width).clamp(0.0, 1.0)
        } else {
            0.0
        }
    }
}

/// The next of 1, 2, 2.5 or 5 times a power of ten that is not below `step`.
fn round_step(step: f64) -> f64 {
    if !(step.is_finite() && step > 0.0) {
        return 1.0;
    }
    let power = 10f64.powi(step.log10().floor() as i32);
    for factor in [1.0, 2.0, 2.5, 5.0] {
        if factor * power >= step * (1.0 - 1e-9) {
            return factor * power;
        }
    }
    10.0 * power
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticks(values: &[f64]) -> Vec<f64> {
        Axis::around(String::new(), values.iter().copied(), |v| v.to_string())
            .ticks
            .into_iter()
            .map(|(at, _)| at)
            .collect()
    }

    #[test]
    fn ticks_are_round_and_hold_every_value() {
        assert_eq!(ticks(&[870.0]), [0.0, 200.0, 400.0, 600.0, 800.0, 1000.0]);
        assert_eq!(
            ticks(&[-120.0, 350.0]),
            [-200.0, -100.0, 0.0, 100.0, 200.0, 300.0, 400.0]
        );
        assert_eq!(ticks(&[]).len(), 6);
        assert_eq!(ticks(&[f64::NAN, 5.0]), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
        assert!(ticks(&[1e300]).iter().all(|v| v.is_finite()));
        assert!(ticks(&[1e-300]).len() <= 13);
    }
}
