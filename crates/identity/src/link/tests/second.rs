//! Levels and weights once more, pair by pair, from the records themselves.

use std::collections::{BTreeMap, HashMap};

use pinyin::ToPinyin;

use super::super::Shares as Shared;
use super::*;

/// Jaro-Winkler as Winkler wrote it down (1990), the boost from 0.7 on.
fn jaro_winkler(a: &str, b: &str) -> f64 {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let window = (a.len().max(b.len()) / 2).saturating_sub(1);
    let (mut in_a, mut in_b) = (vec![false; a.len()], vec![false; b.len()]);
    for i in 0..a.len() {
        let reach = i.saturating_sub(window)..(i + window + 1).min(b.len());
        if let Some(j) = reach.into_iter().find(|&j| !in_b[j] && a[i] == b[j]) {
            (in_a[i], in_b[j]) = (true, true);
        }
    }
    let x: Vec<char> = (0..a.len()).filter(|&i| in_a[i]).map(|i| a[i]).collect();
    let y: Vec<char> = (0..b.len()).filter(|&j| in_b[j]).map(|j| b[j]).collect();
    if x.is_empty() {
        return 0.0;
    }
    let m = x.len() as f64;
    let moved = x.iter().zip(&y).filter(|(x, y)| x != y).count() / 2;
    let jaro = (m / a.len() as f64 + m / b.len() as f64 + (m - moved as f64) / m) / 3.0;
    let prefix = a.iter().zip(&b).take(4).take_while(|(x, y)| x == y).count() as f64;
    if jaro > 0.7 {
        jaro + 0.1 * prefix * (1.0 - jaro)
    } else {
        jaro
    }
}

/// Whether one edit leads from one to the other, all edits tried.
fn one_edit(a: &str, b: &str) -> bool {
    let (x, y): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let without = |text: &[char], i: usize| -> Vec<char> {
        text.iter()
            .enumerate()
            .filter(|&(j, _)| j != i)
            .map(|(_, &c)| c)
            .collect()
    };
    let replaced = x.len() == y.len() && x.iter().zip(&y).filter(|(x, y)| x != y).count() <= 1;
    let removed =
        (0..x.len()).any(|i| without(&x, i) == y) || (0..y.len()).any(|i| without(&y, i) == x);
    let exchanged = (1..x.len()).any(|i| {
        let mut z = x.clone();
        z.swap(i - 1, i);
        z == y
    });
    replaced || removed || exchanged
}

/// A record as the rules read it, empty where missing.
#[derive(Debug, Default)]
struct Plain {
    given: String,
    family: String,
    birth: String,
    email: String,
    telephone: String,
    postcode: String,
    address: String,
    city: String,
}

fn plain(record: &PersonRecord) -> Plain {
    let text = |cell: &Option<String>| {
        let cell = cell.clone().unwrap_or_default().to_lowercase();
        cell.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let (mut given, mut family) = (text(&record.given_name), text(&record.family_name));
    let full = text(&record.full_name);
    if !full.is_empty() {
        let letters: Vec<char> = full.chars().collect();
        let double = ["欧阳", "司马", "上官", "诸葛"]
            .iter()
            .any(|name| full.starts_with(name));
        (given, family) = if full.is_ascii() {
            let words: Vec<&str> = full.split(' ').collect();
            let last = words.len() - 1;
            (words[..last].join(" "), words[last].to_owned())
        } else {
            let cut = if double && letters.len() > 2 { 2 } else { 1 };
            (
                letters[cut..].iter().collect(),
                letters[..cut].iter().collect(),
            )
        };
    }
    Plain {
        given,
        family,
        birth: text(&record.birth_date).replace('-', ""),
        email: text(&record.email),
        telephone: text(&record.telephone).replace('+', ""),
        postcode: text(&record.postcode).replace(' ', ""),
        address: text(&record.address),
        city: text(&record.city),
    }
}

fn sound(name: &str) -> String {
    name.chars()
        .filter(|c| *c != ' ')
        .map(|c| {
            c.to_pinyin()
                .map_or(c.to_string(), |read| read.plain().replace('ü', "v"))
        })
        .collect()
}

fn any_order(p: &Plain) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for name in [&p.given, &p.family] {
        if name.is_ascii() {
            words.extend(name.split_whitespace().map(str::to_owned));
        } else {
            words.extend(name.chars().map(String::from));
        }
    }
    words.sort();
    words
}

fn name_level(a: &str, b: &str, short: usize) -> usize {
    let is_short = |x: &str, y: &str| {
        y.starts_with(x) && x.len() < y.len() && (x.len() == 1 || y[x.len()..].starts_with(' '))
    };
    // The order of arrival settles what is not quite symmetric; either is fine here.
    let similarity = jaro_winkler(a, b);
    if is_short(a, b) || is_short(b, a) {
        short
    } else if similarity >= 0.92 {
        5
    } else if similarity >= 0.8 {
        6
    } else {
        7
    }
}

fn levels(a: &Plain, b: &Plain) -> [&'static str; COMPARISONS] {
    let missing = |x: &str, y: &str| x.is_empty() || y.is_empty();
    let named = !a.given.is_empty() && !a.family.is_empty() && any_order(a) == any_order(b);
    let given = match () {
        _ if missing(&a.given, &b.given) => "missing",
        _ if a.given == b.given => "exact",
        _ if named && !b.family.is_empty() => "other_order",
        _ if sound(&a.given) == sound(&b.given) => "same_sound",
        _ => ["initial", "close", "near", "different"][name_level(&a.given, &b.given, 4) - 4],
    };
    let family = match () {
        _ if missing(&a.family, &b.family) || given == "other_order" => "missing",
        _ if a.family == b.family => "exact",
        _ if sound(&a.family) == sound(&b.family) => "same_sound",
        _ => ["close", "near", "different"][name_level(&a.family, &b.family, 5) - 5],
    };
    let parts = |p: &Plain| {
        [
            p.birth[..4].to_owned(),
            p.birth[4..6].to_owned(),
            p.birth[6..].to_owned(),
        ]
    };
    let birth = if missing(&a.birth, &b.birth) {
        "missing"
    } else {
        let (x, y) = (parts(a), parts(b));
        let same = x.iter().zip(&y).filter(|(x, y)| x == y).count();
        match same {
            3 => "exact",
            _ if x[0] == y[0] && x[1] == y[2] && x[2] == y[1] => "day_and_month_exchanged",
            2 if one_edit(&a.birth, &b.birth) => "one_digit",
            2 => "two_parts",
            _ => "different",
        }
    };
    let local = |email: &str| email.split('@').next().unwrap_or("").to_owned();
    let digits = |text: &str| {
        text.chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
    };
    let (x, y) = (local(&a.email), local(&b.email));
    let number = |text: &str| digits(text).trim_start_matches('0').to_owned();
    let email = match () {
        _ if missing(&a.email, &b.email) => "missing",
        _ if a.email == b.email => "exact",
        _ if x == y && !x.is_empty() => "same_local_part",
        _ if x.len().min(y.len()) >= 4 && one_edit(&x, &y) && number(&x) == number(&y) => {
            "one_letter"
        }
        _ => "different",
    };
    let tail = |p: &Plain| p.telephone[p.telephone.len().saturating_sub(9)..].to_owned();
    let telephone = match () {
        _ if missing(&a.telephone, &b.telephone) => "missing",
        _ if a.telephone == b.telephone => "exact",
        _ if one_edit(&tail(a), &tail(b)) => "one_digit",
        _ => "different",
    };
    [given, family, birth, email, telephone, place(a, b)]
}

fn place(a: &Plain, b: &Plain) -> &'static str {
    let both = |x: &str, y: &str| !x.is_empty() && !y.is_empty();
    let same = |x: &str, y: &str| both(x, y) && x == y;
    let (address, postcode) = (both(&a.address, &b.address), both(&a.postcode, &b.postcode));
    let city = both(&a.city, &b.city);
    let fits = same(&a.postcode, &b.postcode) || same(&a.city, &b.city) || (!postcode && !city);
    let groups = |text: &str| -> Vec<String> {
        let parts = text.split(|c: char| !c.is_ascii_digit());
        parts
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let close = groups(&a.address) == groups(&b.address)
        && jaro_winkler(
            a.address.as_str().min(&b.address),
            a.address.as_str().max(&b.address),
        ) >= 0.92;
    let region = |p: &Plain| p.postcode[..p.postcode.len().saturating_sub(3)].to_owned();
    match () {
        _ if !address && !postcode && !city => "missing",
        _ if same(&a.address, &b.address) && fits => "exact",
        _ if same(&a.address, &b.address) || (address && fits && close) => "close",
        _ if same(&a.postcode, &b.postcode) => "same_postcode",
        _ if same(&a.city, &b.city) || (postcode && same(&region(a), &region(b))) => "same_city",
        _ => "different",
    }
}

/// Share of the filled cells that hold a value.
struct Shares(HashMap<String, f64>);

impl Shares {
    fn new(values: impl Iterator<Item = String>) -> Shares {
        let filled: Vec<String> = values.filter(|value| !value.is_empty()).collect();
        let mut shares = HashMap::new();
        for value in &filled {
            *shares.entry(value.clone()).or_insert(0.0) += 1.0 / filled.len() as f64;
        }
        Shares(shares)
    }

    fn of(&self, value: &str) -> f64 {
        self.0.get(value).copied().unwrap_or(0.0)
    }
}

fn home(p: &Plain) -> String {
    match (
        p.address.is_empty(),
        p.postcode.is_empty(),
        p.city.is_empty(),
    ) {
        (true, _, _) | (_, true, true) => String::new(),
        (_, true, _) => format!("c{} {}", p.city, p.address),
        _ => format!("p{} {}", p.postcode, p.address),
    }
}

fn small() -> (Table, Vec<Plain>, LinkSettings) {
    let (table, records) = simulated(PeopleSettings {
        persons: 350,
        seed: 8,
        extra_records_mean: 1.2,
        twin_share: 0.3,
        slip_share: 0.1,
        ..PeopleSettings::default()
    });
    let settings = LinkSettings {
        rules: vec![
            vec![Key::Email],
            vec![Key::City],
            vec![Key::FamilySound],
            vec![Key::BirthYear],
        ],
        threshold: 1e-6,
        households: true,
        ..LinkSettings::default()
    };
    (table, records.iter().map(plain).collect(), settings)
}

type Value = fn(&Plain) -> String;

/// The values whose rarity counts, by comparison and level.
const RARE: [(&str, &str, Value); 10] = [
    ("given_name", "exact", |p| p.given.clone()),
    ("given_name", "other_order", |p| {
        if p.given.is_empty() || p.family.is_empty() {
            String::new()
        } else {
            any_order(p).join(" ")
        }
    }),
    ("family_name", "exact", |p| p.family.clone()),
    ("birth_date", "exact", |p| p.birth.clone()),
    ("email", "exact", |p| p.email.clone()),
    ("email", "same_local_part", |p| {
        p.email.split('@').next().unwrap_or("").to_owned()
    }),
    ("telephone", "exact", |p| p.telephone.clone()),
    ("place", "exact", home),
    ("place", "same_postcode", |p| p.postcode.clone()),
    ("place", "same_city", |p| p.city.clone()),
];

/// The weight of two records, from a model's m and u.
fn weight(
    model: &Model,
    shares: &[Shares],
    names: [&str; COMPARISONS],
    (a, b): (&Plain, &Plain),
) -> f64 {
    let household = match names[5] {
        "exact" | "close" => Some(Shared::Home),
        "same_postcode" => Some(Shared::Postcode),
        _ => None,
    };
    let within = model
        .households
        .iter()
        .find(|found| Some(found.shares) == household);
    let mut weight = (model.prior / (1.0 - model.prior)).log2();
    for comparison in Comparison::ALL {
        let (c, name) = (comparison as usize, names[comparison as usize]);
        let level = comparison.levels().iter().position(|found| *found == name);
        let Some(level) = level.filter(|&level| level > 0) else {
            continue;
        };
        let anybody = model.u[c][level];
        let mut u = match within {
            Some(household) if comparison != Comparison::Place => household.u[c][level],
            _ => anybody,
        };
        let rare = RARE
            .iter()
            .position(|rare| (rare.0, rare.1) == (comparison.code(), name));
        // A region may be the same where the city is not.
        let other_city = name == "same_city" && (a.city.is_empty() || a.city != b.city);
        if let Some(rare) = rare.filter(|_| !other_city) {
            let share = |p: &Plain| shares[rare].of(&RARE[rare].2(p));
            u = share(a).max(share(b)) + (u - anybody).max(0.0);
        }
        weight += (model.m[c][level].max(1e-6) / u).log2();
    }
    weight
}

/// Whether one of the rules of [`small`] brings two records together.
fn compared(a: &Plain, b: &Plain) -> bool {
    let same = |x: &str, y: &str| !x.is_empty() && x == y;
    let year = |p: &Plain| p.birth.get(..4).unwrap_or("").to_owned();
    same(&a.email, &b.email)
        || same(&a.city, &b.city)
        || same(&sound(&a.family), &sound(&b.family))
        || same(&year(a), &year(b))
}

#[test]
fn patterns_pairs_and_weights_are_those_worked_out_plainly() {
    let (table, plains, settings) = small();
    let linkage = link(&table, &settings).expect("good settings");
    let shares: Vec<Shares> = RARE
        .iter()
        .map(|rare| Shares::new(plains.iter().map(rare.2)))
        .collect();
    let found: BTreeMap<(u32, u32), &Pair> = linkage
        .pairs
        .iter()
        .map(|pair| ((pair.a, pair.b), pair))
        .collect();
    let least = (settings.threshold / (1.0 - settings.threshold)).log2();
    let (mut told, mut seen) = (0, BTreeMap::new());
    for (i, a) in plains.iter().enumerate() {
        for (j, b) in plains.iter().enumerate().skip(i + 1) {
            let pair = found.get(&(i as u32, j as u32));
            if !compared(a, b) {
                assert!(pair.is_none(), "{a:?} {b:?}");
                continue;
            }
            let names = levels(a, b);
            for comparison in Comparison::ALL {
                let name = names[comparison as usize];
                *seen.entry((comparison, name)).or_insert(0) += 1;
            }
            let weight = weight(&linkage.model, &shares, names, (a, b));
            if (weight - least).abs() > 1e-6 {
                assert_eq!(pair.is_some(), weight >= least, "{a:?} {b:?} {names:?}");
            }
            if let Some(pair) = pair {
                told += 1;
                let levels = Comparison::ALL.map(|comparison| pair.pattern.name(comparison));
                assert_eq!(levels, names, "{a:?} {b:?}");
                assert!((pair.weight - weight).abs() < 1e-9, "{a:?} {b:?} {names:?}");
            }
        }
    }
    assert!(told > 2_000, "{told}");
    // Every level of every comparison must have been there.
    let all: usize = LEVELS.iter().map(|levels| levels.len()).sum();
    assert_eq!(seen.len(), all, "{seen:?}");
}

#[test]
fn similarity_and_its_bound_agree_with_the_plain_form() {
    let letters = ["a", "n", "e", "s", "o", "王", "伟", "r", " "];
    let mut state = 3_u64;
    let mut text = |length: u64| -> String {
        (0..length)
            .map(|_| {
                state = hash::mix(state.wrapping_add(0x9e37));
                letters[(state % 9) as usize]
            })
            .collect()
    };
    let mut close = 0;
    for i in 0..20_000 {
        let (a, b) = (text(1 + i % 9), text(1 + i / 9 % 9));
        let (found, plain) = (similar::jaro_winkler(&a, &b), jaro_winkler(&a, &b));
        assert!((found - plain).abs() < 1e-12, "{a} {b}: {found}, {plain}");
        assert_eq!(similar::one_slip_apart(&a, &b), one_edit(&a, &b), "{a} {b}");
        close += u32::from(plain >= 0.8);
    }
    assert!(close > 100, "{close}");
}
