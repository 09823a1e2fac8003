//! The summary on a terminal.

#![allow(clippy::expect_used)] // the helpers of tests are tests

mod common;

use perennial_web::format::display_width;
use perennial_web::report::{Estimate, Report};
use perennial_web::{Language, terminal};

#[test]
fn about_twenty_lines_that_fit_and_command_nothing() {
    for (name, report) in common::all() {
        for language in Language::ALL {
            for width in [0, 40, 60, 80, 100, 500] {
                let text = terminal::summary(&report, language, width);
                let lines: Vec<&str> = text.lines().collect();
                // Forty columns is as narrow as it goes; there it may be longer.
                let most = if width < 60 { 40 } else { 25 };
                assert!(
                    lines.len() <= most,
                    "{name}: {} lines at {width}",
                    lines.len()
                );
                for line in &lines {
                    assert!(
                        display_width(line) <= width.clamp(40, 120),
                        "{name}: {line}"
                    );
                    assert!(!line.chars().any(char::is_control), "{name}: {line}");
                }
                assert!(
                    text.ends_with('\n') && !text.contains('{'),
                    "{name}: {text}"
                );
            }
        }
    }
}

#[test]
fn it_says_the_same_as_the_report() {
    // The widest there is, so that lines break in few places; joined again.
    let text = terminal::summary(&common::shop(), Language::En, 120).replace('\u{a0}', " ");
    let text = text.replace("\n   ", " ");
    for part in [
        "Corner Shop",
        "10 December 2025",
        "1. 551,197 rows were read from 2 files",
        "1,362 of 2,190 customers stayed: a retention rate of 62 % (60–64 %)",
        "£184 k (161 k to 209 k) of margin is at stake",
        "assumed, not measured",
        "about 62 left in the test",
        "012346  93 %  £3,813",
        "Logistic regression, ROC AUC 0.741 (0.722–0.760)",
    ] {
        assert!(text.contains(part), "missing: {part}\n{text}");
    }
    let text = terminal::summary(&common::six_rows(), Language::Zh, 80);
    assert!(text.contains("4 位客户中，有 1 位可能流失"), "{text}");
    let text = terminal::summary(&common::empty(), Language::En, 80);
    assert!(text.contains("Nothing has been read yet"), "{text}");
}

/// A report changed by `change`, in English on one line, with plain blanks.
fn said(change: impl FnOnce(&mut Report)) -> String {
    let mut report = common::shop();
    change(&mut report);
    let text = terminal::summary(&report, Language::En, 120).replace('\u{a0}', " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn it_does_not_say_more_than_the_test_and_the_budget_carry() {
    let named = |n: u64| {
        said(|report| {
            if let Ok(trust) = &mut report.trust {
                trust.plain.named = n;
            }
        })
    };
    assert!(named(5).contains("about 62 left in the test ("));
    assert!(named(4).contains("It named only 4 customers in the test"));
    let chance = said(|report| {
        if let Ok(trust) = &mut report.trust {
            let served = trust.models.iter_mut().find(|model| model.in_use);
            let served = served.expect("one is in use");
            served.roc_auc = Some(Estimate::between(0.55, 0.49, 0.61));
        }
    });
    assert!(chance.contains("could not tell it from chance"), "{chance}");
    let short = said(|report| {
        if let Ok(actions) = &mut report.actions {
            actions.chosen = 0;
        }
    });
    assert!(short.contains("The budget pays for no offer"), "{short}");
    let none = said(|report| {
        if let Ok(actions) = &mut report.actions {
            actions.chosen = 0;
            actions.frontier.clear();
        }
    });
    assert!(none.contains("No offer is worth its cost"), "{none}");
}
