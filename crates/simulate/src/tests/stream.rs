//! The stream: order, blocks, batches, links between rows, errors.

use std::collections::{HashMap, HashSet};

use super::*;
use crate::{BATCH_ROWS_MAX, Error, Progress};

#[test]
fn the_same_settings_give_the_same_rows() {
    let first = all_rows(&shop(500, |_| ()));
    assert_eq!(first, all_rows(&shop(500, |_| ())));
    assert_ne!(first, all_rows(&shop(500, |settings| settings.seed = 12)));
}

#[test]
fn rows_do_not_depend_on_blocks_or_batches() {
    let shop = shop(400, |_| ());
    let whole = rows_with(
        &shop,
        StreamOptions {
            block_days: Some(10_000),
            ..Default::default()
        },
    );
    for (block_days, batch_rows) in [(1, 7), (3, 65_536), (30, 1), (92, 1_000)] {
        let options = StreamOptions {
            block_days: Some(block_days),
            batch_rows: Some(batch_rows),
            progress: None,
        };
        assert!(rows_with(&shop, options) == whole, "blocks of {block_days}");
    }
}

/// Rows are data others have written down: they change only on purpose.
#[test]
fn the_rows_are_frozen() {
    let rows = all_rows(&shop(300, |_| ()));
    let hash = rows.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, row| {
        [
            row.order_id,
            row.time_us as u64,
            u64::from(row.product),
            row.quantity as u64,
        ]
        .iter()
        .chain(&[row.unit_price_cents as u64, row.return_of])
        .fold(hash, |hash, &word| {
            (hash ^ word).wrapping_mul(0x0000_0100_0000_01b3)
        })
    });
    assert_eq!((rows.len(), hash), (6_195, 9_925_710_240_616_810_414));
}

#[test]
fn rows_stand_in_time_order_and_orders_together() {
    let shop = shop(1_000, |_| ());
    let mut batches = Vec::new();
    shop.for_each_batch(|batch| {
        assert!(!batch.is_empty() && batch.len() <= BATCH_ROWS_MAX);
        batches.push(batch.len());
        Ok::<(), Infallible>(())
    })
    .unwrap();
    let rows = all_rows(&shop);
    assert_eq!(batches.iter().sum::<usize>(), rows.len());
    for pair in rows.windows(2) {
        let key = |row: &Row| (row.time_us, row.order_id, row.line);
        assert!(key(&pair[0]) < key(&pair[1]), "{pair:?}");
    }
    let mut seen = HashSet::new();
    for order in rows.chunk_by(|a, b| a.order_id == b.order_id) {
        assert!(
            seen.insert(order[0].order_id),
            "an order stands in two places"
        );
        let products: HashSet<u32> = order.iter().map(|row| row.product).collect();
        assert_eq!(products.len(), order.len(), "a product twice in an order");
        for (number, row) in order.iter().enumerate() {
            assert_eq!(row.line as usize, number + 1);
            assert_eq!(
                (row.time_us, row.channel),
                (order[0].time_us, order[0].channel)
            );
            assert!((shop.start_us()..shop.end_us()).contains(&row.time_us));
            assert!(row.product < shop.products() && row.unit_price_cents > 0);
        }
    }
}

#[test]
fn a_return_belongs_to_an_earlier_order() {
    let rows = all_rows(&shop(2_000, |_| ()));
    let mut bought: HashMap<(u64, u32), Row> = HashMap::new();
    let mut returns = 0;
    for row in &rows {
        if row.return_of == 0 {
            assert!(row.quantity > 0);
            bought.insert((row.order_id, row.product), *row);
            continue;
        }
        returns += 1;
        let sale = bought
            .get(&(row.return_of, row.product))
            .expect("a return of nothing");
        assert_eq!((row.customer, row.channel), (sale.customer, sale.channel));
        assert_eq!(
            (row.quantity, row.unit_price_cents),
            (-sale.quantity, sale.unit_price_cents)
        );
        let days = (row.time_us - sale.time_us) as f64 / DAY_US as f64;
        assert!((1.0..30.0).contains(&days), "{days}");
    }
    assert!(returns > 500);
}

#[test]
fn progress_rises_to_one_and_errors_stop() {
    let shop = shop(300, |_| ());
    let mut seen: Vec<Progress> = Vec::new();
    let mut note = |progress| seen.push(progress);
    let options = StreamOptions {
        block_days: Some(30),
        batch_rows: Some(100),
        progress: Some(&mut note),
    };
    let rows = rows_with(&shop, options).len() as u64;
    assert!(
        seen.windows(2).all(|pair| {
            pair[0].rows <= pair[1].rows && pair[0].share_done <= pair[1].share_done
        })
    );
    let last = seen.last().unwrap();
    assert!(last.share_done == 1.0 && rows - last.rows < 100);

    let mut calls = 0;
    let options = StreamOptions {
        batch_rows: Some(10),
        ..Default::default()
    };
    let stopped = shop.for_each_batch_with(options, |_| {
        calls += 1;
        if calls == 3 { Err("full") } else { Ok(()) }
    });
    assert_eq!((stopped, calls), (Err("full"), 3));
}

#[test]
fn bad_settings_are_errors() {
    let code = |change: fn(&mut ShopSettings)| {
        let mut settings = ShopSettings::default();
        change(&mut settings);
        Shop::new(settings).err().map(|error| error.code())
    };
    assert_eq!(
        code(|settings| settings.customers = 0),
        Some("simulate/setting")
    );
    assert_eq!(code(|settings| settings.days = 0), Some("simulate/setting"));
    assert_eq!(
        code(|settings| settings.leaving_per_year = f64::NAN),
        Some("simulate/setting")
    );
    assert_eq!(
        code(|settings| settings.products = 3),
        Some("simulate/setting")
    );
    assert_eq!(
        code(|settings| settings.start_us += 1),
        Some("simulate/start-not-midnight")
    );
    assert_eq!(
        code(|settings| settings.utc_offset_minutes = 480),
        Some("simulate/start-not-midnight")
    );
    assert_eq!(
        code(|settings| settings.currency = "yuan".to_owned()),
        Some("simulate/currency")
    );
    let small = shop(10, |_| ());
    assert_eq!(
        small.truth(10).unwrap_err().code(),
        "simulate/no-such-customer"
    );
    let unknown = small
        .truth(0)
        .unwrap()
        .uplift(3, small.start_us(), 90.0)
        .unwrap_err();
    assert_eq!(
        unknown,
        Error::NoSuchOffer {
            offer: 3,
            offers: 3
        }
    );
}

#[test]
fn extremes_hold() {
    // One customer, one day; few products; a start far in the past; a rush.
    all_rows(&shop(1, |settings| settings.days = 1));
    let rows = all_rows(&shop(50, |settings| {
        settings.products = 8;
        settings.days = 60;
        settings.incidents_per_year = 12.0;
        settings.order_lines_per_customer_mean = 300.0;
        settings.start_us = -62_135_596_800_000_000;
    }));
    assert!(rows.len() > 5_000);
    let rows = all_rows(&shop(20, |settings| {
        settings.days = 4_000;
        settings.incidents_per_year = 12.0;
        settings.leaving_per_year = 50.0;
        settings.utc_offset_minutes = 480;
        settings.start_us -= 480 * 60_000_000;
    }));
    assert!(!rows.is_empty());
}
