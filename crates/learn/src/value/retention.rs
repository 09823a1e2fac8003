//! The retention rate of a period: who of those at the start is still there.

use super::error::Error;
use crate::special::Z_95;

/// Counts of customers over one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PeriodCounts {
    /// Customers at the start of the period.
    pub start: u64,
    /// Customers at its end, whoever they are.
    pub end: u64,
    /// Of those at the end, how many became customers for the first time within
    /// the period.
    pub new: u64,
    /// Of those at the end, how many had been customers before, were none at
    /// the start, and came back: neither new nor kept.
    pub returned: u64,
}

impl PeriodCounts {
    /// Counts of a business that does not tell apart who came back.
    pub fn new(start: u64, end: u64, new: u64) -> PeriodCounts {
        PeriodCounts {
            start,
            end,
            new,
            returned: 0,
        }
    }
}

/// The retention rate of a period with its parts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Retention {
    /// Customers at the start.
    pub start: u64,
    /// Of those, how many are still there: `end - new - returned`.
    pub retained: u64,
    /// Of those, how many are not: `start - retained`.
    pub lost: u64,
    /// Customers won within the period.
    pub new: u64,
    /// Customers who came back within the period.
    pub returned: u64,
    /// `retained / start`, in [0, 1].
    pub rate: f64,
    /// Lower end of Wilson's 95 % interval of the rate.
    pub low: f64,
    /// Upper end of Wilson's 95 % interval of the rate.
    pub high: f64,
}

/// The retention rate of a period, `(end - new) / start`, those who came back
/// taken out of the numerator: `(end - new - returned) / start`.
///
/// With `returned` = 0 this is the textbook formula. The interval is Wilson's
/// (1927) score interval at 95 %: it treats the customers as a sample of what
/// such customers do, and stays inside [0, 1].
///
/// # Errors
/// Counts that cannot all be true: nobody at the start, more new and returned
/// than there are at the end, more kept than there were at the start.
pub fn retention_rate(counts: &PeriodCounts) -> Result<Retention, Error> {
    let PeriodCounts {
        start,
        end,
        new,
        returned,
    } = *counts;
    let impossible = |why| Error::ImpossibleCounts {
        why,
        start,
        end,
        new,
        returned,
    };
    if start == 0 {
        return Err(impossible("there was no customer at the start"));
    }
    let retained = new
        .checked_add(returned)
        .and_then(|arrived| end.checked_sub(arrived))
        .ok_or_else(|| impossible("more new and returned customers than customers at the end"))?;
    let lost = start
        .checked_sub(retained)
        .ok_or_else(|| impossible("more customers kept than there were at the start"))?;
    let (low, high) = wilson_interval_95(retained, start);
    Ok(Retention {
        start,
        retained,
        lost,
        new,
        returned,
        rate: retained as f64 / start as f64,
        low,
        high,
    })
}

/// Wilson's (1927) 95 % score interval of a share of `hits` in `total`:
/// `(p + z^2/2n ± z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n)`; (0, 1) where
/// `total` is zero. Hits above the total count as the total.
pub fn wilson_interval_95(hits: u64, total: u64) -> (f64, f64) {
    if total == 0 {
        return (0.0, 1.0);
    }
    let n = total as f64;
    let share = hits.min(total) as f64 / n;
    let z2 = Z_95 * Z_95;
    let middle = share + z2 / (2.0 * n);
    let half = Z_95 * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z2 / n;
    // The ends are exact at shares of 0 and 1; rounding must not move them.
    let low = if hits == 0 {
        0.0
    } else {
        ((middle - half) / scale).clamp(0.0, 1.0)
    };
    let high = if hits >= total {
        1.0
    } else {
        ((middle + half) / scale).clamp(0.0, 1.0)
    };
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_textbook_rate() {
        let rate = retention_rate(&PeriodCounts::new(200, 190, 30)).unwrap();
        assert_eq!((rate.retained, rate.lost), (160, 40));
        assert!((rate.rate - 0.8).abs() < 1e-15);
    }

    #[test]
    fn those_who_came_back_are_told_apart() {
        let counts = PeriodCounts {
            start: 100,
            end: 120,
            new: 10,
            returned: 20,
        };
        let rate = retention_rate(&counts).unwrap();
        assert_eq!((rate.retained, rate.lost, rate.returned), (90, 10, 20));
        // Without them the same counts would claim that 110 of 100 were kept.
        let error = retention_rate(&PeriodCounts::new(100, 120, 10)).unwrap_err();
        assert_eq!(error.code(), "value/impossible-counts");
        assert!(error.hint().unwrap().contains("returned"));
    }

    /// Published intervals: Newcombe (1998), table I: 81/263, 15/148, 0/20, 1/29.
    #[test]
    fn wilson_agrees_with_newcombe() {
        for (hits, total, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let found = wilson_interval_95(hits, total);
            assert!((found.0 - low).abs() < 5e-5, "{hits}/{total}: {found:?}");
            assert!((found.1 - high).abs() < 5e-5, "{hits}/{total}: {found:?}");
        }
        assert_eq!(wilson_interval_95(7, 7).1, 1.0);
    }

    #[test]
    fn impossible_counts_are_errors() {
        for counts in [
            PeriodCounts::new(0, 1, 1),
            PeriodCounts::new(10, 5, 6),
            PeriodCounts {
                start: 10,
                end: 5,
                new: 3,
                returned: 3,
            },
            PeriodCounts {
                start: 10,
                end: 5,
                new: u64::MAX,
                returned: 1,
            },
        ] {
            assert_eq!(
                retention_rate(&counts).unwrap_err().code(),
                "value/impossible-counts"
            );
        }
        assert_eq!(
            retention_rate(&PeriodCounts::new(10, 0, 0)).unwrap().rate,
            0.0
        );
    }
}
