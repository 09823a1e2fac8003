//! What only the business knows of its data: whose they are, why it may have
//! them, for how long, and who answers for them. Nothing here changes how a file
//! is read, but for `keep`, by which old rows are left out of every run.

use super::duration::Duration;
use super::error::{Problem, code};
use super::node::Node;
use super::section::section;
use super::source::{Source, Table};
use super::units::words;
use super::{Settings, check::place_of};

words! {
    /// Why personal data may be held (GDPR art. 6; PIPL art. 13).
    LegalGround {
        /// The person agreed to it.
        Consent = "consent",
        /// It is needed for a contract with the person.
        Contract = "contract",
        /// A law wants it.
        LegalObligation = "legal_obligation",
        /// Somebody's life or health hangs on it.
        VitalInterests = "vital_interests",
        /// It is a public task.
        PublicTask = "public_task",
        /// An interest of the business that outweighs the person's; China's law does not know it.
        LegitimateInterest = "legitimate_interest",
    }
}

/// How long the text of rows set aside is kept, where nothing else is said.
const SET_ASIDE_DAYS: u32 = 30;

section! {
    /// Who answers for the data, for the notice and the answers that people get.
    /// What is not declared stands as a blank in the drafts.
    Privacy in "[privacy]" {
        /// The name of the business that decides what is done with the data.
        controller: String = optional("not declared");
        /// Its postal address.
        address: String = optional("not declared");
        /// Where people write to about their data: an e-mail address or a page.
        contact: String = optional("not declared");
        /// The data protection officer, and how to reach them.
        officer: String = optional("not declared");
        /// The authority that people may complain to.
        authority: String = optional("not declared");
        /// Others who are given personal data.
        recipients: Vec<String> = default(Vec::new(), "[]: nobody");
        /// Countries outside its own that personal data are sent to.
        countries: Vec<String> = default(Vec::new(), "[]: none");
        /// How long the text of rows that were set aside is kept, encrypted, after the reading.
        keep_set_aside: Duration = default(Duration::days(SET_ASIDE_DAYS));
    }
}

impl Source {
    /// The source as far as it says how it is read: what is declared about it
    /// changes no row, and how long rows are kept is no matter of reading.
    pub(crate) fn as_read(&self) -> Self {
        Self {
            owner: None,
            legal_ground: None,
            purpose: None,
            keep: None,
            must_keep: None,
            sensitive: Vec::new(),
            descriptions: std::collections::BTreeMap::new(),
            ..self.without_user()
        }
    }
}

/// Adds a problem for every length of keeping that cannot be held to.
pub(super) fn check(settings: &Settings, root: &Node, problems: &mut Vec<Problem>) {
    for (at, source) in settings.sources.iter().enumerate() {
        let mut mismatch = |key: &str, message: String, hint: &str| {
            let place = place_of(root, &["source", &at.to_string(), key]);
            problems.push(Problem::new(code::KEEP_MISMATCH, &place, message).with_hint(hint));
        };
        let given = [("keep", source.keep), ("must_keep", source.must_keep)];
        for (key, _) in given.iter().filter(|(_, length)| length.is_some()) {
            if source.table == Table::Customers {
                mismatch(
                    key,
                    format!(
                        "`{key}` counts from the time of a row, and rows of `customers` have none"
                    ),
                    "take it away, and take rows that are no longer needed out of the file",
                );
            }
        }
        if let (Some(keep), Some(must)) = (source.keep, source.must_keep)
            && keep.as_hours() < must.as_hours()
        {
            mismatch(
                "keep",
                format!("`keep` is {keep}, and `must_keep` wants {must}"),
                "make `keep` at least as long as what the law wants kept",
            );
        }
    }
}
