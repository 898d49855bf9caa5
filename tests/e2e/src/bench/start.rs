//! From a fresh browser on a tablet without a network to doors that can be pressed.

use anyhow::Result;
use serde_json::json;
use thirtyfour::prelude::By;

use super::{
    Report,
    report::{median, round},
};
use crate::{Browser, Server};

/// A start may take so many milliseconds.
const START_MS: f64 = 1_000.0;
const STARTS: usize = 5;

/// Notes when the heading and the four doors stand, and a frame with them is about to be shown.
const NOTE: &str = "
    const look = () => {
      const usable = document.querySelector('main h1[tabindex]')
        && document.querySelectorAll('main .ct-door__link[href]').length === 4;
      if (!usable) return;
      observer.disconnect();
      requestAnimationFrame(() => { window.__usable = performance.now() });
    };
    const observer = new MutationObserver(look);
    observer.observe(document, { childList: true, subtree: true });";

/// Measures.
///
/// # Errors
/// If the app does not start offline.
pub async fn measure(report: &mut Report) -> Result<()> {
    let mut server = Server::start().await?;
    let mut browser = Browser::start(&server).await?;
    browser.ready_for_offline().await?;
    server.stop().await?;
    let mut times = Vec::new();
    for _ in 0..STARTS {
        browser.close().await?;
        browser.start_again().await?;
        let source = json!({ "source": NOTE });
        browser.cdp("Page.addScriptToEvaluateOnNewDocument", source).await?;
        browser.web()?.goto(browser.address("/")).await?;
        browser.see(By::Css("main .ct-door__link")).await?;
        let time = browser
            .until("the doors to stand", async || {
                Ok(browser.run("return window.__usable ?? null", &[]).await?.as_f64())
            })
            .await?;
        times.push(round(time));
    }
    let middle = median(times.clone());
    report.line("Offline start, fresh browser", format!("{middle:.0} ms"));
    report.budget("offline_start", middle, START_MS, "ms");
    report.part("offline_start", json!({ "times_ms": times, "median_ms": middle }));
    Ok(())
}
