//! A tablet: the app's own sync engine with its storage in memory, in front of a real network.

use std::{cell::Cell, rc::Rc, time::Duration};

use anyhow::{Context, Result, ensure};
use model::{
    Hash, Key, Record, SubmissionId,
    feedback::Feedback,
    snapshot::Manifest,
    submission::{Body, Sealed, Submission},
    time::Millis,
    wire::{Changes, Probe, Push, PushAnswer, PushRecord, Verdict},
};
use sync::{
    Catalogue, MemoryCatalogue, MemoryOutbox, Outbox, Outcome, Progress, Remote, SyncError,
};
use tokio::sync::watch;

use crate::{Chance, Gateway, ledger::Ledger, storm::Weather};

/// Records in one round of a tablet are fewer than this: many small commits meet a kill more
/// often than few large ones.
const MOST: u64 = 6;
/// In so many rounds a tablet starts with an empty catalogue: often enough that kills meet
/// downloads of the snapshot.
const ANEW: f64 = 0.1;
/// How long a tablet waits for the server to come back before it tries anyway: it cannot know.
const PAUSE: Duration = Duration::from_millis(30);
/// 24 November 2026, 10:30 in London.
const MADE_AT: Millis = Millis(1_795_516_200_000);

/// A tablet in one hub.
pub struct Tablet {
    chance: Chance,
    number: u64,
    made: u64,
    outbox: MemoryOutbox,
    catalogue: MemoryCatalogue,
    /// Snapshots that were downloaded to their end.
    snapshots: Cell<u64>,
    remote: Witness,
}

/// What a tablet has in the end.
#[derive(Debug)]
pub struct Kept {
    /// Its catalogue.
    pub records: Vec<Record>,
    /// How many snapshots it has downloaded to their end.
    pub snapshots: u64,
}

/// The network as a tablet sees it, with each acknowledgement noted in the ledger.
struct Witness {
    gateway: Gateway,
    ledger: Rc<Ledger>,
}

impl Witness {
    fn believe(&self, answer: &PushAnswer) {
        for verdict in &answer.verdicts {
            match verdict {
                Verdict::Received(ack) => self.ledger.acked(ack),
                Verdict::Refused { .. } => {
                    self.ledger.broken(format!("a good record was refused: {verdict:?}"));
                }
            }
        }
    }
}

impl Remote for Witness {
    async fn push(&self, push: &Push) -> Result<PushAnswer, SyncError> {
        let answer = self.gateway.push(push).await?;
        self.believe(&answer);
        Ok(answer)
    }

    async fn changes(&self, cursor: Option<&str>) -> Result<Changes, SyncError> {
        self.gateway.changes(cursor).await
    }

    async fn manifest(&self) -> Result<Option<Manifest>, SyncError> {
        self.gateway.manifest().await
    }

    async fn segment(&self, hash: Hash) -> Result<String, SyncError> {
        self.gateway.segment(hash).await
    }

    async fn probe(&self) -> Result<Probe, SyncError> {
        self.gateway.probe().await
    }
}

impl Tablet {
    /// A tablet that notes what it makes and is told in `ledger`.
    pub fn new(number: u64, chance: Chance, gateway: Gateway, ledger: Rc<Ledger>) -> Self {
        Self {
            chance,
            number,
            made: 0,
            outbox: MemoryOutbox::default(),
            catalogue: MemoryCatalogue::default(),
            snapshots: Cell::new(0),
            remote: Witness { gateway, ledger },
        }
    }

    /// Captures one thing that somebody said.
    ///
    /// # Errors
    /// If the storage in memory refuses it.
    pub async fn capture(&mut self) -> Result<Sealed> {
        self.made += 1;
        let words =
            format!("Number {:07} of tablet {}: the bus stops too early", self.made, self.number);
        let sealed = feedback(SubmissionId::new(MADE_AT, self.chance.bytes()), &words)?;
        self.remote.ledger.made(&sealed);
        self.outbox.enqueue(&sealed, MADE_AT).await?;
        Ok(sealed)
    }

    /// Applies a page of the catalogue, as if it had been fetched.
    ///
    /// # Errors
    /// If the storage in memory fails.
    pub async fn stand_at(&self, page: &Changes) -> Result<()> {
        Ok(self.catalogue.apply_page(page).await?)
    }

    /// What it has of the catalogue, and its cursor.
    ///
    /// # Errors
    /// If the storage in memory fails.
    pub async fn catalogue(&self) -> Result<(Vec<Record>, Option<String>)> {
        Ok((self.catalogue.records().await?, self.catalogue.cursor().await?))
    }

    /// What waits, as it is pushed.
    ///
    /// # Errors
    /// If the storage in memory fails, or holds what is no JSON.
    pub async fn batch(&self) -> Result<Push> {
        let batch = self.outbox.next_batch(None, usize::MAX).await?;
        let records = batch.iter().map(|entry| {
            let record = serde_json::from_slice(&entry.bytes)?;
            Ok(PushRecord { id: entry.id, hash: entry.hash, record })
        });
        Ok(Push { records: records.collect::<Result<_>>()? })
    }

    /// Sends what waits in one exchange and looks at nothing else.
    ///
    /// # Errors
    /// If it is not acknowledged.
    pub async fn push_once(&self) -> Result<()> {
        let push = self.batch().await?;
        let answer = self.remote.push(&push).await?;
        ensure!(answer.verdicts.len() == push.records.len(), "{answer:?}");
        Ok(())
    }

    /// Notes in the ledger an answer that came another way.
    pub fn believe(&self, answer: &PushAnswer) {
        self.remote.believe(answer);
    }

    /// Goes to the server by another way from now on.
    pub fn lead_to(&mut self, gateway: Gateway) {
        self.remote.gateway = gateway;
    }

    /// One round of sync.
    pub async fn sync(&self) -> Outcome {
        let show = |progress: Progress| {
            let whole = progress.total > 0 && progress.done == progress.total;
            self.snapshots.set(self.snapshots.get() + u64::from(whole));
        };
        sync::sync_showing(&self.outbox, &self.catalogue, &self.remote, || MADE_AT, &show).await
    }

    /// How many records wait to be sent.
    ///
    /// # Errors
    /// If the storage in memory fails.
    pub async fn waiting(&self) -> Result<usize> {
        let overview = self.outbox.overview().await?;
        ensure!(overview.refused().count() == 0, "refused: {:?}", overview.entries);
        Ok(overview.entries.len())
    }

    /// Captures and sends until the weather is calm, then sends the rest, and gives what it has
    /// in the end. Now and then its catalogue is gone, as on a new tablet.
    ///
    /// # Errors
    /// If a record was refused, or the storage in memory fails.
    pub async fn work(mut self, mut weather: watch::Receiver<Weather>) -> Result<Kept> {
        loop {
            let calm = *weather.borrow_and_update() == Weather::Calm;
            if !calm {
                if self.chance.happens(ANEW) {
                    self.catalogue = MemoryCatalogue::default();
                }
                for _ in 0..=self.chance.below(MOST) {
                    self.capture().await?;
                }
            }
            let outcome = self.sync().await;
            let waiting = self.waiting().await?;
            // Whether it is sent again is tested elsewhere; here it would fill the memory.
            self.outbox.forget(Millis(i64::MAX)).await?;
            match outcome.error {
                None if calm && waiting == 0 => {
                    let records = self.catalogue.records().await?;
                    return Ok(Kept { records, snapshots: self.snapshots.get() });
                }
                None => {}
                Some(SyncError::Offline(_) | SyncError::RetryAfter(_)) => {
                    // Either the server is back or it is time to try; both are right.
                    let _ = tokio::time::timeout(PAUSE, weather.changed()).await;
                }
                Some(error) => return Err(error).context("a tablet could not sync"),
            }
        }
    }
}

/// Somebody's words, ready to be sent.
///
/// # Errors
/// If they cannot be written as JSON.
pub fn feedback(id: SubmissionId, words: &str) -> Result<Sealed> {
    let feedback = Feedback {
        venue: Key::parse("grays-central-library"),
        words: words.to_owned(),
        consent: true,
        ..Feedback::default()
    };
    let submission = Submission {
        id,
        made_at: MADE_AT,
        venue: Key::parse("grays-central-library"),
        language: "en".to_owned(),
        app: "0.1.0".to_owned(),
        body: Body::Feedback(feedback),
    };
    Ok(submission.seal()?)
}
