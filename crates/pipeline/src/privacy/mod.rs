//! A person's rights: everything held of them shown, and forgotten whole.

mod books;
mod erase;
mod export;

use perennial_lake::sources::read::normal_identifier;
use perennial_ledger::Vault;

pub(crate) use erase::finish_begun;
pub use erase::{Erased, erase};
pub use export::{Exported, export};

use crate::answer::moment;
use crate::stages::ingest::KIND;
use crate::{Error, Result};

/// The pseudonym of whoever has the identifier, as the business writes it.
///
/// # Errors
/// `privacy/person-unknown` where nobody has it; `privacy/person-erased` where
/// the person was erased, with the day.
pub(crate) async fn subject_of(vault: &Vault, identifier: &str) -> Result<i64> {
    let identifier = normal_identifier(identifier);
    if let Some(subject_id) = vault.subject_id_of(KIND, identifier).await? {
        return Ok(subject_id);
    }
    Err(match vault.forgotten(KIND, identifier).await? {
        Some(forgotten) => Error::cannot(
            "privacy/person-erased",
            format!(
                "nothing is held of `{identifier}`: erased on {}",
                moment(forgotten.finished_at_us)
            ),
            "what is read of this person from now on is left out; only a hash is kept to know them by",
        ),
        None => Error::cannot(
            "privacy/person-unknown",
            format!("no customer is called `{identifier}`"),
            "write the identifier as your files do; in a table without identifiers it is `row 1` and so on",
        ),
    })
}
