//! A captive portal answers everything with 200 and a page of its own: that is no network.

use anyhow::Result;
use e2e::{
    Browser, Client, Server,
    pages::{Feedback, Tablet},
    portal::Portal,
    t,
};

#[tokio::test]
async fn a_captive_portal_is_no_server() -> Result<()> {
    let mut server = Server::start().await?;
    let browser = Browser::start(&server).await?;
    browser.ready_for_offline().await?;
    server.stop().await?;
    let portal = Portal::in_place_of(&server).await?;

    browser.open_page("/").await?;
    browser.headed(t("home_title")).await?;
    browser.reads(t("status_offline")).await?;
    let saved = Feedback::open(&browser).await?.tell("Through a café's Wi-Fi").await?;
    let tablet = Tablet::open(&browser).await?;
    tablet.send_now().await?;
    browser.reads(t("status_offline")).await?;
    tablet.shows_waiting(1).await?;
    // What was stored of the catalogue is still there.
    browser.open_page("/support/samaritans").await?;
    browser.headed("Samaritans").await?;

    portal.close().await;
    server.start_again().await?;
    let tablet = Tablet::open(&browser).await?;
    tablet.shows_waiting(0).await?;
    let staff = Client::sign_in(&server).await?;
    let table = staff.table("/export/feedback.csv").await?;
    assert_eq!(table.column("reference")?, [saved.reference.as_str()]);
    Ok(())
}
