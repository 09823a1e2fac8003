//! Daily files as businesses send them: some lines come late, some come twice,
//! some files are sent again, corrected. In whatever order and however many at a
//! time they are read, the tables are those of all files read at once.

use std::collections::BTreeMap;

use perennial_testkit::Project;

use crate::shop::{SETTINGS, good, query, value};

/// Numbers by lot, the same for the same seed.
struct Lot(u64);

impl Lot {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

const DAYS: usize = 7;
const LINES_A_DAY: usize = 14;

/// A line of an order: number, day, hour, and what can be corrected.
#[derive(Clone)]
struct Line {
    order: usize,
    day: usize,
    hour: usize,
    who: usize,
    pieces: usize,
}

/// What each file says, in the order in which it was sent: first and, of some,
/// corrected.
fn sent(seed: u64) -> BTreeMap<usize, Vec<Vec<Line>>> {
    let mut lot = Lot(seed);
    let mut files: BTreeMap<usize, Vec<Line>> = (0..DAYS).map(|day| (day, Vec::new())).collect();
    for day in 0..DAYS {
        for nth in 0..LINES_A_DAY {
            let line = Line {
                order: day * 100 + nth / 2,
                day,
                hour: nth + 1,
                who: lot.below(9),
                pieces: 1 + lot.below(5),
            };
            // One in seven comes with the file of a later day, one in seven with two.
            let (comes, again) = match lot.below(7) {
                0 => (day + lot.below(3), None),
                1 => (day, Some(day + 1 + lot.below(2))),
                _ => (day, None),
            };
            for file in [Some(comes), again].into_iter().flatten() {
                let file = files.entry(file.min(DAYS - 1)).or_default();
                file.push(line.clone());
            }
        }
    }
    let versions = files.into_iter().map(|(day, mut lines)| {
        lines.sort_by_key(|line| (line.day, line.hour));
        let mut versions = vec![lines.clone()];
        if lot.below(2) == 0 {
            let at = 2 + lot.below(lines.len() - 3);
            lines[at].pieces += 7;
            lines.remove(at - 1);
            lines.push(Line {
                order: 9_000 + day,
                hour: 23,
                ..lines[at - 1].clone()
            });
            versions.push(lines);
        }
        (day, versions)
    });
    versions.collect()
}

fn text(lines: &[Line]) -> String {
    let mut text = String::from("order,who,what,when,pieces,price\n");
    for line in lines {
        text += &format!(
            "o{:04},c{:02},p{:02},2024-05-{:02}T{:02}:00:00Z,{},2.50\n",
            line.order,
            line.who,
            (line.order + line.hour) % 11,
            line.day + 1,
            line.hour,
            line.pieces
        );
    }
    text
}

fn project(key: Option<&Project>) -> Project {
    let made = Project::new().settings(SETTINGS);
    if let Some(key) = key {
        std::fs::create_dir_all(made.join(".perennial")).unwrap();
        std::fs::copy(key.join(".perennial/key"), made.join(".perennial/key")).unwrap();
    }
    made
}

fn read(project: &Project) {
    good(project.path(), &["run", "--until", "ingest"]);
    let off = "select count(*) from ingests where rows_read <> kept + quarantined + duplicates";
    assert_eq!(value(project.path(), off), "0");
}

fn rows(project: &Project) -> Vec<Vec<String>> {
    let sql = "select customer_id, order_id, product_id, time, quantity, amount from order_lines order by 1, 2, 3, 4, 5, 6";
    query(project.path(), sql).rows
}

#[test]
fn daily_files_in_any_order_give_the_tables_of_all_at_once() {
    for seed in 1..=3 {
        let files = sent(seed);
        assert!(files.values().any(|versions| versions.len() > 1), "{seed}");
        let once = project(None);
        for (day, versions) in &files {
            once.write(
                &format!("data/day{day}.csv"),
                text(&versions[versions.len() - 1]),
            );
        }
        read(&once);
        let expected = rows(&once);
        assert!(expected.len() > DAYS * LINES_A_DAY / 2);

        let mut lot = Lot(seed + 100);
        let mut days: Vec<usize> = files
            .iter()
            .flat_map(|(day, versions)| vec![*day; versions.len()])
            .collect();
        lot.shuffle(&mut days);
        let shop = project(Some(&once));
        let mut next: BTreeMap<usize, usize> = BTreeMap::new();
        let mut unread = false;
        for day in days {
            let version = next.entry(day).or_default();
            shop.write(&format!("data/day{day}.csv"), text(&files[&day][*version]));
            *version += 1;
            // One at a time, or several together.
            unread = lot.below(3) == 0;
            if !unread {
                read(&shop);
            }
        }
        if unread {
            read(&shop);
        }
        assert_eq!(rows(&shop), expected, "seed {seed}");
    }
}
