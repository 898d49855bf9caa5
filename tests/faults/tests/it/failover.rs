//! The primary is killed with -9 under load and its synchronous standby promoted: the servers
//! find it by themselves, tablets go on without anybody's doing, and what was acknowledged is there.

use std::{
    net::TcpListener,
    sync::{Arc, Mutex},
    time::Instant,
};

use anyhow::{Result, ensure};
use e2e::wait;
use faults::{Launch, Place, Rounds, Server, database::Database, storm::Storm, tally};
use pg::{PgError, TestPostgres};
use tempfile::TempDir;
use tokio::task::LocalSet;

/// Records acknowledged by each server before the primary is killed, and again after it.
const ENOUGH: usize = 200;

#[tokio::test]
async fn tablets_go_on_by_themselves_when_a_standby_takes_over() -> Result<()> {
    let rounds = Rounds::read()?;
    if let Err(absent @ PgError::Absent) = TestPostgres::start() {
        tally::skipped("the failover", absent);
        return Ok(());
    }
    for number in 0..rounds.failovers {
        LocalSet::new().run_until(failover(rounds.seed ^ number)).await?;
    }
    tally::count(rounds.failovers, "failovers to a standby");
    Ok(())
}

async fn until_acked(storm: &Storm, more: usize) -> Result<()> {
    let enough = storm.acked() + more;
    wait::until("records are acknowledged", wait::LONG, async || {
        Ok((storm.acked() >= enough).then_some(()))
    })
    .await
}

/// Each server in turn serves until it has acknowledged enough.
async fn each_serves(storm: &Storm, servers: &[Server]) -> Result<()> {
    for server in servers {
        storm.lead_to(server.address());
        until_acked(storm, ENOUGH).await?;
    }
    Ok(())
}

async fn failover(seed: u64) -> Result<()> {
    let home = TempDir::with_prefix("faults-failover-")?;
    let mut primary = TestPostgres::start()?;
    let name = primary.new_database()?;
    let standby = primary.synchronous_standby()?;
    wait::until("the standby follows", wait::LONG, async || {
        Ok(primary.is_followed()?.then_some(()))
    })
    .await?;
    // A host that is down stands first: no server may stop at it.
    let down = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let (one, two) = (primary.address(), standby.address());
    let url = primary.url(&name).replace(&one, &format!("{down},{one},{two}"));
    let launch = Launch::on(Place::Postgres(url), home.path())?;
    let mut servers = [launch.start().await?, launch.start().await?];
    let mut storm = Storm::begin(seed, servers[0].address()).await?;
    each_serves(&storm, &servers).await?;

    let killed = Instant::now();
    primary.kill();
    let before = storm.acked();
    // Beside the clients, which go on trying.
    let promoting = tokio::task::spawn_blocking(move || standby.promote().map(|()| standby));
    let standby = promoting.await??;
    let promoted = Instant::now();
    until_acked(&storm, 1).await?;
    let (away, back) = (killed.elapsed(), promoted.elapsed());
    let database = Database::Postgres(Arc::new(Mutex::new(standby)), name);
    storm.prove(&database).await?;
    each_serves(&storm, &servers).await?;
    for server in &mut servers {
        ensure!(server.runs()?, "a server ended with the primary: {}", launch.log());
    }
    let passed = storm.calm(&database).await?;
    tally::tell(&format!(
        "Failover, seed {seed}: of {before} acknowledged records 0 lost; acknowledged again {:.1} s \
         after the kill, {:.1} s after the standby took writes; in the end {} records and {} edits, \
         each there once",
        away.as_secs_f64(),
        back.as_secs_f64(),
        passed.sums.stored,
        passed.edits,
    ));
    Ok(())
}
