//! Runs the measurements: a table for people, or one JSON object.
//!
//! `cargo xtask bench` builds what is measured and calls this.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, ValueEnum};
use e2e::bench::{Report, search, start, storage, surveys, visit};

/// Measures in Chromium.
#[derive(Parser)]
struct Cli {
    /// What to measure.
    #[arg(default_value = "all")]
    what: What,
    /// One JSON object on stdout in place of the table.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Building the search index and searching it, beside other libraries.
    Search,
    /// Storing captures, beside plain JavaScript.
    Storage,
    /// The bytes of a first visit.
    Visit,
    /// Cold start to usable, offline.
    Start,
    /// Our survey engine beside ODK's, on long forms.
    Surveys,
    /// Everything but the survey engines, which want a package of their own.
    All,
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    match measure(cli.what).await {
        Ok(report) if cli.json => println!("{}", report.json()),
        Ok(report) => print!("{}", report.table()),
        Err(error) => {
            eprintln!("error: {error:#}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

async fn measure(what: What) -> Result<Report> {
    let wanted = |part| what == part || what == What::All;
    let mut report = Report::default();
    if what == What::Surveys {
        surveys::measure(&mut report).await?;
    }
    // One after the other: each wants the machine for itself.
    if wanted(What::Visit) {
        visit::measure(&mut report).await?;
    }
    if wanted(What::Start) {
        start::measure(&mut report).await?;
    }
    if wanted(What::Storage) {
        storage::measure(&mut report).await?;
    }
    if wanted(What::Search) {
        search::measure(&mut report).await?;
    }
    Ok(report)
}
