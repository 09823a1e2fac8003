//! The levels of a pair of records.

use super::LinkSettings;
use super::pattern::{COMPARISONS, Pattern, level};
use super::similar::{Band, Similar, Text, one_slip_apart};
use super::table::{Row, Table};
use super::values::Values;

/// Compares records, one thread's worth.
pub struct Comparer<'a> {
    values: &'a Values,
    similar: Similar,
}

impl<'a> Comparer<'a> {
    pub fn new(table: &'a Table, settings: &LinkSettings) -> Comparer<'a> {
        Comparer {
            values: &table.values,
            similar: Similar::new(settings.close, settings.near),
        }
    }

    /// The level of every comparison.
    pub fn pattern(&mut self, a: &Row, b: &Row) -> Pattern {
        let given = self.given(a, b);
        // Exchanged names are told by the given name's level; counting them
        // here too would count them twice.
        let family = if given == level::GIVEN_OTHER_ORDER {
            level::MISSING
        } else {
            self.family(a.family, b.family)
        };
        let levels: [u32; COMPARISONS] = [
            given,
            family,
            self.birth(a.birth, b.birth),
            self.email(a.email, b.email),
            self.telephone(a.telephone, b.telephone),
            self.place(a, b),
        ];
        Pattern::new(levels)
    }

    fn given(&mut self, a: &Row, b: &Row) -> u32 {
        let (x, y) = (a.given, b.given);
        if x == 0 || y == 0 {
            return level::MISSING;
        }
        if x == y {
            return level::EXACT;
        }
        if a.any_order != 0 && a.any_order == b.any_order {
            return level::GIVEN_OTHER_ORDER;
        }
        let values = self.values;
        if values.sounds[x as usize] == values.sounds[y as usize] {
            return 3;
        }
        if is_short_for(values.names.get(x), values.names.get(y)) {
            return 4;
        }
        match self.band(x, y) {
            Band::Close => 5,
            Band::Near => 6,
            Band::Far => level::GIVEN_DIFFERENT,
        }
    }

    fn family(&mut self, x: u32, y: u32) -> u32 {
        if x == 0 || y == 0 {
            return level::MISSING;
        }
        if x == y {
            return level::EXACT;
        }
        if self.values.sounds[x as usize] == self.values.sounds[y as usize] {
            return 2;
        }
        match self.band(x, y) {
            Band::Close => 3,
            Band::Near => 4,
            Band::Far => 5,
        }
    }

    fn band(&mut self, x: u32, y: u32) -> Band {
        let values = self.values;
        let text = |code: u32| Text {
            code,
            letters: values.name_letters[code as usize],
            text: values.names.get(code),
        };
        self.similar.names(text(x), text(y))
    }

    fn birth(&self, x: u32, y: u32) -> u32 {
        if x == 0 || y == 0 {
            return level::MISSING;
        }
        if x == y {
            return level::EXACT;
        }
        let (a, b) = (
            self.values.births[x as usize],
            self.values.births[y as usize],
        );
        let parts = |date: u32| (date / 10_000, date / 100 % 100, date % 100);
        let (a, b) = (parts(a), parts(b));
        if a.0 == b.0 && a.1 == b.2 && a.2 == b.1 {
            return 2;
        }
        let same = u32::from(a.0 == b.0) + u32::from(a.1 == b.1) + u32::from(a.2 == b.2);
        match same {
            2 if one_digit(a.0, b.0) + one_digit(a.1, b.1) + one_digit(a.2, b.2) == 1 => 3,
            2 => 4,
            _ => 5,
        }
    }

    fn email(&self, x: u32, y: u32) -> u32 {
        if x == 0 || y == 0 {
            return level::MISSING;
        }
        if x == y {
            return level::EXACT;
        }
        let values = self.values;
        let (a, b) = (values.local_of[x as usize], values.local_of[y as usize]);
        if a == b && a != 0 {
            return level::EMAIL_SAME_LOCAL;
        }
        let (a, b) = (values.locals.get(a), values.locals.get(b));
        if one_letter_apart(a, b) { 3 } else { 4 }
    }

    fn telephone(&self, x: u32, y: u32) -> u32 {
        if x == 0 || y == 0 {
            return level::MISSING;
        }
        if x == y {
            return level::EXACT;
        }
        let (a, b) = (
            self.values.telephone_tails[x as usize],
            self.values.telephone_tails[y as usize],
        );
        if tails_alike(a, b) { 2 } else { 3 }
    }

    fn place(&self, a: &Row, b: &Row) -> u32 {
        let both = |x: u32, y: u32| x != 0 && y != 0;
        let same = |x: u32, y: u32| x != 0 && x == y;
        let address = both(a.address, b.address);
        let postcode = both(a.postcode, b.postcode);
        let city = both(a.city, b.city);
        if !address && !postcode && !city {
            return level::MISSING;
        }
        let same_postcode = same(a.postcode, b.postcode);
        let same_city = same(a.city, b.city);
        let fits = same_postcode || same_city || (!postcode && !city);
        if same(a.address, b.address) {
            return if fits { level::EXACT } else { 2 };
        }
        if address && fits && self.address_close(a.address, b.address) {
            return 2;
        }
        if same_postcode {
            return level::PLACE_SAME_POSTCODE;
        }
        let regions = &self.values.regions;
        let same_region =
            postcode && same(regions[a.postcode as usize], regions[b.postcode as usize]);
        if same_city || same_region {
            return level::PLACE_SAME_CITY;
        }
        5
    }

    fn address_close(&self, x: u32, y: u32) -> bool {
        let values = self.values;
        if values.houses[x as usize] != values.houses[y as usize] {
            return false;
        }
        let text = |code: u32| Text {
            code,
            letters: values.address_letters[code as usize],
            text: values.addresses.get(code),
        };
        self.similar.is_close(text(x.min(y)), text(x.max(y)))
    }
}

/// 1 where two numbers of a date differ in one digit, 0 where they are equal,
/// and 2 for more. Digits that are exchanged count as one.
fn one_digit(a: u32, b: u32) -> u32 {
    if a == b {
        return 0;
    }
    let digit = |number: u32, place: u32| number / 10_u32.pow(place) % 10;
    let differing = (0..4)
        .filter(|&place| digit(a, place) != digit(b, place))
        .count();
    let exchanged = (0..3).any(|place| {
        digit(a, place) == digit(b, place + 1)
            && digit(a, place + 1) == digit(b, place)
            && (0..4).all(|p| p == place || p == place + 1 || digit(a, p) == digit(b, p))
    });
    if differing == 1 || exchanged { 1 } else { 2 }
}

/// Mailboxes of one spelling but for a letter. Where digits differ it is another
/// mailbox: that is how namesakes are told apart, `ann.lee84` and `ann.lee92`.
fn one_letter_apart(a: &str, b: &str) -> bool {
    let digits = |text: &str| {
        text.bytes()
            .filter(u8::is_ascii_digit)
            .fold(0_u64, |n, b| n.wrapping_mul(10).wrapping_add(u64::from(b)))
    };
    a.len().min(b.len()) >= 4 && one_slip_apart(a, b) && digits(a) == digits(b)
}

/// Nine digits at most: equal (written with another prefix) or one digit apart.
fn tails_alike(a: u32, b: u32) -> bool {
    if a == b {
        return true;
    }
    // One digit replaced: quick to see. The rest is rare and looked at in full.
    let (mut x, mut y, mut differing) = (a, b, 0);
    while x != y && differing <= 4 {
        differing += u32::from(x % 10 != y % 10);
        (x, y) = (x / 10, y / 10);
    }
    if differing == 1 {
        return true;
    }
    // Without its wrong digit the number begins or ends as the other does.
    let shares_end = a % 1_000 == b % 1_000 || a / 1_000_000 == b / 1_000_000;
    shares_end && one_slip_apart(&format!("{a:09}"), &format!("{b:09}"))
}

/// `j` for `john`, `john` for `john michael`.
fn is_short_for(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    let Some(rest) = long.strip_prefix(short) else {
        return false;
    };
    let letter = short.len() == 1;
    letter || rest.starts_with(' ')
}
