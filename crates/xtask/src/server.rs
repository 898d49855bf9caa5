//! The server: built beside the app and run, or built with the app inside.

use crate::app;
use crate::shell;
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use clap::Args;
use std::fs;
use std::path::{Path, PathBuf};

/// Sets up, builds the app and the server, and runs them.
#[derive(Args)]
pub struct Serve {
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: String,
    /// The folder of the database; made if missing.
    #[arg(long, default_value = "data")]
    data: PathBuf,
}

impl Serve {
    /// Does so, until the server ends.
    ///
    /// # Errors
    /// When a build fails or the server cannot be started.
    pub fn run(self, workspace: &Workspace) -> Result<()> {
        app::build(workspace)?;
        build(workspace)?;
        // A relative folder is one of the caller's.
        let data = std::path::absolute(&self.data)?;
        let mut server = shell::command(workspace, workspace.server_binary())?;
        server.args(["serve", "--listen", &self.listen]).arg("--data").arg(data);
        server.arg("--app").arg(workspace.dist());
        server.arg("--content").arg(workspace.root.join("content"));
        shell::become_it(&mut server)
    }
}

/// Builds the server for speed: `target/server/together`.
///
/// # Errors
/// When cargo fails.
pub fn build(workspace: &Workspace) -> Result<()> {
    let mut cargo = shell::cargo(workspace, ["build", "--profile", "server", "-p", "server"])?;
    shell::run("Building the server", &mut cargo).map(drop)
}

/// Builds one binary with the app and the content inside, `target/dist/together`, and prints its size.
///
/// # Errors
/// When a build or a copy fails.
pub fn dist(workspace: &Workspace) -> Result<()> {
    app::build(workspace)?;
    // Where the server's source takes the app from, whatever CARGO_TARGET_DIR says.
    let out = workspace.root.join("target/dist");
    let staged = out.join("app");
    if staged.exists() {
        fs::remove_dir_all(&staged).with_context(|| format!("clearing {}", staged.display()))?;
    }
    copy(&workspace.dist(), &staged)?;
    let args = ["build", "--profile", "server", "-p", "server", "--features", "embed"];
    shell::run("Building the server with the app inside", &mut shell::cargo(workspace, args)?)?;
    let binary = out.join(format!("together{}", std::env::consts::EXE_SUFFIX));
    // Removed first: a copy over a running binary fails.
    if binary.exists() {
        fs::remove_file(&binary).with_context(|| format!("replacing {}", binary.display()))?;
    }
    fs::copy(workspace.server_binary(), &binary)
        .with_context(|| format!("copying to {}", binary.display()))?;
    let bytes = fs::metadata(&binary)?.len();
    println!("{} ({:.1} MB)", binary.display(), bytes as f64 / 1e6);
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("making {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("listing {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)
                .with_context(|| format!("copying {}", entry.path().display()))?;
        }
    }
    Ok(())
}
