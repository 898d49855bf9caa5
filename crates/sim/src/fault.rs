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
}

/// How often each kind was met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally([u64; Fault::ALL.len()]);

impl Default for Tally {
    fn default() -> Self {
        Self([0; Fault::ALL.len()])
    }
}

impl Tally {
    /// Counts one.
    pub fn count(&mut self, fault: Fault) {
        self.0[fault as usize] += 1;
    }

    /// How often `fault` was met.
    pub fn of(&self, fault: Fault) -> u64 {
        self.0[fault as usize]
    }

    /// Adds what another run met.
    pub fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine += theirs;
        }
    }

    /// The kinds that were not met at all.
    pub fn never(&self) -> Vec<Fault> {
        Fault::ALL.iter().copied().filter(|fault| self.of(*fault) == 0).collect()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in Fault::ALL.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{} {}", self.of(*fault), fault.words())?;
        }
        Ok(())
    }
}
