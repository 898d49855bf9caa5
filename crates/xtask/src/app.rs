//! The app: Trunk builds it and has sass make its style sheet, [`crate::shrink`] and [`crate::precache`] finish it.

use crate::precache;
use crate::setup;
use crate::shell;
use crate::shrink;
use crate::workspace::{WASM, Workspace};
use anyhow::Result;
use std::process::Command;

/// Builds the app in release into `dist/`, installing first what is missing.
///
/// # Errors
/// When setup, cargo, sass or trunk fail.
pub fn build(workspace: &Workspace) -> Result<()> {
    setup::app(workspace)?;
    // Offline: Trunk would otherwise download a tool it does not find, from a place nobody chose.
    let mut trunk = trunk(workspace)?;
    trunk.args(["build", "--release", "--offline", "true"]);
    let mut fetch = fetch(workspace)?;
    if setup::library_source(workspace)? {
        shrink(&mut trunk);
        // The standard library has crates of its own to be downloaded.
        shrink(&mut fetch);
    }
    shell::run_silently("Downloading crates", &mut fetch)?;
    shell::run("Building the app", &mut trunk)?;
    shrink::run(workspace, &workspace.dist())?;
    precache::run(&workspace.dist())
}

/// Has the standard library built along with the app, for size and without the words of panics: it saves a tenth of
/// the bytes of a first visit. Cargo and rustc take these settings for experiments only, hence the first variable; the
/// code itself is plain Rust, and builds without them too.
pub fn shrink(cargo: &mut Command) {
    cargo
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
        .env("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size")
        .env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
            "--cfg sha2_backend_soft=\"compact\" -Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none",
        );
}

/// Runs `trunk serve` until interrupted: a debug build on port 8081, built anew on every change.
///
/// # Errors
/// As [`build`].
pub fn watch(workspace: &Workspace) -> Result<()> {
    setup::app(workspace)?;
    shell::run_silently("Downloading crates", &mut fetch(workspace)?)?;
    let mut trunk = trunk(workspace)?;
    trunk.args(["serve", "--offline", "true"]);
    shell::become_it(&mut trunk)
}

/// What downloads the app's crates, so that Trunk can be kept off the network.
fn fetch(workspace: &Workspace) -> Result<Command> {
    shell::cargo(workspace, ["fetch", "--quiet", "--target", WASM])
}

fn trunk(workspace: &Workspace) -> Result<Command> {
    let mut trunk = shell::command(workspace, "trunk")?;
    // Its errors are cargo's or sass' own text; a trace through Trunk would bury it.
    trunk.env("TRUNK_SKIP_VERSION_CHECK", "true").env("RUST_BACKTRACE", "0");
    Ok(trunk)
}
