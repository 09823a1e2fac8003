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

/// Prices as they are summed up: their number, and the sums of their logarithms
/// and of the squares of these.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Prices {
    /// How many.
    pub count: u64,
    /// Sum of the natural logarithms.
    pub sum: f64,
    /// Sum of their squares.
    pub squares: f64,
}

impl Prices {
    /// Counts a price; what is not above zero is passed over.
    pub fn add(&mut self, price: f64) {
        if price > 0.0 {
            let log = price.ln();
            self.count += 1;
            self.sum += log;
            self.squares += log * log;
        }
    }

    /// Adds the prices of another.
    pub fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.sum += other.sum;
        self.squares += other.squares;
    }

    /// The geometric mean; none without a price.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| (self.sum / self.count as f64).exp())
    }

    /// The standard deviation of the logarithms, over all prices.
    pub fn spread(&self) -> Option<f64> {
        let n = self.count as f64;
        (self.count > 0).then(|| (self.squares / n - (self.sum / n).powi(2)).max(0.0).sqrt())
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
        let spread = code.prices.spread().filter(|_| code.prices.count >= PRICES_MIN);
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
    let known = codes.iter().filter(|code| code.prices.count >= PRICES_MIN);
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
            let prices: Vec<f64> = (0..20).map(|i| price * (1.0 + f64::from(i % 3 + n % 5) * 0.05)).collect();
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
    fn the_spread_is_the_deviation_of_the_logarithms() {
        let mut prices = Prices::default();
        for price in [1.0, 0.0, std::f64::consts::E, -2.0] {
            prices.add(price);
        }
        assert_eq!(prices.count, 2);
        assert!((prices.spread().unwrap() - 0.5).abs() < 1e-12);
        assert!((prices.mean().unwrap() - 0.5_f64.exp()).abs() < 1e-12);
    }
}
