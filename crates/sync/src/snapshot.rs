//! Starting from a snapshot: its segments are fetched a few at a time and staged one by one.

use model::{
    Hash, segment,
    snapshot::{Manifest, Part},
};

use crate::{Catalogue, Remote, SyncError, lanes::Lanes};

/// How often a round asks for the manifest anew because a segment is gone. The server keeps the
/// snapshot before the newest, so a second try finds one that lasts; further servers on the same
/// database may each be one behind. After that paging through the changes always works.
const MANIFESTS: u32 = 3;

/// How far the download of a snapshot has come, in bytes before compression. What an earlier
/// round has staged counts as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The bytes that are on the tablet.
    pub done: u64,
    /// The bytes of the whole snapshot.
    pub total: u64,
}

/// How a download ended.
enum End {
    /// Every segment is staged.
    Whole,
    /// The server has none of that name any more.
    Gone,
    /// A segment is not what its name says, or cannot be read.
    Spoilt,
}

/// Tries to put a snapshot in the place of what is stored, where the cursor is `since`. Gives how
/// many records came with it; `None` if the caller must page through the changes, because there is no
/// snapshot or it is of no use. Nothing but the staging has changed then.
///
/// # Errors
/// What cut the download off. The next round goes on at the first missing segment.
pub(crate) async fn start(
    catalogue: &impl Catalogue,
    remote: &impl Remote,
    since: Option<&str>,
    show: &dyn Fn(Progress),
) -> Result<Option<usize>, SyncError> {
    for _ in 0..MANIFESTS {
        // Whatever is wrong with this answer, asking for changes tells what it means.
        let Ok(Some(manifest)) = remote.manifest().await else { return Ok(None) };
        match fetch(catalogue, remote, &manifest, show).await? {
            End::Whole if catalogue.switch_in(since, &manifest).await? => {
                return Ok(Some(usize::try_from(manifest.records).unwrap_or(usize::MAX)));
            }
            // Another tab was faster, or has dropped what this one staged.
            End::Whole | End::Spoilt => return Ok(None),
            End::Gone => {}
        }
    }
    Ok(None)
}

/// Stages what is missing of `manifest`. A cut connection costs one segment, which is asked for
/// again; only when each lane in turn was cut off does the download end.
async fn fetch<R: Remote>(
    catalogue: &impl Catalogue,
    remote: &R,
    manifest: &Manifest,
    show: &dyn Fn(Progress),
) -> Result<End, SyncError> {
    let mut here = catalogue.staged(manifest).await?;
    let mut progress = Progress { done: 0, total: manifest.bytes() };
    let mut missing = Vec::new();
    for part in manifest.segments.iter().rev() {
        // Two segments of one name are one download. A list and no set: of a hundred names, and less code.
        if here.contains(&part.hash) {
            progress.done = progress.done.saturating_add(part.bytes);
        } else {
            here.push(part.hash);
            missing.push(*part);
        }
    }
    show(progress);
    let mut lanes = Lanes::new();
    let mut came: Option<(Part, String)> = None;
    let mut cuts = 0;
    loop {
        while lanes.len() < R::LANES
            && let Some(part) = missing.pop()
        {
            lanes.push(async move { (part, remote.segment(part.hash).await) });
        }
        if let Some((part, text)) = came.take() {
            // The next segment has been asked for: the tablet's disk and the line work at the same time.
            lanes.beside(catalogue.stage_segment(part.hash, &text)).await?;
            progress.done = progress.done.saturating_add(part.bytes);
            show(progress);
            continue;
        }
        if lanes.len() == 0 {
            return Ok(End::Whole);
        }
        let (part, answer) = lanes.next().await;
        match answer {
            Ok(text) if is_sound(&text, part) => {
                came = Some((part, text));
                cuts = 0;
            }
            Ok(_) => return Ok(End::Spoilt),
            Err(SyncError::Refused(_)) => return Ok(End::Gone),
            Err(SyncError::Offline(_)) if cuts < R::LANES => {
                cuts += 1;
                missing.push(part);
            }
            Err(error) => return Err(error),
        }
    }
}

/// Whether the text is the segment that was asked for, and one that can be read later: switched in
/// is only what this app has read once.
fn is_sound(text: &str, part: Part) -> bool {
    let read = || segment::decode(text).map(|records| records.len() as u64);
    Hash::of(text.as_bytes()) == part.hash && read() == Ok(part.records)
}
