//! What staff do: sign in, edit the catalogue, read what people told.

use leptos::prelude::*;
use model::{
    Key,
    results::Results,
    wire::{
        AnswerThemes, Conflict, Conflicts, Edit, EditResult, Edits, EditsAnswer, FeedbackPage,
        Session, SignIn, ThemesPatch,
    },
};
use reqwasm::http::Method;
use sync::SyncError;

use super::Store;

/// Whether somebody of the staff is signed in on this page.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum SessionState {
    /// Not asked yet.
    #[default]
    Unknown,
    /// Nobody.
    SignedOut,
    /// This account.
    SignedIn(Session),
}

/// Which feedback to read. Dates are London days, both included.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FeedbackFilter {
    /// Said at this venue.
    pub venue: Option<Key>,
    /// About this theme.
    pub theme: Option<Key>,
    /// Said on this day or later, by the tablet's clock.
    pub from: Option<chrono::NaiveDate>,
    /// Said on this day or earlier, by the tablet's clock.
    pub to: Option<chrono::NaiveDate>,
    /// What results alone are narrowed and compared by, as the server calls it: `("language", "pl")`.
    pub more: Vec<(&'static str, String)>,
}

/// A value as it may stand in an address.
fn encode(value: &str) -> String {
    js_sys::encode_uri_component(value).into()
}

impl FeedbackFilter {
    /// Whether it means everybody: what is compared is no filter.
    pub fn narrows_nobody(&self) -> bool {
        let Self { venue, theme, from, to, more } = self;
        let places = venue.is_none() && theme.is_none();
        places && from.is_none() && to.is_none() && more.iter().all(|(name, _)| *name == "by")
    }

    /// The filter as a query string without its question mark.
    pub fn query(&self) -> String {
        let mut parts = Vec::new();
        if let Some(venue) = &self.venue {
            parts.push(format!("venue={venue}"));
        }
        if let Some(theme) = &self.theme {
            parts.push(format!("theme={theme}"));
        }
        if let Some(from) = self.from {
            parts.push(format!("from={from}"));
        }
        if let Some(to) = self.to {
            parts.push(format!("to={to}"));
        }
        let more = self.more.iter();
        parts.extend(more.map(|(name, value)| format!("{name}={}", encode(value))));
        parts.join("&")
    }
}

impl Store {
    /// Asks the server who is signed in.
    ///
    /// # Errors
    /// If the server cannot be reached; the state stays unknown then.
    pub async fn load_session(&self) -> Result<(), SyncError> {
        let state = match self.parts().gateway.get::<Session>("/session").await {
            Ok(session) => SessionState::SignedIn(session),
            Err(SyncError::NeedsSignIn) => SessionState::SignedOut,
            Err(error) => return Err(error),
        };
        self.session.set(state);
        Ok(())
    }

    /// Signs in.
    ///
    /// # Errors
    /// [`SyncError::NeedsSignIn`] if name or password are wrong.
    pub async fn sign_in(&self, name: String, password: String) -> Result<(), SyncError> {
        let body = SignIn { name, password };
        let session: Session = self.parts().gateway.send(Method::POST, "/session", &body).await?;
        self.session.set(SessionState::SignedIn(session));
        Ok(())
    }

    /// Signs out, here and on the server.
    ///
    /// # Errors
    /// If the server cannot be reached: the session lives on there.
    pub async fn sign_out(&self) -> Result<(), SyncError> {
        self.parts().gateway.delete("/session").await?;
        self.session.set(SessionState::SignedOut);
        Ok(())
    }

    /// Notes a session that ended on the server, so that the page asks to sign in again.
    pub(super) fn seen<T>(&self, result: Result<T, SyncError>) -> Result<T, SyncError> {
        if matches!(result, Err(SyncError::NeedsSignIn)) {
            self.session.set(SessionState::SignedOut);
        }
        result
    }

    /// A page of feedback, newest first, older than `before`.
    ///
    /// # Errors
    /// What the server's answer means.
    pub async fn feedback(
        &self,
        filter: &FeedbackFilter,
        before: Option<u64>,
    ) -> Result<FeedbackPage, SyncError> {
        let mut query = filter.query();
        if let Some(before) = before {
            query.push_str(&format!("&before={before}"));
        }
        let path = format!("/feedback?{}", query.trim_start_matches('&'));
        self.seen(self.parts().gateway.get(&path).await)
    }

    /// What people answered in a survey, narrowed like feedback (the theme does not apply), with the tag that names these
    /// results; `None` if they are still those that `known` names.
    ///
    /// # Errors
    /// What the server's answer means.
    pub async fn results(
        &self,
        survey: &Key,
        filter: &FeedbackFilter,
        known: Option<&str>,
    ) -> Result<Option<(Results, Option<String>)>, SyncError> {
        let path = format!("/results/{survey}?{}", filter.query());
        self.seen(self.parts().gateway.get_new(&path, known).await)
    }

    /// Says what an answer in words is about; gives all its themes.
    ///
    /// # Errors
    /// What the server's answer means.
    pub async fn sort_answer(
        &self,
        survey: &Key,
        patch: &ThemesPatch,
    ) -> Result<AnswerThemes, SyncError> {
        let path = format!("/results/{survey}/themes");
        self.seen(self.parts().gateway.send(Method::POST, &path, patch).await)
    }

    /// Sends one edit. Afterwards the catalogue is fetched, so that the screen shows what the
    /// server has. Who sends an edit again whose answer was lost keeps its number, so that it
    /// is carried out once.
    ///
    /// # Errors
    /// What the server's answer means; what came of the edit itself is in the result.
    pub async fn edit(&self, edit: Edit) -> Result<EditResult, SyncError> {
        let body = Edits { edits: vec![edit] };
        let answer: Result<EditsAnswer, _> =
            self.parts().gateway.send(Method::POST, "/edits", &body).await;
        let mut answer = self.seen(answer)?;
        self.nudge_sync();
        answer
            .results
            .pop()
            .ok_or_else(|| SyncError::Offline("the answer holds no result".to_owned()))
    }

    /// What this author wrote and the server did not take.
    ///
    /// # Errors
    /// What the server's answer means.
    pub async fn conflicts(&self) -> Result<Vec<Conflict>, SyncError> {
        let answer: Result<Conflicts, _> = self.parts().gateway.get("/conflicts").await;
        Ok(self.seen(answer)?.conflicts)
    }

    /// Puts a conflict aside for good.
    ///
    /// # Errors
    /// What the server's answer means.
    pub async fn dismiss_conflict(&self, id: u64) -> Result<(), SyncError> {
        self.seen(self.parts().gateway.delete(&format!("/conflicts/{id}")).await)
    }
}
