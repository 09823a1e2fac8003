//! One customer's history as columns, folds over it, and the definitions of the features.
//!
//! A history is order lines ([`OrderLines`]), events ([`Events`]: clicks, app usage, logs) or
//! subscriptions ([`Subscriptions`]: contracts, policies, memberships). A reader hands over each
//! customer's history once, as sorted slices, and any number of folds ([`Fold`]) take what they need
//! from it:
//!
//! * features and labels at several as-of moments ([`FeatureFold`] from order lines, [`EventFold`] from
//!   events, [`SubscriptionFold`] from subscriptions; [`GathersRows`] is what they share);
//! * from order lines or events, by way of [`Activity`]: the customers' rhythm and the horizon chosen from it
//!   ([`RhythmFold`], [`choose_horizon`]), the months with their active, new and returning customers
//!   ([`ActivityMonths`]) and the retention of a period ([`PeriodFold`]);
//! * from order lines: the months of the business with their money ([`BusinessFold`]) and the
//!   (x, t_x, T) summary that the models of customer value start from ([`RepeatSummaryFold`]);
//! * from subscriptions: each of them once, and what is open at a moment ([`Coverage`]), the months with
//!   their covered customers ([`CoverageMonths`]) and the retention of a period ([`CoveragePeriod`]).
//!
//! The business's calendar is in [`Calendar`].
//!
//! # Words
//!
//! * a **purchase line** has quantity > 0 and amount > 0;
//! * a **return line** has quantity < 0 or amount < 0;
//! * any other line (a free item, an empty correction) counts for nothing, anywhere;
//! * an **order** is the set of purchase lines with one order id; its time is the time of the first
//!   of them; it counts if that is before the cut;
//! * a **purchase day** is a day of the business's calendar with at least one purchase line; **gaps**
//!   are the days between one purchase day and the next (1 = bought on two days running);
//! * an **event** is something that happened at a time, with a name (or none) and perhaps an item;
//! * an **active event** is one whose name counts as activity ([`EventNames`]); an **active moment** is
//!   an active event or a purchase line, and an **active day** a local day with at least one;
//! * a **session** is a run of events of any name in which each comes less than 30 minutes after the
//!   one before; it counts at the time of its first event, and what is known of it at a cut is its
//!   events before the cut;
//! * a **subscription** runs from its start to its end, which is the first moment that it no longer
//!   covers, and is open where it has none; its *due* moment is the planned end of its term, which it
//!   may reach, outlive or not live to see; rows that tell of the same one count once ([`Coverage`]);
//! * a subscription is **open** at a moment if it began before it and has not ended before it: so with a
//!   cut, where an end at the moment itself is not known yet;
//! * **coverage** is the time in which at least one subscription runs; with a **grace** it goes on through
//!   a pause if the next subscription begins no later than the grace after the end. A start is a
//!   **renewal** if coverage goes on, a **return** if it had been over; several subscriptions that begin
//!   at one moment are one start;
//! * the **cut** of an as-of moment is `time < as_of`: nothing at or after it enters a feature.
//!
//! # Rules
//!
//! No input or output, no clock, no randomness: the same history gives the same bytes. Money is summed
//! exactly in 128 bits and becomes a floating number once, at the end. Folds reuse their buffers: a
//! customer costs no allocation once the buffers have grown.

mod activity;
mod activity_months;
mod business;
mod calendar;
mod catalogue;
mod civil;
mod coverage;
mod days;
mod distinct;
mod error;
mod events;
mod features;
mod lines;
mod period;
mod repeat_summary;
mod rhythm;
mod subscriptions;

pub use activity::Activity;
pub use activity_months::{ActivityMonth, ActivityMonths};
pub use business::{BusinessFold, MonthTotals};
pub use calendar::{Calendar, CalendarHint};
pub use catalogue::{
    FeatureKind, FeatureSpec, Reasons, Unit, event_features, fill, order_line_features,
    subscription_features,
};
pub use civil::{date_of_day, day_of_date, first_day_of_month, month_of_day};
pub use coverage::{
    COVERAGE_MONTHS_MAX, Coverage, CoverageMonth, CoverageMonths, CoveragePeriod, Subscription,
    first_start, is_covered, open_price,
};
pub use error::{Error, Result};
pub use events::{EVENT_NAMES_MAX, EventNames, Events, OTHER_NAME};
pub use features::{
    EventFold, FeatureFold, FeatureRows, GathersRows, LABEL_LOST, LABEL_STAYED, LABEL_UNKNOWN,
    SubscriptionFold,
};
pub use lines::{AsOf, DAY_US, Fold, OrderLines, SCALE, UNKNOWN_PRODUCT, to_number};
pub use period::{PeriodFold, Retention};
pub use repeat_summary::{RepeatSummaries, RepeatSummaryFold};
pub use rhythm::{
    GapHistogram, HORIZON_CANDIDATES_DAYS, HORIZON_SHORT_DAYS, HorizonChoice, HorizonLimit,
    RhythmFold, choose_horizon, horizon_candidates,
};
pub use subscriptions::{NO_MOMENT, NO_PRICE, PLAN_NAMES_MAX, PlanNames, Subscriptions};

/// The SQL twin of [`FeatureFold`]: one text for DataFusion and DuckDB, placeholders in its header.
pub const ORDER_LINE_FEATURES_SQL: &str = include_str!("../sql/order_line_features.sql");
