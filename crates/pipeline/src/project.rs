//! A project: its settings, its lake, its ledger, its key, its clock.

use std::path::{Path, PathBuf};

use perennial_history::Calendar;
use perennial_lake::tables::Lake;
use perennial_ledger::{Ledger, ProjectKey};

use crate::settings::Settings;
use crate::{Error, Result};

/// The folder a project keeps what Perennial makes in.
pub const MADE_FOLDER: &str = ".perennial";
/// The variable that names a key file elsewhere.
pub const KEY_VARIABLE: &str = "PERENNIAL_KEY_FILE";

/// An opened project.
pub struct Project {
    /// The project's folder.
    pub dir: PathBuf,
    /// Its settings.
    pub settings: Settings,
    /// Its tables.
    pub lake: Lake,
    /// What was decided and done, and the vault.
    pub ledger: Ledger,
    /// The key of hashes and vault.
    pub key: ProjectKey,
    /// Where it stands.
    pub key_path: PathBuf,
    /// The business's calendar.
    pub calendar: Calendar,
    /// Warnings met while opening.
    pub warnings: Vec<String>,
}

impl Project {
    /// Opens the project in `dir`; `environment` and `overrides` are laid over
    /// the file (see [`Settings::load`]). Lake, ledger and key are made where
    /// they are missing.
    pub async fn open(
        dir: &Path,
        environment: &[(String, String)],
        overrides: &[(String, String)],
    ) -> Result<Self> {
        let settings = Settings::load(dir, environment.iter().cloned(), overrides)?;
        let made = dir.join(MADE_FOLDER);
        make_private_folder(&made)?;
        let mut warnings = Vec::new();
        let (key, key_path) = load_key(&made, environment, &mut warnings)?;
        let ledger = Ledger::open(&made.join("ledger.db")).await?;
        let key = crate::privacy::settle_key(&ledger, &key_path, key).await?;
        let lake = Lake::open(&made.join("lake"))?;
        let calendar = Calendar::new(settings.project.time_zone.as_str())?;
        Ok(Self {
            dir: dir.to_owned(),
            settings,
            lake,
            ledger,
            key,
            key_path,
            calendar,
            warnings,
        })
    }

    /// A folder for what is only needed while a stage runs.
    pub fn scratch(&self) -> PathBuf {
        self.dir.join(MADE_FOLDER).join("scratch")
    }

    /// Where reports and lists go.
    pub fn reports(&self) -> PathBuf {
        self.dir.join(MADE_FOLDER).join("reports")
    }

    /// How many threads may work.
    pub fn threads(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        self.settings.limits.threads.map_or_else(cores, |n| n.get())
    }

    /// The lock that one run at a time holds; it ends with the value or with
    /// the process, however that ends. What a killed run left in the scratch
    /// folder is removed.
    ///
    /// # Errors
    /// `run/busy` while another run holds it.
    pub(crate) fn lock(&self) -> Result<std::fs::File> {
        let path = self.dir.join(MADE_FOLDER).join("run.lock");
        let open = std::fs::File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path);
        let file = open.map_err(Error::io("create", &path))?;
        match file.try_lock() {
            Ok(()) => {
                self.clear_scratch()?;
                Ok(file)
            }
            Err(std::fs::TryLockError::WouldBlock) => Err(Error::cannot(
                "run/busy",
                "another run is working on this project",
                "wait until it has ended, or stop it; what it has done so far stays",
            )),
            // Some network drives know no locks; a run on them is not refused.
            Err(std::fs::TryLockError::Error(e)) if e.kind() == std::io::ErrorKind::Unsupported => {
                Ok(file)
            }
            Err(std::fs::TryLockError::Error(e)) => Err(Error::io("lock", &path)(e)),
        }
    }

    /// Removes what a run that was killed left; only for who holds the lock.
    fn clear_scratch(&self) -> Result<()> {
        let path = self.scratch();
        match std::fs::remove_dir_all(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::io("remove", &path)(e))
            }
            _ => Ok(()),
        }
    }

    /// UTC microseconds now; for the ledger's rows and file names only.
    pub fn now_us(&self) -> i64 {
        jiff::Timestamp::now().as_microsecond()
    }
}

/// Makes a folder only its owner can enter.
pub(crate) fn make_private_folder(path: &Path) -> Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    std::fs::create_dir_all(path).map_err(Error::io("create", path))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))
            .map_err(Error::io("protect", path))?;
    }
    Ok(())
}

fn load_key(
    made: &Path,
    environment: &[(String, String)],
    warnings: &mut Vec<String>,
) -> Result<(ProjectKey, PathBuf)> {
    let elsewhere = environment.iter().find(|(name, _)| name == KEY_VARIABLE);
    let path = elsewhere.map_or_else(|| made.join("key"), |(_, path)| PathBuf::from(path));
    if elsewhere.is_none() && !path.exists() {
        if made.join("ledger.db").exists() {
            return Err(Error::cannot(
                "key/missing",
                format!(
                    "the project's key `{}` is gone, but its ledger is there",
                    path.display()
                ),
                format!(
                    "put the key back, or name it in `{KEY_VARIABLE}`; without it nobody can be named"
                ),
            ));
        }
        return Ok((ProjectKey::create(&path)?, path));
    }
    let loaded = ProjectKey::load(&path)?;
    if loaded.readable_by_others {
        warnings.push(format!(
            "the key `{}` can be read by others; `chmod 600` it",
            path.display()
        ));
    }
    Ok((loaded.key, path))
}
