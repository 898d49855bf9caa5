//! What is watched on a tablet, after each of its transactions.

use std::{cell::RefCell, collections::BTreeMap};

use model::{Hash, SubmissionId, time::Millis};
use sync::{CatalogueState, EntryState, OutboxState};

use crate::{
    gateway::read_cursor, invariant::Invariant, ledger::epoch_number, tablet::Profile, world::World,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Waiting,
    Refused,
    Received { kept: bool },
}

/// What a tablet's storage held when it was looked at last.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    outbox: RefCell<BTreeMap<SubmissionId, (Hash, Phase)>>,
    cursor: RefCell<Option<(String, u64)>>,
}

impl Watch {
    /// Compares the outbox with what it held before. `before` is given where bytes of receipts
    /// may be forgotten: those that came before it.
    pub fn outbox(&self, world: &World, profile: &Profile, before: Option<Millis>) {
        profile.outbox.inspect(|state| self.outbox_state(world, profile, state, before));
    }

    fn outbox_state(
        &self,
        world: &World,
        profile: &Profile,
        state: &OutboxState,
        before: Option<Millis>,
    ) {
        let mut seen = self.outbox.borrow_mut();
        for id in seen.keys() {
            if !state.entries.contains_key(id) && !state.receipts.contains_key(id) {
                let detail = format_args!("{} left tablet {}", id.reference(), profile.number);
                world.violate(Invariant::KeptUntilReceived, detail);
            }
        }
        let mut ledger = world.ledger.borrow_mut();
        for (id, entry) in &state.entries {
            let made = ledger.made(*id, entry.hash);
            if made.is_none_or(|made| made.bytes != entry.bytes && !made.excused) {
                let detail = format_args!("{} on tablet {}", id.reference(), profile.number);
                world.violate(Invariant::ByteForByte, detail);
            }
            let phase = match entry.state {
                EntryState::Waiting => Phase::Waiting,
                EntryState::Refused { .. } => Phase::Refused,
            };
            self.step(world, profile, &mut seen, *id, (entry.hash, phase));
        }
        for (id, receipt) in &state.receipts {
            let hash = receipt.ack.hash;
            let current = state.epoch.as_ref().is_none_or(|epoch| *epoch == receipt.ack.epoch);
            if receipt.bytes.is_some() && !current {
                let (number, what) = (profile.number, id.reference());
                let detail = format_args!("tablet {number} does not send {what} again");
                world.violate(Invariant::ReceiptsOfNow, detail);
            }
            let phase = Phase::Received { kept: receipt.bytes.is_some() };
            let old = seen.get(id).map(|(_, phase)| *phase);
            if !matches!(old, Some(Phase::Received { .. })) {
                let placed = epoch_number(&receipt.ack.epoch)
                    .is_some_and(|epoch| ledger.was_placed(*id, hash, epoch));
                if !placed {
                    let detail = format_args!(
                        "tablet {} took {} for received",
                        profile.number,
                        id.reference()
                    );
                    world.violate(Invariant::KeptUntilReceived, detail);
                }
            }
            if !matches!(phase, Phase::Received { kept: true })
                && old != Some(Phase::Received { kept: false })
            {
                if before.is_none_or(|before| receipt.received_at >= before) {
                    let detail = format_args!("{} on {}", id.reference(), profile.number);
                    world.violate(Invariant::ReceiptsKept, detail);
                }
                ledger.excuse(*id, hash);
            }
            self.step(world, profile, &mut seen, *id, (hash, phase));
        }
    }

    fn step(
        &self,
        world: &World,
        profile: &Profile,
        seen: &mut BTreeMap<SubmissionId, (Hash, Phase)>,
        id: SubmissionId,
        now: (Hash, Phase),
    ) {
        let old = seen.insert(id, now);
        if old == Some(now) {
            return;
        }
        let (number, what) = (profile.number, id.reference());
        world.note(format_args!("  tablet {number}: {what} is {:?}", now.1));
        if old.is_some_and(|(hash, _)| hash != now.0) {
            world.violate(
                Invariant::ByteForByte,
                format_args!("{what} on tablet {number} has another hash"),
            );
        }
    }

    /// Compares the catalogue with its cursor, with the cursor before, and with the server.
    pub fn catalogue(&self, world: &World, profile: &Profile) {
        profile.catalogue.inspect(|state| self.catalogue_state(world, profile, state));
    }

    /// The catalogue was thrown away.
    pub fn forget_catalogue(&self) {
        self.cursor.take();
    }

    fn catalogue_state(&self, world: &World, profile: &Profile, state: &CatalogueState) {
        profile.staging.shows(state);
        let Some((epoch, seq)) = state.cursor.as_deref().and_then(read_cursor) else {
            if !state.records.is_empty() {
                let detail = format_args!("tablet {} has records and no cursor", profile.number);
                world.violate(Invariant::PageAndCursor, detail);
            }
            return;
        };
        let mut cursor = self.cursor.borrow_mut();
        if let Some((old_epoch, old_seq)) = &*cursor
            && *old_epoch == epoch
            && *old_seq > seq
        {
            let detail = format_args!("tablet {} went from {old_seq} to {seq}", profile.number);
            world.violate(Invariant::CursorAdvances, detail);
        }
        let shadow = world.shadow.borrow();
        if epoch_number(&epoch) == Some(shadow.epoch) {
            check_page(world, profile, state, seq);
        }
        *cursor = Some((epoch, seq));
    }
}

/// Everything that the server changed up to the cursor is here as the server has it.
fn check_page(world: &World, profile: &Profile, state: &CatalogueState, seq: u64) {
    let shadow = world.shadow.borrow();
    let broken = |what: &str, name: &str| {
        let number = profile.number;
        world.violate(
            Invariant::PageAndCursor,
            format_args!("tablet {number} at {seq} {what} {name}"),
        );
    };
    for (name, row) in shadow.records().iter().filter(|(_, row)| row.seq <= seq) {
        match state.records.get(name) {
            Some(record) if row.is(record) => {}
            None if row.deleted => {}
            Some(_) => broken("has another state of", &name.1),
            None => broken("lacks", &name.1),
        }
    }
    for (name, record) in &state.records {
        let unknown = !shadow.records().contains_key(name);
        if unknown && !record.deleted && seq >= shadow.floor {
            broken("still shows the deleted", &name.1);
        }
    }
}
