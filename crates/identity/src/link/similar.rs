//! How alike two texts are, with what can be told without looking at every letter.

use rapidfuzz::distance::{jaro_winkler, osa};

use super::values::Values;

/// Likeness by Jaro-Winkler similarity (Winkler 1990), remembered for pairs of
/// names seen of late.
pub struct Similar {
    close: f64,
    near: f64,
    remembered: Vec<u64>,
}

/// How alike two different names are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Likeness {
    /// One is a single letter, or the first words, of the other.
    Short = 0,
    /// Close.
    Close = 1,
    /// Near, not close.
    Near = 2,
    /// Less than near.
    Far = 3,
}

const SLOTS: usize = 1 << 15;

/// A name by its number, looked up only if need be.
#[derive(Clone, Copy)]
pub struct Name<'a> {
    pub code: u32,
    pub values: &'a Values,
}

/// A text and its letters as bits.
#[derive(Clone, Copy)]
pub struct Text<'a> {
    pub letters: u32,
    pub text: &'a str,
}

impl<'a> Name<'a> {
    fn text(self) -> Text<'a> {
        Text {
            letters: self.values.name_letters[self.code as usize],
            text: self.values.names.get(self.code),
        }
    }
}

impl Similar {
    pub fn new(close: f64, near: f64) -> Similar {
        Similar {
            close,
            near,
            remembered: vec![u64::MAX; SLOTS],
        }
    }

    /// How alike two different names are. Names come again and again, and what
    /// is remembered is found quicker than worked out.
    pub fn names(&mut self, a: Name<'_>, b: Name<'_>) -> Likeness {
        let (a, b) = if a.code < b.code { (a, b) } else { (b, a) };
        let key = (u64::from(a.code) << 31 | u64::from(b.code)) << 2;
        let slot = super::hash::mix(key) as usize % SLOTS;
        let found = self.remembered[slot];
        if found & !3 == key {
            return match found & 3 {
                0 => Likeness::Short,
                1 => Likeness::Close,
                2 => Likeness::Near,
                _ => Likeness::Far,
            };
        }
        let likeness = self.once(a.text(), b.text());
        self.remembered[slot] = key | likeness as u64;
        likeness
    }

    fn once(&self, a: Text<'_>, b: Text<'_>) -> Likeness {
        if is_short_for(a.text, b.text) {
            return Likeness::Short;
        }
        if !could_reach(a, b, self.near) {
            return Likeness::Far;
        }
        let similarity = jaro_winkler(a.text, b.text);
        if similarity >= self.close {
            Likeness::Close
        } else if similarity >= self.near {
            Likeness::Near
        } else {
            Likeness::Far
        }
    }

    /// Whether two different texts are close, whichever comes first.
    pub fn is_close(&self, a: Text<'_>, b: Text<'_>) -> bool {
        // The similarity is not quite symmetric; the order of the texts settles it.
        let (a, b) = if a.text < b.text { (a, b) } else { (b, a) };
        could_reach(a, b, self.close) && jaro_winkler(a.text, b.text) >= self.close
    }
}

/// `j` for `john`, `john` for `john michael`.
fn is_short_for(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    long.strip_prefix(short)
        .is_some_and(|rest| short.len() == 1 || rest.starts_with(' '))
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
    if !a.is_ascii() || !b.is_ascii() {
        return osa::distance(a.chars(), b.chars()) <= 1;
    }
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
    before + after + 2 >= x.len().max(y.len()) && osa::distance(a.bytes(), b.bytes()) <= 1
}
