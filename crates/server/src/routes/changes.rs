//! `GET /api/v1/changes`: the catalogue goes out, a page at a time.

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use model::{limits::PAGE_RECORDS, wire::Changes};

use super::{App, json_bytes, query::Parameters};
use crate::ApiError;

pub(super) async fn get(
    State(app): State<App>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let most = u32::try_from(PAGE_RECORDS).unwrap_or(u32::MAX);
    let limit = parameters.limit(most, most)?;
    let page = app.store.changes(parameters.text("cursor"), limit).await?;
    let body = Bytes::from(json_bytes(&Changes {
        records: page.records,
        cursor: page.cursor,
        more: page.more,
        fresh: page.fresh,
        epoch: page.epoch,
    })?);
    let packed = if takes_brotli(&headers) { app.packed.brotli(&body).await } else { None };
    let media_type = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(match packed {
        Some(packed) => {
            let brotli = (header::CONTENT_ENCODING, HeaderValue::from_static("br"));
            let vary = (header::VARY, HeaderValue::from_static("accept-encoding"));
            ([media_type, brotli, vary], packed).into_response()
        }
        None => ([media_type], body).into_response(),
    })
}

/// Whether the other side reads brotli (RFC 9110, 12.5.3). One that names it with a weight of 0 does not; no browser
/// does that.
fn takes_brotli(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let mut codings = accepted.unwrap_or_default().split(',').map(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        (name.trim(), weight.trim())
    });
    codings.any(|(name, weight)| name == "br" && weight != "q=0")
}
