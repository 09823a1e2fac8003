//! Who is who: identifiers made comparable, traces of one person joined, and
//! records that may be of one person found and weighed.
//!
//! - [`normalise`] gives every way of writing an e-mail address, a telephone
//!   number or an account one form, or says why a value identifies nobody.
//! - [`resolve`] joins identifiers that were seen together into customers:
//!   exact evidence, limits, and what people decided.
//! - [`link`] weighs pairs of records by how alike they are (Fellegi and Sunter
//!   1969): suggestions, with the evidence a reviewer reads.
//!
//! No I/O, no clock, no global randomness: the same input gives the same bytes,
//! in any order of arrival and for any number of threads.

pub mod link;
pub mod normalise;
pub mod resolve;
