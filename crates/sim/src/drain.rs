//! The end of a run: the faults stop, and everything must come to rest.

use std::rc::Rc;

use model::{Hash, SubmissionId};
use sync::Outbox as _;

use crate::{
    gateway::read_cursor,
    invariant::{Invariant, check_end},
    ledger::epoch_number,
    scheduler::Scheduler,
    turn::at_once,
};

/// So much may happen until everything has drained: far more than it takes where it does.
const PATIENCE: u32 = 20_000;

impl Scheduler {
    /// The faults stop. Everything must drain, whatever is refused; and once the causes of the
    /// refusals are gone and people have pressed "try again", that too.
    pub fn drain(&mut self) {
        self.world.note(format_args!("the faults stop"));
        self.world.network.borrow_mut().heal();
        for tablet in &mut self.tablets {
            tablet.profile.full.set(0);
            tablet.tabs.iter_mut().for_each(|tab| tab.blind = false);
        }
        self.tasks.iter_mut().for_each(|task| task.asleep_until = 0);
        if !self.settle_down() {
            return;
        }
        self.check_refused(|id, hash| self.world.ledger.borrow().may_be_refused(id, hash));
        self.world.network.borrow_mut().filter_mended = true;
        self.server.publish();
        while !self.server.work.is_empty() {
            self.server.poll(0);
        }
        for tablet in 0..self.tablets.len() {
            let profile = &self.tablets[tablet].profile;
            drop(at_once(profile.outbox.retry_refused()));
            profile.watch.outbox(&self.world, profile, None);
            self.nudge(tablet);
        }
        self.world.note(format_args!("what was refused is tried again"));
        if !self.settle_down() {
            return;
        }
        // Only what came under an id that somebody else's words have stays refused for ever.
        self.check_refused(|id, hash| self.world.shadow.borrow().is_rival(id, hash));
        let profiles: Vec<_> = self.tablets.iter().map(|it| Rc::clone(&it.profile)).collect();
        check_end(&self.world, &profiles);
    }

    /// Nothing is refused that need not be.
    fn check_refused(&self, may_be: impl Fn(SubmissionId, Hash) -> bool) {
        for tablet in &self.tablets {
            let overview = at_once(tablet.profile.outbox.overview()).and_then(Result::ok);
            for entry in overview.unwrap_or_default().entries {
                if !may_be(entry.id, entry.hash) {
                    let (number, what) = (tablet.profile.number, entry.id.reference());
                    let detail = format_args!("{what} stays on tablet {number}, refused");
                    self.world.violate(Invariant::Drains, detail);
                }
            }
        }
    }

    /// Goes on until nothing is left to do; false if that does not happen.
    fn settle_down(&mut self) -> bool {
        let mut chance = fastrand::Rng::with_seed(self.world.seed);
        for _ in 0..PATIENCE {
            if self.world.is_broken() {
                return false;
            }
            if self.is_quiet() {
                return true;
            }
            if !self.act(chance.u32(..)) {
                break;
            }
        }
        self.world.violate(Invariant::Drains, format_args!("something waits and goes nowhere"));
        false
    }

    fn is_quiet(&self) -> bool {
        let world = &self.world;
        let idle = self.tasks.is_empty() && self.server.work.is_empty();
        if !idle || !world.network.borrow().is_quiet() {
            return false;
        }
        let shadow = world.shadow.borrow();
        self.tablets.iter().all(|tablet| {
            let cursor = tablet.profile.catalogue.inspect(|state| state.cursor.clone());
            let cursor = cursor.as_deref().and_then(read_cursor);
            let current = cursor.is_some_and(|(epoch, seq)| {
                epoch_number(&epoch) == Some(shadow.epoch) && seq >= shadow.head()
            });
            let batch = at_once(tablet.profile.outbox.next_batch(None, 1)).and_then(Result::ok);
            current && batch.is_some_and(|batch| batch.is_empty())
        })
    }
}
