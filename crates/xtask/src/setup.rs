//! Installing what is missing, and saying so; quick and silent when all is there.

use crate::apt;
use crate::npm::{self, Packages};
use crate::shell;
use crate::tool::{TRUNK, WASM_BINDGEN};
use crate::workspace::{WASM, Workspace};
use anyhow::{Context, Result, bail};
use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// A browser and the program that drives it for tests.
pub struct Browser {
    /// `CHROMIUM`, or the first of Chromium's and Chrome's names on PATH.
    pub chromium: PathBuf,
    /// `CHROMEDRIVER`, or `chromedriver` on PATH.
    pub driver: PathBuf,
}

/// What a build of the app needs: wasm target, wasm-bindgen-cli, trunk, npm packages.
///
/// # Errors
/// When something is missing and cannot be installed; the message says what to do by hand.
pub fn app(workspace: &Workspace) -> Result<()> {
    wasm_target(workspace)?;
    WASM_BINDGEN.ensure(workspace)?;
    TRUNK.ensure(workspace)?;
    npm::ensure(workspace, &workspace.root, Packages::Build)
}

/// What the tests need above that: every npm package, Chromium and its driver.
///
/// # Errors
/// As [`app`].
pub fn tests(workspace: &Workspace) -> Result<Browser> {
    wasm_target(workspace)?;
    WASM_BINDGEN.ensure(workspace)?;
    TRUNK.ensure(workspace)?;
    npm::ensure(workspace, &workspace.root, Packages::All)?;
    browser(workspace)
}

/// The standard library for wasm, which rustup adds.
///
/// # Errors
/// When it is missing and there is no rustup, or rustup fails.
pub fn wasm_target(workspace: &Workspace) -> Result<()> {
    let mut rustc = shell::command(workspace, "rustc")?;
    let library = shell::output(rustc.args(["--print", "target-libdir", "--target", WASM]));
    if library.is_some_and(|dir| PathBuf::from(dir).is_dir()) {
        return Ok(());
    }
    if shell::output(Command::new("rustup").arg("--version")).is_none() {
        bail!(
            "Rust's {WASM} target is missing: install it with your system's packages, or use rustup"
        );
    }
    let mut rustup = shell::command(workspace, "rustup")?;
    shell::run("Adding the wasm target", rustup.args(["target", "add", WASM])).map(drop)
}

/// Whether the standard library's source is there, or could be added by rustup: a smaller app is built from it.
///
/// # Errors
/// When rustc cannot be asked.
pub fn library_source(workspace: &Workspace) -> Result<bool> {
    let mut rustc = shell::command(workspace, "rustc")?;
    let Some(sysroot) = shell::output(rustc.args(["--print", "sysroot"])) else {
        bail!("rustc does not answer: install Rust by rustup");
    };
    let source = PathBuf::from(sysroot).join("lib/rustlib/src/rust/library/std/Cargo.toml");
    if source.is_file() {
        return Ok(true);
    }
    let mut rustup = shell::command(workspace, "rustup")?;
    let added = shell::run(
        "Adding the standard library's source",
        rustup.args(["component", "add", "rust-src"]),
    );
    if added.is_err() {
        eprintln!("▸ Without it the app is a tenth larger, and works the same.");
    }
    Ok(added.is_ok())
}

/// Chromium and its driver, installed if they are not there.
///
/// # Errors
/// When they are missing and cannot be installed; the message says what to install.
pub fn browser(workspace: &Workspace) -> Result<Browser> {
    const BY_HAND: &str = "Chromium or chromedriver is missing: install both \
        (Debian: apt-get install chromium chromium-driver), or name them in CHROMIUM and CHROMEDRIVER";
    if let Some(browser) = find_browser() {
        return Ok(browser);
    }
    let packages = ["chromium", "chromium-driver"];
    apt::install(workspace, "Chromium and its driver", &packages, BY_HAND)?;
    find_browser().context(BY_HAND)
}

/// PostgreSQL's programs, which the server's tests start by themselves.
///
/// # Errors
/// As [`app`].
pub fn postgres(workspace: &Workspace) -> Result<()> {
    const BY_HAND: &str = "PostgreSQL is missing: install it (Debian: apt-get install postgresql)";
    if has_postgres() {
        return Ok(());
    }
    apt::install(workspace, "PostgreSQL", &["postgresql"], BY_HAND)?;
    if has_postgres() { Ok(()) } else { bail!(BY_HAND) }
}

/// On PATH, or where Debian puts it; the tests look in the same places.
fn has_postgres() -> bool {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    on_path("postgres").is_some()
        || versions.into_iter().any(|version| version.path().join("bin/postgres").is_file())
}

fn find_browser() -> Option<Browser> {
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let chromium = named("CHROMIUM", &names)?;
    Some(Browser { chromium, driver: named("CHROMEDRIVER", &["chromedriver"])? })
}

/// What the variable names, or the first of these names on PATH.
pub fn named(variable: &str, names: &[&str]) -> Option<PathBuf> {
    let named = env::var_os(variable).map(PathBuf::from);
    named.or_else(|| names.iter().find_map(|name| on_path(name)))
}

/// The program of this name on PATH.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|dir| dir.join(name)).find(|file| file.is_file())
}
