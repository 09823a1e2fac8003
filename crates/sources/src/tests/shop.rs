//! A small shop's order lines, made up: customers with habits, orders with
//! several lines, products with prices, cancellations, missing customers.

use super::Lcg;

/// The columns of the table, in a fixed order.
pub(super) const COLUMNS: [&str; 9] = [
    "order",
    "product",
    "description",
    "quantity",
    "time",
    "price",
    "customer",
    "country",
    "channel",
];

const COUNTRIES: [&str; 5] = ["United Kingdom", "France", "Germany", "Spain", "Norway"];
const CHANNELS: [&str; 3] = ["web", "store", "phone"];
const WORDS: [&str; 12] = [
    "RED", "WHITE", "BLUE", "HEART", "LANTERN", "MUG", "BAG", "CLOCK", "CANDLE", "FRAME", "TRAY",
    "BOX",
];

/// A moment `minute` minutes after the start of 2021, in months of 28 days.
fn moment(minute: u64) -> String {
    let (day, rest) = (minute / 1_440, minute % 1_440);
    let (year, month) = (2021 + day / 336, 1 + day / 28 % 12);
    format!(
        "{year:04}-{month:02}-{:02} {:02}:{:02}:00",
        1 + day % 28,
        rest / 60,
        rest % 60
    )
}

/// Rows of the shop as cells in the order of [`COLUMNS`].
pub(super) fn rows(seed: u64, customers: u64, products: u64, orders: u64) -> Vec<Vec<String>> {
    let mut random = Lcg(seed);
    let countries: Vec<usize> = (0..customers)
        .map(|_| {
            if random.below(10) < 8 {
                0
            } else {
                1 + random.below(4) as usize
            }
        })
        .collect();
    let prices: Vec<u64> = (0..products).map(|_| 25 + random.below(1_500)).collect();
    let words: Vec<String> = (0..products)
        .map(|p| {
            format!(
                "{} {} {} NO {p}",
                WORDS[random.below(12) as usize],
                WORDS[random.below(12) as usize],
                WORDS[random.below(12) as usize]
            )
        })
        .collect();
    let mut out = Vec::new();
    let mut minute = 0_u64;
    for order in 0..orders {
        minute += 1 + random.below(120);
        let unit = random.unit();
        let customer = ((unit * unit) * customers as f64) as u64;
        let channel = CHANNELS[random.below(3) as usize];
        let known = random.below(100) >= 12;
        let cancelled = random.below(100) < 3;
        let time = moment(minute);
        for _ in 0..1 + random.below(7) {
            let unit = random.unit();
            let product = ((unit * unit) * products as f64) as u64;
            let quantity = [1, 1, 1, 2, 2, 3, 4, 6, 12, 24][random.below(10) as usize]
                * if cancelled { -1 } else { 1 };
            let price = if random.below(12) == 0 {
                prices[product as usize] * 9 / 10
            } else {
                prices[product as usize]
            };
            out.push(vec![
                format!("{}{}", if cancelled { "C" } else { "" }, 536_365 + order),
                if product.is_multiple_of(5) {
                    format!("{}A", 20_000 + product * 7)
                } else {
                    format!("{}", 20_000 + product * 7)
                },
                words[product as usize].clone(),
                quantity.to_string(),
                time.clone(),
                format!("{}.{:02}", price / 100, price % 100),
                if known {
                    format!("{}.0", 12_346 + customer * 3)
                } else {
                    String::new()
                },
                COUNTRIES[countries[customer as usize]].to_owned(),
                channel.to_owned(),
            ]);
        }
    }
    out
}

/// The table as CSV: columns in the given order under the given names.
pub(super) fn csv(rows: &[Vec<String>], order: &[usize], names: &[&str]) -> String {
    let mut text = order
        .iter()
        .map(|column| names[*column])
        .collect::<Vec<_>>()
        .join(",")
        + "\n";
    for row in rows {
        text.push_str(
            &order
                .iter()
                .map(|column| row[*column].as_str())
                .collect::<Vec<_>>()
                .join(","),
        );
        text.push('\n');
    }
    text
}

/// An order of `count` columns drawn by `seed` (Fisher and Yates).
pub(super) fn shuffled(seed: u64, count: usize) -> Vec<usize> {
    let mut random = Lcg(seed);
    let mut order: Vec<usize> = (0..count).collect();
    for i in (1..count).rev() {
        order.swap(i, random.below(i as u64 + 1) as usize);
    }
    order
}
