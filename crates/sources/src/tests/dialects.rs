//! How small texts are written.

use super::super::{Delimiter, Encoding, LineEnd};
use super::{gzip, scratch, sniffed};
use crate::dialect;

fn shape(text: &str) -> (Delimiter, bool, usize) {
    let found = sniffed(text);
    (found.delimiter, found.header, found.columns.len())
}

const COMMA: Delimiter = Delimiter::Byte(b',');

#[test]
fn delimiters_and_headers() {
    for (text, expected) in [
        ("a,b,c\n1,2,3\n4,5,6\n", (COMMA, true, 3)),
        ("1,2,3\n4,5,6\n", (COMMA, false, 3)),
        ("a;b\n1,5;2,5\n3,5;4,25\n", (Delimiter::Byte(b';'), true, 2)),
        ("1,5;2,5\n3,5;4,25\n", (Delimiter::Byte(b';'), false, 2)),
        (
            "id\tname\tdate\n1\tA, B\t2024-01-05\n2\tC, D\t2024-01-06\n",
            (Delimiter::Byte(b'\t'), true, 3),
        ),
        (
            "1|24|M|technician\n2|53|F|other\n3|23|M|writer\n",
            (Delimiter::Byte(b'|'), false, 4),
        ),
        (
            " 00004 0001 19970101  2   29.33\n 00004 0001 19970118  2   29.73\n 00021 0002 19970101  3   63.34\n",
            (Delimiter::Blanks, false, 5),
        ),
        ("sep=;\na;b\n1;2\n", (Delimiter::Byte(b';'), true, 2)),
        ("name\nann\nbob\ncarl\n", (COMMA, true, 1)),
        (
            "Good case, Excellent value.\t1\nGreat for the jawbone.\t1\nBad\t0\n",
            (Delimiter::Byte(b'\t'), false, 2),
        ),
        ("x,y\n1,\"a\nb\"\n2,\"c, d\"\n", (COMMA, true, 2)),
        (
            "gender,plan\nM,gold\nF,silver\nM,gold\nF,gold\nM,silver\nF,gold\nM,gold\nF,silver\nM,gold\nF,gold\nM,gold\nF,gold\n",
            (COMMA, true, 2),
        ),
        ("2024-01-05,x,1\n2024-01-06,y,2\n", (COMMA, false, 3)),
        ("客户,金额\n1001,25.5\n1002,13\n", (COMMA, true, 2)),
    ] {
        assert_eq!(shape(text), expected, "{text}");
    }
}

#[test]
fn names_are_unique_and_never_empty() {
    assert_eq!(
        sniffed("a,,a,a\n1,2,3,4\n5,6,7,8\n").columns,
        ["a", "c2", "a_2", "a_3"]
    );
    assert_eq!(sniffed("1,2\n3,4\n").columns, ["c1", "c2"]);
    assert_eq!(sniffed("\u{feff}id,x\n1,2\n").columns, ["id", "x"]);
    assert_eq!(sniffed("a,b,\n1,2,\n3,4,\n").columns, ["a", "b", "c3"]);
}

#[test]
fn quotes_that_are_text() {
    let text = "\"Wow, great\" they said\t1\nthe 5\" screen\t0\n\"half open\t1\n\"Bad\", she said\t0\nplain\t1\n";
    assert_eq!(sniffed(text).quote, None);
    assert_eq!(
        sniffed("a,b\n\"x, \"\"y\"\"\",1\n\"z\",2\n").quote,
        Some(b'"')
    );
}

#[test]
fn line_ends_and_encodings() {
    assert_eq!(sniffed("a,b\r\n1,2\r\n").line_end, LineEnd::CrLf);
    assert_eq!(sniffed("a,b\r1,2\r3,4\r").line_end, LineEnd::Cr);
    let (bytes, ..) = encoding_rs::GB18030.encode("客户,商品,金额\n张三,苹果,12.5\n李四,香蕉,8\n");
    let found = dialect::sniff_bytes(&bytes, true).unwrap();
    assert_eq!(
        (found.encoding, found.encoding_sure),
        (Encoding::GB18030, false)
    );
    assert_eq!(found.columns, ["客户", "商品", "金额"]);
    let (bytes, ..) = encoding_rs::WINDOWS_1252.encode("name,city\nJosé,Málaga\nZoë,Köln\n");
    assert_eq!(
        dialect::sniff_bytes(&bytes, true).unwrap().encoding,
        Encoding::WINDOWS_1252
    );
}

#[test]
fn empty_and_compressed_files() {
    assert_eq!(
        dialect::sniff(&scratch("e.csv", b"").file)
            .unwrap_err()
            .code(),
        "source/empty"
    );
    assert_eq!(
        dialect::sniff(&scratch("e.csv", b"\n\r\n \n").file)
            .unwrap_err()
            .code(),
        "source/empty"
    );
    let text = b"a,b\n1,2\n";
    assert_eq!(
        dialect::sniff(&scratch("e.csv.gz", &gzip(text)).file)
            .unwrap()
            .columns,
        ["a", "b"]
    );
    let zst = zstd::encode_all(&text[..], 1).unwrap();
    assert_eq!(
        dialect::sniff(&scratch("e.csv", &zst).file)
            .unwrap()
            .columns,
        ["a", "b"]
    );
    assert_eq!(
        dialect::sniff(&scratch("e.gz", &gzip(b"")).file)
            .unwrap_err()
            .code(),
        "source/empty"
    );
    let noise: Vec<u8> = (0..4_096_u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    assert_eq!(
        dialect::sniff(&scratch("noise.csv", &noise).file)
            .unwrap_err()
            .code(),
        "source/not-text"
    );
    // Hive writes its cells apart by the first control character.
    assert!(dialect::sniff(&scratch("hive.txt", b"a\x01b\n1\x012\n").file).is_ok());
    let wide = vec!["1"; 5_000].join(",");
    assert_eq!(
        dialect::sniff(&scratch("w.csv", wide.as_bytes()).file)
            .unwrap_err()
            .code(),
        "source/too-many-columns"
    );
}
