//! Loading the real server: builds it, then hands over to the runner in tests/load.

use crate::server;
use crate::setup;
use crate::shell;
use crate::workspace::{LOAD, Workspace};
use anyhow::{Result, bail};
use clap::Args;

/// How much is loaded. What is not told is told by the runner.
#[derive(Args)]
pub struct Load {
    /// server, scale, sync: how often; medians are told.
    #[arg(long, value_name = "N")]
    pub runs: Option<u64>,
    /// scale: how many tablets come back at once.
    #[arg(long, value_name = "N")]
    tablets: Option<u64>,
    /// scale: how many records wait on each.
    #[arg(long, value_name = "N")]
    records: Option<u64>,
    /// server, scale: on one database only: sqlite, postgresql or standby.
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
}

impl Load {
    /// Measures `what`, in the runner's words.
    ///
    /// # Errors
    /// When a build or the runner fails.
    pub fn run(self, workspace: &Workspace, what: &str, json: bool) -> Result<()> {
        if self.only.as_deref() != Some("sqlite") {
            setup::postgres(workspace)?;
        }
        server::build(workspace)?;
        // With the server's profile: a slow client would be what is measured.
        let args = ["run", "--quiet", "--profile", "server", "-p", LOAD, "--bin", LOAD, "--", what];
        let mut runner = shell::cargo(workspace, args)?;
        runner
            .env("TOGETHER_BIN", workspace.server_binary())
            .env("TOGETHER_CONTENT", workspace.root.join("content"));
        for (name, value) in
            [("--runs", self.runs), ("--tablets", self.tablets), ("--records", self.records)]
        {
            if let Some(value) = value {
                runner.arg(name).arg(value.to_string());
            }
        }
        if let Some(only) = &self.only {
            runner.args(["--only", only]);
        }
        if json {
            runner.arg("--json");
        }
        let status = runner.status()?;
        if !status.success() {
            bail!("the measurements ended with {status}");
        }
        Ok(())
    }
}
