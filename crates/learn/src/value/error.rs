//! What can be wrong with the input of a formula, and the checks that say so.

/// An input a formula has no answer for.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A number is NaN or infinite.
    #[error("`{name}` must be a finite number, found {value}")]
    NotFinite {
        /// Which input.
        name: &'static str,
        /// What was given.
        value: f64,
    },
    /// A number lies outside the range in which the formula means something.
    #[error("`{name}` must lie {range}, found {value}")]
    OutOfRange {
        /// Which input.
        name: &'static str,
        /// What was given.
        value: f64,
        /// The range in words, such as `between 0 and 1`.
        range: &'static str,
    },
    /// Two series that belong together have different lengths.
    #[error("{values} values but {churn} churn rates: one of each per period is needed")]
    LengthsDiffer {
        /// Number of values.
        values: usize,
        /// Number of churn rates.
        churn: usize,
    },
    /// No period, or more periods than the limit.
    #[error("the number of periods must lie between 1 and {limit}, found {found}")]
    PeriodCount {
        /// What was given.
        found: usize,
        /// The largest number allowed.
        limit: usize,
    },
    /// The sum over all time is infinite.
    #[error("the value for ever is infinite: {why}")]
    Infinite {
        /// Which condition failed.
        why: &'static str,
    },
    /// Counts that cannot all be true at once.
    #[error("impossible counts: {why} (start {start}, end {end}, new {new}, returned {returned})")]
    ImpossibleCounts {
        /// What contradicts what.
        why: &'static str,
        /// Customers at the start.
        start: u64,
        /// Customers at the end.
        end: u64,
        /// New customers among those at the end.
        new: u64,
        /// Customers who came back among those at the end.
        returned: u64,
    },
}

impl Error {
    /// The stable code of the error, for tables and links.
    pub fn code(&self) -> &'static str {
        match self {
            Error::NotFinite { .. } => "value/not-finite",
            Error::OutOfRange { .. } => "value/out-of-range",
            Error::LengthsDiffer { .. } => "value/lengths-differ",
            Error::PeriodCount { .. } => "value/period-count",
            Error::Infinite { .. } => "value/infinite",
            Error::ImpossibleCounts { .. } => "value/impossible-counts",
        }
    }

    /// What to do about it, where there is something to do.
    pub fn hint(&self) -> Option<String> {
        match self {
            Error::NotFinite { .. } | Error::PeriodCount { .. } => None,
            Error::OutOfRange { .. } => {
                Some("write rates as shares: 0.05 for five per cent".to_owned())
            }
            Error::LengthsDiffer { .. } => {
                Some("give `P_t` and `d_t` for the same periods".to_owned())
            }
            Error::Infinite { .. } => {
                Some("give a number of periods, or a discount rate above zero".to_owned())
            }
            Error::ImpossibleCounts { .. } => Some(
                "customers who came back count neither as new nor as kept: give their number as `returned`"
                    .to_owned(),
            ),
        }
    }
}

/// Largest number of periods a finite sum walks over.
pub(super) const PERIODS_MAX: usize = 100_000;

pub(super) fn finite(name: &'static str, value: f64) -> Result<f64, Error> {
    if value.is_finite() {
        Ok(value)
    } else {
        Err(Error::NotFinite { name, value })
    }
}

/// A share or probability in [0, 1].
pub(super) fn share(name: &'static str, value: f64) -> Result<f64, Error> {
    finite(name, value)?;
    if (0.0..=1.0).contains(&value) {
        Ok(value)
    } else {
        Err(Error::OutOfRange {
            name,
            value,
            range: "between 0 and 1",
        })
    }
}

/// A rate of interest: above -1, so that 1 + r can be divided by.
pub(super) fn rate(name: &'static str, value: f64) -> Result<f64, Error> {
    finite(name, value)?;
    if value > -1.0 {
        Ok(value)
    } else {
        Err(Error::OutOfRange {
            name,
            value,
            range: "above -1",
        })
    }
}

/// An amount that cannot be negative.
pub(super) fn not_negative(name: &'static str, value: f64) -> Result<f64, Error> {
    finite(name, value)?;
    if value >= 0.0 {
        Ok(value)
    } else {
        Err(Error::OutOfRange {
            name,
            value,
            range: "at or above 0",
        })
    }
}

pub(super) fn period_count(found: usize) -> Result<(), Error> {
    if (1..=PERIODS_MAX).contains(&found) {
        Ok(())
    } else {
        Err(Error::PeriodCount {
            found,
            limit: PERIODS_MAX,
        })
    }
}
