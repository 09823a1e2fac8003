//! A report of customers with contracts: its words, its months, its lists, in
//! both languages.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use perennial_web::lists::{at_risk, at_risk_contracts, to_csv};
use perennial_web::report::{
    Activity, Business, Charts, Estimate, HorizonChoice, LostDefinition, Missing, Report, Risk,
    render_with,
};
use perennial_web::{Language, Text, terminal};

/// The page with plain blanks, its style sheet left out.
fn page(report: &Report, language: Language) -> String {
    let html = render_with(report, language, Charts::Still).unwrap();
    let (head, rest) = html.split_once("<style>").unwrap();
    let body = rest.split_once("</style>").unwrap().1;
    let plain = format!("{head}{body}").replace('\u{a0}', " ");
    plain.replace('\u{2060}', "")
}

fn both(report: &Report) -> [String; 2] {
    [page(report, Language::En), page(report, Language::Zh)]
}

/// The panel of this id.
fn panel<'a>(html: &'a str, id: &str) -> &'a str {
    let at = html.find(&format!("id=\"{id}\"")).expect(id);
    let rest = &html[at..];
    let end = rest.find("class=\"panel").unwrap_or(rest.len());
    &rest[..end]
}

fn changed(change: impl FnOnce(&mut Business, &mut Risk)) -> Report {
    let mut report = common::contracts();
    let (Ok(business), Ok(risk)) = (&mut report.business, &mut report.risk) else {
        unreachable!("both are there");
    };
    change(business, risk);
    report
}

fn all_there(html: &str, findings: &[&str]) {
    for finding in findings {
        assert!(html.contains(finding), "missing: {finding}");
    }
}

#[test]
fn the_page_speaks_of_contracts() {
    let mut report = changed(|_, _| {});
    report.trust.as_mut().unwrap().active_only = true;
    let [en, zh] = both(&report);
    all_there(
        &en,
        &[
            "210 of 1,827 customers under contract are at risk of being lost within 30 days",
            "That is 11 % of the customers under contract.",
            "585 more customers are left out: no longer under contract.",
            "A customer counts as lost when the last running contract ends and is not renewed within 14 days",
            "The churn probability is that of such an end within the next 30 days. This horizon was chosen from the length of the data: long enough to act on, short enough that dates are left to learn from and to test on.",
            "On 10 November 2025, 1,820 customers were under contract; 1,747 of them still were at the end of 9 December 2025, renewals within the period included.",
            "whoever renewed within the period stayed. Those who came back are told apart: counting them as kept would give 96 %.",
            "From 10 November 2025 to 9 December 2025, 1,747 of 1,820 customers stayed under contract, renewals included: a retention rate of 96 % (95–97 %).",
            "Under contract at the start",
            "Still under contract",
            "The 14 days after the end of a contract within which a renewal still counts.",
            "under contract at the end = under contract at the start + new + came back − ended.",
            "First contract ever began",
            "In the months a pause that a renewal within the grace closed counts too",
            "one whose grace still runs counts as ended until it is renewed",
            "The renewal rate is another",
            "All of them were under contract on the day of the test",
        ],
    );
    all_there(
        &zh,
        &[
            "1,827 位合约期内的客户中，有 210 位可能在未来 30 天内流失",
            "占合约期内客户的 11%。",
            "另有 585 位客户未列入：他们已不在合约期内。",
            "最后一份有效合同终止后 14 天内未续约，即视为流失",
            "流失概率指未来 30 天内合同如此终止的概率。该期限根据数据的时间长度选定",
            "有 1,820 位客户在合约期内，其中 1,747 位到 2025 年 12 月 9 日结束时仍在合约期内（含期间续约）。",
            "期间续约的客户算作留下",
            "1,820 位合约期内的客户中有 1,747 位期末仍在合约期内（含续约），保持率为 96%",
            "期初合约期内客户",
            "仍在合约期内",
            "宽限期",
            "合同结束后的 14 天",
            "期末合约期内客户＝期初合约期内客户＋新客户＋回归客户－到期终止未续约客户",
            "首份合同在该月或该时期内开始",
            "宽限期内续约的中断期也算在合约期内",
            "在续约之前先算终止",
            "续约率与此不同",
            "他们在检验当日都在合约期内",
        ],
    );
}

#[test]
fn no_word_of_the_other_kinds_is_left() {
    let mut report = changed(|_, _| {});
    report.actions = common::shop().actions;
    report.actions.as_mut().unwrap().lost_already = 585;
    report.value = common::shop().value;
    report.trust.as_mut().unwrap().active_only = true;
    // The fixture's weights are those of a shop.
    report.trust.as_mut().unwrap().weights.clear();
    // Its offers give reasons of their own.
    report.actions.as_mut().unwrap().top.clear();
    for lost in [HorizonChoice::FromSpan, HorizonChoice::Set] {
        if let LostDefinition::Contract { choice, .. } = &mut report.risk.as_mut().unwrap().lost {
            *choice = lost;
        }
        // Names of panels and charts that nobody reads.
        let [en, zh] = both(&report).map(|html| html.replace("-buyers", ""));
        for word in [
            "purchase",
            "bought",
            "buyer",
            "Buyer",
            " active",
            "silent",
            "Silent",
            "order",
            "Usual gap",
            "event",
            "by the label",
        ] {
            let at = en.find(word);
            assert!(
                at.is_none(),
                "{word}: {:?}",
                at.and_then(|at| en.get(at.saturating_sub(80)..at + 40))
            );
        }
        for word in [
            "购买",
            "活跃",
            "沉默",
            "订单",
            "下单",
            "首次出现",
            "通常间隔",
            "事件",
            "标签表明",
        ] {
            assert!(!zh.contains(word), "{word}");
        }
        all_there(
            &en,
            &[
                "Not considered: 585 customers no longer under contract.",
                "by the prices of the contracts that run",
            ],
        );
        all_there(
            &zh,
            &[
                "未予考虑：585 位客户已不在合约期内。",
                "按有效合同的价格计算",
            ],
        );
    }
}

#[test]
fn months_show_who_ended_and_add_up() {
    let report = changed(|_, _| {});
    let business = report.business.as_ref().unwrap();
    for pair in business.months.windows(2) {
        let (before, month) = (&pair[0], &pair[1]);
        let start = before.buyers + month.new + month.came_back;
        assert_eq!(month.buyers, start - month.ended.unwrap());
    }
    // The latest whole month, as the fixture has it.
    let month = &business.months[23];
    let ended = month.ended.unwrap();
    let [en, zh] = both(&report);
    let said = [
        format!(
            "At the end of November 2025, {} customers were under contract; {} were new that month",
            thousands(month.buyers),
            month.new
        ),
        format!("{ended} customers’ contracts ended and were not renewed."),
        format!(
            "{} customers came back after a contract that had ended.",
            month.came_back
        ),
    ];
    for said in said {
        assert!(panel(&en, "business-buyers").contains(&said), "{said}");
    }
    let said = [
        format!(
            "2025 年 11 月末有 {} 位客户在合约期内，当月新客户 {} 位",
            thousands(month.buyers),
            month.new
        ),
        format!("当月有 {ended} 位客户到期终止未续约。"),
        format!("当月有 {} 位客户在合同终止后回归。", month.came_back),
    ];
    for said in said {
        assert!(panel(&zh, "business-buyers").contains(&said), "{said}");
    }
}

#[test]
fn ended_has_a_column_and_bars_below_zero() {
    let report = changed(|business, _| {
        for (at, month) in business.months.iter_mut().enumerate() {
            month.ended = Some(700 + at as u64).filter(|_| at != 0);
        }
    });
    let [en, zh] = both(&report);
    let heads = |html: &str, heads: [&str; 6]| {
        let table = panel(html, "business-buyers");
        let mut at = table.find("<table").unwrap();
        for head in heads {
            let found = table[at..].find(&format!(">{head}<"));
            at += found.unwrap_or_else(|| panic!("no head {head}"));
        }
    };
    heads(
        &en,
        [
            "Month",
            "Under contract",
            "New",
            "Came back",
            "Ended, not renewed",
            "Contracts begun",
        ],
    );
    heads(
        &zh,
        [
            "月份",
            "合约期内客户",
            "新客户",
            "回归客户",
            "到期终止未续约",
            "新签与续约合同",
        ],
    );
    for (html, said) in [(&en, "Ended, not renewed: "), (&zh, "到期终止未续约：")] {
        let html = panel(html, "business-buyers");
        // Of the first month nobody knows.
        assert!(!html.contains(&format!("{said}700<")));
        for n in 701..725 {
            assert!(html.contains(&format!("{said}{n}<")), "{said}{n}");
            assert!(html.contains(&format!(">{n}<")), "{n} in the table");
        }
        // Bars of the others stand on zero, these hang from it.
        let zero = html
            .split("<line class=\"axis\"")
            .nth(1)
            .and_then(|line| number(line, " y1=\""))
            .unwrap();
        let (mut above, mut below) = (0, 0);
        for bar in html.split("<rect class=\"fill ").skip(1) {
            let top = number(bar, " y=\"").unwrap();
            let height = number(bar, " height=\"").unwrap();
            if bar.starts_with("leave") {
                assert!((top - zero).abs() < 0.11 && height > 20.0, "{bar}");
                below += 1;
            } else {
                assert!(top + height < zero + 0.11, "{bar}");
                above += 1;
            }
        }
        assert_eq!((above, below), (75, 24));
    }
}

#[test]
fn other_kinds_show_nothing_of_ended() {
    for activity in [Activity::Purchases, Activity::Events] {
        let mut report = common::shop();
        report.activity = activity;
        let before = both(&report);
        for month in &mut report.business.as_mut().unwrap().months {
            month.ended = Some(9_871);
        }
        for customer in &mut report.risk.as_mut().unwrap().top {
            customer.days_left = Some(9_872.0);
            customer.tenure_days = Some(9_873.0);
        }
        assert_eq!(both(&report), before);
    }
}

#[test]
fn a_list_says_when_contracts_end_instead_of_silence() {
    let report = changed(|_, risk| {
        risk.top.truncate(5);
        let days = [Some(-12.0), Some(-0.01), Some(1.0), Some(43.2), None];
        for (customer, left) in risk.top.iter_mut().zip(days) {
            customer.days_left = left;
        }
    });
    let [en, zh] = both(&report);
    let top = panel(&en, "risk-top");
    all_there(
        top,
        &[
            ">Contract ends in<",
            ">Customer for<",
            "overdue by 12 days",
            ">0 days<",
            ">1 day<",
            ">43 days<",
            ">not known<",
            ">400 days<",
        ],
    );
    assert!(!top.contains("77 days") && !top.contains("88 days"));
    let top = panel(&zh, "risk-top");
    all_there(
        top,
        &[
            ">距合同到期<",
            ">签约至今<",
            ">已过期 12 天<",
            ">0 天<",
            ">未知<",
            ">400 天<",
        ],
    );
    let bare = changed(|_, risk| {
        for customer in &mut risk.top {
            (customer.days_left, customer.tenure_days) = (None, None);
        }
    });
    let bare = page(&bare, Language::En);
    assert!(!bare.contains("Contract ends in") && !bare.contains("Customer for"));
}

#[test]
fn lists_of_contracts_keep_their_columns_whatever_the_rows() {
    let risk = common::contracts().risk.unwrap();
    let made_at = common::contracts().made_at;
    let csv = |rows, language| to_csv(&at_risk_contracts(rows, language, None, made_at));
    let en = csv(&risk.top, Language::En);
    let head = "Rank,Customer,Churn probability,Value,Margin at stake,Contract ends in (days),\
                Customer for (days),Reasons\r\n";
    let zh = "排名,客户,流失概率,价值,面临流失的毛利,距合同到期（天）,签约至今（天）,原因\r\n";
    assert!(
        en.starts_with(&format!("{head}1,M01007,0.81,,,-12,400,")),
        "{en}"
    );
    assert_eq!(csv(&[], Language::En), head);
    assert!(csv(&risk.top, Language::Zh).starts_with(zh));
    let nobody_knows = at_risk(&risk.top, Language::En, None, made_at);
    assert!(to_csv(&nobody_knows).contains("Silent for (days),Usual gap (days)"));
}

#[test]
fn every_reason_for_the_horizon_has_its_sentence() {
    let lost = |choice: HorizonChoice| {
        let report = changed(|_, risk| {
            risk.lost = LostDefinition::Contract {
                horizon_days: 60.0,
                grace_days: 7.0,
                choice,
            };
        });
        both(&report).map(|html| panel(&html, "risk-lost").to_owned())
    };
    let [en, zh] = lost(HorizonChoice::Set);
    all_there(
        &en,
        &["within the next 60 days. The settings name this horizon."],
    );
    all_there(&zh, &["未来 60 天内", "该期限由设置指定。"]);
    let [en, zh] = lost(HorizonChoice::Other(Text::new(
        "Data are short.",
        "数据太短。",
    )));
    all_there(
        &en,
        &["not renewed within 7 days", "60 days. Data are short."],
    );
    all_there(&zh, &["最后一份有效合同终止后 7 天内未续约", "数据太短。"]);
    let [en, zh] = lost(HorizonChoice::FromRhythm {
        customers: 300,
        gap_median_days: 4.0,
        share_of_gaps_within: 0.9,
        candidates: vec![(30.0, 0.8), (60.0, 0.9)],
    });
    all_there(
        &en,
        &[
            "gaps between the contracts of 300 customers with more than one",
            "Share of gaps between contracts",
        ],
    );
    all_there(&zh, &["300 位多次签约客户", "合同间隔不超过各期限的比例"]);
    let at_once = changed(|_, risk| {
        risk.lost = LostDefinition::Contract {
            horizon_days: 60.0,
            grace_days: 0.0,
            choice: HorizonChoice::Set,
        };
    });
    let [en, zh] = both(&at_once);
    all_there(
        &en,
        &[
            "when the last running contract ends without renewal",
            "None: another contract renews",
        ],
    );
    all_there(&zh, &["最后一份有效合同终止且未续约", "无宽限期"]);
    assert!(!en.contains("0 days after") && !zh.contains("后的 0 天"));
    // A silence too can have its horizon from the length of the data.
    let mut shop = common::shop();
    shop.risk.as_mut().unwrap().lost = LostDefinition::NoPurchase {
        horizon_days: 60.0,
        choice: HorizonChoice::FromSpan,
    };
    assert!(page(&shop, Language::En).contains("chosen from the length of the data"));
}

#[test]
fn revenue_is_explained_only_where_there_is_some() {
    let without = both(&changed(|_, _| {}));
    assert!(!without[0].contains("Net revenue is") && !without[0].contains("<dt>Net revenue"));
    assert!(!without[1].contains("净收入"));
    let with = changed(|business, _| {
        for month in &mut business.months {
            month.net_revenue = Some(1_000.0);
            month.orders = 1;
        }
    });
    let [en, zh] = both(&with);
    all_there(&en, &["in November 2025; 1 contract began", "Net revenue"]);
    all_there(&zh, &["新签与续约合同 1 份", "净收入"]);
}

#[test]
fn the_terminal_says_the_same() {
    let mut report = common::contracts();
    let text = |report: &Report, language| {
        let text = terminal::summary(report, language, 120).replace('\u{a0}', " ");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let en = text(&report, Language::En);
    all_there(
        &en,
        &[
            "1,747 of 1,820 customers stayed under contract",
            "210 of 1,827 customers under contract are at risk of being lost within 30 days (a probability of 50 % or more).",
        ],
    );
    assert!(
        text(&report, Language::Zh)
            .contains("1,827 位合约期内的客户中，有 210 位可能在未来 30 天内流失")
    );
    report.risk.as_mut().unwrap().margin_at_stake = Ok(Estimate::exact(5_000.0));
    assert!(text(&report, Language::En).contains("of margin is at stake"));
    report.business = Err(Missing::NoRows);
    assert!(text(&report, Language::En).contains("Retention of the period cannot be told."));
}

/// `1234` as `1,234`.
fn thousands(n: u64) -> String {
    if n < 1_000 {
        return n.to_string();
    }
    format!("{},{:03}", n / 1_000, n % 1_000)
}

/// The number of an attribute.
fn number(tag: &str, attribute: &str) -> Option<f64> {
    let rest = tag.split_once(attribute)?.1;
    rest.split('"').next()?.parse().ok()
}
