//! Bugs to plant, one a run, to show that the simulation would notice them. Each stands where
//! the decision that it spoils is made: in a tablet's storage, in the gateway, in the sync loop,
//! in the server's transactions or its disk. Nothing of this is in the app or the server.

macro_rules! bugs {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        /// A planted bug.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Bug { $($(#[doc = $doc])+ $name,)+ }

        impl Bug {
            /// Every bug.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];
        }
    };
}

bugs! {
    // A tablet's outbox.
    /// The screen says "saved" before the transaction has completed.
    SavedBeforeCommit,
    /// Entries are deleted when their push starts.
    DeletedOnPush,
    /// After three tries an entry is dropped.
    DroppedAfterThree,
    /// An acknowledgement is matched by its id alone.
    AckMatchedById,
    /// Acknowledgements settle the first entries of the outbox, not those they name.
    AckMatchedByPlace,
    /// The outbox is written back as this tab read it before the push.
    OutboxWrittenBack,
    /// An acknowledgement of a history that has ended settles its entry, though another tab has
    /// learnt of the end.
    AckOfEndedHistory,
    /// A refused entry is deleted.
    RefusedDeleted,
    /// A refusal ends the round with nothing settled.
    RefusedBlocks,
    /// Receipts stay receipts when the epoch changes.
    ReceiptsStay,
    /// Receipts lose their bytes at once.
    ForgottenAtOnce,
    /// Only entries younger, by the tablet's clock, than the last received one are sent.
    OrderedByClock,
    /// Damaged bytes are sent, and the server does not compare them with their hash.
    HashNotVerified,
    /// An update of the app empties the outbox with the catalogue.
    UpdateWipesOutbox,
    // The gateway and the sync loop.
    /// A 200 that cannot be read counts as the acknowledgement of all that was sent.
    PageTakenAsAck,
    /// A 4xx for the batch refuses all of it for good, without looking for the one at fault.
    BatchRefusedWhole,
    /// `Retry-After` is ignored.
    RetryAfterIgnored,
    /// After five failures a tablet stops trying.
    GivesUp,
    // A tablet's catalogue.
    /// The cursor is written in a transaction before its page.
    CursorBeforePage,
    /// A page is written in two transactions, the cursor with the first.
    PageInTwo,
    /// A fresh page is laid over what was there.
    FreshKeepsOld,
    /// A page is applied although the cursor has moved since it was asked for.
    LatePageApplied,
    // A snapshot on a tablet.
    /// A segment's bytes are not compared with its name.
    SegmentNotVerified,
    /// Segments are laid over the catalogue as they come.
    StagedShown,
    /// What is staged is dropped when a download begins.
    StagedDropped,
    /// What is staged of an older snapshot is kept.
    StagedForEver,
    /// A snapshot is switched in although segments are missing.
    SwitchedWithHoles,
    /// A snapshot is switched in by two transactions, its cursor with the second.
    SwitchedInTwo,
    /// A snapshot is switched in although the cursor has moved since its download began.
    LateSnapshotSwitched,
    /// The cursor stays as it was before the switch.
    CursorKeptAtSwitch,
    /// The cursor of a snapshot is taken for one of the server's present history.
    OldSnapshotTrusted,
    // The server.
    /// Acknowledgements leave before the commit.
    AckBeforeCommit,
    /// Places are drawn outside the transaction.
    PlaceOutsideTransaction,
    /// A submission that comes again is stored again.
    StoredTwice,
    /// Whether an id is taken is looked up before the inserting transaction.
    CheckThenInsert,
    /// Another content under a known id is acknowledged as if it were stored.
    RivalAcknowledged,
    /// Another content under a known id is refused and thrown away.
    RivalDropped,
    /// A restored server goes on under its old epoch.
    EpochKept,
    /// The epoch in a cursor is not compared.
    EpochNotCompared,
    /// Deletions are not told.
    DeletionsNotTold,
    /// The floor is not compared.
    FloorNotCompared,
    /// A fetch from the start is measured by the floor page by page, so it begins again after
    /// its first page wherever a deletion behind that was forgotten.
    FetchForgetsItsStart,
    /// The cursor of a snapshot is read after its records.
    SnapshotOfTwoInstants,
    /// Rows of a page are read from an older snapshot than the head that goes into its cursor.
    PageFromTwoSnapshots,
    /// An edit wins over whatever came after its base.
    BaseIgnored,
    /// The whole record is written as the author saw it, not only the changed fields.
    RecordOverwritten,
    /// What an author lost is told and not kept.
    ConflictNotKept,
    /// An edit that comes again is carried out again.
    EditCarriedOutTwice,
    /// An edit of a deleted record brings it back.
    EditRevives,
}
