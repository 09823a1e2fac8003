//! Whether what is read now is distributed as what was read before.

use crate::LogHistogram;
use crate::hash::QuickMap;

/// Below this a change is small (Siddiqi, *Credit Risk Scorecards*, 2006: above
/// 0.25 the population has changed).
pub const PSI_NOTABLE: f64 = 0.25;
/// Groups that amounts are put into.
const GROUPS: u64 = 10;
/// Categories told apart; the rest is one.
const TOP: usize = 20;
/// Values on either side below which nothing is said.
const VALUES_MIN: u64 = 100;
/// Added to each count, so that an empty group has a logarithm.
const SMOOTH: f64 = 0.5;

/// How far two distributions lie apart, and how far they may.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drift {
    /// The population stability index.
    pub psi: f64,
    /// What it may be: 0.25, or what chance alone brings in samples so small.
    pub allowed: f64,
}

impl Drift {
    /// Whether they differ by more than chance and habit.
    pub fn is_notable(self) -> bool {
        self.psi > self.allowed
    }
}

/// The population stability index of two rows of counts: the sum over groups of
/// (p - q) ln(p / q), p and q being the shares, each count half a value larger.
/// Zero for equal shares; the order of the two does not matter.
pub fn psi(before: &[u64], now: &[u64]) -> f64 {
    let shares = |counts: &[u64]| -> Vec<f64> {
        let total = counts.iter().sum::<u64>() as f64 + SMOOTH * counts.len() as f64;
        let share = |n: &u64| (*n as f64 + SMOOTH) / total;
        counts.iter().map(share).collect()
    };
    let pairs = shares(before).into_iter().zip(shares(now));
    pairs.map(|(q, p)| (p - q) * (p / q).ln()).sum()
}

/// The index with what chance alone may bring: of two samples of n and m from one
/// distribution over B groups it is about (1/n + 1/m) times a chi-squared of
/// B - 1 degrees (Yurdakul and Naranjani, *Journal of Risk Model Validation*,
/// 2020); its 99.9 % quantile is taken by mean and deviation.
fn drift(before: &[u64], now: &[u64]) -> Option<Drift> {
    let (n, m) = (before.iter().sum::<u64>(), now.iter().sum::<u64>());
    if n < VALUES_MIN || m < VALUES_MIN || before.len() < 2 {
        return None;
    }
    let degrees = (before.len() - 1) as f64;
    let chance = (1.0 / n as f64 + 1.0 / m as f64) * (degrees + 3.09 * (2.0 * degrees).sqrt());
    Some(Drift {
        psi: psi(before, now),
        allowed: PSI_NOTABLE.max(chance),
    })
}

/// Drift of amounts, in tenths of those before; none of fewer than 100 on a side.
pub fn of_amounts(before: &LogHistogram, now: &LogHistogram) -> Option<Drift> {
    let (before, now) = before.grouped(now, GROUPS);
    drift(&before, &now)
}

/// Drift of categories: the 20 commonest before, and all others as one; none of
/// fewer than 100 on a side, or of a single category.
pub fn of_categories(before: &QuickMap<String, u64>, now: &QuickMap<String, u64>) -> Option<Drift> {
    let mut top: Vec<(&String, u64)> = before.iter().map(|(name, n)| (name, *n)).collect();
    top.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    top.truncate(TOP);
    let counts = |of: &QuickMap<String, u64>| {
        let mut counts: Vec<u64> = top
            .iter()
            .map(|(name, _)| of.get(*name).copied().unwrap_or(0))
            .collect();
        let known: u64 = counts.iter().sum();
        counts.push(of.values().sum::<u64>() - known);
        counts
    };
    let (mut before, mut now) = (counts(before), counts(now));
    // Without others on either side that group is none.
    if before.last() == Some(&0) && now.last() == Some(&0) {
        before.pop();
        now.pop();
    }
    drift(&before, &now)
}

/// Whether a share changed from `(of, among)` before to now by more than a tenth
/// and by more than chance: four standard errors of the difference. With the
/// change; none of fewer than 100 on a side.
pub fn of_share(before: (u64, u64), now: (u64, u64)) -> Option<(f64, bool)> {
    if before.1 < VALUES_MIN || now.1 < VALUES_MIN {
        return None;
    }
    let share = |(of, among): (u64, u64)| of as f64 / among as f64;
    let change = share(now) - share(before);
    let pooled = (before.0 + now.0) as f64 / (before.1 + now.1) as f64;
    let error = (pooled * (1.0 - pooled) * (1.0 / before.1 as f64 + 1.0 / now.1 as f64)).sqrt();
    Some((change, change.abs() > 0.1 && change.abs() > 4.0 * error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_is_the_published_sum() {
        // Shares .5 .3 .2 against .4 .4 .2: .1 ln 1.25 + .1 ln(4/3) = 0.051082.
        let expected = 0.1 * 1.25_f64.ln() + 0.1 * (4.0_f64 / 3.0).ln();
        let found = psi(&[40_000, 40_000, 20_000], &[50_000, 30_000, 20_000]);
        assert!((found - expected).abs() < 1e-5, "{found} {expected}");
        let back = psi(&[50_000, 30_000, 20_000], &[40_000, 40_000, 20_000]);
        assert!((found - back).abs() < 1e-12);
        assert_eq!(psi(&[10, 20], &[10, 20]), 0.0);
    }

    #[test]
    fn chance_in_small_samples_is_no_drift() {
        let small = drift(&[30, 40, 30, 20], &[20, 50, 20, 30]).unwrap();
        assert!(!small.is_notable());
        // (1/120 + 1/120) (3 + 3.09 sqrt 6) = 0.1762, so that the 0.25 holds.
        assert_eq!(small.allowed, PSI_NOTABLE);
        let many = drift(&[1; 120], &[1; 120]).unwrap();
        assert!((many.allowed - (119.0 + 3.09 * 238.0_f64.sqrt()) / 60.0).abs() < 1e-9);
        assert_eq!(drift(&[50, 49], &[500, 500]), None);
    }

    #[test]
    fn amounts_ten_times_as_large_drift_and_equal_ones_do_not() {
        let histogram = |factor: f64| {
            let mut histogram = LogHistogram::default();
            (1..=2_000).for_each(|n| histogram.add(f64::from(n % 97 + 1) * factor));
            histogram
        };
        let same = of_amounts(&histogram(1.0), &histogram(1.0)).unwrap();
        assert_eq!(same.psi, 0.0);
        let other = of_amounts(&histogram(1.0), &histogram(100.0)).unwrap();
        assert!(other.is_notable() && other.psi > 3.0, "{other:?}");
    }

    #[test]
    fn categories_that_come_and_go_drift() {
        let counts = |pairs: &[(&str, u64)]| -> QuickMap<String, u64> {
            pairs
                .iter()
                .map(|(name, n)| ((*name).to_owned(), *n))
                .collect()
        };
        let before = counts(&[("web", 700), ("shop", 300)]);
        let same = of_categories(&before, &counts(&[("web", 69), ("shop", 31)])).unwrap();
        assert!(!same.is_notable(), "{same:?}");
        let new = of_categories(&before, &counts(&[("web", 20), ("app", 80)])).unwrap();
        assert!(new.is_notable());
        assert_eq!(of_share((10, 1_000), (10, 1_000)), Some((0.0, false)));
        assert!(of_share((10, 1_000), (250, 1_000)).unwrap().1);
        assert!(!of_share((10, 1_000), (80, 1_000)).unwrap().1);
    }
}
