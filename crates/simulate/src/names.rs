//! Names and codes for what the rows carry as numbers, in English and Chinese.

use crate::catalogue::GROUPS;
use crate::customer::{CHANNELS, COUNTRIES};

/// The language of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    English,
    /// Simplified Chinese.
    Chinese,
}

const CHANNEL_NAMES: [&str; CHANNELS] = ["web", "app", "store"];

const COUNTRY_NAMES: [(&str, &str, &str); COUNTRIES] = [
    ("GB", "United Kingdom", "英国"),
    ("DE", "Germany", "德国"),
    ("FR", "France", "法国"),
    ("NL", "Netherlands", "荷兰"),
    ("CN", "China", "中国"),
    ("US", "United States", "美国"),
];

struct GroupWords {
    name: (&'static str, &'static str),
    noun: (&'static str, &'static str),
    sizes: [(&'static str, &'static str); 6],
}

const WEIGHTS: [(&str, &str); 6] = [
    ("50 g", "50克"),
    ("100 g", "100克"),
    ("150 g", "150克"),
    ("250 g", "250克"),
    ("500 g", "500克"),
    ("gift tin", "礼盒装"),
];
const VESSELS: [(&str, &str); 6] = [
    ("120 ml", "120毫升"),
    ("200 ml", "200毫升"),
    ("300 ml", "300毫升"),
    ("450 ml", "450毫升"),
    ("600 ml", "600毫升"),
    ("1 l", "1升"),
];
const PIECES: [(&str, &str); 6] = [
    ("single", "单件"),
    ("pair", "一对"),
    ("set of 4", "四件套"),
    ("set of 6", "六件套"),
    ("large", "大号"),
    ("small", "小号"),
];

const GROUP_WORDS: [GroupWords; GROUPS] = [
    GroupWords {
        name: ("tea", "茶叶"),
        noun: ("tea", "茶"),
        sizes: WEIGHTS,
    },
    GroupWords {
        name: ("cups", "杯具"),
        noun: ("cup", "杯"),
        sizes: VESSELS,
    },
    GroupWords {
        name: ("teapots", "茶壶"),
        noun: ("teapot", "茶壶"),
        sizes: VESSELS,
    },
    GroupWords {
        name: ("biscuits", "饼干"),
        noun: ("biscuits", "饼干"),
        sizes: WEIGHTS,
    },
    GroupWords {
        name: ("honey", "蜂蜜"),
        noun: ("honey", "蜂蜜"),
        sizes: WEIGHTS,
    },
    GroupWords {
        name: ("candles", "香烛"),
        noun: ("candle", "蜡烛"),
        sizes: PIECES,
    },
    GroupWords {
        name: ("linen", "布艺"),
        noun: ("tea towel", "茶巾"),
        sizes: PIECES,
    },
    GroupWords {
        name: ("trays", "托盘"),
        noun: ("tray", "托盘"),
        sizes: PIECES,
    },
];

const VARIANTS: [[(&str, &str); 12]; 2] = [
    // What is eaten, drunk or smelt.
    [
        ("jasmine", "茉莉"),
        ("green", "青竹"),
        ("osmanthus", "桂花"),
        ("rose", "玫瑰"),
        ("ginger", "姜味"),
        ("lemon", "柠檬"),
        ("mint", "薄荷"),
        ("chestnut", "栗香"),
        ("lychee", "荔枝"),
        ("plum", "梅子"),
        ("mountain", "高山"),
        ("spring", "明前"),
    ],
    // What is held or hung.
    [
        ("celadon", "青瓷"),
        ("white porcelain", "白瓷"),
        ("bamboo", "竹纹"),
        ("walnut", "胡桃"),
        ("blue", "青花"),
        ("crane", "云鹤"),
        ("plain", "素色"),
        ("lotus", "莲花"),
        ("striped", "条纹"),
        ("moonlight", "月白"),
        ("willow", "柳叶"),
        ("slate", "石青"),
    ],
];

/// A channel's name: `web`, `app` or `store`; `unknown` for any other number.
pub fn channel_name(channel: u8) -> &'static str {
    CHANNEL_NAMES
        .get(usize::from(channel))
        .copied()
        .unwrap_or("unknown")
}

/// A country's two-letter code (ISO 3166-1); `ZZ` for any other number.
pub fn country_code(country: u8) -> &'static str {
    COUNTRY_NAMES
        .get(usize::from(country))
        .map_or("ZZ", |names| names.0)
}

/// A country's name; `unknown` or `未知` for any other number.
pub fn country_name(country: u8, language: Language) -> &'static str {
    let unknown = ("ZZ", "unknown", "未知");
    let names = COUNTRY_NAMES.get(usize::from(country)).unwrap_or(&unknown);
    in_language((names.1, names.2), language)
}

/// A product's code: `P00042`.
pub fn product_code(product: u32) -> String {
    format!("P{product:05}")
}

/// A customer's code: `C0000042`.
pub fn customer_code(customer: u64) -> String {
    format!("C{customer:07}")
}

/// An order's number as the shop would print it: `A` for a sale, `R` for a
/// return, then the order id without that distinction.
pub fn order_code(order_id: u64) -> String {
    format!(
        "{}{:07}",
        if order_id & 1 == 1 { 'R' } else { 'A' },
        order_id >> 1
    )
}

/// The name of a product's group; groups repeat every [`GROUPS`](crate::GROUPS).
pub fn group_name(product: u32, language: Language) -> &'static str {
    in_language(GROUP_WORDS[product as usize % GROUPS].name, language)
}

/// A product's name, different for every product: `Jasmine tea, 50 g`,
/// `茉莉茶（50克）`.
pub fn product_name(product: u32, language: Language) -> String {
    let group = product as usize % GROUPS;
    let number = product as usize / GROUPS;
    let words = &GROUP_WORDS[group];
    let held = matches!(group, 1 | 2 | 6 | 7);
    let variant = VARIANTS[usize::from(held)][number % 12];
    let size = words.sizes[number / 12 % 6];
    let edition = number / 72 + 1;
    let (variant, noun, size) = (
        in_language(variant, language),
        in_language(words.noun, language),
        in_language(size, language),
    );
    match language {
        Language::English => {
            let mut name = format!("{variant} {noun}, {size}");
            if edition > 1 {
                name.push_str(&format!(", no. {edition}"));
            }
            name.get_mut(..1).map(str::make_ascii_uppercase);
            name
        }
        Language::Chinese if edition > 1 => format!("{variant}{noun}（{size}，{edition}号）"),
        Language::Chinese => format!("{variant}{noun}（{size}）"),
    }
}

fn in_language(words: (&'static str, &'static str), language: Language) -> &'static str {
    match language {
        Language::English => words.0,
        Language::Chinese => words.1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_read_well_and_differ() {
        assert_eq!(product_name(0, Language::English), "Jasmine tea, 50 g");
        assert_eq!(product_name(0, Language::Chinese), "茉莉茶（50克）");
        assert_eq!(product_name(1, Language::Chinese), "青瓷杯（120毫升）");
        assert_eq!(group_name(9, Language::Chinese), "杯具");
        for language in [Language::English, Language::Chinese] {
            let names: HashSet<String> = (0..5_000).map(|p| product_name(p, language)).collect();
            assert_eq!(names.len(), 5_000);
        }
        assert_eq!(product_code(42), "P00042");
        assert_eq!(customer_code(42), "C0000042");
        assert_eq!((channel_name(2), channel_name(9)), ("store", "unknown"));
        assert_eq!((country_code(4), country_code(9)), ("CN", "ZZ"));
        assert_eq!(country_name(4, Language::Chinese), "中国");
    }
}
