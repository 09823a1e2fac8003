//! Customers of the project, looked up in the tables of the last run.

use std::collections::{BTreeMap, HashMap};

use perennial_lake::arrow::array::{Array, AsArray, RecordBatch};
use perennial_lake::arrow::compute::cast;
use perennial_lake::arrow::datatypes::{DataType, Float64Type};
use perennial_lake::sources::read::normal_identifier;
use perennial_lake::tables::read_batches;

use super::{Decided, ScoreSummary, Scored, Sink, small_note, unwritable};
use crate::answer::{Both, listed, moment};
use crate::models::notes_of;
use crate::privacy::refuse_restricted;
use crate::project::Project;
use crate::run::nothing_yet;
use crate::stages::ingest::KIND;
use crate::stages::people::ids;
use crate::{Error, Result, visible};

/// Scores the customers named, in their order.
pub(super) async fn score(
    project: &Project,
    names: &[String],
    sink: Sink<'_>,
) -> Result<ScoreSummary> {
    // Score and decision belong together, so they are of one run.
    let run = visible::whole_run(project).await?.run;
    let (known, unknown) = subjects(project, names).await?;
    let wanted: Vec<i64> = known.iter().map(|(_, id)| *id).collect();
    let versions = project.ledger.outputs_of(&run.run_id).await?;
    let mut found: HashMap<i64, Scored> = HashMap::new();
    let mut model_version = None;
    let scores = versions.get("scores").copied().ok_or_else(nothing_yet)?;
    read_batches(&project.lake, "scores", Some(scores), None, |batch| {
        take_scores(&batch, &wanted, &mut found, &mut model_version);
        Ok(())
    })
    .await?;
    if let Some(decisions) = versions.get("decisions").copied() {
        read_batches(&project.lake, "decisions", Some(decisions), None, |batch| {
            take_decisions(&batch, &mut found);
            Ok(())
        })
        .await?;
    }
    for (name, id) in known {
        let mut scored = found.get(&id).cloned().unwrap_or_else(|| Scored {
            reasons: Both::new(
                "nothing known before the as-of moment",
                "在统计时点之前没有记录",
            ),
            ..Scored::default()
        });
        scored.customer = Some(name.to_owned());
        sink(&scored).map_err(unwritable)?;
    }
    let card = match &model_version {
        Some(version) => project.ledger.model(version).await?.map(|model| model.card),
        None => None,
    };
    Ok(ScoreSummary {
        model_version,
        as_of: run.as_of_us.map(moment),
        customers: wanted.len() as u64,
        notes: card
            .and_then(|card| small_note(&notes_of(&card)))
            .into_iter()
            .chain(unknown_note(unknown))
            .collect(),
    })
}

/// Who of those named is nobody, where that is not all.
fn unknown_note(unknown: Vec<&str>) -> Option<Both> {
    if unknown.is_empty() {
        return None;
    }
    let names = listed(unknown, 6);
    Some(Both::new(
        format!("no customer is called {names}"),
        format!("没有名为 {names} 的客户"),
    ))
}

/// The customers with their pseudonyms, and the names that are nobody's.
async fn subjects<'a>(
    project: &Project,
    names: &'a [String],
) -> Result<(Vec<(&'a str, i64)>, Vec<&'a str>)> {
    let vault = project.ledger.vault(&project.key).await?;
    let mut known = Vec::with_capacity(names.len());
    let mut unknown = Vec::new();
    for name in names {
        match vault.subject_id_of(KIND, normal_identifier(name)).await? {
            Some(id) => {
                refuse_restricted(&vault, id, name).await?;
                known.push((name.as_str(), id));
            }
            None => unknown.push(name.as_str()),
        }
    }
    if unknown.is_empty() || !known.is_empty() {
        return Ok((known, unknown));
    }
    Err(Error::cannot(
        "score/customer-unknown",
        format!("no customer is called {}", listed(unknown, 6)),
        "write the identifier as your files do; in a table without identifiers it is `row 1` and so on",
    ))
}

fn take_scores(
    batch: &RecordBatch,
    wanted: &[i64],
    found: &mut HashMap<i64, Scored>,
    model_version: &mut Option<String>,
) {
    let rows: Vec<(usize, i64)> = ids(batch)
        .into_iter()
        .enumerate()
        .filter(|(_, id)| wanted.contains(id))
        .collect();
    if rows.is_empty() {
        return;
    }
    let columns = ["churn_probability", "churn_low", "churn_high", "percentile"];
    let numbers: BTreeMap<&str, Vec<Option<f64>>> = columns
        .into_iter()
        .map(|name| (name, numbers(batch, name)))
        .collect();
    let number = |name: &str, row: usize| numbers.get(name)?.get(row).copied().flatten();
    let (en, zh) = (texts(batch, "reasons_en"), texts(batch, "reasons_zh"));
    *model_version = texts(batch, "model_version").into_iter().next().flatten();
    for (row, id) in rows {
        let scored = Scored {
            churn_probability: number("churn_probability", row),
            low: number("churn_low", row),
            high: number("churn_high", row),
            percentile: number("percentile", row),
            reasons: Both::new(text_at(&en, row), text_at(&zh, row)),
            ..Scored::default()
        };
        found.insert(id, scored);
    }
}

fn take_decisions(batch: &RecordBatch, found: &mut HashMap<i64, Scored>) {
    let rows: Vec<(usize, i64)> = ids(batch)
        .into_iter()
        .enumerate()
        .filter(|(_, id)| found.contains_key(id))
        .collect();
    if rows.is_empty() {
        return;
    }
    let (value, net) = (numbers(batch, "value"), numbers(batch, "net"));
    let (offer, arm) = (texts(batch, "offer"), texts(batch, "arm"));
    let (en, zh) = (texts(batch, "why_en"), texts(batch, "why_zh"));
    for (row, id) in rows {
        let decided = Decided {
            offer: offer.get(row).cloned().flatten(),
            arm: arm.get(row).cloned().flatten(),
            value: value.get(row).copied().flatten(),
            net: net.get(row).copied().flatten(),
            why: Both::new(text_at(&en, row), text_at(&zh, row)),
        };
        if let Some(scored) = found.get_mut(&id) {
            scored.decision = Some(decided);
        }
    }
}

fn text_at(texts: &[Option<String>], row: usize) -> String {
    texts.get(row).cloned().flatten().unwrap_or_default()
}

/// A column of text; empty where there is none.
pub(super) fn texts(batch: &RecordBatch, name: &str) -> Vec<Option<String>> {
    let column = batch
        .column_by_name(name)
        .and_then(|c| c.as_string_opt::<i32>());
    column.map_or_else(Vec::new, |c| {
        c.iter().map(|v| v.map(str::to_owned)).collect()
    })
}

/// A column of numbers or money; empty where there is none.
fn numbers(batch: &RecordBatch, name: &str) -> Vec<Option<f64>> {
    let Some(column) = batch.column_by_name(name) else {
        return Vec::new();
    };
    let Ok(numbers) = cast(column, &DataType::Float64) else {
        return vec![None; column.len()];
    };
    numbers.as_primitive::<Float64Type>().iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::Columns;

    #[test]
    fn rows_are_found_by_their_customer() {
        let (_, scores) = Columns::new()
            .ints("customer_id", [Some(7), Some(8), Some(9)])
            .numbers("churn_probability", [Some(0.1), None, Some(0.9)])
            .numbers("percentile", [Some(0.2), Some(0.5), Some(0.8)])
            .text("reasons_en", [Some("a"), Some("b"), Some("c")])
            .same_text("model_version", Some("churn-1"), 3)
            .finish()
            .unwrap();
        let (mut found, mut version) = (HashMap::new(), None);
        take_scores(&scores, &[9, 8], &mut found, &mut version);
        assert_eq!((found.len(), version.as_deref()), (2, Some("churn-1")));
        assert_eq!(found[&9].churn_probability, Some(0.9));
        assert_eq!(found[&8].churn_probability, None);
        assert_eq!((found[&9].reasons.en.as_str(), found[&9].low), ("c", None));
        let (_, decisions) = Columns::new()
            .ints("customer_id", [Some(9), Some(7)])
            .text("offer", [Some("voucher"), None])
            .money("net", [Some(12.5), None])
            .text("why_en", [Some("it pays"), None])
            .finish()
            .unwrap();
        take_decisions(&decisions, &mut found);
        let decided = found[&9].decision.as_ref().unwrap();
        assert_eq!(
            (decided.offer.as_deref(), decided.net),
            (Some("voucher"), Some(12.5))
        );
        assert!(found[&8].decision.is_none());
    }
}
