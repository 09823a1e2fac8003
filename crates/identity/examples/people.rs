//! A simulated table of people, and how well and how fast it is linked.
//!
//! ```text
//! people make PERSONS FILE [SEED CHINESE_SHARE]  write a table with its truth (CSV)
//! people link FILE [THREADS [alone]]  link it; the last line on stdout is JSON; `alone` without households
//! people normalise FILE             bring its addresses and numbers into one form, ten times; JSON
//! people resolve EDGES              join so many made-up edges; JSON
//! ```

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::time::Instant;

use perennial_identity::link::{
    Comparison, GroupSettings, LinkSettings, Linkage, Pair, Record, Table, TableBuilder, groups,
    link,
};
use perennial_identity::normalise::{Context, Kind, normalise};
use perennial_identity::resolve::{Edge, Evidence, Limits, resolve};
use perennial_simulate::people::{People, PeopleSettings};

const HEADER: &str = "unique_id,person,given_name,family_name,full_name,birth_date,email,telephone,postcode,address,city";

type Outcome = Result<(), Box<dyn Error>>;

fn main() -> Outcome {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["make", persons, file] => make(persons.parse()?, file, PeopleSettings::default()),
        ["make", persons, file, seed, chinese_share] => {
            let settings = PeopleSettings {
                seed: seed.parse()?,
                chinese_share: chinese_share.parse()?,
                ..PeopleSettings::default()
            };
            make(persons.parse()?, file, settings)
        }
        ["link", file] => link_file(file, 2, true),
        ["link", file, threads] => link_file(file, threads.parse()?, true),
        ["link", file, threads, "alone"] => link_file(file, threads.parse()?, false),
        ["normalise", file] => normalise_file(file),
        ["resolve", edges] => resolve_made_up(edges.parse()?),
        _ => Err(
            "make PERSONS FILE [SEED CHINESE_SHARE] | link FILE [THREADS [alone]] | normalise FILE | resolve EDGES"
                .into(),
        ),
    }
}

fn make(persons: u32, file: &str, settings: PeopleSettings) -> Outcome {
    let people = People::new(PeopleSettings {
        persons,
        ..settings
    })?;
    let mut out = BufWriter::new(File::create(file)?);
    writeln!(out, "{HEADER}")?;
    for row in 0..people.len() {
        let r = people.record(row);
        let cells = [
            &r.given_name,
            &r.family_name,
            &r.full_name,
            &r.birth_date,
            &r.email,
            &r.telephone,
            &r.postcode,
            &r.address,
            &r.city,
        ];
        write!(out, "{row},{}", r.person)?;
        for cell in cells {
            write!(out, ",{}", cell.as_deref().unwrap_or(""))?;
        }
        writeln!(out)?;
    }
    Ok(out.flush()?)
}

/// The table and whose each record is.
fn read(file: &str) -> Result<(Table, Vec<u32>), Box<dyn Error>> {
    let mut table = TableBuilder::default();
    let mut truth = Vec::new();
    let mut lines = BufReader::with_capacity(1 << 20, File::open(file)?);
    let mut line = String::new();
    lines.read_line(&mut line)?;
    loop {
        line.clear();
        if lines.read_line(&mut line)? == 0 {
            return Ok((table.finish(), truth));
        }
        let mut cells = line.trim_end_matches('\n').split(',').skip(1);
        truth.push(cells.next().unwrap_or("").parse()?);
        let mut next = || cells.next().filter(|cell| !cell.is_empty());
        table.push(&Record {
            given_name: next(),
            family_name: next(),
            full_name: next(),
            birth_date: next(),
            email: next(),
            telephone: next(),
            postcode: next(),
            address: next(),
            city: next(),
        })?;
    }
}

fn link_file(file: &str, threads: usize, households: bool) -> Outcome {
    let start = Instant::now();
    let (table, truth) = read(file)?;
    let read_s = start.elapsed().as_secs_f64();
    let settings = LinkSettings {
        threads,
        threshold: 0.5,
        households,
        ..LinkSettings::default()
    };
    let linkage = link(&table, &settings)?;
    let link_s = start.elapsed().as_secs_f64() - read_s;
    describe(&linkage);
    wrong_patterns(&linkage, &truth);
    let all = pairs_of_truth(&truth);
    let at = |threshold: f64| {
        let told = linkage
            .pairs
            .iter()
            .filter(|pair| pair.probability() >= threshold);
        let (right, total) = judge(told, &truth);
        format!(
            "{{\"threshold\":{threshold},\"pairs\":{total},\"precision\":{:.5},\"recall\":{:.5}}}",
            right / total as f64,
            right / all
        )
    };
    let (found, review) = groups(&linkage.pairs, &GroupSettings::default());
    let grouped = by_groups(&found, &truth);
    println!(
        "{{\"rows\":{},\"read_s\":{read_s:.2},\"link_s\":{link_s:.2},\"compared\":{},\"at\":[{},{},{},{}],\"groups\":{},\"review\":{},\"group_precision\":{:.5},\"group_recall\":{:.5}}}",
        table.len(),
        linkage
            .reports
            .iter()
            .map(|report| report.pairs)
            .sum::<u64>(),
        at(0.5),
        at(0.9),
        at(0.99),
        at(0.999),
        found.len(),
        review.len(),
        grouped.0 / grouped.1,
        grouped.0 / all
    );
    Ok(())
}

fn pairs_of_truth(truth: &[u32]) -> f64 {
    let mut sorted = truth.to_vec();
    sorted.sort_unstable();
    let of = |same: &[u32]| (same.len() * (same.len() - 1) / 2) as f64;
    sorted.chunk_by(|a, b| a == b).map(of).sum()
}

fn judge<'a>(pairs: impl Iterator<Item = &'a Pair>, truth: &[u32]) -> (f64, usize) {
    let (mut right, mut total) = (0.0, 0);
    for pair in pairs {
        total += 1;
        right += f64::from(truth[pair.a as usize] == truth[pair.b as usize]);
    }
    (right, total)
}

/// What strangers who look like one person agree on.
fn wrong_patterns(linkage: &Linkage, truth: &[u32]) {
    let mut counts: BTreeMap<Vec<&str>, (u32, u32)> = BTreeMap::new();
    for pair in linkage
        .pairs
        .iter()
        .filter(|pair| pair.probability() >= 0.9)
    {
        let levels = Comparison::ALL.map(|comparison| pair.pattern.name(comparison));
        let count = counts.entry(levels.to_vec()).or_default();
        let same = truth[pair.a as usize] == truth[pair.b as usize];
        (count.0, count.1) = (count.0 + u32::from(same), count.1 + u32::from(!same));
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(count.1));
    for (levels, (right, wrong)) in counts.iter().take(15) {
        eprintln!("{wrong:>7} wrong {right:>7} right  {}", levels.join(", "));
    }
}

/// Right pairs and all pairs within groups.
fn by_groups(groups: &[perennial_identity::link::Group], truth: &[u32]) -> (f64, f64) {
    let (mut right, mut total) = (0.0, 0.0);
    for group in groups {
        for (i, &a) in group.rows.iter().enumerate() {
            for &b in &group.rows[i + 1..] {
                total += 1.0;
                right += f64::from(truth[a as usize] == truth[b as usize]);
            }
        }
    }
    (right, total)
}

fn describe(linkage: &Linkage) {
    for report in &linkage.reports {
        let keys: Vec<&str> = report.rule.iter().map(|key| key.code()).collect();
        eprintln!(
            "{:<34} {:>9} blocks {:>10} pairs, {} rows parted, {} left out",
            keys.join(" + "),
            report.blocks,
            report.pairs,
            report.parted_rows,
            report.left_out_rows
        );
    }
    let model = &linkage.model;
    eprintln!("prior {:.3e}", model.prior);
    for session in &model.sessions {
        let keys: Vec<&str> = session.rule.iter().map(|key| key.code()).collect();
        eprintln!(
            "fitted within {}: {} pairs, {:.4} of one person, {} rounds, converged {}",
            keys.join(" + "),
            session.pairs,
            session.share,
            session.rounds,
            session.converged
        );
    }
    for household in &model.households {
        eprintln!(
            "{} pairs share {}, {:.4} of one person",
            household.pairs,
            household.shares.code(),
            household.share
        );
    }
    let within = |place: usize, comparison: usize, level: usize| {
        model
            .households
            .get(place)
            .map_or(0.0, |household| household.u[comparison][level])
    };
    for comparison in Comparison::ALL {
        for (level, name) in comparison.levels().iter().enumerate().skip(1) {
            eprintln!(
                "  {:<12} {:<24} m {:.5} u {:.3e} weight {:+.2}, at one home u {:.1e}, postcode {:.1e}",
                comparison.code(),
                name,
                model.m[comparison as usize][level],
                model.u[comparison as usize][level],
                model.weight(comparison, level),
                within(0, comparison as usize, level),
                within(1, comparison as usize, level)
            );
        }
    }
}

/// How long a value takes, in nanoseconds, as it comes in files: some in their
/// one form, some not.
fn normalise_file(file: &str) -> Outcome {
    let text = std::fs::read_to_string(file)?;
    let cells = |column: usize| -> Vec<&str> {
        let lines = text.lines().skip(1);
        let cells = lines.filter_map(|line| line.split(',').nth(column));
        cells.filter(|cell| !cell.is_empty()).collect()
    };
    let china = Context {
        country: Some(*b"CN"),
        ..Context::default()
    };
    let national = |cell: &&str| cell.replace("+86", "0").replace("+44", "0044 ");
    let telephones: Vec<String> = cells(7).iter().map(national).collect();
    let telephones: Vec<&str> = telephones.iter().map(String::as_str).collect();
    for (kind, cells) in [(Kind::Email, cells(6)), (Kind::Telephone, telephones)] {
        let start = Instant::now();
        let (mut kept, mut refused) = (0_u64, 0_u64);
        for _ in 0..10 {
            for cell in &cells {
                match normalise(kind, cell, &china) {
                    Ok(_) => kept += 1,
                    Err(_) => refused += 1,
                }
            }
        }
        let each = start.elapsed().as_secs_f64() * 1e9 / (kept + refused).max(1) as f64;
        println!(
            "{{\"kind\":\"{}\",\"kept\":{kept},\"refused\":{refused},\"ns\":{each:.0}}}",
            kind.code()
        );
    }
    Ok(())
}

/// Customers with a handful of identifiers each, some of them shared.
fn resolve_made_up(count: u64) -> Outcome {
    let stir = |x: u64| (x ^ (x >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    // Three identifiers a customer; one in twenty is another customer's, too.
    let edges = (0..count)
        .map(|i| {
            let customer = i / 3;
            let draw = stir(i.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let owner = match draw % 20 {
                0 => draw % (count / 3 + 1),
                _ => customer,
            };
            Edge {
                from: stir(customer + 1) as i64,
                from_kind: Kind::CustomerId,
                to: stir((1 << 40) + 3 * owner + i % 3) as i64,
                to_kind: [Kind::Email, Kind::Telephone, Kind::Cookie][(i % 3) as usize],
                source: 0,
                first_seen_us: i as i64,
                count: 1,
            }
        })
        .collect();
    let start = Instant::now();
    let evidence = Evidence::new(edges)?;
    let sorted_s = start.elapsed().as_secs_f64();
    let exclusive = Limits {
        exclusive_ids: true,
        ..Limits::default()
    };
    for limits in [Limits::default(), exclusive] {
        let start = Instant::now();
        let found = resolve(&evidence, &limits, &[], &[]);
        println!(
            "{{\"edges\":{count},\"exclusive\":{},\"sort_s\":{sorted_s:.2},\"resolve_s\":{:.2},\"joined\":{},\"shared\":{},\"cuts\":{}}}",
            limits.exclusive_ids,
            start.elapsed().as_secs_f64(),
            found.customers.len(),
            found.shared.len(),
            found.cuts.len()
        );
    }
    Ok(())
}
