//! A list as CSV (RFC 4180): UTF-8 without a byte-order mark, comma, lines
//! ending in CR LF.
//!
//! A spreadsheet program takes text that begins with `=`, `+`, `-` or `@` (or
//! a tab, a return, or the full-width forms) for a formula. So identifiers
//! and words that begin so get a leading apostrophe; whoever reads the file
//! with a program takes one leading apostrophe off such cells. Numbers,
//! amounts, percentages and dates are written as numbers and never changed.

use std::fmt::Write;

use super::{ListCell, ListTable};

/// The list as CSV. Amounts have two decimals, percentages are shares in
/// [0, 1], dates are `2011-12-08`, and what is not a finite number is empty.
pub fn to_csv(list: &ListTable) -> String {
    let mut out = String::new();
    for (at, column) in list.columns.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        field(&mut out, &column.header);
    }
    out.push_str("\r\n");
    for row in &list.rows {
        for at in 0..list.columns.len() {
            if at > 0 {
                out.push(',');
            }
            cell(&mut out, row.get(at).unwrap_or(&ListCell::Empty));
        }
        out.push_str("\r\n");
    }
    out
}

fn cell(out: &mut String, cell: &ListCell) {
    // Writing to a `String` cannot fail.
    let _ = match cell {
        ListCell::Empty => Ok(()),
        ListCell::Identifier(text) | ListCell::Text(text) => {
            if is_formula(text) {
                field(out, &format!("'{text}"));
            } else {
                field(out, text);
            }
            Ok(())
        }
        ListCell::Count(n) => write!(out, "{n}"),
        ListCell::Number(v) | ListCell::Money(v) | ListCell::Percent(v) if !v.is_finite() => Ok(()),
        ListCell::Number(v) | ListCell::Percent(v) => write!(out, "{v}"),
        ListCell::Money(v) => write!(out, "{v:.2}"),
        ListCell::Date(day) => write!(out, "{day}"),
    };
}

/// Whether a spreadsheet program might take the text for a formula.
fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
}

fn field(out: &mut String, text: &str) {
    if text.contains([',', '"', '\n', '\r']) {
        out.push('"');
        out.push_str(&text.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(text);
    }
}
