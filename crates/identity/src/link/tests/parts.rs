//! Names, dates, blocks and groups by hand.

use super::*;

fn parted(raw: &str) -> (String, String) {
    let mut folded = String::new();
    names::fold(raw, &mut folded);
    let (given, family) = names::part(raw, &folded);
    (given.to_owned(), family.to_owned())
}

#[test]
fn whole_names_are_parted() {
    for (raw, given, family) in [
        ("Ann Lee", "ann", "lee"),
        ("Dr. Ann-Marie  O'Neill", "ann marie", "oneill"),
        ("Lee, Ann", "ann", "lee"),
        ("von Berg, Karl Otto", "karl otto", "von berg"),
        ("José Müller", "jose", "muller"),
        ("王伟", "伟", "王"),
        ("欧阳 修", "修", "欧阳"),
        ("欧阳", "阳", "欧"),
        ("张三先生", "三", "张"),
        ("Ｗｅｉ Ｗａｎｇ", "wei", "wang"),
        ("Cher", "", "cher"),
        ("", "", ""),
    ] {
        assert_eq!(parted(raw), (given.to_owned(), family.to_owned()), "{raw}");
    }
}

#[test]
fn chinese_names_sound_like_their_latin_letters() {
    let sound = |name: &str| {
        let mut out = String::new();
        names::sound(name, &mut out);
        out
    };
    assert_eq!(
        (sound("建国"), sound("吕")),
        ("jianguo".to_owned(), "lv".to_owned())
    );
    assert_eq!(sound("伟"), sound("玮"));
    assert_eq!(sound("van berg"), "vanberg");
}

#[test]
fn dates_are_read_in_the_usual_forms() {
    for raw in [
        "1987-03-24",
        "1987/3/24",
        "19870324",
        "1987-03-24 10:00:00",
        " 1987.03.24 ",
    ] {
        assert_eq!(values::date(raw), Some((1987, 3, 24)), "{raw}");
    }
    for raw in [
        "",
        "24.03.1987",
        "1987-13-01",
        "1987-00-10",
        "87-03-24",
        "1987-03",
        "一九八七",
        "0000-01-01",
    ] {
        assert_eq!(values::date(raw), None, "{raw}");
    }
}

fn named(given: &str, family: &str, birth: &str, city: &str) -> PersonRecord {
    let cell = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    PersonRecord {
        given_name: cell(given),
        family_name: cell(family),
        birth_date: cell(birth),
        city: cell(city),
        ..PersonRecord::default()
    }
}

#[test]
fn large_blocks_are_parted_and_what_stays_too_large_is_told() {
    let mut records = Vec::new();
    for i in 0..60 {
        // One city; half of them with birth years of their own, the others without a date.
        let birth = if i < 30 {
            format!("{}-01-01", 1950 + i / 3)
        } else {
            String::new()
        };
        records.push(named("Ann", "Lee", &birth, "Leeds"));
    }
    records.push(named("Ann", "Lee", "", "York"));
    let table = table(&records);
    let settings = LinkSettings {
        block_rows_max: 10,
        ..LinkSettings::default()
    };
    let blocks = block::Blocks::new(&table, &vec![Key::City], &settings);
    let report = &blocks.report;
    assert_eq!((report.blocks, report.rows, report.pairs), (10, 30, 30));
    assert_eq!((report.parted_rows, report.left_out_rows), (60, 30));
    assert_eq!(blocks.keys.iter().filter(|&&key| key != 0).count(), 30);
    let whole = block::Blocks::new(&table, &vec![Key::City], &LinkSettings::default());
    assert_eq!(
        (whole.report.pairs, whole.report.left_out_rows),
        (60 * 59 / 2, 0)
    );
    // Too many pairs in all: smaller blocks are asked for.
    let capped = LinkSettings {
        rule_pairs_max: 100,
        ..LinkSettings::default()
    };
    let report = block::Blocks::new(&table, &vec![Key::City], &capped).report;
    assert!(
        report.pairs <= 100 && report.block_rows_max < 60,
        "{report:?}"
    );
}

#[test]
fn large_blocks_are_learnt_from_by_sample() {
    let records: Vec<PersonRecord> = (0..500)
        .map(|i| {
            named(
                "Ann",
                "Lee",
                &format!("{}-01-01", 1950 + i % 50),
                ["Leeds", "York"][usize::from(i >= 490)],
            )
        })
        .collect();
    let table = table(&records);
    let settings = LinkSettings {
        block_rows_max: 100,
        ..LinkSettings::default()
    };
    let blocks = block::Blocks::sample(&table, &vec![Key::City], &settings);
    let mut years = std::collections::BTreeSet::new();
    let mut pairs = 0;
    for piece in blocks.pieces(u64::MAX) {
        blocks.for_each_pair(&table, piece, |(a, seen), (b, _)| {
            assert!(a < b);
            years.insert(seen.birth);
            pairs += 1;
        });
    }
    assert_eq!(pairs, 100 * 99 / 2 + 10 * 9 / 2);
    // From all of the block, not from its beginning.
    assert!(years.len() > 35, "{}", years.len());
}

#[test]
fn every_pair_of_a_block_comes_once_whatever_the_pieces() {
    let records: Vec<PersonRecord> = (0..400)
        .map(|i| named("Ann", "Lee", "", ["Leeds", "York", "Bath"][i % 3]))
        .collect();
    let table = table(&records);
    let blocks = block::Blocks::new(&table, &vec![Key::City], &LinkSettings::default());
    let mut seen = std::collections::BTreeSet::new();
    for piece in blocks.pieces(u64::MAX) {
        blocks.for_each_pair(&table, piece, |(a, _), (b, _)| {
            assert!(a < b && seen.insert((a, b)));
        });
    }
    assert_eq!(seen.len(), 134 * 133 / 2 + 2 * (133 * 132 / 2));
}

fn pair(a: u32, b: u32, weight: f64, given: u32) -> Pair {
    Pair {
        a,
        b,
        pattern: Pattern::new([given, 1, 1, 0, 1, 1]),
        weight,
    }
}

#[test]
fn groups_name_the_best_partner_and_doubtful_chains() {
    let pairs = [
        pair(1, 2, 20.0, 1),
        pair(2, 3, 9.0, 1),
        pair(5, 6, 12.0, 1),
        pair(5, 7, 11.0, 1),
        pair(6, 7, 10.0, 1),
        // Twins, and a pair below the threshold.
        pair(8, 9, 15.0, 7),
        pair(1, 9, 2.0, 1),
    ];
    let (found, review) = groups(&pairs, &GroupSettings::default());
    assert_eq!(review, [5]);
    assert_eq!(found.len(), 2);
    assert_eq!(
        (&found[0].rows[..], found[0].complete),
        (&[1, 2, 3][..], false)
    );
    assert_eq!(found[0].best, [(2, 20.0), (1, 20.0), (2, 9.0)]);
    assert_eq!((found[1].complete, found[1].weakest), (true, 10.0));
    let mut backwards = pairs;
    backwards.reverse();
    assert_eq!(groups(&backwards, &GroupSettings::default()).0, found);
    let small = GroupSettings {
        rows_max: 2,
        ..GroupSettings::default()
    };
    let (found, review) = groups(&pairs, &small);
    assert_eq!(found.len(), 2);
    assert_eq!(review, [1, 3, 4, 5]);
}

#[test]
fn distinct_texts_keep_their_numbers() {
    let mut texts = hash::Texts::default();
    let name = |i: u32| format!("name {}", i % 5_000);
    for i in 0..20_000 {
        assert_eq!(texts.code(&name(i)), i % 5_000 + 1);
    }
    assert_eq!(
        (texts.len(), texts.get(0), texts.get(17)),
        (5_001, "", "name 16")
    );
}

#[test]
fn tables_without_anything_to_link_are_fine() {
    for records in [
        vec![],
        vec![PersonRecord::default()],
        vec![PersonRecord::default(); 3],
    ] {
        let linkage = link(&table(&records), &LinkSettings::default()).expect("good");
        assert!(linkage.pairs.is_empty() && linkage.model.prior > 0.0);
        assert!(linkage.model.m.iter().flatten().all(|m| m.is_finite()));
    }
    let twice = vec![named("Ann", "Lee", "1987-03-24", "Leeds"); 2];
    let linkage = link(&table(&twice), &LinkSettings::default()).expect("good");
    assert!(linkage.pairs.iter().all(|pair| pair.weight.is_finite()));
}

#[test]
fn settings_out_of_range_are_refused() {
    let table = table(&[]);
    let near = LinkSettings {
        near: 0.99,
        ..LinkSettings::default()
    };
    let error = link(&table, &near).expect_err("near above close");
    assert_eq!(error.code(), "identity/setting");
    let empty = LinkSettings {
        rules: vec![vec![]],
        ..LinkSettings::default()
    };
    assert_eq!(link(&table, &empty), Err(LinkError::EmptyRule));
}
