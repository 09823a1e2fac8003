//! Writing a new project to disk, without ever overwriting one.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::draft::Draft;
use super::error::Error;
use super::render;
use crate::settings::{FILE_NAME, Language};

/// The folder that perennial keeps its own files in.
const MADE_FOLDER: &str = ".perennial";
/// What git should pass over.
const IGNORED: &str = ".perennial/";

/// What came of starting a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InitOutcome {
    /// The project's folder, as the user can name it.
    pub folder: PathBuf,
    /// The settings file.
    pub settings: PathBuf,
    /// What was guessed and may be wrong, in the order of the file.
    pub unsure: Vec<Unsure>,
}

/// A guess of which `init` is unsure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unsure {
    /// Its line in the settings file, from 1.
    pub line: usize,
    /// The key, as in `source.0.columns.time`.
    pub key: String,
    /// What was written, as TOML.
    pub value: String,
    /// Why it may be wrong, in the project's language.
    pub doubt: String,
}

impl InitOutcome {
    /// The outcome in a few lines, with what to do next.
    pub fn lines(&self, language: Language) -> Vec<String> {
        let settings = self.settings.display();
        let mut lines = Vec::new();
        let chinese = language == Language::Chinese;
        lines.push(if chinese {
            format!("已写入 {settings}")
        } else {
            format!("wrote {settings}")
        });
        if !self.unsure.is_empty() {
            lines.push(String::new());
            lines.push(if chinese {
                "请核对以下猜测：".to_owned()
            } else {
                "please look at what was guessed:".to_owned()
            });
        }
        for unsure in &self.unsure {
            let Unsure {
                line,
                key,
                value,
                doubt,
            } = unsure;
            lines.push(if chinese {
                format!("  {settings}:{line}  {key} = {value}（{doubt}）")
            } else {
                format!("  {settings}:{line}  {key} = {value} ({doubt})")
            });
        }
        let folder = shell_word(&self.folder.display().to_string());
        lines.push(String::new());
        lines.push(if chinese {
            format!("下一步：perennial check -C {folder}，然后 perennial run -C {folder}")
        } else {
            format!("next: perennial check -C {folder}, then perennial run -C {folder}")
        });
        lines
    }
}

/// A word that can be pasted into a shell.
fn shell_word(word: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "-_./".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// Refuses a folder that is a project already.
pub(super) fn refuse_project(folder: &Path) -> Result<(), Error> {
    let path = folder.join(FILE_NAME);
    // Also a link that leads nowhere is somebody's file.
    if path.symlink_metadata().is_ok() {
        Err(Error::Exists { path })
    } else {
        Ok(())
    }
}

/// Writes a project into `folder`, which is made when it is not there: the
/// settings, `.gitignore` and `.perennial/`, which nobody else can enter.
///
/// # Errors
/// When the folder is a project already, or cannot be written.
pub fn write_project(folder: &Path, draft: &Draft) -> Result<InitOutcome, Error> {
    refuse_project(folder)?;
    std::fs::create_dir_all(folder).map_err(unwritable(folder))?;
    make_private(&folder.join(MADE_FOLDER))?;
    ignore(&folder.join(".gitignore"))?;
    let (text, unsure) = render::render(draft);
    let path = folder.join(FILE_NAME);
    // Last, so that what looks like a project is a whole one.
    let mut file = match OpenOptions::new().write(true).create_new(true).open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            return Err(Error::Exists { path });
        }
        Err(error) => return Err(unwritable(&path)(error)),
    };
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(unwritable(&path))?;
    let settings = if folder == Path::new(".") {
        PathBuf::from(FILE_NAME)
    } else {
        path
    };
    Ok(InitOutcome {
        folder: folder.to_owned(),
        settings,
        unsure,
    })
}

fn unwritable(path: &Path) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::Unwritable { path, source }
}

fn make_private(path: &Path) -> Result<(), Error> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    match builder.create(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(unwritable(path)(error)),
        _ => Ok(()),
    }
}

/// Adds what perennial makes to `.gitignore`, unless it is there.
fn ignore(path: &Path) -> Result<(), Error> {
    let known = match std::fs::read(path) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => return Err(unwritable(path)(error)),
    };
    if known.lines().any(|line| {
        matches!(
            line.trim(),
            ".perennial" | ".perennial/" | "/.perennial" | "/.perennial/"
        )
    }) {
        return Ok(());
    }
    let gap = if known.is_empty() || known.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    let mut file = OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .map_err(unwritable(path))?;
    writeln!(file, "{gap}{IGNORED}").map_err(unwritable(path))
}
