//! Numbers with a range, sizes, and the small closed sets of words that settings
//! take: every type a key can have apart from durations.

use std::fmt;

use serde::{Serialize, Serializer};

use super::duration::Duration;
use super::error::{Problem, code};
use super::node::{Data, Node};
use super::read::{Setting, nearest, one_of, wrong_type};

macro_rules! number {
    ($(#[doc = $about:literal])+ $name:ident: $kind:literal, $least:literal, $most:expr) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize)]
        #[serde(transparent)]
        pub struct $name(f64);

        impl $name {
            /// The number, when it lies in the range.
            pub fn new(number: f64) -> Option<Self> {
                // Adding zero turns a negative zero into zero: one number, one hash.
                ($least..=$most).contains(&number).then_some(Self(number + 0.0))
            }

            /// A number that is known to lie in the range.
            #[allow(dead_code, reason = "not every range has a default")]
            pub(crate) const fn constant(number: f64) -> Self {
                assert!(number >= $least && number <= $most);
                Self(number)
            }

            /// The number.
            pub const fn get(self) -> f64 {
                self.0
            }
        }

        impl Setting for $name {
            const KIND: &'static str = $kind;

            fn read(node: &Node, path: &str, problems: &mut Vec<Problem>) -> Option<Self> {
                let Some(number) = node.number() else {
                    problems.push(wrong_type::<Self>(node, path));
                    return None;
                };
                let inside = Self::new(number);
                if inside.is_none() {
                    let message = format!("`{path}` must be {}, found {}", Self::KIND, node.found());
                    let problem = Problem::new(code::VALUE_RANGE, &node.place, message);
                    problems.push(match percent_of(number, $least, $most) {
                        Some(hint) => problem.with_hint(hint),
                        None => problem,
                    });
                }
                inside
            }
        }
    };
}

/// A share written as a percentage is the likeliest slip.
fn percent_of(number: f64, least: f64, most: f64) -> Option<String> {
    let share = number / 100.0;
    (most <= 1.0 && number > 1.0 && share >= least && share <= most)
        .then(|| format!("for {number} % write `{share}`"))
}

number! {
    /// A share of a whole.
    Share: "a number from 0 to 1", 0.0, 1.0
}
number! {
    /// The share of customers left alone on purpose.
    HoldOutShare: "a number from 0 to 0.5", 0.0, 0.5
}
number! {
    /// A yearly rate; 0.1 is 10 % a year. More than 1,000 % a year is taken for a slip.
    Rate: "a number from 0 to 10", 0.0, 10.0
}
number! {
    /// An amount of money in the project's currency.
    Amount: "an amount of money, 0 or more", 0.0, 1e15
}
number! {
    /// The strength of a penalty.
    Penalty: "a number from 0.000001 to 1000000", 1e-6, 1e6
}

/// A number of things that cannot be none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Count(u32);

impl Count {
    /// The number, when it is not 0.
    pub fn new(number: u32) -> Option<Self> {
        (number > 0).then_some(Self(number))
    }

    pub(crate) const fn constant<const NUMBER: u32>() -> Self {
        const { assert!(NUMBER > 0) };
        Self(NUMBER)
    }

    /// The number.
    pub fn get(self) -> usize {
        self.0 as usize
    }
}

impl Setting for Count {
    const KIND: &'static str = "a whole number, 1 or more";

    fn read(node: &Node, path: &str, problems: &mut Vec<Problem>) -> Option<Self> {
        let Some(number) = node.integer() else {
            problems.push(wrong_type::<Self>(node, path));
            return None;
        };
        let count = u32::try_from(number).ok().and_then(Self::new);
        if count.is_none() {
            let message = format!(
                "`{path}` must be {} and at most {}, found {}",
                Self::KIND,
                u32::MAX,
                node.found()
            );
            problems.push(Problem::new(code::VALUE_RANGE, &node.place, message));
        }
        count
    }
}

/// A size in memory or on disk, written with its unit: `512MB`, `2GB`, `1GiB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(u64);

const BYTE_UNITS: &[(&str, u64)] = &[
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("kB", 1_000),
    ("TB", 1_000_000_000_000),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("TiB", 1 << 40),
];

impl Bytes {
    pub(crate) const fn megabytes(count: u64) -> Self {
        Self(count * 1_000_000)
    }

    /// The size in bytes.
    pub fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exact = |(_, unit): &&(&str, u64)| self.0 > 0 && self.0.is_multiple_of(*unit);
        match BYTE_UNITS.iter().take(3).find(exact) {
            Some((name, unit)) => write!(f, "{}{name}", self.0 / unit),
            None => write!(f, "{}B", self.0),
        }
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Setting for Bytes {
    const KIND: &'static str = "a size with its unit, as in `\"512MB\"`";

    fn read(node: &Node, path: &str, problems: &mut Vec<Problem>) -> Option<Self> {
        if node.number().is_some() {
            let message = format!("`{path}`: the size has no unit, found {}", node.found());
            problems.push(
                Problem::new(code::UNIT_MISSING, &node.place, message)
                    .with_hint("write `MB` or `GB` after it, as in `\"512MB\"`"),
            );
            return None;
        }
        let size = node.text().and_then(parse_bytes);
        if size.is_none() {
            problems.push(
                wrong_type::<Self>(node, path).with_hint(
                    "the units are `kB`, `MB`, `GB`, `TB`, `KiB`, `MiB`, `GiB` and `TiB`",
                ),
            );
        }
        size
    }
}

fn parse_bytes(text: &str) -> Option<Bytes> {
    let text = text.trim();
    let (digits, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit() && c != '_')?);
    let (_, factor) = BYTE_UNITS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(unit.trim()))?;
    let size = digits
        .replace('_', "")
        .parse::<u64>()
        .ok()?
        .checked_mul(*factor)?;
    (size > 0).then_some(Bytes(size))
}

macro_rules! words {
    ($(#[doc = $about:literal])+ $name:ident { $($(#[doc = $doc:literal])+ $variant:ident = $word:literal,)+ }) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        pub enum $name {
            $($(#[doc = $doc])+ #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every word of the set, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word as settings write it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The member of that name, in the exact spelling.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|member| member.as_str() == word)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::settings::read::Setting for $name {
            const KIND: &'static str = $crate::settings::units::words!(@kind $($word),+);

            fn read(
                node: &$crate::settings::node::Node,
                path: &str,
                problems: &mut Vec<$crate::settings::error::Problem>,
            ) -> Option<Self> {
                let words = Self::ALL.iter().map(|member| member.as_str()).collect::<Vec<_>>();
                $crate::settings::units::read_word(node, path, &words, problems)
                    .and_then(Self::from_word)
            }
        }
    };
    (@kind $first:literal $(, $word:literal)*) => {
        concat!("`\"", $first, "\"`" $(, ", `\"", $word, "\"`")*)
    };
}
pub(crate) use words;

/// Reads one word of a set; the problem names the nearest.
pub(crate) fn read_word<'a>(
    node: &'a Node,
    path: &str,
    words: &[&str],
    problems: &mut Vec<Problem>,
) -> Option<&'a str> {
    let found = node.text();
    if let Some(word) = found.filter(|word| words.contains(word)) {
        return Some(word);
    }
    let message = format!("`{path}` cannot be {}", node.found());
    let problem = Problem::new(code::VALUE_UNKNOWN, &node.place, message);
    problems.push(match found.and_then(|word| nearest(word, words)) {
        Some(near) => problem.with_hint(format!("did you mean `{near}`?")),
        None => problem.with_hint(one_of(words)),
    });
    None
}

words! {
    /// A language of people.
    Language {
        /// English.
        English = "en",
        /// Chinese, simplified.
        Chinese = "zh",
    }
}

words! {
    /// What a repeated amount is counted by.
    Per {
        /// A year of 365 days.
        Year = "year",
        /// A twelfth of a year.
        Month = "month",
        /// Seven days.
        Week = "week",
        /// 24 hours.
        Day = "day",
    }
}

impl Per {
    /// How many of this unit a year has: 1, 12, 365/7, 365.
    pub fn per_year(self) -> f64 {
        match self {
            Self::Year => 1.0,
            Self::Month => 12.0,
            Self::Week => 365.0 / 7.0,
            Self::Day => 365.0,
        }
    }
}

/// The three letters of a currency (ISO 4217), in capitals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Currency(String);

impl Currency {
    /// The currency of that code; lower case is raised.
    pub fn new(code: &str) -> Option<Self> {
        let right = code.len() == 3 && code.bytes().all(|letter| letter.is_ascii_alphabetic());
        right.then(|| Self(code.to_ascii_uppercase()))
    }

    /// A code that is known to be one.
    pub(crate) fn constant(code: &'static str) -> Self {
        Self(code.to_owned())
    }

    /// The three letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Setting for Currency {
    const KIND: &'static str = "the three letters of a currency, as in `\"EUR\"`";

    fn read(node: &Node, path: &str, problems: &mut Vec<Problem>) -> Option<Self> {
        let currency = node.text().and_then(Self::new);
        if currency.is_none() {
            let problem = wrong_type::<Self>(node, path);
            problems.push(match node.text() {
                Some("¥" | "￥") => problem.with_hint("`¥` is `\"CNY\"` or `\"JPY\"`"),
                _ => problem,
            });
        }
        currency
    }
}

/// A country whose numbering of telephones is known (ISO 3166-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Country([u8; 2]);

impl Country {
    /// The country of that code; lower case is raised.
    pub fn new(code: &str) -> Option<Self> {
        let code: [u8; 2] = code.to_ascii_uppercase().as_bytes().try_into().ok()?;
        perennial_identity::normalise::knows_country(code).then_some(Self(code))
    }

    /// The two capital letters.
    pub fn letters(self) -> [u8; 2] {
        self.0
    }
}

impl Serialize for Country {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&String::from_utf8_lossy(&self.0))
    }
}

impl Setting for Country {
    const KIND: &'static str = "the two letters of a country, as in `\"DE\"`";

    fn read(node: &Node, path: &str, problems: &mut Vec<Problem>) -> Option<Self> {
        let country = node.text().and_then(Self::new);
        if country.is_none() {
            let hint = "write its two letters as in ISO 3166-1; of countries that are not known, \
                        write telephone numbers with `+` and the country code";
            problems.push(wrong_type::<Self>(node, path).with_hint(hint));
        }
        country
    }
}

/// A time zone of the IANA database.
#[derive(Debug, Clone, PartialEq)]
pub struct Zone {
    name: String,
    zone: jiff::tz::TimeZone,
}

impl Zone {
    /// The zone of that name.
    pub fn new(name: &str) -> Option<Self> {
        let zone = jiff::tz::TimeZone::get(name).ok()?;
        let name = zone.iana_name().unwrap_or(name).to_owned();
        Some(Self { name, zone })
    }

    /// Coordinated universal time.
    pub fn utc() -> Self {
        Self {
            name: "UTC".to_owned(),
            zone: jiff::tz::TimeZone::UTC,
        }
    }

    /// The name in the database, as in `Europe/London`.
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// The rules of the zone.
    pub fn rules(&self) -> &jiff::tz::TimeZone {
        &self.zone
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name)
    }
}

impl Setting for Zone {
    const KIND: &'static str = "a time zone, as in `\"Europe/London\"`";

    fn read(node: &Node, path: &str, problems: &mut Vec<Problem>) -> Option<Self> {
        let Some(name) = node.text() else {
            problems.push(wrong_type::<Self>(node, path));
            return None;
        };
        let zone = Self::new(name);
        if zone.is_none() {
            let known: Vec<String> = jiff::tz::db()
                .available()
                .map(|name| name.as_str().to_lowercase())
                .collect();
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let near = nearest(name, &known).and_then(|near| jiff::tz::TimeZone::get(near).ok());
            let hint = match near.as_ref().and_then(jiff::tz::TimeZone::iana_name) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "write it as region and city, as in `Europe/London` or `Asia/Shanghai`"
                    .to_owned(),
            };
            let message = format!("`{path}`: there is no time zone `{name}`");
            problems
                .push(Problem::new(code::TIME_ZONE_UNKNOWN, &node.place, message).with_hint(hint));
        }
        zone
    }
}

/// How far ahead the label looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Horizon {
    /// Chosen from the customers' own rhythm, and shown with its reason.
    Auto,
    /// As given.
    Of(Duration),
}

impl Serialize for Horizon {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Auto => serializer.serialize_str("auto"),
            Self::Of(duration) => duration.serialize(serializer),
        }
    }
}

impl Setting for Horizon {
    const KIND: &'static str = "`\"auto\"` or a duration with its unit, as in `\"90d\"`";

    fn read(node: &Node, path: &str, problems: &mut Vec<Problem>) -> Option<Self> {
        if node.text() == Some("auto") {
            return Some(Self::Auto);
        }
        Duration::read(node, path, problems).map(Self::Of)
    }
}

/// A value of a column as its file writes it: `"Yes"`, `1` or `true`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Literal(String);

impl Literal {
    /// The value as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Setting for Literal {
    const KIND: &'static str = "a value of the column, as in `\"Yes\"` or `1`";

    fn read(node: &Node, path: &str, problems: &mut Vec<Problem>) -> Option<Self> {
        let text = match &node.data {
            Data::Text(text) => text.clone(),
            Data::Integer(number) => number.to_string(),
            Data::Boolean(flag) => flag.to_string(),
            Data::Float(number) => number.to_string(),
            Data::Moment(_) | Data::List(_) | Data::Table(_) => {
                problems.push(wrong_type::<Self>(node, path));
                return None;
            }
        };
        Some(Self(text))
    }
}
