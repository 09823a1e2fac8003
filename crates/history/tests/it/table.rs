//! Events as text: `time order product quantity amount` a line, `-` for an unknown product.

use jiff::Timestamp;
use perennial_history::{Calendar, Fold, OrderLines, SCALE, UNKNOWN_PRODUCT};

/// One customer's lines, owned.
#[derive(Debug, Clone, Default)]
pub struct Lines {
    pub time_us: Vec<i64>,
    pub order: Vec<u64>,
    pub product: Vec<u32>,
    pub quantity: Vec<i64>,
    pub amount: Vec<i64>,
}

impl Lines {
    /// Reads the text and sorts the lines by (time, order) as a reader would.
    pub fn parse(text: &str) -> Lines {
        let mut rows: Vec<_> = text
            .lines()
            .filter(|row| !row.trim().is_empty())
            .map(|row| {
                let fields: Vec<&str> = row.split_whitespace().collect();
                let [time, order, product, quantity, amount] = fields[..] else {
                    panic!("five fields wanted: {row}");
                };
                let order = order
                    .bytes()
                    .fold(7, |hash, byte| hash * 31 + u64::from(byte));
                let product = match product {
                    "-" => UNKNOWN_PRODUCT,
                    code => code.trim_start_matches('p').parse().unwrap(),
                };
                (us(time), order, product, decimal(quantity), decimal(amount))
            })
            .collect();
        rows.sort_by_key(|row| (row.0, row.1));
        let mut lines = Lines::default();
        for row in rows {
            lines.push(row);
        }
        lines
    }

    pub fn push(&mut self, row: (i64, u64, u32, i64, i64)) {
        self.time_us.push(row.0);
        self.order.push(row.1);
        self.product.push(row.2);
        self.quantity.push(row.3);
        self.amount.push(row.4);
    }

    pub fn of(&self, customer_id: i64) -> OrderLines<'_> {
        OrderLines {
            customer_id,
            time_us: &self.time_us,
            order: &self.order,
            product: &self.product,
            quantity: &self.quantity,
            amount: &self.amount,
        }
    }
}

/// Folds customers 1, 2, 3 ... given as texts.
pub fn fold_all(fold: &mut impl for<'a> Fold<OrderLines<'a>>, customers: &[&str]) {
    for (customer_id, text) in (1..).zip(customers) {
        fold.fold(&Lines::parse(text).of(customer_id));
    }
}

/// UTC microseconds of a time like `2011-03-01T10:15Z`.
pub fn us(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_microsecond()
}

/// Ten-thousandths of a number like `-12.5`.
pub fn decimal(text: &str) -> i64 {
    (text.parse::<f64>().unwrap() * SCALE as f64).round() as i64
}

pub fn calendar(zone: &str) -> Calendar {
    Calendar::new(zone).unwrap()
}

/// SplitMix64 (Steele, Lea, Flood 2014): the tests' own random numbers.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}
