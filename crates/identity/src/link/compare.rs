//! The levels of a pair of records.

use super::LinkSettings;
use super::pattern::{COMPARISONS, Pattern, level};
use super::similar::{Likeness, Name, Similar, Text, one_slip_apart};
use super::table::{Row, Table};
use super::values::{Seen, Values};

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
    pub fn pattern(&mut self, a: &Seen<'_>, b: &Seen<'_>) -> Pattern {
        let given = self.given(a, b);
        // Exchanged names are told by the given name's level; counting them
        // here too would count them twice.
        let family = if given == level::GIVEN_OTHER_ORDER {
            level::MISSING
        } else {
            self.family(a, b)
        };
        let levels: [u32; COMPARISONS] = [
            given,
            family,
            birth(a, b),
            email(a, b),
            telephone(a, b),
            self.place(a, b),
        ];
        Pattern::new(levels)
    }

    fn given(&mut self, a: &Seen<'_>, b: &Seen<'_>) -> u32 {
        let (x, y) = (a.row.given, b.row.given);
        if let Some(level) = plainly(x, y) {
            return level;
        }
        if a.row.any_order != 0 && a.row.any_order == b.row.any_order {
            return level::GIVEN_OTHER_ORDER;
        }
        if a.given_sound == b.given_sound {
            return 3;
        }
        match self.similar.names(self.name(x), self.name(y)) {
            Likeness::Short => 4,
            Likeness::Close => 5,
            Likeness::Near => 6,
            Likeness::Far => level::GIVEN_DIFFERENT,
        }
    }

    fn family(&mut self, a: &Seen<'_>, b: &Seen<'_>) -> u32 {
        let (x, y) = (a.row.family, b.row.family);
        if let Some(level) = plainly(x, y) {
            return level;
        }
        if a.family_sound == b.family_sound {
            return 2;
        }
        match self.similar.names(self.name(x), self.name(y)) {
            Likeness::Short | Likeness::Close => 3,
            Likeness::Near => 4,
            Likeness::Far => 5,
        }
    }

    fn name(&self, code: u32) -> Name<'a> {
        Name {
            code,
            values: self.values,
        }
    }

    fn place(&self, a: &Seen<'_>, b: &Seen<'_>) -> u32 {
        let both = |x: u32, y: u32| x != 0 && y != 0;
        let same = |x: u32, y: u32| x != 0 && x == y;
        let (x, y) = (&a.row, &b.row);
        let address = both(x.address, y.address);
        let postcode = both(x.postcode, y.postcode);
        let city = both(x.city, y.city);
        if !address && !postcode && !city {
            return level::MISSING;
        }
        let same_postcode = same(x.postcode, y.postcode);
        let same_city = same(x.city, y.city);
        let fits = same_postcode || same_city || (!postcode && !city);
        if same(x.address, y.address) {
            return if fits {
                level::EXACT
            } else {
                level::PLACE_CLOSE
            };
        }
        let near = address && fits && a.house == b.house;
        if near && self.similar.is_close(self.address(x), self.address(y)) {
            return level::PLACE_CLOSE;
        }
        if same_postcode {
            return level::PLACE_SAME_POSTCODE;
        }
        if same_city || (postcode && same(a.region, b.region)) {
            return level::PLACE_SAME_CITY;
        }
        5
    }

    fn address(&self, row: &Row) -> Text<'a> {
        Text {
            letters: self.values.address_letters[row.address as usize],
            text: self.values.addresses.get(row.address),
        }
    }
}

/// The level of cells of which one is missing, or that are equal.
fn plainly(x: u32, y: u32) -> Option<u32> {
    if x == 0 || y == 0 {
        Some(level::MISSING)
    } else if x == y {
        Some(level::EXACT)
    } else {
        None
    }
}

fn birth(a: &Seen<'_>, b: &Seen<'_>) -> u32 {
    if let Some(level) = plainly(a.row.birth, b.row.birth) {
        return level;
    }
    let parts = |date: u32| (date / 10_000, date / 100 % 100, date % 100);
    let (a, b) = (parts(a.birth), parts(b.birth));
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

fn email(a: &Seen<'_>, b: &Seen<'_>) -> u32 {
    if let Some(level) = plainly(a.row.email, b.row.email) {
        return level;
    }
    if a.local == b.local && a.local != 0 {
        return level::EMAIL_SAME_LOCAL;
    }
    if one_letter_apart(a.local_text, b.local_text) {
        3
    } else {
        4
    }
}

fn telephone(a: &Seen<'_>, b: &Seen<'_>) -> u32 {
    if let Some(level) = plainly(a.row.telephone, b.row.telephone) {
        return level;
    }
    if tails_alike(a.telephone_tail, b.telephone_tail) {
        2
    } else {
        3
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
