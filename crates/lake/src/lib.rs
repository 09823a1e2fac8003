//! The lake: source files in, tables and histories and SQL out.
//!
//! The one crate that names DataFusion, Delta and object stores. Files are
//! read by [`sources`], a crate of its own; tables are written and versioned by [`tables`];
//! [`histories`] keeps them customer-major and hands them out;
//! [`sql`] answers queries.

mod error;
pub mod histories;
pub mod parallel;
pub mod sql;
pub mod tables;

pub use error::{Error, Result};

/// The reading half: files to typed columns.
pub use perennial_sources as sources;

/// Arrow, as every other crate should name it.
pub use arrow;
