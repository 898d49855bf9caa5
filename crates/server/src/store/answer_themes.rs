//! What answers in words are about, as staff see it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use model::{
    Collection, Hash, Key, Problem, ProblemCode,
    limits::PICKED,
    time::Millis,
    wire::{AnswerThemes, ThemesPatch},
};

use super::{Scope, Store, StoreError, Tx};

impl Store {
    /// The themes of each answer to `survey` that has any.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn answer_themes(
        &self,
        survey: &Key,
    ) -> Result<BTreeMap<Hash, BTreeSet<Key>>, StoreError> {
        let survey = survey.clone();
        let given = self
            .read(move |tx| {
                let survey = survey.clone();
                Box::pin(async move { tx.answer_themes(&survey).await })
            })
            .await?;
        let mut all: BTreeMap<Hash, BTreeSet<Key>> = BTreeMap::new();
        for (answer, theme) in given {
            all.entry(answer).or_default().insert(theme);
        }
        Ok(all)
    }

    /// Gives an answer the themes that `patch` says and takes others away, as `account`. Themes that it does not name stay,
    /// so two people who sort the same answer do not meet. That the answer exists is for the caller to know.
    ///
    /// # Errors
    /// If the transaction was not committed. Within: a theme that is none.
    pub async fn sort_answer(
        &self,
        account: String,
        survey: Key,
        patch: ThemesPatch,
        now: Millis,
    ) -> Result<Result<AnswerThemes, Problem>, StoreError> {
        let wanted = Arc::new((account, survey, patch));
        self.write(Scope::Capture, move |tx| {
            let wanted = Arc::clone(&wanted);
            Box::pin(async move {
                let (account, survey, patch) = &*wanted;
                sort(tx, account, survey, patch, now).await
            })
        })
        .await
    }
}

async fn sort(
    tx: &mut dyn Tx,
    account: &str,
    survey: &Key,
    patch: &ThemesPatch,
    now: Millis,
) -> Result<Result<AnswerThemes, Problem>, StoreError> {
    if patch.give.len() + patch.take.len() > PICKED {
        let detail = format!("Give and take at most {PICKED} themes at a time.");
        return Ok(Err(Problem::new("/give", ProblemCode::TooMany, detail)));
    }
    for theme in &patch.give {
        if tx.record(Collection::Theme, theme).await?.is_none() {
            let detail = format!("There is no theme \"{theme}\" any more. Reload the page.");
            return Ok(Err(Problem::new("/give", ProblemCode::Unknown, detail)));
        }
    }
    for theme in &patch.give {
        tx.give_theme(survey, patch.answer, theme, account, now).await?;
    }
    for theme in &patch.take {
        tx.take_theme(survey, patch.answer, theme).await?;
    }
    let all = tx.answer_themes(survey).await?.into_iter();
    let own = all.filter(|(answer, _)| *answer == patch.answer).map(|(_, theme)| theme);
    Ok(Ok(AnswerThemes { answer: patch.answer, themes: own.collect() }))
}
