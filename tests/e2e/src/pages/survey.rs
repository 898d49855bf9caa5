//! `/surveys/:id`: one question a page.

use anyhow::Result;
use thirtyfour::prelude::By;

use super::Saved;
use crate::{Browser, browser::exactly, t};

/// Somebody who answers a survey.
pub struct Survey<'a>(&'a Browser);

impl<'a> Survey<'a> {
    /// The survey that ships, begun from the list as people do.
    ///
    /// # Errors
    /// If it cannot be begun.
    pub async fn begin(browser: &'a Browser) -> Result<Self> {
        browser.open_page("/surveys").await?;
        browser.press(By::Css("main .ct-card a")).await?;
        Self::start(browser).await
    }

    /// Presses "Start" on the page with what the survey is about.
    ///
    /// # Errors
    /// If there is no such button.
    pub async fn start(browser: &'a Browser) -> Result<Self> {
        browser.press_button(t("survey_start")).await?;
        browser.see(By::Css("main form")).await?;
        Ok(Self(browser))
    }

    /// A survey whose question is on the screen already.
    pub fn at(browser: &'a Browser) -> Self {
        Self(browser)
    }

    /// Picks an answer by its words.
    ///
    /// # Errors
    /// If there is none.
    pub async fn pick(&self, answer: &str) -> Result<&Self> {
        self.0.tick(answer).await?;
        Ok(self)
    }

    /// Writes into the field.
    ///
    /// # Errors
    /// If there is none.
    pub async fn write(&self, text: &str) -> Result<&Self> {
        let field = self.0.see(By::Id("answer")).await?;
        field.clear().await?;
        field.send_keys(text).await?;
        Ok(self)
    }

    /// Puts a date into its field. The browser's own picker takes keys in the order of its
    /// language; what it does in the end is this.
    ///
    /// # Errors
    /// If there is none.
    pub async fn write_date(&self, date: &str) -> Result<&Self> {
        self.0.see(By::Id("answer")).await?;
        let script = "const it = document.getElementById('answer');
            it.value = arguments[0];
            it.dispatchEvent(new Event('input', { bubbles: true }))";
        self.0.run(script, &[date.into()]).await?;
        Ok(self)
    }

    /// Presses "Next", whatever comes of it.
    ///
    /// # Errors
    /// If there is no such button.
    pub async fn press_next(&self) -> Result<()> {
        self.0.press(exactly("button", t("survey_next"))).await
    }

    /// Presses "Next" and waits for another heading.
    ///
    /// # Errors
    /// If the page stays.
    pub async fn next(&self) -> Result<&Self> {
        let before = self.0.heading().await?;
        self.press_next().await?;
        self.another_than(&before).await
    }

    /// Presses "Back" and waits for another heading.
    ///
    /// # Errors
    /// If the page stays.
    pub async fn back(&self) -> Result<&Self> {
        let before = self.0.heading().await?;
        self.0.press_button(t("back")).await?;
        self.another_than(&before).await
    }

    async fn another_than(&self, before: &str) -> Result<&Self> {
        self.0
            .until(&format!("another question than {before:?}"), async || {
                Ok((self.0.heading().await? != before).then_some(()))
            })
            .await?;
        Ok(self)
    }

    /// The question on the screen.
    ///
    /// # Errors
    /// If there is none.
    pub async fn question(&self) -> Result<String> {
        self.0.heading().await
    }

    /// Goes on without an answer until the question has these words.
    ///
    /// # Errors
    /// If a question on the way must be answered.
    pub async fn skip_to(&self, question: &str) -> Result<&Self> {
        while self.question().await? != question {
            self.next().await?;
        }
        Ok(self)
    }

    /// Saves on "Check your answers".
    ///
    /// # Errors
    /// If it is not saved.
    pub async fn save(&self) -> Result<Saved<'a>> {
        self.0.headed(t("survey_check")).await?;
        self.0.press_button(t("survey_send")).await?;
        Saved::wait(self.0).await
    }

    /// Answers the whole survey that ships, and saves it. `first_thing` is written where it
    /// asks in words.
    ///
    /// # Errors
    /// If it is not saved.
    pub async fn answer_all(&self, first_thing: &str) -> Result<Saved<'a>> {
        self.to_questions_of_choice().await?;
        for answer in [
            "Tend to agree",
            "Tend to disagree",
            "Fairly strongly",
            "Occasionally",
            "At least once a week",
        ] {
            self.pick(answer).await?.next().await?;
        }
        // When one last took part may stay open.
        self.next().await?;
        self.write(first_thing).await?.next().await?;
        self.pick("Grays").await?.next().await?;
        self.write("47").await?.next().await?;
        self.save().await
    }

    /// Past the note, and the scale with a 7.
    ///
    /// # Errors
    /// If the survey begins otherwise.
    pub async fn to_questions_of_choice(&self) -> Result<&Self> {
        self.next().await?;
        self.pick("7").await?.next().await
    }
}
