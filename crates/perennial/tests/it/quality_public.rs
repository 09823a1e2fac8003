//! The quality of public data, where they are there, with a second opinion.

use std::path::Path;

use perennial_testkit::{Project, data_file};

use crate::quality::{found, number};
use crate::shop::{good, value};

#[test]
fn public_invoices_have_the_quality_that_other_programs_find() {
    let Some(file) = data_file("online_retail/online_retail.csv.gz") else {
        return;
    };
    let folder = Project::new();
    let file = file.to_string_lossy();
    good(
        folder.path(),
        &["init", "shop", "--from", &file, "--currency", "GBP"],
    );
    let shop = folder.join("shop");
    good(
        &shop,
        &["run", "--until", "quality", "--as-of", "2011-12-08"],
    );
    // 8,872 distinct return lines of known customers, 7,442 of them with a purchase:
    // counted by a program of a few lines on the raw file, in another language.
    assert_eq!(found(&shop, "returns_linked"), ["8872", "1430", "told"]);
    assert_eq!(number(&shop, "select count(*) from returns"), 7_442.0);
    let too_much = "select count(*) from (select purchase_ingest_id, purchase_line, sum(quantity) as back \
        from returns group by 1, 2) as r join order_lines l on l.ingest_id = r.purchase_ingest_id \
        and l.line = r.purchase_line where r.back > l.quantity";
    assert_eq!(number(&shop, too_much), 0.0);
    far_amounts_are_those_of_sql(&shop);
    let sql =
        "select failed from quality where rule = 'completeness' and column_name = 'customer_id'";
    let nobody = "select count(*) from order_lines where customer_id is null";
    assert_eq!(number(&shop, sql), number(&shop, nobody));
    // Codes that a person would name: postage, manual, bank charges, fees, samples.
    let codes = value(
        &shop,
        "select detail from quality where rule = 'no_product_codes'",
    );
    for code in [
        "POST 1256",
        "DOT 710",
        "BANK CHARGES 37",
        "AMAZONFEE 34",
        "C2 144",
        "CRUK 16",
    ] {
        assert!(codes.contains(code), "{codes}");
    }
    assert!(!codes.contains("85123A"), "{codes}");
    let again = good(
        &shop,
        &[
            "run",
            "--until",
            "quality",
            "--as-of",
            "2011-12-08",
            "--json",
        ],
    );
    assert!(again.contains("\"done\":[]"), "{again}");
}

/// Median and MAD of the logarithms in SQL give the same limits to 3 %, and so about
/// the same rows.
fn far_amounts_are_those_of_sql(shop: &Path) {
    let logs = "select ln(abs(cast(amount as double))) as v from order_lines where amount <> 0";
    let median = number(shop, &format!("select median(v) from ({logs}) as l"));
    let mad = number(
        shop,
        &format!("select median(abs(v - {median})) from ({logs}) as l"),
    );
    let n = number(shop, &format!("select count(*) from ({logs}) as l"));
    let reach = (2.0 * n.ln()).sqrt() * 1.482_602_218_505_602 * mad;
    let beyond = number(
        shop,
        &format!("select count(*) from ({logs}) as l where abs(v - {median}) > {reach}"),
    );
    let flagged = number(shop, "select count(*) from quality_flags");
    assert!(
        (beyond - flagged).abs() < 0.1 * beyond,
        "{beyond} {flagged}"
    );
}
