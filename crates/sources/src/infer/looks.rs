//! What the values of a column look like, beyond their kind.

use super::sample::SampleColumn;

/// Patterns that nearly all values of a column share (at least 90 %).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Looks {
    /// `someone@somewhere.tld`.
    pub email: bool,
    /// Telephone numbers: at least 7 digits with the signs used in them, and
    /// one such sign; or Chinese mobile numbers (masked ones too).
    pub phone: bool,
    /// Names of persons: two or three capitalised words, or two to four
    /// Chinese characters of which the first is a common family name.
    pub person: bool,
    /// Codes: letters with digits, digits with leading zeros, or UUIDs.
    pub code: bool,
    /// Free text: several words, mostly all different.
    pub free_text: bool,
    /// Amounts: a currency sign, or at most two decimals and none of it small
    /// whole numbers.
    pub money: bool,
    /// Exactly two values.
    pub binary: bool,
}

/// Values looked at.
const VALUES_MAX: usize = 500;

/// Looks at a column. `numeric` says that its values are numbers.
pub(super) fn look(column: &SampleColumn, numeric: bool, currency: bool, scale: u8) -> Looks {
    let values: Vec<&str> = column
        .values
        .iter()
        .take(VALUES_MAX)
        .map(String::as_str)
        .collect();
    if values.is_empty() {
        return Looks::default();
    }
    let most = |test: &dyn Fn(&str) -> bool| {
        values.iter().filter(|value| test(value)).count() * 10 >= values.len() * 9
    };
    let binary = column.values.len() == 2;
    let phone = most(&is_phone);
    if numeric {
        return Looks {
            money: currency || scale == 2,
            binary,
            phone: phone && most(&is_mobile),
            ..Looks::default()
        };
    }
    let code = most(&is_code);
    let words = most(&|value| value.split_whitespace().count() >= 3 || value.chars().count() > 20);
    Looks {
        email: most(&is_email),
        phone,
        person: column.values.len() > 5 && most(&is_person),
        code,
        free_text: words && !code && column.values.len() > 5,
        money: currency,
        binary,
    }
}

fn is_email(value: &str) -> bool {
    let Some((name, host)) = value.split_once('@') else {
        return false;
    };
    !name.is_empty()
        && host.contains('.')
        && !host.starts_with('.')
        && !value.contains(char::is_whitespace)
        && !host.contains('@')
}

fn is_mobile(value: &str) -> bool {
    let digits = value.strip_prefix("+86").unwrap_or(value).trim();
    digits.len() == 11
        && digits.starts_with('1')
        && digits
            .as_bytes()
            .get(1)
            .is_some_and(|b| (b'3'..=b'9').contains(b))
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'*')
}

fn is_phone(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let shape = value
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b' ' | b'(' | b')' | b'/' | b'.'));
    let signs =
        value.starts_with('+') || value.contains('(') || value.matches(['-', ' ']).count() >= 2;
    is_mobile(value) || ((7..=15).contains(&digits) && shape && signs && !is_date_like(value))
}

fn is_date_like(value: &str) -> bool {
    use super::super::time::{TimeFormat, parse};
    TimeFormat::ALL
        .iter()
        .filter(|f| !f.is_epoch())
        .any(|format| parse(value.as_bytes(), *format).is_some())
}

fn is_code(value: &str) -> bool {
    let digits = value.bytes().any(|b| b.is_ascii_digit());
    let letters = value.bytes().any(|b| b.is_ascii_alphabetic());
    let plain = value
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'/' | b'.' | b':' | b'#'));
    let zeros =
        value.len() > 1 && value.starts_with('0') && value.bytes().all(|b| b.is_ascii_digit());
    plain && digits && (letters || zeros || value.bytes().all(|b| b.is_ascii_digit() || b == b'-'))
}

fn is_person(value: &str) -> bool {
    /// The family names of most Chinese people.
    const FAMILY: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤";
    let count = value.chars().count();
    if (2..=4).contains(&count)
        && value
            .chars()
            .all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
    {
        return value.chars().next().is_some_and(|c| FAMILY.contains(c));
    }
    let words: Vec<&str> = value
        .split([' ', ','])
        .filter(|word| !word.is_empty())
        .collect();
    (2..=3).contains(&words.len())
        && words.iter().all(|word| {
            let plain = word
                .chars()
                .all(|c| c.is_alphabetic() || matches!(c, '\'' | '-' | '.'));
            let initial = word.chars().next().is_some_and(char::is_uppercase);
            // Not all capitals, initials apart: those are goods, not people.
            let lower = word.chars().count() <= 2 || word.chars().any(char::is_lowercase);
            plain && initial && lower && word.chars().count() <= 20
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        assert!(is_email("a.b@c.org") && !is_email("a@b") && !is_email("@b.c"));
        assert!(
            is_phone("+44 20 7946 0958")
                && is_phone("(212) 555-0100")
                && is_phone("138****1234")
                && is_phone("13812345678")
        );
        assert!(!is_phone("2024-01-05") && !is_phone("5551234") && !is_phone("17850"));
        assert!(
            is_code("85123A")
                && is_code("0004")
                && is_code("7590-VHVEG")
                && !is_code("Red")
                && !is_code("a b1")
        );
        assert!(is_person("Ann Smith") && is_person("Jean-Luc Picard") && is_person("王小明"));
        assert!(!is_person("WHITE METAL LANTERN") && !is_person("Red") && !is_person("红色"));
    }
}
