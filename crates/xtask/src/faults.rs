//! The tests of faults: how much they are to do, and the line that sums up what they did.

use crate::suite;
use crate::workspace::{FAULTS, LOAD, Workspace};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::fs;
use std::time::Instant;

/// How much the part `faults` is to do. What is not told takes two to three minutes in all.
#[derive(Args, Clone, Copy)]
pub struct Rounds {
    /// faults: the long round, some 25 minutes: 1,000 kills on SQLite, 200 on PostgreSQL, 100 of the browser, 10
    /// failovers. What is told beside it stands.
    #[arg(long)]
    long: bool,
    /// faults: how often the server on SQLite is killed [default: 15]
    #[arg(long, value_name = "N")]
    kills: Option<u64>,
    /// faults: how often the server on PostgreSQL, or PostgreSQL, is killed [default: 6]
    #[arg(long, value_name = "N")]
    postgres_kills: Option<u64>,
    /// faults: how often the browser is killed [default: 3]
    #[arg(long, value_name = "N")]
    browser_kills: Option<u64>,
    /// faults: how often a primary is killed and its standby promoted [default: 1]
    #[arg(long, value_name = "N")]
    failovers: Option<u64>,
    /// faults: what every choice of a fault comes from.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
}

impl Rounds {
    /// Each count with the variable that tells it to the tests.
    fn counts(&self) -> [(&'static str, u64); 4] {
        let count =
            |told: Option<u64>, short, long| told.unwrap_or(if self.long { long } else { short });
        [
            ("FAULTS_KILLS", count(self.kills, 15, 1_000)),
            ("FAULTS_POSTGRES_KILLS", count(self.postgres_kills, 6, 200)),
            ("FAULTS_BROWSER_KILLS", count(self.browser_kills, 3, 100)),
            ("FAULTS_FAILOVERS", count(self.failovers, 1, 10)),
        ]
    }
}

/// Builds the app and the server, runs the tests against them, and says what they did.
///
/// # Errors
/// When a build or a test fails.
pub fn run(workspace: &Workspace, rounds: Rounds) -> Result<()> {
    if !workspace.has_test_package(FAULTS) {
        bail!("tests/{FAULTS} is not there");
    }
    let mut cargo = suite::against_the_build(workspace, ["test", "-p", FAULTS, "-p", LOAD])?;
    let tally = workspace.target.join("faults-tally");
    if tally.exists() {
        fs::remove_file(&tally).with_context(|| format!("clearing {}", tally.display()))?;
    }
    cargo
        .env("FAULTS_SEED", rounds.seed.to_string())
        .envs(rounds.counts().map(|(name, count)| (name, count.to_string())))
        .env("FAULTS_TALLY", &tally);
    let start = Instant::now();
    let outcome = suite::passed(&mut cargo);
    let done = sum(&fs::read_to_string(&tally).unwrap_or_default());
    let verdict = if outcome.is_ok() { "nothing lost or doubled" } else { "FAILED" };
    let (seed, seconds) = (rounds.seed, start.elapsed().as_secs_f64());
    eprintln!("▸ Faults, seed {seed}, {seconds:.0} s: {done}: {verdict}");
    outcome
}

/// The counts in a tally, those of one name added up, and what was skipped.
fn sum(tally: &str) -> String {
    let mut counts: Vec<(&str, u64)> = Vec::new();
    let mut skipped = Vec::new();
    for line in tally.lines() {
        match line.split_once('\t') {
            Some(("skipped", what)) => skipped.push(format!("SKIPPED {what}")),
            Some((number, name)) => {
                let number = number.parse().unwrap_or(0);
                match counts.iter_mut().find(|(its, _)| *its == name) {
                    Some((_, count)) => *count += number,
                    None => counts.push((name, number)),
                }
            }
            None => {}
        }
    }
    // Tests end in any order; the line is to read the same each time.
    counts.sort_unstable();
    let counts = counts.iter().map(|(name, count)| format!("{count} {name}"));
    counts.chain(skipped).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::{Rounds, sum};
    use clap::Parser;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        rounds: Rounds,
    }

    fn counts(words: &[&str]) -> [u64; 4] {
        let words = [&["xtask"], words].concat();
        Cli::parse_from(words).rounds.counts().map(|(_, count)| count)
    }

    #[test]
    fn one_flag_makes_a_round_long_and_counts_that_are_told_stand() {
        assert_eq!(counts(&[]), [15, 6, 3, 1]);
        assert_eq!(counts(&["--long"]), [1_000, 200, 100, 10]);
        assert_eq!(counts(&["--long", "--browser-kills", "7"]), [1_000, 200, 7, 10]);
    }

    #[test]
    fn counts_of_one_name_are_added_and_what_was_skipped_is_said() {
        let tally = "3\tkills\n40\tcuts\nskipped\ta full disk: no mounts\n2\tcuts\n";
        assert_eq!(sum(tally), "42 cuts, 3 kills, SKIPPED a full disk: no mounts");
    }
}
