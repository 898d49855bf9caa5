//! One measurement, and all of them.

use std::{
    fs::{File, read_to_string},
    io::Write as _,
    path::PathBuf,
};

use anyhow::{Context, Result};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// What lies between the browser and the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// Nothing but the machine's loopback.
    Loopback,
    /// A proxy that only counts. The page counts too, which takes time: no times are told.
    Counted,
    /// The proxy as a line of 400 kbit/s and 300 ms, with resets on 2% of the exchanges.
    Slow,
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Records are stored in the browser, one by one.
    Store,
    /// An empty browser comes to have the listings.
    Bootstrap,
    /// Queued records reach the server, and the browser knows it.
    Push,
}

/// Who does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The app's own storage, engine and gateway; the server `together`.
    Ours,
    /// PouchDB, and express-pouchdb on LevelDB.
    Pouchdb,
    /// Dexie.
    Dexie,
    /// JavaScript on IndexedDB without a library.
    Plain,
}

impl Line {
    /// What is measured over it.
    pub fn tasks(self) -> &'static [Task] {
        match self {
            Self::Loopback => &[Task::Store, Task::Bootstrap, Task::Push],
            Self::Counted | Self::Slow => &[Task::Bootstrap, Task::Push],
        }
    }
}

impl Task {
    /// How many records it is about.
    pub fn records(self) -> usize {
        match self {
            Self::Store | Self::Bootstrap => 10_000,
            Self::Push => 1_000,
        }
    }

    /// Who does it.
    pub fn sides(self) -> &'static [Side] {
        match self {
            Self::Store => &[Side::Ours, Side::Pouchdb, Side::Dexie, Side::Plain],
            Self::Bootstrap | Self::Push => &[Side::Ours, Side::Pouchdb],
        }
    }

    /// Its name in the report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Bootstrap => "bootstrap",
            Self::Push => "push",
        }
    }
}

impl Side {
    /// Its name in the report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Pouchdb => "pouchdb",
            Self::Dexie => "dexie",
            Self::Plain => "plain",
        }
    }
}

/// One measurement.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sample {
    /// Over which line.
    pub line: Line,
    /// What was done.
    pub task: Task,
    /// Who did it.
    pub side: Side,
    /// How many milliseconds it took, by the page's clock.
    pub ms: f64,
    /// How many milliseconds of work were left on the tablet after that, which nothing waits for.
    #[serde(default)]
    pub rest: f64,
    /// Rounds or replications that failed before the one that ended well.
    pub failures: u64,
    /// Requests that passed the proxy.
    pub requests: u64,
    /// Bytes that passed it to the server, with heads.
    pub up: u64,
    /// Bytes that passed it to the browser, with heads.
    pub down: u64,
    /// Connections that it reset.
    pub resets: u64,
    /// Bytes of the requests' bodies as they travelled; 0 where the page did not count them.
    pub body_up: u64,
    /// Bytes of the answers' bodies as they travelled.
    pub body_down: u64,
}

/// All measurements.
#[derive(Debug, Default)]
pub struct Samples {
    all: Vec<Sample>,
    keep: Option<PathBuf>,
}

impl Samples {
    /// Those of the file, which need not be there; none without a file.
    ///
    /// # Errors
    /// If it cannot be read, or holds something else.
    pub fn read(keep: Option<PathBuf>) -> Result<Self> {
        let text = match &keep {
            Some(file) if file.exists() => read_to_string(file)?,
            _ => String::new(),
        };
        let all = text.lines().map(serde_json::from_str).collect::<Result<_, _>>();
        Ok(Self { all: all.context("the file of measurements holds something else")?, keep })
    }

    /// Adds one, to the file too.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn add(&mut self, sample: Sample) -> Result<()> {
        if let Some(file) = &self.keep {
            let mut file = File::options().create(true).append(true).open(file)?;
            writeln!(file, "{}", serde_json::to_string(&sample)?)?;
        }
        self.all.push(sample);
        Ok(())
    }

    /// Those of one kind, in order.
    pub fn of(&self, line: Line, task: Task, side: Side) -> impl Iterator<Item = &Sample> {
        let same = move |it: &&Sample| (it.line, it.task, it.side) == (line, task, side);
        self.all.iter().filter(same)
    }

    /// How many there are of one kind.
    pub fn count(&self, line: Line, task: Task, side: Side) -> u64 {
        self.of(line, task, side).count() as u64
    }

    /// The median of a figure; none if there is no sample of the kind.
    pub fn median(
        &self,
        (line, task, side): (Line, Task, Side),
        figure: impl Fn(&Sample) -> f64,
    ) -> Option<f64> {
        let mut values: Vec<f64> = self.of(line, task, side).map(figure).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied()
    }
}
