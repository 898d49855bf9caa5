//! The snapshot that a tablet starts from, cut at every byte in both directions: nothing of it shows
//! until it is whole, and a cut costs one segment and no more.

use std::{cell::Cell, rc::Rc};

use anyhow::{Context, Result, ensure};
use e2e::wait;
use faults::{Chance, Gateway, ledger::Ledger, proxy::Direction, sweep::Sweep, tablet::Tablet};
use model::{
    Hash, Record,
    snapshot::{Manifest, Part},
    time::Millis,
    wire::{Changes, Probe, Push, PushAnswer},
};
use sync::{Catalogue, MemoryCatalogue, MemoryOutbox, Outcome, Remote, SyncError};

use crate::cuts::Bench;

/// The manifest, once the server has made its first snapshot.
async fn manifest(gateway: &Gateway) -> Result<Manifest> {
    wait::until("the server offers a snapshot", wait::LONG, async || {
        Ok(gateway.manifest().await.ok().flatten())
    })
    .await
}

/// What a tablet has that nothing disturbs.
async fn undisturbed(gateway: &Gateway) -> Result<Vec<Record>> {
    let (outbox, catalogue) = (MemoryOutbox::default(), MemoryCatalogue::default());
    let outcome = sync::sync(&outbox, &catalogue, gateway, || Millis(0)).await;
    ensure!(outcome.error.is_none(), "{outcome:?}");
    Ok(catalogue.records().await?)
}

#[tokio::test]
async fn a_manifest_cut_anywhere_is_none_and_the_pages_are_read_instead() -> Result<()> {
    let bench = Bench::start().await?;
    let gateway = bench.gateway()?;
    let sent = manifest(&gateway).await?;
    let expected = undisturbed(&gateway).await?;
    let ledger = Rc::new(Ledger::default());
    let mut sweep = Sweep::of(&bench.proxy, bench.seed);
    let size = sweep.measure(async || Ok(gateway.manifest().await.map(drop)?)).await?;
    sweep
        .cut_everywhere(size, async |place| {
            let before = bench.proxy.counts().connections;
            let chance = Chance::of(bench.seed, place.at);
            let tablet = Tablet::new(0, chance, gateway.clone(), Rc::clone(&ledger));
            let outcome = tablet.sync().await;
            ensure!(outcome.error.is_none(), "{outcome:?}");
            let (records, at) = tablet.catalogue().await?;
            ensure!(records == expected && at.as_ref() == Some(&sent.cursor), "{at:?}");
            let connections = bench.proxy.counts().connections - before;
            // The manifest and one page of changes, and no segment.
            ensure!(!place.halves || connections == 2, "{connections} connections");
            Ok(())
        })
        .await?;
    bench.tell("GET snapshot", sweep.cuts());
    Ok(())
}

/// The network of a tablet that has the manifest already.
struct Known<'a> {
    gateway: &'a Gateway,
    manifest: &'a Manifest,
    asked: Cell<u64>,
}

impl Remote for Known<'_> {
    // Else which of several is cut would be a matter of luck.
    const LANES: usize = 1;

    async fn push(&self, push: &Push) -> Result<PushAnswer, SyncError> {
        self.gateway.push(push).await
    }

    async fn changes(&self, cursor: Option<&str>) -> Result<Changes, SyncError> {
        self.gateway.changes(cursor).await
    }

    async fn manifest(&self) -> Result<Option<Manifest>, SyncError> {
        Ok(Some(self.manifest.clone()))
    }

    async fn segment(&self, hash: Hash) -> Result<String, SyncError> {
        self.asked.set(self.asked.get() + 1);
        self.gateway.segment(hash).await
    }

    async fn probe(&self) -> Result<Probe, SyncError> {
        self.gateway.probe().await
    }
}

#[tokio::test]
async fn a_segment_cut_anywhere_is_fetched_again_and_no_other() -> Result<()> {
    let bench = Bench::start().await?;
    // Compressed, as browsers ask for it.
    let gateway = Gateway::compressed(bench.proxy.url(""))?;
    let manifest = manifest(&gateway).await?;
    let expected = undisturbed(&gateway).await?;
    let smallest = manifest.segments.iter().min_by_key(|part| part.bytes);
    let missing = smallest.context("a snapshot of nothing")?.hash;
    // All but that one are staged.
    let staged = MemoryCatalogue::default();
    for Part { hash, .. } in manifest.segments.iter().filter(|part| part.hash != missing) {
        staged.stage_segment(*hash, &gateway.segment(*hash).await?).await?;
    }
    let mut sweep = Sweep::of(&bench.proxy, bench.seed);
    let size = sweep.measure(async || Ok(gateway.segment(missing).await.map(drop)?)).await?;
    sweep
        .cut_everywhere(size, async |place| {
            let (outbox, catalogue) = (MemoryOutbox::default(), staged.clone());
            let remote = Known { gateway: &gateway, manifest: &manifest, asked: Cell::new(0) };
            let Outcome { error, .. } =
                sync::sync(&outbox, &catalogue, &remote, || Millis(0)).await;
            ensure!(error.is_none(), "{error:?}");
            ensure!(catalogue.records().await? == expected);
            // A request without its end has no answer, and half an answer is none. Of a cut after
            // the last byte the tablet may learn before or after it has read the answer.
            let half_asked = place.direction == Direction::Up && place.at < size.up;
            let right = if place.halves || half_asked { 2..=2 } else { 1..=2 };
            let asked = remote.asked.get();
            ensure!(right.contains(&asked), "asked {asked} times, right were {right:?}");
            Ok(())
        })
        .await?;
    bench.tell("GET snapshot/{hash}", sweep.cuts());
    Ok(())
}
