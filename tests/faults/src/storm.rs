//! Several clients at work on a server that comes and goes.

use std::{cell::Cell, collections::BTreeMap, net::SocketAddr, rc::Rc};

use anyhow::{Context, Result, bail, ensure};
use e2e::wait;
use model::Record;
use sync::{Catalogue, MemoryCatalogue, MemoryOutbox, Progress, Remote};
use tokio::{sync::watch, task::JoinSet};

use crate::{
    Chance, Gateway, Proxy,
    database::Database,
    editor::{self, Edited, Editor},
    ledger::{Ledger, Sums},
    proxy::{Counts, Deal, Plan},
    tablet::{Kept, Tablet},
    tally,
};

/// Tablets that push at the same time.
const TABLETS: u64 = 4;
/// Staff who edit at the same time.
const EDITORS: u64 = 2;
/// Of a hundred connections so many meet a fault of the network, beside the kills.
const ODDS: f64 = 0.03;

/// What clients know of the server: each change says that it is worth trying again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    /// The server comes and goes.
    Storm,
    /// The faults are over: nothing new is made, and what waits is sent.
    Calm,
}

/// Clients at work. They reach the server by a proxy whose address stays.
pub struct Storm {
    ledger: Rc<Ledger>,
    proxy: Proxy,
    weather: watch::Sender<Weather>,
    tablets: JoinSet<Result<Kept>>,
    editors: JoinSet<Result<Edited>>,
}

/// What was done in a storm.
#[derive(Debug, Clone, Copy)]
pub struct Passed {
    /// The records.
    pub sums: Sums,
    /// Edits that were confirmed.
    pub edits: u64,
    /// What the network did.
    pub counts: Counts,
}

impl Storm {
    /// Sets the clients to work on the server at `server`. To be called within a `LocalSet`.
    ///
    /// # Errors
    /// If nobody can sign in.
    pub async fn begin(seed: u64, server: SocketAddr) -> Result<Self> {
        let proxy = Proxy::start(server, Plan::Open)?;
        let gateway = Gateway::to(proxy.url(""))?;
        let cookie = gateway.sign_in().await.context("signing in")?;
        let ledger = Rc::new(Ledger::default());
        let weather = watch::channel(Weather::Storm).0;
        let (mut tablets, mut editors) = (JoinSet::new(), JoinSet::new());
        for number in 0..TABLETS {
            let chance = Chance::of(seed, number);
            let tablet = Tablet::new(number, chance, gateway.clone(), Rc::clone(&ledger));
            tablets.spawn_local(tablet.work(weather.subscribe()));
        }
        for number in 0..EDITORS {
            let chance = Chance::of(seed, TABLETS + number);
            let editor = Editor::new(number, chance, gateway.signed_in(cookie.clone()))?;
            editors.spawn_local(editor.work(weather.subscribe()));
        }
        proxy.follow(Plan::Dealt(Deal::everything(seed, ODDS)));
        Ok(Self { ledger, proxy, weather, tablets, editors })
    }

    /// Leads the clients to the server's new process, and lets them know.
    pub fn lead_to(&self, server: SocketAddr) {
        self.proxy.lead_to(server);
        self.weather.send_replace(Weather::Storm);
    }

    /// How many records have been acknowledged so far.
    pub fn acked(&self) -> usize {
        self.ledger.sums().acked
    }

    /// Checks the database against what clients were told so far.
    ///
    /// # Errors
    /// If something is lost, doubled or invented, or a client gave up.
    pub async fn prove(&mut self, database: &Database) -> Result<()> {
        if let Some(ended) = self.tablets.try_join_next() {
            bail!("a tablet ended in the storm: {ended:?}");
        }
        if let Some(ended) = self.editors.try_join_next() {
            bail!("an editor ended in the storm: {ended:?}");
        }
        self.ledger.prove(database).await
    }

    /// Ends the faults, waits until everything is sent, and checks all that is stored.
    ///
    /// # Errors
    /// If something waits for ever, is lost, doubled or invented.
    pub async fn calm(mut self, database: &Database) -> Result<Passed> {
        self.proxy.follow(Plan::Open);
        self.weather.send_replace(Weather::Calm);
        let ended = tokio::time::timeout(wait::LONG, async {
            let (mut edited, mut kept) = (Vec::new(), Vec::new());
            // First those who write: tablets fetch what they wrote.
            while let Some(editor) = self.editors.join_next().await {
                edited.push(editor??);
            }
            while let Some(tablet) = self.tablets.join_next().await {
                kept.push(tablet??);
            }
            anyhow::Ok((edited, kept))
        });
        let (edited, kept) = ended.await.context("the queues did not drain")??;
        let sums = self.ledger.prove_all_arrived(database).await?;
        let catalogue = self.fetch().await?;
        editor::prove(&edited, &catalogue)?;
        for kept in &kept {
            no_worse(&kept.records, &catalogue)?;
        }
        tally::count(kept.iter().map(|it| it.snapshots).sum(), "snapshots downloaded in a storm");
        let edits = edited.iter().map(|it| it.edits).sum();
        Ok(Passed { sums, edits, counts: self.proxy.counts() })
    }

    /// The catalogue as a new tablet gets it: by the snapshot, which must tell the same as the
    /// pages of changes.
    async fn fetch(&self) -> Result<Vec<Record>> {
        let gateway = Gateway::to(self.proxy.url(""))?;
        wait::until("the server offers a snapshot", wait::LONG, async || {
            Ok(gateway.manifest().await.ok().flatten())
        })
        .await?;
        let (outbox, catalogue) = (MemoryOutbox::default(), MemoryCatalogue::default());
        let whole = Cell::new(false);
        let show = |progress: Progress| whole.set(progress.done == progress.total);
        let now = || model::time::Millis(0);
        let outcome = sync::sync_showing(&outbox, &catalogue, &gateway, now, &show).await;
        if let Some(error) = outcome.error {
            return Err(error).context("fetching the catalogue");
        }
        ensure!(whole.get(), "a new tablet did not start from the snapshot");
        let (records, pages) = (catalogue.records().await?, MemoryCatalogue::default());
        loop {
            let page = gateway.changes(pages.cursor().await?.as_deref()).await?;
            pages.apply_page(&page).await?;
            if !page.more {
                break;
            }
        }
        ensure!(records == pages.records().await?, "snapshot and pages tell different things");
        Ok(records)
    }
}

/// A tablet that finished before the last edit lacks that edit. All else must be alike, and
/// nothing may be newer than the server's.
fn no_worse(kept: &[Record], newest: &[Record]) -> Result<()> {
    let by_id = |records: &[Record]| -> BTreeMap<_, _> {
        records.iter().map(|it| ((it.collection.clone(), it.id.clone()), it.clone())).collect()
    };
    let (kept, newest) = (by_id(kept), by_id(newest));
    for (id, record) in &newest {
        let same = kept.get(id).is_some_and(|it| it == record);
        ensure!(same || record.id.as_str().starts_with("faults-"), "a tablet lacks {record:?}");
    }
    for (id, record) in &kept {
        let newer = newest.get(id).is_some_and(|it| it.seq >= record.seq);
        ensure!(newer, "a tablet has what the server has not: {record:?}");
    }
    Ok(())
}
