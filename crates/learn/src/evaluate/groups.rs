//! Customers numbered 0, 1, 2, ... in the order of their first row.

use crate::error::{Error, check_length};
use std::collections::HashMap;

/// The number of each row's customer and how many customers there are; every row
/// is its own where none are given.
pub(crate) fn number(groups: Option<&[u64]>, rows: usize) -> Result<(Vec<u32>, usize), Error> {
    let Some(groups) = groups else {
        return Ok(((0..rows as u32).collect(), rows));
    };
    check_length("groups", rows, groups.len())?;
    let mut number_of: HashMap<u64, u32> = HashMap::with_capacity(rows);
    let numbers = groups
        .iter()
        .map(|group| {
            let next = number_of.len() as u32;
            *number_of.entry(*group).or_insert(next)
        })
        .collect();
    Ok((numbers, number_of.len()))
}
