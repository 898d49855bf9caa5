//! Packages of the system, on Debian and its kin.

use crate::shell;
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use std::process::Command;

/// Installs packages, if this may: as root, or where sudo asks nothing.
///
/// # Errors
/// `by_hand`, where it may not or apt-get fails: what is missing and what to do.
pub fn install(workspace: &Workspace, what: &str, packages: &[&str], by_hand: &str) -> Result<()> {
    let root = shell::output(Command::new("id").arg("-u")).is_some_and(|id| id == "0");
    let sudo = !root && shell::output(Command::new("sudo").args(["-n", "true"])).is_some();
    let apt = shell::output(Command::new("apt-get").arg("--version")).is_some();
    if !apt || !(root || sudo) {
        bail!("{by_hand}");
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
    let what = format!("Installing {what} (a minute or two, once)");
    shell::run(&what, install.args(packages)).map(drop).with_context(|| by_hand.to_owned())
}
