//! `sim`: runs seeds and says what came of them.

use std::{process::ExitCode, time::Instant};

use clap::Parser;
use sim::{Bug, Plan, run, shrink, survey};

/// How many seeds run if nobody says.
const SEEDS: u64 = 10_000;
/// From so many seeds on, a fault that was never met is a failure of the simulation itself.
const ENOUGH: u64 = 1_000;
/// Lines of a failure's trace that are printed, from its end: what waits in vain makes long ones.
const LINES: usize = 400;

/// Runs tablets and server through seeded faults and checks that every promise holds.
#[derive(Parser)]
struct Cli {
    /// How many seeds to run.
    #[arg(long)]
    seeds: Option<u64>,
    /// The first seed; alone, only this one runs and its trace is printed.
    #[arg(long)]
    seed: Option<u64>,
    /// Plants this bug, to see it found.
    #[arg(long)]
    bug: Option<String>,
}

fn main() -> ExitCode {
    let Cli { seeds, seed, bug: name } = Cli::parse();
    let first = seed.unwrap_or(0);
    let named = |name: &String| Bug::ALL.iter().copied().find(|bug| format!("{bug:?}") == *name);
    let bug = name.as_ref().and_then(named);
    if name.is_some() && bug.is_none() {
        eprintln!("sim: there is no such bug; there are {:?}", Bug::ALL);
        return ExitCode::FAILURE;
    }
    if seed.is_some() && seeds.is_none() {
        let ending = run(&Plan::of(first), bug, true);
        ending.lines.iter().for_each(|line| println!("{line}"));
        println!("trace hash {:016x}", ending.hash);
    }
    let started = Instant::now();
    let survey = survey(first, seeds.unwrap_or(if seed.is_some() { 1 } else { SEEDS }), bug);
    let seconds = started.elapsed().as_secs_f64();
    if let Some(seed) = survey.failed {
        print_failure(seed, bug);
    }
    let never = survey.tally.never();
    let verdict = if survey.failed.is_some() {
        "FAILED".to_owned()
    } else if survey.seeds >= ENOUGH && !never.is_empty() {
        format!("FAILED, since these faults were never met: {}", never.join(", "))
    } else if never.is_empty() {
        "every promise held".to_owned()
    } else {
        format!("every promise held; so few seeds never met {}", never.join(", "))
    };
    println!(
        "sim: {} seeds from {first}, {} steps, {} events in {seconds:.1} s; met {}; \
         traces {:016x}: {verdict}",
        survey.seeds, survey.steps, survey.happened, survey.tally, survey.hash
    );
    if verdict.starts_with("FAILED") { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn print_failure(seed: u64, bug: Option<Bug>) {
    let plan = Plan::of(seed);
    println!("sim: seed {seed} breaks a promise; `--seed {seed}` prints its whole trace");
    let Some(short) = shrink(&plan, bug) else { return };
    let ending = run(&short, bug, true);
    let (from, to) = (plan.taken_apart().steps.len(), short.steps.len());
    println!("Shrunk from {from} steps to {to}:");
    short.steps.iter().for_each(|step| println!("    {step:?}"));
    println!("What happens then:");
    let hidden = ending.lines.len().saturating_sub(LINES);
    if hidden > 0 {
        println!("    ({hidden} lines before)");
    }
    ending.lines.iter().skip(hidden).for_each(|line| println!("    {line}"));
    if let Some(violation) = ending.violation {
        println!("{violation}");
    }
}
