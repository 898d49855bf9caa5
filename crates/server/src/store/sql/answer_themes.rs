//! Themes of answers in SQL.

use async_trait::async_trait;
use model::{Hash, Key, time::Millis};
use sqlx::Row as _;

use super::{SqlTx, stored_key};
use crate::store::{StoreError, tx::AnswerThemes};

#[async_trait]
impl AnswerThemes for SqlTx<'_> {
    async fn answer_themes(&mut self, survey: &Key) -> Result<Vec<(Hash, Key)>, StoreError> {
        let rows = sqlx::query(
            "SELECT answer, theme FROM answer_themes WHERE survey = $1 ORDER BY answer, theme",
        )
        .bind(survey.as_str())
        .fetch_all(&mut *self.conn)
        .await?;
        let read = |row: &super::Row| {
            let answer = Hash::parse(row.try_get("answer")?)
                .ok_or_else(|| StoreError::corrupt("answer_themes", "a hash"))?;
            Ok((answer, stored_key("answer_themes", row.try_get("theme")?)?))
        };
        rows.iter().map(read).collect()
    }

    async fn give_theme(
        &mut self,
        survey: &Key,
        answer: Hash,
        theme: &Key,
        account: &str,
        now: Millis,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO answer_themes (survey, answer, theme, account, at)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (survey, answer, theme) DO NOTHING",
        )
        .bind(survey.as_str())
        .bind(answer.to_string())
        .bind(theme.as_str())
        .bind(account)
        .bind(now.0)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    async fn take_theme(
        &mut self,
        survey: &Key,
        answer: Hash,
        theme: &Key,
    ) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM answer_themes WHERE survey = $1 AND answer = $2 AND theme = $3")
            .bind(survey.as_str())
            .bind(answer.to_string())
            .bind(theme.as_str())
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }
}
