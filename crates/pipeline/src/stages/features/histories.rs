//! The histories that a project's customers are known by.

use perennial_history::{
    EVENT_NAMES_MAX, EventNames, FeatureSpec, event_features, order_line_features,
    subscription_features,
};
use perennial_lake::histories::{
    Detail, EventHistories, OrderHistories, SubscriptionHistories, name_counts,
};
use perennial_lake::tables;
use serde::{Deserialize, Serialize};

use super::contracts::ContractNotes;
use crate::answer::listed;
use crate::stage::Run;
use crate::{Error, Result};

/// The histories of one table.
pub(super) enum Histories {
    Orders(OrderHistories),
    Events(EventHistories),
    Contracts(SubscriptionHistories),
}

/// The names of events, as notes keep them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NamesNotes {
    /// Those that features tell apart.
    pub names: Vec<String>,
    /// Those that count as being there; all where none is named.
    pub active: Vec<String>,
}

impl NamesNotes {
    fn names(&self) -> EventNames {
        EventNames::new(self.names.clone(), &self.active)
    }
}

/// What can be known of customers: the features of their kind of history.
pub(crate) fn catalogue(
    events: Option<&NamesNotes>,
    contracts: Option<&ContractNotes>,
) -> Vec<FeatureSpec> {
    match (events, contracts) {
        (Some(names), _) => event_features(&names.names()),
        (None, Some(contracts)) => subscription_features(&contracts.plans()),
        (None, None) => order_line_features().to_vec(),
    }
}

impl Histories {
    /// Order lines.
    pub fn orders(run: &Run<'_>, table: &tables::Table) -> Self {
        let calendar = run.project.calendar.clone();
        Self::Orders(OrderHistories::new(&run.project.lake, table, calendar))
    }

    /// Events, by the names noted.
    pub fn events(run: &Run<'_>, table: &tables::Table, names: &NamesNotes) -> Self {
        let names = names.names();
        Self::Events(EventHistories::new(&run.project.lake, table, names))
    }

    /// Contracts, by the plans noted.
    pub fn contracts(run: &Run<'_>, table: &tables::Table, notes: &ContractNotes) -> Self {
        let lake = &run.project.lake;
        Self::Contracts(SubscriptionHistories::new(lake, table, notes.plans()))
    }

    /// The same histories with no more of each row than a rhythm needs.
    pub fn briefly(self) -> Self {
        match self {
            Self::Orders(orders) => Self::Orders(orders.with_detail(Detail::Amounts)),
            others => others,
        }
    }

    /// How many buckets have rows.
    pub fn buckets(&self) -> usize {
        match self {
            Self::Orders(orders) => orders.buckets(),
            Self::Events(events) => events.buckets(),
            Self::Contracts(contracts) => contracts.buckets(),
        }
    }

    /// Rows in all buckets.
    pub fn rows(&self) -> u64 {
        match self {
            Self::Orders(orders) => orders.rows(),
            Self::Events(events) => events.rows(),
            Self::Contracts(contracts) => contracts.rows(),
        }
    }
}

/// Which names of events are told apart: the commonest before the as-of
/// moment, and those that the settings name.
pub(super) fn names(run: &Run<'_>, table: &tables::Table, as_of_us: i64) -> Result<NamesNotes> {
    let found = name_counts(&run.project.lake, table, "name", as_of_us)?;
    let active = run.project.settings.lost.events.clone();
    let unknown = active
        .iter()
        .find(|name| found.iter().all(|(known, _)| known != *name));
    if let Some(unknown) = unknown {
        let known = listed(found.iter().map(|(name, _)| name.as_str()), 8);
        return Err(Error::cannot(
            "run/event-unknown",
            format!("no event is called `{unknown}`, which `lost.events` names"),
            match found.is_empty() {
                true => "no event has a name: take `events` away, or name a column for `name` in `columns` of the source".to_owned(),
                false => format!("the names are {known}"),
            },
        ));
    }
    let names = found.into_iter().map(|(name, _)| name);
    Ok(NamesNotes {
        names: names.take(EVENT_NAMES_MAX).collect(),
        active,
    })
}
