//! What all histories have in common: moments in time, some of which count as activity.

use crate::events::Events;
use crate::lines::{LineKind, OrderLines};

/// One customer's history as moments at which they were active or not.
pub trait Activity {
    /// The customer's pseudonymous id.
    fn customer_id(&self) -> i64;

    /// Number of moments (lines, events).
    fn len(&self) -> usize;

    /// Whether there is no moment.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// When moment `i` was: UTC microseconds, ascending in `i`, which must be below
    /// [`Activity::len`].
    fn time_us(&self, i: usize) -> i64;

    /// Whether moment `i` counts as activity: a purchase line; an event whose name counts.
    fn is_active(&self, i: usize) -> bool;

    /// Hands the times (UTC microseconds) of the active moments before `end_us` to `take`, ascending.
    /// Histories of slices look at their bounds once.
    #[inline]
    fn each_active_before(&self, end_us: i64, take: impl FnMut(i64))
    where
        Self: Sized,
    {
        each_active_before(self, end_us, take);
    }
}

impl Activity for OrderLines<'_> {
    #[inline]
    fn customer_id(&self) -> i64 {
        self.customer_id
    }

    #[inline]
    fn len(&self) -> usize {
        OrderLines::len(self)
    }

    #[inline]
    fn time_us(&self, i: usize) -> i64 {
        self.time_us[i]
    }

    #[inline]
    fn is_active(&self, i: usize) -> bool {
        self.kind(i) == LineKind::Purchase
    }

    #[inline]
    fn each_active_before(&self, end_us: i64, take: impl FnMut(i64)) {
        each_active_before(&self.trimmed(), end_us, take);
    }
}

impl Activity for Events<'_> {
    #[inline]
    fn customer_id(&self) -> i64 {
        self.customer_id
    }

    #[inline]
    fn len(&self) -> usize {
        Events::len(self)
    }

    #[inline]
    fn time_us(&self, i: usize) -> i64 {
        self.time_us[i]
    }

    #[inline]
    fn is_active(&self, i: usize) -> bool {
        self.names.is_active(self.name[i])
    }

    #[inline]
    fn each_active_before(&self, end_us: i64, take: impl FnMut(i64)) {
        each_active_before(&self.trimmed(), end_us, take);
    }
}

/// The loop behind [`Activity::each_active_before`]; inlined, so that it is made for each history.
#[inline]
fn each_active_before<A: Activity>(history: &A, end_us: i64, mut take: impl FnMut(i64)) {
    for i in 0..history.len() {
        let time_us = history.time_us(i);
        if time_us >= end_us {
            break;
        }
        if history.is_active(i) {
            take(time_us);
        }
    }
}
