//! One customer's subscriptions as slices, and the plans that are told apart.

use crate::events::OTHER_NAME;

/// The moment that stands for "not known" or "none": an end that has not come, a term without one.
pub const NO_MOMENT: i64 = i64::MAX;

/// The price that stands for "not known".
pub const NO_PRICE: i64 = i64::MIN;

/// How many plans the features tell apart; all others are [`OTHER_NAME`].
pub const PLAN_NAMES_MAX: usize = 12;

/// Which plans a history tells apart. A plan's code is its place in [`PlanNames::names`]; all other
/// plans, and subscriptions without one, are [`OTHER_NAME`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanNames {
    names: Vec<String>,
}

impl PlanNames {
    /// `names` in the order of their codes. A name given twice counts once, and names beyond the first
    /// [`PLAN_NAMES_MAX`] are not told apart.
    pub fn new(names: Vec<String>) -> PlanNames {
        let mut kept: Vec<String> = Vec::new();
        for name in names {
            if kept.len() < PLAN_NAMES_MAX && !kept.contains(&name) {
                kept.push(name);
            }
        }
        PlanNames { names: kept }
    }

    /// The plans that are told apart, in the order of their codes.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The code of a plan; [`OTHER_NAME`] where it is not told apart.
    pub fn code(&self, name: &str) -> u16 {
        self.names
            .iter()
            .position(|known| known == name)
            .and_then(|place| u16::try_from(place).ok())
            .unwrap_or(OTHER_NAME)
    }
}

/// One customer's subscriptions, sorted by their start; the order of those that begin at one moment
/// changes nothing.
///
/// Several rows may tell of one subscription (an export a day: open at first, later with its end).
/// [`crate::Coverage`] says which rows are one, and what then holds.
///
/// All slices have equal length; should they not, the rows beyond the shortest are ignored.
#[derive(Debug, Clone, Copy)]
pub struct Subscriptions<'a> {
    /// The customer's pseudonymous id.
    pub customer_id: i64,
    /// When each began: UTC microseconds, ascending.
    pub start_us: &'a [i64],
    /// When it ended in fact: the first moment that it no longer covers, UTC microseconds;
    /// [`NO_MOMENT`] where it has not ended. At or before the start it says that the subscription
    /// never ran, and it counts for nothing.
    pub end_us: &'a [i64],
    /// Until when it runs unless it is renewed, the planned end of its term: UTC microseconds,
    /// [`NO_MOMENT`] where there is none. It is taken to be known from the start on.
    pub due_us: &'a [i64],
    /// Price of one period as decimal(18,4): 1.00 is 10,000; [`NO_PRICE`] where not known. Which
    /// period is the settings' choice, the same for all.
    pub price: &'a [i64],
    /// The plan: a code in `plans`, [`OTHER_NAME`] where it is not told apart.
    pub plan: &'a [u16],
    /// A 64-bit hash of the subscription's id: equal value = same subscription, within a customer; 0
    /// where it has none.
    pub id: &'a [u64],
    /// The plans behind the codes.
    pub plans: &'a PlanNames,
}

impl<'a> Subscriptions<'a> {
    /// The number of rows: the length of the shortest slice.
    #[inline]
    pub fn len(&self) -> usize {
        self.start_us
            .len()
            .min(self.end_us.len())
            .min(self.due_us.len())
            .min(self.price.len())
            .min(self.plan.len())
            .min(self.id.len())
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The same rows with all slices cut to one length, so that loops need no bounds checks.
    #[inline]
    pub(crate) fn trimmed(&self) -> Subscriptions<'a> {
        let n = self.len();
        let rows = Subscriptions {
            start_us: &self.start_us[..n],
            end_us: &self.end_us[..n],
            due_us: &self.due_us[..n],
            price: &self.price[..n],
            plan: &self.plan[..n],
            id: &self.id[..n],
            ..*self
        };
        debug_assert!(
            rows.start_us.is_sorted(),
            "subscriptions must be sorted by start"
        );
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_are_told_apart_up_to_a_limit_and_each_once() {
        let plans = PlanNames::new(["gold", "basic", "gold"].map(str::to_owned).to_vec());
        assert_eq!(plans.names(), ["gold", "basic"]);
        assert_eq!((plans.code("basic"), plans.code("trial")), (1, OTHER_NAME));
        let many = PlanNames::new((0..20).map(|i| format!("p{i}")).collect());
        assert_eq!(many.names().len(), PLAN_NAMES_MAX);
        assert_eq!((many.code("p11"), many.code("p12")), (11, OTHER_NAME));
    }

    #[test]
    fn the_shortest_slice_counts() {
        let plans = PlanNames::new(Vec::new());
        let rows = Subscriptions {
            customer_id: 1,
            start_us: &[1, 2, 3],
            end_us: &[NO_MOMENT; 3],
            due_us: &[NO_MOMENT; 3],
            price: &[NO_PRICE; 2],
            plan: &[OTHER_NAME; 3],
            id: &[0; 3],
            plans: &plans,
        };
        assert_eq!((rows.len(), rows.is_empty()), (2, false));
        let trimmed = rows.trimmed();
        assert_eq!(trimmed.start_us, [1, 2]);
        assert_eq!((trimmed.id.len(), trimmed.due_us.len()), (2, 2));
    }
}
