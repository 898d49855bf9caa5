//! Who staff are: passwords, sessions, and the brake on guessing.

use std::{net::IpAddr, sync::Arc};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use model::{Hash, time::Millis};
use tokio::sync::{OnceCell, Semaphore};

use crate::{
    ApiError, Store, StoreError,
    brake::{Brake, Braked},
    clock::{NoChance, random},
};

/// How long a session lasts from the sign-in, whatever is done in it: a working day.
pub const SESSION_MILLIS: i64 = 12 * 60 * 60 * 1_000;
/// The fewest characters of a password: the least that NIST SP 800-63B allows (revision 3, 5.1.1.1).
pub const PASSWORD_CHARS: usize = 8;
/// The most bytes of a password: hashing is to cost a known time.
const PASSWORD_BYTES: usize = 1_024;
/// The most bytes of an account's name: names and e-mail addresses of people fit, and a log line holds it.
pub const NAME_BYTES: usize = 64;
/// Passwords hashed at a time: each takes 19 MiB and one core for a while.
const HASHING: usize = 2;

/// Why a password could not be set.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too short or too long.
    #[error(
        "a password has {PASSWORD_CHARS} characters or more, and at most {PASSWORD_BYTES} bytes"
    )]
    Length,
    /// The hash function failed.
    #[error("the password cannot be hashed: {0}")]
    Hashing(String),
    /// No random salt.
    #[error(transparent)]
    NoChance(#[from] NoChance),
}

/// The accounts and sessions of staff.
#[derive(Debug, Clone)]
pub struct Auth {
    store: Store,
    hashing: Arc<Semaphore>,
    brake: Brake,
    /// Verified against where there is no account, so that both take the same time.
    decoy: Arc<OnceCell<String>>,
}

impl Auth {
    /// Guards the accounts in `store`.
    pub fn new(store: Store) -> Self {
        Self {
            store,
            hashing: Arc::new(Semaphore::new(HASHING)),
            brake: Brake::default(),
            decoy: Arc::default(),
        }
    }

    /// Signs in and gives the token for the browser.
    ///
    /// # Errors
    /// [`ApiError::WrongPassword`], or [`ApiError::TooManyTries`] after five of them;
    /// [`ApiError::Busy`] if too many sign-ins wait.
    pub async fn sign_in(
        &self,
        name: &str,
        password: String,
        from: IpAddr,
        now: Millis,
    ) -> Result<String, ApiError> {
        if name.len() > NAME_BYTES || password.len() > PASSWORD_BYTES {
            return Err(ApiError::WrongPassword);
        }
        let turn = self.brake.turn(name, from, now).await.map_err(|braked| match braked {
            Braked::Wrong(seconds) => ApiError::TooManyTries(seconds),
            Braked::Waiting => ApiError::Busy,
        })?;
        if !self.is_right(name, password).await? {
            turn.wrong(now);
            return Err(ApiError::WrongPassword);
        }
        turn.right();

        let token = hex(&random::<32>()?);
        let expires_at = Millis(now.0 + SESSION_MILLIS);
        self.store
            .start_session(Hash::of(token.as_bytes()), name.to_owned(), now, expires_at)
            .await?;
        Ok(token)
    }

    /// Whose token this is.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn account(&self, token: &str, now: Millis) -> Result<Option<String>, StoreError> {
        self.store.session(Hash::of(token.as_bytes()), now).await
    }

    /// Ends the session of a token.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn sign_out(&self, token: &str) -> Result<(), StoreError> {
        self.store.end_session(Hash::of(token.as_bytes())).await
    }

    async fn is_right(&self, name: &str, password: String) -> Result<bool, ApiError> {
        let known = self.store.password(name).await?;
        let exists = known.is_some();
        let hash = match known {
            Some(hash) => hash,
            None => self.decoy().await?,
        };
        let hashing = Arc::clone(&self.hashing).acquire_owned().await;
        let hashing = hashing.map_err(|_| ApiError::Fault)?;
        let right = tokio::task::spawn_blocking(move || {
            // Held to the end of the work, which goes on although the connection does not: those
            // who hang up at once would else fill the memory.
            let _hashing = hashing;
            PasswordHash::new(&hash).is_ok_and(|hash| {
                Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
            })
        })
        .await
        .map_err(|_| ApiError::Fault)?;
        Ok(right && exists)
    }

    async fn decoy(&self) -> Result<String, ApiError> {
        let made = self.decoy.get_or_try_init(|| async {
            let nobody = hex(&random::<16>()?);
            hash_password(nobody).await.map_err(|error| {
                tracing::error!(%error, "a sign-in failed");
                ApiError::Fault
            })
        });
        made.await.cloned()
    }
}

/// The PHC string of a password: Argon2id with the crate's parameters (19 MiB, 2 passes, 1
/// lane: OWASP's first choice) and a random salt.
///
/// # Errors
/// If the password's length is out of bounds or hashing failed.
pub async fn hash_password(password: String) -> Result<String, PasswordError> {
    if password.chars().count() < PASSWORD_CHARS || password.len() > PASSWORD_BYTES {
        return Err(PasswordError::Length);
    }
    tokio::task::spawn_blocking(move || {
        Argon2::default()
            .hash_password(password.as_bytes())
            .map(|hash| hash.to_string())
            .map_err(|error| PasswordError::Hashing(error.to_string()))
    })
    .await
    .map_err(|error| PasswordError::Hashing(error.to_string()))?
}

/// A password of 100 random bits that a person can read aloud: four groups of five of 32
/// characters, without those that look alike.
///
/// # Errors
/// If there is no chance to draw from.
pub fn readable_password() -> Result<String, NoChance> {
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let drawn: Vec<char> =
        random::<20>()?.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    Ok(drawn.chunks(5).map(String::from_iter).collect::<Vec<_>>().join("-"))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
