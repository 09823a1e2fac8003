//! Which column is what, by names and by values.

use super::super::guess::QuestionKind;
use super::super::{Question, Role, TableKind};
use super::shop::{self, COLUMNS, csv, rows, shuffled};
use super::tables::{PLAIN, subscribers};
use super::{Lcg, guessed, is_orders, roles, scratch};
use crate::{ColumnSpec, Kind, ReadSpec, Target, TimeFormat};

const PLAIN_NAMES: [&str; 9] = [
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
    "Channel",
];
const CHINESE_NAMES: [&str; 9] = [
    "订单编号",
    "商品编码",
    "商品名称",
    "数量",
    "下单时间",
    "单价",
    "客户编号",
    "国家",
    "渠道",
];
const NO_NAMES: [&str; 9] = ["qx", "f7", "zzk", "a1", "wv", "h", "kk_3", "uu", "jj"];

/// Checks the mapping of a shop's table under given names and order.
fn check_shop(text: &str, names: &[&str; 9], what: &str) {
    let guess = guessed(text);
    assert!(
        is_orders(&guess),
        "{what}: {:?} {}",
        guess.kind,
        guess.kind_confidence
    );
    let at = |column: &str| names[COLUMNS.iter().position(|c| *c == column).unwrap()];
    for (role, column) in [
        (Role::CustomerId, "customer"),
        (Role::OrderId, "order"),
        (Role::ProductId, "product"),
        (Role::Time, "time"),
        (Role::Quantity, "quantity"),
        (Role::UnitPrice, "price"),
        (Role::Channel, "channel"),
    ] {
        assert_eq!(
            guess.column(role),
            Some(at(column)),
            "{what}: {role:?} of {:?}",
            roles(&guess)
        );
    }
    assert!(
        guess.columns(Role::Trait).contains(&at("country")),
        "{what}: {:?}",
        guess.roles
    );
    assert!(
        guess
            .columns(Role::ProductTrait)
            .contains(&at("description")),
        "{what}: {:?}",
        guess.roles
    );
    assert_eq!(guess.column(Role::Amount), None, "{what}");
}

#[test]
fn a_shop_with_telling_headers() {
    let rows = rows(1, 150, 80, 600);
    let order: Vec<usize> = (0..9).collect();
    check_shop(&csv(&rows, &order, &PLAIN_NAMES), &PLAIN_NAMES, "english");
    check_shop(
        &csv(&rows, &order, &CHINESE_NAMES),
        &CHINESE_NAMES,
        "chinese",
    );
}

#[test]
fn a_shop_with_headers_of_other_languages() {
    let names: [[&str; 9]; 5] = [
        [
            "Invoice",
            "Artikelnummer",
            "Bezeichnung",
            "Menge",
            "Datum",
            "Einzelpreis",
            "Kunde",
            "Land",
            "Kanal",
        ],
        [
            "N° de facture",
            "Référence produit",
            "Désignation",
            "Quantité",
            "Date de commande",
            "Prix unitaire",
            "Numéro client",
            "Pays",
            "Canal",
        ],
        [
            "Nº de pedido",
            "Código de artículo",
            "Descripción",
            "Cantidad",
            "Fecha",
            "Precio unitario",
            "ID de cliente",
            "País",
            "Canal de venta",
        ],
        [
            "Fattura",
            "Codice articolo",
            "Descrizione",
            "Quantità",
            "Data",
            "Prezzo unitario",
            "Cliente",
            "Paese",
            "Canale",
        ],
        [
            "Pedido",
            "Código do produto",
            "Descrição",
            "Quantidade",
            "Data",
            "Preço unitário",
            "Cliente",
            "País",
            "Canal",
        ],
    ];
    let rows = rows(2, 150, 80, 600);
    let order: Vec<usize> = (0..9).collect();
    for names in &names {
        check_shop(&csv(&rows, &order, names), names, names[0]);
    }
}

#[test]
fn an_invoice_is_not_the_customer_where_another_column_is() {
    let text = "Invoice;Kunde;Datum;Artikel;Menge;Preis\n\
        R1;17;2024-02-01;Tee;2;3.50\nR1;17;2024-02-01;Becher;1;7.00\n\
        R2;18;2024-02-03;Tee;1;3.50\nR3;17;2024-03-01;Tee;4;3.50\n";
    let guess = guessed(text);
    assert_eq!(guess.column(Role::CustomerId), Some("Kunde"));
    assert_eq!(guess.column(Role::OrderId), Some("Invoice"));
    // One row per invoice: its number is unique, and is not the customer either.
    let mut text = String::from("Invoice;Kunde;Datum;Betrag\n");
    for row in 0..60_u64 {
        let (day, customer) = (1 + row % 28, 100 + row * row % 23);
        text.push_str(&format!(
            "R{};K{customer};2024-{:02}-{day:02};{}.50\n",
            9_000 + row,
            1 + row / 28,
            5 + row * 7 % 31
        ));
    }
    let guess = guessed(&text);
    assert_eq!(guess.column(Role::CustomerId), Some("Kunde"));
    assert_ne!(guess.column(Role::CustomerId), Some("Invoice"));
}

#[test]
fn a_shop_with_headers_that_say_nothing_and_columns_shuffled() {
    for seed in 1..=12 {
        let rows = rows(seed, 80 + seed * 40, 60 + seed * 10, 500 + seed * 60);
        let order = shuffled(seed, 9);
        check_shop(
            &csv(&rows, &order, &NO_NAMES),
            &NO_NAMES,
            &format!("seed {seed}"),
        );
    }
}

#[test]
fn a_shop_without_a_header() {
    let rows = rows(5, 120, 90, 700);
    let text = csv(&rows, &[6, 0, 1, 4, 3, 5], &NO_NAMES);
    let guess = guessed(text.split_once('\n').unwrap().1);
    assert_eq!(
        roles(&guess),
        [
            "customer_id=c1",
            "order_id=c2",
            "product_id=c3",
            "time=c4",
            "quantity=c5",
            "unit_price=c6"
        ]
    );
}

#[test]
fn amounts_are_told_from_prices_by_multiplication() {
    let mut rows = rows(3, 120, 90, 700);
    for row in &mut rows {
        let amount = row[3].parse::<f64>().unwrap() * row[5].parse::<f64>().unwrap();
        row.push(format!("{amount:.2}"));
    }
    let mut names: Vec<&str> = NO_NAMES.to_vec();
    names.push("ooo");
    for seed in 1..=4 {
        let guess = guessed(&csv(&rows, &shuffled(seed, 10), &names));
        assert_eq!(
            guess.column(Role::Amount),
            Some("ooo"),
            "{:?}",
            roles(&guess)
        );
        assert_eq!(guess.column(Role::UnitPrice), Some("h"));
        assert_eq!(guess.column(Role::Quantity), Some("a1"));
    }
}

#[test]
fn two_keys_of_the_customer_and_no_header() {
    // Master id, sample id, yyyymmdd, number, dollars; sorted by customer.
    let mut random = Lcg(7);
    let mut text = String::new();
    for customer in 0..400 {
        let mut day = random.below(80);
        for _ in 0..1 + random.below(5) {
            let number = 1 + random.below(4);
            let dollars = number as f64 * (9.0 + random.unit() * 9.0);
            text.push_str(&format!(
                " {:05} {:04} 1997{:02}{:02} {number:2} {dollars:7.2}\n",
                customer * 9 + 4,
                customer + 1,
                1 + day / 28,
                1 + day % 28
            ));
            day = (day + 1 + random.below(60)).min(335);
        }
    }
    let guess = guessed(&text);
    assert!(is_orders(&guess));
    assert_eq!(
        roles(&guess),
        ["customer_id=c1", "time=c3", "quantity=c4", "amount=c5"]
    );
    let question = guess
        .unsure
        .iter()
        .find(|q| q.role == Role::CustomerId)
        .unwrap();
    assert_eq!(
        (question.kind.code(), question.alternatives.as_slice()),
        ("guess/one-to-one", ["c2".to_owned()].as_slice())
    );
}

#[test]
fn one_row_per_order() {
    let mut random = Lcg(11);
    let mut text = String::from("aa,bb,cc,dd,ee\n");
    for order in 0..1_500 {
        let customer = random.below(300);
        let (day, hour) = (order / 5, random.below(24));
        text.push_str(&format!(
            "{},2023-{:02}-{:02} {hour:02}:{:02}:{:02},U{customer:05},{:.2},{}\n",
            900_000 + order,
            1 + day / 28,
            1 + day % 28,
            random.below(60),
            random.below(60),
            5.0 + random.unit() * 200.0,
            ["GB", "FR", "DE"][(customer % 3) as usize],
        ));
    }
    let guess = guessed(&text);
    assert!(is_orders(&guess));
    assert_eq!(
        roles(&guess),
        ["customer_id=cc", "order_id=aa", "time=bb", "amount=dd"],
        "{:?}",
        guess.roles
    );
    assert_eq!(guess.columns(Role::Trait), ["ee"]);
}

#[test]
fn persons_are_recognised() {
    let mut rows = rows(9, 100, 70, 500);
    for row in &mut rows {
        let customer = row[6].clone();
        row.push(if customer.is_empty() {
            String::new()
        } else {
            format!("u{customer}@mail.example.com")
        });
        row.push(format!(
            "+44 20 {:04} {:04}",
            customer.len() * 7,
            customer.bytes().map(usize::from).sum::<usize>()
        ));
    }
    let mut names: Vec<&str> = NO_NAMES.to_vec();
    names.extend(["m", "t"]);
    let guess = guessed(&csv(&rows, &shuffled(2, 11), &names));
    let mut personal = guess.columns(Role::Personal);
    personal.sort_unstable();
    assert_eq!(personal, ["m", "t"]);
    assert_eq!(guess.column(Role::CustomerId), Some("kk_3"));
}

#[test]
fn labelled_customers_with_telling_headers() {
    let guess = guessed(&subscribers(1, 2_000, PLAIN));
    assert_eq!(guess.kind, TableKind::Customers);
    assert_eq!(roles(&guess), ["customer_id=customerID", "label=Churn"]);
    assert_eq!(guess.lost_when.as_deref(), Some("Yes"));
    assert_eq!(
        guess.value_amount.as_ref().map(|g| g.column.as_str()),
        Some("MonthlyCharges")
    );
    assert_eq!(guess.value_amount_per, Some("month"));
    assert_eq!(guess.columns(Role::Trait).len(), 7);
    assert!(guess.unsure.is_empty(), "{:?}", guess.unsure);
}

#[test]
fn labelled_customers_with_headers_that_say_nothing() {
    let guess = guessed(&subscribers(
        2,
        2_000,
        ["s", "d", "f", "g", "h", "j", "k", "l", "z"],
    ));
    assert_eq!(guess.kind, TableKind::Customers);
    assert_eq!(roles(&guess), ["customer_id=s", "label=z"]);
    assert_eq!(guess.lost_when.as_deref(), Some("Yes"));
    assert_eq!(
        guess.value_amount.as_ref().map(|g| g.column.as_str()),
        Some("j")
    );
    let codes: Vec<&str> = guess.unsure.iter().map(|q| q.kind.code()).collect();
    assert!(
        codes.contains(&"guess/alternatives") && codes.contains(&"guess/lost-when"),
        "{codes:?}"
    );
}

#[test]
fn the_word_decides_which_value_is_lost() {
    let table = |name: &str, values: [&str; 2]| {
        let mut text = format!("customer_id,age,{name}\n");
        for i in 0..60 {
            text.push_str(&format!(
                "K{i:03},{},{}\n",
                20 + i * 7 % 50,
                values[usize::from(i % 3 == 0)]
            ));
        }
        guessed(&text).lost_when
    };
    // Of each pair the second value is rarer.
    assert_eq!(table("churn", ["1", "0"]).as_deref(), Some("1"));
    assert_eq!(table("retained", ["1", "0"]).as_deref(), Some("0"));
    assert_eq!(table("retained", ["0", "1"]).as_deref(), Some("0"));
    assert_eq!(table("是否流失", ["是", "否"]).as_deref(), Some("是"));
    assert_eq!(table("status", ["left", "stayed"]).as_deref(), Some("left"));
    assert_eq!(table("outcome", ["A", "B"]).as_deref(), Some("B"));
}

#[test]
fn six_rows() {
    let text = "purchase_frequency,customer_satisfaction,purchase_amount,churn_label\n1,5,50,0\n2,7,60,0\n3,6,70,1\n4,8,80,0\n5,5,90,1\n6,9,100,0\n";
    let guess = guessed(text);
    assert_eq!(guess.kind, TableKind::Customers);
    assert_eq!(roles(&guess), ["label=churn_label"]);
    assert_eq!(guess.lost_when.as_deref(), Some("1"));
    assert_eq!(
        guess.columns(Role::Trait),
        [
            "purchase_frequency",
            "customer_satisfaction",
            "purchase_amount"
        ]
    );
    assert_eq!(
        guess.value_amount.as_ref().map(|g| g.column.as_str()),
        Some("purchase_amount")
    );
    assert!(
        guess
            .unsure
            .iter()
            .any(|q| q.kind.code() == "guess/few-rows")
    );
}

#[test]
fn a_small_hand_made_file() {
    let text = "order,customer,date,product,qty,price\n1,ann,2024-01-01,tea,2,3.5\n1,ann,2024-01-01,mug,1,7\n2,bob,2024-01-03,tea,1,3.5\n3,ann,2024-02-01,tea,4,3.5\n";
    assert_eq!(
        roles(&guessed(text)),
        [
            "customer_id=customer",
            "order_id=order",
            "product_id=product",
            "time=date",
            "quantity=qty",
            "unit_price=price"
        ]
    );
}

#[test]
fn guesses_do_not_fail_on_odd_tables() {
    for text in [
        "a\n",
        "a\n1\n",
        "a,b\n,\n,\n",
        "a,b\n1,1\n1,1\n",
        "x\nyes\nno\n",
        "t\n2024-01-01\n",
        "1\n",
    ] {
        let guess = guessed(text);
        assert!(guess.kind_confidence < 0.7, "{text}");
    }
    let _ = shop::rows(1, 1, 1, 1);
}

#[test]
fn an_outcome_spelt_in_many_ways_or_in_one_is_still_the_outcome() {
    let table = |labels: &[&str]| {
        let mut text = String::from("id,tenure,plan,spend,churn\n");
        for i in 0..200_usize {
            let (label, plan) = (labels[i * 7 % labels.len()], ["basic", "gold"][i % 2]);
            text += &format!(
                "k{i:04},{},{plan},{}.50,{label}\n",
                i * 31 % 60,
                i * 17 % 90
            );
        }
        guessed(&text)
    };
    for labels in [
        &["Yes", "yes", "YES", "No"][..],
        &["yes", "no", "maybe"],
        &["no"],
    ] {
        let found = table(labels);
        assert_eq!(found.kind, TableKind::Customers, "{labels:?}");
        assert_eq!(found.column(Role::CustomerId), Some("id"));
        assert_eq!(found.column(Role::Label), Some("churn"));
        let asked = |q: &Question| q.kind == QuestionKind::Spellings;
        assert!(found.unsure.iter().any(asked), "{labels:?}");
    }
    assert_eq!(table(&["no"]).lost_when, None);
    assert_eq!(
        table(&["no", "yes", "maybe"]).lost_when.as_deref(),
        Some("yes")
    );
}

#[test]
fn another_name_of_the_customer_is_no_trait() {
    let mut text = String::from("member,card,when,amount,region\n");
    for i in 0..600_usize {
        let who = i * 13 % 60;
        text += &format!(
            "m{who:03},{},2024-{:02}-{:02},{}.20,{}\n",
            700_000 + who * 37,
            i % 12 + 1,
            i % 27 + 1,
            i % 40 + 1,
            ["north", "south", "east"][who % 3]
        );
    }
    let found = guessed(&text);
    assert_eq!(found.kind, TableKind::OrderLines);
    let customer = found.column(Role::CustomerId).unwrap();
    assert!(["member", "card"].contains(&customer));
    assert_eq!(found.columns(Role::Trait), ["region"]);
}

/// One customer alone, and one with most of the lines; the lines of an order
/// are hours or weeks apart.
#[test]
fn a_column_called_customer_is_the_customer_whatever_its_values_are_like() {
    for (customers, share) in [(1, 1.0), (400, 0.77)] {
        let mut random = Lcg(11);
        let mut text = String::from("order_id,customer,sku,when,qty,price\n");
        for order in 0..1_500 {
            let many = random.unit() < share;
            let customer = if many { 0 } else { random.below(customers) };
            for _ in 0..1 + random.below(6) {
                text += &format!(
                    "o{order},c{customer},P{},2024-{:02}-{:02} {:02}:{:02}:00,{},{}.5\n",
                    random.below(80),
                    1 + random.below(12),
                    1 + random.below(28),
                    random.below(24),
                    random.below(60),
                    1 + random.below(9),
                    1 + random.below(40),
                );
            }
        }
        let guess = guessed(&text);
        for (role, column) in [
            (Role::CustomerId, "customer"),
            (Role::OrderId, "order_id"),
            (Role::Quantity, "qty"),
        ] {
            assert_eq!(
                guess.column(role),
                Some(column),
                "{customers}: {:?}",
                roles(&guess)
            );
        }
    }
}

/// Identifiers of 18 digits that went through a spreadsheet are refused as keys,
/// and a row that has one is set aside.
#[test]
fn identifiers_that_a_spreadsheet_has_rounded_are_no_keys() {
    let mut text = "身份证号,会员号,下单日期,金额\n".to_owned();
    for row in 0..200_u32 {
        let customer = row % 40;
        let (day, amount) = (45_300 + row, 10 + row % 7);
        text += &format!("3.10101199{customer:02}E+17,M{customer:03},{day},{amount}\n");
    }
    let scratch = scratch("rounded.csv", text.as_bytes());
    let profile = crate::infer::profile(&scratch.file, None).unwrap();
    let guess = crate::guess::guess(&profile, None);
    assert_eq!(guess.column(Role::CustomerId), Some("会员号"));
    assert_eq!(guess.column(Role::Time), Some("下单日期"));
    let asked = guess
        .unsure
        .iter()
        .find(|question| question.kind == QuestionKind::Changed);
    assert_eq!(asked.unwrap().alternatives, ["身份证号"]);
    let (rounded, day) = (&profile.columns[0], &profile.columns[2]);
    assert_eq!(day.kind, Kind::Date(TimeFormat::SheetDays));
    let column = ColumnSpec {
        name: rounded.name.clone(),
        target: Target::Text { is_id: true },
    };
    let spec = ReadSpec::new(None, vec![column]);
    let batch = crate::read::open(&scratch.file, &spec)
        .unwrap()
        .next_batch()
        .unwrap()
        .unwrap();
    assert_eq!(batch.bad.len(), 200);
    assert_eq!(batch.bad[0].reason.code(), "cell/identifier-changed");
}
