//! What an answer of the network means, by its status and form: pure, so that the app's gateway
//! and the simulation read answers with the same code.

use model::{json, wire::ProblemDetails};
use serde::de::DeserializeOwned;

use crate::SyncError;

/// The longest wait in seconds that `Retry-After` can ask for: an hour, so that a mistaken
/// proxy does not silence a tablet for a day.
const LONGEST: u64 = 3_600;

/// The body of an answer that counts, or what it means instead. An answer counts only in the
/// form the server gives it; a captive portal's page or a proxy's error is no answer at all.
///
/// # Errors
/// [`SyncError::Offline`] for what is not the server's, else what the server said.
pub fn meaning(
    status: u16,
    retry_after: Option<u64>,
    media_type: &str,
    text: String,
) -> Result<String, SyncError> {
    let problem = media_type
        .starts_with("application/problem+json")
        .then(|| json::read::<ProblemDetails>(&text).ok())
        .flatten();
    match (status, problem) {
        (204, _) => Ok(String::new()),
        (200..=299, _) if media_type.starts_with("application/json") => Ok(text),
        (401, Some(_)) => Err(SyncError::NeedsSignIn),
        (426, Some(_)) => Err(SyncError::UpgradeNeeded),
        (408 | 429 | 500..=599, _) if retry_after.is_some() => {
            Err(SyncError::RetryAfter(retry_after.unwrap_or_default()))
        }
        (400..=499, Some(details)) if status != 408 && status != 429 => {
            Err(SyncError::Refused(details))
        }
        _ => Err(SyncError::Offline(format!("status {status}"))),
    }
}

/// The value of the header `Retry-After` in milliseconds. Its other form, a date, would trust
/// the tablet's clock.
pub fn retry_after(value: &str) -> Option<u64> {
    let seconds: u64 = value.trim().parse().ok()?;
    Some(seconds.min(LONGEST) * 1_000)
}

/// The value in a body that counts.
///
/// # Errors
/// [`SyncError::Offline`] if it is cut off or holds something else.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, SyncError> {
    json::read(text).map_err(|error| SyncError::Offline(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_servers_own_form_counts() {
        let of = |status, asked, media: &str, text: &str| {
            meaning(status, asked, media, text.to_owned()).map(drop)
        };
        let problem = r#"{"type":"/problems/x","title":"X","status":422,"detail":"No."}"#;
        let offline = |outcome| matches!(outcome, Err(SyncError::Offline(_)));
        assert_eq!(of(200, None, "application/json", "{}"), Ok(()));
        assert!(offline(of(200, None, "text/html", "<html>")));
        assert!(offline(of(403, None, "text/html", "<html>")));
        assert!(offline(of(502, None, "text/html", "<html>")));
        assert_eq!(of(503, Some(5), "text/html", ""), Err(SyncError::RetryAfter(5)));
        let told = "application/problem+json";
        assert_eq!(of(401, None, told, problem), Err(SyncError::NeedsSignIn));
        assert_eq!(of(426, None, told, problem), Err(SyncError::UpgradeNeeded));
        assert!(matches!(of(422, None, told, problem), Err(SyncError::Refused(_))));
        assert!(offline(of(422, None, told, &problem[..20])));
    }

    #[test]
    fn a_server_may_ask_for_an_hour_and_no_more() {
        assert_eq!(retry_after(" 5 "), Some(5_000));
        assert_eq!(retry_after("86400"), Some(3_600_000));
        assert_eq!(retry_after("Wed, 21 Oct 2026 07:28:00 GMT"), None);
    }
}
