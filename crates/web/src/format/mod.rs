//! Numbers, money, dates and identifiers as a person reads them, in English
//! and Chinese.
//!
//! Three digits matter: 1,234,567 is `1.23 M` in English and `123万` in
//! Chinese. Money carries its currency once, a percentage keeps enough digits
//! not to lie (99.7 % is never rounded to 100 %), an interval follows its
//! value in brackets. What is not a number is written as a dash.

mod date;
mod number;
mod text;

pub use date::{date, date_short, date_time, day_count, month, month_short, period};
pub use number::{
    NOT_A_NUMBER, compact, count, decimal, exact_decimal, interval_money, interval_percent, metric,
    metric_estimate, money, money_cell, money_digits, money_estimate, percent, percent_estimate,
    quantity, symbol,
};
pub(crate) use text::push_spaced;
#[cfg(test)]
pub(crate) use text::spaced;
pub use text::{code_short, display_width, printable, wrap};
