//! `cargo xtask`: everything one does with this repository, with one command each.

mod app;
mod apt;
mod bench;
mod check;
mod engine;
mod faults;
mod fuzz;
mod load;
mod npm;
mod precache;
mod server;
mod setup;
mod shell;
mod shrink;
mod sim;
mod suite;
mod surveys;
mod tool;
mod workspace;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;
use workspace::Workspace;

/// Builds, serves, tests and measures Communities Together.
#[derive(Parser)]
#[command(name = "cargo xtask", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Installs what is missing: wasm target, trunk, wasm-bindgen-cli, npm packages.
    Setup {
        /// Also what the tests need: Chromium, its driver, axe-core.
        #[arg(long)]
        tests: bool,
    },
    /// Sets up, builds the app and the server, and runs them.
    Serve(server::Serve),
    /// Builds the app alone, in release, into dist/.
    App,
    /// Runs `trunk serve` with the right tools, for work on the screens (API proxied to 127.0.0.1:8080).
    Watch,
    /// Runs the tests; all parts without an argument.
    Test {
        /// Which parts to run.
        parts: Vec<suite::Part>,
        /// browser: the engines to run in, with commas between.
        #[arg(long, value_name = "ENGINES", value_delimiter = ',', default_value = "chromium")]
        engines: Vec<engine::Engine>,
        #[command(flatten)]
        rounds: faults::Rounds,
    },
    /// Runs tablets and server through seeded faults, thousands of seeds at a time.
    Sim(sim::Sim),
    /// Feeds made-up requests, answers and files to what reads them.
    Fuzz(fuzz::Fuzz),
    /// Formatting, clippy for both targets and documentation, warnings denied.
    Check,
    /// Measures; prints a table, or one JSON object.
    Bench(bench::Bench),
    /// Builds one binary with the app and the content inside: target/dist/together.
    Dist,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        // One line for people; a backtrace of this tool helps nobody.
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let workspace = Workspace::locate()?;
    match Cli::parse().command {
        Command::Setup { tests: false } => setup::app(&workspace),
        Command::Setup { tests: true } => setup::tests(&workspace).map(drop),
        Command::Serve(serve) => serve.run(&workspace),
        Command::App => app::build(&workspace),
        Command::Watch => app::watch(&workspace),
        Command::Test { parts, engines, rounds } => {
            suite::run(&workspace, &parts, &engines, rounds)
        }
        Command::Sim(sim) => sim.run(&workspace),
        Command::Fuzz(fuzz) => fuzz.run(&workspace),
        Command::Check => check::run(&workspace),
        Command::Bench(bench) => bench.run(&workspace),
        Command::Dist => server::dist(&workspace),
    }
}
