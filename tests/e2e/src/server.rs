//! The real server, on a database of its own.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use rustix::process::Signal;
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::{process, setup::Setup, wait};

/// The password of the account `admin` on every server here.
pub const PASSWORD: &str = "correct horse battery staple";

/// A server with its own data. It keeps its address and its data while it is stopped.
pub struct Server {
    setup: Setup,
    address: SocketAddr,
    data: TempDir,
    child: Option<Child>,
}

impl Server {
    /// Starts a server on a new database with the content that ships.
    ///
    /// # Errors
    /// If it does not become ready.
    pub async fn start() -> Result<Self> {
        Self::start_with(|_| {}).await
    }

    /// As [`Server::start`], with another app or content.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub async fn start_with(change: impl FnOnce(&mut Setup)) -> Result<Self> {
        let mut setup = Setup::read()?;
        change(&mut setup);
        Self::start_as(setup).await
    }

    /// Starts a server with the parts that `setup` names.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub async fn start_as(setup: Setup) -> Result<Self> {
        let address = process::free_address()?;
        let data = TempDir::with_prefix("together-data-")?;
        let mut server = Self { setup, address, data, child: None };
        server.start_again().await?;
        Ok(server)
    }

    /// Starts it again on the same address and data.
    ///
    /// # Errors
    /// If it does not become ready; what it logged is in the message.
    pub async fn start_again(&mut self) -> Result<()> {
        let log = std::fs::File::options().create(true).append(true).open(self.log_file())?;
        let mut command = Command::new(&self.setup.server);
        command
            .args(["serve", "--listen", &self.address.to_string()])
            .arg("--data")
            .arg(self.data.path())
            .arg("--app")
            .arg(&self.setup.app)
            .arg("--content")
            .arg(&self.setup.content)
            .env("TOGETHER_ADMIN_PASSWORD", PASSWORD)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true);
        let child =
            command.spawn().with_context(|| format!("starting {}", self.setup.server.display()))?;
        self.child = Some(child);
        let ready = self.url("/readyz");
        let client = reqwest::Client::new();
        let answered = wait::until("the server is ready", wait::LONG, async || {
            if let Some(child) = &mut self.child
                && let Some(status) = child.try_wait()?
            {
                bail!("the server ended with {status}");
            }
            let answer = client.get(&ready).timeout(Duration::from_secs(2)).send().await;
            Ok(answer.ok().filter(|answer| answer.status().is_success()))
        });
        let answered = answered.await;
        answered.map(drop).with_context(|| self.log())
    }

    /// Stops it as a supervisor does, and waits until it has ended.
    ///
    /// # Errors
    /// If it does not end by itself.
    pub async fn stop(&mut self) -> Result<()> {
        self.end(Signal::TERM).await
    }

    /// Ends it as a power cut does.
    ///
    /// # Errors
    /// If it does not end.
    pub async fn kill(&mut self) -> Result<()> {
        self.end(Signal::KILL).await
    }

    async fn end(&mut self, signal: Signal) -> Result<()> {
        let Some(mut child) = self.child.take() else { return Ok(()) };
        if let Some(pid) = child.id() {
            process::signal(pid, signal);
        }
        tokio::time::timeout(wait::LONG, child.wait())
            .await
            .context("the server did not end")??;
        Ok(())
    }

    /// Serves another build of the app from the next start on.
    pub fn use_app(&mut self, app: PathBuf) {
        self.setup.app = app;
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The full address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Runs another command of the server's program on its data, and gives what it printed.
    ///
    /// # Errors
    /// If it cannot be run. Whether it succeeded is in the output.
    pub async fn command(&self, arguments: &[&str]) -> Result<std::process::Output> {
        let mut command = Command::new(&self.setup.server);
        command.args(arguments).arg("--data").arg(self.data.path());
        Ok(command.output().await?)
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    fn log_file(&self) -> PathBuf {
        self.data().join("server.log")
    }

    fn data(&self) -> &Path {
        self.data.path()
    }
}
