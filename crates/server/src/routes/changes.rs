//! `GET /api/v1/changes`: the catalogue goes out, a page at a time.

use axum::{extract::State, response::Response};
use model::{limits::PAGE_RECORDS, wire::Changes};

use super::{App, json, query::Parameters, written};
use crate::ApiError;

pub(super) async fn get(
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    let most = u32::try_from(PAGE_RECORDS).unwrap_or(u32::MAX);
    let limit = parameters.limit(most, most)?;
    if let Some(cursor) = parameters.text("cursor") {
        // Nearly every question of nearly every tablet: is there news? There is none.
        let news = app.published.news().await?;
        if news.head.cursor == cursor {
            return Ok(written(news.page.clone()));
        }
    }
    let page = app.store.changes(parameters.text("cursor"), limit).await?;
    Ok(json(&Changes {
        records: page.records,
        cursor: page.cursor,
        more: page.more,
        fresh: page.fresh,
        epoch: page.epoch,
    }))
}
