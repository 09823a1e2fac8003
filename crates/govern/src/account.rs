//! What goes with the copy of their data that a person is given (GDPR art. 15(1),
//! PIPL art. 44 to 48): why they are held, on what ground, for how long, who gets
//! them, and what the person may do.

use serde::Serialize;

use crate::Language;
use crate::declared::{Controller, Source, ground, length, not_declared};
use crate::page::cell;

/// What is said about one person's data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Account {
    /// Who decides on the data.
    pub controller: Controller,
    /// The sources that rows about the person came from, with what is declared of them.
    pub sources: Vec<Source>,
    /// How long the text of records that cannot be read is kept, as in `30d`.
    pub keep_set_aside: String,
    /// Whether scores and decisions are made about the person.
    pub is_profiled: bool,
    /// Where the person is restricted: since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restricted_since: Option<String>,
    /// And from when on they are to be erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub erase_at: Option<String>,
}

impl Account {
    /// The account in plain words, line by line.
    pub fn lines(&self, language: Language) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(since) = &self.restricted_since {
            lines.push(language.pick(
                format!("Restricted since {since}: the data are kept, and used for nothing."),
                format!("自 {since} 起限制处理：仅保存，不作任何使用。"),
            ));
            if let Some(at) = &self.erase_at {
                lines.push(language.pick(
                    format!("A law wants them kept; they are erased from {at} on."),
                    format!("法律要求保存，将于 {at} 起删除。"),
                ));
            }
            lines.push(String::new());
        }
        lines.push(
            language
                .pick("Why we hold these data:", "我们为何持有这些信息：")
                .to_owned(),
        );
        lines.extend(
            self.sources
                .iter()
                .map(|source| self.source(source, language)),
        );
        lines.extend(self.others(language));
        lines.push(String::new());
        lines.push(language.pick("Your rights:", "您的权利：").to_owned());
        lines.extend(
            self.rights(language)
                .iter()
                .map(|right| format!("  - {right}")),
        );
        lines
    }

    fn source(&self, source: &Source, language: Language) -> String {
        let not = || not_declared(language).to_owned();
        let purpose = source.purpose.as_deref().map_or_else(not, cell);
        let word = source.legal_ground.as_deref();
        let ground = word.map_or_else(not, |word| ground(word, language));
        let keep = source.keep.as_deref();
        let keep = keep.map_or_else(not, |keep| length(keep, language));
        let must = source
            .must_keep
            .as_deref()
            .map_or_else(String::new, |must| {
                let must = length(must, language);
                language.pick(
                    format!("; a law wants them kept for {must}"),
                    format!("；法律要求保存 {must}"),
                )
            });
        let name = cell(&source.source);
        language.pick(
            format!("  {name}: purpose: {purpose}; ground: {ground}; kept for: {keep}{must}"),
            format!("  {name}：目的：{purpose}；法律依据：{ground}；保存期限：{keep}{must}"),
        )
    }

    fn others(&self, language: Language) -> Vec<String> {
        let listed = |names: &[String]| {
            let names: Vec<String> = names.iter().map(|name| cell(name)).collect();
            names.join(language.pick(", ", "、"))
        };
        let recipients = match self.controller.recipients.is_empty() {
            true => language
                .pick(
                    "Given to: nobody that is declared.",
                    "提供给：未声明任何接收方。",
                )
                .to_owned(),
            false => {
                let names = listed(&self.controller.recipients);
                language.pick(format!("Given to: {names}."), format!("提供给：{names}。"))
            }
        };
        let mut lines = vec![String::new(), recipients];
        if !self.controller.countries.is_empty() {
            let names = listed(&self.controller.countries);
            lines.push(language.pick(
                format!("Sent to other countries: {names}."),
                format!("向境外提供：{names}。"),
            ));
        }
        let set_aside = length(&self.keep_set_aside, language);
        lines.push(language.pick(
            format!("The text of records that could not be read is kept for {set_aside}."),
            format!("无法读取的记录的内容保存 {set_aside}。"),
        ));
        if self.is_profiled {
            lines.push(
                language
                    .pick(
                        "A program works out how likely you are to leave and what might keep you; the figures above and their reasons are what it said. It sends nothing by itself.",
                        "程序会推算您离开的可能性以及如何挽留；上面的数值和理由就是其结果。程序本身不发送任何消息。",
                    )
                    .to_owned(),
            );
        }
        lines
    }

    fn rights(&self, language: Language) -> Vec<String> {
        let not = || not_declared(language).to_owned();
        let contact = self.controller.contact.as_deref().map_or_else(not, cell);
        let authority = self.controller.authority.as_deref().map_or_else(not, cell);
        let rights: [(&str, &str); 4] = [
            (
                "to have them corrected, erased or their use restricted",
                "更正、删除，或限制处理",
            ),
            (
                "to object to their use for advertising and for working out such figures",
                "拒绝用于营销和上述推算",
            ),
            (
                "to have a person look at what the program proposed",
                "要求人工复核程序的建议",
            ),
            (
                "to take them elsewhere: the file beside this one is for machines",
                "转移至他处：同附的文件供机器读取",
            ),
        ];
        let mut all: Vec<String> = rights
            .into_iter()
            .map(|(en, zh)| language.pick(en, zh).to_owned())
            .collect();
        all.push(language.pick(
            format!("write to: {contact}; complain to: {authority}"),
            format!("联系：{contact}；投诉：{authority}"),
        ));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declared::tests::orders;

    #[test]
    fn an_account_says_why_how_long_and_what_one_may_do() {
        let mut account = Account {
            controller: Controller {
                contact: Some("privacy@shop.example".to_owned()),
                recipients: vec!["Parcel Ltd".to_owned()],
                ..Controller::default()
            },
            sources: vec![orders()],
            keep_set_aside: "30d".to_owned(),
            is_profiled: true,
            restricted_since: None,
            erase_at: None,
        };
        let page = account.lines(Language::En).join("\n");
        for wanted in [
            "orders.csv: purpose: to deliver what was ordered; ground: a contract with you (GDPR art. 6(1)(b)); kept for: 3 years",
            "Given to: Parcel Ltd.",
            "kept for 30 days",
            "write to: privacy@shop.example; complain to: not declared",
        ] {
            assert!(page.contains(wanted), "{wanted}\n{page}");
        }
        assert!(!page.contains("Restricted"), "{page}");
        account.restricted_since = Some("2024-03-05".to_owned());
        account.erase_at = Some("2034-03-05".to_owned());
        let page = account.lines(Language::Zh).join("\n");
        assert!(page.contains("自 2024-03-05 起限制处理"), "{page}");
        assert!(page.contains("2034-03-05"), "{page}");
    }
}
