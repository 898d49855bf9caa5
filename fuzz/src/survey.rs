//! Survey definitions, which staff publish, and answers to them.

use model::{Key, submission::Response};
use serde::Deserialize;
use serde_json::Value;
use survey::{Definition, Fill, ValidResponse};

/// Takes `data` as an object with a definition and answers.
pub fn run(data: &[u8]) {
    let Ok(value) = serde_json::from_slice::<Value>(data) else { return };
    let definition = value.get("definition").unwrap_or(&value);
    let published = Definition::read_published(definition);
    let definition = match Definition::read(definition) {
        Ok(definition) => definition,
        Err(problems) => return assert!(!problems.is_empty()),
    };
    assert_eq!(published.as_ref(), Some(&definition), "the tablet sees what the server saw");
    let Some(answers) = value.get("answers") else { return };
    let Ok(answers) = Deserialize::deserialize(answers) else { return };
    let Some(survey) = Key::parse("s") else { return };
    let response = Response { survey, version: 1, answers, seconds: None, partial: false };
    filling(&definition, &response);
    let Ok(valid) = ValidResponse::check(&definition, response.clone()) else { return };
    assert_eq!(valid.into_inner(), response);
}

/// The tablet's way through the same questions ends, and agrees with the server's check.
fn filling(definition: &Definition, response: &Response) {
    let mut fill = Fill::start(definition.clone());
    for _ in 0..=definition.questions().len() {
        let Some(question) = fill.question() else { break };
        let name = question.name.clone();
        if fill.next(response.answers.get(&name).cloned()).is_err() && fill.next(None).is_err() {
            return;
        }
        let progress = fill.progress();
        assert!(progress.number <= progress.about);
    }
    assert!(fill.question().is_none(), "the questions never end");
}
