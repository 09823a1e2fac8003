//! One customer's order lines as slices, the as-of moment, and the trait that all folds share.

/// Microseconds in 24 hours: windows are measured in these, not in calendar days.
pub const DAY_US: i64 = 86_400_000_000;

/// How many units of a `decimal(18,4)` make 1: quantities and money are kept times this.
pub const SCALE: i64 = 10_000;

/// The product code that stands for "product not known".
pub const UNKNOWN_PRODUCT: u32 = u32::MAX;

/// An as-of moment in UTC microseconds since 1970; the cut is `time < as_of`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AsOf(pub i64);

/// One customer's order lines, sorted by (time, order, line).
///
/// All slices have equal length; should they not, the lines beyond the shortest are ignored.
#[derive(Debug, Clone, Copy)]
pub struct OrderLines<'a> {
    /// The customer's pseudonymous id.
    pub customer_id: i64,
    /// When the line was bought or returned: UTC microseconds, ascending.
    pub time_us: &'a [i64],
    /// A 64-bit hash of the order id: equal value = same order, within a customer.
    pub order: &'a [u64],
    /// The interned product: equal value = same product, [`UNKNOWN_PRODUCT`] = not known. Small
    /// dense codes make counting distinct products cheapest.
    pub product: &'a [u32],
    /// Quantity as decimal(18,4): 1.0 is 10,000.
    pub quantity: &'a [i64],
    /// Money of the line as decimal(18,4): 1.00 is 10,000; negative for returns.
    pub amount: &'a [i64],
}

impl<'a> OrderLines<'a> {
    /// The number of lines: the length of the shortest slice.
    #[inline]
    pub fn len(&self) -> usize {
        self.time_us
            .len()
            .min(self.order.len())
            .min(self.product.len())
            .min(self.quantity.len())
            .min(self.amount.len())
    }

    /// Whether there is no line.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The same lines with all slices cut to one length, so that loops need no bounds checks.
    #[inline]
    pub(crate) fn trimmed(&self) -> OrderLines<'a> {
        let n = self.len();
        let lines = OrderLines {
            customer_id: self.customer_id,
            time_us: &self.time_us[..n],
            order: &self.order[..n],
            product: &self.product[..n],
            quantity: &self.quantity[..n],
            amount: &self.amount[..n],
        };
        debug_assert!(
            lines.time_us.is_sorted(),
            "order lines must be sorted by time"
        );
        lines
    }

    /// What line `i` is; `i` must be below [`OrderLines::len`].
    #[inline]
    pub(crate) fn kind(&self, i: usize) -> LineKind {
        line_kind(self.quantity[i], self.amount[i])
    }
}

/// What a line is, by the definitions at the top of the crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineKind {
    /// quantity > 0 and amount > 0
    Purchase,
    /// quantity < 0 or amount < 0
    Return,
    /// anything else counts for nothing
    Other,
}

/// Classifies a line.
#[inline]
pub(crate) fn line_kind(quantity: i64, amount: i64) -> LineKind {
    if quantity > 0 && amount > 0 {
        LineKind::Purchase
    } else if quantity < 0 || amount < 0 {
        LineKind::Return
    } else {
        LineKind::Other
    }
}

/// Something computed from one customer's history at a time, in one pass over all customers: from
/// [`OrderLines`], from [`crate::Events`], or from anything with [`crate::Activity`].
///
/// The reader calls it once per customer; a customer never comes twice.
pub trait Fold<H: ?Sized> {
    /// Takes in one customer.
    fn fold(&mut self, history: &H);
}

/// An exact sum of decimal(18,4) as a floating number: one rounding to binary, one division.
#[inline]
pub fn to_number(sum: i128) -> f64 {
    to_f64(sum) / SCALE as f64
}

/// A whole number as the nearest floating one.
#[inline]
pub(crate) fn to_f64(sum: i128) -> f64 {
    match i64::try_from(sum) {
        Ok(small) => small as f64,
        Err(_) => wide_to_f64(sum),
    }
}

/// Kept out of line: the compiler takes this conversion for one instruction and would do it always, but
/// it is a library call, and the 64-bit one gives the same number wherever it fits.
#[cold]
#[inline(never)]
fn wide_to_f64(sum: i128) -> f64 {
    sum as f64
}
