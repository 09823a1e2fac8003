//! Lists read back: identifiers stay text, numbers stay numbers, formulas do
//! not run.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use jiff::civil::{DateTime, date};
use perennial_web::lists::{
    ListCell, ListColumn, ListTable, ROWS_MAX, actions, at_risk, to_csv, to_xlsx,
};
use perennial_web::{Error, Language};

fn made_at() -> DateTime {
    date(2025, 12, 10).at(7, 42, 0, 0)
}

fn table(rows: Vec<Vec<ListCell>>) -> ListTable {
    let width = rows.iter().map(Vec::len).max().unwrap_or(1);
    ListTable {
        name: "List: [all]?".into(),
        language: Language::En,
        currency: Some("GBP".into()),
        made_at: made_at(),
        columns: (0..width)
            .map(|at| ListColumn {
                header: format!("Column {at}"),
                width_chars: 20,
            })
            .collect(),
        rows,
    }
}

fn read(bytes: Vec<u8>) -> (String, Vec<Vec<Data>>) {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let name = book.sheet_names()[0].clone();
    let range = book.worksheet_range(&name).unwrap();
    (name, range.rows().map(<[Data]>::to_vec).collect())
}

#[test]
fn identifiers_are_strings_in_a_spreadsheet() {
    let ids = [
        "000123",
        "12345678901234567890",
        "1e5",
        "=1+1",
        "-7",
        "2025-01-01",
        "张三",
        " a\tb",
    ];
    let rows = ids.map(|id| vec![ListCell::Identifier(id.into())]).to_vec();
    let (name, cells) = read(to_xlsx(&table(rows)).unwrap());
    assert_eq!(name, "List all");
    for (row, id) in cells.iter().skip(1).zip(ids) {
        assert_eq!(row[0], Data::String(id.into()));
    }
}

#[test]
fn numbers_are_typed_cells() {
    let rows = vec![vec![
        ListCell::Money(1234.5),
        ListCell::Percent(0.625),
        ListCell::Count(42),
        ListCell::Number(8.25),
        ListCell::Date(date(2011, 12, 8)),
        ListCell::Money(f64::NAN),
        ListCell::Empty,
        ListCell::Text("=SUM(A1)".into()),
    ]];
    let (_, cells) = read(to_xlsx(&table(rows)).unwrap());
    let row = &cells[1];
    assert_eq!(row[0], Data::Float(1234.5));
    assert_eq!(row[1], Data::Float(0.625));
    assert_eq!(row[2], Data::Float(42.0));
    assert_eq!(row[3], Data::Float(8.25));
    // 8 December 2011 is day 40885 of a spreadsheet's calendar.
    assert!(matches!(&row[4], Data::DateTime(day) if day.as_f64() == 40_885.0));
    assert_eq!(row[5], Data::Empty);
    assert_eq!(row[7], Data::String("=SUM(A1)".into()));
}

#[test]
fn csv_guards_against_formulas_and_leaves_numbers_alone() {
    let cells = vec![
        ListCell::Identifier("=cmd|' /C calc'!A0".into()),
        ListCell::Text("+1".into()),
        ListCell::Identifier("-7".into()),
        ListCell::Text("@SUM(A1)".into()),
        ListCell::Text("\tx".into()),
        ListCell::Text("＝1".into()),
        ListCell::Money(-1234.5),
        ListCell::Number(-0.25),
        ListCell::Percent(0.625),
        ListCell::Count(7),
        ListCell::Number(f64::INFINITY),
        ListCell::Date(date(2011, 12, 8)),
        ListCell::Identifier("000123".into()),
        ListCell::Text("say \"hi\", then\ngo".into()),
        ListCell::Empty,
    ];
    let csv = to_csv(&table(vec![cells]));
    let line = csv.split_once("\r\n").unwrap().1;
    assert_eq!(
        line,
        "'=cmd|' /C calc'!A0,'+1,'-7,'@SUM(A1),'\tx,'＝1,-1234.50,-0.25,0.625,7,,2011-12-08,\
         000123,\"say \"\"hi\"\", then\ngo\",\r\n"
    );
    assert!(!csv.starts_with('\u{feff}'));
}

#[test]
fn lists_of_a_report_have_headers_in_its_language() {
    let report = common::shop();
    let risk = report.risk.unwrap();
    let plan = report.actions.unwrap();
    let english = at_risk(&risk.top, Language::En, Some("GBP"), made_at());
    let chinese = actions(&plan.top, Language::Zh, Some("CNY"), made_at());
    assert!(to_csv(&english).starts_with(
        "Rank,Customer,Churn probability,Value (£),Margin at stake (£),Silent for (days),\
         Usual gap (days),Reasons\r\n1,012346,0.93,4100.00,3813.00,"
    ));
    assert!(to_csv(&chinese).starts_with(
        "排名,客户,优惠,渠道,流失概率,价值（¥）,成本（¥）,预计净收益（¥）,理由\r\n1,012346,voucher,e-mail,0.88,"
    ));
    let (name, cells) = read(to_xlsx(&chinese).unwrap());
    assert_eq!(name, "干预措施");
    assert_eq!(cells[0][1], Data::String("客户".into()));
    assert_eq!(cells[1][1], Data::String("012346".into()));
    assert_eq!(cells[1][4], Data::Float(0.88));
    assert_eq!(cells.len(), 21);
}

#[test]
fn the_same_list_gives_the_same_bytes() {
    let list = at_risk(
        &common::shop().risk.unwrap().top,
        Language::En,
        None,
        made_at(),
    );
    assert_eq!(to_xlsx(&list).unwrap(), to_xlsx(&list).unwrap());
}

#[test]
fn limits_are_said() {
    let list = table(vec![Vec::new(); ROWS_MAX + 1]);
    let error = to_xlsx(&list).unwrap_err();
    assert!(matches!(error, Error::ListTooLong { .. }));
    assert_eq!(error.code(), "web/list-too-long");
    assert!(error.hint().is_some());
    let (_, cells) =
        read(to_xlsx(&table(vec![vec![ListCell::Text("长".repeat(40_000))]])).unwrap());
    assert!(matches!(&cells[1][0], Data::String(text) if text.ends_with('…')));
}
