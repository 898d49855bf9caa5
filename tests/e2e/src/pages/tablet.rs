//! `/tablet`: what waits, what was refused, and where the tablet stands.

use std::path::PathBuf;

use anyhow::Result;
use thirtyfour::prelude::By;

use crate::{Browser, t, wait};

/// The page of the tablet.
pub struct Tablet<'a>(&'a Browser);

impl<'a> Tablet<'a> {
    /// Loads it.
    ///
    /// # Errors
    /// If it does not load.
    pub async fn open(browser: &'a Browser) -> Result<Self> {
        browser.open_page("/tablet").await?;
        browser.headed(t("tablet_title")).await?;
        Ok(Self(browser))
    }

    /// Says where the tablet stands, and waits until the bar at the top shows it.
    ///
    /// # Errors
    /// If there is no such venue.
    pub async fn stand_in(&self, venue: &str) -> Result<()> {
        self.0.choose(t("tablet_venue"), venue).await?;
        let bar = By::XPath(format!("//a[@href='/tablet'][normalize-space(.)={venue:?}]"));
        self.0.see(bar).await.map(drop)
    }

    /// How many wait to be sent, as the page says.
    ///
    /// # Errors
    /// If the page says nothing of it.
    pub async fn waiting(&self) -> Result<usize> {
        let script = "return document.getElementById('waiting-count')?.innerText ?? ''";
        let text = self.0.run(script, &[]).await?;
        let text = text.as_str().unwrap_or_default();
        if text == t("status_all_sent") {
            return Ok(0);
        }
        Ok(text.split(' ').next().unwrap_or_default().parse()?)
    }

    /// Waits until so many wait to be sent.
    ///
    /// # Errors
    /// If it does not come to that.
    pub async fn shows_waiting(&self, number: usize) -> Result<()> {
        let what = format!("{number} wait to be sent");
        self.0
            .until_within(&what, wait::LONG, async || {
                Ok((self.waiting().await.ok() == Some(number)).then_some(()))
            })
            .await
    }

    /// The text of a section by the id of its heading, if it is there.
    ///
    /// # Errors
    /// If the browser does not answer.
    pub async fn section(&self, id: &str) -> Result<Option<String>> {
        let section = By::Css(format!("section[aria-labelledby='{id}']"));
        // It may be drawn anew between the two steps.
        let Ok(section) = self.0.web()?.find(section).await else { return Ok(None) };
        Ok(section.text().await.ok())
    }

    /// Waits until a section is there whose text holds `words`.
    ///
    /// # Errors
    /// If it does not come.
    pub async fn section_says(&self, id: &str, words: &str) -> Result<()> {
        self.0
            .until(&format!("the section {id} says {words:?}"), async || {
                let text = self.section(id).await?;
                Ok(text.filter(|text| text.contains(words)).map(drop))
            })
            .await
    }

    /// Presses "Send now".
    ///
    /// # Errors
    /// If there is no such button.
    pub async fn send_now(&self) -> Result<()> {
        self.0.press_button(t("tablet_send_now")).await
    }

    /// Saves the unsent answers to a file, and gives it.
    ///
    /// # Errors
    /// If no file comes.
    pub async fn export(&self) -> Result<PathBuf> {
        self.0.press_button(t("tablet_export")).await?;
        self.0
            .until("the file is downloaded", async || {
                let mut files = std::fs::read_dir(self.0.downloads())?;
                let file = files.find_map(|file| Some(file.ok()?.path()));
                Ok(file.filter(|file| file.extension().is_some_and(|end| end == "json")))
            })
            .await
    }
}
