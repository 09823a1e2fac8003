//! A user's project folder that lives as long as its test.

use std::fs;
use std::path::{Component, Path, PathBuf};

use tempfile::TempDir;

/// A temporary project folder; dropped, it is deleted.
#[derive(Debug)]
pub struct Project {
    folder: TempDir,
}

impl Default for Project {
    fn default() -> Self {
        Self::new()
    }
}

impl Project {
    /// An empty folder.
    ///
    /// # Panics
    /// When the machine's temporary folder cannot be written.
    pub fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("perennial-test-")
            .tempdir()
            .expect("the temporary folder can be written");
        Self { folder }
    }

    /// Writes `perennial.toml`.
    pub fn settings(self, toml: &str) -> Self {
        self.file("perennial.toml", toml)
    }

    /// Writes one file, making the folders above it. `path` is relative to the project.
    ///
    /// # Panics
    /// When `path` leaves the folder or cannot be written.
    pub fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.write(path, content);
        self
    }

    /// Writes one file into a project that stands already, such as a second day's file.
    ///
    /// # Panics
    /// When `path` leaves the folder or cannot be written.
    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let relative = Path::new(path);
        assert!(
            relative
                .components()
                .all(|c| matches!(c, Component::Normal(_))),
            "`{path}` must stay inside the project"
        );
        let full = self.folder.path().join(relative);
        let parent = full.parent().expect("a file has a folder");
        fs::create_dir_all(parent).unwrap_or_else(|e| panic!("make {}: {e}", parent.display()));
        fs::write(&full, content).unwrap_or_else(|e| panic!("write {}: {e}", full.display()));
        full
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A path inside the folder, whether or not it exists.
    pub fn join(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// A file's text.
    ///
    /// # Panics
    /// When it cannot be read as UTF-8.
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.join(path)).unwrap_or_else(|e| panic!("read `{path}`: {e}"))
    }

    /// Keeps the folder after the test, for a look at it, and returns its path.
    pub fn keep(self) -> PathBuf {
        self.folder.keep()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builds_and_removes_the_folder() {
        let project = Project::new()
            .settings("format = 1\n")
            .file("data/day/a.csv", "x\n1\n");
        let path = project.path().to_owned();
        assert_eq!(project.read("perennial.toml"), "format = 1\n");
        assert_eq!(project.read("data/day/a.csv"), "x\n1\n");
        drop(project);
        assert!(!path.exists());
    }

    #[test]
    #[should_panic(expected = "must stay inside")]
    fn refuses_to_leave_the_folder() {
        Project::new().file("../outside.csv", "");
    }
}
