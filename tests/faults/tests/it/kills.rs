//! The server is killed with -9 again and again while clients push and edit.

use std::time::{Duration, Instant};

use anyhow::Result;
use faults::{Chance, Launch, Place, Rounds, database::Database, storm::Storm, tally};
use tempfile::TempDir;
use tokio::task::LocalSet;

/// A kill comes within so many milliseconds after the clients were led to the server: most of
/// the time in the middle of their commits.
const WINDOW: u64 = 200;
/// A start takes about as many milliseconds.
const START: u64 = 60;

#[tokio::test]
async fn what_was_acknowledged_outlives_every_kill_on_sqlite() -> Result<()> {
    let rounds = Rounds::read()?;
    LocalSet::new().run_until(kills_on_sqlite(rounds)).await
}

async fn kills_on_sqlite(Rounds { seed, kills, .. }: Rounds) -> Result<()> {
    let started = Instant::now();
    let home = TempDir::with_prefix("faults-kills-")?;
    let data = home.path().join("data");
    let database = Database::Sqlite(data.join("together.db"));
    let launch = Launch::on(Place::Directory(data), home.path())?;
    let mut chance = Chance::of(seed, u64::MAX);
    let mut server = launch.start().await?;
    let mut storm = Storm::begin(seed, server.address()).await?;
    let (mut done, mut in_starts) = (0, 0);
    while done < kills {
        // The moment of the kill is the fault itself: nothing is waited for.
        tokio::time::sleep(Duration::from_millis(chance.below(WINDOW))).await;
        server.kill().await?;
        done += 1;
        if done < kills && chance.happens(0.15) {
            launch.start_and_kill_after(Duration::from_millis(chance.below(START))).await?;
            (done, in_starts) = (done + 1, in_starts + 1);
        }
        server = launch.start().await?;
        storm.prove(&database).await?;
        storm.lead_to(server.address());
    }
    let passed = storm.calm(&database).await?;
    let (sums, counts) = (passed.sums, passed.counts);
    tally::count(done, "kills of the server on SQLite");
    tally::count(counts.faults(), "dealt faults of the network");
    tally::tell(&format!(
        "SQLite, seed {seed}: {done} kills of the server ({in_starts} while it started) and {} \
         faults of the network in {:.0} s; {} records and {} edits, each confirmed and there \
         once; 0 lost, 0 doubled",
        counts.faults(),
        started.elapsed().as_secs_f64(),
        sums.stored,
        passed.edits,
    ));
    Ok(())
}
