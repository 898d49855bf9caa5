//! The tests, in parts, with a summary at the end.

use crate::app;
use crate::engine::Engine;
use crate::faults::{self, Rounds};
use crate::fuzz::Fuzz;
use crate::npm::{self, Packages};
use crate::server;
use crate::setup;
use crate::shell;
use crate::sim;
use crate::tool::WASM_BINDGEN;
use crate::workspace::{
    APP, BENCH, E2E, ENGINES, FAULTS, LOAD, ODK, PEERS, SURVEYS, WASM, Workspace,
};
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;
use std::{env, fs};

/// How many seeds of the simulation are run: about ten seconds on two processors, and enough that
/// each of its faults is met many times.
const SEEDS: &str = "10000";

/// A part of the tests.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Native tests of every crate that runs outside the browser, and their examples; those of the
    /// server on SQLite and again on PostgreSQL.
    Unit,
    /// Ten thousand seeds of the simulation.
    Sim,
    /// Wasm tests in browsers, with their real IndexedDB and the real server; in which is up to `--engines`.
    Browser,
    /// Journeys in Chromium against the release build and the real server.
    E2e,
    /// Our survey engine beside ODK's own, with the same answers on every form.
    Odk,
    /// Real processes that are killed, a network that fails, a disk that is full, and tablets that
    /// come back all at once.
    Faults,
    /// Made-up requests, answers and files, a few seconds for each decoder, where there is a nightly compiler.
    Fuzz,
}

impl Part {
    const ALL: [Self; 7] =
        [Self::Unit, Self::Odk, Self::Sim, Self::Browser, Self::E2e, Self::Faults, Self::Fuzz];

    fn name(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::Odk => "odk",
            Self::Sim => "sim",
            Self::Browser => "browser",
            Self::E2e => "e2e",
            Self::Faults => "faults",
            Self::Fuzz => "fuzz",
        }
    }

    fn run(self, workspace: &Workspace, engines: &[Engine], rounds: Rounds) -> Result<()> {
        match self {
            Self::Unit => unit(workspace),
            Self::Odk => odk(workspace),
            Self::Sim => passed(sim::cargo(workspace)?.args(["--seeds", SEEDS])),
            Self::Browser => browser(workspace, engines),
            Self::E2e => e2e(workspace),
            Self::Faults => faults::run(workspace, rounds),
            Self::Fuzz => Fuzz::default().run(workspace),
        }
    }
}

/// Runs the parts named, or all; each runs even when one before it failed.
///
/// # Errors
/// When a part failed; a table on stderr says which, and how long each took.
pub fn run(
    workspace: &Workspace,
    parts: &[Part],
    engines: &[Engine],
    rounds: Rounds,
) -> Result<()> {
    let parts = if parts.is_empty() { &Part::ALL } else { parts };
    let results = parts.iter().map(|part| {
        eprintln!("▸ Tests: {}", part.name());
        let start = Instant::now();
        let result = part.run(workspace, engines, rounds);
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
    for package in [APP, BENCH, E2E, FAULTS, LOAD, ODK, PEERS, SURVEYS] {
        cargo.args(["--exclude", package]);
    }
    // Both, whatever the first finds: the second is the same suite on the other database.
    let everywhere = passed(&mut cargo);
    let mut cargo = shell::cargo(workspace, ["test", "-p", "server", "--test", "it"])?;
    let on_postgres = passed(cargo.env("TOGETHER_TEST_DATABASE", "postgres"));
    everywhere.and(on_postgres)
}

fn odk(workspace: &Workspace) -> Result<()> {
    let folder = workspace.root.join("tests").join(ODK).join("engine");
    npm::ensure(workspace, &folder, Packages::All)?;
    passed(&mut shell::cargo(workspace, ["test", "-p", ODK])?)
}

fn browser(workspace: &Workspace, engines: &[Engine]) -> Result<()> {
    setup::wasm_target(workspace)?;
    WASM_BINDGEN.ensure(workspace)?;
    let engines = Engine::meant(engines);
    let mut places = Vec::new();
    for engine in &engines {
        places.extend(engine.ensure(workspace)?);
    }
    server::build(workspace)?;
    runner(workspace)?;
    let args = ["test", "--target", WASM, "-p", APP, "--lib", "--test", "browser"];
    let mut cargo = shell::cargo(workspace, args)?;
    cargo
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", ENGINES)
        .env("ENGINES", engines.iter().map(|it| it.name()).collect::<Vec<_>>().join(","))
        .env("TOGETHER_BIN", workspace.server_binary())
        .env("TOGETHER_CONTENT", workspace.root.join("content"))
        .envs(places);
    passed(&mut cargo)
}

/// Builds the program that drives the browsers and puts it among the tools: cargo splits a runner's path at spaces,
/// so it is named without one.
fn runner(workspace: &Workspace) -> Result<()> {
    let mut cargo = shell::cargo(workspace, ["build", "-p", ENGINES])?;
    shell::run("Building the runner of the browsers", &mut cargo)?;
    let program = PathBuf::from(format!("{ENGINES}{}", env::consts::EXE_SUFFIX));
    let folder = workspace.tools().join("bin");
    let place = folder.join(&program);
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    // Removed first: a copy over a running program fails.
    if place.exists() {
        fs::remove_file(&place).with_context(|| format!("replacing {}", place.display()))?;
    }
    fs::copy(workspace.target.join("debug").join(program), &place)
        .with_context(|| format!("copying to {}", place.display()))?;
    Ok(())
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
