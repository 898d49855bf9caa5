//! Installing what is missing, and saying so; quick and silent when all is there.

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

fn browser(workspace: &Workspace) -> Result<Browser> {
    if let Some(browser) = find_browser() {
        return Ok(browser);
    }
    const BY_HAND: &str = "Chromium or chromedriver is missing: install both \
        (Debian: apt-get install chromium chromium-driver), or name them in CHROMIUM and CHROMEDRIVER";
    let packages = ["chromium", "chromium-driver"];
    apt_install(workspace, "Chromium and its driver", &packages).context(BY_HAND)?;
    find_browser().context(BY_HAND)
}

/// PostgreSQL's programs, which the server's tests start by themselves.
///
/// # Errors
/// As [`app`].
pub fn postgres(workspace: &Workspace) -> Result<()> {
    if has_postgres() {
        return Ok(());
    }
    const BY_HAND: &str = "PostgreSQL is missing: install it (Debian: apt-get install postgresql)";
    apt_install(workspace, "PostgreSQL", &["postgresql"]).context(BY_HAND)?;
    if has_postgres() { Ok(()) } else { bail!(BY_HAND) }
}

/// On PATH, or where Debian puts it; the tests look in the same places.
fn has_postgres() -> bool {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    on_path("postgres").is_some()
        || versions.into_iter().any(|version| version.path().join("bin/postgres").is_file())
}

/// Installs packages where that is possible without a question: on Debian and its kin, as root or
/// with a sudo that asks for nothing.
fn apt_install(workspace: &Workspace, what: &str, packages: &[&str]) -> Result<()> {
    let root = shell::output(Command::new("id").arg("-u")).is_some_and(|id| id == "0");
    let sudo = !root && shell::output(Command::new("sudo").args(["-n", "true"])).is_some();
    let apt = shell::output(Command::new("apt-get").arg("--version")).is_some();
    if !apt || !(root || sudo) {
        bail!("{what} cannot be installed from here");
    }
    let apt_get = |args: &[&str]| -> Result<Command> {
        let mut command = shell::command(workspace, if sudo { "sudo" } else { "apt-get" })?;
        if sudo {
            command.args(["-n", "apt-get"]);
        }
        command.args(args).env("DEBIAN_FRONTEND", "noninteractive");
        Ok(command)
    };
    shell::run("Asking the system what packages there are", &mut apt_get(&["update", "-q"])?)?;
    let mut install = apt_get(&["install", "-q", "-y", "--no-install-recommends"])?;
    shell::run(&format!("Installing {what} (a minute or two, once)"), install.args(packages))
        .map(drop)
}

fn find_browser() -> Option<Browser> {
    let chromium = env::var_os("CHROMIUM").map(PathBuf::from).or_else(|| {
        ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
            .iter()
            .find_map(|name| on_path(name))
    })?;
    let driver =
        env::var_os("CHROMEDRIVER").map(PathBuf::from).or_else(|| on_path("chromedriver"))?;
    Some(Browser { chromium, driver })
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|dir| dir.join(name)).find(|file| file.is_file())
}
