//! Loads the real server and tells what it bore: a table for people, or one JSON object.
//!
//! `cargo xtask bench server` and `cargo xtask bench scale` build the server and call this.

use std::process::ExitCode;

use anyhow::{Result, ensure};
use clap::{Parser, ValueEnum};
use load::{
    Files, Ground, Herd,
    pushes::Sent,
    report::Report,
    server::{Question, SCENES, read, submit},
};

/// What nearly every question of nearly every tablet is.
const NEWS: &str = "reads: is there news?";

/// Loads the server.
#[derive(Parser)]
struct Cli {
    /// What to measure.
    what: What,
    /// One JSON object on stdout in place of the table.
    #[arg(long)]
    json: bool,
    /// How often; medians are told.
    #[arg(long, default_value_t = 3)]
    runs: u64,
    /// scale: how many tablets come back at once.
    #[arg(long, default_value_t = 10_000)]
    tablets: u64,
    /// scale: how many records wait on each.
    #[arg(long, default_value_t = 20)]
    records: u64,
    /// On one database only.
    #[arg(long)]
    only: Option<On>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Submissions and reads a second.
    Server,
    /// Thousands of tablets at once.
    Scale,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum On {
    Sqlite,
    Postgresql,
    /// PostgreSQL with a synchronous standby.
    Standby,
}

impl On {
    fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgresql => "PostgreSQL",
            Self::Standby => "PostgreSQL with standby",
        }
    }

    async fn ground(self) -> Result<Ground> {
        match self {
            Self::Sqlite => Ground::sqlite(Files::Usual).await,
            Self::Postgresql => Ground::postgres(Files::Usual).await,
            Self::Standby => Ground::standby(Files::Usual).await,
        }
    }
}

#[tokio::main(flavor = "current_thread")]
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
    let mut report = Report::default();
    let all = [On::Sqlite, On::Postgresql, On::Standby];
    for on in all.into_iter().filter(|on| cli.only.is_none_or(|only| only == *on)) {
        for run in 1..=cli.runs {
            eprintln!("▸ {}, run {run} of {}", on.name(), cli.runs);
            // One after the other: each wants the machine for itself.
            match cli.what {
                What::Server => server(&mut report, on).await?,
                What::Scale => scale(&mut report, on, cli, run).await?,
            }
        }
        budgets(&mut report, on, cli.what);
    }
    Ok(report)
}

async fn server(report: &mut Report, on: On) -> Result<()> {
    let ground = on.ground().await?;
    let memory = format!("{}: memory", on.name());
    report.note(&memory, "MiB started", ground.peak_mib()?);
    let empty = ground.database.bytes().await?;
    let mut records = 0;
    for (number, scene) in (1..).zip(SCENES) {
        let sent = submit(&ground, number, scene).await?;
        let what = format!("{}: {}", on.name(), scene.name);
        report.note(&what, "records/s", scene.records as f64 / sent.seconds);
        note(report, &what, &sent, scene.records);
        records += scene.records;
    }
    let taken = ground.database.bytes().await? - empty;
    report.note(&format!("{}: disk", on.name()), "B each", taken as f64 / records as f64);
    for (question, name) in
        [(Question::News, NEWS), (Question::Snapshot, "reads of the snapshot's list")]
    {
        let what = format!("{}: {name}", on.name());
        let sent = read(&ground, question).await?;
        let count = sent.times.count();
        report.note(&what, "reads/s", count as f64 / sent.seconds);
        note(report, &what, &sent, count);
    }
    report.note(&memory, "peak MiB", ground.peak_mib()?);
    Ok(())
}

fn note(report: &mut Report, what: &str, sent: &Sent, of: usize) {
    report.note(what, "p50 ms", sent.times.share(0.5));
    report.note(what, "p99 ms", sent.times.share(0.99));
    report.note(what, "B up each", sent.bytes.0 as f64 / of as f64);
    report.note(what, "B down each", sent.bytes.1 as f64 / of as f64);
}

async fn scale(report: &mut Report, on: On, cli: &Cli, seed: u64) -> Result<()> {
    let ground = on.ground().await?;
    let herd = Herd { tablets: cli.tablets, records: cli.records, seed };
    let drained = herd.drain(&ground).await?;
    let what = format!("{}: herd", on.name());
    for (name, value) in [
        ("tablets", herd.tablets as f64),
        ("stored", drained.stored as f64),
        ("seconds", drained.seconds),
        ("records/s", drained.stored as f64 / drained.seconds),
        ("turned away", drained.turned_away as f64),
        ("unanswered", drained.unanswered as f64),
        ("round p50 ms", drained.rounds.share(0.5)),
        ("round p99 ms", drained.rounds.share(0.99)),
        ("tablet p50 s", drained.waits.share(0.5) / 1_000.0),
        ("tablet p99 s", drained.waits.share(0.99) / 1_000.0),
        ("peak MiB", drained.peak_mib),
    ] {
        report.note(&what, name, value);
    }
    Ok(())
}

fn budgets(report: &mut Report, on: On, what: What) {
    let of = |rest: &str| format!("{}: {rest}", on.name());
    match what {
        What::Server => {
            report.at_least(&of("one by one"), &of(SCENES[2].name), "records/s", 500.0);
            report.at_least(&of("batches"), &of(SCENES[5].name), "records/s", 2_000.0);
            report.at_most(&of("one by one, p99"), &of(SCENES[2].name), "p99 ms", 250.0);
            report.at_most(&of("batches, p99"), &of(SCENES[5].name), "p99 ms", 250.0);
            report.at_least(&of("reads"), &of(NEWS), "reads/s", 10_000.0);
        }
        What::Scale => report.at_most(&of("memory"), &of("herd"), "peak MiB", 256.0),
    }
}
