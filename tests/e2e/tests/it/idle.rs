//! Somebody walks away from a half-filled form on a shared tablet.

use anyhow::Result;
use e2e::{
    Browser, Client, Server, clock,
    pages::{Feedback, Survey, Tablet},
    t,
};
use thirtyfour::prelude::By;

/// Milliseconds without a touch until the form asks, and from there until it is cleared (`pages/frame.rs`).
const IDLE: u32 = 5 * 60 * 1_000;
const GRACE: u32 = 60 * 1_000;

async fn written(browser: &Browser) -> Result<String> {
    let value = browser.run("return document.getElementById('words').value", &[]).await?;
    Ok(value.as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_form_that_is_left_asks_and_then_clears_itself() -> Result<()> {
    let server = Server::start().await?;
    let browser = Browser::start(&server).await?;
    browser.ready_for_offline().await?;
    let form = Feedback::open(&browser).await?;
    clock::hold(&browser).await?;
    form.words("My name is Ana and I live alone").await?;
    form.tick("Unhappy").await?;

    assert_eq!(clock::ring(&browser, IDLE).await?, 1, "one form, one timer");
    browser.reads(t("idle_title")).await?;
    browser
        .until("the question has the focus", async || {
            Ok((browser.focused().await? == "still-there").then_some(()))
        })
        .await?;
    browser.press_button(t("idle_stay")).await?;
    assert!(!browser.sees(By::Id("still-there")).await?);
    assert_eq!(clock::ring(&browser, GRACE).await?, 0, "whoever stays is not cleared away");
    assert_eq!(written(&browser).await?, "My name is Ana and I live alone");

    assert_eq!(clock::ring(&browser, IDLE).await?, 1);
    browser.see(By::Id("still-there")).await?;
    assert_eq!(clock::ring(&browser, GRACE).await?, 1);
    browser
        .until("the form is empty", async || Ok(written(&browser).await?.is_empty().then_some(())))
        .await?;
    assert!(!browser.sees(By::Id("still-there")).await?);
    let ticked = "return document.querySelectorAll('main input:checked:not(#reply)').length";
    assert_eq!(browser.run(ticked, &[]).await?, 0);

    // Nothing half said has been kept, nor sent.
    assert_eq!(Tablet::open(&browser).await?.waiting().await?, 0);
    let staff = Client::sign_in(&server).await?;
    assert!(staff.table("/export/feedback.csv").await?.column("words")?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_survey_that_is_left_goes_back_to_its_start() -> Result<()> {
    let server = Server::start().await?;
    let browser = Browser::start(&server).await?;
    browser.ready_for_offline().await?;
    let survey = Survey::begin(&browser).await?;
    clock::hold(&browser).await?;
    survey.to_questions_of_choice().await?;
    survey.pick("Tend to agree").await?.next().await?;
    assert_eq!(clock::ring(&browser, IDLE).await?, 1);
    browser.reads(t("idle_title")).await?;
    assert_eq!(clock::ring(&browser, GRACE).await?, 1);
    Survey::start(&browser).await?.to_questions_of_choice().await?;
    let ticked = "return document.querySelectorAll('main input:checked').length";
    assert_eq!(browser.run(ticked, &[]).await?, 0, "the next person finds no answer");
    Ok(())
}

#[tokio::test]
async fn what_one_person_looked_for_is_cleared_for_the_next() -> Result<()> {
    let server = Server::start().await?;
    let browser = Browser::start(&server).await?;
    browser.ready_for_offline().await?;
    let searched = async || -> Result<String> {
        let field = browser.see(By::Id("q")).await?;
        Ok(field.prop("value").await?.unwrap_or_default())
    };
    let look = async || -> Result<()> {
        browser.see(By::Id("q")).await?.send_keys("debt").await?;
        browser.press_button(t("shortlist_add")).await?;
        browser.see(By::Id("shortlist")).await.map(drop)
    };
    browser.open_page("/support").await?;
    clock::hold(&browser).await?;
    look().await?;
    // The first page shows nothing of the list but that there is one, and forgets the search.
    browser.press_link(t("back")).await?;
    browser.headed(t("home_title")).await?;
    browser.reads(t("shortlist_title")).await?;
    browser.press_link(t("shortlist_see")).await?;
    browser.focuses("shortlist").await?;
    assert_eq!(searched().await?, "");

    assert_eq!(clock::ring(&browser, IDLE).await?, 1);
    browser.reads(t("idle_title")).await?;
    assert_eq!(clock::ring(&browser, GRACE).await?, 1);
    browser.headed(t("home_title")).await?;
    assert!(!browser.text().await?.contains(t("shortlist_title")));
    browser.press_link(t("home_support")).await?;
    assert_eq!(searched().await?, "");
    assert!(!browser.sees(By::Id("shortlist")).await?);
    Ok(())
}
