//! The browser is killed with -9 while somebody saves and sends, and loses its database while
//! it is open: what the screen called "Saved" is on the server in the end, exactly once.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use e2e::{
    Browser, Client, Options,
    pages::{Feedback, Tablet},
    t, wait,
};
use faults::{
    Chance, Proxy, Rounds,
    proxy::{Deal, Link, Plan},
    tally,
};
use serde_json::json;

/// A kill comes within so many milliseconds after the driver is told to press "Save": about a
/// quarter of it is over when the press reaches the page.
const SAVING: u64 = 300;
/// A kill comes within so many milliseconds after the server is within reach again.
const SENDING: u64 = 1_500;

/// What was told, by its words.
#[derive(Default)]
struct Told {
    /// The screen said "Saved", with this reference.
    saved: BTreeMap<String, String>,
    /// "Save" was pressed, and what the screen said then nobody has seen.
    pressed: BTreeSet<String>,
}

impl Told {
    /// Checks what staff read: all that was saved once, all that was pressed at most once, and
    /// nothing else.
    async fn prove(&self, server: &e2e::Server) -> Result<usize> {
        let table = Client::sign_in(server).await?.table("/export/feedback.csv").await?;
        let (words, references) = (table.column("words")?, table.column("reference")?);
        let mut there = BTreeMap::new();
        for (words, reference) in words.iter().zip(&references) {
            let twice = there.insert(*words, *reference);
            ensure!(twice.is_none(), "DOUBLED: {words} as {twice:?} and {reference}");
            let known = self.saved.contains_key(*words) || self.pressed.contains(*words);
            ensure!(known, "nobody told {words}");
        }
        for (words, reference) in &self.saved {
            let stored = there.get(words.as_str()).copied();
            ensure!(stored == Some(reference), "LOST: {words} is {reference}, stored {stored:?}");
        }
        Ok(there.len())
    }
}

/// Waits until nothing is left to be sent.
async fn all_sent(browser: &Browser, proxy: &Proxy) -> Result<()> {
    proxy.use_link(None);
    proxy.follow(Plan::Open);
    let tablet = Tablet::open(browser).await?;
    // It would try again by itself, but not before a minute or two have passed.
    browser
        .until_within("all is sent", wait::LONG, async || {
            if tablet.waiting().await.ok() == Some(0) {
                return Ok(Some(()));
            }
            tablet.send_now().await.ok();
            Ok(None)
        })
        .await
}

/// Says whether the confirmation is on the screen, and its reference if it is.
async fn confirmation(browser: &Browser) -> Result<Option<String>> {
    let script = "const heading = document.querySelector('main h1')?.innerText?.trim();
        const reference = document.querySelector('.govuk-panel__body strong')?.innerText?.trim();
        return heading === arguments[0] && reference ? reference : null";
    let found = browser.run(script, &[t("saved").into()]).await?;
    Ok(found.as_str().map(str::to_owned))
}

#[tokio::test]
async fn what_the_screen_called_saved_outlives_every_kill_of_the_browser() -> Result<()> {
    let Rounds { seed, browser_kills, .. } = Rounds::read()?;
    let started = Instant::now();
    let server = e2e::Server::start().await?;
    let proxy = Proxy::start(server.address(), Plan::Open)?;
    let mut browser = Browser::start_at(proxy.url(""), Options::default()).await?;
    browser.ready_for_offline().await?;
    let mut chance = Chance::of(seed, u64::MAX);
    let mut told = Told::default();
    let [mut blind, mut sending] = [0; 2];
    for kill in 0..browser_kills {
        weather(&proxy, &mut chance, seed ^ kill);
        let form = Feedback::open(&browser).await?;
        for number in 0..chance.below(3) {
            let words = format!("Told before kill {kill}, number {number}");
            let saved = form.tell(&words).await.with_context(|| words.clone())?;
            told.saved.insert(words, saved.reference);
            browser.press_button(t("feedback_next")).await?;
            Feedback::wait(&browser).await?;
        }
        let words = format!("Told at kill {kill}");
        form.words(&words).await?.agrees().await?;
        told.pressed.insert(words.clone());
        match chance.below(4) {
            // At a moment nobody has chosen, while "Save" is pressed and the words are stored:
            // the moment is the fault.
            0 | 1 => {
                let moment = Duration::from_millis(chance.below(SAVING));
                let _ = tokio::time::timeout(moment, form.press_save()).await;
                blind += 1;
            }
            // As soon as the screen has said it.
            2 => drop(told.saved.insert(words, form.save().await?.reference)),
            // While it is sent, slowly.
            _ => {
                told.saved.insert(words, form.save().await?.reference);
                proxy.use_link(Some(Link::HUB));
                proxy.follow(Plan::Open);
                Tablet::open(&browser).await?.send_now().await.ok();
                tokio::time::sleep(Duration::from_millis(chance.below(SENDING))).await;
                sending += 1;
            }
        }
        browser.kill().await?;
        browser.start_again().await?;
    }
    all_sent(&browser, &proxy).await?;
    let there = told.prove(&server).await?;
    tally::count(browser_kills, "kills of the browser");
    tally::count(proxy.counts().faults(), "dealt faults of the network");
    tally::tell(&format!(
        "Browser, seed {seed}: {browser_kills} kills ({blind} while it saved, of which {} came \
         too early for the record; {sending} while it sent) and {} faults of the network in {:.0} s; {} times \"Saved\", \
         each there once; {there} records in all",
        told.saved.len() + blind - there,
        proxy.counts().faults() + proxy.counts().refused,
        started.elapsed().as_secs_f64(),
        told.saved.len(),
    ));
    Ok(())
}

/// The network of the next round: none, a bad one, or a good one.
fn weather(proxy: &Proxy, chance: &mut Chance, seed: u64) {
    proxy.use_link(None);
    match chance.below(4) {
        0 => proxy.follow(Plan::Open),
        1 => proxy.follow(Plan::Dealt(Deal::everything(seed, 0.5))),
        _ => proxy.unplug(),
    }
}

/// How a database is lost while the app is open.
#[derive(Debug, Clone, Copy)]
enum Loss {
    /// A script of the page deletes it, as an extension may: the app is asked to close it.
    Deleted,
    /// The browser clears the databases of the site, as people do in its settings.
    Cleared,
    /// The browser clears all it has of the site, its worker and its files too.
    ClearedAll,
}

/// Deletes the outbox, and waits until it is gone.
const DELETE: &str = r#"
    await new Promise((resolve, reject) => {
      const request = indexedDB.deleteDatabase("outbox");
      request.onsuccess = resolve;
      request.onerror = () => reject(request.error);
    });"#;

async fn lose(browser: &Browser, loss: Loss) -> Result<()> {
    let clear = async |types: &str| {
        let origin = json!({ "origin": browser.address(""), "storageTypes": types });
        browser.cdp("Storage.clearDataForOrigin", origin).await.map(drop)
    };
    match loss {
        Loss::Deleted => browser.run_async(DELETE, &[]).await.map(drop),
        Loss::Cleared => clear("indexeddb").await,
        Loss::ClearedAll => clear("all").await,
    }
}

#[tokio::test]
async fn a_database_that_is_lost_while_open_is_no_reason_to_say_saved_falsely() -> Result<()> {
    let server = e2e::Server::start().await?;
    let proxy = Proxy::start(server.address(), Plan::Open)?;
    let mut told = Told::default();
    let mut honest = 0;
    for loss in [Loss::Deleted, Loss::Cleared, Loss::ClearedAll] {
        proxy.follow(Plan::Open);
        let mut browser = Browser::start_at(proxy.url(""), Options::default()).await?;
        browser.ready_for_offline().await?;
        let form = Feedback::open(&browser).await?;
        // Opened and used, so that there is something to lose.
        let words = format!("Sent before it was {loss:?}");
        let saved = form.tell(&words).await?;
        saved.received().await?;
        told.saved.insert(words, saved.reference);
        browser.press_button(t("feedback_next")).await?;
        Feedback::wait(&browser).await?;
        proxy.unplug();

        let words = format!("Saved after it was {loss:?}");
        form.words(&words).await?.agrees().await?;
        lose(&browser, loss).await?;
        form.press_save().await?;
        let reference = browser
            .until("the screen says what came of it", async || {
                if let Some(reference) = confirmation(&browser).await? {
                    return Ok(Some(Some(reference)));
                }
                Ok(browser.text().await?.contains(t("not_saved")).then_some(None))
            })
            .await?;
        let reference = match reference {
            Some(reference) => reference,
            // It said that it did not save: then the same press must work now, or go on
            // saying so; and the words must still be there.
            None => {
                honest += 1;
                form.save().await.context("saving once more")?.reference
            }
        };
        told.saved.insert(words, reference);
        // Only what is in the database outlives this.
        if !matches!(loss, Loss::ClearedAll) {
            browser.kill().await?;
            browser.start_again().await?;
        }
        all_sent(&browser, &proxy).await?;
        told.prove(&server).await.with_context(|| format!("after it was {loss:?}"))?;
    }
    tally::count(3, "databases lost in the browser");
    tally::tell(&format!(
        "Browser's database lost 3 ways while open: \"not saved\" said {honest} times, \"Saved\" \
         kept {} of {} times",
        told.saved.len(),
        told.saved.len(),
    ));
    Ok(())
}
