//! Addresses of tables: what of them connects, and what of them may be shown.
//!
//! The last `@` ends who connects, so that a password may hold `@`, `/` and `?`.
//! What is shown is made of the text as it was written: of a `${NAME}` its name.

use crate::error::Error;

/// A server's kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Postgres,
    MySql,
}

impl Kind {
    fn of(scheme: &str) -> Option<Self> {
        match scheme.to_ascii_lowercase().as_str() {
            "postgres" | "postgresql" => Some(Kind::Postgres),
            "mysql" | "mariadb" => Some(Kind::MySql),
            _ => None,
        }
    }

    /// The scheme that the driver knows.
    fn scheme(self) -> &'static str {
        match self {
            Kind::Postgres => "postgres",
            Kind::MySql => "mysql",
        }
    }
}

/// Where a table is.
#[derive(Debug, Clone)]
pub(super) struct Address {
    pub kind: Kind,
    /// For connecting, secrets and all; without the table.
    pub url: String,
    /// For people, as it was written: the server and the database, without who
    /// connects and how.
    pub shown: String,
    /// The same with the table.
    pub path: String,
    /// The table, perhaps with its schema, as `sales.orders`.
    pub table: String,
}

/// Whether `pattern` is an address rather than a path: of a database that is read,
/// or of a kind that is not, since its password must not end in a message either.
pub fn is_address(pattern: &str) -> bool {
    pattern.contains("://")
}

/// An address as it may be shown: without who connects and how. Of one that may hold
/// a secret where none belongs only the kind is left.
pub fn without_user(address: &str) -> String {
    match Parts::of(address) {
        None => address.to_owned(),
        Some(parts) if parts.is_clear() => format!("{}://{}", parts.scheme, parts.place),
        Some(parts) if is_scheme(parts.scheme) => format!("{}://...", parts.scheme),
        Some(_) => "...://...".to_owned(),
    }
}

/// An address taken apart.
struct Parts<'a> {
    scheme: &'a str,
    /// Name and password.
    user: Option<&'a str>,
    /// Server, database and table.
    place: &'a str,
    options: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let (user, rest) = match rest.rsplit_once('@') {
            Some((user, rest)) => (Some(user), rest),
            None => (None, rest),
        };
        let (place, options) = match rest.split_once('?') {
            Some((place, options)) => (place, Some(options)),
            None => (rest, None),
        };
        Some(Parts {
            scheme,
            user,
            place,
            options,
        })
    }

    /// Whether no secret can be in scheme and place. `?password=a@b` has the last `@`
    /// in the options, and `ann:secret/orders` no `@` at all.
    fn is_clear(&self) -> bool {
        let options = self.user.and_then(|user| user.split_once('?'));
        let server = self.place.split('/').next().unwrap_or("");
        let port = match server.starts_with('[') {
            true => None,
            false => server.rsplit_once(':').map(|(_, port)| port),
        };
        let is_port =
            |port: &str| port.starts_with("${") || port.bytes().all(|b| b.is_ascii_digit());
        is_scheme(self.scheme)
            && !options.is_some_and(|(_, after)| after.contains('='))
            && port.is_none_or(is_port)
    }
}

fn is_scheme(text: &str) -> bool {
    let is_of_one = |b: u8| b.is_ascii_alphanumeric() || b"+-._".contains(&b);
    text.bytes().all(is_of_one)
}

impl Address {
    /// Takes an address apart and puts variables of the environment in.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        let refused = |message: String, hint: &str| Error::Database {
            address: without_user(text),
            message,
            hint: hint.to_owned(),
        };
        let wrong = |message: &str| {
            refused(
                message.to_owned(),
                "write it as `postgres://user@host/database/table` or \
                 `mysql://user:${PASSWORD}@host/database/table`; \
                 `@`, `/` and `?` within a part of it are written `%40`, `%2F` and `%3F`",
            )
        };
        let Some(parts) = Parts::of(text) else {
            return Err(wrong("it is no address of a database"));
        };
        let Some(kind) = Kind::of(parts.scheme) else {
            return Err(refused(
                "it is of no kind of database that is read".to_owned(),
                "`postgres://` and `mysql://` are read, and SQLite as a file; \
                 of others write the table to a CSV file",
            ));
        };
        if !parts.is_clear() {
            return Err(wrong("where its user, server and options begin is unclear"));
        }
        let Some((base, table)) = parts.place.rsplit_once('/').filter(|(_, t)| !t.is_empty())
        else {
            return Err(wrong("it names no table"));
        };
        match base.matches('/').count() {
            0 => return Err(wrong("it names no database, or no table")),
            1 => {}
            _ => return Err(wrong("it names more than a database and a table")),
        }
        let user = parts
            .user
            .map_or_else(String::new, |user| encoded(user, b"/?#@") + "@");
        let filled = with_environment(&(user + base)).map_err(|name| {
            refused(
                format!("the environment has no variable `{name}`"),
                "set it where Perennial runs",
            )
        })?;
        let options = parts.options.map_or_else(String::new, |o| format!("?{o}"));
        Ok(Address {
            kind,
            url: format!("{}://{filled}{options}", kind.scheme()),
            shown: format!("{}://{base}", parts.scheme),
            path: without_user(text),
            table: decoded(table),
        })
    }
}

/// `text` with `${NAME}` put in, encoded as in a URL; the name of a variable that is
/// not set.
fn with_environment(text: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, behind) = after.split_once('}').ok_or(after)?;
        let value = std::env::var(name).map_err(|_| name.to_owned())?;
        out += before;
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                out.push(char::from(byte));
            } else {
                out += &format!("%{byte:02X}");
            }
        }
        rest = behind;
    }
    Ok(out + rest)
}

/// `text` with some ASCII characters of it as `%2F` and the like.
pub(super) fn encoded(text: &str, characters: &[u8]) -> String {
    let mut out = String::new();
    for char in text.chars() {
        match u8::try_from(char) {
            Ok(byte) if byte.is_ascii() && characters.contains(&byte) => {
                out += &format!("%{byte:02X}");
            }
            _ => out.push(char),
        }
    }
    out
}

/// `text` with `%2F` and the like as what they stand for; other `%` stay.
pub(super) fn decoded(text: &str) -> String {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_| *first == b'%');
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                rest = after.get(2..).unwrap_or(&[]);
            }
            None => {
                out.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_what_is_shown_of_them() {
        let address =
            Address::parse("postgresql://ann:s%40cret@db:5433/shop/sales.orders?sslmode=require");
        let address = address.unwrap();
        assert_eq!(address.kind, Kind::Postgres);
        assert_eq!(
            address.url,
            "postgres://ann:s%40cret@db:5433/shop?sslmode=require"
        );
        assert_eq!(address.shown, "postgresql://db:5433/shop");
        assert_eq!(address.path, "postgresql://db:5433/shop/sales.orders");
        assert_eq!(address.table, "sales.orders");
        for wrong in [
            "mysql://db",
            "mysql://db/",
            "mysql://ann:x@db/shop",
            "mysql://ann:x@db/shop/",
            "mysql://ann:x@db/shop/sales/orders",
            "mysql://db/shop/orders?password=x@ann:x/shop/orders",
        ] {
            let error = Address::parse(wrong).unwrap_err();
            assert_eq!(error.code(), "source/database", "{wrong}");
            assert!(!error.to_string().contains("ann:x"), "{error}");
            assert!(error.hint().unwrap().contains("%40"), "{wrong}");
        }
        assert!(is_address("mariadb://h/d/t") && is_address("s3://b/k") && !is_address("a.csv"));
    }

    #[test]
    fn one_form_everywhere_as_it_was_written() {
        for written in ["MariaDB://ann:x@h/d/t", "mariadb://ann:x@h/d/t?ssl-mode=x"] {
            let address = Address::parse(written).unwrap();
            assert_eq!(address.kind, Kind::MySql);
            assert!(address.url.starts_with("mysql://ann:x@h/d"), "{written}");
            assert_eq!(address.path, without_user(written));
            assert!(address.path.starts_with(&address.shown), "{written}");
        }
    }

    #[test]
    fn no_kind_of_address_shows_its_password() {
        for (address, shown) in [
            ("Postgres://ann:secret@db/x/t", "Postgres://db/x/t"),
            ("mssql://sa:secret@db/x/t", "mssql://db/x/t"),
            (
                "postgresql+psycopg2://a:secret@db/x",
                "postgresql+psycopg2://db/x",
            ),
            ("postgres://ann:se?cret@db/shop/t", "postgres://db/shop/t"),
            ("postgres://ann:se/cr?et@db/shop/t", "postgres://db/shop/t"),
            ("mysql://ann:se@cret@db/shop/t", "mysql://db/shop/t"),
            ("mysql://db/shop/t?password=x@secret/a/b", "mysql://..."),
            ("mysql://ann:secret/shop/t", "mysql://..."),
            ("ann:secret@db/x://y", "...://..."),
            ("mysql://[::1]:3306/shop/t", "mysql://[::1]:3306/shop/t"),
            ("data/orders.csv", "data/orders.csv"),
        ] {
            assert_eq!(without_user(address), shown, "{address}");
            assert!(!shown.contains("secret"));
        }
        let error = Address::parse("mssql://sa:secret@db/x/t").unwrap_err();
        assert!(
            error
                .to_string()
                .contains("no kind of database that is read")
        );
        assert!(!error.to_string().contains("secret"), "{error}");
    }

    #[test]
    fn a_password_may_hold_what_divides_an_address() {
        let address = Address::parse("postgres://ann:p/a?s@s#@db:1/shop/or%40ders").unwrap();
        assert_eq!(address.url, "postgres://ann:p%2Fa%3Fs%40s%23@db:1/shop");
        assert_eq!(address.shown, "postgres://db:1/shop");
        assert_eq!(address.table, "or@ders");
        let url = address.url.parse::<sqlx::postgres::PgConnectOptions>();
        assert_eq!(url.unwrap().get_host(), "db");
    }

    #[test]
    fn a_password_comes_from_the_environment_and_is_not_shown() {
        // PATH is always set, and holds what a URL cannot.
        let address = Address::parse("mysql://u:${PATH}@h/d/t").unwrap();
        assert!(address.url.contains("%2F"), "{}", address.url);
        let whole = Address::parse("mysql://${PATH}/d/t").unwrap();
        assert_eq!(whole.shown, "mysql://${PATH}/d");
        assert_eq!(whole.path, "mysql://${PATH}/d/t");
        let error = Address::parse("mysql://u:${PERENNIAL_NOT_SET}@h/d/t").unwrap_err();
        assert!(error.to_string().contains("PERENNIAL_NOT_SET"), "{error}");
    }

    #[test]
    fn texts_survive_being_encoded() {
        for text in [
            "a/b@c%d",
            "2024-03-05 14:30:00+00",
            "中/文",
            "%",
            "%4",
            "100%",
        ] {
            assert_eq!(decoded(&encoded(text, b"%/@")), text);
        }
        assert_eq!(decoded("%zz%E4"), "%zz%E4");
    }
}
