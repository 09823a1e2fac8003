//! Day numbers, dates and months of the proleptic Gregorian calendar, as plain integer arithmetic.
//!
//! A day number counts days from 1970-01-01 (day 0); a month number counts months from January 1970
//! (month 0). Both may be negative. Arithmetic is in eras of 400 years, which have 146,097 days.

/// Days in 400 years.
const ERA_DAYS: i64 = 146_097;
/// Days from 0000-03-01 to 1970-01-01.
const EPOCH_FROM_MARCH_0000: i64 = 719_468;

/// The date (year, month 1 to 12, day 1 to 31) of a day number.
pub fn date_of_day(day: i64) -> (i64, i64, i64) {
    // Years are counted from March, so that the leap day comes last.
    let shifted = day.saturating_add(EPOCH_FROM_MARCH_0000);
    let era = shifted.div_euclid(ERA_DAYS);
    let in_era = shifted.rem_euclid(ERA_DAYS);
    let year_of_era = (in_era - in_era / 1_460 + in_era / 36_524 - in_era / (ERA_DAYS - 1)) / 365;
    let in_year = in_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * in_year + 2) / 153;
    let day_of_month = in_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day_of_month)
}

/// The day number of a date; months outside 1 to 12 and days outside the month run over into others.
/// Each part is held within a billion, so that no argument can overflow.
pub fn day_of_date(year: i64, month: i64, day: i64) -> i64 {
    let held = |part: i64| part.clamp(-1_000_000_000, 1_000_000_000);
    let (month, day) = (held(month), held(day));
    let year = held(year) + (month - 1).div_euclid(12);
    let month = (month - 1).rem_euclid(12) + 1;
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (month + 9) % 12;
    let in_year = (153 * month_from_march + 2) / 5 + day - 1;
    let in_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + in_year;
    era * ERA_DAYS + in_era - EPOCH_FROM_MARCH_0000
}

/// The month number of a day number.
pub fn month_of_day(day: i64) -> i64 {
    let (year, month, _) = date_of_day(day);
    (year - 1970) * 12 + month - 1
}

/// The day number of the first day of a month number.
pub fn first_day_of_month(month: i64) -> i64 {
    day_of_date(1970 + month.div_euclid(12), month.rem_euclid(12) + 1, 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::Date;

    #[test]
    fn agrees_with_a_date_library_on_every_day_of_three_centuries() {
        let mut date = Date::constant(1899, 12, 31);
        let epoch = Date::constant(1970, 1, 1);
        let mut day = i64::from((date - epoch).get_days());
        while date.year() < 2201 {
            let parts = (
                i64::from(date.year()),
                i64::from(date.month()),
                i64::from(date.day()),
            );
            assert_eq!(date_of_day(day), parts);
            assert_eq!(day_of_date(parts.0, parts.1, parts.2), day);
            assert_eq!(month_of_day(day), (parts.0 - 1970) * 12 + parts.1 - 1);
            date = date.tomorrow().unwrap();
            day += 1;
        }
    }

    #[test]
    fn months_begin_on_their_first_day() {
        assert_eq!(first_day_of_month(0), 0);
        assert_eq!(first_day_of_month(1), 31);
        assert_eq!(first_day_of_month(-1), -31);
        assert_eq!(
            first_day_of_month((2000 - 1970) * 12 + 2),
            day_of_date(2000, 3, 1)
        );
        assert_eq!(day_of_date(2023, 14, 29), day_of_date(2024, 2, 29));
    }
}
