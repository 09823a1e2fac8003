//! A customer's purchase days, for the folds that look at days rather than lines.

use crate::calendar::{Calendar, CalendarHint};
use crate::lines::{AsOf, LineKind, OrderLines};

/// Puts the local days with a purchase line before `as_of` into `days`, ascending, each once.
pub(crate) fn collect_purchase_days(
    lines: &OrderLines<'_>,
    calendar: &Calendar,
    hint: &mut CalendarHint,
    as_of: AsOf,
    days: &mut Vec<i64>,
) {
    days.clear();
    let mut sorted = true;
    for i in 0..lines.len() {
        let time_us = lines.time_us[i];
        if time_us >= as_of.0 {
            break;
        }
        if lines.kind(i) != LineKind::Purchase {
            continue;
        }
        let day = calendar.local_day_with(time_us, hint);
        match days.last() {
            Some(&last) if last == day => {}
            last => {
                // A clock set back over midnight returns to the day before.
                sorted &= last.is_none_or(|&last| last < day);
                days.push(day);
            }
        }
    }
    if !sorted {
        days.sort_unstable();
        days.dedup();
    }
}
