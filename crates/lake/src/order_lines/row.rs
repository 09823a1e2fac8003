//! One order line as a few bytes, so that a line moves, is compared and is
//! sorted as one piece, not column by column.
//!
//! ```text
//! length u32 | flags u8 | tail u8 | customer i64 | time i64      the head
//! order, quantity, amount, product, unit price, channel,
//!     traits..., cost, discount, return of                       what was read
//! record hash u64? | line | ingest | copies | subject i64?       where it was read: the tail
//! ```
//!
//! Whole numbers are LEB128 with the sign in the last bit; optional ones are
//! one more, so that 0 is missing. A text is 0 (missing), a number of
//! [`Codes`] or its bytes. Fields missing at the end of what was read are left
//! out. Two lines of one sorter say the same exactly where the bytes between
//! head and tail are equal.

use arrow::array::{Array, ArrayRef, AsArray, Int32Array, Int64Array, StringArray};
use arrow::datatypes::{DataType, Int32Type};

use super::batch::{LineBatch, Stored};
use super::codes::Codes;
use crate::{Error, Result};

/// Bytes of the head.
pub(super) const HEAD: usize = 22;
/// Stands for a customer who is not known, where lines are compared.
pub(super) const NO_CUSTOMER: i64 = i64::MIN;

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

/// Text columns with numbers: product, channel, traits. Orders hardly recur.
fn codes_needed(traits: usize) -> usize {
    2 + traits
}

/// Turns batches into rows. A clone gives equal texts the same bytes.
#[derive(Debug, Clone)]
pub(super) struct Encoder {
    codes: Vec<Codes>,
    ingests: Vec<i64>,
}

impl Encoder {
    pub fn new(traits: usize) -> Self {
        Self {
            codes: vec![Codes::default(); codes_needed(traits)],
            ingests: Vec::new(),
        }
    }

    /// Calls `each` with the bytes and the customer of every line.
    pub fn encode(
        &mut self,
        lines: &LineBatch<'_>,
        stored: Option<&Stored<'_>>,
        mut each: impl FnMut(&[u8], Option<i64>),
    ) -> Result<()> {
        let mut row = Vec::with_capacity(256);
        let columns = Columns::of(lines, &mut self.codes)?;
        let mut ingest = match stored {
            None => self.ingest(lines.ingest_id),
            Some(_) => 0,
        };
        for (i, &at) in lines.rows.iter().enumerate() {
            let at = at as usize;
            let customer = lines.customer_id[i];
            row.clear();
            row.extend_from_slice(&[0; HEAD]);
            columns.put(&mut row, lines, i, at);
            let content_end = row.len();
            let mut flags = if customer.is_none() { UNKNOWN } else { 0 };
            if let Some(hashes) = lines.record_hash {
                flags |= RECORD;
                row.extend_from_slice(&hashes[i].to_le_bytes());
            }
            if let Some(stored) = stored {
                ingest = self.ingest(stored.ingest_id[at]);
            }
            put_signed(&mut row, lines.line[i]);
            put_number(&mut row, ingest);
            if let Some(stored) = stored {
                flags |= STORED;
                put_signed(&mut row, i64::from(stored.copies[at]));
                flags |= if stored.is_repeat.value(at) {
                    REPEAT
                } else {
                    0
                };
                if !stored.subject_id.is_null(at) && Some(stored.subject_id.value(at)) != customer {
                    flags |= SUBJECT;
                    row.extend_from_slice(&stored.subject_id.value(at).to_le_bytes());
                }
            }
            let length = u32::try_from(row.len()).map_err(|_| too_long())?;
            row[0..4].copy_from_slice(&length.to_le_bytes());
            row[4] = flags;
            row[5] = (row.len() - content_end) as u8;
            row[6..14].copy_from_slice(&customer.unwrap_or(NO_CUSTOMER).to_le_bytes());
            row[14..22].copy_from_slice(&lines.time_us[at].to_le_bytes());
            each(&row, customer);
        }
        Ok(())
    }

    fn ingest(&mut self, id: i64) -> u64 {
        // Nearly always the last one.
        let place = self.ingests.iter().rposition(|known| *known == id);
        place.unwrap_or_else(|| {
            self.ingests.push(id);
            self.ingests.len() - 1
        }) as u64
    }

    /// The reading with this number.
    pub fn ingest_id(&self, number: u64) -> i64 {
        usize::try_from(number)
            .ok()
            .and_then(|at| self.ingests.get(at))
            .copied()
            .unwrap_or_default()
    }

    /// The texts of the `column`th of the columns with numbers.
    pub fn codes(&self, column: usize) -> &Codes {
        &self.codes[column]
    }
}

fn too_long() -> Error {
    Error::Caller("an order line is longer than 4 GiB".into())
}

/// The cells of one text column.
enum Texts<'a> {
    Missing,
    Written(&'a StringArray),
    /// Numbers per row of the batch or per value of a dictionary.
    Numbered {
        texts: &'a StringArray,
        keys: Option<&'a Int32Array>,
        /// The bytes of each number, none for a text without one.
        numbers: Vec<ShortBytes>,
    },
    Keyed {
        texts: &'a StringArray,
        keys: &'a Int32Array,
    },
}

impl<'a> Texts<'a> {
    fn of(column: Option<&'a ArrayRef>, rows: &[u32], codes: Option<&mut Codes>) -> Result<Self> {
        let Some(array) = column else {
            return Ok(Self::Missing);
        };
        let wrong = || Error::Caller(format!("a text column of type {}", array.data_type()).into());
        let (texts, keys) = match array.data_type() {
            DataType::Utf8 => (array.as_string::<i32>(), None),
            DataType::Dictionary(..) => {
                let dictionary = array.as_dictionary_opt::<Int32Type>().ok_or_else(wrong)?;
                let texts = dictionary
                    .values()
                    .as_string_opt::<i32>()
                    .ok_or_else(wrong)?;
                (texts, Some(dictionary.keys()))
            }
            _ => return Err(wrong()),
        };
        let Some(known) = codes else {
            return Ok(match keys {
                Some(keys) => Self::Keyed { texts, keys },
                None => Self::Written(texts),
            });
        };
        // Only texts that a line uses get a number: a dictionary may hold more.
        let mut numbers = vec![ShortBytes::default(); texts.len()];
        let mut looked_up = vec![false; texts.len()];
        for &row in rows {
            let Some(at) = place(keys, texts, row as usize) else {
                continue;
            };
            if !std::mem::replace(&mut looked_up[at], true) {
                if let Some(code) = known.code(texts.value(at)) {
                    numbers[at] = ShortBytes::of(code);
                }
            }
        }
        Ok(Self::Numbered {
            texts,
            keys,
            numbers,
        })
    }

    #[inline(always)]
    fn put(&self, out: &mut Vec<u8>, row: usize) {
        match self {
            Self::Missing => out.push(0),
            Self::Written(texts) => put_text(out, texts.is_valid(row).then(|| texts.value(row))),
            Self::Keyed { texts, keys } => {
                put_text(out, place(Some(keys), texts, row).map(|at| texts.value(at)));
            }
            Self::Numbered {
                texts,
                keys,
                numbers,
            } => match place(*keys, texts, row) {
                None => out.push(0),
                Some(at) => match numbers[at].bytes() {
                    [] => put_text(out, Some(texts.value(at))),
                    bytes => out.extend_from_slice(bytes),
                },
            },
        }
    }
}

/// The bytes of a text's number.
#[derive(Clone, Copy, Default)]
struct ShortBytes {
    bytes: [u8; 7],
    length: u8,
}

impl ShortBytes {
    fn of(code: u32) -> Self {
        let mut written = Vec::with_capacity(7);
        put_number(&mut written, (u64::from(code) + 1) << 1);
        let mut short = Self::default();
        short.length = written.len() as u8;
        short.bytes[..written.len()].copy_from_slice(&written);
        short
    }

    #[inline(always)]
    fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

/// Where the text of a row stands; none where it is missing.
#[inline]
fn place(keys: Option<&Int32Array>, texts: &StringArray, row: usize) -> Option<usize> {
    let at = match keys {
        None => row,
        Some(keys) if keys.is_null(row) => return None,
        Some(keys) => keys.value(row) as usize,
    };
    texts.is_valid(at).then_some(at)
}

/// A column of what may be missing.
enum Cells<'a> {
    Texts(Texts<'a>),
    Ints(&'a Int64Array),
    Missing,
}

impl<'a> Cells<'a> {
    fn ints(column: Option<&'a Int64Array>) -> Self {
        column.map_or(Self::Missing, Self::Ints)
    }

    /// Appends the cell of a row; whether there is one.
    #[inline]
    fn put(&self, out: &mut Vec<u8>, row: usize) -> bool {
        let before = out.len();
        match self {
            Self::Texts(texts) => texts.put(out, row),
            Self::Ints(ints) if ints.is_valid(row) => {
                put_number(out, zigzag(ints.value(row)).saturating_add(1));
            }
            Self::Ints(_) | Self::Missing => out.push(0),
        }
        out.get(before) != Some(&0)
    }
}

/// The columns of what was read, in the order of the bytes.
struct Columns<'a> {
    order: Texts<'a>,
    rest: Vec<Cells<'a>>,
}

impl<'a> Columns<'a> {
    fn of(lines: &LineBatch<'a>, codes: &mut [Codes]) -> Result<Self> {
        let mut codes = codes.iter_mut();
        let rows = lines.rows;
        let mut text = |column| -> Result<Cells<'a>> {
            Ok(Cells::Texts(Texts::of(column, rows, codes.next())?))
        };
        let mut rest = vec![text(lines.product_id)?, Cells::ints(lines.unit_price)];
        for column in std::iter::once(&lines.channel).chain(&lines.traits) {
            rest.push(text(*column)?);
        }
        rest.push(Cells::ints(lines.cost));
        rest.push(Cells::ints(lines.discount));
        rest.push(Cells::Texts(Texts::of(lines.return_of, rows, None)?));
        Ok(Self {
            order: Texts::of(lines.order_id, rows, None)?,
            rest,
        })
    }

    /// Appends what was read of line `i`, which is row `at` of the arrays.
    fn put(&self, out: &mut Vec<u8>, lines: &LineBatch<'_>, i: usize, at: usize) {
        self.order.put(out, at);
        put_signed(out, lines.quantity[i]);
        put_signed(out, lines.amount[i]);
        let mut end = out.len();
        for cells in &self.rest {
            if cells.put(out, at) {
                end = out.len();
            }
        }
        out.truncate(end);
    }
}

#[inline]
fn put_text(out: &mut Vec<u8>, text: Option<&str>) {
    let Some(text) = text else {
        return out.push(0);
    };
    put_number(out, (text.len() as u64) << 1 | 1);
    out.extend_from_slice(text.as_bytes());
}

#[inline]
fn put_signed(out: &mut Vec<u8>, value: i64) {
    put_number(out, zigzag(value));
}

#[inline]
fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

#[inline]
fn put_number(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
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

    /// The bytes of the order's id, empty where there is none.
    pub fn order(self) -> &'a [u8] {
        match self.fields().text() {
            Text::Written(bytes) => bytes,
            Text::Missing | Text::Numbered(_) => &[],
        }
    }

    /// Whether the line has an order id.
    pub fn has_order(self) -> bool {
        self.bytes.get(HEAD).is_some_and(|b| *b != 0)
    }

    /// The fields of what was read, in order.
    #[inline]
    pub fn fields(self) -> Fields<'a> {
        Fields {
            bytes: self.content(),
            at: 0,
        }
    }

    /// Where it was read.
    #[inline]
    pub fn tail(self) -> Tail {
        let mut fields = Fields {
            bytes: self.bytes,
            at: self.tail_at() + if self.flag(RECORD) { 8 } else { 0 },
        };
        let (line, ingest) = (fields.signed(), fields.number());
        let copies = if self.is_stored() { fields.signed() } else { 1 };
        let customer = (!self.flag(UNKNOWN)).then(|| self.customer());
        Tail {
            line,
            ingest,
            copies: i32::try_from(copies).unwrap_or(i32::MAX),
            is_repeat: self.flag(REPEAT),
            subject: if self.flag(SUBJECT) {
                Some(self.long(fields.at))
            } else {
                customer
            },
            customer,
        }
    }
}

/// Where a line was read, and what it is known as.
pub(super) struct Tail {
    pub line: i64,
    /// Number of the reading, see [`Encoder::ingest_id`].
    pub ingest: u64,
    pub copies: i32,
    pub is_repeat: bool,
    pub subject: Option<i64>,
    pub customer: Option<i64>,
}

/// A text as it stands in a row.
pub(super) enum Text<'a> {
    Missing,
    Numbered(u32),
    Written(&'a [u8]),
}

/// Takes one field after the other.
pub(super) struct Fields<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Fields<'a> {
    /// 0 behind the last field: what is missing at the end is left out.
    #[inline(always)]
    fn number(&mut self) -> u64 {
        let (mut value, mut shift) = (0, 0);
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 || shift >= 63 {
                break;
            }
            shift += 7;
        }
        value
    }

    /// A whole number.
    #[inline]
    pub fn signed(&mut self) -> i64 {
        unzigzag(self.number())
    }

    /// A whole number that may be missing.
    #[inline]
    pub fn optional(&mut self) -> Option<i64> {
        self.number().checked_sub(1).map(unzigzag)
    }

    /// A text.
    #[inline]
    pub fn text(&mut self) -> Text<'a> {
        let head = self.number();
        if head == 0 {
            return Text::Missing;
        }
        if head & 1 == 0 {
            return Text::Numbered(((head >> 1) - 1) as u32);
        }
        let begin = self.at;
        self.at += (head >> 1) as usize;
        Text::Written(self.bytes.get(begin..self.at).unwrap_or_default())
    }
}

fn unzigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn texts(values: &[Option<&str>]) -> ArrayRef {
        Arc::new(values.iter().copied().collect::<StringArray>())
    }

    /// The rows of three lines; the second of the four rows read is left out.
    fn encode(encoder: &mut Encoder, order: &ArrayRef, product: &ArrayRef) -> Vec<Vec<u8>> {
        let price = Int64Array::from(vec![Some(1_990_000), Some(1), None, Some(-i64::MAX)]);
        let lines = LineBatch {
            ingest_id: 42,
            rows: &[0, 2, 3],
            customer_id: &[Some(-7), None, Some(i64::MAX)],
            line: &[1, 3, 4],
            quantity: &[10_000, -20_000, 0],
            amount: &[999_999_999_999_999_999, -999_999_999_999_999_999, 1],
            record_hash: Some(&[1, 2, u64::MAX]),
            time_us: &[5, 6, -7, 8],
            unit_price: Some(&price),
            cost: None,
            discount: None,
            order_id: Some(order),
            product_id: Some(product),
            return_of: None,
            channel: None,
            traits: vec![Some(product)],
        };
        let mut rows = Vec::new();
        encoder
            .encode(&lines, None, |bytes, _| rows.push(bytes.to_vec()))
            .unwrap();
        rows
    }

    #[test]
    fn what_goes_in_comes_out() {
        let mut encoder = Encoder::new(1);
        let order = texts(&[Some("A-1"), Some("gone"), None, Some("")]);
        let product = texts(&[Some("茶"), Some("never"), None, Some("茶")]);
        let rows = encode(&mut encoder, &order, &product);
        let row = |i: usize| Row::at(&rows[i], 0).unwrap();
        assert_eq!(row(0).customer(), -7);
        assert_eq!(
            (row(1).customer(), row(1).tail().customer),
            (NO_CUSTOMER, None)
        );
        assert_eq!(
            [row(0).time_us(), row(1).time_us(), row(2).time_us()],
            [5, -7, 8]
        );
        assert_eq!(row(0).order(), b"A-1");
        assert_eq!(
            [row(0).has_order(), row(1).has_order(), row(2).has_order()],
            [true, false, true]
        );
        let tail = row(2).tail();
        assert_eq!(
            (tail.line, encoder.ingest_id(tail.ingest), tail.copies),
            (4, 42, 1)
        );
        assert_eq!((tail.subject, tail.is_repeat), (Some(i64::MAX), false));
        let mut fields = row(0).fields();
        assert!(matches!(fields.text(), Text::Written(b"A-1")));
        assert_eq!(
            (fields.signed(), fields.signed()),
            (10_000, 999_999_999_999_999_999)
        );
        assert!(matches!(fields.text(), Text::Numbered(0)));
        assert_eq!(encoder.codes(0).text(0), "茶".as_bytes());
        assert_eq!(fields.optional(), Some(1_990_000));
        assert!(matches!(fields.text(), Text::Missing));
        assert!(matches!(fields.text(), Text::Numbered(0)));
        // The trait is the last that is there.
        assert_eq!(fields.at, fields.bytes.len());
        assert_eq!([fields.optional(), fields.optional()], [None, None]);
        assert!(matches!(fields.text(), Text::Missing));
        let mut fields = row(2).fields();
        assert!(matches!(fields.text(), Text::Written(b"")));
        assert_eq!((fields.signed(), fields.signed()), (0, 1));
        fields.text();
        assert_eq!(fields.optional(), Some(-i64::MAX));
    }

    #[test]
    fn dictionaries_and_plain_texts_give_the_same_bytes() {
        let order = texts(&[Some("A"), None, Some("B"), Some("A")]);
        let keyed = arrow::compute::cast(
            &order,
            &DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
        )
        .unwrap();
        let mut encoder = Encoder::new(1);
        let plain = encode(&mut encoder, &order, &order);
        assert_eq!(plain, encode(&mut encoder, &keyed, &keyed));
        assert_eq!(plain, encode(&mut encoder.clone(), &keyed, &order));
    }

    #[test]
    fn only_what_was_read_makes_the_content() {
        let mut encoder = Encoder::new(1);
        let order = texts(&[Some("A"), None, Some("A"), Some("B")]);
        let rows = encode(&mut encoder, &order, &order);
        let content = |i: usize| Row::at(&rows[i], 0).unwrap().content().to_vec();
        assert_ne!(content(0), content(2));
        let again = encode(&mut encoder, &order, &order);
        assert_eq!(content(0), Row::at(&again[0], 0).unwrap().content());
        let record = |i: usize| Row::at(&rows[i], 0).unwrap().record().len();
        assert_eq!(record(0), content(0).len() + 8);
    }
}
