//! The app: Trunk builds it, sass its style sheet, [`crate::precache`] finishes it.

use crate::setup;
use crate::shell;
use crate::workspace::{WASM, Workspace};
use anyhow::{Context, Result, bail};
use std::fs;
use std::process::Command;

/// Builds the app in release into `dist/`, installing first what is missing.
///
/// # Errors
/// When setup, cargo, sass or trunk fail.
pub fn build(workspace: &Workspace) -> Result<()> {
    setup::app(workspace)?;
    fetch(workspace)?;
    // Offline: Trunk would otherwise download a tool it does not find, from a place nobody chose.
    let mut trunk = trunk(workspace)?;
    trunk.args(["build", "--release", "--offline", "true"]);
    shell::run("Building the app", &mut trunk).map(drop)
}

/// Runs `trunk serve` until interrupted: a debug build on port 8081, built anew on every change.
///
/// # Errors
/// As [`build`].
pub fn watch(workspace: &Workspace) -> Result<()> {
    setup::app(workspace)?;
    fetch(workspace)?;
    let mut trunk = trunk(workspace)?;
    trunk.args(["serve", "--offline", "true"]);
    shell::become_it(&mut trunk)
}

/// Compiles `style/app.scss` to `target/style/app.css`, compressed.
///
/// # Errors
/// When the npm packages are missing or sass finds a fault.
pub fn style(workspace: &Workspace) -> Result<()> {
    let sass = workspace.root.join("node_modules/sass/sass.js");
    if !sass.is_file() {
        bail!("the npm packages are missing: run `cargo xtask setup`");
    }
    // Where index.html looks, whatever CARGO_TARGET_DIR says.
    let out = workspace.root.join("target/style");
    fs::create_dir_all(&out).with_context(|| format!("making {}", out.display()))?;
    let mut node = shell::command(workspace, "node")?;
    node.arg(sass)
        .args(["--no-source-map", "--style=compressed", "--load-path=node_modules"])
        .arg("style/app.scss")
        .arg(out.join("app.css"));
    shell::run_silently("Compiling the style sheet", &mut node).map(drop)
}

/// Downloads the app's crates, so that Trunk can be kept off the network.
fn fetch(workspace: &Workspace) -> Result<()> {
    let mut fetch = shell::cargo(workspace, ["fetch", "--quiet", "--target", WASM])?;
    shell::run_silently("Downloading crates", &mut fetch).map(drop)
}

fn trunk(workspace: &Workspace) -> Result<Command> {
    let mut trunk = shell::command(workspace, "trunk")?;
    // Its errors are cargo's or sass' own text; a trace through Trunk would bury it.
    trunk.env("TRUNK_SKIP_VERSION_CHECK", "true").env("RUST_BACKTRACE", "0");
    Ok(trunk)
}
