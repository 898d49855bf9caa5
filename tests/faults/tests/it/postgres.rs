//! The server on PostgreSQL and PostgreSQL itself are killed with -9 while clients push and
//! edit.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use faults::{Chance, Gateway, Launch, Place, Rounds, database::Database, storm::Storm, tally};
use pg::{PgError, TestPostgres};
use tempfile::TempDir;
use tokio::task::LocalSet;

/// A kill comes within so many milliseconds after the clients were led to the server.
const WINDOW: u64 = 300;

/// What a kill hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Victim {
    Server,
    Postgres,
    Both,
}

#[tokio::test]
async fn what_was_acknowledged_outlives_every_kill_on_postgresql() -> Result<()> {
    let rounds = Rounds::read()?;
    if !Launch::program_knows("--database-url")? {
        tally::skipped("the kills on PostgreSQL", "this server does not know --database-url");
        return Ok(());
    }
    match TestPostgres::start() {
        Ok(cluster) => LocalSet::new().run_until(kills(rounds, cluster)).await,
        Err(absent @ PgError::Absent) => {
            tally::skipped("the kills on PostgreSQL", absent);
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

async fn kills(rounds: Rounds, cluster: TestPostgres) -> Result<()> {
    let Rounds { seed, postgres_kills: kills, .. } = rounds;
    let started = Instant::now();
    let home = TempDir::with_prefix("faults-postgres-")?;
    let name = cluster.new_database()?;
    let launch = Launch::on(Place::Postgres(cluster.url(&name)), home.path())?;
    let cluster = Arc::new(Mutex::new(cluster));
    let database = Database::Postgres(Arc::clone(&cluster), name);
    let with_cluster = |work: fn(&mut TestPostgres) -> Result<(), PgError>| {
        work(&mut cluster.lock().unwrap_or_else(PoisonError::into_inner))
    };
    let mut chance = Chance::of(seed, u64::MAX);
    let mut server = launch.start().await?;
    let mut storm = Storm::begin(seed, server.address()).await?;
    let [mut of_server, mut of_postgres] = [0; 2];
    while of_server + of_postgres < kills {
        // The moment of the kill is the fault itself: nothing is waited for.
        tokio::time::sleep(Duration::from_millis(chance.below(WINDOW))).await;
        let victim = chance.one_of(
            Victim::Server,
            &[Victim::Server, Victim::Server, Victim::Postgres, Victim::Both],
        );
        if victim == Victim::Postgres {
            // A server that is still starting may give up without its database, for its
            // supervisor to start it again; one that serves must not.
            Gateway::to(format!("http://{}", server.address()))?.ready().await?;
        }
        if victim != Victim::Server {
            with_cluster(|cluster| {
                cluster.kill();
                Ok(())
            })?;
            of_postgres += 1;
        }
        if victim == Victim::Postgres {
            // The server meets a database that is gone, and finds the new one by itself.
            tokio::time::sleep(Duration::from_millis(chance.below(WINDOW))).await;
            with_cluster(TestPostgres::restart).context("PostgreSQL after a kill")?;
            ensure!(server.runs()?, "the server ended with its database: {}", launch.log());
        } else {
            server.kill().await?;
            of_server += 1;
            if victim == Victim::Both {
                with_cluster(TestPostgres::restart).context("PostgreSQL after a kill")?;
            }
            server = launch.start().await?;
        }
        storm.prove(&database).await?;
        storm.lead_to(server.address());
    }
    let passed = storm.calm(&database).await?;
    tally::count(of_server, "kills of the server on PostgreSQL");
    tally::count(of_postgres, "kills of PostgreSQL");
    tally::count(passed.counts.faults(), "dealt faults of the network");
    tally::tell(&format!(
        "PostgreSQL, seed {seed}: {of_server} kills of the server, {of_postgres} of PostgreSQL \
         and {} faults of the network in {:.0} s; {} records and {} edits, each confirmed and \
         there once; 0 lost, 0 doubled",
        passed.counts.faults(),
        started.elapsed().as_secs_f64(),
        passed.sums.stored,
        passed.edits,
    ));
    Ok(())
}
