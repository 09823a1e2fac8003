//! A customer's active days (for order lines, purchase days) so far, and the rhythm read off them.

use crate::lines::to_f64;

/// The active days so far.
#[derive(Debug, Clone)]
pub(super) struct ActiveDays {
    /// The days, ascending, each once.
    list: Vec<i64>,
    sums: DaySums,
}

/// What is kept of the days as they come.
#[derive(Debug, Clone, Copy)]
struct DaySums {
    count: u32,
    first: i64,
    last: i64,
    /// Sum of the squared gaps.
    gap_squares: i128,
}

const NO_DAYS: DaySums = DaySums {
    count: 0,
    first: 0,
    last: 0,
    gap_squares: 0,
};

/// The customer's own rhythm; NaN where there is too little to tell.
pub(super) struct Rhythm {
    pub(super) gap_mean_days: f64,
    pub(super) gap_std_days: f64,
    pub(super) silence_ratio: f64,
    pub(super) silence_z: f64,
}

impl ActiveDays {
    pub(super) fn new() -> ActiveDays {
        ActiveDays {
            list: Vec::new(),
            sums: NO_DAYS,
        }
    }

    /// Forgets the days.
    pub(super) fn clear(&mut self) {
        self.list.clear();
        self.sums = NO_DAYS;
    }

    /// The number of days.
    #[inline]
    pub(super) fn count(&self) -> u32 {
        self.sums.count
    }

    /// The latest day; 0 as long as there is none.
    #[inline]
    pub(super) fn last(&self) -> i64 {
        self.sums.last
    }

    /// The number of days later than `day`.
    pub(super) fn count_after(&self, day: i64) -> usize {
        self.list.len() - self.list.partition_point(|&active| active <= day)
    }

    /// Takes in an active day; whether it is later than all before.
    #[inline]
    pub(super) fn take_in(&mut self, day: i64) -> bool {
        let sums = &mut self.sums;
        if sums.count == 0 {
            *sums = DaySums {
                count: 1,
                first: day,
                last: day,
                gap_squares: 0,
            };
        } else if day > sums.last {
            let gap = i128::from(day - sums.last);
            sums.gap_squares += gap * gap;
            sums.count += 1;
            sums.last = day;
        } else {
            if day < sums.last {
                self.take_in_earlier(day);
            }
            return false;
        }
        self.list.push(day);
        true
    }

    /// A clock that is set back over midnight (St John's, until 2011) returns to the day before: that
    /// day may have to be put in among the others.
    #[cold]
    fn take_in_earlier(&mut self, day: i64) {
        let Err(place) = self.list.binary_search(&day) else {
            return;
        };
        self.list.insert(place, day);
        let sums = &mut self.sums;
        sums.count += 1;
        sums.first = sums.first.min(day);
        sums.gap_squares = self
            .list
            .windows(2)
            .map(|pair| i128::from(pair[1] - pair[0]).pow(2))
            .sum();
    }

    /// The mean and the sample standard deviation of the gaps, and the silence until `today` against
    /// them. The variance is formed in integers, so equal gaps give exactly zero.
    #[inline]
    pub(super) fn rhythm(&self, today: i64) -> Rhythm {
        let sums = &self.sums;
        let mut rhythm = Rhythm {
            gap_mean_days: f64::NAN,
            gap_std_days: f64::NAN,
            silence_ratio: f64::NAN,
            silence_z: f64::NAN,
        };
        if sums.count < 2 {
            return rhythm;
        }
        let gaps = i64::from(sums.count - 1);
        let total = sums.last - sums.first;
        let silence = (today - sums.last) as f64;
        rhythm.gap_mean_days = total as f64 / gaps as f64;
        rhythm.silence_ratio = silence / rhythm.gap_mean_days;
        if sums.count < 3 {
            return rhythm;
        }
        let scaled_variance =
            i128::from(gaps) * sums.gap_squares - i128::from(total) * i128::from(total);
        rhythm.gap_std_days = (to_f64(scaled_variance) / (gaps * (gaps - 1)) as f64).sqrt();
        if scaled_variance > 0 {
            rhythm.silence_z = (silence - rhythm.gap_mean_days) / rhythm.gap_std_days;
        }
        rhythm
    }
}

/// Days of 24 hours between two moments.
#[inline]
pub(super) fn elapsed_days(from_us: i64, to_us: i64) -> f64 {
    to_us.saturating_sub(from_us) as f64 / crate::lines::DAY_US as f64
}
