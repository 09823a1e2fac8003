//! What can be wrong with what is given to a decision.

/// Input no plan can be made from.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The budget is zero, negative or not a number.
    #[error("the budget must be a number above zero, found {found}")]
    Budget {
        /// What was given.
        found: f64,
    },
    /// A number of a customer is not finite or outside its range.
    #[error("row {row}: `{name}` must be {range}, found {value}")]
    Customer {
        /// The row, from zero.
        row: usize,
        /// Which column.
        name: &'static str,
        /// What was found.
        value: f64,
        /// The range in words.
        range: &'static str,
    },
    /// A number of an offer is not finite or outside its range.
    #[error("offer {offer}: `{name}` must be {range}, found {value}")]
    Offer {
        /// The offer, from zero.
        offer: usize,
        /// Which number.
        name: &'static str,
        /// What was found.
        value: f64,
        /// The range in words.
        range: &'static str,
    },
    /// A column has another length than the keys.
    #[error("`{name}` has {found} rows where {expected} are needed")]
    Length {
        /// Which column.
        name: &'static str,
        /// Its length.
        found: usize,
        /// The length that is needed.
        expected: usize,
    },
    /// Too many or too few of something.
    #[error("the number of {name} must lie between {low} and {high}, found {found}")]
    Count {
        /// Of what.
        name: &'static str,
        /// What was given.
        found: usize,
        /// The smallest number allowed.
        low: usize,
        /// The largest number allowed.
        high: usize,
    },
    /// The share of the hold-out is outside [0, 0.5].
    #[error("the hold-out share must lie between 0 and 0.5, found {found}")]
    HoldOutShare {
        /// What was given.
        found: f64,
    },
}

impl Error {
    /// The stable code of the error, for tables and links.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Budget { .. } => "decide/budget",
            Error::Customer { .. } => "decide/customer",
            Error::Offer { .. } => "decide/offer",
            Error::Length { .. } => "decide/length",
            Error::Count { .. } => "decide/count",
            Error::HoldOutShare { .. } => "decide/hold-out-share",
        }
    }

    /// What to do about it, where there is something to do.
    pub fn hint(&self) -> Option<String> {
        match self {
            Error::Budget { .. } => {
                Some("set `budget` in `[policy]`, or leave it out for no limit".to_owned())
            }
            Error::Offer { .. } => Some(
                "write `assumed_effect` as a share: 0.10 keeps one in ten of those who would leave"
                    .to_owned(),
            ),
            Error::HoldOutShare { .. } => {
                Some("write `hold_out` as a share: 0.05 leaves one in twenty alone".to_owned())
            }
            Error::Customer { .. } | Error::Length { .. } | Error::Count { .. } => None,
        }
    }
}
