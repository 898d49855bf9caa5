//! The simulation: tablets and the server core under one seed, as many seeds as one likes.

use crate::shell;
use crate::workspace::Workspace;
use anyhow::Result;
use clap::Args;
use std::process::Command;

/// Runs tablets and server through seeded faults and checks that every promise holds.
#[derive(Args)]
pub struct Sim {
    /// How many seeds to run; a million take about a quarter of an hour on two processors.
    #[arg(long, value_name = "N")]
    seeds: Option<u64>,
    /// The first seed; alone, only this one runs and its trace is printed.
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// Plants this bug, to see it found.
    #[arg(long, value_name = "NAME")]
    bug: Option<String>,
}

impl Sim {
    /// Builds the simulation for speed and runs it in this process' place.
    ///
    /// # Errors
    /// When it cannot be built. What it finds is told by its exit status and its closing line.
    pub fn run(self, workspace: &Workspace) -> Result<()> {
        let mut cargo = cargo(workspace)?;
        for (name, value) in [("--seeds", self.seeds), ("--seed", self.seed)] {
            if let Some(value) = value {
                cargo.arg(name).arg(value.to_string());
            }
        }
        if let Some(bug) = &self.bug {
            cargo.args(["--bug", bug]);
        }
        shell::become_it(&mut cargo)
    }
}

/// Cargo about to build the simulation for speed and to run it; its own arguments are to follow.
///
/// # Errors
/// When there is no cargo.
pub fn cargo(workspace: &Workspace) -> Result<Command> {
    // With the server's profile, whose compiled dependencies are there already.
    let args = ["run", "--quiet", "--profile", "server", "-p", "sim", "--"];
    shell::cargo(workspace, args)
}
