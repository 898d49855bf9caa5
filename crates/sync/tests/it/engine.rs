//! The engine against a server that fails in every way a network can make it fail.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, VecDeque},
};

use model::{
    Hash, Problem, ProblemCode, SubmissionId,
    submission::Sealed,
    time::Millis,
    wire::{Ack, Changes, Probe, ProblemDetails, Push, PushAnswer, Verdict},
};
use proptest::prelude::*;

use crate::snapshot::a_moment;
use sync::{MemoryCatalogue, MemoryOutbox, Outbox, Remote, SyncError, sync};

/// What goes wrong with one push.
#[derive(Debug, Clone, PartialEq)]
enum Fault {
    /// The request never arrives.
    DropRequest,
    /// The server stores everything, the answer is lost.
    DropAnswer,
    /// Only the first verdict survives.
    CutAnswer,
    /// The answer is somebody else's: right shape, wrong hashes.
    OtherHashes,
    /// The answer is of the right shape and names nothing.
    Empty,
    /// 503 with `Retry-After`.
    Busy,
    /// The server is restored from a backup that lacks its newest records.
    Restore { lost: usize },
}

/// A server in one map, true to the wire's contract.
#[derive(Default)]
struct Server {
    stored: RefCell<BTreeMap<SubmissionId, (Hash, u64)>>,
    arrivals: RefCell<BTreeMap<SubmissionId, u32>>,
    epoch: Cell<u32>,
    seq: Cell<u64>,
    faults: RefCell<VecDeque<Option<Fault>>>,
    /// Ids that are refused by themselves, and ids that spoil the whole request.
    bad: Vec<SubmissionId>,
    poison: Vec<SubmissionId>,
    /// What is on its way, and how many batches were at most.
    under_way: RefCell<Vec<SubmissionId>>,
    batches: Cell<usize>,
    most_batches: Cell<usize>,
    /// How many batches came, for waits of different length.
    pushes: Cell<usize>,
}

impl Server {
    fn epoch(&self) -> String {
        format!("epoch-{}", self.epoch.get())
    }

    fn restore(&self, lost: usize) {
        let mut stored = self.stored.borrow_mut();
        let mut by_seq: Vec<_> = stored.iter().map(|(id, (_, seq))| (*seq, *id)).collect();
        by_seq.sort_unstable();
        for (_, id) in by_seq.iter().rev().take(lost) {
            stored.remove(id);
        }
        self.epoch.set(self.epoch.get() + 1);
    }

    fn store(&self, push: &Push) -> PushAnswer {
        let epoch = self.epoch();
        let verdicts = push
            .records
            .iter()
            .map(|record| {
                if self.bad.contains(&record.id) {
                    let problems = vec![Problem::new("/x", ProblemCode::Unknown, "Bad.")];
                    return Verdict::Refused { id: Some(record.id), problems };
                }
                *self.arrivals.borrow_mut().entry(record.id).or_default() += 1;
                let (hash, seq) = *self.stored.borrow_mut().entry(record.id).or_insert_with(|| {
                    self.seq.set(self.seq.get() + 1);
                    (record.hash, self.seq.get())
                });
                assert_eq!(hash, record.hash, "an id never comes with two hashes");
                Verdict::Received(Ack { id: record.id, hash, seq, epoch: epoch.clone() })
            })
            .collect();
        PushAnswer { epoch, verdicts }
    }
}

impl Remote for Server {
    const BATCH: usize = 8;

    async fn push(&self, push: &Push) -> Result<PushAnswer, SyncError> {
        assert!(push.records.len() <= Self::BATCH);
        let ids: Vec<_> = push.records.iter().map(|record| record.id).collect();
        for id in &ids {
            assert!(!self.under_way.borrow().contains(id), "{id} is sent twice at a time");
        }
        self.under_way.borrow_mut().extend(&ids);
        self.batches.set(self.batches.get() + 1);
        self.most_batches.set(self.most_batches.get().max(self.batches.get()));
        // So that answers come in another order than their requests.
        self.pushes.set(self.pushes.get() + 1);
        for _ in 0..self.pushes.get() % 3 {
            a_moment().await;
        }
        self.under_way.borrow_mut().retain(|id| !ids.contains(id));
        self.batches.set(self.batches.get() - 1);
        self.answer(push)
    }

    async fn changes(&self, _: Option<&str>) -> Result<Changes, SyncError> {
        Ok(Changes {
            records: Vec::new(),
            cursor: "here".into(),
            more: false,
            fresh: false,
            epoch: self.epoch(),
        })
    }

    async fn probe(&self) -> Result<Probe, SyncError> {
        Ok(Probe { nonce: String::new(), epoch: self.epoch() })
    }
}

impl Server {
    fn answer(&self, push: &Push) -> Result<PushAnswer, SyncError> {
        let fault = self.faults.borrow_mut().pop_front().flatten();
        if fault == Some(Fault::DropRequest) {
            return Err(SyncError::Offline("cut".into()));
        }
        if fault == Some(Fault::Busy) {
            return Err(SyncError::RetryAfter(1_000));
        }
        if let Some(Fault::Restore { lost }) = fault {
            self.restore(lost);
        }
        if push.records.iter().any(|record| self.poison.contains(&record.id)) {
            return Err(SyncError::Refused(ProblemDetails {
                kind: "/problems/poison".into(),
                title: "Poison".into(),
                status: 422,
                detail: "One of these spoils the request.".into(),
                problems: Vec::new(),
            }));
        }
        let mut answer = self.store(push);
        match fault {
            Some(Fault::DropAnswer) => return Err(SyncError::Offline("cut".into())),
            Some(Fault::CutAnswer) => answer.verdicts.truncate(1),
            Some(Fault::Empty) => answer.verdicts.clear(),
            Some(Fault::OtherHashes) => {
                for verdict in &mut answer.verdicts {
                    if let Verdict::Received(ack) = verdict {
                        ack.hash = Hash::of(b"something else");
                    }
                }
            }
            _ => {}
        }
        Ok(answer)
    }
}

fn sealed(number: u32) -> Sealed {
    let bytes = format!("{{\"number\":{number}}}").into_bytes();
    let mut random = [0; 10];
    random[..4].copy_from_slice(&number.to_be_bytes());
    let id = SubmissionId::new(Millis(i64::from(number)), random);
    Sealed { id, hash: Hash::of(&bytes), bytes }
}

async fn round(outbox: &MemoryOutbox, server: &Server) -> sync::Outcome {
    sync(outbox, &MemoryCatalogue::default(), server, || Millis(5)).await
}

fn fault() -> impl Strategy<Value = Option<Fault>> {
    prop_oneof![
        2 => Just(None),
        1 => Just(Some(Fault::DropRequest)),
        2 => Just(Some(Fault::DropAnswer)),
        1 => Just(Some(Fault::CutAnswer)),
        1 => Just(Some(Fault::OtherHashes)),
        1 => Just(Some(Fault::Empty)),
        1 => Just(Some(Fault::Busy)),
        1 => (0usize..20).prop_map(|lost| Some(Fault::Restore { lost })),
    ]
}

proptest! {
    /// Whatever happens on the way: nothing leaves the outbox before the server has it, and
    /// once the faults stop everything is there exactly once and nothing waits.
    #[test]
    fn every_submission_arrives(
        faults in prop::collection::vec(fault(), 0..40),
        saved in prop::collection::vec(0u32..60, 1..8),
    ) {
        pollster::block_on(async {
            let server = Server { faults: RefCell::new(faults.into()), ..Server::default() };
            let outbox = MemoryOutbox::default();
            let mut number = 0;
            let mut all = Vec::new();
            for count in saved {
                for _ in 0..count {
                    let one = sealed(number);
                    outbox.enqueue(&one, Millis(1)).await.unwrap();
                    all.push(one);
                    number += 1;
                }
                round(&outbox, &server).await;
                let overview = outbox.overview().await.unwrap();
                let waiting: Vec<_> = overview.entries.iter().map(|e| e.id).collect();
                for one in &all {
                    let on_tablet = waiting.contains(&one.id);
                    let on_server = server.stored.borrow().contains_key(&one.id);
                    // After a restore the tablet may not know yet; its receipt still has the bytes.
                    let kept = overview.received.contains(&one.id);
                    prop_assert!(on_tablet || on_server || kept, "{} is nowhere", one.id);
                }
            }
            server.faults.borrow_mut().clear();
            let last = round(&outbox, &server).await;
            prop_assert_eq!(last.error, None);
            let overview = outbox.overview().await.unwrap();
            prop_assert_eq!(overview.entries.len(), 0);
            let stored = server.stored.borrow();
            prop_assert_eq!(stored.len(), all.len());
            for one in &all {
                prop_assert_eq!(stored.get(&one.id).map(|(hash, _)| *hash), Some(one.hash));
            }
            Ok(())
        })?;
    }

    /// Bad records are set apart, whether the server names them or chokes on the batch, and
    /// never hold up the rest.
    #[test]
    fn a_bad_record_blocks_nobody(
        count in 1u32..150,
        bad in prop::collection::btree_set(0u32..150, 0..5),
        poison in prop::collection::btree_set(0u32..150, 0..5),
    ) {
        pollster::block_on(async {
            let ids = |numbers: &std::collections::BTreeSet<u32>| {
                numbers.iter().map(|number| sealed(*number).id).collect::<Vec<_>>()
            };
            let server =
                Server { bad: ids(&bad), poison: ids(&poison), ..Server::default() };
            let outbox = MemoryOutbox::default();
            for number in 0..count {
                outbox.enqueue(&sealed(number), Millis(1)).await.unwrap();
            }
            let outcome = round(&outbox, &server).await;
            prop_assert_eq!(outcome.error, None);
            let spoiled = bad.union(&poison).filter(|number| **number < count).count();
            let overview = outbox.overview().await.unwrap();
            prop_assert_eq!(overview.refused().count(), spoiled);
            prop_assert_eq!(overview.waiting().count(), 0);
            prop_assert_eq!(server.stored.borrow().len(), count as usize - spoiled);
            // The first batches are a third, two thirds and a whole, of 8 here.
            let batches = [0, 3, 9].iter().filter(|before| count > **before).count();
            prop_assert_eq!(server.most_batches.get(), batches);
            Ok(())
        })?;
    }
}

/// A server whose first page leads back to itself.
struct Circle;

impl Remote for Circle {
    async fn push(&self, _: &Push) -> Result<PushAnswer, SyncError> {
        Err(SyncError::Offline("nothing is pushed here".into()))
    }

    async fn changes(&self, _: Option<&str>) -> Result<Changes, SyncError> {
        Ok(Changes {
            records: Vec::new(),
            cursor: "page one".into(),
            more: true,
            fresh: true,
            epoch: "e".into(),
        })
    }

    async fn probe(&self) -> Result<Probe, SyncError> {
        Ok(Probe { nonce: String::new(), epoch: "e".into() })
    }
}

/// Pages that lead nowhere end the round; what they brought is no catalogue.
#[test]
fn half_a_catalogue_is_not_switched_in() {
    let (outbox, catalogue) = (MemoryOutbox::default(), MemoryCatalogue::default());
    let outcome = pollster::block_on(sync(&outbox, &catalogue, &Circle, || Millis(5)));
    assert!(matches!(outcome.error, Some(SyncError::Offline(_))), "{outcome:?}");
    assert_eq!(catalogue.inspect(|state| state.cursor.clone()), None);
}
