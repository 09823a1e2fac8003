//! Codes of products that are none: postage, fees, corrections, samples. They are
//! told by how they behave beside the others, never by a list of names.

use crate::robust;

/// Distinct codes below which nothing is said.
const CODES_MIN: usize = 20;
/// The share of the codes that must be alike for the others to be odd.
const ALIKE: f64 = 0.95;
/// Prices of a code below which its spread is not looked at.
const PRICES_MIN: u64 = 10;
/// The standard deviation of the logarithms of a code's prices above which no one
/// thing is sold: half of the prices lie outside a factor of 2.7 to either side.
const SPREAD_MIN: f64 = 1.5;

/// Steps of the natural logarithm that one bin of prices is wide: 6 %.
const BINS_PER_LOG: f64 = 16.0;
/// The distance between the quartiles of normal values, in standard deviations.
const QUARTILES_TO_SIGMA: f64 = 1.348_979_500_392_164;

/// Prices as they are counted: by their logarithm, so that one wrong price among
/// many moves neither the middle nor the spread.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Prices {
    count: u64,
    /// Bins with their counts, ascending.
    bins: Vec<(i16, u32)>,
}

impl Prices {
    /// Counts a price; what is not above zero is passed over.
    pub fn add(&mut self, price: f64) {
        if price > 0.0 && price.is_finite() {
            let bin = (price.ln() * BINS_PER_LOG).floor() as i16;
            self.add_bin(bin, 1);
        }
    }

    fn add_bin(&mut self, bin: i16, more: u32) {
        self.count += u64::from(more);
        match self.bins.binary_search_by_key(&bin, |(bin, _)| *bin) {
            Ok(at) => self.bins[at].1 = self.bins[at].1.saturating_add(more),
            Err(at) => self.bins.insert(at, (bin, more)),
        }
    }

    /// Adds the prices of another.
    pub fn merge(&mut self, other: &Self) {
        other
            .bins
            .iter()
            .for_each(|(bin, n)| self.add_bin(*bin, *n));
    }

    /// How many.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The logarithm of the price at a rank from 0.
    fn log_at(&self, rank: u64) -> Option<f64> {
        let mut before = 0;
        let found = self.bins.iter().find(|(_, n)| {
            before += u64::from(*n);
            before > rank
        });
        found.map(|(bin, _)| (f64::from(*bin) + 0.5) / BINS_PER_LOG)
    }

    /// The lower median, within 3 %; none without a price.
    pub fn median(&self) -> Option<f64> {
        let rank = self.count.checked_sub(1)? / 2;
        self.log_at(rank).map(f64::exp)
    }

    /// The standard deviation of the logarithms as their quartiles tell it; none
    /// without a price.
    pub fn spread(&self) -> Option<f64> {
        let last = self.count.checked_sub(1)?;
        let (low, high) = (self.log_at(last / 4)?, self.log_at(last - last / 4)?);
        Some((high - low) / QUARTILES_TO_SIGMA)
    }
}

/// A code of products with what is known of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Code {
    /// The code.
    pub name: String,
    /// Lines that have it.
    pub lines: u64,
    /// Their prices.
    pub prices: Prices,
}

/// Why a code is odd.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oddity {
    /// It has no digit, and nearly all others have.
    NoDigit,
    /// It has less than half as many digits as nearly all others.
    FewDigits,
    /// Its price varies wildly, and those of the others do not.
    Price,
}

fn digits(name: &str) -> usize {
    name.chars().filter(char::is_ascii_digit).count()
}

/// The codes that are no products as far as one can tell, by their place, with
/// the first reason that holds; the most lines first.
pub fn odd(codes: &[Code]) -> Vec<(usize, Oddity)> {
    if codes.len() < CODES_MIN {
        return Vec::new();
    }
    let mut counts: Vec<usize> = codes.iter().map(|code| digits(&code.name)).collect();
    counts.sort_unstable();
    // So many digits the codes have, but for the least twentieth.
    let usual = counts[((1.0 - ALIKE) * counts.len() as f64) as usize];
    let ordinary = spread_limit(codes);
    let reason = |code: &Code| {
        let own = digits(&code.name);
        let spread = code
            .prices
            .spread()
            .filter(|_| code.prices.count() >= PRICES_MIN);
        if usual > 0 && own == 0 {
            Some(Oddity::NoDigit)
        } else if own * 2 < usual {
            Some(Oddity::FewDigits)
        } else {
            let wild = spread.is_some_and(|spread| spread > ordinary);
            wild.then_some(Oddity::Price)
        }
    };
    let found = codes.iter().enumerate();
    let mut found: Vec<(usize, Oddity)> = found
        .filter_map(|(place, code)| Some((place, reason(code)?)))
        .collect();
    let lines = |place: usize| codes[place].lines;
    found.sort_by(|a, b| lines(b.0).cmp(&lines(a.0)).then(a.0.cmp(&b.0)));
    found
}

/// The spread of prices that is still ordinary among these codes.
fn spread_limit(codes: &[Code]) -> f64 {
    let known = codes
        .iter()
        .filter(|code| code.prices.count() >= PRICES_MIN);
    let spreads: Vec<f64> = known.filter_map(|code| code.prices.spread()).collect();
    robust::fences(&spreads).map_or(f64::INFINITY, |fences| fences.high.max(SPREAD_MIN))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(name: &str, prices: &[f64]) -> Code {
        let mut code = Code {
            name: name.to_owned(),
            lines: prices.len() as u64,
            ..Code::default()
        };
        prices.iter().for_each(|p| code.prices.add(*p));
        code
    }

    #[test]
    fn postage_fees_and_corrections_are_told_from_products() {
        let steady = |n: u32| {
            let price = f64::from(n % 7 + 1);
            let prices: Vec<f64> = (0..20)
                .map(|i| price * (1.0 + f64::from(i % 3 + n % 5) * 0.05))
                .collect();
            code(&format!("{}A", 20_000 + n), &prices)
        };
        let mut codes: Vec<Code> = (0..60).map(steady).collect();
        codes.push(code("CARRIAGE", &[18.0; 30]));
        codes.push(code("X2", &[5.0; 12]));
        let wild: Vec<f64> = (0..15).map(|i| 4.0_f64.powi(i - 4)).collect();
        codes.push(code("21999", &wild));
        let found = odd(&codes);
        let named: Vec<(&str, Oddity)> = found
            .iter()
            .map(|(place, why)| (codes[*place].name.as_str(), *why))
            .collect();
        let expected = [
            ("CARRIAGE", Oddity::NoDigit),
            ("21999", Oddity::Price),
            ("X2", Oddity::FewDigits),
        ];
        assert_eq!(named, expected);
    }

    #[test]
    fn where_codes_are_words_a_word_is_nothing_odd() {
        let words = (0..40_u8).map(|n| code(&"apple".repeat(usize::from(n) + 1), &[2.0; 12]));
        assert_eq!(odd(&words.collect::<Vec<_>>()), []);
        assert_eq!(odd(&[code("a", &[1.0]), code("1", &[9.0])]), []);
    }

    #[test]
    fn middle_and_spread_are_those_of_the_sorted_prices() {
        let mut prices = Prices::default();
        for price in [0.0, -2.0, f64::NAN, 1e9] {
            prices.add(price);
        }
        // 1, 2, 4, ..., 1024: the middle is 32, the quartiles 4 and 256 (1e9 is one more).
        (0..11).for_each(|n| prices.add(2.0_f64.powi(n)));
        assert_eq!(prices.count(), 12);
        assert!((prices.median().unwrap() / 32.0).ln().abs() < 1.0 / BINS_PER_LOG);
        let expected = (512.0_f64 / 4.0).ln() / QUARTILES_TO_SIGMA;
        assert!((prices.spread().unwrap() - expected).abs() < 0.06);
        let mut twice = prices.clone();
        twice.merge(&prices);
        assert_eq!((twice.count(), twice.median()), (24, prices.median()));
    }
}
