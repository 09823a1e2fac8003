//! Which columns describe a person, told by their names and the look of their values.

use perennial_lake::sources::Role as SeenRole;
use perennial_lake::sources::guess::Guess;
use perennial_lake::sources::infer::ColumnProfile;

use super::draft::{DraftColumn, DraftPart, Guessed};
use super::look::plain_name;
use super::words::Text;
use crate::settings::PersonPart;

/// Words of a column's name, and the part they tell; the first line that fits holds.
/// Latin words are whole words of the name, Chinese ones any part of it.
#[rustfmt::skip] // one part a line
const WORDS: &[(PersonPart, &[&str])] = &[
    (PersonPart::Email, &["email", "mail", "emails", "courriel", "correo", "邮箱", "电邮", "邮件地址"]),
    (PersonPart::Telephone, &["phone", "telephone", "tel", "mobile", "cell", "cellphone", "telefon", "handy", "telefono", "movil", "celular", "cellulare", "telefone", "电话", "手机"]),
    (PersonPart::BirthDate, &["birth", "birthday", "birthdate", "dob", "born", "geburtstag", "geburtsdatum", "naissance", "nacimiento", "nascita", "nascimento", "生日", "出生"]),
    (PersonPart::Postcode, &["postcode", "postalcode", "zip", "zipcode", "plz", "postleitzahl", "邮编", "邮政编码"]),
    (PersonPart::GivenName, &["firstname", "givenname", "forename", "vorname", "prenom"]),
    (PersonPart::FamilyName, &["lastname", "familyname", "surname", "nachname", "familienname", "姓氏"]),
    (PersonPart::Name, &["fullname", "姓名", "名字"]),
    (PersonPart::City, &["city", "town", "stadt", "ort", "ville", "ciudad", "citta", "cidade", "城市"]),
    (PersonPart::Address, &["address", "street", "adresse", "anschrift", "strasse", "direccion", "calle", "indirizzo", "endereco", "地址", "住址", "街道"]),
];

/// Two words that tell together what neither tells alone.
#[rustfmt::skip] // one part a line
const PAIRS: &[(PersonPart, &[&str], &[&str])] = &[
    (PersonPart::Email, &["e"], &["mail"]),
    (PersonPart::GivenName, &["first", "given"], &["name"]),
    (PersonPart::FamilyName, &["last", "family"], &["name"]),
    (PersonPart::Postcode, &["post", "postal", "zip"], &["code"]),
    (PersonPart::Name, &["full", "customer", "client", "member", "person", "contact", "user"], &["name"]),
];

/// Words beside which a column says something else: of a machine, a consent, a
/// count, another's place.
const OTHERWISE: &[&str] = &[
    "ip", "mac", "url", "web", "opt", "consent", "sent", "opened", "clicks", "count", "type",
    "kind", "status", "verified", "valid", "year", "age", "country", "place", "plan", "product",
    "shop", "store", "company", "model", "brand", "service", "是否", "次数", "年份", "类型",
    "门店", "商品", "公司",
];

/// The part that a column's name tells.
fn told_by_name(column: &str) -> Option<PersonPart> {
    let plain = plain_name(column);
    let words: Vec<&str> = plain.split('_').filter(|word| !word.is_empty()).collect();
    let has = |word: &&str| match word.is_ascii() {
        true => words.contains(word),
        false => column.contains(*word),
    };
    if OTHERWISE.iter().any(|word| has(&word)) {
        return None;
    }
    let mut pairs = PAIRS.iter();
    let pair =
        pairs.find(|(_, one, other)| one.iter().any(|w| has(&w)) && other.iter().any(|w| has(&w)));
    if let Some((part, ..)) = pair {
        return Some(*part);
    }
    match column.trim() {
        "姓" => return Some(PersonPart::FamilyName),
        "名" => return Some(PersonPart::GivenName),
        _ => {}
    }
    let mut lines = WORDS.iter();
    lines
        .find(|(_, known)| known.iter().any(|word| has(&word)))
        .map(|(part, _)| *part)
}

/// The part that a column says, with a doubt where its name does not tell.
fn part_of(
    column: &str,
    profile: Option<&ColumnProfile>,
    is_personal: bool,
) -> Option<(PersonPart, Option<Text>)> {
    let looks = profile.map(|profile| profile.looks).unwrap_or_default();
    let named = told_by_name(column);
    let is_date = profile.is_none_or(|profile| profile.kind.time_format().is_some());
    let is_number = profile.is_some_and(|profile| profile.kind.is_number());
    match named {
        Some(PersonPart::BirthDate) => is_date.then_some((PersonPart::BirthDate, None)),
        // Words alone do not make numbers or flags an address or a name.
        Some(PersonPart::Email | PersonPart::Telephone) if !is_personal => None,
        Some(PersonPart::Name) if !is_personal && !looks.person => None,
        Some(PersonPart::Postcode) => Some((PersonPart::Postcode, None)),
        Some(part) if part == PersonPart::Telephone || !is_number => Some((part, None)),
        Some(_) => None,
        None if !is_personal => None,
        None if looks.email => Some((PersonPart::Email, Some(by_look()))),
        None if looks.phone => Some((PersonPart::Telephone, Some(by_look()))),
        None if looks.person || plain_name(column) == "name" => {
            Some((PersonPart::Name, Some(by_look())))
        }
        None => None,
    }
}

fn by_look() -> Text {
    Text::new(
        "by the look of its values: look whether it is so",
        "根据取值判断，请核对",
    )
}

/// The parts of a person that columns say which play no part in the table.
pub(super) fn of(
    guess: &Guess,
    personal: &[String],
    played: &[DraftColumn],
    columns: &[ColumnProfile],
) -> Vec<DraftPart> {
    let names = columns.iter().map(|column| column.name.as_str());
    // What is bought is described by words that people are described by, too.
    let of_product = guess.columns(SeenRole::ProductTrait);
    let is_free = |name: &&str| {
        !personal.iter().any(|column| column == name)
            && !played.iter().any(|part| part.column.value == *name)
            && !of_product.contains(name)
    };
    let free: Vec<String> = names.filter(is_free).map(str::to_owned).collect();
    parts(personal, &free, columns)
}

/// The parts that columns say. `personal` are those known to identify a person,
/// `free` the others that play no part in the table: of these, places stay what
/// they are, for a model may want them, and are only proposed.
fn parts(personal: &[String], free: &[String], columns: &[ColumnProfile]) -> Vec<DraftPart> {
    let profile = |name: &str| columns.iter().find(|column| column.name == name);
    let mut parts: Vec<DraftPart> = Vec::new();
    let mut places: Vec<DraftPart> = Vec::new();
    let all = personal.iter().map(|column| (column, true));
    for (column, is_personal) in all.chain(free.iter().map(|column| (column, false))) {
        let Some((part, doubt)) = part_of(column, profile(column), is_personal) else {
            continue;
        };
        let is_place = matches!(part, PersonPart::City | PersonPart::Postcode);
        if let Some(first) = parts.iter_mut().find(|known| known.part == part) {
            let other = super::render::toml_text(column);
            first.column.doubt.get_or_insert_with(|| {
                Text::new(format!("or is it {other}?"), format!("也可能是 {other}"))
            });
        } else if is_place && !is_personal {
            places.push(DraftPart::proposed(part, column));
        } else {
            parts.push(DraftPart {
                part,
                column: Guessed {
                    value: column.clone(),
                    doubt,
                },
                is_proposed: false,
            });
        }
    }
    // A city alone describes nobody.
    if !parts.is_empty() {
        let known = |part| parts.iter().any(|known: &DraftPart| known.part == part);
        places.retain(|place| !known(place.part));
        places.dedup_by_key(|place| place.part);
        parts.extend(places);
    }
    parts.sort_by_key(|part| part.part);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_columns_tell_the_part_in_both_languages() {
        let told = |column: &str| told_by_name(column).map(PersonPart::as_str);
        for (column, part) in [
            ("E-Mail", "email"),
            ("contact_email_address", "email"),
            ("客户邮箱", "email"),
            ("MobilePhone", "telephone"),
            ("手机号", "telephone"),
            ("FirstName", "given_name"),
            ("given name", "given_name"),
            ("名", "given_name"),
            ("Surname", "family_name"),
            ("姓", "family_name"),
            ("Full Name", "name"),
            ("客户姓名", "name"),
            ("date_of_birth", "birth_date"),
            ("DOB", "birth_date"),
            ("出生日期", "birth_date"),
            ("Zip Code", "postcode"),
            ("邮编", "postcode"),
            ("Street", "address"),
            ("收货地址", "address"),
            ("City", "city"),
            ("所在城市", "city"),
        ] {
            assert_eq!(told(column), Some(part), "{column}");
        }
        for column in [
            "ip_address",
            "email_opt_in",
            "birth_year",
            "product_name",
            "plan",
            "cellar",
            "是否有手机",
            "门店地址",
            "name",
            "capacity",
        ] {
            assert_eq!(told(column), None, "{column}");
        }
    }

    #[test]
    fn a_city_is_proposed_only_and_second_columns_raise_a_doubt() {
        let text = |names: &[&str]| -> Vec<String> {
            names.iter().map(|name| (*name).to_owned()).collect()
        };
        let parts = parts(
            &text(&["Phone", "Mobile"]),
            &text(&["City", "First name"]),
            &[],
        );
        let told: Vec<_> = parts
            .iter()
            .map(|p| (p.part.as_str(), p.column.value.as_str(), p.is_proposed))
            .collect();
        assert_eq!(
            told,
            [
                ("given_name", "First name", false),
                ("telephone", "Phone", false),
                ("city", "City", true)
            ]
        );
        assert_eq!(
            parts[1].column.doubt.as_ref().unwrap().en,
            "or is it \"Mobile\"?"
        );
        assert!(super::parts(&[], &text(&["City"]), &[]).is_empty());
    }
}
