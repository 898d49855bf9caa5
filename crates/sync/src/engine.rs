//! One round of sync: send what waits, then fetch what changed.

use std::collections::VecDeque;

use model::{
    Problem, ProblemCode, SubmissionId,
    time::Millis,
    wire::{Ack, Changes, Push, PushAnswer, PushRecord, Verdict},
};

use crate::{
    Catalogue, Entry, Outbox, Progress, Refusal, Remote, SyncError, lanes::Lanes, plan, snapshot,
};

/// How many entries are read from the outbox at a time: to read one costs a browser nearly as much
/// as to read all, and a morning's conversations are a twentieth of it.
const READ: usize = 1_000;

/// What a round of sync did before it ended or failed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    /// Submissions the server acknowledged.
    pub received: usize,
    /// Submissions the server refused.
    pub refused: usize,
    /// Catalogue records that came.
    pub pulled: usize,
    /// Why the round stopped early, if it did.
    pub error: Option<SyncError>,
}

/// Sends what waits and fetches what changed. The planes fail apart: a catalogue that cannot
/// be fetched never keeps an answer on the tablet, and the reverse.
pub async fn sync(
    outbox: &impl Outbox,
    catalogue: &impl Catalogue,
    remote: &impl Remote,
    now: impl Fn() -> Millis,
) -> Outcome {
    sync_showing(outbox, catalogue, remote, now, &|_| {}).await
}

/// [`sync`], telling `show` how far the download of a first catalogue has come.
pub async fn sync_showing(
    outbox: &impl Outbox,
    catalogue: &impl Catalogue,
    remote: &impl Remote,
    now: impl Fn() -> Millis,
    show: &dyn Fn(Progress),
) -> Outcome {
    let mut outcome = Outcome::default();
    let pushed = push(outbox, remote, &now, &mut outcome).await;
    // Without the server there is no sense in asking it for changes.
    let reachable = !matches!(pushed, Err(SyncError::Offline(_) | SyncError::RetryAfter(_)));
    let pulled =
        if reachable { pull(outbox, catalogue, remote, show, &mut outcome).await } else { Ok(()) };
    // A new epoch seen while pulling puts receipts back into the outbox: send them now.
    let again = match (&pushed, &pulled) {
        (Ok(()), Ok(())) => push(outbox, remote, &now, &mut outcome).await,
        _ => Ok(()),
    };
    outcome.error = pushed.and(pulled).and(again).err();
    outcome
}

/// Sends batches until nothing waits, a few at a time. Whatever is answered is settled, even if
/// another batch has failed meanwhile. A cut connection costs one batch, which is sent again at
/// once; only when each lane in turn was cut off does the round end.
async fn push<R: Remote>(
    outbox: &impl Outbox,
    remote: &R,
    now: impl Fn() -> Millis,
    outcome: &mut Outcome,
) -> Result<(), SyncError> {
    let soon = R::BATCH * R::PUSHES;
    let mut most = R::BATCH;
    let mut queue: VecDeque<Entry> = VecDeque::new();
    // How far the outbox was read, and whether there may be more behind that.
    let (mut read, mut more) = (None, true);
    let mut lanes = Lanes::new();
    let mut verdicts = Verdicts::default();
    let mut seen: Option<String> = None;
    let mut cuts = 0;
    let mut sent = 0;
    let mut stop = None;
    loop {
        // While the one that a batch was refused for is sought, nothing else goes.
        let open = if most < R::BATCH { 1 } else { R::PUSHES };
        while stop.is_none() && lanes.len() < open {
            // What is under way or not settled still waits in the outbox: it is passed over until nothing is.
            if lanes.len() == 0 && verdicts.is_empty() && queue.is_empty() {
                // What another tab did meanwhile is seen in this turn.
                (read, more, seen) = (None, true, None);
            }
            if queue.is_empty() && more {
                (read, more) = lanes.beside(read_on(outbox, read, soon, &mut queue)).await?;
            }
            if queue.is_empty() {
                break;
            }
            // Of one size, what goes up together on a slow line would arrive together, and the line be idle until the
            // answers are back. So the first batches are shorter, and later ones end at different times.
            sent += 1;
            let most = (most * sent.min(R::PUSHES)).div_ceil(R::PUSHES);
            let sizes = queue.iter().take(most).map(|entry| entry.bytes.len());
            let mut batch: Vec<Entry> = queue.drain(..plan::batch(sizes)).collect();
            let (records, unreadable) = records_of(&batch);
            if !unreadable.is_empty() {
                outbox.settle(&[], &unreadable, now()).await?;
                outcome.refused += unreadable.len();
                batch.retain(|entry| !unreadable.iter().any(|it| it.id == entry.id));
            }
            if !batch.is_empty() {
                lanes.push(async move { (batch, remote.push(&Push { records }).await) });
            }
        }
        // What came while the disk was busy is stored at once: a transaction costs as much as ten entries.
        if !verdicts.is_empty() && !lanes.has_answer() {
            // The next batches have gone up: the tablet's disk and the line work at the same time.
            let Verdicts { epochs, acks, refusals } = std::mem::take(&mut verdicts);
            let settled = async {
                for epoch in &epochs {
                    if seen.as_ref() != Some(epoch) {
                        outbox.see_epoch(epoch).await?;
                        seen = Some(epoch.clone());
                    }
                }
                outbox.settle(&acks, &refusals, now()).await
            };
            lanes.beside(settled).await?;
            outcome.received += acks.len();
            outcome.refused += refusals.len();
            continue;
        }
        if lanes.len() == 0 {
            return stop.map_or(Ok(()), Err);
        }
        // Nothing has come: the disk has time for what goes next.
        if more && queue.len() < soon && stop.is_none() && !lanes.has_answer() {
            (read, more) = lanes.beside(read_on(outbox, read, soon, &mut queue)).await?;
        }
        let (batch, answer) = lanes.next().await;
        let (epoch, acks, refusals) = match answer {
            Ok(answer) => {
                let epoch = answer.epoch.clone();
                let (acks, refusals) = sort_verdicts(&batch, answer);
                (Some(epoch), acks, refusals)
            }
            // The server will not take the batch as a whole: find the one it dislikes.
            Err(SyncError::Refused(_)) if batch.len() > 1 => {
                most = most.min(batch.len() / 2);
                batch.into_iter().rev().for_each(|entry| queue.push_front(entry));
                continue;
            }
            Err(SyncError::Refused(details)) => {
                let mut problems = details.problems;
                if problems.is_empty() {
                    problems.push(Problem::new("", ProblemCode::Malformed, details.detail));
                }
                let refusals = batch
                    .iter()
                    .map(|entry| Refusal {
                        id: entry.id,
                        hash: entry.hash,
                        problems: problems.clone(),
                    })
                    .collect();
                (None, Vec::new(), refusals)
            }
            Err(SyncError::Offline(_)) if cuts < R::PUSHES => {
                cuts += 1;
                batch.into_iter().rev().for_each(|entry| queue.push_front(entry));
                continue;
            }
            Err(error) => {
                stop = stop.or(Some(error));
                continue;
            }
        };
        if acks.is_empty() && refusals.is_empty() {
            let nothing = SyncError::Offline("the answer named none of the records".to_owned());
            stop = stop.or(Some(nothing));
        } else {
            cuts = 0;
            // What was under way beside a refused batch says nothing about that one.
            if lanes.len() == 0 {
                most = (most * 2).min(R::BATCH);
            }
        }
        verdicts.add(epoch, acks, refusals);
    }
}

/// Reads what waits behind `read` into the queue: first what goes up `soon`, then [`READ`] at a time.
/// Gives how far that is, and whether there may be more.
async fn read_on(
    outbox: &impl Outbox,
    read: Option<SubmissionId>,
    soon: usize,
    queue: &mut VecDeque<Entry>,
) -> Result<(Option<SubmissionId>, bool), SyncError> {
    let many = if read.is_none() { soon } else { soon.max(READ) };
    let entries = outbox.next_batch(read, many).await?;
    let (last, more) = (entries.last().map(|entry| entry.id), entries.len() == many);
    queue.extend(entries);
    Ok((last.or(read), more))
}

/// What came and is not stored yet.
#[derive(Default)]
struct Verdicts {
    epochs: Vec<String>,
    acks: Vec<Ack>,
    refusals: Vec<Refusal>,
}

impl Verdicts {
    fn is_empty(&self) -> bool {
        self.epochs.is_empty() && self.refusals.is_empty()
    }

    fn add(&mut self, epoch: Option<String>, acks: Vec<Ack>, refusals: Vec<Refusal>) {
        if epoch.as_ref() != self.epochs.last() {
            self.epochs.extend(epoch);
        }
        self.acks.extend(acks);
        self.refusals.extend(refusals);
    }
}

/// The wire form of the entries, and a refusal for each whose bytes are no JSON.
fn records_of(batch: &[Entry]) -> (Vec<PushRecord>, Vec<Refusal>) {
    let mut records = Vec::with_capacity(batch.len());
    let mut unreadable = Vec::new();
    for entry in batch {
        match read_value(&entry.bytes) {
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

fn read_value(bytes: &[u8]) -> Result<serde_json::Value, String> {
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

/// Fetches pages until there are no more. A tablet that starts from nothing, or must start anew
/// and needs more than one page for it, tries a snapshot once; without one, the pages that start
/// anew are gathered and switched in at once. Either way a broken download leaves the old
/// catalogue whole.
///
/// Only a page of changes tells the epoch: a snapshot may be as old as the history before.
async fn pull(
    outbox: &impl Outbox,
    catalogue: &impl Catalogue,
    remote: &impl Remote,
    show: &dyn Fn(Progress),
    outcome: &mut Outcome,
) -> Result<(), SyncError> {
    let mut stored = catalogue.cursor().await?;
    let mut tried = stored.is_none();
    if tried {
        let came = snapshot::start(catalogue, remote, None, show).await?;
        outcome.pulled += came.unwrap_or_default();
        stored = catalogue.cursor().await?;
    }
    let mut asked = stored.clone();
    let mut gathered: Option<Changes> = None;
    loop {
        let page = remote.changes(asked.as_deref()).await?;
        outbox.see_epoch(&page.epoch).await?;
        if page.fresh && page.more && !tried {
            tried = true;
            let since = stored.as_deref();
            if let Some(came) = snapshot::start(catalogue, remote, since, show).await? {
                outcome.pulled += came;
                stored = catalogue.cursor().await?;
                asked = stored.clone();
                continue;
            }
        }
        let more = page.more;
        if more && Some(&page.cursor) == asked.as_ref() {
            // Half a catalogue must not be switched in, nor this one page be asked for for ever.
            return Err(SyncError::Offline("the pages lead nowhere".to_owned()));
        }
        asked = Some(page.cursor.clone());
        let whole = match gathered.take() {
            Some(mut so_far) if !page.fresh => {
                so_far.records.extend(page.records);
                so_far.cursor = page.cursor;
                so_far
            }
            _ => page,
        };
        if whole.fresh && more {
            gathered = Some(whole);
            continue;
        }
        outcome.pulled += whole.records.len();
        if !catalogue.apply_page_after(stored.as_deref(), &whole).await? {
            // Another tab has moved the cursor meanwhile: go on from where it is now.
            stored = catalogue.cursor().await?;
            asked = stored.clone();
            continue;
        }
        if !more {
            return Ok(());
        }
        stored = Some(whole.cursor);
    }
}
