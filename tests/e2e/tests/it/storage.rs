//! Browsers that do not store, or have no room: people are told before they type.

use anyhow::Result;
use e2e::{Browser, Server, browser::beginning, t};
use serde_json::json;
use thirtyfour::prelude::By;

/// The screens tell that nothing can be saved, and let nobody try.
async fn nobody_types_in_vain(browser: &Browser, why: &str) -> Result<()> {
    browser.open_page("/feedback").await?;
    browser.reads(t("storage_failed_title")).await?;
    browser.reads(why).await?;
    let save = browser.see(beginning("button", t("feedback_save"))).await?;
    assert!(!save.is_enabled().await?, "nothing can be saved");
    // Even pressing Enter in a field saves nothing.
    browser.write(t("feedback_words"), "Never stored").await?;
    browser.tick(t("feedback_consent_yes")).await?;
    browser.run("document.querySelector('main form').requestSubmit()", &[]).await?;
    browser
        .until("the form answers", async || {
            Ok(browser.sees(By::Css(".ct-notice--error")).await?.then_some(()))
        })
        .await?;
    let text = browser.text().await?;
    assert!(!text.contains(t("saved")) && !text.contains(t("received")), "{text}");
    assert!(browser.sees(By::Id("words")).await?, "the form stays");

    Ok(())
}

#[tokio::test]
async fn a_browser_without_storage_says_so_before_anybody_types() -> Result<()> {
    let server = Server::start().await?;
    let browser = Browser::start(&server).await?;
    let source = "Object.defineProperty(window, 'indexedDB', { value: undefined })";
    browser.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await?;
    nobody_types_in_vain(&browser, t("storage_unavailable")).await
}

#[tokio::test]
async fn a_browser_that_refuses_to_open_the_storage_says_so() -> Result<()> {
    let server = Server::start().await?;
    let browser = Browser::start(&server).await?;
    // As Firefox did in private windows.
    let source = "IDBFactory.prototype.open = () => {
        throw new DOMException('A mutation operation was attempted', 'InvalidStateError') }";
    browser.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await?;
    nobody_types_in_vain(&browser, t("storage_unavailable")).await
}

/// Gives the site so many bytes in all; everything, without a number.
async fn limit(browser: &Browser, bytes: Option<u32>) -> Result<()> {
    let mut quota = json!({ "origin": browser.address("") });
    if let Some(bytes) = bytes {
        quota["quotaSize"] = bytes.into();
    }
    browser.cdp("Storage.overrideQuotaForOrigin", quota).await.map(drop)
}

/// Stores until nothing more fits, the last bytes one by one.
const FILL_UP: &str = r#"
    const database = await new Promise((resolve, reject) => {
      const request = indexedDB.open("ballast");
      request.onupgradeneeded = () => request.result.createObjectStore("ballast");
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    let key = 0;
    const store = (bytes) => new Promise((resolve) => {
      const transaction = database.transaction("ballast", "readwrite", { durability: "relaxed" });
      transaction.objectStore("ballast").put(new Uint8Array(bytes), key++);
      transaction.oncomplete = () => resolve(true);
      transaction.onabort = () => resolve(false);
    });
    for (const bytes of [1000000, 100000, 10000, 1000, 100, 1]) {
      while (await store(bytes));
    }
    database.close();"#;

#[tokio::test]
async fn a_full_browser_says_so_before_anybody_types() -> Result<()> {
    let server = Server::start().await?;
    let browser = Browser::start(&server).await?;
    limit(&browser, Some(1_000)).await?;
    nobody_types_in_vain(&browser, t("storage_full")).await
}

#[tokio::test]
async fn a_browser_that_fills_up_while_somebody_types_does_not_say_saved() -> Result<()> {
    let server = Server::start().await?;
    let browser = Browser::start(&server).await?;
    limit(&browser, Some(16_000_000)).await?;
    browser.ready_for_offline().await?;
    let form = e2e::pages::Feedback::open(&browser).await?;
    form.words("Typed before the room ran out").await?.agrees().await?;
    browser.run_async(FILL_UP, &[]).await?;
    form.press_save().await?;
    browser.reads(t("not_saved")).await?;
    assert!(!browser.text().await?.contains(t("saved")));
    let field = browser.see(By::Id("words")).await?;
    assert_eq!(field.prop("value").await?.as_deref(), Some("Typed before the room ran out"));

    // With room again, the same press saves it.
    limit(&browser, None).await?;
    form.save().await?.received().await
}
