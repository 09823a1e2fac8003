//! Counts, big numbers, percentages, metrics and money.

use crate::language::Language;
use crate::report::Estimate;

/// What is written where there is no number.
pub const NOT_A_NUMBER: &str = "–";

/// A minus sign as wide as a plus sign.
const MINUS: char = '\u{2212}';

/// Keeps a number and its unit on one line.
pub(super) const NO_BREAK: char = '\u{a0}';

/// A whole number with thousands grouped: `541,909`, in both languages.
pub fn count(n: u64) -> String {
    group(&n.to_string())
}

/// A whole number for a sentence: exact while it can be read at a glance,
/// else [`compact`] (from 1,000,000 in English, from 10,000 in Chinese).
pub fn quantity(n: u64, language: Language) -> String {
    let exact_below = match language {
        Language::En => 1_000_000,
        Language::Zh => 10_000,
    };
    if n < exact_below {
        count(n)
    } else {
        compact(n as f64, language)
    }
}

/// A big number in three digits: `12.3 k`, `1.2 M`, `3.4 bn` in English,
/// `1.23万`, `120万`, `3.4亿` in Chinese. Below 10,000 whole, below 100 with
/// at most two decimals.
pub fn compact(value: f64, language: Language) -> String {
    if !value.is_finite() {
        return NOT_A_NUMBER.to_owned();
    }
    let size = value.abs();
    // Rounding can lift a number over a step: 9,999.7 reads 10,000.
    if size.round() < 10_000.0 {
        let digits = if size >= 100.0 || size.fract() == 0.0 {
            0
        } else {
            2
        };
        return signed(value, &trim(group_decimal(size, digits)));
    }
    let steps: &[(f64, &str)] = match language {
        Language::En => &[(1e3, "k"), (1e6, "M"), (1e9, "bn"), (1e12, "tn")],
        Language::Zh => &[(1e4, "万"), (1e8, "亿"), (1e12, "万亿")],
    };
    let mut text = String::new();
    for (at, (step, name)) in steps.iter().enumerate() {
        let rounded = three_digits(size / step);
        let next = steps.get(at + 1).map(|(next, _)| next / step);
        if next.is_some_and(|next| rounded >= next) {
            continue;
        }
        let digits = if rounded < 10.0 {
            2
        } else if rounded < 100.0 {
            1
        } else {
            0
        };
        let number = trim(group_decimal(rounded, digits));
        text = match language {
            Language::En => format!("{number}{NO_BREAK}{name}"),
            Language::Zh => format!("{}{name}", number.replace(',', "")),
        };
        break;
    }
    signed(value, &text)
}

/// A number with a fixed number of decimals and grouped thousands.
pub fn decimal(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return NOT_A_NUMBER.to_owned();
    }
    let text = group_decimal(value.abs(), digits);
    if is_zero(&text) {
        text
    } else {
        signed(value, &text)
    }
}

/// An exact decimal given as plain digits, with thousands grouped and nothing
/// rounded; anything else is returned as it stands.
pub fn exact_decimal(digits: &str) -> String {
    let (negative, rest) = match digits.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, digits),
    };
    let (whole, fraction) = match rest.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (rest, None),
    };
    let numeric = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !numeric(whole) || fraction.is_some_and(|f| !numeric(f)) {
        return digits.to_owned();
    }
    let mut text = group(whole);
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    if negative {
        format!("{MINUS}{text}")
    } else {
        text
    }
}

/// A share in [0, 1] as a percentage: `62 %`, `4.3 %`, `0.12 %` in English,
/// without the space in Chinese. Never rounded to 0 or 100 unless it is.
pub fn percent(share: f64, language: Language) -> String {
    if !share.is_finite() {
        return NOT_A_NUMBER.to_owned();
    }
    let (number, bound) = percent_number(share);
    format!("{bound}{number}{}", percent_sign(language))
}

/// A percentage with its interval: `62 % (57–67 %)`, `62%（57%～67%）`.
pub fn percent_estimate(estimate: &Estimate, language: Language) -> String {
    let value = percent(estimate.value, language);
    match interval_percent(estimate, language) {
        Some(interval) => bracket(&value, &interval, language),
        None => value,
    }
}

/// The interval of a percentage alone: `57–67 %`, `57%～67%`.
pub fn interval_percent(estimate: &Estimate, language: Language) -> Option<String> {
    let (low, high) = finite(estimate)?;
    Some(match language {
        Language::En if low >= 0.0 => {
            format!("{}–{}", percent_number(low).0, percent(high, language))
        }
        Language::En => format!("{} to {}", percent(low, language), percent(high, language)),
        Language::Zh => format!("{}～{}", percent(low, language), percent(high, language)),
    })
}

/// A metric between 0 and about 1 with three decimals: `0.741`.
pub fn metric(value: f64) -> String {
    decimal(value, 3)
}

/// A metric with its interval: `0.741 (0.722–0.760)`.
pub fn metric_estimate(estimate: &Estimate, language: Language) -> String {
    let value = metric(estimate.value);
    match (finite(estimate), language) {
        (Some((low, high)), Language::En) if low >= 0.0 => {
            format!("{value} ({}–{})", metric(low), metric(high))
        }
        (Some((low, high)), Language::En) => {
            format!("{value} ({} to {})", metric(low), metric(high))
        }
        (Some((low, high)), Language::Zh) => bracket(
            &value,
            &format!("{}～{}", metric(low), metric(high)),
            language,
        ),
        (None, _) => value,
    }
}

/// An amount with its currency: `£12.3 k`, `£1.23万`; without a currency the
/// number alone.
pub fn money(value: f64, currency: Option<&str>, language: Language) -> String {
    if !value.is_finite() {
        return NOT_A_NUMBER.to_owned();
    }
    let size = value.abs();
    let text = if size < 100.0 && size.fract() != 0.0 {
        group_decimal(size, 2)
    } else {
        compact(size, language)
    };
    signed(value, &format!("{}{text}", symbol(currency, language)))
}

/// An amount with its interval, the currency written once:
/// `£12.3 k (10.1 k to 14.2 k)`, `£1.23万（1.01万～1.42万）`.
pub fn money_estimate(estimate: &Estimate, currency: Option<&str>, language: Language) -> String {
    let value = money(estimate.value, currency, language);
    match interval_money(estimate, language) {
        None => value,
        Some(interval) => bracket(&value, &interval, language),
    }
}

/// The interval of an amount (or any big number) alone, without a currency:
/// `10.1 k to 14.2 k`, `1.01万～1.42万`.
pub fn interval_money(estimate: &Estimate, language: Language) -> Option<String> {
    let (low, high) = finite(estimate)?;
    let (low, high) = (compact(low, language), compact(high, language));
    Some(match language {
        Language::En => format!("{low} to {high}"),
        Language::Zh => format!("{low}～{high}"),
    })
}

/// An amount in a table whose header names the currency.
pub fn money_cell(value: f64, digits: usize) -> String {
    decimal(value, digits)
}

/// Decimals for a column of amounts: two if all are below 1,000, else none.
pub fn money_digits(values: impl Iterator<Item = f64>) -> usize {
    let largest = values
        .filter(|v| v.is_finite())
        .fold(0.0_f64, |a, v| a.max(v.abs()));
    if largest < 1_000.0 { 2 } else { 0 }
}

/// What stands before an amount: a symbol where it is unambiguous in the
/// language, else the code and a space; nothing without a currency.
pub fn symbol(currency: Option<&str>, language: Language) -> String {
    let Some(code) = currency else {
        return String::new();
    };
    let known = match (code, language) {
        ("GBP", _) => "£",
        ("EUR", _) => "€",
        ("USD", Language::En) => "$",
        ("USD", Language::Zh) => "US$",
        ("CNY", Language::Zh) => "¥",
        ("CNY", Language::En) => "CN¥",
        ("JPY", Language::En) => "JP¥",
        ("JPY", Language::Zh) => "JP¥",
        ("HKD", _) => "HK$",
        ("TWD", _) => "NT$",
        ("INR", _) => "₹",
        ("KRW", _) => "₩",
        _ => return format!("{code}{NO_BREAK}"),
    };
    known.to_owned()
}

/// The value followed by its interval in the language's brackets.
fn bracket(value: &str, interval: &str, language: Language) -> String {
    match language {
        Language::En => format!("{value} ({interval})"),
        Language::Zh => format!("{value}（{interval}）"),
    }
}

fn finite(estimate: &Estimate) -> Option<(f64, f64)> {
    estimate
        .interval
        .filter(|(low, high)| low.is_finite() && high.is_finite())
}

fn percent_sign(language: Language) -> &'static str {
    match language {
        Language::En => "\u{a0}%",
        Language::Zh => "%",
    }
}

/// The number of a percentage and, where rounding would claim nothing or all,
/// the sign of the bound.
fn percent_number(share: f64) -> (String, &'static str) {
    let points = share * 100.0;
    let size = points.abs();
    // 0.29 * 100 is 28.999999999999996; a share is never finer than this.
    let whole = (size - size.round()).abs() < 1e-9;
    if whole {
        return (decimal(points.round(), 0), "");
    }
    if size < 0.01 {
        return (signed(points, "0.01"), "<\u{a0}");
    }
    if (99.9..100.0).contains(&size) && size > 99.95 {
        return (signed(points, "99.9"), ">\u{a0}");
    }
    let digits = if size < 1.0 {
        2
    } else if size < 10.0 || (99.0..100.0).contains(&size) {
        1
    } else {
        0
    };
    (signed(points, &trim(group_decimal(size, digits))), "")
}

/// Rounded to three significant digits.
fn three_digits(value: f64) -> f64 {
    if value <= 0.0 {
        return 0.0;
    }
    let power = 10f64.powi(2 - value.log10().floor() as i32);
    (value * power).round() / power
}

fn signed(value: f64, text: &str) -> String {
    if value < 0.0 && !is_zero(text) {
        format!("{MINUS}{text}")
    } else {
        text.to_owned()
    }
}

fn is_zero(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_digit())
        && !text.bytes().any(|b| b.is_ascii_digit() && b != b'0')
}

fn group_decimal(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    match text.split_once('.') {
        Some((whole, fraction)) => format!("{}.{fraction}", group(whole)),
        None => group(&text),
    }
}

/// Drops trailing zeros of a fraction.
fn trim(text: String) -> String {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// Groups the digits of a whole number by three.
fn group(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{En, Zh};

    #[test]
    fn big_numbers_keep_three_digits() {
        let cases: &[(f64, &str, &str)] = &[
            (0.0, "0", "0"),
            (7.0, "7", "7"),
            (7.5, "7.5", "7.5"),
            (999.4, "999", "999"),
            (9_999.0, "9,999", "9,999"),
            (9_999.7, "10 k", "1万"),
            (12_345.0, "12.3 k", "1.23万"),
            (99_960.0, "100 k", "10万"),
            (999_499.0, "999 k", "99.9万"),
            (999_950.0, "1 M", "100万"),
            (1_200_000.0, "1.2 M", "120万"),
            (1_234_567.0, "1.23 M", "123万"),
            (99_995_000.0, "100 M", "1亿"),
            (12_340_000.0, "12.3 M", "1230万"),
            (123_456_789.0, "123 M", "1.23亿"),
            (5_000_000_000.0, "5 bn", "50亿"),
            (2.5e12, "2.5 tn", "2.5万亿"),
            (-1_234_567.0, "−1.23 M", "−123万"),
            (f64::NAN, "–", "–"),
            (f64::INFINITY, "–", "–"),
        ];
        for (value, en, zh) in cases {
            assert_eq!(
                compact(*value, En).replace('\u{a0}', " "),
                *en,
                "{value} in English"
            );
            assert_eq!(compact(*value, Zh), *zh, "{value} in Chinese");
        }
    }

    #[test]
    fn percentages_do_not_lie() {
        let cases: &[(f64, &str, &str)] = &[
            (0.0, "0 %", "0%"),
            (0.29, "29 %", "29%"),
            (0.624, "62 %", "62%"),
            (0.043, "4.3 %", "4.3%"),
            (0.0012, "0.12 %", "0.12%"),
            (0.00001, "< 0.01 %", "< 0.01%"),
            (0.997, "99.7 %", "99.7%"),
            (0.99999, "> 99.9 %", "> 99.9%"),
            (1.0, "100 %", "100%"),
            (1.184, "118 %", "118%"),
            (-0.125, "−12 %", "−12%"),
            (f64::NAN, "–", "–"),
        ];
        for (share, en, zh) in cases {
            assert_eq!(percent(*share, En).replace('\u{a0}', " "), *en);
            assert_eq!(percent(*share, Zh).replace('\u{a0}', " "), *zh);
        }
    }

    #[test]
    fn intervals_follow_their_value() {
        let share = Estimate::between(0.62, 0.57, 0.67);
        assert_eq!(
            percent_estimate(&share, En).replace('\u{a0}', " "),
            "62 % (57–67 %)"
        );
        assert_eq!(percent_estimate(&share, Zh), "62%（57%～67%）");
        let loss = Estimate::between(-0.02, -0.05, 0.01);
        assert_eq!(
            percent_estimate(&loss, En).replace('\u{a0}', " "),
            "−2 % (−5 % to 1 %)"
        );
        let auc = Estimate::between(0.7411, 0.7218, 0.7604);
        assert_eq!(metric_estimate(&auc, En), "0.741 (0.722–0.760)");
        assert_eq!(metric_estimate(&auc, Zh), "0.741（0.722～0.760）");
        let gain = Estimate::between(12_345.0, -1_200.0, 14_200.0);
        assert_eq!(
            money_estimate(&gain, Some("GBP"), En).replace('\u{a0}', " "),
            "£12.3 k (−1,200 to 14.2 k)"
        );
        assert_eq!(
            money_estimate(&gain, Some("CNY"), Zh),
            "¥1.23万（−1,200～1.42万）"
        );
        assert_eq!(percent_estimate(&Estimate::exact(0.5), Zh), "50%");
    }

    #[test]
    fn money_carries_its_currency_once() {
        let cases: &[(f64, Option<&str>, &str, &str)] = &[
            (12.5, Some("GBP"), "£12.50", "£12.50"),
            (1_200_000.0, Some("CNY"), "CN¥1.2 M", "¥120万"),
            (1_200_000.0, Some("JPY"), "JP¥1.2 M", "JP¥120万"),
            (-42.0, Some("USD"), "−$42", "−US$42"),
            (9_876.4, Some("EUR"), "€9,876", "€9,876"),
            (5_000.0, Some("SEK"), "SEK 5,000", "SEK 5,000"),
            (5_000.0, None, "5,000", "5,000"),
        ];
        for (value, currency, en, zh) in cases {
            assert_eq!(money(*value, *currency, En).replace('\u{a0}', " "), *en);
            assert_eq!(money(*value, *currency, Zh).replace('\u{a0}', " "), *zh);
        }
        assert_eq!(money_cell(-0.001, 2), "0.00");
        assert_eq!(money_digits([12.0, 999.0].into_iter()), 2);
        assert_eq!(money_digits([12.0, 1_000.0].into_iter()), 0);
    }

    #[test]
    fn counts_and_exact_totals() {
        assert_eq!(count(541_909), "541,909");
        assert_eq!(count(u64::MAX), "18,446,744,073,709,551,615");
        assert_eq!(quantity(541_909, En), "541,909");
        assert_eq!(quantity(541_909, Zh), "54.2万");
        assert_eq!(exact_decimal("-9747747.934"), "−9,747,747.934");
        assert_eq!(exact_decimal("0.10"), "0.10");
        assert_eq!(exact_decimal("1e5"), "1e5");
        assert_eq!(exact_decimal("."), ".");
    }
}
