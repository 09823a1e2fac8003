//! What the system did, and the vault.
//!
//! One SQLite file, `.perennial/ledger.db`, holds what cannot be rebuilt from
//! the sources: which stages ran and which table versions they left ([`runs`]),
//! which files were read ([`files`]), who stands behind a pseudonym
//! ([`vault`]), which models there were and which one served ([`models`]), and
//! what was done to whom ([`acted`], [`arms`]), how good the data were
//! ([`quality`]), and who people say is the same person ([`same_person`]). The
//! project's key ([`key`]) is a
//! file of its own, so that a copy of the database alone names nobody.
//!
//! The clock is never read here: every moment is an argument, in UTC
//! microseconds since 1970 (`now_us`, `at_us`).
//!
//! Everything goes through one [`Ledger`]. Its SQL keeps to what SQLite and
//! PostgreSQL share, so that a team's server can become a second backend.

pub mod acted;
pub mod arms;
mod db;
mod error;
pub mod files;
pub mod key;
mod migrate;
pub mod models;
pub mod quality;
pub mod runs;
pub mod same_person;
mod sql;
pub mod vault;

pub use acted::Acted;
pub use arms::Arm;
pub use db::Ledger;
pub use error::{Error, Result};
pub use files::{FileRecord, FileState};
pub use key::{LoadedKey, ProjectKey};
pub use migrate::FORMAT;
pub use models::{Model, ModelSummary, Promotion};
pub use quality::QualityMeasure;
pub use runs::{FinishedRun, StageRun};
pub use same_person::{Judgement, Verdict};
pub use vault::{
    Described, Erasure, FileSealer, Forgotten, IDENTIFIER_BYTES_MAX, Repair, Resolver, Restriction,
    Vault,
};
