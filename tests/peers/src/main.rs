//! Our sync beside PouchDB's, and our storing beside Dexie's, PouchDB's and plain JavaScript's: in the same Chromium,
//! on the same machine and data. `cargo xtask bench sync` builds what is measured and calls this.

mod data;
mod line;
mod measure;
mod peer;
mod report;
mod sample;

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Result, ensure};
use clap::{Parser, ValueEnum};

use measure::Bench;
use report::Report;
use sample::{Line, Samples, Side, Task};

/// Measures.
#[derive(Parser)]
struct Cli {
    /// How often each is measured; medians are told.
    #[arg(long, default_value_t = 5)]
    runs: u64,
    /// Over one line only.
    #[arg(long)]
    line: Option<Line>,
    /// One task only.
    #[arg(long)]
    task: Option<Task>,
    /// One side only.
    #[arg(long)]
    side: Option<Side>,
    /// A file that every measurement is added to. What is in it counts as measured, so that many
    /// minutes of measuring can be taken in slices.
    #[arg(long, value_name = "FILE")]
    keep: Option<PathBuf>,
    /// Records in one batch of PouchDB's replication, in place of its own 100.
    #[arg(long, value_name = "N")]
    batch: Option<u64>,
    /// One JSON object on stdout in place of the table.
    #[arg(long)]
    json: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    match measure(&cli).await {
        Ok(report) if cli.json => println!("{}", report.json()),
        Ok(report) => print!("{}", report.table()),
        Err(error) => {
            eprintln!("error: {error:#}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

async fn measure(cli: &Cli) -> Result<Report> {
    ensure!(cli.runs > 0, "measure at least once");
    let mut samples = Samples::read(cli.keep.clone())?;
    let mut bench = Bench::new(cli.batch)?;
    for run in 0..cli.runs {
        for line in Line::value_variants() {
            for task in line.tasks() {
                // In turns, so that no side has the better half of the run.
                let mut sides = task.sides().to_vec();
                if run % 2 == 1 {
                    sides.reverse();
                }
                for side in sides {
                    let wanted = cli.line.is_none_or(|only| only == *line)
                        && cli.task.is_none_or(|only| only == *task)
                        && cli.side.is_none_or(|only| only == side);
                    // What passes a line is the same each time: once is enough.
                    let runs = if *line == Line::Counted { 1 } else { cli.runs };
                    if !wanted || run >= runs || samples.count(*line, *task, side) > run {
                        continue;
                    }
                    eprintln!("▸ {line:?} {task:?} {side:?}, run {} of {runs}", run + 1);
                    let sample = bench.measure(*line, *task, side, run).await?;
                    eprintln!("  {:.0} ms", sample.ms);
                    samples.add(sample)?;
                }
            }
        }
    }
    Report::of(samples, cli.runs).await
}
