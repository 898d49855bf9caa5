//! Tablets that come back all at once, each with a morning's records.

use std::{
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Result, bail, ensure};
use faults::{Chance, Gateway, ledger::Ledger, tablet::Tablet};
use sync::{Remote, SyncError};
use tokio::task::{JoinSet, LocalSet};

use crate::{Ground, Times, process};

/// The app's patience with a request, as `src/net/gateway.rs` has it.
const PATIENCE: Duration = Duration::from_secs(30);
/// And with the probe that goes before.
const PROBE_PATIENCE: Duration = Duration::from_secs(5);
/// Whatever happens, a herd is through by then.
const LIMIT: Duration = Duration::from_secs(1_200);

/// How many come back.
#[derive(Debug, Clone, Copy)]
pub struct Herd {
    /// Tablets.
    pub tablets: u64,
    /// Records that wait on each.
    pub records: u64,
    /// What chance begins with.
    pub seed: u64,
}

/// What became of a herd: everything arrived exactly once, or there is none of this.
#[derive(Debug, Clone)]
pub struct Drained {
    /// Seconds until the last record was acknowledged.
    pub seconds: f64,
    /// Records in the database, each once.
    pub stored: usize,
    /// Rounds of sync that the server ended with 503 and `Retry-After`.
    pub turned_away: u64,
    /// Rounds that got no answer in time.
    pub unanswered: u64,
    /// How long a round took that came through: a probe, a push, a page of changes.
    pub rounds: Times,
    /// From the beginning until a tablet had everything acknowledged.
    pub waits: Times,
    /// The most memory that the server had, in MiB.
    pub peak_mib: f64,
}

/// What one tablet met.
#[derive(Debug, Default)]
struct Met {
    turned_away: u64,
    unanswered: u64,
    rounds: Times,
    waits: Times,
}

impl Herd {
    /// Leads the herd to a server and waits until every record is acknowledged; then compares
    /// the database with what the tablets were told.
    ///
    /// # Errors
    /// If something is lost, doubled or refused, or does not arrive at all.
    pub async fn drain(self, ground: &Ground) -> Result<Drained> {
        // A connection for each tablet, and some for the rest.
        process::may_open(self.tablets + 256)?;
        LocalSet::new().run_until(self.drain_here(ground)).await
    }

    async fn drain_here(self, ground: &Ground) -> Result<Drained> {
        let ledger = Rc::new(Ledger::default());
        let (gateway, probe) = (ground.gateway(PATIENCE)?, ground.gateway(PROBE_PATIENCE)?);
        // They were here before, and know the catalogue; its records would only fill our memory.
        let mut page = gateway.changes(None).await?;
        page.records.clear();
        (page.fresh, page.more) = (false, false);
        let mut tablets = Vec::new();
        for number in 0..self.tablets {
            let chance = Chance::of(self.seed, number);
            let ledger = Rc::clone(&ledger);
            let mut tablet = Tablet::new(number, chance.clone(), gateway.clone(), ledger);
            for _ in 0..self.records {
                tablet.capture().await?;
            }
            tablet.stand_at(&page).await?;
            tablets.push((tablet, chance));
        }

        let started = Instant::now();
        let mut herd = JoinSet::new();
        for (tablet, chance) in tablets {
            herd.spawn_local(come_back(tablet, chance, probe.clone(), started));
        }
        let mut met = Met::default();
        let all = async {
            while let Some(tablet) = herd.join_next().await {
                let one = tablet??;
                met.turned_away += one.turned_away;
                met.unanswered += one.unanswered;
                met.rounds.join(one.rounds);
                met.waits.join(one.waits);
            }
            anyhow::Ok(())
        };
        tokio::time::timeout(LIMIT, all).await??;
        let seconds = started.elapsed().as_secs_f64();
        let peak_mib = ground.peak_mib()?;
        let sums = ledger.prove_all_arrived(&ground.database).await?;
        ensure!(sums.stored as u64 == self.tablets * self.records, "{sums:?}");
        let Met { turned_away, unanswered, rounds, waits } = met;
        let stored = sums.stored;
        Ok(Drained { seconds, stored, turned_away, unanswered, rounds, waits, peak_mib })
    }
}

/// A tablet's loop: a probe, then a round, as the app's after a round that failed of sync; after a failure it waits as long
/// as the plan says, and never shorter than the server asked for.
async fn come_back(
    tablet: Tablet,
    mut chance: Chance,
    probe: Gateway,
    started: Instant,
) -> Result<Met> {
    let mut met = Met::default();
    let mut failures = 0;
    loop {
        let asked = Instant::now();
        let error = match probe.probe().await {
            Ok(_) => tablet.sync().await.error,
            Err(error) => Some(error),
        };
        let retry_after = match error {
            None => {
                ensure!(tablet.waiting().await? == 0, "a round without a fault left something");
                met.rounds.note(asked.elapsed());
                met.waits.note(started.elapsed());
                return Ok(met);
            }
            Some(SyncError::RetryAfter(millis)) => {
                met.turned_away += 1;
                Some(millis)
            }
            Some(SyncError::Offline(_)) => {
                met.unanswered += 1;
                None
            }
            Some(error) => bail!("a tablet of the herd was told: {error}"),
        };
        failures += 1;
        let millis = sync::delay(failures, chance.fraction(), retry_after);
        tokio::time::sleep(Duration::from_millis(millis)).await;
    }
}
