//! How fast the feature fold is: nanoseconds a line over 20 million generated lines of 500,000 customers,
//! with one cut and with twelve. `cargo run --release --example fold_speed [LINES]`
//!
//! Lines are made in batches outside the measured time; rows are flushed every 65,536.

use std::error::Error;
use std::time::{Duration, Instant};

use perennial_history::{
    AsOf, Calendar, DAY_US, FeatureFold, Fold, GathersRows, OrderLines, UNKNOWN_PRODUCT,
};

const LINES_PER_CUSTOMER: usize = 40;
const CUSTOMERS_PER_BATCH: usize = 25_000;
const FLUSH_ROWS: usize = 65_536;
const START_US: i64 = 1_640_995_200_000_000; // 2022-01-01
const SPAN_DAYS: i64 = 1_095;

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(n)) >> 64) as u64
    }
}

#[derive(Default)]
struct Batch {
    /// Where each customer's lines end.
    ends: Vec<usize>,
    time_us: Vec<i64>,
    order: Vec<u64>,
    product: Vec<u32>,
    quantity: Vec<i64>,
    amount: Vec<i64>,
}

impl Batch {
    /// Customers with 1 to some hundred lines, on average 40, in orders of 1 to 5 lines, some returned.
    fn fill(&mut self, random: &mut Random, products: u64) {
        *self = Batch::default();
        let mut times = Vec::new();
        for _ in 0..CUSTOMERS_PER_BATCH {
            // The product of two uniform numbers is skewed: many small customers, a few large ones.
            let most = 4 * LINES_PER_CUSTOMER as u64;
            let wanted = 1 + random.below(most) * random.below(most) / most;
            times.clear();
            let mut lines = 0;
            while lines < wanted {
                let count = (1 + random.below(5)).min(wanted - lines);
                lines += count;
                let time_us = START_US + random.below((SPAN_DAYS * DAY_US) as u64) as i64;
                times.push((time_us, random.next(), count));
            }
            times.sort_unstable();
            for &(time_us, order, count) in &times {
                let sign = if random.below(30) == 0 { -1 } else { 1 };
                for _ in 0..count {
                    let product = random.below(products) * random.below(products) / products;
                    let unknown = random.below(200) == 0;
                    self.time_us.push(time_us);
                    self.order.push(order);
                    self.product.push(if unknown {
                        UNKNOWN_PRODUCT
                    } else {
                        product as u32
                    });
                    self.quantity
                        .push(sign * (1 + random.below(6) as i64) * 10_000);
                    self.amount.push(sign * random.below(1_000_000) as i64);
                }
            }
            self.ends.push(self.time_us.len());
        }
    }

    fn fold(&self, fold: &mut FeatureFold) -> usize {
        let mut rows = 0;
        let mut start = 0;
        for (customer, &end) in self.ends.iter().enumerate() {
            fold.fold(&OrderLines {
                customer_id: customer as i64,
                time_us: &self.time_us[start..end],
                order: &self.order[start..end],
                product: &self.product[start..end],
                quantity: &self.quantity[start..end],
                amount: &self.amount[start..end],
            });
            start = end;
            if fold.row_count() >= FLUSH_ROWS {
                rows += fold.rows().len();
                fold.clear();
            }
        }
        rows += fold.rows().len();
        fold.clear();
        rows
    }
}

/// The time this thread has spent on a processor, where the system tells (Linux); else the time passed.
fn spent_now(since: Instant) -> Duration {
    std::fs::read_to_string("/proc/thread-self/schedstat")
        .ok()
        .and_then(|text| text.split(' ').next()?.parse().ok())
        .map_or_else(|| since.elapsed(), Duration::from_nanos)
}

fn main() -> Result<(), Box<dyn Error>> {
    let lines_wanted: usize = match std::env::args().nth(1) {
        Some(text) => text.replace('_', "").parse()?,
        None => 20_000_000,
    };
    let calendar = Calendar::new("Europe/London")?;
    let end_us = START_US + SPAN_DAYS * DAY_US;
    let cuts = |n: i64| {
        (0..n)
            .map(|i| AsOf(end_us - 90 * DAY_US - i * 30 * DAY_US))
            .collect()
    };
    let horizon_us = Some(90 * DAY_US);
    let mut folds = [1, 12]
        .map(|n| FeatureFold::new(calendar.clone(), cuts(n), horizon_us).known_until(end_us));
    let mut spent = [Duration::ZERO; 2];
    let mut rows = [0; 2];
    let (mut lines, mut customers) = (0, 0);
    let begun = Instant::now();
    let mut random = Random(1);
    let mut batch = Batch::default();
    while lines < lines_wanted {
        batch.fill(&mut random, 5_000);
        lines += batch.time_us.len();
        customers += batch.ends.len();
        for (i, fold) in folds.iter_mut().enumerate() {
            let started = spent_now(begun);
            rows[i] += batch.fold(fold);
            spent[i] += spent_now(begun).saturating_sub(started);
        }
    }
    println!("{lines} lines, {customers} customers");
    for ((cuts, spent), rows) in [1, 12].iter().zip(spent).zip(rows) {
        let per_line = spent.as_nanos() as f64 / lines as f64;
        println!(
            "{cuts:2} cuts: {:.3} CPU-seconds, {per_line:.1} ns/line, {rows} rows",
            spent.as_secs_f64()
        );
    }
    Ok(())
}
