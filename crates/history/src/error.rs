//! What can go wrong here: little, because folds are total functions over sorted slices.

/// An expected failure of this crate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The time zone's name is not in the time zone database.
    #[error("unknown time zone `{name}`")]
    ZoneUnknown {
        /// The name as given.
        name: String,
    },
}

impl Error {
    /// The stable code of the failure.
    pub fn code(&self) -> &'static str {
        match self {
            Error::ZoneUnknown { .. } => "calendar/zone-unknown",
        }
    }

    /// What the user can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Error::ZoneUnknown { .. } => Some(
                "use a name of the IANA time zone database, such as `Europe/London` or \
                 `Asia/Shanghai`"
                    .to_owned(),
            ),
        }
    }
}

/// The result of this crate's fallible functions.
pub type Result<T> = std::result::Result<T, Error>;
