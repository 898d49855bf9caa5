//! `/tablet`: what a volunteer can see and do about what waits.

use anyhow::Result;
use e2e::{
    Browser, Client, Server, outbox,
    pages::{Feedback, Tablet},
    t,
};
use serde_json::json;

#[tokio::test]
async fn where_the_tablet_stands_is_kept() -> Result<()> {
    let server = Server::start().await?;
    let mut browser = Browser::start(&server).await?;
    browser.ready_for_offline().await?;
    Tablet::open(&browser).await?.stand_in("Belhus Library").await?;
    browser.kill().await?;
    browser.start_again().await?;
    browser.open_page("/").await?;
    browser.reads("Belhus Library").await?;
    Ok(())
}

#[tokio::test]
async fn what_the_server_refuses_is_shown_with_its_reason_and_blocks_nothing() -> Result<()> {
    let mut server = Server::start().await?;
    let browser = Browser::start(&server).await?;
    browser.ready_for_offline().await?;
    server.stop().await?;
    // As a newer app might leave it: answers to a version of the survey that is not there.
    let id = "0198c0de-0000-7000-8000-00000a11ce55";
    let record = json!({
        "app": "9.9.9",
        "id": id,
        "language": "en",
        "made_at": 1_790_000_000_000_i64,
        "response": { "answers": {}, "survey": "living-together", "version": 99 },
    });
    outbox::put(&browser, id, &record).await?;
    Feedback::open(&browser).await?.tell("The rest goes on").await?;

    server.start_again().await?;
    let tablet = Tablet::open(&browser).await?;
    tablet.shows_waiting(0).await?;
    tablet.section_says("refused", "0A11-CE55").await?;
    tablet.section_says("refused", "version").await?;
    let staff = Client::sign_in(&server).await?;
    let table = staff.table("/export/feedback.csv").await?;
    assert_eq!(table.column("words")?, ["The rest goes on"]);

    // It can be tried again; the server has not changed its mind.
    browser.press_button(t("tablet_retry")).await?;
    tablet.section_says("refused", "0A11-CE55").await?;
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_read_is_set_aside_and_the_rest_goes_on() -> Result<()> {
    let mut server = Server::start().await?;
    let browser = Browser::start(&server).await?;
    browser.ready_for_offline().await?;
    server.stop().await?;
    let spoilt = "0198c0de-0000-7000-8000-0000deadbeef";
    let envelope = json!({ "hash": "00".repeat(32), "saved_at": 1, "state": "waiting" });
    outbox::put_raw(&browser, spoilt, &envelope.to_string(), "{\"half\":").await?;
    Feedback::open(&browser).await?.tell("The rest goes on").await?;

    server.start_again().await?;
    let tablet = Tablet::open(&browser).await?;
    tablet.shows_waiting(0).await?;
    tablet.section_says("corrupt", spoilt).await?;
    let staff = Client::sign_in(&server).await?;
    let table = staff.table("/export/feedback.csv").await?;
    assert_eq!(table.column("words")?, ["The rest goes on"]);

    // It is in the file for staff as it lies there.
    let file = std::fs::read_to_string(tablet.export().await?)?;
    assert!(file.contains(spoilt) && file.contains("{\\\"half\\\":"), "{file}");
    Ok(())
}

#[tokio::test]
async fn the_unsent_go_into_a_file_that_the_server_imports() -> Result<()> {
    let mut server = Server::start().await?;
    let browser = Browser::start(&server).await?;
    browser.ready_for_offline().await?;
    server.stop().await?;
    let form = Feedback::open(&browser).await?;
    let one = form.tell("Carried on a stick: gęś").await?.reference;
    browser.press_button(t("feedback_next")).await?;
    Feedback::wait(&browser).await?;
    let two = form.tell("Carried as well").await?.reference;
    let tablet = Tablet::open(&browser).await?;
    tablet.shows_waiting(2).await?;
    let waiting = tablet.section("waiting").await?.unwrap_or_default();
    assert!(waiting.contains(&one) && waiting.contains(&two), "{waiting}");

    let file = tablet.export().await?;
    let file = file.to_string_lossy();
    for _ in 0..2 {
        // Twice is harmless.
        let imported = server.command(&["import", &file]).await?;
        assert!(imported.status.success(), "{imported:?}");
    }
    server.start_again().await?;
    // Sent by the tablet as well, they are the same two.
    tablet.shows_waiting(0).await?;
    let staff = Client::sign_in(&server).await?;
    let table = staff.table("/export/feedback.csv").await?;
    let mut references = table.column("reference")?;
    references.sort_unstable();
    let mut told = [one.as_str(), two.as_str()];
    told.sort_unstable();
    assert_eq!(references, told);
    Ok(())
}
