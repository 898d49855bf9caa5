//! `/feedback`: what a volunteer captures.

use anyhow::Result;
use thirtyfour::prelude::By;

use super::Saved;
use crate::{Browser, t};

/// The form.
pub struct Feedback<'a>(&'a Browser);

impl<'a> Feedback<'a> {
    /// Goes to it from the first page, as people do.
    ///
    /// # Errors
    /// If it is not to be had.
    pub async fn open(browser: &'a Browser) -> Result<Self> {
        browser.open_page("/").await?;
        browser.press_link(t("home_feedback")).await?;
        Self::wait(browser).await
    }

    /// The form that is on the screen already.
    ///
    /// # Errors
    /// If it does not come.
    pub async fn wait(browser: &'a Browser) -> Result<Self> {
        browser.headed(t("feedback_title")).await?;
        browser.see(By::Id("words")).await?;
        Ok(Self(browser))
    }

    /// Writes what the person said.
    ///
    /// # Errors
    /// If there is no field.
    pub async fn words(&self, words: &str) -> Result<&Self> {
        self.0.write(t("feedback_words"), words).await?;
        Ok(self)
    }

    /// Picks a theme, a feeling, or another box by its words.
    ///
    /// # Errors
    /// If there is no such box.
    pub async fn tick(&self, words: &str) -> Result<&Self> {
        self.0.tick(words).await?;
        Ok(self)
    }

    /// Says that something is missing here, and what.
    ///
    /// # Errors
    /// If there is no such field.
    pub async fn missing(&self, what: &str) -> Result<&Self> {
        self.0.tick(t("feedback_gap")).await?;
        self.0.write(t("feedback_gap_what"), what).await?;
        Ok(self)
    }

    /// Asks for an answer by email.
    ///
    /// # Errors
    /// If there are no such fields.
    pub async fn reply_by_email(&self, address: &str, name: &str) -> Result<&Self> {
        self.0.tick(t("reply_email")).await?;
        self.0.write(t("reply_email_address"), address).await?;
        self.0.write(t("reply_name"), name).await?;
        Ok(self)
    }

    /// Says that it was told somewhere else.
    ///
    /// # Errors
    /// If there are no such fields.
    pub async fn elsewhere(&self, place: &str) -> Result<&Self> {
        self.0.choose(t("feedback_place"), t("feedback_place_elsewhere")).await?;
        self.0.write(t("feedback_place_where"), place).await?;
        Ok(self)
    }

    /// Ticks that the person agrees.
    ///
    /// # Errors
    /// If there is no such box.
    pub async fn agrees(&self) -> Result<&Self> {
        self.tick(t("feedback_consent_yes")).await
    }

    /// Presses "Save", whatever comes of it.
    ///
    /// # Errors
    /// If there is no such button.
    pub async fn press_save(&self) -> Result<()> {
        self.0.press_button(t("feedback_save")).await
    }

    /// Saves, and waits for the confirmation.
    ///
    /// # Errors
    /// If it does not come.
    pub async fn save(&self) -> Result<Saved<'a>> {
        self.press_save().await?;
        Saved::wait(self.0).await
    }

    /// Words and agreement alone, saved.
    ///
    /// # Errors
    /// If it is not saved.
    pub async fn tell(&self, words: &str) -> Result<Saved<'a>> {
        self.words(words).await?.agrees().await?.save().await
    }
}
