//! `/support`: listings and the shortlist.

use anyhow::Result;
use thirtyfour::prelude::By;

use crate::{Browser, t};

/// The list of support.
pub struct Support<'a>(&'a Browser);

impl<'a> Support<'a> {
    /// Goes to it from the first page.
    ///
    /// # Errors
    /// If it is not to be had.
    pub async fn open(browser: &'a Browser) -> Result<Self> {
        browser.open_page("/").await?;
        browser.press_link(t("home_support")).await?;
        browser.headed(t("support_title")).await?;
        Ok(Self(browser))
    }

    /// Searches.
    ///
    /// # Errors
    /// If there is no field.
    pub async fn search(&self, words: &str) -> Result<()> {
        let field = self.0.see(By::Id("q")).await?;
        field.clear().await?;
        field.send_keys(words).await?;
        Ok(())
    }

    /// The titles of the listings that are shown, from top to bottom.
    ///
    /// # Errors
    /// If the browser does not answer.
    pub async fn titles(&self) -> Result<Vec<String>> {
        let script = "return [...document.querySelectorAll('main .ct-card__title')]
            .map((it) => it.textContent.trim())";
        let titles = self.0.run(script, &[]).await?;
        Ok(serde_json::from_value(titles)?)
    }

    /// Waits until the first listing shown has this title.
    ///
    /// # Errors
    /// If it does not come to that.
    pub async fn first_is(&self, title: &str) -> Result<()> {
        self.0
            .until(&format!("{title:?} is the first listing"), async || {
                let titles = self.titles().await?;
                Ok((titles.first().map(String::as_str) == Some(title)).then_some(()))
            })
            .await
    }

    /// Opens a listing's page.
    ///
    /// # Errors
    /// If it is not in the list.
    pub async fn open_listing(&self, title: &str) -> Result<()> {
        self.0.press_link(title).await?;
        self.0.headed(title).await
    }
}
