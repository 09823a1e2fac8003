//! Lift and cumulative capture by tenths of the rows, most likely first.

use super::{check, falling_order};
use crate::error::Error;

/// A tenth of the rows. Where equal scores straddle its edge, outcomes are
/// shared out evenly among them, so counts need not be whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Decile {
    /// 1 is the most likely tenth.
    pub decile: u8,
    /// Rows.
    pub n: usize,
    /// Mean score of its rows.
    pub mean_score: f64,
    /// Rows lost.
    pub positives: f64,
    /// Share of its rows that were lost.
    pub rate: f64,
    /// That share over the share of all rows; 0 if nobody was lost.
    pub lift: f64,
    /// Share of all the lost found in this and the tenths before; 0 if nobody was.
    pub cumulative_capture: f64,
}

/// The tenths that hold rows: ten with ten rows or more, else one per row.
///
/// Errors: no rows, lengths that differ, a score not finite.
pub fn deciles(scores: &[f64], target: &[bool]) -> Result<Vec<Decile>, Error> {
    check(scores, target)?;
    let order = falling_order(scores);
    let rows = order.len();
    let same = |left: &u32, right: &u32| scores[*left as usize] == scores[*right as usize];
    // Each row's expected outcome under random order within its ties.
    let mut expected = Vec::with_capacity(rows);
    for block in order.chunk_by(same) {
        let hits = block.iter().filter(|row| target[**row as usize]).count();
        expected.resize(
            expected.len() + block.len(),
            hits as f64 / block.len() as f64,
        );
    }
    let all: f64 = expected.iter().sum();
    let edge = |decile: usize| (rows * decile).div_ceil(10);
    let mut found = 0.0;
    let mut deciles = Vec::with_capacity(10);
    for decile in 0..10 {
        let range = edge(decile)..edge(decile + 1);
        let n = range.len();
        if n == 0 {
            continue;
        }
        let positives: f64 = expected[range.clone()].iter().sum();
        let score: f64 = order[range].iter().map(|row| scores[*row as usize]).sum();
        found += positives;
        let rate = positives / n as f64;
        deciles.push(Decile {
            decile: decile as u8 + 1,
            n,
            mean_score: score / n as f64,
            positives,
            rate,
            lift: if all > 0.0 {
                rate * rows as f64 / all
            } else {
                0.0
            },
            cumulative_capture: if all > 0.0 {
                (found / all).min(1.0)
            } else {
                0.0
            },
        });
    }
    Ok(deciles)
}
