//! The rhythm in which a source brings rows, and when it is late.

/// Microseconds of a day.
const DAY_US: i64 = 86_400_000_000;
/// Days with a row below which no rhythm is told.
const DAYS_MIN: usize = 8;
/// Newest gaps that are looked at: about a year of a daily source.
const GAPS_MAX: usize = 366;

/// Distinct days, in 14 kB for three centuries.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Days {
    words: Vec<u64>,
}

/// 1900-01-01, in days since 1970.
const FIRST_DAY: i64 = -25_567;
/// Days from then to 2200.
const DAYS_MAX: i64 = 109_573;

impl Days {
    /// Notes the day of a moment in UTC microseconds; what lies outside 1900 to
    /// 2199 is passed over.
    pub fn add(&mut self, time_us: i64) {
        let place = time_us.div_euclid(DAY_US) - FIRST_DAY;
        if !(0..DAYS_MAX).contains(&place) {
            return;
        }
        let (word, bit) = (place as usize / 64, place % 64);
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= 1 << bit;
    }

    /// Adds the days of another.
    pub fn merge(&mut self, other: &Self) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        self.words
            .iter_mut()
            .zip(&other.words)
            .for_each(|(a, b)| *a |= b);
    }

    /// The days, ascending, since 1970.
    pub fn all(&self) -> Vec<i64> {
        let words = self.words.iter().zip(0_i64..);
        let days = words.flat_map(|(word, at)| {
            let bits = (0..64).filter(move |bit| word >> bit & 1 == 1);
            bits.map(move |bit| at * 64 + bit + FIRST_DAY)
        });
        days.collect()
    }
}

/// The month of a moment, counted from January 1970 = 0, in UTC (Hinnant,
/// *chrono-compatible low-level date algorithms*, `civil_from_days`).
pub fn month_of(time_us: i64) -> i32 {
    let days = time_us.div_euclid(DAY_US) + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // March is 0: January and February belong to the year before.
    let from_march = (5 * of_year + 2) / 153;
    let months = (era * 400 + year_of_era) * 12 + from_march + 2;
    i32::try_from(months - 1_970 * 12).unwrap_or(i32::MAX)
}

/// The longest silence in days that a source's own rhythm explains: 99 % of its
/// last 366 gaps between days with rows are no longer (nearest rank). None where
/// it has rows on fewer than 8 days.
pub fn gap_days(days: &[i64]) -> Option<i64> {
    if days.len() < DAYS_MIN {
        return None;
    }
    let mut gaps: Vec<i64> = days.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let old = gaps.len().saturating_sub(GAPS_MAX);
    gaps.drain(..old);
    gaps.sort_unstable();
    let rank = (gaps.len() * 99).div_ceil(100).max(1);
    gaps.get(rank - 1).copied()
}

/// When a source becomes late, UTC microseconds: the end of the day on which its
/// next row was due, by its rhythm, and one day of grace.
pub fn late_from_us(days: &[i64]) -> Option<i64> {
    let newest = days.last()?;
    Some((newest + gap_days(days)? + 2) * DAY_US)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_those_of_the_calendar() {
        let at = |day: i64| month_of(day * DAY_US + 1);
        // 1970-01-31, 1970-02-01, 2000-02-29, 2000-03-01, 1969-12-31, 2011-12-09.
        let days = [30, 31, 11_016, 11_017, -1, 15_317];
        assert_eq!(days.map(at), [0, 1, 361, 362, -1, 503]);
    }

    #[test]
    fn days_come_back_in_order_and_once() {
        let mut days = Days::default();
        for day in [19_000, -25_567, 19_000, 3] {
            days.add(day * DAY_US + 5);
        }
        days.add(i64::MAX);
        days.add(i64::MIN);
        let mut other = Days::default();
        other.add(-1);
        other.add(30_000 * DAY_US);
        days.merge(&other);
        assert_eq!(days.all(), [-25_567, -1, 3, 19_000, 30_000]);
    }

    #[test]
    fn a_shop_closed_at_weekends_is_late_on_tuesday() {
        // Mondays to Fridays of some weeks; day 4 of 1970 was a Monday.
        let days: Vec<i64> = (4..200).filter(|day| (day - 4) % 7 < 5).collect();
        assert_eq!(gap_days(&days), Some(3));
        let newest = *days.last().unwrap();
        assert_eq!(late_from_us(&days), Some((newest + 5) * DAY_US));
        assert_eq!(gap_days(&days[..5]), None);
    }

    #[test]
    fn one_long_silence_among_many_days_promises_nothing() {
        let days: Vec<i64> = (0..150).chain(190..340).collect();
        assert_eq!(gap_days(&days), Some(1));
    }
}
