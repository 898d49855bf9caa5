//! Who asks for results again is told in no words that nothing is new, without a response being read, and of all that is.

use axum::{
    body::Body,
    http::{Request, header},
};
use model::results::answer_of;
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::{
    postgres,
    server::{Answer, Server, definition},
    submissions::response,
};

/// Changes the database behind the server's back; SQLite and PostgreSQL each in its own words.
async fn execute(server: &Server, [sqlite, postgres]: [&'static str; 2]) {
    match postgres::in_place_of(server.dir.path()) {
        Some(url) => {
            let mut conn = PgConnection::connect(&url).await.unwrap();
            sqlx::query(postgres).execute(&mut conn).await.unwrap();
        }
        None => {
            let options =
                SqliteConnectOptions::new().filename(server.dir.path().join("together.db"));
            let mut conn = SqliteConnection::connect_with(&options).await.unwrap();
            sqlx::query(sqlite).execute(&mut conn).await.unwrap();
        }
    }
}

struct Page {
    server: Server,
    cookie: String,
}

impl Page {
    async fn ask(&self, query: &str, tag: &str) -> Answer {
        let request = Request::get(format!("/api/v1/results/living?{query}"))
            .header(header::COOKIE, &self.cookie)
            .header(header::IF_NONE_MATCH, tag);
        self.server.send(request.body(Body::empty()).unwrap()).await
    }

    /// Asks with the tag of what is shown; gives the tag of what is told now.
    async fn is_new(&self, what: &str, tag: &str) -> String {
        let answer = self.ask("", tag).await;
        assert_eq!(answer.status, 200, "{what} is told");
        let new = answer.header("etag").to_owned();
        assert_ne!(new, tag, "{what}");
        let again = self.ask("", &new).await;
        assert_eq!((again.status.as_u16(), again.body.len()), (304, 0), "after {what}");
        assert_eq!(again.header("etag"), new, "after {what}");
        new
    }

    async fn post(&self, path: &str, body: Value) {
        let answer = self.server.post_as(&self.cookie, path, &body).await;
        let json = answer.json();
        let merged = json["results"]
            .as_array()
            .is_none_or(|all| all.iter().all(|it| it["result"] == "merged"));
        assert!(answer.status == 200 && merged, "{json}");
    }
}

#[tokio::test]
async fn what_is_new_is_told_and_nothing_new_reads_no_response() {
    let server = Server::start().await;
    let cookie = server.cookie().await;
    let page = Page { server, cookie };
    let said = |number| response(number, 1, json!({"agree": {"one": "yes"}, "more": {"one": "A"}}));
    page.server.push(&(0..20).map(said).collect::<Vec<_>>()).await;

    let first = page.is_new("everything", "").await;
    // No cache keeps what people wrote, that of a shared tablet's browser neither.
    assert_eq!(page.ask("", &first).await.header("cache-control"), "no-store");
    page.server.push(&[said(20)]).await;
    let more = page.is_new("a response", &first).await;

    let record: Value = said(3)["record"].clone();
    let id = serde_json::from_value(record["id"].clone()).unwrap();
    let sort = async |give: &[&str], take: &[&str]| {
        let patch = json!({"answer": answer_of(id, "more"), "give": give, "take": take});
        page.post("/api/v1/results/living/themes", patch).await;
    };
    sort(&["health"], &[]).await;
    let health = page.is_new("a theme", &more).await;
    // As many themes as before, given in the same moment.
    sort(&["transport"], &["health"]).await;
    let transport = page.is_new("another theme", &health).await;
    sort(&[], &["transport"]).await;
    // With the theme the tag of before comes back, and with it the same results.
    assert_eq!(page.ask("", &transport).await.header("etag"), more);

    let edit = |number: u8, collection: &str, id: &str, base_rev: u64, fields: Value| {
        json!({"edits": [{"edit": format!("0190a5b4-0000-7000-8000-0000000000{number:02}"),
            "collection": collection, "id": id, "base_rev": base_rev, "fields": fields}]})
    };
    let figure = json!({"values": ["yes"], "percent": 54, "source": "Place Survey 2008"});
    let fields = json!({"baseline.agree": figure});
    page.post("/api/v1/edits", edit(1, "survey", "living", 1, fields)).await;
    let baseline = page.is_new("a baseline", &more).await;
    let version =
        json!({"survey": "living", "version": 2, "definition": definition(&["bus", "tram"])});
    page.post("/api/v1/edits", edit(2, "survey_version", "living.2", 0, version)).await;
    let version = page.is_new("a version", &baseline).await;
    let name = json!({"name": {"en": "Getting about"}});
    page.post("/api/v1/edits", edit(3, "theme", "transport", 1, name)).await;
    let named = page.is_new("a theme's name", &version).await;

    // Each filter and comparison has tags of its own.
    for query in ["venue=grays-library", "language=ro", "by=agree", "from=2026-11-24"] {
        let other = page.ask(query, &named).await;
        assert_eq!(other.status, 200, "{query}");
        assert_eq!(page.ask(query, other.header("etag")).await.status, 304, "{query}");
    }

    // One that is taken away, and not the latest. Nothing in the program does that; who runs the database might have to.
    let taken = "DELETE FROM submissions WHERE seq = (SELECT min(seq) FROM submissions)";
    execute(&page.server, [taken; 2]).await;
    let fewer = page.is_new("a response less", &named).await;

    // A response that cannot be read does no harm to who does not need it.
    let spoil = [
        "UPDATE submissions SET bytes = CAST('nothing' AS BLOB)",
        "UPDATE submissions SET bytes = 'nothing'::bytea",
    ];
    execute(&page.server, spoil).await;
    assert_eq!(page.ask("", &fewer).await.status, 304, "no response is read");
    assert_eq!(page.ask("", "").await.status, 500);

    // The tag opens nothing to who is not signed in.
    let request = Request::get("/api/v1/results/living").header(header::IF_NONE_MATCH, &fewer);
    page.server.send(request.body(Body::empty()).unwrap()).await.problem(401);
}
