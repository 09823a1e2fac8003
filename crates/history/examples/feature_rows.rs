//! Reads order lines as CSV on standard input, writes their feature rows as CSV: for comparing the fold
//! with another tool on any data.
//!
//! `cargo run --example feature_rows -- ZONE AS_OF_US... < lines.csv`, where the lines have no header
//! and are sorted by customer, time, order and line:
//! `customer_id,time_us,order,product,quantity,amount`, all whole numbers (quantity and amount times
//! 10,000), the product empty where it is not known.

use std::error::Error;
use std::io::{BufRead, BufWriter, Write};

use perennial_history::{
    AsOf, Calendar, FeatureFold, Fold, GathersRows, OrderLines, UNKNOWN_PRODUCT,
    order_line_features,
};

#[derive(Default)]
struct Columns {
    customer_id: i64,
    time_us: Vec<i64>,
    order: Vec<u64>,
    product: Vec<u32>,
    quantity: Vec<i64>,
    amount: Vec<i64>,
}

impl Columns {
    fn fold_and_clear(&mut self, fold: &mut FeatureFold) {
        fold.fold(&OrderLines {
            customer_id: self.customer_id,
            time_us: &self.time_us,
            order: &self.order,
            product: &self.product,
            quantity: &self.quantity,
            amount: &self.amount,
        });
        self.time_us.clear();
        self.order.clear();
        self.product.clear();
        self.quantity.clear();
        self.amount.clear();
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let zone = arguments
        .next()
        .ok_or("usage: feature_rows ZONE AS_OF_US...")?;
    let cuts = arguments
        .map(|a| a.parse().map(AsOf))
        .collect::<Result<Vec<AsOf>, _>>()?;
    let mut fold = FeatureFold::new(Calendar::new(&zone)?, cuts, None);
    let mut lines = Columns::default();
    for row in std::io::stdin().lock().lines() {
        let row = row?;
        let mut fields = row.split(',');
        let mut field = || fields.next().ok_or("too few fields");
        let customer_id: i64 = field()?.parse()?;
        if customer_id != lines.customer_id {
            lines.fold_and_clear(&mut fold);
            lines.customer_id = customer_id;
        }
        lines.time_us.push(field()?.parse()?);
        lines.order.push(field()?.parse()?);
        let product = field()?;
        lines.product.push(if product.is_empty() {
            UNKNOWN_PRODUCT
        } else {
            product.parse()?
        });
        lines.quantity.push(field()?.parse()?);
        lines.amount.push(field()?.parse()?);
    }
    lines.fold_and_clear(&mut fold);

    let mut out = BufWriter::new(std::io::stdout().lock());
    write!(out, "customer_id,as_of")?;
    for spec in order_line_features() {
        write!(out, ",{}", spec.name)?;
    }
    writeln!(out)?;
    let rows = fold.rows();
    for i in 0..rows.len() {
        write!(out, "{},{}", rows.customer_id[i], rows.as_of[i])?;
        for column in &rows.columns {
            write!(out, ",{}", column[i])?;
        }
        writeln!(out)?;
    }
    Ok(())
}
