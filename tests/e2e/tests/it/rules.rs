//! Rules that staff pick without writing an expression, as a resident meets them: which choices are offered, how often
//! a group is asked, which answers are good, when an answer is needed.

use anyhow::Result;
use e2e::{
    Browser, Client, Server,
    browser::exactly,
    fill,
    pages::{Builder, Staff, Survey},
    t,
};
use serde_json::Value;
use thirtyfour::prelude::By;

const COUNTY: &str = "Which county?";
const TOWN: &str = "Which town?";
const CHILDREN: &str = "How many children live with you?";
const CHILD: &str = "Child";
const AGE: &str = "How old is this child?";
const SCHOOL: &str = "Which schools do they go to?";
const TOO_MANY: &str = "Ask a volunteer to help you.";
const NEEDED: &str = "We plan places by this.";

/// What a field of the page holds, on the screen or not.
async fn held(browser: &Browser, id: &str) -> Result<String> {
    let script = "return document.getElementById(arguments[0]).value";
    Ok(browser.run(script, &[id.into()]).await?.as_str().unwrap_or_default().to_owned())
}

/// The choices on the screen.
async fn offered(browser: &Browser) -> Result<Vec<String>> {
    let script = "return [...document.querySelectorAll('main .govuk-radios__label')]
        .map(it => it.textContent.trim()).join('|')";
    let words = browser.run(script, &[]).await?;
    Ok(words.as_str().unwrap_or_default().split('|').map(str::to_owned).collect())
}

/// Begins a survey that can be published but for its questions.
async fn begin(office: &Browser) -> Result<Builder<'_>> {
    Staff::sign_in(office, "/staff/surveys/new").await?;
    let builder = Builder::begin(office, "Families").await?;
    builder.go_to(t("staff_make_about")).await?;
    office.write(t("staff_field_summary"), "Tell us where families live.").await?;
    builder.done().await?;
    Ok(builder)
}

#[tokio::test]
async fn the_towns_of_a_county_alone_are_offered() -> Result<()> {
    let server = Server::start().await?;
    let (office, tablet) = Browser::start_two(&server).await?;
    tablet.ready_for_offline().await?;
    let builder = begin(&office).await?;
    builder.add(COUNTY, t("staff_kind_select_one")).await?.choices(&["Essex", "Kent"]).await?;
    builder.done().await?.add(TOWN, t("staff_kind_select_one")).await?;
    builder.choices(&["Grays", "Dover", "Tilbury"]).await?;
    let by = fill("staff_make_filter_by", &[("title", COUNTY)]);
    office.choose(t("staff_make_filter"), &by).await?;
    office.reads(t("staff_make_filter_next")).await?;
    office.press_link(t("staff_make_choices_change")).await?;
    for (town, county) in [("grays", "essex"), ("dover", "kent"), ("tilbury", "essex")] {
        let option = format!("#belongs-{town} option[value={county}]");
        office.press(By::Css(&option)).await?;
    }
    builder.saved().await?;
    office.press_link(t("staff_make_done")).await?;
    assert_eq!(held(&office, "choice_filter").await?, "which_county = ${which_county}");
    builder.done().await?.saved().await?.publish(1).await?;

    tablet.open_page("/surveys/families").await?;
    let survey = Survey::start(&tablet).await?;
    survey.pick("Kent").await?.next().await?;
    assert_eq!(survey.question().await?, TOWN);
    assert_eq!(offered(&tablet).await?, ["Dover"]);
    survey.pick("Dover").await?.back().await?;
    // Another county: its towns, and the town of the first is no answer any more.
    survey.pick("Essex").await?.next().await?;
    assert_eq!(offered(&tablet).await?, ["Grays", "Tilbury"]);
    survey.pick("Tilbury").await?.next().await?;
    survey.save().await?.received().await?;
    let table = Client::sign_in(&server).await?.table("/export/surveys/families.csv").await?;
    assert_eq!(table.column("which_county")?, ["essex"]);
    assert_eq!(table.column("which_town")?, ["tilbury"]);
    Ok(())
}

#[tokio::test]
async fn an_answer_beyond_the_rule_is_not_taken_and_the_author_s_words_say_why() -> Result<()> {
    let server = Server::start().await?;
    let (office, tablet) = Browser::start_two(&server).await?;
    tablet.ready_for_offline().await?;
    let builder = begin(&office).await?;
    builder.add(CHILDREN, t("staff_kind_integer")).await?;
    office.press_link(t("staff_make_constraint_change")).await?;
    builder.press(t("staff_make_test_add")).await?;
    office.choose(t("staff_make_comparison"), t("staff_make_at_most")).await?;
    office.write(t("staff_make_value"), "12").await?;
    assert_eq!(held(&office, "source").await?, ". <= 12");
    builder.press(t("staff_make_condition_keep")).await?;
    office.reads(". <= 12").await?;
    office.write(t("staff_make_constraint_message"), TOO_MANY).await?;
    builder.done().await?.saved().await?.publish(1).await?;

    tablet.open_page("/surveys/families").await?;
    let survey = Survey::start(&tablet).await?;
    survey.write("13").await?.press_next().await?;
    tablet.reads(TOO_MANY).await?;
    assert_eq!(survey.question().await?, CHILDREN);
    survey.write("12").await?.next().await?;
    survey.save().await?.received().await?;
    let table = Client::sign_in(&server).await?.table("/export/surveys/families.csv").await?;
    assert_eq!(table.column("how_many_children_live_with_you")?, ["12"]);
    Ok(())
}

#[tokio::test]
async fn a_group_is_asked_as_often_as_an_answer_says() -> Result<()> {
    let server = Server::start().await?;
    let (office, tablet) = Browser::start_two(&server).await?;
    tablet.ready_for_offline().await?;
    let builder = begin(&office).await?;
    builder.add(CHILDREN, t("staff_kind_integer")).await?.done().await?;
    builder.add(CHILD, t("staff_kind_repeat")).await?;
    let by = fill("staff_make_count_by", &[("title", CHILDREN)]);
    office.choose(t("staff_make_count"), &by).await?;
    builder.done().await?;
    office.press_link(&format!("{}: {CHILD}", t("staff_make_add_inside"))).await?;
    office.write(t("staff_make_words"), AGE).await?;
    office.tick(t("staff_kind_integer")).await?;
    office.press(exactly("button", t("staff_make_add_go"))).await?;
    office.see(exactly("h2", AGE)).await?;
    builder.done().await?.saved().await?.publish(1).await?;

    tablet.open_page("/surveys/families").await?;
    let survey = Survey::start(&tablet).await?;
    survey.write("2").await?.press_next().await?;
    for age in ["4", "9"] {
        tablet.headed(AGE).await?;
        tablet
            .until("the field of the next child is empty", async || {
                let field = tablet.see(By::Css("main input")).await?;
                Ok(field.prop("value").await?.unwrap_or_default().is_empty().then_some(field))
            })
            .await?
            .send_keys(age)
            .await?;
        survey.press_next().await?;
    }
    survey.save().await?.received().await?;
    let staff = Client::sign_in(&server).await?;
    let answers: Value =
        serde_json::from_slice(&staff.bytes("/export/surveys/families.json").await?)?;
    let written = answers.to_string();
    assert!(written.contains("\"4\"") && written.contains("\"9\""), "{answers:#}");
    Ok(())
}

#[tokio::test]
async fn an_answer_is_needed_only_where_the_condition_holds() -> Result<()> {
    let server = Server::start().await?;
    let (office, tablet) = Browser::start_two(&server).await?;
    tablet.ready_for_offline().await?;
    let builder = begin(&office).await?;
    builder.add(CHILDREN, t("staff_kind_integer")).await?.done().await?;
    builder.add(SCHOOL, t("staff_kind_text")).await?;
    office.tick(t("staff_make_required")).await?;
    office.press_link(t("staff_make_needed_change")).await?;
    builder.press(t("staff_make_test_add")).await?;
    office.choose(t("staff_make_question"), CHILDREN).await?;
    office.choose(t("staff_make_comparison"), t("staff_make_greater")).await?;
    office.write(t("staff_make_value"), "0").await?;
    const SOURCE: &str = "${how_many_children_live_with_you} > 0";
    assert_eq!(held(&office, "source").await?, SOURCE);
    builder.press(t("staff_make_condition_keep")).await?;
    office.reads(&fill("staff_make_when", &[("when", SOURCE)])).await?;
    office.write(t("staff_make_required_message"), NEEDED).await?;
    builder.done().await?.saved().await?.publish(1).await?;

    tablet.open_page("/surveys/families").await?;
    let survey = Survey::start(&tablet).await?;
    survey.write("1").await?.next().await?;
    assert_eq!(survey.question().await?, SCHOOL);
    survey.press_next().await?;
    tablet.reads(NEEDED).await?;
    assert_eq!(survey.question().await?, SCHOOL);
    // Without children it may stay open.
    survey.back().await?.write("0").await?.next().await?.next().await?;
    survey.save().await?.received().await?;
    let table = Client::sign_in(&server).await?.table("/export/surveys/families.csv").await?;
    assert_eq!(table.column("how_many_children_live_with_you")?, ["0"]);
    Ok(())
}
