//! Accounts and sessions in SQL.

use async_trait::async_trait;
use model::{Hash, time::Millis};

use super::SqlTx;
use crate::store::{StoreError, tx::Accounts};

#[async_trait]
impl Accounts for SqlTx<'_> {
    async fn add_account(
        &mut self,
        name: &str,
        password: &str,
        now: Millis,
    ) -> Result<bool, StoreError> {
        let made = sqlx::query(
            "INSERT INTO accounts (name, password, made_at) VALUES ($1, $2, $3)
             ON CONFLICT (name) DO NOTHING",
        )
        .bind(name)
        .bind(password)
        .bind(now.0)
        .execute(&mut *self.conn)
        .await?;
        Ok(made.rows_affected() == 1)
    }

    async fn set_password(&mut self, name: &str, password: &str) -> Result<bool, StoreError> {
        let set = sqlx::query("UPDATE accounts SET password = $1 WHERE name = $2")
            .bind(password)
            .bind(name)
            .execute(&mut *self.conn)
            .await?;
        Ok(set.rows_affected() == 1)
    }

    async fn password(&mut self, name: &str) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar("SELECT password FROM accounts WHERE name = $1")
            .bind(name)
            .fetch_optional(&mut *self.conn)
            .await?)
    }

    async fn accounts(&mut self) -> Result<Vec<String>, StoreError> {
        Ok(sqlx::query_scalar("SELECT name FROM accounts ORDER BY name")
            .fetch_all(&mut *self.conn)
            .await?)
    }

    async fn insert_session(
        &mut self,
        token: Hash,
        account: &str,
        expires_at: Millis,
    ) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO sessions (token, account, expires_at) VALUES ($1, $2, $3)")
            .bind(token.to_string())
            .bind(account)
            .bind(expires_at.0)
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    async fn session(&mut self, token: Hash, now: Millis) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar("SELECT account FROM sessions WHERE token = $1 AND expires_at > $2")
            .bind(token.to_string())
            .bind(now.0)
            .fetch_optional(&mut *self.conn)
            .await?)
    }

    async fn end_session(&mut self, token: Hash) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sessions WHERE token = $1")
            .bind(token.to_string())
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    async fn sweep_sessions(&mut self, now: Millis) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sessions WHERE expires_at <= $1")
            .bind(now.0)
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    async fn end_sessions(&mut self, of: Option<&str>) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sessions WHERE $1 IS NULL OR account = $1")
            .bind(of)
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }
}
