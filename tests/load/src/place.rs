//! A server of its own on a database of its own, to be loaded.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use faults::{Gateway, Launch, Place, Server, database::Database};
use pg::TestPostgres;
use tempfile::TempDir;

use crate::process;

/// How many files the server may open, and so how many connections it serves.
#[derive(Debug, Clone, Copy)]
pub enum Files {
    /// As many as this machine allows.
    Usual,
    /// So many, by `prlimit` of util-linux.
    AtMost(u32),
}

/// A running server and its data.
pub struct Ground {
    /// The database, to be read past the server.
    pub database: Database,
    server: Server,
    _standby: Option<TestPostgres>,
    _home: TempDir,
}

/// A standby follows by then.
const FOLLOWED: Duration = Duration::from_secs(60);

impl Ground {
    /// On SQLite, in a temporary directory.
    ///
    /// # Errors
    /// If the server does not start.
    pub async fn sqlite(files: Files) -> Result<Self> {
        let home = TempDir::with_prefix("load-")?;
        let data = home.path().join("data");
        let database = Database::Sqlite(data.join("together.db"));
        Self::on(Place::Directory(data), database, home, files).await
    }

    /// On a PostgreSQL of its own, with `fsync` and `synchronous_commit` on.
    ///
    /// # Errors
    /// If PostgreSQL is not there, or one of the two does not start.
    pub async fn postgres(files: Files) -> Result<Self> {
        Self::on_postgres(TestPostgres::start()?, None, files).await
    }

    /// The same with a synchronous standby: a commit is confirmed when both have it on disk.
    ///
    /// # Errors
    /// As [`Ground::postgres`], or if the standby does not follow.
    pub async fn standby(files: Files) -> Result<Self> {
        let primary = TestPostgres::start()?;
        let standby = primary.synchronous_standby()?;
        let begun = Instant::now();
        while !primary.is_followed()? {
            ensure!(begun.elapsed() < FOLLOWED, "the standby does not follow");
        }
        Self::on_postgres(primary, Some(standby), files).await
    }

    async fn on_postgres(
        cluster: TestPostgres,
        standby: Option<TestPostgres>,
        files: Files,
    ) -> Result<Self> {
        let home = TempDir::with_prefix("load-")?;
        let name = cluster.new_database()?;
        let url = cluster.url(&name);
        let database = Database::Postgres(Arc::new(Mutex::new(cluster)), name);
        let ground = Self::on(Place::Postgres(url), database, home, files).await?;
        Ok(Self { _standby: standby, ..ground })
    }

    async fn on(place: Place, database: Database, home: TempDir, files: Files) -> Result<Self> {
        // A line for each request, as a council has it.
        let mut launch = Launch::on(place, home.path())?.logging("info");
        if let Files::AtMost(files) = files {
            launch = launch.behind(vec!["prlimit".into(), format!("--nofile={files}").into()]);
        }
        let server = launch.start().await?;
        Ok(Self { database, server, _standby: None, _home: home })
    }

    /// Where the server listens.
    pub fn address(&self) -> std::net::SocketAddr {
        self.server.address()
    }

    /// A way to the server with the app's patience.
    ///
    /// # Errors
    /// If there is no client to be had.
    pub fn gateway(&self, patience: std::time::Duration) -> Result<Gateway> {
        Gateway::patient(format!("http://{}", self.address()), patience)
    }

    /// The most memory that the server has had so far, in MiB.
    ///
    /// # Errors
    /// If it is gone.
    pub fn peak_mib(&self) -> Result<f64> {
        process::peak_mib(self.server.pid().context("the server is gone")?)
    }
}
