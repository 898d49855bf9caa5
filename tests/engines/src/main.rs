//! Runs the wasm tests of a package in the engines that people's browsers have.
//!
//! `cargo xtask test browser` names this program to cargo as the runner of wasm tests, so cargo calls it with each
//! test binary and the words after `--`. `ENGINES` says in which engines, with commas between; Chromium alone if unset.
//!
//! The page with the tests comes from the real server's folder of the app (`--app`): it has the address that the app
//! would have, so the app's own gateway reaches the real routes, under the same headers as in a library.

mod engine;
mod page;
mod run;
mod session;

use std::{env, ffi::OsString, process::ExitCode};

use anyhow::{Result, anyhow, bail};
use e2e::{Server, setup::Setup};

use engine::Engine;
use page::Page;
use session::Session;

#[tokio::main]
async fn main() -> ExitCode {
    let run = async {
        tokio::select! {
            result = run(env::args_os().skip(1).collect()) => result,
            // What was started is ended by leaving `run`; a killed program would leave the browsers behind.
            _ = tokio::signal::ctrl_c() => bail!("interrupted"),
        }
    };
    match run.await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Vec<OsString>) -> Result<()> {
    let engines = env::var("ENGINES").unwrap_or_else(|_| Engine::Chromium.name().to_owned());
    let engines = engines.split(',').map(Engine::named).collect::<Result<Vec<_>>>()?;
    let Some(page) = Page::make(&arguments).await? else { return Ok(()) };
    let mut failed = Vec::new();
    for engine in engines {
        if let Err(error) = in_engine(engine, &page).await {
            println!("{}: FAILED: {error:#}\n", engine.name());
            failed.push(engine.name());
        }
    }
    if failed.is_empty() { Ok(()) } else { bail!("tests failed in {}", failed.join(", ")) }
}

/// Each engine has a server of its own, so that none meets what another has stored.
async fn in_engine(engine: Engine, page: &Page) -> Result<()> {
    let mut server = Server::start_as(Setup::with_app(page.folder().to_owned())?).await?;
    let session = Session::start(engine).await?;
    println!("in {} {}:", engine.name(), session.version());
    let passed = run::all(&session, &server).await;
    session.end().await;
    let log = server.log();
    server.stop().await?;
    passed.map_err(|error| anyhow!("{error:#}. The server logged last:\n{}", last_lines(&log, 5)))
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}
