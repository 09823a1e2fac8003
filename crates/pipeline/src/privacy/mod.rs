//! A person's rights: everything held of them shown, and forgotten whole.

mod books;
mod erase;
mod export;
mod keeping;
mod repairs;
mod restrict;
mod retention;
mod rewrite;
mod rotate;

use perennial_lake::sources::read::normal_identifier;
use perennial_ledger::Vault;

pub(crate) use erase::finish_begun;
pub use erase::{Erased, erase};
pub(crate) use export::rows_of;
pub use export::{Exported, export};
pub use restrict::{Limited, restrict, unrestrict};
pub(crate) use restrict::{Restricted, refuse_restricted};
pub(crate) use retention::{cut_of, forget_older, let_go};
pub(crate) use rotate::settle_key;
pub use rotate::{KeyRotated, rotate_key};

use crate::answer::{listed, moment};
use crate::stages::ingest::KIND;
use crate::{Error, Result};

/// People named where several have an address or a number.
const NAMED_MAX: usize = 6;

/// The pseudonym of whoever has the identifier, as the business writes it; or, where
/// nobody has, the e-mail address or telephone number.
///
/// # Errors
/// `privacy/person-unknown` where nobody has it; `privacy/person-ambiguous` where
/// several people have the address or number; `privacy/person-erased` where
/// the person was erased, with the day.
pub(crate) async fn subject_of(vault: &Vault, identifier: &str) -> Result<i64> {
    let identifier = normal_identifier(identifier);
    if let Some(subject_id) = vault.subject_id_of(KIND, identifier).await? {
        return Ok(subject_id);
    }
    let reached = vault.reached_by(identifier).await?;
    match reached.as_slice() {
        [] => {}
        [subject_id] => return Ok(*subject_id),
        several => return Err(ambiguous(vault, identifier, several).await?),
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
            "write the identifier as your files do, or an e-mail address or telephone number from a `personal` column; in a table without identifiers it is `row 1` and so on",
        ),
    })
}

/// That several people have an address or a number, with their identifiers.
async fn ambiguous(vault: &Vault, identifier: &str, several: &[i64]) -> Result<Error> {
    let names = vault.reveal(several).await?;
    let names = listed(names.iter().flatten().map(String::as_str), NAMED_MAX);
    Ok(Error::cannot(
        "privacy/person-ambiguous",
        format!("{} people have `{identifier}`", several.len()),
        format!("name one of them by the identifier of your files: {names}"),
    ))
}
