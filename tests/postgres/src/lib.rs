//! A PostgreSQL server for a test, from the programs that the machine has. It keeps its data
//! in a temporary directory with `fsync` on, listens on a free port of the loopback device,
//! and ends with the process that started it, however that ends.

mod account;
mod cluster;
mod programs;
mod run;
mod standby;

use std::{io, path::PathBuf};

pub use cluster::TestPostgres;
pub use programs::Programs;

/// Why there is no PostgreSQL for the test.
#[derive(Debug, thiserror::Error)]
pub enum PgError {
    /// The programs are not on this machine.
    #[error("PostgreSQL is not on this machine; install its package (Debian: postgresql)")]
    Absent,
    /// PostgreSQL refuses to run as root, and there is nobody else.
    #[error("PostgreSQL does not run as root, and there is no account postgres or nobody; add one")]
    NoAccount,
    /// A program failed.
    #[error("{program} failed: {told}")]
    Failed {
        /// Which.
        program: String,
        /// The end of what it told.
        told: String,
    },
    /// The server did not get ready.
    #[error("PostgreSQL did not get ready in {seconds} s; its log: {log}")]
    NotReady {
        /// How long it was waited for.
        seconds: u64,
        /// The end of its log.
        log: String,
    },
    /// A file or a process of the test.
    #[error("{path}: {error}; look at the temporary directory's space and rights")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}
