//! The shop's clock: days, seasons, weekdays and hours.
//!
//! Purchases run in *season time*: a busy day is longer than a quiet one, the
//! mean over the period is one. A rhythm drawn in season time and read on the
//! clock has the season in it and stays the customer's own.

use crate::customer::CHANNELS;
use crate::settings::ShopSettings;

pub(crate) const DAY_US: i64 = 86_400_000_000;
const HOUR_S: f64 = 3_600.0;

/// Monday to Sunday.
const WEEKDAYS: [f64; 7] = [0.95, 0.95, 0.98, 1.0, 1.12, 1.15, 0.85];

/// Weight of each hour by channel: web, app, store.
const HOURS: [[u8; 24]; CHANNELS] = [
    [
        2, 1, 1, 0, 0, 1, 2, 4, 6, 8, 9, 9, 9, 8, 8, 8, 8, 8, 9, 11, 13, 12, 8, 4,
    ],
    [
        2, 1, 1, 0, 0, 1, 4, 8, 8, 6, 5, 6, 9, 7, 5, 5, 6, 8, 9, 10, 12, 13, 10, 5,
    ],
    [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 5, 9, 11, 11, 10, 10, 10, 11, 12, 9, 4, 1, 0, 0, 0,
    ],
];

pub(crate) struct Calendar {
    start_us: i64,
    /// Season time at the start of each day, and at the end of the last.
    season: Vec<f64>,
    /// Share of a day's season time before each hour, by channel.
    hours: [[f64; 25]; CHANNELS],
}

impl Calendar {
    pub fn new(settings: &ShopSettings) -> Calendar {
        let local_us = settings.start_us + i64::from(settings.utc_offset_minutes) * 60_000_000;
        let first = local_us.div_euclid(DAY_US);
        let weights: Vec<f64> = (0..i64::from(settings.days))
            .map(|day| day_weight(first + day, settings))
            .collect();
        let mean = weights.iter().sum::<f64>() / weights.len() as f64;
        let mut season = Vec::with_capacity(weights.len() + 1);
        let mut sum = 0.0;
        season.push(sum);
        for weight in weights {
            sum += weight / mean;
            season.push(sum);
        }
        Calendar {
            start_us: settings.start_us,
            season,
            hours: HOURS.map(|row| hour_shares(&row)),
        }
    }

    pub fn days(&self) -> u32 {
        (self.season.len() - 1) as u32
    }

    /// Season time of the whole period.
    pub fn season_end(&self) -> f64 {
        self.season[self.season.len() - 1]
    }

    /// Season time at the start of a day; days beyond the period count as its end.
    pub fn season_at_day(&self, day: u32) -> f64 {
        self.season[(day as usize).min(self.season.len() - 1)]
    }

    /// Season time per day of one day.
    pub fn day_length(&self, day: u32) -> f64 {
        self.season_at_day(day + 1) - self.season_at_day(day)
    }

    /// The day of a season time within the period, and the share of the day
    /// that is over.
    pub fn day_of(&self, season: f64) -> Option<(u32, f64)> {
        if !(season >= 0.0 && season < self.season_end()) {
            return None;
        }
        let day = self.season.partition_point(|&start| start <= season) - 1;
        let share = (season - self.season[day]) / (self.season[day + 1] - self.season[day]);
        Some((day as u32, share.clamp(0.0, 1.0)))
    }

    /// The moment at which a share of a day's business is done, to the second.
    pub fn time_us(&self, day: u32, share: f64, channel: u8) -> i64 {
        let hours = &self.hours[usize::from(channel) % CHANNELS];
        // The very end belongs to the last hour of business, not to midnight.
        let share = share.min(0.999_999);
        let hour = hours[1..24].partition_point(|&before| before <= share);
        let width = hours[hour + 1] - hours[hour];
        let within = if width > 0.0 {
            ((share - hours[hour]) / width).clamp(0.0, 1.0)
        } else {
            0.0
        };
        let second = ((hour as f64 + within) * HOUR_S) as i64;
        self.start_us + i64::from(day) * DAY_US + second.min(86_399) * 1_000_000
    }

    /// The day a moment falls into, counted from the start.
    pub fn day_at(&self, time_us: i64) -> i64 {
        (time_us.saturating_sub(self.start_us)).div_euclid(DAY_US)
    }

    /// A moment as days since the start.
    pub fn days_at(&self, time_us: i64) -> f64 {
        time_us.saturating_sub(self.start_us) as f64 / DAY_US as f64
    }

    /// Season time at a moment, the business of a day spread evenly over it;
    /// outside the period a day counts as one.
    pub fn season_at(&self, time_us: i64) -> f64 {
        let days = self.days_at(time_us);
        let last = f64::from(self.days());
        if days < 0.0 {
            days
        } else if days >= last {
            self.season_end() + days - last
        } else {
            let day = days as u32;
            self.season_at_day(day) + (days - f64::from(day)) * self.day_length(day)
        }
    }
}

/// How busy a day (counted from 1970-01-01) is.
fn day_weight(days_since_1970: i64, settings: &ShopSettings) -> f64 {
    let (_, month, day) = civil(days_since_1970);
    // 1970-01-01 was a Thursday.
    let weekday = WEEKDAYS[(days_since_1970 + 3).rem_euclid(7) as usize];
    let turn = (f64::from(month - 1) * 30.4375 + f64::from(day) - 310.0) / 365.25;
    let wave = 1.0 + settings.season_amplitude * libm::cos(std::f64::consts::TAU * turn);
    let festive = match (month, day) {
        (12, 1..=23) => settings.december_peak,
        (12, 25 | 26) | (1, 1) => 0.4,
        _ => 1.0,
    };
    weekday * wave * festive
}

/// Year, month and day of a day counted from 1970-01-01 in the Gregorian
/// calendar (the era arithmetic of Hinnant 2013).
fn civil(days_since_1970: i64) -> (i64, u32, u32) {
    let shifted = days_since_1970 + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * shifted_month + 2) / 5 + 1) as u32;
    let month = (if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    }) as u32;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

fn hour_shares(weights: &[u8; 24]) -> [f64; 25] {
    let total: f64 = weights.iter().map(|&weight| f64::from(weight)).sum();
    let mut shares = [0.0; 25];
    for (hour, &weight) in weights.iter().enumerate() {
        shares[hour + 1] = shares[hour] + f64::from(weight) / total;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_become_dates() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(-1), (1969, 12, 31));
        assert_eq!(civil(19_358), (2023, 1, 1));
        assert_eq!(civil(19_782), (2024, 2, 29));
        assert_eq!(civil(11_016), (2000, 2, 29));
    }

    #[test]
    fn december_and_saturdays_are_busy() {
        let calendar = Calendar::new(&ShopSettings {
            days: 365,
            ..ShopSettings::default()
        });
        // 2023-12-09 is a Saturday, 2023-12-12 a Tuesday, 2023-07-11 another.
        let length = |day| calendar.day_length(day);
        assert!((length(342) / length(345) - 1.15 / 0.95).abs() < 0.02);
        assert!(length(345) / length(191) > 1.8);
        assert!((calendar.season_end() - 365.0).abs() < 1e-9);
    }

    #[test]
    fn season_time_goes_there_and_back() {
        let calendar = Calendar::new(&ShopSettings::default());
        for step in 0..7_000 {
            let season = f64::from(step) * 0.1;
            let (day, share) = calendar.day_of(season).unwrap();
            let back = calendar.season_at_day(day) + share * calendar.day_length(day);
            assert!((back - season).abs() < 1e-9);
            for channel in 0..3 {
                assert_eq!(
                    calendar.day_at(calendar.time_us(day, share, channel)),
                    i64::from(day)
                );
            }
        }
        assert_eq!(calendar.day_of(730.0 + 1e-6), None);
        assert_eq!(calendar.day_of(f64::NAN), None);
    }

    #[test]
    fn the_store_is_shut_at_night() {
        let calendar = Calendar::new(&ShopSettings::default());
        for step in 0..=1_000 {
            let time = calendar.time_us(3, f64::from(step) / 1_000.0, 2);
            let hour = (time - calendar.start_us).rem_euclid(DAY_US) / 3_600_000_000;
            assert!((8..=21).contains(&hour), "{step}: {hour}");
        }
    }
}
