//! Files, folders, globs, archives and workbooks on disk.

use std::io::Write;

use super::*;

fn names(files: &[SourceFile], base: &Path) -> Vec<String> {
    files
        .iter()
        .map(|f| {
            f.path
                .strip_prefix(base)
                .unwrap()
                .to_string_lossy()
                .into_owned()
        })
        .collect()
}

#[test]
fn folders_globs_links_and_hidden_files() {
    let dir = tempfile::tempdir().unwrap();
    let base = dir.path();
    fs::create_dir_all(base.join("in/deep")).unwrap();
    for name in [
        "in/b.csv",
        "in/a.tsv",
        "in/deep/c.txt.gz",
        "in/.hidden.csv",
        "in/_x.csv",
        "in/notes.md",
    ] {
        fs::write(base.join(name), "a,b\n1,2\n").unwrap();
    }
    std::os::unix::fs::symlink(base.join("in"), base.join("in/deep/again")).unwrap();
    std::os::unix::fs::symlink(base.join("in/b.csv"), base.join("in/same.csv")).unwrap();
    std::os::unix::fs::symlink(base.join("nowhere"), base.join("in/broken.csv")).unwrap();
    assert_eq!(
        names(&expand(base, "in").unwrap(), base),
        ["in/a.tsv", "in/b.csv", "in/deep/c.txt.gz"]
    );
    assert_eq!(
        names(&expand(base, "in/*.csv").unwrap(), base),
        ["in/_x.csv", "in/b.csv"]
    );
    assert_eq!(
        names(&expand(base, "in/b.csv").unwrap(), base),
        ["in/b.csv"]
    );
    let error = expand(base, "in/bb.csv").unwrap_err();
    assert_eq!(error.code(), "source/not-found");
    assert!(
        error.hint().unwrap().ends_with("in/b.csv`?"),
        "{:?}",
        error.hint()
    );
    let error = expand(base, "inn/b.csv").unwrap_err();
    assert!(error.hint().unwrap().contains("in/b.csv"));
    assert_eq!(
        expand(base, "in/*.xyz").unwrap_err().code(),
        "source/nothing-matched"
    );
    assert_eq!(
        expand(base, "in/[").unwrap_err().code(),
        "source/glob-invalid"
    );
}

#[test]
fn content_hash_is_blake3() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x");
    fs::write(&path, b"").unwrap();
    // The published hash of no bytes.
    let hash: String = inspect(&path).unwrap()[0]
        .content_hash()
        .unwrap()
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    assert_eq!(
        hash,
        "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"
    );
}

/// A ZIP archive of these members.
fn zip_of(members: &[(&[u8], &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated);
    for (i, (_, content)) in members.iter().enumerate() {
        // Names are put in afterwards: the writer takes no bytes but UTF-8.
        zip.start_file(format!("{i:0>40}"), options).unwrap();
        zip.write_all(content).unwrap();
    }
    let mut bytes = zip.finish().unwrap().into_inner();
    for (i, (name, _)) in members.iter().enumerate() {
        let mut padded = name.to_vec();
        assert!(padded.len() <= 40);
        while padded.len() < 40 {
            padded.insert(0, b'/');
        }
        let placeholder = format!("{i:0>40}").into_bytes();
        let places: Vec<usize> = memchr::memmem::find_iter(&bytes, &placeholder).collect();
        for place in places {
            bytes[place..place + 40].copy_from_slice(&padded);
        }
    }
    bytes
}

fn text_of(file: &SourceFile) -> String {
    let mut text = String::new();
    crate::text::open_bytes(file)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text
}

#[test]
fn archives_are_read_as_folders() {
    let dir = tempfile::tempdir().unwrap();
    let base = dir.path();
    let gbk = encoding_rs::GB18030.encode("订单/三月.csv").0;
    let inner = zip_of(&[(b"deep.csv", b"a,b\n5,6\n")]);
    let members: [(&[u8], &[u8]); 8] = [
        (b"a.csv", b"a,b\n1,2\n"),
        (&gbk, b"a,b\n3,4\n"),
        (b"../../climbs.csv", b"a,b\n7,8\n"),
        (b"__MACOSX/._a.csv", b"\0\x05\x16\x07"),
        (b"readme.md", b"hello"),
        (b"inner.zip", &inner),
        (b"empty.csv", b""),
        (b"sub\\windows.csv", b"a,b\n9,9\n"),
    ];
    fs::write(base.join("all.zip"), zip_of(&members)).unwrap();
    // A name says nothing.
    fs::write(base.join("all.csv"), zip_of(&members)).unwrap();
    let files = expand(base, "all.zip").unwrap();
    assert_eq!(
        names(&files, base),
        [
            "all.zip/a.csv",
            "all.zip/climbs.csv",
            "all.zip/empty.csv",
            "all.zip/inner.zip/deep.csv",
            "all.zip/sub/windows.csv",
            "all.zip/订单/三月.csv",
        ]
    );
    assert_eq!(text_of(&files[0]), "a,b\n1,2\n");
    assert_eq!(text_of(&files[3]), "a,b\n5,6\n");
    assert_eq!(text_of(&files[5]), "a,b\n3,4\n");
    assert_eq!(expand(base, "all.csv").unwrap().len(), 6);
    // One of them, some of them, none of them.
    let one = |pattern: &str| names(&expand(base, pattern).unwrap(), base);
    assert_eq!(one("all.zip/a.csv"), ["all.zip/a.csv"]);
    // As on disk `*` stays within a folder.
    assert_eq!(one("all.zip/*s.csv"), ["all.zip/climbs.csv"]);
    assert_eq!(one("all.zip/**/*s.csv").len(), 2);
    assert_eq!(one("all.zip/*/*.csv").len(), 3);
    assert_eq!(one("all.zip/inner.zip"), ["all.zip/inner.zip/deep.csv"]);
    let error = expand(base, "all.zip/b.csv").unwrap_err();
    assert!(error.hint().unwrap().contains("all.zip/a.csv"), "{error}");
    assert_ne!(
        files[0].content_hash().unwrap(),
        files[5].content_hash().unwrap()
    );
}

#[test]
fn tar_archives_packed_and_plain() {
    let dir = tempfile::tempdir().unwrap();
    let base = dir.path();
    let mut tar = tar::Builder::new(Vec::new());
    for (name, content) in [
        ("b/x.csv", "a,b\n1,2\n"),
        ("y.json", "{\"a\":1}\n"),
        ("z.md", "no"),
    ] {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, content.as_bytes())
            .unwrap();
    }
    let plain = tar.into_inner().unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&plain).unwrap();
    let packed = gzip.finish().unwrap();
    fs::write(base.join("p.tar"), &plain).unwrap();
    fs::write(base.join("q.tgz"), &packed).unwrap();
    for name in ["p.tar", "q.tgz"] {
        let files = expand(base, name).unwrap();
        let (x, y) = (format!("{name}/b/x.csv"), format!("{name}/y.json"));
        assert_eq!(names(&files, base), [x, y]);
        assert_eq!(text_of(&files[0]), "a,b\n1,2\n");
        assert_eq!(text_of(&files[1]), "{\"a\":1}\n");
    }
    fs::write(base.join("cut.tar"), &plain[..700]).unwrap();
    fs::write(base.join("cut.tgz"), &packed[..packed.len() - 20]).unwrap();
    for name in ["cut.tar", "cut.tgz"] {
        let error = expand(base, name).unwrap_err();
        assert_eq!(error.code(), "source/archive-unreadable", "{name}: {error}");
    }
}

#[test]
fn archives_that_are_damaged_or_endless() {
    let dir = tempfile::tempdir().unwrap();
    let base = dir.path();
    let lines = "some,text\n".repeat(5_000);
    let whole = zip_of(&[(b"a.csv", lines.as_bytes())]);
    fs::write(base.join("cut.zip"), &whole[..whole.len() / 2]).unwrap();
    let error = expand(base, "cut.zip").unwrap_err();
    assert_eq!(error.code(), "source/archive-unreadable");
    // A byte of the member differs: the error comes with reading.
    let mut broken = whole.clone();
    broken[60 + 40] ^= 0x40;
    fs::write(base.join("broken.zip"), &broken).unwrap();
    let file = &expand(base, "broken.zip").unwrap()[0];
    let read = crate::text::open_bytes(file)
        .unwrap()
        .read_to_end(&mut Vec::new());
    assert!(read.is_err());
    let mut nested = whole;
    for _ in 0..4 {
        nested = zip_of(&[(b"n.zip", &nested)]);
    }
    fs::write(base.join("nested.zip"), &nested).unwrap();
    let error = expand(base, "nested.zip").unwrap_err();
    assert_eq!(error.code(), "source/too-many");
    fs::write(base.join("none.zip"), zip_of(&[(b"a.md", b"x")])).unwrap();
    let error = expand(base, "none.zip").unwrap_err();
    assert_eq!(error.code(), "source/nothing-matched");
}

#[test]
fn a_sheet_alone_goes_by_its_own_name() {
    let dir = tempfile::tempdir().unwrap();
    let base = dir.path();
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("Orders").unwrap();
    sheet.write(0, 0, "x").unwrap();
    book.save(base.join("book.xlsx")).unwrap();
    for pattern in ["book.xlsx", "book.xlsx/Orders", "*.xlsx", ""] {
        let files = expand(base, pattern).unwrap();
        assert_eq!(names(&files, base), ["book.xlsx/Orders"], "{pattern}");
    }
    assert!(single(&base.join("book.xlsx")).is_ok());
    let error = expand(base, "book.xlsx/Order").unwrap_err();
    assert!(error.hint().unwrap().contains("book.xlsx/Orders"));
    // A file that holds nothing has no names to tell.
    fs::write(base.join("a.csv"), "a,b\n1,2\n").unwrap();
    let hint = expand(base, "a.csv/b").unwrap_err().hint().unwrap();
    assert!(!hint.contains("``") && !hint.contains("a.csv/`"), "{hint}");
}

#[test]
fn what_must_be_unpacked_has_limits() {
    let dir = tempfile::tempdir().unwrap();
    let base = dir.path();
    let names: Vec<String> = (0..513).map(|i| format!("{i}.parquet")).collect();
    let members: Vec<(&[u8], &[u8])> = names
        .iter()
        .map(|name| (name.as_bytes(), b"PAR1PAR1PAR1PAR1PAR1".as_slice()))
        .collect();
    fs::write(base.join("few.zip"), zip_of(&members[..512])).unwrap();
    assert_eq!(expand(base, "few.zip").unwrap().len(), 512);
    fs::write(base.join("many.zip"), zip_of(&members)).unwrap();
    let error = expand(base, "many.zip").unwrap_err();
    assert_eq!(error.code(), "source/too-many", "{error}");
    // What is called a database and is none belongs to some program.
    fs::write(base.join("Thumbs.db"), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1").unwrap();
    fs::remove_file(base.join("many.zip")).unwrap();
    assert_eq!(expand(base, "").unwrap().len(), 512);
}

#[test]
fn sheets_of_a_workbook() {
    use rust_xlsxwriter::{Format as Style, Workbook};
    let dir = tempfile::tempdir().unwrap();
    let base = dir.path();
    let mut book = Workbook::new();
    let date = Style::new().set_num_format("yyyy-mm-dd");
    let time = Style::new().set_num_format("yyyy-mm-dd hh:mm");
    let sheet = book.add_worksheet().set_name("三月 上海").unwrap();
    sheet.write(0, 0, "销售明细").unwrap();
    for (column, name) in ["单号", "日期", "时间", "金额", "备注"].iter().enumerate() {
        sheet.write(2, column as u16, *name).unwrap();
    }
    sheet.write(3, 0, "0017").unwrap();
    sheet.write_with_format(3, 1, 45_356.0, &date).unwrap();
    sheet
        .write_with_format(3, 2, 45_356.604_166_666_66, &time)
        .unwrap();
    sheet.write(3, 3, 12.5).unwrap();
    sheet.write(3, 4, "两\n行").unwrap();
    sheet.write(4, 0, 310_101_199_001_011_234.0).unwrap();
    sheet
        .write_formula(4, 3, rust_xlsxwriter::Formula::new("=1+1").set_result("2"))
        .unwrap();
    book.add_worksheet().set_name("Empty").unwrap();
    book.add_worksheet()
        .set_name("Other")
        .unwrap()
        .write(0, 0, "x")
        .unwrap();
    book.save(base.join("book.xlsx")).unwrap();
    let files = expand(base, "book.xlsx").unwrap();
    assert_eq!(
        names(&files, base),
        ["book.xlsx/三月 上海", "book.xlsx/Other"]
    );
    assert_eq!(
        text_of(&files[0]),
        "销售明细\t\t\t\t\n\n单号\t日期\t时间\t金额\t备注\n\
         0017\t2024-03-05\t2024-03-05 14:30:00\t12.5\t两 行\n\
         3.10101199001011E+17\t\t\t2\t\n"
    );
    let dialect = crate::dialect::sniff(&files[0]).unwrap();
    assert_eq!((dialect.skip_lines, dialect.header), (2, true));
    assert_eq!(dialect.columns, ["单号", "日期", "时间", "金额", "备注"]);
    // That there are names says nothing of what stands above them.
    let given = Given {
        header: Some(true),
        ..Given::default()
    };
    let told = crate::dialect::sniff_given(&files[0], &given).unwrap();
    assert_eq!((told.skip_lines, told.columns), (2, dialect.columns));
    assert_eq!(
        names(&expand(base, "book.xlsx/Other").unwrap(), base),
        ["book.xlsx/Other"]
    );
    assert_eq!(
        single(&base.join("book.xlsx")).unwrap_err().code(),
        "source/several-tables"
    );
}
