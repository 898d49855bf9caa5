//! The errors of the API and the one place where they become HTTP: problem details
//! (RFC 9457).

use std::{
    ops::RangeInclusive,
    sync::atomic::{AtomicU64, Ordering},
};

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use model::{Problem, ProblemCode, limits::REQUEST_BYTES, wire::ProblemDetails};

use crate::{clock::NoChance, store::StoreError};

/// Why a request was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The body or a parameter cannot be read.
    #[error("The request cannot be read.")]
    Malformed(Vec<Problem>),
    /// The body can be read and is not acceptable.
    #[error("The request holds what is not allowed.")]
    Invalid(Vec<Problem>),
    /// The body is larger than so many bytes.
    #[error("The request is larger than {0} bytes. Send less at a time.")]
    TooLarge(usize),
    /// The body is not JSON by its own word.
    #[error("Send the body as application/json, plain or compressed with gzip.")]
    NotJson,
    /// Nobody is signed in.
    #[error("Sign in to see or change this.")]
    SignedOut,
    /// The sign-in failed. Does not tell which part was wrong.
    #[error("The name or the password is wrong.")]
    WrongPassword,
    /// Too many failed sign-ins.
    #[error("Too many wrong passwords. Try again in {0} seconds.")]
    TooManyTries(u64),
    /// The request comes from a page of another site.
    #[error("This request comes from another site and is not carried out.")]
    OtherSite,
    /// Nothing is there.
    #[error("There is no {0}.")]
    NotFound(String),
    /// The path exists, the method does not.
    #[error("This address does not take that method.")]
    WrongMethod,
    /// The app is too old to be understood.
    #[error("This app is too old for the server. Load it again to update it.")]
    OldClient,
    /// The request took longer than it may.
    #[error("The request took too long. Send it again.")]
    TookTooLong,
    /// More is being done than there is room for.
    #[error("The server has too much to do at the moment. Send it again later.")]
    Busy,
    /// The database cannot take it now.
    #[error("The server cannot store this at the moment. Send it again later.")]
    Unavailable(#[source] StoreError),
    /// The server has just started and is still making its first snapshot.
    #[error("There is no snapshot yet. Read the changes page by page, or ask again later.")]
    NoSnapshot,
    /// A fault of this program.
    #[error("The server failed. Its log tells more under the id of this request.")]
    Fault,
}

/// The server's word for a client that should come back later, in seconds: each answer names the
/// next of these, so that tablets which were turned away together come back apart. What waits
/// when the server is full takes it about a second, and in ten it can take thousands of tablets.
const COME_BACK: RangeInclusive<u64> = 2..=11;

fn come_back() -> u64 {
    static TURNED_AWAY: AtomicU64 = AtomicU64::new(0);
    let seconds = COME_BACK.end() - COME_BACK.start() + 1;
    COME_BACK.start() + TURNED_AWAY.fetch_add(1, Ordering::Relaxed) % seconds
}

impl ApiError {
    /// One parameter or field that cannot be read.
    pub fn malformed(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::Malformed(vec![Problem::new(pointer, ProblemCode::Malformed, detail)])
    }

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Malformed(_) => (StatusCode::BAD_REQUEST, "malformed", "Malformed request"),
            Self::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid", "Invalid request"),
            Self::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, "too-large", "Request too large"),
            Self::NotJson => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-json", "Unsupported content type")
            }
            Self::SignedOut => (StatusCode::UNAUTHORIZED, "signed-out", "Not signed in"),
            Self::WrongPassword => {
                (StatusCode::UNAUTHORIZED, "wrong-password", "Wrong name or password")
            }
            Self::TooManyTries(_) => {
                (StatusCode::TOO_MANY_REQUESTS, "too-many-tries", "Too many tries")
            }
            Self::OtherSite => (StatusCode::FORBIDDEN, "other-site", "Request from another site"),
            Self::NotFound(_) => (StatusCode::NOT_FOUND, "not-found", "Not found"),
            Self::WrongMethod => {
                (StatusCode::METHOD_NOT_ALLOWED, "wrong-method", "Method not allowed")
            }
            Self::OldClient => (StatusCode::UPGRADE_REQUIRED, "old-client", "App too old"),
            Self::TookTooLong => (StatusCode::REQUEST_TIMEOUT, "took-too-long", "Took too long"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy", "Too much to do"),
            Self::Unavailable(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Not available now")
            }
            Self::NoSnapshot => (StatusCode::SERVICE_UNAVAILABLE, "no-snapshot", "No snapshot yet"),
            Self::Fault => (StatusCode::INTERNAL_SERVER_ERROR, "fault", "Server fault"),
        }
    }

    fn retry_after(&self, come_back: impl FnOnce() -> u64) -> Option<u64> {
        match self {
            Self::TooManyTries(seconds) => Some(*seconds),
            Self::Busy | Self::Unavailable(_) | Self::TookTooLong | Self::NoSnapshot => {
                Some(come_back())
            }
            _ => None,
        }
    }

    /// The error as it goes out. `come_back` gives the seconds after which the client may try again,
    /// from 2 to 11, where the error is the server's own trouble; a simulation has its own, for what
    /// a run meets must not depend on the run before.
    pub fn answer(self, come_back: impl FnOnce() -> u64) -> Response {
        let (status, kind, title) = self.kind();
        let retry_after = self.retry_after(come_back);
        let detail = self.to_string();
        let problems = match self {
            Self::Malformed(problems) | Self::Invalid(problems) => problems,
            _ => Vec::new(),
        };
        let body = ProblemDetails {
            kind: format!("/problems/{kind}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: problems.first().map_or(detail, ToString::to_string),
            problems,
        };
        let bytes = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = (status, bytes).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }

    /// The error that a bare answer of a layer stands for, by its status.
    pub(crate) fn of_status(status: StatusCode) -> Option<Self> {
        match status {
            StatusCode::NOT_FOUND => Some(Self::NotFound("such address".to_owned())),
            StatusCode::METHOD_NOT_ALLOWED => Some(Self::WrongMethod),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Some(Self::NotJson),
            StatusCode::PAYLOAD_TOO_LARGE => Some(Self::TooLarge(REQUEST_BYTES)),
            status if status.is_client_error() => Some(Self::Malformed(Vec::new())),
            status if status.is_server_error() => Some(Self::Fault),
            _ => None,
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            // A database that does not let us in is being put in order, or soon will be.
            StoreError::Busy
            | StoreError::Contended(_)
            | StoreError::Unavailable(_)
            | StoreError::NotSetUp(_) => Self::Unavailable(error),
            StoreError::Corrupt { .. }
            | StoreError::Unusable(_)
            | StoreError::ElsewhereDone(_)
            | StoreError::Undone(_)
            | StoreError::Statement(_) => {
                tracing::error!(%error, "a request failed in the database");
                Self::Fault
            }
        }
    }
}

impl From<NoChance> for ApiError {
    fn from(error: NoChance) -> Self {
        tracing::error!(%error, "a request failed");
        Self::Fault
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        self.answer(come_back)
    }
}
