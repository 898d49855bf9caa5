//! Drafts in SQL.

use async_trait::async_trait;
use model::{
    Key,
    time::Millis,
    wire::{Draft, DraftHead},
};
use sqlx::Row as _;

use super::{Row, SqlTx, signed, stored_json, stored_key, to_json, unsigned};
use crate::store::{StoreError, tx::Drafts};

#[async_trait]
impl Drafts for SqlTx<'_> {
    async fn drafts(&mut self) -> Result<Vec<DraftHead>, StoreError> {
        let rows = sqlx::query("SELECT id, rev, account, at, title FROM drafts ORDER BY id")
            .fetch_all(&mut *self.conn)
            .await?;
        rows.iter().map(head).collect()
    }

    async fn draft(&mut self, id: &Key) -> Result<Option<Draft>, StoreError> {
        let row = sqlx::query("SELECT * FROM drafts WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(&mut *self.conn)
            .await?;
        let read = |row: Row| {
            Ok(Draft {
                head: head(&row)?,
                survey: stored_json("drafts", row.try_get("survey")?)?,
                definition: stored_json("drafts", row.try_get("definition")?)?,
            })
        };
        row.map(read).transpose()
    }

    async fn save_draft(&mut self, draft: &Draft) -> Result<(), StoreError> {
        let Draft { head, survey, definition } = draft;
        sqlx::query(
            "INSERT INTO drafts (id, rev, account, at, title, survey, definition)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (id) DO UPDATE SET rev = excluded.rev, account = excluded.account,
                 at = excluded.at, title = excluded.title, survey = excluded.survey,
                 definition = excluded.definition",
        )
        .bind(head.id.as_str())
        .bind(signed(head.rev))
        .bind(&head.by)
        .bind(head.at.0)
        .bind(to_json(&head.title)?)
        .bind(to_json(survey)?)
        .bind(to_json(definition)?)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    async fn delete_draft(&mut self, id: &Key) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM drafts WHERE id = $1")
            .bind(id.as_str())
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }
}

fn head(row: &Row) -> Result<DraftHead, StoreError> {
    Ok(DraftHead {
        id: stored_key("drafts", row.try_get("id")?)?,
        rev: unsigned(row.try_get("rev")?),
        by: row.try_get("account")?,
        at: Millis(row.try_get("at")?),
        title: stored_json("drafts", row.try_get("title")?)?,
    })
}
