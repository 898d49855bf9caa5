//! One measurement: a fresh browser profile, a database of its own, and the page.

use std::{
    env, fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use e2e::{Browser, Options, Server, setup::Setup, wait};
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    data,
    line::Way,
    peer::Peer,
    sample::{Line, Sample, Side, Task},
};

/// How long one measurement may take: PouchDB brings 10,000 listings over the slow line in minutes.
const PATIENCE: Duration = Duration::from_secs(1_800);

/// What the page tells of a measurement.
#[derive(Deserialize)]
struct Found {
    ms: f64,
    #[serde(default)]
    rest: f64,
    failures: u64,
    body_up: u64,
    body_down: u64,
}

/// The servers, started when they are needed first, and the page.
pub struct Bench {
    folder: TempDir,
    sources: PathBuf,
    batch: Option<u64>,
    listings: Option<Server>,
    peer: Option<Peer>,
}

impl Bench {
    /// Puts the page together from what was built.
    ///
    /// # Errors
    /// If something is not built: the message says which command does it.
    pub fn new(batch: Option<u64>) -> Result<Self> {
        let from = |name: &str| {
            env::var_os(name)
                .map(PathBuf::from)
                .with_context(|| format!("{name} is not set: run `cargo xtask bench sync`"))
        };
        let (built, sources) = (from("TOGETHER_BENCH")?, from("TOGETHER_PEERS")?);
        let folder = TempDir::with_prefix("peers-")?;
        let page = folder.path().join("page");
        fs::create_dir_all(page.join("pkg"))?;
        let files = [
            "index.html",
            "page.js",
            "ours.js",
            "pouchdb.js",
            "storing.js",
            "node_modules/pouchdb/dist/pouchdb.min.js",
            "node_modules/dexie/dist/modern/dexie.min.mjs",
        ];
        let own = files.map(|file| (sources.join(file), page.clone()));
        let wasm = ["bench.js", "bench_bg.wasm"];
        let wasm = wasm.map(|file| (built.join("pkg").join(file), page.join("pkg")));
        for (file, to) in own.into_iter().chain(wasm) {
            let name = file.file_name().context("a file has a name")?;
            fs::copy(&file, to.join(name)).with_context(|| file.display().to_string())?;
        }
        let content = Setup::with_app(page)?.content;
        data::write(&content, &folder.path().join("content"), Task::Bootstrap.records())?;
        Ok(Self { folder, sources, batch, listings: None, peer: None })
    }

    /// Measures one task of one side.
    ///
    /// # Errors
    /// If something does not start, or not everything arrived.
    pub async fn measure(
        &mut self,
        line: Line,
        task: Task,
        side: Side,
        run: u64,
    ) -> Result<Sample> {
        // Held to the end: a server stops when it is dropped.
        let mut own = None;
        let server = match (task, side) {
            (Task::Bootstrap, Side::Ours) => self.with_listings().await?,
            (Task::Push, Side::Pouchdb) | (Task::Bootstrap, _) => self.peer().await?,
            // A database of its own for each push, and a place for what is only stored.
            _ => own.insert(self.start(None).await?).address(),
        };
        let way = Way::to(server, line)?;
        let browser = Browser::start_at(way.base(), Options::default()).await?;
        browser.web()?.goto(browser.address("/")).await?;
        let loaded = "return typeof window.begin === 'function' || null";
        browser
            .until("the page is loaded", async || {
                Ok((browser.run(loaded, &[]).await? == true).then_some(()))
            })
            .await?;
        let counted = line == Line::Counted;
        let options = json!({
            "task": task.name(), "side": side.name(), "count": task.records(),
            "counted": counted, "batch": self.batch,
        });
        step(&browser, "prepare", options).await?;
        let before = way.begin(run);
        let found = step(&browser, "measure", Value::Null).await?;
        let after = way.counts();
        let found: Found = serde_json::from_value(found)?;
        Ok(Sample {
            line,
            task,
            side,
            ms: found.ms,
            rest: found.rest,
            failures: found.failures,
            requests: after.requests - before.requests,
            up: after.up - before.up,
            down: after.down - before.down,
            resets: after.resets - before.resets,
            body_up: found.body_up,
            body_down: found.body_down,
        })
    }

    /// Our server with the listings, whose snapshot is made: it has run for a while.
    async fn with_listings(&mut self) -> Result<SocketAddr> {
        if let Some(server) = &self.listings {
            return Ok(server.address());
        }
        let server = self.start(Some(self.folder.path().join("content"))).await?;
        let http = reqwest::Client::new();
        let manifest: Value = wait::until("there is a snapshot", wait::LONG, async || {
            let answer = http.get(server.url("/api/v1/snapshot")).send().await?;
            Ok(if answer.status().is_success() { Some(answer.json().await?) } else { None })
        })
        .await?;
        let segments = manifest["segments"].as_array().context("a manifest names segments")?;
        for segment in segments {
            let hash = segment["hash"].as_str().context("a segment has a hash")?;
            is_squeezed(&server, &format!("/api/v1/snapshot/{hash}")).await?;
        }
        Ok(self.listings.insert(server).address())
    }

    async fn peer(&mut self) -> Result<SocketAddr> {
        if let Some(peer) = &self.peer {
            return Ok(peer.address());
        }
        let listings = self.folder.path().join("content/listing.json");
        let script = self.sources.join("server.cjs");
        let peer = Peer::start(&script, &self.page(), &listings).await?;
        Ok(self.peer.insert(peer).address())
    }

    /// Our server on a new database, with the page in place of the app.
    async fn start(&self, content: Option<PathBuf>) -> Result<Server> {
        let page = self.page();
        let server = Server::start_with(|setup| {
            setup.app = page.clone();
            if let Some(content) = content {
                setup.content = content;
            }
        })
        .await?;
        // It compresses what the build has not, and would do so while something is measured.
        for file in files(&page)? {
            is_squeezed(&server, &format!("/{file}")).await?;
        }
        Ok(server)
    }

    fn page(&self) -> PathBuf {
        self.folder.path().join("page")
    }
}

/// The page's files, as their addresses end.
fn files(page: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for folder in ["", "pkg/"] {
        for file in fs::read_dir(page.join(folder))? {
            let file = file?;
            if file.file_type()?.is_file() {
                found.push(format!("{folder}{}", file.file_name().to_string_lossy()));
            }
        }
    }
    // The page itself is too small to gain.
    found.retain(|file| !file.ends_with(".html"));
    Ok(found)
}

/// Waits until the server has the brotli form of what is at `path`: not one that it makes for this
/// answer, which has no tag of its own.
async fn is_squeezed(server: &Server, path: &str) -> Result<()> {
    let http = reqwest::Client::new();
    wait::until("everything is compressed", wait::LONG, async || {
        let request = http.head(server.url(path)).header("accept-encoding", "br");
        let answer = request.send().await?.error_for_status()?;
        let headers = answer.headers();
        let tag = headers.get("etag").and_then(|tag| tag.to_str().ok()).unwrap_or_default();
        let ready = headers.contains_key("content-encoding") && tag.ends_with("-br\"");
        Ok(ready.then_some(()))
    })
    .await
}

/// Has the page take a step, and gives what that found.
async fn step(browser: &Browser, step: &str, options: Value) -> Result<Value> {
    let begin = "window.begin(arguments[0], arguments[1])";
    browser.run(begin, &[json!(step), options]).await?;
    let found = browser.until_within(step, PATIENCE, async || {
        let found = browser.run("return window.found", &[]).await?;
        Ok(Some(found).filter(|found| !found.is_null()))
    });
    let found = found.await?;
    match found.get("error") {
        Some(error) => bail!("{step}: {error}"),
        None => Ok(found["value"].clone()),
    }
}
