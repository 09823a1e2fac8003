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

fn objects(from: usize, count: usize) -> String {
    let all = (from..from + count).map(|i| format!("{{\"id\": {i}, \"who\": \"c{i}\"}}"));
    all.collect::<Vec<_>>().join(",")
}

#[test]
fn pages_of_one_list_and_lists_beside_it() {
    // The first page is longer than what is looked at.
    let (first, second) = (objects(0, 20_000), objects(20_000, 3));
    let text = format!(
        "{{\"orders\": [{first}], \"tags\": [1, [\"[\"]], \"page\": {{\"next\": [{{}}]}}}}\n\
         {{\"page\": 2,\n\"refunds\": [{{\"id\": 7}}], \"orders\": [], \"o\": []}}\n\
         {{\"orders\": [\n{second}]}}"
    );
    let dialect = sniff_bytes(&text.as_bytes()[..crate::SNIFF_BYTES], false).unwrap();
    assert_eq!(dialect.columns, ["id", "who"]);
    for rows_max in [7, 8_192] {
        let found = rows(text.as_bytes(), &dialect, rows_max);
        assert_eq!(found.len(), 20_004, "{rows_max}");
        assert_eq!(found[19_999], "1|19999|c19999");
        assert_eq!(found[20_000], "3!row/other-list {\"id\": 7}");
        assert_eq!(found[20_003], "5|20002|c20002");
    }
}

#[test]
fn the_longest_list_is_read_and_others_are_seen() {
    let text = format!(
        "{{\"refunds\": [{{\"id\": \"r\"}}], \"orders\": [{}]}}",
        objects(0, 30)
    );
    let shown = show(&text, 100);
    assert_eq!(
        shown[..3],
        ["id|who", "1!row/other-list {\"id\": \"r\"}", "1|0|c0"]
    );
    assert_eq!(shown.len(), 32);
}

#[test]
fn text_passed_over_does_not_gather() {
    let text = format!(
        "{{\"orders\": [{}], \"picture\": \"{}\", \"orders\": [{}]}}",
        objects(0, 20_000),
        "x".repeat(40 << 20),
        objects(20_000, 1)
    );
    let dialect = sniff_bytes(&text.as_bytes()[..crate::SNIFF_BYTES], false).unwrap();
    let mut records = Records::new(text.as_bytes(), &dialect);
    let mut block = Block::default();
    let mut count = 0;
    while records.next_block(&mut block, 8_192).unwrap() {
        count += block.rows();
        assert!(block.text.capacity() < 9 << 20, "{}", block.text.capacity());
    }
    assert_eq!(count, 20_001);
}

#[test]
fn an_object_that_is_too_long_costs_itself_alone() {
    let long = format!("{{\"id\": 1, \"a\": \"{}\\\"]}}\"}}", "x\n".repeat(9 << 20));
    for (before, after) in [("[", "]"), ("", "")] {
        let text = format!("{before}{},{long},{}{after}", objects(0, 3), objects(5, 2));
        let dialect = sniff_bytes(&text.as_bytes()[..crate::SNIFF_BYTES], false).unwrap();
        let found = rows(text.as_bytes(), &dialect, 100);
        assert_eq!(found.len(), 6, "{before}");
        assert!(found[3].starts_with("1!row/too-long {\"id\": 1"));
        assert_eq!(found[5], format!("{}|6|c6", 1 + (9 << 20)));
    }
    // One whose end is missing swallows the rest: that is no reading of the file.
    let text = format!("[{},{}", objects(0, 3), &long[..long.len() - 3]);
    let dialect = sniff_bytes(&text.as_bytes()[..crate::SNIFF_BYTES], false).unwrap();
    let mut records = Records::new(text.as_bytes(), &dialect);
    let mut block = Block::default();
    let error = (0..9).find_map(|_| records.next_block(&mut block, 100).err());
    assert!(error.unwrap().to_string().contains("does not end"));
}

#[test]
fn items_are_told_apart_and_go_on_in_the_next_block() {
    let items = "{\"sku\": \"x\"},".repeat(9) + "{\"sku\": \"y\"}";
    let text = format!(
        "{{\"id\": 1, \"items\": [{items}]}}\n{{\"id\": 2, \"items\": [{{\"sku\": \"x\"}}]}}\n"
    );
    let dialect = sniff_bytes(text.as_bytes(), true).unwrap();
    let hashes = |rows_max| {
        let mut records = Records::new(text.as_bytes(), &dialect);
        let mut block = Block::default();
        let mut all = Vec::new();
        while records.next_block(&mut block, rows_max).unwrap() {
            assert!(block.rows() <= rows_max);
            for row in 0..block.rows() {
                assert!(block.raw(row).ends_with(b"}]}"), "{rows_max}");
                all.push((block.hash(row), block.raw(row).to_vec()));
            }
        }
        all
    };
    let all = hashes(100);
    assert_eq!(all.len(), 11);
    let distinct: std::collections::HashSet<u64> = all.iter().map(|(hash, _)| *hash).collect();
    // Equal items of one order are equal records; an object of one item is its text.
    assert_eq!(distinct.len(), 3);
    assert_eq!((all[0].0, all[10].0), (all[8].0, xxh3_64(&all[10].1)));
    for rows_max in [1, 3, 4, 10] {
        assert_eq!(hashes(rows_max), all, "{rows_max}");
        assert_eq!(
            rows(text.as_bytes(), &dialect, rows_max),
            rows(text.as_bytes(), &dialect, 100)
        );
    }
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
fn lists_among_lines_of_objects_are_seen() {
    let text = "{\"a\": 1}\n[{\"b\": 2}]\n[{\"b\": 3}]\n[1, 2]\n{\"a\": 4}\n{\"a\": 5}\n";
    assert_eq!(
        show(text, 100),
        [
            "a",
            "1|1",
            "2!row/other-list [{\"b\": 2}]",
            "3!row/other-list [{\"b\": 3}]",
            "4!row/not-json [1, 2]",
            "5|4",
            "6|5",
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
