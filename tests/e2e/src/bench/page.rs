//! The page `tests/bench/www`, which measures by itself.

use std::{env, path::PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::{Browser, Server};

/// Opens the page, has it run one bench, and gives what that found.
///
/// # Errors
/// If the page is not built, or the bench throws.
pub async fn run(what: &str) -> Result<Value> {
    let folder = env::var_os("TOGETHER_BENCH")
        .map(PathBuf::from)
        .context("TOGETHER_BENCH is not set: run `cargo xtask bench`")?;
    // The server serves any folder with a page, under the same strict policy as the app.
    let server = Server::start_with(|setup| setup.app = folder).await?;
    let browser = Browser::start(&server).await?;
    let web = browser.web()?;
    web.set_script_timeout(std::time::Duration::from_secs(600)).await?;
    web.goto(browser.address(&format!("/?what={what}"))).await?;
    let found = browser.run_async("return await window.__bench", &[]).await?;
    found.get(what).cloned().with_context(|| format!("the page did not measure {what}: {found}"))
}
