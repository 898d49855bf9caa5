//! Accounts and sessions of staff. They live in the database alone, so that any server knows
//! who is signed in.

use model::{Hash, time::Millis};

use super::{Scope, Store, StoreError};

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
        self.write(Scope::Public, move |tx| {
            let (name, password) = (name.clone(), password.clone());
            Box::pin(async move { tx.add_account(&name, &password, now).await })
        })
        .await
    }

    /// Changes a password's hash and ends the account's sessions; false if there is no such
    /// account.
    ///
    /// # Errors
    /// If the transaction was not committed.
    pub async fn set_password(&self, name: String, password: String) -> Result<bool, StoreError> {
        self.write(Scope::Public, move |tx| {
            let (name, password) = (name.clone(), password.clone());
            Box::pin(async move {
                let set = tx.set_password(&name, &password).await?;
                tx.end_sessions(Some(&name)).await?;
                Ok(set)
            })
        })
        .await
    }

    /// The hash of an account's password.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn password(&self, name: &str) -> Result<Option<String>, StoreError> {
        // What a stranger typed. PostgreSQL's text has no NUL, so no account has one either.
        if name.contains('\0') {
            return Ok(None);
        }
        let name = name.to_owned();
        self.read(move |tx| {
            let name = name.clone();
            Box::pin(async move { tx.password(&name).await })
        })
        .await
    }

    /// The names of all accounts.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn accounts(&self) -> Result<Vec<String>, StoreError> {
        self.read(|tx| Box::pin(async move { tx.accounts().await })).await
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
        self.write(Scope::Public, move |tx| {
            let account = account.clone();
            Box::pin(async move {
                tx.sweep_sessions(now).await?;
                tx.insert_session(token, &account, expires_at).await
            })
        })
        .await
    }

    /// Whose session this is, if it has not ended.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn session(&self, token: Hash, now: Millis) -> Result<Option<String>, StoreError> {
        self.read(move |tx| Box::pin(async move { tx.session(token, now).await })).await
    }

    /// Ends a session.
    ///
    /// # Errors
    /// If the transaction was not committed.
    pub async fn end_session(&self, token: Hash) -> Result<(), StoreError> {
        self.write(Scope::Public, move |tx| Box::pin(async move { tx.end_session(token).await }))
            .await
    }
}
