//! How alike two texts are, with what can be told without looking at every letter.

use rapidfuzz::distance::{jaro_winkler, osa};

/// Bands of Jaro-Winkler similarity (Winkler 1990), remembered for pairs of
/// values seen of late.
pub struct Similar {
    close: f64,
    near: f64,
    remembered: Vec<u64>,
}

/// How alike two texts are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Band {
    /// Less than near.
    Far,
    /// Near, not close.
    Near,
    /// Close.
    Close,
}

const SLOTS: usize = 1 << 15;

/// One of two texts: its number among the values, its letters as bits.
#[derive(Clone, Copy)]
pub struct Text<'a> {
    pub code: u32,
    pub letters: u32,
    pub text: &'a str,
}

impl Similar {
    pub fn new(close: f64, near: f64) -> Similar {
        Similar {
            close,
            near,
            remembered: vec![0; SLOTS],
        }
    }

    /// The band of two different names. Names are many times the same, and their
    /// bands are worth remembering.
    pub fn names(&mut self, a: Text<'_>, b: Text<'_>) -> Band {
        let (a, b) = if a.code < b.code { (a, b) } else { (b, a) };
        let key = (u64::from(a.code) << 31 | u64::from(b.code)) << 2;
        let slot = super::hash::mix(key) as usize % SLOTS;
        let found = self.remembered[slot];
        if found & !3 == key && found != 0 {
            return match found & 3 {
                3 => Band::Close,
                2 => Band::Near,
                _ => Band::Far,
            };
        }
        let band = self.once(a, b);
        self.remembered[slot] = key | (band as u64 + 1);
        band
    }

    /// The band of two different texts that hardly come again.
    pub fn once(&self, a: Text<'_>, b: Text<'_>) -> Band {
        if !could_reach(a, b, self.near) {
            return Band::Far;
        }
        let similarity = jaro_winkler(a.text, b.text);
        if similarity >= self.close {
            Band::Close
        } else if similarity >= self.near {
            Band::Near
        } else {
            Band::Far
        }
    }

    /// Whether two different texts are close.
    pub fn is_close(&self, a: Text<'_>, b: Text<'_>) -> bool {
        could_reach(a, b, self.close) && jaro_winkler(a.text, b.text) >= self.close
    }
}

/// Jaro-Winkler similarity by characters, 0 to 1.
pub fn jaro_winkler(a: &str, b: &str) -> f64 {
    if a.is_ascii() && b.is_ascii() {
        jaro_winkler::similarity(a.bytes(), b.bytes())
    } else {
        jaro_winkler::similarity(a.chars(), b.chars())
    }
}

/// A bound from above: letters that the other text lacks cannot match.
fn could_reach(a: Text<'_>, b: Text<'_>, least: f64) -> bool {
    if !a.text.is_ascii() || !b.text.is_ascii() {
        return true;
    }
    let (length_a, length_b) = (a.text.len() as u32, b.text.len() as u32);
    let lacking_a = (a.letters & !b.letters).count_ones();
    let lacking_b = (b.letters & !a.letters).count_ones();
    let matching = length_a
        .saturating_sub(lacking_a)
        .min(length_b.saturating_sub(lacking_b));
    let matching = f64::from(matching);
    let jaro =
        (matching / f64::from(length_a.max(1)) + matching / f64::from(length_b.max(1)) + 1.0) / 3.0;
    let same = a.text.bytes().zip(b.text.bytes()).take(4);
    let prefix = same.take_while(|(a, b)| a == b).count() as f64;
    // A hair more, so that rounding never decides.
    jaro + 0.1 * prefix * (1.0 - jaro) + 1e-9 >= least
}

/// Whether one letter is wrong, missing, too many, or exchanged with the next.
pub fn one_slip_apart(a: &str, b: &str) -> bool {
    let (x, y) = (a.as_bytes(), b.as_bytes());
    if x.len().abs_diff(y.len()) > 1 {
        return false;
    }
    // Whatever the slip, the texts agree before it and after it.
    let before = x.iter().zip(y).take_while(|(x, y)| x == y).count();
    let after = x
        .iter()
        .rev()
        .zip(y.iter().rev())
        .take_while(|(x, y)| x == y)
        .count();
    before + after + 2 >= x.len().max(y.len()) && osa::distance(a.chars(), b.chars()) <= 1
}
