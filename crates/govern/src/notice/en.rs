//! The notice in English, by GDPR art. 13 and 14.

use super::{Notice, categories};
use crate::Language;
use crate::declared::{ground, length};
use crate::page::{cell, markdown};

/// How a blank begins.
pub(super) const BLANK: &str = "[to fill in: ";

fn blank(what: &str) -> String {
    format!("{BLANK}{what}]")
}

fn or_blank(value: &Option<String>, what: &str) -> String {
    value.as_deref().map_or_else(|| blank(what), cell)
}

pub(super) fn page(notice: &Notice) -> String {
    let parts = [
        head(notice),
        held(notice),
        why(notice),
        profiling(notice),
        others(notice),
        rights(notice),
    ];
    parts.join("\n")
}

fn head(notice: &Notice) -> String {
    let controller = &notice.controller;
    let name = or_blank(&controller.name, "the name of the business");
    let address = or_blank(&controller.address, "postal address");
    let contact = or_blank(&controller.contact, "e-mail address or page for requests");
    let officer = match &controller.officer {
        Some(officer) => cell(officer),
        None => blank("the data protection officer, or a word that none is needed"),
    };
    format!(
        "# Privacy notice\n\n\
         *Draft of {}, written from the settings of the project {}. \
         Fill in what stands in square brackets and have it looked at by somebody who knows the law.*\n\n\
         ## Who we are\n\n\
         {name}, {address}, decides why and how your data are used.\n\n\
         - Write to us about your data: {contact}\n\
         - Data protection officer: {officer}\n",
        notice.day,
        cell(&notice.project),
    )
}

fn held(notice: &Notice) -> String {
    let mut text = String::from(
        "## What we hold of you, and where it comes from\n\n\
         Your name and whatever else says who you are is encrypted under a key of your own. \
         Everything else stands under a number that leads to you through that key alone.\n\n",
    );
    let rows: Vec<Vec<String>> = notice
        .sources
        .iter()
        .map(|source| {
            vec![
                source.source.clone(),
                categories(source, Language::En).join("; "),
                source
                    .owner
                    .clone()
                    .unwrap_or_else(|| blank("who in the business answers for it")),
            ]
        })
        .collect();
    text += &markdown(&["source", "what it holds", "answers for it"], &rows);
    let sensitive = notice.sensitive();
    if !sensitive.is_empty() {
        let names: Vec<String> = sensitive.into_iter().map(cell).collect();
        text += &format!(
            "\nOf a special kind (GDPR art. 9): {}. The ground for holding these is {}.\n",
            names.join(", "),
            blank("explicit consent, or another ground of art. 9(2)"),
        );
    }
    text
}

fn why(notice: &Notice) -> String {
    let mut text = String::from("## Why we hold it, on what ground, and for how long\n\n");
    let rows: Vec<Vec<String>> = notice
        .sources
        .iter()
        .map(|source| {
            let kept = match &source.keep {
                Some(keep) => format!("{} after it happened", length(keep, Language::En)),
                None => blank("how long, or how it is decided"),
            };
            let by_law = source.must_keep.as_ref().map_or_else(String::new, |must| {
                format!("; a law wants it kept for {}", length(must, Language::En))
            });
            vec![
                source.source.clone(),
                source
                    .purpose
                    .clone()
                    .unwrap_or_else(|| blank("what it is for")),
                source.legal_ground.as_ref().map_or_else(
                    || blank("the legal ground"),
                    |word| ground(word, Language::En),
                ),
                format!("{kept}{by_law}"),
            ]
        })
        .collect();
    text += &markdown(&["source", "purpose", "ground", "kept for"], &rows);
    text += &format!(
        "\nRecords that cannot be read are kept encrypted for {} so that they can be mended, and their text is then deleted. \
         What is past its time is taken out of every table at the next run.\n",
        length(&notice.keep_set_aside, Language::En),
    );
    text
}

fn profiling(notice: &Notice) -> String {
    let profiling = &notice.profiling;
    let method = match profiling.model.as_deref() {
        Some("logistic_regression") => {
            "a logistic regression: each thing known adds to the probability or takes from it, by weights found from customers of the past"
        }
        Some("plain_rule") => "a plain rule: one figure alone, compared with customers of the past",
        _ => "a statistical model found from customers of the past",
    };
    let mut text = format!(
        "## What we work out about you\n\n\
         From these data we work out how likely it is that you leave us ({}). The means is {method}.",
        cell(&profiling.lost_en),
    );
    if !profiling.looks_at.is_empty() {
        let names: Vec<String> = profiling.looks_at.iter().map(|(en, _)| cell(en)).collect();
        text += &format!(" What weighs most: {}.", names.join("; "));
    }
    if profiling.has_money {
        text += " We also work out what a customer brings in a year.";
    }
    text += "\n\n";
    if profiling.offers.is_empty() {
        text += "Nothing is decided from it: it tells us whom to look after.\n";
    } else {
        let offers: Vec<String> = profiling.offers.iter().map(|name| cell(name)).collect();
        text += &format!(
            "From it we choose who is proposed an offer ({}): where it should bring more than it costs. \
             {} of customers, drawn by lot, are left out, so that we can tell whether offers help. \
             The consequence for you is that you get an offer or do not; prices and contracts are not touched. \
             The program proposes and sends nothing; people in the business decide.\n",
            offers.join(", "),
            profiling.hold_out,
        );
    }
    text += "\nYou may ask for your own score, the reasons for it in words, and for a person to look at it (GDPR art. 15(1)(h) and art. 22).\n";
    text
}

fn others(notice: &Notice) -> String {
    let controller = &notice.controller;
    let list = |names: &[String]| {
        let names: Vec<String> = names.iter().map(|name| cell(name)).collect();
        names.join(", ")
    };
    let who = match controller.recipients.is_empty() {
        true => "They go to nobody outside the business.".to_owned(),
        false => format!("We give them to: {}.", list(&controller.recipients)),
    };
    let abroad = match controller.countries.is_empty() {
        true => "They are not sent to another country.".to_owned(),
        false => format!(
            "They are sent to: {}. What protects them there: {}.",
            list(&controller.countries),
            blank("an adequacy decision or standard clauses, and how to get a copy"),
        ),
    };
    format!("## Who else gets your data\n\n{who} {abroad}\n")
}

fn rights(notice: &Notice) -> String {
    let contact = or_blank(
        &notice.controller.contact,
        "e-mail address or page for requests",
    );
    let authority = or_blank(&notice.controller.authority, "the supervisory authority");
    let mut rights = vec![
        "see what we hold of you, and get a copy (art. 15)".to_owned(),
        "have it corrected (art. 16)".to_owned(),
        "have it erased (art. 17); what a law wants kept is locked instead, used for nothing, and erased when it is due".to_owned(),
        "have its use restricted (art. 18)".to_owned(),
        "be given it in a form that machines read (art. 20)".to_owned(),
        "object to its use for direct marketing, profiling for it included, at any time and without a reason (art. 21(2))".to_owned(),
        "not be subject to a decision made by a machine alone, and have a person look at it (art. 22)".to_owned(),
    ];
    if notice.rests_on("legitimate_interest") {
        rights.push("object, on grounds of your own situation, to what rests on our interest (art. 21(1)); our interest is ".to_owned() + &blank("the interest") );
    }
    if notice.rests_on("consent") {
        rights.push("withdraw your consent at any time, as easily as you gave it; what was done before stays lawful (art. 7(3))".to_owned());
    }
    let rights: Vec<String> = rights.iter().map(|right| format!("- {right}")).collect();
    format!(
        "## Your rights\n\nYou may\n\n{}\n\n\
         Write to {contact}; we answer within a month, free of charge. \
         You may complain to {authority} (art. 77).\n",
        rights.join("\n"),
    )
}
