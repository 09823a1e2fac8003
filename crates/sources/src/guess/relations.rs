//! How columns of a sample behave beside one another.

use std::cell::OnceCell;

use super::super::infer::{ColumnProfile, Kind, MISSING, Profile};
use super::super::number::parse_f64;
use super::super::read::has_exponent;
use super::super::time::parse;
use super::Role;
use super::names;
use super::words::{Concept, concepts};

/// One column and what is worked out about it.
pub(super) struct Fact<'a> {
    pub(super) profile: &'a ColumnProfile,
    pub(super) concepts: Vec<Concept>,
    /// Per row the code of its value, or [`MISSING`].
    pub(super) codes: &'a [u32],
    pub(super) values: &'a [String],
    counts: &'a [u32],
    /// Probability that two rows share a value.
    pub(super) concentration: f64,
    numbers: OnceCell<Vec<f64>>,
    times: OnceCell<Vec<f64>>,
    groups: OnceCell<Vec<Vec<u32>>>,
}

/// The columns of a sample.
pub(super) struct Facts<'a> {
    pub(super) columns: Vec<Fact<'a>>,
    pub(super) rows: usize,
}

/// How far one column settles another.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Settle {
    /// Agreement beyond chance, 0 to 1.
    pub(super) beyond_chance: f64,
    /// Share of rows that agree with their group.
    pub(super) share: f64,
    /// Rows on which this rests (those that have company in their group).
    pub(super) support: usize,
}

impl<'a> Facts<'a> {
    pub(super) fn new(profile: &'a Profile) -> Self {
        let columns = profile
            .columns
            .iter()
            .zip(&profile.sample.columns)
            .map(|(profile, sample)| {
                let total: f64 = sample.counts.iter().map(|c| f64::from(*c)).sum();
                let squares: f64 = sample
                    .counts
                    .iter()
                    .map(|c| f64::from(*c) * (f64::from(*c) - 1.0))
                    .sum();
                Fact {
                    profile,
                    concepts: concepts(&profile.name),
                    codes: &sample.codes,
                    values: &sample.values,
                    counts: &sample.counts,
                    concentration: if total > 1.0 {
                        squares / (total * (total - 1.0))
                    } else {
                        1.0
                    },
                    numbers: OnceCell::new(),
                    times: OnceCell::new(),
                    groups: OnceCell::new(),
                }
            })
            .collect();
        Facts {
            columns,
            rows: profile.sample.rows,
        }
    }

    pub(super) fn column(&self, index: usize) -> Option<&Fact<'a>> {
        self.columns.get(index)
    }

    pub(super) fn name_score(&self, role: Role, index: usize) -> f64 {
        self.column(index)
            .map_or(0.0, |fact| names::score(role, &fact.concepts))
    }

    /// Whether the values are identifiers of which a spreadsheet has made rounded
    /// numbers: they identify nothing any more.
    pub(super) fn is_changed(&self, index: usize) -> bool {
        self.column(index).is_some_and(|fact| {
            let changed = fact.values.iter().filter(|v| has_exponent(v.as_bytes()));
            changed.count() * 2 > fact.values.len()
        })
    }

    /// Whether a name says order, or invoice, while another column is named for
    /// the customer: whatever its values are like, it is not the customer.
    pub(super) fn is_order_beside_customer(&self, index: usize) -> bool {
        let customer = |column| self.name_score(Role::CustomerId, column) >= 0.7;
        self.name_score(Role::OrderId, index) >= 0.6
            && !customer(index)
            && (0..self.columns.len()).any(customer)
    }

    /// The column whose name fits the role best, if any fits by `least`.
    pub(super) fn best_named(
        &self,
        role: Role,
        least: f64,
        allowed: impl Fn(usize) -> bool,
    ) -> Option<(usize, f64)> {
        let mut best: Option<(usize, f64)> = None;
        for index in (0..self.columns.len()).filter(|index| allowed(*index)) {
            let score = self.name_score(role, index);
            if score >= least && best.is_none_or(|(_, most)| score > most) {
                best = Some((index, score));
            }
        }
        best
    }

    /// How far the value of `a` settles that of `b` in the same row.
    pub(super) fn settle(&self, a: usize, b: usize) -> Settle {
        let (Some(from), Some(to)) = (self.column(a), self.column(b)) else {
            return Settle::default();
        };
        let mut counts = vec![0_u32; to.values.len()];
        let (mut agree, mut support) = (0_u64, 0_u64);
        for group in from.groups() {
            let (mut size, mut most) = (0_u32, 0_u32);
            for code in group
                .iter()
                .filter_map(|row| to.codes.get(*row as usize))
                .filter(|code| **code != MISSING)
            {
                if let Some(count) = counts.get_mut(*code as usize) {
                    *count += 1;
                    most = most.max(*count);
                    size += 1;
                }
            }
            for code in group.iter().filter_map(|row| to.codes.get(*row as usize)) {
                if let Some(count) = counts.get_mut(*code as usize) {
                    *count = 0;
                }
            }
            if size > 1 {
                agree += u64::from(most - 1);
                support += u64::from(size - 1);
            }
        }
        if support == 0 {
            return Settle::default();
        }
        let share = agree as f64 / support as f64;
        let chance = to.concentration;
        let beyond = if chance < 0.999_999 {
            ((share - chance) / (1.0 - chance)).clamp(0.0, 1.0)
        } else {
            0.0
        };
        Settle {
            beyond_chance: beyond,
            share,
            support: support as usize,
        }
    }

    /// How much more often than by chance a row has the value of the row
    /// before it.
    pub(super) fn contiguity(&self, index: usize) -> f64 {
        let Some(fact) = self.column(index) else {
            return 0.0;
        };
        let pairs = fact
            .codes
            .windows(2)
            .filter(|pair| !pair.contains(&MISSING));
        let (mut same, mut total) = (0_u32, 0_u32);
        for pair in pairs {
            total += 1;
            same += u32::from(pair.first() == pair.last());
        }
        if total == 0 || fact.concentration > 0.999 {
            return 0.0;
        }
        let share = f64::from(same) / f64::from(total);
        ((share - fact.concentration) / (1.0 - fact.concentration)).clamp(0.0, 1.0)
    }

    /// Spearman's correlation of ranks over rows where both are numbers.
    pub(super) fn correlation(&self, a: usize, b: usize) -> f64 {
        let (Some(x), Some(y)) = (self.column(a), self.column(b)) else {
            return 0.0;
        };
        let pairs: Vec<(f64, f64)> = x
            .numbers()
            .iter()
            .copied()
            .zip(y.numbers().iter().copied())
            .filter(|(x, y)| x.is_finite() && y.is_finite())
            .collect();
        if pairs.len() < 5 {
            return 0.0;
        }
        let left = ranks(pairs.iter().map(|pair| pair.0));
        let right = ranks(pairs.iter().map(|pair| pair.1));
        pearson(&left, &right)
    }

    /// Share of rows in which `c` is `a` x `b`, to the cent or the last digit
    /// written.
    pub(super) fn is_product(&self, a: usize, b: usize, c: usize) -> f64 {
        let (Some(x), Some(y), Some(z)) = (self.column(a), self.column(b), self.column(c)) else {
            return 0.0;
        };
        let (mut equal, mut total) = (0_u32, 0_u32);
        for ((x, y), z) in x.numbers().iter().zip(y.numbers()).zip(z.numbers()) {
            // Ones and zeros prove nothing.
            let telling = x.is_finite()
                && y.is_finite()
                && z.is_finite()
                && *x != 0.0
                && *y != 0.0
                && *x != 1.0
                && *y != 1.0;
            if telling {
                total += 1;
                equal += u32::from((x * y - z).abs() <= 0.0051_f64.max(z.abs() * 1e-4));
            }
        }
        if total < 5 {
            0.0
        } else {
            f64::from(equal) / f64::from(total)
        }
    }

    /// Share of rows in which `a` is at most `b`.
    pub(super) fn at_most(&self, a: usize, b: usize) -> f64 {
        let (Some(x), Some(y)) = (self.column(a), self.column(b)) else {
            return 0.0;
        };
        let (mut holds, mut total) = (0_u32, 0_u32);
        let (x, y) = if x.profile.kind.is_number() {
            (x.numbers(), y.numbers())
        } else {
            (x.times(), y.times())
        };
        for (x, y) in x
            .iter()
            .zip(y)
            .filter(|(x, y)| x.is_finite() && y.is_finite())
        {
            total += 1;
            holds += u32::from(x <= y);
        }
        if total == 0 {
            0.0
        } else {
            f64::from(holds) / f64::from(total)
        }
    }
}

impl Fact<'_> {
    pub(super) fn distinct(&self) -> usize {
        self.values.len()
    }

    /// Rows with a value.
    pub(super) fn present(&self) -> usize {
        self.profile.rows - self.profile.missing
    }

    /// Rows per value.
    pub(super) fn rows_per_value(&self) -> f64 {
        self.present() as f64 / self.distinct().max(1) as f64
    }

    /// Every row has a value of its own (one in a thousand may not).
    pub(super) fn is_unique(&self) -> bool {
        self.present() > 0
            && self.distinct() * 1000 >= self.present() * 999
            && self.profile.missing * 1000 <= self.profile.rows
    }

    /// Per row its number, NaN where there is none.
    pub(super) fn numbers(&self) -> &[f64] {
        self.numbers.get_or_init(|| {
            let parsed: Vec<f64> = self
                .values
                .iter()
                .map(|value| parse_f64(value.as_bytes(), &self.profile.number).unwrap_or(f64::NAN))
                .collect();
            self.per_row(&parsed)
        })
    }

    /// Per row its moment in microseconds, NaN where there is none.
    fn times(&self) -> &[f64] {
        self.times.get_or_init(|| {
            let Some(format) = self.profile.kind.time_format() else {
                return vec![f64::NAN; self.codes.len()];
            };
            let parsed: Vec<f64> = self
                .values
                .iter()
                .map(|value| {
                    parse(value.as_bytes(), format).map_or(f64::NAN, |w| w.local_us as f64)
                })
                .collect();
            self.per_row(&parsed)
        })
    }

    /// Per row its day: of times counted from 1970, of whole numbers as they are; NaN
    /// where there is none.
    pub(super) fn days(&self) -> Vec<f64> {
        const DAY_US: f64 = 86_400_000_000.0;
        match self.profile.kind.is_number() {
            true => self.numbers().to_vec(),
            false => self.times().iter().map(|us| us / DAY_US).collect(),
        }
    }

    fn per_row(&self, by_code: &[f64]) -> Vec<f64> {
        self.codes
            .iter()
            .map(|code| by_code.get(*code as usize).copied().unwrap_or(f64::NAN))
            .collect()
    }

    /// Rows that share a value, for values with at least two rows.
    pub(super) fn groups(&self) -> &[Vec<u32>] {
        self.groups.get_or_init(|| {
            let mut groups: Vec<Vec<u32>> = self
                .counts
                .iter()
                .map(|count| Vec::with_capacity(*count as usize))
                .collect();
            for (row, code) in self.codes.iter().enumerate() {
                if let Some(group) = groups.get_mut(*code as usize) {
                    group.push(row as u32);
                }
            }
            groups.retain(|group| group.len() > 1);
            groups
        })
    }

    /// Whether the numbers look like quantities: whole, small, some of them
    /// common.
    pub(super) fn looks_like_quantity(&self) -> bool {
        if self.profile.kind != Kind::Integer {
            return false;
        }
        let numbers = self.numbers();
        let median = self.median();
        let negative = numbers.iter().filter(|n| **n < 0.0).count();
        let commonest = self.counts.iter().max().copied().unwrap_or(0) as usize;
        (0.0..=24.0).contains(&median)
            && negative * 4 < numbers.len()
            && commonest * 20 >= numbers.len()
    }

    /// The middle of the numbers; NaN without any.
    pub(super) fn median(&self) -> f64 {
        let mut numbers: Vec<f64> = self
            .numbers()
            .iter()
            .copied()
            .filter(|n| n.is_finite())
            .collect();
        numbers.sort_unstable_by(f64::total_cmp);
        numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
    }

    /// Share of numbers below zero.
    pub(super) fn share_negative(&self) -> f64 {
        let numbers = self.numbers();
        numbers.iter().filter(|n| **n < 0.0).count() as f64 / numbers.len().max(1) as f64
    }

    /// Share of zeros.
    pub(super) fn share_zero(&self) -> f64 {
        let numbers = self.numbers();
        numbers.iter().filter(|n| **n == 0.0).count() as f64 / numbers.len().max(1) as f64
    }

    /// Share of the rows that have the rarer of two values, and its code.
    pub(super) fn rarer(&self) -> Option<(usize, f64)> {
        let [a, b] = self.counts else { return None };
        let total = f64::from(a + b).max(1.0);
        Some(if a < b {
            (0, f64::from(*a) / total)
        } else {
            (1, f64::from(*b) / total)
        })
    }
}

/// Ranks with ties averaged.
fn ranks(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let values: Vec<f64> = values.collect();
    let mut order: Vec<usize> = (0..values.len()).collect();
    let value = |i: &usize| values.get(*i).copied().unwrap_or(0.0);
    order.sort_unstable_by(|a, b| value(a).total_cmp(&value(b)));
    let mut out = vec![0.0; values.len()];
    for tied in order
        .chunk_by(|a, b| value(a) == value(b))
        .scan(0_usize, |start, chunk| {
            let first = *start;
            *start += chunk.len();
            Some((first, chunk))
        })
    {
        let (first, chunk) = tied;
        let rank = first as f64 + (chunk.len() as f64 - 1.0) / 2.0;
        for i in chunk {
            if let Some(slot) = out.get_mut(*i) {
                *slot = rank;
            }
        }
    }
    out
}

fn pearson(x: &[f64], y: &[f64]) -> f64 {
    let n = x.len() as f64;
    let (mx, my) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for (a, b) in x.iter().zip(y) {
        xy += (a - mx) * (b - my);
        xx += (a - mx) * (a - mx);
        yy += (b - my) * (b - my);
    }
    if xx == 0.0 || yy == 0.0 {
        0.0
    } else {
        xy / (xx * yy).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rank_correlation_by_hand() {
        assert_eq!(
            ranks([10.0, 20.0, 20.0, 5.0].into_iter()),
            [1.0, 2.5, 2.5, 0.0]
        );
        // Ranks 0..4 against 1,0,3,2,4: sum of squared differences 4, so 1 - 6*4/(5*24) = 0.8.
        assert!(
            (pearson(&[0.0, 1.0, 2.0, 3.0, 4.0], &[1.0, 0.0, 3.0, 2.0, 4.0]) - 0.8).abs() < 1e-12
        );
    }
}
