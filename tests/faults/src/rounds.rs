//! How much is to be done, as `cargo xtask test faults` was told.

use std::env;

use anyhow::{Context, Result};

/// The counts of one run. What is not told is short enough for every commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rounds {
    /// What every choice of a fault comes from: `FAULTS_SEED`.
    pub seed: u64,
    /// How often the server on SQLite is killed: `FAULTS_KILLS`.
    pub kills: u64,
    /// How often the server on PostgreSQL or PostgreSQL itself is: `FAULTS_POSTGRES_KILLS`.
    pub postgres_kills: u64,
    /// How often the browser is: `FAULTS_BROWSER_KILLS`.
    pub browser_kills: u64,
    /// How often a primary is killed and its standby promoted: `FAULTS_FAILOVERS`.
    pub failovers: u64,
}

impl Rounds {
    /// Reads the environment.
    ///
    /// # Errors
    /// If a count is no number.
    pub fn read() -> Result<Self> {
        let number = |name: &str, otherwise: u64| match env::var(name) {
            Ok(text) => text.parse().with_context(|| format!("{name} is {text:?}")),
            Err(_) => Ok(otherwise),
        };
        Ok(Self {
            seed: number("FAULTS_SEED", 1)?,
            kills: number("FAULTS_KILLS", 15)?,
            postgres_kills: number("FAULTS_POSTGRES_KILLS", 6)?,
            browser_kills: number("FAULTS_BROWSER_KILLS", 3)?,
            failovers: number("FAULTS_FAILOVERS", 1)?,
        })
    }
}
