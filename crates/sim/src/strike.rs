//! What goes wrong, one blow at a time. A blow that finds nothing to hit does nothing and is
//! not counted.

use std::rc::Rc;

use crate::{
    bug::Bug,
    fault::Fault,
    network::{Busy, Doom, Line, Network, Request, Sort},
    scheduler::Scheduler,
    step::Blow,
    tablet::{Tab, Tablet},
    task::Task,
};

/// More tablets than this are no more telling, and slower.
const TABLETS: usize = 6;
/// Tabs of one tablet.
const TABS: usize = 2;
/// How long a tab may sleep, in milliseconds: while a few things happen elsewhere, or until
/// another tab has synced too.
const NAPS: [i64; 3] = [500, 5_000, 50_000];
/// A year in milliseconds.
const YEAR: i64 = 31_557_600_000;

impl Scheduler {
    /// Strikes; `at` chooses what is hit.
    pub(crate) fn strike(&mut self, blow: Blow, at: u32) {
        let tablet = self.pick(at);
        self.world.note(format_args!("{blow:?} {}", at % 1_000));
        match blow {
            Blow::LoseRequest => self.doom(Doom::Request),
            Blow::LoseReply => self.lose_reply(at),
            Blow::Duplicate => self.doom(Doom::Twice),
            Blow::GiveUp => self.give_up(at),
            Blow::Truncate => self.doom(Doom::Truncated(at)),
            Blow::Cross => self.cross(at),
            Blow::Cut => self.set_line(tablet, Line::Cut),
            Blow::Portal => self.set_line(tablet, Line::Portal((at >> 8) as u8)),
            Blow::Revoke => self.set_line(tablet, Line::Revoked),
            Blow::Outdate => self.set_line(tablet, Line::Outdated),
            Blow::Unavailable => self.refuse(Busy::Unavailable, at),
            Blow::TooMany => self.refuse(Busy::TooMany, at),
            Blow::BadGateway => self.refuse(Busy::BadGateway, at),
            Blow::CrashTablet => {
                if self.end_tasks(tablet) {
                    self.world.count(Fault::TabletCrash);
                    if self.tablets[tablet].profile.stages() {
                        self.world.count(Fault::CrashStaging);
                    }
                }
            }
            Blow::CrashServer => {
                if !self.server.work.is_empty() {
                    self.world.count(Fault::ServerCrash);
                }
                let lost = self.server.crash();
                self.lose(&lost);
            }
            Blow::SetTabletClock => {
                self.tablets[tablet].profile.clock.set(jump(at));
                self.world.count(Fault::TabletClock);
            }
            Blow::SetServerClock => {
                self.server.clock = jump(at);
                self.world.count(Fault::ServerClock);
            }
            Blow::BackUp => self.server.back_up(),
            Blow::Restore => {
                let staging = self.tablets.iter().filter(|tablet| tablet.profile.stages());
                staging.for_each(|_| self.world.count(Fault::RestoreStaging));
                let lost = self.server.restore();
                self.lose(&lost);
            }
            Blow::OpenTab => self.open_tab(tablet),
            Blow::LoseLock => self.lose_lock(tablet),
            Blow::Sleep => self.put_to_sleep(at),
            Blow::Clone => self.copy(tablet, false),
            Blow::Twins => self.copy(tablet, true),
            Blow::Update => self.update(tablet),
            Blow::Expire => {
                let age = [0, 60_000, 3_600_000, 2 * YEAR][(at >> 8) as usize % 4];
                self.server.expire(age);
            }
            Blow::Forget => self.server.forget(at),
            Blow::Damage => self.damage(tablet, at),
            Blow::Fill => self.tablets[tablet].profile.full.set(1 + (at >> 8) % 2),
            Blow::Publish => self.server.publish(),
        }
    }

    fn doom(&self, doom: Doom) {
        self.world.network.borrow_mut().doom(doom);
    }

    fn set_line(&self, tablet: usize, line: Line) {
        self.world.network.borrow_mut().set_line(tablet, line);
    }

    fn refuse(&self, busy: Busy, at: u32) {
        self.world.network.borrow_mut().busy = Some((busy, 1 + at % 4));
    }

    /// Nobody will answer these.
    fn lose(&self, requests: &[Request]) {
        let mut network = self.world.network.borrow_mut();
        requests.iter().for_each(|request| network.arrive(request.number, None));
    }

    fn lose_reply(&self, at: u32) {
        let mut network = self.world.network.borrow_mut();
        match chosen(network.replies.len(), at) {
            Some(index) => {
                let reply = network.replies.remove(index);
                network.arrive(reply.number, None);
                let ack = reply.sort == Sort::Push && reply.answer.status == 200;
                let fault = if ack { Fault::LostAck } else { Fault::LostAnswer };
                self.world.count_on(fault, reply.sort);
                self.world.note(format_args!("the answer to #{} is lost", reply.number));
            }
            None => network.doom(Doom::Ack),
        }
    }

    /// A tablet stops waiting; what it asked for goes its way all the same.
    fn give_up(&self, at: u32) {
        let waiting: Vec<u64> = self.tasks.iter().flat_map(Task::awaited).collect();
        let Some(index) = chosen(waiting.len(), at) else { return };
        let number = waiting[index];
        let mut network = self.world.network.borrow_mut();
        if network.has_arrived(number) {
            return;
        }
        if let Some(request) = network.requests.iter().find(|request| request.number == number) {
            self.world.count_on(Fault::LateRequest, request.ask.sort());
        }
        network.arrive(number, None);
        self.world.note(format_args!("#{number} is not waited for"));
    }

    /// A proxy mixes up two answers to pushes, or two segments.
    fn cross(&self, at: u32) {
        let mut network = self.world.network.borrow_mut();
        let Network { replies, last, .. } = &mut *network;
        let mut hit: Vec<_> =
            replies.iter_mut().filter_map(|reply| Some((last.get(&reply.sort)?, reply))).collect();
        let Some(index) = chosen(hit.len(), at) else { return };
        let (last, reply) = hit.swap_remove(index);
        reply.answer = last.clone();
        self.world.count_on(Fault::CrossedAnswer, reply.sort);
        self.world.note(format_args!("#{} gets the answer to another", reply.number));
    }

    fn open_tab(&mut self, tablet: usize) {
        let now = self.world.time.get();
        let tabs = &mut self.tablets[tablet].tabs;
        if tabs.len() < TABS {
            tabs.push(Tab { next_at: now, ..Tab::default() });
        }
    }

    /// The other tab, opened if need be, does not see the lock from now on, as where the browser
    /// has none.
    fn lose_lock(&mut self, tablet: usize) {
        self.open_tab(tablet);
        let holder = self.tablets[tablet].profile.holder.get();
        let now = self.world.time.get();
        for (index, tab) in self.tablets[tablet].tabs.iter_mut().enumerate() {
            if Some(index) != holder && tab.next_at < i64::MAX {
                tab.blind = true;
                tab.next_at = now.max(tab.asked_until);
            }
        }
    }

    /// What a tablet does stops for a while between two of its transactions, as where a browser
    /// lets a tab in the background sleep.
    fn put_to_sleep(&mut self, at: u32) {
        let Some(index) = chosen(self.tasks.len(), at) else { return };
        let millis = NAPS[(at >> 8) as usize % NAPS.len()];
        let task = &mut self.tasks[index];
        task.asleep_until = self.world.time.get() + millis;
        self.world.count(Fault::Asleep);
        self.world.note(format_args!("tablet {} sleeps {millis} ms", task.tablet));
    }

    fn copy(&mut self, tablet: usize, twins: bool) {
        let number = self.tablets.len();
        if number >= TABLETS {
            return;
        }
        let profile = self.tablets[tablet].profile.copy(number, &self.world, twins);
        self.tablets.push(Tablet { profile: Rc::new(profile), tabs: vec![Tab::default()] });
        self.world.count(Fault::Clone);
        self.world.note(format_args!("tablet {number} is a copy of tablet {tablet}"));
    }

    /// The app is updated: it loads again, and its catalogue is built anew.
    fn update(&mut self, tablet: usize) {
        if self.unsent(tablet) > 0 {
            self.world.count(Fault::Update);
        }
        self.end_tasks(tablet);
        let profile = &self.tablets[tablet].profile;
        if profile.stages() {
            self.world.count(Fault::UpdateStaging);
        }
        profile.catalogue.tamper(|state| *state = Default::default());
        profile.watch.forget_catalogue();
        profile.staging.forget();
        if self.world.has(Bug::UpdateWipesOutbox) {
            profile.outbox.tamper(|state| *state = Default::default());
        }
        profile.watch.outbox(&self.world, profile, None);
    }

    /// A byte of something that the tablet keeps goes bad.
    fn damage(&self, tablet: usize, at: u32) {
        let profile = &self.tablets[tablet].profile;
        let hit = profile.outbox.tamper(|state| {
            let entries = state.entries.values_mut().map(|it| (it.id, it.hash, &mut it.bytes));
            let receipts = state.receipts.values_mut();
            let receipts = receipts.filter_map(|receipt| {
                let (id, hash) = (receipt.ack.id, receipt.ack.hash);
                receipt.bytes.as_mut().map(|bytes| (id, hash, bytes))
            });
            let mut kept: Vec<_> = entries.chain(receipts).collect();
            let index = chosen(kept.len(), at >> 8)?;
            let (id, hash, bytes) = kept.swap_remove(index);
            // Somewhere within the words, so that what is damaged still looks like a submission.
            let place = bytes.windows(4).position(|window| window == b"Told");
            let place = place.unwrap_or(bytes.len().checked_sub(1)?);
            bytes[place] ^= 0x02;
            Some((id, hash))
        });
        if let Some((id, hash)) = hit {
            self.world.ledger.borrow_mut().excuse(id, hash);
            self.world.count(Fault::Damaged);
            self.world.note(format_args!("{} on tablet {tablet} is damaged", id.reference()));
        }
    }
}

fn chosen(count: usize, at: u32) -> Option<usize> {
    (count > 0).then(|| at as usize % count)
}

/// Fifty years back to fifty years on.
fn jump(at: u32) -> i64 {
    (i64::from(at >> 8) % 101 - 50) * YEAR
}
