//! Small JSON texts, record by record.

use super::*;
use crate::dialect::{Dialect, sniff_bytes};
use crate::records::Records;

/// The columns, then rows as `line|cell|cell`, faults as `line!code raw`.
fn show(text: &str, rows_max: usize) -> Vec<String> {
    let dialect = sniff_bytes(text.as_bytes(), true).unwrap();
    assert!(
        matches!(dialect.form, crate::dialect::Form::Json(_)),
        "{dialect:?}"
    );
    let mut out = vec![dialect.columns.join("|")];
    out.extend(rows(text.as_bytes(), &dialect, rows_max));
    out
}

fn rows(text: &[u8], dialect: &Dialect, rows_max: usize) -> Vec<String> {
    let mut records = Records::new(text, dialect);
    let mut block = Block::default();
    let mut out = Vec::new();
    let shown = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    while records.next_block(&mut block, rows_max).unwrap() {
        for (row, record) in block.records().iter().enumerate() {
            let cells = (0..block.columns()).map(|column| shown(block.cell(row, column)));
            out.push(match record.fault {
                Some(fault) => {
                    format!("{}!{} {}", record.line, fault.code(), shown(block.raw(row)))
                }
                None => format!("{}|{}", record.line, cells.collect::<Vec<_>>().join("|")),
            });
        }
    }
    out
}

#[test]
fn an_object_a_line() {
    let text = "{\"id\": \"a,\\\"1\", \"n\": 1.50, \"big\": 12345678901234567890123}\n\n\
                {\"n\": null, \"id\": \"\\u4e2d\", \"vip\": true}\r\n\
                {\"id\": \"b\"\n\
                {\"id\": \"c\", \"n\": -2e3, \"tags\": [1, \"x\"]}";
    for rows_max in [1, 100] {
        assert_eq!(
            show(text, rows_max),
            [
                "id|n|big|vip|tags",
                "1|a,\"1|1.50|12345678901234567890123||",
                "3|中|||true|",
                "4!row/not-json {\"id\": \"b\"",
                "5|c|-2e3|||[1, \"x\"]",
            ]
        );
    }
}

#[test]
fn objects_in_an_array_and_one_after_the_other() {
    let array =
        "[\n  {\n    \"a\": {\"b\": 1, \"c\": {\"d\": \"x\"}}\n  },\n  {\"a\": {\"b\": 2}}\n]\n";
    assert_eq!(show(array, 100), ["a.b|a.c.d", "2|1|x", "5|2|"]);
    let plain = "{\"a\":1}{\"a\":2}\n{\"a\":\n3}";
    assert_eq!(show(plain, 1), ["a", "1|1", "1|2", "2|3"]);
    let minified = "[{\"a\":1},{\"a\":\"]\"},7,{\"a\":\"}\\\"\"}]";
    let found = rows(
        minified.as_bytes(),
        &sniff_bytes(b"[{\"a\":1},{\"a\":2}]", true).unwrap(),
        100,
    );
    assert_eq!(found, ["1|1", "1|]", "1!row/not-json 7", "1|}\""]);
}

#[test]
fn one_array_after_the_other() {
    let pages = "[{\"a\":1},{\"a\":2}]\n[{\"a\":3}]\n[]\n{\"a\":4}\n";
    assert_eq!(show(pages, 1), ["a", "1|1", "1|2", "2|3", "4|4"]);
}

#[test]
fn one_object_around_everything() {
    let orders = (0..40).map(|i| format!("{{\"id\": {i}, \"who\": \"c{}\"}}", i % 3));
    let orders: Vec<String> = orders.collect();
    let text = format!(
        "{{\"page\": 1, \"orders\": [\n{}], \"next\": null}}",
        orders.join(",")
    );
    let shown = show(&text, 100);
    assert_eq!(shown[..3], ["id|who", "2|0|c0", "2|1|c1"]);
    assert_eq!(shown.len(), 41);
    // One order alone is no list: what stands around its items is wanted.
    let one = "{\"id\": 7, \"who\": \"ann\", \"items\": [{\"sku\": \"x\"}, {\"sku\": \"y\"}]}";
    assert_eq!(
        show(one, 100),
        ["id|who|items.sku", "1|7|ann|x", "1|7|ann|y"]
    );
}

#[test]
fn the_items_of_an_order_are_records() {
    let text = "{\"id\": 1, \"items\": [{\"sku\": \"x\", \"n\": 2}, {\"sku\": \"y\"}], \"at\": \"2024-01-05\"}\n\
                {\"id\": 2, \"items\": [], \"at\": \"2024-01-06\"}\n\
                {\"id\": 3, \"items\": [{\"sku\": \"z\", \"n\": 1}], \"at\": \"2024-01-07\"}\n";
    assert_eq!(
        show(text, 100),
        [
            "id|at|items.sku|items.n",
            "1|1|2024-01-05|x|2",
            "1|1|2024-01-05|y|",
            "2|2|2024-01-06||",
            "3|3|2024-01-07|z|1",
        ]
    );
}

#[test]
fn what_only_looks_like_json_is_no_json() {
    for text in [
        "[2024-01-05] started, ok\n[2024-01-06] ended, ok\n",
        "{a},{b}\n1,2\n3,4\n",
        "[1, 2]\n[3, 4]\n",
    ] {
        let dialect = sniff_bytes(text.as_bytes(), true).unwrap();
        assert_eq!(dialect.form, crate::dialect::Form::Delimited, "{text}");
    }
}

#[test]
fn a_text_cut_anywhere_or_mangled_never_panics() {
    let text = "[{\"a\": \"x\\\\\", \"i\": [{\"b\": 1}, {\"b\": [2]}]},\n {\"a\": {\"c\": \"\\u00e9\"}}, null]";
    for cut in 0..text.len() {
        let Ok(dialect) = sniff_bytes(&text.as_bytes()[..cut], cut % 2 == 0) else {
            continue;
        };
        rows(&text.as_bytes()[..cut], &dialect, 2);
        let mut mangled = text.as_bytes().to_vec();
        mangled[cut] ^= 0x15;
        rows(&mangled, &dialect, 2);
    }
}
