//! `GET /api/v1/changes`: the catalogue goes out, a page at a time.

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use model::{limits::PAGE_RECORDS, wire::Changes};

use super::{App, coding, json_bytes, query::Parameters};
use crate::ApiError;

pub(super) async fn get(
    State(app): State<App>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let most = u32::try_from(PAGE_RECORDS).unwrap_or(u32::MAX);
    let limit = parameters.limit(most, most)?;
    let media_type = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(cursor) = parameters.text("cursor") {
        // Nearly every question of nearly every tablet: is there news? There is none.
        let news = app.published.news().await?;
        if news.head.cursor == cursor {
            return Ok(([media_type], news.page.clone()).into_response());
        }
    }
    let page = app.store.changes(parameters.text("cursor"), limit).await?;
    let body = Bytes::from(json_bytes(&Changes {
        records: page.records,
        cursor: page.cursor,
        more: page.more,
        fresh: page.fresh,
        epoch: page.epoch,
    })?);
    let packed = if coding::takes(&headers, "br") { app.packed.brotli(&body).await } else { None };
    Ok(match packed {
        Some(packed) => {
            let brotli = (header::CONTENT_ENCODING, HeaderValue::from_static("br"));
            let vary = (header::VARY, HeaderValue::from_static("accept-encoding"));
            ([media_type, brotli, vary], packed).into_response()
        }
        None => ([media_type], body).into_response(),
    })
}
