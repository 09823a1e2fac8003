//! What can be wrong with a simulated shop: its settings, or what it is asked.

/// A shop that cannot be, or a question it has no answer for.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting is outside its range.
    #[error("`{name}` must lie between {low} and {high}, found {found}")]
    Setting {
        /// Which setting.
        name: &'static str,
        /// What was given.
        found: f64,
        /// The smallest value allowed.
        low: f64,
        /// The largest value allowed.
        high: f64,
    },
    /// The start is not a midnight of the shop's own clock.
    #[error("`start_us` {start_us} is not a midnight at {utc_offset_minutes} minutes from UTC")]
    StartNotMidnight {
        /// What was given, in UTC microseconds.
        start_us: i64,
        /// The shop's distance from UTC in minutes.
        utc_offset_minutes: i32,
    },
    /// The currency is not three capital letters.
    #[error("`currency` must be three capital letters, found `{found}`")]
    Currency {
        /// What was given.
        found: String,
    },
    /// A customer number at or above the number of customers.
    #[error("there is no customer {customer}: the shop has {customers}")]
    NoSuchCustomer {
        /// What was asked for.
        customer: u64,
        /// How many there are.
        customers: u64,
    },
    /// An offer number at or above the number of offers.
    #[error("there is no offer {offer}: the shop has {offers}")]
    NoSuchOffer {
        /// What was asked for.
        offer: usize,
        /// How many there are.
        offers: usize,
    },
}

impl Error {
    /// The stable code of the error, for tables and links.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Setting { .. } => "simulate/setting",
            Error::StartNotMidnight { .. } => "simulate/start-not-midnight",
            Error::Currency { .. } => "simulate/currency",
            Error::NoSuchCustomer { .. } => "simulate/no-such-customer",
            Error::NoSuchOffer { .. } => "simulate/no-such-offer",
        }
    }

    /// What to do about it, where there is something to do.
    pub fn hint(&self) -> Option<String> {
        match self {
            Error::StartNotMidnight { .. } => Some(
                "start at local midnight: its UTC time is midnight less `utc_offset_minutes`"
                    .to_owned(),
            ),
            Error::Currency { .. } => Some("write `GBP`, `EUR` or `CNY`".to_owned()),
            Error::NoSuchCustomer { .. } | Error::NoSuchOffer { .. } => {
                Some("numbers start at zero".to_owned())
            }
            Error::Setting { .. } => None,
        }
    }
}
