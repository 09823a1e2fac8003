//! A draft of the notice that people are owed before their data are used (GDPR
//! art. 13 and 14; PIPL art. 17, 23, 24, 29 and 39), written from settings and
//! lineage. What nobody declared stands as a blank to be filled in; nothing is
//! made up. A lawyer reads it before people do.

mod en;
mod zh;

use serde::Serialize;

use crate::Language;
use crate::declared::{Becomes, Controller, Source};

/// What a notice is written from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Notice {
    /// The project's name, which stands in where no controller is declared.
    pub project: String,
    /// The day of the draft, as in 2024-03-05.
    pub day: String,
    /// Who decides on the data.
    pub controller: Controller,
    /// The sources with what is declared of them.
    pub sources: Vec<Source>,
    /// How long the text of rows that could not be read is kept, as in `30d`.
    pub keep_set_aside: String,
    /// What is worked out about each person.
    pub profiling: Profiling,
}

/// What is worked out about people, and what follows from it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Profiling {
    /// What being lost means, in both languages.
    pub lost_en: String,
    /// The same in Chinese.
    pub lost_zh: String,
    /// How the probability is worked out: `logistic_regression`, `plain_rule`, or
    /// none where nothing was fitted yet.
    pub model: Option<String>,
    /// What weighs most, in words, in English and Chinese; the weightiest first.
    pub looks_at: Vec<(String, String)>,
    /// What can be offered to people.
    pub offers: Vec<String>,
    /// The share of people left alone by lot, as in `5%`.
    pub hold_out: String,
    /// Whether what people are worth is worked out in money.
    pub has_money: bool,
}

impl Notice {
    /// The draft as markdown.
    pub fn page(&self, language: Language) -> String {
        match language {
            Language::En => en::page(self),
            Language::Zh => zh::page(self),
        }
    }

    /// How many blanks are to be filled in.
    pub fn blanks(&self, language: Language) -> usize {
        let mark = language.pick(en::BLANK, zh::BLANK);
        self.page(language).matches(mark).count()
    }

    /// Whether a source rests on the word `ground`.
    fn rests_on(&self, ground: &str) -> bool {
        let mut sources = self.sources.iter();
        sources.any(|source| source.legal_ground.as_deref() == Some(ground))
    }

    /// Sensitive columns, by the names they have in the files.
    fn sensitive(&self) -> Vec<&str> {
        let columns = self.sources.iter().flat_map(|source| &source.columns);
        let sensitive = columns.filter(|column| column.sensitive);
        sensitive.map(|column| column.column.as_str()).collect()
    }
}

/// What a source holds, in words: the kinds of its columns, each with its names.
fn categories(source: &Source, language: Language) -> Vec<String> {
    let kinds = [
        (Becomes::Vault, language.pick("who you are", "您的身份信息")),
        (Becomes::Part, language.pick("what happened", "发生的事项")),
        (
            Becomes::Trait,
            language.pick("what is known of you lastingly", "您的属性"),
        ),
        (Becomes::Own, language.pick("other columns", "其他字段")),
    ];
    let comma = language.pick(", ", "、");
    let colon = language.pick(": ", "：");
    let mut said = Vec::new();
    for (kind, words) in kinds {
        let of_kind = source.columns.iter().filter(|c| c.becomes == kind);
        let names: Vec<String> = of_kind
            .map(|column| match &column.description {
                Some(text) => language.pick(
                    format!("{} ({text})", column.column),
                    format!("{}（{text}）", column.column),
                ),
                None => column.column.clone(),
            })
            .collect();
        if !names.is_empty() {
            said.push(format!("{words}{colon}{}", names.join(comma)));
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declared::tests::orders;

    fn notice() -> Notice {
        Notice {
            project: "test shop".to_owned(),
            day: "2024-03-05".to_owned(),
            controller: Controller {
                name: Some("Shop GmbH".to_owned()),
                contact: Some("privacy@shop.example".to_owned()),
                ..Controller::default()
            },
            sources: vec![orders()],
            keep_set_aside: "30d".to_owned(),
            profiling: Profiling {
                lost_en: "no purchase within 90d".to_owned(),
                lost_zh: "90d 内没有再次购买".to_owned(),
                model: Some("logistic_regression".to_owned()),
                looks_at: vec![(
                    "days since the last purchase".to_owned(),
                    "距上次购买天数".to_owned(),
                )],
                offers: vec!["voucher".to_owned()],
                hold_out: "5%".to_owned(),
                has_money: true,
            },
        }
    }

    #[test]
    fn what_is_declared_stands_there_and_what_is_not_is_a_blank() {
        let page = notice().page(Language::En);
        for wanted in [
            "Shop GmbH",
            "privacy@shop.example",
            "[to fill in: postal address]",
            "a contract with you (GDPR art. 6(1)(b))",
            "3 years",
            "who you are: E-mail",
            "no purchase within 90d",
            "logistic regression",
            "days since the last purchase",
            "nobody outside the business",
            "Diet",
            "art. 22",
        ] {
            assert!(page.contains(wanted), "{wanted}\n{page}");
        }
        assert!(!page.contains("[to fill in: the name"), "{page}");
        let whole = notice().blanks(Language::En);
        let mut bare = notice();
        bare.controller.name = None;
        bare.sources[0].purpose = None;
        assert_eq!(bare.blanks(Language::En), whole + 2);
    }

    #[test]
    fn the_chinese_notice_says_what_china_asks_for() {
        let page = notice().page(Language::Zh);
        for wanted in [
            "第十三条第二项",
            "第二十四条",
            "3 年",
            "Diet",
            "单独同意",
            "不合理的差别待遇",
            "距上次购买天数",
            "〔待填写：联系地址〕",
        ] {
            assert!(page.contains(wanted), "{wanted}\n{page}");
        }
        // Nothing is sent abroad: only then the chapter about it is there.
        assert!(!page.contains("第三十九条"), "{page}");
        let mut abroad = notice();
        abroad.controller.countries = vec!["Germany".to_owned()];
        assert!(abroad.page(Language::Zh).contains("第三十九条"));
        let mut interest = notice();
        interest.sources[0].legal_ground = Some("legitimate_interest".to_owned());
        assert!(interest.page(Language::Zh).contains("没有这一依据"));
        assert!(interest.page(Language::En).contains("art. 21(1)"));
        assert!(!page.contains("art. 21(1)"));
    }

    #[test]
    fn consent_can_be_withdrawn_and_the_law_may_want_rows_kept() {
        let mut notice = notice();
        notice.sources[0].legal_ground = Some("consent".to_owned());
        notice.sources[0].must_keep = Some("10y".to_owned());
        let page = notice.page(Language::En);
        assert!(page.contains("withdraw your consent"), "{page}");
        assert!(page.contains("10 years"), "{page}");
        assert!(notice.page(Language::Zh).contains("撤回同意"));
    }

    #[test]
    fn what_a_file_calls_its_columns_breaks_no_table() {
        let mut notice = notice();
        notice.sources[0].columns[3].column = "E|mail\nof".to_owned();
        let page = notice.page(Language::En);
        assert!(page.contains("E\\|mail of"), "{page}");
    }
}
