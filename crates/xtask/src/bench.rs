//! Measuring: builds what is measured, then hands over to the runner in tests/e2e.

use crate::load::Load;
use crate::npm::{self, Packages};
use crate::setup;
use crate::shell;
use crate::suite;
use crate::surveys;
use crate::workspace::{BENCH, E2E, PEERS, WASM, Workspace};
use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Measures; prints a table, or one JSON object.
#[derive(Args)]
pub struct Bench {
    /// What to measure.
    #[arg(default_value = "all")]
    what: What,
    /// One JSON object on stdout in place of the table.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    load: Load,
    #[command(flatten)]
    sync: Sync,
}

/// Which part of `sync` is measured, for who has not half an hour.
#[derive(Args)]
struct Sync {
    /// sync: over one line only: loopback, counted or slow.
    #[arg(long, value_name = "NAME")]
    line: Option<String>,
    /// sync: one task only: store, bootstrap or push.
    #[arg(long, value_name = "NAME")]
    task: Option<String>,
    /// sync: one side only: ours, pouchdb, dexie or plain.
    #[arg(long, value_name = "NAME")]
    side: Option<String>,
    /// sync: a file of measurements to go on with.
    #[arg(long, value_name = "FILE")]
    keep: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// The search index beside MiniSearch and Fuse.js.
    Search,
    /// Storing captures beside plain JavaScript.
    Storage,
    /// The bytes of a first visit.
    Visit,
    /// Cold start to usable, offline.
    Start,
    /// Submissions and reads a second, on SQLite and PostgreSQL; needs no browser.
    Server,
    /// 10,000 tablets that come back at once; needs no browser.
    Scale,
    /// Sync and storing beside PouchDB, Dexie and plain JavaScript, on loopback and on a slow line: half an hour.
    Sync,
    /// Our survey engine beside ODK's, on long forms in a browser made four times slower.
    Surveys,
    /// Everything that is measured in the browser within minutes, but for the survey engines.
    All,
}

impl Bench {
    /// Builds and measures.
    ///
    /// # Errors
    /// When a build or the runner fails.
    pub fn run(self, workspace: &Workspace) -> Result<()> {
        let name = self.what.to_possible_value();
        let name = name.as_ref().map_or("all", |what| what.get_name());
        if matches!(self.what, What::Server | What::Scale) {
            return self.load.run(workspace, name, self.json);
        }
        if !workspace.has_test_package(E2E) {
            bail!("tests/{E2E} is not there");
        }
        let args = ["run", "--quiet", "-p", E2E, "--bin", "bench", "--", name];
        let mut runner = match self.what {
            What::Sync => {
                let page = build(workspace)?;
                let mut runner = beside_peers(workspace, &self.load, &self.sync)?;
                runner.env("TOGETHER_BENCH", page);
                runner
            }
            What::Surveys => {
                let mut runner = suite::against_the_build(workspace, args)?;
                runner.env("TOGETHER_SURVEYS", surveys::build(workspace)?);
                runner
            }
            _ => {
                let page = build(workspace)?;
                let mut runner = suite::against_the_build(workspace, args)?;
                runner.env("TOGETHER_BENCH", page);
                runner
            }
        };
        if self.json {
            runner.arg("--json");
        }
        let status = runner.status()?;
        if !status.success() {
            bail!("the measurements ended with {status}");
        }
        Ok(())
    }
}

/// The runner in tests/peers, with the peers installed.
fn beside_peers(workspace: &Workspace, load: &Load, sync: &Sync) -> Result<Command> {
    let folder = workspace.root.join("tests").join(PEERS).join("www");
    npm::ensure(workspace, &folder, Packages::All)?;
    let args = ["run", "--quiet", "-p", PEERS, "--bin", PEERS, "--"];
    let mut runner = suite::against_the_build(workspace, args)?;
    runner.env("TOGETHER_PEERS", folder);
    if let Some(runs) = load.runs {
        runner.arg("--runs").arg(runs.to_string());
    }
    for (name, value) in [("--line", &sync.line), ("--task", &sync.task), ("--side", &sync.side)] {
        if let Some(value) = value {
            runner.arg(name).arg(value);
        }
    }
    if let Some(keep) = &sync.keep {
        runner.arg("--keep").arg(keep);
    }
    Ok(runner)
}

/// Builds what is measured in a page, as the app is built (size first, wasm-opt -Oz), into `tests/bench/www/pkg`, and
/// installs what it is measured beside. Returns the page's folder.
fn build(workspace: &Workspace) -> Result<PathBuf> {
    setup::tests(workspace)?;
    let page = workspace.root.join("tests/bench/www");
    if page.join("package.json").is_file() {
        npm::ensure(workspace, &page, Packages::All)?;
    }
    let args = ["build", "--release", "--target", WASM, "-p", BENCH];
    shell::run("Building what is measured", &mut shell::cargo(workspace, args)?)?;
    let built = workspace.target.join(WASM).join("release").join(format!("{BENCH}.wasm"));
    let out = page.join("pkg");
    let mut bindgen = shell::command(workspace, "wasm-bindgen")?;
    bindgen.args(["--target", "web", "--no-typescript", "--out-name", BENCH, "--out-dir"]);
    shell::run_silently("Writing its bindings", bindgen.arg(&out).arg(built))?;
    optimise(workspace, &out.join(format!("{BENCH}_bg.wasm")))?;
    Ok(page)
}

fn optimise(workspace: &Workspace, wasm: &Path) -> Result<()> {
    let mut wasm_opt = shell::command(workspace, "wasm-opt")?;
    wasm_opt.arg("-Oz").arg(wasm).arg("--output").arg(wasm);
    shell::run_silently("Optimising it", &mut wasm_opt).map(drop)
}
