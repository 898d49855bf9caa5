//! Staff read what came in.

use model::{Key, feedback::Feedback};
use serde_json::{Value, json};

use crate::{
    server::Server,
    submissions::{MADE_AT, feedback, feedback_at},
};

const DAY: i64 = 24 * 60 * 60 * 1_000;

fn words(page: &Value) -> Vec<&str> {
    let rows = page["rows"].as_array().unwrap();
    rows.iter().map(|row| row["feedback"]["words"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_newest_comes_first_and_pages_follow_each_other() {
    let server = Server::start().await;
    let cookie = server.cookie().await;
    let records: Vec<_> = (1..=5).map(|n| feedback(n, &format!("word {n}"))).collect();
    server.push(&records).await;
    let get = async |query: &str| {
        server.get_as(&cookie, &format!("/api/v1/feedback?{query}")).await.json()
    };
    let first = get("limit=2").await;
    assert_eq!((words(&first), &first["total"]), (vec!["word 5", "word 4"], &json!(5)));
    assert_eq!(first["more"], true);
    let last = get(&format!("limit=3&before={}", first["rows"][1]["seq"])).await;
    assert_eq!(words(&last), ["word 3", "word 2", "word 1"]);
    assert_eq!(last["more"], false);
}

#[tokio::test]
async fn filters_by_venue_theme_and_london_day() {
    let server = Server::start().await;
    let cookie = server.cookie().await;
    let told = |words: &str, venue: &str, theme: &str| Feedback {
        words: words.to_owned(),
        venue: Key::parse(venue),
        themes: Key::parse(theme).into_iter().collect(),
        consent: true,
        ..Feedback::default()
    };
    // 30 June 2026, 23:30 UTC, is 1 July in London.
    let late = 1_782_862_200_000;
    server
        .push(&[
            feedback_at(1, MADE_AT, told("here", "grays-library", "health")),
            feedback_at(2, MADE_AT + DAY, told("there", "elsewhere", "health")),
            feedback_at(3, late, told("summer", "grays-library", "transport")),
        ])
        .await;
    let get = async |query: &str| {
        let page = server.get_as(&cookie, &format!("/api/v1/feedback?{query}")).await.json();
        assert_eq!(page["total"], page["rows"].as_array().unwrap().len());
        words(&page).join(" ")
    };
    assert_eq!(get("").await, "summer there here");
    assert_eq!(get("venue=grays-library").await, "summer here");
    assert_eq!(get("theme=health").await, "there here");
    assert_eq!(get("theme=health&venue=grays-library&from=&to=").await, "here");
    assert_eq!(get("from=2026-11-24&to=2026-11-24").await, "here");
    assert_eq!(get("from=2026-11-25").await, "there");
    assert_eq!(get("to=2026-06-30").await, "");
    assert_eq!(get("from=2026-07-01&to=2026-07-01").await, "summer");
    let bad = server.get_as(&cookie, "/api/v1/feedback?from=yesterday").await;
    assert_eq!(bad.problem(400), "/from");
}
