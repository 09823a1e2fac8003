//! Numbers of accounts, cards, devices and browsers: kept as they are, since
//! nobody but their maker knows what in them matters.

use std::borrow::Cow;

use super::{Kind, Refusal};

pub fn normalise(kind: Kind, text: Cow<'_, str>) -> Result<Cow<'_, str>, Refusal> {
    if text.contains(['*', '•', '●']) {
        return Err(Refusal::Masked);
    }
    if is_rounded(&text) {
        return Err(Refusal::Rounded);
    }
    match kind {
        Kind::Card => digits_of_card(text),
        // Both systems print the same id in capital or in small letters.
        Kind::Device => Ok(lower(text)),
        _ => Ok(text),
    }
}

/// `1.23457E+17`: a spreadsheet kept fifteen digits, the others are gone.
fn is_rounded(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return false;
    };
    let Some((whole, fraction)) = mantissa.split_once(['.', ',']) else {
        return false;
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    whole.len() == 1
        && digits(whole)
        && digits(fraction)
        && exponent.strip_prefix('+').is_some_and(digits)
}

/// Cards are printed in groups of digits.
fn digits_of_card(text: Cow<'_, str>) -> Result<Cow<'_, str>, Refusal> {
    if !text.contains([' ', '-']) {
        return Ok(text);
    }
    let joined: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    if joined.is_empty() {
        return Err(Refusal::Malformed);
    }
    Ok(Cow::Owned(joined))
}

/// In small letters; borrowed where it is already.
pub fn lower(text: Cow<'_, str>) -> Cow<'_, str> {
    if text
        .bytes()
        .all(|b| b.is_ascii() && !b.is_ascii_uppercase())
    {
        return text;
    }
    Cow::Owned(text.to_lowercase())
}
