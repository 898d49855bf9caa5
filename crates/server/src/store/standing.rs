//! How far everything has come that the results of a survey rest on, without reading a response.

use model::{Hash, Key};

use super::{Scope, Store, StoreError};

/// What changes whenever the results of a survey may. Two that are equal mean the same results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The history: places of another one mean other things.
    pub epoch: String,
    /// The last place in the catalogue, where versions, places, themes and baselines are records.
    pub catalogue: u64,
    /// The place of the latest response; a place is given once.
    pub latest: u64,
    /// How many responses there are: fewer at the same place means that one was taken away.
    pub responses: u64,
    /// What answers in words are about. A theme that is given and taken leaves the count of them as it was, so it is they
    /// themselves that are compared.
    pub themes: Vec<(Hash, Key)>,
}

impl Store {
    /// How far everything has come that the results of `survey` rest on, at one moment.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn standing(&self, survey: &Key) -> Result<Standing, StoreError> {
        let survey = survey.clone();
        self.read(move |tx| {
            let survey = survey.clone();
            Box::pin(async move {
                let (latest, responses) = tx.extent(&survey).await?;
                Ok(Standing {
                    epoch: tx.epoch().await?,
                    catalogue: tx.reach(Scope::Public).await?.head,
                    latest,
                    responses,
                    themes: tx.answer_themes(&survey).await?,
                })
            })
        })
        .await
    }
}
