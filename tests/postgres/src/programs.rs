//! Where PostgreSQL's programs are.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use crate::PgError;

/// The directory of one version's programs.
#[derive(Debug, Clone)]
pub struct Programs {
    directory: PathBuf,
}

impl Programs {
    /// Looks along PATH, then where Debian and its kin put them, the newest version first.
    ///
    /// # Errors
    /// [`PgError::Absent`] if they are nowhere.
    pub fn find() -> Result<Self, PgError> {
        let path = env::var_os("PATH").unwrap_or_default();
        // A link on PATH leads to the directory where the other programs are too.
        let on_path = env::split_paths(&path)
            .filter_map(|directory| fs::canonicalize(directory.join("postgres")).ok())
            .filter_map(|postgres| postgres.parent().map(Path::to_owned));
        let mut versions: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
            .into_iter()
            .flatten()
            .flatten()
            .map(|version| version.path().join("bin"))
            .collect();
        versions.sort();
        on_path
            .chain(versions.into_iter().rev())
            .find(|directory| {
                ["postgres", "initdb", "psql"].iter().all(|name| directory.join(name).exists())
            })
            .map(|directory| Self { directory })
            .ok_or(PgError::Absent)
    }

    /// One of them, like `pg_basebackup`.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }
}
