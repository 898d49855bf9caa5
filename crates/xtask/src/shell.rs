//! Other programs, run with their name, outcome and duration told on stderr: stdout belongs to results.

use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use std::env;
use std::ffi::OsStr;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A command in the repository's root that finds this repository's tools before others of the same name.
///
/// # Errors
/// When `PATH` cannot be put together.
pub fn command(workspace: &Workspace, program: impl AsRef<OsStr>) -> Result<Command> {
    let path = env::var_os("PATH").unwrap_or_default();
    let ours = [workspace.tools().join("bin"), workspace.root.join("node_modules/.bin")];
    let path = env::join_paths(ours.into_iter().chain(env::split_paths(&path)))
        .context("a folder in PATH has a separator in its name")?;
    let mut command = Command::new(program);
    command.current_dir(&workspace.root).env("PATH", path);
    // `cargo run` describes this tool's own package in variables that build scripts of other packages listen to:
    // left in, each switch between `cargo build` and `cargo xtask` would compile those again.
    for (name, _) in env::vars_os() {
        let ours = name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
        });
        if ours {
            command.env_remove(name);
        }
    }
    Ok(command)
}

/// The cargo that runs this tool.
///
/// # Errors
/// As [`command`].
pub fn cargo<I: AsRef<OsStr>>(
    workspace: &Workspace,
    args: impl IntoIterator<Item = I>,
) -> Result<Command> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = command(workspace, cargo)?;
    command.args(args);
    Ok(command)
}

/// Runs a command to its end with its output passed on, and tells how long it took.
///
/// # Errors
/// When it cannot be started or ends with a failure; the message names what was being done.
pub fn run(what: &str, command: &mut Command) -> Result<Duration> {
    eprintln!("▸ {what}");
    run_silently(what, command)
        .inspect(|took| eprintln!("▸ {what}: done in {:.1} s", took.as_secs_f64()))
}

/// As [`run`], without the two lines.
///
/// # Errors
/// As [`run`].
pub fn run_silently(what: &str, command: &mut Command) -> Result<Duration> {
    let start = Instant::now();
    let status = command
        .stdin(Stdio::null())
        .stdout(std::io::stderr())
        .status()
        .with_context(|| format!("{what}: could not start {:?}", command.get_program()))?;
    if !status.success() {
        bail!("{what}: {:?} failed ({status})", command.get_program());
    }
    Ok(start.elapsed())
}

/// Runs a command in this process' place, so that the terminal's Ctrl-C and a supervisor's signals reach it itself.
///
/// # Errors
/// When it cannot be started; on success this does not return.
pub fn become_it(command: &mut Command) -> Result<()> {
    #[cfg(unix)]
    let result = {
        use std::os::unix::process::CommandExt;
        Err(command.exec())
    };
    #[cfg(not(unix))]
    let result = command.status().map(|status| std::process::exit(status.code().unwrap_or(1)));
    result.with_context(|| format!("could not start {:?}", command.get_program()))
}

/// A command's standard output, trimmed; nothing if it cannot be run or fails.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
