//! Running the program on a project of a test's own.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use perennial_testkit::Project;
use perennial_testkit::Table;
use perennial_testkit::{OrderLine, OrderLines, order_lines};

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_perennial");

/// Runs the program in `folder`.
pub fn perennial(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(PROGRAM)
        .current_dir(folder)
        .args(arguments)
        .env("NO_COLOR", "1")
        .env_remove("PERENNIAL_KEY_FILE")
        .output()
        .expect("the program starts")
}

/// Runs the program and wants it to succeed; its standard output.
pub fn good(folder: &Path, arguments: &[&str]) -> String {
    let output = perennial(folder, arguments);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "perennial {}\n{}\n{}",
        arguments.join(" "),
        text(&output.stdout),
        text(&output.stderr)
    );
    text(&output.stdout)
}

/// Runs the program and wants it to fail with `status`; its standard error.
pub fn bad(folder: &Path, arguments: &[&str], status: i32) -> String {
    let output = perennial(folder, arguments);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(
        output.status.code(),
        Some(status),
        "perennial {}\n{error}",
        arguments.join(" ")
    );
    error
}

/// Runs the program and kills it after `after`; whether it had ended by itself.
pub fn killed(folder: &Path, arguments: &[&str], after: Duration) -> bool {
    let mut child = Command::new(PROGRAM)
        .current_dir(folder)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let begun = Instant::now();
    while begun.elapsed() < after {
        if child.try_wait().unwrap().is_some() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    // SIGKILL: nothing of the program runs after it.
    child.kill().unwrap();
    child.wait().unwrap();
    false
}

/// The answer to a query as a table of texts.
pub fn query(folder: &Path, sql: &str) -> Table {
    let csv = good(folder, &["query", sql, "--format", "csv"]);
    let mut records = csv.lines().map(split);
    let columns = records.next().unwrap_or_default();
    Table::new(columns, records.collect::<Vec<_>>())
}

/// The one value that a query answers.
pub fn value(folder: &Path, sql: &str) -> String {
    query(folder, sql)
        .rows
        .first()
        .and_then(|row| row.first())
        .cloned()
        .unwrap_or_default()
}

/// The fields of one line of CSV without line breaks inside fields.
fn split(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                fields.last_mut().unwrap().push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            other => fields.last_mut().unwrap().push(other),
        }
    }
    fields
}

/// Settings for a file `orders.csv` as [`csv`] writes it.
pub const SETTINGS: &str = r#"format = 1
[project]
name = "test shop"
currency = "EUR"
time_zone = "Europe/London"
[[source]]
path = "data/*.csv"
table = "order_lines"
columns = { order_id = "order", customer_id = "who", product_id = "what", time = "when", quantity = "pieces", unit_price = "price" }
[lost]
kind = "no_purchase"
horizon = "30d"
[value]
margin = 0.4
[[offer]]
name = "voucher"
cost_per_use = 1.0
assumed_effect = 0.2
effect_lasts = "90d"
[policy]
budget = 50
hold_out = 0.1
"#;

/// Order lines as a file.
pub fn csv(lines: &[OrderLine]) -> String {
    let mut text = String::from("order,who,what,when,pieces,price\n");
    for l in lines {
        text.push_str(&format!(
            "{},{},{},{},{},{}.{:02}\n",
            l.order_id,
            l.customer_id.as_deref().unwrap_or(""),
            l.product_id,
            l.time.strftime("%Y-%m-%dT%H:%M:%SZ"),
            l.quantity,
            l.unit_price_cents / 100,
            l.unit_price_cents % 100
        ));
    }
    text
}

/// A shop of `customers` over a year, not run yet.
pub fn shop(customers: u32, seed: u64) -> Project {
    let lines = order_lines(&OrderLines {
        seed,
        customers,
        ..OrderLines::default()
    });
    Project::new()
        .settings(SETTINGS)
        .file("data/orders.csv", csv(&lines))
}

/// Every row of the tables that people look at, sorted, without what names a
/// run: equal work gives equal text.
pub fn everything(folder: &Path) -> String {
    let mut all = String::new();
    let tables = [
        (
            "order_lines",
            "customer_id, order_id, line, time, product_id, quantity, amount, copies",
        ),
        (
            "ingests",
            "file, rows_read, kept, quarantined, duplicates, without_customer",
        ),
        ("features", "* exclude (run_id)"),
        ("labels", "* exclude (run_id)"),
        ("months", "* exclude (run_id)"),
        ("evaluations", "model, metric, value, low, high, n"),
        (
            "scores",
            "customer_id, churn_probability, churn_low, percentile, reasons_en, reasons_zh",
        ),
        ("clv", "customer_id, model, expected, historic"),
        (
            "decisions",
            "customer_id, offer, arm, propensity, net, why_en",
        ),
    ];
    for (table, columns) in tables {
        let rows = good(
            folder,
            &[
                "query",
                &format!("select {columns} from {table}"),
                "--format",
                "csv",
            ],
        );
        let mut lines: Vec<&str> = rows.lines().collect();
        if let Some((_, body)) = lines.split_first_mut() {
            body.sort_unstable();
        }
        all.push_str(&format!("-- {table}\n{}\n", lines.join("\n")));
    }
    all
}

/// Copies a project's folder, key and all.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
}
