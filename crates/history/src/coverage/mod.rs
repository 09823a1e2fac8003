//! What one customer's rows of subscriptions come to: subscriptions, each once, and coverage.

mod months;
mod period;

pub use months::{COVERAGE_MONTHS_MAX, CoverageMonth, CoverageMonths};
pub use period::CoveragePeriod;

use crate::subscriptions::{NO_MOMENT, NO_PRICE, Subscriptions};

/// One subscription, after the rows that tell of it have become one. Its end lies after its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subscription {
    /// When it began: UTC microseconds.
    pub start_us: i64,
    /// The first moment it no longer covered; [`NO_MOMENT`] where it has not ended.
    pub end_us: i64,
    /// The planned end of its term, after its start; [`NO_MOMENT`] where there is none.
    pub due_us: i64,
    /// Price of one period, times [`crate::SCALE`]; [`NO_PRICE`] where not known.
    pub price: i64,
    /// Code of the plan, [`crate::OTHER_NAME`] where it is not told apart.
    pub plan: u16,
    /// Hash of its id; 0 where it has none.
    pub id: u64,
}

impl Subscription {
    /// Whether it is open at a moment, by what is known just before it: it began before, and has not
    /// ended before.
    #[inline]
    pub fn is_open(&self, at_us: i64) -> bool {
        self.start_us < at_us && self.end_us >= at_us
    }

    /// Whether two rows tell of the same subscription.
    fn is_same(&self, other: &Subscription) -> bool {
        self.start_us == other.start_us
            && self.id == other.id
            && (self.id != 0 || self.plan == other.plan)
    }

    /// Takes in what another row tells of the same subscription, one with the same plan or a larger code.
    fn take_in(&mut self, other: &Subscription) {
        self.end_us = latest_known(self.end_us, other.end_us);
        self.due_us = latest_known(self.due_us, other.due_us);
        self.price = self.price.max(other.price);
    }
}

/// The later of two moments, where both are known, else the one that is.
fn latest_known(a: i64, b: i64) -> i64 {
    match (a, b) {
        (NO_MOMENT, known) | (known, NO_MOMENT) => known,
        (a, b) => a.max(b),
    }
}

/// One customer's subscriptions, each once, in a buffer that serves one customer after another.
///
/// Rows with the same id and start are one subscription; so are rows without an id, with the same
/// start and plan. Of their ends the latest that is known holds (any end wins over none), of their
/// terms the latest, of their prices the highest; where plans differ under one id, the one with the
/// smallest code. A subscription whose end is at or before its start never ran and is left out. A due
/// moment at or before the start is none.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    /// By start, then id and plan.
    all: Vec<Subscription>,
}

impl Coverage {
    /// No customer yet.
    pub fn new() -> Coverage {
        Coverage::default()
    }

    /// Takes in a customer in place of the one before.
    pub fn read(&mut self, rows: &Subscriptions<'_>) {
        let rows = rows.trimmed();
        self.all.clear();
        self.all.extend((0..rows.len()).map(|i| Subscription {
            start_us: rows.start_us[i],
            end_us: rows.end_us[i],
            due_us: rows.due_us[i],
            price: rows.price[i],
            plan: rows.plan[i],
            id: rows.id[i],
        }));
        // As a rule no two begin at one moment.
        let distinct = |pair: &[Subscription]| pair[0].start_us < pair[1].start_us;
        if !self.all.windows(2).all(distinct) {
            // By plan too: of those under one id the first has the smallest code.
            self.all
                .sort_unstable_by_key(|row| (row.start_us, row.id, row.plan));
            self.all.dedup_by(|row, kept| {
                let same = kept.is_same(row);
                if same {
                    kept.take_in(row);
                }
                same
            });
        }
        self.all.retain_mut(|subscription| {
            if subscription.due_us <= subscription.start_us {
                subscription.due_us = NO_MOMENT;
            }
            subscription.end_us > subscription.start_us
        });
    }

    /// The subscriptions by their start.
    pub fn all(&self) -> &[Subscription] {
        &self.all
    }

    /// The subscriptions that began before a moment, by their start.
    pub fn begun_before(&self, at_us: i64) -> &[Subscription] {
        let begun = self.all.partition_point(|s| s.start_us < at_us);
        &self.all[..begun]
    }

    /// When the first subscription began: UTC microseconds; `None` without any.
    pub fn first_start_us(&self) -> Option<i64> {
        self.all.first().map(|first| first.start_us)
    }

    /// Whether a subscription is open at a moment: begun before it and not ended before it.
    pub fn is_open(&self, at_us: i64) -> bool {
        self.begun_before(at_us).iter().any(|s| s.is_open(at_us))
    }

    /// The price of one period of all that is open at a moment, times [`crate::SCALE`]; `None` where
    /// nothing is open or no price is known. Prices that are not known are left out.
    pub fn open_price(&self, at_us: i64) -> Option<i128> {
        price_of(self.begun_before(at_us), at_us)
    }
}

/// The sum of the known prices of those that have not ended before a moment.
pub(crate) fn price_of(begun: &[Subscription], at_us: i64) -> Option<i128> {
    begun
        .iter()
        .filter(|s| s.end_us >= at_us && s.price != NO_PRICE)
        .map(|s| i128::from(s.price))
        .reduce(|a, b| a + b)
}

/// The price of one period of all that is open at a moment: [`Coverage::open_price`] of one customer.
/// It makes a buffer; for many customers keep a [`Coverage`].
pub fn open_price(rows: &Subscriptions<'_>, at_us: i64) -> Option<i128> {
    coverage_of(rows).open_price(at_us)
}

/// Whether a customer has a subscription open at a moment: [`Coverage::is_open`] of one customer.
/// It makes a buffer; for many customers keep a [`Coverage`].
pub fn is_covered(rows: &Subscriptions<'_>, at_us: i64) -> bool {
    coverage_of(rows).is_open(at_us)
}

/// When a customer's first subscription that ever ran began: [`Coverage::first_start_us`] of one
/// customer. It makes a buffer; for many customers keep a [`Coverage`].
pub fn first_start(rows: &Subscriptions<'_>) -> Option<i64> {
    coverage_of(rows).first_start_us()
}

fn coverage_of(rows: &Subscriptions<'_>) -> Coverage {
    let mut coverage = Coverage::new();
    coverage.read(rows);
    coverage
}
