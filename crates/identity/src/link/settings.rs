//! What is compared with what, and how far.

/// What records may share to be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// Given name.
    Given,
    /// Family name.
    Family,
    /// How the given name sounds: a Chinese name's Latin letters.
    GivenSound,
    /// How the family name sounds.
    FamilySound,
    /// First letter of the given name's sound.
    GivenInitial,
    /// The words or characters of the whole name, in any order.
    NameInAnyOrder,
    /// Birth date.
    BirthDate,
    /// Year of birth.
    BirthYear,
    /// E-mail address.
    Email,
    /// What stands before the `@`.
    EmailLocal,
    /// Telephone number.
    Telephone,
    /// Postcode.
    Postcode,
    /// Address with postcode or city.
    Home,
    /// City.
    City,
}

impl Key {
    /// The stable name, for settings and reports.
    pub fn code(self) -> &'static str {
        match self {
            Key::Given => "given_name",
            Key::Family => "family_name",
            Key::GivenSound => "given_sound",
            Key::FamilySound => "family_sound",
            Key::GivenInitial => "given_initial",
            Key::NameInAnyOrder => "name_in_any_order",
            Key::BirthDate => "birth_date",
            Key::BirthYear => "birth_year",
            Key::Email => "email",
            Key::EmailLocal => "email_local",
            Key::Telephone => "telephone",
            Key::Postcode => "postcode",
            Key::Home => "home",
            Key::City => "city",
        }
    }
}

/// Records are compared that share all of these.
pub type Rule = Vec<Key>;

/// How a table is linked.
#[derive(Debug, Clone, PartialEq)]
pub struct LinkSettings {
    /// Which records are compared. A pair counts for the first rule that brings it.
    pub rules: Vec<Rule>,
    /// Within which records m is fitted, each rule on its own.
    pub training_rules: Vec<Rule>,
    /// Blocks with more rows are parted by further keys, 2 to 100,000.
    pub block_rows_max: usize,
    /// Most pairs of one rule; beyond it smaller blocks are asked for.
    pub rule_pairs_max: u64,
    /// Most pairs that m is fitted to, for each rule.
    pub training_pairs_max: u64,
    /// Random pairs that u is read off.
    pub random_pairs: u64,
    /// Jaro-Winkler similarity from which on names and addresses are close, 0 to 1.
    pub close: f64,
    /// Similarity from which on names are near, 0 to `close`.
    pub near: f64,
    /// Probability that two random records are of one person, where it is known;
    /// fitted where not.
    pub prior: Option<f64>,
    /// Whether those who share a home or a postcode are held against strangers
    /// who share it, too.
    pub households: bool,
    /// Rounds of fitting at most.
    pub rounds_max: u32,
    /// Fitting ends when no parameter moves by more.
    pub convergence: f64,
    /// Pairs are told from this probability on, 0 to 1.
    pub threshold: f64,
    /// Most pairs told.
    pub pairs_max: usize,
    /// Threads, at least 1. The result does not depend on it.
    pub threads: usize,
    /// Seed of the random pairs.
    pub seed: u64,
}

impl Default for LinkSettings {
    fn default() -> Self {
        use Key::*;
        LinkSettings {
            rules: vec![
                vec![Email],
                vec![Telephone],
                vec![BirthDate, FamilySound],
                vec![BirthDate, GivenSound],
                vec![NameInAnyOrder, BirthYear],
                vec![NameInAnyOrder, City],
                vec![Home],
                vec![EmailLocal],
                vec![BirthDate, Postcode],
                vec![GivenSound, Postcode],
            ],
            training_rules: vec![vec![BirthDate], vec![NameInAnyOrder], vec![Email]],
            block_rows_max: 1_000,
            rule_pairs_max: 200_000_000,
            training_pairs_max: 5_000_000,
            random_pairs: 5_000_000,
            close: 0.92,
            near: 0.8,
            prior: None,
            households: true,
            rounds_max: 500,
            convergence: 1e-6,
            threshold: 0.9,
            pairs_max: 20_000_000,
            threads: 1,
            seed: 1,
        }
    }
}

/// Why a table cannot be linked.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// A setting is out of its range.
    #[error("`{name}` must lie between {low} and {high}, found {found}")]
    Setting {
        /// Which setting.
        name: &'static str,
        /// What was given.
        found: f64,
        /// The smallest value allowed.
        low: f64,
        /// The largest value allowed.
        high: f64,
    },
    /// A rule without keys would compare everybody with everybody.
    #[error("a rule names nothing that records may share")]
    EmptyRule,
    /// More rows, or more text, than row numbers and places can count.
    #[error("a table of more than {rows} rows or {bytes} bytes in a column")]
    TooLarge {
        /// Most rows.
        rows: u64,
        /// Most bytes of distinct values in one column.
        bytes: u64,
    },
}

impl LinkError {
    /// The stable code of the error, for tables and links.
    pub fn code(&self) -> &'static str {
        match self {
            LinkError::Setting { .. } => "identity/setting",
            LinkError::EmptyRule => "identity/empty-rule",
            LinkError::TooLarge { .. } => "identity/too-large",
        }
    }
}

impl LinkSettings {
    /// Checks every setting against its range.
    ///
    /// # Errors
    /// The first setting that is out of range, or a rule without keys.
    pub fn check(&self) -> Result<(), LinkError> {
        let large = 1e15;
        let ranges = [
            ("block_rows_max", self.block_rows_max as f64, 2.0, 1e5),
            ("rule_pairs_max", self.rule_pairs_max as f64, 1.0, large),
            (
                "training_pairs_max",
                self.training_pairs_max as f64,
                1.0,
                large,
            ),
            ("random_pairs", self.random_pairs as f64, 1.0, 1e12),
            ("close", self.close, 0.0, 1.0),
            ("near", self.near, 0.0, self.close),
            ("prior", self.prior.unwrap_or(0.5), 1e-15, 0.999_999),
            ("rounds_max", f64::from(self.rounds_max), 1.0, 100_000.0),
            ("convergence", self.convergence, 1e-15, 0.1),
            ("threshold", self.threshold, 0.0, 1.0),
            ("threads", self.threads as f64, 1.0, 1_024.0),
        ];
        for (name, found, low, high) in ranges {
            if !(low..=high).contains(&found) {
                return Err(LinkError::Setting {
                    name,
                    found,
                    low,
                    high,
                });
            }
        }
        if self
            .rules
            .iter()
            .chain(&self.training_rules)
            .any(Vec::is_empty)
        {
            return Err(LinkError::EmptyRule);
        }
        Ok(())
    }
}
