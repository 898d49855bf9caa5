//! The name of the history and its counters, in SQL.

use async_trait::async_trait;
use model::time::Millis;
use sqlx::Row as _;

use super::{
    super::{Row, lock},
    SqlTx, signed, unsigned,
};
use crate::store::{
    Census, Scope, StoreError,
    tx::{History, Reach},
};

#[async_trait]
impl History for SqlTx<'_> {
    async fn epoch(&mut self) -> Result<String, StoreError> {
        if let Some(epoch) = &self.known.epoch {
            return Ok(epoch.clone());
        }
        let epoch: String = sqlx::query_scalar("SELECT value FROM meta WHERE key = 'epoch'")
            .fetch_one(&mut *self.conn)
            .await?;
        if !self.known.locked.is_empty() {
            self.known.epoch = Some(epoch.clone());
        }
        Ok(epoch)
    }

    async fn set_epoch(&mut self, epoch: &str) -> Result<(), StoreError> {
        sqlx::query("UPDATE meta SET value = $1 WHERE key = 'epoch'")
            .bind(epoch)
            .execute(&mut *self.conn)
            .await?;
        self.known.epoch = None;
        Ok(())
    }

    async fn lock(&mut self, scope: Scope) -> Result<(), StoreError> {
        if !self.known.locked.contains(&scope) {
            lock(self.conn, scope).await?;
            self.known.locked.push(scope);
        }
        Ok(())
    }

    async fn take_places(&mut self, scope: Scope, count: u64) -> Result<u64, StoreError> {
        let last: i64 =
            sqlx::query_scalar("UPDATE scopes SET seq = seq + $1 WHERE scope = $2 RETURNING seq")
                .bind(signed(count))
                .bind(scope.name())
                .fetch_one(&mut *self.conn)
                .await?;
        self.known.locked.push(scope);
        Ok(unsigned(last).saturating_sub(count) + 1)
    }

    async fn reach(&mut self, scope: Scope) -> Result<Reach, StoreError> {
        let row = sqlx::query("SELECT seq, floor FROM scopes WHERE scope = $1")
            .bind(scope.name())
            .fetch_one(&mut *self.conn)
            .await?;
        Ok(Reach { head: unsigned(row.try_get(0)?), floor: unsigned(row.try_get(1)?) })
    }

    async fn raise_floor(&mut self, scope: Scope, floor: u64) -> Result<(), StoreError> {
        sqlx::query("UPDATE scopes SET floor = $1 WHERE scope = $2 AND floor < $1")
            .bind(signed(floor))
            .bind(scope.name())
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    async fn touch(&mut self, now: Millis) -> Result<(), StoreError> {
        sqlx::query("UPDATE meta SET value = $1 WHERE key = 'ready'")
            .bind(now.rfc3339())
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    async fn census(&mut self) -> Result<Census, StoreError> {
        let records = sqlx::query(
            "SELECT collection, count(*) FROM records WHERE NOT deleted GROUP BY collection",
        )
        .fetch_all(&mut *self.conn)
        .await?;
        let submissions = sqlx::query("SELECT kind, count(*) FROM submissions GROUP BY kind")
            .fetch_all(&mut *self.conn)
            .await?;
        let rivals: i64 =
            sqlx::query_scalar("SELECT count(*) FROM rivals").fetch_one(&mut *self.conn).await?;
        let counted = |rows: Vec<Row>| {
            rows.iter()
                .map(|row| Ok((row.try_get(0)?, unsigned(row.try_get(1)?))))
                .collect::<Result<_, sqlx::Error>>()
        };
        Ok(Census {
            records: counted(records)?,
            submissions: counted(submissions)?,
            rivals: unsigned(rivals),
        })
    }
}
