//! What a filling knows of the world around it, told by the caller.

use model::time::Millis;
use serde::{Deserialize, Serialize};

use crate::expression::date;

/// When, where and by whom a survey is filled in. This crate has no clock and no randomness of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// What the clock says: at [`crate::Fill::start`] the beginning; [`crate::Fill::set_now`] moves it on.
    pub now: Millis,
    /// When it began, for `duration()`; [`crate::Fill::start`] notes it if nobody has.
    #[serde(default)]
    pub started: Option<Millis>,
    /// Minutes that the clock on the wall is ahead of UTC.
    #[serde(default)]
    pub offset: i32,
    /// A random number: what is shuffled or drawn in this filling follows from it.
    #[serde(default)]
    pub seed: u64,
    /// The tablet's identity, for `deviceid`.
    #[serde(default)]
    pub device: String,
    /// The user's name, for `username`.
    #[serde(default)]
    pub username: String,
    /// The user's address, for `email`.
    #[serde(default)]
    pub email: String,
    /// The number, for `phonenumber`.
    #[serde(default)]
    pub phone: String,
}

impl Context {
    /// The moment on the wall's clock, ISO 8601 with milliseconds and the zone's offset.
    pub(crate) fn moment(&self, at: Millis) -> String {
        date::time_of(at, self.offset)
    }

    /// The day on the wall's calendar.
    pub(crate) fn day(&self, at: Millis) -> String {
        date::day_of(at, self.offset)
    }
}
