//! The server's clock and its source of chance, at one place each.

use std::time::{SystemTime, UNIX_EPOCH};

use model::time::Millis;

/// The instant by the server's clock.
pub fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// The operating system gave no random bytes. There is no safe way on without them.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gives no random bytes; restart the machine or its container")]
pub struct NoChance;

/// Random bytes from the operating system.
///
/// # Errors
/// If it has none to give.
pub fn random<const N: usize>() -> Result<[u8; N], NoChance> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| NoChance)?;
    Ok(bytes)
}
