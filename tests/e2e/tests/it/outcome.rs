//! What came of a survey that is over: staff say it, and residents read it later without a network.

use anyhow::Result;
use e2e::{
    Browser, Server,
    browser::exactly,
    pages::{Builder, Staff, Survey},
    t,
};

const CAME: &str = "You asked for buses at night. The 66 runs until midnight now.";
const NAME: &str = "Living together in Thurrock";

#[tokio::test]
async fn what_came_of_a_survey_that_is_over_is_read_without_a_network() -> Result<()> {
    let mut server = Server::start().await?;
    let (office, tablet) = Browser::start_two(&server).await?;
    tablet.ready_for_offline().await?;
    tablet.open_page("/surveys").await?;
    tablet.reads(NAME).await?;
    assert!(!tablet.text().await?.contains(t("survey_outcome")));

    Staff::sign_in(&office, "/staff/surveys/living-together/edit").await?;
    let builder = Builder::at(&office);
    builder.go_to(t("staff_make_about")).await?;
    office.write(t("survey_outcome"), CAME).await?;
    builder.done().await?.saved().await?.publish(2).await?;
    // While it asks, who begins it and who has finished it read what came of the answers before.
    tablet.open_page("/surveys/living-together").await?;
    tablet.reads(CAME).await?;
    Survey::start(&tablet).await?.answer_all("A roof").await?;
    tablet.reads(CAME).await?;

    office.open_page("/staff/surveys/living-together/edit").await?;
    builder.press(t("staff_make_close")).await?;
    office.reads(t("staff_make_closed")).await?;
    tablet.open_page("/surveys").await?;
    tablet.see(exactly("h2", t("survey_outcome"))).await?;

    server.stop().await?;
    tablet.open_page("/surveys").await?;
    tablet.see(exactly("h2", t("survey_outcome"))).await?;
    tablet.reads(CAME).await?;
    // It asks nobody any more, and stands among those that are over alone.
    tablet.reads(t("surveys_none")).await?;
    tablet.press_link(NAME).await?;
    tablet.headed(t("survey_closed")).await?;
    tablet.reads(CAME).await?;
    assert!(!tablet.text().await?.contains(t("survey_start")));
    Ok(())
}
