//! Rows to bytes and back.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray};

use super::super::shape::{EVENTS, ORDER_LINES};
use super::*;

fn encoder(traits: usize) -> Encoder {
    let traits: Vec<String> = (0..traits).map(|i| format!("trait{i}")).collect();
    Encoder::new(&HistorySchema::new(ORDER_LINES, &traits))
}

fn texts(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(values.iter().copied().collect::<StringArray>())
}

/// The rows of three lines; the second of the four rows read is left out.
fn encode(encoder: &mut Encoder, order: &ArrayRef, product: &ArrayRef) -> Vec<Vec<u8>> {
    let price = Int64Array::from(vec![Some(1_990_000), Some(1), None, Some(-i64::MAX)]);
    let lines = RowBatch {
        ingest_id: 42,
        rows: &[0, 2, 3],
        customer_id: &[Some(-7), None, Some(i64::MAX)],
        line: &[1, 3, 4],
        record_hash: Some(&[1, 2, u64::MAX]),
        time_us: &[5, 6, -7, 8],
        money: Some(MoneyColumns {
            quantity: &[10_000, -20_000, 0],
            amount: &[20_000, -999_999_999_999_999_999, 1],
            unit_price: Some(&price),
        }),
        key: Some(order),
        texts: vec![Some(product), None, Some(product)],
        rare_texts: vec![None],
        rare_numbers: vec![None, None],
    };
    let mut rows = Vec::new();
    encoder
        .encode(&lines, None, |bytes, _| rows.push(bytes.to_vec()))
        .unwrap();
    rows
}

#[test]
fn what_goes_in_comes_out() {
    let mut encoder = encoder(1);
    let order = texts(&[Some("A-1"), Some("gone"), None, Some("")]);
    let product = texts(&[Some("茶"), Some("never"), None, Some("茶")]);
    let rows = encode(&mut encoder, &order, &product);
    let row = |i: usize| Row::at(&rows[i], 0).unwrap();
    let layout = encoder.layout();
    assert_eq!(row(0).customer(), -7);
    assert_eq!(
        (row(1).customer(), row(1).tail().customer),
        (NO_CUSTOMER, None)
    );
    assert_eq!(
        [row(0).time_us(), row(1).time_us(), row(2).time_us()],
        [5, -7, 8]
    );
    assert_eq!(row(0).key(layout), b"A-1");
    assert_eq!(
        [row(0), row(1), row(2)].map(Row::has_key),
        [true, false, true]
    );
    let tail = row(2).tail();
    assert_eq!(
        (tail.line, encoder.ingest_id(tail.ingest), tail.copies),
        (4, 42, 1)
    );
    assert_eq!((tail.subject, tail.is_repeat), (Some(i64::MAX), false));
    let money = [0, 1, 2].map(|i| row(i).money(layout));
    assert_eq!(
        money.map(|m| (m.quantity, m.amount, m.unit_price)),
        [
            (10_000, 20_000, Some(1_990_000)),
            (-20_000, -999_999_999_999_999_999, None),
            (0, 1, Some(-i64::MAX)),
        ]
    );
    assert!(row(0).len() < row(1).len(), "small numbers take less");
    assert!(matches!(row(0).number(0), Number::Of(0)));
    assert!(matches!(row(0).number(1), Number::Missing));
    assert!(matches!(row(0).number(2), Number::Of(0)));
    assert!(matches!(row(1).number(0), Number::Missing));
    assert_eq!(encoder.codes(0).text(0), "茶".as_bytes());
    let mut rest = row(2).rest(layout);
    assert_eq!(rest.key(), Some(&b""[..]));
    assert_eq!((rest.rare_number(0), rest.rare_number(1)), (None, None));
    assert_eq!(rest.rare_text(0), None);
    assert_eq!(row(2).record().len(), row(2).content().len() + 8);
}

#[test]
fn rare_parts_and_long_texts_come_out_too() {
    let mut encoder = encoder(0);
    let long = "長い".repeat(100);
    let text = texts(&[Some(&long)]);
    let money = Int64Array::from(vec![7]);
    let mut lines = RowBatch {
        ingest_id: 1,
        rows: &[0],
        customer_id: &[Some(1)],
        line: &[1 << 39],
        record_hash: None,
        time_us: &[0],
        money: Some(MoneyColumns {
            quantity: &[1],
            amount: &[2],
            unit_price: None,
        }),
        key: Some(&text),
        texts: vec![Some(&text), None],
        rare_texts: vec![Some(&text)],
        rare_numbers: vec![None, Some(&money)],
    };
    let mut rows = Vec::new();
    encoder
        .encode(&lines, None, |row, _| rows.push(row.to_vec()))
        .unwrap();
    lines.rare_numbers.reverse();
    encoder
        .encode(&lines, None, |row, _| rows.push(row.to_vec()))
        .unwrap();
    let [one, two] = [0, 1].map(|i| Row::at(&rows[i], 0).unwrap());
    assert_ne!(one.content(), two.content());
    assert_eq!(one.tail().line, 1 << 39);
    assert!(matches!(one.number(0), Number::Written));
    let mut rest = one.rest(encoder.layout());
    assert_eq!(rest.key(), Some(long.as_bytes()));
    assert_eq!((rest.rare_number(0), rest.rare_number(1)), (None, Some(7)));
    assert_eq!(rest.rare_text(0), Some(long.as_bytes()));
    assert_eq!(rest.text(), long.as_bytes());
    assert_eq!(two.rest(encoder.layout()).key(), Some(long.as_bytes()));
}

#[test]
fn dictionaries_and_plain_texts_give_the_same_bytes() {
    let order = texts(&[Some("A"), None, Some("B"), Some("A")]);
    let keyed = arrow::compute::cast(
        &order,
        &arrow::datatypes::DataType::Dictionary(
            Box::new(arrow::datatypes::DataType::Int32),
            Box::new(arrow::datatypes::DataType::Utf8),
        ),
    )
    .unwrap();
    let mut encoder = encoder(1);
    let plain = encode(&mut encoder, &order, &order);
    assert_eq!(plain, encode(&mut encoder, &keyed, &keyed));
    assert_eq!(plain, encode(&mut encoder.clone(), &keyed, &order));
}

#[test]
fn only_what_was_read_makes_the_content() {
    let mut encoder = encoder(1);
    let order = texts(&[Some("A"), None, Some("A"), Some("B")]);
    let rows = encode(&mut encoder, &order, &order);
    let content = |i: usize| Row::at(&rows[i], 0).unwrap().content().to_vec();
    assert_ne!(content(0), content(2));
    let again = encode(&mut encoder, &order, &order);
    assert_eq!(content(0), Row::at(&again[0], 0).unwrap().content());
    let record = |i: usize| Row::at(&rows[i], 0).unwrap().record().len();
    assert_eq!(record(0), content(0).len() + 8);
}

#[test]
fn a_shape_without_money_has_no_room_for_it() {
    let mut encoder = Encoder::new(&HistorySchema::new(EVENTS, &[]));
    let (name, key) = (texts(&[Some("buy")]), texts(&[Some("m-1")]));
    let batch = RowBatch {
        ingest_id: 1,
        rows: &[0],
        customer_id: &[Some(1)],
        line: &[1],
        record_hash: None,
        time_us: &[9],
        money: None,
        key: Some(&key),
        texts: vec![Some(&name), None, None],
        rare_texts: Vec::new(),
        rare_numbers: Vec::new(),
    };
    let mut rows = Vec::new();
    encoder
        .encode(&batch, None, |row, _| rows.push(row.to_vec()))
        .unwrap();
    let row = Row::at(&rows[0], 0).unwrap();
    assert_eq!(row.content().len(), 1 + 3 * NUMBER + 4);
    assert_eq!(row.key(encoder.layout()), b"m-1");
    assert!(matches!(row.number(0), Number::Of(0)));
    assert!(matches!(row.number(1), Number::Missing));
}
