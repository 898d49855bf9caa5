//! The one task that writes, with group commit.
//!
//! Jobs queue up; the task takes what is there, runs them in one transaction, commits once,
//! and only then answers. So a slow disk is paid for once a group, a job that fails takes no
//! other down, and no answer is given for what a power cut could undo.
//!
//! The queue is bounded in jobs and in bytes. What does not fit is told to come back.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use async_trait::async_trait;
use futures_util::FutureExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use super::{Job, StoreError, WAITING};

/// Jobs in one transaction: enough that the disk's time is shared widely, few enough that
/// the first of them does not wait long for its answer.
const GROUP: usize = 128;
/// Bytes in one transaction, with at least one job. A few hundred ordinary submissions, some
/// 20 ms of writing: while they are written the next ones are read and checked, and those that
/// were first are answered before the last have come. Two to four times as much a transaction
/// saves hardly any of the disk's time, and everybody waits for everybody.
const GROUP_BYTES: usize = 384 * 1024;
/// Bytes that may wait, as [`Job::weight`] counts them: a thousand pushes of 20 ordinary
/// submissions, or eight of the largest. What waits stays in memory even if whoever sent it has
/// gone.
const WAITING_BYTES: usize = 32 * 1024 * 1024;
/// How often a group is tried when other writers are in the way. Writers of one scope wait
/// for each other in a queue, so this is for what no queue can prevent.
const TRIES: u32 = 5;
/// The pause before the second try; before the n-th it is n - 1 times as long.
const PAUSE: Duration = Duration::from_millis(20);

/// A connection that writes. Every method fails with [`StoreError`], and after a failure the
/// transaction is lost.
#[async_trait]
pub(super) trait Connection: Send + 'static {
    /// Begins a transaction, connecting anew if the connection was lost.
    async fn begin(&mut self) -> Result<(), StoreError>;
    /// Marks a place in the transaction to come back to.
    async fn mark(&mut self) -> Result<(), StoreError>;
    /// Forgets the mark and keeps what came after it.
    async fn keep(&mut self) -> Result<(), StoreError>;
    /// Undoes what came after the mark, and forgets it.
    async fn undo(&mut self) -> Result<(), StoreError>;
    /// Runs a job in the transaction.
    async fn run(&mut self, job: &dyn Job) -> Result<(), StoreError>;
    /// Makes the transaction last.
    async fn commit(&mut self) -> Result<(), StoreError>;
    /// Undoes the transaction, as far as there is one.
    async fn roll_back(&mut self);
    /// Puts the database in order and lets go of it.
    async fn close(self: Box<Self>);
}

/// The way to the writing task.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Message>,
    /// A permit is a byte that may wait.
    room: Arc<Semaphore>,
}

enum Message {
    Work(Waiting),
    Close(oneshot::Sender<()>),
}

/// A job and who waits for it.
struct Waiting {
    job: Arc<dyn Job>,
    reply: oneshot::Sender<Result<(), StoreError>>,
    /// As long as it is here, it takes up room.
    room: OwnedSemaphorePermit,
}

impl Waiting {
    fn answer(self, outcome: Result<(), StoreError>) {
        // Whoever asked may have gone; what was written stays, and asking again finds it.
        let _ = self.reply.send(outcome);
    }
}

impl Writer {
    /// Starts the task on `connection`.
    pub(super) fn start(connection: impl Connection) -> Self {
        let (jobs, queue) = mpsc::channel(WAITING);
        tokio::spawn(write(Box::new(connection), queue));
        Self { jobs, room: Arc::new(Semaphore::new(WAITING_BYTES)) }
    }

    /// Runs `job` in the next transaction and returns after the commit.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if the queue is full; else what the job or the commit failed with.
    pub(super) async fn run(&self, job: Arc<dyn Job>) -> Result<(), StoreError> {
        let (reply, answer) = oneshot::channel();
        // The heaviest gets in when nothing else waits.
        let weight = u32::try_from(job.weight().clamp(1, WAITING_BYTES)).unwrap_or(u32::MAX);
        let room = Arc::clone(&self.room).try_acquire_many_owned(weight);
        let room = room.map_err(|_| StoreError::Busy)?;
        let message = Message::Work(Waiting { job, reply, room });
        self.jobs.try_send(message).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => StoreError::Busy,
            mpsc::error::TrySendError::Closed(_) => closed(),
        })?;
        answer.await.unwrap_or_else(|_| Err(closed()))
    }

    /// Finishes what is queued and closes the connection.
    pub(super) async fn close(&self) {
        let (done, wait) = oneshot::channel();
        if self.jobs.send(Message::Close(done)).await.is_ok() {
            let _ = wait.await;
        }
    }
}

fn closed() -> StoreError {
    StoreError::Unavailable("the database is being closed".to_owned())
}

async fn write(mut connection: Box<dyn Connection>, mut queue: mpsc::Receiver<Message>) {
    let mut closing = None;
    let mut group = Vec::with_capacity(GROUP);
    while closing.is_none()
        && let Some(first) = queue.recv().await
    {
        let mut bytes = 0;
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Work(waiting) => {
                    bytes += waiting.room.num_permits();
                    group.push(waiting);
                }
                Message::Close(done) => closing = Some(done),
            }
            let full = group.len() == GROUP || bytes >= GROUP_BYTES || closing.is_some();
            next = if full { None } else { queue.try_recv().ok() };
        }
        if !group.is_empty() {
            commit_group(connection.as_mut(), &mut group).await;
        }
    }
    queue.close();
    // Those that came after the word to close are answered that it is closed, by dropping.
    connection.close().await;
    if let Some(done) = closing {
        let _ = done.send(());
    }
}

/// Why a group was not committed.
enum Lost {
    /// One of its jobs failed, and nothing but the whole can be undone.
    Job,
    /// The transaction failed.
    Whole(StoreError),
}

impl From<StoreError> for Lost {
    fn from(error: StoreError) -> Self {
        Self::Whole(error)
    }
}

/// Runs a group in one transaction and answers each of its jobs.
///
/// Marks cost a way to the database and back each, two a job, and jobs hardly ever fail: so a
/// group is first run without, and from the beginning with them after one failed.
async fn commit_group(connection: &mut dyn Connection, group: &mut Vec<Waiting>) {
    let (mut round, mut marked) = (1, false);
    let lost = loop {
        let lost = match try_group(connection, group, marked).await {
            Ok(()) => return group.drain(..).for_each(|waiting| waiting.answer(Ok(()))),
            Err(lost) => lost,
        };
        connection.roll_back().await;
        match lost {
            Lost::Job => marked = true,
            Lost::Whole(lost @ StoreError::Contended(_)) if round < TRIES => {
                tracing::info!(%lost, round, "a group of writes is tried again");
                tokio::time::sleep(PAUSE * round).await;
                round += 1;
            }
            Lost::Whole(lost) => break lost,
        }
    };
    tracing::error!(%lost, jobs = group.len(), "a group of writes was not committed");
    group.drain(..).for_each(|waiting| waiting.answer(Err(lost.clone())));
}

/// Runs and commits the jobs of a group. A job that fails by itself is answered and leaves
/// the group, if its work can be undone.
async fn try_group(
    connection: &mut dyn Connection,
    group: &mut Vec<Waiting>,
    marked: bool,
) -> Result<(), Lost> {
    connection.begin().await?;
    let mut next = 0;
    while let Some(waiting) = group.get(next) {
        if marked {
            connection.mark().await?;
        }
        match run(connection, waiting.job.as_ref()).await {
            Ok(()) => {
                if marked {
                    connection.keep().await?;
                }
                next += 1;
            }
            Err(error) if is_of_the_whole(&error) => return Err(Lost::Whole(error)),
            Err(_) if !marked => return Err(Lost::Job),
            Err(error) => {
                connection.undo().await?;
                group.remove(next).answer(Err(error));
            }
        }
    }
    Ok(connection.commit().await?)
}

async fn run(connection: &mut dyn Connection, job: &dyn Job) -> Result<(), StoreError> {
    AssertUnwindSafe(connection.run(job)).catch_unwind().await.unwrap_or_else(|_| {
        Err(StoreError::Statement("a write panicked; this is a fault of the program".to_owned()))
    })
}

/// A full or failing disk may have ended the transaction on its own, and the rest of the
/// group would meet the same disk.
fn is_of_the_whole(error: &StoreError) -> bool {
    matches!(error, StoreError::Unavailable(_) | StoreError::Unusable(_) | StoreError::Contended(_))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::{future::BoxFuture, future::join_all};
    use model::time::Millis;

    use super::*;
    use crate::store::{Tx, memory::Memory, memory::MemoryTx};

    /// A disk with room for so many accounts, and other writers in the way.
    #[derive(Debug)]
    struct Fake {
        memory: Memory,
        tx: Option<MemoryTx>,
        mark: Option<MemoryTx>,
        room: usize,
        in_the_way: u32,
        commits: Arc<AtomicUsize>,
    }

    impl Fake {
        fn on(memory: &Memory) -> Self {
            let (memory, commits) = (memory.clone(), Arc::default());
            Self { memory, tx: None, mark: None, room: 100, in_the_way: 0, commits }
        }
    }

    fn on(memory: &Memory, room: usize, in_the_way: u32) -> Writer {
        Writer::start(Fake { room, in_the_way, ..Fake::on(memory) })
    }

    #[async_trait]
    impl Connection for Fake {
        async fn begin(&mut self) -> Result<(), StoreError> {
            assert!(self.tx.is_none(), "the last transaction ended");
            self.tx = Some(self.memory.begin());
            Ok(())
        }

        async fn mark(&mut self) -> Result<(), StoreError> {
            self.mark = self.tx.clone();
            Ok(())
        }

        async fn keep(&mut self) -> Result<(), StoreError> {
            self.mark = None;
            Ok(())
        }

        async fn undo(&mut self) -> Result<(), StoreError> {
            self.tx = self.mark.take();
            Ok(())
        }

        async fn run(&mut self, job: &dyn Job) -> Result<(), StoreError> {
            job.run(self.tx.as_mut().unwrap()).await
        }

        async fn commit(&mut self) -> Result<(), StoreError> {
            if self.in_the_way > 0 {
                self.in_the_way -= 1;
                return Err(StoreError::Contended("on purpose".to_owned()));
            }
            let mut tx = self.tx.take().unwrap();
            if crate::store::tx::Accounts::accounts(&mut tx).await?.len() > self.room {
                return Err(StoreError::Unavailable("the disk is full".to_owned()));
            }
            self.commits.fetch_add(1, Ordering::Relaxed);
            tx.commit()
        }

        async fn roll_back(&mut self) {
            self.tx = None;
        }

        async fn close(self: Box<Self>) {}
    }

    /// Makes an account, then does as it is told.
    struct Note(usize, fn() -> Outcome);

    /// Does nothing and is heavy.
    struct Heavy(usize);

    impl Job for Heavy {
        fn run<'t>(&'t self, _: &'t mut dyn Tx) -> BoxFuture<'t, Outcome> {
            Box::pin(async { Ok(()) })
        }

        fn weight(&self) -> usize {
            self.0
        }
    }

    type Outcome = Result<(), StoreError>;

    impl Job for Note {
        fn run<'t>(&'t self, tx: &'t mut dyn Tx) -> BoxFuture<'t, Outcome> {
            Box::pin(async move {
                tx.add_account(&format!("{:05}", self.0), "", Millis(0)).await?;
                self.1()
            })
        }
    }

    async fn note_all(
        writer: &Writer,
        count: usize,
        then: fn(usize) -> fn() -> Outcome,
    ) -> Vec<Outcome> {
        let note = |number| writer.run(Arc::new(Note(number, then(number))));
        join_all((0..count).map(note)).await
    }

    async fn noted(memory: &Memory) -> usize {
        crate::store::tx::Accounts::accounts(&mut memory.begin()).await.unwrap().len()
    }

    fn well(_: usize) -> fn() -> Outcome {
        || Ok(())
    }

    #[tokio::test]
    async fn a_job_that_fails_or_panics_takes_no_other_down() {
        let memory = Memory::new("one");
        let outcomes = note_all(&on(&memory, 100, 0), 60, |number| match number % 3 {
            0 => || Ok(()),
            1 => || Err(StoreError::Statement("on purpose".to_owned())),
            _ => || panic!("on purpose"),
        })
        .await;
        for (number, outcome) in outcomes.iter().enumerate() {
            assert_eq!(outcome.is_ok(), number % 3 == 0, "{number}: {outcome:?}");
        }
        assert_eq!(noted(&memory).await, 20);
    }

    #[tokio::test]
    async fn a_commit_that_fails_acknowledges_nothing_and_is_got_over() {
        let memory = Memory::new("one");
        let writer = on(&memory, 3, 0);
        for outcome in note_all(&writer, 5, well).await {
            assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
        }
        assert_eq!(noted(&memory).await, 0);
        assert!(note_all(&writer, 3, well).await.iter().all(Result::is_ok));
        assert_eq!(noted(&memory).await, 3);
    }

    #[tokio::test]
    async fn a_group_in_the_way_of_others_is_tried_again_but_not_for_ever() {
        let memory = Memory::new("one");
        let outcomes = note_all(&on(&memory, 100, TRIES - 1), 5, well).await;
        assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
        assert_eq!(noted(&memory).await, 5);

        let memory = Memory::new("two");
        for outcome in note_all(&on(&memory, 100, TRIES), 5, well).await {
            assert!(matches!(outcome, Err(StoreError::Contended(_))), "{outcome:?}");
        }
        assert_eq!(noted(&memory).await, 0);
    }

    #[tokio::test]
    async fn what_does_not_fit_the_queue_is_told_to_come_back() {
        let memory = Memory::new("one");
        let outcomes = note_all(&on(&memory, 3 * WAITING, 0), 3 * WAITING, well).await;
        let busy = outcomes.iter().filter(|o| matches!(o, Err(StoreError::Busy))).count();
        let done = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert_eq!(busy + done, 3 * WAITING);
        assert!(busy > 0);
        assert_eq!(noted(&memory).await, done);
    }

    #[tokio::test]
    async fn what_waits_is_bounded_in_bytes_too() {
        let writer = on(&Memory::new("one"), 100, 0);
        let run = |weight| writer.run(Arc::new(Heavy(weight)));
        let outcomes = join_all((0..12).map(|_| run(WAITING_BYTES / 8))).await;
        let done = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert_eq!(done, 8, "{outcomes:?}");
        assert!(matches!(outcomes[8], Err(StoreError::Busy)), "{outcomes:?}");
        // What was answered takes up no room, and the heaviest is taken when nothing else waits.
        run(usize::MAX).await.unwrap();
        run(1).await.unwrap();
    }

    #[tokio::test]
    async fn a_group_is_not_heavier_than_need_be() {
        let fake = Fake::on(&Memory::new("one"));
        let commits = Arc::clone(&fake.commits);
        let writer = Writer::start(fake);
        let outcomes = join_all((0..6).map(|_| writer.run(Arc::new(Heavy(GROUP_BYTES / 2)))));
        outcomes.await.into_iter().for_each(|outcome| outcome.unwrap());
        assert_eq!(commits.load(Ordering::Relaxed), 3);
    }

    #[tokio::test]
    async fn what_was_queued_is_written_before_closing() {
        let memory = Memory::new("one");
        let writer = on(&memory, 300, 0);
        let (outcomes, ()) = futures_util::join!(note_all(&writer, 300, well), writer.close());
        let done = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert!(done > 0);
        assert_eq!(noted(&memory).await, done);
        assert!(writer.run(Arc::new(Note(0, || Ok(())))).await.is_err());
    }
}
