//! The confirmation after something was told.

use anyhow::{Context, Result};
use thirtyfour::prelude::By;

use crate::{Browser, browser::exactly, t};

/// The confirmation.
pub struct Saved<'a> {
    browser: &'a Browser,
    /// The reference that people may write down.
    pub reference: String,
}

impl<'a> Saved<'a> {
    /// Waits for it.
    ///
    /// # Errors
    /// If it does not come.
    pub async fn wait(browser: &'a Browser) -> Result<Self> {
        browser.see(exactly("h1", t("saved"))).await?;
        let reference = browser.see(By::Css(".govuk-panel__body strong")).await?;
        let reference = reference.text().await.context("the reference")?;
        Ok(Self { browser, reference })
    }

    /// Waits until the page says that the server has it.
    ///
    /// # Errors
    /// If it does not come to that.
    pub async fn received(&self) -> Result<()> {
        self.browser.reads(t("received")).await
    }

    /// Whether the page says that the server has it.
    ///
    /// # Errors
    /// If the browser does not answer.
    pub async fn says_received(&self) -> Result<bool> {
        Ok(self.browser.text().await?.contains(t("received")))
    }
}
