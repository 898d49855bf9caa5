//! One round of sync: send what waits, then fetch what changed.

use model::{time::Millis, wire::Changes};

use crate::{Catalogue, Outbox, Progress, Remote, SyncError, push::push, snapshot};

/// What a round of sync did before it ended or failed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    /// Submissions the server acknowledged.
    pub received: usize,
    /// Submissions the server refused.
    pub refused: usize,
    /// Catalogue records that came.
    pub pulled: usize,
    /// Why the round stopped early, if it did.
    pub error: Option<SyncError>,
}

/// Sends what waits and fetches what changed. The planes fail apart: a catalogue that cannot
/// be fetched never keeps an answer on the tablet, and the reverse.
pub async fn sync(
    outbox: &impl Outbox,
    catalogue: &impl Catalogue,
    remote: &impl Remote,
    now: impl Fn() -> Millis,
) -> Outcome {
    sync_showing(outbox, catalogue, remote, now, &|_| {}).await
}

/// [`sync`], telling `show` how far the download of a first catalogue has come.
pub async fn sync_showing(
    outbox: &impl Outbox,
    catalogue: &impl Catalogue,
    remote: &impl Remote,
    now: impl Fn() -> Millis,
    show: &dyn Fn(Progress),
) -> Outcome {
    let mut outcome = Outcome::default();
    let pushed = push(outbox, remote, &now, &mut outcome).await;
    // Without the server there is no sense in asking it for changes.
    let reachable = !matches!(pushed, Err(SyncError::Offline(_) | SyncError::RetryAfter(_)));
    let pulled =
        if reachable { pull(outbox, catalogue, remote, show, &mut outcome).await } else { Ok(()) };
    // A new epoch seen while pulling puts receipts back into the outbox: send them now.
    let again = match (&pushed, &pulled) {
        (Ok(()), Ok(())) => push(outbox, remote, &now, &mut outcome).await,
        _ => Ok(()),
    };
    outcome.error = pushed.and(pulled).and(again).err();
    outcome
}

/// Fetches pages until there are no more. A tablet that starts from nothing, or must start anew
/// and needs more than one page for it, tries a snapshot once; without one, the pages that start
/// anew are gathered and switched in at once. Either way a broken download leaves the old
/// catalogue whole.
///
/// Only a page of changes tells the epoch: a snapshot may be as old as the history before.
async fn pull(
    outbox: &impl Outbox,
    catalogue: &impl Catalogue,
    remote: &impl Remote,
    show: &dyn Fn(Progress),
    outcome: &mut Outcome,
) -> Result<(), SyncError> {
    let mut stored = catalogue.cursor().await?;
    let mut tried = stored.is_none();
    if tried {
        let came = snapshot::start(catalogue, remote, None, show).await?;
        outcome.pulled += came.unwrap_or_default();
        stored = catalogue.cursor().await?;
    }
    let mut asked = stored.clone();
    let mut gathered: Option<Changes> = None;
    loop {
        let page = remote.changes(asked.as_deref()).await?;
        outbox.see_epoch(&page.epoch).await?;
        if page.fresh && page.more && !tried {
            tried = true;
            let since = stored.as_deref();
            if let Some(came) = snapshot::start(catalogue, remote, since, show).await? {
                outcome.pulled += came;
                stored = catalogue.cursor().await?;
                asked = stored.clone();
                continue;
            }
        }
        let more = page.more;
        if more && Some(&page.cursor) == asked.as_ref() {
            // Half a catalogue must not be switched in, nor this one page be asked for for ever.
            return Err(SyncError::Offline("the pages lead nowhere".to_owned()));
        }
        asked = Some(page.cursor.clone());
        let whole = match gathered.take() {
            Some(mut so_far) if !page.fresh => {
                so_far.records.extend(page.records);
                so_far.cursor = page.cursor;
                so_far
            }
            _ => page,
        };
        if whole.fresh && more {
            gathered = Some(whole);
            continue;
        }
        outcome.pulled += whole.records.len();
        if !catalogue.apply_page_after(stored.as_deref(), &whole).await? {
            // Another tab has moved the cursor meanwhile: go on from where it is now.
            stored = catalogue.cursor().await?;
            asked = stored.clone();
            continue;
        }
        if !more {
            return Ok(());
        }
        stored = Some(whole.cursor);
    }
}
