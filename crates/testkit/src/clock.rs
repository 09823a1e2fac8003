//! A clock that stands still until a test moves it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// A clock under the test's control; clones show the same time.
#[derive(Clone, Debug)]
pub struct FakeClock {
    unix_us: Arc<AtomicI64>,
}

impl FakeClock {
    /// A clock that shows `start`, written as RFC 3339 (`2024-03-05T00:00:00Z`).
    ///
    /// # Panics
    /// When `start` is not such a time.
    pub fn at(start: &str) -> Self {
        let start: Timestamp = start
            .parse()
            .unwrap_or_else(|e| panic!("`{start}` is not an RFC 3339 time: {e}"));
        Self {
            unix_us: Arc::new(AtomicI64::new(start.as_microsecond())),
        }
    }

    /// The time shown, in microseconds since 1970-01-01T00:00:00Z.
    pub fn now_us(&self) -> i64 {
        self.unix_us.load(Ordering::SeqCst)
    }

    /// The time shown.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.now_us()).expect("set only from valid times")
    }

    /// Moves the clock; a negative step moves it back, as a machine's clock may.
    ///
    /// # Panics
    /// When the time would leave the range of years -9999 to 9999.
    pub fn advance(&self, step: SignedDuration) {
        let next = self
            .now()
            .checked_add(step)
            .expect("the time stays within range");
        self.unix_us.store(next.as_microsecond(), Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_share_the_time() {
        let clock = FakeClock::at("2024-02-28T23:00:00Z");
        let same = clock.clone();
        clock.advance(SignedDuration::from_hours(25));
        assert_eq!(same.now().to_string(), "2024-03-01T00:00:00Z");
        same.advance(SignedDuration::from_secs(-1));
        assert_eq!(clock.now().to_string(), "2024-02-29T23:59:59Z");
        assert_eq!(clock.now_us() % 1_000_000, 0);
    }
}
