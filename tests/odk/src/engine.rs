//! ODK's engine in a process of its own, driven by lines of JSON (`engine/drive.mjs`).

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};

/// Minutes that the clock on the wall is ahead of UTC in the engine's process. Not 0, so that who takes the one for
/// the other is found out.
pub const OFFSET: i32 = 120;
/// The zone of that offset; the signs of these names are the other way around.
const ZONE: &str = "Etc/GMT-2";

/// The engine, with at most one form and one filling of it at a time.
pub struct Engine {
    process: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// Every node of the filling by its reference, without the name of the form: `kids/kids_details[2]/name`.
    pub nodes: BTreeMap<String, State>,
    /// The languages of the form, as it names them.
    pub languages: Vec<String>,
    root: String,
}

/// What can be read and looked at in one language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Words {
    /// The question, or the heading.
    pub label: Option<Said>,
    /// Help with it.
    pub hint: Option<Said>,
    /// What the form says of what is wrong.
    pub message: Option<Said>,
    /// The choices in the order in which they are offered.
    pub choices: Vec<Option<Said>>,
}

/// Words, and the names of files beside them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Said {
    /// With the values of answers in their places.
    pub words: String,
    /// Picture, sound and film; empty without one.
    pub media: [String; 3],
}

/// What the engine says of a node.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct State {
    /// `input`, `select`, `group`, `repeat-range:uncontrolled` …
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether it is asked.
    pub relevant: bool,
    /// How many instances a repeat has.
    pub count: Option<usize>,
    /// Whether it can only be read.
    #[serde(default)]
    pub readonly: bool,
    /// Whether it needs an answer.
    #[serde(default)]
    pub required: bool,
    /// What it holds; empty while it is not relevant.
    #[serde(default)]
    pub value: String,
    /// `constraint` or `required`, if it is not fulfilled.
    pub violation: Option<String>,
    /// The names of the choices that are offered, in their order.
    pub options: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Answer {
    error: Option<String>,
    root: Option<String>,
    #[serde(default)]
    changed: BTreeMap<String, State>,
    #[serde(default)]
    gone: Vec<String>,
    #[serde(default)]
    languages: Vec<String>,
    #[serde(default)]
    words: BTreeMap<String, Words>,
    xml: Option<String>,
}

impl Engine {
    /// The folder of the engine's package and its driver.
    pub fn folder() -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("engine")
    }

    /// Starts the process.
    ///
    /// # Errors
    /// When the package is not installed, or there is no node.
    pub fn start() -> Result<Self> {
        let folder = Self::folder();
        if !folder.join("node_modules/@getodk/xforms-engine").is_dir() {
            bail!(
                "the engine is not installed: `cargo xtask test odk` does it, or `npm ci` in {}",
                folder.display()
            );
        }
        let mut process = Command::new("node")
            .arg("drive.mjs")
            .current_dir(folder)
            .env("TZ", ZONE)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("starting node: install Node.js 20 or newer")?;
        let requests = process.stdin.take().context("no way to ask the engine")?;
        let answers = process.stdout.take().context("no way to hear the engine")?;
        let answers = BufReader::new(answers);
        let (nodes, languages, root) = Default::default();
        Ok(Self { process, requests, answers, nodes, languages, root })
    }

    /// Reads a form, with the tables beside it by the names of their files; its own words if it cannot.
    ///
    /// # Errors
    /// When the process fails.
    pub fn load(
        &mut self,
        xml: &str,
        files: &BTreeMap<String, String>,
    ) -> Result<Result<(), String>> {
        Ok(self.ask(&json!({ "do": "load", "xml": xml, "files": files }))?.map(drop))
    }

    /// Goes on in one of [`Engine::languages`].
    ///
    /// # Errors
    /// When the process or the engine fails.
    pub fn speak(&mut self, language: &str) -> Result<()> {
        let request = json!({ "do": "speak", "language": language });
        self.ask(&request)?.map_err(anyhow::Error::msg).map(drop)
    }

    /// What can be read now, by the references of what is relevant.
    ///
    /// # Errors
    /// When the process or the engine fails.
    pub fn words(&mut self) -> Result<BTreeMap<String, Words>> {
        let answer = self.ask(&json!({ "do": "words" }))?.map_err(anyhow::Error::msg)?;
        let root = format!("{}/", self.root);
        let local = |reference: String| {
            reference.strip_prefix(&root).map_or(reference.clone(), str::to_owned)
        };
        Ok(answer.words.into_iter().map(|(at, words)| (local(at), words)).collect())
    }

    /// Begins to fill the form in, at `now` milliseconds of the clock, on the tablet `device`.
    ///
    /// # Errors
    /// When the process fails, or the form cannot be filled in.
    pub fn begin(&mut self, now: i64, device: &str) -> Result<()> {
        self.nodes.clear();
        let request = json!({ "do": "start", "now": now, "deviceID": device });
        self.ask(&request)?.map_err(anyhow::Error::msg).map(drop)
    }

    /// Gives an answer to a question; the engine's own words if it takes none of the kind.
    ///
    /// # Errors
    /// When the process fails.
    pub fn set(&mut self, node: &str, answer: &Given) -> Result<Result<(), String>> {
        let at = self.reference(node);
        let request = match answer {
            Given::One(value) => json!({ "do": "set", "at": at, "value": value }),
            Given::Many(values) => json!({ "do": "set", "at": at, "values": values }),
        };
        Ok(self.ask(&request)?.map(drop))
    }

    /// Adds an instance at the end of a repeat.
    ///
    /// # Errors
    /// When the process or the engine fails.
    pub fn add(&mut self, repeat: &str) -> Result<()> {
        let request = json!({ "do": "add", "at": self.reference(repeat) });
        self.ask(&request)?.map_err(anyhow::Error::msg).map(drop)
    }

    /// Takes the instance `position`, from 1, out of a repeat.
    ///
    /// # Errors
    /// When the process or the engine fails.
    pub fn remove(&mut self, repeat: &str, position: usize) -> Result<()> {
        let request =
            json!({ "do": "remove", "at": self.reference(repeat), "index": position - 1 });
        self.ask(&request)?.map_err(anyhow::Error::msg).map(drop)
    }

    /// The record as it would be sent, in XML.
    ///
    /// # Errors
    /// When the process or the engine fails.
    pub fn finish(&mut self) -> Result<String> {
        let answer = self.ask(&json!({ "do": "finish" }))?.map_err(anyhow::Error::msg)?;
        answer.xml.context("the engine gave no record")
    }

    fn reference(&self, node: &str) -> String {
        format!("{}/{node}", self.root)
    }

    fn ask(&mut self, request: &Value) -> Result<Result<Answer, String>> {
        writeln!(self.requests, "{request}").context("asking the engine")?;
        let mut line = String::new();
        self.answers.read_line(&mut line).context("hearing the engine")?;
        let mut answer: Answer = serde_json::from_str(&line)
            .with_context(|| format!("the engine ended, or said: {line}"))?;
        if let Some(error) = answer.error {
            return Ok(Err(error));
        }
        if let Some(root) = answer.root.take() {
            self.root = root;
            self.languages = std::mem::take(&mut answer.languages);
        }
        let root = format!("{}/", self.root);
        let local = |reference: &str| reference.strip_prefix(&root).unwrap_or(reference).to_owned();
        for gone in &answer.gone {
            self.nodes.remove(&local(gone));
        }
        for (reference, state) in std::mem::take(&mut answer.changed) {
            self.nodes.insert(local(&reference), state);
        }
        Ok(Ok(answer))
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// An answer as the engine takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// A value; empty for none.
    One(String),
    /// The names of choices.
    Many(Vec<String>),
}
