//! The medians, as a table or as one JSON object.

use std::{env, path::PathBuf};

use anyhow::{Context, Result, ensure};
use faults::proxy::Link;
use serde_json::{Map, Value, json};
use tokio::process::Command;

use crate::sample::{Line, Sample, Samples, Side, Task};

/// Bootstrap on loopback may take so much of PouchDB's time.
const BOOTSTRAP: f64 = 1.0 / 5.0;
/// Push on loopback may take so much of PouchDB's time.
const PUSH: f64 = 1.0 / 3.0;
/// Storing may take so many times as long as plain JavaScript.
const STORE: f64 = 1.3;
/// The slow line may take so many times its floor.
const SLOW: f64 = 1.15;

/// What is told of each task on each line beside its time.
type Figure = (&'static str, fn(&Sample) -> u64);
const FIGURES: [Figure; 7] = [
    ("requests", |it| it.requests),
    ("bytes_up", |it| it.up),
    ("bytes_down", |it| it.down),
    ("body_bytes_up", |it| it.body_up),
    ("body_bytes_down", |it| it.body_down),
    ("resets", |it| it.resets),
    ("failures", |it| it.failures),
];

/// All that was measured.
pub struct Report {
    samples: Samples,
    runs: u64,
    code: Value,
}

impl Report {
    /// Weighs the code beside what was measured.
    ///
    /// # Errors
    /// If a file is missing.
    pub async fn of(samples: Samples, runs: u64) -> Result<Self> {
        Ok(Self { samples, runs, code: weigh().await? })
    }

    /// One object: `loopback`, `slow_link`, `code_bytes` and `budgets`.
    pub fn json(&self) -> Value {
        json!({
            "runs": self.runs,
            "loopback": self.line(Line::Loopback, Line::Counted),
            "slow_link": self.line(Line::Slow, Line::Slow),
            "code_bytes": self.code,
            "budgets": self.budgets(),
        })
    }

    /// The times over one line, and the counts over it or, where it counts nothing, over another.
    fn line(&self, line: Line, counted: Line) -> Value {
        let mut all = Map::new();
        for task in line.tasks() {
            let times = self.sides(*task, |side| self.ms(line, *task, side));
            all.insert(format!("{}_ms", task.name()), times);
        }
        if let Some(rest) = self.samples.median((line, Task::Push, Side::Ours), |it| it.rest) {
            all.insert("push_rest_ms".to_owned(), json!({ "ours": rest.round() }));
        }
        for (name, figure) in FIGURES {
            let tasks = counted.tasks().iter().map(|task| {
                let kind = |side| (counted, *task, side);
                let median = |side| self.samples.median(kind(side), |it| figure(it) as f64);
                (task.name().to_owned(), self.sides(*task, median))
            });
            all.insert(name.to_owned(), Value::Object(tasks.collect()));
        }
        if line == Line::Slow {
            let floors = line.tasks().iter().map(|task| {
                (task.name().to_owned(), self.sides(*task, |side| self.floor(*task, side)))
            });
            all.insert("floor_ms".to_owned(), Value::Object(floors.collect()));
        }
        Value::Object(all)
    }

    fn sides(&self, task: Task, figure: impl Fn(Side) -> Option<f64>) -> Value {
        let figures = task.sides().iter().filter_map(|side| {
            let value = (figure(*side)? * 10.0).round() / 10.0;
            Some((side.name().to_owned(), json!(value)))
        });
        Value::Object(figures.collect())
    }

    fn ms(&self, line: Line, task: Task, side: Side) -> Option<f64> {
        self.samples.median((line, task, side), |it| it.ms)
    }

    /// What no protocol can go below with these bytes on the slow line: a handshake, the way of
    /// one request and its answer, and the time that the compressed bodies take in the direction
    /// that has most of them. Heads, further requests and what a reset costs are on top.
    fn floor(&self, task: Task, side: Side) -> Option<f64> {
        let body = |it: &Sample| it.body_up.max(it.body_down) as f64;
        let bytes = self.samples.median((Line::Counted, task, side), body)?;
        let handshake = Link::HUB.round_trip;
        let floor = handshake + Link::HUB.floor(bytes as u64);
        Some(floor.as_secs_f64() * 1_000.0)
    }

    fn budgets(&self) -> Value {
        let loopback = |task, side| self.ms(Line::Loopback, task, side);
        let slow =
            |task| Some((self.ms(Line::Slow, task, Side::Ours), self.floor(task, Side::Ours)));
        let beside = |task, side| Some((loopback(task, Side::Ours), loopback(task, side)));
        let budgets = [
            ("bootstrap_beside_pouchdb", beside(Task::Bootstrap, Side::Pouchdb), BOOTSTRAP),
            ("push_beside_pouchdb", beside(Task::Push, Side::Pouchdb), PUSH),
            ("store_beside_plain", beside(Task::Store, Side::Plain), STORE),
            ("slow_bootstrap_beside_floor", slow(Task::Bootstrap), SLOW),
            ("slow_push_beside_floor", slow(Task::Push), SLOW),
        ];
        let budgets = budgets.into_iter().filter_map(|(name, pair, most)| {
            let (Some(ours), Some(beside)) = pair? else { return None };
            let value = (ours / beside * 1_000.0).round() / 1_000.0;
            let budget = json!({ "value": value, "budget": most, "met": value <= most });
            Some((name.to_owned(), budget))
        });
        Value::Object(budgets.collect())
    }

    /// The same for people.
    pub fn table(&self) -> String {
        let mut lines = Vec::new();
        let all = self.json();
        for part in ["loopback", "slow_link", "code_bytes", "budgets"] {
            lines.push(format!("{part} (medians of {})", self.runs));
            for (name, value) in all[part].as_object().into_iter().flatten() {
                lines.push(format!("  {name:28} {}", told(value)));
            }
        }
        lines.join("\n") + "\n"
    }
}

fn told(value: &Value) -> String {
    let Some(members) = value.as_object() else { return value.to_string() };
    let members = members.iter().map(|(name, value)| match value {
        Value::Object(_) => format!("{name}: ({})", told(value)),
        value => format!("{name} {value}"),
    });
    members.collect::<Vec<_>>().join("  ")
}

/// The bytes of code that a browser loads, in brotli at its highest quality: of ours the whole
/// public app with its screens, of the others the library alone.
async fn weigh() -> Result<Value> {
    let path = |name: &str| -> Result<PathBuf> {
        env::var_os(name).map(PathBuf::from).with_context(|| format!("{name} is not set"))
    };
    let (app, peers) = (path("TOGETHER_APP")?, path("TOGETHER_PEERS")?);
    let mut own = Vec::new();
    for file in std::fs::read_dir(&app)? {
        let file = file?.path();
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // The public program has a hash in its name; staff's has none.
        if name.starts_with("communities-together-")
            && (name.ends_with(".js") || name.ends_with(".wasm"))
        {
            own.push(file);
        }
    }
    ensure!(own.len() == 2, "the app is a script and a wasm, not {own:?}");
    let others = ["pouchdb/dist/pouchdb.min.js", "dexie/dist/modern/dexie.min.mjs"]
        .map(|file| peers.join("node_modules").join(file));
    let mut node = Command::new("node");
    node.arg(peers.join("weigh.mjs")).args(&own).args(&others);
    let output = node.output().await.context("running node")?;
    let weights: [u64; 4] = serde_json::from_slice(&output.stdout)?;
    let [first, second, pouchdb, dexie] = weights;
    Ok(json!({ "ours": first + second, "pouchdb": pouchdb, "dexie": dexie }))
}
