//! Accounts and sessions in SQLite.

use model::{Hash, time::Millis};

use super::Store;
use crate::store::StoreError;

impl Store {
    /// Makes an account; false if the name is taken.
    ///
    /// # Errors
    /// If the transaction was not committed.
    pub async fn add_account(
        &self,
        name: String,
        password: String,
        now: Millis,
    ) -> Result<bool, StoreError> {
        self.writer
            .run(move |conn| {
                Box::pin(async move {
                    let made = sqlx::query(
                        "INSERT INTO accounts (name, password, made_at) VALUES (?1, ?2, ?3)
                         ON CONFLICT (name) DO NOTHING",
                    )
                    .bind(name)
                    .bind(password)
                    .bind(now.0)
                    .execute(conn)
                    .await?;
                    Ok(made.rows_affected() == 1)
                })
            })
            .await
    }

    /// Changes a password's hash and ends the account's sessions; false if there is no such
    /// account.
    ///
    /// # Errors
    /// If the transaction was not committed.
    pub async fn set_password(&self, name: String, password: String) -> Result<bool, StoreError> {
        self.writer
            .run(move |conn| {
                Box::pin(async move {
                    let set = sqlx::query("UPDATE accounts SET password = ?1 WHERE name = ?2")
                        .bind(password)
                        .bind(&name)
                        .execute(&mut *conn)
                        .await?;
                    sqlx::query("DELETE FROM sessions WHERE account = ?1")
                        .bind(&name)
                        .execute(conn)
                        .await?;
                    Ok(set.rows_affected() == 1)
                })
            })
            .await
    }

    /// The hash of an account's password.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn password(&self, name: &str) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar("SELECT password FROM accounts WHERE name = ?1")
            .bind(name)
            .fetch_optional(&self.readers)
            .await?)
    }

    /// The names of all accounts.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn accounts(&self) -> Result<Vec<String>, StoreError> {
        Ok(sqlx::query_scalar("SELECT name FROM accounts ORDER BY name")
            .fetch_all(&self.readers)
            .await?)
    }

    /// Starts a session and forgets those that have ended.
    ///
    /// # Errors
    /// If the transaction was not committed.
    pub async fn start_session(
        &self,
        token: Hash,
        account: String,
        now: Millis,
        expires_at: Millis,
    ) -> Result<(), StoreError> {
        self.writer
            .run(move |conn| {
                Box::pin(async move {
                    sqlx::query("DELETE FROM sessions WHERE expires_at <= ?1")
                        .bind(now.0)
                        .execute(&mut *conn)
                        .await?;
                    sqlx::query(
                        "INSERT INTO sessions (token, account, expires_at) VALUES (?1, ?2, ?3)",
                    )
                    .bind(token.to_string())
                    .bind(account)
                    .bind(expires_at.0)
                    .execute(conn)
                    .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Whose session this is, if it has not ended.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn session(&self, token: Hash, now: Millis) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar("SELECT account FROM sessions WHERE token = ?1 AND expires_at > ?2")
            .bind(token.to_string())
            .bind(now.0)
            .fetch_optional(&self.readers)
            .await?)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// If the transaction was not committed.
    pub async fn end_session(&self, token: Hash) -> Result<(), StoreError> {
        self.writer
            .run(move |conn| {
                Box::pin(async move {
                    sqlx::query("DELETE FROM sessions WHERE token = ?1")
                        .bind(token.to_string())
                        .execute(conn)
                        .await?;
                    Ok(())
                })
            })
            .await
    }
}
