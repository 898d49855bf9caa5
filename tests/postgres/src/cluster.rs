//! A server with its data.

use std::{
    io::Write,
    net::{Ipv4Addr, TcpListener},
    path::PathBuf,
    process::{Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
};

use tempfile::TempDir;

use crate::{PgError, Programs, account::Account, run::Running};

/// The account inside the database, which needs no password from this machine.
const USER: &str = "together";
/// Made on the way, so that each is new.
static NEXT: AtomicUsize = AtomicUsize::new(1);

/// A server in a directory of its own.
#[derive(Debug)]
pub struct TestPostgres {
    pub(crate) programs: Programs,
    pub(crate) account: Account,
    pub(crate) home: TempDir,
    pub(crate) port: u16,
    settings: Vec<String>,
    running: Option<Running>,
}

impl TestPostgres {
    /// Makes a server with an empty database and starts it.
    ///
    /// # Errors
    /// [`PgError::Absent`] where PostgreSQL is not installed; else what failed.
    pub fn start() -> Result<Self, PgError> {
        Self::start_with(&[])
    }

    /// The same with settings like `max_connections=200`.
    ///
    /// # Errors
    /// See [`TestPostgres::start`].
    pub fn start_with(settings: &[&str]) -> Result<Self, PgError> {
        let mut server = Self::prepare()?;
        server.settings = settings.iter().map(|&setting| setting.to_owned()).collect();
        let mut initdb = Command::new(server.programs.path("initdb"));
        initdb.arg("-D").arg(server.data());
        initdb.args(["-U", USER, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]);
        server.run(&mut initdb)?;
        server.restart()?;
        Ok(server)
    }

    /// A server, or `None` and a line that says what to install: for tests that are skipped
    /// where there is no PostgreSQL.
    ///
    /// # Panics
    /// If PostgreSQL is there and does not start.
    pub fn start_or_skip() -> Option<Self> {
        match Self::start() {
            Ok(server) => Some(server),
            Err(absent @ PgError::Absent) => {
                // Past the capturing of tests, which would hide it from whoever runs them.
                let _ = writeln!(std::io::stderr(), "skipped: {absent}");
                None
            }
            Err(error) => panic!("{error}"),
        }
    }

    /// An empty directory with a port, for whatever is to run there.
    pub(crate) fn prepare() -> Result<Self, PgError> {
        let (programs, account) = (Programs::find()?, Account::find()?);
        let failed = |error| PgError::File { path: std::env::temp_dir(), error };
        let home = TempDir::with_prefix("postgres-").map_err(failed)?;
        account.owns(home.path()).map_err(failed)?;
        // Free now. Whoever takes it before PostgreSQL does makes the start fail and say so.
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
        let port = free.local_addr().map_err(failed)?.port();
        Ok(Self { programs, account, home, port, settings: Vec::new(), running: None })
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// Runs a program to its end.
    pub(crate) fn run(&self, command: &mut Command) -> Result<String, PgError> {
        let program = command.get_program().to_string_lossy().into_owned();
        let ran = self
            .account
            .runs(command)
            .current_dir(self.home.path())
            .stdin(Stdio::null())
            .output()
            .map_err(|error| PgError::File { path: program.clone().into(), error })?;
        if ran.status.success() {
            return Ok(String::from_utf8_lossy(&ran.stdout).into_owned());
        }
        let told = String::from_utf8_lossy(&ran.stderr).trim().to_owned();
        Err(PgError::Failed { program, told })
    }

    /// The host and port that it listens on.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The URL of a database on it.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://{USER}@{}/{database}", self.address())
    }

    /// Makes an empty database and gives its name.
    ///
    /// # Errors
    /// What PostgreSQL told.
    pub fn new_database(&self) -> Result<String, PgError> {
        let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name}"))?;
        Ok(name)
    }

    /// Runs SQL in a database and gives the rows as lines.
    ///
    /// # Errors
    /// What PostgreSQL told.
    pub fn sql(&self, database: &str, statements: &str) -> Result<String, PgError> {
        let mut psql = Command::new(self.programs.path("psql"));
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", &self.url(database)]);
        self.run(psql.args(["-c", statements]))
    }

    /// Ends it as a power cut would, and leaves its data.
    pub fn kill(&mut self) {
        if let Some(running) = self.running.take() {
            running.kill();
        }
    }

    /// Ends it at once, if it runs, and starts it on the data that are there, which it then
    /// recovers from its log.
    ///
    /// # Errors
    /// [`PgError::NotReady`] with the end of its log.
    pub fn restart(&mut self) -> Result<(), PgError> {
        drop(self.running.take());
        let (data, settings) = (self.data(), &self.settings);
        let running = Running::start(&self.programs, self.account, &data, self.port, settings)?;
        self.running = Some(running);
        Ok(())
    }
}
