//! Requests that are under way at the same time.

use std::{
    collections::VecDeque,
    future::{Future, poll_fn},
    pin::{Pin, pin},
    task::{Context, Poll},
};

/// Requests under way, each with what it was for.
pub(crate) struct Lanes<'a, T> {
    open: Vec<Pin<Box<dyn Future<Output = T> + 'a>>>,
    answered: VecDeque<T>,
}

impl<'a, T> Lanes<'a, T> {
    /// None yet.
    pub(crate) fn new() -> Self {
        Self { open: Vec::new(), answered: VecDeque::new() }
    }

    /// Puts a request on its way; it goes out as soon as anything here is waited for.
    pub(crate) fn push(&mut self, request: impl Future<Output = T> + 'a) {
        self.open.push(Box::pin(request));
    }

    /// How many there are whose answer has not been taken.
    pub(crate) fn len(&self) -> usize {
        self.open.len() + self.answered.len()
    }

    /// Whether an answer has come that was not taken.
    pub(crate) fn has_answer(&self) -> bool {
        !self.answered.is_empty()
    }

    /// The next of the answers; waits for ever if there is no request.
    pub(crate) async fn next(&mut self) -> T {
        poll_fn(|context| {
            self.go_on(context);
            self.answered.pop_front().map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }

    /// Waits for `work`, while which the requests go on: a line need not be idle because a disk is busy.
    pub(crate) async fn beside<W>(&mut self, work: impl Future<Output = W>) -> W {
        let mut work = pin!(work);
        poll_fn(|context| {
            self.go_on(context);
            work.as_mut().poll(context)
        })
        .await
    }

    fn go_on(&mut self, context: &mut Context<'_>) {
        let answered = &mut self.answered;
        self.open.retain_mut(|request| match request.as_mut().poll(context) {
            Poll::Ready(answer) => {
                answered.push_back(answer);
                false
            }
            Poll::Pending => true,
        });
    }
}
