//! Pictures of the main pages at three widths.

use anyhow::Result;
use e2e::{
    Browser, Options, Server,
    pages::{Feedback, Staff, Survey, Tablet},
    shots, t,
};

#[tokio::test]
async fn the_main_pages_are_pictured() -> Result<()> {
    let mut server = Server::start().await?;
    for width in shots::WIDTHS {
        let browser = Browser::start_with(&server, Options::wide(width)).await?;
        browser.ready_for_offline().await?;
        Tablet::open(&browser).await?.stand_in("Grays Central Library").await?;
        for (name, path, sign) in [
            ("home", "/", t("home_title")),
            ("events", "/events", t("events_later")),
            ("event", "/events/internet-club-grays", t("event_coming")),
            ("support", "/support?q=debt", t("shortlist_add")),
            ("listing", "/support/samaritans", "116 123"),
            ("surveys", "/surveys", "Living together in Thurrock"),
        ] {
            browser.open_page(path).await?;
            browser.reads(sign).await?;
            shots::take(&browser, name, width).await?;
        }
        Feedback::open(&browser).await?;
        shots::take(&browser, "feedback", width).await?;
        let survey = Survey::begin(&browser).await?;
        survey.to_questions_of_choice().await?;
        shots::take(&browser, "survey", width).await?;
        Survey::begin(&browser)
            .await?
            .answer_all("A roof at the bus stop")
            .await?
            .received()
            .await?;

        server.stop().await?;
        Feedback::open(&browser).await?.tell("The bus stop by the hub has no roof").await?;
        shots::take(&browser, "saved", width).await?;
        Tablet::open(&browser).await?.shows_waiting(1).await?;
        shots::take(&browser, "tablet", width).await?;
        server.start_again().await?;
        Tablet::open(&browser).await?.shows_waiting(0).await?;

        Staff::sign_in(&browser, "/staff").await?;
        for (name, path, sign) in [
            ("staff", "/staff", t("staff_figures")),
            ("staff-feedback", "/staff/feedback", "no roof"),
            ("staff-results", "/staff/surveys/living-together", t("staff_result_few")),
            ("staff-event", "/staff/events/internet-club-grays", t("staff_part_when")),
        ] {
            browser.open_page(path).await?;
            browser.reads(sign).await?;
            shots::take(&browser, name, width).await?;
        }
    }
    Ok(())
}
