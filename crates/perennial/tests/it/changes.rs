//! Files that change after they were read.

use perennial_testkit::Project;

use super::labelled;
use super::shop::{SETTINGS, bad, everything, good, query, shop, value};

/// What does not depend on how often files were read.
fn facts(shop: &Project) -> String {
    let sql = "select customer_id, order_id, time, product_id, quantity, amount from order_lines order by 1, 2, 3, 4, 5, 6";
    good(shop.path(), &["query", sql, "--format", "csv"])
}

/// A project with the key of another.
fn sibling(shop: &Project, file: &str, text: &str) -> Project {
    let sibling = Project::new().settings(SETTINGS).file(file, text);
    std::fs::create_dir_all(sibling.join(".perennial")).unwrap();
    std::fs::copy(shop.join(".perennial/key"), sibling.join(".perennial/key")).unwrap();
    sibling
}

#[test]
fn a_corrected_file_counts_as_it_stands_now() {
    let shop = shop(80, 11);
    let first = shop.read("data/orders.csv");
    good(shop.path(), &["run", "--until", "ingest"]);
    // Ten lines deleted, ten with another price, one more behind the last.
    let mut lines: Vec<String> = first.lines().map(str::to_owned).collect();
    lines.drain(40..50);
    for line in &mut lines[60..70] {
        line.push('7');
    }
    lines.push(lines[5].replacen('o', "x", 1));
    let second = lines.join("\n") + "\n";
    shop.write("data/orders.csv", &second);
    good(shop.path(), &["run"]);
    let book = query(
        shop.path(),
        "select gone, taken_out, kept from ingests order by kept limit 1",
    );
    assert_eq!(book.rows, [["20", "20", "11"]]);
    let expected = sibling(&shop, "data/orders.csv", &second);
    good(expected.path(), &["run"]);
    assert_eq!(facts(&shop), facts(&expected));
    let report = shop.read(".perennial/reports/report-en.html");
    assert!(report.contains("20 rows that it had before are not in it any more"));
    // Back to what it said first, with the time it had then or another.
    shop.write("data/orders.csv", &first);
    good(shop.path(), &["run"]);
    let original = sibling(&shop, "data/orders.csv", &first);
    good(original.path(), &["run"]);
    assert_eq!(facts(&shop), facts(&original));
    let again = good(shop.path(), &["run", "--json"]);
    assert!(again.contains("\"done\":[]"), "{again}");
}

#[test]
fn a_file_taken_back_is_forgotten_by_a_fresh_run() {
    let shop = shop(80, 12);
    good(shop.path(), &["run"]);
    let before = everything(shop.path());
    let late = "order,who,what,when,pieces,price\nz1,c0001,p001,2024-12-31T10:00:00Z,1,9.00\n";
    shop.write("data/late.csv", late);
    good(shop.path(), &["run"]);
    std::fs::remove_file(shop.join("data/late.csv")).unwrap();
    // A file may be put away once it was read.
    good(shop.path(), &["run", "--until", "ingest"]);
    assert_eq!(value(shop.path(), "select count(*) from ingests"), "2");
    good(shop.path(), &["run", "--fresh"]);
    assert_eq!(everything(shop.path()), before);
    // Nothing is remembered of it.
    shop.write("data/late.csv", late);
    good(shop.path(), &["run", "--until", "ingest"]);
    assert_eq!(value(shop.path(), "select count(*) from ingests"), "2");
}

#[test]
fn a_file_of_the_latest_rows_only_adds_to_the_others() {
    let shop = shop(60, 13);
    let all = shop.read("data/orders.csv");
    let (head, rows) = all.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().collect();
    let even = |wanted: usize| -> String {
        let kept = rows.iter().enumerate().filter(|(i, _)| i % 2 == wanted);
        let kept: Vec<&str> = kept.map(|(_, row)| *row).collect();
        format!("{head}\n{}\n", kept.join("\n"))
    };
    shop.write("data/orders.csv", even(0));
    good(shop.path(), &["run", "--until", "ingest"]);
    shop.write("data/orders.csv", even(1));
    good(shop.path(), &["run"]);
    let whole = sibling(&shop, "data/orders.csv", &all);
    good(whole.path(), &["run"]);
    assert_eq!(facts(&shop), facts(&whole));
    let report = shop.read(".perennial/reports/report-en.html");
    assert!(report.contains("was written anew"));
}

#[test]
fn a_labelled_table_that_changed_has_each_customer_once() {
    let text = labelled::table(false);
    let shop = Project::new()
        .settings(labelled::SETTINGS)
        .file("members.csv", &text);
    good(shop.path(), &["run"]);
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.drain(10..20);
    shop.write("members.csv", lines.join("\n") + "\n");
    good(shop.path(), &["run"]);
    let counts = "select count(*) as rows, count(distinct customer_id) as people from customers";
    assert_eq!(query(shop.path(), counts).rows, [["390", "390"]]);
    assert_eq!(value(shop.path(), "select count(*) from scores"), "390");
}

/// What happens to the files of a project between two runs.
enum Then<'a> {
    Write(&'a str, &'a [(u32, u32)]),
    Move(&'a str, &'a str),
    Copy(&'a str, &'a str),
}

use Then::{Copy, Move, Write};

/// Lines of (order, price), an order a day, with or without the order's number.
fn lines(of: &[(u32, u32)], numbered: bool) -> String {
    let mut text = String::from("order,who,what,when,pieces,price\n");
    for (order, price) in of {
        let number = if numbered {
            order.to_string()
        } else {
            String::new()
        };
        let (who, day) = (order % 7, order % 28 + 1);
        text.push_str(&format!(
            "{number},c{who},p,2024-03-{day:02}T10:00:00Z,1,{price}\n"
        ));
    }
    text
}

/// The prices in the table after every step was followed by a run.
fn prices(steps: &[&[Then<'_>]], numbered: bool) -> Vec<u32> {
    let settings = SETTINGS.replace("data/*.csv", "data/**/*.csv");
    let shop = Project::new().settings(&settings);
    let at = |name: &str| shop.join("data").join(name);
    for step in steps {
        for then in *step {
            match then {
                Write(name, of) => drop(shop.write(&format!("data/{name}"), lines(of, numbered))),
                Move(from, to) => std::fs::rename(at(from), at(to)).unwrap(),
                Copy(from, to) => drop(std::fs::copy(at(from), at(to)).unwrap()),
            }
        }
        good(shop.path(), &["run", "--until", "ingest"]);
    }
    let sql = "select cast(amount as int) from order_lines order by 1";
    let rows = query(shop.path(), sql).rows;
    rows.iter().map(|row| row[0].parse().unwrap()).collect()
}

/// Orders `from` to `to`, priced by their number.
fn orders(from: u32, to: u32) -> Vec<(u32, u32)> {
    (from..=to).map(|order| (order, order)).collect()
}

fn without(mut orders: Vec<(u32, u32)>, number: u32) -> Vec<(u32, u32)> {
    orders.retain(|(order, _)| *order != number);
    orders
}

fn corrected() -> Vec<(u32, u32)> {
    let price = |order| if order == 5 { 25 } else { order };
    (1..=10).map(|order| (order, price(order))).collect()
}

#[test]
fn a_line_that_another_file_says_stays_whatever_happens_to_its_file() {
    let to = |end| (1..=end).collect::<Vec<u32>>();
    let (ten, nine) = (orders(1, 10), without(orders(1, 10), 9));
    let mut moved = orders(11, 15);
    moved.push((9, 9));
    // It moves to another file; another file has had it all the time.
    let first = [Write("a.csv", &ten), Write("b.csv", &orders(11, 15))];
    let then = [Write("a.csv", &nine), Write("b.csv", &moved)];
    assert_eq!(prices(&[&first, &then], true), to(15));
    let first = [Write("a.csv", &ten), Write("b.csv", &orders(8, 15))];
    assert_eq!(prices(&[&first, &[Write("a.csv", &nine)]], true), to(15));
    // A rotated log; files of one name in two folders.
    let five = orders(1, 5);
    let (new, newer) = (orders(21, 27), orders(21, 28));
    let all: Vec<u32> = (1..=10).chain(21..=28).collect();
    let steps: [&[Then<'_>]; 4] = [
        &[Write("a.csv", &five)],
        &[Write("a.csv", &ten)],
        &[Move("a.csv", "b.csv"), Write("a.csv", &new)],
        &[Write("a.csv", &newer)],
    ];
    for numbered in [true, false] {
        assert_eq!(prices(&steps, numbered), all, "{numbered}");
    }
    let mut other = nine.clone();
    other.push((11, 11));
    let steps: [&[Then<'_>]; 4] = [
        &[Write("u/x.csv", &ten)],
        &[Write("u/x.csv", &other)],
        &[Write("v/x.csv", &ten)],
        &[Write("v/x.csv", &without(orders(1, 6), 2))],
    ];
    assert_eq!(prices(&steps, true), to(11));
}

#[test]
fn a_file_put_over_another_or_back_counts_once() {
    let ten = orders(1, 10);
    let right = corrected();
    let mut new: Vec<u32> = right.iter().map(|(_, price)| *price).collect();
    new.sort_unstable();
    for numbered in [true, false] {
        let over: [&[Then<'_>]; 3] = [
            &[Write("a.csv", &ten)],
            &[Write("b.csv", &right)],
            &[Move("b.csv", "a.csv")],
        ];
        if numbered {
            assert_eq!(prices(&over, numbered), new);
        }
        let renamed: [&[Then<'_>]; 3] = [
            &[Write("a.csv", &ten)],
            &[Move("a.csv", "b.csv")],
            &[Write("b.csv", &orders(1, 12))],
        ];
        let twelve: Vec<u32> = (1..=12).collect();
        assert_eq!(prices(&renamed, numbered), twelve, "{numbered}");
    }
    let back: [&[Then<'_>]; 4] = [
        &[Write("a.csv", &ten)],
        &[Copy("a.csv", "b.csv")],
        &[Write("a.csv", &right)],
        &[Copy("b.csv", "a.csv")],
    ];
    assert_eq!(prices(&back, true), (1..=10).collect::<Vec<u32>>());
}

#[test]
fn a_header_alone_an_empty_log_and_numbers_too_large_stop_nothing() {
    let shop = Project::new()
        .settings(SETTINGS)
        .file("data/a.csv", lines(&orders(1, 10), true))
        .file("data/b.csv", lines(&[], true))
        .file(
            "data/c.csv",
            "order,who,what,when,pieces,price\n11,c1,p,junk,1,1\n\
             12,c1,p,2024-03-01T10:00:00Z,1,1\n\
             13,c1,p,2024-03-01T10:00:00Z,100000000000000,0.00001\n",
        );
    std::fs::create_dir_all(shop.join(".perennial/lake/order_lines/_delta_log")).unwrap();
    // And as one whose first commit had not its name yet.
    shop.write(
        ".perennial/lake/order_lines/_delta_log/_commit_1.json.tmp",
        "{",
    );
    shop.write(
        ".perennial/lake/quarantine/_delta_log/00000000000000000000.json#1",
        "{",
    );
    good(shop.path(), &["run", "--until", "ingest"]);
    assert_eq!(value(shop.path(), "select count(*) from order_lines"), "11");
    let reasons = query(shop.path(), "select reason from quarantine order by row").rows;
    assert_eq!(reasons, [["cell/not-a-time"], ["row/amount-too-large"]]);
    // All files put away: what was read stays.
    std::fs::remove_dir_all(shop.join("data")).unwrap();
    good(shop.path(), &["run", "--until", "ingest"]);
}

#[test]
fn labelled_files_are_joined_by_the_names_of_their_columns() {
    let settings = labelled::SETTINGS.replace("members.csv", "data/*.csv");
    let shop = Project::new().settings(&settings).file(
        "data/a.csv",
        "id,age,spend,left\nc1,10,99,yes\nc2,11,98,no\n",
    );
    good(shop.path(), &["run", "--until", "ingest"]);
    shop.write("data/b.csv", "id,spend,age,left\nc3,97,12,yes\n");
    good(shop.path(), &["run", "--until", "ingest"]);
    let rows = query(
        shop.path(),
        "select age, spend, label from customers order by age",
    )
    .rows;
    let expected = [
        ["10.0", "99.0", "yes"],
        ["11.0", "98.0", "no"],
        ["12.0", "97.0", "yes"],
    ];
    assert_eq!(rows, expected);
    // Put away and written anew: those of the first file stay.
    std::fs::rename(shop.join("data/a.csv"), shop.join("data/z.csv")).unwrap();
    shop.write("data/a.csv", "id,age,spend,left\nc7,40,9,yes\nc8,41,8,no\n");
    good(shop.path(), &["run", "--until", "ingest"]);
    assert_eq!(value(shop.path(), "select count(*) from customers"), "5");
}

#[test]
fn a_setting_of_reading_changed_and_changed_back_loses_nothing() {
    let shop = shop(60, 31);
    good(shop.path(), &["run"]);
    let first = facts(&shop);
    good(
        shop.path(),
        &["run", "--set", "project.time_zone=Asia/Tokyo"],
    );
    // Back, with nothing new: what was read then, or read again.
    assert!(good(shop.path(), &["check"]).contains("new"));
    good(shop.path(), &["run"]);
    assert_eq!(facts(&shop), first);
    // Back, with a new file beside.
    good(
        shop.path(),
        &["run", "--set", "project.time_zone=Asia/Tokyo"],
    );
    let header = first_line(&shop);
    shop.write(
        "data/more.csv",
        format!("{header}\nnew-1,c1,p1,2024-03-01T10:00:00Z,1,5.00\n"),
    );
    good(shop.path(), &["run"]);
    assert_eq!(facts(&shop).lines().count(), first.lines().count() + 1);
}

fn first_line(shop: &Project) -> String {
    let text = shop.read("data/orders.csv");
    text.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn last_rows_taken_out_of_a_file_count_no_longer() {
    let shop = shop(80, 32);
    let whole = shop.read("data/orders.csv");
    good(shop.path(), &["run", "--until", "ingest"]);
    let mut lines: Vec<&str> = whole.lines().collect();
    let header = lines.remove(0);
    let time = |line: &str| line.split(',').nth(3).unwrap_or_default().to_owned();
    lines.sort_by_key(|line| time(line));
    // Everything that is left is earlier than everything that goes.
    let mut last = lines.len() - 40;
    while time(lines[last - 1]) >= time(lines[last]) {
        last -= 1;
    }
    let goes = lines.len() - last;
    lines.truncate(last);
    let shorter = format!("{header}\n{}\n", lines.join("\n"));
    shop.write("data/orders.csv", &shorter);
    good(shop.path(), &["run", "--until", "ingest"]);
    let expected = sibling(&shop, "data/orders.csv", &shorter);
    good(expected.path(), &["run", "--until", "ingest"]);
    assert_eq!(facts(&shop), facts(&expected));
    let book = query(
        shop.path(),
        "select taken_out from ingests order by taken_out desc limit 1",
    );
    assert_eq!(book.rows, [[goes.to_string()]]);
}

#[test]
fn rows_kept_for_another_files_sake_or_of_an_emptied_file_are_told() {
    let shop = shop(60, 33);
    let whole = shop.read("data/orders.csv");
    let lines: Vec<&str> = whole.lines().collect();
    shop.write("data/same.csv", format!("{}\n{}\n", lines[0], lines[300]));
    good(shop.path(), &["run", "--until", "ingest"]);
    // Put away, it cannot be asked which of the lines it says.
    std::fs::remove_file(shop.join("data/same.csv")).unwrap();
    let rows = || value(shop.path(), "select count(*) from order_lines");
    let before = rows();
    let mut fewer = lines.clone();
    fewer.drain(200..210);
    shop.write("data/orders.csv", fewer.join("\n") + "\n");
    good(shop.path(), &["run"]);
    assert_eq!(rows(), before);
    let gone = "select max(gone), max(taken_out) from ingests";
    assert_eq!(query(shop.path(), gone).rows, [["10", "0"]]);
    let page = || shop.read(".perennial/reports/report-en.html");
    assert!(page().contains("10 rows that it had before are not in it any more, and count"));
    shop.write("data/orders.csv", lines[0].to_owned() + "\n");
    good(shop.path(), &["run"]);
    assert_eq!(rows(), before);
    assert!(page().contains("was written anew"));
}

#[test]
fn a_file_that_says_some_of_the_same_is_asked_what_stays() {
    let shop = shop(60, 34);
    let whole = shop.read("data/orders.csv");
    let lines: Vec<&str> = whole.lines().collect();
    let some = |line: usize| format!("{}\n{}\n", lines[0], lines[line]);
    shop.write("data/same.csv", some(205));
    good(shop.path(), &["run", "--until", "ingest"]);
    let mut fewer = lines.clone();
    fewer.drain(200..210);
    let fewer = fewer.join("\n") + "\n";
    shop.write("data/orders.csv", &fewer);
    let expected = |same: &str| {
        let expected = sibling(&shop, "data/orders.csv", &fewer);
        expected.write("data/same.csv", same);
        good(expected.path(), &["run", "--until", "ingest"]);
        facts(&expected)
    };
    good(shop.path(), &["run", "--until", "ingest"]);
    // Of the lines taken out the other file still says one; it was read, and
    // stands in the books once.
    assert_eq!(facts(&shop), expected(&some(205)));
    let ingests = "select count(*) from ingests";
    assert_eq!(value(shop.path(), ingests), "3");
    let off = format!("{ingests} where rows_read <> kept + quarantined + duplicates");
    assert_eq!(value(shop.path(), &off), "0");
    // Nor does it say that one any longer.
    shop.write("data/same.csv", some(300));
    good(shop.path(), &["run", "--until", "ingest"]);
    assert_eq!(value(shop.path(), &off), "0");
}

#[test]
fn a_way_of_reading_that_sets_every_row_aside_says_what_was_wrong_with_them() {
    let shop = shop(60, 3);
    let wrong = SETTINGS.replace(
        "table = \"order_lines\"",
        "table = \"order_lines\"\ntime_format = \"yyyymmdd\"",
    );
    let rows = shop.read("data/orders.csv").lines().count() - 1;
    shop.write("perennial.toml", &wrong);
    let error = bad(shop.path(), &["run"], 1);
    let said = format!("of {rows} rows none could be read: `cell/not-a-time` in {rows} of them");
    assert!(error.contains(&said), "{error}");
    shop.write("perennial.toml", SETTINGS);
    good(shop.path(), &["run", "--until", "ingest"]);
    assert_eq!(
        value(shop.path(), "select sum(kept + duplicates) from ingests"),
        rows.to_string()
    );
}

#[test]
fn files_that_take_other_names_are_told_as_what_they_are() {
    let whole = shop(60, 9).read("data/orders.csv");
    let (header, rows) = whole.split_once('\n').unwrap();
    let lines: Vec<&str> = rows.lines().take(300).collect();
    let shop = Project::new().settings(SETTINGS);
    let parts: Vec<String> = lines
        .chunks(100)
        .map(|part| format!("{header}\n{}\n", part.join("\n")))
        .collect();
    let told = |shop: &Project| {
        good(shop.path(), &["run"]);
        let report = shop.read(".perennial/reports/report-en.html");
        let report = report.replace('\u{a0}', " ");
        let (files, rest) = report.split_once(" files gave ").unwrap();
        let files = files.rsplit('>').next().unwrap().to_owned();
        (files, rest.split('<').next().unwrap().to_owned())
    };
    for (name, part) in ["data/a.csv", "data/b.csv", "data/c.csv"]
        .iter()
        .zip(&parts)
    {
        shop.write(name, part);
    }
    let (files, rows) = told(&shop);
    assert!(files == "3" && rows.starts_with("300 rows: "), "{rows}");
    let still = |files: &str| (files.to_owned(), rows.clone());
    // Two change names with each other.
    shop.write("data/a.csv", &parts[1]);
    shop.write("data/b.csv", &parts[0]);
    assert_eq!(told(&shop), still("3"));
    // One takes another name.
    std::fs::remove_file(shop.join("data/c.csv")).unwrap();
    shop.write("data/d.csv", &parts[2]);
    assert_eq!(told(&shop), still("3"));
    // Each takes the next one's name, and the last a new one.
    shop.write("data/a.csv", format!("{header}\n"));
    shop.write("data/b.csv", &parts[1]);
    shop.write("data/d.csv", &parts[0]);
    shop.write("data/e.csv", &parts[2]);
    assert_eq!(told(&shop), still("4"));
}
