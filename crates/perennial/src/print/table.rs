//! Tables: aligned for people, markdown for pages.

use comfy_table::{CellAlignment, ContentArrangement, Table};

/// Aligned columns without lines; a column whose every cell begins with a digit,
/// a sign or nothing is set to the right. Wide characters count as two.
pub(crate) fn table(titles: &[&str], rows: &[Vec<String>]) -> String {
    let mut table = Table::new();
    table
        .load_preset(comfy_table::presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(titles);
    table.add_rows(rows);
    for (at, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if rows
            .iter()
            .all(|row| row.get(at).is_none_or(|cell| is_number(cell)))
        {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect::<Vec<_>>()
        .join("\n")
}

fn is_number(cell: &str) -> bool {
    let cell = cell.trim();
    cell.is_empty()
        || cell
            .trim_start_matches(['-', '+'])
            .starts_with(|first: char| first.is_ascii_digit())
}

/// A table of markdown.
pub(crate) fn markdown(titles: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| {
        let cells: Vec<String> = cells
            .iter()
            .map(|cell| cell.replace('|', "\\|").replace('\n', " "))
            .collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let titles: Vec<String> = titles.iter().map(|title| (*title).to_owned()).collect();
    let mut text = line(&titles);
    text.push_str(&line(&vec!["---".to_owned(); titles.len()]));
    rows.iter().for_each(|row| text.push_str(&line(row)));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_to_the_right_and_wide_letters_count_twice() {
        let rows = [["常青", "1,200"], ["ab", "-7"]].map(|row| row.map(str::to_owned).to_vec());
        insta::assert_snapshot!(table(&["name", "value"], &rows), @r#"
        name  value
        常青  1,200
        ab       -7
        "#);
    }

    #[test]
    fn bars_in_cells_do_not_break_markdown() {
        let rows = [vec!["a|b".to_owned(), "c\nd".to_owned()]];
        assert_eq!(
            markdown(&["x", "y"], &rows),
            "| x | y |\n| --- | --- |\n| a\\|b | c d |\n"
        );
    }
}
