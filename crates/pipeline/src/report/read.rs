//! The tables that the report reads, as plain columns.

use std::collections::BTreeMap;

use perennial_lake::arrow::array::{Array, AsArray, RecordBatch};
use perennial_lake::arrow::datatypes::{
    Decimal128Type, Int8Type, Int64Type, TimestampMicrosecondType,
};
use perennial_lake::tables::{Lake, Table, read_batches};

use crate::Result;
use crate::stages::people::{ids, number_column};

/// One row of `months`.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct MonthRow {
    /// Counted from January 1970 = 0.
    pub month: i64,
    pub buyers: u64,
    pub new: u64,
    pub came_back: u64,
    pub orders: u64,
    /// Of contracts: whose ended in the month and were not renewed.
    pub ended: Option<u64>,
    /// Sales less returns, rows without a customer included.
    pub net: f64,
}

/// The table `months`, ascending.
pub(super) async fn months(lake: &Lake, version: Option<i64>) -> Result<Vec<MonthRow>> {
    let mut rows = Vec::new();
    read_batches(lake, "months", version, None, |batch| {
        // The months of a business that is known by events or contracts have other names.
        let either = |buying: &str, others: &[&str]| {
            let there = |name: &&&str| batch.column_by_name(name).is_some();
            let found = std::iter::once(&buying).chain(others).find(there);
            ints(&batch, found.unwrap_or(&buying))
        };
        let month = ints(&batch, "month_number");
        let buyers = either("buyers", &["active_customers"]);
        let new = either("new_buyers", &["new_customers"]);
        let back = either("returning_buyers", &["returning_customers"]);
        let orders = either("orders", &["events", "subscriptions_begun"]);
        let is_contract = batch.column_by_name("ended_customers").is_some();
        let ended = ints(&batch, "ended_customers");
        let (net, unknown) = (money(&batch, "net"), money(&batch, "net_unknown_customer"));
        let count = |v: i64| u64::try_from(v).unwrap_or(0);
        rows.extend((0..batch.num_rows()).map(|i| MonthRow {
            month: month[i],
            buyers: count(buyers[i]),
            new: count(new[i]),
            came_back: count(back[i]),
            orders: count(orders[i]),
            ended: is_contract.then(|| count(ended[i])),
            net: net[i] + unknown[i],
        }));
        Ok(())
    })
    .await?;
    rows.sort_by_key(|row| row.month);
    Ok(rows)
}

/// Rows of `decisions` with an offer, as columns of equal length.
#[derive(Debug, Clone, Default)]
pub(super) struct Offered {
    /// The row's place in the table.
    pub row: Vec<usize>,
    pub customer_id: Vec<i64>,
    /// Index into `offers`.
    pub offer: Vec<usize>,
    pub offers: Vec<String>,
    pub churn_probability: Vec<f64>,
    pub value: Vec<f64>,
    pub cost: Vec<f64>,
    pub net: Vec<f64>,
}

/// Who gets an offer, in the order of the table.
pub(super) async fn offered(lake: &Lake, version: Option<i64>) -> Result<Offered> {
    let columns = [
        "customer_id",
        "offer",
        "churn_probability",
        "value",
        "cost",
        "net",
    ];
    let mut all = Offered::default();
    let mut before = 0;
    read_batches(lake, "decisions", version, Some(&columns), |batch| {
        let id = ids(&batch);
        let p = number_column(&batch, "churn_probability");
        let (value, cost, net) = (
            money(&batch, "value"),
            money(&batch, "cost"),
            money(&batch, "net"),
        );
        let offers = batch
            .column_by_name("offer")
            .and_then(|c| c.as_string_opt::<i32>());
        for (i, offer) in offers.into_iter().flatten().enumerate() {
            let Some(offer) = offer else { continue };
            let known = all.offers.iter().position(|name| name == offer);
            all.offer.push(known.unwrap_or_else(|| {
                all.offers.push(offer.to_owned());
                all.offers.len() - 1
            }));
            all.row.push(before + i);
            all.customer_id.push(id[i]);
            all.churn_probability.push(p[i]);
            all.value.push(value[i]);
            all.cost.push(cost[i]);
            all.net.push(net[i]);
        }
        before += batch.num_rows();
        Ok(())
    })
    .await?;
    Ok(all)
}

/// The texts that some rows of a table hold in `columns`, in the order of
/// `rows`; a missing text is empty.
pub(super) async fn texts_at<const N: usize>(
    lake: &Lake,
    table: &str,
    version: Option<i64>,
    columns: [&str; N],
    rows: &[usize],
) -> Result<Vec<[String; N]>> {
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_unstable_by_key(|&place| rows[place]);
    let mut found: Vec<[String; N]> = vec![std::array::from_fn(|_| String::new()); rows.len()];
    let (mut before, mut next) = (0, 0);
    read_batches(lake, table, version, Some(&columns), |batch| {
        let after = before + batch.num_rows();
        let texts = columns.map(|name| {
            batch
                .column_by_name(name)
                .and_then(|c| c.as_string_opt::<i32>())
        });
        while let Some(&place) = order.get(next).filter(|&&place| rows[place] < after) {
            let row = rows[place] - before;
            for (text, column) in found[place].iter_mut().zip(texts) {
                if let Some(column) = column.filter(|c| c.is_valid(row)) {
                    column.value(row).clone_into(text);
                }
            }
            next += 1;
        }
        before = after;
        Ok(())
    })
    .await?;
    Ok(found)
}

/// A coefficient of the logistic regression.
#[derive(Debug, Clone)]
pub(super) struct Coefficient {
    pub feature: String,
    pub estimate: f64,
    pub low: f64,
    pub high: f64,
}

/// Coefficients of the standardised numbers; levels of categories are measured
/// by another unit and are left out.
pub(super) async fn coefficients(lake: &Lake, version: Option<i64>) -> Result<Vec<Coefficient>> {
    let mut rows = Vec::new();
    read_batches(lake, "importances", version, None, |batch| {
        let text = |name| {
            batch
                .column_by_name(name)
                .and_then(|c| c.as_string_opt::<i32>())
        };
        let (Some(features), Some(terms)) = (text("feature"), text("term")) else {
            return Ok(());
        };
        let number = |name| number_column(&batch, name);
        let (estimate, low, high) = (number("coefficient"), number("low"), number("high"));
        for (i, (feature, term)) in features.iter().zip(terms).enumerate() {
            if let (Some(feature), Some("value")) = (feature, term) {
                let feature = feature.to_owned();
                rows.push(Coefficient {
                    feature,
                    estimate: estimate[i],
                    low: low[i],
                    high: high[i],
                });
            }
        }
        Ok(())
    })
    .await?;
    Ok(rows)
}

/// By as-of moment, how many customers have a known outcome and how many of
/// them were lost; of the customers that `drawn` takes.
pub(super) async fn outcomes(
    lake: &Lake,
    version: Option<i64>,
    drawn: impl Fn(i64) -> bool,
) -> Result<BTreeMap<i64, (u64, u64)>> {
    let mut counts: BTreeMap<i64, (u64, u64)> = BTreeMap::new();
    let columns = ["customer_id", "as_of", "lost"];
    read_batches(lake, "labels", version, Some(&columns), |batch| {
        let at = batch
            .column_by_name("as_of")
            .and_then(|c| c.as_primitive_opt::<TimestampMicrosecondType>());
        let lost = batch
            .column_by_name("lost")
            .and_then(|c| c.as_primitive_opt::<Int8Type>());
        let (Some(at), Some(lost)) = (at, lost) else {
            return Ok(());
        };
        for ((id, at), lost) in ids(&batch).into_iter().zip(at.values()).zip(lost) {
            if let (Some(lost), true) = (lost, drawn(id)) {
                let count = counts.entry(*at).or_default();
                count.0 += 1;
                count.1 += u64::from(lost == 1);
            }
        }
        Ok(())
    })
    .await?;
    Ok(counts)
}

/// The rows of a table at a version, as its log counts them.
pub(super) async fn table_rows(lake: &Lake, name: &str, version: i64) -> Result<Option<u64>> {
    Ok(Table::open(lake, name, Some(version))
        .await?
        .map(|table| table.rows()))
}

/// A column of whole numbers, missing ones as zero.
fn ints(batch: &RecordBatch, name: &str) -> Vec<i64> {
    batch
        .column_by_name(name)
        .and_then(|c| c.as_primitive_opt::<Int64Type>())
        .map_or_else(
            || vec![0; batch.num_rows()],
            |c| c.iter().map(|v| v.unwrap_or(0)).collect(),
        )
}

/// A column of money, missing amounts as NaN.
fn money(batch: &RecordBatch, name: &str) -> Vec<f64> {
    let column = batch
        .column_by_name(name)
        .and_then(|c| c.as_primitive_opt::<Decimal128Type>());
    column.map_or_else(
        || vec![f64::NAN; batch.num_rows()],
        |c| {
            let unit = 10_f64.powi(i32::from(c.scale()));
            c.iter()
                .map(|v| v.map_or(f64::NAN, |v| v as f64 / unit))
                .collect()
        },
    )
}
