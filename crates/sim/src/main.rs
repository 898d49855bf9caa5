//! `sim`: runs seeds and says what came of them.

use std::{process::ExitCode, time::Instant};

use clap::Parser;
use sim::{Bug, Plan, run, shrink, survey};

/// From so many seeds on, a fault that was never met is a failure of the simulation itself.
const ENOUGH: u64 = 1_000;

/// Runs tablets and server through seeded faults and checks that every promise holds.
#[derive(Parser)]
struct Cli {
    /// How many seeds to run.
    #[arg(long, default_value_t = 10_000)]
    seeds: u64,
    /// The first seed; with it and without a number of seeds, this one alone, with its trace.
    #[arg(long)]
    seed: Option<u64>,
    /// Plants this bug, to see it found.
    #[arg(long)]
    bug: Option<String>,
    /// Prints the trace of the first seed.
    #[arg(long)]
    trace: bool,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let first = cli.seed.unwrap_or(0);
    let named = |name: &String| Bug::ALL.iter().copied().find(|bug| format!("{bug:?}") == *name);
    let bug = cli.bug.as_ref().and_then(named);
    if cli.bug.is_some() && bug.is_none() {
        eprintln!("sim: there is no such bug; there are {:?}", Bug::ALL);
        return ExitCode::FAILURE;
    }
    let started = Instant::now();
    if cli.trace {
        let ending = run(&Plan::of(first), bug, true);
        ending.lines.iter().for_each(|line| println!("{line}"));
        println!("trace hash {:016x}", ending.hash);
    }
    let survey = survey(first, cli.seeds, bug);
    if let Some(seed) = survey.failed {
        print_failure(seed, bug);
    }
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "sim: {} seeds from {first}, {} steps, {} events in {seconds:.1} s; met: {}; traces {:016x}",
        survey.seeds, survey.steps, survey.happened, survey.tally, survey.hash
    );
    if survey.failed.is_some() {
        return ExitCode::FAILURE;
    }
    let never = survey.tally.never();
    if survey.seeds >= ENOUGH && !never.is_empty() {
        let words: Vec<_> = never.iter().map(|fault| fault.words()).collect();
        println!("sim: FAILED: these faults were never met: {}", words.join(", "));
        return ExitCode::FAILURE;
    }
    println!("sim: every promise held");
    ExitCode::SUCCESS
}

fn print_failure(seed: u64, bug: Option<Bug>) {
    let plan = Plan::of(seed);
    println!("sim: FAILED: seed {seed}; run it alone with --seed {seed} --seeds 1 --trace");
    let Some(short) = shrink(&plan, bug) else { return };
    let ending = run(&short, bug, true);
    println!("Shrunk from {} steps to {}:", plan.steps.len(), short.steps.len());
    short.steps.iter().for_each(|step| println!("    {step:?}"));
    println!("What happens then:");
    ending.lines.iter().for_each(|line| println!("    {line}"));
    if let Some(violation) = ending.violation {
        println!("{violation}");
    }
}
