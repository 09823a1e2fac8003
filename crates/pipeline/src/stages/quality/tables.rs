//! The tables `quality` and `quality_flags`.

use std::collections::BTreeSet;

use perennial_lake::arrow::array::{AsArray, RecordBatch};
use perennial_lake::arrow::datatypes::{DataType, Float64Type, Int64Type, SchemaRef};
use perennial_lake::tables::{DataFileWriter, WriteStyle, commit, write_table};
use perennial_quality::Finding;
use perennial_quality::rules::name;

use super::HISTORY_MAX;
use super::sources::Known;
use super::tally::cast_to;
use super::told::OddValues;
use crate::Result;
use crate::columns::Columns;
use crate::query::session_at;
use crate::settings::Table;
use crate::stage::{Done, Run};

/// The table of findings.
pub(super) const QUALITY: &str = "quality";
/// The table of rows that are flagged.
pub(super) const FLAGS: &str = "quality_flags";
/// Rows of a source that are flagged at the most.
const FLAGS_MAX: usize = 100_000;

/// A finding of one measurement.
struct Row {
    run_id: String,
    measured_at_us: i64,
    is_newest: bool,
    finding: Finding,
}

/// Writes what was found, beside what was found before; the version.
pub(super) async fn quality(
    run: &Run<'_>,
    key: &str,
    measured_at_us: i64,
    findings: &[Finding],
) -> Result<i64> {
    let mut rows = Vec::new();
    let measures = run.project.ledger.quality_measures(HISTORY_MAX).await?;
    for measure in measures.into_iter().filter(|m| m.stage_key != key) {
        let before: Vec<Finding> = serde_json::from_value(measure.findings).unwrap_or_default();
        rows.extend(before.into_iter().map(|finding| Row {
            run_id: measure.run_id.clone(),
            measured_at_us: measure.measured_at_us,
            is_newest: false,
            finding,
        }));
    }
    rows.extend(findings.iter().map(|finding| Row {
        run_id: run.run_id.clone(),
        measured_at_us,
        is_newest: true,
        finding: finding.clone(),
    }));
    let count = |n: u64| Some(i64::try_from(n).unwrap_or(i64::MAX));
    let texts = |of: fn(&Finding) -> Option<&str>| rows.iter().map(move |r| of(&r.finding));
    let (schema, batch) = Columns::new()
        .text("rule", texts(|f| Some(&f.rule)))
        .text("check_kind", texts(|f| Some(&f.check)))
        .bools("declared", rows.iter().map(|r| Some(r.finding.declared)))
        .text("table_name", texts(|f| Some(&f.table)))
        .text("column_name", texts(|f| f.column.as_deref()))
        .text("source", texts(|f| f.source.as_deref()))
        .text("file", texts(|f| f.file.as_deref()))
        .ints("checked", rows.iter().map(|r| count(r.finding.checked)))
        .ints("failed", rows.iter().map(|r| count(r.finding.failed)))
        .numbers("share", rows.iter().map(|r| r.finding.share()))
        .numbers("allowed", rows.iter().map(|r| Some(r.finding.allowed)))
        .text("severity", texts(|f| Some(f.severity.as_str())))
        .text("state", texts(|f| Some(f.state())))
        .numbers("score", rows.iter().map(|r| r.finding.score()))
        .numbers("value", rows.iter().map(|r| r.finding.value))
        .text("detail", texts(|f| f.detail.as_deref()))
        .bools("is_newest", rows.iter().map(|r| Some(r.is_newest)))
        .times("measured_at", rows.iter().map(|r| Some(r.measured_at_us)))
        .text("run_id", rows.iter().map(|r| Some(r.run_id.as_str())))
        .finish()?;
    Ok(write_table(&run.project.lake, QUALITY, &schema, &[batch]).await?)
}

/// Flagged rows, as columns of equal length.
#[derive(Default)]
struct Flags {
    customer_id: Vec<Option<i64>>,
    ingest_id: Vec<i64>,
    line: Vec<i64>,
    value: Vec<f64>,
}

impl Flags {
    fn columns(
        &self,
        (table, column): (&str, &str),
        run_id: &str,
    ) -> Result<(SchemaRef, RecordBatch)> {
        let rows = self.line.len();
        Columns::new()
            .same_text("rule", Some("outliers"), rows)
            .same_text("table_name", Some(table), rows)
            .same_text("column_name", Some(column), rows)
            .ints("customer_id", self.customer_id.iter().copied())
            .ints("ingest_id", self.ingest_id.iter().copied().map(Some))
            .ints("line", self.line.iter().copied().map(Some))
            .numbers("value", self.value.iter().copied().map(Some))
            .same_text("run_id", Some(run_id), rows)
            .finish()
    }
}

/// Writes which rows are flagged; the version. The rows themselves stay.
pub(super) async fn flags(
    run: &Run<'_>,
    ingest: &Done,
    known: &Known,
    odd: &[OddValues],
) -> Result<i64> {
    let lake = &run.project.lake;
    let (schema, _) = Flags::default().columns(("", ""), "")?;
    let mut writer = DataFileWriter::create(lake, FLAGS, &schema, None, WriteStyle::Small)?;
    let session = session_at(run.project, ingest.outputs.clone())?;
    for odd in odd {
        let sql = far_out(known, odd, &run.restricted.all);
        let (_, batches) = session.collect(&sql).await?;
        for batch in &batches {
            let ints = |place: usize| cast_to(batch.column(place), &DataType::Int64);
            let (customers, readings, lines) = (ints(0)?, ints(1)?, ints(2)?);
            let values = cast_to(batch.column(3), &DataType::Float64)?;
            let customers = customers.as_primitive::<Int64Type>();
            let flags = Flags {
                customer_id: customers.iter().collect(),
                ingest_id: readings.as_primitive::<Int64Type>().values().to_vec(),
                line: lines.as_primitive::<Int64Type>().values().to_vec(),
                value: values.as_primitive::<Float64Type>().values().to_vec(),
            };
            debug_assert_eq!(flags.line.len(), batch.num_rows());
            writer.write(
                &flags
                    .columns((odd.table.as_str(), &odd.column), &run.run_id)?
                    .1,
            )?;
        }
    }
    let files = writer.close_if_any()?.into_iter().collect();
    Ok(commit(lake, FLAGS, &schema, &[], &[], files).await?)
}

/// The rows whose value lies outside the limits, but for those of restricted
/// customers; of customers no line is known.
fn far_out(known: &Known, odd: &OddValues, restricted: &BTreeSet<i64>) -> String {
    let others = match restricted.is_empty() {
        true => String::new(),
        false => {
            let ids: Vec<String> = restricted.iter().map(i64::to_string).collect();
            let ids = ids.join(", ");
            format!("(customer_id is null or customer_id not in ({ids})) and ")
        }
    };
    let readings = known.readings_of(odd.source);
    let own = match known.of(odd.table).count() {
        0 | 1 => String::new(),
        _ if odd.whole_table => String::new(),
        _ => {
            let ids: Vec<String> = readings.iter().map(i64::to_string).collect();
            format!("ingest_id in ({}) and ", ids.join(", "))
        }
    };
    let line = match odd.table {
        Table::Customers => "0",
        _ => "line",
    };
    let value = format!("cast({} as double)", name(&odd.column));
    let (low, high) = (odd.low, odd.high);
    format!(
        "select customer_id, ingest_id, {line} as record, {value} as v from {} where {others}{own}{value} <> 0 and \
         (abs({value}) < {low} or abs({value}) >= {high}) order by 2, 3, 1 limit {FLAGS_MAX}",
        name(odd.table.as_str()),
    )
}
