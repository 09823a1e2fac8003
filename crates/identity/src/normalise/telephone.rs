//! Telephone numbers, brought to E.164: `+8613812345678`, with an extension
//! behind `;ext=` (RFC 3966), since a switchboard's number alone is nobody's.

use std::borrow::Cow;

use super::calling::{self, Plan};
use super::{Context, Refusal};

/// Most digits of E.164.
const DIGITS_MAX: usize = 15;
/// A subscriber cannot be reached by fewer.
const DIGITS_MIN: usize = 8;
const EXTENSION_MAX: usize = 6;

/// Prefixes of China's virtual operators.
const VIRTUAL: [&str; 5] = ["162", "165", "167", "170", "171"];

/// What may stand between digits.
fn is_separator(c: char) -> bool {
    matches!(
        c,
        ' ' | '-' | '.' | '(' | ')' | '/' | '_' | '[' | ']' | '\'' | '~'
    ) || matches!(c, '‐'..='―' | '−' | '·' | '（' | '）')
}

pub fn normalise<'a>(text: Cow<'a, str>, context: &Context<'_>) -> Result<Cow<'a, str>, Refusal> {
    if is_e164(&text) {
        judge(&text[1..], context)?;
        return Ok(text);
    }
    let (body, extension) = if text.bytes().all(is_plain) {
        (&*text, None)
    } else {
        let body = without_label(&text);
        if is_masked(body) {
            return Err(Refusal::Masked);
        }
        let (body, extension) = split_extension(body)?;
        refuse_several(body)?;
        (body, extension)
    };
    let scanned = scan(body)?;
    if is_made_up(&scanned.digits) {
        return Err(Refusal::Blocked);
    }
    let (number, extension) = international(&scanned, extension, context)?;
    judge(&number, context)?;
    Ok(Cow::Owned(match extension {
        Some(extension) => format!("+{number};ext={extension}"),
        None => format!("+{number}"),
    }))
}

/// What most numbers are written with, and what says nothing but digits.
fn is_plain(b: u8) -> bool {
    b.is_ascii_digit() || matches!(b, b'+' | b' ' | b'-' | b'(' | b')' | b'.')
}

fn is_e164(text: &str) -> bool {
    let Some(digits) = text.strip_prefix('+') else {
        return false;
    };
    let all = digits.bytes().all(|b| b.is_ascii_digit());
    all && calling::plan_of_number(digits).is_some_and(|plan| {
        let national = &digits[plan.code.len()..];
        let trunk = !plan.trunk.is_empty() && national.starts_with(plan.trunk);
        !trunk && fits(plan, national)
    })
}

/// Without `tel:`, `Mobile:`, `手机：` in front.
fn without_label(text: &str) -> &str {
    let label = |c: char| c.is_alphabetic() || matches!(c, ' ' | '.');
    match text.split_once(':') {
        Some((head, rest)) if head.chars().all(label) => rest.trim(),
        _ => text,
    }
}

/// `138****1234`, `138xxxx1234`, `138••••1234`.
fn is_masked(text: &str) -> bool {
    text.contains(['*', '•', '●', '＊', '…', '?'])
        || text.to_ascii_lowercase().contains("xx")
        || text.contains("##")
        || text.contains("__")
}

/// What follows `ext`, `x`, `#`, `转`, `分机`.
fn split_extension(text: &str) -> Result<(&str, Option<&str>), Refusal> {
    const MARKS: [&str; 9] = [
        ";ext=",
        "extension",
        "ext.",
        "ext",
        "分机",
        "转",
        "轉",
        "#",
        "x",
    ];
    let lower = text.to_ascii_lowercase();
    let found = MARKS
        .iter()
        .filter_map(|mark| lower.find(mark).map(|at| (at, mark.len())))
        .min_by_key(|&(at, length)| (at, usize::MAX - length));
    let Some((at, length)) = found else {
        return Ok((text, None));
    };
    let extension = text[at + length..].trim_matches(|c: char| is_separator(c) || c == ':');
    let fits = (1..=EXTENSION_MAX).contains(&extension.len())
        && extension.bytes().all(|b| b.is_ascii_digit());
    if !fits {
        return Err(Refusal::Malformed);
    }
    Ok((&text[..at], Some(extension)))
}

/// Two numbers in one cell, whatever stands between them.
fn refuse_several(text: &str) -> Result<(), Refusal> {
    let digits = |part: &str| part.bytes().filter(u8::is_ascii_digit).count();
    let long = text
        .split([',', ';', '、', '/', '|', '，', '；'])
        .filter(|part| digits(part) >= 7)
        .count();
    if long > 1 {
        Err(Refusal::Several)
    } else {
        Ok(())
    }
}

/// The digits of a number, and where the last group of them began.
struct Scanned {
    plus: bool,
    digits: String,
    last_group: usize,
}

fn scan(text: &str) -> Result<Scanned, Refusal> {
    let text = text.trim();
    let (plus, rest) = match text.trim_start_matches('(').strip_prefix('+') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    // `+44 (0)20`: the zone in brackets is dialled within the country only.
    let rest = if plus {
        Cow::Owned(rest.replacen("(0)", "", 1))
    } else {
        Cow::Borrowed(rest)
    };
    let mut scanned = Scanned {
        plus,
        digits: String::with_capacity(16),
        last_group: 0,
    };
    let mut between = false;
    for c in rest.chars() {
        if c.is_ascii_digit() {
            if between {
                scanned.last_group = scanned.digits.len();
            }
            between = false;
            scanned.digits.push(c);
        } else if is_separator(c) {
            between = true;
        } else {
            return Err(Refusal::Malformed);
        }
    }
    match scanned.digits.len() {
        0 => Err(Refusal::Malformed),
        length if length > DIGITS_MAX + EXTENSION_MAX + 3 => Err(Refusal::Malformed),
        _ => Ok(scanned),
    }
}

/// Country code and number, without `+`, and the extension.
fn international<'a>(
    scanned: &'a Scanned,
    extension: Option<&'a str>,
    context: &Context<'_>,
) -> Result<(String, Option<&'a str>), Refusal> {
    let whole = with_code(scanned.plus, &scanned.digits, context);
    // `021-12345678-8012`: too long as a number, right without the last group.
    let cut = scanned.last_group;
    if whole.is_err()
        && extension.is_none()
        && cut > 0
        && scanned.digits.len() - cut <= EXTENSION_MAX
        && let Ok(number) = with_code(scanned.plus, &scanned.digits[..cut], context)
    {
        return Ok((number, Some(&scanned.digits[cut..])));
    }
    whole.map(|number| (number, extension))
}

fn with_code(plus: bool, digits: &str, context: &Context<'_>) -> Result<String, Refusal> {
    if plus {
        return checked(digits);
    }
    let home = context.country.and_then(calling::plan_of);
    let abroad = digits
        .strip_prefix(calling::international_prefix(context.country))
        .or_else(|| digits.strip_prefix("00"));
    if let Some(rest) = abroad.filter(|rest| rest.len() >= DIGITS_MIN) {
        return checked(rest);
    }
    let Some(home) = home else {
        return Err(Refusal::Incomplete);
    };
    let national = without_trunk(home, digits);
    if fits(home, national) {
        return Ok(format!("{}{national}", home.code));
    }
    // With the country's code but without the `+`.
    if let Some(rest) = digits.strip_prefix(home.code)
        && fits(home, without_trunk(home, rest))
    {
        return Ok(format!("{}{}", home.code, without_trunk(home, rest)));
    }
    let short_code = home.country == *b"CN" && is_short_code(digits);
    Err(match national.len() {
        _ if short_code => Refusal::Service,
        length if length < home.digits.0 && (6..=8).contains(&length) => Refusal::Incomplete,
        _ => Refusal::Malformed,
    })
}

/// A number after `+`, held to its country's lengths, or else to E.164's.
fn checked(digits: &str) -> Result<String, Refusal> {
    let code = calling::code_of(digits).ok_or(Refusal::Malformed)?;
    let Some(plan) = calling::plan_of_number(digits) else {
        let bounded = (DIGITS_MIN..=DIGITS_MAX).contains(&digits.len());
        return if bounded {
            Ok(digits.to_owned())
        } else {
            Err(Refusal::Malformed)
        };
    };
    let national = without_trunk(plan, &digits[code.len()..]);
    if fits(plan, national) {
        Ok(format!("{code}{national}"))
    } else {
        Err(Refusal::Malformed)
    }
}

fn without_trunk<'a>(plan: &Plan, national: &'a str) -> &'a str {
    if plan.trunk.is_empty() {
        return national;
    }
    match national.strip_prefix(plan.trunk) {
        // Prefixes other than 0 may begin a number too.
        Some(rest) if plan.trunk == "0" || rest.len() >= plan.digits.0 => rest,
        _ => national,
    }
}

fn fits(plan: &Plan, national: &str) -> bool {
    let length = (plan.digits.0..=plan.digits.1).contains(&national.len());
    let bytes = national.as_bytes();
    let shape = match (&plan.country, bytes) {
        // Mobile numbers have 11 digits from 13 to 19; other numbers never begin with 1, Beijing's 10 apart.
        (b"CN", [b'1', b'0', ..]) => national.len() == 10,
        (b"CN", [b'1', second, ..]) => national.len() == 11 && (b'3'..=b'9').contains(second),
        (b"CN", [first, ..]) => *first != b'0',
        (b"US" | b"CA", [first, _, _, fourth, ..]) => *first >= b'2' && *fourth >= b'2',
        _ => true,
    };
    length && shape
}

/// Banks' and carriers' hotlines: `95588`, `10086`, `12306`.
fn is_short_code(digits: &str) -> bool {
    (3..=6).contains(&digits.len()) && (digits.starts_with('1') || digits.starts_with("9"))
}

/// One digit throughout, or digits that count up: written to get past a form.
fn is_made_up(digits: &str) -> bool {
    let pairs = || digits.as_bytes().windows(2);
    digits.len() >= 5
        && (pairs().all(|pair| pair[0] == pair[1])
            || pairs().all(|pair| (pair[0] - b'0' + 1) % 10 == pair[1] - b'0'))
}

/// Numbers that are no person's, though they have the form.
fn judge(number: &str, context: &Context<'_>) -> Result<(), Refusal> {
    let code = calling::code_of(number).unwrap_or("");
    let national = &number[code.len()..];
    // 13800138000 is a carrier's own line that people know by heart.
    if is_made_up(national) || national.ends_with("00000000") || number == "8613800138000" {
        return Err(Refusal::Blocked);
    }
    if code == "86" {
        let hotline =
            national.len() == 10 && (national.starts_with("400") || national.starts_with("800"));
        if hotline {
            return Err(Refusal::Service);
        }
        let hidden =
            national.len() == 11 && VIRTUAL.iter().any(|prefix| national.starts_with(prefix));
        if hidden && context.refuse_virtual {
            return Err(Refusal::Virtual);
        }
    }
    let free = match code {
        "1" => ["800", "833", "844", "855", "866", "877", "888", "900"]
            .iter()
            .any(|p| national.starts_with(p)),
        "44" => national.starts_with("80"),
        "49" => national.starts_with("800"),
        "33" => national.starts_with("80"),
        _ => false,
    };
    if free { Err(Refusal::Service) } else { Ok(()) }
}
