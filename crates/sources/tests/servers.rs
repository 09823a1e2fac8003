//! Tables of servers that the tests start: what comes out, and what is said where
//! nothing can.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what failed by stopping there"
)]

use perennial_sources::database::{Since, cursor_in, read};
use perennial_sources::{Error, SourceFile};
use perennial_testkit::{Server, mariadb, postgres};

fn text_of(file: &SourceFile) -> String {
    let mut text = String::new();
    let mut input = perennial_sources::text::open_bytes(file).unwrap();
    std::io::Read::read_to_string(&mut input, &mut text).unwrap();
    text
}

fn all(server: &Server, table: &str) -> String {
    let file = read(&server.table(table), Since::default()).unwrap();
    text_of(&file.unwrap())
}

/// The rows that are new by `cursor`, without the header; the name of the reading.
fn new(
    server: &Server,
    table: &str,
    cursor: &str,
    before: Option<&str>,
) -> Result<Option<(String, String)>, Error> {
    let since = Since {
        cursor: Some(cursor),
        after: before.and_then(cursor_in),
    };
    let file = read(&server.table(table), since)?;
    Ok(file.map(|file| {
        let rows: Vec<String> = text_of(&file).lines().skip(1).map(str::to_owned).collect();
        (rows.join(" "), file.path.to_string_lossy().into_owned())
    }))
}

/// Rows of values that may still grow wait, marks are names, gaps are errors.
fn cursors(server: &Server) {
    server.sql(
        "CREATE TABLE marks (id int, word varchar(20), at timestamp NULL);
         INSERT INTO marks VALUES (1, 'a/b', '2024-01-05 10:00:00'), (2, 'b@c', '2024-01-05 10:00:00'),
           (2, 'c%2F', '2024-01-06 10:00:00');",
    );
    let first = |found: Result<Option<(String, String)>, Error>| found.unwrap().unwrap();
    let (rows, mark) = first(new(server, "marks", "id", None));
    assert!(rows.starts_with("1,a/b,"), "{rows}");
    assert_eq!(rows.matches(',').count(), 2, "{rows}");
    assert!(new(server, "marks", "id", Some(&mark)).unwrap().is_none());
    server.sql("INSERT INTO marks VALUES (2, 'd', '2024-01-07 10:00:00'), (3, 'e', '2024-01-08 10:00:00');");
    let (rows, _) = first(new(server, "marks", "id", Some(&mark)));
    assert_eq!(rows.matches(',').count(), 4 * 2, "{rows}");
    // Times wait for a later one; words with what divides a name make marks too.
    let (rows, mark) = first(new(server, "marks", "at", None));
    assert!(rows.contains("d,") && !rows.contains("e,"), "{rows}");
    assert!(new(server, "marks", "at", Some(&mark)).unwrap().is_none());
    server.sql("DELETE FROM marks WHERE word IN ('c%2F', 'd', 'e');");
    let (_, mark) = first(new(server, "marks", "word", None));
    assert!(mark.ends_with("/marks@b%40c"), "{mark}");
    assert!(new(server, "marks", "word", Some(&mark)).unwrap().is_none());
    server.sql("INSERT INTO marks VALUES (NULL, 'z', '2024-02-01 10:00:00');");
    let error = new(server, "marks", "id", None).unwrap_err();
    assert_eq!(error.code(), "source/cursor-empty", "{error}");
    let error = new(server, "marks", "idd", None).unwrap_err();
    assert_eq!(error.hint().unwrap(), "did you mean `id`?");
}

#[test]
fn what_postgresql_gives() {
    let Some(server) = postgres() else { return };
    cursors(&server);
    server.sql(
        "CREATE TABLE \"odd@table\" (id int); INSERT INTO \"odd@table\" VALUES (7);
         CREATE TABLE keys (k uuid); CREATE ROLE guest LOGIN;",
    );
    assert_eq!(all(&server, "odd%40table"), "id\n7\n");
    let (_, mark) = new(&server, "odd%40table", "id", None).unwrap().unwrap();
    assert!(mark.ends_with("/odd%40table@7"), "{mark}");
    let (hint, address) = (|e: Error| e.hint().unwrap(), server.table("marks"));
    let all = Since::default();
    let guest = read(&address.replace("shop@", "guest@"), all).unwrap_err();
    assert!(hint(guest).contains("GRANT SELECT"));
    let none = read(&address.replace("/shop/", "/shops/"), all).unwrap_err();
    assert!(hint(none).contains("no such database"));
    let error = new(&server, "keys", "k", None).unwrap_err();
    assert!(hint(error).contains("cursor"));
    let mark = Some("x/keys@abc");
    let error = new(&server, "odd%40table", "id", mark).unwrap_err();
    assert!(hint(error).contains("--fresh"));
}

#[test]
fn what_mariadb_gives() {
    let Some(server) = mariadb() else { return };
    cursors(&server);
    server.sql(
        "SET time_zone = '+08:00';
         CREATE TABLE kinds (a int INVISIBLE DEFAULT 5, b timestamp NULL, c datetime, d bit(4),
           e binary(2), f blob, g varchar(9));
         INSERT INTO kinds (b, c, d, e, f, g) VALUES
           ('2024-01-05 10:00:00', '2024-01-05 10:00:00', b'1010', 0x00FF, 0x2C22, 'x,y'),
           (NULL, NULL, NULL, NULL, NULL, NULL);",
    );
    assert_eq!(
        all(&server, "kinds"),
        "a,b,c,d,e,f,g\n\
         5,2024-01-05 02:00:00+00:00,2024-01-05 10:00:00,10,00FF,2C22,\"x,y\"\n\
         5,,,,,,\n"
    );
    let (hint, address) = (|e: Error| e.hint().unwrap(), server.table("kinds"));
    let all = Since::default();
    let none = read(&address.replace("/shop/", "/shops/"), all).unwrap_err();
    let said = hint(none);
    assert!(
        said.contains("GRANT SELECT") || said.contains("no such database"),
        "{said}"
    );
    let stranger = read(&address.replace("shop@", "stranger:secret@"), all).unwrap_err();
    assert!(!stranger.to_string().contains("secret") && hint(stranger).contains("password"));
}
