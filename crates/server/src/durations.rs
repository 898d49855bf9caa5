//! How long surveys take people: measured from their own fills, and told to those who come after them.
//!
//! It goes to tablets with the survey's record, so it is a field there, `measured`, beside the `minutes` that staff wrote. It
//! tells nothing of anybody: the median of ten people or more, in whole minutes, of the version that is asked now.

use std::time::Duration;

use model::{
    Collection, Key, Record,
    catalogue::{Measured, Survey, SurveyState, view},
    suppression::FEWEST,
    time::Millis,
    wire::{Edit, EditResult},
};
use serde_json::{Map, Value, json};

use crate::{
    Store, StoreError,
    clock::{now, random},
    export::response_of,
    store::{AuthoredEdit, Filter, Slice},
};

/// How often is looked: a survey begins at ten fills, and a median moves slowly.
const EVERY: Duration = Duration::from_secs(10 * 60);
/// The latest responses that are looked at: a survey becomes quicker or slower with those who fill it.
const LATEST: u32 = 500;
/// Who changes the record, where edits name an account. No account of staff can have this name: it has a space.
const AUTHOR: &str = "the server";

/// Measures now and again for as long as the server runs. On PostgreSQL each server does, and finds the same.
pub async fn keep(store: Store) {
    let mut moments = tokio::time::interval(EVERY);
    loop {
        moments.tick().await;
        match measure(&store, now()).await {
            Ok(0) => {}
            Ok(changed) => tracing::info!(changed, "surveys say anew how long they take"),
            Err(error) => tracing::warn!(%error, "how long surveys take was not measured"),
        }
    }
}

/// Measures each open survey and writes what has changed; gives how many that are.
///
/// # Errors
/// If the database cannot be read or written.
pub async fn measure(store: &Store, now: Millis) -> Result<usize, StoreError> {
    let mut edits = Vec::new();
    for record in store.records(Collection::Survey).await? {
        let Ok(survey) = view::<Survey>(&record.fields) else { continue };
        if survey.state != SurveyState::Open {
            continue;
        }
        let seconds = seconds_of(store, &record.id, survey.version).await?;
        let Some(minutes) = median_minutes(seconds) else { continue };
        let measured = Measured { version: survey.version, minutes };
        if survey.measured.as_ref() != Some(&measured) {
            edits.push(edit(&record, &measured)?);
        }
    }
    if edits.is_empty() {
        return Ok(0);
    }
    let results = store.edit(edits, now).await?;
    // Staff may have changed the survey meanwhile; then the next look does it.
    Ok(results.iter().filter(|result| matches!(result, EditResult::Merged { .. })).count())
}

/// What the latest fills of a version took, in seconds, those left out that were stopped early.
async fn seconds_of(store: &Store, survey: &Key, version: u32) -> Result<Vec<u32>, StoreError> {
    let filter = Filter { kind: "response", survey: Some(survey.to_string()), ..Filter::default() };
    let mut seconds = Vec::new();
    for stored in store.submissions(&filter, Slice::Before(None), LATEST).await? {
        let (_, response) = response_of(&stored)?;
        if response.version == version && !response.partial {
            seconds.extend(response.seconds);
        }
    }
    Ok(seconds)
}

/// The median in whole minutes, 1 or more; `None` of fewer than [`FEWEST`] fills.
fn median_minutes(mut seconds: Vec<u32>) -> Option<u32> {
    if seconds.len() < usize::try_from(FEWEST).unwrap_or(usize::MAX) {
        return None;
    }
    seconds.sort_unstable();
    let median = seconds.get(seconds.len() / 2)?;
    Some((median.saturating_add(30) / 60).max(1))
}

fn edit(record: &Record, measured: &Measured) -> Result<AuthoredEdit, StoreError> {
    let bytes = random().map_err(|error| StoreError::Unavailable(error.to_string()))?;
    let value: Value = json!(measured);
    let edit = Edit {
        edit: uuid::Builder::from_random_bytes(bytes).into_uuid(),
        collection: Collection::Survey.name().to_owned(),
        id: record.id.clone(),
        base_rev: record.rev,
        fields: Map::from_iter([("measured".to_owned(), value)]),
        delete: false,
    };
    Ok(AuthoredEdit { account: AUTHOR.to_owned(), edit })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_fills_make_a_median_and_one_slow_person_does_not() {
        assert_eq!(median_minutes(vec![200; 9]), None);
        let mut fills = vec![200; 9];
        fills.push(9_000);
        assert_eq!(median_minutes(fills), Some(3));
        assert_eq!(median_minutes(vec![5; 12]), Some(1), "less than a minute is about one");
    }
}
