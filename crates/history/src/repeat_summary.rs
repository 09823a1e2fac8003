//! The (x, t_x, T) summary of each customer, from which models of customer value are fitted.

use crate::calendar::{Calendar, CalendarHint};
use crate::lines::{AsOf, Fold, LineKind, OrderLines, to_number};

/// Summaries as columns of equal length, one row per customer, **in days**.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RepeatSummaries {
    /// The customer of each row.
    pub customer_id: Vec<i64>,
    /// x: repeat purchases, that is purchase days less one.
    pub x: Vec<u32>,
    /// t_x: days from the first purchase day to the last; 0 if x = 0.
    pub t_x_days: Vec<i64>,
    /// T: days from the first purchase day to the last whole local day before the as-of moment.
    pub age_days: Vec<i64>,
    /// z: money of the purchase lines of the repeat days per repeat day (Gamma-Gamma); NaN if x = 0.
    pub repeat_amount_mean: Vec<f64>,
}

impl RepeatSummaries {
    /// The number of rows.
    pub fn len(&self) -> usize {
        self.customer_id.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.customer_id.is_empty()
    }
}

/// Sums up each customer's purchases as the models of Fader, Hardie and Lee (2005) want them: counted
/// by local day, seen on the last whole local day before the as-of moment.
///
/// With an as-of at midnight of 1 October the last whole day is 30 September; with one at noon of
/// 1 October it is too, and what was bought that morning does not count. A customer without a
/// purchase by then gives no row.
#[derive(Debug, Clone)]
pub struct RepeatSummaryFold {
    calendar: Calendar,
    hint: CalendarHint,
    as_of: AsOf,
    last_day: i64,
    days: Vec<i64>,
    rows: RepeatSummaries,
}

impl RepeatSummaryFold {
    /// A fold over what was known at `as_of`.
    pub fn new(calendar: Calendar, as_of: AsOf) -> RepeatSummaryFold {
        let last_day = calendar.local_day(as_of.0).saturating_sub(1);
        RepeatSummaryFold {
            calendar,
            hint: CalendarHint::default(),
            as_of,
            last_day,
            days: Vec::new(),
            rows: RepeatSummaries::default(),
        }
    }

    /// The rows gathered so far.
    pub fn rows(&self) -> &RepeatSummaries {
        &self.rows
    }

    /// Hands over the rows gathered so far.
    pub fn take_rows(&mut self) -> RepeatSummaries {
        std::mem::take(&mut self.rows)
    }
}

impl Fold<OrderLines<'_>> for RepeatSummaryFold {
    fn fold(&mut self, history: &OrderLines<'_>) {
        let lines = history.trimmed();
        self.days.clear();
        let mut gross = 0_i128;
        let mut first_day = i64::MAX;
        let mut first_gross = 0_i128;
        for i in 0..lines.len() {
            let time_us = lines.time_us[i];
            if time_us >= self.as_of.0 {
                break;
            }
            if lines.kind(i) != LineKind::Purchase {
                continue;
            }
            let day = self.calendar.local_day_with(time_us, &mut self.hint);
            if day > self.last_day {
                continue;
            }
            let amount = i128::from(lines.amount[i]);
            gross += amount;
            if day < first_day {
                first_day = day;
                first_gross = 0;
            }
            if day == first_day {
                first_gross += amount;
            }
            if self.days.last() != Some(&day) {
                self.days.push(day);
            }
        }
        if !self.days.is_sorted() {
            // A clock set back over midnight returns to the day before.
            self.days.sort_unstable();
        }
        self.days.dedup();
        let (Some(first), Some(last)) = (self.days.first(), self.days.last()) else {
            return;
        };
        let repeats = self.days.len() - 1;
        let repeat_amount = to_number(gross - first_gross);
        self.rows.customer_id.push(lines.customer_id);
        self.rows.x.push(u32::try_from(repeats).unwrap_or(u32::MAX));
        self.rows.t_x_days.push(last - first);
        self.rows.age_days.push(self.last_day - first);
        let mean = if repeats > 0 {
            repeat_amount / repeats as f64
        } else {
            f64::NAN
        };
        self.rows.repeat_amount_mean.push(mean);
    }
}
