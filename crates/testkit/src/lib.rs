//! For tests only: fixtures, a fake clock, text tables and `check`.
//!
//! Nothing of the program depends on this crate outside `[dev-dependencies]`
//! (`cargo xtask tidy` sees to it). Because it serves tests, it panics with a
//! readable message where the program would return an error.

#![allow(
    clippy::panic,
    clippy::expect_used,
    reason = "a fixture that cannot be made must stop its test, loudly"
)]

mod check;
mod clock;
mod lines;
mod project;
mod servers;
mod skip;
mod table;

pub use check::{check, check_table, diff};
pub use clock::FakeClock;
pub use lines::{OrderLine, OrderLines, order_lines};
pub use project::Project;
pub use servers::{Server, mariadb, postgres};
pub use skip::{browser, data_file, python, skip};
pub use table::{Table, table};
