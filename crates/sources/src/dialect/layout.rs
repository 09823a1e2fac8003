//! What stands between the cells of a text, and whether quotes quote.

use super::{Delimiter, Given, RECORDS_MAX, header};
use crate::records::delimited::{Rules, split_all};

/// Delimiter, quotes and number of columns.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    pub delimiter: Delimiter,
    pub quote: Option<u8>,
    pub width: usize,
    /// Share of records with that many cells, lowered by signs against it.
    pub score: f64,
}

/// Candidates in the order of preference among equals: what is rare in text
/// and numbers first.
pub(super) const DELIMITERS: [u8; 4] = [b'\t', b';', b'|', b','];

/// The likeliest layout that agrees with what is given.
pub(super) fn layout(text: &[u8], terminator: u8, whole: bool, given: &Given) -> Layout {
    let named = match given.delimiter {
        Some(Delimiter::Blanks) => return try_blanks(text, terminator, whole),
        Some(Delimiter::Byte(byte)) => Some(byte),
        None => None,
    };
    let attempt = |delimiter| try_delimiter(text, terminator, whole, delimiter, given.quote);
    let mut best: Option<Layout> = None;
    let candidates: &[u8] = named.as_ref().map_or(&DELIMITERS, std::slice::from_ref);
    for delimiter in candidates {
        let found = attempt(*delimiter);
        if (found.width >= 2 || named.is_some())
            && best.is_none_or(|best| found.score > best.score + 0.02)
        {
            best = Some(found);
        }
    }
    if let Some(best) = best
        && (best.score >= 0.9 || named.is_some())
    {
        return best;
    }
    let blanks = try_blanks(text, terminator, whole);
    match best {
        _ if blanks.score >= 0.95 => blanks,
        Some(best) if best.score >= 0.5 => best,
        // One column: a comma that never occurs, or only inside quotes.
        _ => Layout {
            delimiter: Delimiter::Byte(b','),
            ..attempt(b',')
        },
    }
}

fn try_delimiter(
    text: &[u8],
    terminator: u8,
    whole: bool,
    delimiter: u8,
    given: Option<Option<u8>>,
) -> Layout {
    let rules = |quote| Rules {
        delimiter: Delimiter::Byte(delimiter),
        quote,
        terminator,
        has_totals: true,
    };
    let measure = |quote| {
        let (records, faulty) = split_all(text, &rules(quote), RECORDS_MAX, whole);
        let (width, score) = consistency(records.iter().map(Vec::len), faulty);
        Layout {
            delimiter: Delimiter::Byte(delimiter),
            quote,
            width,
            score,
        }
    };
    if let Some(quote) = given {
        return measure(quote);
    }
    let quoting = measure(Some(b'"'));
    let literal = measure(None);
    // Quotes quote unless reading them as text is clearly the better account.
    if literal.score > quoting.score + 0.01 && literal.width >= 2 {
        literal
    } else {
        quoting
    }
}

/// The commonest number of cells and the share of records that have it; lowered
/// where the first record differs (a header does not).
fn consistency(widths: impl Iterator<Item = usize>, faulty: usize) -> (usize, f64) {
    let widths: Vec<usize> = widths.collect();
    let mut counts = std::collections::BTreeMap::new();
    for width in &widths {
        *counts.entry(*width).or_insert(0_usize) += 1;
    }
    let Some((&width, &count)) = counts
        .iter()
        .max_by_key(|(width, count)| (**count, **width))
    else {
        return (0, 0.0);
    };
    let share = count as f64 / (widths.len() + faulty) as f64;
    let first_differs = widths.first().is_some_and(|first| *first != width);
    (width, if first_differs { share - 0.2 } else { share })
}

/// Blank-separated columns: every line with equally many, at least half of
/// them numbers, so that prose is not taken for a table.
fn try_blanks(text: &[u8], terminator: u8, whole: bool) -> Layout {
    let rules = Rules {
        delimiter: Delimiter::Blanks,
        quote: None,
        terminator,
        has_totals: true,
    };
    let (records, faulty) = split_all(text, &rules, RECORDS_MAX, whole);
    let (width, share) = consistency(records.iter().map(Vec::len), faulty);
    let (mut cells, mut numbers) = (0, 0);
    for record in records
        .iter()
        .skip(1)
        .chain(records.first().filter(|_| records.len() == 1))
    {
        cells += record.len();
        numbers += record
            .iter()
            .filter(|cell| header::is_value(&String::from_utf8_lossy(cell)))
            .count();
    }
    let table = width >= 2 && numbers * 2 >= cells;
    Layout {
        delimiter: Delimiter::Blanks,
        quote: None,
        width,
        score: if table { share } else { 0.0 },
    }
}
