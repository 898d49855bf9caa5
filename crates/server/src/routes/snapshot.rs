//! `GET /api/v1/snapshot`: the whole catalogue for a tablet that starts from nothing, as a list
//! of segments and one by one.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use model::Hash;

use super::{App, coding};
use crate::{ApiError, published::Form};

/// A segment is named by its hash and never has other bytes: a library's proxy fetches it once
/// for all its tablets.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// The manifest moves on with the catalogue.
const ASK_FIRST: &str = "no-cache";

pub(super) async fn manifest(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let manifest = app.published.manifest().await?.ok_or(ApiError::NoSnapshot)?;
    answer(&manifest, ASK_FIRST, &headers)
}

pub(super) async fn segment(
    State(app): State<App>,
    Path(hash): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    // Not an error of the tablet: the catalogue has moved on, or another server offered it.
    let gone =
        || ApiError::NotFound("such segment any more; ask for the snapshot again".to_owned());
    let segment = Hash::parse(&hash).and_then(|hash| app.published.segment(hash));
    let segment = segment.ok_or_else(gone)?;
    answer(&segment, FOR_EVER, &headers)
}

fn answer(form: &Form, caching: &'static str, headers: &HeaderMap) -> Result<Response, ApiError> {
    let brotli = form.brotli().filter(|_| coding::takes(headers, "br"));
    let (coding, suffix) = match brotli {
        Some(_) => (Some("br"), "-br"),
        None if coding::takes(headers, "gzip") => (Some("gzip"), "-gzip"),
        None => (None, ""),
    };
    let tag = format!("\"{}{suffix}\"", form.tag);
    let mut common = HeaderMap::new();
    common.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    common.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(value) = HeaderValue::from_str(&tag) {
        common.insert(header::ETAG, value);
    }
    if coding::has_already(headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, common).into_response());
    }
    common.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(coding) = coding {
        common.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    let bytes = match (brotli, coding) {
        (Some(bytes), _) => bytes.clone(),
        (None, Some(_)) => form.gzip().clone(),
        (None, None) => form.plain().map(Into::into).map_err(|error| {
            tracing::error!(%error, "a segment cannot be unpacked");
            ApiError::Fault
        })?,
    };
    Ok((common, bytes).into_response())
}
