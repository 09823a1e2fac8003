//! `cargo xtask dist`: the program, optimised across crates, packed with its licences and a checksum.

use std::env;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use crate::args::Args;
use crate::house::{House, cargo, output, run as execute, which};

/// What goes along with the program.
const PAPERS: &[&str] = &["LICENSE", "README.md", "README.zh-CN.md", "CHANGELOG.md"];

fn pack(house: &House, version: &str, host: &str) -> Result<bool> {
    execute(cargo().current_dir(&house.root).args([
        "build",
        "--profile",
        "dist",
        "--package",
        "perennial",
    ]))?;
    let name = format!("perennial-{version}-{host}");
    let dist = house.target.join("dist-packages");
    let folder = dist.join(&name);
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("clear {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("make {}", folder.display()))?;
    let program = format!("perennial{}", env::consts::EXE_SUFFIX);
    let built = house.target.join("dist").join(&program);
    fs::copy(&built, folder.join(&program)).with_context(|| format!("copy {}", built.display()))?;
    for paper in PAPERS {
        fs::copy(house.root.join(paper), folder.join(paper))
            .with_context(|| format!("copy {paper}"))?;
    }
    let licenses = output(Command::new(&built).args(["licenses", "--texts"]))?;
    fs::write(folder.join("THIRD-PARTY-LICENSES.txt"), licenses)?;
    let archive = format!("{name}.tar.gz");
    execute(
        Command::new("tar")
            .current_dir(&dist)
            .args(["-czf", &archive, &name]),
    )?;
    let mut sum = match which(&["sha256sum"]) {
        Some(program) => Command::new(program),
        None => {
            let mut shasum = Command::new("shasum");
            shasum.args(["-a", "256"]);
            shasum
        }
    };
    let line = output(sum.current_dir(&dist).arg(&archive))?;
    fs::write(dist.join(format!("{archive}.sha256")), &line)?;
    print!("{line}");
    eprintln!("packed {}", dist.join(&archive).display());
    Ok(true)
}

pub fn run(house: &House, args: Args) -> Result<bool> {
    args.end()?;
    let packages = house.metadata["packages"]
        .as_array()
        .context("cargo metadata lists packages")?;
    let program = packages
        .iter()
        .find(|package| package["name"] == "perennial");
    let version = program
        .and_then(|package| package["version"].as_str())
        .context("the program has a version")?;
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let host = output(Command::new(rustc).arg("-vV"))?;
    let host = host
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .context("rustc names its host")?;
    pack(house, version, host)
}
