//! Tablets that come back all at once: everything arrives exactly once, within the memory.

use anyhow::{Result, ensure};
use faults::tally;
use load::{Drained, Files, Ground, Herd};
use pg::{PgError, TestPostgres};

/// The memory that a server may take, in MiB.
const MOST_MIB: f64 = 256.0;
/// What leaves a server 32 connections beside its other files: fewer than the herd has tablets,
/// so that some are told to come back.
const FILES: Files = Files::AtMost(544);

#[tokio::test]
async fn a_herd_drains_into_sqlite() -> Result<()> {
    drains("SQLite", &Ground::sqlite(FILES).await?).await
}

#[tokio::test]
async fn a_herd_drains_into_postgresql() -> Result<()> {
    if let Err(absent @ PgError::Absent) = TestPostgres::start() {
        tally::skipped("a herd on PostgreSQL", absent);
        return Ok(());
    }
    drains("PostgreSQL", &Ground::postgres(FILES).await?).await
}

async fn drains(name: &str, ground: &Ground) -> Result<()> {
    let herd = Herd { tablets: 200, records: 20, seed: 1 };
    let Drained { seconds, stored, turned_away, unanswered, peak_mib, .. } =
        herd.drain(ground).await?;
    ensure!(peak_mib <= MOST_MIB, "the server took {peak_mib} MiB");
    tally::count(stored as u64, "records of a herd");
    tally::tell(&format!(
        "{name}: {} tablets at once, {stored} records, each there once, in {seconds:.1} s; \
         {turned_away} rounds turned away, {unanswered} unanswered, {peak_mib:.0} MiB",
        herd.tablets
    ));
    Ok(())
}
