//! The program as its users have it: the binary is run on small projects, and
//! what it prints and leaves is looked at. One test binary, no heavy crate.
// The helpers of tests are tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod changes;
mod contracts;
mod crash;
mod daily;
mod databases;
mod events;
mod features;
mod formats;
mod govern;
mod identity;
mod keeping;
mod labelled;
mod lake;
mod orders;
mod privacy;
mod public_data;
mod quality;
mod quality_public;
mod quarantine;
mod rotation;
mod shop;
mod show;
