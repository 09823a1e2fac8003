//! What products cost month by month, so that a price that becomes a hundred
//! times as high is seen, in bounded memory.

use std::collections::HashMap;

use crate::codes::Prices;
use crate::hash::QuickMap;
use crate::jumps::{Level, jumps};

/// Pairs of product and month that are held: about 50 MB.
const PAIRS_MAX: usize = 500_000;
/// Prices of a product in a month below which the month is stepped over.
const PRICES_MIN: u64 = 3;

/// Prices by product and month. Where there are too many, half of the products are
/// let go of, as often as needed; which ones is told by a hash of their names.
#[derive(Debug, Clone, Default)]
pub struct ByMonth {
    pairs: QuickMap<(u64, i32), Prices>,
    /// Products whose hash has a bit of it are not looked at.
    mask: u64,
}

/// What became of prices from month to month.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PriceJumps {
    /// Changes looked at.
    pub looked_at: u64,
    /// Those by a power of ten.
    pub jumps: u64,
    /// Products that jumped.
    pub products: u64,
}

/// FNV-1a, 64 bits (Fowler, Noll, Vo): the same on every machine.
pub fn hash_of(name: &str) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325, step);
    // The low bits decide who is let go of; mix them well.
    hash ^ (hash >> 29)
}

impl ByMonth {
    /// Counts a price of the product with that hash of its name.
    pub fn add(&mut self, product: u64, month: i32, price: f64) {
        if product & self.mask != 0 {
            return;
        }
        self.pairs.entry((product, month)).or_default().add(price);
        self.shrink();
    }

    /// Adds what another has counted.
    pub fn merge(&mut self, other: &Self) {
        self.mask |= other.mask;
        for (key, prices) in &other.pairs {
            self.pairs.entry(*key).or_default().merge(prices);
        }
        let mask = self.mask;
        self.pairs.retain(|(product, _), _| product & mask == 0);
        self.shrink();
    }

    fn shrink(&mut self) {
        while self.pairs.len() > PAIRS_MAX && self.mask != u64::MAX {
            self.mask = self.mask << 1 | 1;
            let mask = self.mask;
            self.pairs.retain(|(product, _), _| product & mask == 0);
        }
    }

    /// Jumps of prices between a product's months.
    pub fn jumps(&self) -> PriceJumps {
        let mut levels: HashMap<u64, Vec<Level>> = HashMap::new();
        for (&(product, month), prices) in &self.pairs {
            if let Some(median) = prices.median() {
                levels.entry(product).or_default().push(Level {
                    period: i64::from(month),
                    median,
                    values: prices.count(),
                });
            }
        }
        let mut found = PriceJumps::default();
        for levels in levels.values_mut() {
            levels.sort_unstable_by_key(|level| level.period);
            let (of_product, looked_at) = jumps(levels, PRICES_MIN);
            found.looked_at += looked_at;
            found.jumps += of_product.len() as u64;
            found.products += u64::from(!of_product.is_empty());
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_that_cost_a_hundred_times_as_much_are_counted() {
        let (mut one, mut two) = (ByMonth::default(), ByMonth::default());
        for product in 0..50_u64 {
            for month in 0..6 {
                let price = 3.0 + product as f64 / 10.0;
                let cents = product < 20 && month >= 4;
                let half = if product % 2 == 0 { &mut one } else { &mut two };
                for _ in 0..4 {
                    half.add(product, month, if cents { price * 100.0 } else { price });
                }
            }
        }
        one.merge(&two);
        let expected = PriceJumps {
            looked_at: 250,
            jumps: 20,
            products: 20,
        };
        assert_eq!(one.jumps(), expected);
    }

    #[test]
    fn memory_is_bounded_and_what_is_left_is_whole() {
        let mut prices = ByMonth::default();
        for n in 0..PAIRS_MAX as u64 + 10 {
            prices.add(hash_of(&format!("product {n}")), 1, 2.0);
        }
        assert!(
            prices.pairs.len() < PAIRS_MAX * 3 / 5,
            "{}",
            prices.pairs.len()
        );
        assert!(prices.pairs.len() > PAIRS_MAX / 3, "{}", prices.pairs.len());
        assert_eq!(prices.mask, 1);
    }
}
