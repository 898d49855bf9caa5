//! A volunteer captures what a person said.

use anyhow::Result;
use e2e::{
    Browser, Client, Server,
    pages::{Feedback, Tablet},
    t,
};
use thirtyfour::{Key, prelude::By};

#[tokio::test]
async fn what_is_missing_is_said_and_nothing_typed_is_lost() -> Result<()> {
    let server = Server::start().await?;
    let browser = Browser::start(&server).await?;
    let form = Feedback::open(&browser).await?;
    form.tick("Happy").await?;
    form.press_save().await?;
    let summary = browser.see(By::Css(".govuk-error-summary")).await?.text().await?;
    assert!(summary.contains(t("feedback_words_missing")), "{summary}");
    assert!(summary.contains(t("problem_no_consent")), "{summary}");
    browser.press_link(t("feedback_words_missing")).await?;
    browser
        .until("the field has the focus", async || {
            Ok((browser.focused().await? == "words").then_some(()))
        })
        .await?;
    browser.types("The lift is out of order").await?;

    form.tick(t("reply_email")).await?;
    form.agrees().await?;
    form.press_save().await?;
    browser.reads(t("feedback_contact_wrong")).await?;
    browser.write(t("reply_email_address"), "ana@example.org").await?;
    let saved = form.save().await?;
    saved.received().await?;

    // The next person's form is empty.
    browser.press_button(t("feedback_next")).await?;
    Feedback::wait(&browser).await?;
    let script = "return [...document.querySelectorAll('main input, main textarea')]
        .some((it) => it.checked && it.id !== 'reply' || it.matches('textarea') && it.value)";
    assert_eq!(browser.run(script, &[]).await?, false);
    Ok(())
}

#[tokio::test]
async fn everything_that_can_be_captured_reaches_staff() -> Result<()> {
    let server = Server::start().await?;
    let browser = Browser::start(&server).await?;
    browser.ready_for_offline().await?;
    Tablet::open(&browser).await?.stand_in("Grays Central Library").await?;
    let form = Feedback::open(&browser).await?;
    form.words("The ramp, \"new\" as it is, is too steep\nand wet").await?;
    form.tick("Getting online").await?.tick("Very unhappy").await?;
    form.missing("A bench halfway up").await?;
    form.reply_by_email("ana@example.org", "Ana Łącka").await?;
    form.elsewhere("The bus station").await?;
    form.agrees().await?;
    let saved = form.save().await?;
    saved.received().await?;

    let staff = Client::sign_in(&server).await?;
    let table = staff.table("/export/feedback.csv").await?;
    for (column, cell) in [
        ("reference", saved.reference.as_str()),
        ("venue", ""),
        ("place", "The bus station"),
        ("themes", "getting-online"),
        ("words", "The ramp, \"new\" as it is, is too steep\nand wet"),
        ("feeling", "very_unhappy"),
        ("gap", "A bench halfway up"),
        ("reply_by", "email"),
        ("reply_contact", "ana@example.org"),
        ("reply_name", "Ana Łącka"),
    ] {
        assert_eq!(table.column(column)?, [cell], "{column}");
    }
    Ok(())
}

#[tokio::test]
async fn a_keyboard_is_enough() -> Result<()> {
    let server = Server::start().await?;
    let browser = Browser::start(&server).await?;
    browser.ready_for_offline().await?;
    browser.open_page("/").await?;
    tab_to(&browser, t("home_feedback")).await?;
    browser.key(Key::Enter).await?;
    browser.headed(t("feedback_title")).await?;
    tab_to(&browser, "words").await?;
    browser.types("Said with a keyboard alone").await?;
    tab_to(&browser, "themes").await?;
    browser.key(Key::Space).await?;
    tab_to(&browser, "feeling-").await?;
    browser.key(Key::Space).await?;
    tab_to(&browser, "consent").await?;
    browser.key(Key::Space).await?;
    tab_to(&browser, t("feedback_save")).await?;
    browser.key(Key::Enter).await?;
    e2e::pages::Saved::wait(&browser).await?.received().await?;

    let staff = Client::sign_in(&server).await?;
    let table = staff.table("/export/feedback.csv").await?;
    assert_eq!(table.column("words")?, ["Said with a keyboard alone"]);
    assert_ne!(table.column("feeling")?, [""]);
    assert_ne!(table.column("themes")?, [""]);
    Ok(())
}

/// Presses Tab until the focus is on what begins so: an id, or the words of a link or button.
async fn tab_to(browser: &Browser, wanted: &str) -> Result<()> {
    let mut seen = Vec::new();
    for _ in 0..80 {
        browser.key(Key::Tab).await?;
        let script = "const it = document.activeElement;
            const ring = getComputedStyle(it);
            return [it.id, it.textContent.trim(), ring.outlineStyle, ring.boxShadow]";
        let [id, words, ..]: [String; 4] = serde_json::from_value(browser.run(script, &[]).await?)?;
        if id.starts_with(wanted) || words == wanted {
            return Ok(());
        }
        seen.push(if id.is_empty() { words } else { id });
    }
    anyhow::bail!("Tab never comes to {wanted}: {seen:?}")
}
