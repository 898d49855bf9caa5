//! Room for request bodies in memory: when it is taken, who comes next is told to come back.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::ApiError;

/// Bytes of bodies that are in memory at a time, from their first byte to the answer: two
/// thousand tablets with 20 ordinary submissions each, sixty with the largest batch the app
/// sends, or 32 bodies as large as they may be. What is read out of them takes about as much
/// again, which leaves most of 256 MiB.
const BYTES: usize = 32 * 1024 * 1024;

/// The room of a server. Clones are the same one.
#[derive(Debug, Clone)]
pub struct Room(Arc<Semaphore>);

/// The room that one body takes up, given back when dropped.
#[derive(Debug)]
pub(super) struct Taken(OwnedSemaphorePermit);

impl Default for Room {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(BYTES)))
    }
}

impl Room {
    /// A place for a body of which nothing has come yet.
    ///
    /// # Errors
    /// [`ApiError::Busy`] if all room is taken: nothing of the body need be read then.
    pub(super) fn enter(&self) -> Result<Taken, ApiError> {
        Arc::clone(&self.0).try_acquire_owned().map(Taken).map_err(|_| ApiError::Busy)
    }
}

impl Taken {
    /// Takes room for more bytes.
    ///
    /// # Errors
    /// [`ApiError::Busy`] if there is not so much.
    pub(super) fn grow(&mut self, bytes: usize) -> Result<(), ApiError> {
        let room = Arc::clone(self.0.semaphore());
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let more = room.try_acquire_many_owned(bytes).map_err(|_| ApiError::Busy)?;
        self.0.merge(more);
        Ok(())
    }
}
