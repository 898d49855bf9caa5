//! A survey with what forms of the field have: languages, pages of several questions, orders, repeats; and what becomes of
//! it when somebody stops, or the tablet does.

use anyhow::{Result, ensure};
use e2e::{Browser, Client, Options, Server, clock, fill, pages::Survey, shots, t};
use serde_json::Value;
use thirtyfour::{Key, prelude::By};

use crate::published;

const NAME: &str = "What may we call you?";
const ORDER: &str = "What matters most?";
const STREET: &str = "Which street?";

/// A server with the survey "Your street", and a browser on its first page.
async fn stage(options: Options) -> Result<(Server, Browser)> {
    let server = Server::start().await?;
    let definition: Value = serde_json::from_str(include_str!("form.json"))?;
    published::survey(&server, "your-street", "Your street", definition).await?;
    let browser = Browser::start_with(&server, options).await?;
    browser.ready_for_offline().await?;
    browser.open_page("/surveys/your-street").await?;
    Ok((server, browser))
}

/// What stands in the field with this id.
async fn value(browser: &Browser, id: &str) -> Result<String> {
    browser.see(By::Id(id)).await?;
    let value =
        browser.run("return document.getElementById(arguments[0]).value", &[id.into()]).await?;
    Ok(value.as_str().unwrap_or_default().to_owned())
}

async fn journal(browser: &Browser) -> Result<Value> {
    browser.run("return localStorage.getItem('survey-journal')", &[]).await
}

/// Answers the first page and the page "Your home".
async fn to_order(browser: &Browser) -> Result<Survey<'_>> {
    let survey = Survey::start(browser).await?;
    survey.write("Ana").await?.next().await?;
    browser.tick("No").await?;
    survey.next().await?;
    ensure!(survey.question().await? == ORDER);
    Ok(survey)
}

/// The columns of the one response that has come.
async fn arrived(server: &Server) -> Result<e2e::client::Table> {
    let staff = Client::sign_in(server).await?;
    staff.table("/export/surveys/your-street.csv").await
}

#[tokio::test]
async fn any_language_of_the_form_can_be_had_at_any_moment() -> Result<()> {
    let (_server, browser) = stage(Options::default()).await?;
    // One of nine needs an answer; and nobody has made sure that none of them asks for a name.
    browser.reads(t("survey_skip")).await?;
    assert!(!browser.text().await?.contains(t("survey_private")));
    let survey = Survey::start(&browser).await?;
    survey.write("Ana Maria ").await?;
    browser.press_button("Polski").await?;
    browser.headed("Jak mamy Cię nazywać?").await?;
    assert_eq!(value(&browser, "answer").await?, "Ana Maria ");
    // The app does not speak Somali: the questions do.
    browser.press_button("Soomaali").await?;
    browser.headed("Magacaa?").await?;
    assert_eq!(value(&browser, "answer").await?, "Ana Maria ");
    let lang = browser.run("return document.querySelector('main form').lang", &[]).await?;
    assert_eq!(lang, "so");
    browser.press_button("English").await?;
    browser.headed(NAME).await?;
    survey.next().await?;
    browser.reads("Hello Ana Maria, have you a garden?").await?;
    // What is wrong is said in the language on the screen, in the form's own words.
    survey.press_next().await?;
    browser.press_link("Hello Ana Maria, have you a garden? – Tell us about the garden").await?;
    browser.press_button("Polski").await?;
    browser.reads("Napisz o ogrodzie").await?;
    Ok(())
}

#[tokio::test]
async fn a_page_of_several_questions_changes_with_its_answers() -> Result<()> {
    let (_server, browser) = stage(Options::default()).await?;
    let survey = Survey::start(&browser).await?;
    survey.next().await?;
    assert_eq!(survey.question().await?, "Your home");
    let size = By::Id("answer-size");
    assert!(!browser.sees(size.clone()).await?);
    browser.tick("Agree").await?;
    browser.tick("Yes").await?;
    let field = browser.see(size.clone()).await?;
    field.send_keys("12.5").await?;
    browser.tick("No").await?;
    assert!(!browser.sees(size.clone()).await?);
    // Back again with what was written: nobody has to write it twice.
    browser.tick("Yes").await?;
    let field = browser.see(size).await?;
    assert_eq!(field.prop("value").await?.as_deref(), Some("12.5"));
    survey.next().await?;
    assert_eq!(survey.question().await?, ORDER);
    Ok(())
}

#[tokio::test]
async fn things_are_ranked_with_the_keyboard_and_people_are_added_and_removed() -> Result<()> {
    let (server, browser) = stage(Options::default()).await?;
    let survey = to_order(&browser).await?;
    browser.run("document.getElementById('answer-up-shop').focus()", &[]).await?;
    browser.key(Key::Enter).await?;
    browser
        .reads(&fill("survey_rank_moved", &[("what", "Shops"), ("n", "2"), ("of", "3")]))
        .await?;
    browser
        .until("the button keeps the focus", async || {
            Ok((browser.focused().await? == "answer-up-shop").then_some(()))
        })
        .await?;
    browser.key(Key::Enter).await?;
    browser
        .reads(&fill("survey_rank_moved", &[("what", "Shops"), ("n", "1"), ("of", "3")]))
        .await?;
    survey.next().await?;

    assert_eq!(survey.question().await?, STREET);
    browser.see(By::Id("answer")).await?.send_keys("lodz").await?;
    browser.reads(&fill("survey_found", &[("n", "1"), ("all", "9")])).await?;
    // Who would rather not say need not search for that.
    browser.tick(t("survey_decline")).await?;
    browser.tick("Łódź Gardens").await?;
    survey.next().await?;
    browser.run("document.getElementById('answer').focus()", &[]).await?;
    browser.key(Key::Home).await?;
    browser.key(Key::Right).await?;
    survey.next().await?;

    survey.write("Bo").await?.next().await?;
    assert_eq!(survey.question().await?, "How old is Bo?");
    survey.write("130").await?.press_next().await?;
    browser.press_link("Nobody is that old").await?;
    survey.write("30").await?.next().await?;
    browser.press_button(t("survey_add")).await?;
    browser.headed("Who lives here?").await?;
    survey.write("Cy").await?.next().await?;
    survey.next().await?;
    browser.reads("Person 2").await?;
    // "Add another" by mistake leaves nobody behind.
    browser.press_button(t("survey_add")).await?;
    browser.headed("Who lives here?").await?;
    browser.press_button(t("back")).await?;
    browser.headed("Add another? Person").await?;
    assert!(!browser.text().await?.contains("Person 3"));
    // Whoever is first goes, and comes back.
    let remove = || By::XPath("//button[contains(., 'Remove')]".to_owned());
    browser.press(remove()).await?;
    browser.reads(&fill("survey_removed", &[("what", "Person 1")])).await?;
    browser.focuses("bring-back").await?;
    browser.key(Key::Enter).await?;
    browser.reads("Bo").await?;
    browser.reads("Person 2").await?;
    // Whoever is first goes; the other one moves up.
    browser.press(remove()).await?;
    browser
        .until("one person is left", async || {
            let text = browser.text().await?;
            Ok((text.contains("Cy") && !text.contains("Bo") && !text.contains("Person 2"))
                .then_some(()))
        })
        .await?;
    browser.press_button(t("survey_no_more")).await?;
    browser.headed("When do you get up?").await?;
    survey.write_date("07:30").await?.next().await?;
    browser.tick(t("survey_agree")).await?;
    survey.next().await?;
    survey.save().await?.received().await?;
    browser.reads("You wanted a bench. It stands there now.").await?;
    let table = arrived(&server).await?;
    assert_eq!(table.column("street")?, ["s7"]);
    assert_eq!(table.column("warm")?, ["5"]);
    Ok(())
}

#[tokio::test]
async fn whoever_reloads_goes_on_and_the_next_person_does_not() -> Result<()> {
    let (_server, browser) = stage(Options::default()).await?;
    let survey = to_order(&browser).await?;
    browser.reload().await?;
    browser.reads(t("survey_go_on_title")).await?;
    assert!(!browser.text().await?.contains("Ana"));
    browser.press_button(t("survey_go_on")).await?;
    browser.headed(ORDER).await?;
    survey.back().await?;
    browser.reads("Hello Ana").await?;

    // Typed and not yet left: it is there all the same.
    survey.back().await?;
    survey.write("Ana and Bo").await?;
    browser.reload().await?;
    browser.press_button(t("survey_go_on")).await?;
    browser.headed(NAME).await?;
    assert_eq!(value(&browser, "answer").await?, "Ana and Bo");

    // Eleven minutes later nobody finds it.
    let older = "const it = JSON.parse(localStorage.getItem('survey-journal'));
        it.at -= 11 * 60 * 1000;
        localStorage.setItem('survey-journal', JSON.stringify(it))";
    browser.run(older, &[]).await?;
    browser.reload().await?;
    browser.see(By::XPath(format!("//button[. = '{}']", t("survey_start")))).await?;
    assert!(!browser.text().await?.contains(t("survey_go_on_title")));
    assert_eq!(journal(&browser).await?, Value::Null);

    // Finished: gone.
    let survey = to_order(&browser).await?;
    assert_ne!(journal(&browser).await?, Value::Null);
    survey.skip_to("Add another? Person").await?;
    browser.press_button(t("survey_no_more")).await?;
    browser.headed("When do you get up?").await?;
    survey.skip_to(t("survey_check")).await?;
    survey.save().await?;
    assert_eq!(journal(&browser).await?, Value::Null);
    browser.reload().await?;
    assert!(!browser.text().await?.contains(t("survey_go_on_title")));
    Ok(())
}

#[tokio::test]
async fn whoever_stops_keeps_or_throws_away() -> Result<()> {
    let (server, browser) = stage(Options::default()).await?;
    to_order(&browser).await?;
    browser.press_button(t("survey_stop")).await?;
    browser.headed(t("survey_stop_title")).await?;
    browser.press_button(t("survey_stop_back")).await?;
    browser.headed(ORDER).await?;
    browser.press_button(t("survey_stop")).await?;
    browser.press_button(t("survey_stop_throw")).await?;
    browser.headed("Your street").await?;
    assert_eq!(journal(&browser).await?, Value::Null);

    let survey = to_order(&browser).await?;
    survey.skip_to("How old is ?").await?;
    survey.write("130").await?;
    browser.press_button(t("survey_stop")).await?;
    // What nobody can receive is named before somebody decides.
    browser.reads(t("survey_stop_unfit")).await?;
    browser.reads("How old is ?").await?;
    browser.press_button(t("survey_stop_keep")).await?;
    let saved = e2e::pages::Saved::wait(&browser).await?;
    saved.received().await?;
    assert_eq!(journal(&browser).await?, Value::Null);
    let table = arrived(&server).await?;
    assert_eq!(table.column("_reference")?, [saved.reference.as_str()]);
    assert_eq!(table.column("nickname")?, ["Ana"]);
    Ok(())
}

#[tokio::test]
async fn whoever_walks_away_or_follows_a_link_leaves_no_journal() -> Result<()> {
    let (_server, browser) = stage(Options::default()).await?;
    clock::hold(&browser).await?;
    // From a page of several questions with something wrong on it, from an order, and from a slider.
    for pages in [0, 1, 3] {
        let survey = Survey::start(&browser).await?;
        survey.write("Ana").await?.next().await?;
        if pages == 0 {
            survey.press_next().await?;
            browser.see(By::Css(".govuk-error-summary")).await?;
        } else {
            browser.tick("No").await?;
            for _ in 0..pages {
                survey.next().await?;
            }
        }
        assert_ne!(journal(&browser).await?, Value::Null);
        assert_eq!(clock::ring(&browser, 5 * 60 * 1_000).await?, 1);
        browser.reads(t("idle_title")).await?;
        assert_eq!(clock::ring(&browser, 60 * 1_000).await?, 1);
        browser.headed("Your street").await?;
        assert_eq!(journal(&browser).await?, Value::Null);
    }

    to_order(&browser).await?;
    browser.press_link(t("tablet_title")).await?;
    browser.headed(t("tablet_title")).await?;
    assert_eq!(journal(&browser).await?, Value::Null);

    // The browser's own way back leads out of the survey as a link does.
    browser.open_page("/surveys").await?;
    browser.press_link("Your street").await?;
    browser.headed("Your street").await?;
    to_order(&browser).await?;
    assert_ne!(journal(&browser).await?, Value::Null);
    browser.web()?.back().await?;
    browser.headed(t("surveys_title")).await?;
    assert_eq!(journal(&browser).await?, Value::Null);
    Ok(())
}

#[tokio::test]
async fn the_pages_of_a_form_are_pictured() -> Result<()> {
    for width in shots::WIDTHS {
        let (_server, browser) = stage(Options::wide(width)).await?;
        shots::take(&browser, "form-start", width).await?;
        let survey = Survey::start(&browser).await?;
        survey.write("Ana").await?.next().await?;
        browser.tick("Yes").await?;
        shots::take(&browser, "form-page", width).await?;
        survey.next().await?;
        shots::take(&browser, "form-rank", width).await?;
        survey.next().await?;
        shots::take(&browser, "form-search", width).await?;
        survey.next().await?;
        shots::take(&browser, "form-slider", width).await?;
        survey.next().await?.write("Bo").await?.next().await?;
        survey.next().await?;
        shots::take(&browser, "form-another", width).await?;
        browser.press_button(t("survey_stop")).await?;
        browser.headed(t("survey_stop_title")).await?;
        shots::take(&browser, "form-stop", width).await?;
        browser.press_button(t("survey_stop_back")).await?;
        browser.press_button(t("survey_no_more")).await?;
        survey.skip_to(t("survey_check")).await?;
        shots::take(&browser, "form-check", width).await?;
        browser.reload().await?;
        browser.reads(t("survey_go_on_title")).await?;
        shots::take(&browser, "form-go-on", width).await?;
    }
    Ok(())
}
