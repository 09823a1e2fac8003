//! The one table of codes: what can be wrong, why rows are set aside, what a
//! report warns of.

use crate::{init, settings};

type Codes = &'static [(&'static str, &'static str)];

/// Every code an error can have, with what it means, by code.
pub fn errors() -> Vec<(&'static str, &'static str)> {
    let parts: [Codes; 5] = [settings::CODES, init::CODES, SOURCE, STORE, WORK];
    sorted(&parts)
}

/// Every reason for which a row is set aside in `quarantine`, by code.
pub fn reasons() -> Vec<(&'static str, &'static str)> {
    sorted(&[REASONS])
}

/// Every code a warning of the report can have, by code.
pub fn warnings() -> Vec<(&'static str, &'static str)> {
    sorted(&[WARNINGS])
}

fn sorted(parts: &[Codes]) -> Vec<(&'static str, &'static str)> {
    let mut all: Vec<_> = parts.iter().flat_map(|part| part.iter().copied()).collect();
    all.sort_unstable();
    all
}

#[rustfmt::skip] // one entry a line
const SOURCE: Codes = &[
    ("source/archive-unreadable", "an archive or a workbook cannot be looked into"),
    ("source/column-unknown", "a source does not have a column that the settings name"),
    ("source/columns-differ", "a file of labelled customers has other columns than those before it"),
    ("source/corrupt", "a file that is no plain text is damaged"),
    ("source/copy-unwritable", "the copy of a table of a database cannot be written"),
    ("source/cursor-empty", "rows of a table have no value in its cursor"),
    ("source/cursor-without-database", "a source that is no table of a database has a cursor"),
    ("source/database", "a database cannot be reached or read"),
    ("source/empty", "a file has nothing in it"),
    ("source/glob-invalid", "a pattern of paths cannot be understood"),
    ("source/header-differs", "a file of a source has another header than the first one"),
    ("source/no-files", "no source has a file"),
    ("source/not-a-time", "the column named for the time does not hold times"),
    ("source/not-found", "there is no file or folder at a path"),
    ("source/not-text", "a file's bytes are neither text nor of another kind that is known"),
    ("source/nothing-matched", "a folder or pattern holds no file that can be read"),
    ("source/part-missing", "no column is named for a part that the table needs"),
    ("source/several-tables", "a file holds several tables where one is wanted"),
    ("source/spec-invalid", "a column cannot be read as asked"),
    ("source/time-zone-unknown", "a time zone is not in the time-zone database"),
    ("source/too-many", "a path stands for more files or deeper folders than the limits allow"),
    ("source/too-many-columns", "a file has more columns than the limits allow"),
    ("source/too-many-rows", "a file of labelled customers has more rows than the limits allow"),
    ("source/truncated", "a compressed file ends in the middle"),
    ("source/unreadable", "the operating system refuses to read a file"),
    ("source/unsupported", "a file is of a kind that is not read"),
];

#[rustfmt::skip] // one entry a line
const STORE: Codes = &[
    ("file/io", "a file or folder cannot be read or written"),
    ("key/exists", "a key file is there already, and keys are never overwritten"),
    ("key/malformed", "the key file does not hold a key"),
    ("key/missing", "the project's key is not where it should be"),
    ("key/random", "the operating system gave no random bytes"),
    ("lake/caller", "work on a part of a table stopped"),
    ("lake/columns", "columns do not fit together"),
    ("lake/delta", "a table of the lake cannot be opened or committed"),
    ("lake/io", "a file of the lake cannot be read or written"),
    ("lake/layout", "a file of the lake lacks a column that this version writes"),
    ("lake/out-of-step", "tables do not belong to the same run"),
    ("lake/parquet", "a Parquet file cannot be read or written"),
    ("ledger/busy", "the ledger is being read, so its log cannot be emptied"),
    ("ledger/corrupt", "the ledger is damaged, or is no SQLite file"),
    ("ledger/database", "the ledger's database failed"),
    ("ledger/details", "the notes of an earlier run cannot be read or kept"),
    ("ledger/disk-full", "the disk is full"),
    ("ledger/io", "the ledger's file cannot be read or written"),
    ("ledger/json", "the ledger holds unreadable JSON"),
    ("ledger/limit", "more was given at once than the ledger takes"),
    ("ledger/locked", "another process holds the ledger"),
    ("ledger/malformed", "the ledger holds a value of the wrong size"),
    ("ledger/newer-format", "the ledger was written by a later release"),
    ("ledger/not-a-ledger", "the file is a database, but not a ledger"),
    ("ledger/not-writable", "the ledger may not be written"),
    ("ledger/propensity-invalid", "a probability of an arm is not above 0 and at most 1"),
    ("output/unwritable", "standard output or a file cannot be written"),
    ("vault/identifier-invalid", "an identifier is empty or too long"),
    ("vault/key-unrelated", "the new key does not descend from the old one"),
    ("vault/kind-invalid", "a kind of identifier is empty, too long or holds a NUL byte"),
    ("vault/subject-ids-exhausted", "no free pseudonym was found"),
    (
        "vault/id-taken",
        "a pseudonym given in advance belongs to somebody else; the files are read again",
    ),
    ("vault/tampered", "a sealed value was altered, or sealed with another key"),
    ("vault/unknown-subject", "a person is not, or no longer, in the vault"),
    ("vault/wrong-key", "the key does not open this vault"),
];

#[rustfmt::skip] // one entry a line
const WORK: Codes = &[
    ("bug", "the program itself is wrong"),
    ("calendar/zone-unknown", "a time zone is not in the time-zone database"),
    ("catalogue/table-unknown", "there is no table of that name"),
    ("decide/budget", "the budget is no amount of money"),
    ("decide/count", "there are more customers or offers than can be weighed"),
    ("decide/customer", "a customer's probability or value is no such number"),
    ("decide/hold-out-share", "the share to be held out is outside its range"),
    ("decide/length", "the columns of customers have different lengths"),
    ("decide/offer", "an offer's cost or effect is outside its range"),
    ("demo/folder-taken", "the demo's folder is not empty, and no demo"),
    ("demo/other-shop", "the demo's folder holds the demo of another shop"),
    ("identity/empty-rule", "a rule names nothing that records must share to be compared"),
    ("identity/no-parts", "no source says which of its columns describe a person"),
    ("identity/not-decided", "nothing is decided about two customers, so nothing can be undone"),
    ("identity/not-read", "nothing that describes a person has been read yet"),
    ("identity/same-customer", "two identifiers are of one customer already"),
    ("identity/setting", "a setting of the comparison of people is outside its range"),
    ("identity/too-large", "there are more people, or more text about them, than can be compared"),
    ("identity/too-much-evidence", "more was seen of identifiers than can be counted"),
    ("learn/argument-invalid", "a setting of a model is outside its range"),
    ("learn/code-out-of-range", "a category has a code without a level"),
    ("learn/column-missing", "a column that the model was fitted on is absent or of another type"),
    ("learn/duplicate-name", "a column or level is there twice"),
    ("learn/length-mismatch", "columns have different lengths"),
    ("learn/model-unreadable", "the bytes of a model are damaged"),
    ("learn/model-version", "the bytes of a model have a format this program does not read"),
    ("learn/no-rows", "there is no row to learn from"),
    ("learn/no-usable-column", "no column varies, so there is nothing to learn from"),
    ("learn/not-converged", "a fit did not come to an end"),
    ("learn/not-finite", "a number is infinite"),
    ("learn/one-class", "all rows have the same outcome"),
    ("learn/row-out-of-range", "a row that does not exist was asked for"),
    ("learn/too-many", "there are more rows, columns or terms than the limits allow"),
    ("lineage/no-decision", "nothing was decided about the customer"),
    ("lineage/no-score", "the customer has no score"),
    ("model/none-yet", "no model has been fitted yet"),
    ("model/nothing-before", "no version served before the one that serves"),
    ("model/version-ambiguous", "several versions begin as asked"),
    ("model/version-exists", "a version is there already, with other content"),
    ("model/version-missing", "no version begins as asked"),
    ("quality/column-unknown", "a rule is about a column that its table has not"),
    ("quality/critical", "a critical rule on the data's quality stopped the run"),
    ("quality/rule-invalid", "a rule cannot be evaluated"),
    ("quality/source-unknown", "no source has that name"),
    ("quarantine/column-unknown", "a repair sets a column that is not read"),
    ("quarantine/file-gone", "no file of the source is there to say how its records are written"),
    ("quarantine/none", "no row set aside is as was asked"),
    ("quarantine/repairs-unreadable", "a file of mended rows lacks what says which rows they are"),
    ("quarantine/text-gone", "the text of a row set aside is not kept, so it cannot be mended by column"),
    ("query/failed", "a query is wrong or cannot be answered"),
    ("query/format", "the rows cannot be written in the format asked for"),
    ("query/no-table", "a query names a table that does not exist"),
    ("query/read-only", "a query wants to change something"),
    ("privacy/known-by-row", "a row of a table without identifiers cannot be erased"),
    ("privacy/not-restricted", "nobody restricted the person"),
    ("privacy/person-ambiguous", "several people have the address or number"),
    ("privacy/person-erased", "the person was erased: nothing is held of them any more"),
    ("privacy/person-restricted", "the person is restricted: their rows are kept and used for nothing"),
    ("privacy/person-unknown", "no customer has the identifier"),
    ("privacy/restricted-in-use", "somebody who is restricted would have been scored, listed or decided about"),
    ("privacy/too-much", "more rows are about the person than an export holds"),
    ("run/as-of-too-early", "the as-of moment lies before the first event"),
    ("run/event-unknown", "`lost.events` names an event that there is none of"),
    ("run/label-never-lost", "no label has the value that means lost"),
    ("run/no-events", "no row could be read, or none has a known customer"),
    ("run/no-labels", "no customer has a label"),
    ("run/no-rows", "no row of customers was kept"),
    ("run/none-yet", "the project has not been run yet"),
    ("run/busy", "another run is working on the project"),
    ("run/stage-unknown", "there is no stage of that name"),
    ("score/column-missing", "a file lacks columns that the model looks at"),
    ("score/column-twice", "a column is given twice"),
    ("score/column-unknown", "the model knows no column of that name"),
    ("score/customer-unknown", "no customer has that identifier"),
    ("score/not-a-number", "a column of numbers is given something else"),
    ("score/too-many-rows", "a file has more rows than can be scored at once"),
    ("simulate/currency", "a currency is not three capital letters"),
    ("simulate/files", "the number of files is outside its range"),
    ("simulate/folder-taken", "the folder holds order lines already"),
    ("simulate/no-such-customer", "the simulated shop has no such customer"),
    ("simulate/no-such-offer", "the simulated shop has no such offer"),
    ("simulate/setting", "a setting of the simulated shop is outside its range"),
    ("simulate/start-not-midnight", "the simulated period does not start at a midnight"),
    ("usage", "the command line is wrong"),
    ("value/impossible-counts", "counts of purchases contradict each other"),
    ("value/infinite", "a value has no finite sum"),
    ("value/lengths-differ", "rates and payments have different lengths"),
    ("value/not-finite", "a rate or payment is no finite number"),
    ("value/out-of-range", "a rate or payment is outside its range"),
    ("value/period-count", "there are more periods than can be added up, or none"),
    ("web/list-too-long", "a list is longer than a spreadsheet can be"),
    ("web/render", "a page cannot be written"),
    ("web/spreadsheet", "a spreadsheet cannot be written"),
];

#[rustfmt::skip] // one entry a line
const REASONS: Codes = &[
    ("cell/identifier-changed", "an identifier that a spreadsheet has made a rounded number of"),
    ("cell/not-a-number", "no number where one is expected"),
    ("cell/not-a-time", "no date or time where one is expected"),
    ("cell/not-whole", "a fraction where a whole number is expected"),
    ("cell/number-too-large", "a number too large to be kept"),
    ("cell/too-long", "a cell longer than the limit"),
    ("customer/twice", "a customer who stands in the table already, with other values"),
    ("person/erased", "a person who was erased; nothing of the row is kept"),
    ("row/amount-too-large", "an amount too large to be kept"),
    ("row/day-zero-unknown", "days are counted from a day that `day_zero` does not give for the row's group"),
    ("row/encoding-invalid", "bytes that are no text in the file's encoding"),
    ("row/ends-before-start", "a contract that ends before it begins, or at the same moment"),
    ("row/identifier-too-long", "a customer's identifier of more than 4,096 bytes"),
    ("row/long", "more cells than the header has"),
    ("row/no-amount", "neither an amount nor a price"),
    ("row/no-quantity", "no quantity"),
    ("row/no-time", "no time"),
    ("row/not-a-request", "a line of a web server's log that is no request"),
    ("row/not-json", "no whole JSON object"),
    ("row/nul-byte", "a NUL byte in the row"),
    ("row/past-keeping", "a row older than its source's `keep`; nothing of it is kept"),
    ("row/other-list", "a record of another list of the file than the one that is read"),
    ("row/quote-broken", "a quotation mark that is never closed"),
    ("row/short", "fewer cells than the header has"),
    ("row/total", "a row that sums up those above it"),
    ("row/time-impossible", "a time before 1900 or after 2199"),
    ("row/time-in-future", "a time more than two days after the reading"),
    ("row/too-long", "a row longer than the limit"),
];

#[rustfmt::skip] // one entry a line
const WARNINGS: Codes = &[
    ("history/capped", "a customer's history is too long to be looked at whole"),
    ("horizon/longest-candidate", "the customers' rhythm is slower than the longest horizon tried"),
    ("horizon/no-repeats", "hardly anybody bought twice, so the horizon is a guess"),
    ("horizon/span", "the data do not reach back far enough for the horizon that would fit"),
    ("horizon/span-too-short", "the data are too short for any horizon to be tested"),
    ("key/readable-by-others", "the project's key can be read by others"),
    ("list/cut", "a list has more customers than it holds"),
    ("model/column-unused", "a column says nothing, so the model does not look at it"),
    ("model/leak", "a column knows the outcome, so the model does not look at it"),
    ("rows/duplicate", "rows were known already"),
    ("rows/past-keeping", "rows were let go because they are older than their source's `keep`"),
    ("rows/overlap", "equal rows of several files were kept, since they may be several purchases"),
    ("rows/quarantined", "rows were set aside"),
    ("rows/repeated", "equal rows of one file were kept, since they may be two purchases"),
    ("rows/taken-out", "a file was corrected: rows that it no longer has do not count any more"),
    ("rows/without-customer", "rows name nobody"),
    ("rows/written-anew", "a file was written anew with other rows: those it had before count beside them"),
    ("run/as-of-before-end", "the as-of moment lies before the end of the data"),
    ("run/settings-changed", "the settings have changed since the run"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    /// Whether a literal looks like a code.
    fn is_code(text: &str) -> bool {
        let word = |part: &str| {
            part.starts_with(|c: char| c.is_ascii_lowercase())
                && part
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        };
        text.split_once('/')
            .is_some_and(|(a, b)| word(a) && word(b))
    }

    /// Literals of the program's own code, tests and this page left out.
    fn literals(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                if name != "tests" && !path.ends_with("pipeline/src/reference") {
                    literals(&path, found);
                }
            } else if name.ends_with(".rs") && name != "tests.rs" {
                let text = fs::read_to_string(&path).unwrap();
                let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
                let parts = text.split('"').filter(|part| is_code(part));
                found.extend(parts.map(str::to_owned));
            }
        }
    }

    #[test]
    fn every_code_of_the_program_is_in_the_table_and_no_other() {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut found = BTreeSet::new();
        for entry in fs::read_dir(crates).unwrap() {
            let folder = entry.unwrap().path();
            if folder.join("src").is_dir() && !folder.ends_with("testkit") {
                literals(&folder.join("src"), &mut found);
            }
        }
        let listed: BTreeSet<String> = [errors(), reasons(), warnings()]
            .concat()
            .into_iter()
            .map(|(code, _)| code.to_owned())
            .filter(|code| code.contains('/'))
            .collect();
        let prefixes: BTreeSet<&str> = listed
            .iter()
            .filter_map(|c| Some(c.split_once('/')?.0))
            .collect();
        let ours = found
            .iter()
            .filter(|c| c.split_once('/').is_some_and(|(p, _)| prefixes.contains(p)));
        let missing: Vec<_> = ours.filter(|code| !listed.contains(*code)).collect();
        let gone: Vec<_> = listed
            .iter()
            .filter(|code| !found.contains(*code))
            .collect();
        assert!(
            missing.is_empty() && gone.is_empty(),
            "missing {missing:?}, gone {gone:?}"
        );
    }

    #[test]
    fn each_code_is_listed_once_with_a_meaning() {
        for codes in [errors(), reasons(), warnings()] {
            let names: BTreeSet<&str> = codes.iter().map(|(code, _)| *code).collect();
            assert_eq!(names.len(), codes.len());
            assert!(
                codes
                    .iter()
                    .all(|(_, meaning)| !meaning.is_empty() && !meaning.ends_with('.'))
            );
        }
    }
}
