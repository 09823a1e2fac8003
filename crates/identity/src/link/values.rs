//! What is known of each distinct value: worked out once, asked for each pair.

use super::hash::Texts;
use super::names;
use super::table::{Distinct, Row};

/// How often each value of a column is there, and how many cells are filled.
#[derive(Debug, Default)]
pub struct Frequencies {
    counts: Vec<u32>,
    filled: u32,
}

impl Frequencies {
    fn new(values: usize, codes: impl Iterator<Item = u32>) -> Frequencies {
        let mut frequencies = Frequencies {
            counts: vec![0; values],
            filled: 0,
        };
        for code in codes.filter(|&code| code != 0) {
            frequencies.counts[code as usize] += 1;
            frequencies.filled += 1;
        }
        frequencies
    }

    /// Share of the filled cells that hold the value.
    pub fn share(&self, code: u32) -> f64 {
        f64::from(self.counts[code as usize]) / f64::from(self.filled.max(1))
    }

    /// The smallest share there can be.
    pub fn smallest(&self) -> f64 {
        1.0 / f64::from(self.filled.max(1))
    }
}

/// Everything known of the distinct values of a table, by their numbers.
#[derive(Debug)]
pub struct Values {
    pub names: Texts,
    /// Numbers of sounds: equal where names sound alike.
    pub sounds: Vec<u32>,
    /// Numbers of the sounds' first letters, the letter's code point.
    pub initials: Vec<u32>,
    /// Letters of names, a bit each.
    pub name_letters: Vec<u32>,
    /// Year, month, day as one number, 19870324.
    pub births: Vec<u32>,
    /// What stands before the `@`.
    pub locals: Texts,
    pub local_of: Vec<u32>,
    /// The last nine digits.
    pub telephone_tails: Vec<u32>,
    pub addresses: Texts,
    pub address_letters: Vec<u32>,
    /// Number of the digits in an address, 0 where there are none.
    pub houses: Vec<u32>,
    /// Number of a postcode's region: all but its last three characters.
    pub regions: Vec<u32>,
    pub given: Frequencies,
    pub family: Frequencies,
    pub any_order: Frequencies,
    pub birth: Frequencies,
    pub email: Frequencies,
    pub local: Frequencies,
    pub telephone: Frequencies,
    pub home: Frequencies,
    pub postcode: Frequencies,
    pub city: Frequencies,
}

/// A row with what is asked of its values for each pair, looked up once for a block.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    pub row: Row,
    pub given_sound: u32,
    pub family_sound: u32,
    /// 19870324.
    pub birth: u32,
    pub local: u32,
    pub local_text: &'a str,
    pub telephone_tail: u32,
    pub region: u32,
    pub house: u32,
}

impl Values {
    /// Looks a row's values up.
    pub fn seen(&self, row: &Row) -> Seen<'_> {
        let local = self.local_of[row.email as usize];
        Seen {
            row: *row,
            given_sound: self.sounds[row.given as usize],
            family_sound: self.sounds[row.family as usize],
            birth: self.births[row.birth as usize],
            local,
            local_text: self.locals.get(local),
            telephone_tail: self.telephone_tails[row.telephone as usize],
            region: self.regions[row.postcode as usize],
            house: self.houses[row.address as usize],
        }
    }

    pub fn new(distinct: Distinct, rows: &[Row]) -> Values {
        let (sounds, initials) = sounds(&distinct.names);
        let mut locals = Texts::default();
        let local_of = each(&distinct.emails, |email| {
            let local = email.split('@').next().unwrap_or("");
            if local.is_empty() {
                0
            } else {
                locals.code(local)
            }
        });
        let (houses, regions) = (houses(&distinct.addresses), regions(&distinct.postcodes));
        let of = |texts: &Texts, pick: fn(&Row) -> u32| {
            Frequencies::new(texts.len(), rows.iter().map(pick))
        };
        Values {
            given: of(&distinct.names, |row| row.given),
            family: of(&distinct.names, |row| row.family),
            any_order: of(&distinct.any_order, |row| row.any_order),
            birth: of(&distinct.births, |row| row.birth),
            email: of(&distinct.emails, |row| row.email),
            local: Frequencies::new(
                locals.len(),
                rows.iter().map(|row| local_of[row.email as usize]),
            ),
            telephone: of(&distinct.telephones, |row| row.telephone),
            home: of(&distinct.homes, |row| row.home),
            postcode: of(&distinct.postcodes, |row| row.postcode),
            city: of(&distinct.cities, |row| row.city),
            name_letters: each(&distinct.names, letters),
            address_letters: each(&distinct.addresses, letters),
            births: each(&distinct.births, |text| text.parse().unwrap_or(0)),
            telephone_tails: each(&distinct.telephones, |text| {
                text[text.len().saturating_sub(9)..].parse().unwrap_or(0)
            }),
            names: distinct.names.finish(),
            addresses: distinct.addresses.finish(),
            locals: locals.finish(),
            sounds,
            initials,
            local_of,
            houses,
            regions,
        }
    }
}

fn each(texts: &Texts, mut of: impl FnMut(&str) -> u32) -> Vec<u32> {
    (0..texts.len() as u32)
        .map(|code| of(texts.get(code)))
        .collect()
}

fn sounds(texts: &Texts) -> (Vec<u32>, Vec<u32>) {
    let mut distinct = Texts::default();
    let mut sound = String::new();
    let mut initials = Vec::with_capacity(texts.len());
    let sounds = each(texts, |name| {
        names::sound(name, &mut sound);
        initials.push(sound.chars().next().map_or(0, |c| c as u32));
        if sound.is_empty() {
            0
        } else {
            distinct.code(&sound)
        }
    });
    (sounds, initials)
}

fn houses(addresses: &Texts) -> Vec<u32> {
    let mut distinct = Texts::default();
    let mut digits = String::new();
    each(addresses, |address| {
        digits.clear();
        let mut inside = false;
        for c in address.chars() {
            if c.is_ascii_digit() {
                digits.push(c);
            } else if inside {
                digits.push(' ');
            }
            inside = c.is_ascii_digit();
        }
        let digits = digits.trim_end();
        if digits.is_empty() {
            0
        } else {
            distinct.code(digits)
        }
    })
}

fn regions(postcodes: &Texts) -> Vec<u32> {
    let mut distinct = Texts::default();
    each(postcodes, |postcode| {
        let count = postcode.chars().count().saturating_sub(3);
        let end = postcode.char_indices().nth(count).map_or(0, |(at, _)| at);
        if end == 0 {
            0
        } else {
            distinct.code(&postcode[..end])
        }
    })
}

/// Which letters a text has: 26 letters, digits by halves, everything else in
/// three bits. A letter that one has and the other lacks cannot match.
fn letters(text: &str) -> u32 {
    text.chars().fold(0, |letters, c| {
        letters
            | 1 << match c {
                'a'..='z' => c as u32 - 'a' as u32,
                '0'..='4' => 26,
                '5'..='9' => 27,
                ' ' => 28,
                _ => 29 + c as u32 % 3,
            }
    })
}

/// Year, month and day of `1987-03-24`, `1987/3/24` or `19870324`.
pub fn date(text: &str) -> Option<(u32, u32, u32)> {
    let text = text.trim();
    // What follows a blank or a T is a time of day.
    let day = text.split([' ', 'T']).next()?;
    let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
    let (year, month, day) = match parts[..] {
        [whole] if whole.len() == 8 && whole.is_ascii() => (&whole[..4], &whole[4..6], &whole[6..]),
        [year, month, day] if year.len() == 4 => (year, month, day),
        _ => return None,
    };
    let number = |text: &str| {
        let digits = (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse::<u32>().ok()).flatten()
    };
    let (year, month, day) = (number(year)?, number(month)?, number(day)?);
    ((1..=12).contains(&month) && (1..=31).contains(&day) && year > 0).then_some((year, month, day))
}
