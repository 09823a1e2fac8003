//! Who is probably the same person: found, decided, undone, erased.

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use perennial_testkit::{Project, python};
use serde_json::Value;

use crate::privacy::found_in;
use crate::shop::{bad, good, query, value};

const SETTINGS: &str = r#"format = 1
[project]
name = "test shop"
currency = "EUR"
time_zone = "Europe/Berlin"
[[source]]
path = "orders.csv"
table = "order_lines"
columns = { order_id = "order", customer_id = "who", product_id = "what", time = "when", amount = "paid" }
people = { given_name = "first", family_name = "last", birth_date = "born", email = "mail", telephone = "phone", postcode = "zip", address = "street", city = "town" }
[lost]
kind = "no_purchase"
horizon = "30d"
"#;

/// People who are there once.
const PEOPLE: usize = 400;
/// People who are there twice, as `c..` and `d..`.
const TWICE: usize = 60;
/// Pairs of one name who are two people, `c1..` and `n..`.
const NAMESAKES: usize = 20;
/// Pairs of twins in one home, `c2..` and `t..`.
const TWINS: usize = 8;

/// Numbers by lot, the same at every call.
struct Lot(u64);

impl Lot {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

#[derive(Clone, Default)]
struct Person {
    who: String,
    first: String,
    last: String,
    born: Date,
    mail: String,
    phone: String,
    zip: String,
    street: String,
    town: String,
}

const FIRST: &[&str] = &[
    "Anna", "Ben", "Clara", "David", "Emma", "Felix", "Greta", "Hannes", "Ida", "Jonas", "Katja",
    "Lukas", "Marie", "Nils", "Olga", "Paul", "Rosa", "Simon", "Tina", "Viktor", "Wanda", "Yvonne",
];
const HEADS: &[&str] = &[
    "Berg", "Holz", "Stein", "Wald", "Krau", "Lind", "Mohr", "Rosen", "Vogt", "Brun", "Dorn",
    "Falk",
];
const TAILS: &[&str] = &[
    "mann", "er", "feld", "hauer", "ke", "ow", "sen", "bach", "ig",
];
const TOWNS: &[&str] = &["Berlin", "Bonn", "Ulm", "Jena", "Kiel", "Mainz"];

fn person(lot: &mut Lot, who: String) -> Person {
    let (first, last) = (lot.of(FIRST), [lot.of(HEADS), lot.of(TAILS)].concat());
    let town = lot.below(TOWNS.len());
    let number = lot.below(10_000);
    Person {
        mail: format!(
            "{first}.{last}{number}@{}",
            lot.of(&["firma.de", "haus.de"])
        ),
        born: date(
            1950 + lot.below(55) as i16,
            1 + lot.below(12) as i8,
            1 + lot.below(28) as i8,
        ),
        phone: format!("030 {}{:04}", 200 + lot.below(700), lot.below(10_000)),
        zip: format!("{}", 10_000 + 1_000 * town + lot.below(8)),
        street: format!("{}weg {}", lot.of(HEADS), 1 + lot.below(90)),
        town: TOWNS[town].to_owned(),
        first: first.to_owned(),
        last,
        who,
    }
}

/// The same person another time, with what changes and slips.
fn again(lot: &mut Lot, of: &Person, nth: usize) -> Person {
    let other = person(lot, format!("d{nth:03}"));
    let mut made = Person {
        who: other.who.clone(),
        ..of.clone()
    };
    match nth % 6 {
        0 => made.phone = String::new(),
        1 => {
            made.last = of.last.replacen('e', "ee", 1);
            made.mail = String::new();
        }
        2 => {
            let (month, day) = (of.born.month(), of.born.day());
            made.born = date(of.born.year(), day.min(12), month);
            made.phone = String::new();
        }
        3 => {
            (made.street, made.zip, made.town) = (other.street, other.zip, other.town);
            made.mail = String::new();
        }
        4 => (made.first, made.last) = (of.last.clone(), of.first.clone()),
        _ => {
            made.mail = other.mail;
            made.phone = format!("+49 {}", of.phone.trim_start_matches('0'));
        }
    }
    made
}

fn people() -> Vec<Person> {
    let mut lot = Lot(11);
    let mut all: Vec<Person> = (0..PEOPLE)
        .map(|nth| person(&mut lot, format!("c{nth:03}")))
        .collect();
    for nth in 0..TWICE {
        let made = again(&mut lot, &all[nth].clone(), nth);
        all.push(made);
    }
    for nth in 0..NAMESAKES {
        let of = all[100 + nth].clone();
        let other = person(&mut lot, format!("n{nth:03}"));
        all.push(Person {
            first: of.first,
            last: of.last,
            ..other
        });
    }
    for nth in 0..TWINS {
        let of = all[200 + nth].clone();
        let other = person(&mut lot, format!("t{nth:03}"));
        let place = FIRST.iter().position(|first| *first == of.first).unwrap();
        all.push(Person {
            who: other.who,
            first: FIRST[(place + 7) % FIRST.len()].to_owned(),
            mail: other.mail,
            ..of
        });
    }
    // One number that is a hotline's and one that is masked.
    all[300].phone = "0800 123 4567".to_owned();
    all[301].phone = "030 23****7".to_owned();
    all
}

fn csv(people: &[Person]) -> String {
    let mut text =
        String::from("order,who,what,when,paid,first,last,born,mail,phone,zip,street,town\n");
    for (nth, p) in people.iter().enumerate() {
        text += &format!(
            "o{nth},{},p{},2024-0{}-11,9.50,{},{},{},{},{},{},{},{}\n",
            p.who,
            nth % 7,
            1 + nth % 9,
            p.first,
            p.last,
            p.born.strftime("%d.%m.%Y"),
            p.mail,
            p.phone,
            p.zip,
            p.street,
            p.town
        );
    }
    text
}

fn project() -> Project {
    let shop = Project::new().settings(SETTINGS);
    shop.write("orders.csv", csv(&people()));
    good(shop.path(), &["run", "--until", "ingest"]);
    shop
}

fn suggested(shop: &Project, more: &[&str]) -> Value {
    let command = ["identity", "suggest", "--json", "--limit", "1000"];
    let text = good(shop.path(), &[&command, more].concat());
    serde_json::from_str(&text).unwrap()
}

/// The pairs told, each with the smaller name first; of groups to be looked at or not.
fn pairs(found: &Value, review: Option<&str>) -> BTreeSet<(String, String)> {
    let groups = found["suggestions"].as_array().unwrap().iter();
    let groups = groups.filter(|group| group["review"].as_str() == review);
    groups
        .flat_map(|group| group["pairs"].as_array().unwrap())
        .map(|pair| {
            let name = |end: &str| pair[end].as_str().unwrap().to_owned();
            let (a, b) = (name("a"), name("b"));
            (a.clone().min(b.clone()), a.max(b))
        })
        .collect()
}

fn pair(a: &str, b: &str) -> (String, String) {
    (a.to_owned(), b.to_owned())
}

#[test]
fn people_who_are_there_twice_are_found_and_namesakes_and_twins_are_not() {
    let shop = project();
    let found = suggested(&shop, &[]);
    let everybody = PEOPLE + TWICE + NAMESAKES + TWINS;
    assert_eq!(found["people"], everybody);
    let twice: BTreeSet<_> = (0..TWICE)
        .map(|nth| pair(&format!("c{nth:03}"), &format!("d{nth:03}")))
        .collect();
    assert_eq!(pairs(&found, None), twice);
    let twins: BTreeSet<_> = (0..TWINS)
        .map(|nth| pair(&format!("c{:03}", 200 + nth), &format!("t{nth:03}")))
        .collect();
    assert_eq!(pairs(&found, Some("may_be_relatives")), twins);
    assert_eq!(found["groups"], TWICE + TWINS);
    // The country of the time zone reads numbers without a code; two identify nobody.
    assert_eq!(
        found["refused"],
        serde_json::json!({ "telephone": { "masked": 1, "service": 1 } })
    );

    let said = good(shop.path(), &["identity", "suggest", "--limit", "200"]);
    for words in [
        "same e-mail (+",
        "birth day and month swapped (+",
        "given and family name exchanged",
        "may be relatives",
        "a service number 1",
        "histories are not merged yet",
    ] {
        assert!(said.contains(words), "{words}\n{said}");
    }
    // Names and addresses of people are not told, their identifiers are.
    assert!(
        said.contains("c000 + d000") || said.contains("d000 + c000"),
        "{said}"
    );
    let one = &people()[0];
    for secret in [&one.mail, &one.last, &one.street] {
        assert!(!said.contains(secret.as_str()), "{secret}");
    }
    let chinese = good(shop.path(), &["identity", "suggest", "--language", "zh"]);
    assert!(
        chinese.contains("邮箱相同（+") && chinese.contains("尚不合并历史"),
        "{chinese}"
    );
    let strict = suggested(&shop, &["--threshold", "0.999999"]);
    assert!(pairs(&strict, None).len() < TWICE);
    let error = bad(shop.path(), &["identity", "suggest", "--threshold", "2"], 1);
    assert!(
        error.contains("identity/setting") && error.contains("between 0 and 1"),
        "{error}"
    );
}

#[test]
fn decisions_hold_are_listed_and_can_be_undone() {
    let shop = project();
    let path = shop.path();
    let said = good(
        path,
        &["identity", "same", "d000", "c000", "--by", "Mia Berg"],
    );
    assert!(
        said.contains("`d000` and `c000` are the same person (by Mia Berg)"),
        "{said}"
    );
    assert!(
        said.contains("evidence at this time: probability ") && said.contains("not merged yet"),
        "{said}"
    );
    good(
        path,
        &["identity", "apart", "c001", "d001", "--by", "Mia Berg"],
    );
    let found = suggested(&shop, &[]);
    let open = pairs(&found, None);
    assert_eq!(open.len(), TWICE - 2);
    assert!(!open.contains(&pair("c000", "d000")) && !open.contains(&pair("c001", "d001")));
    assert_eq!(
        (&found["decided_same"], &found["decided_apart"]),
        (&1.into(), &1.into())
    );
    let all = suggested(&shop, &["--all"]);
    let decided = all["suggestions"].as_array().unwrap().iter();
    let mut decided = decided.filter(|group| group["pairs"][0]["decided"] == "same");
    let told = &decided.next().unwrap()["pairs"][0];
    assert!(decided.next().is_none());
    let list: Value = serde_json::from_str(&good(path, &["identity", "list", "--json"])).unwrap();
    let rows = list["decisions"].as_array().unwrap();
    assert_eq!(
        (&rows[0]["verdict"], &rows[1]["verdict"]),
        (&"apart".into(), &"same".into())
    );
    // The evidence that was kept is that of the suggestion.
    assert_eq!(rows[1]["weight_bits"], told["weight_bits"]);
    assert_eq!(rows[1]["decided_by"], "Mia Berg");
    let said = good(path, &["identity", "list"]);
    assert!(
        said.contains("two people") && said.contains("Mia Berg"),
        "{said}"
    );

    good(path, &["identity", "undo", "c000", "d000"]);
    let open = pairs(&suggested(&shop, &[]), None);
    assert!(open.contains(&pair("c000", "d000")) && open.len() == TWICE - 1);
    let error = bad(path, &["identity", "undo", "c000", "d000"], 1);
    assert!(error.contains("identity/not-decided"), "{error}");
    let list: Value =
        serde_json::from_str(&good(path, &["identity", "list", "--all", "--json"])).unwrap();
    assert_eq!(list["decisions"].as_array().unwrap().len(), 3);
    let error = bad(path, &["identity", "same", "c000", " c000"], 1);
    assert!(error.contains("identity/same-customer"), "{error}");
    let error = bad(path, &["identity", "same", "c000", "nobody"], 1);
    assert!(error.contains("privacy/person-unknown"), "{error}");
}

#[test]
fn who_is_erased_is_suggested_no_more_and_nothing_of_them_is_left() {
    let Some(python) = python() else { return };
    let shop = project();
    let path = shop.path();
    let people = people();
    let one = &people[3];
    good(path, &["identity", "same", "c003", "d003"]);
    let held: Value =
        serde_json::from_str(&good(path, &["privacy", "export", "c003", "--json"])).unwrap();
    assert_eq!(held["personal"]["people.email"], one.mail.as_str());
    assert_eq!(held["personal"]["people.birth_date"], one.born.to_string());
    assert_eq!(held["same_person"][0]["verdict"], "same");
    // What describes people is sealed: in the clear it stands nowhere.
    let words = [one.mail.as_str(), one.last.as_str(), one.street.as_str()];
    assert_eq!(found_in(&python, path, &words), Vec::<String>::new());
    let id = value(
        path,
        "select customer_id from order_lines where order_id = 'o3'",
    );
    assert!(!found_in(&python, path, &[&id]).is_empty());
    good(path, &["privacy", "erase", "c003", "--yes"]);
    assert_eq!(found_in(&python, path, &[&id]), Vec::<String>::new());
    let found = suggested(&shop, &["--all"]);
    assert_eq!(found["people"], PEOPLE + TWICE + NAMESAKES + TWINS - 1);
    let told = found.to_string();
    assert!(!told.contains("c003") && !told.contains("d003"), "{told}");
    let list = good(path, &["identity", "list", "--all"]);
    assert!(list.contains("nothing is decided yet"), "{list}");
    let error = bad(path, &["identity", "same", "c003", "d003"], 1);
    assert!(error.contains("privacy/person-erased"), "{error}");
}

#[test]
fn a_record_set_aside_is_of_who_has_the_whole_name_not_of_who_shares_the_town() {
    let shop = Project::new().settings(SETTINGS);
    let people = people();
    let (one, mut all) = (&people[3], csv(&people));
    all += &format!("x1,c007,p1,no time,1.00,Zoe,Zander,,,,,,{}\n", one.town);
    all += &format!("x2,,p1,no time,1.00,{},{},,,,,,\n", one.first, one.last);
    shop.write("orders.csv", all);
    good(shop.path(), &["run", "--until", "ingest"]);
    let text = good(shop.path(), &["privacy", "export", "c003", "--json"]);
    let held: Value = serde_json::from_str(&text).unwrap();
    let aside = held["set_aside"].as_array().unwrap();
    assert_eq!(aside.len(), 1, "{aside:?}");
    assert!(aside[0]["text"].as_str().unwrap().starts_with("x2,"));
}

#[test]
fn the_file_has_all_pairs_and_no_formulas() {
    let shop = Project::new().settings(SETTINGS);
    let mut people = people();
    people[0].who = "=1+1".to_owned();
    shop.write("orders.csv", csv(&people));
    good(shop.path(), &["run", "--until", "ingest"]);
    let file = shop.join("same.csv");
    let command = [
        "identity",
        "suggest",
        "--limit",
        "1",
        "--csv",
        file.to_str().unwrap(),
    ];
    let said = good(shop.path(), &command);
    assert!(
        said.contains(&format!("and {} more", TWICE + TWINS - 1)),
        "{said}"
    );
    let text = shop.read("same.csv");
    let rows: Vec<&str> = text.lines().collect();
    assert_eq!(rows.len(), 1 + TWICE + TWINS);
    assert!(rows[0].starts_with("group,customer,other customer,probability,"));
    assert!(
        rows.iter()
            .any(|row| row.contains(",'=1+1,") && row.contains("d000")),
        "{text}"
    );
    assert!(
        rows.iter()
            .filter(|row| row.contains("may be relatives"))
            .count()
            == TWINS
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
}

#[test]
fn a_project_that_cannot_compare_people_says_why() {
    let bare = SETTINGS.lines().filter(|line| !line.starts_with("people"));
    let bare = bare.collect::<Vec<_>>().join("\n");
    let shop = Project::new().settings(&bare);
    shop.write("orders.csv", csv(&people()[..20]));
    good(shop.path(), &["run", "--until", "ingest"]);
    let error = bad(shop.path(), &["identity", "suggest"], 1);
    assert!(
        error.contains("identity/no-parts") && error.contains("people = {"),
        "{error}"
    );
    // What the business knows can be noted all the same, without evidence.
    let said = good(shop.path(), &["identity", "same", "c000", "c001"]);
    assert!(
        said.contains("same person") && !said.contains("evidence"),
        "{said}"
    );
    // Named now, read at the next run.
    let shop = shop.settings(SETTINGS);
    let error = bad(shop.path(), &["identity", "suggest"], 1);
    assert!(
        error.contains("identity/not-read") && error.contains("perennial run"),
        "{error}"
    );
    good(shop.path(), &["run", "--until", "ingest"]);
    assert_eq!(suggested(&shop, &[])["people"], 20);
    shop.write(
        "perennial.toml",
        SETTINGS.replace("telephone = ", "telefone = "),
    );
    let error = bad(shop.path(), &["identity", "suggest"], 1);
    assert!(error.contains("did you mean `telephone`?"), "{error}");
}

#[test]
fn init_proposes_what_describes_a_person_and_the_lake_does_not_get_it() {
    let folder = Project::new();
    let mut text = String::from(
        "Customer ID,First name,Surname,Date of birth,E-Mail,Phone,City,Visits,Churned\n",
    );
    for (nth, p) in people().iter().enumerate() {
        let born = p.born.strftime("%d.%m.%Y");
        let label = ["no", "no", "yes"][nth % 3];
        let visits = nth * 7 % 13;
        text += &format!(
            "{},{},{},{born},{},{},{},{visits},{label}\n",
            p.who, p.first, p.last, p.mail, p.phone, p.town
        );
    }
    folder.write("customers.csv", text);
    let init = [
        "init",
        "gym",
        "--from",
        "customers.csv",
        "--time-zone",
        "Europe/Berlin",
    ];
    good(folder.path(), &init);
    let settings = folder.read("gym/perennial.toml");
    for line in [
        "[source.people]",
        "given_name = \"First name\"",
        "family_name = \"Surname\"",
        "birth_date = \"Date of birth\"",
        "email = \"E-Mail\"",
        "telephone = \"Phone\"",
        "# city = \"City\"  # ? would help",
    ] {
        assert!(settings.contains(line), "{line}\n{settings}");
    }
    let gym = folder.join("gym");
    let checked = good(&gym, &["check"]);
    assert!(
        checked.contains("`people.email`, kept encrypted"),
        "{checked}"
    );
    good(&gym, &["run"]);
    let columns = query(&gym, "select * from customers limit 1").columns;
    assert!(columns.contains(&"City".to_owned()), "{columns:?}");
    for gone in ["First_name", "Surname", "Date_of_birth", "E-Mail", "Phone"] {
        assert!(!columns.contains(&gone.to_owned()), "{columns:?}");
    }
    let found: Value =
        serde_json::from_str(&good(&gym, &["identity", "suggest", "--json"])).unwrap();
    assert!(found["groups"].as_u64().unwrap() >= 50, "{found}");
    let held = good(&gym, &["privacy", "export", "c003"]);
    assert!(
        held.contains(&format!("people.birth_date: {}", people()[3].born)),
        "{held}"
    );
}

#[test]
fn a_customer_may_be_known_by_the_address_that_describes_them() {
    let settings = SETTINGS.replace("customer_id = \"who\"", "customer_id = \"mail\"");
    let shop = Project::new().settings(&settings);
    let people = people();
    shop.write("orders.csv", csv(&people[..30]));
    good(shop.path(), &["run", "--until", "ingest"]);
    let one = &people[7];
    let text = good(shop.path(), &["privacy", "export", &one.mail, "--json"]);
    let held: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(held["personal"]["people.email"], one.mail.as_str());
    assert_eq!(held["personal"]["people.family_name"], one.last.as_str());
    assert_eq!(suggested(&shop, &[])["people"], 30);
}
