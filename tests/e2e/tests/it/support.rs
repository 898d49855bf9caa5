//! Find support: searched with errors, narrowed, listed, printed and cleared.

use anyhow::Result;
use base64::{Engine, prelude::BASE64_STANDARD};
use e2e::{Browser, Server, pages::Support, t};
use serde_json::json;
use thirtyfour::prelude::By;

#[tokio::test]
async fn listings_are_found_with_typing_errors_and_narrowed() -> Result<()> {
    let server = Server::start().await?;
    let browser = Browser::start(&server).await?;
    browser.ready_for_offline().await?;
    let support = Support::open(&browser).await?;
    let all = browser.see(By::Id("results")).await?.text().await?;
    for (query, title) in
        [("samaratins", "Samaritans"), ("SAMARITANS", "Samaritans"), ("sámaritâns", "Samaritans")]
    {
        support.search(query).await?;
        support.first_is(title).await?;
    }
    support.search("zzzzzz qqqq").await?;
    browser.reads(t("support_none")).await?;
    support.search("").await?;
    browser.run("document.querySelector('#q').dispatchEvent(new Event('input'))", &[]).await?;
    browser.reads(&all).await?;

    browser.choose(t("cost"), t("cost_free")).await?;
    browser
        .until("only what is free", async || {
            let costs = "return [...document.querySelectorAll('main .ct-card .ct-tag:first-child')]
                .map((it) => it.textContent.trim())";
            let costs: Vec<String> = serde_json::from_value(browser.run(costs, &[]).await?)?;
            Ok((!costs.is_empty() && costs.iter().all(|cost| cost == t("cost_free"))).then_some(()))
        })
        .await?;
    assert!(browser.path().await?.contains("cost=free"));
    support.search("samaritens").await?;
    support.open_listing("Samaritans").await?;
    browser.reads("116 123").await?;
    let phone = browser.see(By::Css("main a[href^='tel:']")).await?;
    assert_eq!(phone.attr("href").await?.as_deref(), Some("tel:116123"));
    browser.reads(t("listing_checked")).await?;
    Ok(())
}

#[tokio::test]
async fn a_shortlist_is_printed_large_on_a4_and_cleared() -> Result<()> {
    let server = Server::start().await?;
    let browser = Browser::start(&server).await?;
    browser.ready_for_offline().await?;
    let support = Support::open(&browser).await?;
    support.search("samaritans").await?;
    support.first_is("Samaritans").await?;
    browser.press_button(t("shortlist_add")).await?;
    browser.see(By::Id("shortlist")).await?;

    browser.cdp("Emulation.setEmulatedMedia", json!({ "media": "print" })).await?;
    let printed = browser.text().await?;
    assert!(printed.contains("Samaritans") && printed.contains("116 123"), "{printed}");
    for hidden in [t("support_search"), t("shortlist_print"), t("tablet_title"), t("skip")] {
        assert!(!printed.contains(hidden), "{hidden:?} is printed:\n{printed}");
    }
    let size = "return parseFloat(getComputedStyle(document.querySelector('.ct-shortlist__name')).fontSize)";
    let size = browser.run(size, &[]).await?.as_f64().unwrap_or_default();
    assert!(size >= 24.0, "large type has 18 points or more: {size} px");
    let pdf = browser.cdp("Page.printToPDF", json!({ "preferCSSPageSize": true })).await?;
    let pdf = BASE64_STANDARD.decode(pdf["data"].as_str().unwrap_or_default())?;
    let pages = String::from_utf8_lossy(&pdf).matches("/Type /Page\n").count();
    assert_eq!(pages, 1, "one listing fits on one page");
    browser.cdp("Emulation.setEmulatedMedia", json!({ "media": "" })).await?;

    browser.press_button(t("shortlist_clear")).await?;
    browser
        .until("the shortlist is gone", async || {
            Ok((!browser.sees(By::Id("shortlist")).await?).then_some(()))
        })
        .await?;
    browser.reload().await?;
    assert!(!browser.sees(By::Id("shortlist")).await?, "the next person finds none");
    Ok(())
}
