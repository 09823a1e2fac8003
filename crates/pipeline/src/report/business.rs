//! How the business went: its months, and the retention of the last period.

use perennial_history::Calendar;
use perennial_learn::value::wilson_interval_95;
use perennial_web::Text;
use perennial_web::report::{Business, Estimate, Missing, Month, Part, Retention};

use super::material::Material;
use super::moments::{day_after, days_before, first_of_month};
use super::read::{self, MonthRow};
use crate::Result;
use crate::stages::features::{Notes, RetentionNotes};

/// Months shown at the most: a hundred years.
const MONTHS_MAX: i64 = 1_200;

/// The section, or why there is none.
pub(super) async fn part(m: &Material<'_>) -> Result<Part<Business>> {
    if !m.dated() {
        return Ok(Err(Missing::NoDates));
    }
    let (Some(notes), Some(done)) = (&m.features, &m.stages.features) else {
        return Ok(Err(Missing::NotRun));
    };
    let rows = read::months(&m.project.lake, done.version("months")).await?;
    let calendar = &m.project.calendar;
    Ok(Ok(Business {
        months: months(&rows, calendar, notes.first_us, notes.plan.as_of_us),
        retention: retention(notes, calendar),
    }))
}

/// Every calendar month from the first with a row to the one before the as-of
/// moment. A month is complete if it lies wholly between the day of the first
/// event and the as-of moment.
fn months(rows: &[MonthRow], calendar: &Calendar, first_us: i64, as_of_us: i64) -> Vec<Month> {
    let known_from_us = calendar.day_start(calendar.local_day(first_us));
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
        return Vec::new();
    };
    let last = last
        .month
        .max(calendar.local_month(as_of_us.saturating_sub(1)));
    let first = first.month.max(last - MONTHS_MAX + 1);
    (first..=last)
        .filter_map(|month| {
            let found = rows.binary_search_by_key(&month, |row| row.month);
            let row = found
                .ok()
                .and_then(|at| rows.get(at))
                .copied()
                .unwrap_or_default();
            let (start, end) = (calendar.month_start(month), calendar.month_start(month + 1));
            Some(Month {
                first_day: first_of_month(month)?,
                buyers: row.buyers,
                new: row.new,
                came_back: row.came_back,
                orders: row.orders,
                ended: row.ended,
                net_revenue: Some(row.net).filter(|net| net.is_finite()),
                complete: start >= known_from_us && end <= as_of_us,
            })
        })
        .collect()
}

/// The rate of a period with its interval; none without customers at its start.
fn rate(notes: &RetentionNotes) -> Option<Estimate> {
    (notes.at_start > 0).then(|| {
        let (low, high) = wilson_interval_95(notes.stayed, notes.at_start);
        Estimate::between(notes.stayed as f64 / notes.at_start as f64, low, high)
    })
}

/// The retention of the last horizon.
fn retention(notes: &Notes, calendar: &Calendar) -> Part<Retention> {
    let days = notes.plan.horizon_days;
    let found = notes
        .retention
        .as_ref()
        .ok_or_else(|| Missing::Other(no_period(notes)))?;
    let rate_now = rate(found).ok_or_else(|| Missing::Other(nobody(days)))?;
    let until = day_after(calendar, found.until_us);
    Ok(Retention {
        from: days_before(until, days),
        until,
        at_start: found.at_start,
        kept: found.stayed,
        new: found.new,
        came_back: found.came_back,
        window_days: f64::from(days),
        rate: rate_now,
        rate_before: notes.retention_before.as_ref().and_then(rate),
    })
}

/// Why the retention of the last horizon was not counted.
fn no_period(notes: &Notes) -> Text {
    let days = notes.plan.horizon_days;
    let twice = u64::from(days) * 2;
    if notes.plan.as_of_us - 2 * notes.plan.horizon_us() >= notes.first_us {
        return Text::new(
            "The settings ask for no training date (`training_dates` is 0), so that no earlier date was looked at.",
            "设置中没有训练日期（`training_dates` 为 0），因此没有查看更早的日期。",
        );
    }
    Text::new(
        format!(
            "The history is too short: the retention of {days} days needs {twice} days of data."
        ),
        format!("历史数据太短：计算 {days} 天的保持率需要 {twice} 天的数据。"),
    )
}

fn nobody(days: u32) -> Text {
    Text::new(
        format!("Nobody was there in the {days} days before the period, so nobody could be kept."),
        format!("本期开始前的 {days} 天内没有客户，因此无从谈起保持。"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use jiff::civil::date;

    fn us(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_microsecond()
    }

    fn row(year: i64, month: i64, buyers: u64) -> MonthRow {
        MonthRow {
            month: (year - 1970) * 12 + month - 1,
            buyers,
            net: 10.5,
            ..MonthRow::default()
        }
    }

    #[test]
    fn months_have_no_gaps_and_the_last_is_open() {
        let calendar = Calendar::new("Europe/London").unwrap();
        let rows = [row(2010, 12, 5), row(2011, 1, 4), row(2011, 3, 6)];
        let first = us("2010-12-01T08:26:00Z");
        let found = months(&rows, &calendar, first, us("2011-04-10T00:00:00Z"));
        let shown: Vec<_> = found
            .iter()
            .map(|m| (m.first_day, m.buyers, m.complete))
            .collect();
        assert_eq!(
            shown,
            [
                // The first event at 08:26 of the first day is the shop's opening, not a gap.
                (date(2010, 12, 1), 5, true),
                (date(2011, 1, 1), 4, true),
                (date(2011, 2, 1), 0, true),
                (date(2011, 3, 1), 6, true),
                (date(2011, 4, 1), 0, false),
            ]
        );
        assert_eq!(found[0].net_revenue, Some(10.5));
    }

    #[test]
    fn a_month_is_complete_by_the_local_clock() {
        let calendar = Calendar::new("Asia/Shanghai").unwrap();
        let rows = [row(2024, 1, 1), row(2024, 2, 1)];
        let complete = |first: &str, as_of: &str| -> Vec<bool> {
            let found = months(&rows, &calendar, us(first), us(as_of));
            found.iter().map(|m| m.complete).collect()
        };
        // Midnight in Shanghai is 16:00 UTC of the day before.
        assert_eq!(
            complete("2023-12-31T16:00:00Z", "2024-02-29T16:00:00Z"),
            [true, true]
        );
        assert_eq!(
            complete("2024-01-01T16:00:00Z", "2024-02-29T15:59:59Z"),
            [false, false]
        );
        assert!(months(&[], &calendar, 0, 1).is_empty());
    }

    #[test]
    fn a_rate_has_the_interval_of_wilson() {
        let notes = RetentionNotes {
            from_us: 0,
            until_us: 1,
            at_start: 263,
            at_end: 100,
            stayed: 81,
            lost: 182,
            new: 19,
            came_back: 0,
        };
        // Newcombe (1998), table I: 81 of 263.
        let found = rate(&notes).unwrap();
        let (low, high) = found.interval.unwrap();
        assert!((low - 0.2553).abs() < 5e-5 && (high - 0.3662).abs() < 5e-5);
        assert_eq!(
            rate(&RetentionNotes {
                at_start: 0,
                stayed: 0,
                ..notes
            }),
            None
        );
    }
}
