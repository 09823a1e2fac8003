//! What the values in customers' files look like, and what must come of them.

use std::borrow::Cow;

use super::*;

fn in_country(country: &[u8; 2]) -> Context<'static> {
    Context {
        country: Some(*country),
        ..Context::default()
    }
}

fn one<'a>(kind: Kind, raw: &'a str, context: &Context<'a>) -> Result<String, Refusal> {
    normalise(kind, raw, context).map(|found| found.text.into_owned())
}

fn telephone(country: &[u8; 2], raw: &str) -> Result<String, Refusal> {
    one(Kind::Telephone, raw, &in_country(country))
}

fn email(raw: &str) -> Result<String, Refusal> {
    one(Kind::Email, raw, &Context::default())
}

#[test]
fn chinese_numbers_have_one_form() {
    for raw in [
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "+86 138 1234 5678",
        "+8613812345678",
        "8613812345678",
        "008613812345678",
        "０１３８１２３４５６７８",
        "1３8１2345678",
        "(+86)13812345678",
        "手机：13812345678",
        "tel:13812345678",
        "=\"13812345678\"",
        "'13812345678",
        "\u{feff}13812345678\t",
    ] {
        assert_eq!(
            telephone(b"CN", raw).as_deref(),
            Ok("+8613812345678"),
            "{raw}"
        );
    }
    for raw in [
        "021-12345678",
        "(021) 1234 5678",
        "86 21 12345678",
        "２１12345678",
    ] {
        assert_eq!(
            telephone(b"CN", raw).as_deref(),
            Ok("+862112345678"),
            "{raw}"
        );
    }
    assert_eq!(
        telephone(b"CN", "010-62551234").as_deref(),
        Ok("+861062551234")
    );
    assert_eq!(
        telephone(b"CN", "0755-26551234").as_deref(),
        Ok("+8675526551234")
    );
    for raw in [
        "010-62551234转8012",
        "010-62551234 ext. 8012",
        "010-62551234-8012",
        "01062551234#8012",
    ] {
        assert_eq!(
            telephone(b"CN", raw).as_deref(),
            Ok("+861062551234;ext=8012"),
            "{raw}"
        );
    }
}

#[test]
fn what_is_no_persons_number_is_refused() {
    for (raw, why) in [
        ("138****5678", Refusal::Masked),
        ("138xxxx5678", Refusal::Masked),
        ("138＊＊＊＊5678", Refusal::Masked),
        ("17012345670", Refusal::Virtual),
        ("+8616712345670", Refusal::Virtual),
        ("00000000000", Refusal::Blocked),
        ("11111111111", Refusal::Blocked),
        ("12345678901", Refusal::Blocked),
        ("13800138000", Refusal::Blocked),
        ("-1", Refusal::Blocked),
        ("无", Refusal::Blocked),
        ("  ", Refusal::Empty),
        ("400-820-8820", Refusal::Service),
        ("95588", Refusal::Service),
        ("10086", Refusal::Service),
        ("62551234", Refusal::Incomplete),
        ("13812345678/13987654321", Refusal::Several),
        ("13812345678、13987654321", Refusal::Several),
        ("12012345678", Refusal::Malformed),
        ("1381234567", Refusal::Malformed),
        ("138123456789012345678901234", Refusal::Malformed),
        ("1.38123E+10", Refusal::Malformed),
        ("zhang san", Refusal::Malformed),
    ] {
        assert_eq!(telephone(b"CN", raw), Err(why), "{raw}");
    }
    let lenient = Context {
        refuse_virtual: false,
        ..in_country(b"CN")
    };
    assert_eq!(
        one(Kind::Telephone, "17012345670", &lenient).as_deref(),
        Ok("+8617012345670")
    );
    assert_eq!(
        one(Kind::Telephone, "13812345678", &Context::default()),
        Err(Refusal::Incomplete)
    );
}

#[test]
fn other_countries_number_otherwise() {
    for (country, raw, form) in [
        (b"GB", "+44 (0)20 7946 0958", "+442079460958"),
        (b"GB", "020 7946 0958", "+442079460958"),
        (b"GB", "00442079460958", "+442079460958"),
        (b"DE", "030/9018-2048", "+493090182048"),
        (b"DE", "+49 (0) 171 5551234", "+491715551234"),
        (b"US", "(212) 555-2368", "+12125552368"),
        (b"US", "1-212-555-2368 x12", "+12125552368;ext=12"),
        (b"US", "011 44 20 7946 0958", "+442079460958"),
        (b"IT", "06 698 12345", "+390669812345"),
        (b"HU", "06 1 266 1234", "+3612661234"),
        (b"RU", "8 (495) 123-45-60", "+74951234560"),
        (b"FR", "01.42.68.53.01", "+33142685301"),
        (b"HK", "2345 6790", "+85223456790"),
        // No plan of ours: held to E.164's bounds.
        (b"CN", "+354 410 4001", "+3544104001"),
    ] {
        assert_eq!(telephone(country, raw).as_deref(), Ok(form), "{raw}");
    }
    assert_eq!(telephone(b"US", "800-555-2368"), Err(Refusal::Service));
    assert_eq!(telephone(b"GB", "+0012345678"), Err(Refusal::Malformed));
}

#[test]
fn plans_are_of_existing_codes_and_one_form_is_stable() {
    for plan in calling::PLANS {
        let filler = "2572938462015".get(..plan.digits.1).expect("short enough");
        let number = format!("{}{filler}", plan.code);
        assert_eq!(calling::code_of(&number), Some(plan.code), "{plan:?}");
        if number.len() <= 15 && plan.country != *b"CN" {
            let once = one(Kind::Telephone, &format!("+{number}"), &Context::default());
            assert_eq!(
                once.as_deref(),
                Ok(format!("+{number}").as_str()),
                "{plan:?}"
            );
        }
    }
}

#[test]
fn addresses_have_one_form() {
    for raw in [
        "ann.lee@firma.de",
        "Ann.Lee@Firma.DE",
        " ann.lee@firma.de ",
        "Ann Lee <ann.lee@firma.de>",
        "\"Lee, Ann\" <ANN.LEE@firma.de>",
        "mailto:ann.lee@firma.de?subject=hi",
        "ａｎｎ．ｌｅｅ＠ｆｉｒｍａ．ｄｅ",
        "(ann.lee@firma.de)",
        "ann.lee@firma.de.",
        "ann.lee@firma.de;",
    ] {
        assert_eq!(email(raw).as_deref(), Ok("ann.lee@firma.de"), "{raw}");
    }
    assert_eq!(email("jo@bücher.de").as_deref(), Ok("jo@xn--bcher-kva.de"));
    assert_eq!(
        email("jo@XN--BCHER-KVA.de").as_deref(),
        Ok("jo@xn--bcher-kva.de")
    );
    assert_eq!(
        email("张三@例子.中国").as_deref(),
        Ok("张三@xn--fsqu00a.xn--fiqs8s")
    );
    // Composed and decomposed forms are one.
    assert_eq!(email("jose\u{301}@firma.de"), email("josé@firma.de"));
    assert_eq!(email("10001@qq.com").as_deref(), Ok("10001@qq.com"));
}

#[test]
fn addresses_of_nobody_are_refused() {
    for (raw, why) in [
        ("test@firma.de", Refusal::Blocked),
        ("noreply@firma.de", Refusal::Blocked),
        ("ann@example.com", Refusal::Blocked),
        ("ann@shop.invalid", Refusal::Blocked),
        ("null", Refusal::Blocked),
        ("未知", Refusal::Blocked),
        ("a***n@firma.de", Refusal::Masked),
        ("ann", Refusal::Malformed),
        ("ann@firma", Refusal::Malformed),
        ("ann@@firma.de", Refusal::Malformed),
        ("@firma.de", Refusal::Malformed),
        ("ann lee@firma.de", Refusal::Malformed),
        ("ann@-firma.de", Refusal::Malformed),
        ("ann@192.168.0.1", Refusal::Malformed),
        ("a@firma.de, b@firma.de", Refusal::Several),
        ("A <a@firma.de>, B <b@firma.de>", Refusal::Several),
    ] {
        assert_eq!(email(raw), Err(why), "{raw}");
    }
    let long = format!("{}@firma.de", "a".repeat(65));
    assert_eq!(email(&long), Err(Refusal::Malformed));
    assert_eq!(email(&"a".repeat(300)), Err(Refusal::TooLong));
}

#[test]
fn provider_spellings_are_joined_only_when_asked() {
    assert_eq!(
        email("Ann.Lee+shop@gmail.com").as_deref(),
        Ok("ann.lee+shop@gmail.com")
    );
    let asked = Context {
        join_provider_spellings: true,
        ..Context::default()
    };
    let joined = |raw| one(Kind::Email, raw, &asked);
    assert_eq!(
        joined("Ann.Lee+shop@googlemail.com").as_deref(),
        Ok("annlee@gmail.com")
    );
    assert_eq!(
        joined("ann.lee+x@outlook.com").as_deref(),
        Ok("ann.lee@outlook.com")
    );
    assert_eq!(
        joined("ann.lee+x@firma.de").as_deref(),
        Ok("ann.lee+x@firma.de")
    );
}

#[test]
fn accounts_are_kept_as_they_are() {
    let plain = Context::default();
    for raw in ["0012", "c-42", "AbC", "7", "2023.01"] {
        assert_eq!(one(Kind::CustomerId, raw, &plain).as_deref(), Ok(raw));
    }
    assert_eq!(
        one(Kind::CustomerId, "=\"0012\"", &plain).as_deref(),
        Ok("0012")
    );
    for (raw, why) in [
        ("1.23457E+17", Refusal::Rounded),
        ("00000000-0000-0000-0000-000000000000", Refusal::Blocked),
        ("Anonymous", Refusal::Blocked),
        ("匿名", Refusal::Blocked),
        ("6222****1234", Refusal::Masked),
        ("\u{200b} \t", Refusal::Empty),
    ] {
        assert_eq!(one(Kind::CustomerId, raw, &plain), Err(why), "{raw}");
    }
    assert_eq!(
        one(Kind::Card, "6222 0212-0011", &plain).as_deref(),
        Ok("622202120011")
    );
    assert_eq!(
        one(Kind::Device, "AB-CD-09", &plain).as_deref(),
        Ok("ab-cd-09")
    );
    let own = ["lotus".to_owned(), "+8613912345670".to_owned()];
    let blocking = Context {
        blocked: &own,
        country: Some(*b"CN"),
        ..Context::default()
    };
    assert_eq!(
        one(Kind::CustomerId, "Lotus", &blocking),
        Err(Refusal::Blocked)
    );
    assert_eq!(
        one(Kind::Telephone, "139 1234 5670", &blocking),
        Err(Refusal::Blocked)
    );
}

#[test]
fn an_openid_belongs_to_its_app() {
    let in_app = |app| Context {
        app: Some(app),
        ..Context::default()
    };
    let (first, second) = (in_app("wx1"), in_app("wx2"));
    let a = normalise(Kind::OpenId, "oABC-1", &first).expect("good");
    let b = normalise(Kind::OpenId, "oABC-1", &second).expect("good");
    assert_eq!((a.scope, b.scope), ("wx1", "wx2"));
    assert_ne!(a, b);
    assert_eq!(
        one(Kind::OpenId, "oABC-1", &Context::default()),
        Err(Refusal::NoApp)
    );
    let union = normalise(Kind::UnionId, "uABC-1", &first).expect("good");
    assert_eq!(union.scope, "");
}

#[test]
fn what_has_its_form_is_borrowed() {
    let china = in_country(b"CN");
    for (kind, raw) in [
        (Kind::Email, "ann.lee@firma.de"),
        (Kind::Email, " ann.lee@firma.de "),
        (Kind::Telephone, "+8613812345678"),
        (Kind::CustomerId, "C-42"),
        (Kind::CustomerId, "张三"),
        (Kind::Device, "ab-cd-09"),
    ] {
        let found = normalise(kind, raw, &china).expect("good");
        assert!(matches!(found.text, Cow::Borrowed(_)), "{raw}");
    }
}

#[test]
fn the_one_form_is_its_own_form() {
    let china = in_country(b"CN");
    for (kind, raw) in [
        (Kind::Email, "Jo <Jo@BÜCHER.de>"),
        (Kind::Telephone, "010-62551234-8012"),
        (Kind::Telephone, "+44 (0)20 7946 0958"),
        (Kind::Card, "6222 0212 0011"),
        (Kind::CustomerId, " ＡＢ１２ "),
    ] {
        let once = one(kind, raw, &china).expect("good");
        assert_eq!(one(kind, &once, &china).as_ref(), Ok(&once), "{raw}");
    }
}

#[test]
fn no_text_makes_it_panic() {
    let pieces = [
        "+", "86", "138", "*", "@", "a", "＠", ".", "é", "\u{301}", "=\"", "\"", "<", ">", ":",
        "ext", "x", "(0)", "00", "-", " ", "/", "转", "\u{200b}", "İ", "ß", "mailto:", "'", "e+1",
        "9",
    ];
    let mut state = 1_u64;
    let contexts = [
        Context::default(),
        in_country(b"CN"),
        in_country(b"US"),
        in_country(b"ZZ"),
    ];
    let mut kept = 0;
    for _ in 0..200_000 {
        let mut raw = String::new();
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        for i in 0..(state >> 60) {
            let step = state.rotate_left(5 + 7 * i as u32) as usize;
            raw.push_str(pieces[step % pieces.len()]);
        }
        for kind in Kind::ALL {
            for context in &contexts {
                kept += u32::from(normalise(kind, &raw, context).is_ok());
            }
        }
    }
    assert!(kept > 100_000, "{kept}");
}

#[test]
fn names_of_kinds_and_reasons_are_told_apart() {
    for kind in Kind::ALL {
        assert_eq!(Kind::of_code(kind.code()), Some(kind));
    }
    assert_eq!(Kind::of_code("name"), None);
    let codes: std::collections::BTreeSet<_> = Refusal::ALL.map(Refusal::code).into();
    assert_eq!(codes.len(), Refusal::ALL.len());
}
