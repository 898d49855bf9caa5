//! The server, as the engine sees it.

use model::{
    Hash,
    limits::PUSH_RECORDS,
    snapshot::Manifest,
    wire::{Changes, Probe, ProblemDetails, Push, PushAnswer},
};

use crate::StorageError;

/// The calls the engine makes. An implementation must give [`SyncError::Offline`] for
/// anything that is not this server's own answer, a captive portal's page included.
#[expect(async_fn_in_trait, reason = "the browser has one thread; no future is sent anywhere")]
pub trait Remote {
    /// How many segments are asked for at a time: enough that a slow line is never idle while an
    /// answer is on its way, and fewer than the six connections a browser opens to one server,
    /// so that a push finds one free.
    const LANES: usize = 4;

    /// How many batches are under way at a time: while the server stores one and its answer comes
    /// back, the next goes up, and one more is there when the tablet's disk is slow.
    const PUSHES: usize = 3;

    /// How many submissions go in one batch, [`PUSH_RECORDS`] at most.
    const BATCH: usize = PUSH_RECORDS;

    /// `POST /api/v1/push`.
    async fn push(&self, push: &Push) -> Result<PushAnswer, SyncError>;
    /// `GET /api/v1/changes` from `cursor`, or from the start.
    async fn changes(&self, cursor: Option<&str>) -> Result<Changes, SyncError>;
    /// `GET /api/v1/snapshot`; none where the remote does not know snapshots.
    async fn manifest(&self) -> Result<Option<Manifest>, SyncError> {
        Ok(None)
    }
    /// `GET /api/v1/snapshot/{hash}`: the text of one segment. The engine compares the hash.
    async fn segment(&self, hash: Hash) -> Result<String, SyncError> {
        Err(SyncError::Offline(format!("there is no segment {hash}")))
    }
    /// `GET /api/v1/probe`; the answer's nonce has been compared.
    async fn probe(&self) -> Result<Probe, SyncError>;
}

/// Why a sync stopped. None of these is the end of anything: what waits goes on waiting.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SyncError {
    /// No answer of the server reached us. A normal state; try again later.
    #[error("The server cannot be reached: {0}")]
    Offline(String),
    /// The server asks to wait this many milliseconds (408, 429, 5xx with `Retry-After`).
    #[error("The server is busy. Try again in {0} ms.")]
    RetryAfter(u64),
    /// 401: a person must sign in first.
    #[error("Sign in to go on.")]
    NeedsSignIn,
    /// Another 4xx, with the server's own problem details.
    #[error("The server refused: {}", .0.detail)]
    Refused(ProblemDetails),
    /// 426: this app is too old for the server.
    #[error("This app is too old. Load its new version, then what waits is sent.")]
    UpgradeNeeded,
    /// The tablet's own storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}
