//! Rows that sum up those above them, as people put them under a table.

use crate::records::block::Cell;

/// First words of such a row, in small letters.
const WORDS: [&str; 20] = [
    "total",
    "totals",
    "grand total",
    "subtotal",
    "sub-total",
    "sub total",
    "sum",
    "summe",
    "gesamt",
    "gesamtsumme",
    "zwischensumme",
    "totale",
    "合计",
    "总计",
    "小计",
    "共计",
    "累计",
    "合計",
    "總計",
    "小計",
];
/// Longest cell that is looked at, in bytes.
const BYTES_MAX: usize = 24;

/// Whether the first filled of `cells` says that the row is a total: it is one of
/// the words above, and at least half of the other cells are empty. In a row of values
/// with a gap or two the word is a value, such as the name of a product or a shop.
#[inline]
pub(super) fn is_total(text: &[u8], extra: &[u8], cells: &[Cell]) -> bool {
    let Some(first) = cells.iter().find(|cell| cell.len() != 0) else {
        return false;
    };
    // Nearly every row ends here: `t`, `s`, `g`, `z`, or a Chinese character.
    let bytes = first.bytes(text, extra);
    let may_be = |byte: &u8| matches!(byte | 0x20, b't' | b's' | b'g' | b'z' | 0xe4..=0xe9 | b' ');
    if !bytes.first().is_some_and(may_be) || bytes.len() > BYTES_MAX || cells.len() < 3 {
        return false;
    }
    let empty = cells.iter().filter(|cell| cell.len() == 0).count();
    says_total(bytes) && empty * 2 >= cells.len() - 1
}

fn says_total(cell: &[u8]) -> bool {
    let Ok(cell) = std::str::from_utf8(cell) else {
        return false;
    };
    let bare = cell.trim().trim_end_matches([':', '：', '.']).trim_end();
    // 合 计, as it is often spread out.
    let close: String = bare.chars().filter(|c| !matches!(c, '\u{3000}')).collect();
    let close = match close.is_ascii() {
        true => close.to_lowercase(),
        false => close.replace(' ', ""),
    };
    WORDS.contains(&close.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> bool {
        let mut text = Vec::new();
        let cells: Vec<Cell> = cells
            .iter()
            .map(|cell| {
                let start = text.len();
                text.extend_from_slice(cell.as_bytes());
                Cell::new(start, text.len())
            })
            .collect();
        is_total(&text, &[], &cells)
    }

    #[test]
    fn rows_that_sum_up() {
        assert!(row(&["Total", "", "12.5"]));
        assert!(row(&["", "合 计：", "", "12.5"]));
        assert!(row(&["GRAND TOTAL:", "", "1"]));
        assert!(row(&["小计", "3", "", "", "1"]));
    }

    #[test]
    fn rows_that_do_not() {
        // A product may be called so, and its row is filled.
        assert!(!row(&["Total", "2024-01-05", "12.5"]));
        assert!(!row(&["Total", "2024-01-05", "ann", "", "12.5"]));
        assert!(!row(&["Total recall", "", "12.5"]));
        assert!(!row(&["1001", "", "12.5"]));
        assert!(!row(&["", "", ""]));
        assert!(!row(&["Total", ""]));
    }
}
