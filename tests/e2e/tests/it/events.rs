//! What's on: by day, filtered, at London's times wherever the tablet believes to be.

use anyhow::Result;
use e2e::{Browser, Options, Server, pages::Events, t};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn the_list_is_narrowed_and_the_way_back_brings_the_choice_back() -> Result<()> {
    let server = Server::start().await?;
    let browser = Browser::start(&server).await?;
    browser.ready_for_offline().await?;
    let events = Events::open(&browser, "").await?;
    let all = events.cards_when("there are events", |cards| cards.len() > 5).await?;
    browser.choose(t("filter_venue"), "Grays Central Library").await?;
    let here = events
        .cards_when("events at Grays alone, or everywhere", |cards| cards.len() < all.len())
        .await?;
    assert!(!here.is_empty());
    let others = ["Tilbury Library", "Belhus Library", "Aveley Library", "Corringham Library"];
    assert!(here.iter().all(|card| !others.contains(&card.place.as_str())), "{here:?}");

    let first = &here[0];
    browser.press_link(&first.title).await?;
    browser.headed(&first.title).await?;
    browser.press_link(t("back")).await?;
    browser.web()?.back().await?;
    browser.headed(&first.title).await?;
    browser.web()?.back().await?;
    browser.headed(t("events_title")).await?;
    let again = events.cards_when("the same events", |cards| cards.len() == here.len()).await?;
    assert_eq!(again, here);
    browser.press_button(t("filter_clear")).await?;
    events.cards_when("all events", |cards| cards.len() == all.len()).await?;
    Ok(())
}

#[tokio::test]
async fn times_are_londons_across_a_clock_change_in_any_zone() -> Result<()> {
    let server = Server::start().await?;
    let staff = e2e::Client::sign_in(&server).await?;
    // 2027: the clocks go forward on 28 March and back on 31 October.
    for (edit, id, start) in [
        ("0198c0de-0000-4000-8000-000000000001", "spring-group", "2027-03-22T23:30:00"),
        ("0198c0de-0000-4000-8000-000000000002", "autumn-group", "2027-10-25T23:30:00"),
    ] {
        let edit = json!({
            "edit": edit,
            "collection": "event",
            "id": id,
            "base_rev": 0,
            "fields": {
                "title": { "en": id }, "summary": { "en": "A late group." },
                "venue": "grays-central-library", "themes": [], "start": start,
                "minutes": 20, "rule": "FREQ=WEEKLY;COUNT=3",
            },
        });
        let answer = staff.send(Method::POST, "/edits", &json!({ "edits": [edit] })).await?;
        assert_eq!(answer["results"][0]["result"], "merged", "{answer}");
    }
    for zone in ["America/New_York", "Pacific/Kiritimati"] {
        let options = Options { zone, ..Options::default() };
        let browser = Browser::start_with(&server, options).await?;
        browser.ready_for_offline().await?;
        let believed =
            browser.run("return Intl.DateTimeFormat().resolvedOptions().timeZone", &[]).await?;
        assert_eq!(believed, zone);
        for (id, from, days) in [
            ("spring-group", "2027-03-22", ["22 March 2027", "29 March 2027"]),
            ("autumn-group", "2027-10-25", ["25 October 2027", "1 November 2027"]),
        ] {
            let events = Events::open(&browser, &format!("?from={from}")).await?;
            let cards = events
                .cards_when(&format!("{id} is listed"), |cards| {
                    cards.iter().any(|it| it.title == id)
                })
                .await?;
            let own: Vec<_> = cards.into_iter().filter(|card| card.title == id).collect();
            assert_eq!(own.len(), 2, "{zone}: {own:?}");
            for (card, day) in own.iter().zip(days) {
                assert!(
                    card.day.starts_with("Monday") && card.day.contains(day),
                    "{zone}: {card:?}"
                );
                assert_eq!(card.when, "11:30pm to 11:50pm", "{zone}");
            }
            browser.open_page(&format!("/events/{id}?on={from}")).await?;
            browser.reads("11:30pm to 11:50pm").await?;
            browser.reads(t("event_coming")).await?;
        }
    }
    Ok(())
}
