//! The server's disk is full: it says so, keeps what it acknowledged, and goes on when there is
//! room again.

use std::rc::Rc;

use anyhow::{Context, Result, bail, ensure};
use e2e::wait;
use faults::{
    Chance, Gateway, Launch, Place, Rounds, Server,
    database::Database,
    disk::{Disk, Kind},
    editor::Editor,
    ledger::Ledger,
    tablet::Tablet,
    tally,
};
use model::wire::{Edits, PushAnswer};
use sync::{Remote, SyncError};
use tempfile::TempDir;

/// Room for the content that ships, [`MANY`] records and a log.
const BYTES: u64 = 24 * 1024 * 1024;
/// So many records fill SQLite's log once, so that it is written over from the start: then a
/// full disk is felt only later, when the log is to grow or to be brought into the file.
const MANY: u64 = 6_000;
/// How often it is filled and freed.
const CYCLES: u64 = 4;
/// Pushes against the full disk.
const PUSHES: u64 = 25;
/// Past so many records a disk that is full would have refused one.
const ENOUGH: u64 = 5_000;

struct Full {
    disk: Disk,
    launch: Launch,
    database: Database,
    ledger: Rc<Ledger>,
    refused: u64,
}

#[tokio::test]
async fn a_full_disk_gives_503_and_no_ack_and_loses_nothing() -> Result<()> {
    fills_up(Kind::Memory).await
}

#[tokio::test]
async fn so_does_a_full_ext4() -> Result<()> {
    fills_up(Kind::Ext4).await
}

async fn fills_up(kind: Kind) -> Result<()> {
    let Rounds { seed, .. } = Rounds::read()?;
    let disk = match Disk::of(kind, BYTES)? {
        Ok(disk) => disk,
        Err(why) => {
            let what = format!("the full disk ({kind:?}), as it cannot be mounted here");
            tally::skipped(&what, why);
            return Ok(());
        }
    };
    let home = TempDir::with_prefix("faults-disk-")?;
    let place = Place::Directory(disk.inside().join("data"));
    let launch = Launch::on(place, home.path())?.behind(disk.enter());
    let database = Database::Mounted(disk.outside().join("data/together.db"));
    let mut full = Full { disk, launch, database, ledger: Rc::default(), refused: 0 };
    let mut server = full.launch.start().await?;
    let (mut deaf, mut kills) = (0, 0);
    for cycle in 0..CYCLES {
        let gateway = Gateway::to(format!("http://{}", server.address()))?;
        let chance = Chance::of(seed, cycle);
        let mut tablet = Tablet::new(cycle, chance, gateway.clone(), Rc::clone(&full.ledger));
        for _ in 0..if cycle == 0 { MANY } else { 50 } {
            tablet.capture().await?;
        }
        ensure!(tablet.sync().await.error.is_none());

        full.disk.fill()?;
        full.until_refused(&mut tablet, &gateway).await?;
        full.pushes(&mut tablet, &gateway, seed ^ cycle).await?;
        if cycle % 2 == 1 {
            server.kill().await?;
            kills += 1;
            // It may start on a full disk or say why not; it must not spoil what is there.
            match full.launch.start().await {
                Ok(started) => started.kill().await?,
                Err(_) => deaf += 1,
            }
            full.disk.free()?;
            server = full.launch.start().await?;
        } else {
            full.disk.free()?;
        }
        full.recovers(&mut tablet, &server).await?;
    }
    let sums = full.ledger.prove_all_arrived(&full.database).await?;
    tally::count(CYCLES, "times a full disk");
    tally::tell(&format!(
        "Disk ({kind:?}) full {CYCLES} times, seed {seed}: {} requests refused with 503, {} records \
         acknowledged and there once; killed on the full disk {kills} times, of which {deaf} did \
         not start again before there was room",
        full.refused, sums.stored,
    ));
    Ok(())
}

impl Full {
    /// Pushes until there is no room: until then each is acknowledged.
    async fn until_refused(&mut self, tablet: &mut Tablet, gateway: &Gateway) -> Result<()> {
        for _ in 0..ENOUGH {
            tablet.capture().await?;
            if !self.push(tablet, gateway).await? {
                return Ok(());
            }
            let outcome = tablet.sync().await;
            // Between the two the disk may have filled up.
            ensure!(matches!(outcome.error, None | Some(SyncError::RetryAfter(_))), "{outcome:?}");
        }
        bail!("{ENOUGH} records were stored on a full disk")
    }

    /// Goes on against the full disk: all that writes is refused, all that reads is answered.
    async fn pushes(&mut self, tablet: &mut Tablet, gateway: &Gateway, seed: u64) -> Result<()> {
        for _ in 0..PUSHES {
            tablet.capture().await?;
            self.push(tablet, gateway).await?;
        }
        gateway.probe().await.context("asking a server with a full disk who it is")?;
        gateway.changes(None).await.context("reading from a server with a full disk")?;
        let cut = gateway.sign_in().await;
        ensure!(matches!(cut, Ok(_) | Err(SyncError::RetryAfter(_))), "signing in: {cut:?}");
        if let Ok(cookie) = cut {
            let staff = gateway.signed_in(cookie);
            let mut editor = Editor::new(seed % 1_000, Chance::seeded(seed), staff.clone())?;
            let edit = staff.edit(&Edits { edits: vec![editor.next(1)] }).await;
            ensure!(matches!(edit, Ok(_) | Err(SyncError::RetryAfter(_))), "editing: {edit:?}");
        }
        self.ledger.prove(&self.database).await
    }

    /// Pushes what waits; whether it was taken. If not, it was refused as it should be.
    async fn push(&mut self, tablet: &Tablet, gateway: &Gateway) -> Result<bool> {
        let raw = gateway.push_raw(&tablet.batch().await?).await?;
        if raw.status != 200 {
            raw.is_not_now()?;
            self.refused += 1;
            return Ok(false);
        }
        let answer: PushAnswer = serde_json::from_str(&raw.body)?;
        tablet.believe(&answer);
        Ok(true)
    }

    /// With room again, what waits is taken without anybody's doing.
    async fn recovers(&self, tablet: &mut Tablet, server: &Server) -> Result<()> {
        tablet.lead_to(Gateway::to(format!("http://{}", server.address()))?);
        wait::until("what waits is taken", wait::SHORT, async || {
            let outcome = tablet.sync().await;
            Ok((outcome.error.is_none() && tablet.waiting().await? == 0).then_some(()))
        })
        .await?;
        self.ledger.prove(&self.database).await
    }
}
