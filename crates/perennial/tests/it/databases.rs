//! The same shop out of databases: PostgreSQL, MariaDB and SQLite, whole and by a
//! cursor.

use std::process::Command;

use perennial_testkit::{OrderLine, Project, Server, mariadb, postgres, python};

use crate::formats::{Shops, cells, csv, lines};
use crate::shop::{bad, good, value};

/// How a server writes types.
struct Types {
    key: &'static str,
    time: &'static str,
}

/// SQL that makes a table `name` and puts the lines in; `key` is its first column, if
/// any.
fn table(name: &str, key: &str, time: &str, lines: &[OrderLine]) -> String {
    let mut sql = format!(
        "CREATE TABLE {name} ({key}order_no varchar(40), customer varchar(40), product varchar(20), \
         ordered_at {time}, quantity int, unit_price decimal(10, 2));\n"
    );
    for part in lines.chunks(500) {
        sql += &insert(name, part);
    }
    sql
}

fn insert(name: &str, lines: &[OrderLine]) -> String {
    let row = |line: &OrderLine| {
        let [order, who, what, when, pieces, price] = cells(line);
        let who = if who.is_empty() {
            "NULL".to_owned()
        } else {
            format!("'{who}'")
        };
        format!("('{order}', {who}, '{what}', '{when}', {pieces}, {price})")
    };
    let rows: Vec<String> = lines.iter().map(row).collect();
    format!(
        "INSERT INTO {name} (order_no, customer, product, ordered_at, quantity, unit_price) VALUES {};\n",
        rows.join(", ")
    )
}

/// Moments without a zone are on the shop's own clock, whatever the server's.
fn server_gives_what_a_file_gives(server: &Server, types: &Types) {
    let shops = Shops::new();
    let lines = lines();
    let file = shops.write("orders.csv", csv(&lines).as_bytes());
    shops.share_a_key();
    let expected = shops.tables("file", file.to_str().unwrap());
    server.sql(&table("orders", "", types.time, &lines));
    let found = shops.tables("server", &server.table("orders"));
    assert_eq!(found, expected);
    // Nothing new, nothing read.
    shops.run("server", &["run", "-C", "server"]);
    let readings = shops.run(
        "server",
        &[
            "query",
            "-C",
            "server",
            "select count(*) from ingests",
            "--format",
            "csv",
        ],
    );
    assert_eq!(readings.lines().nth(1), Some("1"));
    rows_are_read_once(server, types, &lines);
}

/// With a cursor only new rows are read, and their number grows as they come.
fn rows_are_read_once(server: &Server, types: &Types, lines: &[OrderLine]) {
    let (first, later) = lines.split_at(lines.len() - 25);
    server.sql(&table("growing", types.key, types.time, first));
    let shop = Project::new();
    let folder = shop.path();
    let address = server.table("growing");
    good(
        folder,
        &["init", "p", "--from", &address, "--time-zone", "UTC"],
    );
    let settings = shop.read("p/perennial.toml");
    shop.write(
        "p/perennial.toml",
        settings.replace("table = \"order", "cursor = \"id\"\ntable = \"order"),
    );
    let place = shop.join("p");
    let counts = || {
        let kept = value(&place, "select count(*) from order_lines");
        let read = value(&place, "select sum(rows_read) from ingests");
        [kept, read].map(|count| count.parse::<usize>().unwrap())
    };
    good(folder, &["run", "-C", "p", "--until", "ingest"]);
    assert_eq!(counts(), [first.len(); 2]);
    server.sql(&insert("growing", later));
    good(folder, &["run", "-C", "p", "--until", "ingest"]);
    assert_eq!(counts(), [lines.len(); 2]);
    good(folder, &["run", "-C", "p", "--until", "ingest"]);
    assert_eq!(counts(), [lines.len(); 2]);
    let broken = shop
        .read("p/perennial.toml")
        .replace("cursor = \"id\"", "cursor = \"ident\"");
    shop.write("p/perennial.toml", broken);
    let error = bad(
        folder,
        &["run", "-C", "p", "--fresh", "--until", "ingest"],
        1,
    );
    assert!(
        error.contains("source/database") && error.contains("ident"),
        "{error}"
    );
}

#[test]
fn a_table_of_postgresql_gives_what_a_file_gives() {
    let Some(server) = postgres() else { return };
    let types = Types {
        key: "id serial primary key, ",
        time: "timestamp",
    };
    server_gives_what_a_file_gives(&server, &types);
    let shop = Project::new();
    let error = bad(
        shop.path(),
        &["init", "x", "--from", &server.table("order")],
        1,
    );
    assert!(
        error.contains("did you mean") && error.contains("/orders"),
        "{error}"
    );
}

#[test]
fn a_table_of_mariadb_gives_what_a_file_gives() {
    let Some(server) = mariadb() else { return };
    let types = Types {
        key: "id bigint auto_increment primary key, ",
        time: "datetime",
    };
    server_gives_what_a_file_gives(&server, &types);
}

#[test]
fn an_sqlite_file_is_read_table_by_table_and_a_silent_port_is_said() {
    let Some(python) = python() else { return };
    let shops = Shops::new();
    let lines = lines();
    let file = shops.write("orders.csv", csv(&lines).as_bytes());
    shops.share_a_key();
    let expected = shops.tables("file", file.to_str().unwrap());
    let sql = table("orders", "", "text", &lines)
        + "CREATE TABLE empty (a text);\nCREATE TABLE notes (a text);\nINSERT INTO notes VALUES ('x');\n";
    let database = shops.write("shop.db", b"");
    let script = shops.write("shop.sql", sql.as_bytes());
    let made = Command::new(python)
        .arg("-c")
        .arg("import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(open(sys.argv[2]).read())")
        .args([&database, &script])
        .status();
    assert!(made.is_ok_and(|status| status.success()));
    assert_eq!(shops.tables("sqlite", database.to_str().unwrap()), expected);
    let shop = Project::new();
    let error = bad(
        shop.path(),
        &[
            "init",
            "x",
            "--from",
            "postgres://ann:secret@127.0.0.1:1/shop/orders",
        ],
        1,
    );
    assert!(
        error.contains("source/database") && !error.contains("secret"),
        "{error}"
    );
}
