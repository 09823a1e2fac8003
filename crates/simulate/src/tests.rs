//! The shop against its own truth: what is drawn must be what is said.

mod behaviour;
mod stream;
mod truths;

use std::convert::Infallible;

use crate::{OrderLineBatch, Shop, ShopSettings, StreamOptions};

/// One row, for tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Row {
    order_id: u64,
    line: u32,
    customer: u64,
    time_us: i64,
    product: u32,
    quantity: i32,
    unit_price_cents: i64,
    return_of: u64,
    channel: u8,
    country: u8,
}

fn rows_of(batch: &OrderLineBatch) -> impl Iterator<Item = Row> + '_ {
    (0..batch.len()).map(|i| Row {
        order_id: batch.order_id[i],
        line: batch.line[i],
        customer: batch.customer[i],
        time_us: batch.time_us[i],
        product: batch.product[i],
        quantity: batch.quantity[i],
        unit_price_cents: batch.unit_price_cents[i],
        return_of: batch.return_of[i],
        channel: batch.channel[i],
        country: batch.country[i],
    })
}

fn all_rows(shop: &Shop) -> Vec<Row> {
    rows_with(shop, StreamOptions::default())
}

fn rows_with(shop: &Shop, options: StreamOptions<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    let totals = shop
        .for_each_batch_with(options, |batch| {
            rows.extend(rows_of(batch));
            Ok::<(), Infallible>(())
        })
        .unwrap();
    assert_eq!(totals.rows, rows.len() as u64);
    rows
}

fn shop(customers: u64, change: impl FnOnce(&mut ShopSettings)) -> Shop {
    let mut settings = ShopSettings {
        customers,
        seed: 11,
        ..ShopSettings::default()
    };
    change(&mut settings);
    Shop::new(settings).unwrap()
}

const DAY_US: i64 = 86_400_000_000;

/// Asserts that a count of independent events is within four standard
/// deviations of what is expected.
fn assert_count(found: f64, expected: f64, variance: f64, what: &str) {
    let error = 4.0 * variance.sqrt();
    assert!(
        (found - expected).abs() <= error,
        "{what}: {found}, expected {expected} ± {error}"
    );
}
