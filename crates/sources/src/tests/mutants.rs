//! Files of all formats but workbooks with bytes changed, cut off or put in twice: whatever comes
//! of them, it is rows, bad rows or an error, and never a panic.

use std::io::Write;

use super::{Lcg, gzip};
use crate::{ColumnSpec, ReadSpec, dialect, files, infer, read};

/// A sheet as OpenDocument has it, in the fewest parts that make one.
fn open_document() -> Vec<u8> {
    const CONTENT: &str = r#"<?xml version="1.0" encoding="UTF-8"?><office:document-content
        xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
        xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
        xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
        <table:table table:name="Orders">ROWS</table:table></office:spreadsheet></office:body></office:document-content>"#;
    let cell = |text: &str| {
        format!(
            "<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>"
        )
    };
    let row = |cells: [&str; 3]| {
        format!(
            "<table:table-row>{}</table:table-row>",
            cells.map(cell).concat()
        )
    };
    let rows = [
        ["id", "who", "when"],
        ["o1", "ann", "2024-01-05"],
        ["o2", "bob", "2024-01-06"],
    ];
    let content = CONTENT.replace("ROWS", &rows.map(row).concat());
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let manifest = "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>";
    for (name, part) in [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", manifest),
        ("content.xml", &content),
    ] {
        let stored = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored);
        zip.start_file(name, stored).unwrap();
        zip.write_all(part.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn workbook() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for row in 0..20 {
        sheet.write(row, 0, format!("o{row}")).unwrap();
        sheet.write(row, 1, f64::from(row) * 1.25).unwrap();
        sheet.write(row, 2, "text, with \"quotes\"").unwrap();
    }
    book.save_to_buffer().unwrap()
}

fn archive(name: &str, content: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file(name, zip::write::SimpleFileOptions::default())
        .unwrap();
    zip.write_all(content).unwrap();
    zip.finish().unwrap().into_inner()
}

fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let lines = "id,who,when,amount\n1,ann,2024-01-05,2.50\n2,\"bo\nb\",2024-01-06,3\n".repeat(5);
    let json = "{\"id\": 1, \"items\": [{\"sku\": \"x\"}, {\"sku\": \"y\\u4e2d\"}], \"n\": null}\n"
        .repeat(5);
    let xml =
        "<?xml version=\"1.0\"?><a><b x=\"1\">&amp;<c>2</c><c>3</c></b><b><![CDATA[x]]></b></a>";
    let log =
        "h - - [01/Jan/2024:10:00:00 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"curl\"\n".repeat(5);
    let mail = "From a@b Mon Jan  1 00:00:00 2024\nFrom: a@b.example\nTo: c@d.example\nSubject: =?utf-8?B?5byg?=\n\nhi\n\n".repeat(3);
    let fixed =
        "ID     NAME      AMOUNT\n000001 Ann Lee     12.5\n000002 Bob          7.0\n".repeat(4);
    let wide: Vec<u8> = lines.encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        ("lines.csv", lines.clone().into_bytes()),
        ("wide.csv", wide),
        ("packed.csv.gz", gzip(lines.as_bytes())),
        ("objects.json", json.into_bytes()),
        ("records.xml", xml.as_bytes().to_vec()),
        ("requests.log", log.into_bytes()),
        ("mails.mbox", mail.into_bytes()),
        ("places.txt", fixed.into_bytes()),
        ("lines.zip", archive("a.csv", lines.as_bytes())),
        (
            "nested.zip",
            archive("b.zip", &archive("a.csv", lines.as_bytes())),
        ),
        ("book.xlsx", workbook()),
        ("book.ods", open_document()),
    ]
}

/// Looks at a file and reads it to its end, or to its first error.
fn read_all(folder: &std::path::Path, name: &str) -> Result<u64, crate::Error> {
    let mut rows = 0;
    for file in files::expand(folder, name)? {
        let dialect = match file.format {
            crate::Format::Parquet => None,
            _ => Some(dialect::sniff(&file)?),
        };
        let profile = infer::profile(&file, dialect.as_ref())?;
        let columns = profile.columns.iter().map(ColumnSpec::suited).collect();
        let mut reader = read::open(&file, &ReadSpec::new(dialect, columns))?;
        while let Some(batch) = reader.next_batch()? {
            rows += batch.rows as u64;
        }
    }
    Ok(rows)
}

#[test]
fn samples_are_sound() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in samples() {
        std::fs::write(folder.path().join(name), bytes).unwrap();
        let rows = read_all(folder.path(), name);
        assert!(
            rows.as_ref().is_ok_and(|rows| *rows > 1),
            "{name}: {rows:?}"
        );
    }
}

#[test]
fn mutants_are_read_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    // By hand, for hours: `PERENNIAL_MUTANTS=1000000`.
    let wanted = std::env::var("PERENNIAL_MUTANTS").ok();
    let rounds = wanted.and_then(|text| text.parse().ok()).unwrap_or(60_u64);
    // A damaged workbook may ask for more memory than a test should take.
    let bounded = samples()
        .into_iter()
        .filter(|(name, _)| !name.starts_with("book."));
    for (i, (name, bytes)) in bounded.enumerate() {
        let mut random = Lcg(1 + i as u64);
        for _ in 0..rounds {
            let mut mutant = bytes.clone();
            for _ in 0..=random.below(4) {
                let at = random.below(mutant.len().max(1) as u64) as usize;
                match random.below(5) {
                    0 => mutant.truncate(at),
                    1 => mutant
                        .splice(at..at, bytes.iter().skip(at / 2).take(40).copied())
                        .for_each(drop),
                    2 => mutant.drain(at..(at + 9).min(mutant.len())).for_each(drop),
                    _ => {
                        if let Some(byte) = mutant.get_mut(at) {
                            *byte ^= 1 << random.below(8);
                        }
                    }
                }
            }
            std::fs::write(folder.path().join(name), &mutant).unwrap();
            let _ = read_all(folder.path(), name);
        }
    }
}
