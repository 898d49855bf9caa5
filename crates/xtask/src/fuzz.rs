//! Fuzzing: every decoder that meets the network or a file gets what a fuzzer makes up.

use crate::shell;
use crate::tool::CARGO_FUZZ;
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use clap::Args;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

/// Feeds made-up bytes to what reads requests, answers and files, and checks what comes of them.
#[derive(Args)]
pub struct Fuzz {
    /// Seconds for each target.
    #[arg(long, value_name = "N", default_value_t = SHORT)]
    seconds: u64,
    /// Which targets: the files in fuzz/targets; all without an argument.
    targets: Vec<String>,
}

/// Seconds that find what a change broke; what hides deeper takes minutes or hours.
const SHORT: u64 = 6;
/// Bytes of an input: what is longer repeats itself, and each run takes longer.
const LENGTH: u32 = 16 * 1024;
/// Seconds after which one input counts as a failure. The slowest takes milliseconds.
const TIMEOUT: u32 = 10;

impl Default for Fuzz {
    fn default() -> Self {
        Self { seconds: SHORT, targets: Vec::new() }
    }
}

/// What came of one target.
struct Outcome {
    executions: u64,
    /// What the fuzzer said, if it failed.
    failure: Option<String>,
}

impl Fuzz {
    /// Builds the targets, runs as many at a time as there are processors, and says what came of it.
    ///
    /// # Errors
    /// When a build fails, or an input breaks a promise; the input's file has been named.
    pub fn run(self, workspace: &Workspace) -> Result<()> {
        let Some(nightly) = nightly() else {
            eprintln!("▸ Fuzz: SKIPPED, it needs: rustup toolchain install nightly");
            return Ok(());
        };
        let targets = self.chosen(workspace)?;
        CARGO_FUZZ.ensure(workspace)?;
        // No sanitizer: nothing of ours is unsafe, so there is no memory to watch, and with one both the
        // build and each run take twice as long.
        let folder = workspace.target.join("fuzz");
        let mut build = shell::command(workspace, "rustup")?;
        build.args(["run", &nightly, "cargo", "fuzz", "build", "--fuzz-dir", "fuzz"]);
        build.args(["--sanitizer", "none", "--target-dir"]).arg(&folder);
        shell::run("Building the fuzz targets (some minutes, once)", &mut build)?;

        let start = Instant::now();
        let at_a_time = thread::available_parallelism().map_or(1, usize::from);
        let (mut executions, mut crashes) = (0, 0);
        for some in targets.chunks(at_a_time) {
            let outcomes: Vec<Result<Outcome>> = thread::scope(|scope| {
                let mut running = Vec::new();
                for target in some {
                    running.push(scope.spawn(|| self.target(workspace, target)));
                }
                running.into_iter().map(|it| it.join().unwrap_or_else(|_| bail!("lost"))).collect()
            });
            for (target, outcome) in some.iter().zip(outcomes) {
                let outcome = outcome.with_context(|| format!("fuzzing {target}"))?;
                executions += outcome.executions;
                eprintln!("    {target:10} {:9} executions", outcome.executions);
                if let Some(said) = outcome.failure {
                    crashes += 1;
                    eprintln!("▸ Fuzz: {target} failed:\n{said}");
                }
            }
        }
        let (count, seconds) = (targets.len(), start.elapsed().as_secs_f64());
        eprintln!(
            "▸ Fuzz: {count} targets, {executions} executions, {seconds:.0} s, {crashes} crashes"
        );
        if crashes > 0 {
            bail!("{crashes} of {count} targets crashed; each input's file is named above");
        }
        Ok(())
    }

    fn chosen(&self, workspace: &Workspace) -> Result<Vec<String>> {
        let folder = workspace.root.join("fuzz/targets");
        let mut all = Vec::new();
        for file in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            all.extend(file?.path().file_stem().map(|name| name.to_string_lossy().into_owned()));
        }
        all.sort();
        if let Some(unknown) = self.targets.iter().find(|name| !all.contains(name)) {
            bail!("there is no target {unknown}; there are {}", all.join(", "));
        }
        Ok(if self.targets.is_empty() { all } else { self.targets.clone() })
    }

    fn target(&self, workspace: &Workspace, target: &str) -> Result<Outcome> {
        let folder = workspace.target.join("fuzz");
        let seeds = workspace.root.join("fuzz/seeds").join(target);
        let words = workspace.root.join("fuzz/words").join(target);
        // What is found is kept for the next run, beside the build and not among the sources.
        let corpus = folder.join("corpus").join(target);
        let artifacts = folder.join("artifacts").join(target);
        for folder in [&corpus, &artifacts] {
            fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        }
        let output = Command::new(binary(workspace, target)?)
            .arg(format!("-max_total_time={}", self.seconds))
            .arg(format!("-max_len={LENGTH}"))
            .arg(format!("-timeout={TIMEOUT}"))
            .arg(format!("-dict={}", words.display()))
            .arg(format!("-artifact_prefix={}/", artifacts.display()))
            .arg("-print_final_stats=1")
            .args([&corpus, &seeds])
            .current_dir(&workspace.root)
            .stdin(Stdio::null())
            .output()
            .context("could not be started")?;
        let said = String::from_utf8_lossy(&output.stderr);
        Ok(Outcome {
            executions: executions(&said),
            failure: (!output.status.success()).then(|| failure(&said)),
        })
    }
}

/// The name of a nightly toolchain, if rustup has one.
fn nightly() -> Option<String> {
    let list = shell::output(Command::new("rustup").args(["toolchain", "list"]))?;
    let name = list.lines().find(|name| name.starts_with("nightly"))?;
    name.split_whitespace().next().map(str::to_owned)
}

/// Where `cargo fuzz build` leaves a target.
fn binary(workspace: &Workspace, target: &str) -> Result<PathBuf> {
    let about = shell::output(shell::command(workspace, "rustc")?.arg("-vV"));
    let about = about.unwrap_or_default();
    let host = about.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.context("rustc does not say for which machine it builds")?;
    Ok(workspace.target.join("fuzz").join(host).join("release").join(target))
}

/// How many inputs were tried.
fn executions(said: &str) -> u64 {
    let count =
        |line: &str| line.strip_prefix("stat::number_of_executed_units:")?.trim().parse().ok();
    said.lines().find_map(count).unwrap_or_default()
}

/// From the panic on, what a person needs of what the fuzzer said.
fn failure(said: &str) -> String {
    let lines: Vec<_> = said.lines().collect();
    let from =
        lines.iter().position(|line| line.contains("panicked at") || line.contains("ERROR:"));
    let told = |line: &&&str| !line.starts_with("stat::");
    let mut kept: Vec<_> = lines[from.unwrap_or(0)..]
        .iter()
        .filter(told)
        .take(30)
        .map(|line| (*line).to_owned())
        .collect();
    let file = lines.iter().find_map(|line| line.split_once("Test unit written to "));
    kept.extend(file.map(|(_, path)| format!("the input: {path}")));
    kept.join("\n")
}

#[cfg(test)]
mod tests {
    use super::{executions, failure};

    const SAID: &str = "#7\tINITED\nthread panicked at src/x.rs:1\nboom\n\
        artifact_prefix='a/'; Test unit written to a/crash-1\n\
        stat::number_of_executed_units: 12\nstat::peak_rss_mb: 9\n";

    #[test]
    fn the_count_and_the_input_are_found() {
        assert_eq!(executions(SAID), 12);
        assert_eq!(executions(""), 0);
        let told = failure(SAID);
        assert!(told.starts_with("thread panicked") && told.ends_with("the input: a/crash-1"));
        assert!(!told.contains("peak_rss"), "{told}");
    }
}
