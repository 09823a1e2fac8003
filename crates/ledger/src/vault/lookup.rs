//! Finding a person by an e-mail address or a telephone number that a trait of
//! theirs holds. What is kept for it is a keyed hash: of an address the whole, of
//! a number its last digits, since the same number is written with a country's
//! prefix and without. Whoever has the hash is looked at again in clear, so a
//! person is found by the number and not by its tail.

use std::collections::BTreeSet;

use sqlx::Row;

use crate::error::Result;
use crate::vault::Vault;

/// The longest address, in bytes (RFC 5321, section 4.5.3.1.3).
const ADDRESS_BYTES_MAX: usize = 254;
/// Digits of a telephone number (E.164 has 15 at the most).
const DIGITS: std::ops::RangeInclusive<usize> = 6..=15;
/// Digits at the end of a number that are hashed.
const TAIL_DIGITS: usize = 8;
/// People looked at who share a hash; a number of a whole firm is nobody's.
const SHARING_MAX: i64 = 1_000;

/// An address or a number as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Contact {
    /// In small letters.
    Address(String),
    /// Digits without the zeros and signs that stand before a prefix.
    Number(String),
}

impl Contact {
    /// What a text says, if it is an address or a number.
    fn of(text: &str) -> Option<Contact> {
        let text = text.trim();
        let text = text.strip_prefix("mailto:").unwrap_or(text);
        match text.split_once('@') {
            Some((name, place)) => {
                let right = !name.is_empty()
                    && place.contains('.')
                    && !place.starts_with('.')
                    && !place.ends_with('.')
                    && !place.contains('@')
                    && text.len() <= ADDRESS_BYTES_MAX
                    && !text.contains(|c: char| c.is_whitespace() || c.is_control());
                right.then(|| Contact::Address(text.to_lowercase()))
            }
            None => number(text).map(Contact::Number),
        }
    }

    /// The text whose hash is kept.
    fn hashed(&self) -> String {
        match self {
            Contact::Address(text) => format!("mail\0{text}"),
            Contact::Number(digits) => {
                let tail = digits.len().saturating_sub(TAIL_DIGITS);
                format!("number\0{}", digits.get(tail..).unwrap_or(digits))
            }
        }
    }

    /// Whether both are the same: of two numbers one may have a prefix.
    fn is(&self, other: &Contact) -> bool {
        match (self, other) {
            (Contact::Address(one), Contact::Address(other)) => one == other,
            (Contact::Number(one), Contact::Number(other)) => {
                one.ends_with(other.as_str()) || other.ends_with(one.as_str())
            }
            _ => false,
        }
    }
}

/// The digits of a telephone number, if the text is one and nothing else.
fn number(text: &str) -> Option<String> {
    let mut digits = String::new();
    for (place, c) in text.chars().enumerate() {
        match c {
            '0'..='9' => digits.push(c),
            // Digits as Chinese keyboards write them.
            '０'..='９' => digits.push(char::from_digit(u32::from(c) - u32::from('０'), 10)?),
            '+' | '＋' if place == 0 => {}
            ' ' | '-' | '.' | '/' | '(' | ')' | '\u{a0}' | '－' | '（' | '）' => {}
            _ => return None,
        }
    }
    let digits = digits.trim_start_matches('0');
    DIGITS.contains(&digits.len()).then(|| digits.to_owned())
}

impl Vault {
    /// The hash that is kept beside a trait; none of what is neither an address
    /// nor a number.
    pub(super) fn lookup_hash_of(&self, value: &str) -> Option<Vec<u8>> {
        let contact = Contact::of(value)?;
        Some(self.keys.hasher.lookup_hash(&contact.hashed()).to_vec())
    }

    /// Everybody one of whose traits is this e-mail address or telephone number,
    /// however it is written; nobody where the text is neither.
    ///
    /// # Errors
    /// `vault/tampered`; `vault/wrong-key` when the key was rotated meanwhile.
    pub async fn reached_by(&self, text: &str) -> Result<Vec<i64>> {
        let Some(wanted) = Contact::of(text) else {
            return Ok(Vec::new());
        };
        let hash = self.keys.hasher.lookup_hash(&wanted.hashed());
        let rows = sqlx::query(
            "SELECT DISTINCT subject_id FROM subject_traits WHERE lookup_hash = ?1 ORDER BY subject_id LIMIT ?2",
        )
        .bind(hash.to_vec())
        .bind(SHARING_MAX)
        .fetch_all(&self.ledger.pool)
        .await?;
        let mut found = BTreeSet::new();
        for row in rows {
            let subject_id = row.try_get(0)?;
            let traits = self.traits(subject_id).await?;
            let contacts = traits.values().filter_map(|value| Contact::of(value));
            if contacts.into_iter().any(|contact| contact.is(&wanted)) {
                found.insert(subject_id);
            }
        }
        Ok(found.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(one: &str, other: &str) -> bool {
        let (one, other) = (Contact::of(one).unwrap(), Contact::of(other).unwrap());
        one.hashed() == other.hashed() && one.is(&other)
    }

    #[test]
    fn addresses_and_numbers_are_known_however_they_are_written() {
        assert!(same(" Anna.Berg@Example.ORG ", "anna.berg@example.org"));
        assert!(same("mailto:a@b.cn", "a@b.cn"));
        assert!(same("+49 (30) 901820-4", "030 9018204"));
        assert!(same("0049 30 9018204", "+49 30 9018204"));
        assert!(same("+86 138 0013 8000", "13800138000"));
        assert!(same("１３８００１３８０００", "138-0013-8000"));
        // Another operator's number with the same tail is another number.
        assert!(!same("13800138000", "15800138000"));
        assert!(!same("a@b.cn", "c@b.cn"));
    }

    #[test]
    fn what_is_neither_is_nobody() {
        for text in [
            "",
            "Anna",
            "a@b",
            "a@.b",
            "a b@c.d",
            "12345",
            "2024年3月5日",
            "a@b@c.d",
            "1+2345678",
        ] {
            assert_eq!(Contact::of(text), None, "{text}");
        }
        assert_eq!(Contact::of("1234567890123456"), None);
        assert_eq!(
            Contact::of("00 44 20 7946 0000"),
            Some(Contact::Number("442079460000".to_owned()))
        );
    }
}
