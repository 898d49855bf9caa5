//! A tablet that dies in the middle of a survey, and the person who comes next.

use anyhow::{Result, ensure};
use e2e::{
    Browser, Options, Server,
    pages::{Saved, Survey},
    t,
};
use serde_json::Value;
use thirtyfour::prelude::By;

use crate::published;

const SAID: &str = "Zinnia Quarrington";

async fn stage() -> Result<(Server, Browser)> {
    let server = Server::start().await?;
    let definition: Value = serde_json::from_str(include_str!("form.json"))?;
    published::survey(&server, "your-street", "Your street", definition).await?;
    let browser = Browser::start_with(&server, Options::default()).await?;
    browser.ready_for_offline().await?;
    browser.open_page("/surveys/your-street").await?;
    Ok((server, browser))
}

/// Everything that the browser keeps for the page and what stands in it, fields included.
async fn kept(browser: &Browser) -> Result<String> {
    let script = "const fields = [...document.querySelectorAll('input, textarea, select')];
        return JSON.stringify([document.documentElement.outerHTML, fields.map((it) => it.value),
            { ...localStorage }, { ...sessionStorage }, history.state, location.href, window.name,
            document.cookie])";
    Ok(browser.run(script, &[]).await?.as_str().unwrap_or_default().to_owned())
}

async fn answered(browser: &Browser) -> Result<Survey<'_>> {
    let survey = Survey::start(browser).await?;
    survey.write(SAID).await?.next().await?;
    browser.tick("No").await?;
    survey.next().await?;
    Ok(survey)
}

#[tokio::test]
async fn a_browser_that_is_killed_goes_on_within_minutes_and_keeps_nothing_after() -> Result<()> {
    let (_server, mut browser) = stage().await?;
    let survey = answered(&browser).await?;
    survey.back().await?;
    // Local storage is written to the disk some seconds after it is in the browser's memory; what was said before is
    // there, and no answer makes the page fail.
    browser
        .until("the journal is on the disk", async || Ok(on_disk(&browser, SAID)?.then_some(())))
        .await?;
    browser.kill().await?;
    browser.start_again().await?;
    browser.open_page("/surveys/your-street").await?;
    browser.reads(t("survey_go_on_title")).await?;
    ensure!(!kept(&browser).await?.replace(&journal(&browser).await?, "").contains(SAID));
    browser.press_button(t("survey_go_on")).await?;
    browser.reads(&format!("Hello {SAID}")).await?;
    let survey = Survey::at(&browser);
    survey.skip_to("Add another? Person").await?;
    browser.press_button(t("survey_no_more")).await?;
    browser.headed("When do you get up?").await?;
    survey.skip_to(t("survey_check")).await?;
    survey.save().await?;
    ensure!(!kept(&browser).await?.contains(SAID));
    Ok(())
}

/// The journal as the script sees it, escaped as [`kept`] has it.
async fn journal(browser: &Browser) -> Result<String> {
    let script = "return JSON.stringify(localStorage.getItem('survey-journal')).slice(1, -1)";
    Ok(browser.run(script, &[]).await?.as_str().unwrap_or_default().to_owned())
}

/// Whether the local storage of the profile holds these words.
fn on_disk(browser: &Browser, words: &str) -> Result<bool> {
    let folder = browser.profile().join("Default/Local Storage/leveldb");
    for entry in std::fs::read_dir(folder)? {
        let bytes = std::fs::read(entry?.path()).unwrap_or_default();
        if bytes.windows(words.len()).any(|part| part == words.as_bytes()) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[tokio::test]
async fn the_next_person_finds_nothing_of_the_one_before() -> Result<()> {
    let (_server, browser) = stage().await?;
    // What came of earlier answers is shown before and after.
    browser.reads("You wanted a bench. It stands there now.").await?;
    let survey = answered(&browser).await?;
    browser.reads("3 of about").await?;
    browser.press_button(t("survey_stop")).await?;
    browser.press_button(t("survey_stop_keep")).await?;
    Saved::wait(&browser).await?;
    browser.reads("You wanted a bench. It stands there now.").await?;
    ensure!(!kept(&browser).await?.contains(SAID), "after saving");

    browser.press_button(t("survey_again")).await?;
    browser.headed("What may we call you?").await?;
    ensure!(!kept(&browser).await?.contains(SAID), "at the first question again");
    let autofill = "return [...document.querySelectorAll('input, textarea')].every((it) => it.autocomplete === 'off')";
    assert_eq!(browser.run(autofill, &[]).await?, true);
    survey.next().await?;
    browser.reads("Hello , have you a garden?").await?;
    // The way back leads to what this person was asked, then out of the survey; the browser's own buttons too.
    survey.back().await?;
    ensure!(!kept(&browser).await?.contains(SAID), "on the way back");
    browser.web()?.back().await?;
    browser.see(By::Css("main h1")).await?;
    ensure!(!kept(&browser).await?.contains(SAID), "back in the history");
    browser.web()?.forward().await?;
    browser.see(By::Css("main h1")).await?;
    ensure!(!kept(&browser).await?.contains(SAID), "forward in the history");
    browser.reload().await?;
    ensure!(!kept(&browser).await?.contains(SAID), "after a reload");
    Ok(())
}
