//! Numbers as people write them: signs, thousands separators, decimal commas,
//! currency signs, percent, accountants' parentheses, full-width digits, 1.2万 and
//! exponents - parsed exactly.

/// How the numbers of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NumberFormat {
    /// The decimal mark: `.` or `,`.
    pub decimal: u8,
    /// The thousands separator, if there is one: `,` `.` `'` or a blank (which
    /// stands for the no-break blanks too).
    pub group: Option<u8>,
    /// Values carry `%`; 12 % is read as 0.12.
    pub percent: bool,
    /// Values carry a currency sign or code, which is dropped.
    pub currency: bool,
}

impl NumberFormat {
    /// `-1234.56`.
    pub const PLAIN: NumberFormat = NumberFormat {
        decimal: b'.',
        group: None,
        percent: false,
        currency: false,
    };
    /// `1,234.56`.
    pub const ENGLISH: NumberFormat = NumberFormat {
        decimal: b'.',
        group: Some(b','),
        percent: false,
        currency: false,
    };
    /// `1.234,56`.
    pub const EUROPEAN: NumberFormat = NumberFormat {
        decimal: b',',
        group: Some(b'.'),
        percent: false,
        currency: false,
    };
}

/// A decimal number as written: `mantissa` x 10^-`scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exact {
    /// All digits as one whole number.
    pub mantissa: i64,
    /// Digits after the decimal mark (0 to 18).
    pub scale: u8,
    /// Digits beyond the eighteenth were dropped.
    pub cut: bool,
}

/// A value scaled for storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scaled {
    /// The value x 10^scale.
    pub value: i64,
    /// Digits were lost: rounded half away from zero.
    pub rounded: bool,
}

const POW10: [i64; 19] = {
    let mut table = [1_i64; 19];
    let mut i = 1;
    while i < 19 {
        table[i] = table[i - 1] * 10;
        i += 1;
    }
    table
};

/// 10^`exponent` for exponents 0 to 18.
pub fn pow10(exponent: u8) -> Option<i64> {
    POW10.get(exponent as usize).copied()
}

/// Reads a number exactly; `None` if the cell is no number or has more than 18
/// digits before the decimal mark.
pub fn parse_exact(cell: &[u8], format: &NumberFormat) -> Option<Exact> {
    if let Some(exact) = parse_plain(cell) {
        if *format == NumberFormat::PLAIN {
            return Some(exact);
        }
        // `1.234` is plain to look at, but not where the point groups.
        if format.decimal == b'.' && !format.percent {
            return Some(exact);
        }
    }
    parse_dressed(cell, format)
}

/// Digits with an optional sign and decimal point, nothing else.
#[inline]
fn parse_plain(cell: &[u8]) -> Option<Exact> {
    let (negative, digits) = match cell {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, cell),
    };
    if digits.len() > 19 || digits.is_empty() {
        return None;
    }
    let mut value = 0_u64;
    let mut point = None;
    for (i, byte) in digits.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
        } else if *byte == b'.' && point.is_none() {
            point = Some(i);
        } else {
            return None;
        }
    }
    let scale = match point {
        Some(_) if digits.len() == 1 => return None,
        Some(i) => digits.len() - i - 1,
        None if digits.len() == 19 => return None,
        None => 0,
    };
    let value = value as i64;
    Some(Exact {
        mantissa: if negative { -value } else { value },
        scale: scale as u8,
        cut: false,
    })
}

/// Strips what dresses a number and reads the rest.
#[cold]
fn parse_dressed(cell: &[u8], format: &NumberFormat) -> Option<Exact> {
    let text = std::str::from_utf8(cell).ok()?.trim();
    let text = if format.currency {
        without_code(text)
    } else {
        text
    };
    let mut digits = Digits::default();
    let (mut negative, mut percent, mut closed, mut signs) = (false, false, false, 0);
    let mut exponent = 0_i32;
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let c = narrow(c);
        if closed && !matches!(c, ' ' | ')' | '%') && !is_currency(c) {
            return None;
        }
        if let Some(power) = chinese_power(c) {
            // 1.2万, and 3万元; 1万2千 is for people.
            let first = exponent == 0 && !percent && digits.len > 0;
            first.then_some(())?;
            (exponent, closed) = (power, true);
            continue;
        }
        match c {
            // A blank groups only between digits; elsewhere it is for looks.
            ' ' if digits.len == 0 || !next_is_digit(&rest) => {}
            '0'..='9' | '.' | ',' | '\'' | ' ' => digits.push(c as u8, format)?,
            '-' | '(' if digits.len == 0 => negative = !negative,
            '+' if digits.len == 0 => {}
            '-' | ')' => {
                negative |= c == '-';
                closed = true;
            }
            '%' if format.percent => percent = true,
            'e' | 'E' if digits.len > 0 && !format.currency => {
                exponent = rest.as_str().parse().ok().filter(|e: &i32| e.abs() <= 40)?;
                break;
            }
            _ if format.currency && is_currency(c) && signs == 0 => signs += 1,
            _ => return None,
        }
    }
    let shift = if percent { exponent - 2 } else { exponent };
    finish(digits.finish()?, negative, shift)
}

/// Digits and a point, gathered from between separators.
struct Digits {
    bytes: [u8; 64],
    len: usize,
    seen_point: bool,
    /// Digits since the last thousands separator.
    since_group: Option<usize>,
}

impl Default for Digits {
    fn default() -> Self {
        Digits {
            bytes: [0; 64],
            len: 0,
            seen_point: false,
            since_group: None,
        }
    }
}

impl Digits {
    /// Takes a digit, a decimal mark or a separator; `None` where it cannot
    /// stand. Groups have three digits, or two before the last (in India).
    fn push(&mut self, byte: u8, format: &NumberFormat) -> Option<()> {
        let point = byte == format.decimal;
        if byte.is_ascii_digit() || point {
            if point {
                let whole_group = self.since_group.is_none_or(|n| n == 3);
                (whole_group && !self.seen_point).then_some(())?;
                (self.seen_point, self.since_group) = (true, None);
            }
            *self.bytes.get_mut(self.len)? = if point { b'.' } else { byte };
            self.len += 1;
            self.since_group = self.since_group.map(|n| n + 1);
            return Some(());
        }
        let fits = match self.since_group {
            Some(n) => (2..=3).contains(&n),
            None => (1..=3).contains(&self.len) && self.bytes.first() != Some(&b'0'),
        };
        self.since_group = Some(0);
        (fits && !self.seen_point && format.group == Some(byte)).then_some(())
    }

    fn finish(&self) -> Option<&[u8]> {
        self.since_group.is_none_or(|n| n == 3).then_some(())?;
        self.bytes.get(..self.len)
    }
}

/// Full-width forms as their plain ones; every kind of blank as a blank.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{a0}' | '\u{202f}' | '\u{2009}' | '\u{3000}' => ' ',
        '\u{2212}' => '-',
        '\u{2019}' => '\'',
        _ => c,
    }
}

fn next_is_digit(rest: &std::str::Chars) -> bool {
    rest.clone()
        .next()
        .is_some_and(|c| narrow(c).is_ascii_digit())
}

/// The power of ten that a Chinese sign after a number stands for.
fn chinese_power(c: char) -> Option<i32> {
    match c {
        '千' => Some(3),
        '万' | '萬' => Some(4),
        '亿' | '億' => Some(8),
        _ => None,
    }
}

/// A currency sign.
fn is_currency(c: char) -> bool {
    matches!(
        c,
        '$' | '\u{a3}' | '\u{a5}' | '\u{20a0}'..='\u{20bf}' | '元'
    )
}

/// Codes of currencies that are written beside amounts.
const CURRENCY_CODES: [&str; 16] = [
    "USD", "EUR", "GBP", "CNY", "RMB", "JPY", "HKD", "TWD", "KRW", "SGD", "INR", "CHF", "CAD",
    "AUD", "NZD", "SEK",
];

/// The text without a currency code at one of its ends.
fn without_code(text: &str) -> &str {
    let cut = CURRENCY_CODES
        .iter()
        .find_map(|code| text.strip_prefix(code).or_else(|| text.strip_suffix(code)));
    cut.unwrap_or(text).trim()
}

/// Whether a currency sign or code stands in the cell.
fn has_currency(text: &str) -> bool {
    text.chars().any(|c| is_currency(narrow(c))) || without_code(text).len() < text.trim().len()
}

/// Digits and at most one point, times 10^`exponent`.
fn finish(digits: &[u8], negative: bool, exponent: i32) -> Option<Exact> {
    let mut mantissa = 0_i64;
    let mut scale = 0_i32;
    let mut significant = 0;
    let mut point = false;
    let mut cut = false;
    let mut any = false;
    for byte in digits {
        if *byte == b'.' {
            point = true;
            continue;
        }
        any = true;
        if significant >= 18 {
            if !point {
                return None;
            }
            cut |= *byte != b'0';
            continue;
        }
        mantissa = mantissa * 10 + i64::from(byte.wrapping_sub(b'0'));
        significant += i32::from(mantissa != 0);
        scale += i32::from(point);
    }
    scale -= exponent;
    while scale > 18 {
        cut |= mantissa % 10 != 0;
        mantissa /= 10;
        scale -= 1;
    }
    while scale < 0 {
        mantissa = mantissa.checked_mul(10)?;
        scale += 1;
    }
    any.then_some(Exact {
        mantissa: if negative { -mantissa } else { mantissa },
        scale: scale as u8,
        cut,
    })
}

impl Exact {
    /// The value at `scale` digits after the decimal mark, rounded half away
    /// from zero; `None` if it does not fit 64 bits.
    #[inline]
    pub fn at_scale(self, scale: u8) -> Option<Scaled> {
        if self.scale <= scale {
            let value = self.mantissa.checked_mul(pow10(scale - self.scale)?)?;
            return Some(Scaled {
                value,
                rounded: self.cut,
            });
        }
        let divisor = pow10(self.scale - scale)?;
        let (whole, rest) = (self.mantissa / divisor, self.mantissa % divisor);
        let up = rest.unsigned_abs() >= divisor.unsigned_abs().div_ceil(2);
        let value = if up { whole + rest.signum() } else { whole };
        Some(Scaled {
            value,
            rounded: rest != 0 || self.cut,
        })
    }

    /// The nearest double.
    #[inline]
    pub fn to_f64(self) -> f64 {
        const EXACT: i64 = 1 << 53;
        match pow10(self.scale) {
            // Both exact in a double, so that one division rounds once.
            Some(power) if self.mantissa.abs() <= EXACT && power <= EXACT => {
                self.mantissa as f64 / power as f64
            }
            _ => format!("{}e-{}", self.mantissa, self.scale)
                .parse()
                .unwrap_or(f64::NAN),
        }
    }
}

/// Reads a number as a double: [`parse_exact`] first, then whatever Rust calls
/// a number (long digits, large exponents), but neither infinite nor NaN.
pub fn parse_f64(cell: &[u8], format: &NumberFormat) -> Option<f64> {
    if let Some(exact) = parse_exact(cell, format)
        && !exact.cut
    {
        return Some(exact.to_f64());
    }
    if format.decimal == b'.'
        && let Ok(text) = std::str::from_utf8(cell)
        && let Ok(value) = text.trim().parse::<f64>()
    {
        return value.is_finite().then_some(value);
    }
    parse_exact(cell, format).map(Exact::to_f64)
}

/// The format that reads most of `cells`, plain first; `None` if fewer than
/// `share_min` of them are numbers in any one format. `cells` are non-missing.
pub fn infer_format<'a>(
    cells: impl Iterator<Item = &'a str> + Clone,
    share_min: f64,
) -> Option<NumberFormat> {
    let total = cells.clone().count();
    if total == 0 {
        return None;
    }
    let needed = (total as f64 * share_min).ceil() as usize;
    let plain = cells
        .clone()
        .filter(|cell| parse_exact(cell.as_bytes(), &NumberFormat::PLAIN).is_some())
        .count();
    if plain == total {
        return Some(NumberFormat::PLAIN);
    }
    let percent = cells.clone().any(|cell| cell.contains(['%', '\u{ff05}']));
    let currency = cells.clone().any(has_currency);
    let shapes = [
        (b'.', None),
        (b'.', Some(b',')),
        (b',', Some(b'.')),
        (b',', Some(b' ')),
        (b'.', Some(b' ')),
        (b'.', Some(b'\'')),
    ];
    let mut best: Option<(usize, NumberFormat)> = None;
    for (decimal, group) in shapes {
        let format = NumberFormat {
            decimal,
            group,
            percent,
            currency,
        };
        let read = cells
            .clone()
            .filter(|cell| parse_exact(cell.as_bytes(), &format).is_some())
            .count();
        if best.is_none_or(|(most, _)| read > most) {
            best = Some((read, format));
        }
    }
    let (read, mut format) = best?;
    if read < needed || read < plain {
        return None;
    }
    // A point that is surely the decimal mark leaves the comma to group: an amount of
    // thousands may come first beyond the sample.
    if format.group.is_none() && cells.clone().any(has_decimal_point) {
        format.group = Some(b',');
    }
    Some(format)
}

/// Whether what follows a cell's last point is no group of three digits.
fn has_decimal_point(cell: &str) -> bool {
    let digits = |text: &str| {
        let text = text.chars().map(narrow);
        text.take_while(char::is_ascii_digit).count()
    };
    let (before, after) = match cell.rsplit_once(['.', '\u{ff0e}']) {
        Some((before, after)) => (before.chars().last().map(narrow), digits(after)),
        None => return false,
    };
    before.is_some_and(|c| c.is_ascii_digit()) && !matches!(after, 0 | 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str, format: NumberFormat) -> Option<(i64, u8)> {
        parse_exact(text.as_bytes(), &format).map(|e| (e.mantissa, e.scale))
    }

    #[test]
    fn numbers_in_many_dresses() {
        let plain = NumberFormat::PLAIN;
        let english = NumberFormat {
            currency: true,
            percent: true,
            ..NumberFormat::ENGLISH
        };
        let european = NumberFormat {
            currency: true,
            ..NumberFormat::EUROPEAN
        };
        for (text, format, expected) in [
            ("17850.0", plain, Some((178_500, 1))),
            ("-0.05", plain, Some((-5, 2))),
            (".5", plain, Some((5, 1))),
            ("1.", plain, Some((1, 0))),
            ("+7", plain, Some((7, 0))),
            ("1.5e3", plain, Some((1500, 0))),
            ("2E-3", plain, Some((2, 3))),
            ("-", plain, None),
            (".", plain, None),
            ("", plain, None),
            ("1,5", plain, None),
            ("85123A", plain, None),
            ("1-2", plain, None),
            ("12.5-", plain, Some((-125, 1))),
            ("1,234.56", english, Some((123_456, 2))),
            ("$1,234,567", english, Some((1_234_567, 0))),
            ("(12.50)", english, Some((-1250, 2))),
            ("12%", english, Some((12, 2))),
            ("¥１２．５", english, Some((125, 1))),
            ("1,23", english, None),
            ("1234,567", english, None),
            ("020,794", english, None),
            ("12,34,567", english, Some((1_234_567, 0))),
            ("13.01.2024", NumberFormat::EUROPEAN, None),
            ("1.234,56 €", european, Some((123_456, 2))),
            ("1.234", european, Some((1234, 0))),
            ("0,5", european, Some((5, 1))),
            ("1.2万", plain, Some((12_000, 0))),
            ("３亿", plain, Some((300_000_000, 0))),
            ("¥1.25万元", english, None),
            ("1.25 万元", english, Some((12_500, 0))),
            ("万", plain, None),
            ("1万2", plain, None),
            ("1万万", plain, None),
            (
                "EUR 5.00",
                NumberFormat {
                    currency: true,
                    ..plain
                },
                Some((500, 2)),
            ),
            ("C536379", english, None),
            ("9223372036854775807", plain, None),
        ] {
            assert_eq!(exact(text, format), expected, "{text}");
        }
    }

    #[test]
    fn scaling_rounds_half_away_from_zero() {
        let scaled = |text: &str, scale| {
            parse_exact(text.as_bytes(), &NumberFormat::PLAIN)
                .and_then(|e| e.at_scale(scale))
                .map(|s| (s.value, s.rounded))
        };
        assert_eq!(scaled("2.5", 0), Some((3, true)));
        assert_eq!(scaled("-2.5", 0), Some((-3, true)));
        assert_eq!(scaled("2.4999", 0), Some((2, true)));
        assert_eq!(scaled("0.00005", 4), Some((1, true)));
        assert_eq!(scaled("1.10", 4), Some((11_000, false)));
        assert_eq!(scaled("1.1000000", 4), Some((11_000, false)));
        assert_eq!(scaled("29.850000381469727", 4), Some((298_500, true)));
        assert_eq!(
            scaled("0.1000000000000000055511151231257827", 4),
            Some((1000, true))
        );
        assert_eq!(scaled("999999999999999999", 4), None);
    }

    #[test]
    fn doubles_are_the_nearest() {
        for text in [
            "0.1",
            "17850.0",
            "2.55",
            "1e300",
            "123456789.123456789",
            "0.30000000000000004",
            "-1e-7",
        ] {
            assert_eq!(
                parse_f64(text.as_bytes(), &NumberFormat::PLAIN),
                text.parse().ok(),
                "{text}"
            );
        }
        assert_eq!(parse_f64(b"inf", &NumberFormat::PLAIN), None);
        assert_eq!(parse_f64(b"1e999", &NumberFormat::PLAIN), None);
    }

    #[test]
    fn formats_are_inferred() {
        let infer = |cells: &[&str]| infer_format(cells.iter().copied(), 0.99);
        assert_eq!(infer(&["1", "2.5"]), Some(NumberFormat::PLAIN));
        assert_eq!(
            infer(&["1,234.50", "7.25"]).map(|f| (f.decimal, f.group)),
            Some((b'.', Some(b',')))
        );
        assert_eq!(
            infer(&["1.234,50", "7,25"]).map(|f| (f.decimal, f.group)),
            Some((b',', Some(b'.')))
        );
        assert_eq!(
            infer(&["1 234,50", "7,25"]).map(|f| (f.decimal, f.group)),
            Some((b',', Some(b' ')))
        );
        assert_eq!(infer(&["12%", "7.5%"]).map(|f| f.percent), Some(true));
        assert_eq!(infer(&["£12", "£7.5"]).map(|f| f.currency), Some(true));
        // Where the point is surely the decimal mark, thousands may come later.
        let group = |cells: &[&str]| infer(cells).map(|f| (f.decimal, f.group));
        assert_eq!(group(&["¥2.55", "3.1"]), Some((b'.', Some(b','))));
        assert_eq!(group(&["¥２．５５", "¥3"]), Some((b'.', Some(b','))));
        assert_eq!(group(&["¥2", "3"]), Some((b'.', None)));
        assert_eq!(group(&["¥2.555", "1.234"]), Some((b'.', None)));
        assert_eq!(infer(&["A1", "B2"]), None);
        assert_eq!(infer(&["2024-01-05", "2024-02-05"]), None);
    }
}
