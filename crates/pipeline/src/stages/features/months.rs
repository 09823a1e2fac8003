//! The business month by month, as the table `months` has it.

use std::collections::BTreeMap;

use perennial_history::{ActivityMonth, CoverageMonth, MonthTotals, SCALE};
use perennial_lake::histories::read_unknown;
use perennial_lake::tables::{Table, write_table};

use super::fold::Months;
use crate::Result;
use crate::columns::Columns;
use crate::stage::Run;

/// Writes the table and returns its version.
pub(super) async fn write(
    run: &Run<'_>,
    table: &Table,
    as_of_us: i64,
    months: &Months,
) -> Result<i64> {
    match months {
        Months::Business(fold) => {
            let rows = with_unknown(run, table, as_of_us, fold.months())?;
            write_business(run, as_of_us, &rows).await
        }
        Months::Activity(fold) => write_activity(run, as_of_us, &fold.months()).await,
        Months::Coverage(fold) => write_coverage(run, as_of_us, &fold.months()).await,
    }
}

async fn write_activity(run: &Run<'_>, as_of_us: i64, rows: &[ActivityMonth]) -> Result<i64> {
    let calendar = &run.project.calendar;
    let count = |v: u64| Some(i64::try_from(v).unwrap_or(i64::MAX));
    let (schema, batch) = Columns::new()
        .times(
            "month",
            rows.iter().map(|r| Some(calendar.month_start(r.month))),
        )
        .ints("month_number", rows.iter().map(|r| Some(r.month)))
        .ints("active_customers", rows.iter().map(|r| count(r.active)))
        .ints("new_customers", rows.iter().map(|r| count(r.new)))
        .ints(
            "returning_customers",
            rows.iter().map(|r| count(r.returning)),
        )
        .ints("events", rows.iter().map(|r| count(r.moments)))
        .same_time("as_of", Some(as_of_us), rows.len())
        .same_text("run_id", Some(&run.run_id), rows.len())
        .finish()?;
    Ok(write_table(&run.project.lake, "months", &schema, &[batch]).await?)
}

async fn write_coverage(run: &Run<'_>, as_of_us: i64, rows: &[CoverageMonth]) -> Result<i64> {
    let calendar = &run.project.calendar;
    let count = |v: u64| Some(i64::try_from(v).unwrap_or(i64::MAX));
    let starts = rows.iter().map(|r| Some(calendar.month_start(r.month)));
    let (schema, batch) = Columns::new()
        .times("month", starts)
        .ints("month_number", rows.iter().map(|r| Some(r.month)))
        .ints("customers_at_start", rows.iter().map(|r| count(r.at_start)))
        .ints("active_customers", rows.iter().map(|r| count(r.at_end)))
        .ints("new_customers", rows.iter().map(|r| count(r.new)))
        .ints(
            "returning_customers",
            rows.iter().map(|r| count(r.returning)),
        )
        .ints("ended_customers", rows.iter().map(|r| count(r.ended)))
        .ints("subscriptions_begun", rows.iter().map(|r| count(r.started)))
        .same_time("as_of", Some(as_of_us), rows.len())
        .same_text("run_id", Some(&run.run_id), rows.len())
        .finish()?;
    Ok(write_table(&run.project.lake, "months", &schema, &[batch]).await?)
}

/// A month with the revenue that belongs to nobody known.
struct MonthRow {
    totals: MonthTotals,
    unknown_net: i128,
}

fn with_unknown(
    run: &Run<'_>,
    table: &Table,
    as_of_us: i64,
    months: Vec<MonthTotals>,
) -> Result<Vec<MonthRow>> {
    let mut rows: BTreeMap<i64, MonthRow> = months
        .into_iter()
        .map(|m| {
            (
                m.month,
                MonthRow {
                    totals: m,
                    unknown_net: 0,
                },
            )
        })
        .collect();
    let calendar = &run.project.calendar;
    read_unknown(&run.project.lake, table, |times, amounts| {
        for (&time, &amount) in times.iter().zip(amounts).filter(|(t, _)| **t < as_of_us) {
            let month = calendar.local_month(time);
            let row = rows.entry(month).or_insert_with(|| MonthRow {
                totals: MonthTotals {
                    month,
                    ..MonthTotals::default()
                },
                unknown_net: 0,
            });
            row.unknown_net += amount;
        }
    })?;
    Ok(rows.into_values().collect())
}

async fn write_business(run: &Run<'_>, as_of_us: i64, rows: &[MonthRow]) -> Result<i64> {
    let calendar = &run.project.calendar;
    let money = |v: i128| Some(v as f64 / SCALE as f64);
    let count = |v: u64| Some(i64::try_from(v).unwrap_or(i64::MAX));
    let (schema, batch) = Columns::new()
        .times(
            "month",
            rows.iter()
                .map(|r| Some(calendar.month_start(r.totals.month))),
        )
        .ints("month_number", rows.iter().map(|r| Some(r.totals.month)))
        .ints("buyers", rows.iter().map(|r| count(r.totals.buyers)))
        .ints(
            "new_buyers",
            rows.iter().map(|r| count(r.totals.new_buyers)),
        )
        .ints(
            "returning_buyers",
            rows.iter().map(|r| count(r.totals.returning_buyers)),
        )
        .ints("orders", rows.iter().map(|r| count(r.totals.orders)))
        .money("gross", rows.iter().map(|r| money(r.totals.gross)))
        .money("returned", rows.iter().map(|r| money(r.totals.returned)))
        .money("net", rows.iter().map(|r| money(r.totals.net())))
        .money(
            "net_unknown_customer",
            rows.iter().map(|r| money(r.unknown_net)),
        )
        .same_time("as_of", Some(as_of_us), rows.len())
        .same_text("run_id", Some(&run.run_id), rows.len())
        .finish()?;
    Ok(write_table(&run.project.lake, "months", &schema, &[batch]).await?)
}
