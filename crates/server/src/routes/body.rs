//! Reading request bodies, with limits on everything.

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request},
    http::header,
};
use http_body_util::LengthLimitError;
use model::{
    canonical::depth_of,
    limits::{JSON_DEPTH, REQUEST_BYTES},
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{ApiError, check::located};

/// The bytes of a body that says it is JSON, at most [`REQUEST_BYTES`] of them after
/// decompression, so that a small compressed body cannot grow without bounds.
pub(super) struct JsonBytes(pub Bytes);

/// A body read as JSON.
pub(super) struct Json<T>(pub T);

impl<S: Send + Sync> FromRequest<S> for JsonBytes {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let media_type = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .map(str::trim);
        if !media_type.is_some_and(|value| value.eq_ignore_ascii_case("application/json")) {
            return Err(ApiError::NotJson);
        }
        read(request.into_body()).await.map(Self)
    }
}

async fn read(body: Body) -> Result<Bytes, ApiError> {
    axum::body::to_bytes(body, REQUEST_BYTES).await.map_err(|error| {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
        while let Some(inner) = cause {
            if inner.is::<LengthLimitError>() {
                return ApiError::TooLarge;
            }
            cause = inner.source();
        }
        ApiError::malformed("", "The body ended early or is not compressed as it says.")
    })
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let JsonBytes(bytes) = JsonBytes::from_request(request, state).await?;
        let value: Value = serde_json::from_slice(&bytes).map_err(not_json)?;
        if depth_of(&value) > JSON_DEPTH {
            let detail = format!("The body is nested deeper than {JSON_DEPTH} levels.");
            return Err(ApiError::malformed("", detail));
        }
        located(&value).map(Self).map_err(|problem| ApiError::Malformed(vec![problem]))
    }
}

/// The body is no JSON at all. The message of the parser tells line and column and none of
/// the content.
pub(super) fn not_json(error: serde_json::Error) -> ApiError {
    ApiError::malformed("", format!("The body is not JSON: {error}."))
}
