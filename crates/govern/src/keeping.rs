//! How long rows are kept: which are past their time, and until when rows stay
//! that a law wants kept.

/// A day, in microseconds.
const DAY_US: i64 = 86_400_000_000;

/// The moment before which rows are past their time: `keep_us` before the
/// beginning of today in UTC. It moves by whole days, so that runs of one day
/// agree, and a row is let go less than a day after its time.
pub fn cut_us(now_us: i64, keep_us: i64) -> i64 {
    let today_us = now_us.div_euclid(DAY_US).saturating_mul(DAY_US);
    today_us.saturating_sub(keep_us)
}

/// The moment from which a row of `time_us` need not be kept any more.
pub fn due_us(time_us: i64, must_keep_us: i64) -> i64 {
    time_us.saturating_add(must_keep_us)
}

/// Whether a law still wants a row of `time_us` kept.
pub fn must_stay(time_us: i64, must_keep_us: i64, now_us: i64) -> bool {
    due_us(time_us, must_keep_us) > now_us
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cut_moves_by_whole_days() {
        let noon = 10 * DAY_US + DAY_US / 2;
        assert_eq!(cut_us(noon, 3 * DAY_US), 7 * DAY_US);
        assert_eq!(cut_us(11 * DAY_US - 1, 3 * DAY_US), 7 * DAY_US);
        assert_eq!(cut_us(11 * DAY_US, 3 * DAY_US), 8 * DAY_US);
        // Before 1970 as well, and never beyond the range of time.
        assert_eq!(cut_us(-1, DAY_US), -2 * DAY_US);
        assert_eq!(cut_us(i64::MIN + DAY_US, i64::MAX), i64::MIN);
    }

    #[test]
    fn a_row_is_due_when_its_time_has_passed() {
        assert!(must_stay(0, DAY_US, DAY_US - 1));
        assert!(!must_stay(0, DAY_US, DAY_US));
        assert_eq!(due_us(i64::MAX, DAY_US), i64::MAX);
    }
}
