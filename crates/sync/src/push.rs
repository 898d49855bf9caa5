//! The first half of a round: sending what waits.

use std::collections::VecDeque;

use model::{
    Problem, ProblemCode, SubmissionId,
    time::Millis,
    wire::{Ack, Push, PushAnswer, PushRecord, Verdict},
};
use serde_json::value::RawValue;

use crate::{Entry, Outbox, Outcome, Refusal, Remote, SyncError, lanes::Lanes, plan};

/// How many entries are read from the outbox at a time: a read costs a browser nearly the same for one
/// entry as for all of these.
const READ: usize = 1_000;

/// A batch, whether it went alone, and what came of it.
type Answered = (Vec<Entry>, bool, Result<PushAnswer, SyncError>);

/// Sends batches until nothing waits, a few at a time. Whatever is answered is settled, even if
/// another batch, or the reading of the next, has failed meanwhile. Once the server was heard, a cut
/// connection costs one batch, which is sent again at once; only when each lane in turn was cut off
/// does the round end.
///
/// While the tablet's disk works, what is under way goes on: neither waits for the other.
pub(crate) async fn push<R: Remote>(
    outbox: &impl Outbox,
    remote: &R,
    now: impl Fn() -> Millis,
    outcome: &mut Outcome,
) -> Result<(), SyncError> {
    let mut lanes = Lanes::new();
    let mut queue = Queue { outbox, entries: VecDeque::new(), last: None, more: true };
    let mut verdicts = Verdicts::default();
    // Before the first answer nothing is known of the server: what is cut off then is not sent again and again.
    let mut pace = Pace { most: R::BATCH, sent: 0, cuts: R::PUSHES };
    let mut stop = None;
    loop {
        while stop.is_none() && lanes.len() < pace.lanes::<R>() {
            // What is under way or not settled still waits in the outbox: it is passed over until nothing is.
            if lanes.len() == 0 && verdicts.is_empty() && queue.entries.is_empty() {
                queue.start_anew();
                verdicts.seen = None;
            }
            if queue.entries.is_empty() && queue.more {
                stop = lanes.beside(queue.read_on::<R>()).await.err();
            }
            if queue.entries.is_empty() {
                break;
            }
            let mut batch = queue.take(pace.next::<R>());
            let (records, unreadable) = records_of(&batch);
            if !unreadable.is_empty() {
                match lanes.beside(outbox.settle(&[], &unreadable, now())).await {
                    Ok(()) => outcome.refused += unreadable.len(),
                    Err(error) => stop = Some(error.into()),
                }
                batch.retain(|entry| !unreadable.iter().any(|it| it.id == entry.id));
            }
            if !batch.is_empty() {
                let alone = pace.lanes::<R>() == 1;
                lanes.push(async move { (batch, alone, remote.push(&Push { records }).await) });
            }
        }
        // What came while the disk was busy is stored together: a transaction costs as much as ten entries.
        if !verdicts.is_empty() && !lanes.has_answer() {
            lanes.beside(verdicts.settle(outbox, &now, outcome)).await?;
            continue;
        }
        if lanes.len() == 0 {
            return stop.map_or(Ok(()), Err);
        }
        // Nothing has come: the disk has time for what goes next.
        if stop.is_none() && !lanes.has_answer() && queue.is_low::<R>() {
            stop = lanes.beside(queue.read_on::<R>()).await.err();
            continue;
        }
        let answered = lanes.next().await;
        if let Err(error) = take_in::<R>(answered, &mut queue.entries, &mut verdicts, &mut pace) {
            stop = stop.or(Some(error));
        }
    }
}

/// What an answer means for the batch: verdicts to be settled, or the batch back in the queue.
fn take_in<R: Remote>(
    (batch, alone, answer): Answered,
    queue: &mut VecDeque<Entry>,
    verdicts: &mut Verdicts,
    pace: &mut Pace,
) -> Result<(), SyncError> {
    let mut again =
        |batch: Vec<Entry>| batch.into_iter().rev().for_each(|entry| queue.push_front(entry));
    let (epoch, acks, refusals) = match answer {
        Ok(answer) => {
            let epoch = answer.epoch.clone();
            let (acks, refusals) = sort_verdicts(&batch, answer);
            (Some(epoch), acks, refusals)
        }
        // The server will not take the batch as a whole: find the one it dislikes.
        Err(SyncError::Refused(_)) if batch.len() > 1 => {
            pace.most = pace.most.min(batch.len() / 2);
            again(batch);
            return Ok(());
        }
        Err(SyncError::Refused(details)) => {
            let mut problems = details.problems;
            if problems.is_empty() {
                problems.push(Problem::new("", ProblemCode::Malformed, details.detail));
            }
            let refusal = |entry: &Entry| Refusal {
                id: entry.id,
                hash: entry.hash,
                problems: problems.clone(),
            };
            (None, Vec::new(), batch.iter().map(refusal).collect())
        }
        Err(SyncError::Offline(_)) if pace.cuts < R::PUSHES => {
            pace.cuts += 1;
            again(batch);
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    let named = !acks.is_empty() || !refusals.is_empty();
    verdicts.add(epoch, acks, refusals);
    if !named {
        return Err(SyncError::Offline("the answer named none of the records".to_owned()));
    }
    pace.cuts = 0;
    // What was under way beside a refused batch says nothing about that one.
    if alone {
        pace.most = (pace.most * 2).min(R::BATCH);
    }
    Ok(())
}

/// How much goes up at a time.
struct Pace {
    /// Entries in a batch at most; fewer while the one that a batch was refused for is sought.
    most: usize,
    /// Batches that were sent in this round.
    sent: usize,
    /// Connections that were cut in a row.
    cuts: usize,
}

impl Pace {
    /// While the one that a batch was refused for is sought, nothing else goes.
    fn lanes<R: Remote>(&self) -> usize {
        if self.most < R::BATCH { 1 } else { R::PUSHES }
    }

    /// How many entries the next batch has at most. Of one size, what goes up together on a slow line
    /// would arrive together, and the line be idle until the answers are back. So the first batches
    /// are shorter, and later ones end at different times.
    fn next<R: Remote>(&mut self) -> usize {
        self.sent += 1;
        (self.most * self.sent.min(R::PUSHES)).div_ceil(R::PUSHES)
    }
}

/// What was read of the outbox and is not under way.
struct Queue<'a, O> {
    outbox: &'a O,
    entries: VecDeque<Entry>,
    /// How far the outbox was read.
    last: Option<SubmissionId>,
    /// Whether there may be more behind that.
    more: bool,
}

impl<O: Outbox> Queue<'_, O> {
    fn start_anew(&mut self) {
        (self.last, self.more) = (None, true);
    }

    /// Whether less is there than goes up at a time, and there may be more.
    fn is_low<R: Remote>(&self) -> bool {
        self.more && self.entries.len() < R::BATCH * R::PUSHES
    }

    /// Reads what waits behind the last: first what goes up soon, then [`READ`] at a time.
    async fn read_on<R: Remote>(&mut self) -> Result<(), SyncError> {
        let soon = R::BATCH * R::PUSHES;
        let many = if self.last.is_none() { soon } else { soon.max(READ) };
        let entries = self.outbox.next_batch(self.last, many).await?;
        self.more = entries.len() == many;
        self.last = entries.last().map(|entry| entry.id).or(self.last);
        self.entries.extend(entries);
        Ok(())
    }

    /// The next batch: as many as the plan for its bytes allows, `most` at most.
    fn take(&mut self, most: usize) -> Vec<Entry> {
        let sizes = self.entries.iter().take(most).map(|entry| entry.bytes.len());
        let size = plan::batch(sizes);
        self.entries.drain(..size).collect()
    }
}

/// What came and is not stored yet.
#[derive(Default)]
struct Verdicts {
    epochs: Vec<String>,
    acks: Vec<Ack>,
    refusals: Vec<Refusal>,
    /// The epoch that the outbox has seen in this pass. In the next it is told again: another tab may
    /// have seen another one meanwhile, and what it would not settle waits still.
    seen: Option<String>,
}

impl Verdicts {
    fn is_empty(&self) -> bool {
        self.epochs.is_empty() && self.acks.is_empty() && self.refusals.is_empty()
    }

    fn add(&mut self, epoch: Option<String>, acks: Vec<Ack>, refusals: Vec<Refusal>) {
        if epoch.as_ref() != self.epochs.last() {
            self.epochs.extend(epoch);
        }
        self.acks.extend(acks);
        self.refusals.extend(refusals);
    }

    /// Stores what came, in one transaction, and counts it.
    async fn settle(
        &mut self,
        outbox: &impl Outbox,
        now: impl Fn() -> Millis,
        outcome: &mut Outcome,
    ) -> Result<(), SyncError> {
        for epoch in self.epochs.drain(..) {
            if self.seen.as_ref() != Some(&epoch) {
                outbox.see_epoch(&epoch).await?;
                self.seen = Some(epoch);
            }
        }
        let (acks, refusals) = (std::mem::take(&mut self.acks), std::mem::take(&mut self.refusals));
        outbox.settle(&acks, &refusals, now()).await?;
        outcome.received += acks.len();
        outcome.refused += refusals.len();
        Ok(())
    }
}

/// The wire form of the entries, and a refusal for each whose bytes are no JSON.
fn records_of(batch: &[Entry]) -> (Vec<PushRecord>, Vec<Refusal>) {
    let mut records = Vec::with_capacity(batch.len());
    let mut unreadable = Vec::new();
    for entry in batch {
        match json_in(&entry.bytes) {
            Ok(record) => records.push(PushRecord { id: entry.id, hash: entry.hash, record }),
            Err(error) => unreadable.push(Refusal {
                id: entry.id,
                hash: entry.hash,
                problems: vec![Problem::new("", ProblemCode::Malformed, error)],
            }),
        }
    }
    (records, unreadable)
}

fn json_in(bytes: &[u8]) -> Result<Box<RawValue>, String> {
    let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// Only a verdict on the id and hash of an entry that was sent counts; a 200 that says
/// anything else acknowledges nothing.
fn sort_verdicts(batch: &[Entry], answer: PushAnswer) -> (Vec<Ack>, Vec<Refusal>) {
    let mut acks = Vec::new();
    let mut refusals = Vec::new();
    for verdict in answer.verdicts {
        match verdict {
            Verdict::Received(ack) => {
                let sent = batch.iter().any(|entry| entry.id == ack.id && entry.hash == ack.hash);
                if sent && ack.epoch == answer.epoch {
                    acks.push(ack);
                }
            }
            Verdict::Refused { id, problems } => {
                let refused = batch.iter().find(|entry| Some(entry.id) == id);
                refusals.extend(refused.map(|entry| Refusal {
                    id: entry.id,
                    hash: entry.hash,
                    problems,
                }));
            }
        }
    }
    (acks, refusals)
}
