//! What single arguments may look like, and the examples of every command's help.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

pub(super) const FIRST_STEPS: &str = "\
Examples:
  perennial demo                                  see it at work on a simulated shop
  perennial init shop --from orders.csv.gz        start a project from a file
  perennial run -C shop                           do the main job
  perennial report -C shop                        write the report
  perennial query -C shop \"select * from scores order by churn_probability desc limit 20\"

Exit codes: 0 good, 1 expected failure, 2 usage, 3 a quality rule stopped the run, 70 bug";

pub(super) const DEMO: &str = "\
Examples:
  perennial demo
  perennial demo --customers 20_000 --seed 7 --language zh
  perennial demo /tmp/shop --no-open";

pub(super) const INIT: &str = "\
Examples:
  perennial init shop --from orders.csv.gz
  perennial init --from customers.csv --currency EUR --language zh
  perennial init shop --template e-commerce";

pub(super) const CHECK: &str = "\
Examples:
  perennial check -C shop
  perennial check -C shop --json";

pub(super) const RUN: &str = "\
Examples:
  perennial run -C shop
  perennial run -C shop --as-of 2025-06-30
  perennial run -C shop --until features --threads 2";

pub(super) const QUERY: &str = "\
Examples:
  perennial query -C shop \"select count(*) from order_lines\"
  perennial query -C shop \"select * from decisions\" --format csv > decisions.csv
  perennial query -C shop - --format parquet --out scores.parquet < scores.sql";

pub(super) const REPORT: &str = "\
Examples:
  perennial report -C shop
  perennial report -C shop --language zh --out report.html";

pub(super) const MODEL: &str = "\
Examples:
  perennial model list -C shop
  perennial model compare 3f2a 91bc -C shop
  perennial model promote 91bc -C shop";

pub(super) const SCORE: &str = "\
Examples:
  perennial score 17850 13047 -C shop
  perennial score --from new_customers.csv -C shop --json
  perennial score --value tenure=4 --value plan=basic -C shop";

pub(super) const PRIVACY: &str = "\
Examples:
  perennial privacy export 17850 -C shop
  perennial privacy export 17850 -C shop --out 17850.json
  perennial privacy export anna@example.org -C shop --language zh
  perennial privacy erase 17850 -C shop          show what would be erased
  perennial privacy erase 17850 -C shop --yes    erase it
  perennial privacy restrict 17850 -C shop
  perennial privacy unrestrict 17850 -C shop
  perennial privacy notice -C shop --language zh --out notice.md
  perennial privacy rotate-key -C shop";

pub(super) const CATALOGUE: &str = "\
Examples:
  perennial catalogue -C shop
  perennial catalogue order_lines -C shop
  perennial catalogue -C shop --json";

pub(super) const LINEAGE: &str = "\
Examples:
  perennial lineage 17850 -C shop
  perennial lineage 17850 -C shop --score --json
  perennial lineage --table features -C shop";

pub(super) const IDENTITY: &str = "\
Examples:
  perennial identity suggest -C shop
  perennial identity suggest -C shop --threshold 0.99 --csv same-person.csv
  perennial identity same 17850 20144 -C shop
  perennial identity apart 17850 13047 -C shop --by \"Mia Berg\"
  perennial identity undo 17850 20144 -C shop
  perennial identity list -C shop

Sources say which of their columns describe a person with `people = { ... }`.
Deciding does not merge histories yet: it is noted, and pairs that are decided
are not suggested again.";

pub(super) const SIMULATE: &str = "\
Examples:
  perennial simulate --customers 10_000 --out shop-data
  perennial simulate --customers 1_000_000 --days 1_095 --seed 7 --files 8 --out big
  perennial simulate --customers 500_000 --lines-per-customer 40 --files 4 --out large
  perennial simulate --customers 1_000 --format csv --out small";

pub(super) const LICENSES: &str = "\
Examples:
  perennial licenses
  perennial licenses --texts | less";

/// A pair written as `KEY=VALUE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pair {
    /// What stands before the first `=`.
    pub(crate) key: String,
    /// What stands after it; may be empty.
    pub(crate) value: String,
}

/// Reads a pair.
pub(super) fn pair(text: &str) -> Result<Pair, String> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => Ok(Pair {
            key: key.trim().to_owned(),
            value: value.to_owned(),
        }),
        _ => Err("write it as `KEY=VALUE`".to_owned()),
    }
}

/// Reads a whole number; underscores may part its digits.
pub(super) fn count(text: &str) -> Result<u64, String> {
    let digits = text.replace('_', "");
    if digits.is_empty()
        || !digits.bytes().all(|byte| byte.is_ascii_digit())
        || text.starts_with('_')
    {
        return Err("write a whole number, as in `1_000_000`".to_owned());
    }
    digits
        .parse()
        .map_err(|_| format!("the number is larger than {}", u64::MAX))
}

/// A moment as a person writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AsOf {
    /// A day: its first moment in the business's time zone.
    Day(Date),
    /// A moment of the business's own clock.
    Local(DateTime),
    /// A moment anywhere.
    Moment(Timestamp),
}

impl AsOf {
    /// The moment, for a business whose clock follows `zone`; `None` at the very
    /// end of time. A time that a change of clocks skips or repeats is resolved as
    /// RFC 5545 does.
    pub(crate) fn resolve(self, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Day(day) => zone
                .to_zoned(day.at(0, 0, 0, 0))
                .ok()
                .and_then(|time| time.start_of_day().ok())
                .map(|time| time.timestamp()),
            Self::Local(time) => zone.to_timestamp(time).ok(),
            Self::Moment(moment) => Some(moment),
        }
    }
}

/// Reads a moment.
pub(super) fn as_of(text: &str) -> Result<AsOf, String> {
    let text = text.trim();
    // A day must be tried first and alone: a timestamp needs an offset, and a
    // date with a time also reads as a date.
    if text.len() <= "9999-12-31".len() {
        if let Ok(day) = text.parse() {
            return Ok(AsOf::Day(day));
        }
    } else if let Ok(moment) = text.parse() {
        return Ok(AsOf::Moment(moment));
    } else if let Ok(time) = text.parse() {
        return Ok(AsOf::Local(time));
    }
    Err("write a date as in `2025-06-30`, or a date and time as in `2025-06-30T18:00` or `2025-06-30T18:00+02:00`".to_owned())
}
