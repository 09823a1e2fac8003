//! Who somebody is: the truth behind their records.

use super::words::{self, common, harmonic, one};
use crate::random::{Purpose, Random};

/// People are numbered in groups that are split into households.
const GROUP: u32 = 6;

/// A place to live.
#[derive(Debug, Clone, PartialEq)]
pub struct Home {
    pub address: String,
    pub postcode: String,
    pub city: String,
    pub telephone: String,
}

/// A person as they are.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    pub given: String,
    pub family: String,
    /// Latin letters of a Chinese name.
    pub latin: Option<(String, String)>,
    pub married_family: Option<String>,
    pub birth: (i32, u8, u8),
    pub emails: [String; 2],
    pub telephones: [String; 2],
    pub homes: [Home; 2],
}

/// Which household of which group, and the place within it.
fn household(seed: u64, person: u32) -> (u64, u32) {
    let (group, place) = (person / GROUP, person % GROUP);
    let mut random = Random::keyed(seed, Purpose::Household, u64::from(group), 0);
    let sizes: &[u32] = one(
        &mut random,
        &[&[1_u32, 2, 3][..], &[2, 4], &[1, 1, 1, 3], &[2, 2, 2]],
    );
    let mut first = 0;
    for (i, size) in sizes.iter().enumerate() {
        if place < first + size {
            return (u64::from(group) * 8 + i as u64, place - first);
        }
        first += size;
    }
    (u64::from(group) * 8 + 7, 0)
}

fn home(random: &mut Random, chinese: bool, number: u64) -> Home {
    let house = 1 + harmonic(random, 180, 20.0);
    if chinese {
        let (city, area) = common(random, words::CHINESE_CITIES);
        let street = random.below((words::CHINESE_STREETS.len() * words::CHINESE_WAYS.len()) as u32)
            as usize;
        let name = words::CHINESE_STREETS[street / words::CHINESE_WAYS.len()];
        let way = words::CHINESE_WAYS[street % words::CHINESE_WAYS.len()];
        let (unit, flat) = (
            1 + random.below(6),
            101 + random.below(20) * 100 + random.below(4),
        );
        return Home {
            address: format!("{name}{way}{house}号{unit}单元{flat}室"),
            postcode: format!("{area}{:03}", street * 7 % 1_000),
            city: city.to_owned(),
            telephone: format!("+86755{:08}", 20_000_000 + number * 7_919 % 70_000_000),
        };
    }
    let city = harmonic(random, words::CITIES.len(), 4.0);
    let street = random.below((words::STREETS.len() * words::WAYS.len()) as u32) as usize;
    let name = words::STREETS[street / words::WAYS.len()];
    let way = words::WAYS[street % words::WAYS.len()];
    let letters = |n: usize| char::from(b'A' + (n % 26) as u8);
    Home {
        address: format!("{house} {name} {way}"),
        postcode: format!(
            "{}{} {}{}{}",
            &words::CITIES[city][..2].to_uppercase(),
            1 + street % 40,
            1 + house % 9,
            letters(street),
            letters(house / 20 + street / 7)
        ),
        city: words::CITIES[city].to_owned(),
        telephone: format!("+4420{:08}", 30_000_000 + number * 7_919 % 60_000_000),
    }
}

fn surname(random: &mut Random) -> (String, String) {
    let mut left = random.uniform() * 100.0;
    for (share, (name, latin)) in words::SURNAME_SHARES.iter().zip(words::SURNAMES) {
        left -= share;
        if left < 0.0 {
            return ((*name).to_owned(), (*latin).to_owned());
        }
    }
    let rest = &words::SURNAMES[words::SURNAME_SHARES.len()..];
    let (name, latin) = rest[harmonic(random, rest.len(), 10.0)];
    (name.to_owned(), latin.to_owned())
}

fn family(random: &mut Random) -> String {
    let rank = harmonic(random, words::FAMILY.len() + words::MADE as usize, 10.0);
    match words::FAMILY.get(rank) {
        Some(name) => (*name).to_owned(),
        None => words::made((rank - words::FAMILY.len()) as u32),
    }
}

fn given(random: &mut Random, chinese: bool) -> (String, String) {
    if !chinese {
        let name = common(random, words::GIVEN).to_owned();
        // Some given names are rare.
        return if random.chance(0.12) {
            (words::made(random.below(words::MADE)), String::new())
        } else {
            (name, String::new())
        };
    }
    let pick =
        |random: &mut Random| words::CHARACTERS[harmonic(random, words::CHARACTERS.len(), 12.0)];
    let first = pick(random);
    if random.chance(0.2) {
        return (first.0.to_owned(), capital(first.1));
    }
    let second = pick(random);
    (
        format!("{}{}", first.0, second.0),
        capital(&format!("{}{}", first.1, second.1)),
    )
}

fn capital(word: &str) -> String {
    let mut word = word.to_owned();
    word.get_mut(..1).map(str::make_ascii_uppercase);
    word
}

fn birth(random: &mut Random) -> (i32, u8, u8) {
    let year = 1_935 + random.below(72) as i32;
    let month = 1 + random.below(12) as u8;
    let days = match month {
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    (year, month, 1 + random.below(days) as u8)
}

/// A mailbox's name: unique by the person's number, which is written so that it
/// looks like what people add to their names.
fn email(random: &mut Random, person: &Names<'_>, number: u64, year: i32) -> String {
    let mut tag = String::new();
    let mut left = number;
    while left > 0 {
        let digit = (left % 31) as u8;
        tag.push(char::from(if digit < 10 {
            b'0' + digit
        } else {
            b'a' + digit - 10
        }));
        left /= 31;
    }
    let (given, family) = (person.given.to_lowercase(), person.family.to_lowercase());
    if person.chinese {
        let provider = common(random, words::CHINESE_MAIL);
        return match random.below(3) {
            0 => format!("{}@qq.com", 100_000_000 + number * 97 % 3_000_000_000),
            1 => format!("{family}{given}{tag}@{provider}"),
            _ => format!("{given}_{tag}@{provider}"),
        };
    }
    let provider = common(random, words::MAIL);
    let initial = &given[..1];
    match random.below(4) {
        0 => format!("{given}.{family}{tag}@{provider}"),
        1 => format!("{initial}{family}{tag}@{provider}"),
        2 => format!("{given}{:02}{tag}@{provider}", year % 100),
        _ => format!("{family}.{given}.{tag}@{provider}"),
    }
}

/// A bijection of 28 bits, so that one person's mailboxes are not neighbours.
fn scattered(number: u64) -> u64 {
    number.wrapping_mul(0x0a5b_35d5).wrapping_add(31) & 0x0fff_ffff
}

struct Names<'a> {
    given: &'a str,
    family: &'a str,
    chinese: bool,
}

/// Numbers of mobiles: a bijection of the number within its range, so that no
/// two people are given one.
fn mobile(chinese: bool, number: u64) -> String {
    let spread = number.wrapping_mul(1_000_003) % 700_000_000;
    if chinese {
        let prefix =
            ["138", "139", "150", "158", "186", "189", "136"][(spread / 100_000_000) as usize % 7];
        format!("+86{prefix}{:08}", spread % 100_000_000)
    } else {
        format!("+447{:09}", 300_000_000 + spread)
    }
}

/// The person of a number: the same for the same settings.
pub fn person(seed: u64, number: u32, chinese_share: f64, twin_share: f64) -> Person {
    let (house, place) = household(seed, number);
    let mut shared = Random::keyed(seed, Purpose::Household, house, 1);
    let chinese = shared.chance(chinese_share);
    let house_home = home(&mut shared, chinese, house);
    let house_name = if chinese {
        surname(&mut shared)
    } else {
        (family(&mut shared), String::new())
    };
    let twins = shared.chance(twin_share);
    let twin_birth = birth(&mut shared);
    let mut random = Random::keyed(seed, Purpose::Person, u64::from(number), 0);
    let own_name = random.chance(0.2);
    let (family_name, family_latin) = match (own_name && !twins, chinese) {
        (false, _) => house_name,
        (true, true) => surname(&mut random),
        (true, false) => (family(&mut random), String::new()),
    };
    let (given_name, given_latin) = given(&mut random, chinese);
    let mut born = birth(&mut random);
    if twins && place < 2 {
        born = twin_birth;
    }
    let married = !chinese && random.chance(0.25);
    let married_family = married.then(|| family(&mut random));
    let letters = Names {
        given: if chinese { &given_latin } else { &given_name },
        family: if chinese { &family_latin } else { &family_name },
        chinese,
    };
    let number = u64::from(number);
    let emails = [0, 1].map(|i| email(&mut random, &letters, scattered(2 * number + i), born.0));
    let telephones = [0, 1].map(|i| mobile(chinese, 2 * number + i));
    let moved = home(&mut random, chinese, house + 4_000_003);
    let latin = chinese.then(|| (given_latin.clone(), family_latin.clone()));
    Person {
        given: given_name,
        family: family_name,
        latin,
        married_family,
        birth: born,
        emails,
        telephones,
        homes: [house_home, moved],
    }
}
