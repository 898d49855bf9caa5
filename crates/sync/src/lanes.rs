//! Requests that are under way at the same time.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    task::Poll,
};

/// Requests under way, each with what it was for.
pub(crate) type Lanes<'a, T> = Vec<Pin<Box<dyn Future<Output = T> + 'a>>>;

/// The next of the lanes that has an answer.
pub(crate) async fn first<T>(lanes: &mut Lanes<'_, T>) -> T {
    poll_fn(|context| {
        for at in 0..lanes.len() {
            if let Poll::Ready(answer) = lanes[at].as_mut().poll(context) {
                drop(lanes.swap_remove(at));
                return Poll::Ready(answer);
            }
        }
        Poll::Pending
    })
    .await
}
