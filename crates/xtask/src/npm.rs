//! The packages from npm: the style sheet's base and compiler, wasm-opt, and what only tests use.

use crate::shell;
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Which of a `package.json`'s packages are wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Packages {
    /// Those a build needs.
    Build,
    /// Those of the tests too.
    All,
}

/// Installs the packages of `folder` as its lock file names them, unless they are there.
///
/// # Errors
/// When npm is missing or fails.
pub fn ensure(workspace: &Workspace, folder: &Path, packages: Packages) -> Result<()> {
    let lock_file = folder.join("package-lock.json");
    let lock = fs::read(&lock_file).with_context(|| format!("reading {}", lock_file.display()))?;
    let wanted = Sha256::digest(&lock).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let stamp = folder.join("node_modules/.installed");
    let present = fs::read_to_string(&stamp).unwrap_or_default();
    // All packages serve a build as well.
    if present == format!("{wanted} all")
        || (packages == Packages::Build && present == format!("{wanted} build"))
    {
        return Ok(());
    }
    if shell::output(Command::new("npm").arg("--version")).is_none() {
        anyhow::bail!(
            "npm is missing: install Node.js 20 or newer (Debian and Ubuntu: apt-get install npm)"
        );
    }
    let mut npm = shell::command(workspace, "npm")?;
    // No package here needs a script of its own to install, and the optional ones only watch files.
    npm.args(["ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund"])
        .current_dir(folder);
    if packages == Packages::Build {
        npm.arg("--omit=dev");
    }
    shell::run(&format!("Installing the npm packages of {}", lock_file.display()), &mut npm)?;
    let kind = if packages == Packages::All { "all" } else { "build" };
    fs::write(&stamp, format!("{wanted} {kind}"))
        .with_context(|| format!("writing {}", stamp.display()))
}
