//! What tests and benches need beyond Rust: a Python of their own, a browser, database
//! servers.
//!
//! Everything goes into the target folder, but for what only the machine's own
//! package manager can bring; that is tried as root and otherwise said.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::house::{House, output, run, succeeds, which};

/// A virtual environment `name` under the target folder with the packages pinned in
/// `requirements` (relative to the repository). Made once, and again when the pins change.
pub fn python(house: &House, name: &str, requirements: &str) -> Result<PathBuf> {
    let folder = house.target.join("venv").join(name);
    let python = folder.join("bin").join("python");
    let pins = fs::read_to_string(house.root.join(requirements))
        .with_context(|| format!("read {requirements}"))?;
    let stamp = folder.join("requirements.done");
    if python.exists() && fs::read_to_string(&stamp).is_ok_and(|done| done == pins) {
        return Ok(python);
    }
    eprintln!(
        "making a Python for {name} in {}: {requirements}",
        folder.display()
    );
    make_venv(&folder)?;
    let mut pip = Command::new(&python);
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--requirement",
    ]);
    run(pip.arg(house.root.join(requirements)))?;
    fs::write(&stamp, pins).with_context(|| format!("write {}", stamp.display()))?;
    Ok(python)
}

fn make_venv(folder: &Path) -> Result<()> {
    let venv = || -> Result<bool> {
        match which(&["python3"]) {
            Some(python) => succeeds(
                Command::new(python)
                    .args(["-m", "venv", "--clear"])
                    .arg(folder),
            ),
            None => Ok(false),
        }
    };
    if venv()? {
        return Ok(());
    }
    install(&["python3", "python3-venv"])?;
    if !venv()? {
        bail!("`python3 -m venv` does not work here");
    }
    Ok(())
}

/// A browser that runs without a display, installed when root.
pub fn browser() -> Result<PathBuf> {
    let names = [
        "chromium",
        "chromium-browser",
        "google-chrome-stable",
        "google-chrome",
        "chrome",
    ];
    if let Some(found) = which(&names) {
        return Ok(found);
    }
    install(&["chromium", "fonts-noto-cjk"])?;
    which(&names).context("chromium was installed, yet is not in PATH")
}

/// The folder of PostgreSQL's programs, installed when root. Debian keeps those of the
/// server out of the path.
pub fn postgres() -> Result<PathBuf> {
    let found = || {
        let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
        let versions = debian.flatten().map(|version| version.path().join("bin"));
        let in_path = which(&["initdb"]).and_then(|path| Some(path.parent()?.to_owned()));
        let mut all: Vec<PathBuf> = in_path.into_iter().chain(versions).collect();
        all.retain(|bin| bin.join("initdb").exists() && bin.join("psql").exists());
        all.pop()
    };
    if let Some(bin) = found() {
        return Ok(bin);
    }
    install(&["postgresql"])?;
    found().context("postgresql was installed, yet its programs are not where they should be")
}

/// MariaDB's server, installed when root.
pub fn mariadb() -> Result<PathBuf> {
    if let Some(found) = which(&["mariadbd"]) {
        return Ok(found);
    }
    install(&["mariadb-server", "mariadb-client"])?;
    which(&["mariadbd"]).context("mariadb-server was installed, yet is not in PATH")
}

/// Installs packages of Debian or Ubuntu, when root; says how otherwise.
fn install(packages: &[&str]) -> Result<()> {
    let how = format!("apt-get install {}", packages.join(" "));
    if which(&["apt-get"]).is_none() {
        bail!(
            "install {} with this machine's package manager",
            packages.join(" and ")
        );
    }
    if !is_root() {
        bail!("run `sudo {how}`, then this again");
    }
    eprintln!(
        "installing {} (needs root; `{how}`)",
        packages.join(" and ")
    );
    run(apt().args(["update", "-qq"]))?;
    run(apt()
        .args(["install", "-qq", "--yes", "--no-install-recommends"])
        .args(packages))
}

fn apt() -> Command {
    let mut apt = Command::new("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive");
    // What a package manager says is no result of ours.
    apt.stdout(std::process::Stdio::null());
    apt
}

/// Whether we may install and, in a browser's case, must do without its sandbox.
pub fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// A component of the Rust toolchain (`rustfmt`, `clippy`), added through rustup where missing.
pub fn toolchain(house: &House, component: &str, probe: &str) -> Result<()> {
    let mut cargo = crate::house::cargo();
    cargo.current_dir(&house.root).args([probe, "--version"]);
    if output(&mut cargo).is_ok() {
        return Ok(());
    }
    if which(&["rustup"]).is_none() {
        bail!("`cargo {probe}` is missing: install the toolchain's component {component}");
    }
    run(Command::new("rustup")
        .current_dir(&house.root)
        .args(["component", "add", component]))
}
