//! axe-core finds no fault of level A or AA on any page, at the width of a telephone and of a desk.

use anyhow::{Context, Result};
use e2e::{
    Browser, Server, axe,
    browser::exactly,
    pages::{Feedback, Staff, Survey, Tablet},
    t,
};
use thirtyfour::prelude::By;

/// Checks what is on the screen at both widths, and gathers what is found.
struct Eyes<'a> {
    browser: &'a Browser,
    faults: Vec<String>,
}

impl<'a> Eyes<'a> {
    fn of(browser: &'a Browser) -> Self {
        Self { browser, faults: Vec::new() }
    }

    async fn look(&mut self, page: &str) -> Result<()> {
        for (width, height) in [(1_280, 900), (390, 844)] {
            self.browser.resize(width, height).await?;
            if let Err(fault) = axe::check(self.browser, &format!("{page} at {width} px")).await {
                self.faults.push(format!("{fault:#}"));
            }
            let script = "return document.documentElement.scrollWidth - innerWidth";
            let too_wide = self.browser.run(script, &[]).await?.as_i64().unwrap_or_default();
            if too_wide > 0 {
                self.faults.push(format!("{page} at {width} px is {too_wide} px too wide"));
            }
        }
        Ok(())
    }

    async fn look_at(&mut self, path: &str) -> Result<()> {
        self.browser.open_page(path).await?;
        self.look(path).await
    }

    fn found_nothing(self) -> Result<()> {
        anyhow::ensure!(self.faults.is_empty(), "{}", self.faults.join("\n\n"));
        Ok(())
    }
}

#[tokio::test]
async fn pages_for_residents_and_volunteers() -> Result<()> {
    let mut server = Server::start().await?;
    let browser = Browser::start(&server).await?;
    browser.ready_for_offline().await?;
    Tablet::open(&browser).await?.stand_in("Grays Central Library").await?;
    let mut eyes = Eyes::of(&browser);
    for path in [
        "/",
        "/events",
        "/events/internet-club-grays",
        "/events/nothing-of-the-kind",
        "/support?q=debt",
        "/support/samaritans",
        "/support?q=zzzzzz",
        "/surveys",
        "/surveys/living-together",
        "/nothing-of-the-kind",
    ] {
        eyes.look_at(path).await?;
    }
    browser.open_page("/support/samaritans").await?;
    browser.press_button(t("shortlist_add")).await?;
    browser.press_link(t("shortlist_see")).await?;
    browser.headed(t("support_title")).await?;
    eyes.look("the shortlist").await?;

    let form = Feedback::open(&browser).await?;
    eyes.look("/feedback").await?;
    form.tick(t("reply_email")).await?.tick(t("feedback_gap")).await?;
    form.press_save().await?;
    browser.see(By::Css(".govuk-error-summary")).await?;
    eyes.look("/feedback with errors").await?;
    browser.write(t("reply_email_address"), "ana@example.org").await?;
    form.tell("Seen by axe").await?;
    eyes.look("/feedback, saved").await?;

    server.stop().await?;
    Feedback::open(&browser).await?.tell("Waiting").await?;
    Tablet::open(&browser).await?.shows_waiting(1).await?;
    eyes.look("/tablet with something waiting").await?;
    eyes.found_nothing()
}

#[tokio::test]
async fn every_kind_of_question() -> Result<()> {
    let server = Server::start().await?;
    let browser = Browser::start(&server).await?;
    browser.ready_for_offline().await?;
    let mut eyes = Eyes::of(&browser);
    let survey = Survey::begin(&browser).await?;
    eyes.look("a note").await?;
    survey.next().await?;
    eyes.look("a scale").await?;
    survey.next().await?.press_next().await?;
    browser.see(By::Css(".govuk-error-summary")).await?;
    eyes.look("one of several, with an error").await?;
    for answer in ["Don't know", "Don't know", "Don't know", "Never", "Never"] {
        survey.pick(answer).await?.next().await?;
    }
    eyes.look("several of several").await?;
    survey.next().await?.next().await?;
    eyes.look("a date").await?;
    survey.next().await?;
    eyes.look("words").await?;
    survey.next().await?.pick("Grays").await?.next().await?;
    survey.write("3").await?.press_next().await?;
    browser.see(By::Css(".govuk-error-summary")).await?;
    eyes.look("a number, with an error").await?;
    survey.write("30").await?.next().await?;
    browser.headed(t("survey_check")).await?;
    eyes.look("check your answers").await?;
    survey.save().await?;
    eyes.look("the confirmation").await?;
    eyes.found_nothing()
}

#[tokio::test]
async fn pages_for_staff() -> Result<()> {
    let server = Server::start().await?;
    let browser = Browser::start(&server).await?;
    browser.ready_for_offline().await?;
    Feedback::open(&browser).await?.tell("For the list").await?.received().await?;
    Survey::begin(&browser).await?.answer_all("For the charts").await?.received().await?;
    let mut eyes = Eyes::of(&browser);

    let staff = Staff::at_the_door(&browser, "/staff").await?;
    eyes.look("signing in").await?;
    staff.give("admin", "wrong").await?;
    browser.reads(t("staff_sign_in_wrong")).await?;
    eyes.look("a wrong password").await?;
    staff.give("admin", e2e::server::PASSWORD).await?;
    browser.reads(t("staff_figures")).await?;
    eyes.look("/staff").await?;
    for (path, sign) in [
        ("/staff/feedback", "For the list"),
        ("/staff/surveys", t("staff_surveys_caption")),
        ("/staff/surveys/living-together", t("staff_result_few")),
        ("/staff/events", t("staff_event_new")),
        ("/staff/events/new", t("staff_part_when")),
        ("/staff/events/internet-club-grays", t("staff_part_when")),
        ("/staff/listings", t("staff_listing_new")),
        ("/staff/listings/samaritans", t("staff_part_contact")),
    ] {
        browser.open_page(path).await?;
        browser.reads(sign).await.with_context(|| path.to_owned())?;
        eyes.look(path).await?;
    }
    browser.open_page("/staff/events/new").await?;
    browser.reads(t("staff_part_when")).await?;
    staff.save().await?;
    browser.see(By::Css(".govuk-error-summary")).await?;
    eyes.look("an event with errors").await?;
    eyes.found_nothing()
}

#[tokio::test]
async fn a_fault_would_be_found() -> Result<()> {
    let server = Server::start().await?;
    let browser = Browser::start(&server).await?;
    browser.open_page("/").await?;
    browser.run("document.querySelector('main').append(new Image())", &[]).await?;
    let fault = axe::check(&browser, "/").await;
    assert!(fault.is_err_and(|fault| fault.to_string().contains("image-alt")));
    Ok(())
}

#[tokio::test]
async fn pages_where_staff_write_surveys() -> Result<()> {
    let server = Server::start().await?;
    let browser = Browser::start(&server).await?;
    Staff::sign_in(&browser, "/staff/surveys/new").await?;
    let mut eyes = Eyes::of(&browser);
    eyes.look("/staff/surveys/new").await?;
    let edit = "/staff/surveys/living-together/edit";
    browser.open_page(edit).await?;
    browser.press_link(t("staff_make_languages")).await?;
    browser.choose(t("staff_make_language_add"), "Polish").await?;
    browser.press_button(t("staff_make_language_add_go")).await?;
    browser.press(By::XPath("//a[starts-with(normalize-space(.), 'Translate')]")).await?;
    browser.see(By::Id("words-0")).await?;
    eyes.look("the translations").await?;
    for (query, sign) in [
        ("", t("staff_make_whole")),
        ("?do=about&at=", t("staff_make_minutes")),
        ("?do=item&at=get_on", t("staff_make_rules")),
        ("?do=add&at=", t("staff_kind_repeat")),
        ("?do=condition&at=being_online/online_barriers", t("staff_make_source")),
        ("?do=constraint&at=get_on", t("staff_make_source")),
        ("?do=required&at=get_on", t("staff_make_source")),
        ("?do=choices&at=get_on", t("staff_make_choices_add")),
        ("?do=languages&at=", t("staff_make_language_add")),
        ("?do=preview&at=", t("survey_next")),
        ("?do=publish&at=", t("staff_make_publish_text")),
    ] {
        let path = format!("{edit}{query}");
        browser.open_page(&path).await?;
        browser.reads(sign).await?;
        eyes.look(&path).await?;
    }
    browser.open_page(&format!("{edit}?do=condition&at=get_on")).await?;
    browser.press_button(t("staff_make_test_add")).await?;
    browser.see(By::Id("question-0")).await?;
    eyes.look("a condition").await?;
    browser.open_page(&format!("{edit}?do=choices&at=get_on")).await?;
    browser.press_button(t("staff_make_stored_change")).await?;
    browser.see(exactly("label", t("staff_make_stored"))).await?;
    eyes.look("a stored name").await?;
    eyes.found_nothing()
}
