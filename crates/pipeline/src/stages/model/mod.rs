//! Who is about to leave: the plain rule and the logistic regression, judged on
//! later time (or by folds where there is no time), and a score for everybody.

mod campaign;
pub(crate) mod data;
mod fit;
pub(crate) mod notes;
mod score;
mod tables;

use std::collections::BTreeMap;

use perennial_learn::small::{CarryLevel, carry};
use perennial_ledger::{Model, Promotion};

use self::campaign::Campaign;
use self::data::{Labelled, history, table};
use self::fit::{How, Pair, Verdict, judge_folds, judge_later, leaks};
pub(crate) use self::notes::Notes;
use self::notes::{EvaluationNotes, LeakNotes, SmallNotes, SplitNotes};
use crate::settings::Part;
use crate::stage::{CODE_VERSION, Done, Output, Run, key_with};
use crate::{Error, Result};

/// The name of the model in the registry.
pub(crate) const MODEL: &str = "churn";
/// Threshold where there is nothing to weigh.
const HALF: f64 = 0.5;

/// What the stage works on.
pub(crate) struct Inputs<'a> {
    pub ingest: &'a Done,
    /// The features stage, for histories.
    pub features: Option<&'a Done>,
}

/// A fitted and judged model, before anybody is scored.
struct Built {
    pair: Option<Pair>,
    notes: Notes,
    /// Out-of-fold probabilities by row of the table, where there are folds.
    held_out: Option<Vec<(usize, f64)>>,
    /// What was judged, row by row.
    tested: Tested,
}

/// The rows both models were judged on, none of which the model that gave the
/// probability had seen.
#[derive(Default)]
struct Tested {
    customer_id: Vec<i64>,
    lost: Vec<bool>,
    rule: Vec<f64>,
    logistic: Vec<f64>,
}

impl Tested {
    fn of(verdict: &Verdict, rows: &Labelled, customer_id: Vec<i64>) -> Self {
        Self {
            customer_id,
            lost: rows.lost.clone(),
            rule: verdict.rule.probabilities.clone(),
            logistic: verdict.logistic.probabilities.clone(),
        }
    }
}

impl Built {
    /// Nothing could be fitted; the notes say why.
    fn none(notes: Notes) -> Self {
        Self {
            pair: None,
            notes,
            held_out: None,
            tested: Tested::default(),
        }
    }
}

/// Runs the stage.
pub(crate) async fn run(run: &Run<'_>, inputs: &Inputs<'_>) -> Result<Done> {
    let settings = &run.project.settings;
    let parts = [
        Part::Lost,
        Part::Model,
        Part::Offers,
        Part::Value,
        Part::Policy,
    ];
    let basis = inputs.features.unwrap_or(inputs.ingest);
    let key = key_with(
        "model",
        &[&basis.key, settings.hash_of(&parts).to_hex().as_str()],
        &run.restricted.key(),
    );
    run.stage("model", &key, async || {
        run.progress.start("model", None, "rows");
        let (mut built, table) = match inputs.features {
            Some(done) => (usable(from_history(run, done).await)?, None),
            None => {
                let table = table(run, inputs.ingest).await?;
                (usable(from_table(run, &table))?, Some(table))
            }
        };
        if let Some(table) = &table {
            built.notes.unused_columns.clone_from(&table.unused);
        }
        let version = version_of(run, &built, &key[..10]).await?;
        let mut notes = built.notes.clone();
        notes.model_version.clone_from(&version);
        let scored = match (inputs.features, &table) {
            (Some(done), _) => score::history(run, done, &built, &version).await?,
            (None, Some(table)) => score::table(run, table, &built, &version).await?,
            (None, None) => return Output::new(BTreeMap::new(), &notes),
        };
        notes.customers_scored = scored.rows;
        let mut outputs = tables::write(run, &built, &notes).await?;
        outputs.insert("scores".to_owned(), scored.version);
        register(run, &built, &notes, &version).await?;
        run.progress
            .finish(&format!("{} customers scored", notes.customers_scored));
        Output::new(outputs, &notes)
    })
    .await
}

/// A model, or none where every column says the same of everybody.
fn usable(built: Result<Built>) -> Result<Built> {
    match built {
        Err(Error::Learn(perennial_learn::Error::NoUsableColumn)) => Ok(Built::none(Notes {
            none_because: Some("no_usable_column".to_owned()),
            one_in: 1,
            ..Notes::default()
        })),
        other => other,
    }
}

/// The bytes of the model that serves; none where nothing could be fitted.
fn bytes_of(built: &Built) -> Result<Option<Vec<u8>>> {
    let Some(pair) = &built.pair else {
        return Ok(None);
    };
    Ok(Some(match built.notes.uses_logistic {
        true => pair.logistic.to_bytes()?,
        false => pair.rule.to_bytes()?,
    }))
}

/// The version's name, from the stage's key. The same work gives the same model,
/// but for who was erased since: then it is another version, with a number.
async fn version_of(run: &Run<'_>, built: &Built, key: &str) -> Result<String> {
    let bytes = bytes_of(built)?;
    let mut version = format!("{MODEL}-{key}");
    for nth in 2.. {
        let known = run.project.ledger.model(&version).await?;
        let is_other = known.is_some_and(|known| Some(&known.bytes) != bytes.as_ref());
        if bytes.is_none() || !is_other {
            break;
        }
        version = format!("{MODEL}-{key}-{nth}");
    }
    Ok(version)
}

/// Keeps the model's bytes; the first version of a project serves at once.
async fn register(run: &Run<'_>, built: &Built, notes: &Notes, version: &str) -> Result<()> {
    let Some(bytes) = bytes_of(built)? else {
        return Ok(());
    };
    let ledger = &run.project.ledger;
    let now_us = run.project.now_us();
    ledger
        .insert_model(&Model {
            model_version: version.to_owned(),
            model: MODEL.to_owned(),
            bytes,
            card: serde_json::to_value(notes).unwrap_or_default(),
            created_at_us: now_us,
            code_version: CODE_VERSION.to_owned(),
        })
        .await?;
    ledger
        .promote(&Promotion {
            model: MODEL.to_owned(),
            model_version: version.to_owned(),
            at_us: now_us,
            by: "run".to_owned(),
            reason: "fitted by the latest run".to_owned(),
        })
        .await?;
    Ok(())
}

async fn from_history(run: &Run<'_>, done: &Done) -> Result<Built> {
    let mut history = history(run, done).await?;
    let test_customers = std::mem::take(&mut history.test_customers);
    let plan = &history.notes.plan;
    let mut notes = Notes {
        one_in: history.one_in,
        events: history.notes.events.clone(),
        contracts: history.notes.contracts.clone(),
        ..Notes::default()
    };
    let (train, test) = match learnable(run, &history) {
        Ok(rows) => rows,
        Err(because) => {
            notes.none_because = Some(because.to_owned());
            return Ok(Built::none(notes));
        }
    };
    let trained = plan.train_us.iter().filter(|_| test.is_some());
    let train_split = |&cut| SplitNotes::train(cut, plan.horizon_us());
    let test_split = |cut| SplitNotes::test(cut, plan.horizon_us());
    notes.splits = trained.map(train_split).collect();
    notes.splits.extend(plan.test_us.map(test_split));
    notes.train_rows = train.lost.len() as u64;
    notes.train_lost = train.positives() as u64;
    look_at(&mut notes, test.unwrap_or(train));
    let judged = test.unwrap_or(train);
    let settings = &run.project.settings;
    let active = still_active(judged, plan.horizon_days)?;
    let shown = active.as_ref().map_or(judged, |(_, rows)| rows);
    let campaign = Campaign::of_history(settings, shown, plan.horizon_days);
    notes.set_threshold(campaign.as_ref().and_then(Campaign::threshold));
    let how = how(run, &notes);
    let (verdict, evaluation) = match test {
        Some(test) => {
            let pair = Pair::fit(train, &how)?;
            let gap_days = notes::gap_days(plan);
            (
                judge_later(&pair, test, &how)?,
                EvaluationNotes::LaterTime { gap_days },
            )
        }
        None => judge_folds(train, &how)?,
    };
    notes.evaluation = evaluation;
    let tested = Tested::of(&verdict, judged, test_customers);
    notes.set_verdict(&verdict, judged);
    let verdict = match &active {
        None => verdict,
        Some((places, rows)) => {
            notes.everybody = Some(notes.measures());
            verdict.on_part(places, rows, &how)?
        }
    };
    notes.set_verdict(&verdict, shown);
    notes.set_profit(&verdict, shown, campaign.as_ref())?;
    // What serves has seen every outcome that is known by now.
    let pair = match test {
        Some(test) => Pair::fit(&both(train, test)?, &how)?,
        None => Pair::fit(train, &how)?,
    };
    Ok(Built {
        pair: Some(pair),
        notes,
        held_out: None,
        tested,
    })
}

/// The rows to learn from, and those of the later date to test on if there are
/// any; or why there is nothing to learn.
fn learnable<'a>(
    run: &Run<'_>,
    history: &'a data::History,
) -> std::result::Result<(&'a Labelled, Option<&'a Labelled>), &'static str> {
    let latest = history.test.as_ref().or(history.train.as_ref());
    let horizon_days = history.notes.plan.horizon_days;
    if latest.is_some_and(|rows| rows.active(horizon_days).is_empty()) {
        return Err("nobody_active");
    }
    match (&history.train, &history.test) {
        (Some(train), Some(test)) if train.both_outcomes() && test.both_outcomes() => {
            Ok((train, Some(test)))
        }
        (_, Some(test)) if test.both_outcomes() => Ok((test, None)),
        _ if run.project.settings.model.training_dates == 0 => Err("no_training_dates"),
        _ => Err("history_too_short"),
    }
}

/// The rows whose customers were still active, and where they stand, if they
/// are not all and tell both outcomes: whoever is lost already needs no model
/// to be told, and is nobody to keep.
fn still_active(rows: &Labelled, horizon_days: u32) -> Result<Option<(Vec<usize>, Labelled)>> {
    let places = rows.active(horizon_days);
    let active = rows.part(&places)?;
    let apart = places.len() < rows.lost.len() && active.both_outcomes();
    Ok(apart.then_some((places, active)))
}

fn from_table(run: &Run<'_>, table: &data::Table) -> Result<Built> {
    let (rows, places) = table.labelled()?;
    let mut notes = Notes {
        one_in: 1,
        ..Notes::default()
    };
    notes.train_rows = rows.lost.len() as u64;
    notes.train_lost = rows.positives() as u64;
    look_at(&mut notes, &rows);
    if !rows.both_outcomes() {
        notes.none_because = Some("one_outcome".to_owned());
        return Ok(Built::none(notes));
    }
    let found = leaks(&rows)?;
    notes.leaks = found
        .iter()
        .map(|l| LeakNotes {
            column: l.column.clone(),
            roc_auc: l.roc_auc,
        })
        .collect();
    let mut left_out: Vec<String> = found.into_iter().map(|leak| leak.column).collect();
    if left_out.len() == rows.matrix.columns.len() {
        left_out.clear();
    }
    notes.left_out = left_out;
    let campaign = Campaign::of_table(&run.project.settings, &rows);
    notes.set_threshold(campaign.as_ref().and_then(Campaign::threshold));
    let how = how(run, &notes);
    let small = matches!(carry_level(&rows), CarryLevel::TooSmall);
    let verdict = if small {
        None
    } else {
        let (verdict, evaluation) = judge_folds(&rows, &how)?;
        notes.evaluation = evaluation;
        Some(verdict)
    };
    if let Some(verdict) = &verdict {
        notes.set_verdict(verdict, &rows);
        notes.set_profit(verdict, &rows, campaign.as_ref())?;
    } else {
        notes.uses_logistic = true;
    }
    let held_out = verdict.as_ref().map(|verdict| {
        let chosen = if verdict.logistic_wins {
            &verdict.logistic
        } else {
            &verdict.rule
        };
        places
            .iter()
            .copied()
            .zip(chosen.probabilities.iter().copied())
            .collect()
    });
    let customers = || places.iter().map(|&row| table.customer_id[row]).collect();
    let tested = verdict
        .as_ref()
        .map(|verdict| Tested::of(verdict, &rows, customers()));
    let pair = Pair::fit(&rows, &how)?;
    Ok(Built {
        pair: Some(pair),
        notes,
        held_out,
        tested: tested.unwrap_or_default(),
    })
}

fn how(run: &Run<'_>, notes: &Notes) -> How {
    let settings = &run.project.settings;
    How {
        left_out: notes.left_out.clone(),
        seed: settings.policy.seed,
        l2: settings.model.l2.map(|l2| l2.get()),
        threshold: notes.threshold,
    }
}

fn carry_level(rows: &Labelled) -> CarryLevel {
    carry(rows.lost.len(), rows.positives(), rows.matrix.columns.len()).level
}

/// What so many rows can carry.
fn look_at(notes: &mut Notes, rows: &Labelled) {
    let found = carry(rows.lost.len(), rows.positives(), rows.matrix.columns.len());
    notes.small = SmallNotes {
        level: match found.level {
            CarryLevel::TooSmall => "too_small",
            CarryLevel::Limited => "limited",
            CarryLevel::Enough => "enough",
        }
        .to_owned(),
        rows: found.rows as u64,
        lost: found.positives as u64,
        rarer: found.rarer as u64,
        rate: found.rate,
        rate_low: found.rate_low,
        rate_high: found.rate_high,
        auc_half_width: found.auc_half_width,
        rows_for_auc: found.rows_for_auc.map(|n| n as u64),
    };
}

fn both(train: &Labelled, test: &Labelled) -> Result<Labelled> {
    let columns = train
        .matrix
        .columns
        .iter()
        .zip(&test.matrix.columns)
        .map(|(a, b)| match (&a.data, &b.data) {
            (perennial_learn::ColumnData::Number(x), perennial_learn::ColumnData::Number(y)) => {
                perennial_learn::Column::number(&*a.name, x.iter().chain(y).copied().collect())
            }
            _ => a.clone(),
        })
        .collect();
    Ok(Labelled {
        matrix: perennial_learn::Matrix::new(columns)?,
        lost: train.lost.iter().chain(&test.lost).copied().collect(),
        groups: train.groups.iter().chain(&test.groups).copied().collect(),
    })
}
