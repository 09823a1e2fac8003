//! What a business must be able to say of its data: catalogue, lineage, notice,
//! and what a person is told beside their data.

use std::collections::BTreeMap;
use std::path::Path;

use perennial_testkit::{OrderLines, Project, order_lines};
use serde_json::Value;

use crate::shop::{SETTINGS, bad, csv, good, query, value};

/// What is declared of the shop's orders.
const DECLARED: &str = "owner = \"sales\"\nlegal_ground = \"contract\"\npurpose = \"to deliver what was ordered\"\n\
     keep = \"90y\"\nsensitive = [\"diet\"]\ndescriptions = { diet = \"what they do not eat\" }\n\
     traits = { diet = \"diet\" }\npersonal = [\"mail\", \"phone\"]\n";
const CONTROLLER: &str = "[privacy]\ncontroller = \"Shop GmbH\"\ncontact = \"privacy@shop.example\"\nrecipients = [\"Parcel Ltd\"]\n";

/// Order lines with a trait, an address and a number of each customer.
fn orders(customers: u32, seed: u64) -> String {
    let lines = order_lines(&OrderLines {
        customers,
        seed,
        ..OrderLines::default()
    });
    let mut text = String::new();
    for (nth, line) in csv(&lines).lines().enumerate() {
        let who = line.split(',').nth(1).unwrap_or_default();
        let more = match (nth, who) {
            (0, _) => "diet,mail,phone".to_owned(),
            (_, "") => ",,".to_owned(),
            (_, who) => {
                let number: u32 = who[1..].parse().unwrap();
                // Two customers share a number.
                let phone = if number == 2 { 1 } else { number };
                format!("none,{who}@Shop.example,030 55{phone:05}")
            }
        };
        text += &format!("{line},{more}\n");
    }
    text
}

fn settings(declared: &str, controller: &str) -> String {
    let with = SETTINGS.replace("columns = {", &format!("{declared}columns = {{"));
    format!("{with}{controller}")
}

fn project() -> Project {
    Project::new()
        .settings(&settings(DECLARED, CONTROLLER))
        .file("data/orders.csv", orders(90, 7))
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let mut arguments = arguments.to_vec();
    arguments.push("--json");
    serde_json::from_str(&good(folder, &arguments)).unwrap()
}

fn named<'a>(all: &'a Value, key: &str, name: &str) -> &'a Value {
    let all = all.as_array().unwrap();
    let found = all.iter().find(|one| one[key] == name);
    found.unwrap_or_else(|| panic!("no {key} `{name}`"))
}

#[test]
fn the_catalogue_says_what_is_held_of_whom_and_on_what_ground() {
    let shop = project();
    let path = shop.path();
    // Before anything is read the tables that will be are there, without rows.
    let before = json(path, &["catalogue"]);
    assert!(named(&before["tables"], "table", "order_lines")["rows"].is_null());
    good(path, &["run"]);
    let catalogue = json(path, &["catalogue"]);
    let tables = &catalogue["tables"];
    let lines = named(tables, "table", "order_lines");
    let rows = value(path, "select count(*) from order_lines");
    assert_eq!(lines["rows"].to_string(), rows);
    let newest = lines["newest"].as_str().unwrap();
    let last = value(path, "select cast(max(time) as varchar) from order_lines");
    assert_eq!(&newest[..19], &last[..19], "{newest} {last}");
    assert_eq!(lines["class"], "sensitive");
    let source = &lines["sources"][0];
    for (key, wanted) in [
        ("owner", "sales"),
        ("legal_ground", "contract"),
        ("purpose", "to deliver what was ordered"),
        ("keep", "90y"),
    ] {
        assert_eq!(source[key], wanted);
    }
    assert_eq!(source["files"][0]["kept"].to_string(), rows);
    let column = |name: &str| named(&lines["columns"], "column", name);
    assert_eq!(column("customer_id")["class"], "pseudonymous");
    assert_eq!(column("customer_id")["from"][0], "who");
    assert_eq!(column("order_id")["class"], "personal");
    assert_eq!(column("diet")["class"], "sensitive");
    assert_eq!(column("diet")["meaning"], "what they do not eat");
    assert_eq!(column("ingest_id")["class"], "public");
    let scores = named(tables, "table", "scores");
    assert_eq!(
        (&scores["class"], &scores["is_made"]),
        (&"pseudonymous".into(), &true.into())
    );
    assert_eq!(named(tables, "table", "evaluations")["class"], "public");
    let vault = named(tables, "table", "vault");
    let mail = named(&vault["columns"], "column", "mail");
    assert_eq!(
        (&mail["class"], &mail["from"][0]),
        (&"personal".into(), &"mail".into())
    );
    let people = value(path, "select count(distinct customer_id) from order_lines");
    assert_eq!(vault["rows"].to_string(), people);

    let page = good(path, &["catalogue", "order_lines"]);
    assert!(
        page.contains("owner: sales, legal ground: contract"),
        "{page}"
    );
    let error = bad(path, &["catalogue", "order_line"], 1);
    assert!(
        error.contains("catalogue/table-unknown") && error.contains("`order_lines`"),
        "{error}"
    );
}

#[test]
fn what_is_not_declared_is_asked_for_once_and_declaring_it_reads_nothing_again() {
    let shop = Project::new()
        .settings(&settings(
            "traits = { diet = \"diet\" }\npersonal = [\"mail\", \"phone\"]\n",
            "",
        ))
        .file("data/orders.csv", orders(40, 7));
    let path = shop.path();
    let said = good(path, &["check"]);
    let asked: Vec<&str> = said
        .lines()
        .filter(|line| line.contains("not declared"))
        .collect();
    assert_eq!(asked.len(), 1, "{said}");
    assert!(
        asked[0].contains("`owner`, `legal_ground`, `purpose`, `keep`, `privacy.controller`"),
        "{said}"
    );
    good(path, &["run"]);
    let page = good(path, &["catalogue", "order_lines", "--language", "zh"]);
    assert!(page.contains("负责人：未声明"), "{page}");
    shop.write("perennial.toml", settings(DECLARED, CONTROLLER));
    let again = json(path, &["run"]);
    assert_eq!(again["done"], Value::Array(Vec::new()), "{again}");
    assert!(!good(path, &["check"]).contains("not declared"));
    assert_eq!(
        json(path, &["catalogue", "order_lines"])["tables"][0]["sources"][0]["owner"],
        "sales"
    );
}

/// How many rows each file gave, after a look at the very record that each names.
fn records_of(shop: &Project, rows: &[Value], who: &str) -> BTreeMap<String, u64> {
    let mut of_file = BTreeMap::new();
    for row in rows {
        let file = row["file"].as_str().unwrap();
        let text = shop.read(&format!(
            "data/{}",
            Path::new(file).file_name().unwrap().to_str().unwrap()
        ));
        let line = usize::try_from(row["line"].as_i64().unwrap()).unwrap();
        // The header is no record.
        let record = text.lines().nth(line).unwrap();
        assert!(
            record.contains(&format!(",{who},")),
            "{file} {line}: {record}"
        );
        let time = row["time"].as_str().unwrap();
        assert!(
            record.contains(time.trim_end_matches('Z')),
            "{record} {time}"
        );
        *of_file.entry(file.to_owned()).or_insert(0_u64) += 1;
    }
    of_file
}

#[test]
fn a_score_leads_back_to_the_very_records_of_the_files() {
    let shop = project();
    let path = shop.path();
    // Another file, of another seed: its orders are others of the same people.
    shop.write("data/second.csv", orders(90, 8).replace("\no", "\ns"));
    good(path, &["run"]);
    let found = json(path, &["lineage", "c0008"]);
    let run = &found["run"];
    let id = value(path, "select run_id from scores limit 1");
    assert_eq!(run["run_id"], id.as_str());
    assert_eq!(
        found["model"]["model_version"],
        found["score"]["model_version"]
    );
    assert!(found["decision"]["why_en"].is_string(), "{found}");

    let rows = found["rows"].as_array().unwrap();
    assert!(rows.len() > 4, "{found}");
    let of_file = records_of(&shop, rows, "c0008");
    let files = found["files"].as_array().unwrap();
    assert_eq!(files.len(), 2);
    for file in files {
        assert_eq!(file["rows"], of_file[file["file"].as_str().unwrap()]);
    }
    // All of theirs: the pseudonym is found by one of the records.
    let reading = &named(&found["files"], "file", rows[0]["file"].as_str().unwrap())["ingest_id"];
    let who = format!(
        "select customer_id from order_lines where line = {} and ingest_id = {reading}",
        rows[0]["line"]
    );
    let sql = format!("select count(*) from order_lines where customer_id in ({who})");
    assert_eq!(value(path, &sql), found["row_count"].to_string());
    let sql = format!(
        "select recency_days from features where customer_id in ({who}) order by as_of desc limit 1"
    );
    let recency: f64 = query(path, &sql).rows[0][0].parse().unwrap();
    let told = found["features"]["recency_days"].as_f64().unwrap();
    assert!((told - recency).abs() < 1e-6, "{told} {recency}");

    let alone = json(path, &["lineage", "c0008", "--score"]);
    assert!(alone.get("decision").is_none() && alone["score"] == found["score"]);
    let page = good(path, &["lineage", "c0008", "--decision"]);
    assert!(
        page.contains("orders.csv") && page.contains("why_en"),
        "{page}"
    );
    // By the address that the vault knows, too.
    assert_eq!(
        json(path, &["lineage", "C0008@shop.EXAMPLE"])["rows"],
        found["rows"]
    );
    let error = bad(path, &["lineage", "nobody"], 1);
    assert!(error.contains("privacy/person-unknown"), "{error}");
}

#[test]
fn a_table_leads_back_to_its_inputs_and_those_to_files() {
    let shop = project();
    let path = shop.path();
    good(path, &["run"]);
    shop.write("data/second.csv", orders(30, 9).replace("\no", "\nt"));
    good(path, &["run"]);
    let features = json(path, &["lineage", "--table", "features"]);
    let rows = value(path, "select count(*) from features");
    assert_eq!(
        (features["rows"].to_string(), &features["stage"]),
        (rows, &"features".into())
    );
    let lines = json(path, &["lineage", "--table", "order_lines"]);
    assert_eq!(features["inputs"][0]["table"], "order_lines");
    assert_eq!(features["inputs"][0]["version"], lines["version"]);
    assert!(features["files"].as_array().unwrap().is_empty());
    let files = lines["files"].as_array().unwrap();
    let kept: u64 = files
        .iter()
        .map(|file| file["rows"].as_u64().unwrap())
        .sum();
    assert_eq!(
        kept.to_string(),
        value(path, "select count(*) from order_lines")
    );
    assert_eq!(files.len(), 2);
    let scores = json(path, &["lineage", "--table", "scores"]);
    assert_eq!(scores["inputs"][0]["version"], features["version"]);
    assert_eq!(scores["run"]["run_id"], features["run"]["run_id"]);
    let error = bad(path, &["lineage", "--table", "score"], 1);
    assert!(error.contains("did you mean `scores`?"), "{error}");
    bad(path, &["lineage"], 2);
    bad(path, &["lineage", "c0001", "--table", "scores"], 2);
}

#[test]
fn a_labelled_customer_leads_back_to_the_row() {
    let folder = Project::new()
        .settings(crate::labelled::SETTINGS)
        .file("members.csv", crate::labelled::table(false));
    let path = folder.path();
    good(path, &["run"]);
    let found = json(path, &["lineage", "u7"]);
    let text = folder.read("members.csv");
    let record = text.lines().find(|line| line.starts_with("u7,")).unwrap();
    let visits: f64 = record.split(',').nth(1).unwrap().parse().unwrap();
    assert_eq!(found["features"]["visits"].as_f64(), Some(visits));
    assert_eq!(
        (&found["row_count"], &found["rows"][0]["line"]),
        (&1.into(), &Value::Null)
    );
    assert_eq!(found["rows"][0]["file"], "members.csv");
    assert_eq!(found["run"]["as_of"], Value::Null);
    let scores = json(path, &["lineage", "--table", "scores"]);
    assert_eq!(scores["inputs"][0]["table"], "customers");
    let own = json(path, &["catalogue", "customers"]);
    let visits = named(&own["tables"][0]["columns"], "column", "visits");
    assert_eq!(
        (&visits["class"], &visits["from"][0]),
        (&"pseudonymous".into(), &"visits".into())
    );
}

#[test]
fn the_notice_is_drafted_from_what_is_declared_and_what_the_model_looks_at() {
    let shop = project();
    let path = shop.path();
    // Before a run the model is not known, and the draft says so in general words.
    let early = good(path, &["privacy", "notice"]);
    assert!(
        early.contains("a statistical model") && early.contains("Shop GmbH"),
        "{early}"
    );
    good(path, &["run"]);
    let page = good(path, &["privacy", "notice"]);
    for wanted in [
        "a contract with you (GDPR art. 6(1)(b))",
        "90 years after it happened",
        "to deliver what was ordered",
        "who you are: who, mail, phone",
        "no purchase within 30d",
        "voucher",
        "10%",
        "We give them to: Parcel Ltd.",
        "Of a special kind (GDPR art. 9): diet",
        "What weighs most",
        "[to fill in: postal address]",
    ] {
        assert!(page.contains(wanted), "{wanted}\n{page}");
    }
    let said = good(
        path,
        &[
            "privacy",
            "notice",
            "--language",
            "zh",
            "--out",
            "notice.md",
        ],
    );
    let page = shop.read("notice.md");
    let blanks = page.matches("〔待填写").count();
    assert!(
        said.contains(&format!("有 {blanks} 处待填写")) && blanks > 2,
        "{said}"
    );
    assert!(
        page.contains("第十三条第二项") && page.contains("Parcel Ltd"),
        "{page}"
    );
    assert!(page.contains("30d 内没有再次购买"), "{page}");
}

#[test]
fn a_person_is_found_by_address_and_number_and_told_why_they_are_held() {
    let shop = project();
    let path = shop.path();
    good(path, &["run"]);
    let by_id = json(path, &["privacy", "export", "c0005"]);
    let by_mail = json(path, &["privacy", "export", " C0005@SHOP.example "]);
    assert_eq!(by_mail["tables"], by_id["tables"]);
    assert_eq!(by_mail["personal"]["customer_id"], "c0005");
    let by_phone = json(path, &["privacy", "export", "+49 (30) 55-00005"]);
    assert_eq!(by_phone["tables"], by_id["tables"]);
    // Nothing of either stands in clear in the ledger.
    for file in ["ledger.db", "ledger.db-wal"] {
        let bytes = std::fs::read(shop.join(&format!(".perennial/{file}"))).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        assert!(
            !text.contains("c0005@shop") && !text.contains("5500005"),
            "{file}"
        );
    }
    let error = bad(path, &["privacy", "export", "030 5500001"], 1);
    assert!(error.contains("privacy/person-ambiguous"), "{error}");
    assert!(
        error.contains("`c0001`") && error.contains("`c0002`"),
        "{error}"
    );
    let error = bad(path, &["privacy", "export", "0999 5500005"], 1);
    assert!(error.contains("privacy/person-unknown"), "{error}");

    let account = &by_id["account"];
    assert_eq!(
        account["sources"][0]["purpose"],
        "to deliver what was ordered"
    );
    assert_eq!(account["controller"]["recipients"][0], "Parcel Ltd");
    assert!(account.get("restricted_since").is_none());
    let said = good(path, &["privacy", "export", "c0005", "--out", "held.json"]);
    assert!(said.contains("held.txt"), "{said}");
    let page = shop.read("held.txt");
    for wanted in [
        "kept for: 90 years",
        "Given to: Parcel Ltd.",
        "write to: privacy@shop.example",
        "c0005@Shop.example",
    ] {
        assert!(page.contains(wanted), "{wanted}\n{page}");
    }
    // Whoever was erased is found by neither any more.
    good(path, &["privacy", "erase", "c0005@shop.example", "--yes"]);
    let error = bad(path, &["privacy", "export", "c0005@shop.example"], 1);
    assert!(error.contains("privacy/person-unknown"), "{error}");
}
