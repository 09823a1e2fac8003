//! Projects as `init` writes them: read back, in both languages, for both kinds.

use std::path::Path;

use perennial_lake::sources::guess::{Guess, Question, QuestionKind, RoleGuess};
use perennial_lake::sources::{Role as SeenRole, TableKind};

use super::*;
use crate::settings::{self, Settings};

fn seen(role: SeenRole, column: &str) -> RoleGuess {
    RoleGuess {
        role,
        column: column.to_owned(),
        confidence: 0.9,
        reasons: Vec::new(),
    }
}

fn question(role: SeenRole, kind: QuestionKind, chosen: &str, alternatives: &[&str]) -> Question {
    let alternatives = alternatives
        .iter()
        .map(|other| (*other).to_owned())
        .collect();
    Question {
        role,
        kind,
        chosen: Some(chosen.to_owned()),
        alternatives,
    }
}

fn purchases() -> Guess {
    Guess {
        kind: TableKind::OrderLines,
        kind_confidence: 0.95,
        roles: vec![
            seen(SeenRole::CustomerId, "Customer \"No\""),
            seen(SeenRole::OrderId, "InvoiceNo"),
            seen(SeenRole::ProductId, "StockCode"),
            seen(SeenRole::Time, "InvoiceDate"),
            seen(SeenRole::Quantity, "Quantity"),
            seen(SeenRole::UnitPrice, "UnitPrice"),
            seen(SeenRole::Trait, "HomeCountry"),
            seen(SeenRole::Trait, "home country"),
            seen(SeenRole::Trait, "会员等级"),
            seen(SeenRole::Personal, "Full Name"),
            seen(SeenRole::ProductTrait, "Description"),
        ],
        purchases: Vec::new(),
        lost_when: None,
        value_amount: None,
        value_amount_per: None,
        relative_days: false,
        unsure: vec![
            question(
                SeenRole::OrderId,
                QuestionKind::Alternatives,
                "InvoiceNo",
                &["Basket"],
            ),
            question(SeenRole::UnitPrice, QuestionKind::Weak, "UnitPrice", &[]),
        ],
    }
}

fn labelled() -> Guess {
    Guess {
        kind: TableKind::Customers,
        kind_confidence: 0.9,
        roles: vec![
            seen(SeenRole::CustomerId, "customerID"),
            seen(SeenRole::Label, "Churn"),
            seen(SeenRole::Trait, "tenure"),
        ],
        purchases: Vec::new(),
        lost_when: Some("Yes".to_owned()),
        value_amount: Some(seen(SeenRole::Amount, "MonthlyCharges")),
        value_amount_per: Some("month"),
        relative_days: false,
        unsure: vec![question(
            SeenRole::Label,
            QuestionKind::LostWhen,
            "Yes",
            &["No"],
        )],
    }
}

#[test]
fn a_table_of_refunds_is_doubted() {
    let mut guess = purchases();
    let table = |guess: &Guess| look::source("../data/orders.csv", None, &[], guess).table;
    assert_eq!(table(&guess).doubt, None);
    for seen in &mut guess.roles {
        if seen.role == SeenRole::Time {
            seen.column = "refunded_at".to_owned();
        }
    }
    let doubt = table(&guess).doubt.unwrap();
    assert!(doubt.en.contains("refunds") && doubt.zh.contains("退款"));
}

fn draft(guess: &Guess, language: Language) -> Draft {
    let lost = match guess.kind {
        TableKind::OrderLines => DraftLost::NoPurchase,
        TableKind::Events => DraftLost::NoEvent {
            events: Guessed::sure(guess.purchases.clone()),
        },
        TableKind::Subscriptions => DraftLost::Contract { price_per: None },
        TableKind::Customers => look::lost_of(guess),
    };
    Draft {
        name: "shop".to_owned(),
        currency: Guessed::unsure(
            Currency::new("GBP").unwrap(),
            Text::new("nothing in the files says which", "文件中没有说明"),
        ),
        time_zone: Guessed::sure(Zone::new("Europe/London").unwrap()),
        language,
        sources: vec![look::source("../data/orders.csv.gz", None, &[], guess)],
        lost,
        amount: look::amount_of(guess),
    }
}

fn read_back(draft: &Draft) -> Result<Settings, settings::Error> {
    let (text, _) = render::render(draft);
    Settings::parse(&text, Path::new("perennial.toml"), std::iter::empty(), &[])
}

#[test]
fn a_table_of_purchases_is_written_with_its_doubts() {
    let (text, unsure) = render::render(&draft(&purchases(), Language::English));
    insta::assert_snapshot!(text, @r#"
    # The settings of this project. A line that ends in `# ? ...` is a guess: look at it, then run `perennial check`.
    format = 1

    [project]
    name = "shop"
    currency = "GBP"  # ? nothing in the files says which
    time_zone = "Europe/London"  # where the business's days begin
    language = "en"  # of reports and reasons: "en" or "zh"

    [[source]]
    path = "../data/orders.csv.gz"  # a file, a folder, a pattern such as "data/*.csv.gz" (relative to this file), or the address of a table in a database
    table = "order_lines"  # one row for each line of an order
    personal = ["Full Name"]  # columns that identify a person: kept encrypted, never shown to a model

    # Which column of the source plays which part.
    [source.columns]
    order_id = "InvoiceNo"  # ? or is it "Basket"?
    customer_id = "Customer \"No\""  # the customer
    product_id = "StockCode"  # what was bought
    time = "InvoiceDate"  # when it was bought
    quantity = "Quantity"  # how many; negative for a return
    unit_price = "UnitPrice"  # ? probably

    # Columns that say something lasting about the customer, by the name they get.
    [source.traits]
    home_country = "HomeCountry"
    home_country_2 = "home country"
    "会员等级" = "会员等级"

    # Columns that describe a person: kept encrypted; `perennial identity suggest` finds by them who is probably the same person.
    [source.people]
    name = "Full Name"  # the whole name

    # What it means that a customer is lost.
    [lost]
    kind = "no_purchase"  # no purchase within the horizon
    horizon = "auto"  # "auto" chooses it from the customers' own rhythm; or "90d", "12w", "1y"

    # What a customer is worth.
    [value]
    horizon = "1y"  # how far ahead value is counted
    margin = 0.30  # assumed: the share of revenue left after the cost of goods; put in your own
    discount_rate_per_year = 0.10  # assumed: what a year's wait takes from an amount; 0.10 is 10 % a year

    # What can be given to a customer to stay. A sample: put in your own, as many as you like.
    [[offer]]
    name = "voucher"  # the name that decisions carry
    cost_per_use = 10.0  # each time a customer takes it, in the project's currency
    assumed_effect = 0.10  # assumed, not measured: the share of those who would leave that it keeps
    effect_lasts = "90d"  # assumed, not measured: how long they stay kept

    # How offers are given out.
    [policy]
    budget = 5000  # the most that one run may spend, in the project's currency
    hold_out = 0.05  # the share left alone, drawn by lot, so that the effect can be measured
    "#);
    each_doubt_stands_on_the_line_it_names(&text, &unsure);
    assert_eq!(unsure.len(), 3);
}

fn each_doubt_stands_on_the_line_it_names(text: &str, unsure: &[Unsure]) {
    for unsure in unsure {
        let line = text.lines().nth(unsure.line - 1).unwrap();
        let ends = line.ends_with(&format!("# ? {}", unsure.doubt));
        assert!(ends, "{unsure:?}");
    }
}

#[test]
fn a_labelled_table_is_written_in_chinese() {
    let (text, _) = render::render(&draft(&labelled(), Language::Chinese));
    insta::assert_snapshot!(text, @r#"
    # 本项目的设置。行尾带有 `# ? ……` 的是猜测，请核对，然后运行 `perennial check`。
    format = 1

    [project]
    name = "shop"
    currency = "GBP"  # ? 文件中没有说明
    time_zone = "Europe/London"  # 以该时区划分日期
    language = "zh"  # 报告与说明的语言："en" 或 "zh"

    [[source]]
    path = "../data/orders.csv.gz"  # 文件、文件夹、通配路径（如 "data/*.csv.gz"，相对于本文件所在的文件夹），或数据库中某张表的地址
    table = "customers"  # 每行是一位客户
    personal = []  # 能识别个人身份的列：加密保存，不进入模型

    # 数据中各列对应的含义。
    [source.columns]
    customer_id = "customerID"  # 客户
    label = "Churn"  # 标明客户是否已流失

    # 怎样才算客户流失。
    [lost]
    kind = "label"  # 由标签列给出
    lost_when = "Yes"  # ? 没有明确说明，取了两个值中较少的一个

    # 客户的价值。
    [value]
    horizon = "1y"  # 向前计算多长时间的价值
    margin = 0.30  # 假定值：毛利率，请改为您自己的数字
    discount_rate_per_year = 0.10  # 假定值：折现率，0.10 表示每年 10%
    amount = "MonthlyCharges"  # 客户支付金额所在的列
    amount_per = "month"  # 金额的周期："year" 年、"month" 月、"week" 周、"day" 日

    # 可以给客户的优惠。这里是示例，请改为您自己的，可以写多个。
    [[offer]]
    name = "voucher"  # 在决策中使用的名称
    cost_per_use = 10.0  # 客户每使用一次的成本，以项目币种计
    assumed_effect = 0.10  # 假定值，尚未测量：在本会流失的客户中能留住的比例
    effect_lasts = "90d"  # 假定值，尚未测量：效果持续多久

    # 优惠如何发放。
    [policy]
    budget = 5000  # 每次运行最多花费的金额，以项目币种计
    hold_out = 0.05  # 随机留出、不做干预的客户比例（对照保留组），用来测量效果
    "#);
}

#[test]
fn what_is_written_reads_back() {
    for language in [Language::English, Language::Chinese] {
        let shop = read_back(&draft(&purchases(), language)).unwrap();
        assert_eq!(shop.project.language, language);
        let source = &shop.sources[0];
        assert_eq!(
            source.columns.get(settings::Role::CustomerId),
            Some("Customer \"No\"")
        );
        assert_eq!(source.traits["home_country"], "HomeCountry");
        assert_eq!(source.traits["home_country_2"], "home country");
        assert_eq!(source.traits["会员等级"], "会员等级");
        assert_eq!(source.personal, ["Full Name"]);
        assert_eq!(
            source.people.get(settings::PersonPart::Name),
            Some("Full Name")
        );
        assert_eq!(shop.offers[0].name, "voucher");
        assert_eq!(shop.policy.hold_out.get(), 0.05);

        let table = read_back(&draft(&labelled(), language)).unwrap();
        assert_eq!(table.lost.kind, settings::LostKind::Label);
        assert_eq!(
            table.lost.lost_when.as_ref().map(settings::Literal::as_str),
            Some("Yes")
        );
        assert_eq!(table.value.amount.as_deref(), Some("MonthlyCharges"));
        assert_eq!(table.value.amount_per, Some(settings::Per::Month));
    }
}

#[test]
fn without_a_period_an_amount_is_only_proposed() {
    let guess = Guess {
        value_amount_per: None,
        ..labelled()
    };
    let draft = draft(&guess, Language::English);
    assert_eq!(read_back(&draft).unwrap().value.amount, None);
    let (text, unsure) = render::render(&draft);
    assert!(
        text.contains("# amount = \"MonthlyCharges\"\n# amount_per = \"\"  # ? "),
        "{text}"
    );
    assert!(unsure.iter().any(|unsure| unsure.key == "value.amount_per"));
}

#[test]
fn a_part_without_a_column_is_asked_for_and_then_missed_by_its_place() {
    let mut guess = purchases();
    guess.roles.retain(|seen| seen.role != SeenRole::Time);
    let draft = draft(&guess, Language::English);
    let (text, unsure) = render::render(&draft);
    assert!(
        text.contains("# time = \"\"  # ? no column was found"),
        "{text}"
    );
    assert!(
        unsure
            .iter()
            .any(|unsure| unsure.key == "source.0.columns.time")
    );
    let error = read_back(&draft).unwrap_err();
    assert_eq!(error.code(), "settings/role-missing");
}

#[test]
fn names_of_columns_cannot_break_out_of_the_file() {
    let mut guess = purchases();
    let evil = "x\"\nformat = 9\n# \u{7f}\u{1b}[2J";
    guess.roles[0].column = evil.to_owned();
    guess.roles[6].column = evil.to_owned();
    guess.unsure.push(question(
        SeenRole::CustomerId,
        QuestionKind::Alternatives,
        evil,
        &[evil],
    ));
    let mut draft = draft(&guess, Language::English);
    draft.name = evil.to_owned();
    draft.sources[0].unused = vec![evil.to_owned()];
    let settings = read_back(&draft).unwrap();
    assert_eq!(
        settings.sources[0].columns.get(settings::Role::CustomerId),
        Some(evil)
    );
    assert_eq!(settings.project.name, evil);
    let (text, _) = render::render(&draft);
    assert!(!text.contains(['\u{1b}', '\u{7f}']));
}

fn options(folder: &Path, template: Template) -> InitOptions {
    InitOptions {
        folder: Some(folder.to_owned()),
        files: Vec::new(),
        template,
        language: Language::English,
        currency: None,
        time_zone: None,
        time_zone_here: Zone::new("Asia/Shanghai"),
    }
}

#[test]
fn both_templates_are_projects_and_are_never_overwritten() {
    let place = tempfile::tempdir().unwrap();
    for template in [Template::ECommerce, Template::Labelled] {
        let folder = place.path().join("a shop").join(format!("{template:?}"));
        let outcome = init(&options(&folder, template)).unwrap();
        let settings = Settings::load(&folder, std::iter::empty(), &[]).unwrap();
        assert_eq!(settings.project.currency.as_str(), "CNY");
        assert_eq!(settings.project.time_zone.as_str(), "Asia/Shanghai");
        assert_eq!(settings.project.name, format!("{template:?}"));
        assert_eq!(
            std::fs::read_to_string(folder.join(".gitignore")).unwrap(),
            ".perennial/\n"
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(folder.join(".perennial"))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o700);
        }
        assert!(
            outcome
                .lines(Language::English)
                .last()
                .unwrap()
                .contains(" -C '/"),
            "{:?}",
            outcome.lines(Language::English)
        );

        let before = std::fs::read(folder.join("perennial.toml")).unwrap();
        let error = init(&options(&folder, template)).unwrap_err();
        assert_eq!(error.code(), "init/exists");
        assert_eq!(
            std::fs::read(folder.join("perennial.toml")).unwrap(),
            before
        );
    }
}

#[test]
fn an_existing_folder_keeps_what_it_ignores() {
    let place = tempfile::tempdir().unwrap();
    let ignored = place.path().join(".gitignore");
    std::fs::write(&ignored, "target").unwrap();
    init(&options(place.path(), Template::ECommerce)).unwrap();
    assert_eq!(
        std::fs::read_to_string(&ignored).unwrap(),
        "target\n.perennial/\n"
    );
    std::fs::remove_file(place.path().join("perennial.toml")).unwrap();
    init(&options(place.path(), Template::ECommerce)).unwrap();
    assert_eq!(
        std::fs::read_to_string(&ignored).unwrap(),
        "target\n.perennial/\n"
    );
}

#[test]
fn folders_are_named_after_files() {
    for (file, name) in [
        ("data/orders_2024.csv.gz", "orders_2024"),
        ("客户.csv", "客户"),
        (".hidden.csv", "hidden"),
        ("..", "project"),
    ] {
        assert_eq!(stem(Path::new(file)), name);
    }
}
