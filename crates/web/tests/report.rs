//! The report as a whole: every fixture in both languages, read back as XML.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::collections::HashSet;

use perennial_web::report::{
    Charts, Estimate, Evaluation, HoldOutTest, Missing, Report, render, render_with,
};
use perennial_web::{Language, Text};

fn still(report: &Report, language: Language) -> String {
    render_with(report, language, Charts::Still).unwrap()
}

/// The page as XML: void elements closed, the document type left out.
fn well_formed(html: &str) -> String {
    let body = html
        .strip_prefix("<!DOCTYPE html>")
        .expect("a document type");
    let mut out = String::new();
    let mut rest = body;
    while let Some(at) = ["<meta ", "<img ", "<br", "<hr"]
        .iter()
        .filter_map(|v| rest.find(v))
        .min()
    {
        let end = at + rest[at..].find('>').expect("an open tag");
        out.push_str(&rest[..end]);
        out.push_str("/>");
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    // `hidden` alone is HTML, not XML.
    out.replace(" hidden>", " hidden=\"\">")
}

fn each() -> impl Iterator<Item = (String, Report, Language)> {
    common::all().into_iter().flat_map(|(name, report)| {
        Language::ALL.map(|language| {
            (
                format!("{name} in {}", language.tag()),
                report.clone(),
                language,
            )
        })
    })
}

/// The files that lie beside a page.
const LISTS: [&str; 4] = ["at-risk.xlsx", "at-risk.csv", "actions.xlsx", "actions.csv"];

#[test]
fn every_page_is_well_formed_and_complete() {
    for (name, report, language) in each() {
        let html = still(&report, language);
        let xml = well_formed(&html);
        let document = roxmltree::Document::parse(&xml).unwrap_or_else(|e| panic!("{name}: {e}"));
        let root = document.root_element();
        assert_eq!(root.attribute("lang"), Some(language.tag()), "{name}");
        let mut ids = HashSet::new();
        let mut level = 0;
        for node in root.descendants().filter(roxmltree::Node::is_element) {
            let tag = node.tag_name().name();
            if let Some(id) = node.attribute("id") {
                assert!(ids.insert(id.to_owned()), "{name}: id `{id}` twice");
            }
            if let Some(heading) = tag.strip_prefix('h').and_then(|h| h.parse::<u32>().ok()) {
                assert!(heading <= level + 1, "{name}: h{heading} after h{level}");
                level = heading;
            }
            if tag == "th" {
                assert!(
                    node.attribute("scope").is_some(),
                    "{name}: a heading without scope"
                );
            }
            if tag == "table" {
                assert!(
                    node.children().any(|c| c.has_tag_name("caption")),
                    "{name}: no caption"
                );
                let widths: HashSet<usize> = node
                    .descendants()
                    .filter(|n| n.has_tag_name("tr"))
                    .map(|row| row.children().filter(roxmltree::Node::is_element).count())
                    .collect();
                assert!(
                    widths.len() <= 1,
                    "{name}: rows of different lengths {widths:?}"
                );
            }
        }
        for link in root.descendants().filter(|n| n.has_tag_name("a")) {
            let target = link.attribute("href").unwrap_or_default();
            let inside = target.strip_prefix('#').is_some_and(|t| ids.contains(t));
            let list = link.has_attribute("download") && LISTS.contains(&target);
            assert!(inside || list, "{name}: a link to nowhere, {target}");
        }
        for labelled in root
            .descendants()
            .filter_map(|n| n.attribute("aria-labelledby"))
        {
            assert!(ids.contains(labelled), "{name}: labelled by nothing");
        }
    }
}

#[test]
fn no_value_is_forgotten_in_a_sentence() {
    for (name, report, language) in each() {
        let xml = well_formed(&still(&report, language));
        let document = roxmltree::Document::parse(&xml).unwrap();
        for node in document
            .root_element()
            .descendants()
            .filter(|n| n.is_text())
        {
            let text = node.text().unwrap_or_default();
            if node.parent().is_some_and(|p| p.has_tag_name("style")) {
                continue;
            }
            assert!(
                !text.contains('{') && !text.contains('}'),
                "{name}: `{text}`"
            );
            assert!(
                !text.contains("NaN") && !text.contains("inf "),
                "{name}: `{text}`"
            );
        }
    }
}

#[test]
fn names_that_try_to_do_harm_are_only_text() {
    for language in Language::ALL {
        let html = render(&common::hostile(), language).unwrap();
        let lower = html.to_lowercase();
        // The library and our own script, and one block of data for each chart.
        let blocks = lower.matches("<script").count();
        let data = lower.matches("<script type=\"application/json\">").count();
        assert_eq!(
            blocks - lower.matches("\"<script").count(),
            data + 2,
            "a name became a script"
        );
        assert!(!html.contains("<script>alert"));
        assert!(!html.contains("<img src=x"));
        assert!(html.contains("&#60;script&#62;alert(1)&#60;/script&#62;"));
        assert!(!html.contains('\u{202e}') && !html.contains('\u{1b}'));
    }
}

#[test]
fn identifiers_are_shown_as_they_are() {
    let html = still(&common::shop(), Language::En);
    assert!(html.contains(">012346<"), "a leading zero is lost");
    let html = still(&common::million(), Language::Zh);
    assert!(html.contains(">0013800138000000007919<"), "digits are lost");
}

#[test]
fn the_file_is_small_and_loads_nothing() {
    for (name, report, language) in each() {
        let html = still(&report, language);
        assert!(html.len() < 300_000, "{name}: {} bytes", html.len());
        assert!(
            !html.contains("<script"),
            "{name}: a still page has a script"
        );
        for loaded in ["src=\"http", "href=\"http", "url(http", "@import", "<link"] {
            assert!(!html.contains(loaded), "{name} loads `{loaded}`");
        }
    }
    let live = render(&common::shop(), Language::En).unwrap();
    assert!(live.contains("default-src 'none'"));
    assert_eq!(
        live.matches("plotly.js v").count(),
        1,
        "the library is there once"
    );
    let chartless = render(&common::empty(), Language::En).unwrap();
    assert!(
        !chartless.contains("<script"),
        "a page without charts needs no library"
    );
}

#[test]
fn every_chart_has_its_drawing_and_its_table() {
    let html = still(&common::shop(), Language::En);
    let xml = well_formed(&html);
    let document = roxmltree::Document::parse(&xml).unwrap();
    let class = |n: &roxmltree::Node<'_, '_>, name| n.attribute("class") == Some(name);
    let charts: Vec<_> = document
        .descendants()
        .filter(|n| class(n, "chart"))
        .collect();
    assert_eq!(charts.len(), 8);
    for chart in charts {
        let svg = chart
            .descendants()
            .find(|n| n.has_tag_name("svg"))
            .expect("a drawing");
        assert!(
            svg.attribute("aria-label")
                .is_some_and(|label| !label.is_empty())
        );
        let details = chart
            .next_sibling_element()
            .expect("what follows the chart");
        assert!(class(&details, "data"));
        assert!(details.descendants().any(|n| n.has_tag_name("table")));
    }
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    for (name, report, language) in each() {
        assert_eq!(still(&report, language), still(&report, language), "{name}");
    }
}

#[test]
fn titles_say_the_findings() {
    let text = |html: String| {
        html.replace(['\u{a0}', '\u{2060}'], " ")
            .replace(" – ", "–")
    };
    let en = text(still(&common::shop(), Language::En));
    for finding in [
        "1,605 of 4,338 customers still active are at risk of being lost within 90 days",
        "62 % (60–64 %) of customers stayed",
        "430 customers get an offer; that should bring £5,850 more than doing nothing",
        "Of 100 customers it names, about 62 left in the test",
        "assumed, not measured",
        "A customer counts as lost after 90 days without a purchase",
        "Horizon: the margin of a customer kept is counted for 365 days ahead.",
        "Persistence: the effect is taken to last 90 days.",
        "Baseline: without any action, 71 % of the chosen are expected to leave.",
        "compounding survival, paid in arrears",
        "Rows read equal rows kept, set aside and duplicated, in every file.",
        "Its interval (95 %) is that of a group",
        "Contact everybody",
        "Contact nobody",
    ] {
        assert!(en.contains(finding), "missing: {finding}");
    }
    let zh = text(still(&common::shop(), Language::Zh));
    for finding in [
        "4,338 位仍活跃的客户中，有 1,605 位可能在未来 90 天内流失",
        "客户保持率为 62%",
        "向 430 位客户提供优惠",
        "系统标出的每 100 位客户里约有 62 位流失",
        "假定值，未经实测",
        "面临流失的毛利",
        "对照保留组",
        "提升度",
    ] {
        assert!(zh.contains(finding), "missing: {finding}");
    }
    assert!(!zh.contains("留存率"));
}

#[test]
fn chinese_pages_have_blanks_beside_digits_and_latin_letters() {
    let han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let word = |c: char| c.is_ascii_alphanumeric();
    for report in [common::shop(), common::six_rows(), common::million()] {
        let html = well_formed(&still(&report, Language::Zh));
        let document = roxmltree::Document::parse(&html).unwrap();
        for text in document.descendants().filter_map(|node| node.text()) {
            let chars: Vec<char> = text.chars().collect();
            for pair in chars.windows(2) {
                let meet = (han(pair[0]) && word(pair[1]))
                    || ((word(pair[0]) || pair[0] == '%') && han(pair[1]));
                // The Chinese words of big numbers belong to the number.
                assert!(!meet || "万亿".contains(pair[1]), "{text}");
            }
        }
    }
}

#[test]
fn a_test_by_parts_says_why_there_was_none_on_later_time() {
    let mut report = common::shop();
    if let Ok(trust) = &mut report.trust {
        trust.evaluation = Evaluation::CrossValidation {
            folds: 4,
            repeats: 1,
        };
    }
    let dated = still(&report, Language::En);
    assert!(dated.contains("The history is too short for a test on later time"));
    assert!(dated.contains("(4 parts)") && !dated.contains("The table has no dates"));
    assert!(still(&report, Language::Zh).contains("历史数据太短"));
    report.as_of = None;
    assert!(still(&report, Language::En).contains("The table has no dates, so it was tested"));
}

#[test]
fn what_was_brought_is_left_out_where_nobody_knows_it() {
    let mut report = common::shop();
    assert!(still(&report, Language::En).contains("A customer has brought"));
    if let Ok(value) = &mut report.value {
        value.historic_total = Estimate::exact(f64::NAN);
        value.historic_mean = Estimate::exact(f64::NAN);
    }
    assert!(!still(&report, Language::En).contains("A customer has brought"));
    assert!(!still(&report, Language::Zh).contains("每位客户迄今平均带来"));
}

#[test]
fn who_is_lost_already_is_counted_apart() {
    let mut report = common::six_rows();
    let html = still(&report, Language::En);
    assert!(html.contains("1 of 4 customers is at risk of leaving"));
    assert!(html.contains("2 more customers are left out: by the label they are lost already."));
    report.actions = common::shop().actions;
    assert!(!still(&report, Language::En).contains("Not considered:"));
    if let Ok(actions) = &mut report.actions {
        actions.lost_already = 1;
    }
    assert!(still(&report, Language::En).contains("Not considered: 1 customer lost already"));
}

#[test]
fn rows_that_do_not_add_up_are_said() {
    let mut report = common::shop();
    report.sources.files[0].rows_kept -= 1;
    let html = still(&report, Language::En);
    assert!(html.contains("In data/orders.csv.gz, the rows read do not equal"));
}

#[test]
fn what_is_missing_says_why_and_what_to_do() {
    let reasons = [
        Missing::NoDates,
        Missing::NoAmounts,
        Missing::NoRows,
        Missing::TooFewRows {
            rows: 1,
            needed: 50,
        },
        Missing::OneOutcome,
        Missing::NoOffers,
        Missing::NotAsked,
        Missing::NotRun,
        Missing::Other(Text::new("It rained.", "下雨了。")),
    ];
    for reason in reasons {
        for language in Language::ALL {
            let mut report = common::shop();
            report.value = Err(reason.clone());
            report.actions = Err(reason.clone());
            report.risk = Err(reason.clone());
            report.trust = Err(reason.clone());
            report.business = Err(reason.clone());
            let html = still(&report, language);
            roxmltree::Document::parse(&well_formed(&html)).unwrap();
            assert_eq!(
                html.matches("class=\"panel empty\"").count(),
                5,
                "{reason:?}"
            );
        }
    }
    let mut report = common::shop();
    report.value = Err(Missing::TooFewRows {
        rows: 1,
        needed: 50,
    });
    let html = still(&report, Language::En);
    assert!(html.contains("There is only 1 row; a conclusion that holds needs at least 50"));
}

#[test]
fn odd_numbers_do_not_break_the_page() {
    let mut report = common::shop();
    let nan = Estimate::between(f64::NAN, f64::NEG_INFINITY, f64::INFINITY);
    if let Ok(risk) = &mut report.risk {
        risk.margin_at_stake = Ok(nan);
        risk.distribution[0].low = f64::NAN;
        risk.top[0].churn_probability = f64::NAN;
        risk.top[0].value = Some(f64::INFINITY);
    }
    if let Ok(actions) = &mut report.actions {
        actions.expected_net = nan;
        actions.frontier[3].net = nan;
        actions.frontier[4].spend = f64::INFINITY;
    }
    if let Ok(trust) = &mut report.trust {
        trust.lift[0].lift = nan;
        trust.weights[0].coefficient = nan;
        trust.calibration[0].observed = nan;
        trust.roc[0].points[7] = (f64::NAN, f64::NAN);
        trust.profit[3].profit = f64::NAN;
        trust.plain.named_that_left = nan;
    }
    if let Ok(business) = &mut report.business {
        business.months[0].net_revenue = Some(f64::NAN);
        if let Ok(retention) = &mut business.retention {
            retention.rate = nan;
            retention.kept = retention.at_start + 5;
        }
    }
    for language in Language::ALL {
        let html = still(&report, language);
        roxmltree::Document::parse(&well_formed(&html)).unwrap();
        let odd = html.find("NaN").or(html.find("inf%"));
        assert!(
            odd.is_none(),
            "{:?}",
            odd.map(|at| html.get(at - 200..at + 20))
        );
        render(&report, language).unwrap();
    }
}

#[test]
fn a_hold_out_that_cannot_show_the_effect_is_said_to_be_too_small() {
    let page = |detectable: f64| {
        let mut report = common::shop();
        let actions = report.actions.as_mut().unwrap();
        actions.test = Some(HoldOutTest {
            expected: 0.077,
            detectable,
        });
        still(&report, Language::En)
    };
    assert!(page(0.271).contains("The hold-out is too small"));
    assert!(!page(0.05).contains("The hold-out is too small"));
}
