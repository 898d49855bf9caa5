//! A new build waits until somebody switches it in, and never during a form.

use anyhow::Result;
use e2e::{
    Browser, Server, build,
    pages::{Feedback, Tablet},
    setup::Setup,
    t,
};
use tempfile::TempDir;

#[tokio::test]
async fn a_new_build_waits_says_so_and_comes_when_asked() -> Result<()> {
    let next = TempDir::with_prefix("together-app-")?;
    build::next_of(&Setup::read()?.app, next.path())?;
    let mut server = Server::start().await?;
    let browser = Browser::start(&server).await?;
    browser.ready_for_offline().await?;
    let worker =
        "return navigator.serviceWorker.getRegistration().then((it) => Boolean(it.waiting))";

    server.stop().await?;
    server.use_app(next.path().to_owned());
    server.start_again().await?;

    // While somebody writes it comes, waits, and says nothing.
    let form = Feedback::open(&browser).await?;
    form.words("In the middle of a").await?;
    browser.run("navigator.serviceWorker.getRegistration().then((it) => it.update())", &[]).await?;
    browser
        .until("the new build waits", async || {
            Ok((browser.run(worker, &[]).await? == true).then_some(()))
        })
        .await?;
    assert!(!browser.text().await?.contains(t("update_title")));
    assert_eq!(
        browser.run("return document.querySelector('#words').value", &[]).await?,
        "In the middle of a"
    );
    form.tell("In the middle of a sentence").await?.received().await?;

    // Afterwards it is offered; until it is taken, the old build answers.
    browser.reads(t("update_title")).await?;
    assert!(!served(&browser).await?.contains(build::TITLE));
    browser.press_button(t("update_now")).await?;
    // The browser switches when the old build's worker has nothing to do: who asks it for a page again and again keeps it from that.
    browser
        .until("the new build is switched in", async || {
            // The page goes and comes meanwhile.
            Ok(browser.run(worker, &[]).await.ok().filter(|waits| *waits == false).map(drop))
        })
        .await?;
    browser
        .until("the new build answers", async || {
            Ok(served(&browser).await.ok().filter(|page| page.contains(build::TITLE)).map(drop))
        })
        .await?;

    // It is whole: it works without a network too, and knows what was stored.
    server.stop().await?;
    Tablet::open(&browser).await?.section_says("facts", "1 answer").await?;
    assert!(!browser.text().await?.contains(t("update_title")));
    Ok(())
}

/// The page as the service worker answers it.
async fn served(browser: &Browser) -> Result<String> {
    let page = browser.run_async("return await (await fetch('/index.html')).text()", &[]).await?;
    Ok(page.as_str().unwrap_or_default().to_owned())
}
