//! Features and labels at the dates of the plan; the business's months and the
//! retention of the last period on the way.

use std::collections::BTreeMap;

use perennial_history::{
    AsOf, Fold, HorizonChoice, HorizonLimit, MonthTotals, Retention, RhythmFold, SCALE,
    choose_horizon,
};
use perennial_lake::order_lines::{Detail, Histories, TABLE, read_unknown};
use perennial_lake::tables::{Table, commit, write_table};
use serde::{Deserialize, Serialize};

use super::fold::{days, feature_schema, fold_all, label_schema};
use super::ingest;
use super::plan::Plan;
use crate::columns::Columns;
use crate::settings::{Horizon, Part};
use crate::stage::{Done, Output, Run, key_of};
use crate::{Error, Result};

/// Ended gaps after which the rhythm is known well enough: a share of so many is
/// known to within 0.3 points (95 %, were they independent). Customers come in
/// the order of a hash, so the first are a fair sample of them.
const RHYTHM_GAPS: u64 = 100_000;
/// Lines after which the pass ends in any case.
const RHYTHM_ROWS_MAX: u64 = 500_000;
/// Customers after which the gaps are counted again.
const RHYTHM_STEP: u64 = 1_024;

/// Why the pass over the rhythm ends.
enum Stop {
    Enough,
    Failed(perennial_lake::Error),
}

impl From<perennial_lake::Error> for Stop {
    fn from(error: perennial_lake::Error) -> Self {
        Self::Failed(error)
    }
}

/// Folds customers until enough gaps or lines were seen.
fn read_rhythm(histories: &Histories, rhythm: &mut RhythmFold) -> Result<()> {
    let (mut seen, mut customers) = (0, 0_u64);
    for bucket in 0..histories.buckets() {
        let read = histories.read::<Stop>(bucket, |lines| {
            rhythm.fold(lines);
            seen += lines.len() as u64;
            customers += 1;
            let is_known =
                customers.is_multiple_of(RHYTHM_STEP) && rhythm.histogram().gaps() >= RHYTHM_GAPS;
            if seen < RHYTHM_ROWS_MAX && !is_known {
                Ok(())
            } else {
                Err(Stop::Enough)
            }
        });
        match read {
            Ok(_) => {}
            Err(Stop::Enough) => return Ok(()),
            Err(Stop::Failed(error)) => return Err(error.into()),
        }
    }
    Ok(())
}

/// What the stage found out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Notes {
    pub plan: Plan,
    pub horizon: HorizonNotes,
    pub first_us: i64,
    pub last_us: i64,
    pub customers: u64,
    pub lines: u64,
    /// Customers whose history was too long to be folded whole.
    pub capped: u64,
    /// Retention of the last horizon and of the one before it.
    pub retention: Option<RetentionNotes>,
    pub retention_before: Option<RetentionNotes>,
}

/// How the horizon came about.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct HorizonNotes {
    /// Given in the settings rather than chosen.
    pub set: bool,
    pub days: u32,
    pub wanted_days: u32,
    pub covered_share: Option<f64>,
    pub gap_median_days: Option<i64>,
    pub gaps: u64,
    pub repeat_customers: u64,
    pub limit: String,
    /// (days, share of gaps within) for every candidate.
    pub candidates: Vec<(f64, f64)>,
}

/// Movements of customers over one period.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RetentionNotes {
    pub from_us: i64,
    pub until_us: i64,
    pub at_start: u64,
    pub at_end: u64,
    pub stayed: u64,
    pub lost: u64,
    pub new: u64,
    pub came_back: u64,
}

/// Runs the stage on the order lines that `ingest` left.
pub(crate) async fn run(run: &Run<'_>, ingest: &Done, as_of_us: Option<i64>) -> Result<Done> {
    let settings = &run.project.settings;
    let version = ingest.version(TABLE).unwrap_or(0);
    let key = key_of(
        "features",
        &[
            &format!("{TABLE}@{version}"),
            settings
                .hash_of(&[Part::Project, Part::Lost, Part::Model])
                .to_hex()
                .as_str(),
            &format!("{as_of_us:?}"),
        ],
    );
    run.stage("features", &key, async || {
        work(run, ingest, version, as_of_us).await
    })
    .await
}

async fn work(run: &Run<'_>, ingest: &Done, version: i64, as_of_us: Option<i64>) -> Result<Output> {
    let project = run.project;
    let lake = &project.lake;
    let Some(table) = Table::open(lake, TABLE, Some(version)).await? else {
        return Err(no_events(ingest));
    };
    let known = || {
        table
            .files
            .iter()
            .filter(|f| f.bucket.is_some_and(|b| b >= 0))
    };
    let first_us = known()
        .filter_map(|f| f.min_time_us)
        .min()
        .ok_or_else(|| no_events(ingest))?;
    let last_us = known()
        .filter_map(|f| f.max_time_us)
        .max()
        .ok_or_else(|| no_events(ingest))?;
    let as_of_us = as_of_us.unwrap_or_else(|| project.calendar.midnight_after(last_us));
    if as_of_us <= first_us {
        return Err(Error::cannot(
            "run/as-of-too-early",
            "the as-of moment lies before the first event of any customer",
            "choose a later `--as-of`, or leave it out: the default is the midnight after the latest event",
        ));
    }
    let histories = || Histories::new(lake, &table, project.calendar.clone());
    let amounts = histories().with_detail(Detail::Amounts);
    let (horizon, choice_days) = choose(run, &amounts, first_us, as_of_us)?;
    let dates = project.settings.model.training_dates.min(52) as usize;
    let plan = Plan::new(first_us, as_of_us, choice_days, dates);
    let folded = fold_all(run, &histories(), &plan)?;
    let notes = Notes {
        retention: folded.period.as_ref().map(|p| retention_notes(&plan, 0, p)),
        retention_before: folded
            .period_before
            .as_ref()
            .map(|p| retention_notes(&plan, 1, p)),
        plan,
        horizon,
        first_us,
        last_us,
        customers: folded.counts.customers,
        lines: folded.counts.rows,
        capped: folded.counts.capped,
    };
    let months = with_unknown(run, &table, as_of_us, folded.business.months())?;
    let mut outputs = BTreeMap::new();
    let features = commit(
        lake,
        "features",
        &feature_schema(),
        &[],
        &[],
        folded.features,
    )
    .await?;
    outputs.insert("features".to_owned(), features);
    let labels = commit(lake, "labels", &label_schema(), &[], &[], folded.labels).await?;
    outputs.insert("labels".to_owned(), labels);
    outputs.insert(
        "months".to_owned(),
        write_months(run, as_of_us, &months).await?,
    );
    Output::new(outputs, &notes)
}

/// Nothing to fold: no row, none that could be read, or none of a known customer.
fn no_events(ingest: &Done) -> Error {
    let books = ingest
        .details_as::<ingest::Notes>()
        .map_or_else(|_| Vec::new(), |notes| notes.current());
    let sum = |of: fn(&ingest::Book) -> u64| books.iter().map(of).sum::<u64>();
    let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
    for (reason, rows) in books.iter().flat_map(|book| &book.reasons) {
        *reasons.entry(reason).or_default() += rows;
    }
    let most = reasons.into_iter().max_by_key(|(_, rows)| *rows);
    let rows = sum(|book| book.rows_read);
    match most {
        Some((reason, times)) if sum(|book| book.kept) == 0 => Error::cannot(
            "run/no-events",
            format!("of {rows} rows none could be read: `{reason}` in {times} of them"),
            "check the columns of that source in `perennial.toml` and how they are read; `perennial check` shows both",
        ),
        _ => Error::cannot(
            "run/no-events",
            format!("none of {rows} rows is an order line with a known customer"),
            "check `columns.customer_id` in `perennial.toml`, and that the files have rows",
        ),
    }
}

fn choose(
    run: &Run<'_>,
    histories: &Histories,
    first_us: i64,
    as_of_us: i64,
) -> Result<(HorizonNotes, u32)> {
    let calendar = run.project.calendar.clone();
    let mut rhythm = RhythmFold::new(calendar, AsOf(as_of_us));
    let set = match run.project.settings.lost.horizon {
        Horizon::Of(duration) => Some(duration.days_rounded()),
        Horizon::Auto => None,
    };
    read_rhythm(histories, &mut rhythm)?;
    let histogram = rhythm.histogram();
    let span_days = days(as_of_us - first_us).floor() as i64;
    let choice = choose_horizon(histogram, span_days);
    let to_days = |d: i64| u32::try_from(d).unwrap_or(u32::MAX);
    let chosen = set.unwrap_or_else(|| to_days(choice.days));
    let candidates = perennial_history::HORIZON_CANDIDATES_DAYS
        .iter()
        .filter_map(|&d| Some((d as f64, histogram.covered_share(d)?)))
        .collect();
    let notes = HorizonNotes {
        set: set.is_some(),
        days: chosen,
        wanted_days: to_days(choice.wanted_days),
        covered_share: histogram.covered_share(i64::from(chosen)),
        gap_median_days: choice.gap_median_days,
        gaps: choice.gaps,
        repeat_customers: histogram.customers(),
        limit: limit_word(&choice).to_owned(),
        candidates,
    };
    Ok((notes, chosen))
}

fn limit_word(choice: &HorizonChoice) -> &'static str {
    match choice.limit {
        HorizonLimit::None => "none",
        HorizonLimit::Span => "span",
        HorizonLimit::SpanTooShort => "span_too_short",
        HorizonLimit::LongestCandidate => "longest_candidate",
        HorizonLimit::NoRepeats => "no_repeats",
    }
}

fn retention_notes(plan: &Plan, back: i64, found: &Retention) -> RetentionNotes {
    let until_us = plan.as_of_us - back * plan.horizon_us();
    RetentionNotes {
        from_us: until_us - plan.horizon_us(),
        until_us,
        at_start: found.at_start,
        at_end: found.at_end,
        stayed: found.stayed,
        lost: found.lost,
        new: found.new,
        came_back: found.came_back,
    }
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

async fn write_months(run: &Run<'_>, as_of_us: i64, rows: &[MonthRow]) -> Result<i64> {
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
