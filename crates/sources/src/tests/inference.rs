//! What columns hold.

use super::super::{Kind, TimeFormat};
use super::profiled;

/// The kind of a single column of cells.
fn kind(cells: &[&str]) -> Kind {
    let text = format!(
        "key;value\n{}\n",
        cells
            .iter()
            .enumerate()
            .map(|(i, cell)| format!("{i};{cell}"))
            .collect::<Vec<_>>()
            .join("\n")
    );
    profiled(&text).column("value").unwrap().kind
}

#[test]
fn kinds_of_columns() {
    for (cells, expected) in [
        (vec!["1", "2", "NA", "-3"], Kind::Integer),
        (vec!["1.5", "2", "", "3.25"], Kind::Decimal { scale: 2 }),
        (vec!["17850.0", "13047.0", "NULL"], Kind::Integer),
        (vec!["0001", "0002", "0017"], Kind::Text),
        (vec!["85123A", "71053", "84406B", "POST"], Kind::Text),
        (vec!["Yes", "No", "No"], Kind::Boolean),
        (vec!["是", "否", "是"], Kind::Boolean),
        (vec!["", "", "NaN"], Kind::Empty),
        (
            vec!["2010-12-01 08:26:00", "2010-12-01 08:28:00"],
            Kind::Timestamp(TimeFormat::YearFirst),
        ),
        (
            vec!["2010-12-01T08:26:00.5Z", "2010-12-02T08:28:00Z"],
            Kind::Timestamp(TimeFormat::YearFirst),
        ),
        (
            vec!["2010-12-01", "2010-12-02"],
            Kind::Date(TimeFormat::YearFirst),
        ),
        (
            vec!["2024/3/5", "2024/3/15"],
            Kind::Date(TimeFormat::YearFirst),
        ),
        (
            vec!["13/01/2024", "05/02/2024"],
            Kind::Date(TimeFormat::DayFirst),
        ),
        (
            vec!["12/1/2010 8:26", "12/13/2010 8:30"],
            Kind::Timestamp(TimeFormat::MonthFirst),
        ),
        (
            vec!["13.01.2024", "05.02.2024"],
            Kind::Date(TimeFormat::DayFirst),
        ),
        (
            vec!["01-Jan-1995", "14-Feb-1996"],
            Kind::Date(TimeFormat::DayFirst),
        ),
        (
            vec!["19970101", "19970118"],
            Kind::Date(TimeFormat::Compact),
        ),
        (
            vec!["2024年3月5日", "2024年12月15日"],
            Kind::Date(TimeFormat::Chinese),
        ),
        (
            vec!["1511544070", "1511561733", "1511993493"],
            Kind::Timestamp(TimeFormat::EpochSeconds),
        ),
        (
            vec!["1511544070000", "1511561733123", "1511993493000"],
            Kind::Timestamp(TimeFormat::EpochMillis),
        ),
        (
            vec!["1500000001", "1500000002", "1500000003", "1500000004"],
            Kind::Integer,
        ),
        (vec!["$1,234.50", "$7.25"], Kind::Decimal { scale: 2 }),
        (vec!["1.234,50", "7,25"], Kind::Decimal { scale: 2 }),
        (vec!["12%", "7.5%"], Kind::Decimal { scale: 3 }),
        (vec!["red", "green"], Kind::Text),
    ] {
        assert_eq!(kind(&cells), expected, "{cells:?}");
    }
}

/// In a sheet some dates are dates, and some were typed as text.
#[test]
fn dates_written_in_two_ways_are_dates() {
    let days = ["2024-03-05", "2024年3月6日", "2024-03-07", "2024/3/8"];
    assert_eq!(kind(&days), Kind::Date(TimeFormat::YearFirst));
    let moments = [
        "2024年3月5日 8:26:00",
        "2024-03-06 09:00:00",
        "2024年3月7日",
    ];
    assert_eq!(kind(&moments), Kind::Timestamp(TimeFormat::Chinese));
    let others = ["2024年3月5日", "05/03/2024", "n.n.", "2024年3月7日"];
    assert_eq!(kind(&others), Kind::Text);
}

#[test]
fn a_few_bad_cells_do_not_make_a_column_text() {
    let with = |usual: &[&'static str], bad: &[&'static str]| {
        let usual = usual.iter().cycle().take(60 - bad.len());
        kind(&usual.chain(bad).copied().collect::<Vec<_>>())
    };
    let numbers = ["1", "2", "12", "1", "4"];
    assert_eq!(with(&numbers, &["abc", "?!", "abc", "two"]), Kind::Integer);
    assert_eq!(with(&numbers, &["abc"; 7]), Kind::Text);
    // Codes are not numbers for being mostly digits.
    assert_eq!(with(&numbers, &["12A", "4B", "1C", "M"]), Kind::Text);
    let days = ["2024-03-05", "2024-12-15", "2024-07-01"];
    assert_eq!(
        with(&days, &["unknown", "2024-13-45", "31.12."]),
        Kind::Date(TimeFormat::YearFirst)
    );
}

#[test]
fn ambiguous_days_and_months_are_told() {
    // Readings in order of time: as month first, one day after another.
    let profile = profiled("k,d\n1,01/02/2024\n2,01/03/2024\n3,01/04/2024\n4,01/05/2024\n");
    let column = profile.column("d").unwrap();
    assert_eq!(column.kind, Kind::Date(TimeFormat::MonthFirst));
    assert!(column.day_month_unsure);
    let profile = profiled("k,d\n1,01/02/2024\n2,02/02/2024\n3,03/02/2024\n4,28/02/2024\n");
    let column = profile.column("d").unwrap();
    assert_eq!(
        (column.kind, column.day_month_unsure),
        (Kind::Date(TimeFormat::DayFirst), false)
    );
}

#[test]
fn what_a_profile_says() {
    let profile = profiled(
        "id,x,mail\n17850.0,3,a@b.com\n13047.0, ,c@d.org\n17850.0,-1,e@f.net\n,10,g@h.de\n",
    );
    let id = profile.column("id").unwrap();
    assert!(id.is_float_id);
    assert_eq!((id.rows, id.missing, id.distinct), (4, 1, 2));
    assert_eq!(id.examples, ["17850.0", "13047.0"]);
    let x = profile.column("x").unwrap();
    assert_eq!(
        (x.missing, x.min.as_deref(), x.max.as_deref()),
        (1, Some("-1"), Some("10"))
    );
    assert!(profile.column("mail").unwrap().looks.email);
    assert!(!x.is_float_id);
}

#[test]
fn samples_are_spread_and_bounded() {
    let mut text = String::from("n,group\n");
    for i in 0..40_000 {
        text.push_str(&format!("{i},{}\n", i / 4));
    }
    let profile = profiled(&text);
    assert_eq!(profile.sample.rows, 10_000);
    assert_eq!(
        (profile.sample.rows_seen, profile.sample.whole),
        (40_000, true)
    );
    // 1,000 runs of ten neighbours each, one run every 40 rows.
    let n = profile.column("n").unwrap();
    assert_eq!(
        (n.distinct, n.min.as_deref(), n.max.as_deref()),
        (10_000, Some("0"), Some("39969"))
    );
}

#[test]
fn numbers_are_days_of_a_spreadsheet_only_under_a_word_for_time() {
    let rows: String = (0..40)
        .map(|i| format!("{},{0},{0},{0},{0}\n", 30_000 + i * 17))
        .collect();
    let text = format!("order_date,lifetime_value,orderdate,sentiment,下单日期\n{rows}");
    let profile = profiled(&text);
    let kinds = profile
        .columns
        .iter()
        .map(|c| matches!(c.kind, Kind::Date(_)));
    assert_eq!(kinds.collect::<Vec<_>>(), [true, false, true, false, true]);
}
