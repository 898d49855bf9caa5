//! Processes of this run's own, found and ended by their numbers.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    process::id,
    sync::atomic::{AtomicU16, Ordering},
};

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process};

/// Sends a signal; a process that is gone already is no fault.
pub fn signal(pid: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        kill_process(pid, signal).ok();
    }
}

/// Whether a process still runs (one that has ended and is only not collected does not).
pub fn runs(pid: u32) -> bool {
    let Ok(status) = fs::read_to_string(format!("/proc/{pid}/stat")) else { return false };
    let state = status.rsplit(')').next().unwrap_or_default().trim_start().chars().next();
    !matches!(state, Some('Z' | 'X') | None)
}

/// The processes whose command line has exactly this argument.
///
/// # Errors
/// If the list of processes cannot be read.
pub fn with_argument(argument: &str) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").context("listing processes")? {
        let name = entry?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse().ok()) else { continue };
        let Ok(line) = fs::read(format!("/proc/{pid}/cmdline")) else { continue };
        let line = String::from_utf8_lossy(&line);
        // Chromium writes the arguments of its child processes into one, with spaces between.
        let arguments: Vec<_> = line.split(['\0', ' ']).map(str::to_owned).collect();
        if arguments.iter().any(|it| it == argument) {
            found.push(Found { pid, arguments });
        }
    }
    Ok(found)
}

/// A process that was found.
pub struct Found {
    /// Its number.
    pub pid: u32,
    /// Its command line.
    pub arguments: Vec<String>,
}

static NEXT: AtomicU16 = AtomicU16::new(0);
/// Below the ports that the system hands out for outgoing connections: while a server is
/// stopped, nobody else takes its port.
const PORTS: std::ops::Range<u16> = 20_000..32_000;

/// A free address on this machine that stays this run's for as long as it wants.
///
/// # Errors
/// If no port is free.
pub fn free_address() -> Result<SocketAddr> {
    let ports = PORTS.end - PORTS.start;
    let first = u16::try_from(id() % u32::from(ports) / 64 * 64)?;
    for _ in 0..ports {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = PORTS.start + (first + step) % ports;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        if TcpListener::bind(address).is_ok() {
            return Ok(address);
        }
    }
    anyhow::bail!("no port from {} to {} is free", PORTS.start, PORTS.end)
}
