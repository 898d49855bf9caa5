//! `GET /api/v1/results/{survey}`: what people answered, counted.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    extract::{Path, State},
    response::Response,
};
use model::{Collection, submission::Answer, tally::Tally, wire::Results};
use survey::Kind;

use super::{App, json, query::Parameters, session::Staff};
use crate::{
    ApiError,
    export::{response_of, versions_of},
    store::{Filter, Slice},
};

/// The latest words shown for a question: more are read in the export, not on a screen.
const WORDS: usize = 200;
/// Responses read from the database at a time: about a mebibyte, and a reader is held for milliseconds.
const CHUNK: u32 = 1_000;

pub(super) async fn get(
    State(app): State<App>,
    _staff: Staff,
    Path(survey): Path<String>,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    if app.store.record(Collection::Survey, &survey).await?.is_none() {
        return Err(ApiError::NotFound(format!("survey \"{survey}\"")));
    }
    let spoken: BTreeSet<String> = versions_of(&app.store, &survey)
        .await?
        .iter()
        .flat_map(|(_, definition)| definition.questions())
        .filter(|question| matches!(question.kind, Kind::Text))
        .map(|question| question.path.clone())
        .collect();
    let filter = Filter { survey: Some(survey), ..parameters.filter("response")? };
    let mut results = Results { responses: 0, tallies: BTreeMap::new(), words: BTreeMap::new() };
    let mut before = None;
    loop {
        let chunk = app.store.submissions(&filter, Slice::Before(before), CHUNK).await?;
        let Some(last) = chunk.last() else { break };
        before = Some(last.seq);
        for stored in &chunk {
            let (_, response) = response_of(stored)?;
            results.responses += 1;
            for (question, answer) in response.answers.iter() {
                count(&mut results, question, answer, spoken.contains(question));
            }
        }
    }
    Ok(json(&results))
}

/// Words are shown as they are; counting how often each was written tells nothing.
fn count(results: &mut Results, question: &str, answer: &Answer, spoken: bool) {
    let tally: &mut Tally = results.tallies.entry(question.to_owned()).or_default();
    match answer {
        Answer::One(words) if spoken => {
            tally.answered += 1;
            let latest = results.words.entry(question.to_owned()).or_default();
            if latest.len() < WORDS {
                latest.push(words.clone());
            }
        }
        answer => tally.add(answer),
    }
}
