//! The first start on an empty directory is killed: the next one finishes what was begun.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use faults::{Chance, Gateway, Launch, Place, Rounds, tally};
use model::wire::Changes;
use sync::Remote;
use tempfile::TempDir;

/// First starts that are killed at the least; of a long round's kills it is one in ten.
const LEAST: u64 = 6;

#[tokio::test]
async fn a_first_start_killed_anywhere_is_finished_by_the_next() -> Result<()> {
    let Rounds { seed, kills, .. } = Rounds::read()?;
    let begun = Instant::now();
    let whole = first_start(None).await?;
    let took = u64::try_from(begun.elapsed().as_millis())?;
    let mut chance = Chance::of(seed, 0);
    let starts = LEAST.max(kills / 10);
    for _ in 0..starts {
        let delay = Duration::from_millis(chance.below(took));
        let after = first_start(Some(delay)).await.with_context(|| format!("after {delay:?}"))?;
        let content = |changes: &Changes| {
            let records = changes.records.iter();
            records.map(|it| (it.collection.clone(), it.id.clone(), it.rev)).collect::<Vec<_>>()
        };
        ensure!(content(&after) == content(&whole), "killed after {delay:?}: {after:?}");
    }
    tally::count(starts, "kills of a first start");
    tally::tell(&format!(
        "First start, seed {seed}: killed {starts} times within its {took} ms; the next one had \
         all {} records and let staff sign in",
        whole.records.len(),
    ));
    Ok(())
}

/// Starts on an empty directory, after one start that is killed; gives the catalogue.
async fn first_start(kill_after: Option<Duration>) -> Result<Changes> {
    let home = TempDir::with_prefix("faults-first-")?;
    let launch = Launch::on(Place::Directory(home.path().join("data")), home.path())?;
    if let Some(delay) = kill_after {
        launch.start_and_kill_after(delay).await?;
    }
    let server = launch.start().await?;
    let gateway = Gateway::to(format!("http://{}", server.address()))?;
    gateway.sign_in().await.context("signing in")?;
    let changes = gateway.changes(None).await?;
    ensure!(!changes.more, "the content that ships is one page");
    Ok(changes)
}
