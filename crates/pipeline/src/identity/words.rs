//! What was compared and what came of it, in words; never the values.

use perennial_identity::normalise::Refusal;

use super::suggest::Review;
use crate::answer::{Both, pick};
use crate::settings::Language;

type Words = (&'static str, &'static str);

fn say(words: Words, language: Language) -> &'static str {
    pick(language, words.0, words.1)
}

/// A level of a comparison in words.
pub(super) fn level(comparison: &str, level: &str, language: Language) -> &'static str {
    say(level_words(comparison, level), language)
}

#[rustfmt::skip] // one level a line
fn level_words(comparison: &str, level: &str) -> Words {
    match (comparison, level) {
        ("given_name", "exact") => ("same given name", "名相同"),
        ("given_name", "other_order") => ("given and family name exchanged", "姓与名互换"),
        ("given_name", "same_sound") => ("given names sound the same", "名同音"),
        ("given_name", "initial") => ("one given name is short for the other", "名是另一个的缩写"),
        ("given_name", "close") => ("given names differ by a slip", "名仅有细微差别"),
        ("given_name", "near") => ("given names look alike", "名相似"),
        ("given_name", _) => ("different given names", "名不同"),
        ("family_name", "exact") => ("same family name", "姓相同"),
        ("family_name", "same_sound") => ("family names sound the same", "姓同音"),
        ("family_name", "close") => ("family names differ by a slip", "姓仅有细微差别"),
        ("family_name", "near") => ("family names look alike", "姓相似"),
        ("family_name", _) => ("different family names", "姓不同"),
        ("birth_date", "exact") => ("same birth date", "出生日期相同"),
        ("birth_date", "day_and_month_exchanged") => ("birth day and month swapped", "出生日期的日与月互换"),
        ("birth_date", "one_digit") => ("birth dates differ in one digit", "出生日期相差一个数字"),
        ("birth_date", "two_parts") => ("birth dates agree in two of day, month and year", "出生年、月、日中有两项相同"),
        ("birth_date", _) => ("different birth dates", "出生日期不同"),
        ("email", "exact") => ("same e-mail", "邮箱相同"),
        ("email", "same_local_part") => ("same mailbox name at another provider", "邮箱名相同，服务商不同"),
        ("email", "one_letter") => ("e-mails differ in one letter", "邮箱相差一个字母"),
        ("email", _) => ("different e-mails", "邮箱不同"),
        ("telephone", "exact") => ("same telephone", "电话相同"),
        ("telephone", "one_digit") => ("telephones differ in one digit", "电话相差一个数字"),
        ("telephone", _) => ("different telephones", "电话不同"),
        ("place", "exact") => ("same address", "地址相同"),
        ("place", "close") => ("addresses differ by a slip", "地址仅有细微差别"),
        ("place", "same_postcode") => ("same postcode", "邮编相同"),
        ("place", "same_city") => ("same city", "城市相同"),
        (_, _) => ("different places", "地点不同"),
    }
}

/// What a group is to be looked at for.
pub(super) fn review(review: Review, language: Language) -> &'static str {
    let words = match review {
        Review::MayBeRelatives => (
            "look: may be relatives, such as twins (different given names)",
            "请核对：可能是亲属，例如双胞胎（名不同）",
        ),
        Review::GroupTooLarge => (
            "look: with these the group would be very large",
            "请核对：加上这一对后，该组会过大",
        ),
        Review::JoinedThroughOthers => (
            "look: some of them are joined through others only",
            "请核对：其中一些人只是通过他人相连",
        ),
        Review::HoldsApart => (
            "look: holds two who were decided to be two people",
            "请核对：其中含有已判定为不同人的两位",
        ),
    };
    say(words, language)
}

/// What an identifier is.
pub(super) fn part(code: &str, language: Language) -> &'static str {
    say(
        match code {
            "email" => ("e-mail addresses", "邮箱"),
            _ => ("telephone numbers", "电话号码"),
        },
        language,
    )
}

/// Why a value identifies nobody.
pub(super) fn refusal(code: &str) -> Both {
    let zh = match code {
        "masked" => "部分被隐藏",
        "virtual" => "虚拟运营商号码",
        "blocked" => "表示缺失的值",
        "service" => "服务号码",
        "incomplete" => "缺少区号或国家代码",
        "several" => "一格中有多个值",
        "rounded" => "被电子表格舍入",
        "no_app" => "缺少所属应用",
        "too_long" => "过长",
        _ => "格式不正确",
    };
    let known = Refusal::ALL.into_iter().find(|known| known.code() == code);
    let en = known.map_or_else(|| "malformed".to_owned(), |known| known.to_string());
    Both::new(en, zh)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use perennial_identity::link::Comparison;

    use super::*;

    #[test]
    fn every_level_has_words_of_its_own_in_both_languages() {
        for language in [Language::English, Language::Chinese] {
            let mut seen = BTreeSet::new();
            for comparison in Comparison::ALL {
                for name in comparison.levels().iter().skip(1) {
                    let said = level(comparison.code(), name, language);
                    assert!(seen.insert(said), "{said}");
                }
            }
        }
        assert_eq!(
            level("email", "same_local_part", Language::English),
            "same mailbox name at another provider"
        );
        assert_eq!(refusal("service").en, "a service number");
    }
}
