//! The journal of a survey that is being filled in: what a crash, a flat battery or a reload must not take away.
//!
//! **Privacy:** it holds what somebody said, on a shared tablet. One survey at a time has one, and it is gone once the
//! answers are saved or thrown away, once somebody leaves the survey, once nobody is there any more, and in any case
//! [`LIFETIME`] after the last touch: who comes later finds none.
//!
//! It lies in the browser's local storage and not in a database, because there a write and above all a removal is done
//! when the call returns: a page that closes at once cannot cut it off.

use model::{Key, time::Millis};
use serde::{Deserialize, Serialize};
use survey::{Fill, Journal};

use super::Store;
use crate::platform::{clock, local};

/// Also in public/boot.js, which removes an old one when any page of the app is opened.
const NAME: &str = "survey-journal";

/// Milliseconds after the last touch in which a survey can be gone on with: enough to start a tablet again.
pub const LIFETIME: u64 = 10 * 60 * 1_000;

/// A survey that was being filled in.
#[derive(Serialize, Deserialize)]
pub struct Kept {
    /// When it was written, by this tablet's clock; public/boot.js reads it too.
    pub at: Millis,
    /// Which survey.
    pub survey: Key,
    /// Which version of it.
    pub version: u32,
    /// When it was begun.
    pub since: Millis,
    /// A language of the form that the app does not have, if it is read in one.
    #[serde(default)]
    pub tongue: Option<String>,
    /// The answers so far and the page.
    pub journal: Journal,
}

/// Writes down how far somebody is; what was there before is overwritten. Where the browser stores nothing, the survey
/// goes on without.
pub fn write(survey: &Key, version: u32, since: Millis, tongue: Option<String>, fill: &Fill) {
    let (at, journal) = (clock::now(), fill.journal());
    let kept = Kept { at, survey: survey.clone(), version, since, tongue, journal };
    match serde_json::to_string(&kept) {
        Ok(text) => local::set(NAME, &text),
        Err(error) => gloo::console::warn!("The journal was not written:", error.to_string()),
    }
}

impl Store {
    /// What was being filled in on this tablet a moment ago; none if that is longer ago, or if something was saved since:
    /// then it is removed.
    pub fn unfinished(&self) -> Option<Kept> {
        let text = local::get(NAME)?;
        let kept = serde_json::from_str::<Kept>(&text).ok();
        // A clock that was set back makes an age below 0, of which nothing can be said.
        let kept = kept.filter(|kept| is_fresh(kept.at, clock::now()));
        // A browser that dies just after a removal may have it undone; what is in the outbox stays there.
        let kept = kept.filter(|kept| !self.has_saved_since(kept.at));
        if kept.is_none() {
            wipe();
        }
        kept
    }
}

/// Milliseconds until what was written at `at` may not be read any more; 0 if that is now.
pub fn left(at: Millis) -> u32 {
    let age = clock::now().0.saturating_sub(at.0).max(0);
    u32::try_from((LIFETIME as i64 - age).max(0)).unwrap_or(0)
}

fn is_fresh(at: Millis, now: Millis) -> bool {
    (at.0..at.0 + LIFETIME as i64).contains(&now.0)
}

/// Removes it.
pub fn wipe() {
    local::remove(NAME);
}
