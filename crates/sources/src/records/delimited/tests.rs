//! Small texts, record by record.

use super::*;
use crate::records::Records;
use crate::{CELL_BYTES_MAX, RECORD_BYTES_MAX};

const CSV: Rules = Rules {
    delimiter: Delimiter::Byte(b','),
    quote: Some(b'"'),
    terminator: b'\n',
    has_totals: true,
};

/// Rows as `line|cell|cell`, faults as `line!code raw`.
fn show(text: &[u8], rules: Rules, columns: usize, rows_max: usize) -> Vec<String> {
    let mut records_of = Records::delimited(text, rules, columns);
    let mut block = Block::default();
    let mut out = Vec::new();
    while records_of.next_block(&mut block, rows_max).unwrap() {
        for (row, record) in block.records().iter().enumerate() {
            out.push(match record.fault {
                Some(fault) => format!(
                    "{}!{} {}",
                    record.line,
                    fault.code(),
                    String::from_utf8_lossy(block.raw(row))
                ),
                None => {
                    let cells: Vec<_> = (0..columns)
                        .map(|c| String::from_utf8_lossy(block.cell(row, c)).into_owned())
                        .collect();
                    format!("{}|{}", record.line, cells.join("|"))
                }
            });
        }
    }
    out
}

#[test]
fn quotes_line_ends_and_faults() {
    let text = b"a,b\r\n\"x, \"\"y\"\"\",2\n\n \"q\" ,\"multi\nline\"\n1\n1,2,3\n1,2,,\n\"open,2\n3,4\n\"a\"b,1\nz,\"end\"";
    let expected = [
        "1|a|b",
        "2|x, \"y\"|2",
        "4|q|multi\nline",
        "6!row/short 1",
        "7!row/long 1,2,3",
        "8|1|2",
        // The quote opened on line 9 closes before `a` on line 11: broken, its line alone is lost.
        "9!row/quote-broken \"open,2",
        "10|3|4",
        "11!row/quote-broken \"a\"b,1",
        "12|z|end",
    ];
    for rows_max in [1, 2, 100] {
        assert_eq!(show(text, CSV, 2, rows_max), expected);
    }
}

#[test]
fn blanks_and_old_macintosh() {
    let rules = Rules {
        delimiter: Delimiter::Blanks,
        quote: None,
        terminator: b'\n',
        has_totals: true,
    };
    assert_eq!(
        show(b"  00004 0001\t 2 \r\n\r\n 1 2  3\n4 5", rules, 3, 9),
        ["1|00004|0001|2", "3|1|2|3", "4!row/short 4 5"]
    );
    let rules = Rules {
        terminator: b'\r',
        ..CSV
    };
    assert_eq!(show(b"a,b\r1,2\r", rules, 2, 9), ["1|a|b", "2|1|2"]);
}

#[test]
fn bytes_that_are_no_text() {
    let shown = show(b"a,b\n\xff,2\n\0,3\nc,d\n", CSV, 2, 9);
    assert_eq!(shown[0], "1|a|b");
    assert!(shown[1].starts_with("2!row/encoding-invalid"));
    assert!(shown[2].starts_with("3!row/nul-byte"));
    assert_eq!(shown[3], "4|c|d");
}

#[test]
fn records_and_cells_beyond_the_limits_cost_one_row() {
    let mut text = b"a,b\n".to_vec();
    text.extend(std::iter::repeat_n(b'x', RECORD_BYTES_MAX + 5));
    text.extend(b",1\n");
    text.extend(std::iter::repeat_n(b'y', CELL_BYTES_MAX + 1));
    text.extend(b",1\nc,d\n");
    let mut records_of = Records::delimited(text.as_slice(), CSV, 2);
    let mut block = Block::default();
    let mut faults = Vec::new();
    while records_of.next_block(&mut block, 1000).unwrap() {
        faults.extend(block.records().iter().map(|r| (r.line, r.fault)));
    }
    assert_eq!(
        faults,
        [
            (1, None),
            (2, Some(Fault::RecordTooLong)),
            (3, Some(Fault::CellTooLong)),
            (4, None)
        ]
    );
}
