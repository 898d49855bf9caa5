//! The main job, end to end: captured with the server unplugged, through a dead battery, and
//! read by staff exactly once.

use std::collections::BTreeSet;

use anyhow::Result;
use e2e::{
    Browser, Client, Server,
    pages::{Feedback, Support, Survey, Tablet},
};

const VENUE: &str = "East Tilbury Hub and Library";
const VENUE_ID: &str = "east-tilbury-library";

#[tokio::test]
async fn what_is_said_offline_arrives_exactly_once() -> Result<()> {
    let mut server = Server::start().await?;
    let mut browser = Browser::start(&server).await?;
    browser.ready_for_offline().await?;
    Tablet::open(&browser).await?.stand_in(VENUE).await?;

    server.stop().await?;
    browser.open_page("/").await?;

    let said = [
        "The heating in the reading room is broken",
        "Zażółć gęślą jaźń, says my neighbour",
        "More evening classes, please",
        "=1+1 is not a formula here",
        "The bus stop, \"the one by the hub\", has no roof",
    ];
    let mut feedback = BTreeSet::new();
    let form = Feedback::open(&browser).await?;
    for (at, words) in said.into_iter().enumerate() {
        if at > 0 {
            browser.press_button(e2e::t("feedback_next")).await?;
            Feedback::wait(&browser).await?;
        }
        let saved = form.tell(words).await?;
        assert!(!saved.says_received().await?, "nobody has received it yet");
        feedback.insert(saved.reference);
    }
    assert_eq!(feedback.len(), said.len());

    let wishes = ["a warm room", "łąka for the children", "free Wi-Fi"];
    let mut responses = BTreeSet::new();
    for wish in wishes {
        let saved = Survey::begin(&browser).await?.answer_all(wish).await?;
        responses.insert(saved.reference);
    }
    assert_eq!(responses.len(), wishes.len());

    let support = Support::open(&browser).await?;
    support.search("samaritens").await?;
    support.first_is("Samaritans").await?;
    support.open_listing("Samaritans").await?;
    browser.reads("116 123").await?;

    browser.kill().await?;
    browser.start_again().await?;
    browser.open_page("/").await?;
    let tablet = Tablet::open(&browser).await?;
    tablet.shows_waiting(8).await?;

    server.start_again().await?;
    tablet.shows_waiting(0).await?;
    tablet.section_says("facts", "8 answers").await?;

    let staff = Client::sign_in(&server).await?;
    let table = staff.table("/export/feedback.csv").await?;
    assert_eq!(set(table.column("reference")?), feedback);
    assert_eq!(table.rows.len(), said.len());
    let words = table.column("words")?;
    for text in said {
        // A cell that a spreadsheet would run is made harmless.
        let cell = if text.starts_with('=') { format!("'{text}") } else { text.to_owned() };
        assert_eq!(words.iter().filter(|it| **it == cell).count(), 1, "{cell} in {words:?}");
    }
    assert!(table.column("venue")?.iter().all(|venue| *venue == VENUE_ID), "{table:?}");
    assert!(table.column("venue_name")?.iter().all(|venue| *venue == VENUE), "{table:?}");

    let table = staff.table("/export/surveys/living-together.csv").await?;
    assert_eq!(set(table.column("_reference")?), responses);
    assert_eq!(table.rows.len(), wishes.len());
    let first_things = table.column("first_thing")?;
    for wish in wishes {
        assert_eq!(first_things.iter().filter(|it| **it == wish).count(), 1, "{first_things:?}");
    }
    assert!(table.column("_venue")?.iter().all(|venue| *venue == VENUE_ID), "{table:?}");
    Ok(())
}

fn set(cells: Vec<&str>) -> BTreeSet<String> {
    cells.into_iter().map(str::to_owned).collect()
}
