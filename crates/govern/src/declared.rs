//! What only the business knows of its data: declared in the settings, repeated
//! in every document, and asked for where it is missing.

use serde::Serialize;

use crate::Language;

/// What a column of a source becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Becomes {
    /// A part of the table: the customer, the time, the amount.
    Part,
    /// A lasting trait of the customer.
    Trait,
    /// It identifies a person: kept in the vault alone.
    Vault,
    /// It is kept under its own name.
    Own,
}

/// A column that is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its name in the file.
    pub column: String,
    /// The name it is kept under.
    pub name: String,
    /// What it becomes.
    pub becomes: Becomes,
    /// Whether it is declared to be about health, beliefs, finances or the like.
    pub sensitive: bool,
    /// What it means, where that is declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A source with what is declared of it; `None` is not declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Its path, as it may be shown.
    pub source: String,
    /// The table it becomes.
    pub table: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Why the business may have it, as the settings' word.
    pub legal_ground: Option<String>,
    /// What it is for.
    pub purpose: Option<String>,
    /// How long a row is kept, as in `3y`.
    pub keep: Option<String>,
    /// How long a law wants a row kept.
    pub must_keep: Option<String>,
    /// The columns that are read, as far as the settings name them.
    pub columns: Vec<Column>,
}

/// Who decides what is done with the data; `None` is not declared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Controller {
    /// The business.
    pub name: Option<String>,
    /// Its postal address.
    pub address: Option<String>,
    /// Where people write to.
    pub contact: Option<String>,
    /// The data protection officer.
    pub officer: Option<String>,
    /// The authority to complain to.
    pub authority: Option<String>,
    /// Others who are given data.
    pub recipients: Vec<String>,
    /// Countries that data are sent to.
    pub countries: Vec<String>,
}

/// One line that reminds of what a controller must be able to say; none where all
/// is declared.
pub fn reminder(sources: &[Source], controller: &Controller, language: Language) -> Option<String> {
    let lacks = |of: fn(&Source) -> bool| sources.iter().any(of);
    let keys = [
        ("owner", lacks(|source| source.owner.is_none())),
        (
            "legal_ground",
            lacks(|source| source.legal_ground.is_none()),
        ),
        ("purpose", lacks(|source| source.purpose.is_none())),
        // Rows of labelled customers have no time to count from.
        (
            "keep",
            lacks(|source| source.keep.is_none() && source.table != "customers"),
        ),
        ("privacy.controller", controller.name.is_none()),
        ("privacy.contact", controller.contact.is_none()),
    ];
    let missing: Vec<String> = keys
        .iter()
        .filter(|(_, is_missing)| *is_missing)
        .map(|(key, _)| format!("`{key}`"))
        .collect();
    if missing.is_empty() {
        return None;
    }
    Some(language.pick(
        format!(
            "not declared, though whoever decides on personal data must be able to say it (GDPR art. 30, PIPL art. 17): {}",
            missing.join(", ")
        ),
        format!(
            "尚未声明，而个人信息处理者必须能够说明（《个人信息保护法》第十七条，GDPR 第 30 条）：{}",
            missing.join("、")
        ),
    ))
}

/// A legal ground in words, with its article; the settings' own word where it is
/// none of theirs.
pub fn ground(word: &str, language: Language) -> String {
    let (en, zh) = match word {
        "consent" => (
            "your consent (GDPR art. 6(1)(a))",
            "您的同意（《个人信息保护法》第十三条第一项）",
        ),
        "contract" => (
            "a contract with you (GDPR art. 6(1)(b))",
            "订立、履行与您的合同所必需（《个人信息保护法》第十三条第二项）",
        ),
        "legal_obligation" => (
            "a legal obligation (GDPR art. 6(1)(c))",
            "履行法定义务所必需（《个人信息保护法》第十三条第三项）",
        ),
        "vital_interests" => (
            "vital interests (GDPR art. 6(1)(d))",
            "紧急情况下保护生命健康和财产安全所必需（《个人信息保护法》第十三条第四项）",
        ),
        "public_task" => (
            "a public task (GDPR art. 6(1)(e))",
            "履行法定职责所必需（《个人信息保护法》第十三条第三项）",
        ),
        "legitimate_interest" => (
            "a legitimate interest of ours (GDPR art. 6(1)(f))",
            "合法利益（《个人信息保护法》没有这一依据：适用中国法律时须另择依据，例如取得同意）",
        ),
        other => (other, other),
    };
    language.pick(en, zh).to_owned()
}

/// A length of time such as `3y` in words.
pub fn length(text: &str, language: Language) -> String {
    let unit = text.chars().next_back();
    let number = text.get(..text.len().saturating_sub(1)).unwrap_or_default();
    let one = number == "1";
    let (en, zh) = match unit {
        Some('h') => ("hour", "小时"),
        Some('d') => ("day", "天"),
        Some('w') => ("week", "周"),
        Some('y') => ("year", "年"),
        _ => return text.to_owned(),
    };
    let plural = if one { "" } else { "s" };
    language.pick(format!("{number} {en}{plural}"), format!("{number} {zh}"))
}

/// What stands where nothing is declared.
pub fn not_declared(language: Language) -> &'static str {
    language.pick("not declared", "未声明")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A source with everything declared.
    pub(crate) fn orders() -> Source {
        let column = |column: &str, name: &str, becomes, sensitive| Column {
            column: column.to_owned(),
            name: name.to_owned(),
            becomes,
            sensitive,
            description: None,
        };
        Source {
            source: "orders.csv".to_owned(),
            table: "order_lines".to_owned(),
            owner: Some("sales".to_owned()),
            legal_ground: Some("contract".to_owned()),
            purpose: Some("to deliver what was ordered".to_owned()),
            keep: Some("3y".to_owned()),
            must_keep: None,
            columns: vec![
                column("Customer", "customer_id", Becomes::Part, false),
                column("Date", "time", Becomes::Part, false),
                column("Diet", "diet", Becomes::Trait, true),
                column("E-mail", "E-mail", Becomes::Vault, false),
            ],
        }
    }

    #[test]
    fn what_is_missing_is_named_in_one_line_and_silence_follows() {
        let controller = Controller {
            name: Some("Shop".to_owned()),
            contact: Some("privacy@shop.example".to_owned()),
            ..Controller::default()
        };
        let whole = [orders()];
        assert_eq!(reminder(&whole, &controller, Language::En), None);
        let mut bare = orders();
        (bare.owner, bare.keep) = (None, None);
        let said = reminder(
            &[orders(), bare.clone()],
            &Controller::default(),
            Language::En,
        );
        let said = said.unwrap_or_default();
        assert!(
            said.ends_with("`owner`, `keep`, `privacy.controller`, `privacy.contact`"),
            "{said}"
        );
        assert!(!said.contains('\n'));
        // Of labelled customers no length can be asked for.
        bare.table = "customers".to_owned();
        let said = reminder(&[bare], &controller, Language::Zh).unwrap_or_default();
        assert!(said.ends_with("`owner`"), "{said}");
    }

    #[test]
    fn lengths_and_grounds_read_well() {
        assert_eq!(length("3y", Language::En), "3 years");
        assert_eq!(length("1y", Language::En), "1 year");
        assert_eq!(length("90d", Language::Zh), "90 天");
        assert_eq!(length("soon", Language::En), "soon");
        assert!(ground("consent", Language::En).contains("6(1)(a)"));
        assert!(ground("legitimate_interest", Language::Zh).contains("没有这一依据"));
        assert_eq!(ground("else", Language::Zh), "else");
    }
}
