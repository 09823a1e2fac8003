//! Fit, predict, evaluate, explain: slices in, numbers out.
//!
//! Nothing here reads a file, a clock or a global random source: the same input
//! and seed give the same bytes, whatever the number of threads. Logarithms and
//! exponentials come from `libm`, not from the platform, so that a model's bytes
//! do not depend on the machine either.
//!
//! The way through: build a [`Matrix`], fit a
//! [`LogisticModel`](logistic::LogisticModel) and a [`plain_rule`] to beat,
//! [`evaluate`] both on rows neither has seen, [`explain`] the predictions, and
//! ask [`small`] how far the number of rows carries.

pub mod decide;
pub mod error;
pub mod evaluate;
pub mod explain;
pub mod leak;
pub mod logistic;
pub mod matrix;
pub mod plain_rule;
pub mod prepare;
pub mod random;
pub mod small;
pub mod special;
pub mod split;
pub mod value;

mod bytes;
mod linear;

pub use error::Error;
pub use matrix::{Column, ColumnData, MISSING, Matrix};
