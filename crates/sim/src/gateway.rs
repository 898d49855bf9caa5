//! The gateway of the simulated app: the same bytes and the same reading of answers as the real
//! one, with the simulated network in place of the browser's.

use std::{cell::RefCell, collections::BTreeSet, rc::Rc};

use model::{
    Hash, json, segment,
    snapshot::Manifest,
    wire::{Ack, Changes, Probe, Push, PushAnswer, Verdict},
};
use serde_json::Value;
use sync::{Remote, SyncError, answer};

use crate::{
    bug::Bug,
    network::{Answer, Ask},
    tablet::Profile,
    turn::{PLACES, Turns, Wait},
    world::World,
};

/// The server, as one task of one tablet sees it.
#[derive(Debug, Clone)]
pub struct Gateway {
    /// The world it is in.
    pub world: Rc<World>,
    /// The tablet that asks.
    pub profile: Rc<Profile>,
    /// The task that asks.
    pub turns: Turns,
    /// Its number among the tablet's tasks.
    pub task: usize,
    /// The segments that this task knows to be staged.
    pub here: Rc<RefCell<BTreeSet<Hash>>>,
}

/// A request under way. When its task ends, or takes no interest any more, nobody waits for the
/// answer; the request goes its way all the same.
struct Waiting<'a> {
    world: &'a World,
    number: u64,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.world.network.borrow_mut().abandon(self.number);
    }
}

impl Gateway {
    /// Sends `ask` and waits for what arrives; `None` if nothing does.
    async fn fetch(&self, ask: Ask) -> Option<Answer> {
        let tablet = self.profile.number;
        let word = ask.word();
        let place = self.turns.take_place();
        let lane = self.task * PLACES + place.number;
        let number = self.world.network.borrow_mut().send(tablet, lane, ask);
        self.world.note(format_args!("tablet {tablet} sends {word} #{number}"));
        let waiting = Waiting { world: &self.world, number };
        place.wait(Wait::Answer(number)).await;
        let answer = self.world.network.borrow_mut().pick_up(number);
        drop(waiting);
        answer
    }

    /// Sends `ask` and gives the body of an answer that counts.
    ///
    /// # Errors
    /// What the answer, or its absence, means.
    pub async fn ask(&self, ask: Ask) -> Result<String, SyncError> {
        meaning(self.fetch(ask).await)
    }

    /// A number that nobody drew before, for nonces and edits.
    pub fn draw(&self) -> uuid::Uuid {
        let mut bytes = [0; 16];
        self.profile.chance(&self.world).fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }
}

fn meaning(answer: Option<Answer>) -> Result<String, SyncError> {
    let Some(Answer { status, retry_after, media_type, body }) = answer else {
        return Err(SyncError::Offline("no answer".to_owned()));
    };
    let hint = retry_after.as_deref().and_then(answer::retry_after);
    // As the browser's `text()` does: what is no UTF-8 is replaced, not refused.
    answer::meaning(status, hint, &media_type, String::from_utf8_lossy(&body).into_owned())
}

impl Remote for Gateway {
    /// Few, so that several batches are under way although a tablet's outbox here is small.
    const BATCH: usize = 2;

    async fn push(&self, push: &Push) -> Result<PushAnswer, SyncError> {
        let body = json::write(push).map_err(|error| SyncError::Offline(error.to_string()))?;
        let answer = self.fetch(Ask::Push(body.into_bytes())).await;
        let status = answer.as_ref().map(|answer| answer.status);
        let read = meaning(answer).and_then(|text| answer::read(&text));
        match (self.world.bug, read) {
            (Some(Bug::PageTakenAsAck), Err(SyncError::Offline(_)))
                if status.is_some_and(|status| status < 300) =>
            {
                Ok(as_if_received(push, &self.profile))
            }
            (Some(Bug::BatchRefusedWhole), Err(SyncError::Refused(details))) => {
                let refuse = |id| Verdict::Refused { id, problems: details.problems.clone() };
                let verdicts = push.records.iter().map(|sent| refuse(Some(sent.id))).collect();
                Ok(PushAnswer { verdicts, ..as_if_received(push, &self.profile) })
            }
            (Some(Bug::AckMatchedById), Ok(mut answer)) => {
                rehash(push, &mut answer);
                Ok(answer)
            }
            (_, read) => read,
        }
    }

    async fn changes(&self, cursor: Option<&str>) -> Result<Changes, SyncError> {
        answer::read(&self.ask(Ask::Changes(cursor.map(str::to_owned))).await?)
    }

    async fn manifest(&self) -> Result<Option<Manifest>, SyncError> {
        let text = self.ask(Ask::Manifest).await?;
        let lost = |error: &dyn std::fmt::Display| SyncError::Offline(error.to_string());
        let value = serde_json::from_str(&text).map_err(|error| lost(&error))?;
        Manifest::from_json(&value).map(Some).map_err(|error| lost(&error))
    }

    async fn segment(&self, hash: Hash) -> Result<String, SyncError> {
        let profile = &self.profile;
        profile.staging.asks_for(&self.world, profile.number, hash, &self.here.borrow());
        let text = self.ask(Ask::Segment(hash)).await?;
        if self.world.has(Bug::SegmentNotVerified) && segment::decode(&text).is_ok() {
            // What came is staged in place of what the engine would have stopped at.
            profile.mistaken.borrow_mut().insert(hash, text);
            let sound = self.world.offered.borrow().get(&hash).map(ToString::to_string);
            return sound.ok_or_else(|| SyncError::Offline("never offered".to_owned()));
        }
        Ok(text)
    }

    async fn probe(&self) -> Result<Probe, SyncError> {
        let nonce = self.draw().to_string();
        let probe: Probe = answer::read(&self.ask(Ask::Probe(nonce.clone())).await?)?;
        if probe.nonce == nonce {
            Ok(probe)
        } else {
            Err(SyncError::Offline("the nonce is another one".to_owned()))
        }
    }
}

/// What a client would make of a 200 if it took its status for an answer.
fn as_if_received(push: &Push, profile: &Profile) -> PushAnswer {
    let epoch = profile.outbox.inspect(|state| state.epoch.clone()).unwrap_or_default();
    let received = |sent: &model::wire::PushRecord| {
        Verdict::Received(Ack { id: sent.id, hash: sent.hash, seq: 0, epoch: epoch.clone() })
    };
    PushAnswer { verdicts: push.records.iter().map(received).collect(), epoch: epoch.clone() }
}

/// Gives each acknowledgement the hash that was sent under its id.
fn rehash(push: &Push, answer: &mut PushAnswer) {
    for verdict in &mut answer.verdicts {
        if let Verdict::Received(ack) = verdict
            && let Some(sent) = push.records.iter().find(|sent| sent.id == ack.id)
        {
            ack.hash = sent.hash;
        }
    }
}

/// The history that a cursor belongs to and its place, as the witness reads them. Tablets never
/// look inside.
pub fn read_cursor(text: &str) -> Option<(String, u64)> {
    let value: Value = serde_json::from_str(text).ok()?;
    Some((value.get(0)?.as_str()?.to_owned(), value.get(3)?.as_u64()?))
}
