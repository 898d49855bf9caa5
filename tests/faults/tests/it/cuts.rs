//! Each endpoint of sync, cut at every byte in both directions: nothing is lost or doubled, and
//! an answer is believed whole or not at all.

use std::{
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use faults::{
    Chance, Gateway, Launch, Place, Proxy, Rounds, Server,
    database::Database,
    editor::{self, Edited, Editor},
    ledger::Ledger,
    proxy::{Direction, Fault, Plan},
    sweep::Sweep,
    tablet::Tablet,
    tally,
};
use model::wire::{EditResult, Edits};
use sync::{Remote, SyncError};
use tempfile::TempDir;

/// A server of its own, with a proxy before it.
pub struct Bench {
    pub seed: u64,
    database: Database,
    pub proxy: Proxy,
    started: Instant,
    /// Runs, and keeps its data, for as long as this lives.
    _server: Server,
    _home: TempDir,
}

impl Bench {
    pub async fn start() -> Result<Self> {
        let Rounds { seed, .. } = Rounds::read()?;
        let home = TempDir::with_prefix("faults-cuts-")?;
        let data = home.path().join("data");
        let database = Database::Sqlite(data.join("together.db"));
        let server = Launch::on(Place::Directory(data), home.path())?.start().await?;
        let proxy = Proxy::start(server.address(), Plan::Open)?;
        let started = Instant::now();
        Ok(Self { seed, database, proxy, started, _server: server, _home: home })
    }

    pub fn gateway(&self) -> Result<Gateway> {
        Gateway::to(self.proxy.url(""))
    }

    pub fn tell(&self, what: &str, cuts: u64) {
        tally::count(cuts, "cuts of an exchange");
        let seconds = self.started.elapsed().as_secs_f64();
        tally::tell(&format!("{what}: cut at {cuts} places, each once, in {seconds:.0} s"));
    }
}

/// Cut short, an exchange has no outcome but "no answer".
fn is_offline(error: &Option<SyncError>) -> bool {
    matches!(error, Some(SyncError::Offline(_)))
}

#[tokio::test]
async fn a_push_cut_anywhere_is_stored_once_and_its_ack_believed_whole() -> Result<()> {
    push(false, 1).await
}

#[tokio::test]
async fn a_compressed_answer_cut_anywhere_is_no_answer() -> Result<()> {
    // Eight verdicts are long enough to be compressed.
    push(true, 8).await
}

async fn push(compressed: bool, records: u64) -> Result<()> {
    let bench = Bench::start().await?;
    let ledger = Rc::new(Ledger::default());
    let url = bench.proxy.url("");
    let gateway = if compressed { Gateway::compressed(url)? } else { Gateway::to(url)? };
    let chance = Chance::of(bench.seed, 0);
    let mut tablet = Tablet::new(0, chance, gateway, Rc::clone(&ledger));
    // Places of equal length: those of four digits would make later answers longer.
    for _ in 0..1_000 {
        tablet.capture().await?;
    }
    ensure!(tablet.sync().await.error.is_none());
    let mut sweep = Sweep::of(&bench.proxy, bench.seed);
    for _ in 0..records {
        tablet.capture().await?;
    }
    let mut size = sweep.measure(async || tablet.push_once().await).await?;
    if compressed {
        // Its request is of the same kind as the plain one's.
        size.up = 0;
    }
    let mut halves_believed = 0;
    sweep
        .cut_everywhere(size, async |place| {
            for _ in 0..records {
                tablet.capture().await?;
            }
            // One try and not a round of the engine, which would send it again at once.
            let cut = tablet.push_once().await;
            // The length of what is compressed varies with what it says, so that the last
            // places may be past the end of this one.
            let certain = !compressed || place.at + 32 < size.down;
            if place.halves && certain {
                ensure!(cut.is_err(), "half an answer was believed");
                ensure!(tablet.waiting().await? as u64 == records);
                halves_believed += 1;
            }
            if place.direction == Direction::Up && place.at < size.up {
                ensure!(cut.is_err(), "half a request was answered");
            }
            let again = tablet.sync().await;
            ensure!(again.error.is_none() && tablet.waiting().await? == 0, "{again:?}");
            Ok(())
        })
        .await?;
    ensure!(halves_believed > 500, "answers were cut at {halves_believed} places only");
    ledger.prove_all_arrived(&bench.database).await?;
    bench.tell(if compressed { "POST push, answer in gzip" } else { "POST push" }, sweep.cuts());
    Ok(())
}

#[tokio::test]
async fn a_page_of_changes_cut_anywhere_leaves_the_catalogue_as_it_was() -> Result<()> {
    let bench = Bench::start().await?;
    let gateway = bench.gateway()?;
    let ledger = Rc::new(Ledger::default());
    let before = gateway.changes(None).await?;
    let staff = gateway.signed_in(gateway.sign_in().await?);
    let edit = Editor::new(0, Chance::of(bench.seed, 0), staff.clone())?.next(1);
    staff.edit(&Edits { edits: vec![edit] }).await?;
    let after = gateway.changes(Some(&before.cursor)).await?;
    ensure!(after.records.len() == 1 && !after.fresh, "{after:?}");

    let mut sweep = Sweep::of(&bench.proxy, bench.seed);
    let cursor = Some(before.cursor.clone());
    let size =
        sweep.measure(async || Ok(gateway.changes(cursor.as_deref()).await.map(drop)?)).await?;
    sweep
        .cut_everywhere(size, async |place| {
            let chance = Chance::of(bench.seed, place.at);
            let tablet = Tablet::new(0, chance, gateway.clone(), Rc::clone(&ledger));
            tablet.stand_at(&before).await?;
            let cut = tablet.sync().await;
            let (records, at) = tablet.catalogue().await?;
            if place.halves {
                ensure!(is_offline(&cut.error) && cut.pulled == 0, "{cut:?}");
                ensure!(records.len() == before.records.len() && at == cursor, "{at:?}");
            }
            let again = tablet.sync().await;
            ensure!(again.error.is_none(), "{again:?}");
            let (records, at) = tablet.catalogue().await?;
            ensure!(records.len() == before.records.len() + 1 && at == Some(after.cursor.clone()));
            Ok(())
        })
        .await?;
    bench.tell("GET changes", sweep.cuts());
    Ok(())
}

#[tokio::test]
async fn a_probe_cut_anywhere_is_no_sign_of_the_server() -> Result<()> {
    let bench = Bench::start().await?;
    let gateway = bench.gateway()?;
    let mut sweep = Sweep::of(&bench.proxy, bench.seed);
    let size = sweep.measure(async || Ok(gateway.probe().await.map(drop)?)).await?;
    sweep
        .cut_everywhere(size, async |place| {
            let cut = gateway.probe().await;
            ensure!(!place.halves || matches!(cut, Err(SyncError::Offline(_))), "{cut:?}");
            gateway.probe().await.context("the try after it").map(drop)
        })
        .await?;
    bench.tell("GET probe", sweep.cuts());
    Ok(())
}

#[tokio::test]
async fn an_edit_cut_anywhere_is_carried_out_once() -> Result<()> {
    let bench = Bench::start().await?;
    let gateway = bench.gateway()?;
    let staff = gateway.signed_in(gateway.sign_in().await?);
    let mut editor = Editor::new(0, Chance::of(bench.seed, 0), staff.clone())?;
    let mut number = 1_000_000;
    let mut edits = 0;
    // Revisions of equal length.
    for _ in 0..1_000 {
        (number, edits) = (number + 1, edits + 1);
        editor.send_once(number).await?;
    }
    let mut sweep = Sweep::of(&bench.proxy, bench.seed);
    let size = sweep
        .measure(async || {
            (number, edits) = (number + 1, edits + 1);
            editor.send_once(number).await
        })
        .await?;
    sweep
        .cut_everywhere(size, async |place| {
            (number, edits) = (number + 1, edits + 1);
            let body = Edits { edits: vec![editor.next(number)] };
            let cut = staff.edit(&body).await;
            ensure!(!place.halves || matches!(cut, Err(SyncError::Offline(_))), "{cut:?}");
            let again = staff.edit(&body).await.context("the try after it")?;
            match again.results.as_slice() {
                [EditResult::Merged { record, collisions }] if collisions.is_empty() => {
                    ensure!(record.rev == edits, "{edits} edits made {record:?}");
                    editor.knows(record.clone());
                    Ok(())
                }
                other => anyhow::bail!("{other:?}"),
            }
        })
        .await?;
    let record = editor.known().context("an edit was made")?;
    let catalogue = gateway.changes(None).await?;
    ensure!(!catalogue.more, "the whole catalogue is one page");
    editor::prove(&[Edited { record, edits }], &catalogue.records)?;
    bench.tell("POST edits", sweep.cuts());
    Ok(())
}

#[tokio::test]
async fn a_sign_in_cut_anywhere_signs_nobody_in_by_half() -> Result<()> {
    let bench = Bench::start().await?;
    let gateway = bench.gateway()?;
    let mut sweep = Sweep::of(&bench.proxy, bench.seed);
    let size = sweep.measure(async || Ok(gateway.sign_in().await.map(drop)?)).await?;
    sweep
        .cut_everywhere(size, async |place| {
            let cut = gateway.sign_in().await;
            ensure!(!place.halves || matches!(cut, Err(SyncError::Offline(_))), "{cut:?}");
            // Each sign-in costs the server a good part of a second, as it is meant to: one in
            // so many is tried again.
            if place.at % 32 == 0 || !place.halves && place.direction == Direction::Down {
                let cookie = gateway.sign_in().await.context("the try after it")?;
                let session = gateway.signed_in(cookie).session().await?;
                ensure!(session.name == "admin");
            }
            Ok(())
        })
        .await?;
    bench.tell("POST session", sweep.cuts());
    Ok(())
}

#[tokio::test]
async fn sign_ins_that_were_cut_off_lock_nobody_out() -> Result<()> {
    let bench = Bench::start().await?;
    let gateway = bench.gateway()?;
    let sweep = Sweep::of(&bench.proxy, bench.seed);
    let size = sweep.measure(async || Ok(gateway.sign_in().await.map(drop)?)).await?;
    // The password is right each time; the line goes down while the server looks at it.
    let pause = Duration::from_millis(4);
    for _ in 0..8 {
        let late = Fault::Stall { direction: Direction::Up, at: size.up, pause };
        bench.proxy.follow(Plan::Once(late));
        let cut = gateway.sign_in().await;
        ensure!(matches!(cut, Err(SyncError::Offline(_))), "{cut:?}");
    }
    gateway.sign_in().await.context("the right password, when the line is back").map(drop)
}
