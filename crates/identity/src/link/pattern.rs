//! Which level each comparison of a pair falls on, three bits a comparison.

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Comparison {
    /// Given name.
    GivenName = 0,
    /// Family name.
    FamilyName = 1,
    /// Birth date.
    BirthDate = 2,
    /// E-mail address.
    Email = 3,
    /// Telephone number.
    Telephone = 4,
    /// Address, postcode and city together: they follow from each other.
    Place = 5,
}

/// How many comparisons there are.
pub const COMPARISONS: usize = 6;

/// Levels of each comparison, the first of a missing cell, the last of values
/// that have nothing in common.
pub const LEVELS: [&[&str]; COMPARISONS] = [
    &[
        "missing",
        "exact",
        "other_order",
        "same_sound",
        "initial",
        "close",
        "near",
        "different",
    ],
    &[
        "missing",
        "exact",
        "same_sound",
        "close",
        "near",
        "different",
    ],
    &[
        "missing",
        "exact",
        "day_and_month_exchanged",
        "one_digit",
        "two_parts",
        "different",
    ],
    &[
        "missing",
        "exact",
        "same_local_part",
        "one_letter",
        "different",
    ],
    &["missing", "exact", "one_digit", "different"],
    &[
        "missing",
        "exact",
        "close",
        "same_postcode",
        "same_city",
        "different",
    ],
];

/// More than any comparison has.
pub(super) const LEVELS_MAX: usize = 8;
/// How many patterns there could be.
pub(super) const PATTERNS: usize = 1 << (3 * COMPARISONS);

pub(super) mod level {
    //! Numbers of levels that code asks for by name.
    pub const MISSING: u32 = 0;
    pub const EXACT: u32 = 1;
    pub const GIVEN_OTHER_ORDER: u32 = 2;
    pub const GIVEN_DIFFERENT: u32 = 7;
    pub const EMAIL_SAME_LOCAL: u32 = 2;
    pub const PLACE_CLOSE: u32 = 2;
    pub const PLACE_SAME_POSTCODE: u32 = 3;
    pub const PLACE_SAME_CITY: u32 = 4;
}

impl Comparison {
    /// Every comparison, in order.
    pub const ALL: [Comparison; COMPARISONS] = [
        Comparison::GivenName,
        Comparison::FamilyName,
        Comparison::BirthDate,
        Comparison::Email,
        Comparison::Telephone,
        Comparison::Place,
    ];

    /// The stable name, for tables.
    pub fn code(self) -> &'static str {
        match self {
            Comparison::GivenName => "given_name",
            Comparison::FamilyName => "family_name",
            Comparison::BirthDate => "birth_date",
            Comparison::Email => "email",
            Comparison::Telephone => "telephone",
            Comparison::Place => "place",
        }
    }

    /// Its levels, by number.
    pub fn levels(self) -> &'static [&'static str] {
        LEVELS[self as usize]
    }
}

/// The levels of one pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern(pub(super) u32);

impl Pattern {
    pub(super) fn new(levels: [u32; COMPARISONS]) -> Pattern {
        let packed = levels
            .iter()
            .enumerate()
            .fold(0, |packed, (i, level)| packed | level << (3 * i));
        Pattern(packed)
    }

    /// The number of a comparison's level.
    pub fn level(self, comparison: Comparison) -> usize {
        (self.0 >> (3 * comparison as u32) & 7) as usize
    }

    /// The name of a comparison's level.
    pub fn name(self, comparison: Comparison) -> &'static str {
        comparison
            .levels()
            .get(self.level(comparison))
            .copied()
            .unwrap_or("missing")
    }
}

/// How often each pattern was seen.
pub(super) struct Counts(Vec<u64>);

impl Counts {
    pub fn new() -> Counts {
        Counts(vec![0; PATTERNS])
    }

    pub fn see(&mut self, pattern: Pattern) {
        self.add(pattern, 1);
    }

    pub fn add(&mut self, pattern: Pattern, count: u64) {
        self.0[pattern.0 as usize] += count;
    }

    /// The patterns that were seen, in order.
    pub fn seen(&self) -> Vec<(Pattern, u64)> {
        let all = self.0.iter().enumerate();
        all.filter(|(_, count)| **count > 0)
            .map(|(pattern, count)| (Pattern(pattern as u32), *count))
            .collect()
    }
}
