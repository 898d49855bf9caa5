//! The bytes of a first visit, until the app works offline; and of the program that asks surveys, which comes after it.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::json;

use super::Report;
use crate::{Browser, Server};

/// All files of a first visit may have so many bytes.
const BYTES: f64 = 250_000.0;

/// What the page loaded by itself, and what the service worker keeps; the worker's own file is
/// in neither.
const LOADED: &str = r#"
    const loaded = performance.getEntriesByType("resource")
      .concat(performance.getEntriesByType("navigation"))
      .map(({ name, encodedBodySize }) => ({ address: name, bytes: encodedBodySize }));
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const { url } of await cache.keys()) loaded.push({ address: url, bytes: 0 });
    }
    const registration = await navigator.serviceWorker.ready;
    loaded.push({ address: registration.active.scriptURL, bytes: 0 });
    return loaded;"#;

#[derive(Deserialize)]
struct Loaded {
    address: String,
    bytes: u64,
}

/// Measures.
///
/// # Errors
/// If the app does not come to work offline.
pub async fn measure(report: &mut Report) -> Result<()> {
    let server = Server::start().await?;
    let browser = Browser::start(&server).await?;
    // One page for the whole visit: what it loads stays in its own records.
    browser.open_page("/").await?;
    browser
        .until("the worker serves the page", async || {
            let script = "return navigator.serviceWorker.controller?.state === 'activated'";
            Ok((browser.run(script, &[]).await? == true).then_some(()))
        })
        .await?;
    browser.press(thirtyfour::By::Css(".ct-status__place")).await?;
    browser.connected().await?;
    browser
        .until("the worker keeps the program of surveys", async || {
            let script = "return Boolean(await caches.match('/survey_bg.wasm'))";
            Ok((browser.run_async(script, &[]).await? == true).then_some(()))
        })
        .await?;

    let loaded: Vec<Loaded> = serde_json::from_value(browser.run_async(LOADED, &[]).await?)?;
    let mut files = BTreeMap::new();
    let http = reqwest::Client::new();
    for Loaded { address, bytes } in loaded {
        let path = address.strip_prefix(&server.url("")).context("a file from elsewhere")?;
        let is_answer = path.starts_with("/api/");
        // Each probe has its own nonce; one is what a visit needs.
        let path = path.split("?nonce=").next().unwrap_or(path);
        let path = if path == "/index.html" { "/" } else { path };
        if files.contains_key(path) {
            continue;
        }
        let bytes = if is_answer { bytes } else { size(&http, &server.url(path)).await? };
        files.insert(path.to_owned(), bytes);
    }
    // Nothing of the first visit waits for it: the worker fetches it when the app stands.
    let later: BTreeMap<_, _> =
        files.extract_if(.., |path, _| path.starts_with("/survey")).collect();
    let total: u64 = files.values().sum();
    let mut by_size: Vec<_> = files.iter().chain(&later).collect();
    by_size.sort_by_key(|(_, bytes)| std::cmp::Reverse(**bytes));
    for (path, bytes) in by_size {
        report.line(path, format!("{bytes} B"));
    }
    report.line("First visit in all", format!("{total} B"));
    let after: u64 = later.values().sum();
    report.line("After it, for surveys", format!("{after} B"));
    report.budget("first_visit", total as f64, BYTES, "bytes");
    let later = json!({ "files": later, "total": after });
    report.part("first_visit", json!({ "files": files, "total": total, "after_it": later }));
    Ok(())
}

/// A file's size as a browser gets it: the client here does not unpack.
async fn size(http: &reqwest::Client, address: &str) -> Result<u64> {
    let request = http.get(address).header("accept-encoding", "gzip, deflate, br, zstd");
    let body = request.send().await?.error_for_status()?.bytes().await?;
    Ok(u64::try_from(body.len())?)
}
