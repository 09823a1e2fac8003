//! Built-in rules of a table of labelled customers: numbers far from all others.

use perennial_lake::arrow::array::{Array, AsArray};
use perennial_lake::arrow::datatypes::{DataType, Float64Type};
use perennial_lake::tables::read_batches;
use perennial_quality::{Finding, LogHistogram, Severity};

use super::sources::Known;
use super::told::{OUTLIERS_MAX, OddValues};
use crate::Result;
use crate::project::Project;
use crate::settings::Table;

/// Adds what is far out in each column of numbers, and the limits beyond which rows
/// are flagged.
pub(super) async fn findings(
    project: &Project,
    known: &Known,
    version: i64,
    out: &mut Vec<Finding>,
    odd: &mut Vec<OddValues>,
) -> Result<()> {
    let table = Table::Customers;
    let mut columns: Vec<(String, LogHistogram)> = Vec::new();
    read_batches(
        &project.lake,
        table.as_str(),
        Some(version),
        None,
        |batch| {
            for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
                if *field.data_type() != DataType::Float64 {
                    continue;
                }
                let place = columns.iter().position(|(name, _)| name == field.name());
                let place = place.unwrap_or_else(|| {
                    columns.push((field.name().clone(), LogHistogram::default()));
                    columns.len() - 1
                });
                let values = column.as_primitive::<Float64Type>();
                let there = (0..values.len()).filter(|row| values.is_valid(*row));
                there.for_each(|row| columns[place].1.add(values.value(row).abs()));
            }
            Ok(())
        },
    )
    .await?;
    let Some((source, _)) = known.of(table).next() else {
        return Ok(());
    };
    for (name, sizes) in columns {
        let Some(ordinary) = sizes.ordinary() else {
            continue;
        };
        let (low, high) = ordinary.values();
        let finding = Finding::new("outliers", table.as_str(), Severity::Note).of_column(&name);
        out.push(
            finding
                .counted(sizes.total(), sizes.odd(ordinary), OUTLIERS_MAX)
                .with_detail(format!("{low:.4} … {high:.2}")),
        );
        odd.push(OddValues {
            table,
            source,
            whole_table: true,
            column: name,
            low,
            high,
        });
    }
    Ok(())
}
