//! What a business must be able to say of its data: facts from the tables and the
//! ledger, declarations from the settings, handed to `perennial_govern`, which
//! writes them.

mod catalogue;
mod lineage;
mod notice;

use perennial_govern::declared::{Becomes, Column, Controller, Source as Declared};

pub use catalogue::catalogue;
pub use lineage::{Of, lineage, table_lineage};
pub use notice::{NoticeWritten, notice};
pub use perennial_govern::catalogue::Catalogue;
pub use perennial_govern::lineage::{Customer as CustomerLineage, Table as TableLineage};

use crate::Result;
use crate::answer::{Both, pick};
use crate::project::Project;
use crate::settings::{Language, LegalGround, Role, Settings, Source, Table};
use crate::stages::ingest::Notes;

/// A language as the documents know it.
pub fn of_documents(language: Language) -> perennial_govern::Language {
    pick(
        language,
        perennial_govern::Language::En,
        perennial_govern::Language::Zh,
    )
}

/// Who decides on the data, as the settings declare it.
pub(crate) fn controller(settings: &Settings) -> Controller {
    let privacy = &settings.privacy;
    Controller {
        name: privacy.controller.clone(),
        address: privacy.address.clone(),
        contact: privacy.contact.clone(),
        officer: privacy.officer.clone(),
        authority: privacy.authority.clone(),
        recipients: privacy.recipients.clone(),
        countries: privacy.countries.clone(),
    }
}

/// What is declared of every source, in the order of the settings; `notes` says
/// which columns the files of labelled customers have.
pub(crate) fn declared(settings: &Settings, notes: Option<&Notes>) -> Vec<Declared> {
    let sources = settings.sources.iter().enumerate();
    let of = |(at, source): (usize, &Source)| Declared {
        source: source.shown(),
        table: source.table.as_str().to_owned(),
        owner: source.owner.clone(),
        legal_ground: source
            .legal_ground
            .map(LegalGround::as_str)
            .map(str::to_owned),
        purpose: source.purpose.clone(),
        keep: source.keep.map(|keep| keep.to_string()),
        must_keep: source.must_keep.map(|keep| keep.to_string()),
        columns: columns(source, at, notes),
    };
    sources.map(of).collect()
}

/// The columns of a source that are read.
fn columns(source: &Source, at: usize, notes: Option<&Notes>) -> Vec<Column> {
    let mut found: Vec<Column> = Vec::new();
    let mut add = |column: &str, name: &str, becomes: Becomes| {
        if found.iter().any(|known| known.column == column) {
            return;
        }
        let is = |listed: &String| listed == column || listed == name;
        found.push(Column {
            column: column.to_owned(),
            name: name.to_owned(),
            becomes,
            sensitive: source.sensitive.iter().any(is),
            description: described(source, column, name),
        });
    };
    for (role, column) in source.columns.iter() {
        let becomes = match role {
            Role::CustomerId => Becomes::Vault,
            _ => Becomes::Part,
        };
        add(column, role.as_str(), becomes);
    }
    for column in &source.personal {
        add(column, column, Becomes::Vault);
    }
    for (name, column) in &source.traits {
        add(column, name, Becomes::Trait);
    }
    if source.table == Table::Customers {
        let books = notes.iter().flat_map(|notes| &notes.books);
        let own = books.filter(|book| book.source == Some(at));
        for column in own.flat_map(|book| &book.columns) {
            let name = crate::stages::ingest::table_name(&column.name);
            add(&column.name, &name, Becomes::Own);
        }
    }
    found
}

/// What a column means, where the settings say it.
fn described(source: &Source, column: &str, name: &str) -> Option<String> {
    let descriptions = &source.descriptions;
    let found = descriptions.get(name).or_else(|| descriptions.get(column));
    found.cloned()
}

/// What the newest ingest noted; none before the first.
pub(crate) async fn notes(project: &Project) -> Result<Option<Notes>> {
    let stage = project.ledger.latest_stage("ingest").await?;
    Ok(stage.and_then(|stage| serde_json::from_value(stage.details).ok()))
}

/// One line that reminds of what is not declared; none where all is.
pub(crate) fn reminder(settings: &Settings) -> Option<Both> {
    let (sources, controller) = (declared(settings, None), controller(settings));
    let say = |language| perennial_govern::declared::reminder(&sources, &controller, language);
    Some(Both::new(
        say(perennial_govern::Language::En)?,
        say(perennial_govern::Language::Zh)?,
    ))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn settings(more: &str) -> Settings {
        let text = format!(
            "format = 1\n[project]\ncurrency = \"EUR\"\n[[source]]\npath = \"a.csv\"\ntable = \"order_lines\"\n\
             columns = {{ customer_id = \"Who\", time = \"When\", amount = \"Sum\" }}\n\
             traits = {{ plan = \"Plan\" }}\npersonal = [\"Mail\"]\n{more}"
        );
        Settings::parse(&text, Path::new("perennial.toml"), std::iter::empty(), &[]).unwrap()
    }

    #[test]
    fn declarations_come_from_the_settings_and_change_no_reading() {
        let bare = settings("");
        let said = settings(
            "owner = \"sales\"\nlegal_ground = \"contract\"\npurpose = \"to deliver\"\nkeep = \"3y\"\n\
             must_keep = \"1y\"\nsensitive = [\"plan\"]\ndescriptions = { Plan = \"the tariff\" }\n\
             [privacy]\ncontroller = \"Shop\"\ncontact = \"privacy@shop.example\"\n",
        );
        assert_eq!(bare.settings_hash(), said.settings_hash());
        let declared = declared(&said, None);
        let source = &declared[0];
        assert_eq!(source.legal_ground.as_deref(), Some("contract"));
        assert_eq!(
            (source.keep.as_deref(), source.must_keep.as_deref()),
            (Some("3y"), Some("1y"))
        );
        let plan = source.columns.iter().find(|c| c.name == "plan").unwrap();
        assert!(plan.sensitive && plan.becomes == Becomes::Trait);
        assert_eq!(plan.description.as_deref(), Some("the tariff"));
        let vault = source
            .columns
            .iter()
            .filter(|c| c.becomes == Becomes::Vault);
        let vault: Vec<&str> = vault.map(|c| c.column.as_str()).collect();
        assert_eq!(vault, ["Who", "Mail"]);
        assert_eq!(reminder(&said), None);
        assert!(reminder(&bare).unwrap().en.contains("`owner`"));
    }
}
