//! `/events`: what is on.

use anyhow::Result;
use serde::Deserialize;

use crate::{Browser, t};

/// The list of events.
pub struct Events<'a>(&'a Browser);

/// A card in the list.
#[derive(Debug, Clone, Deserialize, PartialEq, Eq)]
pub struct Card {
    /// The heading of its day.
    pub day: String,
    /// When on that day.
    pub when: String,
    /// The event's title.
    pub title: String,
    /// The place.
    pub place: String,
}

impl<'a> Events<'a> {
    /// Loads it with a query: `?from=2027-03-22`.
    ///
    /// # Errors
    /// If it does not load.
    pub async fn open(browser: &'a Browser, query: &str) -> Result<Self> {
        browser.open_page(&format!("/events{query}")).await?;
        browser.headed(t("events_title")).await?;
        Ok(Self(browser))
    }

    /// The cards, from top to bottom.
    ///
    /// # Errors
    /// If the browser does not answer.
    pub async fn cards(&self) -> Result<Vec<Card>> {
        let script = "return [...document.querySelectorAll('main .ct-day')].flatMap((day) =>
            [...day.querySelectorAll('.ct-card')].map((card) => ({
              day: day.querySelector('h2').textContent.trim(),
              when: card.querySelector('.ct-card__when').textContent.trim(),
              title: card.querySelector('.ct-card__title').textContent.trim(),
              place: card.querySelector('.ct-card__meta').textContent.trim(),
            })))";
        Ok(serde_json::from_value(self.0.run(script, &[]).await?)?)
    }

    /// Waits until the cards are as wanted, and gives them.
    ///
    /// # Errors
    /// If it does not come to that.
    pub async fn cards_when(
        &self,
        what: &str,
        wanted: impl Fn(&[Card]) -> bool,
    ) -> Result<Vec<Card>> {
        self.0
            .until(what, async || Ok(Some(self.cards().await?).filter(|cards| wanted(cards))))
            .await
    }
}
