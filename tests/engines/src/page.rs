//! The page with the tests, as files that the server can serve.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
};

/// A folder with the tests' wasm and scripts, gone when this is dropped.
pub struct Page {
    folder: PathBuf,
    _all: TempDir,
}

/// What a second tab loads: `tests/browser/tab.rs` says what for.
const TAB: [(&str, &str); 2] = [
    ("tab.html", include_str!("../../browser/tab.html")),
    ("tab.js", include_str!("../../browser/tab.js")),
];

impl Page {
    /// Lets `wasm-bindgen-test-runner` write the page as for its own server, and takes it from there: how tests are
    /// found and started is its business. `None` if `arguments`, which are its own, leave no test to run.
    ///
    /// # Errors
    /// If it fails, or its page is not of the form that is known here.
    pub async fn make(arguments: &[OsString]) -> Result<Option<Self>> {
        let all = TempDir::with_prefix("together-page-")?;
        let mut runner = Command::new("wasm-bindgen-test-runner")
            .args(arguments)
            .env("NO_HEADLESS", "1")
            .env("WASM_BINDGEN_USE_BROWSER", "1")
            .env("WASM_BINDGEN_TEST_ADDRESS", "127.0.0.1:0")
            .env("TMPDIR", all.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("wasm-bindgen-test-runner is missing: run `cargo xtask test browser`")?;
        let output = runner.stdout.take().context("its output is a pipe")?;
        let mut lines = BufReader::new(output).lines();
        let address = loop {
            let Some(line) = lines.next_line().await? else {
                let status = runner.wait().await?;
                ensure!(status.success(), "wasm-bindgen-test-runner ended with {status}");
                return Ok(None);
            };
            match line.split_once("available at ") {
                Some((_, address)) => break address.to_owned(),
                None => println!("{line}"),
            }
        };
        let html = reqwest::get(&address).await?.error_for_status()?.text().await?;
        // Killed, it leaves its files, which are ours to remove.
        runner.kill().await?;
        let folder = only_folder(all.path())?;
        finish(&folder, &html)?;
        Ok(Some(Self { folder, _all: all }))
    }

    /// Where the files are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

fn only_folder(parent: &Path) -> Result<PathBuf> {
    let mut folders = fs::read_dir(parent)?.collect::<Result<Vec<_>, _>>()?;
    match folders.pop() {
        Some(folder) if folders.is_empty() => Ok(folder.path()),
        _ => bail!("wasm-bindgen-test-runner wrote no one folder into {}", parent.display()),
    }
}

/// Makes the page fit for the server's content security policy, which allows no script inside a page, and for a
/// server that guesses no endings of names.
fn finish(folder: &Path, html: &str) -> Result<()> {
    let (before, rest) = html.split_once("<script>").context("the page has no script")?;
    let (script, after) = rest.split_once("</script>").context("the page's script has no end")?;
    let html = format!(r#"{before}<script src="console.js"></script>{after}"#);
    fs::write(folder.join("console.js"), script)?;
    fs::write(folder.join("index.html"), html)?;

    let run = folder.join("run.js");
    let source = fs::read_to_string(&run)?;
    const IMPORT: &str = "from './wasm-bindgen-test';";
    ensure!(source.contains(IMPORT), "run.js does not import the tests as expected");
    fs::write(&run, source.replace(IMPORT, "from './wasm-bindgen-test.js';"))?;
    for (name, text) in TAB {
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}
