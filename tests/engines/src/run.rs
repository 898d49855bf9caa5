//! One run of all tests in one page, with the second tabs that they ask for.

use std::{
    io::Write,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use e2e::Server;
use serde_json::Value;
use thirtyfour::{WebDriver, WindowHandle};

use crate::session::Session;

/// How long the page may say nothing new.
const SILENCE: Duration = Duration::from_secs(90);
/// Between two looks at it.
const STEP: Duration = Duration::from_millis(50);

/// What the page has written, and what it wants of its driver: the address of a second tab, or nothing in its place
/// to have it closed (see `tests/browser/tab.rs`).
const LOOK: &str = "
    const wanted = document.body.getAttribute('data-tab');
    document.body.removeAttribute('data-tab');
    return [document.getElementById('output').textContent, wanted];";

/// Loads the page and follows it until it has given its verdict.
///
/// # Errors
/// If a test failed, or nothing is heard of them any more.
pub async fn all(session: &Session, server: &Server) -> Result<()> {
    let web = session.web();
    web.goto(server.url("/")).await.context("loading the page with the tests")?;
    let page = web.window().await?;
    let mut tab = None;
    let mut text = String::new();
    let mut heard = Instant::now();
    loop {
        let look = web.execute(LOOK, Vec::new()).await?;
        let look = look.json();
        let now = look[0].as_str().unwrap_or_default();
        if now != text {
            // What it says while it loads is replaced by what comes next.
            let news = now.strip_prefix(&text).map_or_else(|| format!("\n{now}"), str::to_owned);
            print!("{news}");
            std::io::stdout().flush()?;
            text = now.to_owned();
            heard = Instant::now();
        }
        if let Some((_, verdict)) = text.rsplit_once("test result: ") {
            // The line may be half written yet.
            if verdict.contains('\n') {
                return if verdict.starts_with("ok.") { Ok(()) } else { bail!("tests failed") };
            }
        }
        if let Value::String(wanted) = &look[1] {
            show(web, &page, &mut tab, (!wanted.is_empty()).then(|| server.url(wanted))).await?;
        }
        if heard.elapsed() > SILENCE {
            bail!("the page has said nothing more for {} s", SILENCE.as_secs());
        }
        tokio::time::sleep(STEP).await;
    }
}

/// Closes the second tab, and opens another if one is wanted.
async fn show(
    web: &WebDriver,
    page: &WindowHandle,
    tab: &mut Option<WindowHandle>,
    wanted: Option<String>,
) -> Result<()> {
    if let Some(old) = tab.take() {
        web.switch_to_window(old).await?;
        web.close_window().await?;
    }
    web.switch_to_window(page.clone()).await?;
    if let Some(address) = wanted {
        let new = web.new_window().await.context("opening a second tab")?;
        web.switch_to_window(new.clone()).await?;
        web.goto(address).await?;
        *tab = Some(new);
        web.switch_to_window(page.clone()).await?;
    }
    Ok(())
}
