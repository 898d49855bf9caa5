//! A survey is changed after people have answered it: what that means for the results is said before it is published.

use anyhow::{Context, Result};
use e2e::{
    Browser, Client, Server,
    browser::{beginning, exactly},
    fill,
    pages::{Builder, Staff, Survey},
    t,
};
use reqwest::Method;
use serde_json::{Value, json};
use thirtyfour::prelude::By;

use crate::builder::{USE, WHY, write};

async fn answer(tablet: &Browser) -> Result<()> {
    tablet.open_page("/surveys/parks").await?;
    let survey = Survey::start(tablet).await?;
    survey.pick("No").await?.next().await?;
    assert_eq!(survey.question().await?, WHY);
    survey.write("The gate is locked").await?.next().await?;
    survey.save().await?.received().await?;
    Ok(())
}

/// The survey's record as the server has it.
async fn record(staff: &Client) -> Result<Value> {
    let changes: Value = serde_json::from_slice(&staff.bytes("/changes").await?)?;
    let mut records = changes["records"].as_array().into_iter().flatten();
    let found = records.find(|it| it["collection"] == "survey" && it["id"] == "parks");
    found.cloned().context("there is no such survey")
}

#[tokio::test]
async fn a_choice_is_stored_otherwise_and_the_page_says_what_that_costs() -> Result<()> {
    let server = Server::start().await?;
    let (office, tablet) = Browser::start_two(&server).await?;
    tablet.ready_for_offline().await?;
    write(&office).await?.publish(1).await?;
    answer(&tablet).await?;
    let staff = Client::sign_in(&server).await?;
    let figure = json!({"values": ["no"], "percent": 12.5, "source": "Park survey 2020"});
    let edit = json!({"edits": [{
        "edit": "0190a5b4-0000-7000-8000-000000000001", "collection": "survey", "id": "parks",
        "base_rev": record(&staff).await?["rev"], "fields": {"baseline.do_you_use_the_park": figure},
    }]});
    staff.send(Method::POST, "/edits", &edit).await?;

    office.open_page("/staff/surveys/parks/edit").await?;
    let builder = Builder::at(&office);
    office.press_link(USE).await?;
    office.press_link(t("staff_make_choices_change")).await?;
    let change = format!("{}: no", t("staff_make_stored_change"));
    office.press(exactly("button", &change)).await?;
    office.reads(&fill("staff_make_stored_warn", &[("name", "no")])).await?;
    office.focuses("stored-no").await?;
    // Names that would break answers of several choices are refused where they are written.
    office.write(t("staff_make_stored"), "no never").await?;
    builder.press(t("staff_make_rename")).await?;
    office.reads(t("staff_make_refused_choice")).await?;
    office.write(t("staff_make_stored"), "never").await?;
    builder.press(t("staff_make_rename")).await?;
    office.reads(&fill("staff_make_stored_now", &[("name", "never")])).await?;
    office.reads(&fill("staff_make_stored_followed", &[("what", WHY)])).await?;
    office
        .until("the line of the new name has the focus", async || {
            Ok((office.focused().await? == "choice-never").then_some(()))
        })
        .await?;
    office.press_link(t("staff_make_done")).await?;
    builder.done().await?;
    office.press_link(WHY).await?;
    office.reads("${do_you_use_the_park} = 'never'").await?;
    let field = office.see(By::Id("label")).await?;
    field.clear().await?;
    field.send_keys("What keeps you away?").await?;
    builder.done().await?.saved().await?.go_to(t("staff_make_publish")).await?;
    office.reads(&fill("staff_make_changes", &[("n", "1")])).await?;
    office.reads(&fill("staff_make_change_names", &[("what", "no → never")])).await?;
    let reworded = office
        .see(By::XPath(format!(
            "//p[.='{}']/following-sibling::ul[1]",
            t("staff_make_change_reworded")
        )))
        .await?;
    assert_eq!(reworded.text().await?, "What keeps you away?");
    builder.back().await?.publish(2).await?;

    tablet.open_page("/surveys/parks").await?;
    let survey = Survey::start(&tablet).await?;
    survey.pick("No").await?.next().await?;
    assert_eq!(survey.question().await?, "What keeps you away?");
    survey.write("It is far").await?.next().await?;
    survey.save().await?.received().await?;
    // Answers are stored under both names now, and a figure from elsewhere is compared with both.
    let figure = &record(&staff).await?["fields"]["baseline.do_you_use_the_park"];
    assert_eq!(figure["values"], json!(["no", "never"]));
    assert_eq!(figure["percent"], 12.5);
    let table = staff.table("/export/surveys/parks.csv").await?;
    let mut stored = table.column("do_you_use_the_park")?;
    stored.sort_unstable();
    assert_eq!(stored, ["never", "no"]);
    assert_eq!(table.column("why_not")?.len(), 2);
    Ok(())
}

#[tokio::test]
async fn who_publishes_over_another_s_version_is_told_what_that_undoes() -> Result<()> {
    let server = Server::start().await?;
    let (one, two) = Browser::start_two(&server).await?;
    write(&one).await?.publish(1).await?;
    Staff::sign_in(&two, "/staff/surveys/parks/edit").await?;
    two.see(exactly("h2", t("staff_make_questions"))).await?;
    one.open_page("/staff/surveys/parks/edit").await?;
    let (first, second) = (Builder::at(&one), Builder::at(&two));
    first.add("From the first", t("staff_kind_text")).await?.done().await?.saved().await?;
    first.publish(2).await?;

    // The second began with version 1 and knows nothing of this.
    second.add("From the second", t("staff_kind_text")).await?.done().await?.saved().await?;
    two.press_link(t("staff_make_publish")).await?;
    two.reads(&fill("staff_make_overtaken_text", &[("n", "2")])).await?;
    two.reads(t("staff_make_change_removed")).await?;
    two.reads("From the first").await?;
    let staff = Client::sign_in(&server).await?;
    let drafts: Value = serde_json::from_slice(&staff.bytes("/drafts").await?)?;
    assert_eq!(drafts["drafts"].as_array().map(Vec::len), Some(1), "{drafts}");
    two.press(beginning("button", "Publish version 3")).await?;
    two.reads(&fill("staff_make_published", &[("n", "3")])).await?;
    let drafts: Value = serde_json::from_slice(&staff.bytes("/drafts").await?)?;
    assert_eq!(drafts, json!({"drafts": []}));
    Ok(())
}
