//! One pass over a table of histories, in which all that the built-in rules need is
//! counted: file by file, some at a time, and the same whatever the threads.

use std::collections::BTreeMap;

use perennial_lake::arrow::array::{
    Array, ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray,
};
use perennial_lake::arrow::compute::cast;
use perennial_lake::arrow::datatypes::DataType;
use perennial_lake::tables::{DataFile, Lake, Table as LakeTable, file_batches};
use perennial_lake::{arrow, parallel};
use perennial_quality::LogHistogram;
use perennial_quality::codes::Code;
use perennial_quality::hash::QuickMap;
use perennial_quality::logs::bin_of;
use perennial_quality::prices::{ByMonth, hash_of};
use perennial_quality::rhythm::{Days, month_of};

use super::sources::{Known, Reading};
use crate::project::Project;
use crate::settings::Table;
use crate::{Error, Result};

/// Codes of products that are told apart; about 100 MB.
const CODES_MAX: usize = 500_000;
/// Columns whose commonest values are compared between loads.
const CATEGORIES: [&str; 3] = ["product_id", "channel", "name"];

/// Rows of one side of a comparison between loads.
#[derive(Default, Clone)]
pub(super) struct Side {
    pub rows: u64,
    /// Missing values by column.
    pub missing: Vec<u64>,
    pub amounts: LogHistogram,
    /// Counts of values by category.
    pub categories: Vec<QuickMap<String, u64>>,
}

/// What was counted of one source.
#[derive(Default, Clone)]
pub(super) struct OfSource {
    pub days: Days,
    pub months: BTreeMap<i32, LogHistogram>,
    pub loads: BTreeMap<usize, LogHistogram>,
    /// The loads before the newest, and the newest.
    pub sides: [Side; 2],
    /// Returns that could be linked, and those that were.
    pub returns: (u64, u64),
}

impl OfSource {
    /// Rows of both sides.
    pub fn rows(&self) -> u64 {
        self.sides.iter().map(|side| side.rows).sum()
    }

    /// Missing values of a column, both sides.
    pub fn missing(&self, column: usize) -> u64 {
        let sides = self.sides.iter();
        sides.filter_map(|side| side.missing.get(column)).sum()
    }

    /// Amounts of all months.
    pub fn amounts(&self) -> LogHistogram {
        let mut all = LogHistogram::default();
        self.sides.iter().for_each(|side| all.merge(&side.amounts));
        all
    }
}

/// What was counted of a table.
#[derive(Default, Clone)]
pub(super) struct Tally {
    /// The columns that some source names.
    pub columns: Vec<String>,
    /// Those of them that are categories.
    pub categories: Vec<String>,
    pub sources: Vec<OfSource>,
    pub codes: QuickMap<String, Code>,
    /// Lines whose code came too late to be told apart.
    pub codes_left_out: u64,
    pub prices: ByMonth,
}

impl Tally {
    /// Counts the rows of a table at a version.
    pub async fn of(project: &Project, known: &Known, table: Table, version: i64) -> Result<Self> {
        let Some(stored) = LakeTable::open(&project.lake, table.as_str(), Some(version)).await?
        else {
            return Ok(Self::default());
        };
        let empty = Self::new(known, table);
        let lake = &project.lake;
        let files: Vec<DataFile> = stored.files.clone();
        let parts = parallel::map(files, project.threads(), |file| {
            let mut part = empty.clone();
            part.add_file(lake, known, table, &file)?;
            Ok::<_, Error>(part)
        })?;
        let mut whole = empty.clone();
        parts.iter().for_each(|part| whole.merge(part));
        Ok(whole)
    }

    fn new(known: &Known, table: Table) -> Self {
        let mut columns: Vec<String> = known
            .of(table)
            .flat_map(|(_, source)| source.columns.iter().cloned())
            .collect();
        columns.sort();
        columns.dedup();
        let role = |name: &String| crate::settings::Role::from_word(name).is_some();
        let is_category = |name: &&String| CATEGORIES.contains(&name.as_str()) || !role(name);
        let categories: Vec<String> = columns.iter().filter(is_category).cloned().collect();
        let side = Side {
            missing: vec![0; columns.len()],
            categories: vec![QuickMap::default(); categories.len()],
            ..Side::default()
        };
        let source = OfSource {
            sides: [side.clone(), side],
            ..OfSource::default()
        };
        Self {
            sources: vec![source; known.sources.len()],
            columns,
            categories,
            ..Self::default()
        }
    }

    fn add_file(
        &mut self,
        lake: &Lake,
        known: &Known,
        table: Table,
        file: &DataFile,
    ) -> Result<()> {
        let own = [
            "time",
            "ingest_id",
            "amount",
            "quantity",
            "unit_price",
            "product_id",
        ];
        let named: Vec<String> = self.columns.clone();
        let more = named
            .iter()
            .map(String::as_str)
            .filter(|c| !own.contains(c));
        let wanted: Vec<&str> = own.into_iter().chain(more).collect();
        for batch in file_batches(lake, table.as_str(), file, Some(&wanted))? {
            self.add(known, &Batch::new(&batch?)?);
        }
        Ok(())
    }

    fn add(&mut self, known: &Known, batch: &Batch) {
        let columns: Vec<Option<&ArrayRef>> =
            self.columns.iter().map(|c| batch.column(c)).collect();
        let categories: Vec<Option<StringArray>> =
            self.categories.iter().map(|c| batch.texts(c)).collect();
        let products = batch.texts("product_id");
        for row in 0..batch.rows {
            let Some(reading) = batch.reading(known, row) else {
                continue;
            };
            let is_new = known.sources[reading.source].newest == reading.load;
            let of_source = &mut self.sources[reading.source];
            let time = batch.times.value(row);
            of_source.days.add(time);
            let side = &mut of_source.sides[usize::from(is_new)];
            side.rows += 1;
            for (missing, column) in side.missing.iter_mut().zip(&columns) {
                *missing += u64::from(column.is_none_or(|c| c.is_null(row)));
            }
            if known.sources[reading.source].has_before {
                for (counts, texts) in side.categories.iter_mut().zip(&categories) {
                    count(
                        counts,
                        texts
                            .as_ref()
                            .filter(|t| t.is_valid(row))
                            .map(|t| t.value(row)),
                    );
                }
            }
            if let Some(amount) = batch.amount(row) {
                let month = month_of(time);
                if let Some(bin) = bin_of(amount.abs()) {
                    side.amounts.add_bin(bin, 1);
                    of_source.months.entry(month).or_default().add_bin(bin, 1);
                    of_source
                        .loads
                        .entry(reading.load)
                        .or_default()
                        .add_bin(bin, 1);
                }
                let product = products
                    .as_ref()
                    .filter(|p| p.is_valid(row))
                    .map(|p| p.value(row));
                if let Some(product) = product {
                    self.add_product(product, month, batch.price(row));
                }
            }
        }
    }

    fn add_product(&mut self, product: &str, month: i32, price: Option<f64>) {
        if let Some(price) = price.filter(|price| *price > 0.0) {
            self.prices.add(hash_of(product), month, price);
        }
        if !self.codes.contains_key(product) {
            if self.codes.len() >= CODES_MAX {
                self.codes_left_out += 1;
                return;
            }
            let code = Code {
                name: product.to_owned(),
                ..Code::default()
            };
            self.codes.insert(product.to_owned(), code);
        }
        if let Some(code) = self.codes.get_mut(product) {
            code.lines += 1;
            code.prices.add(price.unwrap_or(0.0));
        }
    }

    fn merge(&mut self, other: &Self) {
        for (own, other) in self.sources.iter_mut().zip(&other.sources) {
            own.days.merge(&other.days);
            for (month, amounts) in &other.months {
                own.months.entry(*month).or_default().merge(amounts);
            }
            for (load, amounts) in &other.loads {
                own.loads.entry(*load).or_default().merge(amounts);
            }
            for (own, other) in own.sides.iter_mut().zip(&other.sides) {
                own.rows += other.rows;
                own.amounts.merge(&other.amounts);
                let missing = own.missing.iter_mut().zip(&other.missing);
                missing.for_each(|(own, other)| *own += other);
                for (own, other) in own.categories.iter_mut().zip(&other.categories) {
                    for (name, rows) in other {
                        *own.entry(name.clone()).or_default() += rows;
                    }
                }
            }
        }
        for (name, code) in &other.codes {
            let own = self.codes.entry(name.clone()).or_insert_with(|| Code {
                name: name.clone(),
                ..Code::default()
            });
            own.lines += code.lines;
            own.prices.merge(&code.prices);
        }
        self.codes_left_out += other.codes_left_out;
        self.prices.merge(&other.prices);
    }
}

/// Counts a value among at most [`CODES_MAX`]; later new ones are one.
fn count(counts: &mut QuickMap<String, u64>, value: Option<&str>) {
    let value = value.unwrap_or("");
    if let Some(count) = counts.get_mut(value) {
        *count += 1;
    } else if counts.len() >= CODES_MAX {
        *counts.entry("\u{1}other".to_owned()).or_default() += 1;
    } else {
        counts.insert(value.to_owned(), 1);
    }
}

/// A batch with the columns that every rule looks at.
struct Batch {
    rows: usize,
    batch: RecordBatch,
    times: Int64Array,
    readings: Int64Array,
    amounts: Option<Float64Array>,
    quantities: Option<Float64Array>,
    prices: Option<Float64Array>,
}

impl Batch {
    fn new(batch: &RecordBatch) -> Result<Self> {
        let ints = |name: &str| -> Result<Int64Array> {
            let found = column_as(batch, name, &DataType::Int64)?;
            let ints = found.and_then(|c| c.as_any().downcast_ref::<Int64Array>().cloned());
            Ok(ints.unwrap_or_else(|| Int64Array::new_null(batch.num_rows())))
        };
        let floats = |name: &str| -> Result<Option<Float64Array>> {
            let found = column_as(batch, name, &DataType::Float64)?;
            Ok(found.and_then(|c| c.as_any().downcast_ref::<Float64Array>().cloned()))
        };
        Ok(Self {
            rows: batch.num_rows(),
            times: ints("time")?,
            readings: ints("ingest_id")?,
            amounts: floats("amount")?,
            quantities: floats("quantity")?,
            prices: floats("unit_price")?,
            batch: batch.clone(),
        })
    }

    fn column(&self, name: &str) -> Option<&ArrayRef> {
        self.batch.column_by_name(name)
    }

    fn texts(&self, name: &str) -> Option<StringArray> {
        let found = column_as(&self.batch, name, &DataType::Utf8)
            .ok()
            .flatten()?;
        found.as_any().downcast_ref::<StringArray>().cloned()
    }

    fn reading(&self, known: &Known, row: usize) -> Option<Reading> {
        known.readings.get(&self.readings.value(row)).copied()
    }

    fn amount(&self, row: usize) -> Option<f64> {
        let amounts = self.amounts.as_ref()?;
        amounts.is_valid(row).then(|| amounts.value(row))
    }

    /// The unit price, or the amount of one piece where none is given.
    fn price(&self, row: usize) -> Option<f64> {
        let of = |column: &Option<Float64Array>| {
            let column = column.as_ref().filter(|c| c.is_valid(row))?;
            Some(column.value(row))
        };
        let each = || {
            let quantity = of(&self.quantities).filter(|q| *q != 0.0)?;
            Some(of(&self.amounts)? / quantity)
        };
        of(&self.prices).or_else(each)
    }
}

/// A column of a batch as another type; none where the batch has it not.
pub(super) fn column_as(
    batch: &RecordBatch,
    name: &str,
    to: &DataType,
) -> Result<Option<ArrayRef>> {
    let Some(column) = batch.column_by_name(name) else {
        return Ok(None);
    };
    Ok(Some(cast_to(column, to)?))
}

/// A column as another type.
pub(super) fn cast_to(column: &ArrayRef, to: &DataType) -> Result<ArrayRef> {
    let cast: Result<ArrayRef, arrow::error::ArrowError> = cast(column, to);
    Ok(cast.map_err(perennial_lake::Error::from)?)
}
