//! Files to typed columns, and what is wrong with them.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMillisecondArray,
};
use arrow::compute::cast;
use arrow::datatypes::{
    DataType, Field, Float64Type, Int32Type, Int64Type, Schema, TimeUnit, TimestampMicrosecondType,
};

use super::super::{
    ColumnSpec, Error, NumberFormat, RawBatch, ReadSpec, Target, TimeFormat, Totals, dialect,
    infer, read,
};
use super::{Lcg, Scratch, gzip, scratch};

const PLAIN: NumberFormat = NumberFormat::PLAIN;

fn column(name: &str, target: Target) -> ColumnSpec {
    ColumnSpec {
        name: name.to_owned(),
        target,
    }
}

fn spec(scratch: &Scratch, columns: Vec<ColumnSpec>) -> ReadSpec {
    let dialect = (scratch.file.format == crate::Format::Text)
        .then(|| dialect::sniff(&scratch.file).unwrap());
    ReadSpec {
        time_zone: "Europe/London".to_owned(),
        ..ReadSpec::new(dialect, columns)
    }
}

fn all(scratch: &Scratch, columns: Vec<ColumnSpec>) -> Vec<RawBatch> {
    read::open(&scratch.file, &spec(scratch, columns))
        .unwrap()
        .map(Result::unwrap)
        .collect()
}

/// A column's values as text, `-` for null.
fn show(array: &ArrayRef) -> Vec<String> {
    let text = cast(array, &DataType::Utf8).unwrap();
    text.as_string::<i32>()
        .iter()
        .map(|v| v.unwrap_or("-").to_owned())
        .collect()
}

fn bad(batch: &RawBatch) -> Vec<String> {
    batch
        .bad
        .iter()
        .map(|b| {
            format!(
                "{} {:?} {} {}",
                b.row_in_file,
                b.column,
                b.reason.code(),
                b.cell
            )
        })
        .collect()
}

#[test]
fn every_target_and_every_fault() {
    let text = "id,when,n,price,x,kind\n17850.0,2011-07-15 10:00:00,6,2.55,1e3,a\n0017, ,6.0,2.55555,,b\nNULL,2011-13-01,6.5,abc,inf,a\nshort\n5,2011-03-27 01:30:00,-7,-0.00005,2.5,  b \n\n\"=\"\"007\"\"\",2011-10-30 01:30:00,99999999999999999999,1,?,NA\n";
    let scratch = scratch("t.csv", text.as_bytes());
    let batches = all(
        &scratch,
        vec![
            column("id", Target::Text { is_id: true }),
            column(
                "when",
                Target::Timestamp {
                    format: TimeFormat::YearFirst,
                },
            ),
            column("n", Target::Integer { number: PLAIN }),
            column(
                "price",
                Target::Decimal {
                    scale: 4,
                    number: PLAIN,
                },
            ),
            column("x", Target::Number { number: PLAIN }),
            column("kind", Target::Category { is_id: false }),
        ],
    );
    let batch = &batches[0];
    assert_eq!((batches.len(), batch.rows, batch.first_row), (1, 6, 1));
    assert_eq!(
        show(&batch.columns[0]),
        ["17850", "0017", "-", "-", "5", "007"]
    );
    assert_eq!(
        show(&batch.columns[1]),
        [
            "2011-07-15T09:00:00Z",
            "-",
            "-",
            "-",
            "2011-03-27T01:30:00Z",
            "2011-10-30T00:30:00Z"
        ]
    );
    assert_eq!(show(&batch.columns[2]), ["6", "6", "-", "-", "-7", "-"]);
    assert_eq!(
        show(&batch.columns[3]),
        ["25500", "25556", "-", "-", "-1", "10000"]
    );
    assert_eq!(
        show(&batch.columns[4]),
        ["1000.0", "-", "-", "-", "2.5", "-"]
    );
    assert_eq!(show(&batch.columns[5]), ["a", "b", "a", "-", "b", "-"]);
    assert_eq!(batch.rounded, [0, 0, 0, 2, 0, 0]);
    assert_eq!(
        bad(batch),
        [
            "4 None row/short ",
            "3 Some(1) cell/not-a-time 2011-13-01",
            "3 Some(2) cell/not-whole 6.5",
            "6 Some(2) cell/number-too-large 99999999999999999999",
            "3 Some(3) cell/not-a-number abc",
            "3 Some(4) cell/not-a-number inf",
        ]
    );
    assert_eq!(&*batch.raw_record(3), b"short");
    assert_eq!((batch.line_in_file(3), batch.line_in_file(5)), (5, 8));
    assert_eq!(&*batch.raw_record(99), b"");
}

#[test]
fn batches_follow_one_another() {
    let mut text = String::from("k,v\n");
    for i in 0..30_000 {
        text.push_str(&format!("key{},{i}\n", i % 20_000));
    }
    for bytes in [
        text.clone().into_bytes(),
        gzip(text.as_bytes()),
        zstd::encode_all(text.as_bytes(), 1).unwrap(),
    ] {
        let scratch = scratch("t.csv", &bytes);
        let mut next = 0_i64;
        let columns = vec![
            column("v", Target::Integer { number: PLAIN }),
            column("k", Target::Category { is_id: false }),
        ];
        let mut reader = read::open(&scratch.file, &spec(&scratch, columns)).unwrap();
        while let Some(batch) = reader.next_batch().unwrap() {
            assert_eq!(batch.first_row as i64, next + 1);
            assert!(batch.rows <= 8_192);
            let keys = batch.columns[1].as_dictionary::<Int32Type>();
            let values = keys.values().as_string::<i32>();
            for (row, value) in batch.columns[0]
                .as_primitive::<Int64Type>()
                .iter()
                .enumerate()
            {
                assert_eq!(value, Some(next));
                assert_eq!(
                    values.value(keys.keys().value(row) as usize),
                    format!("key{}", next % 20_000)
                );
                next += 1;
            }
        }
        assert_eq!((next, reader.rows_read()), (30_000, 30_000));
    }
}

#[test]
fn a_cut_stream_gives_its_rows_and_then_its_place() {
    let mut text = String::from("k,v\n");
    let mut random = Lcg(3);
    for i in 0..50_000 {
        text.push_str(&format!("{},{i}\n", random.below(1 << 40)));
    }
    let whole = gzip(text.as_bytes());
    let zst = zstd::encode_all(text.as_bytes(), 1).unwrap();
    for (bytes, name) in [
        (&whole[..whole.len() / 2], "gzip"),
        (&zst[..zst.len() / 2], "zstd"),
    ] {
        let scratch = scratch("t.csv", bytes);
        let mut reader = read::open(
            &scratch.file,
            &spec(
                &scratch,
                vec![column("v", Target::Integer { number: PLAIN })],
            ),
        )
        .unwrap();
        let mut rows = 0;
        let error = loop {
            match reader.next_batch() {
                Ok(Some(batch)) => rows += batch.rows as u64,
                Ok(None) => panic!("no error"),
                Err(error) => break error,
            }
        };
        assert!(rows > 5_000, "{rows}");
        let Error::Truncated {
            compression, line, ..
        } = &error
        else {
            panic!("{error:?}")
        };
        assert_eq!(
            (*compression, *line, error.code()),
            (name, rows + 2, "source/truncated")
        );
        assert!(reader.next_batch().unwrap().is_none());
    }
    let mut broken = whole.clone();
    let middle = broken.len() / 2;
    broken[middle..middle + 40].fill(0xff);
    let scratch = scratch("t.csv", &broken);
    let mut reader = read::open(&scratch.file, &spec(&scratch, vec![])).unwrap();
    let error = std::iter::from_fn(|| reader.next_batch().transpose())
        .find_map(Result::err)
        .unwrap();
    assert_eq!(error.code(), "source/corrupt");
}

#[test]
fn columns_and_headers_that_differ() {
    let one = scratch("t.csv", b"customer,v\n1,2\n");
    let wrong = spec(&one, vec![column("custmer", Target::Text { is_id: true })]);
    let error = read::open(&one.file, &wrong).err().unwrap();
    assert_eq!(
        (error.code(), error.hint().as_deref()),
        ("source/column-unknown", Some("did you mean `customer`?"))
    );
    let other = scratch("t.csv", b"customer,v,w\n1,2,3\n");
    let mut reader = read::open(&other.file, &spec(&one, vec![])).unwrap();
    assert_eq!(
        reader.next_batch().unwrap_err().code(),
        "source/header-differs"
    );
    let mut zone = spec(&one, vec![]);
    zone.time_zone = "Mars/Olympus".to_owned();
    assert_eq!(
        read::open(&one.file, &zone).err().unwrap().code(),
        "source/time-zone-unknown"
    );
}

#[test]
fn other_encodings_are_read() {
    let (bytes, ..) =
        encoding_rs::GB18030.encode("客户,商品,金额\n张三,苹果,12.5\n李四,香蕉,8\n王五,梨,3.25\n");
    let file = scratch("t.csv", &bytes);
    let batches = all(
        &file,
        vec![
            column("商品", Target::Text { is_id: false }),
            column(
                "金额",
                Target::Decimal {
                    scale: 2,
                    number: PLAIN,
                },
            ),
        ],
    );
    assert_eq!(show(&batches[0].columns[0]), ["苹果", "香蕉", "梨"]);
    assert_eq!(show(&batches[0].columns[1]), ["1250", "800", "325"]);
}

/// Lines of a text that a reader must account for.
fn mutated(seed: u64) -> Vec<u8> {
    let mut random = Lcg(seed);
    let mut text = b"id,name,when,n\n".to_vec();
    for i in 0..300 {
        text.extend(format!("{i},\"name, {i}\",2024-01-{:02},{}\n", 1 + i % 28, i * 7).bytes());
    }
    for _ in 0..random.below(60) {
        let at = 15 + random.below(text.len() as u64 - 15) as usize;
        match random.below(4) {
            0 => text[at] = random.below(256) as u8,
            1 => text[at] = b"\",\n\r\0"[random.below(5) as usize],
            2 => drop(text.remove(at)),
            _ => text.insert(at, b"\"\"\n,x"[random.below(5) as usize]),
        }
    }
    text
}

#[test]
fn no_byte_of_a_mutated_file_is_lost() {
    for seed in 0..400 {
        let text = mutated(seed);
        let file = scratch("t.csv", &text);
        let names = ["id", "name", "when", "n"].map(str::to_owned).to_vec();
        let mut dialect =
            dialect::sniff(&scratch("d.csv", b"id,name,when,n\n1,\"a\",2024-01-01,2\n").file)
                .unwrap();
        dialect.columns = names;
        let mut spec = ReadSpec::new(
            Some(dialect),
            vec![
                column("n", Target::Integer { number: PLAIN }),
                column(
                    "when",
                    Target::Timestamp {
                        format: TimeFormat::YearFirst,
                    },
                ),
                column("name", Target::Category { is_id: true }),
            ],
        );
        spec.batch_rows = 1 + seed as usize % 50;
        let mut reader = read::open(&file.file, &spec).unwrap();
        let mut rebuilt = text[..15].to_vec();
        let mut rows = 0;
        while let Some(batch) = reader.next_batch().unwrap() {
            assert_eq!(batch.first_row, rows + 1);
            rows += batch.rows as u64;
            for row in 0..batch.rows {
                rebuilt.extend_from_slice(&batch.raw_record(row));
                rebuilt.push(b'\n');
            }
            for bad in &batch.bad {
                assert!(bad.row < batch.rows);
                assert!(
                    bad.column
                        .is_none_or(|column| batch.columns[column].is_null(bad.row))
                );
            }
        }
        assert_eq!(reader.rows_read(), rows);
        // All but line ends, in the same order: nothing lost, nothing doubled.
        let strip = |bytes: &[u8]| {
            bytes
                .iter()
                .copied()
                .filter(|b| !matches!(b, b'\n' | b'\r' | b' '))
                .collect::<Vec<u8>>()
        };
        assert_eq!(strip(&rebuilt), strip(&text), "seed {seed}");
    }
}

fn parquet_file() -> Scratch {
    use parquet::arrow::ArrowWriter;
    let fields = vec![
        Field::new("id", DataType::Int64, true),
        Field::new("ref", DataType::Float64, true),
        Field::new("at", DataType::Timestamp(TimeUnit::Millisecond, None), true),
        Field::new("price", DataType::Float64, true),
        Field::new("amount", DataType::Decimal128(12, 3), true),
        Field::new("city", DataType::Utf8, true),
        Field::new("day", DataType::Date32, true),
    ];
    let schema = Arc::new(Schema::new(fields));
    let amount = arrow::array::Decimal128Array::from(vec![Some(12_345), None, Some(-500)])
        .with_precision_and_scale(12, 3)
        .unwrap();
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from(vec![Some(7), Some(7), None])),
        Arc::new(Float64Array::from(vec![Some(17850.0), None, Some(13047.0)])),
        Arc::new(TimestampMillisecondArray::from(vec![
            Some(1_310_724_000_000),
            None,
            Some(1_296_554_400_000),
        ])),
        Arc::new(Float64Array::from(vec![
            Some(2.55),
            Some(f64::NAN),
            Some(0.123_456),
        ])),
        Arc::new(amount),
        Arc::new(StringArray::from(vec![
            Some(" Bath"),
            Some("NA"),
            Some("Bath"),
        ])),
        Arc::new(arrow::array::Date32Array::from(vec![
            Some(0),
            Some(15_000),
            None,
        ])),
    ];
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns).unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, schema, None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    scratch("t.parquet", &bytes)
}

#[test]
fn parquet_becomes_the_same_columns() {
    let file = parquet_file();
    let batches = all(
        &file,
        vec![
            column("city", Target::Category { is_id: false }),
            column("id", Target::Category { is_id: true }),
            column("ref", Target::Text { is_id: true }),
            column(
                "at",
                Target::Timestamp {
                    format: TimeFormat::YearFirst,
                },
            ),
            column(
                "price",
                Target::Decimal {
                    scale: 4,
                    number: PLAIN,
                },
            ),
            column(
                "amount",
                Target::Decimal {
                    scale: 2,
                    number: PLAIN,
                },
            ),
            column("amount", Target::Number { number: PLAIN }),
            column("id", Target::Integer { number: PLAIN }),
            column(
                "day",
                Target::Timestamp {
                    format: TimeFormat::YearFirst,
                },
            ),
        ],
    );
    let batch = &batches[0];
    assert_eq!(show(&batch.columns[0]), ["Bath", "-", "Bath"]);
    assert_eq!(show(&batch.columns[1]), ["7", "7", "-"]);
    assert_eq!(show(&batch.columns[2]), ["17850", "-", "13047"]);
    // 10:00 on a London summer clock is 09:00 UTC.
    assert_eq!(
        show(&batch.columns[3]),
        ["2011-07-15T09:00:00Z", "-", "2011-02-01T10:00:00Z"]
    );
    assert_eq!(show(&batch.columns[4]), ["25500", "-", "1235"]);
    assert_eq!(show(&batch.columns[5]), ["1235", "-", "-50"]);
    assert_eq!(
        batch.columns[6].as_primitive::<Float64Type>().value(0),
        12.345
    );
    assert_eq!(batch.columns[7].as_primitive::<Int64Type>().value(0), 7);
    assert_eq!(
        batch.columns[8]
            .as_primitive::<TimestampMicrosecondType>()
            .value(1),
        15_000 * 86_400_000_000
    );
    assert_eq!(batch.rounded, [0, 0, 0, 0, 1, 1, 0, 0, 0]);
    let raw = String::from_utf8(batch.raw_record(0).into_owned()).unwrap();
    assert!(
        raw.starts_with("{\"id\":\"7\",\"ref\":\"17850.0\"")
            && raw.ends_with("\"day\":\"1970-01-01\"}"),
        "{raw}"
    );
    assert!(bad(batch).is_empty());
}

#[test]
fn a_damaged_parquet_file_is_an_error() {
    let file = parquet_file();
    let bytes = std::fs::read(&file.file.path).unwrap();
    let cut = scratch("t.parquet", &bytes[..bytes.len() / 2]);
    let error = infer::profile(&cut.file, None).unwrap_err();
    assert_eq!(error.code(), "source/corrupt");
}

#[test]
fn totals_count_the_raw_file() {
    let text = "k,q,p,note\na,2,1.10, x\nb,-3,0.5,y \na,0,100,\n ,4,,NULL\nshort\nc,x,2,z\n";
    let file = scratch("t.csv", text.as_bytes());
    let mut profile = infer::profile(&file.file, None).unwrap();
    // One cell in five is no number: too many for the profile, not for totals.
    profile.columns[1].kind = crate::Kind::Integer;
    let mut spec = spec(&file, vec![]);
    spec.totals = Some(Totals::new(&profile, Some((1, 2))));
    let mut reader = read::open(&file.file, &spec).unwrap();
    while reader.next_batch().unwrap().is_some() {}
    let totals = reader.into_totals().unwrap();
    let columns = totals.columns();
    let plain = |i: usize| {
        (
            columns[i].rows,
            columns[i].missing,
            columns[i].outer_blanks,
            columns[i].distinct,
            columns[i].distinct_exact,
        )
    };
    assert_eq!(plain(0), (5, 1, 0, 3, true));
    assert_eq!(plain(3), (5, 2, 2, 3, true));
    let q = columns[1].numbers.unwrap();
    assert_eq!(
        (
            q.count,
            q.not_numbers,
            q.negative,
            q.zero,
            q.min,
            q.max,
            q.sum.to_f64()
        ),
        (4, 1, 1, 1, -3.0, 4.0, 3.0)
    );
    let p = columns[2].numbers.unwrap();
    assert_eq!((p.count, p.sum.mantissa, p.sum.scale), (4, 10_360, 2));
    // 2 x 1.10 - 3 x 0.5 + 0 x 100 = 0.70
    assert_eq!(
        totals
            .pair_sum()
            .map(|s| (s.mantissa, s.scale, s.is_inexact)),
        Some((70, 2, false))
    );
}

#[test]
fn totals_of_parquet_agree_with_those_of_text() {
    let file = parquet_file();
    let profile = infer::profile(&file.file, None).unwrap();
    let mut spec = spec(
        &file,
        vec![column("city", Target::Category { is_id: false })],
    );
    spec.totals = Some(Totals::new(&profile, Some((0, 3))));
    let mut reader = read::open(&file.file, &spec).unwrap();
    while reader.next_batch().unwrap().is_some() {}
    let totals = reader.into_totals().unwrap();
    let columns = totals.columns();
    assert_eq!(
        (
            columns[5].rows,
            columns[5].missing,
            columns[5].outer_blanks,
            columns[5].distinct
        ),
        (3, 1, 1, 1)
    );
    assert_eq!(
        (columns[3].missing, columns[3].numbers.unwrap().sum.mantissa),
        (1, 2_673_456)
    );
    assert_eq!(columns[4].numbers.unwrap().sum.to_f64(), 11.845);
    // 7 x 2.55, the other rows lack one of the two.
    assert_eq!(totals.pair_sum().map(|s| s.to_f64()), Some(17.85));
}

/// Rows that differ in a column that nobody wanted are two, also in a table.
#[test]
fn whole_rows_of_parquet_have_hashes() {
    let file = parquet_file();
    let hashes = |wanted: &[&str], totals: bool| {
        let target = Target::Text { is_id: false };
        let mut spec = spec(&file, wanted.iter().map(|n| column(n, target)).collect());
        let profile = infer::profile(&file.file, None).unwrap();
        spec.totals = totals.then(|| Totals::new(&profile, None));
        // Batches of a row each: equal rows have equal hashes in any batch.
        spec.batch_rows = 1;
        let reader = read::open(&file.file, &spec).unwrap();
        let batches: Vec<RawBatch> = reader.map(Result::unwrap).collect();
        assert_eq!(batches.len(), 3);
        batches.iter().map(|b| b.record_hash(0)).collect::<Vec<_>>()
    };
    let of_city = hashes(&["city"], true);
    assert!(of_city[0].is_some() && of_city[0] != of_city[2]);
    assert_eq!(of_city, hashes(&["price", "id"], true));
    // Where no more is known than what was wanted, there is nothing to add.
    assert_eq!(hashes(&["city"], false), [None; 3]);
}
