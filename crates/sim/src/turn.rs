//! How a task gives the word back to the scheduler: between any two transactions and requests,
//! so that anything may happen there, a crash included.

use std::{
    cell::Cell,
    future::poll_fn,
    pin::pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

/// What a task waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// Only for its turn.
    Turn,
    /// For the answer to the request of that number.
    Answer(u64),
    /// For a time of the simulation.
    Until(i64),
}

/// A task's word to the scheduler.
#[derive(Debug, Clone)]
pub struct Turns(Rc<Cell<Wait>>);

impl Turns {
    /// A task that waits for its first turn.
    pub fn new() -> Self {
        Self(Rc::new(Cell::new(Wait::Turn)))
    }

    /// What the task waits for.
    pub fn waits_for(&self) -> Wait {
        self.0.get()
    }

    /// Lets others go first.
    pub async fn pass(&self) {
        self.wait(Wait::Turn).await;
    }

    /// Waits; the scheduler sees to it that the wait is over when this returns.
    pub async fn wait(&self, wait: Wait) {
        self.0.set(wait);
        pass().await;
        self.0.set(Wait::Turn);
    }
}

/// Gives the word back once.
pub async fn pass() {
    let mut passed = false;
    poll_fn(move |_| {
        if passed {
            return Poll::Ready(());
        }
        passed = true;
        Poll::Pending
    })
    .await;
}

/// The value of a future that waits for nothing; `None` if it does wait.
pub fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}
