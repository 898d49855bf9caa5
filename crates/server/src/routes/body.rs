//! Reading request bodies, with limits on everything.

use axum::{
    body::{Body, HttpBody},
    extract::{FromRequest, Request},
    http::header,
};
use http_body_util::BodyExt;
use model::{
    canonical::depth_of,
    limits::{JSON_DEPTH, REQUEST_BYTES},
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    App,
    room::{Room, Taken},
};
use crate::{ApiError, check::located};

/// The bytes of a body that says it is JSON, at most [`REQUEST_BYTES`] of them after
/// decompression, so that a small compressed body cannot grow without bounds.
pub(super) struct JsonBytes {
    /// The body.
    pub bytes: Vec<u8>,
    /// The room that it takes up in the memory, until this is dropped.
    pub _taken: Taken,
}

/// A body read as JSON.
pub(super) struct Json<T>(pub T);

impl JsonBytes {
    /// Reads a body of at most so many bytes.
    ///
    /// # Errors
    /// [`ApiError::NotJson`], [`ApiError::TooLarge`], or [`ApiError::Busy`] if there is no room
    /// for it.
    async fn read(request: Request, app: &App, most: usize) -> Result<Self, ApiError> {
        let media_type = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .map(str::trim);
        if !media_type.is_some_and(|value| value.eq_ignore_ascii_case("application/json")) {
            return Err(ApiError::NotJson);
        }
        let (bytes, taken) = read(request.into_body(), &app.room, most).await?;
        Ok(Self { bytes, _taken: taken })
    }
}

impl FromRequest<App> for JsonBytes {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        Self::read(request, app, REQUEST_BYTES).await
    }
}

/// Takes room as the bytes come: who only says how much will come takes none.
pub(super) async fn read(
    mut body: Body,
    room: &Room,
    most: usize,
) -> Result<(Vec<u8>, Taken), ApiError> {
    let said = body.size_hint().lower().try_into().unwrap_or(usize::MAX);
    let mut bytes = Vec::with_capacity(said.min(most));
    let mut taken = room.enter()?;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| {
            ApiError::malformed("", "The body ended early or is not compressed as it says.")
        })?;
        let Ok(data) = frame.into_data() else { continue };
        if bytes.len() + data.len() > most {
            return Err(ApiError::TooLarge(most));
        }
        taken.grow(data.len())?;
        bytes.extend_from_slice(&data);
    }
    Ok((bytes, taken))
}

impl<T: DeserializeOwned> Json<T> {
    /// Reads a body of at most so many bytes.
    ///
    /// # Errors
    /// As [`JsonBytes::read`], or [`ApiError::Malformed`] for what is no `T`.
    pub(super) async fn read(request: Request, app: &App, most: usize) -> Result<Self, ApiError> {
        let JsonBytes { bytes, .. } = JsonBytes::read(request, app, most).await?;
        let value: Value = serde_json::from_slice(&bytes).map_err(not_json)?;
        if depth_of(&value) > JSON_DEPTH {
            let detail = format!("The body is nested deeper than {JSON_DEPTH} levels.");
            return Err(ApiError::malformed("", detail));
        }
        located(&value).map(Self).map_err(|problem| ApiError::Malformed(vec![problem]))
    }
}

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        Self::read(request, app, REQUEST_BYTES).await
    }
}

/// The body is no JSON at all. The message of the parser tells line and column and none of
/// the content.
pub(super) fn not_json(error: serde_json::Error) -> ApiError {
    ApiError::malformed("", format!("The body is not JSON: {error}."))
}
