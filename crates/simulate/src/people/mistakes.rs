//! What goes wrong between a person and their record.

use super::words;
use crate::random::Random;

/// One slip of the keyboard: a letter left out, doubled, exchanged with the next
/// or taken for another. Chinese characters are taken for another only.
pub fn slip(random: &mut Random, text: &str) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    if letters.is_empty() {
        return String::new();
    }
    let at = random.below(letters.len() as u32) as usize;
    let chinese = !letters[at].is_ascii();
    match random.below(4) {
        _ if chinese => {
            let other = words::one(random, words::CHARACTERS).0;
            letters.splice(at..=at, other.chars());
        }
        0 if letters.len() > 2 => {
            letters.remove(at);
        }
        1 => letters.insert(at, letters[at]),
        2 if at + 1 < letters.len() => letters.swap(at, at + 1),
        _ => letters[at] = other(random, letters[at]),
    }
    letters.into_iter().collect()
}

fn other(random: &mut Random, letter: char) -> char {
    let within =
        |random: &mut Random, first: u8, count: u32| char::from(first + random.below(count) as u8);
    match letter {
        '0'..='9' => within(random, b'0', 10),
        'A'..='Z' => within(random, b'A', 26),
        'a'..='z' => within(random, b'a', 26),
        _ => letter,
    }
}

/// One wrong digit in a date, or its day and month exchanged; the date stays one.
pub fn wrong_date(random: &mut Random, (year, month, day): (i32, u8, u8)) -> (i32, u8, u8) {
    match random.below(4) {
        0 if day <= 12 => (year, day, month),
        1 => (year - 1 + 2 * random.below(2) as i32, month, day),
        2 => (year, 1 + random.below(12) as u8, day.min(28)),
        _ => (year, month, 1 + random.below(28) as u8),
    }
}
