//! Survey definitions, which staff publish, and answers to them.

use std::sync::Arc;

use model::{Key, submission::Response, time::Millis};
use serde::Deserialize;
use serde_json::Value;
use survey::{Context, Definition, Fill, Screen, ValidResponse};

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
    let definition = Arc::new(definition);
    filling(&definition, &response);
    let Ok(valid) = ValidResponse::check(&definition, response.clone()) else { return };
    assert_eq!(valid.into_inner(), response);
}

/// The tablet's way through the same questions ends, and agrees with the server's check.
fn filling(definition: &Arc<Definition>, response: &Response) {
    let context = Context { now: Millis(1_764_000_000_000), seed: 7, ..Context::default() };
    let mut fill = Fill::start(Arc::clone(definition), context);
    // Every page is left once: no answer that is given here takes somebody back.
    for _ in 0..=definition.items.len() * 4 {
        if matches!(fill.screen(), Screen::Check) {
            break;
        }
        let paths: Vec<String> = fill.fields().iter().map(|field| field.path()).collect();
        for path in &paths {
            fill.set(path, response.answers.get(path).cloned());
        }
        if fill.go_on().is_err() {
            paths.iter().for_each(|path| {
                fill.set(path, None);
            });
            if fill.go_on().is_err() {
                break;
            }
        }
        let progress = fill.progress();
        assert!(progress.number <= progress.about);
    }
    let journal = fill.journal();
    let resumed = Fill::resume(Arc::clone(definition), &journal);
    assert_eq!(resumed.answers(), fill.answers(), "a crash loses nothing");
    let Some(survey) = Key::parse("s") else { return };
    let stopped = fill.stop(survey, 1, None).into_inner();
    assert_eq!(definition.check(&stopped), Vec::new(), "the server takes what the tablet makes");
}
