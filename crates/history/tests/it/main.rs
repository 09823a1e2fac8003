//! Tables in, tables out: a few lines of events go through a fold, the answer is worked by hand.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fail where it stands"
)]

mod activity;
mod as_of_cut;
mod contract_cuts;
mod contract_labels;
mod contract_months;
mod contract_peer;
mod contract_table;
mod contracts;
mod event_peer;
mod event_table;
mod events;
mod features;
mod labels;
mod months;
mod periods;
mod repeats;
mod rhythm;
mod table;
