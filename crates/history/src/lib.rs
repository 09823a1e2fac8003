//! One customer's history as columns, folds over it, and the definitions of the features.
//!
//! A history is order lines ([`OrderLines`]) or events ([`Events`]: clicks, app usage, logs). A reader
//! hands over each customer's history once, as sorted slices, and any number of folds ([`Fold`]) take
//! what they need from it:
//!
//! * features and labels at several as-of moments ([`FeatureFold`] from order lines, [`EventFold`] from
//!   events);
//! * from either, by way of [`Activity`]: the customers' rhythm and the horizon chosen from it
//!   ([`RhythmFold`], [`choose_horizon`]), the months with their active, new and returning customers
//!   ([`ActivityMonths`]) and the retention of a period ([`PeriodFold`]);
//! * from order lines: the months of the business with their money ([`BusinessFold`]) and the
//!   (x, t_x, T) summary that the models of customer value start from ([`RepeatSummaryFold`]).
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
mod days;
mod distinct;
mod error;
mod events;
mod features;
mod lines;
mod period;
mod repeat_summary;
mod rhythm;

pub use activity::Activity;
pub use activity_months::{ActivityMonth, ActivityMonths};
pub use business::{BusinessFold, MonthTotals};
pub use calendar::{Calendar, CalendarHint};
pub use catalogue::{
    FeatureKind, FeatureSpec, Reasons, Unit, event_features, fill, order_line_features,
};
pub use civil::{date_of_day, day_of_date, first_day_of_month, month_of_day};
pub use error::{Error, Result};
pub use events::{EVENT_NAMES_MAX, EventNames, Events, OTHER_NAME};
pub use features::{EventFold, FeatureFold, FeatureRows, LABEL_LOST, LABEL_STAYED, LABEL_UNKNOWN};
pub use lines::{AsOf, DAY_US, Fold, OrderLines, SCALE, UNKNOWN_PRODUCT, to_number};
pub use period::{PeriodFold, Retention};
pub use repeat_summary::{RepeatSummaries, RepeatSummaryFold};
pub use rhythm::{
    GapHistogram, HORIZON_CANDIDATES_DAYS, HORIZON_SHORT_DAYS, HorizonChoice, HorizonLimit,
    RhythmFold, choose_horizon, horizon_candidates,
};

/// The SQL twin of [`FeatureFold`]: one text for DataFusion and DuckDB, placeholders in its header.
pub const ORDER_LINE_FEATURES_SQL: &str = include_str!("../sql/order_line_features.sql");
