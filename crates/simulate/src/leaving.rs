//! The hidden hazard of leaving: piecewise constant, so that probabilities and
//! times are exact.
//!
//! The hazard per day is the customer's own, times 2.5 for the first 45 days
//! after joining, times the factor of every incident that touched the customer
//! while it lasts, times the factor of an offer while its effect lasts. A
//! customer leaves when the hazard added up reaches an exponential draw of the
//! customer's own; an offer does not change the draw, so what would have
//! happened with and without it can be compared for one and the same person.

/// Days after joining in which a customer is a newcomer.
pub(crate) const NEWCOMER_DAYS: f64 = 45.0;
/// What a newcomer's hazard is multiplied by.
pub(crate) const NEWCOMER_FACTOR: f64 = 2.5;

/// A stretch of time, in days since the start, with a factor on the hazard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Window {
    pub from: f64,
    pub to: f64,
    pub factor: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Hazard {
    pub per_day: f64,
    pub windows: Vec<Window>,
}

impl Hazard {
    /// The same hazard with one more window.
    pub fn with(&self, window: Window) -> Hazard {
        let mut more = self.clone();
        more.windows.push(window);
        more
    }

    /// Hazard per day at a moment.
    pub fn at(&self, days: f64) -> f64 {
        self.windows
            .iter()
            .filter(|window| window.from <= days && days < window.to)
            .fold(self.per_day, |hazard, window| hazard * window.factor)
    }

    /// Hazard added up between two moments.
    pub fn between(&self, from: f64, to: f64) -> f64 {
        let mut sum = 0.0;
        let mut now = from;
        while now < to {
            let next = self.next_change(now).min(to);
            sum += self.at(now) * (next - now);
            now = next;
        }
        sum
    }

    /// The moment at which the hazard added up since `from` reaches `exposure`;
    /// infinite where it never does.
    pub fn reaches(&self, exposure: f64, from: f64) -> f64 {
        let mut left = exposure;
        let mut now = from;
        loop {
            let hazard = self.at(now);
            let next = self.next_change(now);
            if hazard * (next - now) >= left {
                return now + left / hazard;
            }
            if next.is_infinite() {
                return f64::INFINITY;
            }
            left -= hazard * (next - now);
            now = next;
        }
    }

    /// The next moment at which the hazard changes.
    fn next_change(&self, days: f64) -> f64 {
        self.windows
            .iter()
            .flat_map(|window| [window.from, window.to])
            .filter(|&change| change > days)
            .fold(f64::INFINITY, f64::min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_multiply_where_they_overlap() {
        let hazard = Hazard {
            per_day: 0.01,
            windows: vec![
                Window {
                    from: 10.0,
                    to: 20.0,
                    factor: 3.0,
                },
                Window {
                    from: 15.0,
                    to: 30.0,
                    factor: 2.0,
                },
            ],
        };
        // 10 at 1, 5 at 3, 5 at 6, 10 at 2, 10 at 1: 85 hundredths.
        assert!((hazard.between(0.0, 40.0) - 0.85).abs() < 1e-12);
        assert!((hazard.between(12.0, 16.0) - 0.15).abs() < 1e-12);
        for exposure in [0.05, 0.1, 0.2, 0.26, 0.5, 0.7, 2.0] {
            let at = hazard.reaches(exposure, 0.0);
            assert!(
                (hazard.between(0.0, at) - exposure).abs() < 1e-12,
                "{exposure}"
            );
        }
        let halved = hazard.with(Window {
            from: 0.0,
            to: 40.0,
            factor: 0.5,
        });
        assert!((halved.between(0.0, 40.0) - 0.425).abs() < 1e-12);
    }

    #[test]
    fn without_hazard_nobody_leaves() {
        let hazard = Hazard {
            per_day: 0.0,
            windows: Vec::new(),
        };
        assert_eq!(hazard.reaches(1.0, 5.0), f64::INFINITY);
        assert_eq!(hazard.between(0.0, 1e6), 0.0);
    }
}
