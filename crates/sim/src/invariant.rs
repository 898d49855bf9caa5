//! The promises that are watched, and the checks at the end of a run. Those that hold at every
//! step are checked where the step happens: [`crate::watch`] after each transaction of a tablet,
//! [`crate::shadow`] after each commit of the server.

use std::{fmt, rc::Rc};

use crate::{tablet::Profile, world::World};

/// A promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Invariant {
    /// Nothing leaves an outbox that the server does not have.
    KeptUntilReceived,
    /// Stored bytes are those that were made, on the tablet and on the server.
    ByteForByte,
    /// One submission, one row.
    ExactlyOnce,
    /// What the server has committed stays, but for a restore.
    NeverGone,
    /// Receipts keep their bytes for as long as was said.
    ReceiptsKept,
    /// What was received in a history that has ended, as the tablet knows, waits to be sent again.
    ReceiptsOfNow,
    /// At the end every submission that was called saved is on the server.
    Arrives,
    /// Once the faults stop, nothing waits and nothing is refused that need not be.
    Drains,
    /// At the end every tablet's catalogue is the server's.
    Converges,
    /// Within a history a cursor only advances.
    CursorAdvances,
    /// What a tablet has is what its cursor says it has.
    PageAndCursor,
    /// Places are in the order of commits.
    OrderOfCommits,
    /// A value that staff sent is stored or kept for its author.
    ValueRecorded,
    /// A value is only replaced by somebody who saw it.
    SeenBeforeReplaced,
    /// An edit that comes again changes nothing.
    EditOnce,
    /// What was deleted stays deleted.
    StaysDeleted,
    /// A tablet does not come back before it was asked to.
    ComesBackAsAsked,
    /// Nothing of a snapshot shows before it is switched in.
    StagedUnseen,
    /// What is staged is not fetched again.
    FetchedOnce,
    /// Only segments of the snapshot that is being fetched stay staged.
    StagedForOne,
}

impl Invariant {
    /// The promise in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::KeptUntilReceived => "nothing leaves an outbox that the server does not have",
            Self::ByteForByte => "stored bytes are those that were made",
            Self::ExactlyOnce => "one submission is one row",
            Self::NeverGone => "what was committed stays",
            Self::ReceiptsKept => "receipts keep their bytes for seven days",
            Self::ReceiptsOfNow => "what was received in an ended history is sent again",
            Self::Arrives => "everything saved arrives",
            Self::Drains => "the queue drains once faults stop",
            Self::Converges => "catalogues converge",
            Self::CursorAdvances => "cursors only advance within a history",
            Self::PageAndCursor => "a tablet has what its cursor says",
            Self::OrderOfCommits => "places are in the order of commits",
            Self::ValueRecorded => "no staff value vanishes unrecorded",
            Self::SeenBeforeReplaced => "a value is only replaced by somebody who saw it",
            Self::EditOnce => "an edit that comes again changes nothing",
            Self::StaysDeleted => "what was deleted stays deleted",
            Self::ComesBackAsAsked => "Retry-After is obeyed",
            Self::StagedUnseen => "what is staged is not shown before the switch",
            Self::FetchedOnce => "a download that broke off fetches only what is missing",
            Self::StagedForOne => "nothing stays staged that is of no use",
        }
    }
}

/// A broken promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which one.
    pub invariant: Invariant,
    /// How.
    pub detail: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "broken: {}: {}", self.invariant.words(), self.detail)
    }
}

/// What must be true when the faults have stopped and everybody has had time.
pub fn check_end(world: &World, profiles: &[Rc<Profile>]) {
    let shadow = world.shadow.borrow();
    for (id, hash, made) in world.ledger.borrow().all() {
        let there = shadow.holds(id, hash);
        if made.promised && !there && !made.excused {
            world.violate(
                Invariant::Arrives,
                format_args!("{} was called saved and is not on the server", id.reference()),
            );
        }
    }
    for profile in profiles {
        profile.catalogue.inspect(|catalogue| {
            let live = catalogue.records.values().filter(|record| !record.deleted);
            let same = shadow.live().zip(live.clone()).all(|(theirs, mine)| theirs.is(mine));
            if !same || shadow.live().count() != live.count() {
                world.violate(
                    Invariant::Converges,
                    format_args!("tablet {} has another catalogue", profile.number),
                );
            }
        });
    }
}
