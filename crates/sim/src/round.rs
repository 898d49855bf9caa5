//! Rounds of sync: when a tab begins one, what it does, and what comes after.

use std::rc::Rc;

use model::time::Millis;
use sync::{Outbox as _, Outcome, Remote as _, SyncError};

use crate::{
    bug::Bug, fault::Fault, gateway::Gateway, invariant::Invariant, scheduler::Scheduler,
    storage::Storage, task::Kind,
};

/// Milliseconds between two rounds when all is well, as in the app.
const PULSE: i64 = 30_000;
/// Milliseconds that receipts keep their bytes, as in the app.
const KEEP: i64 = 7 * 24 * 60 * 60 * 1_000;

impl Scheduler {
    /// Begins a round of sync in a tab, unless another tab holds the lock.
    pub(crate) fn begin_round(&mut self, tablet: usize, tab: usize) {
        let now = self.world.time.get();
        let profile = Rc::clone(&self.tablets[tablet].profile);
        let state = &mut self.tablets[tablet].tabs[tab];
        if now < state.asked_until {
            let early = state.asked_until - now;
            let detail = format_args!("tablet {tablet} came back {early} ms early");
            return self.world.violate(Invariant::ComesBackAsAsked, detail);
        }
        match profile.holder.get() {
            Some(_) if state.blind => {
                self.world.count(Fault::LostLock);
                self.world.note(format_args!("tablet {tablet} tab {tab} does not see the lock"));
            }
            Some(_) => {
                self.world.count(Fault::SecondTab);
                state.next_at = now + PULSE;
                return;
            }
            None => profile.holder.set(Some(tab)),
        }
        self.world.note(format_args!("tablet {tablet} tab {tab} begins a round"));
        let probes = state.failures > 0;
        let outcome = Rc::default();
        let kind = Kind::Round(tab, Rc::clone(&outcome));
        self.start(tablet, kind, move |storage, gateway| {
            Box::pin(
                async move { *outcome.borrow_mut() = Some(work(storage, gateway, probes).await) },
            )
        });
    }

    pub(crate) fn end_round(&mut self, tablet: usize, tab: usize, outcome: Outcome) {
        let now = self.world.time.get();
        let profile = &self.tablets[tablet].profile;
        if profile.holder.get() == Some(tab) {
            profile.holder.set(None);
        }
        let chance = profile.chance(&self.world).f64();
        let Some(state) = self.tablets[tablet].tabs.get_mut(tab) else { return };
        let error = outcome.error;
        state.failures = if error.is_some() { state.failures + 1 } else { 0 };
        let asked = match error {
            Some(SyncError::RetryAfter(asked)) => i64::try_from(asked).unwrap_or(PULSE),
            _ => 0,
        };
        state.asked_until = now + asked;
        let wait = match &error {
            None => PULSE,
            Some(_) => i64::try_from(sync::delay(state.failures, chance, None)).unwrap_or(PULSE),
        };
        let obeyed = if self.world.has(Bug::RetryAfterIgnored) { 0 } else { asked };
        let gives_up = self.world.has(Bug::GivesUp) && state.failures >= 5;
        state.next_at = if gives_up { i64::MAX } else { now + obeyed + wait };
        let (received, refused, pulled) = (outcome.received, outcome.refused, outcome.pulled);
        self.world.note(format_args!(
            "tablet {tablet} tab {tab} ends its round: {received} received, {refused} refused, \
             {pulled} pulled, {error:?}"
        ));
    }
}

/// One round, as the app's sync loop does it.
async fn work(storage: Storage, gateway: Gateway, probes: bool) -> Outcome {
    if probes && let Err(error) = gateway.probe().await {
        return Outcome { error: Some(error), ..Outcome::default() };
    }
    let now = || storage.profile.now(&storage.world);
    let mut outcome = sync::sync(&storage, &storage, &gateway, now).await;
    if outcome.error.is_none() {
        let before = Millis(now().0.saturating_sub(KEEP));
        outcome.error = storage.forget(before).await.err().map(SyncError::from);
    }
    outcome
}
