//! `check(actual, expect)`: one line of test, and a difference one can read.

use std::fmt::Display;

use crate::table::{Table, table};

/// Compares two texts line by line, whatever the indentation of `expect` and blanks at line ends.
///
/// # Panics
/// When they differ, with the difference: `-` expected, `+` got.
#[track_caller]
pub fn check(actual: impl Display, expect: &str) {
    let actual = normal(&actual.to_string());
    let expect = normal(expect);
    if actual != expect {
        panic!(
            "the text differs (- expected, + got):\n{}",
            diff(&expect, &actual)
        );
    }
}

/// Compares a table with one written as text. Cells that are both numbers may differ by
/// `tolerance`, relative to the larger of 1 and the expected size; others must be equal.
///
/// # Panics
/// When they differ, with both tables aligned and the cells that differ named.
#[track_caller]
pub fn check_table(actual: &Table, expect: &str, tolerance: f64) {
    let expect = table(expect);
    let mut faults = Vec::new();
    if actual.columns != expect.columns || actual.rows.len() != expect.rows.len() {
        faults.push("columns or number of rows".to_owned());
    } else {
        for (i, (got, want)) in actual.rows.iter().zip(&expect.rows).enumerate() {
            for ((name, got), want) in expect.columns.iter().zip(got).zip(want) {
                if !same_cell(got, want, tolerance) {
                    faults.push(format!(
                        "row {}, `{name}`: expected `{want}`, got `{got}`",
                        i + 1
                    ));
                }
            }
        }
    }
    if !faults.is_empty() {
        let diff = diff(&expect.to_string(), &actual.to_string());
        panic!("the table differs: {}\n{diff}", faults.join("; "));
    }
}

fn same_cell(got: &str, want: &str, tolerance: f64) -> bool {
    if got == want {
        return true;
    }
    match (got.parse::<f64>(), want.parse::<f64>()) {
        (Ok(got), Ok(want)) => (got - want).abs() <= tolerance * want.abs().max(1.0),
        _ => false,
    }
}

/// Drops the common indentation, blanks at line ends, and empty first and last lines.
fn normal(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let blank = |line: &&str| line.is_empty();
    let start = lines.iter().take_while(|line| blank(line)).count();
    let end = lines.len() - lines.iter().rev().take_while(|line| blank(line)).count();
    let lines = lines.get(start..end).unwrap_or_default();
    let indent = |line: &&str| line.len() - line.trim_start_matches(' ').len();
    let common = lines
        .iter()
        .filter(|line| !line.is_empty())
        .map(indent)
        .min()
        .unwrap_or(0);
    let cut: Vec<&str> = lines
        .iter()
        .map(|line| line.get(common..).unwrap_or(""))
        .collect();
    cut.join("\n")
}

/// The lines of both texts in order: `  ` in both, `- ` only in `expect`, `+ ` only in `actual`.
/// Meant for the small texts of tests (quadratic in the number of lines).
pub fn diff(expect: &str, actual: &str) -> String {
    let a: Vec<&str> = expect.lines().collect();
    let b: Vec<&str> = actual.lines().collect();
    let width = b.len() + 1;
    // longest[i * width + j]: length of the longest common subsequence of a[i..] and b[j..].
    let mut longest = vec![0_u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i * width + j] = if a[i] == b[j] {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut out = String::new();
    let mut push = |sign: &str, line: &str| {
        out.push_str(format!("{sign} {line}").trim_end());
        out.push('\n');
    };
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            push(" ", a[i]);
            (i, j) = (i + 1, j + 1);
        } else if j >= b.len()
            || (i < a.len() && longest[(i + 1) * width + j] >= longest[i * width + j + 1])
        {
            push("-", a[i]);
            i += 1;
        } else {
            push("+", b[j]);
            j += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indentation_does_not_matter() {
        check(
            "one\n  two  \n",
            "
            one
              two
            ",
        );
    }

    #[test]
    fn the_difference_is_minimal() {
        assert_eq!(
            diff("a\nb\nc\n", "a\nx\nc\nd\n"),
            "  a\n- b\n+ x\n  c\n+ d\n"
        );
        assert_eq!(diff("", "a\n"), "+ a\n");
        assert_eq!(diff("a\n", ""), "- a\n");
    }

    #[test]
    #[should_panic(expected = "- two\n+ 2")]
    fn a_difference_is_shown() {
        check("one\n2", "one\ntwo");
    }

    #[test]
    fn numbers_within_the_tolerance_are_equal() {
        let actual = table("id | x\na | 0.30000000000000004\nb |");
        check_table(&actual, "id | x\na | 0.3\nb |", 1e-9);
    }

    #[test]
    #[should_panic(expected = "row 2, `x`: expected `2`, got `2.1`")]
    fn the_cell_that_differs_is_named() {
        check_table(
            &table("id | x\na | 1\nb | 2.1"),
            "id | x\na | 1\nb | 2",
            1e-9,
        );
    }

    #[test]
    #[should_panic(expected = "expected `0`, got `NaN`")]
    fn nan_is_never_equal() {
        check_table(&table("x\nNaN"), "x\n0", 1e9);
    }
}
