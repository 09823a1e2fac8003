//! Where the repository and its target folder are, which files are its own, and how to run programs.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// The repository.
pub struct House {
    /// Its folder.
    pub root: PathBuf,
    /// Cargo's target folder, which may stand elsewhere.
    pub target: PathBuf,
    /// `cargo metadata --no-deps`.
    pub metadata: Value,
}

impl House {
    /// Asks Cargo. Runs wherever one stands inside the repository.
    pub fn find() -> Result<Self> {
        let manifest = env::var("CARGO_MANIFEST_DIR").context("run it as `cargo xtask`")?;
        let root = Path::new(&manifest)
            .parent()
            .context("xtask stands in the repository")?
            .to_owned();
        let mut cargo = cargo();
        cargo
            .current_dir(&root)
            .args(["metadata", "--no-deps", "--format-version", "1"]);
        let metadata: Value = serde_json::from_str(&output(&mut cargo)?)?;
        let target = metadata["target_directory"]
            .as_str()
            .context("cargo metadata names a target folder")?;
        Ok(Self {
            target: target.into(),
            root,
            metadata,
        })
    }

    /// The program as `cargo build --release` and `cargo test --release` leave it.
    pub fn program(&self) -> PathBuf {
        self.target
            .join("release")
            .join(format!("perennial{}", env::consts::EXE_SUFFIX))
    }

    /// Builds the program unless it is up to date, and returns its path.
    pub fn build_program(&self) -> Result<PathBuf> {
        let mut build = cargo();
        build
            .current_dir(&self.root)
            .args(["build", "--release", "--package", "perennial"]);
        run(&mut build)?;
        Ok(self.program())
    }

    /// Builds an example of a crate and says where it stands.
    pub fn build_example(&self, package: &str, example: &str) -> Result<PathBuf> {
        let mut build = cargo();
        build.current_dir(&self.root).args([
            "build",
            "--release",
            "--package",
            package,
            "--example",
            example,
        ]);
        run(&mut build)?;
        let folder = self.target.join("release").join("examples");
        Ok(folder.join(format!("{example}{}", std::env::consts::EXE_SUFFIX)))
    }

    /// The repository's own files, relative, sorted: tracked, or new and not ignored.
    /// Without git (an unpacked archive) every file but those of build folders.
    pub fn files(&self) -> Result<Vec<PathBuf>> {
        let mut git = Command::new("git");
        git.current_dir(&self.root).args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ]);
        let mut files: Vec<PathBuf> = match git.stderr(Stdio::null()).output() {
            Ok(done) if done.status.success() => String::from_utf8_lossy(&done.stdout)
                .split('\0')
                .filter(|name| !name.is_empty())
                .map(PathBuf::from)
                .filter(|name| self.root.join(name).is_file())
                .collect(),
            _ => {
                let mut found = Vec::new();
                walk(&self.root, &self.root, &self.target, &mut found)?;
                found
            }
        };
        files.sort();
        files.dedup();
        Ok(files)
    }

    /// A file's text; `None` when it is not UTF-8 or holds a zero byte.
    pub fn text(&self, file: &Path) -> Result<Option<String>> {
        let bytes =
            fs::read(self.root.join(file)).with_context(|| format!("read {}", file.display()))?;
        Ok(String::from_utf8(bytes)
            .ok()
            .filter(|text| !text.contains('\0')))
    }
}

fn walk(root: &Path, folder: &Path, target: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or("");
        if path.is_dir() {
            if !matches!(name, ".git" | "target" | ".bench") && path != target {
                walk(root, &path, target, found)?;
            }
        } else if let Ok(relative) = path.strip_prefix(root) {
            found.push(relative.to_owned());
        }
    }
    Ok(())
}

/// The Cargo that runs us, without what it told us about our own package:
/// build scripts deep in the tree (`ring`'s) look at those variables, and would
/// have the whole heavy family compiled again.
pub fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(&name);
        }
    }
    cargo
}

/// How a command reads on the terminal: program name and arguments, quoted where needed.
pub fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    let quoted = words.map(|word| {
        let word = word.to_string_lossy();
        if word.contains([' ', '*', '"']) || word.is_empty() {
            format!("'{word}'")
        } else {
            word.into_owned()
        }
    });
    quoted.collect::<Vec<_>>().join(" ")
}

/// Runs it, showing it first; an exit code other than zero is an error.
pub fn run(command: &mut Command) -> Result<()> {
    if !succeeds(command)? {
        bail!("`{}` failed", shown(command));
    }
    Ok(())
}

/// Runs it, showing it first, and answers whether it succeeded.
pub fn succeeds(command: &mut Command) -> Result<bool> {
    eprintln!("$ {}", shown(command));
    let status = command
        .status()
        .with_context(|| format!("start `{}`", shown(command)))?;
    Ok(status.success())
}

/// Runs it quietly and returns what it wrote to stdout.
pub fn output(command: &mut Command) -> Result<String> {
    let done = command
        .output()
        .with_context(|| format!("start `{}`", shown(command)))?;
    if !done.status.success() {
        bail!(
            "`{}` failed:\n{}",
            shown(command),
            String::from_utf8_lossy(&done.stderr).trim_end()
        );
    }
    Ok(String::from_utf8(done.stdout)?)
}

/// The first of these programs that the machine has.
pub fn which(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    let candidates = names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    candidates.into_iter().find(|file| file.is_file())
}
