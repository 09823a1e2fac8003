//! Names made comparable: small letters without accents and titles, Chinese
//! names parted into family and given name, and how a name sounds.

use pinyin::ToPinyin;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::normalise::half_width;

/// Words before a name that are not of it.
const TITLES: &[&str] = &[
    "mr", "mrs", "ms", "miss", "dr", "prof", "herr", "frau", "mme", "mlle", "monsieur", "madame",
    "sir", "sr", "sra",
];

/// What is put behind a Chinese name to be polite.
const SUFFIXES: &[&str] = &["先生", "女士", "小姐", "太太", "老师"];

/// Family names of two characters.
const COMPOUND: &[&str] = &[
    "欧阳", "司马", "上官", "诸葛", "夏侯", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒",
    "长孙", "宇文", "歐陽", "司馬", "諸葛",
];

/// Whether a character is Chinese.
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
}

/// Small letters, no accents, one blank between words, only letters and digits.
/// Chinese characters stand without blanks.
pub fn fold(raw: &str, out: &mut String) {
    out.clear();
    let mut gap = false;
    let mut push = |c: char, out: &mut String| {
        if c.is_alphanumeric() {
            let joined = is_han(c) && out.chars().next_back().is_some_and(is_han);
            if std::mem::take(&mut gap) && !out.is_empty() && !joined {
                out.push(' ');
            }
            out.push(c);
        } else if !matches!(c, '\'' | '’' | '·') {
            gap = true;
        }
    };
    if raw.is_ascii() {
        raw.chars().for_each(|c| push(c.to_ascii_lowercase(), out));
        return;
    }
    // Chinese characters have no accents to take off; decomposing is slow.
    if raw
        .chars()
        .all(|c| c.is_ascii() || matches!(c, '\u{4e00}'..='\u{9fff}'))
    {
        raw.chars().for_each(|c| push(c.to_ascii_lowercase(), out));
        return;
    }
    let plain = raw.chars().map(half_width).nfkd();
    let plain = plain.filter(|&c| !is_combining_mark(c));
    for c in plain.flat_map(char::to_lowercase) {
        match c {
            'ß' => "ss".chars().for_each(|c| push(c, out)),
            'ø' => push('o', out),
            'ł' => push('l', out),
            'æ' => "ae".chars().for_each(|c| push(c, out)),
            _ => push(c, out),
        }
    }
}

/// Without titles before and behind.
pub fn untitled(folded: &str) -> &str {
    let mut name = folded;
    while let Some((first, rest)) = name.split_once(' ') {
        if !TITLES.contains(&first) {
            break;
        }
        name = rest;
    }
    for suffix in SUFFIXES {
        if let Some(rest) = name.strip_suffix(suffix).filter(|rest| !rest.is_empty()) {
            return rest;
        }
    }
    name
}

/// Given and family name of a whole name: Chinese names have the family name
/// first, `Lee, Ann` too, others last.
pub fn part<'a>(raw: &str, folded: &'a str) -> (&'a str, &'a str) {
    let name = untitled(folded);
    if name.chars().all(is_han) {
        let double = COMPOUND
            .iter()
            .find(|family| name.starts_with(**family) && name.len() > family.len());
        let first = name.chars().next().map_or(0, char::len_utf8);
        let family = double.map_or(first, |family| family.len());
        return (&name[family..], &name[..family]);
    }
    let family_first = raw
        .split_once(',')
        .map(|(family, _)| family.split_whitespace().count());
    if let Some(words) = family_first.filter(|&words| words > 0) {
        let cut = name
            .match_indices(' ')
            .nth(words - 1)
            .map_or(name.len(), |(at, _)| at);
        return (name[cut..].trim_start(), &name[..cut]);
    }
    name.rsplit_once(' ').unwrap_or(("", name))
}

/// Latin letters of a name: Chinese characters by how they are read (the most
/// usual reading of each), other letters as they are, blanks left out.
pub fn sound(folded: &str, out: &mut String) {
    out.clear();
    for c in folded.chars() {
        match c.to_pinyin() {
            Some(read) => {
                // ü is written v or u in passports and on keyboards.
                let plain = read.plain();
                out.extend(plain.chars().map(|c| if c == 'ü' { 'v' } else { c }));
            }
            None if c == ' ' => {}
            None => out.push(c),
        }
    }
}

/// The words of a whole name, Chinese characters each by itself, sorted.
pub fn in_any_order(given: &str, family: &str, out: &mut String) {
    let mut words: Vec<&str> = Vec::with_capacity(4);
    for name in [given, family] {
        if name.chars().any(is_han) {
            let ends = name.char_indices().map(|(at, c)| (at, at + c.len_utf8()));
            words.extend(ends.map(|(start, end)| &name[start..end]));
        } else {
            words.extend(name.split(' ').filter(|word| !word.is_empty()));
        }
    }
    words.sort_unstable();
    out.clear();
    for word in words {
        out.push_str(word);
        out.push(' ');
    }
}
