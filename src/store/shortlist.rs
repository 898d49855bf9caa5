//! The shortlist: listings a peer puts aside for somebody, to print and to clear.
//!
//! It lives in memory only. What somebody looked for is private, and the next person at the
//! tablet must find no trace of it, not even after a crash.

use leptos::prelude::*;
use model::Key;

use super::Store;

impl Store {
    /// Whether a listing is on the shortlist; tracked.
    pub fn is_shortlisted(&self, id: &Key) -> bool {
        self.shortlist.with(|list| list.contains(id))
    }

    /// Puts a listing on the shortlist, or takes it off.
    pub fn toggle_shortlisted(&self, id: &Key) {
        self.shortlist.update(|list| {
            let before = list.len();
            list.retain(|other| other != id);
            if list.len() == before {
                list.push(id.clone());
            }
        });
    }
}
