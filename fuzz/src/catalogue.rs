//! The catalogue that the targets start from: one record of each kind.

use serde_json::{Value, json};
use server::import::SourceFile;

/// Its files.
pub fn files() -> Vec<SourceFile> {
    let named = |id: &str, name: &str| json!({"id": id, "name": {"en": name, "pl": name}});
    let list = |name: &str, records: Value| SourceFile {
        name: format!("{name}.json"),
        text: records.to_string(),
    };
    vec![
        list("area", json!([named("grays", "Grays")])),
        list("theme", json!([named("health", "Health"), named("travel", "Travel")])),
        list("category", json!([named("money", "Money")])),
        list(
            "venue",
            json!([{
                "id": "library", "name": {"en": "Library"}, "address": ["Orsett Road"],
                "postcode": "RM17 5DX", "area": "grays",
                "hours": [{"day": "monday", "from": "09:00:00", "to": "17:00:00"}],
            }]),
        ),
        list(
            "event",
            json!([{
                "id": "knit", "title": {"en": "Knit"}, "summary": {"en": "Wool."},
                "venue": "library", "themes": ["health"], "start": "2026-11-24T10:30:00",
                "minutes": 90, "rule": "FREQ=WEEKLY;BYDAY=TU",
            }]),
        ),
        list(
            "listing",
            json!([{
                "id": "advice", "title": {"en": "Advice"}, "summary": {"en": "Help."},
                "categories": ["money"], "cost": "free", "phones": [{"number": "116 123"}],
            }]),
        ),
        list(
            "survey_version",
            json!([{
                "id": "s.1", "survey": "s", "version": 1, "definition": definition(),
            }]),
        ),
        list(
            "survey",
            json!([{
                "id": "s", "title": {"en": "S"}, "summary": {"en": "Why."}, "minutes": 3,
                "state": "open", "version": 1,
            }]),
        ),
    ]
}

/// A question of each type, with conditions.
fn definition() -> Value {
    let choices = json!([
        {"name": "yes", "label": {"en": "Yes"}}, {"name": "no", "label": {"en": "No"}},
    ]);
    json!({
        "languages": ["en"],
        "items": [
            {"name": "a", "type": "select_one", "label": {"en": "A"}, "may_decline": true,
             "choices": choices},
            {"name": "b", "type": "select_multiple", "label": {"en": "B"}, "choices": choices},
            {"name": "g", "type": "group", "relevant": "${a} = 'yes' or selected(${b}, 'no')",
             "items": [
                {"name": "c", "type": "integer", "label": {"en": "C"},
                 "constraint": ". > -5 and . div 2 < 1000"},
                {"name": "d", "type": "decimal", "label": {"en": "D"},
                 "relevant": "${c} mod 2 = 1 or string-length(${c} + 1) > 2"},
            ]},
            {"name": "e", "type": "text", "label": {"en": "E"}},
            {"name": "f", "type": "date", "label": {"en": "F"}},
            {"name": "h", "type": "range", "label": {"en": "H"},
             "parameters": {"start": 0, "end": 10, "step": 5}},
            {"name": "i", "type": "note", "label": {"en": "I"}},
        ],
    })
}
