//! How a task gives the word back to the scheduler: between any two transactions and requests,
//! so that anything may happen there, a crash included.

use std::{
    cell::{Cell, RefCell},
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

/// At most so many things are waited for by one task at the same time: more than a download
/// asks for segments, so that the numbers of a task's places stay below.
pub const PLACES: usize = 8;

/// A task's word to the scheduler: what it waits for, at each of its places. A download waits
/// for several answers, and any of them may come first.
#[derive(Debug, Clone)]
pub struct Turns(Rc<State>);

#[derive(Debug, Default)]
struct State {
    places: RefCell<Vec<Option<Wait>>>,
    /// The place whose wait is over.
    turn: Cell<Option<usize>>,
}

impl Turns {
    /// A task that has not begun.
    pub fn new() -> Self {
        Self(Rc::default())
    }

    /// Shows what the task waits for, place by place. What it does itself comes first: while it is
    /// at a transaction it takes no answers.
    pub fn each(&self, mut show: impl FnMut(usize, Wait)) {
        let places = self.0.places.borrow();
        let waits = || places.iter().enumerate().filter_map(|(at, wait)| Some((at, (*wait)?)));
        match waits().find(|(_, wait)| !matches!(wait, Wait::Answer(_))) {
            Some((at, wait)) => show(at, wait),
            None => waits().for_each(|(at, wait)| show(at, wait)),
        }
    }

    /// Whether the task waits for nothing, since it has not begun.
    pub fn is_new(&self) -> bool {
        self.0.places.borrow().is_empty()
    }

    /// The requests whose answers the task waits for.
    pub fn awaited(&self) -> Vec<u64> {
        let numbers = |wait: &Option<Wait>| match wait {
            Some(Wait::Answer(number)) => Some(*number),
            _ => None,
        };
        self.0.places.borrow().iter().filter_map(numbers).collect()
    }

    /// The wait at that place is over: the task is to be polled next.
    pub fn give(&self, place: usize) {
        self.0.turn.set(Some(place));
    }

    /// Takes a place, the first one that is free, to wait there.
    pub fn take_place(&self) -> Place {
        let mut places = self.0.places.borrow_mut();
        let free = places.iter().position(Option::is_none);
        let number = free.unwrap_or(places.len());
        debug_assert!(number < PLACES, "a task waits for too much");
        if free.is_none() {
            places.push(None);
        }
        places[number] = Some(Wait::Turn);
        Place { turns: self.clone(), number }
    }

    /// Lets others go first.
    pub async fn pass(&self) {
        self.wait(Wait::Turn).await;
    }

    /// Waits; the scheduler sees to it that the wait is over when this returns.
    pub async fn wait(&self, wait: Wait) {
        self.take_place().wait(wait).await;
    }
}

/// Where a task waits. It is free again when this is dropped.
#[derive(Debug)]
pub struct Place {
    turns: Turns,
    /// Its number, below [`PLACES`].
    pub number: usize,
}

impl Place {
    /// Waits; see [`Turns::wait`].
    pub async fn wait(&self, wait: Wait) {
        let Turns(state) = &self.turns;
        state.places.borrow_mut()[self.number] = Some(wait);
        poll_fn(|_| {
            if state.turn.get() != Some(self.number) {
                return Poll::Pending;
            }
            state.turn.set(None);
            Poll::Ready(())
        })
        .await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.turns.0.places.borrow_mut()[self.number] = None;
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
