//! Accounts and sessions in memory.

use std::sync::Arc;

use async_trait::async_trait;
use model::{Hash, time::Millis};

use super::MemoryTx;
use crate::store::{StoreError, tx::Accounts};

#[async_trait]
impl Accounts for MemoryTx {
    async fn add_account(
        &mut self,
        name: &str,
        password: &str,
        _: Millis,
    ) -> Result<bool, StoreError> {
        if self.tables.accounts.contains_key(name) {
            return Ok(false);
        }
        Arc::make_mut(&mut self.tables.accounts).insert(name.to_owned(), password.to_owned());
        Ok(true)
    }

    async fn set_password(&mut self, name: &str, password: &str) -> Result<bool, StoreError> {
        let accounts = Arc::make_mut(&mut self.tables.accounts);
        let Some(stored) = accounts.get_mut(name) else { return Ok(false) };
        password.clone_into(stored);
        Ok(true)
    }

    async fn password(&mut self, name: &str) -> Result<Option<String>, StoreError> {
        Ok(self.tables.accounts.get(name).cloned())
    }

    async fn accounts(&mut self) -> Result<Vec<String>, StoreError> {
        Ok(self.tables.accounts.keys().cloned().collect())
    }

    async fn insert_session(
        &mut self,
        token: Hash,
        account: &str,
        expires_at: Millis,
    ) -> Result<(), StoreError> {
        let refused = |why: &str| Err(StoreError::Statement(why.to_owned()));
        if !self.tables.accounts.contains_key(account) {
            return refused("a session of no account");
        }
        if self.tables.sessions.contains_key(&token) {
            return refused("a session under a token that is taken");
        }
        Arc::make_mut(&mut self.tables.sessions).insert(token, (account.to_owned(), expires_at));
        Ok(())
    }

    async fn session(&mut self, token: Hash, now: Millis) -> Result<Option<String>, StoreError> {
        let session = self.tables.sessions.get(&token);
        Ok(session.filter(|(_, ends)| *ends > now).map(|(account, _)| account.clone()))
    }

    async fn end_session(&mut self, token: Hash) -> Result<(), StoreError> {
        Arc::make_mut(&mut self.tables.sessions).remove(&token);
        Ok(())
    }

    async fn sweep_sessions(&mut self, now: Millis) -> Result<(), StoreError> {
        Arc::make_mut(&mut self.tables.sessions).retain(|_, (_, ends)| *ends > now);
        Ok(())
    }

    async fn end_sessions(&mut self, of: Option<&str>) -> Result<(), StoreError> {
        Arc::make_mut(&mut self.tables.sessions)
            .retain(|_, (account, _)| of.is_some_and(|of| account != of));
        Ok(())
    }
}
