//! What levels weigh, and what the rarity of a value adds.
//!
//! A stranger agrees on a value v by chance, with the value's own frequency
//! f(v), or because he is a relative, with what agreement among people who
//! share a home exceeds agreement among any two. So u of an agreement on v is
//! f(v) + max(0, u of the household - u of anybody), and rarity adds
//! log2(u of the household) - log2 of that. Without a household it is the term
//! frequency adjustment of the literature.

use super::em::{self, Levels};
use super::fit::{Household, Model, Shares};
use super::pattern::{COMPARISONS, Comparison, LEVELS_MAX, Pattern, level};
use super::table::Row;
use super::values::{Frequencies, Values};

/// Strangers at large, and one for each of what they may share.
const CONTEXTS: usize = 3;

/// Weights among strangers at large, and among those who share something.
pub struct Weights {
    levels: [Levels; CONTEXTS],
    /// u of each level, likewise.
    u: [Levels; CONTEXTS],
    known: [bool; CONTEXTS],
}

impl Weights {
    pub fn new(m: &Levels, u: &Levels, households: &[Household]) -> Weights {
        let mut weights = Weights {
            levels: [em::weights(m, u); CONTEXTS],
            u: [*u; CONTEXTS],
            known: [false; CONTEXTS],
        };
        for household in households {
            let context = 1 + household.shares as usize;
            let shared = Comparison::Place as usize;
            // What is shared weighs as it does anywhere.
            let mut within = household.u;
            within[shared] = u[shared];
            weights.levels[context] = em::weights(m, &within);
            weights.u[context] = within;
            weights.known[context] = true;
        }
        weights
    }

    pub fn of_model(model: &Model) -> Weights {
        Weights::new(&model.m, &model.u, &model.households)
    }

    fn context(&self, pattern: Pattern) -> usize {
        let context = Shares::of(pattern).map_or(0, |shares| 1 + shares as usize);
        if self.known[context] { context } else { 0 }
    }

    /// Whether the pair is weighed as a household.
    pub fn is_household(&self, pattern: Pattern) -> bool {
        self.context(pattern) != 0
    }

    /// The weight of a comparison's level, rarity apart.
    pub fn level(&self, pattern: Pattern, comparison: Comparison) -> f64 {
        self.levels[self.context(pattern)][comparison as usize][pattern.level(comparison)]
    }

    /// The weight of a pattern, rarity and prior apart.
    pub fn of(&self, pattern: Pattern) -> f64 {
        let levels = &self.levels[self.context(pattern)];
        Comparison::ALL
            .into_iter()
            .map(|comparison| levels[comparison as usize][pattern.level(comparison)])
            .sum()
    }

    /// What the rarity of the values adds to a comparison, less than 0 for
    /// common ones.
    pub fn rarity(
        &self,
        values: &Values,
        pattern: Pattern,
        comparison: Comparison,
        rows: (&Row, &Row),
    ) -> f64 {
        let level = pattern.level(comparison);
        share(values, comparison, level, rows.0, rows.1).map_or(0.0, |share| {
            self.adjustment(pattern, comparison, level, share)
        })
    }

    fn adjustment(
        &self,
        pattern: Pattern,
        comparison: Comparison,
        level: usize,
        share: f64,
    ) -> f64 {
        let anybody = self.u[0][comparison as usize][level];
        let within = self.u[self.context(pattern)][comparison as usize][level];
        libm::log2(within) - libm::log2(share + (within - anybody).max(0.0))
    }

    /// The most that rarity can add to a pattern.
    pub fn rarity_max(&self, smallest: &Levels, pattern: Pattern) -> f64 {
        let of = |comparison: Comparison| {
            let level = pattern.level(comparison);
            let share = smallest[comparison as usize][level];
            if share > 0.0 {
                self.adjustment(pattern, comparison, level, share).max(0.0)
            } else {
                0.0
            }
        };
        Comparison::ALL.into_iter().map(of).sum()
    }
}

/// The more frequent side of a level that stands for equal values: its share
/// among the filled cells.
fn share(values: &Values, comparison: Comparison, found: usize, a: &Row, b: &Row) -> Option<f64> {
    let larger = |column: &Frequencies, x: u32, y: u32| Some(column.share(x).max(column.share(y)));
    match (comparison, found as u32) {
        (Comparison::GivenName, level::EXACT) => larger(&values.given, a.given, b.given),
        (Comparison::GivenName, level::GIVEN_OTHER_ORDER) => {
            larger(&values.any_order, a.any_order, b.any_order)
        }
        (Comparison::FamilyName, level::EXACT) => larger(&values.family, a.family, b.family),
        (Comparison::BirthDate, level::EXACT) => larger(&values.birth, a.birth, b.birth),
        (Comparison::Email, level::EXACT) => larger(&values.email, a.email, b.email),
        (Comparison::Email, level::EMAIL_SAME_LOCAL) => {
            let local = |email: u32| values.local_of[email as usize];
            larger(&values.local, local(a.email), local(b.email))
        }
        (Comparison::Telephone, level::EXACT) => {
            larger(&values.telephone, a.telephone, b.telephone)
        }
        (Comparison::Place, level::EXACT) if a.home != 0 || b.home != 0 => {
            larger(&values.home, a.home, b.home)
        }
        (Comparison::Place, level::PLACE_SAME_POSTCODE) => {
            larger(&values.postcode, a.postcode, b.postcode)
        }
        (Comparison::Place, level::PLACE_SAME_CITY) if a.city != 0 && a.city == b.city => {
            larger(&values.city, a.city, b.city)
        }
        _ => None,
    }
}

/// The smallest share each level's values can have, 0 where rarity has no say.
pub fn smallest(values: &Values) -> Levels {
    let mut smallest = [[0.0; LEVELS_MAX]; COMPARISONS];
    let mut set = |comparison: Comparison, level: u32, column: &Frequencies| {
        smallest[comparison as usize][level as usize] = column.smallest();
    };
    use Comparison::{BirthDate, Email, FamilyName, GivenName, Place, Telephone};
    set(GivenName, level::EXACT, &values.given);
    set(GivenName, level::GIVEN_OTHER_ORDER, &values.any_order);
    set(FamilyName, level::EXACT, &values.family);
    set(BirthDate, level::EXACT, &values.birth);
    set(Email, level::EXACT, &values.email);
    set(Email, level::EMAIL_SAME_LOCAL, &values.local);
    set(Telephone, level::EXACT, &values.telephone);
    set(Place, level::EXACT, &values.home);
    set(Place, level::PLACE_SAME_POSTCODE, &values.postcode);
    set(Place, level::PLACE_SAME_CITY, &values.city);
    smallest
}
