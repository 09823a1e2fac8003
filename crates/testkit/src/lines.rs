//! A handful of seeded order lines, for tests that need some but do not care which.
//!
//! Not the simulator: no known truth, only plausible shapes - steady and rare buyers,
//! a few returns, a few lines without a customer.

use jiff::{SignedDuration, Timestamp};

use crate::table::Table;

/// One line of an order.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderLine {
    /// The order; a return has an order of its own.
    pub order_id: String,
    /// The customer, unknown in about one line of fifty.
    pub customer_id: Option<String>,
    /// The product.
    pub product_id: String,
    /// When it was bought.
    pub time: Timestamp,
    /// Pieces; negative in a return.
    pub quantity: i64,
    /// Price of one piece in hundredths of the currency.
    pub unit_price_cents: i64,
}

/// What to draw. `OrderLines::default()` gives 40 customers over a year.
#[derive(Clone, Debug)]
pub struct OrderLines {
    /// Same seed, same lines.
    pub seed: u64,
    /// Number of customers, named `c0001` onwards.
    pub customers: u32,
    /// Days from the first to the last possible order.
    pub days: u32,
    /// Time of the first possible order.
    pub start: Timestamp,
}

impl Default for OrderLines {
    fn default() -> Self {
        // 2024-01-01T00:00:00Z
        let start = Timestamp::constant(1_704_067_200, 0);
        Self {
            seed: 7,
            customers: 40,
            days: 365,
            start,
        }
    }
}

/// Draws order lines, sorted by time, then order, then product.
pub fn order_lines(shape: &OrderLines) -> Vec<OrderLine> {
    let mut random = Random(shape.seed);
    let mut lines = Vec::new();
    for customer in 1..=shape.customers {
        // Every customer has a rhythm of their own, between four days and four months.
        let gap_days = 4.0 * 30_f64.powf(random.share());
        let mut day = random.share() * gap_days;
        while day < f64::from(shape.days) {
            order(shape, customer, day, &mut random, &mut lines);
            day += gap_days * (0.3 + 1.4 * random.share());
        }
    }
    lines.sort_by(|a, b| {
        (a.time, &a.order_id, &a.product_id).cmp(&(b.time, &b.order_id, &b.product_id))
    });
    lines
}

fn order(
    shape: &OrderLines,
    customer: u32,
    day: f64,
    random: &mut Random,
    out: &mut Vec<OrderLine>,
) {
    let order_id = format!("o{customer:04}-{:06}", (day * 1000.0) as u64);
    let seconds = (day * 86_400.0) as i64;
    let time = shape.start + SignedDuration::from_secs(seconds);
    let customer_id = (random.below(50) > 0).then(|| format!("c{customer:04}"));
    for _ in 0..=random.below(3) {
        let product = random.below(30);
        let line = OrderLine {
            order_id: order_id.clone(),
            customer_id: customer_id.clone(),
            product_id: format!("p{product:02}"),
            time,
            quantity: 1 + random.below(5) as i64,
            unit_price_cents: 99 + 137 * product as i64,
        };
        if random.below(20) == 0 {
            out.push(OrderLine {
                order_id: format!("r{}", order_id.trim_start_matches('o')),
                time: time + SignedDuration::from_hours(24 * 5),
                quantity: -line.quantity,
                ..line.clone()
            });
        }
        out.push(line);
    }
}

impl OrderLine {
    /// The lines as a table with the lake's column names, times as RFC 3339.
    pub fn table(lines: &[Self]) -> Table {
        let columns = [
            "order_id",
            "customer_id",
            "product_id",
            "time",
            "quantity",
            "unit_price",
        ];
        Table::new(columns, lines.iter().map(Self::cells))
    }

    fn cells(&self) -> Vec<String> {
        let cents = self.unit_price_cents;
        vec![
            self.order_id.clone(),
            self.customer_id.clone().unwrap_or_default(),
            self.product_id.clone(),
            self.time.to_string(),
            self.quantity.to_string(),
            format!("{}.{:02}", cents / 100, cents % 100),
        ]
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): enough for fixtures, the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// In [0, 1).
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// In 0..n; the bias of the remainder does not matter here.
    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitmix64_matches_its_published_stream() {
        // The first outputs for seed 1234567 of the reference implementation.
        let mut random = Random(1_234_567);
        assert_eq!(random.next(), 6_457_827_717_110_365_317);
        assert_eq!(random.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn the_seed_decides_everything() {
        let shape = OrderLines::default();
        let lines = order_lines(&shape);
        assert_eq!(lines, order_lines(&shape));
        assert_ne!(lines, order_lines(&OrderLines { seed: 8, ..shape }));
    }

    #[test]
    fn lines_have_the_shapes_they_promise() {
        let lines = order_lines(&OrderLines::default());
        assert!(lines.len() > 500, "{} lines", lines.len());
        assert!(lines.is_sorted_by_key(|line| line.time));
        assert!(lines.iter().any(|line| line.quantity < 0));
        assert!(lines.iter().any(|line| line.customer_id.is_none()));
        let table = OrderLine::table(&lines[..1]);
        assert_eq!(table.columns.len(), table.rows[0].len());
    }
}
