//! A file of customers, scored batch by batch.

use std::path::Path;

use perennial_lake::arrow::array::{Array, ArrayRef, AsArray};
use perennial_lake::sources::dialect::sniff;
use perennial_lake::sources::files::{Format, SourceFile, single};
use perennial_lake::sources::infer::{Profile, profile};
use perennial_lake::sources::read::open;
use perennial_lake::sources::{ColumnSpec, RawBatch, ReadSpec, Target};
use perennial_learn::{Column, Matrix};

use super::{ScoreSummary, Serving, Sink, unwritable};
use crate::answer::{Both, counted, listed, nearest};
use crate::models::served::Wanted;
use crate::project::Project;
use crate::settings::Role;
use crate::stages::ingest::table_name;
use crate::stages::rows::numbers;
use crate::{Error, Result};

/// Rows of one file at the most.
const ROWS_MAX: u64 = 1_000_000;

/// Scores every row of the file at `path`.
pub(super) async fn score(project: &Project, path: &Path, sink: Sink<'_>) -> Result<ScoreSummary> {
    let serving = Serving::of(project).await?;
    let wanted = serving.model.wanted();
    let file = single(path).map_err(perennial_lake::Error::from)?;
    let (spec, id) = spec_of(project, &file, &wanted)?;
    let mut reader = open(&file, &spec).map_err(perennial_lake::Error::from)?;
    let (mut rows, mut bad_rows, mut bad_cells) = (0, 0, 0);
    while let Some(batch) = reader.next_batch().map_err(perennial_lake::Error::from)? {
        if batch.rows == 0 {
            continue;
        }
        let (unread, cells) = bad_of(&batch);
        bad_rows += unread.len() as u64;
        bad_cells += cells;
        let scored = serving.rows(&matrix_of(&batch, &wanted)?)?;
        for (row, mut one) in scored.into_iter().enumerate() {
            if unread.binary_search(&row).is_ok() {
                continue;
            }
            rows += 1;
            if rows > ROWS_MAX {
                return Err(too_many(path));
            }
            one.customer = Some(name_of(&batch, id, row));
            sink(&one).map_err(unwritable)?;
        }
    }
    let mut summary = serving.summary();
    summary.customers = rows;
    summary.notes.extend(notes(bad_rows, bad_cells));
    Ok(summary)
}

/// What to read of the file, and which of it is the identifier.
fn spec_of(
    project: &Project,
    file: &SourceFile,
    wanted: &[Wanted],
) -> Result<(ReadSpec, Option<usize>)> {
    let dialect = match file.format {
        Format::Parquet => None,
        _ => Some(sniff(file).map_err(perennial_lake::Error::from)?),
    };
    let found = profile(file, dialect.as_ref()).map_err(perennial_lake::Error::from)?;
    let mut columns = columns_of(&found, wanted, &file.path)?;
    let named = project
        .settings
        .sources
        .iter()
        .filter_map(|s| s.columns.get(Role::CustomerId));
    let id = named
        .chain(["customer_id"])
        .find(|name| found.column(name).is_some());
    let place = id.map(|name| {
        columns.push(ColumnSpec {
            name: name.to_owned(),
            target: Target::Text { is_id: true },
        });
        columns.len() - 1
    });
    let mut spec = ReadSpec::new(dialect, columns);
    spec.time_zone = project.settings.project.time_zone.as_str().to_owned();
    Ok((spec, place))
}

/// The model's columns as the file calls them.
fn columns_of(found: &Profile, wanted: &[Wanted], path: &Path) -> Result<Vec<ColumnSpec>> {
    let names: Vec<&str> = found.columns.iter().map(|c| c.name.as_str()).collect();
    let mut missing = Vec::new();
    let mut columns = Vec::new();
    for wanted in wanted {
        match found
            .columns
            .iter()
            .find(|column| table_name(&column.name) == wanted.name)
        {
            Some(column) => {
                let target = match wanted.is_number {
                    true => Target::Number {
                        number: column.number,
                    },
                    false => Target::Text { is_id: false },
                };
                columns.push(ColumnSpec {
                    name: column.name.clone(),
                    target,
                });
            }
            None => missing.push(wanted.name.as_str()),
        }
    }
    let Some(first) = missing.first() else {
        return Ok(columns);
    };
    let hint = match nearest(first, names.iter().copied()) {
        Some(near) => format!("is `{near}` meant for `{first}`? then rename it"),
        None => format!("the file has {}", listed(names, 30)),
    };
    Err(Error::cannot(
        "score/column-missing",
        format!(
            "`{}` lacks what the model looks at: {}",
            path.display(),
            listed(missing, 10)
        ),
        hint,
    ))
}

fn matrix_of(batch: &RawBatch, wanted: &[Wanted]) -> Result<Matrix> {
    let columns = wanted.iter().zip(&batch.columns).map(|(wanted, array)| {
        if wanted.is_number {
            Column::number(&*wanted.name, numbers(array))
        } else {
            Column::category(&*wanted.name, &texts(array))
        }
    });
    Ok(Matrix::new(columns.collect())?)
}

fn texts(array: &ArrayRef) -> Vec<Option<&str>> {
    match array.as_string_opt::<i32>() {
        Some(texts) => texts.iter().collect(),
        None => vec![None; array.len()],
    }
}

/// Rows that could not be split into cells, ascending, and cells that are no
/// numbers.
fn bad_of(batch: &RawBatch) -> (Vec<usize>, u64) {
    let mut rows: Vec<usize> = batch
        .bad
        .iter()
        .filter(|bad| bad.column.is_none())
        .map(|bad| bad.row)
        .collect();
    rows.sort_unstable();
    rows.dedup();
    let cells = batch.bad.iter().filter(|bad| bad.column.is_some()).count();
    (rows, cells as u64)
}

fn name_of(batch: &RawBatch, id: Option<usize>, row: usize) -> String {
    let texts = id.and_then(|place| batch.columns.get(place)?.as_string_opt::<i32>());
    match texts {
        Some(texts) if texts.is_valid(row) => texts.value(row).to_owned(),
        _ => format!("row {}", batch.row_in_file(row)),
    }
}

fn notes(bad_rows: u64, bad_cells: u64) -> Vec<Both> {
    let mut notes = Vec::new();
    if bad_rows > 0 {
        notes.push(Both::new(
            format!(
                "{} could not be read and got no score",
                counted(bad_rows, "row")
            ),
            format!("{bad_rows} 行无法读取，没有评分"),
        ));
    }
    if bad_cells > 0 {
        notes.push(Both::new(
            format!(
                "no number, so counted as missing: {}",
                counted(bad_cells, "cell")
            ),
            format!("{bad_cells} 格不是数字，按缺失处理"),
        ));
    }
    notes
}

fn too_many(path: &Path) -> Error {
    Error::cannot(
        "score/too-many-rows",
        format!(
            "`{}` has more than {ROWS_MAX} rows; those before were scored",
            path.display()
        ),
        "split the file, or make it a source of the project and run",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(name: &str, is_number: bool) -> Wanted {
        Wanted {
            name: name.to_owned(),
            is_number,
            levels: Vec::new(),
            has_other_levels: false,
        }
    }

    #[test]
    fn columns_are_found_under_the_names_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(
            &path,
            "plan,monthly fee\nbasic,\"1,50\"\ngold,\"2,75\"\nbasic,\"3,00\"\n",
        )
        .unwrap();
        let file = single(&path).unwrap();
        let dialect = sniff(&file).unwrap();
        let found = profile(&file, Some(&dialect)).unwrap();
        let looked_at = [wanted("monthly_fee", true), wanted("plan", false)];
        let columns = columns_of(&found, &looked_at, &path).unwrap();
        let names: Vec<&str> = columns.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["monthly fee", "plan"]);
        let mut reader = open(&file, &ReadSpec::new(Some(dialect), columns)).unwrap();
        let batch = reader.next_batch().unwrap().unwrap();
        let matrix = matrix_of(&batch, &looked_at).unwrap();
        let fees = perennial_learn::ColumnData::Number(vec![1.5, 2.75, 3.0]);
        assert_eq!(matrix.columns[0].data, fees);
        assert_eq!(name_of(&batch, None, 1), "row 2");
        assert_eq!(name_of(&batch, Some(1), 1), "gold");

        let lacking = [wanted("plans", false), wanted("age", true)];
        let error = columns_of(&found, &lacking, &path).unwrap_err();
        assert_eq!(error.code(), "score/column-missing");
        assert!(error.to_string().ends_with("`plans`, `age`"), "{error}");
        assert!(error.hint().unwrap().contains("`plan`"));
    }
}
