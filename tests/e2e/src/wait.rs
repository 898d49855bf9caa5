//! Waiting for something to become true.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// How long anything may take on a slow machine that does other work beside.
pub const LONG: Duration = Duration::from_secs(60);
/// How long what the page does by itself may take.
pub const SHORT: Duration = Duration::from_secs(20);
/// Between two looks.
const STEP: Duration = Duration::from_millis(40);

/// Looks again and again until there is something, and gives it.
///
/// # Errors
/// If a look fails, or nothing came within `limit`; the message says what was waited for.
pub async fn until<T>(
    what: &str,
    limit: Duration,
    mut look: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let end = Instant::now() + limit;
    loop {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        if Instant::now() > end {
            bail!("waited {} s in vain: {what}", limit.as_secs());
        }
        tokio::time::sleep(STEP).await;
    }
}
