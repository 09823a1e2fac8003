//! Records that people mended and that name somebody: shown, and forgotten.

use perennial_ledger::{Repair, Vault};
use serde_json::{Value, json};

use super::books::{Names, Records};
use crate::Result;
use crate::stages::ingest::mend::Mended;

/// Repairs that name the person, or that are of one of the records.
async fn of_person(vault: &Vault, person: &Names, gone: &Records) -> Result<Vec<(Repair, Mended)>> {
    let mut found = Vec::new();
    for repair in vault.repairs().await? {
        let mended: Mended = serde_json::from_slice(&repair.cells).unwrap_or_default();
        let of_record = gone
            .get(&mended.ingest_id)
            .is_some_and(|records| records.contains(&mended.record));
        // Cell by cell: what JSON escapes would hide a word.
        let cells = || mended.cells.values().map(|cell| cell.as_bytes());
        if of_record || person.stand_among(cells) {
            found.push((repair, mended));
        }
    }
    Ok(found)
}

/// Forgets the repairs that are of the person.
pub(super) async fn forget(vault: &Vault, person: &Names, gone: &Records) -> Result<()> {
    let found = of_person(vault, person, gone).await?;
    let hashes: Vec<[u8; 32]> = found.iter().map(|(repair, _)| repair.record_hash).collect();
    Ok(vault.remove_repairs(&hashes).await?)
}

/// The repairs that name the person, as JSON.
pub(super) async fn shown(vault: &Vault, person: &Names) -> Result<Vec<Value>> {
    let found = of_person(vault, person, &Records::new()).await?;
    let as_json = |(_, mended): (Repair, Mended)| {
        json!({
            "ingest_id": mended.ingest_id,
            "record": mended.record,
            "cells": mended.cells,
        })
    };
    Ok(found.into_iter().map(as_json).collect())
}
