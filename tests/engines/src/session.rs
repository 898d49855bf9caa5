//! A browser under a driver, with everything it writes in a folder of its own.

use std::{process::Stdio, time::Duration};

use anyhow::{Context, Result};
use e2e::{process, wait};
use rustix::process::{Pid, Signal, kill_process_group};
use tempfile::TempDir;
use thirtyfour::{Capabilities, WebDriver};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::engine::{self, Engine};

/// How long the driver may take for one answer; the first is given when the browser has started.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running browser.
pub struct Session {
    web: WebDriver,
    version: String,
    // Ended in this order.
    _driver: Group,
    _display: Option<Group>,
    _scratch: TempDir,
}

impl Session {
    /// Starts the engine's browser, and a display if it needs one.
    ///
    /// # Errors
    /// If a program is missing or does not start.
    pub async fn start(engine: Engine) -> Result<Self> {
        let scratch = TempDir::with_prefix("together-browser-")?;
        let display = if engine.needs_display() { Some(display().await?) } else { None };
        let address = process::free_address()?;
        let mut driver = engine.driver(address);
        // Profiles, caches and settings of whoever runs this stay untouched, and nothing is left behind.
        for name in ["HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"] {
            driver.env(name, scratch.path());
        }
        if let Some((_, number)) = &display {
            driver.env("DISPLAY", format!(":{number}")).env("GDK_BACKEND", "x11");
        }
        driver.stdout(Stdio::null());
        let driver = Group::start(driver, engine.name())?;
        let url = format!("http://{address}");
        let http = reqwest::Client::new();
        wait::until("the driver is ready", wait::LONG, async || {
            let status = http.get(format!("{url}/status")).send().await;
            Ok(status.ok().filter(|status| status.status().is_success()))
        })
        .await?;
        let capabilities = engine.capabilities(scratch.path());
        let capabilities: Capabilities = serde_json::from_value(capabilities)?;
        let web = WebDriver::builder(&url, capabilities)
            .request_timeout(PATIENCE)
            .connect()
            .await
            .with_context(|| format!("starting {}", engine.name()))?;
        let version = web.capabilities().get("browserVersion").and_then(|it| it.as_str());
        let version = version.unwrap_or_default().to_owned();
        let _display = display.map(|(group, _)| group);
        Ok(Self { web, version, _driver: driver, _display, _scratch: scratch })
    }

    /// The driver's client.
    pub fn web(&self) -> &WebDriver {
        &self.web
    }

    /// The browser's own version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Closes the browser, and ends what is left of it.
    pub async fn end(self) {
        // One that hangs is killed with the driver's group.
        let _ = tokio::time::timeout(wait::SHORT, self.web.quit()).await;
    }
}

/// A program and all it has started, ended together when this is dropped.
struct Group {
    child: Child,
}

impl Group {
    fn start(mut command: Command, what: &str) -> Result<Self> {
        command.stdin(Stdio::null()).stderr(Stdio::null()).process_group(0).kill_on_drop(true);
        let program = command.as_std().get_program().to_owned();
        let child = command.spawn().with_context(|| {
            format!("{what} needs {program:?}, which does not start: run `cargo xtask test browser --engines {what}`")
        })?;
        Ok(Self { child })
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let pid = self.child.id().and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw);
        if let Some(pid) = pid {
            kill_process_group(pid, Signal::KILL).ok();
        }
    }
}

/// A display that nobody sees, with a number that is free.
async fn display() -> Result<(Group, u32)> {
    let mut server = Command::new(engine::program("XVFB", "Xvfb"));
    server.args(["-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]);
    server.stdout(Stdio::piped());
    let mut group = Group::start(server, Engine::Webkit.name())?;
    let output = group.child.stdout.take().context("its output is a pipe")?;
    let mut lines = BufReader::new(output).lines();
    let number = tokio::time::timeout(wait::LONG, lines.next_line());
    let number = number.await.context("Xvfb says nothing")??;
    let number = number.context("Xvfb ended at once")?;
    Ok((group, number.trim().parse().with_context(|| format!("Xvfb said {number}"))?))
}
