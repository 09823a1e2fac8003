//! All pairs as a file for spreadsheets.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use perennial_ledger::Vault;
use perennial_web::lists::{ListCell, ListColumn, ListTable, to_csv};

use super::suggest::{Compared, Found, SuggestOptions, SuggestedPair, Suggestion};
use super::words;
use crate::answer::{of_pages, pick};
use crate::settings::Language;
use crate::{Error, Result};

/// Groups whose customers are named at a time.
const PART_GROUPS: usize = 10_000;

/// Writes every pair of every group, a row each. Only its owner can read the
/// file; cells that a spreadsheet would take for formulas are guarded as those
/// of the report's lists are.
pub(super) async fn write(
    compared: &Compared,
    vault: &Vault,
    found: &[Found],
    options: &SuggestOptions,
    path: &Path,
) -> Result<()> {
    let mut file = BufWriter::new(private(path)?);
    let failed = || Error::io("write", path);
    let mut list = empty(options.language);
    file.write_all(to_csv(&list).as_bytes()).map_err(failed())?;
    let header = to_csv(&list).len();
    let mut number = 0;
    for part in found.chunks(PART_GROUPS) {
        list.rows.clear();
        for group in compared.named(vault, part, options.all).await? {
            number += 1;
            let rows = group.pairs.iter();
            list.rows
                .extend(rows.map(|pair| row(number, &group, pair, options.language)));
        }
        let text = to_csv(&list);
        let rows = text.get(header..).unwrap_or_default();
        file.write_all(rows.as_bytes()).map_err(failed())?;
    }
    file.flush().map_err(failed())
}

/// A file that only its owner can read: it says who is who.
fn private(path: &Path) -> Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(Error::io("write", path))
}

/// The list without rows.
fn empty(language: Language) -> ListTable {
    let columns = [
        ("group", "组"),
        ("customer", "客户"),
        ("other customer", "另一客户"),
        ("probability", "概率"),
        ("weight in bits", "权重（比特）"),
        ("decided", "判定"),
        ("for", "支持"),
        ("against", "反对"),
        ("look", "请核对"),
    ];
    ListTable {
        name: pick(language, "same person", "同一人").to_owned(),
        language: of_pages(language),
        currency: None,
        made_at: jiff::civil::DateTime::default(),
        columns: columns
            .map(|(en, zh)| ListColumn {
                header: pick(language, en, zh).to_owned(),
                width_chars: 16,
            })
            .to_vec(),
        rows: Vec::new(),
    }
}

fn row(number: u64, group: &Suggestion, pair: &SuggestedPair, language: Language) -> Vec<ListCell> {
    let text = |text: &str| match text.is_empty() {
        true => ListCell::Empty,
        false => ListCell::Text(text.to_owned()),
    };
    let rounded = |value: f64, digits: f64| ListCell::Number((value * digits).round() / digits);
    let review = group.review.map(|review| words::review(review, language));
    vec![
        ListCell::Count(number),
        ListCell::Identifier(pair.a.clone()),
        ListCell::Identifier(pair.b.clone()),
        rounded(pair.probability, 1e6),
        rounded(pair.weight_bits, 100.0),
        text(pair.decided.unwrap_or_default()),
        text(&pair.said(true, language)),
        text(&pair.said(false, language)),
        text(review.unwrap_or_default()),
    ]
}
