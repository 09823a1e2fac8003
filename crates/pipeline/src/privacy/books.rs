//! The books and the quarantine after a person was forgotten: rows read stay
//! rows kept, set aside and duplicates together, and no raw record that names
//! the person is left.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use perennial_lake::arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray, new_null_array,
};
use perennial_lake::arrow::compute::concat_batches;
use perennial_lake::arrow::datatypes::{Int64Type, SchemaRef, TimestampMicrosecondType};
use perennial_lake::tables::{read_all, write_table};
use perennial_ledger::Vault;

use crate::Result;
use crate::project::Project;
use crate::stages::ingest::{ERASED, Notes};

/// Records that went, by reading: their numbers in the file.
pub(super) type Records = BTreeMap<i64, Vec<i64>>;

/// What names a person in a record: groups of words, each of which stands in it whole.
pub(super) struct Names(pub(super) Vec<Vec<String>>);

impl Names {
    /// Whether all words of a group stand among the texts.
    pub(super) fn stand_among<'a, I: Iterator<Item = &'a [u8]>>(
        &self,
        texts: impl Fn() -> I,
    ) -> bool {
        let stands = |word: &String| texts().any(|text| holds(text, word));
        let mut groups = self.0.iter();
        groups.any(|words| !words.is_empty() && words.iter().all(stands))
    }

    fn stand_in(&self, record: &[u8]) -> bool {
        let mut groups = self.0.iter();
        groups.any(|words| !words.is_empty() && words.iter().all(|word| holds(record, word)))
    }
}

/// The table as one batch; none where it has no row. Rows of before a column was
/// there have none.
async fn whole(
    project: &Project,
    name: &str,
    version: i64,
) -> Result<Option<(SchemaRef, RecordBatch)>> {
    let batches = read_all(&project.lake, name, Some(version), None).await?;
    let Some(widest) = batches.iter().max_by_key(|batch| batch.num_columns()) else {
        return Ok(None);
    };
    let schema = widest.schema();
    let filled = batches.iter().map(|batch| {
        let columns = schema.fields().iter().map(|field| {
            let there = batch.column_by_name(field.name()).cloned();
            there.unwrap_or_else(|| new_null_array(field.data_type(), batch.num_rows()))
        });
        RecordBatch::try_new(schema.clone(), columns.collect())
    });
    let filled: std::result::Result<Vec<_>, _> = filled.collect();
    let filled = filled.map_err(perennial_lake::Error::from)?;
    let batch = concat_batches(&schema, &filled).map_err(perennial_lake::Error::from)?;
    Ok(Some((schema, batch)))
}

/// The batch with some of its columns replaced.
fn with(batch: &RecordBatch, columns: Vec<(&str, ArrayRef)>) -> Result<RecordBatch> {
    let mut arrays = batch.columns().to_vec();
    for (name, array) in columns {
        if let Ok(place) = batch.schema().index_of(name) {
            arrays[place] = array;
        }
    }
    let made = RecordBatch::try_new(batch.schema(), arrays);
    Ok(made.map_err(perennial_lake::Error::from)?)
}

fn ints<'a>(batch: &'a RecordBatch, name: &str) -> Option<&'a Int64Array> {
    batch.column_by_name(name)?.as_primitive_opt::<Int64Type>()
}

/// The books: of each reading the rows that went are set aside, not kept.
pub(super) async fn ingests(project: &Project, version: i64, gone: &Records) -> Result<i64> {
    let Some((schema, batch)) = whole(project, "ingests", version).await? else {
        return Ok(version);
    };
    let moved = |reading: i64| gone.get(&reading).map_or(0, |records| records.len() as i64);
    let batch = shifted(&batch, &[("kept", -1), ("quarantined", 1)], &moved)?;
    Ok(write_table(&project.lake, "ingests", &schema, &[batch]).await?)
}

/// The books after rows were let go: so many of each reading, which has none before
/// its cut any more.
pub(super) async fn past_keeping(
    project: &Project,
    version: i64,
    gone: &BTreeMap<i64, u64>,
    cuts: &HashMap<i64, i64>,
) -> Result<i64> {
    let Some((schema, batch)) = whole(project, "ingests", version).await? else {
        return Ok(version);
    };
    let moved = |reading: i64| gone.get(&reading).map_or(0, |rows| *rows as i64);
    let columns = [("kept", -1), ("quarantined", 1), ("past_keeping", 1)];
    let batch = shifted(&batch, &columns, &moved)?;
    let batch = without_times(&batch, cuts)?;
    Ok(write_table(&project.lake, "ingests", &schema, &[batch]).await?)
}

/// The first and the last moment of each reading, as they are without what lies
/// before its cut.
fn without_times(batch: &RecordBatch, cuts: &HashMap<i64, i64>) -> Result<RecordBatch> {
    let times = |name: &str| {
        let column = batch.column_by_name(name)?;
        column.as_primitive_opt::<TimestampMicrosecondType>()
    };
    let (readings, first, last) = (
        ints(batch, "ingest_id"),
        times("first_time"),
        times("last_time"),
    );
    let (Some(readings), Some(first), Some(last)) = (readings, first, last) else {
        return Ok(batch.clone());
    };
    let both = readings.values().iter().zip(first.iter().zip(last.iter()));
    let both: Vec<Option<(i64, i64)>> = both
        .map(|(reading, (first, last))| span_since(first.zip(last), cuts.get(reading).copied()))
        .collect();
    let column = |pick: fn((i64, i64)) -> i64| -> ArrayRef {
        let values = both.iter().map(|span| span.map(pick));
        let values: TimestampMicrosecondArray = values.collect();
        Arc::new(values.with_data_type(first.data_type().clone()))
    };
    let columns = vec![
        ("first_time", column(|span| span.0)),
        ("last_time", column(|span| span.1)),
    ];
    with(batch, columns)
}

/// What is left of the time between two moments from a cut on.
pub(super) fn span_since(span: Option<(i64, i64)>, cut: Option<i64>) -> Option<(i64, i64)> {
    match (span, cut) {
        (Some((_, last)), Some(cut)) if last < cut => None,
        (Some((first, last)), Some(cut)) => Some((first.max(cut), last)),
        (span, _) => span,
    }
}

/// The rows of `ingests` with so many rows of each reading added to some of the
/// columns, or taken from them.
fn shifted(
    batch: &RecordBatch,
    columns: &[(&'static str, i64)],
    moved: &dyn Fn(i64) -> i64,
) -> Result<RecordBatch> {
    let Some(readings) = ints(batch, "ingest_id") else {
        return Ok(batch.clone());
    };
    let column = |(name, sign): &(&'static str, i64)| -> (&'static str, ArrayRef) {
        let values = ints(batch, name).map(|values| {
            let pairs = values.iter().zip(readings.values());
            // Rows of before a column was there have none of what it counts.
            let shifted = pairs.map(|(value, reading)| {
                let moved = sign * moved(*reading);
                value
                    .map(|value| value + moved)
                    .or((moved > 0).then_some(moved))
            });
            shifted.collect::<Int64Array>()
        });
        let none = || Int64Array::new_null(batch.num_rows());
        (*name, Arc::new(values.unwrap_or_else(none)))
    };
    with(batch, columns.iter().map(column).collect())
}

/// The same in the stage's notes.
pub(super) fn notes(notes: &mut Notes, gone: &Records) {
    for book in &mut notes.books {
        let rows = gone
            .get(&book.ingest_id)
            .map_or(0, |records| records.len() as u64);
        if rows == 0 {
            continue;
        }
        book.kept = book.kept.saturating_sub(rows);
        book.quarantined += rows;
        *book.reasons.entry(ERASED.to_owned()).or_default() += rows;
    }
}

/// The quarantine: a row without text for every record that went, and without
/// the text of any record that names the person.
pub(super) async fn quarantine(
    project: &Project,
    vault: &Vault,
    version: i64,
    hashes: &HashMap<i64, [u8; 32]>,
    names: &Names,
    gone: &Records,
) -> Result<i64> {
    let batches = read_all(&project.lake, "quarantine", Some(version), None).await?;
    let mut out = Vec::with_capacity(batches.len() + 1);
    let mut schema = None;
    for batch in &batches {
        schema.get_or_insert_with(|| batch.schema());
        out.push(without_texts(vault, batch, hashes, names)?);
    }
    let rows: Vec<(i64, i64)> = gone
        .iter()
        .flat_map(|(reading, records)| records.iter().map(|record| (*reading, *record)))
        .collect();
    let schema = schema.unwrap_or_else(crate::stages::ingest::quarantine_schema);
    let none = vec![None::<&str>; rows.len()];
    let columns: Vec<ArrayRef> = vec![
        Arc::new(
            rows.iter()
                .map(|(reading, _)| Some(*reading))
                .collect::<Int64Array>(),
        ),
        Arc::new(
            rows.iter()
                .map(|(_, record)| Some(*record))
                .collect::<Int64Array>(),
        ),
        Arc::new(StringArray::from(none)),
        Arc::new(StringArray::from(vec![ERASED; rows.len()])),
        Arc::new(BinaryArray::from(vec![&b""[..]; rows.len()])),
        Arc::new(StringArray::from(vec![""; rows.len()])),
    ];
    let added = RecordBatch::try_new(schema.clone(), columns);
    out.push(added.map_err(perennial_lake::Error::from)?);
    Ok(write_table(&project.lake, "quarantine", &schema, &out).await?)
}

/// The quarantine without the texts of some readings, whose time has passed.
pub(super) async fn without_old_texts(
    project: &Project,
    version: i64,
    readings: &BTreeSet<i64>,
) -> Result<i64> {
    let mut batches = read_all(&project.lake, "quarantine", Some(version), None).await?;
    for batch in &mut batches {
        let sealed = batch
            .column_by_name("raw_sealed")
            .and_then(|c| c.as_binary_opt::<i32>());
        let (Some(of), Some(sealed)) = (ints(batch, "ingest_id"), sealed) else {
            continue;
        };
        let kept = (0..batch.num_rows()).map(|row| match readings.contains(&of.value(row)) {
            true => &b""[..],
            false => sealed.value(row),
        });
        let kept = Arc::new(BinaryArray::from_iter_values(kept)) as ArrayRef;
        *batch = with(batch, vec![("raw_sealed", kept)])?;
    }
    let Some(schema) = batches.first().map(RecordBatch::schema) else {
        return Ok(version);
    };
    Ok(write_table(&project.lake, "quarantine", &schema, &batches).await?)
}

/// The batch without the sealed text of records that name the person.
fn without_texts(
    vault: &Vault,
    batch: &RecordBatch,
    hashes: &HashMap<i64, [u8; 32]>,
    names: &Names,
) -> Result<RecordBatch> {
    let sealed = batch
        .column_by_name("raw_sealed")
        .and_then(|c| c.as_binary_opt::<i32>());
    let (Some(readings), Some(sealed)) = (ints(batch, "ingest_id"), sealed) else {
        return Ok(batch.clone());
    };
    let mut kept: Vec<&[u8]> = Vec::with_capacity(batch.num_rows());
    for row in 0..batch.num_rows() {
        let text = sealed.value(row);
        let hash = hashes.get(&readings.value(row));
        let plain = match (hash, text.is_empty()) {
            (Some(hash), false) => vault.open_raw(hash, text)?,
            _ => Vec::new(),
        };
        kept.push(if names.stand_in(&plain) { b"" } else { text });
    }
    with(
        batch,
        vec![("raw_sealed", Arc::new(BinaryArray::from(kept)) as ArrayRef)],
    )
}

/// A record set aside that names the person.
pub(super) struct Named {
    pub reading: i64,
    /// Its number in the file.
    pub record: i64,
    pub reason: String,
    pub text: String,
}

/// The records in quarantine that name the person.
pub(super) async fn named(
    project: &Project,
    vault: &Vault,
    version: i64,
    hashes: &HashMap<i64, [u8; 32]>,
    names: &Names,
) -> Result<Vec<Named>> {
    let mut found = Vec::new();
    for batch in read_all(&project.lake, "quarantine", Some(version), None).await? {
        let sealed = (batch.column_by_name("raw_sealed")).and_then(|c| c.as_binary_opt::<i32>());
        let reasons = (batch.column_by_name("reason")).and_then(|c| c.as_string_opt::<i32>());
        let (readings, rows) = (ints(&batch, "ingest_id"), ints(&batch, "row"));
        let (Some(sealed), Some(reasons), Some(readings), Some(rows)) =
            (sealed, reasons, readings, rows)
        else {
            continue;
        };
        for row in 0..batch.num_rows() {
            let hash = hashes.get(&readings.value(row));
            let Some(hash) = hash.filter(|_| !sealed.value(row).is_empty()) else {
                continue;
            };
            let plain = vault.open_raw(hash, sealed.value(row))?;
            if names.stand_in(&plain) {
                found.push(Named {
                    reading: readings.value(row),
                    record: rows.value(row),
                    reason: reasons.value(row).to_owned(),
                    text: String::from_utf8_lossy(&plain).into_owned(),
                });
            }
        }
    }
    Ok(found)
}

/// Whether a record holds a word, alone between signs, in any of the usual
/// ways of writing characters.
pub(super) fn holds(record: &[u8], word: &str) -> bool {
    let wide =
        |order: fn(u16) -> [u8; 2]| -> Vec<u8> { word.encode_utf16().flat_map(order).collect() };
    let forms = [
        (word.as_bytes().to_vec(), 1),
        (wide(u16::to_le_bytes), 2),
        (wide(u16::to_be_bytes), 2),
    ];
    forms
        .iter()
        .any(|(form, step)| found_alone(record, form, *step))
}

fn found_alone(record: &[u8], form: &[u8], step: usize) -> bool {
    if form.is_empty() || record.len() < form.len() {
        return false;
    }
    let is_part = |at: Option<&u8>| at.is_some_and(u8::is_ascii_alphanumeric);
    (0..=record.len() - form.len()).any(|at| {
        let end = at + form.len();
        // The other byte of a wide letter of ASCII is zero.
        let before =
            (1..=step).any(|back| is_part(at.checked_sub(back).and_then(|i| record.get(i))));
        let after = (0..step).any(|on| is_part(record.get(end + on)));
        &record[at..end] == form && !before && !after
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_begins_where_its_rows_do() {
        assert_eq!(span_since(Some((1, 9)), Some(4)), Some((4, 9)));
        assert_eq!(span_since(Some((5, 9)), Some(4)), Some((5, 9)));
        assert_eq!(span_since(Some((1, 3)), Some(4)), None);
        assert_eq!(span_since(Some((1, 3)), None), Some((1, 3)));
        assert_eq!(span_since(None, Some(4)), None);
    }

    #[test]
    fn a_person_is_named_by_all_words_of_a_group() {
        let group = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let names = Names(vec![group(&["c12"]), group(&["Ann", "Lee"]), group(&[])]);
        assert!(names.stand_in(b"c12;Bonn") && names.stand_in(b"Lee,x,Ann"));
        assert!(!names.stand_in(b"Ann,Fox") && !names.stand_in(b"Tom,Lee"));
    }

    #[test]
    fn a_word_is_found_alone_and_in_wide_letters() {
        assert!(holds(b"2024,c12,x", "c12"));
        assert!(holds(b"c12", "c12"));
        assert!(!holds(b"2024,c123,x", "c12") && !holds(b"xc12,", "c12"));
        let wide: Vec<u8> = "9,c12;".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(holds(&wide, "c12"));
        let longer: Vec<u8> = "9,c123;"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert!(!holds(&longer, "c12"));
        assert!(holds("张三，会员".as_bytes(), "张三"));
        assert!(!holds(b"", "c12") && !holds(b"c12", ""));
    }
}
