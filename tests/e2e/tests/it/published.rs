//! Surveys that a journey publishes for itself.

use anyhow::{Result, ensure};
use e2e::{Client, Server};
use reqwest::Method;
use serde_json::{Value, json};

/// Publishes a definition as the first version of the survey `id`, with what came of earlier answers.
pub async fn survey(server: &Server, id: &str, title: &str, definition: Value) -> Result<()> {
    let survey = json!({
        "title": { "en": title }, "summary": { "en": "Tell us how you live." },
        "outcome": { "en": "You wanted a bench. It stands there now." },
        "minutes": 4, "state": "open", "version": 1,
    });
    let version = json!({ "survey": id, "version": 1, "definition": definition });
    let version_id = format!("{id}.1");
    let edits = [("survey_version", version_id.as_str(), version), ("survey", id, survey)];
    let edits: Vec<Value> = edits
        .into_iter()
        .enumerate()
        .map(|(n, (collection, id, fields))| {
            json!({
                "edit": format!("0198c0de-0000-4000-8000-00000000010{n}"),
                "collection": collection, "id": id, "base_rev": 0, "fields": fields,
            })
        })
        .collect();
    let staff = Client::sign_in(server).await?;
    let answer = staff.send(Method::POST, "/edits", &json!({ "edits": edits })).await?;
    for result in answer["results"].as_array().into_iter().flatten() {
        ensure!(result["result"] == "merged", "{answer}");
    }
    Ok(())
}
