//! Titles above a table: lines that come before the names of the columns, as
//! people put them on top of a sheet.

use super::Delimiter;
use super::header::is_value;
use super::layout::Layout;
use crate::records::delimited::{Rules, split_all};

/// Most lines of titles.
const LINES_MAX: usize = 20;

/// What stands above the table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Titles {
    pub lines: u64,
    pub bytes: usize,
}

/// The lines above the table: of one or two cells each (one, where the table is
/// narrow), then a line that is filled and names columns.
pub(super) fn lines(text: &[u8], layout: &Layout, terminator: u8) -> Titles {
    if layout.width < 3 || layout.delimiter == Delimiter::Blanks {
        return Titles::default();
    }
    let rules = Rules {
        delimiter: layout.delimiter,
        quote: layout.quote,
        terminator,
        has_totals: true,
    };
    let few = if layout.width >= 5 { 2 } else { 1 };
    let mut above = Titles::default();
    let mut at = 0;
    for line in text.split(|byte| *byte == terminator).take(LINES_MAX) {
        let (mut records, _) = split_all(line, &rules, 1, true);
        let cells = records.pop().unwrap_or_default();
        let filled: Vec<String> = cells
            .iter()
            .map(|cell| String::from_utf8_lossy(cell).trim().to_owned())
            .filter(|cell| !cell.is_empty())
            .collect();
        if filled.len() > few {
            let names_columns =
                filled.len() * 10 >= layout.width * 6 && !filled.iter().any(|cell| is_value(cell));
            let is_below = above.lines > 0 && names_columns;
            return if is_below { above } else { Titles::default() };
        }
        at += line.len() + 1;
        above = Titles {
            lines: above.lines + 1,
            bytes: at.min(text.len()),
        };
    }
    Titles::default()
}

#[cfg(test)]
mod tests {
    use crate::dialect::sniff_bytes;

    fn sniffed(text: &str) -> (u64, Vec<String>) {
        let dialect = sniff_bytes(text.as_bytes(), true).unwrap();
        (dialect.skip_lines, dialect.columns)
    }

    #[test]
    fn titles_above_the_names() {
        let rows = "1001,张三,2024-03-05,25.5\n1002,李四,2024-03-06,12\n1003,王五,2024-03-07,8\n";
        let named = format!("2024年销售明细,,,\n,,,\n订单号,客户,日期,金额\n{rows}");
        let (skipped, columns) = sniffed(&named);
        assert_eq!(
            (skipped, columns.join(" ").as_str()),
            (2, "订单号 客户 日期 金额")
        );
        let ragged = format!("Sales report\nShop: Bath\n\nid,who,day,amount\n{rows}");
        assert_eq!(sniffed(&ragged).0, 3);
        assert_eq!(sniffed(&ragged).1.join(" "), "id who day amount");
    }

    #[test]
    fn what_is_no_title() {
        assert_eq!(sniffed("id,who,day\n1,,\n2,,\n3,x,2024-01-01\n").0, 0);
        assert_eq!(sniffed("1,,\n2,,\n3,x,2024-01-01\n").0, 0);
        assert_eq!(sniffed("a,b\n1,2\n").0, 0);
    }
}
