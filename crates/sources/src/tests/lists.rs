//! Lists of records beside the one that is read are known before the file is.

use super::super::{OtherList, infer};
use super::scratch;

fn others(name: &str, text: &str) -> Vec<String> {
    let file = scratch(name, text.as_bytes());
    let profile = infer::profile(&file.file, None).unwrap();
    profile
        .other_lists
        .iter()
        .map(ToString::to_string)
        .collect()
}

fn orders(count: usize) -> String {
    let all = (0..count).map(|i| format!(r#"{{"id": {i}, "who": "c{}"}}"#, i % 9));
    all.collect::<Vec<_>>().join(",")
}

#[test]
fn of_a_document_of_json() {
    let text = format!(
        r#"{{"refunds": [{{"id": 7}}, {{"id": 8}}], "tags": ["a", "b"], "orders": [{}], "notes": [{{"of": 1}}]}}"#,
        orders(60)
    );
    assert_eq!(
        others("shop.json", &text),
        ["`refunds` (2 records)", "`notes` (1 record)"]
    );
    let alone = format!(r#"{{"orders": [{}], "next": 2}}"#, orders(60));
    assert_eq!(others("shop.json", &alone), [""; 0]);
    assert_eq!(others("shop.csv", "a,b\n1,2\n"), [""; 0]);
}

#[test]
fn of_a_document_of_json_with_pages() {
    // The first page is longer than what is looked at for the form of the document.
    let page = |count| {
        format!(
            r#"{{"orders": [{}], "refunds": [{{"id": 1}}]}}"#,
            orders(count)
        )
    };
    let text = format!("{}\n{}\n", page(20_000), page(40));
    let file = scratch("p.json", text.as_bytes());
    let profile = infer::profile(&file.file, None).unwrap();
    assert_eq!(
        profile.other_lists,
        [OtherList {
            name: "refunds".to_owned(),
            records: 2
        }]
    );
    assert_eq!(profile.sample.rows_seen, 20_040);
}

#[test]
fn of_lines_of_json_that_are_lists() {
    let mut text = String::new();
    for i in 0..30 {
        text += &format!("{{\"id\": {i}, \"who\": \"c{i}\"}}\n");
    }
    text += "[{\"b\": 1}]\n[{\"c\": 1}]\n";
    assert_eq!(others("l.ndjson", &text), ["2 records"]);
}

#[test]
fn of_a_document_of_xml() {
    let mut text = String::from("<shop>");
    for i in 0..20 {
        text += &format!("<invoice><id>{i}</id><who>c{i}</who></invoice>");
    }
    for i in 0..3 {
        text += &format!("<creditNote no=\"{i}\"><of>{i}</of></creditNote>");
    }
    text += "</shop>";
    assert_eq!(others("shop.xml", &text), ["`creditNote` (3 records)"]);
}
