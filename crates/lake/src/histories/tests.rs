//! The sorter from lines to files, and back through Arrow's own reader.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, StringArray};
use arrow::datatypes::{Decimal64Type, Int32Type, Int64Type, TimestampMicrosecondType};

use super::*;
use crate::tables::{Lake, Table, read_all};

/// Customer, time, order, product, amount.
type Line = (Option<i64>, i64, Option<&'static str>, &'static str, i64);

struct Shop {
    lake: Lake,
    base: Option<Table>,
    folder: tempfile::TempDir,
}

impl Shop {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            lake: Lake::open(&folder.path().join("lake")).unwrap(),
            base: None,
            folder,
        }
    }

    /// Adds lines as one file's, with room for `expected` rows and
    /// `held_bytes` of memory.
    async fn add(
        &mut self,
        lines: &[Line],
        ingest_id: i64,
        earlier: &[i64],
        expected: u64,
        held_bytes: usize,
    ) -> SortOutcome {
        let schema = HistorySchema::new(ORDER_LINES, &["colour".to_owned()]);
        let scratch = self.folder.path().join("scratch");
        let mut sorter =
            HistorySorter::new(schema, self.base.take(), expected, held_bytes, &scratch).unwrap();
        if !earlier.is_empty() {
            sorter.mark_changed(ingest_id, earlier.to_vec(), vec![77], false);
        }
        for (nth, lines) in lines.chunks(1_000).enumerate() {
            push(&mut sorter, lines, ingest_id, nth * 1_000);
        }
        let outcome = sorter.finish(&self.lake, 2).await.unwrap();
        let version = Some(outcome.version);
        self.base = Table::open(&self.lake, ORDER_LINES.table, version)
            .await
            .unwrap();
        outcome
    }

    /// Every row of the table: the line, copies, flag, number in the file.
    async fn rows(
        &self,
    ) -> Vec<(
        Option<i64>,
        i64,
        Option<String>,
        String,
        i64,
        i32,
        bool,
        i64,
    )> {
        let version = self.base.as_ref().map(|t| t.version);
        let mut rows = Vec::new();
        for batch in read_all(&self.lake, ORDER_LINES.table, version, None)
            .await
            .unwrap()
        {
            let column = |name: &str| batch.column_by_name(name).unwrap();
            let ints = |name: &str| column(name).as_primitive::<Int64Type>();
            let order = column("order_id").as_string::<i32>();
            let amount = column("amount").as_primitive::<Decimal64Type>();
            let colour = column("colour").as_string::<i32>();
            for i in 0..batch.num_rows() {
                let product = column("product_id").as_string::<i32>().value(i);
                assert_eq!(colour.value(i), product);
                let customer = ints("customer_id");
                rows.push((
                    customer.is_valid(i).then(|| customer.value(i)),
                    column("time")
                        .as_primitive::<TimestampMicrosecondType>()
                        .value(i),
                    order.is_valid(i).then(|| order.value(i).to_owned()),
                    product.to_owned(),
                    amount.value(i),
                    column("copies").as_primitive::<Int32Type>().value(i),
                    column("is_repeat").as_boolean().value(i),
                    ints("line").value(i),
                ));
            }
        }
        rows
    }
}

fn push(sorter: &mut HistorySorter, lines: &[Line], ingest_id: i64, before: usize) {
    let rows: Vec<u32> = (0..lines.len() as u32).collect();
    let texts = |text: &dyn Fn(&Line) -> Option<&'static str>| -> ArrayRef {
        Arc::new(lines.iter().map(text).collect::<StringArray>())
    };
    let (order, product) = (texts(&|l| l.2), texts(&|l| Some(l.3)));
    let ints = |int: &dyn Fn(&Line) -> i64| -> Vec<i64> { lines.iter().map(int).collect() };
    let customers: Vec<Option<i64>> = lines.iter().map(|l| l.0).collect();
    sorter
        .push(&RowBatch {
            ingest_id,
            rows: &rows,
            customer_id: &customers,
            line: &(0..lines.len())
                .map(|i| (before + i) as i64)
                .collect::<Vec<_>>(),
            record_hash: None,
            time_us: &ints(&|l| l.1),
            money: Some(MoneyColumns {
                quantity: &ints(&|_| 10_000),
                amount: &ints(&|l| l.4),
                unit_price: None,
            }),
            key: Some(&order),
            texts: vec![Some(&product), None, Some(&product)],
            rare_texts: vec![None],
            rare_numbers: vec![None, None],
        })
        .unwrap();
}

/// Lines in no order, of `customers` customers.
fn many(rows: usize, customers: u64) -> Vec<Line> {
    const PRODUCTS: [&str; 4] = ["tea", "茶", "a rather long product name", ""];
    let mut state = 1_u64;
    let mut next = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    (0..rows)
        .map(|_| {
            let id = (next() % customers).wrapping_mul(0x9E37_79B9_7F4A_7C15) as i64;
            let order = if next() % 9 == 0 { None } else { Some("order") };
            (
                (next() % 50 != 0).then_some(id),
                (next() % 1_000) as i64,
                order,
                PRODUCTS[(next() % 4) as usize],
                next() as i64,
            )
        })
        .collect()
}

#[tokio::test]
async fn rows_are_sorted_whatever_the_parts_and_the_memory() {
    let lines = many(20_000, 500);
    let mut first = None;
    for (expected, held_bytes) in [(0, usize::MAX), (20_000_000, usize::MAX), (20_000_000, 0)] {
        let mut shop = Shop::new();
        let outcome = shop.add(&lines, 1, &[], expected, held_bytes).await;
        assert_eq!(outcome.rows, 20_000);
        assert!(outcome.duplicates.is_empty());
        let mut rows = shop.rows().await;
        assert_eq!(rows.len(), 20_000);
        // Files are listed by bucket; the unknown come in a file of their own.
        let known: Vec<_> = rows.iter().filter(|r| r.0.is_some()).collect();
        if expected == 0 {
            assert!(known.is_sorted_by_key(|r| (r.0, r.1)));
        }
        for row in &rows {
            let line = lines[row.7 as usize];
            assert_eq!(row.2.as_deref(), line.2);
            assert_eq!(
                (row.0, row.1, row.3.as_str(), row.4),
                (line.0, line.1, line.3, line.4)
            );
        }
        rows.sort();
        assert_eq!(&rows, first.get_or_insert_with(|| rows.clone()));
    }
}

#[tokio::test]
async fn equal_rows_with_an_order_are_kept_once_and_without_one_are_flagged() {
    let mut shop = Shop::new();
    let ordered: Line = (Some(1), 5, Some("A"), "tea", 10);
    let loose: Line = (Some(1), 5, None, "tea", 10);
    let lines = [
        ordered,
        loose,
        ordered,
        loose,
        ordered,
        (Some(1), 5, Some("A"), "tea", 11),
    ];
    let outcome = shop.add(&lines, 7, &[], 0, usize::MAX).await;
    assert_eq!(outcome.duplicates, HashMap::from([(7, 2)]));
    assert_eq!(outcome.repeats, HashMap::from([(7, 1)]));
    let mut noted: Vec<_> = shop.rows().await.iter().map(|r| (r.7, r.5, r.6)).collect();
    noted.sort_unstable();
    assert_eq!(
        noted,
        [(0, 3, false), (1, 1, false), (3, 1, true), (5, 1, false)]
    );
}

#[tokio::test]
async fn a_long_group_is_compared_as_a_short_one() {
    let mut shop = Shop::new();
    let lines: Vec<Line> = (0..100)
        .map(|i| (Some(1), 5, Some("A"), "tea", i % 40))
        .collect();
    let outcome = shop.add(&lines, 7, &[], 0, usize::MAX).await;
    assert_eq!(outcome.duplicates, HashMap::from([(7, 60)]));
    assert_eq!(outcome.rows, 40);
}

#[tokio::test]
async fn rows_in_the_table_make_new_ones_duplicates() {
    let mut shop = Shop::new();
    let ordered: Line = (Some(1), 5, Some("A"), "tea", 10);
    let loose: Line = (Some(1), 6, None, "tea", 10);
    shop.add(&[ordered, loose, loose], 1, &[], 0, usize::MAX)
        .await;
    // Another file: what has no order id may have happened again.
    let outcome = shop.add(&[ordered, loose], 2, &[], 0, usize::MAX).await;
    assert_eq!(outcome.duplicates, HashMap::from([(2, 1)]));
    assert_eq!(outcome.overlaps, HashMap::from([(2, 1)]));
    assert_eq!(outcome.rows, 4);
    // A grown version of a file: one for one with what is there (three).
    let grown = [ordered, loose, loose, loose, loose];
    let outcome = shop.add(&grown, 3, &[1, 2], 0, usize::MAX).await;
    assert_eq!(outcome.duplicates, HashMap::from([(3, 4)]));
    assert_eq!(outcome.rows, 5);
    // A file of other days compares with nothing.
    let outcome = shop
        .add(
            &[(Some(1), 700, Some("A"), "tea", 10)],
            4,
            &[],
            0,
            usize::MAX,
        )
        .await;
    assert_eq!((outcome.duplicates.len(), outcome.rows), (0, 6));
}

/// What a new version of a file has and has no longer.
fn compared(found: u64, gone: u64) -> Compared {
    Compared { found, gone }
}

#[tokio::test]
async fn a_corrected_file_takes_out_what_it_no_longer_has() {
    let mut shop = Shop::new();
    let sale = |time, amount| -> Line { (Some(time % 3), time, Some("A"), "tea", amount) };
    let loose = |time| -> Line { (Some(time % 3), time, None, "tea", 1) };
    let first: Vec<Line> = (0..8)
        .map(|t| sale(t, 10))
        .chain([loose(3), loose(3)])
        .collect();
    shop.add(&first, 1, &[], 0, usize::MAX).await;
    // Another file says one of the rows that will go, and one more.
    shop.add(&[sale(5, 10), sale(5, 70)], 9, &[], 0, usize::MAX)
        .await;
    // The amount at 2 is corrected, the sale at 5 and one of two at 3 are gone,
    // one at 4 is new; what was before 1 it does not speak of.
    let second: Vec<Line> = [1, 3, 4, 6, 7]
        .map(|t| sale(t, 10))
        .into_iter()
        .chain([sale(2, 11), loose(3), sale(4, 12)])
        .collect();
    let outcome = shop.add(&second, 2, &[1], 0, usize::MAX).await;
    assert_eq!(outcome.compared, HashMap::from([(2, compared(6, 3))]));
    assert_eq!(outcome.taken_out, HashMap::from([(2, 3)]));
    assert_eq!(outcome.duplicates, HashMap::from([(2, 6)]));
    let mut amounts: Vec<_> = shop.rows().await.iter().map(|r| (r.1, r.4)).collect();
    amounts.sort_unstable();
    let expected = [
        (0, 10),
        (1, 10),
        (2, 11),
        (3, 1),
        (3, 10),
        (4, 10),
        (4, 12),
        (5, 70),
        (6, 10),
        (7, 10),
    ];
    assert_eq!(amounts, expected);
    assert_eq!(outcome.rows, 10);
    // A third version finds the rows of both earlier ones.
    let outcome = shop.add(&second, 3, &[1, 2], 0, usize::MAX).await;
    assert_eq!(outcome.compared, HashMap::from([(3, compared(8, 0))]));
    assert_eq!((outcome.taken_out.len(), outcome.rows), (0, 10));
}

#[tokio::test]
async fn a_file_written_anew_with_other_rows_takes_nothing_out() {
    let mut shop = Shop::new();
    let first = many(400, 30);
    shop.add(&first, 1, &[], 0, usize::MAX).await;
    let others: Vec<Line> = first
        .iter()
        .map(|l| (l.0, l.1, l.2, l.3, l.4 + 1))
        .collect();
    let outcome = shop.add(&others, 2, &[1], 0, usize::MAX).await;
    assert!(outcome.compared[&2].gone > 0);
    assert_eq!((outcome.taken_out.len(), outcome.rows), (0, 800));
}

#[tokio::test]
async fn many_files_of_a_bucket_become_one() {
    let mut shop = Shop::new();
    let mut all = Vec::new();
    for day in 0..12_i64 {
        let lines: Vec<Line> = many(300, 20)
            .into_iter()
            .map(|l| (l.0, l.1 + day * 10_000, l.2, l.3, l.4 + day))
            .collect();
        shop.add(&lines, day, &[], 0, usize::MAX).await;
        all.extend(lines);
    }
    let files = shop.base.as_ref().unwrap().bucket(0).count();
    assert!((1..=BUCKET_FILES_MAX).contains(&files), "{files}");
    assert_eq!(shop.rows().await.len(), all.len());
    let days: Vec<i64> = (0..12).collect();
    // Read again as one file, grown: nothing is new, wherever it stands now.
    let outcome = shop.add(&all, 99, &days, 0, usize::MAX).await;
    assert_eq!(outcome.rows, all.len() as u64);
    assert_eq!(outcome.duplicates, HashMap::from([(99, all.len() as u64)]));
}

#[tokio::test]
async fn more_rows_mean_more_buckets_and_the_old_ones_are_spread_anew() {
    let mut shop = Shop::new();
    let lines = many(5_000, 300);
    shop.add(&lines, 1, &[], 0, usize::MAX).await;
    let before = shop.rows().await;
    let again = &lines[..1_000];
    let outcome = shop.add(again, 2, &[1], 30_000_000, usize::MAX).await;
    assert_eq!(outcome.duplicates, HashMap::from([(2, 1_000)]));
    let (mut before, mut after) = (before, shop.rows().await);
    before.sort();
    after.sort();
    assert_eq!(before, after);
    let table = shop.base.as_ref().unwrap();
    assert_eq!(table.bucket(0).count(), 1);
    assert!(
        table
            .files
            .iter()
            .filter(|f| f.bucket.is_some_and(|b| b > 0))
            .count()
            > 4
    );
}

#[test]
fn buckets_follow_the_signed_order() {
    let ids = [i64::MIN, -5, -1, 0, 1, 5, i64::MAX];
    for bits in [1, 3, 12] {
        let buckets: Vec<_> = ids.iter().map(|&id| bucket_of(id, bits)).collect();
        assert!(buckets.is_sorted(), "{buckets:?}");
        assert_eq!(buckets[0], 0);
        assert_eq!(buckets[6], (1 << bits) - 1);
    }
    assert!(ids.iter().all(|&id| bucket_of(id, 0) == 0));
}

#[test]
fn bits_grow_with_the_rows() {
    assert_eq!(bits_for(0), 0);
    assert_eq!(bits_for(4_000_000), 0);
    assert_eq!(bits_for(4_000_001), 1);
    assert_eq!(bits_for(20_000_000), 3);
}
