//! A resident answers a survey alone, and the next person finds nothing of it.

use anyhow::Result;
use e2e::{
    Browser, Client, Server,
    pages::{Survey, Tablet},
    t,
};
use thirtyfour::prelude::By;

const GET_ON: &str = "To what extent do you agree or disagree that your local area is a place where \
                      people from different backgrounds get on well together?";
const LONELY: &str = "How often do you feel lonely?";
const ONLINE: &str = "How often do you use the internet?";
const BARRIERS: &str = "What stops you from going online more often?";
const TOOK_PART: &str = "When did you last take part in something local?";
const AGE: &str = "How old are you?";

async fn stage() -> Result<(Server, Browser)> {
    let server = Server::start().await?;
    let browser = Browser::start(&server).await?;
    browser.ready_for_offline().await?;
    Ok((server, browser))
}

/// Whether the box with these words is ticked.
async fn is_ticked(browser: &Browser, words: &str) -> Result<bool> {
    let label = browser.see(e2e::browser::exactly("label", words)).await?;
    let id = label.attr("for").await?.unwrap_or_default();
    Ok(browser.web()?.find(By::Id(id)).await?.is_selected().await?)
}

#[tokio::test]
async fn going_back_keeps_the_answers() -> Result<()> {
    let (_server, browser) = stage().await?;
    let survey = Survey::begin(&browser).await?;
    survey.to_questions_of_choice().await?;
    assert_eq!(survey.question().await?, GET_ON);
    survey.pick("Tend to agree").await?.next().await?;
    survey.back().await?;
    assert!(is_ticked(&browser, "Tend to agree").await?);
    survey.back().await?;
    assert!(is_ticked(&browser, "7").await?);
    survey.next().await?;
    assert!(is_ticked(&browser, "Tend to agree").await?);
    Ok(())
}

#[tokio::test]
async fn a_question_that_must_be_answered_says_so_and_leads_there() -> Result<()> {
    let (_server, browser) = stage().await?;
    let survey = Survey::begin(&browser).await?;
    survey.to_questions_of_choice().await?;
    survey.press_next().await?;
    let summary = browser.see(By::Css(".govuk-error-summary")).await?;
    assert!(summary.text().await?.contains(t("problem_title")));
    browser
        .until("the summary has the focus", async || {
            let script = "return document.activeElement.matches('.govuk-error-summary')";
            Ok((browser.run(script, &[]).await? == true).then_some(()))
        })
        .await?;
    browser.press_link(t("problem_required")).await?;
    browser
        .until("the first choice has the focus", async || {
            Ok((browser.focused().await? == "answer").then_some(()))
        })
        .await?;
    assert_eq!(survey.question().await?, GET_ON);
    // An answer puts it right.
    survey.pick("Don't know").await?.next().await?;
    assert!(!browser.sees(By::Css(".govuk-error-summary")).await?);
    Ok(())
}

#[tokio::test]
async fn a_question_comes_only_where_an_earlier_answer_makes_it_matter() -> Result<()> {
    let (_server, browser) = stage().await?;
    let survey = Survey::begin(&browser).await?;
    survey.to_questions_of_choice().await?;
    for answer in ["Don't know", "Don't know", "Don't know", "Never"] {
        survey.pick(answer).await?.next().await?;
    }
    assert_eq!(survey.question().await?, ONLINE);
    survey.pick("Every day or almost every day").await?.next().await?;
    assert_eq!(survey.question().await?, TOOK_PART);

    survey.back().await?;
    survey.pick("Never").await?.next().await?;
    assert_eq!(survey.question().await?, BARRIERS);
    survey.pick("I do not know how").await?.next().await?;

    // Changed once more, its answer does not count any more.
    survey.back().await?.back().await?;
    survey.pick("At least once a week").await?.next().await?;
    survey.write_date("2026-03-29").await?.next().await?;
    survey.next().await?;
    survey.pick("Grays").await?.next().await?;
    survey.write("33").await?.next().await?;
    browser.headed(t("survey_check")).await?;
    let summary = browser.text().await?;
    assert!(!summary.contains(BARRIERS), "{summary}");
    assert!(summary.contains("29 March 2026"), "{summary}");
    Ok(())
}

#[tokio::test]
async fn answers_are_checked_changed_and_sent_and_the_next_person_sees_none() -> Result<()> {
    let (server, browser) = stage().await?;
    let survey = Survey::begin(&browser).await?;
    survey.to_questions_of_choice().await?;
    for answer in ["Tend to agree", "Tend to disagree", "Very strongly"] {
        survey.pick(answer).await?.next().await?;
    }
    assert_eq!(survey.question().await?, LONELY);
    survey.pick(t("survey_decline")).await?.next().await?;
    survey.pick("Every day or almost every day").await?.next().await?;
    survey.next().await?;
    survey.write("Somewhere warm, \u{142}adne and free").await?.next().await?;
    survey.pick("Tilbury and Chadwell").await?.next().await?;

    // An age that cannot be is refused with the survey's own words, and stays in the field.
    assert_eq!(survey.question().await?, AGE);
    survey.write("12").await?.press_next().await?;
    browser.see(By::Css(".govuk-error-summary")).await?;
    let field = browser.see(By::Id("answer")).await?;
    assert_eq!(field.prop("value").await?.as_deref(), Some("12"));
    survey.pick(t("survey_decline")).await?.next().await?;

    browser.headed(t("survey_check")).await?;
    browser.reads("Very strongly").await?;
    let change = By::XPath(
        "//div[dt[starts-with(normalize-space(.), 'How strongly do you feel')]]//button".to_owned(),
    );
    browser.press(change).await?;
    browser
        .until("the question to change", async || {
            Ok(survey.question().await?.starts_with("How strongly").then_some(()))
        })
        .await?;
    assert!(is_ticked(&browser, "Very strongly").await?);
    survey.pick("Not very strongly").await?.next().await?.skip_to(t("survey_check")).await?;
    browser.reads("Not very strongly").await?;
    let saved = survey.save().await?;
    saved.received().await?;
    let reference = saved.reference.clone();

    // The next person: nothing in the fields, nothing behind the browser's "back".
    browser.press_button(t("survey_again")).await?;
    browser.see(By::Css("main form")).await?;
    survey.next().await?;
    assert!(!is_ticked(&browser, "7").await?);
    browser.press_link(t("tablet_title")).await?;
    browser.headed(t("tablet_title")).await?;
    browser.web()?.back().await?;
    browser.headed("Living together in Thurrock").await?;
    let text = browser.text().await?;
    assert!(!text.contains("Somewhere warm"), "{text}");
    Tablet::open(&browser).await?.shows_waiting(0).await?;
    assert!(!browser.text().await?.contains("Somewhere warm"));

    let staff = Client::sign_in(&server).await?;
    let table = staff.table("/export/surveys/living-together.csv").await?;
    assert_eq!(table.column("_reference")?, [reference.as_str()]);
    assert_eq!(table.column("belong")?, ["not_very_strongly"]);
    assert_eq!(table.column("lonely")?, ["prefer_not_to_say"]);
    assert_eq!(table.column("age")?, ["prefer_not_to_say"]);
    assert_eq!(table.column("satisfied")?, ["7"]);
    assert_eq!(table.column("first_thing")?, ["Somewhere warm, \u{142}adne and free"]);
    Ok(())
}

/// A survey is a program of its own: what leads there and back is loaded anew.
#[tokio::test]
async fn a_chosen_language_goes_along_to_the_survey_and_back() -> Result<()> {
    let (_server, browser) = stage().await?;
    let speaks = async |tag: &str| -> Result<()> {
        browser.see(By::Css(format!("button[lang={tag}][aria-pressed=true]"))).await.map(drop)
    };
    browser.open_page("/").await?;
    browser.press_button("Polski").await?;
    speaks("pl").await?;
    browser.press(By::Css("a[href='/surveys']")).await?;
    browser.press(By::Css("a[href='/surveys/living-together']")).await?;
    browser.headed("Living together in Thurrock").await?;
    speaks("pl").await?;
    browser.reload().await?;
    speaks("pl").await?;
    browser.press(By::Css("a.ct-header__brand")).await?;
    browser.see(By::Css("a[href='/feedback']")).await?;
    speaks("pl").await?;
    browser.press_button("English").await?;
    speaks("en").await?;
    browser.press(By::Css("a[href='/surveys']")).await?;
    browser.press_link("Living together in Thurrock").await?;
    browser.reads(t("survey_start")).await?;
    speaks("en").await
}
