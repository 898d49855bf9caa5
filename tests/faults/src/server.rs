//! The server's process, on a database that outlives it.

use std::{
    ffi::OsString,
    fs::File,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use e2e::{setup, wait};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// The password of the account `admin` on every server here.
pub const PASSWORD: &str = e2e::server::PASSWORD;

/// What the server says when it listens.
const WHERE: &str = "Communities Together is at http://";

/// Where the database is.
#[derive(Debug, Clone)]
pub enum Place {
    /// SQLite in this directory.
    Directory(PathBuf),
    /// PostgreSQL at this URL.
    Postgres(String),
}

/// How to start a server, again and again.
#[derive(Debug, Clone)]
pub struct Launch {
    program: PathBuf,
    content: PathBuf,
    place: Place,
    log: PathBuf,
    /// How much it logs.
    level: &'static str,
    /// What starts the program in its own stead; see [`Launch::behind`].
    before: Vec<OsString>,
}

/// A running server. It is killed when this is dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    address: SocketAddr,
}

impl Launch {
    /// A server of the built program with the content that ships, on `place`; what it logs
    /// goes to a file in `directory`.
    ///
    /// # Errors
    /// If the built program is not named in the environment.
    pub fn on(place: Place, directory: &Path) -> Result<Self> {
        let (program, content) = (setup::built("TOGETHER_BIN")?, setup::built("TOGETHER_CONTENT")?);
        let log = directory.join("server.log");
        Ok(Self { program, content, place, log, level: "warn", before: Vec::new() })
    }

    /// The same, logging as much as this level of `RUST_LOG` says.
    #[must_use]
    pub fn logging(self, level: &'static str) -> Self {
        Self { level, ..self }
    }

    /// The same, started by another program that becomes it in the end.
    #[must_use]
    pub fn behind(self, before: Vec<OsString>) -> Self {
        Self { before, ..self }
    }

    /// Whether the program knows a flag of `serve`.
    ///
    /// # Errors
    /// If it cannot be asked.
    pub fn program_knows(flag: &str) -> Result<bool> {
        let help = std::process::Command::new(setup::built("TOGETHER_BIN")?)
            .args(["serve", "--help"])
            .output()
            .context("asking the server for its flags")?;
        Ok(String::from_utf8_lossy(&help.stdout).contains(flag))
    }

    /// Runs the program with another command on the same place and gives what it said.
    ///
    /// # Errors
    /// If it fails; the message has what it said.
    pub async fn command(&self, words: &[&str]) -> Result<String> {
        let mut command = Command::new(&self.program);
        command.args(words);
        match &self.place {
            Place::Directory(directory) => command.arg("--data").arg(directory),
            Place::Postgres(url) => command.env("TOGETHER_DATABASE_URL", url),
        };
        let ran = command.stdin(Stdio::null()).kill_on_drop(true).output().await?;
        let said = String::from_utf8_lossy(&[ran.stdout, ran.stderr].concat()).into_owned();
        if ran.status.success() { Ok(said) } else { bail!("{words:?}: {said}") }
    }

    /// Starts the process and does not wait for it.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn spawn(&self) -> Result<Child> {
        let log = File::options().create(true).append(true).open(&self.log)?;
        let mut command = match self.before.split_first() {
            None => Command::new(&self.program),
            Some((first, rest)) => {
                let mut command = Command::new(first);
                command.args(rest).arg(&self.program);
                command
            }
        };
        command.args(["serve", "--listen", "127.0.0.1:0", "--content"]).arg(&self.content);
        command.env_remove("TOGETHER_DATABASE_URL").env_remove("TOGETHER_APP");
        match &self.place {
            Place::Directory(directory) => command.arg("--data").arg(directory),
            // By the environment: the URL may hold a password, and arguments are public.
            Place::Postgres(url) => command.env("TOGETHER_DATABASE_URL", url),
        };
        command
            .env("TOGETHER_ADMIN_PASSWORD", PASSWORD)
            .env("RUST_LOG", self.level)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("starting {}", self.program.display()))
    }

    /// Starts it and waits until it says where it listens.
    ///
    /// # Errors
    /// If it ends or says nothing in time; the end of its log is in the message.
    pub async fn start(&self) -> Result<Server> {
        let mut child = self.spawn()?;
        let said = tokio::time::timeout(wait::LONG, first_address(&mut child)).await;
        match said.unwrap_or_else(|_| bail!("it said nothing")) {
            Ok(address) => Ok(Server { child, address }),
            Err(error) => Err(error.context(self.log())),
        }
    }

    /// The end of what the servers logged.
    pub fn log(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    /// Starts it and kills it after so long, wherever it is then: in opening the database, in
    /// bringing it up to date, or in its first requests.
    ///
    /// # Errors
    /// If it cannot be started or does not go.
    pub async fn start_and_kill_after(&self, delay: Duration) -> Result<()> {
        let mut child = self.spawn()?;
        // The moment is the fault itself: nothing is waited for.
        tokio::time::sleep(delay).await;
        child.kill().await.context("killing a server that starts")
    }
}

async fn first_address(child: &mut Child) -> Result<SocketAddr> {
    let output = child.stdout.take().context("the output is piped")?;
    let mut lines = BufReader::new(output).lines();
    while let Some(line) = lines.next_line().await? {
        if let Some((_, address)) = line.split_once(WHERE) {
            // Read on, or the pipe would fill, or break and the server learn of it.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok(address.trim().parse()?);
        }
    }
    let status = child.wait().await?;
    bail!("the server ended with {status}")
}

impl Server {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process.
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Whether it still runs.
    ///
    /// # Errors
    /// If the system does not tell.
    pub fn runs(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// Kills it as a power cut does, by its number, and waits until it is gone.
    ///
    /// # Errors
    /// If it does not go.
    pub async fn kill(mut self) -> Result<()> {
        self.child.kill().await.context("killing the server")
    }
}
