//! Features and labels at the dates of the plan; the business's months and the
//! retention of the last period on the way.

mod contracts;
mod fold;
mod histories;
mod horizon;
mod months;
mod plan;

use std::collections::BTreeMap;

use perennial_history::{FeatureSpec, Retention};
use perennial_lake::tables::{self, commit};
use serde::{Deserialize, Serialize};

use self::contracts::Happenings;
pub(crate) use self::contracts::{ContractNotes, FROM_SPAN};
use self::fold::{feature_schema, fold_all, label_schema};
use self::histories::{Histories, names};
pub(crate) use self::histories::{NamesNotes, catalogue};
pub(crate) use self::horizon::HorizonNotes;
use self::horizon::choose;
pub(crate) use self::plan::Plan;
use super::ingest::{self, shape_of};
use crate::settings::{Part, Table};
use crate::stage::{Done, Output, Run, key_with};
use crate::{Error, Result};

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
    /// Where histories are of events, their names.
    #[serde(default)]
    pub events: Option<NamesNotes>,
    /// Where they are of contracts, what is known of these.
    #[serde(default)]
    pub contracts: Option<ContractNotes>,
}

impl Notes {
    /// The features that were made, in the order of their columns.
    pub fn catalogue(&self) -> Vec<FeatureSpec> {
        catalogue(self.events.as_ref(), self.contracts.as_ref())
    }
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

/// Runs the stage on the histories that `ingest` left in `table`.
pub(crate) async fn run(
    run: &Run<'_>,
    ingest: &Done,
    table: Table,
    as_of_us: Option<i64>,
) -> Result<Done> {
    let settings = &run.project.settings;
    let version = ingest.version(table.as_str()).unwrap_or(0);
    let key = key_with(
        "features",
        &[
            // Not the version, which an erasure changes without changing what is
            // known of anybody else.
            &ingest.key,
            table.as_str(),
            settings
                .hash_of(&[Part::Project, Part::Lost, Part::Model])
                .to_hex()
                .as_str(),
            &format!("{as_of_us:?}"),
        ],
        &run.restricted.key(),
    );
    run.stage("features", &key, async || {
        let shape = shape_of(table).ok_or_else(|| no_events(ingest))?;
        let open = tables::Table::open(&run.project.lake, shape.table, Some(version));
        let table = open.await?.ok_or_else(|| no_events(ingest))?;
        work(run, ingest, &table, as_of_us).await
    })
    .await
}

/// What is looked at, and at which dates.
struct Looked {
    histories: Histories,
    events: Option<NamesNotes>,
    contracts: Option<ContractNotes>,
    horizon: HorizonNotes,
    plan: Plan,
    first_us: i64,
    last_us: i64,
}

impl Looked {
    /// Looks through the table, up to the as-of moment.
    fn at(
        run: &Run<'_>,
        ingest: &Done,
        table: &tables::Table,
        as_of_us: Option<i64>,
    ) -> Result<Self> {
        let project = run.project;
        let (first_us, last_us) = span(table).ok_or_else(|| no_events(ingest))?;
        let history = project.settings.history();
        if history == Some(Table::Subscriptions) {
            return Self::at_contracts(run, ingest, table, as_of_us);
        }
        let as_of_us = as_of_us.unwrap_or_else(|| project.calendar.midnight_after(last_us));
        not_too_early(as_of_us, first_us)?;
        let events = match history {
            Some(Table::Events) => Some(names(run, table, as_of_us)?),
            _ => None,
        };
        let open = || match &events {
            Some(names) => Histories::events(run, table, names),
            None => Histories::orders(run, table),
        };
        let chosen = choose(run, &open().briefly(), first_us, as_of_us)?;
        Ok(Self {
            histories: open(),
            plan: Plan::new(chosen.begins_us, as_of_us, chosen.days, dates(run)),
            events,
            contracts: None,
            horizon: chosen.notes,
            first_us,
            last_us,
        })
    }

    fn at_contracts(
        run: &Run<'_>,
        ingest: &Done,
        table: &tables::Table,
        as_of_us: Option<i64>,
    ) -> Result<Self> {
        let calendar = &run.project.calendar;
        let now_us = as_of_us.unwrap_or_else(|| calendar.midnight_after(run.project.now_us()));
        let happenings = Happenings::read(run, table, now_us)?;
        let span_us = happenings.span_us();
        let (first_us, last_us) = span_us.ok_or_else(|| no_events(ingest))?;
        let as_of_us = as_of_us.unwrap_or_else(|| calendar.midnight_after(last_us));
        not_too_early(as_of_us, first_us)?;
        let notes = contracts::notes(run, table, as_of_us)?;
        let chosen = contracts::choose(run, &happenings, &notes, first_us, as_of_us);
        let (days, grace_days) = (chosen.days, notes.grace_days);
        Ok(Self {
            histories: Histories::contracts(run, table, &notes),
            plan: Plan::with_grace(first_us, as_of_us, days, grace_days, dates(run)),
            events: None,
            contracts: Some(notes),
            horizon: chosen.notes,
            first_us,
            last_us,
        })
    }
}

/// Dates to learn from, at the most.
fn dates(run: &Run<'_>) -> usize {
    run.project.settings.model.training_dates.min(52) as usize
}

fn not_too_early(as_of_us: i64, first_us: i64) -> Result<()> {
    if as_of_us > first_us {
        return Ok(());
    }
    Err(Error::cannot(
        "run/as-of-too-early",
        "the as-of moment lies before the first event of any customer",
        "choose a later `--as-of`, or leave it out: the default is the midnight after the latest event",
    ))
}

async fn work(
    run: &Run<'_>,
    ingest: &Done,
    table: &tables::Table,
    as_of_us: Option<i64>,
) -> Result<Output> {
    let lake = &run.project.lake;
    let looked = Looked::at(run, ingest, table, as_of_us)?;
    let plan = &looked.plan;
    let specs = catalogue(looked.events.as_ref(), looked.contracts.as_ref());
    let folded = fold_all(run, &looked.histories, &specs, plan)?;
    let retention = |back, found: &Option<Retention>| {
        let found = found.as_ref();
        found.map(|found| retention_notes(plan, back, found))
    };
    let notes = Notes {
        retention: retention(0, &folded.period),
        retention_before: retention(1, &folded.period_before),
        plan: plan.clone(),
        horizon: looked.horizon,
        first_us: looked.first_us,
        last_us: looked.last_us,
        customers: folded.counts.customers,
        lines: folded.counts.rows,
        capped: folded.counts.capped,
        events: looked.events,
        contracts: looked.contracts,
    };
    let months = months::write(run, table, plan.as_of_us, &folded.months).await?;
    let schema = feature_schema(&specs);
    let features = commit(lake, "features", &schema, &[], &[], folded.features).await?;
    let labels = commit(lake, "labels", &label_schema(), &[], &[], folded.labels).await?;
    let outputs = [
        ("features", features),
        ("labels", labels),
        ("months", months),
    ];
    let outputs = outputs.map(|(name, version)| (name.to_owned(), version));
    Output::new(BTreeMap::from(outputs), &notes)
}

/// The first and the last moment of anybody known, UTC microseconds.
fn span(table: &tables::Table) -> Option<(i64, i64)> {
    let known = || {
        let files = table.files.iter();
        files.filter(|f| f.bucket.is_some_and(|bucket| bucket >= 0))
    };
    let first_us = known().filter_map(|f| f.min_time_us).min()?;
    let last_us = known().filter_map(|f| f.max_time_us).max()?;
    Some((first_us, last_us))
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
            format!("none of {rows} rows is of a known customer"),
            "check `columns.customer_id` in `perennial.toml`, and that the files have rows",
        ),
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
