//! Data of every kind in every form that a business may keep them in: the same source
//! tables and the same scores, from `init --from` alone.
//!
//! `forms.py` makes the forms, `made.py` made-up data of each kind; where public data are
//! there, they are put into the same forms.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use perennial_testkit::{Project, Server, data_file, mariadb, postgres, python};
use serde_json::{Value, json};

use crate::shop::PROGRAM;

/// The clock of the business, which `init` takes from the machine.
const ZONE: &str = "Asia/Shanghai";
/// Every form; the others must give what the first gives.
const FORMS: [&str; 7] = [
    "utf8", "gb18030", "xlsx", "ndjson", "parquet", "postgres", "mariadb",
];

/// A kind of data.
struct Kind {
    /// Its name, also for `made.py`.
    name: &'static str,
    /// Public data of the kind, and of the same columns or more.
    public: &'static str,
    /// What `forms.py` must know of them, but for the file.
    spec: &'static str,
    /// The rows of its source table, but for where they were read.
    table: &'static str,
    /// What was found of each customer.
    scores: &'static str,
}

/// A score with its reasons, but for what names the run.
const SCORES: &str = "select * exclude (run_id, model_version) from scores";
/// Reasons of a labelled table name its columns, which have other names in other forms.
const NUMBERS: &str =
    "select * exclude (run_id, model_version, reasons_en, reasons_zh) from scores";

#[rustfmt::skip] // one column a line
static KINDS: [Kind; 5] = [
    Kind {
        name: "orders",
        public: "online_retail/online_retail.csv.gz",
        table: "select * exclude (ingest_id, line, bucket) from order_lines",
        scores: SCORES,
        spec: r#"{
            "header": true, "title": "2011年销售明细表", "total": true, "rows": 60000,
            "words": {"United Kingdom": "英国", "Germany": "德国", "France": "法国"},
            "columns": [
                {"name": "InvoiceNo", "zh": "订单号", "kind": "id"},
                {"name": "StockCode", "zh": "商品编码", "kind": "id"},
                {"name": "Description", "zh": "商品名称", "kind": "text"},
                {"name": "Quantity", "zh": "数量", "kind": "whole", "total": true},
                {"name": "InvoiceDate", "zh": "下单时间", "kind": "time"},
                {"name": "UnitPrice", "zh": "单价", "kind": "decimal"},
                {"name": "CustomerID", "zh": "客户编号", "kind": "whole_id"},
                {"name": "Country", "zh": "国家", "kind": "text"}
            ]
        }"#,
    },
    Kind {
        name: "purchases",
        public: "cdnow/CDNOW_sample.txt",
        table: "select * exclude (ingest_id, line, bucket) from order_lines",
        scores: SCORES,
        spec: r#"{
            "header": false, "title": "购买记录", "total": true, "rows": null, "words": {},
            "columns": [
                {"name": "master_id", "zh": "客户编号", "kind": "id"},
                {"name": "sample_id", "zh": "样本编号", "kind": "id"},
                {"name": "date", "zh": "日期", "kind": "day"},
                {"name": "quantity", "zh": "数量", "kind": "whole", "total": true},
                {"name": "amount", "zh": "金额", "kind": "decimal", "total": true}
            ]
        }"#,
    },
    Kind {
        name: "events",
        public: "taobao/user_behavior.csv",
        table: "select * exclude (ingest_id, line, bucket) from events",
        scores: SCORES,
        spec: r#"{
            "header": false, "title": "用户行为明细", "total": false, "rows": null,
            "words": {"pv": "浏览", "cart": "加购", "fav": "收藏", "buy": "购买"},
            "columns": [
                {"name": "user_id", "zh": "用户编号", "kind": "id"},
                {"name": "item_id", "zh": "商品编号", "kind": "id"},
                {"name": "category_id", "zh": "类目编号", "kind": "id"},
                {"name": "behavior_type", "zh": "行为类型", "kind": "text"},
                {"name": "ts", "zh": "时间", "kind": "epoch"}
            ]
        }"#,
    },
    Kind {
        name: "contracts",
        public: "oulad/studentRegistration.csv",
        table: "select * exclude (ingest_id, line, bucket) from subscriptions",
        scores: SCORES,
        spec: r#"{
            "header": true, "title": "学员报名表", "total": false, "rows": null,
            "words": {"AAA": "财务", "BBB": "会计", "CCC": "统计"},
            "columns": [
                {"name": "code_module", "zh": "课程", "kind": "text"},
                {"name": "code_presentation", "zh": "学期", "kind": "text"},
                {"name": "id_student", "zh": "学号", "kind": "id"},
                {"name": "date_registration", "zh": "报名日", "kind": "whole"},
                {"name": "date_unregistration", "zh": "退课日", "kind": "whole"}
            ]
        }"#,
    },
    Kind {
        name: "customers",
        public: "telco/Telco-Customer-Churn.csv",
        table: "select * exclude (ingest_id) from customers",
        scores: NUMBERS,
        spec: r#"{
            "header": true, "title": "客户清单", "total": true, "rows": null,
            "words": {"Mailed check": "邮寄支票", "Electronic check": "电子支票"},
            "columns": [
                {"name": "customerID", "zh": "客户编号", "kind": "id"},
                {"name": "SeniorCitizen", "kind": "whole"},
                {"name": "tenure", "kind": "whole"},
                {"name": "MonthlyCharges", "kind": "decimal", "total": true},
                {"name": "TotalCharges", "kind": "decimal", "total": true},
                {"name": "Churn", "zh": "是否流失", "kind": "text"}
            ]
        }"#,
    },
];

/// What makes the forms: a Python, and the servers that the machine has.
struct Makers {
    python: PathBuf,
    postgres: Option<Server>,
    mariadb: Option<Server>,
}

impl Makers {
    fn new() -> Option<Self> {
        Some(Self {
            python: python()?,
            postgres: postgres(),
            mariadb: mariadb(),
        })
    }

    /// Runs one of the scripts beside this folder; what it prints.
    fn script(&self, name: &str, arguments: &[&str]) -> String {
        let script = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests")
            .join(name);
        let output = Command::new(&self.python)
            .arg(script)
            .args(arguments)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .output()
            .expect("the Python starts");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{name} {arguments:?}\n{error}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// The server that a form is a table of, if it is one of a server.
    fn server(&self, form: &str) -> Option<&Server> {
        match form {
            "postgres" => self.postgres.as_ref(),
            "mariadb" => self.mariadb.as_ref(),
            _ => None,
        }
    }

    fn can_make(&self, form: &str) -> bool {
        !matches!(form, "postgres" | "mariadb") || self.server(form).is_some()
    }
}

/// Data of a kind on their way through the forms.
struct Shown<'a> {
    kind: &'a Kind,
    makers: &'a Makers,
    /// The table of a server.
    table: String,
    folder: Project,
}

impl<'a> Shown<'a> {
    fn new(kind: &'a Kind, makers: &'a Makers, prefix: &str) -> Self {
        Self {
            kind,
            makers,
            table: format!("{prefix}_{}", kind.name),
            folder: Project::new(),
        }
    }

    /// Puts `file` into `forms`, all of which must give what the first gives.
    fn agree(&self, file: &Path, forms: &[&str], change: impl Fn(&mut Value)) {
        let mut spec: Value = serde_json::from_str(self.kind.spec).unwrap();
        spec["file"] = json!(file);
        spec["table"] = json!(self.table);
        spec["zone_hours"] = json!(8);
        change(&mut spec);
        let place = self.folder.write("spec.json", spec.to_string());
        let (place, out) = (
            place.display().to_string(),
            self.folder.path().display().to_string(),
        );
        let mut first: Option<Vec<Vec<String>>> = None;
        for form in forms.iter().filter(|form| self.makers.can_make(form)) {
            let source = if *form == "itself" {
                file.display().to_string()
            } else {
                let made = self.makers.script("forms.py", &[&place, &out, form]);
                self.source(form, &self.folder.join(made.trim()))
            };
            let found = self.read(form, &source, spec["total"] == true && *form == "xlsx");
            match &first {
                None => {
                    // From here on everybody is named alike.
                    let key = self.folder.join(form).join(".perennial/key");
                    std::fs::copy(key, self.folder.join("key")).unwrap();
                    assert!(found.iter().all(|rows| !rows.is_empty()), "{}", self.table);
                    assert!(found[1].len() >= 100, "{}: too few scores", self.table);
                    first = Some(found);
                }
                Some(expected) => self.compare(form, &found, expected),
            }
        }
    }

    /// Where the program finds a form that lies in `file`.
    fn source(&self, form: &str, file: &Path) -> String {
        match self.makers.server(form) {
            Some(server) => {
                server.sql(&std::fs::read_to_string(file).unwrap());
                server.table(&self.table)
            }
            None => {
                if form == "gb18030" {
                    let bytes = std::fs::read(file).unwrap();
                    assert!(String::from_utf8(bytes).is_err(), "{} is UTF-8", self.table);
                }
                file.display().to_string()
            }
        }
    }

    /// The source table, the scores and the books of a project of `source` alone.
    fn read(&self, form: &str, source: &str, has_total: bool) -> Vec<Vec<String>> {
        self.run(&["init", form, "--from", source]);
        self.run(&["run", "-C", form]);
        let off = "select count(*) from ingests where rows_read <> kept + quarantined + duplicates";
        assert_eq!(self.rows(form, off), ["0"], "{} {form}", self.table);
        let totals = "select count(*) from quarantine where reason = 'row/total'";
        let expected = if has_total { "1" } else { "0" };
        assert_eq!(self.rows(form, totals), [expected], "{} {form}", self.table);
        let books = "select kept, duplicates, without_customer from ingests";
        let reasons = "select reason, count(*) from quarantine where reason <> 'row/total' group by reason \
             union all select 'none', 0";
        [self.kind.table, self.kind.scores, books, reasons]
            .map(|sql| self.rows(form, sql))
            .to_vec()
    }

    /// The rows of an answer, sorted; names of columns are the user's own.
    fn rows(&self, form: &str, sql: &str) -> Vec<String> {
        let text = self.run(&["query", "-C", form, sql, "--format", "csv"]);
        let mut rows: Vec<String> = text.lines().skip(1).map(str::to_owned).collect();
        rows.sort_unstable();
        rows
    }

    fn compare(&self, form: &str, found: &[Vec<String>], expected: &[Vec<String>]) {
        let only = |these: &[String], those: &[String]| -> Vec<String> {
            let those: HashSet<&String> = those.iter().collect();
            let only = these.iter().filter(|row| !those.contains(row));
            only.take(3).cloned().collect()
        };
        for (found, expected) in found.iter().zip(expected) {
            let (more, less) = (only(found, expected), only(expected, found));
            assert!(
                found == expected,
                "{} as {form}: {} rows for {}; {more:?} for {less:?}",
                self.table,
                found.len(),
                expected.len()
            );
        }
    }

    fn run(&self, arguments: &[&str]) -> String {
        let key = self.folder.join("key");
        let mut command = Command::new(PROGRAM);
        command
            .current_dir(self.folder.path())
            .args(arguments)
            .env("NO_COLOR", "1")
            .env("TZ", ZONE)
            .env_remove("PERENNIAL_KEY_FILE");
        if key.exists() {
            command.env("PERENNIAL_KEY_FILE", key);
        }
        let output = command.output().expect("the program starts");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "{}: {arguments:?}\n{error}",
            self.table
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

#[test]
fn made_up_data_of_every_kind_are_the_same_in_every_form() {
    let Some(makers) = Makers::new() else { return };
    std::thread::scope(|scope| {
        for kind in &KINDS {
            let makers = &makers;
            scope.spawn(move || {
                let shown = Shown::new(kind, makers, "made");
                let file = shown.folder.join("made.csv");
                makers.script("made.py", &[kind.name, &file.display().to_string()]);
                shown.agree(&file, &FORMS, |_| {});
            });
        }
    });
}

/// Of the longest file the first 60,000 lines in every form, and the whole of it in two.
#[test]
fn public_data_of_every_kind_are_the_same_in_every_form() {
    let found = |kind: &'static Kind| Some((kind, data_file(kind.public)?));
    let files: Vec<(&Kind, PathBuf)> = KINDS.iter().filter_map(found).collect();
    if files.is_empty() {
        return;
    }
    let Some(makers) = Makers::new() else { return };
    std::thread::scope(|scope| {
        for (kind, file) in &files {
            let makers = &makers;
            scope.spawn(move || {
                Shown::new(kind, makers, "public").agree(file, &FORMS, |_| {});
            });
            if kind.name == "orders" {
                scope.spawn(move || {
                    let forms = ["itself", "gb18030", "parquet"];
                    Shown::new(kind, makers, "whole").agree(file, &forms, |spec| {
                        spec["rows"] = Value::Null;
                        spec["words"] = json!({});
                    });
                });
            }
        }
    });
}
