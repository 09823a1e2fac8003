//! A distribution of magnitudes over many orders of ten, in little memory: counts
//! by the logarithm. Median, deviation, limits and drift are all read from it, so
//! that one pass over a table answers them together.

use std::collections::HashMap;

use crate::robust::{MAD_TO_SIGMA, MEAN_AD_TO_SIGMA, sigmas};

/// Steps of the natural logarithm that one bin is wide: a bin is 1.6 % wide.
pub const BINS_PER_LOG: f64 = 64.0;
/// Values of which nothing is said when there are fewer.
const VALUES_MIN: u64 = 100;
/// Bins to either side of zero: all that a number of 64 bits can be.
const BIN_MAX: i32 = 64 * 64;

/// Counts of positive values by their logarithm.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LogHistogram {
    /// The bin of the first count.
    first: i32,
    counts: Vec<u64>,
    total: u64,
}

/// The bins between which values are ordinary, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ordinary {
    /// The first ordinary bin.
    pub low: i32,
    /// The last ordinary bin.
    pub high: i32,
}

/// The bin of a value; none of what is not positive and finite.
pub fn bin_of(value: f64) -> Option<i32> {
    let is_size = value > 0.0 && value.is_finite();
    is_size.then(|| ((value.ln() * BINS_PER_LOG).floor() as i32).clamp(-BIN_MAX, BIN_MAX))
}

/// The value at which a bin begins.
pub fn start_of(bin: i32) -> f64 {
    (f64::from(bin) / BINS_PER_LOG).exp()
}

/// The value in the middle of a bin.
pub fn middle_of(bin: i32) -> f64 {
    ((f64::from(bin) + 0.5) / BINS_PER_LOG).exp()
}

impl LogHistogram {
    /// Counts a value; what is not positive and finite is passed over.
    pub fn add(&mut self, value: f64) {
        if let Some(bin) = bin_of(value) {
            self.add_bin(bin, 1);
        }
    }

    /// Counts values of one bin.
    pub fn add_bin(&mut self, bin: i32, count: u64) {
        if self.counts.is_empty() {
            self.first = bin;
        }
        if bin < self.first {
            let more = (self.first - bin) as usize;
            self.counts.splice(0..0, std::iter::repeat_n(0, more));
            self.first = bin;
        }
        let place = (bin - self.first) as usize;
        if place >= self.counts.len() {
            self.counts.resize(place + 1, 0);
        }
        self.counts[place] += count;
        self.total += count;
    }

    /// Adds the counts of another.
    pub fn merge(&mut self, other: &Self) {
        other
            .bins()
            .for_each(|(bin, count)| self.add_bin(bin, count));
    }

    /// Values counted.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Bins that have a count, ascending.
    pub fn bins(&self) -> impl Iterator<Item = (i32, u64)> {
        let counts = self.counts.iter().zip(self.first..);
        counts
            .filter(|(count, _)| **count > 0)
            .map(|(count, bin)| (bin, *count))
    }

    /// The bin that holds the value of a rank from 0.
    fn bin_at(&self, rank: u64) -> Option<i32> {
        let mut before = 0;
        self.bins().find_map(|(bin, count)| {
            before += count;
            (before > rank).then_some(bin)
        })
    }

    fn median_bin(&self) -> Option<i32> {
        self.bin_at(self.total.checked_sub(1)? / 2)
    }

    /// The middle of the bin of the lower median, within 0.8 % of it.
    pub fn median(&self) -> Option<f64> {
        self.median_bin().map(middle_of)
    }

    /// What is ordinary: the median of the logarithms, and as many robust standard
    /// deviations about it as [`sigmas`] says. None of fewer than 100 values, or
    /// where all are equal.
    pub fn ordinary(&self) -> Option<Ordinary> {
        let middle = self.median_bin()?;
        if self.total < VALUES_MIN {
            return None;
        }
        let mut away: HashMap<u32, u64> = HashMap::new();
        let mut sum = 0.0;
        for (bin, count) in self.bins() {
            *away.entry(bin.abs_diff(middle)).or_default() += count;
            sum += f64::from(bin.abs_diff(middle)) * count as f64;
        }
        let mut away: Vec<(u32, u64)> = away.into_iter().collect();
        away.sort_unstable();
        let rank = (self.total - 1) / 2;
        let mut before = 0;
        let mad = away.iter().find_map(|(distance, count)| {
            before += count;
            (before > rank).then_some(*distance)
        })?;
        let sigma = match mad {
            0 => sum / self.total as f64 * MEAN_AD_TO_SIGMA,
            mad => f64::from(mad) * MAD_TO_SIGMA,
        };
        let reach = (sigmas(self.total) * sigma).ceil() as i32;
        (sigma > 0.0).then_some(Ordinary {
            low: middle - reach,
            high: middle + reach,
        })
    }

    /// Values outside the ordinary.
    pub fn odd(&self, ordinary: Ordinary) -> u64 {
        let outside = |bin: i32| bin < ordinary.low || bin > ordinary.high;
        let odd = self.bins().filter(|(bin, _)| outside(*bin));
        odd.map(|(_, count)| count).sum()
    }

    /// The counts of this one and of `other` in at most `groups` groups of bins
    /// that hold about equally many values of this one.
    pub fn grouped(&self, other: &Self, groups: u64) -> (Vec<u64>, Vec<u64>) {
        let mut ends = Vec::new();
        let mut before = 0;
        for (bin, count) in self.bins() {
            let full = |sum: u64| sum * groups / self.total.max(1);
            if full(before + count) > full(before) {
                ends.push(bin);
            }
            before += count;
        }
        // The last group is open.
        ends.pop();
        let count = |of: &Self| {
            let mut counts = vec![0; ends.len() + 1];
            for (bin, count) in of.bins() {
                counts[ends.partition_point(|end| *end < bin)] += count;
            }
            counts
        };
        (count(self), count(other))
    }
}

impl Ordinary {
    /// The least ordinary value, and the first above that is not ordinary any more.
    pub fn values(self) -> (f64, f64) {
        (start_of(self.low), start_of(self.high + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::robust;

    /// Numbers that look random, from a fixed seed (Steele and others, 2014).
    fn numbers(count: usize) -> Vec<f64> {
        let mut state: u64 = 7;
        let mut next = || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
        };
        // The sum of twelve is about normal; its exponential about log-normal.
        let mut normal = || (0..12).map(|_| next()).sum::<f64>() - 6.0;
        (0..count).map(|_| (1.5 + 0.8 * normal()).exp()).collect()
    }

    #[test]
    fn median_and_limits_agree_with_the_sorted_values() {
        let mut values = numbers(5_000);
        values.extend([1e7, 2e7, 1e-6]);
        let mut histogram = LogHistogram::default();
        values.iter().for_each(|v| histogram.add(*v));
        let logs: Vec<f64> = values.iter().map(|v| v.ln()).collect();
        let exact = robust::fences(&logs).unwrap();
        let median = histogram.median().unwrap().ln();
        assert!((median - exact.median).abs() < 1.0 / BINS_PER_LOG);
        let found = histogram.ordinary().unwrap();
        let (low, high) = found.values();
        assert!((low.ln() - exact.low).abs() < 0.15, "{low} {exact:?}");
        assert!((high.ln() - exact.high).abs() < 0.15, "{high} {exact:?}");
        // The count is that of the values beyond the limits that it names.
        let beyond = values.iter().filter(|v| **v < low || **v >= high).count();
        assert_eq!(histogram.odd(found), beyond as u64);
        assert_eq!(beyond, 3, "normal values are none of them odd");
    }

    #[test]
    fn what_is_no_size_is_passed_over_and_parts_add_up() {
        let (mut one, mut two, mut both) = Default::default();
        let add = |histogram: &mut LogHistogram, value| histogram.add(value);
        for value in [0.0, -3.0, f64::NAN, f64::INFINITY, 2.0, 900.0] {
            add(&mut one, value);
            add(&mut both, value);
        }
        for value in [0.001, 2.0] {
            add(&mut two, value);
            add(&mut both, value);
        }
        assert_eq!(one.total(), 2);
        one.merge(&two);
        assert_eq!(
            one.bins().collect::<Vec<_>>(),
            both.bins().collect::<Vec<_>>()
        );
        assert_eq!(one.ordinary(), None);
    }

    #[test]
    fn groups_hold_about_equally_many() {
        let mut histogram = LogHistogram::default();
        numbers(10_000).iter().for_each(|v| histogram.add(*v));
        let (own, other) = histogram.grouped(&histogram.clone(), 10);
        assert_eq!(own, other);
        assert_eq!(own.iter().sum::<u64>(), 10_000);
        assert_eq!(own.len(), 10);
        assert!(own.iter().all(|n| (700..1_300).contains(n)), "{own:?}");
    }
}
