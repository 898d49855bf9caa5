//! Staff read what arrives, and edit what tablets show.

use anyhow::Result;
use e2e::{
    Browser, Client, Server,
    browser::{beginning, exactly},
    pages::{Feedback, Staff},
    t,
};
use thirtyfour::prelude::By;

#[tokio::test]
async fn feedback_is_read_as_it_arrives_and_filtered() -> Result<()> {
    let server = Server::start().await?;
    let (office, hub) = Browser::start_two(&server).await?;
    hub.ready_for_offline().await?;
    Feedback::open(&hub).await?.words("First said").await?.tick("Transport").await?;
    Feedback::wait(&hub).await?.tell("First said").await?.received().await?;

    let staff = Staff::at_the_door(&office, "/staff/feedback").await?;
    staff.give("admin", "not the password").await?;
    office.reads(t("staff_sign_in_wrong")).await?;
    assert!(!office.text().await?.contains("First said"));
    staff.give("admin", e2e::server::PASSWORD).await?;
    office.reads("First said").await?;

    let saved = Feedback::open(&hub).await?.tell("Said a moment ago").await?;
    saved.received().await?;
    // Without loading the page anew: first the word that there is something.
    office.press_button(t("staff_feedback_show_new")).await?;
    office.reads("Said a moment ago").await?;
    office.reads(&saved.reference).await?;

    office.choose(t("filter_theme"), "Transport").await?;
    office
        .until("the theme's feedback alone", async || {
            let text = office.text().await?;
            let alone = text.contains("First said") && !text.contains("Said a moment ago");
            Ok(alone.then_some(()))
        })
        .await?;
    Ok(())
}

#[tokio::test]
async fn a_new_event_reaches_a_tablet() -> Result<()> {
    let server = Server::start().await?;
    let (office, tablet) = Browser::start_two(&server).await?;
    tablet.ready_for_offline().await?;
    let staff = Staff::sign_in(&office, "/staff/events/new").await?;
    staff.write(t("staff_field_title"), "Lantern making").await?;
    staff.write(t("staff_field_summary"), "Make a lantern for the winter walk.").await?;
    office.choose(t("staff_field_venue"), "Tilbury Library").await?;
    for (id, value) in [("start", "2027-01-13"), ("time", "18:00"), ("minutes", "19:30")] {
        let script = "const it = document.getElementById(arguments[0]);
            it.value = arguments[1];
            it.dispatchEvent(new Event('input', { bubbles: true }))";
        office.run(script, &[id.into(), value.into()]).await?;
    }
    staff.save().await?;
    office.reads(t("staff_saved")).await?;

    // The tablet's page is not loaded anew: what was pulled comes to the screen by itself.
    tablet.open_page("/events?from=2027-01-10").await?;
    tablet.reads("Lantern making").await?;
    tablet.press_link("Lantern making").await?;
    tablet.headed("Lantern making").await?;
    tablet.reads("6pm to 7:30pm").await?;
    tablet.reads("Tilbury Library").await?;
    Ok(())
}

#[tokio::test]
async fn two_editors_at_once_lose_nothing() -> Result<()> {
    let server = Server::start().await?;
    let (one, two) = Browser::start_two(&server).await?;
    let page = "/staff/events/internet-club-grays";
    let first = Staff::sign_in(&one, page).await?;
    let second = Staff::sign_in(&two, page).await?;
    for browser in [&one, &two] {
        browser.see(exactly("label", t("staff_field_booking"))).await?;
    }
    // Different fields: both stay.
    first.write(t("staff_field_booking"), "Call 01375 000 000").await?;
    first.save().await?;
    one.reads(t("staff_saved")).await?;
    second.write(t("staff_field_cost"), "£1 for tea").await?;
    second.save().await?;
    two.reads(t("staff_saved")).await?;
    let event = stored(&server).await?;
    assert_eq!(event["fields"]["booking"]["en"], "Call 01375 000 000");
    assert_eq!(event["fields"]["cost"]["en"], "£1 for tea");

    // The same field: the second sees both values, and chooses.
    for browser in [&one, &two] {
        // A form keeps what it was opened with: open it until the other's change has come.
        browser
            .until("the form opens with what is stored", async || {
                browser.open_page(page).await?;
                let cost = browser.see(By::Id("cost")).await?.prop("value").await?;
                Ok((cost.as_deref() == Some("£1 for tea")).then_some(()))
            })
            .await?;
    }
    first.write(t("staff_field_cost"), "£2 for tea and cake").await?;
    second.write(t("staff_field_cost"), "Free again").await?;
    first.save().await?;
    one.reads(t("staff_saved")).await?;
    second.save().await?;
    two.see(By::Css(".ct-conflict")).await?;
    let choice = two.text().await?;
    assert!(choice.contains("£2 for tea and cake") && choice.contains("Free again"), "{choice}");
    assert_eq!(stored(&server).await?["fields"]["cost"]["en"], "£2 for tea and cake");
    two.press(beginning("button", t("staff_conflict_mine"))).await?;
    two.reads(t("staff_saved")).await?;
    assert_eq!(stored(&server).await?["fields"]["cost"]["en"], "Free again");
    Ok(())
}

/// The event as every tablet gets it.
async fn stored(server: &Server) -> Result<serde_json::Value> {
    let changes = Client::sign_in(server).await?.bytes("/changes").await?;
    let changes: serde_json::Value = serde_json::from_slice(&changes)?;
    let records = changes["records"].as_array().cloned().unwrap_or_default();
    let event = records
        .into_iter()
        .find(|it| it["collection"] == "event" && it["id"] == "internet-club-grays");
    Ok(event.unwrap_or_default())
}
