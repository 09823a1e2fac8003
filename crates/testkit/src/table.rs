//! Tables as text, so that a test shows its input and output side by side.
//!
//! ```text
//! customer | quantity
//! ada      | 2
//! bo       |
//! ```
//! A line of dashes under the header is allowed; an empty cell stands for null.

use std::fmt;

/// A small table of text cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Column names, in order.
    pub columns: Vec<String>,
    /// Rows of cells, each as long as `columns`.
    pub rows: Vec<Vec<String>>,
}

/// Reads a table: cells parted by `|`, outer blanks dropped, empty lines skipped.
///
/// # Panics
/// When there is no header, or a row has another number of cells.
pub fn table(text: &str) -> Table {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let header = lines
        .next()
        .unwrap_or_else(|| panic!("a table needs a header"));
    let columns = cells(header);
    let rows: Vec<Vec<String>> = lines.filter(|line| !is_rule(line)).map(cells).collect();
    for (i, row) in rows.iter().enumerate() {
        assert_eq!(
            row.len(),
            columns.len(),
            "row {} of the table has other cells: {row:?}",
            i + 1
        );
    }
    Table { columns, rows }
}

fn cells(line: &str) -> Vec<String> {
    let line = match line.strip_prefix('|') {
        Some(inner) => inner.strip_suffix('|').unwrap_or(inner),
        None => line,
    };
    line.split('|').map(|cell| cell.trim().to_owned()).collect()
}

fn is_rule(line: &str) -> bool {
    line.contains('-')
        && line
            .chars()
            .all(|c| matches!(c, '-' | '|' | '+' | ':' | ' '))
}

impl Table {
    /// A table from rows of anything that prints.
    pub fn new<C: Into<String>, V: fmt::Display>(
        columns: impl IntoIterator<Item = C>,
        rows: impl IntoIterator<Item = Vec<V>>,
    ) -> Self {
        Self {
            columns: columns.into_iter().map(Into::into).collect(),
            rows: rows
                .into_iter()
                .map(|row| row.iter().map(ToString::to_string).collect())
                .collect(),
        }
    }

    /// The cells of one column.
    ///
    /// # Panics
    /// When there is no such column.
    pub fn column(&self, name: &str) -> Vec<&str> {
        let i = self
            .columns
            .iter()
            .position(|column| column == name)
            .unwrap_or_else(|| panic!("no column `{name}` in {:?}", self.columns));
        self.rows
            .iter()
            .filter_map(|row| row.get(i))
            .map(String::as_str)
            .collect()
    }

    /// The same table with its rows sorted as text, for answers without an order.
    pub fn sorted(mut self) -> Self {
        self.rows.sort();
        self
    }

    /// As CSV (RFC 4180, line ends `\n`): cells with a comma, quote or line end are quoted.
    pub fn to_csv(&self) -> String {
        let mut out = String::new();
        for row in std::iter::once(&self.columns).chain(&self.rows) {
            let cells: Vec<String> = row.iter().map(|cell| csv_cell(cell)).collect();
            out.push_str(&cells.join(","));
            out.push('\n');
        }
        out
    }
}

fn csv_cell(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

/// Aligned, in the form `table` reads.
impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = || std::iter::once(&self.columns).chain(&self.rows);
        let width = |i: usize| {
            rows()
                .filter_map(|row| row.get(i))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        for row in rows() {
            let cells: Vec<String> = row
                .iter()
                .zip(&widths)
                .map(|(cell, &width)| format!("{cell:<width$}"))
                .collect();
            writeln!(f, "{}", cells.join(" | ").trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_prints() {
        let read = table(
            "
            id | name
            ---+-----
            1  | a, b
            22 |
            ",
        );
        assert_eq!(read.columns, ["id", "name"]);
        assert_eq!(read.rows, [["1", "a, b"], ["22", ""]]);
        assert_eq!(read.to_string(), "id | name\n1  | a, b\n22 |\n");
        assert_eq!(table(&read.to_string()), read);
        assert_eq!(read.to_csv(), "id,name\n1,\"a, b\"\n22,\n");
        assert_eq!(read.column("name"), ["a, b", ""]);
    }

    #[test]
    fn a_negative_number_is_not_a_rule() {
        assert_eq!(table("x | y\n-1 | -2\n- | -").rows, [["-1", "-2"]]);
    }

    #[test]
    #[should_panic(expected = "row 2")]
    fn a_ragged_row_is_named() {
        table("a | b\n1 | 2\n3");
    }
}
