//! Database servers that a test starts itself: in a folder of their own, on a free
//! port of loopback, stopped by their own process.

use std::io::Write;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::skip::told;

/// How long a server may take to answer.
const START_MAX: Duration = Duration::from_secs(60);

/// A running server; dropped, it is stopped and its folder deleted.
#[derive(Debug)]
pub struct Server {
    folder: TempDir,
    port: u16,
    child: Child,
    /// The program that sends it SQL, with what it needs to connect.
    client: Vec<String>,
    scheme: &'static str,
}

/// A PostgreSQL server with a user `shop` and a database of that name, or `None` after
/// noting the skip.
pub fn postgres() -> Option<Server> {
    let bin = told(
        "PERENNIAL_TEST_POSTGRES",
        "no PostgreSQL (`cargo xtask test` looks for one)",
    )?;
    let folder = folder_for("postgres");
    let (data, port) = (folder.path().join("data"), free_port());
    let text = |path: &Path| path.display().to_string();
    let mut init = as_user("postgres", &bin.join("initdb"));
    init.args([
        "--username=shop",
        "--auth=trust",
        "--encoding=UTF8",
        "--no-sync",
        "-D",
    ]);
    // Where the test stands its user may not be allowed to look.
    quietly(init.arg(&data).current_dir(folder.path()));
    let mut server = as_user("postgres", &bin.join("postgres"));
    server.arg("-D").arg(&data).arg("-k").arg(folder.path());
    server.args([
        "-h",
        "127.0.0.1",
        "-p",
        &port.to_string(),
        "-c",
        "fsync=off",
    ]);
    let psql = [
        text(&bin.join("psql")),
        format!("--port={port}"),
        "--host=127.0.0.1".to_owned(),
        "--username=shop".to_owned(),
        "--no-psqlrc".to_owned(),
        "--quiet".to_owned(),
        "--set=ON_ERROR_STOP=1".to_owned(),
        "--dbname=postgres".to_owned(),
    ];
    let mut server = Server::start(folder, port, &mut server, psql.to_vec(), "postgres");
    server.sql("CREATE DATABASE shop;");
    if let Some(last) = server.client.last_mut() {
        *last = "--dbname=shop".to_owned();
    }
    Some(server)
}

/// A MariaDB server with a user `shop` without a password and a database of that name,
/// or `None` after noting the skip.
pub fn mariadb() -> Option<Server> {
    let program = told(
        "PERENNIAL_TEST_MARIADB",
        "no MariaDB (`cargo xtask test` looks for one)",
    )?;
    let folder = folder_for("mysql");
    let (data, port) = (folder.path().join("data"), free_port());
    let socket = folder.path().join("socket");
    let mut init = Command::new("mariadb-install-db");
    init.args([
        "--no-defaults",
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
    ]);
    init.arg(format!("--datadir={}", data.display()));
    let mut server = Command::new(program);
    server.args([
        "--no-defaults",
        "--bind-address=127.0.0.1",
        "--innodb-flush-log-at-trx-commit=0",
    ]);
    server.arg(format!("--datadir={}", data.display()));
    server.arg(format!("--socket={}", socket.display()));
    server.arg(format!("--port={port}"));
    if is_root() {
        init.arg("--user=mysql");
        server.arg("--user=mysql");
    }
    quietly(init.current_dir(folder.path()));
    let client = [
        "mariadb".to_owned(),
        "--no-defaults".to_owned(),
        "--user=root".to_owned(),
        "--default-character-set=utf8mb4".to_owned(),
        format!("--socket={}", socket.display()),
    ];
    let mut server = Server::start(folder, port, &mut server, client.to_vec(), "mysql");
    server.sql(
        "CREATE DATABASE shop CHARACTER SET utf8mb4; CREATE USER shop@'127.0.0.1'; \
         GRANT SELECT ON shop.* TO shop@'127.0.0.1';",
    );
    server.client.push("shop".to_owned());
    Some(server)
}

impl Server {
    fn start(
        folder: TempDir,
        port: u16,
        command: &mut Command,
        client: Vec<String>,
        scheme: &'static str,
    ) -> Self {
        let log = std::fs::File::create(folder.path().join("log")).expect("a log can be written");
        let errors = log.try_clone().expect("a file can be shared");
        let child = command
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            .spawn()
            .unwrap_or_else(|e| panic!("start {command:?}: {e}"));
        let server = Server {
            folder,
            port,
            child,
            client,
            scheme,
        };
        let begun = Instant::now();
        while !server.answers("SELECT 1;") {
            assert!(begun.elapsed() < START_MAX, "the server does not answer");
            std::thread::sleep(Duration::from_millis(100));
        }
        server
    }

    /// The address of a table.
    pub fn table(&self, name: &str) -> String {
        format!("{}://shop@127.0.0.1:{}/shop/{name}", self.scheme, self.port)
    }

    /// Runs SQL as the server's owner.
    ///
    /// # Panics
    /// When the server refuses it.
    pub fn sql(&self, sql: &str) {
        assert!(self.answers(sql), "the server refuses: {sql:.200}");
    }

    fn answers(&self, sql: &str) -> bool {
        let (program, arguments) = self.client.split_first().expect("a client is named");
        let mut client = Command::new(program)
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|e| panic!("start {program}: {e}"));
        let mut input = client.stdin.take().expect("its input is a pipe");
        // A client that cannot connect reads nothing.
        let _ = input.write_all(sql.as_bytes());
        drop(input);
        client.wait().is_ok_and(|status| status.success())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let id = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status();
        if asked.is_err() {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

/// A folder that the server's user may write, since servers refuse to run as root.
fn folder_for(user: &str) -> TempDir {
    let folder = tempfile::Builder::new()
        .prefix("perennial-server-")
        .tempdir()
        .expect("the temporary folder can be written");
    if is_root() {
        quietly(Command::new("chown").arg(user).arg(folder.path()));
    }
    folder
}

/// `program`, as `user` where we are root.
fn as_user(user: &str, program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid", user, "--regid", user, "--clear-groups", "--"]);
    command.arg(program);
    command
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("loopback has a free port");
    let address = listener
        .local_addr()
        .expect("a bound socket has an address");
    address.port()
}

/// Runs a command that must succeed; what it prints is shown only if it does not.
fn quietly(command: &mut Command) {
    let output = command
        .output()
        .unwrap_or_else(|e| panic!("start {command:?}: {e}"));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {error}");
}
