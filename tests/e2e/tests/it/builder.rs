//! Staff write a survey and publish it; a resident takes it; staff see the answer.

use anyhow::{Result, ensure};
use e2e::{
    Browser, Client, Options, Server,
    browser::{beginning, exactly},
    pages::{Builder, Staff, Survey},
    shots, t,
};
use serde_json::{Value, json};
use thirtyfour::prelude::By;

pub const USE: &str = "Do you use the park?";
pub const WHY: &str = "Why not?";

/// Writes a survey of two questions, the second for those who answer "No" to the first.
pub async fn write(office: &Browser) -> Result<Builder<'_>> {
    Staff::sign_in(office, "/staff/surveys/new").await?;
    let builder = Builder::begin(office, "Parks").await?;
    builder.go_to(t("staff_make_about")).await?;
    office.write(t("staff_field_summary"), "Tell us what keeps you from the park.").await?;
    office.tick(t("staff_make_anonymous")).await?;
    builder.done().await?;
    builder.add(USE, t("staff_kind_select_one")).await?.choices(&["Yes", "No"]).await?;
    builder.done().await?.add(WHY, t("staff_kind_text")).await?;
    office.press_link(t("staff_make_relevant_change")).await?;
    builder.press(t("staff_make_test_add")).await?;
    office.choose(t("staff_make_comparison"), t("staff_make_is")).await?;
    office.choose(t("staff_make_value"), "No").await?;
    let source = office.see(By::Id("source")).await?.prop("value").await?;
    assert_eq!(source.as_deref(), Some("${do_you_use_the_park} = 'no'"));
    builder.press(t("staff_make_condition_keep")).await?;
    office.reads("${do_you_use_the_park} = 'no'").await?;
    builder.done().await?.saved().await?;
    Ok(builder)
}

#[tokio::test]
async fn a_survey_is_written_translated_published_and_answered() -> Result<()> {
    let server = Server::start().await?;
    let (office, tablet) = Browser::start_two(&server).await?;
    tablet.ready_for_offline().await?;
    let builder = write(&office).await?;

    builder.go_to(t("staff_make_languages")).await?;
    office.choose(t("staff_make_language_add"), "Polish").await?;
    builder.press(t("staff_make_language_add_go")).await?;
    office.reads("6 texts are missing").await?;
    office.press(By::XPath("//a[starts-with(normalize-space(.), 'Translate')]")).await?;
    for (field, words) in [("title", "Parki"), ("summary", "Co odstrasza od parku?")] {
        office.see(By::Id(format!("about-{field}"))).await?.send_keys(words).await?;
    }
    let polish = ["Czy korzystasz z parku?", "Tak", "Nie", "Dlaczego nie?"];
    for (index, words) in polish.into_iter().enumerate() {
        let field = office.see(By::Id(format!("words-{index}"))).await?;
        field.send_keys(words).await?;
    }
    office.press_link(t("staff_make_done")).await?;
    office.reads(t("staff_make_language_whole")).await?;
    builder.back().await?;

    // As a resident sees it: the second question comes for those who say "No" alone.
    builder.go_to(t("staff_make_preview")).await?;
    let resident = Survey::at(&office);
    for (answer, then) in [("Yes", t("staff_make_preview_end")), ("No", WHY)] {
        office.tick(answer).await?;
        resident.press_next().await?;
        office.reads(then).await?;
        if answer == "Yes" {
            builder.press(t("staff_make_preview_again")).await?;
        }
    }
    builder.back().await?.go_to(t("staff_make_publish")).await?;
    office.reads(t("staff_make_anonymous_still")).await?;
    builder.back().await?.publish(1).await?;

    tablet.open_page("/surveys/parks").await?;
    // What is said of the survey is read in the resident's language before the first question.
    tablet.press(By::Id("language-pl")).await?;
    tablet.headed("Parki").await?;
    tablet.reads("Co odstrasza od parku?").await?;
    tablet.press(By::Id("language-en")).await?;
    tablet.headed("Parks").await?;
    tablet.reads(t("survey_private")).await?;
    tablet.reads(t("survey_skip_any")).await?;
    let survey = Survey::start(&tablet).await?;
    assert_eq!(survey.question().await?, USE);
    survey.pick("No").await?.next().await?;
    assert_eq!(survey.question().await?, WHY);
    survey.write("The gate is locked").await?.next().await?;
    survey.save().await?.received().await?;
    let staff = Client::sign_in(&server).await?;
    let table = staff.table("/export/surveys/parks.csv").await?;
    assert_eq!(table.column("do_you_use_the_park")?, ["no"]);
    office.open_page("/staff/surveys/parks").await?;
    // One person's words are not shown: results say so in place of them.
    office.reads(t("staff_result_few")).await?;

    // What was published has the other language too, and the draft is done with.
    let changes: Value = serde_json::from_slice(&staff.bytes("/changes").await?)?;
    let version = changes["records"].as_array().into_iter().flatten();
    let version = version.filter(|it| it["id"] == "parks.1").collect::<Vec<_>>();
    let label = &version[0]["fields"]["definition"]["items"][0]["label"];
    assert_eq!(*label, json!({"en": USE, "pl": "Czy korzystasz z parku?"}));
    let drafts: Value = serde_json::from_slice(&staff.bytes("/drafts").await?)?;
    assert_eq!(drafts, json!({"drafts": []}));

    // Closed, it asks nobody; opened again, it does.
    office.open_page("/staff/surveys/parks/edit").await?;
    builder.press(t("staff_make_close")).await?;
    office.reads(t("staff_make_closed")).await?;
    tablet.open_page("/surveys/parks").await?;
    tablet.headed(t("survey_closed")).await?;
    builder.press(t("staff_make_reopen")).await?;
    office.reads(t("staff_make_reopened")).await?;
    tablet.open_page("/surveys/parks").await?;
    tablet.headed("Parks").await?;
    Ok(())
}

#[tokio::test]
async fn questions_are_moved_and_removed_by_keyboard_and_nothing_is_lost() -> Result<()> {
    let server = Server::start().await?;
    let office = Browser::start(&server).await?;
    let builder = write(&office).await?;
    let order = async || -> Result<String> {
        let script = "return [...document.querySelectorAll('.ct-outline a')]
            .map(it => it.textContent).join('|')";
        Ok(office.run(script, &[]).await?.as_str().unwrap_or_default().to_owned())
    };
    let focus = async |id: &str| {
        office.run("document.getElementById(arguments[0]).focus()", &[id.into()]).await
    };
    assert_eq!(order().await?, format!("{USE}|{WHY}"));
    focus("up-why_not").await?;
    office.key(thirtyfour::Key::Enter).await?;
    // At the top there is no way up: the focus goes to the other button of the question.
    office
        .until("the question has moved and keeps the focus", async || {
            let moved = order().await? == format!("{WHY}|{USE}");
            Ok((moved && office.focused().await? == "down-why_not").then_some(()))
        })
        .await?;
    office.reads(&format!("{WHY}: now 1 of 2.")).await?;
    builder.saved().await?;

    // What another question needs stays, and says for whom.
    office.press_link(USE).await?;
    builder.press(t("staff_make_remove")).await?;
    office.reads(&t("staff_make_refused_in_use").replace("{by}", WHY)).await?;
    builder.back().await?;
    office.press_link(WHY).await?;
    builder.press(t("staff_make_remove")).await?;
    office.reads(&t("staff_make_removed").replace("{title}", WHY)).await?;
    assert_eq!(order().await?, USE);
    builder.press(t("staff_make_undo")).await?;
    office.reads(t("staff_make_undone")).await?;
    builder.saved().await?;

    // Loaded anew, the draft is as it was left; a new name is followed by the condition.
    office.reload().await?;
    office.see(exactly("h2", t("staff_make_questions"))).await?;
    assert_eq!(order().await?, format!("{WHY}|{USE}"));
    office.press_link(USE).await?;
    // With the arrow keys other types are passed by: what one of them cannot have goes with the button alone, and comes back.
    let choices = t("staff_make_choices_count_other").replace("{n}", "2");
    focus("kind").await?;
    for _ in 0..2 {
        office.key(thirtyfour::Key::Down).await?;
    }
    let pick = beginning("button", t("staff_make_pick"));
    office.see(pick.clone()).await?;
    office.reads(&choices).await?;
    office.key(thirtyfour::Key::Tab).await?;
    office.key(thirtyfour::Key::Enter).await?;
    office.see(By::Id("start")).await?;
    ensure!(!office.sees(pick).await? && office.focused().await? == "kind");
    builder.press(t("staff_make_undo")).await?;
    office.reads(&choices).await?;
    office.write(t("staff_make_name"), "uses_park").await?;
    builder.press(t("staff_make_rename")).await?;
    builder.saved().await?.back().await?;
    office.press_link(WHY).await?;
    office.reads("${uses_park} = 'no'").await?;
    Ok(())
}

#[tokio::test]
async fn what_the_server_did_not_get_is_not_called_saved() -> Result<()> {
    let mut server = Server::start().await?;
    let office = Browser::start(&server).await?;
    let builder = write(&office).await?;
    server.stop().await?;
    builder.add("Anything else?", t("staff_kind_text")).await?;
    office.reads(t("staff_not_saved")).await?;
    assert!(!office.sees(exactly("p", t("staff_make_saved"))).await?);
    builder.press(t("staff_try_again")).await?;
    office.focuses("draft-state").await?;
    office.reads(t("staff_make_trying_text")).await?;
    // Nobody must press anything once the server is back.
    server.start_again().await?;
    builder.saved().await?;
    office.reload().await?;
    office.reads("Anything else?").await?;
    Ok(())
}

#[tokio::test]
async fn the_screens_are_pictured() -> Result<()> {
    let server = Server::start().await?;
    for width in shots::WIDTHS {
        // High enough for what stands below the staff pages' own frame.
        let options = Options { size: (width, 1_800), ..Options::default() };
        let office = Browser::start_with(&server, options).await?;
        Staff::sign_in(&office, "/staff/surveys/new").await?;
        shots::take(&office, "staff-survey-new", width).await?;
        office.open_page("/staff/surveys/living-together/edit").await?;
        office.see(exactly("h2", t("staff_make_questions"))).await?;
        for (name, query, sign) in [
            ("contents", "", t("staff_make_whole")),
            ("item", "?do=item&at=get_on", t("staff_make_rules")),
            ("add", "?do=add&at=", t("staff_kind_repeat")),
            ("condition", "?do=condition&at=being_online/online_barriers", t("staff_make_source")),
            ("constraint", "?do=constraint&at=get_on", t("staff_make_source")),
            ("choices", "?do=choices&at=get_on", t("staff_make_choices_add")),
            ("languages", "?do=languages&at=", t("staff_make_language_add")),
            ("translate", "?do=translate&at=pl", t("staff_make_done")),
            ("preview", "?do=preview&at=", t("survey_next")),
            ("publish", "?do=publish&at=", t("staff_make_publish_text")),
        ] {
            office.open_page(&format!("/staff/surveys/living-together/edit{query}")).await?;
            office.reads(sign).await?;
            shots::take(&office, &format!("staff-survey-{name}"), width).await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn two_who_write_the_same_survey_at_once_lose_nothing() -> Result<()> {
    let server = Server::start().await?;
    let (one, two) = Browser::start_two(&server).await?;
    let first = write(&one).await?;
    Staff::sign_in(&two, "/staff/surveys/parks/edit").await?;
    two.see(exactly("h2", t("staff_make_questions"))).await?;
    first.add("From the first", t("staff_kind_text")).await?.saved().await?;
    let second = Builder::at(&two);
    second.add("From the second", t("staff_kind_text")).await?;
    two.reads(&t("staff_make_conflict").replace("{name}", "admin")).await?;
    second.press(t("staff_make_conflict_copy")).await?;
    two.see(exactly("h2", t("staff_make_questions"))).await?;
    second.saved().await?;
    two.reads("From the second").await?;
    assert!(!two.text().await?.contains("From the first"));

    one.reload().await?;
    one.reads("From the first").await?;
    let staff = Client::sign_in(&server).await?;
    let drafts: Value = serde_json::from_slice(&staff.bytes("/drafts").await?)?;
    let ids: Vec<_> = drafts["drafts"].as_array().into_iter().flatten().collect();
    assert_eq!(ids.len(), 2, "{drafts}");
    Ok(())
}
