//! One row of a history as a few bytes, so that it moves, is compared and is
//! sorted as one piece, not column by column.
//!
//! ```text
//! length u32 | flags u8 | tail u8 | customer i64 | time i64            the head
//! present u8 | number u16 of each text that recurs, each trait |
//!     quantity, amount, unit price: i32 each where all fit, else i64 (if the shape has money) |
//!     key, rare numbers, rare texts, texts without a number            what was read
//! record hash u64? | line u40 | ingest u24 | copies i32? | subject i64? where it was read: the tail
//! ```
//!
//! What nearly every row has stands at fixed places, so that writing and
//! reading it is a plain store and load; and it is kept short, since a sort of
//! many rows is as fast as their bytes move. A text is its length, LEB128, and
//! its bytes; a number is that of [`Codes`]. Two rows of one sorter say the
//! same exactly where the bytes between head and tail are equal.

use arrow::array::{Array, Int64Array};

use super::batch::{MoneyColumns, RowBatch, Stored};
use super::codes::Codes;
use super::shape::{HistorySchema, Part};
use super::texts::{MISSING, Numbered, Texts, WRITTEN};
use crate::{Error, Result};

/// Bytes of the head.
pub(super) const HEAD: usize = 22;
/// Stands for a customer who is not known, where lines are compared.
pub(super) const NO_CUSTOMER: i64 = i64::MIN;

/// Where the numbers of texts begin, and bytes of each.
const NUMBERS: usize = HEAD + 1;
const NUMBER: usize = 2;
/// Bytes of quantity, amount and unit price.
const NARROW: usize = 12;
const WIDE: usize = 24;

/// The customer is not known.
const UNKNOWN: u8 = 1;
/// The line is in the table already.
const STORED: u8 = 2;
/// The line was flagged as a repetition.
const REPEAT: u8 = 4;
/// A hash of the whole record is there.
const RECORD: u8 = 8;
/// The subject is another number than the customer.
const SUBJECT: u8 = 16;

/// What of the optional parts is present.
mod has {
    pub const KEY: u8 = 1;
    pub const UNIT_PRICE: u8 = 2;
    /// Quantity, amount and unit price take 64 bits each.
    pub const WIDE: u8 = 4;
    /// Of each rare number, from the first on.
    pub const RARE_NUMBERS: [u8; 3] = [8, 16, 32];
    /// Of each rare text.
    pub const RARE_TEXTS: [u8; 2] = [64, 128];
    /// Of any of them.
    pub const RARE: u8 = 8 | 16 | 32 | 64 | 128;
}

/// Turns batches into rows. A clone gives equal texts the same bytes.
#[derive(Debug, Clone)]
pub(super) struct Encoder {
    /// Texts that recur, traits. Keys hardly recur.
    codes: Vec<Codes>,
    has_money: bool,
    ingests: Vec<i64>,
}

impl Encoder {
    pub fn new(schema: &HistorySchema) -> Self {
        let shape = schema.shape();
        let texts = shape.of(Part::Text).count() + schema.traits().len();
        debug_assert!(shape.rare_numbers().count() <= has::RARE_NUMBERS.len());
        debug_assert!(shape.of(Part::RareText).count() <= has::RARE_TEXTS.len());
        Self {
            codes: vec![Codes::default(); texts],
            has_money: shape.has_money(),
            ingests: Vec::new(),
        }
    }

    /// Where the parts of this encoder's rows stand.
    pub fn layout(&self) -> Layout {
        Layout {
            money: NUMBERS + NUMBER * self.codes.len(),
            has_money: self.has_money,
        }
    }

    /// Calls `each` with the bytes and the customer of every line.
    pub fn encode(
        &mut self,
        batch: &RowBatch<'_>,
        stored: Option<&Stored<'_>>,
        mut each: impl FnMut(&[u8], Option<i64>),
    ) -> Result<()> {
        let layout = self.layout();
        let columns = Columns::of(batch, &mut self.codes, layout)?;
        let mut row = vec![0; layout.money];
        let mut ingest = match stored {
            None => self.ingest(batch.ingest_id)?,
            Some(_) => 0,
        };
        for (i, &at) in batch.rows.iter().enumerate() {
            let at = at as usize;
            let customer = batch.customer_id[i];
            columns.put(&mut row, i, at);
            let content_end = row.len();
            let mut flags = if customer.is_none() { UNKNOWN } else { 0 };
            if let Some(hashes) = batch.record_hash {
                flags |= RECORD;
                row.extend_from_slice(&hashes[i].to_le_bytes());
            }
            if let Some(stored) = stored {
                ingest = self.ingest(stored.ingest_id[at])?;
            }
            // A file has no more than 2^40 records.
            let place = (batch.line[i] as u64 & 0xff_ffff_ffff) | u64::from(ingest) << 40;
            row.extend_from_slice(&place.to_le_bytes());
            if let Some(stored) = stored {
                flags |= STORED
                    | if stored.is_repeat.value(at) {
                        REPEAT
                    } else {
                        0
                    };
                row.extend_from_slice(&stored.copies[at].to_le_bytes());
                if !stored.subject_id.is_null(at) && Some(stored.subject_id.value(at)) != customer {
                    flags |= SUBJECT;
                    row.extend_from_slice(&stored.subject_id.value(at).to_le_bytes());
                }
            }
            let length = u32::try_from(row.len()).map_err(|_| too_long())?;
            let tail = (row.len() - content_end) as u8;
            let head = &mut row[..HEAD];
            head[0..4].copy_from_slice(&length.to_le_bytes());
            head[4] = flags;
            head[5] = tail;
            head[6..14].copy_from_slice(&customer.unwrap_or(NO_CUSTOMER).to_le_bytes());
            head[14..22].copy_from_slice(&batch.time_us[at].to_le_bytes());
            each(&row, customer);
        }
        Ok(())
    }

    fn ingest(&mut self, id: i64) -> Result<u32> {
        // Nearly always the last one.
        let place = self.ingests.iter().rposition(|known| *known == id);
        let place = place.unwrap_or_else(|| {
            self.ingests.push(id);
            self.ingests.len() - 1
        });
        u32::try_from(place)
            .ok()
            .filter(|place| *place < 1 << 24)
            .ok_or_else(|| Error::Caller("more than 16 million files in one run".into()))
    }

    /// The reading with this number.
    pub fn ingest_id(&self, number: u32) -> i64 {
        self.ingests
            .get(number as usize)
            .copied()
            .unwrap_or_default()
    }

    /// The texts of the `column`th of the columns with numbers.
    pub fn codes(&self, column: usize) -> &Codes {
        &self.codes[column]
    }
}

fn too_long() -> Error {
    Error::Caller("a row is longer than 4 GiB".into())
}

/// The columns of what was read.
struct Columns<'a> {
    key: Option<Texts<'a>>,
    numbered: Vec<Option<Numbered<'a>>>,
    money: Option<MoneyColumns<'a>>,
    rare_numbers: Vec<(u8, &'a Int64Array)>,
    rare_texts: Vec<(u8, Texts<'a>)>,
    layout: Layout,
}

impl<'a> Columns<'a> {
    fn of(batch: &RowBatch<'a>, codes: &mut [Codes], layout: Layout) -> Result<Self> {
        let numbered = batch
            .texts
            .iter()
            .zip(codes)
            .map(|(column, codes)| {
                let numbered = |texts: Texts<'a>| Numbered {
                    numbers: texts.numbers(batch.rows, codes),
                    texts,
                };
                Ok(column.map(Texts::of).transpose()?.map(numbered))
            })
            .collect::<Result<_>>()?;
        let rare_numbers = batch.rare_numbers.iter().zip(has::RARE_NUMBERS);
        let rare_texts = batch.rare_texts.iter().zip(has::RARE_TEXTS);
        Ok(Self {
            key: batch.key.map(Texts::of).transpose()?,
            numbered,
            money: batch.money.filter(|_| layout.has_money),
            rare_numbers: rare_numbers
                .filter_map(|(ints, flag)| Some((flag, (*ints)?)))
                .collect(),
            rare_texts: rare_texts
                .filter_map(|(texts, flag)| Some((flag, (*texts)?)))
                .map(|(flag, texts)| Ok((flag, Texts::of(texts)?)))
                .collect::<Result<_>>()?,
            layout,
        })
    }

    /// Writes what was read of line `i`, which is row `at` of the arrays,
    /// behind the head.
    #[inline]
    fn put(&self, row: &mut Vec<u8>, i: usize, at: usize) {
        row.truncate(self.layout.money);
        let mut present = 0;
        if self.layout.has_money {
            present |= put_money(row, self.money.as_ref(), i, at);
        }
        let key = self.key.and_then(|texts| texts.get(at));
        if let Some(key) = key {
            present |= has::KEY;
            put_text(row, key);
        }
        for (flag, ints) in &self.rare_numbers {
            if ints.is_valid(at) {
                present |= flag;
                row.extend_from_slice(&ints.value(at).to_le_bytes());
            }
        }
        for (flag, texts) in &self.rare_texts {
            if let Some(text) = texts.get(at) {
                present |= flag;
                put_text(row, text);
            }
        }
        for (column, place) in self.numbered.iter().zip((NUMBERS..).step_by(NUMBER)) {
            let number = column.as_ref().map_or(MISSING, |column| column.numbers[i]);
            row[place..place + NUMBER].copy_from_slice(&number.to_le_bytes());
            if let (WRITTEN, Some(column)) = (number, column) {
                put_text(row, column.texts.get(at).unwrap_or_default());
            }
        }
        row[HEAD] = present;
    }
}

/// Writes quantity, amount and unit price, where there are such columns; the
/// flags say how.
#[inline]
fn put_money(row: &mut Vec<u8>, money: Option<&MoneyColumns<'_>>, i: usize, at: usize) -> u8 {
    let Some(money) = money else {
        return put_numbers(row, [0; 3]);
    };
    let price = money.unit_price.filter(|prices| prices.is_valid(at));
    let present = if price.is_some() { has::UNIT_PRICE } else { 0 };
    let price = price.map_or(0, |prices| prices.value(at));
    present | put_numbers(row, [money.quantity[i], money.amount[i], price])
}

/// Writes three numbers; the flag says how wide.
#[inline]
fn put_numbers(row: &mut Vec<u8>, [quantity, amount, price]: [i64; 3]) -> u8 {
    let narrow = |value: i64| i32::try_from(value).ok();
    if let (Some(quantity), Some(amount), Some(price)) =
        (narrow(quantity), narrow(amount), narrow(price))
    {
        let mut bytes = [0; NARROW];
        bytes[0..4].copy_from_slice(&quantity.to_le_bytes());
        bytes[4..8].copy_from_slice(&amount.to_le_bytes());
        bytes[8..12].copy_from_slice(&price.to_le_bytes());
        row.extend_from_slice(&bytes);
        return 0;
    }
    let mut bytes = [0; WIDE];
    bytes[0..8].copy_from_slice(&quantity.to_le_bytes());
    bytes[8..16].copy_from_slice(&amount.to_le_bytes());
    bytes[16..24].copy_from_slice(&price.to_le_bytes());
    row.extend_from_slice(&bytes);
    has::WIDE
}

#[inline]
fn put_text(out: &mut Vec<u8>, text: &str) {
    let mut length = text.len();
    while length >= 0x80 {
        out.push(length as u8 | 0x80);
        length >>= 7;
    }
    out.push(length as u8);
    out.extend_from_slice(text.as_bytes());
}

/// Where the parts of a row stand that depend on shape and traits.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    money: usize,
    has_money: bool,
}

/// A line as it lies in memory.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    bytes: &'a [u8],
}

impl<'a> Row<'a> {
    /// The line that begins at `at`; none at the end.
    #[inline]
    pub fn at(bytes: &'a [u8], at: usize) -> Option<Self> {
        let length = bytes.get(at..at + 4)?.first_chunk::<4>()?;
        let length = u32::from_le_bytes(*length) as usize;
        let bytes = bytes.get(at..at + length)?;
        (length >= HEAD).then_some(Self { bytes })
    }

    /// Bytes up to the next line.
    pub fn len(self) -> usize {
        self.bytes.len()
    }

    fn flag(self, flag: u8) -> bool {
        self.bytes[4] & flag != 0
    }

    fn long(self, at: usize) -> i64 {
        let bytes = self.bytes[at..].first_chunk::<8>();
        bytes.map_or(0, |bytes| i64::from_le_bytes(*bytes))
    }

    /// The customer, [`NO_CUSTOMER`] where not known.
    pub fn customer(self) -> i64 {
        self.long(6)
    }

    /// UTC microseconds.
    pub fn time_us(self) -> i64 {
        self.long(14)
    }

    /// Whether the line is in the table already.
    pub fn is_stored(self) -> bool {
        self.flag(STORED)
    }

    fn tail_at(self) -> usize {
        self.bytes.len() - usize::from(self.bytes[5])
    }

    /// What was read of the line.
    pub fn content(self) -> &'a [u8] {
        &self.bytes[HEAD..self.tail_at()]
    }

    /// What was read, and of the whole record its hash.
    pub fn record(self) -> &'a [u8] {
        let hash = if self.flag(RECORD) { 8 } else { 0 };
        &self.bytes[HEAD..self.tail_at() + hash]
    }

    fn has(self, part: u8) -> bool {
        self.bytes[HEAD] & part != 0
    }

    /// Whether the row has any of the numbers and texts that are rare.
    #[inline]
    pub fn has_rare(self) -> bool {
        self.has(has::RARE)
    }

    /// Whether the customer is known, and the subject is the same.
    #[inline]
    pub fn is_plain_customer(self) -> bool {
        self.bytes[4] & (UNKNOWN | SUBJECT) == 0
    }

    /// Whether the row has a key.
    pub fn has_key(self) -> bool {
        self.has(has::KEY)
    }

    /// The bytes of the key, empty where there is none.
    #[inline]
    pub fn key(self, layout: Layout) -> &'a [u8] {
        self.rest(layout).key().unwrap_or_default()
    }

    /// Quantity and amount, x 10,000, and unit price, x 1,000,000.
    #[inline]
    pub fn money(self, layout: Layout) -> Money {
        let at = layout.money;
        let [quantity, amount, price] = if self.has(has::WIDE) {
            [0, 8, 16].map(|place| self.long(at + place))
        } else {
            [0, 4, 8].map(|place| {
                let bytes = self.bytes[at + place..].first_chunk::<4>();
                bytes.map_or(0, |bytes| i64::from(i32::from_le_bytes(*bytes)))
            })
        };
        Money {
            quantity,
            amount,
            unit_price: self.has(has::UNIT_PRICE).then_some(price),
        }
    }

    /// The text of the `column`th of the columns with numbers.
    #[inline]
    pub fn number(self, column: usize) -> Number {
        let at = NUMBERS + NUMBER * column;
        let bytes = self.bytes.get(at..at + NUMBER);
        let bytes = bytes.and_then(<[u8]>::first_chunk);
        match bytes.map_or(MISSING, |bytes| u16::from_le_bytes(*bytes)) {
            MISSING => Number::Missing,
            WRITTEN => Number::Written,
            number => Number::Of(number - 1),
        }
    }

    /// The parts without a fixed place; to be taken in order.
    #[inline]
    pub fn rest(self, layout: Layout) -> Rest<'a> {
        let money = match (layout.has_money, self.has(has::WIDE)) {
            (false, _) => 0,
            (true, false) => NARROW,
            (true, true) => WIDE,
        };
        Rest {
            row: self,
            at: layout.money + money,
        }
    }

    /// Where it was read.
    #[inline]
    pub fn tail(self) -> Tail {
        let at = self.tail_at() + if self.flag(RECORD) { 8 } else { 0 };
        let place = self.long(at) as u64;
        let customer = (!self.flag(UNKNOWN)).then(|| self.customer());
        let copies = self.bytes.get(at + 8..).and_then(<[u8]>::first_chunk);
        Tail {
            line: (place & 0xff_ffff_ffff) as i64,
            ingest: (place >> 40) as u32,
            copies: copies.map_or(1, |bytes| i32::from_le_bytes(*bytes)),
            is_repeat: self.flag(REPEAT),
            subject: if self.flag(SUBJECT) {
                Some(self.long(at + 12))
            } else {
                customer
            },
            customer,
        }
    }
}

/// What was bought, and for how much; only of a shape with money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Money {
    pub quantity: i64,
    pub amount: i64,
    pub unit_price: Option<i64>,
}

/// Where a line was read, and what it is known as.
pub(super) struct Tail {
    pub line: i64,
    /// Number of the reading, see [`Encoder::ingest_id`].
    pub ingest: u32,
    pub copies: i32,
    pub is_repeat: bool,
    pub subject: Option<i64>,
    pub customer: Option<i64>,
}

/// The text of a column with numbers.
pub(super) enum Number {
    Missing,
    Of(u16),
    /// The next of [`Rest::text`].
    Written,
}

/// The parts of a row without a fixed place, one after the other.
pub(super) struct Rest<'a> {
    row: Row<'a>,
    at: usize,
}

impl<'a> Rest<'a> {
    /// The key.
    #[inline]
    pub fn key(&mut self) -> Option<&'a [u8]> {
        self.row.has(has::KEY).then(|| self.text())
    }

    /// The `nth` rare number: a decimal x 10,000, a moment in UTC microseconds.
    #[inline(always)]
    pub fn rare_number(&mut self, nth: usize) -> Option<i64> {
        if !has::RARE_NUMBERS
            .get(nth)
            .is_some_and(|flag| self.row.has(*flag))
        {
            return None;
        }
        self.at += 8;
        Some(self.row.long(self.at - 8))
    }

    /// The `nth` rare text.
    #[inline]
    pub fn rare_text(&mut self, nth: usize) -> Option<&'a [u8]> {
        let flag = has::RARE_TEXTS.get(nth);
        flag.is_some_and(|flag| self.row.has(*flag))
            .then(|| self.text())
    }

    /// The next text.
    #[inline]
    pub fn text(&mut self) -> &'a [u8] {
        let (mut length, mut shift) = (0, 0);
        while let Some(&byte) = self.row.bytes.get(self.at) {
            self.at += 1;
            length |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 || shift > 28 {
                break;
            }
        }
        let begin = self.at;
        self.at += length;
        self.row.bytes.get(begin..self.at).unwrap_or_default()
    }
}

#[cfg(test)]
#[path = "row_tests.rs"]
mod tests;
