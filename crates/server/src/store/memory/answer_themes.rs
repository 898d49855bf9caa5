//! Themes of answers in memory.

use std::sync::Arc;

use async_trait::async_trait;
use model::{Hash, Key, time::Millis};

use super::MemoryTx;
use crate::store::{StoreError, tx::AnswerThemes};

#[async_trait]
impl AnswerThemes for MemoryTx {
    async fn answer_themes(&mut self, survey: &Key) -> Result<Vec<(Hash, Key)>, StoreError> {
        let all = self.tables.answer_themes.iter();
        let own = all.filter(|(of, _, _)| of == survey);
        Ok(own.map(|(_, answer, theme)| (*answer, theme.clone())).collect())
    }

    async fn give_theme(
        &mut self,
        survey: &Key,
        answer: Hash,
        theme: &Key,
        _account: &str,
        _now: Millis,
    ) -> Result<(), StoreError> {
        let given = (survey.clone(), answer, theme.clone());
        Arc::make_mut(&mut self.tables.answer_themes).insert(given);
        Ok(())
    }

    async fn take_theme(
        &mut self,
        survey: &Key,
        answer: Hash,
        theme: &Key,
    ) -> Result<(), StoreError> {
        let given = (survey.clone(), answer, theme.clone());
        Arc::make_mut(&mut self.tables.answer_themes).remove(&given);
        Ok(())
    }
}
