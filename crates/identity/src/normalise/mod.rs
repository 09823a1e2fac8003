//! One form for every way of writing an identifier, or the reason why the
//! value identifies nobody.
//!
//! ```
//! use perennial_identity::normalise::{Context, Kind, Refusal, normalise};
//!
//! let china = Context { country: Some(*b"CN"), ..Context::default() };
//! let number = normalise(Kind::Telephone, "１３８ 1234-5678", &china)?;
//! assert_eq!(number.text, "+8613812345678");
//! let masked = normalise(Kind::Telephone, "138****5678", &china);
//! assert_eq!(masked, Err(Refusal::Masked));
//! # Ok::<(), Refusal>(())
//! ```

mod account;
mod calling;
mod email;
mod telephone;
mod text;
mod zones;

pub use zones::country_of_time_zone;

pub(crate) use text::half_width;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

/// Longest identifier in bytes; longer values are no identifiers.
pub const BYTES_MAX: usize = 256;

/// What an identifier is, in order of priority: the first of a record's
/// identifiers is the one the others are evidence for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    /// The business's own number of a customer or an account.
    CustomerId = 0,
    /// WeChat's unionid: one person over all apps of one owner.
    UnionId = 1,
    /// An openid or another account number that belongs to one app.
    OpenId = 2,
    /// A loyalty or bank card.
    Card = 3,
    /// A telephone number.
    Telephone = 4,
    /// An e-mail address.
    Email = 5,
    /// A device or advertising id.
    Device = 6,
    /// A browser's cookie or a tracker's anonymous id.
    Cookie = 7,
}

impl Kind {
    /// Every kind, by priority.
    pub const ALL: [Kind; 8] = [
        Kind::CustomerId,
        Kind::UnionId,
        Kind::OpenId,
        Kind::Card,
        Kind::Telephone,
        Kind::Email,
        Kind::Device,
        Kind::Cookie,
    ];

    /// The stable name, for settings and tables.
    pub fn code(self) -> &'static str {
        match self {
            Kind::CustomerId => "customer_id",
            Kind::UnionId => "unionid",
            Kind::OpenId => "openid",
            Kind::Card => "card",
            Kind::Telephone => "telephone",
            Kind::Email => "email",
            Kind::Device => "device",
            Kind::Cookie => "cookie",
        }
    }

    /// The kind of a stable name.
    pub fn of_code(code: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// What a value is read against. The default knows no country: only numbers
/// written with `+` or `00` are read then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context<'a> {
    /// Country of numbers without a country code (ISO 3166-1, capital letters).
    pub country: Option<[u8; 2]>,
    /// The app that an openid belongs to.
    pub app: Option<&'a str>,
    /// Whether numbers of China's virtual operators (162, 165, 167, 170, 171)
    /// are refused: they are handed on, and used to hide.
    pub refuse_virtual: bool,
    /// Whether addresses that a provider delivers to one mailbox are one:
    /// Gmail's dots and what follows a `+`.
    pub join_provider_spellings: bool,
    /// Further values that identify nobody, in small letters and half width.
    pub blocked: &'a [String],
}

impl Default for Context<'_> {
    fn default() -> Self {
        Context {
            country: None,
            app: None,
            refuse_virtual: true,
            join_provider_spellings: false,
            blocked: &[],
        }
    }
}

/// An identifier in its one form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Normalised<'a> {
    /// The identifier; borrowed where the value was in its one form already.
    pub text: Cow<'a, str>,
    /// What it is unique within: the app of an openid, otherwise empty. Hash
    /// it together with the text.
    pub scope: &'a str,
}

/// Why a value identifies nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Nothing but blanks.
    #[error("empty")]
    Empty,
    /// Part of it is hidden: `138****1234`.
    #[error("part of it is masked")]
    Masked,
    /// A number of a virtual operator.
    #[error("a number of a virtual operator")]
    Virtual,
    /// A word or number written where there was nothing to write: `-1`, `null`, `无`.
    #[error("stands for a missing value")]
    Blocked,
    /// A hotline or short code: it belongs to a firm.
    #[error("a service number")]
    Service,
    /// Without its area code, or without its country code where no country is set.
    #[error("area or country code missing")]
    Incomplete,
    /// Several values in one cell.
    #[error("several values in one")]
    Several,
    /// Rounded by a spreadsheet: `1.23457E+17`.
    #[error("rounded by a spreadsheet")]
    Rounded,
    /// An openid without the app it belongs to.
    #[error("an openid without its app")]
    NoApp,
    /// Longer than [`BYTES_MAX`].
    #[error("longer than 256 bytes")]
    TooLong,
    /// Not of the form its kind has.
    #[error("malformed")]
    Malformed,
}

impl Refusal {
    /// Every reason.
    pub const ALL: [Refusal; 11] = [
        Refusal::Empty,
        Refusal::Masked,
        Refusal::Virtual,
        Refusal::Blocked,
        Refusal::Service,
        Refusal::Incomplete,
        Refusal::Several,
        Refusal::Rounded,
        Refusal::NoApp,
        Refusal::TooLong,
        Refusal::Malformed,
    ];

    /// The stable name, for tables of counts.
    pub fn code(self) -> &'static str {
        match self {
            Refusal::Empty => "empty",
            Refusal::Masked => "masked",
            Refusal::Virtual => "virtual",
            Refusal::Blocked => "blocked",
            Refusal::Service => "service",
            Refusal::Incomplete => "incomplete",
            Refusal::Several => "several",
            Refusal::Rounded => "rounded",
            Refusal::NoApp => "no_app",
            Refusal::TooLong => "too_long",
            Refusal::Malformed => "malformed",
        }
    }
}

/// Whether it is known how a country numbers its telephones (ISO 3166-1,
/// capital letters). Of another one, numbers without a country code are not read.
pub fn knows_country(country: [u8; 2]) -> bool {
    calling::plan_of(country).is_some()
}

/// Brings one value into its one form.
///
/// # Errors
/// Why the value identifies nobody.
pub fn normalise<'a>(
    kind: Kind,
    raw: &'a str,
    context: &Context<'a>,
) -> Result<Normalised<'a>, Refusal> {
    if raw.len() > 4 * BYTES_MAX {
        return Err(Refusal::TooLong);
    }
    let text = text::tidy(raw);
    if text.is_empty() {
        return Err(Refusal::Empty);
    }
    if text.len() > BYTES_MAX {
        return Err(Refusal::TooLong);
    }
    if text::stands_for_nothing(&text, context.blocked) {
        return Err(Refusal::Blocked);
    }
    let text = match kind {
        Kind::Email => email::normalise(text, context)?,
        Kind::Telephone => telephone::normalise(text, context)?,
        _ => account::normalise(kind, text)?,
    };
    // A user's own list may name the one form as well as what stands in the file.
    if context
        .blocked
        .iter()
        .any(|blocked| blocked.as_str() == text)
    {
        return Err(Refusal::Blocked);
    }
    let scope = match (kind, context.app) {
        (Kind::OpenId, None | Some("")) => return Err(Refusal::NoApp),
        (Kind::OpenId, Some(app)) => app,
        _ => "",
    };
    Ok(Normalised { text, scope })
}
