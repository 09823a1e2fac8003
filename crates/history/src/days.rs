//! A customer's active days, for the folds that look at days rather than moments.

use crate::activity::Activity;
use crate::calendar::{Calendar, CalendarHint};
use crate::lines::AsOf;

/// Puts the local days with an active moment before `as_of` into `days`, ascending, each once.
pub(crate) fn collect_active_days<A: Activity>(
    history: &A,
    calendar: &Calendar,
    hint: &mut CalendarHint,
    as_of: AsOf,
    days: &mut Vec<i64>,
) {
    days.clear();
    let mut sorted = true;
    history.each_active_before(as_of.0, |time_us| {
        let day = calendar.local_day_with(time_us, hint);
        match days.last() {
            Some(&last) if last == day => {}
            last => {
                // A clock set back over midnight returns to the day before.
                sorted &= last.is_none_or(|&last| last < day);
                days.push(day);
            }
        }
    });
    if !sorted {
        days.sort_unstable();
        days.dedup();
    }
}
