//! People's traits out of the vault as a table of numbers: every distinct value
//! is held once, batches of text are let go.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use perennial_identity::link::{LinkSettings, Record, Table, TableBuilder};
use perennial_identity::normalise::{Context, Kind, Refusal, country_of_time_zone, normalise};
use perennial_ledger::{Described, Vault};
use serde::Serialize;

use crate::progress::Progress;
use crate::project::Project;
use crate::settings::{PersonPart, Settings};
use crate::{Error, Result};

/// People whose traits are opened at a time.
const BATCH_PEOPLE: usize = 4_096;

/// Values that identify nobody, by part and reason.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Refused(pub BTreeMap<&'static str, BTreeMap<&'static str, u64>>);

/// People as they are compared.
pub(super) struct People {
    /// Their traits.
    pub table: Table,
    /// The pseudonym of each row, rising.
    pub subjects: Vec<i64>,
    /// What could not be used of e-mail addresses and telephone numbers.
    pub refused: Refused,
}

impl People {
    /// The row of a pseudonym, where the person is described.
    pub fn row_of(&self, subject_id: i64) -> Option<u32> {
        let place = self.subjects.binary_search(&subject_id).ok()?;
        u32::try_from(place).ok()
    }
}

/// How people are compared in this project.
pub(super) fn link_settings(project: &Project) -> LinkSettings {
    LinkSettings {
        threads: project.threads().clamp(1, 1_024),
        ..LinkSettings::default()
    }
}

/// Everybody whom the vault describes, but for those whose erasure has begun.
///
/// # Errors
/// `identity/no-parts` where the settings name no column that describes a
/// person, `identity/not-read` where none was read; those of vault and linkage.
pub(super) async fn people(
    project: &Project,
    vault: &Vault,
    progress: &dyn Progress,
) -> Result<People> {
    let parts = parts(&project.settings);
    if parts.is_empty() {
        return Err(Error::cannot(
            "identity/no-parts",
            "no source says which of its columns describe a person",
            "add `people = { name = \"NAME OF THE COLUMN\", email = \"...\" }` to a `[[source]]` and run `perennial run`",
        ));
    }
    progress.start("people", Some(vault.count().await?), "people");
    let names: Vec<String> = parts.iter().map(|part| part.in_vault()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let leaving: HashSet<i64> = vault.erasures_pending().await?.into_iter().collect();
    let mut reader = Reader::new(&project.settings, &parts);
    let mut from = Some(i64::MIN);
    while let Some(at) = from {
        let batch = vault.described(at, &names, BATCH_PEOPLE).await?;
        from = batch.last().and_then(|last| last.subject_id.checked_add(1));
        for person in batch.iter().filter(|p| !leaving.contains(&p.subject_id)) {
            reader.add(person)?;
        }
        progress.advance(batch.len() as u64);
    }
    let people = reader.finish();
    progress.finish(&format!("{} people described", people.subjects.len()));
    if people.subjects.is_empty() {
        return Err(Error::cannot(
            "identity/not-read",
            "nothing that describes a person has been read yet",
            "run `perennial run`; it reads the files again where `people` has changed",
        ));
    }
    Ok(people)
}

/// The parts that any source names.
fn parts(settings: &Settings) -> Vec<PersonPart> {
    let named = |part: &&PersonPart| {
        let mut sources = settings.sources.iter();
        sources.any(|source| source.people.get(**part).is_some())
    };
    PersonPart::ALL.iter().filter(named).copied().collect()
}

struct Reader<'a> {
    parts: &'a [PersonPart],
    context: Context<'static>,
    table: TableBuilder,
    subjects: Vec<i64>,
    refused: Refused,
}

impl<'a> Reader<'a> {
    fn new(settings: &Settings, parts: &'a [PersonPart]) -> Self {
        let set = settings.identity.country.map(|country| country.letters());
        let country = set.or_else(|| country_of_time_zone(settings.project.time_zone.as_str()));
        Self {
            parts,
            context: Context {
                country,
                ..Context::default()
            },
            table: TableBuilder::default(),
            subjects: Vec::new(),
            refused: Refused::default(),
        }
    }

    fn add(&mut self, person: &Described) -> Result<()> {
        let cell = |part: PersonPart| {
            let place = self.parts.iter().position(|other| *other == part)?;
            person.values.get(place)?.as_deref()
        };
        let (email, telephone) = (cell(PersonPart::Email), cell(PersonPart::Telephone));
        let mut record = Record {
            given_name: cell(PersonPart::GivenName),
            family_name: cell(PersonPart::FamilyName),
            full_name: cell(PersonPart::Name),
            birth_date: cell(PersonPart::BirthDate),
            postcode: cell(PersonPart::Postcode),
            address: cell(PersonPart::Address),
            city: cell(PersonPart::City),
            ..Record::default()
        };
        let email = self.one_form(Kind::Email, email);
        let telephone = self.one_form(Kind::Telephone, telephone);
        record.email = email.as_deref();
        record.telephone = telephone.as_deref();
        self.table.push(&record)?;
        self.subjects.push(person.subject_id);
        Ok(())
    }

    /// An identifier in its one form; what identifies nobody is counted and left out.
    fn one_form<'v>(&mut self, kind: Kind, value: Option<&'v str>) -> Option<Cow<'v, str>> {
        match normalise(kind, value?, &self.context) {
            Ok(normalised) => Some(normalised.text),
            Err(Refusal::Empty) => None,
            Err(refusal) => {
                let of_kind = self.refused.0.entry(kind.code()).or_default();
                *of_kind.entry(refusal.code()).or_default() += 1;
                None
            }
        }
    }

    fn finish(self) -> People {
        People {
            table: self.table.finish(),
            subjects: self.subjects,
            refused: self.refused,
        }
    }
}
