//! What the system tells of a process, and how many files one may open.

use std::fs;

use anyhow::{Context, Result, ensure};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// The most memory that a process has had at a time, in MiB (`VmHWM`: what was in it, of its own
/// and of files it mapped).
///
/// # Errors
/// If the process is gone or the system does not tell.
pub fn peak_mib(process: u32) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|rest| rest.split_whitespace().next()).context("no VmHWM")?;
    Ok(kib.parse::<f64>()? / 1_024.0)
}

/// Lets this process open so many files, if the system does.
///
/// # Errors
/// If it does not; the message says what to do.
pub fn may_open(files: u64) -> Result<()> {
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|current| current >= files) {
        return Ok(());
    }
    ensure!(
        limit.maximum.is_none_or(|most| most >= files),
        "{files} files are needed and {:?} allowed: raise the limit (ulimit -Hn)",
        limit.maximum
    );
    setrlimit(Resource::Nofile, Rlimit { current: Some(files), maximum: limit.maximum })?;
    Ok(())
}
