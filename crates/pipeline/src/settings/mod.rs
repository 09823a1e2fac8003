//! A project's settings: `perennial.toml` read with the place of every value,
//! overlaid by the environment and by flags, checked as a whole.
//!
//! Precedence: flag, environment (`PERENNIAL__SECTION__KEY`), file, default.
//! Unknown keys are errors. No duration, size or rate has a default unit.

mod check;
mod check_rules;
mod day_zero;
mod duration;
mod error;
mod governance;
mod layers;
mod node;
mod people;
mod read;
mod reference;
mod rule;
mod section;
mod sections;
mod source;
#[cfg(test)]
mod tests;
mod units;

use std::io::Read;
use std::path::{Path, PathBuf};

use serde::Serialize;

pub(crate) use check_rules::is_rare;
pub use day_zero::DayZero;
pub use duration::{Duration, DurationError, DurationUnit};
pub use error::{CODES, Error, Place, Problem};
pub use governance::{LegalGround, Privacy};
pub use people::{PersonColumns, PersonPart};
pub use reference::{keys, markdown};
pub use rule::{Literals, Rule, RuleCheck, RuleSeverity};
pub use section::Key;
pub use sections::{Identity, Limits, Lost, LostKind, Model, Offer, Policy, Project, Value};
pub use source::{
    ColumnType, Columns, Decimal, Delimiter, Encoding, Quote, Role, Source, Table, TimeFormat,
};
pub use units::{
    Amount, Bytes, Count, Country, Currency, HoldOutShare, Horizon, Language, Literal, Penalty,
    Per, Rate, Share, Zone,
};

use error::code;
use node::{Data, Node};
use read::Fields;

/// The name of the settings file in a project's folder.
pub const FILE_NAME: &str = "perennial.toml";
/// The format that this program reads and writes.
pub const FORMAT: u64 = 1;
/// Days after the end of a contract in which another one counts as its renewal.
const GRACE_DAYS: u32 = 30;
/// The largest settings file read, in bytes.
const FILE_BYTES_MAX: u64 = 1_000_000;

/// Everything a project's settings say. Serialises to the canonical form that
/// [`Settings::settings_hash`] is taken of.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Settings {
    /// The format of the file: always [`FORMAT`].
    pub format: u64,
    /// The business.
    pub project: Project,
    /// What is read, in the order of the file; never empty.
    #[serde(rename = "source")]
    pub sources: Vec<Source>,
    /// What lost means.
    pub lost: Lost,
    /// What a customer is worth.
    pub value: Value,
    /// What can be given; may be empty.
    #[serde(rename = "offer")]
    pub offers: Vec<Offer>,
    /// How offers are given out.
    pub policy: Policy,
    /// How the model is fitted.
    pub model: Model,
    /// Who answers for the data.
    pub privacy: Privacy,
    /// What the data must fulfil; may be empty.
    #[serde(rename = "rule")]
    pub rules: Vec<Rule>,
    /// How people are compared.
    pub identity: Identity,
    /// How much of the machine may be used.
    pub limits: Limits,
}

/// A part of the settings that a stage can depend on, for [`Settings::hash_of`].
/// Limits and who answers for the data are no part: nothing there changes a result;
/// nor is `[identity]`, for no stage compares people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// `[project]` without the language.
    Project,
    /// The language of texts that stages write.
    Language,
    /// Every `[[source]]`.
    Sources,
    /// `[lost]`.
    Lost,
    /// `[value]`.
    Value,
    /// Every `[[offer]]`.
    Offers,
    /// `[policy]`.
    Policy,
    /// `[model]`.
    Model,
    /// Every `[[rule]]`.
    Rules,
}

impl Part {
    /// Every part, in order.
    pub const ALL: [Self; 9] = [
        Self::Project,
        Self::Language,
        Self::Sources,
        Self::Lost,
        Self::Value,
        Self::Offers,
        Self::Policy,
        Self::Model,
        Self::Rules,
    ];
}

impl Settings {
    /// Loads the settings of the project in `folder`, laying `environment`
    /// (variables that do not start with `PERENNIAL__` are passed over) and then
    /// `overrides` (pairs such as `("value.margin", "0.4")`) over the file.
    ///
    /// # Errors
    /// When the file is absent, unreadable, or says anything that is not
    /// understood; every problem found is in the one error.
    pub fn load(
        folder: &Path,
        environment: impl Iterator<Item = (String, String)>,
        overrides: &[(String, String)],
    ) -> Result<Self, Error> {
        let path = if folder == Path::new(".") {
            PathBuf::from(FILE_NAME)
        } else {
            folder.join(FILE_NAME)
        };
        let text = read_file(folder, &path)?;
        let mut settings = Self::parse(&text, &path, environment, overrides)?;
        if settings.project.name.is_empty() {
            settings.project.name = folder_name(folder);
        }
        Ok(settings)
    }

    /// As [`Settings::load`], from a text; `path` is what messages call it. A
    /// missing `project.name` stays empty.
    ///
    /// # Errors
    /// When the text says anything that is not understood.
    pub fn parse(
        text: &str,
        path: &Path,
        environment: impl Iterator<Item = (String, String)>,
        overrides: &[(String, String)],
    ) -> Result<Self, Error> {
        let mut root = node::parse(text, path).map_err(Error::of)?;
        check_format(&root).map_err(Error::of)?;
        let mut problems = Vec::new();
        layers::apply(&mut root, environment, overrides, &mut problems);
        let settings = Self::read(&root, &mut problems);
        if let (true, Some(settings)) = (problems.is_empty(), &settings) {
            check::check(settings, &root, &mut problems);
        }
        match (Error::from_problems(in_order(problems)), settings) {
            (None, Some(settings)) => Ok(settings),
            (Some(error), _) => Err(error),
            // A reader that answers nothing has added a problem; this cannot be reached.
            (None, None) => Err(Error::of(Problem::new(
                code::SYNTAX,
                &root.place,
                "the settings cannot be read",
            ))),
        }
    }

    fn read(root: &Node, problems: &mut Vec<Problem>) -> Option<Self> {
        let mut fields = Fields::of(root, "", problems)?;
        let format = fields.required::<u64>("format");
        let project = fields.section::<Project>("project");
        let sources = fields.list::<Source>("source");
        let lost = fields.section::<Lost>("lost");
        let value = fields.section::<Value>("value");
        let offers = fields.list::<Offer>("offer");
        let policy = fields.section::<Policy>("policy");
        let model = fields.section::<Model>("model");
        let privacy = fields.section::<Privacy>("privacy");
        let rules = fields.list::<Rule>("rule");
        let identity = fields.section::<Identity>("identity");
        let limits = fields.section::<Limits>("limits");
        fields.finish(&[
            "format", "project", "source", "lost", "value", "offer", "policy", "model", "privacy",
            "rule", "identity", "limits",
        ]);
        Some(Self {
            format: format?,
            project: project?,
            sources: sources?,
            lost: lost?,
            value: value?,
            offers: offers?,
            policy: policy?,
            model: model?,
            privacy: privacy?,
            rules: rules?,
            identity: identity?,
            limits: limits?,
        })
    }

    /// Whether any source becomes the table.
    pub fn has(&self, table: Table) -> bool {
        self.sources.iter().any(|source| source.table == table)
    }

    /// The table that customers' histories are read from: whether they are
    /// there, and when they were lost. None where a label says it all.
    pub fn history(&self) -> Option<Table> {
        match self.lost.kind {
            LostKind::NoEvent => Some(Table::Events),
            LostKind::Contract => Some(Table::Subscriptions),
            _ => self.has(Table::OrderLines).then_some(Table::OrderLines),
        }
    }

    /// Whether anything says what customers are worth in money.
    pub fn has_money(&self) -> bool {
        match self.history() {
            Some(Table::Subscriptions) => self.has_price(),
            Some(table) => table == Table::OrderLines,
            None => self.value.amount.is_some(),
        }
    }

    /// Whether contracts say what they cost.
    pub fn has_price(&self) -> bool {
        let mut sources = self.sources.iter();
        sources.any(|source| source.columns.get(Role::Price).is_some())
    }

    /// Whether any source says which of its columns describe a person.
    pub fn has_people(&self) -> bool {
        self.sources.iter().any(|source| !source.people.is_empty())
    }

    /// How long after the end of a contract another one counts as its renewal.
    pub fn grace(&self) -> Duration {
        self.lost
            .grace
            .unwrap_or_else(|| Duration::days(GRACE_DAYS))
    }

    /// The zone of a source's times: its own, or else the project's.
    pub fn zone_of<'a>(&'a self, source: &'a Source) -> &'a Zone {
        source.time_zone.as_ref().unwrap_or(&self.project.time_zone)
    }

    /// A hash of everything that can change a result: of all parts, but not of the
    /// limits, so that the number of threads changes no `run_id`. Stable across
    /// runs, machines, comments, the order of keys and where a value was written.
    pub fn settings_hash(&self) -> blake3::Hash {
        self.hash_of(&Part::ALL)
    }

    /// As [`Settings::settings_hash`], of some parts only: what a stage that
    /// depends on no others compares to know whether it must be redone.
    pub fn hash_of(&self, parts: &[Part]) -> blake3::Hash {
        let mut parts = parts.to_vec();
        parts.sort_unstable();
        parts.dedup();
        let mut hasher = blake3::Hasher::new();
        hasher.update(&FORMAT.to_le_bytes());
        for part in parts {
            let text = self.canonical(part);
            hasher.update(&[part as u8]);
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        }
        hasher.finalize()
    }

    /// One part as JSON: fields in the order of declaration, maps sorted.
    fn canonical(&self, part: Part) -> String {
        match part {
            Part::Project => {
                let Project {
                    name,
                    currency,
                    time_zone,
                    language: _,
                } = &self.project;
                section::shown(&(name, currency, time_zone))
            }
            Part::Language => section::shown(&self.project.language),
            Part::Sources => {
                let sources: Vec<Source> = self.sources.iter().map(Source::as_read).collect();
                section::shown(&sources)
            }
            Part::Lost => section::shown(&self.lost),
            Part::Value => section::shown(&self.value),
            Part::Offers => section::shown(&self.offers),
            Part::Policy => section::shown(&self.policy),
            Part::Model => section::shown(&self.model),
            Part::Rules => section::shown(&self.rules),
        }
    }
}

/// Problems in the order of the file; those from variables and flags first, since
/// they were written last.
fn in_order(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by_key(|problem| match &problem.place {
        Some(Place::File { line, column, .. }) => (*line, *column),
        _ => (0, 0),
    });
    problems
}

fn check_format(root: &Node) -> Result<(), Problem> {
    let Data::Table(entries) = &root.data else {
        return Ok(());
    };
    let Some(entry) = entries.iter().find(|entry| entry.key == "format") else {
        return Err(Problem::new(
            code::FORMAT_MISSING,
            &root.place,
            "the file does not say its format",
        )
        .with_hint(format!("write `format = {FORMAT}` as its first line")));
    };
    match entry.node.integer() {
        Some(number) if u64::try_from(number) == Ok(FORMAT) => Ok(()),
        Some(number) if number > 0 => Err(Problem::new(
            code::FORMAT_UNKNOWN,
            &entry.node.place,
            format!("the file has format {number}, and this program reads format {FORMAT}"),
        )
        .with_hint("use a newer version of perennial for this project")),
        _ => Err(Problem::new(
            code::FORMAT_UNKNOWN,
            &entry.node.place,
            format!(
                "`format` must be the number `{FORMAT}`, found {}",
                entry.node.found()
            ),
        )),
    }
}

fn read_file(folder: &Path, path: &Path) -> Result<String, Error> {
    let unreadable = |source| Error::FileUnreadable {
        path: path.to_owned(),
        source,
    };
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(Error::FileMissing {
                folder: folder.to_owned(),
            });
        }
        Err(error) => return Err(unreadable(error)),
    };
    let mut bytes = Vec::new();
    let read = file
        .take(FILE_BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if read as u64 > FILE_BYTES_MAX {
        let bytes = std::fs::metadata(path).map_or(read as u64, |data| data.len());
        return Err(Error::FileTooLarge {
            path: path.to_owned(),
            bytes,
            limit: FILE_BYTES_MAX,
        });
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let before =
            String::from_utf8_lossy(error.as_bytes().get(..valid).unwrap_or_default()).into_owned();
        let place = node::place_of_end(&before, path);
        let message = "the file is not UTF-8 text from here on";
        Error::of(Problem::new(code::FILE_NOT_TEXT, &place, message).with_hint("save it as UTF-8"))
    })
}

/// The name of a folder, also of `.` and `..`.
fn folder_name(folder: &Path) -> String {
    let name = |path: &Path| {
        path.file_name()
            .map(|name| name.to_string_lossy().into_owned())
    };
    name(folder)
        .or_else(|| folder.canonicalize().ok().as_deref().and_then(name))
        .unwrap_or_else(|| "project".to_owned())
}
