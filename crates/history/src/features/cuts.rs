//! The as-of moments of a feature fold, and the label at each.

use crate::activity::Activity;
use crate::calendar::Calendar;
use crate::features::rows::{LABEL_LOST, LABEL_STAYED, LABEL_UNKNOWN};
use crate::lines::AsOf;

/// The cuts of a fold, ascending, each once, and what its labels need.
#[derive(Debug, Clone)]
pub(super) struct Cuts {
    pub(super) as_of: Vec<AsOf>,
    /// The local day of the last microsecond before each cut.
    pub(super) todays: Vec<i64>,
    label_horizon_us: Option<i64>,
    pub(super) known_until_us: Option<i64>,
}

impl Cuts {
    pub(super) fn new(
        calendar: &Calendar,
        mut as_of: Vec<AsOf>,
        label_horizon_us: Option<i64>,
    ) -> Cuts {
        as_of.sort_unstable();
        as_of.dedup();
        let todays = as_of
            .iter()
            .map(|cut| calendar.local_day(cut.0.saturating_sub(1)))
            .collect();
        Cuts {
            as_of,
            todays,
            label_horizon_us,
            known_until_us: None,
        }
    }

    /// The label at a cut; `next` is the first moment at or after it.
    pub(super) fn label<A: Activity>(&self, history: &A, next: usize, cut: AsOf) -> i8 {
        let Some(end_us) = self.label_end_us(cut, 0) else {
            return LABEL_UNKNOWN;
        };
        let active = (next..history.len())
            .take_while(|&i| history.time_us(i) < end_us)
            .any(|i| history.is_active(i));
        if active { LABEL_STAYED } else { LABEL_LOST }
    }

    /// The end of the horizon of the label at a cut; `None` without a horizon, or where it is not known
    /// what happened until then and for `grace_us` after.
    pub(super) fn label_end_us(&self, cut: AsOf, grace_us: i64) -> Option<i64> {
        let end_us = cut.0.saturating_add(self.label_horizon_us?);
        (end_us.saturating_add(grace_us) <= self.known_until_us?).then_some(end_us)
    }
}
