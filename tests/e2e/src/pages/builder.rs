//! `/staff/surveys/new` and `/staff/surveys/:id/edit`: staff write a survey.

use anyhow::Result;
use thirtyfour::prelude::By;

use crate::{
    Browser,
    browser::{beginning, exactly},
    t,
};

/// Somebody who writes a survey.
pub struct Builder<'a>(&'a Browser);

impl<'a> Builder<'a> {
    /// Begins an empty survey on the page for that, where somebody has signed in.
    ///
    /// # Errors
    /// If it cannot be begun.
    pub async fn begin(browser: &'a Browser, title: &str) -> Result<Self> {
        browser.write(t("staff_make_called"), title).await?;
        browser.press(exactly("button", t("staff_make_start_go"))).await?;
        browser.see(exactly("h2", t("staff_make_questions"))).await?;
        Ok(Self(browser))
    }

    /// The builder whose list of questions is open already.
    pub fn at(browser: &'a Browser) -> Self {
        Self(browser)
    }

    /// Waits until the server has the draft.
    ///
    /// # Errors
    /// If it does not get it in time.
    pub async fn saved(&self) -> Result<&Self> {
        self.0.see(exactly("p", t("staff_make_saved"))).await?;
        Ok(self)
    }

    /// Adds a question of this kind, in the words of the list, and is at its page then.
    ///
    /// # Errors
    /// If it cannot be added.
    pub async fn add(&self, words: &str, kind: &str) -> Result<&Self> {
        self.0.press_link(t("staff_make_add")).await?;
        self.0.write(t("staff_make_words"), words).await?;
        self.0.tick(kind).await?;
        self.0.press(exactly("button", t("staff_make_add_go"))).await?;
        self.0.see(exactly("h2", words)).await?;
        Ok(self)
    }

    /// Gives the question at hand these choices, and is at its page again.
    ///
    /// # Errors
    /// If they cannot be added.
    pub async fn choices(&self, choices: &[&str]) -> Result<&Self> {
        self.0.press_link(t("staff_make_choices_change")).await?;
        self.0.write(t("staff_make_choices_add"), &choices.join("\n")).await?;
        self.0.press(exactly("button", t("staff_make_choices_add_go"))).await?;
        self.0.see(By::XPath(format!("//li[.//label][{}]", choices.len()))).await?;
        self.0.press_link(t("staff_make_done")).await?;
        self.0.see(By::Id("kind")).await?;
        Ok(self)
    }

    /// Presses "Done" on a question's page and is at the list of questions then.
    ///
    /// # Errors
    /// If the page stays.
    pub async fn done(&self) -> Result<&Self> {
        self.0.press(exactly("button", t("staff_make_done"))).await?;
        self.0.see(exactly("h2", t("staff_make_questions"))).await?;
        Ok(self)
    }

    /// Goes from the list to one of the screens for the whole survey.
    ///
    /// # Errors
    /// If there is no such link.
    pub async fn go_to(&self, screen: &str) -> Result<&Self> {
        self.0.press_link(screen).await?;
        self.0.see(exactly("h2", screen)).await?;
        Ok(self)
    }

    /// Goes back to the list of questions.
    ///
    /// # Errors
    /// If there is no such link.
    pub async fn back(&self) -> Result<&Self> {
        self.0.press_link(t("staff_make_back")).await?;
        Ok(self)
    }

    /// Presses "Publish" and waits for the word that the version is out.
    ///
    /// # Errors
    /// If it does not come.
    pub async fn publish(&self, version: u32) -> Result<&Self> {
        self.go_to(t("staff_make_publish")).await?;
        self.0.see(By::XPath("//button[@id='publish'][not(@aria-disabled)]")).await?;
        self.0.press(By::Id("publish")).await?;
        let out = t("staff_make_published").replace("{n}", &version.to_string());
        self.0.reads(&out).await?;
        Ok(self)
    }

    /// Presses a button whose words begin so.
    ///
    /// # Errors
    /// If there is none.
    pub async fn press(&self, words: &str) -> Result<&Self> {
        self.0.press(beginning("button", words)).await?;
        Ok(self)
    }
}
