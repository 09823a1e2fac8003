//! One customer's events as slices, and the names that are told apart.

/// The code of an event whose name is not told apart, or that has none.
pub const OTHER_NAME: u16 = u16::MAX;

/// How many names the features tell apart, not counting those that count as activity: whoever
/// chooses the names of an [`EventNames`] takes so many at most, so that the columns stay few.
pub const EVENT_NAMES_MAX: usize = 12;

/// Which event names a history tells apart, and which of them count as activity.
///
/// A name's code is its place in [`EventNames::names`]; all other names are [`OTHER_NAME`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventNames {
    names: Vec<String>,
    /// Whether each of the names counts as activity.
    counts: Vec<bool>,
    /// Whether all events count, those with another name or without one too.
    all_count: bool,
}

impl EventNames {
    /// `names` in the order of their codes; `active` are the names that count as activity, all events
    /// (also those without or with another name) where it is empty. Names in `active` that are not
    /// among `names` are appended, so that they always have a code.
    pub fn new(names: Vec<String>, active: &[String]) -> EventNames {
        let mut names = names;
        for name in active {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        // The last code is no name's.
        names.truncate(usize::from(OTHER_NAME));
        let all_count = active.is_empty();
        let counts = names
            .iter()
            .map(|name| all_count || active.contains(name))
            .collect();
        EventNames {
            names,
            counts,
            all_count,
        }
    }

    /// The names that are told apart, in the order of their codes.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The code of a name; [`OTHER_NAME`] where it is not told apart.
    pub fn code(&self, name: &str) -> u16 {
        self.names
            .iter()
            .position(|known| known == name)
            .and_then(|place| u16::try_from(place).ok())
            .unwrap_or(OTHER_NAME)
    }

    /// Whether events with this code count as activity.
    #[inline]
    pub fn is_active(&self, code: u16) -> bool {
        self.counts
            .get(usize::from(code))
            .copied()
            .unwrap_or(self.all_count)
    }
}

/// One customer's events, sorted by time.
///
/// All slices have equal length; should they not, the events beyond the shortest are ignored.
#[derive(Debug, Clone, Copy)]
pub struct Events<'a> {
    /// The customer's pseudonymous id.
    pub customer_id: i64,
    /// When the event happened: UTC microseconds, ascending.
    pub time_us: &'a [i64],
    /// What happened: a code in `names`, [`OTHER_NAME`] where the name is not told apart.
    pub name: &'a [u16],
    /// What it happened to: a small dense code, equal value = same item,
    /// [`crate::UNKNOWN_PRODUCT`] where not known.
    pub item: &'a [u32],
    /// The names behind the codes.
    pub names: &'a EventNames,
}

impl<'a> Events<'a> {
    /// The number of events: the length of the shortest slice.
    #[inline]
    pub fn len(&self) -> usize {
        self.time_us.len().min(self.name.len()).min(self.item.len())
    }

    /// Whether there is no event.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The same events with all slices cut to one length, so that loops need no bounds checks.
    #[inline]
    pub(crate) fn trimmed(&self) -> Events<'a> {
        let n = self.len();
        let events = Events {
            time_us: &self.time_us[..n],
            name: &self.name[..n],
            item: &self.item[..n],
            ..*self
        };
        debug_assert!(events.time_us.is_sorted(), "events must be sorted by time");
        events
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str], active: &[&str]) -> EventNames {
        let owned = |texts: &[&str]| texts.iter().map(|&t| t.to_owned()).collect::<Vec<_>>();
        EventNames::new(owned(names), &owned(active))
    }

    #[test]
    fn without_active_names_everything_counts() {
        let all = names(&["pv", "buy"], &[]);
        assert_eq!(all.names(), ["pv", "buy"]);
        assert_eq!((all.code("buy"), all.code("cart")), (1, OTHER_NAME));
        assert!([0, 1, 2, OTHER_NAME].into_iter().all(|c| all.is_active(c)));
        assert!(names(&[], &[]).is_active(OTHER_NAME));
    }

    #[test]
    fn active_names_have_a_code_even_if_they_were_not_named() {
        let some = names(&["pv", "buy"], &["buy", "fav", "fav"]);
        assert_eq!(some.names(), ["pv", "buy", "fav"]);
        assert_eq!(some.code("fav"), 2);
        let active: Vec<bool> = [0, 1, 2, 3, OTHER_NAME]
            .into_iter()
            .map(|code| some.is_active(code))
            .collect();
        assert_eq!(active, [false, true, true, false, false]);
        assert_ne!(some, names(&["pv", "buy", "fav"], &["buy"]));
    }

    #[test]
    fn a_name_given_twice_counts_under_both_codes() {
        let twice = names(&["buy", "pv", "buy"], &["buy"]);
        assert_eq!(twice.code("buy"), 0);
        assert!(twice.is_active(0) && !twice.is_active(1) && twice.is_active(2));
    }
}
