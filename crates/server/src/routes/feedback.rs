//! `GET /api/v1/feedback`: staff read what residents said, newest first.

use axum::{extract::State, response::Response};
use model::wire::FeedbackPage;

use super::{App, json, query::Parameters, session::Staff};
use crate::{ApiError, export::feedback_row, store::Slice};

/// Rows on a page unless told: what somebody reads in one sitting.
const ROWS: u32 = 50;
/// Rows on a page at most: with every text full they are 6 MiB, in practice 100 KiB.
const MOST_ROWS: u32 = 200;

pub(super) async fn get(
    State(app): State<App>,
    _staff: Staff,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    let filter = parameters.filter("feedback")?;
    let limit = parameters.limit(ROWS, MOST_ROWS)?;
    let before = parameters.number("before")?;
    let total = app.store.count(&filter).await?;
    let mut found = app.store.submissions(&filter, Slice::Before(before), limit + 1).await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > limit;
    found.truncate(limit);
    let rows = found.iter().map(feedback_row).collect::<Result<_, _>>()?;
    Ok(json(&FeedbackPage { rows, total, more }))
}
