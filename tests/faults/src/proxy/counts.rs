//! What has passed the proxy, and which faults struck.

use std::sync::atomic::{AtomicU64, Ordering};

/// The state of the counters at one time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Connections that came.
    pub connections: u64,
    /// Connections refused, since the server was unplugged or did not run.
    pub refused: u64,
    /// Requests that began: on each connection one, and one with each byte up after bytes down.
    pub requests: u64,
    /// Bytes that reached the server.
    pub up: u64,
    /// Bytes that reached clients.
    pub down: u64,
    /// Cuts in good order that struck.
    pub closes: u64,
    /// Cuts with a reset that struck.
    pub resets: u64,
    /// Stalls that struck.
    pub stalls: u64,
    /// Half answers that struck.
    pub half_answers: u64,
}

impl Counts {
    /// Faults that struck, of all kinds.
    pub fn faults(&self) -> u64 {
        self.closes + self.resets + self.stalls + self.half_answers
    }
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) connections: AtomicU64,
    pub(super) refused: AtomicU64,
    pub(super) requests: AtomicU64,
    pub(super) up: AtomicU64,
    pub(super) down: AtomicU64,
    pub(super) closes: AtomicU64,
    pub(super) resets: AtomicU64,
    pub(super) stalls: AtomicU64,
    pub(super) half_answers: AtomicU64,
}

impl Counters {
    pub(super) fn read(&self) -> Counts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            connections: read(&self.connections),
            refused: read(&self.refused),
            requests: read(&self.requests),
            up: read(&self.up),
            down: read(&self.down),
            closes: read(&self.closes),
            resets: read(&self.resets),
            stalls: read(&self.stalls),
            half_answers: read(&self.half_answers),
        }
    }
}
