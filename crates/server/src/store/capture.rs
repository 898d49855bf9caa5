//! The capture plane: storing what came, and reading it for staff.

use std::sync::Arc;

use model::time::Millis;

use super::{
    Arrival, Filter, Placed, Received, Scope, Slice, Store, StoreError, StoredSubmission, Tx,
};

impl Store {
    /// Stores `arrivals` in one transaction and says where each stands, in their order. What
    /// is stored already, with the same bytes, keeps its place.
    ///
    /// # Errors
    /// If the transaction was not committed; then nothing is stored.
    pub async fn receive(
        &self,
        arrivals: Vec<Arrival>,
        now: Millis,
    ) -> Result<Received, StoreError> {
        if arrivals.is_empty() {
            return Ok(Received { epoch: self.epoch().await?, placed: Vec::new() });
        }
        let arrivals: Arc<[Arrival]> = arrivals.into();
        let bytes = arrivals.iter().map(Arrival::weight).sum();
        self.write_heavy(Scope::Capture, bytes, move |tx| {
            let arrivals = Arc::clone(&arrivals);
            Box::pin(async move { receive(tx, &arrivals, now).await })
        })
        .await
    }

    /// The submissions that `filter` means, at most `limit` of `slice`.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn submissions(
        &self,
        filter: &Filter,
        slice: Slice,
        limit: u32,
    ) -> Result<Vec<StoredSubmission>, StoreError> {
        let filter = Arc::new(filter.askable());
        self.read(move |tx| {
            let filter = Arc::clone(&filter);
            Box::pin(async move { tx.submissions(&filter, slice, limit).await })
        })
        .await
    }

    /// How many submissions `filter` means.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn count(&self, filter: &Filter) -> Result<u64, StoreError> {
        let filter = Arc::new(filter.askable());
        self.read(move |tx| {
            let filter = Arc::clone(&filter);
            Box::pin(async move { tx.count_submissions(&filter).await })
        })
        .await
    }
}

/// Puts `arrivals` into the order of [`Scope::Capture`].
///
/// # Errors
/// If a statement failed.
pub async fn receive(
    tx: &mut dyn Tx,
    arrivals: &[Arrival],
    now: Millis,
) -> Result<Received, StoreError> {
    // A place is taken for each and left empty where it turns out not to be needed: places
    // order, they do not count.
    let count = u64::try_from(arrivals.len()).unwrap_or(u64::MAX);
    let first = tx.take_places(Scope::Capture, count).await?;
    // After the counter, whose lock a change of history needs too.
    let epoch = tx.epoch().await?;
    let inserted = tx.insert_submissions(first, arrivals, now).await?;
    let mut placed = Vec::with_capacity(arrivals.len());
    for ((seq, arrival), inserted) in (first..).zip(arrivals).zip(inserted) {
        placed.push(if inserted { Placed::At(seq) } else { meet(tx, arrival, now).await? });
    }
    Ok(Received { epoch, placed })
}

/// What becomes of an arrival whose id is taken.
async fn meet(tx: &mut dyn Tx, arrival: &Arrival, now: Millis) -> Result<Placed, StoreError> {
    let id = arrival.sealed.id;
    match tx.submission_at(id).await? {
        Some((seq, hash)) if hash == arrival.sealed.hash => Ok(Placed::At(seq)),
        Some(_) => {
            tx.insert_rival(&arrival.sealed, now).await?;
            Ok(Placed::Rival)
        }
        None => Err(StoreError::corrupt("submissions", format!("{id} is there and is not"))),
    }
}
