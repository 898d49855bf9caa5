//! A backup is taken while tablets push, and put back: what it missed comes again from the
//! tablets.

use std::rc::Rc;

use anyhow::{Result, ensure};
use e2e::wait;
use faults::{
    Chance, Gateway, Launch, Place, Rounds, database::Database, ledger::Ledger, tablet::Tablet,
    tally,
};
use sync::Remote;
use tempfile::TempDir;
use tokio::{
    sync::watch,
    task::{JoinSet, LocalSet},
};

/// Tablets that push at the same time.
const TABLETS: u64 = 4;
/// Backups one after the other. The one in the middle has load before, in and behind it.
const BACKUPS: usize = 5;
/// Records acknowledged before the first backup, and as many again after the last.
const ENOUGH: usize = 400;

#[tokio::test]
async fn what_a_backup_under_load_missed_comes_again_from_the_tablets() -> Result<()> {
    LocalSet::new().run_until(backup_and_restore()).await
}

/// Captures and sends until told to stop, and forgets nothing.
async fn work(mut tablet: Tablet, stop: watch::Receiver<bool>) -> Result<Tablet> {
    while !*stop.borrow() {
        for _ in 0..5 {
            tablet.capture().await?;
        }
        let outcome = tablet.sync().await;
        ensure!(outcome.error.is_none() && tablet.waiting().await? == 0, "{outcome:?}");
    }
    Ok(tablet)
}

async fn until_acked(ledger: &Ledger, count: usize) -> Result<()> {
    wait::until("the tablets push", wait::LONG, async || {
        Ok((ledger.sums().acked >= count).then_some(()))
    })
    .await
}

async fn backup_and_restore() -> Result<()> {
    let Rounds { seed, .. } = Rounds::read()?;
    let home = TempDir::with_prefix("faults-backup-")?;
    let data = home.path().join("data");
    let database = Database::Sqlite(data.join("together.db"));
    let launch = Launch::on(Place::Directory(data), home.path())?;
    let server = launch.start().await?;
    let gateway = Gateway::to(format!("http://{}", server.address()))?;
    let history = gateway.probe().await?.epoch;

    let ledger = Rc::new(Ledger::default());
    let (stop, stopped) = watch::channel(false);
    let mut tablets = JoinSet::new();
    for number in 0..TABLETS {
        let chance = Chance::of(seed, number);
        let tablet = Tablet::new(number, chance, gateway.clone(), Rc::clone(&ledger));
        tablets.spawn_local(work(tablet, stopped.clone()));
    }
    until_acked(&ledger, ENOUGH).await?;
    let mut taken = Vec::new();
    for number in 0..BACKUPS {
        let file = home.path().join(format!("backup-{number}.db"));
        let before = ledger.sums().acked;
        launch.command(&["backup", &file.to_string_lossy()]).await?;
        taken.push((file, before));
    }
    let (first, last) = (taken[0].1, ledger.sums().acked);
    ensure!(last > first, "nobody was served while backups were taken");
    until_acked(&ledger, last + ENOUGH).await?;
    stop.send_replace(true);
    let mut all = Vec::new();
    while let Some(tablet) = tablets.join_next().await {
        all.push(tablet??);
    }
    let told = ledger.prove_all_arrived(&database).await?;

    server.kill().await?;
    let (file, before) = &taken[BACKUPS / 2];
    launch.command(&["restore", &file.to_string_lossy(), "--force"]).await?;
    let (kept, _) = database.census().await?;
    let missed = told.acked - usize::try_from(kept)?;
    ensure!(missed >= ENOUGH, "the backup missed {missed} of {told:?} only");
    ensure!(usize::try_from(kept)? >= *before, "{before} were acknowledged before it was begun");

    let server = launch.start().await?;
    let gateway = Gateway::to(format!("http://{}", server.address()))?;
    ensure!(gateway.probe().await?.epoch != history, "a new history begins");
    ledger.restored();
    for tablet in &mut all {
        tablet.lead_to(gateway.clone());
        let outcome = tablet.sync().await;
        ensure!(outcome.error.is_none() && tablet.waiting().await? == 0, "{outcome:?}");
    }
    let again = ledger.prove_all_arrived(&database).await?;
    ensure!(again == told, "{told:?} before, {again:?} after");
    tally::count(missed as u64, "records that a backup missed and tablets brought back");
    tally::tell(&format!(
        "{BACKUPS} backups under load, {} records acknowledged while they were taken; of {} \
         records the one that was put back missed {missed}, and all came again, each once",
        last - first,
        told.acked
    ));
    Ok(())
}
