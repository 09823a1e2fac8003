//! Which files are contracts, and which column says when one began and ended.

use super::super::guess::QuestionKind;
use super::super::{Guess, Role, TableKind, guess, infer};
use super::contracts::{
    self, Table, courses, date, deliveries, gym, newspaper, policies, software, telephones,
};
use super::shop::shuffled;
use super::{Lcg, guessed, profiled, roles, scratch};

const CONTRACTS: TableKind = TableKind::Subscriptions;

fn asks(guess: &Guess, role: Role, kind: QuestionKind) -> bool {
    let mut questions = guess.unsure.iter();
    questions.any(|question| question.role == role && question.kind == kind)
}

/// The table's roles are `expected`, under its own headers and with its columns in any
/// order.
fn check(table: &Table, expected: &[&str]) -> Guess {
    let own = guessed(&table.csv());
    assert_eq!((own.kind, roles(&own)), (CONTRACTS, owned(expected)));
    assert!(own.kind_confidence >= 0.7, "{}", own.kind_confidence);
    for seed in 1..4 {
        let order = shuffled(seed, table.names.len());
        let found = guessed(&table.csv_as(&order, &table.names));
        assert_eq!(
            (found.kind, roles(&found)),
            (CONTRACTS, owned(expected)),
            "{order:?}"
        );
    }
    own
}

fn owned(expected: &[&str]) -> Vec<String> {
    expected.iter().map(|part| (*part).to_owned()).collect()
}

#[test]
fn a_gym() {
    let table = gym(3, 900);
    let found = check(
        &table,
        &[
            "customer_id=member_id",
            "start=start_date",
            "end=end_date",
            "plan=plan",
            "price=monthly_fee",
        ],
    );
    assert_eq!(found.value_amount_per, Some("month"));
    assert!(!found.relative_days);
    assert_eq!(found.columns(Role::Trait), ["branch"]);
    assert_eq!(found.lost_when, None);
    let why = |role| {
        let found = found.roles.iter().find(|guess| guess.role == role);
        found.unwrap().why()
    };
    assert!(why(Role::End).starts_with("its name, not before `start_date` in 100 % of rows"));
    assert!(why(Role::End).contains("empty in "), "{}", why(Role::End));
    assert!(why(Role::Plan).contains("settles `monthly_fee` in 100 % of rows"));
}

#[test]
fn a_telephone_company_with_an_agreed_end_and_a_status() {
    let table = telephones(5, 800);
    let found = check(
        &table,
        &[
            "customer_id=customer_no",
            "subscription_id=contract_id",
            "start=activation_date",
            "end=cancellation_date",
            "due=contract_end",
            "plan=tariff",
            "price=price",
        ],
    );
    assert_eq!(found.value_amount_per, None);
    // What says how the contract stands would say the answer.
    assert!(found.columns(Role::Trait).is_empty(), "{:?}", found.roles);
}

#[test]
fn an_insurer_whose_policies_only_fall_due() {
    let found = check(
        &policies(7, 400),
        &[
            "customer_id=客户编号",
            "subscription_id=保单号",
            "start=生效日期",
            "due=到期日",
            "plan=险种",
            "price=年保费",
        ],
    );
    assert_eq!(found.value_amount_per, Some("year"));
    assert!(asks(&found, Role::End, QuestionKind::Missing));
}

#[test]
fn software_by_the_month_with_seats() {
    let found = check(
        &software(9, 120),
        &[
            "customer_id=account_id",
            "start=period_start",
            "end=period_end",
            "plan=tier",
            "price=mrr",
        ],
    );
    assert_eq!(found.value_amount_per, Some("month"));
    assert!(found.columns(Role::Trait).is_empty(), "{:?}", found.roles);
}

#[test]
fn a_german_newspaper() {
    let found = check(
        &newspaper(11, 700),
        &[
            "customer_id=Abonnent",
            "start=Beginn",
            "end=Kündigungsdatum",
            "due=bezahlt_bis",
            "plan=Produkt",
            "price=Monatspreis",
        ],
    );
    assert_eq!(found.value_amount_per, Some("month"));
    assert!(found.unsure.is_empty(), "{:?}", found.unsure);
}

#[test]
fn courses_by_days_from_a_day_that_is_not_told() {
    let found = check(
        &courses(13, 3_000),
        &[
            "customer_id=id_student",
            "start=date_registration",
            "end=date_unregistration",
            "plan=code_module",
        ],
    );
    assert!(found.relative_days);
    assert!(asks(&found, Role::Start, QuestionKind::RelativeDays));
}

#[test]
fn headers_that_say_nothing() {
    // Of each table the columns of customer, start, later moment.
    for (table, parts) in [
        (gym(3, 900), [0, 2, 3]),
        (telephones(5, 800), [1, 3, 5]),
        (newspaper(11, 700), [0, 2, 4]),
        (courses(13, 3_000), [2, 3, 4]),
        (software(9, 120), [0, 2, 3]),
    ] {
        for seed in 1..4 {
            let order = shuffled(seed, table.names.len());
            let found = guessed(&table.csv_blind(&order));
            let [customer, start, end] = parts.map(|part| format!("c{}", part + 1));
            assert_eq!(found.kind, CONTRACTS, "{:?} {order:?}", table.names);
            assert_eq!(found.column(Role::CustomerId), Some(&*customer));
            assert_eq!(found.column(Role::Start), Some(&*start));
            assert_eq!(found.column(Role::End), Some(&*end));
            assert_eq!(found.relative_days, table.names[2] == "id_student");
            assert!(asks(&found, Role::Start, QuestionKind::Weak) || found.relative_days);
        }
    }
    let found = guessed(&gym(3, 900).csv_blind(&[0, 1, 2, 3, 4, 5]));
    assert_eq!(found.column(Role::Plan), Some("c2"));
    assert_eq!(found.column(Role::Price), Some("c5"));
}

#[test]
fn chinese_headers_in_gb18030_and_dates_in_chinese() {
    let table = gym(3, 900);
    let names = ["会员号", "套餐", "开通日期", "退订日期", "月费", "门店"];
    let text = table.csv_as(&[4, 0, 3, 5, 1, 2], &names);
    let (bytes, ..) = encoding_rs::GB18030.encode(&text);
    let file = scratch("gym.csv", &bytes);
    let profile = infer::profile(&file.file, None).unwrap();
    let found = guess::guess(&profile, None);
    assert_eq!(
        (found.kind, roles(&found)),
        (
            CONTRACTS,
            owned(&[
                "customer_id=会员号",
                "start=开通日期",
                "end=退订日期",
                "plan=套餐",
                "price=月费"
            ])
        )
    );
    assert_eq!(found.value_amount_per, Some("month"));
}

#[test]
fn courses_with_dates_and_chinese_headers() {
    let mut table = courses(17, 2_000);
    for row in &mut table.rows {
        for cell in [3, 4] {
            if let Ok(day) = row[cell].parse::<i64>() {
                row[cell] = date((day + 200) as u64);
            }
        }
    }
    table.names = vec!["课程", "期次", "学号", "报名日期", "退课日期"];
    let found = check(
        &table,
        &[
            "customer_id=学号",
            "start=报名日期",
            "end=退课日期",
            "plan=课程",
        ],
    );
    assert!(!found.relative_days);
}

#[test]
fn orders_that_are_delivered_are_no_contracts() {
    let table = deliveries(19, 2_000);
    for text in [
        table.csv(),
        table.csv_blind(&[0, 1, 2, 3, 4]),
        table.csv_as(
            &[0, 1, 2, 3, 4],
            &["订单号", "客户", "下单日期", "收货日期", "金额"],
        ),
        table.csv_as(
            &[0, 1, 2, 3, 4],
            &["id", "customer", "start", "end", "amount"],
        ),
    ] {
        let found = guessed(&text);
        assert_eq!(found.kind, TableKind::OrderLines, "{}", &text[..60]);
        assert_eq!(found.column(Role::Start), None);
    }
}

/// Calls, rides and tickets begin and end too.
#[test]
fn what_is_over_soon_or_is_about_a_ticket_is_no_contract() {
    let mut random = Lcg(23);
    let mut text = String::from("user_id,start_time,end_time,station\n");
    let mut tickets = String::from("ticket_id,customer_id,opened_at,closed_at,topic\n");
    for i in 0..1_500_u64 {
        let (day, minute) = (date(random.below(300)), random.below(1_300));
        let (end, user) = (minute + 1 + random.below(90), random.below(200));
        let clock = |minute: u64| format!("{:02}:{:02}:00", minute / 60, minute % 60);
        text += &format!(
            "u{user},{day} {},{day} {},s{}\n",
            clock(minute),
            clock(end),
            random.below(30)
        );
        let opened = random.below(300);
        tickets += &format!(
            "{},{},{},{},{}\n",
            90_000 + i,
            random.below(700),
            date(opened),
            date(opened + 20 + random.below(40)),
            ["billing", "network"][random.below(2) as usize]
        );
    }
    assert_ne!(guessed(&text).kind, CONTRACTS);
    assert_ne!(guessed(&tickets).kind, CONTRACTS);
}

/// A label with two values says more than the dates, and both are shown.
#[test]
fn a_label_beside_dates_is_preferred_and_asked_about() {
    let mut table = gym(29, 600);
    table.names.push("churn");
    for (i, row) in table.rows.iter_mut().enumerate() {
        row[0] = format!("M{:05}", 10_000 + i * 7);
        row.push(if row[3].is_empty() { "No" } else { "Yes" }.to_owned());
    }
    let found = guessed(&table.csv());
    assert_eq!(found.kind, TableKind::Customers);
    assert_eq!(found.column(Role::Label), Some("churn"));
    assert_eq!(found.lost_when.as_deref(), Some("Yes"));
    let asked = found
        .unsure
        .iter()
        .find(|question| question.kind == QuestionKind::LabelOrContracts);
    assert_eq!(asked.unwrap().alternatives, ["start_date", "end_date"]);
    assert_eq!(
        asked.unwrap().to_string(),
        "`churn` says who was lost, and `start_date`, `end_date` when: it could be a table of subscriptions"
    );
    // A status is no label, and neither is what somebody wants.
    for name in ["status", "auto_renew"] {
        *table.names.last_mut().unwrap() = name;
        assert_eq!(guessed(&table.csv()).kind, CONTRACTS, "{name}");
    }
}

#[test]
fn what_is_said_is_followed() {
    let table = gym(3, 60);
    let profile = profiled(&table.csv());
    for kind in [
        TableKind::Customers,
        TableKind::Events,
        TableKind::OrderLines,
    ] {
        assert_eq!(guess::guess(&profile, Some(kind)).kind, kind);
    }
    // Deliveries said to be contracts: the later date is the end, and unsure.
    let said = guess::guess(&profiled(&deliveries(19, 500).csv()), Some(CONTRACTS));
    assert_eq!(said.kind, CONTRACTS);
    assert_eq!(said.column(Role::CustomerId), Some("customer_id"));
    assert!(said.kind_confidence < 0.6);
    assert!(asks(&said, Role::Start, QuestionKind::Missing));
    let nothing = guess::guess(&profiled("a,b\n1,2\n"), Some(CONTRACTS));
    assert_eq!(nothing.kind, CONTRACTS);
    assert!(asks(&nothing, Role::End, QuestionKind::Missing));
}

#[test]
fn moments_in_other_words() {
    let table = gym(3, 900);
    for (names, customer) in [
        (
            ["cliente", "plan", "fecha_alta", "fecha_baja", "cuota", "x"],
            Some("cliente"),
        ),
        (
            ["client", "forfait", "début", "date_fin", "cotisation", "x"],
            Some("client"),
        ),
        (
            ["policy_no", "险种", "起保日期", "终保日期", "保费", "x"],
            Some("policy_no"),
        ),
        (
            ["客户编号", "套餐", "入网时间", "离网时间", "月租", "x"],
            Some("客户编号"),
        ),
        // One of both is called so.
        (
            ["customer", "product", "date", "unsubscribed", "price", "x"],
            Some("customer"),
        ),
        // An address is no key to keep in clear.
        (
            ["email", "plan", "created", "canceled_at", "amount", "x"],
            None,
        ),
    ] {
        let found = guessed(&table.csv_as(&[0, 1, 2, 3, 4, 5], &names));
        assert_eq!(found.kind, CONTRACTS, "{names:?}");
        assert_eq!(found.column(Role::CustomerId), customer);
        assert_eq!(found.column(Role::Start), Some(names[2]));
        assert_eq!(found.column(Role::End), Some(names[3]));
        assert_eq!(found.column(Role::Plan), Some(names[1]));
        assert_eq!(found.column(Role::Price), Some(names[4]));
        let is_missing = asks(&found, Role::CustomerId, QuestionKind::Missing);
        assert_eq!(is_missing, customer.is_none());
    }
    // An end that is called due, but is empty for those who stay.
    let names = ["customer", "plan", "valid_from", "valid_to", "price", "x"];
    let found = guessed(&table.csv_as(&[0, 1, 2, 3, 4, 5], &names));
    assert_eq!(found.column(Role::End), Some("valid_to"));
    assert!(asks(&found, Role::End, QuestionKind::Weak));
    // An order that is cancelled is an order.
    let names = [
        "customer_id",
        "product",
        "order_date",
        "cancel_date",
        "price",
        "x",
    ];
    let found = guessed(&table.csv_as(&[0, 1, 2, 3, 4, 5], &names));
    assert_eq!(found.kind, TableKind::OrderLines);
}

#[test]
fn few_rows_and_nobody_gone_yet() {
    let text = "member,plan,joined,cancelled_on\nann,gold,2024-01-03,\nbob,gold,2024-02-11,\ncid,silver,2024-02-12,\n";
    let found = guessed(text);
    assert_eq!(
        (found.kind, roles(&found)),
        (
            CONTRACTS,
            owned(&[
                "customer_id=member",
                "start=joined",
                "end=cancelled_on",
                "plan=plan"
            ])
        )
    );
    assert!(asks(&found, Role::Start, QuestionKind::FewRows));
}

/// Scores in numbers are no days, however they are empty.
#[test]
fn numbers_beside_each_other_are_no_days() {
    let mut random = Lcg(31);
    let mut text = String::from("id,age,income,visits,region\n");
    let mut started = String::from("id,date_registration,score,region\n");
    for i in 0..1_000 {
        let income = match random.below(3) {
            0 => String::new(),
            _ => (900 + random.below(9_000)).to_string(),
        };
        let region = ["n", "s", "e"][random.below(3) as usize];
        text += &format!(
            "{i},{},{income},{},{region}\n",
            18 + random.below(60),
            random.below(9)
        );
        let score = if i % 3 == 0 {
            String::new()
        } else {
            (40 + random.below(60)).to_string()
        };
        started += &format!("{i},{},{score},{region}\n", random.below(160) as i64 - 159);
    }
    assert_ne!(guessed(&text).kind, CONTRACTS);
    assert_ne!(guessed(&started).kind, CONTRACTS);
}

/// A day in numbers is the time where nothing else is and customers have several rows.
#[test]
fn days_in_numbers_are_times_of_events() {
    let mut random = Lcg(37);
    let table = |time: &str, low: i64, high: u64, people: u64, random: &mut Lcg| {
        let mut text = format!("id_student,id_site,{time},clicks\n");
        for i in 0..3_000_u64 {
            let who = if people > 2_999 {
                i
            } else {
                random.below(people)
            };
            text += &format!(
                "{},{},{},{}\n",
                20_000 + who * 13,
                500_000 + random.below(60) * 7,
                low + random.below(high) as i64,
                1 + random.below(9)
            );
        }
        guessed(&text)
    };
    for name in ["date", "day", "日期"] {
        let found = table(name, -25, 295, 120, &mut random);
        assert_eq!(found.kind, TableKind::Events, "{name}");
        assert_eq!(found.column(Role::Time), Some(name));
        assert_eq!(found.column(Role::CustomerId), Some("id_student"));
        assert!(found.relative_days);
        assert!(asks(&found, Role::Time, QuestionKind::RelativeDays));
    }
    // Days of a month, another name, or one row a customer: no time.
    for (name, low, high, people) in [
        ("day", 1, 31, 120),
        ("age", -25, 295, 120),
        ("week_day", 0, 300, 120),
        ("date", -25, 295, 3_000),
    ] {
        let found = table(name, low, high, people, &mut random);
        assert_eq!(found.column(Role::Time), None, "{name} {people}");
        assert!(!found.relative_days);
    }
}

#[test]
fn dates_of_another_kind_do_not_make_contracts() {
    // Customers with the day they joined and the day they were last seen.
    let mut random = Lcg(41);
    let mut text = String::from("customer_id,signup_date,last_login,birth_date,spend\n");
    for i in 0..500 {
        let joined = random.below(800);
        text += &format!(
            "{i},{},{},{},{}.20\n",
            date(joined),
            if i % 4 == 0 {
                String::new()
            } else {
                date(joined + random.below(600))
            },
            "1980-02-03",
            random.below(90)
        );
    }
    assert_ne!(guessed(&text).kind, CONTRACTS);
    // As made-up tables go, this one is none without its two dates.
    let table = contracts::gym(3, 300);
    let rows: Vec<Vec<String>> = table.rows;
    let text = super::shop::csv(&rows, &[0, 1, 2, 4, 5], &table.names);
    assert_ne!(guessed(&text).kind, CONTRACTS);
}
