//! The same shop in every format: the same tables and the same scores, from
//! `init --from` alone.

use std::collections::HashSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use perennial_testkit::{OrderLine, OrderLines, Project, order_lines};

use crate::shop::{PROGRAM, good};

const HEADER: [&str; 6] = ["订单号", "会员编号", "商品编码", "下单时间", "数量", "单价"];

pub fn lines() -> Vec<OrderLine> {
    order_lines(&OrderLines {
        customers: 120,
        ..OrderLines::default()
    })
}

/// The cells of a line as people write them.
pub fn cells(line: &OrderLine) -> [String; 6] {
    [
        line.order_id.clone(),
        line.customer_id.clone().unwrap_or_default(),
        line.product_id.clone(),
        line.time.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        line.quantity.to_string(),
        format!(
            "{}.{:02}",
            line.unit_price_cents / 100,
            line.unit_price_cents % 100
        ),
    ]
}

pub fn csv(lines: &[OrderLine]) -> String {
    let mut text = HEADER.join(",") + "\n";
    for line in lines {
        text += &(cells(line).join(",") + "\n");
    }
    text
}

fn ndjson(lines: &[OrderLine]) -> String {
    let object = |line: &OrderLine| {
        let [order, who, what, when, pieces, price] = cells(line);
        let who = if who.is_empty() {
            "null".to_owned()
        } else {
            format!("\"{who}\"")
        };
        format!(
            "{{\"订单号\":\"{order}\",\"会员\":{{\"编号\":{who}}},\"商品编码\":\"{what}\",\
             \"下单时间\":\"{when}\",\"数量\":{pieces},\"单价\":{price}}}\n"
        )
    };
    lines.iter().map(object).collect()
}

/// One order with its lines within.
fn nested_json(lines: &[OrderLine]) -> String {
    let mut orders: Vec<String> = Vec::new();
    for order in lines.chunk_by(|a, b| a.order_id == b.order_id) {
        let [id, who, _, when, ..] = cells(&order[0]);
        let items = order.iter().map(|line| {
            let [_, _, what, _, pieces, price] = cells(line);
            format!("{{\"商品编码\": \"{what}\", \"数量\": {pieces}, \"单价\": {price}}}")
        });
        let items = items.collect::<Vec<_>>().join(", ");
        orders.push(format!(
            "  {{\"订单号\": \"{id}\", \"会员编号\": \"{who}\", \"下单时间\": \"{when}\", \"明细\": [{items}]}}"
        ));
    }
    format!(
        "{{\"page\": 1, \"orders\": [\n{}\n]}}\n",
        orders.join(",\n")
    )
}

fn xml(lines: &[OrderLine]) -> Vec<u8> {
    let mut text = "<?xml version=\"1.0\" encoding=\"GBK\"?>\n<订单列表>\n".to_owned();
    for line in lines {
        let [order, who, what, when, pieces, price] = cells(line);
        text += &format!(
            "<订单行 订单号=\"{order}\"><会员编号>{who}</会员编号><商品编码>{what}</商品编码>\
             <下单时间>{when}</下单时间><数量>{pieces}</数量><单价>{price}</单价></订单行>\n"
        );
    }
    text += "</订单列表>\n";
    encoding_rs::GBK.encode(&text).0.into_owned()
}

fn fixed(lines: &[OrderLine]) -> String {
    let row = |cells: [&str; 6]| {
        let [order, who, what, when, pieces, price] = cells;
        format!("{order:<12}{who:<10}{what:<10}{when:<22}{pieces:>8}{price:>12}\n")
    };
    let mut text = row([
        "ORDER_NO",
        "CUSTOMER",
        "PRODUCT",
        "ORDER_TIME",
        "QUANTITY",
        "UNIT_PRICE",
    ]);
    for line in lines {
        let cells = cells(line);
        text += &row(cells.each_ref().map(String::as_str));
    }
    text
}

/// A workbook as Chinese Excel users keep them: a sheet a quarter, each with a title
/// and a total, dates and prices as they are shown.
fn workbook(lines: &[OrderLine], path: &Path) {
    let mut book = rust_xlsxwriter::Workbook::new();
    let time = rust_xlsxwriter::Format::new().set_num_format("yyyy/m/d h:mm:ss");
    for quarter in 0..4 {
        let sheet = book.add_worksheet();
        sheet.set_name(format!("第{}季度", quarter + 1)).unwrap();
        sheet
            .merge_range(
                0,
                0,
                0,
                5,
                "2024年销售明细表",
                &rust_xlsxwriter::Format::new(),
            )
            .unwrap();
        sheet.write(1, 0, "制表：王小明").unwrap();
        for (column, name) in HEADER.iter().enumerate() {
            sheet.write(3, column as u16, *name).unwrap();
        }
        let of_quarter = |line: &&OrderLine| {
            let month: usize = line.time.strftime("%m").to_string().parse().unwrap();
            (month - 1) / 3 == quarter
        };
        let mut row = 4;
        for line in lines.iter().filter(of_quarter) {
            let [order, who, what, ..] = cells(line);
            let days = line.time.as_second() as f64 / 86_400.0 + 25_569.0;
            sheet.write(row, 0, &order).unwrap();
            sheet.write(row, 1, format!("\t{who}")).unwrap();
            sheet.write(row, 2, &what).unwrap();
            sheet.write_with_format(row, 3, days, &time).unwrap();
            sheet.write(row, 4, line.quantity as f64).unwrap();
            let (yuan, fen) = (line.unit_price_cents / 100, line.unit_price_cents % 100);
            // Equal lines are written alike: rows are compared as they stand.
            if fen % 3 == 0 {
                sheet.write(row, 5, format!("¥{yuan}.{fen:02}")).unwrap();
            } else {
                sheet
                    .write(row, 5, line.unit_price_cents as f64 / 100.0)
                    .unwrap();
            }
            row += 1;
        }
        sheet.write(row, 0, "合 计").unwrap();
        sheet.write(row, 4, 12_345.0).unwrap();
    }
    book.add_worksheet().set_name("Sheet5").unwrap();
    book.save(path).unwrap();
}

fn archive(lines: &[OrderLine]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    let month_of = |line: &OrderLine| line.time.strftime("%Y-%m").to_string();
    for month in lines.chunk_by(|a, b| month_of(a) == month_of(b)) {
        zip.start_file(format!("导出/{}.csv", month_of(&month[0])), options)
            .unwrap();
        zip.write_all(csv(month).as_bytes()).unwrap();
    }
    zip.start_file("readme.md", options).unwrap();
    zip.write_all(b"nothing to read").unwrap();
    zip.finish().unwrap().into_inner()
}

fn tarball(lines: &[OrderLine]) -> Vec<u8> {
    let gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut tar = tar::Builder::new(gzip);
    for (i, part) in lines.chunks(lines.len() / 3 + 1).enumerate() {
        let text = csv(part);
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o600);
        tar.append_data(&mut header, format!("part{i}.csv"), text.as_bytes())
            .unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

/// Projects that name people alike, so that their tables can be compared.
pub struct Shops {
    folder: Project,
}

impl Shops {
    pub fn new() -> Self {
        let folder = Project::new();
        Self { folder }
    }

    pub fn write(&self, name: &str, content: &[u8]) -> PathBuf {
        self.folder.write(name, content)
    }

    /// Makes the key that all projects share; `orders.csv` must be there.
    pub fn share_a_key(&self) {
        let folder = self.folder.path();
        good(folder, &["init", "first", "--from", "orders.csv"]);
        good(folder, &["run", "-C", "first", "--until", "ingest"]);
        std::fs::copy(
            self.folder.join("first/.perennial/key"),
            self.folder.join("key"),
        )
        .unwrap();
    }

    pub fn run(&self, name: &str, arguments: &[&str]) -> String {
        let output = Command::new(PROGRAM)
            .current_dir(self.folder.path())
            .args(arguments)
            .env("NO_COLOR", "1")
            .env("PERENNIAL_KEY_FILE", self.folder.join("key"))
            .output()
            .expect("the program starts");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{name}: {arguments:?}\n{error}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Tables of a project made from `file` alone.
    pub fn tables(&self, name: &str, file: &str) -> String {
        let zone = ["--time-zone", "Asia/Shanghai"];
        self.run(name, &[&["init", name, "--from", file][..], &zone].concat());
        self.run(name, &["run", "-C", name]);
        let queries = [
            "select order_id, customer_id, product_id, time, quantity, unit_price, amount from order_lines",
            "select customer_id, churn_probability from scores",
        ];
        let mut all = String::new();
        for sql in queries {
            let rows = self.run(name, &["query", "-C", name, sql, "--format", "csv"]);
            let mut rows: Vec<&str> = rows.lines().collect();
            rows.sort_unstable();
            all += &(rows.join("\n") + "\n");
        }
        let off = "select count(*) from ingests where rows_read <> kept + quarantined + duplicates";
        let off = self.run(name, &["query", "-C", name, off, "--format", "csv"]);
        assert_eq!(off.lines().nth(1), Some("0"), "{name}");
        all
    }
}

#[test]
fn the_same_shop_in_every_format_gives_the_same_tables_and_scores() {
    let shops = Shops::new();
    let mut lines = lines();
    // Orders stay together where they are nested.
    lines.sort_by(|a, b| (a.time, &a.order_id).cmp(&(b.time, &b.order_id)));
    let file = |name: &str, content: &[u8]| shops.write(name, content);
    let first = file("orders.csv", csv(&lines).as_bytes());
    shops.share_a_key();
    let expected = shops.tables("csv", first.to_str().unwrap());
    assert!(expected.lines().count() > lines.len(), "{expected}");

    let gb = encoding_rs::GB18030.encode(&csv(&lines)).0.into_owned();
    let big5 = csv(&lines)
        .replace("订单号", "訂單號")
        .replace("会员编号", "會員編號");
    let big5 = big5
        .replace("商品编码", "商品編碼")
        .replace("下单时间", "下單時間");
    let big5 = big5.replace("数量", "數量").replace("单价", "單價");
    let big5 = encoding_rs::BIG5.encode(&big5).0.into_owned();
    let utf16: Vec<u8> = csv(&lines)
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let excel = shops.folder.join("book.xlsx");
    workbook(&lines, &excel);
    let made: Vec<(&str, PathBuf)> = vec![
        ("gb18030", file("gb.csv", &gb)),
        ("big5", file("big5.csv", &big5)),
        ("utf16", file("wide.csv", &utf16)),
        ("xlsx", excel),
        ("ndjson", file("orders.ndjson", ndjson(&lines).as_bytes())),
        ("json", file("orders.json", nested_json(&lines).as_bytes())),
        ("xml", file("orders.xml", &xml(&lines))),
        ("fixed", file("orders.txt", fixed(&lines).as_bytes())),
        ("zip", file("orders.zip", &archive(&lines))),
        ("tgz", file("orders.tgz", &tarball(&lines))),
    ];
    for (name, path) in made {
        let found = shops.tables(name, path.to_str().unwrap());
        let of = |a: &str, b: &str| {
            let b: HashSet<&str> = b.lines().collect();
            let only = a.lines().filter(|line| !b.contains(line)).take(3);
            only.map(str::to_owned).collect::<Vec<_>>()
        };
        let (more, less) = (of(&found, &expected), of(&expected, &found));
        assert!(
            more.is_empty() && less.is_empty(),
            "{name}: {more:?} for {less:?}"
        );
        assert_eq!(found.lines().count(), expected.lines().count(), "{name}");
    }
}

/// A folder of order lines, monthly sums of them and notes: the order lines are used,
/// and what is left out is said.
#[test]
fn sums_beside_order_lines_are_not_counted_again() {
    let shops = Shops::new();
    let lines = lines();
    let (first, second) = lines.split_at(lines.len() / 2);
    shops.write("in/a.csv", csv(first).as_bytes());
    shops.write("in/b.csv", csv(second).as_bytes());
    let month = |line: &OrderLine| line.time.strftime("%Y-%m-01").to_string();
    let mut sums = "会员编号,月份,金额\n".to_owned();
    for line in lines.iter().filter(|line| line.customer_id.is_some()) {
        let [_, who, ..] = cells(line);
        sums += &format!("{who},{},{}.00\n", month(line), line.unit_price_cents);
    }
    shops.write("in/sums.csv", sums.as_bytes());
    shops.write("in/notes.txt", b"nothing\nto see\nhere\n");
    let said = good(
        shops.folder.path(),
        &["init", "p", "--from", "in", "--json"],
    );
    assert!(said.contains("sums.csv"), "{said}");
    good(
        shops.folder.path(),
        &["run", "-C", "p", "--until", "ingest"],
    );
    let read = crate::shop::value(
        &shops.folder.join("p"),
        "select sum(rows_read) from ingests",
    );
    assert_eq!(read, lines.len().to_string());
}
