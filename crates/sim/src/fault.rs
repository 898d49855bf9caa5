//! The kinds of trouble a run can meet, and how often each was met.

use std::fmt;

macro_rules! faults {
    ($($(#[doc = $doc:literal])+ $name:ident = $words:literal,)+) => {
        /// A kind of trouble. It counts where it had an effect: a request that was there to be
        /// lost, a crash while something was under way.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Fault { $($(#[doc = $doc])+ $name,)+ }

        impl Fault {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The kind in a few words.
            pub fn words(self) -> &'static str {
                match self { $(Self::$name => $words,)+ }
            }
        }
    };
}

faults! {
    /// A request never arrived.
    LostRequest = "lost requests",
    /// The server carried out a push, and its answer was lost.
    LostAck = "lost acks",
    /// Another answer was lost.
    LostAnswer = "lost answers",
    /// A request arrived twice.
    Duplicate = "duplicated requests",
    /// Something overtook what had been sent before it.
    Reorder = "reorderings",
    /// A tablet gave up waiting, and its request arrived later all the same.
    LateRequest = "late requests",
    /// A tablet had no network, and something it sent was lost to that.
    Partition = "partitions met",
    /// An answer was cut off.
    Truncated = "truncated answers",
    /// A captive portal answered in the server's place.
    Portal = "captive portals met",
    /// A proxy gave the answer to another tablet's push.
    CrossedAnswer = "crossed answers",
    /// 503 with `Retry-After`.
    Unavailable = "503s",
    /// 429 with `Retry-After`.
    TooMany = "429s",
    /// A proxy's 502 without a word when to come back.
    BadGateway = "502s",
    /// A tablet lost power between two transactions.
    TabletCrash = "tablet crashes",
    /// The server lost power between two transactions.
    ServerCrash = "server crashes",
    /// A tablet's clock jumped by up to fifty years.
    TabletClock = "tablet clock jumps",
    /// The server's clock jumped by up to fifty years.
    ServerClock = "server clock jumps",
    /// The server was restored from a backup that lacked submissions it had acknowledged.
    Restore = "restores that lost acked records",
    /// A tablet was answered 401.
    Revoked = "401s",
    /// A tablet was answered 426.
    Outdated = "426s",
    /// A tab found the lock held by another tab of its tablet.
    SecondTab = "second tabs kept out",
    /// A tab synced while another tab of its tablet did.
    LostLock = "second tabs let in",
    /// A tab slept between two of its transactions.
    Asleep = "tabs asleep",
    /// A tablet's profile was copied to another.
    Clone = "cloned profiles",
    /// Two tablets gave one id to two contents.
    TwinIds = "twin ids",
    /// The app was updated while something was unsent.
    Update = "updates with unsent records",
    /// Two members of staff changed one field.
    SameField = "same-field edits",
    /// A deletion met an edit that it had not seen.
    DeleteAfterEdit = "deletes against edits",
    /// An edit met a deletion that it had not seen.
    EditAfterDelete = "edits against deletes",
    /// A deletion was forgotten by the server.
    Expired = "expired tombstones",
    /// A tablet came back with a cursor from before a forgotten deletion.
    BelowFloor = "returns below the floor",
    /// Bytes of a stored submission went bad.
    Damaged = "damaged records",
    /// A tablet's storage was full.
    Full = "full storages",
    /// The server refused one record of a batch.
    RefusedRecord = "refused records",
    /// A batch was refused as a whole because of one record.
    RefusedBatch = "refused batches",
    /// A tablet lost power with a snapshot half staged.
    CrashStaging = "crashes while staging",
    /// The app was updated with a snapshot half staged.
    UpdateStaging = "updates while staging",
    /// The server was restored while a tablet had a snapshot half staged.
    RestoreStaging = "restores while staging",
    /// A tab staged a segment that another tab of its tablet had staged meanwhile.
    TwiceStaged = "segments staged by two tabs",
    /// A download went on where an earlier one had broken off.
    Resumed = "downloads resumed",
    /// A segment was no longer offered, since the catalogue had been edited.
    GoneSegment = "segments gone",
    /// The server had no snapshot yet.
    NoSnapshot = "snapshots not made yet",
    /// A whole snapshot was not switched in, since another tab had moved the cursor or dropped a
    /// segment.
    PutAside = "snapshots put aside",
    /// A snapshot was switched in whose history had ended meanwhile.
    EndedSnapshot = "snapshots of an ended history",
    /// A snapshot was switched in from before a deletion that the server has forgotten.
    ForgetfulSnapshot = "snapshots below the floor",
}

impl Fault {
    /// The kinds that must meet requests for a snapshot too.
    const ON_SNAPSHOTS: &'static [Self] = &[
        Self::LostRequest,
        Self::LostAnswer,
        Self::Duplicate,
        Self::Reorder,
        Self::LateRequest,
        Self::Partition,
        Self::Truncated,
        Self::Portal,
        Self::CrossedAnswer,
        Self::Unavailable,
        Self::TooMany,
        Self::BadGateway,
        Self::Revoked,
        Self::Outdated,
        Self::Full,
    ];

    fn meets_snapshots(self) -> bool {
        Self::ON_SNAPSHOTS.contains(&self)
    }
}

/// How often each kind was met, and how often a request for a snapshot met it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    all: [u64; Fault::ALL.len()],
    on_snapshots: [u64; Fault::ALL.len()],
}

impl Default for Tally {
    fn default() -> Self {
        Self { all: [0; Fault::ALL.len()], on_snapshots: [0; Fault::ALL.len()] }
    }
}

impl Tally {
    /// Counts one.
    pub fn count(&mut self, fault: Fault, on_snapshot: bool) {
        self.all[fault as usize] += 1;
        self.on_snapshots[fault as usize] += u64::from(on_snapshot);
    }

    /// How often `fault` was met.
    pub fn of(&self, fault: Fault) -> u64 {
        self.all[fault as usize]
    }

    /// How often a request for a snapshot met it.
    pub fn on_snapshots(&self, fault: Fault) -> u64 {
        self.on_snapshots[fault as usize]
    }

    /// Adds what another run met.
    pub fn add(&mut self, other: &Self) {
        let mine = self.all.iter_mut().chain(&mut self.on_snapshots);
        for (mine, theirs) in mine.zip(other.all.iter().chain(&other.on_snapshots)) {
            *mine += theirs;
        }
    }

    /// The kinds that were not met at all, or by no request for a snapshot where those can.
    pub fn never(&self) -> Vec<String> {
        let kinds = Fault::ALL.iter().copied();
        let never = kinds.filter_map(|fault| {
            if self.of(fault) == 0 {
                Some(fault.words().to_owned())
            } else if fault.meets_snapshots() && self.on_snapshots(fault) == 0 {
                Some(format!("{} on a snapshot", fault.words()))
            } else {
                None
            }
        });
        never.collect()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in Fault::ALL.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{} {}", self.of(*fault), fault.words())?;
            if fault.meets_snapshots() {
                write!(f, " ({} on a snapshot)", self.on_snapshots(*fault))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, Tally};

    #[test]
    fn what_was_never_met_is_named() {
        let mut all = Tally::default();
        Fault::ALL.iter().for_each(|fault| all.count(*fault, true));
        assert!(all.never().is_empty());
        for missed in Fault::ALL {
            let mut tally = Tally::default();
            let met = Fault::ALL.iter().filter(|fault| *fault != missed);
            met.for_each(|fault| tally.count(*fault, true));
            assert_eq!(tally.never(), [missed.words()]);
            // Met, but by no request for a snapshot.
            tally.count(*missed, false);
            assert_eq!(tally.never().len(), usize::from(missed.meets_snapshots()));
        }
    }
}
