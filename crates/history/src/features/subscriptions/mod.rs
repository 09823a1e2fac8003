//! The features and labels of subscriptions, at any number of as-of moments in one pass.

mod running;

use crate::calendar::Calendar;
use crate::catalogue::subscription_features;
use crate::coverage::{Coverage, Subscription};
use crate::features::cuts::Cuts;
use crate::features::rows::{
    FeatureRows, GathersRows, LABEL_LOST, LABEL_STAYED, LABEL_UNKNOWN, StagedRows,
};
use crate::lines::{AsOf, Fold};
use crate::subscriptions::{PlanNames, Subscriptions};
use running::Running;

/// Features and labels of subscriptions: one row per customer and cut, for customers with a
/// subscription that began before it, open or not. The columns are those of [`subscription_features`].
///
/// What is known at a cut: the subscriptions that began before it, with their price, plan and due
/// moment, and those of their ends that lie before it. A subscription is open at the cut if its end is
/// not among them.
///
/// Rows gather in the order of customers, then cuts; [`GathersRows`] reads and takes them.
#[derive(Debug, Clone)]
pub struct SubscriptionFold {
    plans: PlanNames,
    cuts: Cuts,
    grace_us: i64,
    coverage: Coverage,
    running: Running,
    rows: StagedRows,
}

impl SubscriptionFold {
    /// A fold for these cuts (put in ascending order; equal ones count once) over subscriptions with
    /// these plans: the same that the subscriptions themselves carry. Coverage goes on if a
    /// subscription begins no later than `grace_us` microseconds after the end (a negative grace counts
    /// as none).
    ///
    /// With a label horizon of *H* microseconds the label at cut *c* says of a customer with a
    /// subscription open at *c* whether coverage ended within `[c, c + H)`: whether the latest moment
    /// that is reached from *c* through subscriptions, each begun no later than the grace after the end
    /// of those before, lies before `c + H`. Of a customer with none open (the feature
    /// `open_subscriptions` is 0) it says whether none began within `[c, c + H)`; what they began before
    /// *c* is over. Both need [`SubscriptionFold::known_until`]: without it, or without a horizon, every
    /// label is [`LABEL_UNKNOWN`].
    pub fn new(
        calendar: Calendar,
        plans: PlanNames,
        cuts: Vec<AsOf>,
        label_horizon_us: Option<i64>,
        grace_us: i64,
    ) -> SubscriptionFold {
        let grace_us = grace_us.max(0);
        SubscriptionFold {
            cuts: Cuts::new(&calendar, cuts, label_horizon_us),
            grace_us,
            coverage: Coverage::new(),
            running: Running::new(grace_us, plans.names().len()),
            rows: StagedRows::new(subscription_features(&plans).len()),
            plans,
        }
    }

    /// The moment (UTC microseconds) until which all starts and ends are known: a label whose horizon
    /// and grace are over only later is [`LABEL_UNKNOWN`], whatever is known already.
    #[must_use]
    pub fn known_until(mut self, known_until_us: i64) -> SubscriptionFold {
        self.cuts.known_until_us = Some(known_until_us);
        self
    }

    /// The cuts, ascending.
    pub fn cuts(&self) -> &[AsOf] {
        &self.cuts.as_of
    }
}

impl Fold<Subscriptions<'_>> for SubscriptionFold {
    fn fold(&mut self, history: &Subscriptions<'_>) {
        debug_assert_eq!(history.plans, &self.plans, "subscriptions of other plans");
        self.coverage.read(history);
        self.running.clear();
        let all = self.coverage.all();
        let mut taken = 0;
        for &cut in &self.cuts.as_of {
            taken = self.running.take_in(all, taken, cut.0);
            if taken > 0 {
                let (known, later) = all.split_at(taken);
                let label = match self.cuts.label_end_us(cut, self.grace_us) {
                    None => LABEL_UNKNOWN,
                    Some(end_us) => label(known, later, cut.0, end_us, self.grace_us),
                };
                let row = self.rows.begin(history.customer_id, cut.0, label);
                self.running.features_into(row, known, cut.0);
            }
        }
    }
}

/// The label at a cut: `known` began before it, `later` at or after it, by their start. The horizon ends
/// at `end_us`.
fn label(
    known: &[Subscription],
    later: &[Subscription],
    cut_us: i64,
    end_us: i64,
    grace_us: i64,
) -> i8 {
    let open = known.iter().filter(|s| s.is_open(cut_us));
    let stayed = match open.map(|s| s.end_us).max() {
        None => later.first().is_some_and(|s| s.start_us < end_us),
        Some(mut reached_us) => {
            for next in later {
                if next.start_us > reached_us.saturating_add(grace_us) {
                    break;
                }
                reached_us = reached_us.max(next.end_us);
            }
            reached_us >= end_us
        }
    };
    if stayed { LABEL_STAYED } else { LABEL_LOST }
}

impl GathersRows for SubscriptionFold {
    fn row_count(&self) -> usize {
        self.rows.row_count()
    }

    fn rows(&mut self) -> &FeatureRows {
        self.rows.rows()
    }

    fn take_rows(&mut self) -> FeatureRows {
        self.rows.take_rows()
    }

    fn clear(&mut self) {
        self.rows.clear();
    }
}
