//! The tests, in parts, with a summary at the end.

use crate::app;
use crate::faults::{self, Rounds};
use crate::server;
use crate::setup;
use crate::shell;
use crate::workspace::{APP, BENCH, E2E, FAULTS, WASM, Workspace};
use anyhow::{Result, bail};
use clap::ValueEnum;
use std::process::Command;
use std::time::Instant;

/// A part of the tests.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Native tests of every crate that runs outside the browser, and their examples; those of the
    /// server on SQLite and again on PostgreSQL.
    Unit,
    /// Wasm tests in Chromium, with its real IndexedDB.
    Browser,
    /// Journeys in Chromium against the release build and the real server.
    E2e,
    /// Real processes that are killed, a network that fails, a disk that is full.
    Faults,
}

impl Part {
    const ALL: [Self; 4] = [Self::Unit, Self::Browser, Self::E2e, Self::Faults];

    fn name(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::Browser => "browser",
            Self::E2e => "e2e",
            Self::Faults => "faults",
        }
    }

    fn run(self, workspace: &Workspace, rounds: Rounds) -> Result<()> {
        match self {
            Self::Unit => unit(workspace),
            Self::Browser => browser(workspace),
            Self::E2e => e2e(workspace),
            Self::Faults => faults::run(workspace, rounds),
        }
    }
}

/// Runs the parts named, or all; each runs even when one before it failed.
///
/// # Errors
/// When a part failed; a table on stderr says which, and how long each took.
pub fn run(workspace: &Workspace, parts: &[Part], rounds: Rounds) -> Result<()> {
    let parts = if parts.is_empty() { &Part::ALL } else { parts };
    let results = parts.iter().map(|part| {
        eprintln!("▸ Tests: {}", part.name());
        let start = Instant::now();
        let result = part.run(workspace, rounds);
        if let Err(error) = &result {
            eprintln!("▸ Tests: {} failed: {error:#}", part.name());
        }
        (part.name(), start.elapsed().as_secs_f64(), result.is_ok())
    });
    let results = results.collect::<Vec<_>>();
    eprintln!("▸ Tests, in all:");
    for (name, seconds, passed) in &results {
        eprintln!("    {name:8} {} {seconds:7.1} s", if *passed { "passed" } else { "FAILED" });
    }
    match results.iter().filter(|(_, _, passed)| !passed).count() {
        0 => Ok(()),
        1 => bail!("one part of the tests failed"),
        failed => bail!("{failed} parts of the tests failed"),
    }
}

fn unit(workspace: &Workspace) -> Result<()> {
    setup::postgres(workspace)?;
    let mut cargo = shell::cargo(workspace, ["test", "--workspace"])?;
    for package in [APP, BENCH, E2E, FAULTS] {
        cargo.args(["--exclude", package]);
    }
    // Both, whatever the first finds: the second is the same suite on the other database.
    let everywhere = passed(&mut cargo);
    let mut cargo = shell::cargo(workspace, ["test", "-p", "server", "--test", "it"])?;
    let on_postgres = passed(cargo.env("TOGETHER_TEST_DATABASE", "postgres"));
    everywhere.and(on_postgres)
}

fn browser(workspace: &Workspace) -> Result<()> {
    let browser = setup::tests(workspace)?;
    let args = ["test", "--target", WASM, "-p", APP, "--lib", "--test", "browser"];
    let mut cargo = shell::cargo(workspace, args)?;
    cargo
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner")
        .env("WASM_BINDGEN_USE_BROWSER", "1")
        .env("WASM_BINDGEN_TEST_TIMEOUT", "180")
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", workspace.root.join("webdriver.json"))
        .env("CHROMEDRIVER", browser.driver);
    passed(&mut cargo)
}

fn e2e(workspace: &Workspace) -> Result<()> {
    if !workspace.has_test_package(E2E) {
        bail!("tests/{E2E} is not there");
    }
    let mut cargo = against_the_build(workspace, ["test", "-p", E2E])?;
    passed(&mut cargo)
}

/// Builds app and server and gives cargo what a package that drives both in a browser needs to know:
/// `TOGETHER_BIN`, `TOGETHER_APP`, `TOGETHER_CONTENT`, `CHROMIUM` and `CHROMEDRIVER`, all paths.
///
/// # Errors
/// When setup or a build fails.
pub fn against_the_build<const N: usize>(
    workspace: &Workspace,
    args: [&str; N],
) -> Result<Command> {
    let browser = setup::tests(workspace)?;
    setup::postgres(workspace)?;
    app::build(workspace)?;
    server::build(workspace)?;
    let mut cargo = shell::cargo(workspace, args)?;
    cargo
        .env("TOGETHER_BIN", workspace.server_binary())
        .env("TOGETHER_APP", workspace.dist())
        .env("TOGETHER_CONTENT", workspace.root.join("content"))
        .env("CHROMIUM", browser.chromium)
        .env("CHROMEDRIVER", browser.driver);
    Ok(cargo)
}

/// Runs cargo with its result lines on stdout, where whoever counts tests looks for them.
///
/// # Errors
/// When it fails.
pub fn passed(cargo: &mut Command) -> Result<()> {
    let status = cargo.status()?;
    if !status.success() {
        bail!("cargo {:?} ended with {status}", cargo.get_args().collect::<Vec<_>>());
    }
    Ok(())
}
