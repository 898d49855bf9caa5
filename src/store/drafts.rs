//! Surveys while staff write them, and their way out to the tablets.

use model::{
    Key,
    wire::{
        Draft, DraftHead, DraftResult, DraftWrite, Drafts, Edit, EditResult, Edits, EditsAnswer,
        FormCheck, FormTables,
    },
};
use reqwasm::http::Method;
use sync::SyncError;

use super::Store;

impl Store {
    /// The surveys that staff are writing.
    ///
    /// # Errors
    /// What the server's answer means.
    pub async fn drafts(&self) -> Result<Vec<DraftHead>, SyncError> {
        let answer: Result<Drafts, _> = self.parts().gateway.get("/drafts").await;
        Ok(self.seen(answer)?.drafts)
    }

    /// One of them; none if nobody is writing it.
    ///
    /// # Errors
    /// What the server's answer means.
    pub async fn draft(&self, id: &Key) -> Result<Option<Draft>, SyncError> {
        let answer = self.parts().gateway.get(&format!("/drafts/{id}")).await;
        match self.seen(answer) {
            Err(SyncError::Refused(details)) if details.status == 404 => Ok(None),
            other => other.map(Some),
        }
    }

    /// Keeps a draft on the server. Sent again after a lost answer, it is kept once.
    ///
    /// # Errors
    /// What the server's answer means.
    pub async fn save_draft(&self, id: &Key, write: &DraftWrite) -> Result<DraftResult, SyncError> {
        let path = format!("/drafts/{id}");
        self.seen(self.parts().gateway.send(Method::PUT, &path, write).await)
    }

    /// Forgets a draft on the server, if it still is as it was seen.
    ///
    /// # Errors
    /// What the server's answer means.
    pub async fn discard_draft(&self, id: &Key, rev: u64) -> Result<DraftResult, SyncError> {
        let path = format!("/drafts/{id}?rev={rev}");
        self.seen(self.parts().gateway.send(Method::DELETE, &path, &()).await)
    }

    /// Lets the server read a workbook with a form. Nothing is kept of it.
    ///
    /// # Errors
    /// What the server's answer means; what is wrong with the form is in the answer.
    pub async fn check_form(&self, files: &[web_sys::File]) -> Result<FormCheck, SyncError> {
        self.seen(self.parts().gateway.send_files("/forms/check", files).await)
    }

    /// Lets the server read tables for a form. Nothing is kept of them.
    ///
    /// # Errors
    /// What the server's answer means; what is wrong with a file is in the answer.
    pub async fn read_tables(&self, files: &[web_sys::File]) -> Result<FormTables, SyncError> {
        self.seen(self.parts().gateway.send_files("/forms/tables", files).await)
    }

    /// Carries out all of these edits, or none. Afterwards the catalogue is fetched.
    ///
    /// # Errors
    /// What the server's answer means; what came of each edit is in the results.
    pub async fn publish(&self, edits: Vec<Edit>) -> Result<Vec<EditResult>, SyncError> {
        let answer: Result<EditsAnswer, _> =
            self.parts().gateway.send(Method::POST, "/publish", &Edits { edits }).await;
        let answer = self.seen(answer)?;
        self.nudge_sync();
        Ok(answer.results)
    }
}
