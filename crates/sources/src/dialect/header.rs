//! Whether the first record names the columns, and what the columns are called.

use std::collections::HashSet;

use super::super::number::{NumberFormat, infer_format, parse_exact};
use super::super::time::{TimeFormat, parse};

/// A cell that is a value rather than a name: a number or a date.
pub(super) fn is_value(cell: &str) -> bool {
    let cell = cell.trim();
    is_number(cell) || is_date(cell)
}

fn is_number(cell: &str) -> bool {
    parse_exact(cell.as_bytes(), &NumberFormat::PLAIN).is_some()
        || (cell.bytes().any(|b| b.is_ascii_digit())
            && infer_format(std::iter::once(cell), 1.0).is_some())
}

fn is_date(cell: &str) -> bool {
    let formats = [
        TimeFormat::YearFirst,
        TimeFormat::DayFirst,
        TimeFormat::MonthFirst,
        TimeFormat::Chinese,
    ];
    cell.len() >= 6
        && formats
            .iter()
            .any(|format| parse(cell.as_bytes(), *format).is_some())
}

/// Whether the first of `rows` is a header, and how sure that is (0 to 1).
///
/// Each column has a vote. Below the first row stand numbers or dates: a name
/// on top speaks for a header, a number or date on top against it. Text
/// columns vote by whether the first cell occurs again and by its length.
pub(super) fn detect(rows: &[Vec<String>]) -> (bool, f64) {
    let Some((first, rest)) = rows.split_first() else {
        return (false, 0.0);
    };
    let cells: Vec<&str> = first.iter().map(|cell| cell.trim()).collect();
    let filled: Vec<&str> = cells
        .iter()
        .copied()
        .filter(|cell| !cell.is_empty())
        .collect();
    let unique = filled.iter().collect::<HashSet<_>>().len() == filled.len();
    let values = filled.iter().filter(|cell| is_value(cell)).count();
    if rest.is_empty() {
        // One line only: names if nothing in it is a value.
        return (values == 0 && unique, 0.3);
    }
    let mut votes = 0.0;
    for (column, top) in cells.iter().enumerate() {
        votes += vote(
            top,
            rest.iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.trim())
                .filter(|cell| !cell.is_empty()),
        );
    }
    if !unique && values == 0 {
        votes -= 0.5;
    }
    if filled.len() * 2 < cells.len() {
        votes -= 1.0;
    }
    // With nothing but text, names on top are the custom.
    let header = votes > -0.05 && values * 2 <= filled.len();
    (header, (votes.abs() / (1.0 + votes.abs())).clamp(0.1, 0.99))
}

/// One column's vote: positive for a header.
fn vote<'a>(top: &str, below: impl Iterator<Item = &'a str>) -> f64 {
    let below: Vec<&str> = below.take(200).collect();
    if below.is_empty() || top.is_empty() {
        return 0.0;
    }
    let values = below.iter().filter(|cell| is_value(cell)).count();
    if values * 10 >= below.len() * 8 {
        return if is_value(top) { -2.0 } else { 1.5 };
    }
    if is_value(top) {
        return -0.5;
    }
    let again = below.contains(&top);
    if again {
        return -1.0;
    }
    // Few values, and the one on top is none of them.
    let distinct = below.iter().collect::<HashSet<_>>().len();
    if below.len() >= 10 && distinct * 5 <= below.len() {
        return 0.8;
    }
    let same_length = below
        .iter()
        .all(|cell| cell.chars().count() == below.first().map_or(0, |c| c.chars().count()));
    let first_length = below.first().map_or(0, |cell| cell.chars().count());
    if same_length && below.len() >= 5 {
        return if top.chars().count() == first_length {
            -0.2
        } else {
            0.8
        };
    }
    let mean =
        below.iter().map(|cell| cell.chars().count()).sum::<usize>() as f64 / below.len() as f64;
    // A sentence above sentences is text; a word above sentences is a name.
    let length = top.chars().count() as f64;
    if length > 40.0 {
        -0.5
    } else if mean > 2.0 * length {
        0.3
    } else {
        0.05
    }
}

/// Unique names for `width` columns: those of the header, or `c1`, `c2`, ...
/// A name that is empty becomes `c<n>`; one that came before gets `_2`, `_3`.
pub(super) fn names(header: Option<&[String]>, width: usize) -> Vec<String> {
    let mut used = HashSet::new();
    (0..width)
        .map(|i| {
            let given = header
                .and_then(|names| names.get(i))
                .map_or("", |name| name.trim());
            let base = if given.is_empty() {
                format!("c{}", i + 1)
            } else {
                given.to_owned()
            };
            let mut name = base.clone();
            let mut number = 2;
            while !used.insert(name.clone()) {
                name = format!("{base}_{number}");
                number += 1;
            }
            name
        })
        .collect()
}
