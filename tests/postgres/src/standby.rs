//! A standby that follows a primary, and takes its place.

use std::process::Command;

use crate::{PgError, TestPostgres};

/// How the primary knows its standby.
const NAME: &str = "standby";

impl TestPostgres {
    /// Makes a standby from a copy of this server and starts it. From then on this server
    /// confirms a commit only when the standby has it on its disk.
    ///
    /// # Errors
    /// What failed.
    pub fn synchronous_standby(&self) -> Result<Self, PgError> {
        let mut standby = Self::prepare()?;
        let mut copy = Command::new(self.programs.path("pg_basebackup"));
        copy.arg("-D").arg(standby.data()).args(["-X", "stream", "-c", "fast", "-R", "--no-sync"]);
        let from = format!("{}?application_name={NAME}", self.url("postgres"));
        standby.run(copy.args(["-d", &from]))?;
        standby.restart()?;
        self.sql("postgres", &format!("ALTER SYSTEM SET synchronous_standby_names = '{NAME}'"))?;
        self.sql("postgres", "SELECT pg_reload_conf()")?;
        Ok(standby)
    }

    /// Whether the standby confirms what this server commits.
    ///
    /// # Errors
    /// What PostgreSQL told.
    pub fn is_followed(&self) -> Result<bool, PgError> {
        let states = self.sql("postgres", "SELECT sync_state FROM pg_stat_replication")?;
        Ok(states.lines().any(|state| state == "sync"))
    }

    /// Makes this standby the primary and returns when it takes writes.
    ///
    /// # Errors
    /// What PostgreSQL told.
    pub fn promote(&self) -> Result<(), PgError> {
        self.sql("postgres", "SELECT pg_promote(true, 60)").map(|_| ())
    }
}
