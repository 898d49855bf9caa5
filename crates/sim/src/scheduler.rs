//! The scheduler: it alone decides who goes on, what arrives, and when.

use std::{
    pin::Pin,
    rc::Rc,
    task::{Context, Waker},
};

use sync::{EntryState, Outbox as _};

use crate::{
    gateway::Gateway,
    network::Line,
    server::Server,
    staff,
    step::{Plan, Step, acts},
    storage::Storage,
    tablet::{Profile, Tab, Tablet, Told},
    task::{Kind, Task},
    turn::{PLACES, Turns, Wait},
    world::World,
};

/// Milliseconds that pass with each thing that happens.
const TICK: i64 = 20;

#[derive(Debug, Clone, Copy)]
enum Action {
    /// A task, for what it waited for at a place.
    Resume(usize, Option<usize>),
    Deliver(usize),
    Serve(usize),
    Reply(usize),
    Round(usize, usize),
}

/// Everything there is in a run.
pub struct Scheduler {
    pub(crate) world: Rc<World>,
    pub(crate) server: Server,
    pub(crate) tablets: Vec<Tablet>,
    pub(crate) tasks: Vec<Task>,
    actions: Vec<Action>,
    /// How much has happened.
    pub happened: u64,
}

impl Scheduler {
    /// What a plan begins with.
    pub fn new(world: Rc<World>, plan: &Plan) -> Self {
        let server = Server::new(&world, plan);
        let tablet =
            |number| Tablet { profile: Rc::new(Profile::new(number)), tabs: vec![Tab::default()] };
        Self {
            world,
            server,
            tablets: (0..plan.tablets).map(tablet).collect(),
            tasks: Vec::new(),
            actions: Vec::new(),
            happened: 0,
        }
    }

    /// Takes one step of a plan.
    pub fn step(&mut self, step: Step) {
        match step {
            Step::Go { count, chance } => {
                for choice in acts(count, chance) {
                    if self.world.is_broken() || !self.act(choice) {
                        return;
                    }
                }
            }
            Step::Act(choice) => drop(self.act(choice)),
            Step::Wait(millis) => {
                self.world.time.set(self.world.time.get() + millis);
                self.world.note(format_args!("{millis} ms pass"));
            }
            Step::Save { tablet, told, twice } => self.save(self.pick(tablet), told, twice),
            Step::Edit { tablet, deed, pick } => {
                let tablet = self.pick(tablet);
                self.start(tablet, Kind::Other, |storage, gateway| {
                    Box::pin(staff::edit(storage, gateway, deed, pick))
                });
            }
            Step::Strike(blow, at) => self.strike(blow, at),
            Step::Mend(tablet) => {
                let tablet = self.pick(tablet);
                self.world.network.borrow_mut().set_line(tablet, Line::Open);
            }
        }
    }

    /// The tablet that a number chooses.
    pub(crate) fn pick(&self, number: u32) -> usize {
        number as usize % self.tablets.len()
    }

    pub(crate) fn start(
        &mut self,
        tablet: usize,
        kind: Kind,
        work: impl FnOnce(Storage, Gateway) -> Pin<Box<dyn Future<Output = ()>>>,
    ) {
        let profile = &self.tablets[tablet].profile;
        let turns = Turns::new();
        let storage = Storage::new(&self.world, profile, &turns);
        let gateway = Gateway {
            world: Rc::clone(&self.world),
            profile: Rc::clone(profile),
            turns: turns.clone(),
            task: kind.number(),
            here: Rc::clone(&storage.here),
        };
        let future = work(storage, gateway);
        self.tasks.push(Task { tablet, kind, turns, asleep_until: 0, future });
    }

    fn save(&mut self, tablet: usize, told: Told, twice: bool) {
        let profile = &self.tablets[tablet].profile;
        let Some(sealed) = profile.tell(&self.world, told) else { return };
        let (id, hash) = (sealed.id, sealed.hash);
        let mut ledger = self.world.ledger.borrow_mut();
        ledger.make(id, hash, sealed.bytes.clone());
        if told != Told::Feedback {
            ledger.allow_refusal(id, hash);
        }
        drop(ledger);
        self.world.note(format_args!("tablet {tablet} is told {} ({told:?})", id.reference()));
        self.start(tablet, Kind::Other, |storage, _| {
            Box::pin(async move {
                for _ in 0..1 + u8::from(twice) {
                    let now = storage.profile.now(&storage.world);
                    if storage.enqueue(&sealed, now).await.is_err() {
                        return;
                    }
                    // Here the screen says that it is saved.
                    storage.world.ledger.borrow_mut().promise(id, hash);
                    storage.world.note(format_args!("tablet {tablet} saved {}", id.reference()));
                }
            })
        });
        self.nudge(tablet);
    }

    /// Something was saved: the tabs sync as soon as they may.
    pub(crate) fn nudge(&mut self, tablet: usize) {
        let now = self.world.time.get();
        for tab in &mut self.tablets[tablet].tabs {
            if tab.next_at < i64::MAX {
                tab.next_at = tab.next_at.min(now).max(tab.asked_until);
            }
        }
    }

    /// Lets one thing happen, the one that `choice` says; false if nothing can.
    pub(crate) fn act(&mut self, choice: u32) -> bool {
        self.server.keep_offering();
        self.find_actions();
        while self.actions.is_empty() {
            let Some(next) = self.next_time() else { return false };
            self.world.time.set(next);
            self.find_actions();
        }
        self.happened += 1;
        self.world.time.set(self.world.time.get() + TICK);
        let Some(action) = self.actions.iter().copied().min_by_key(|it| self.rank(*it, choice))
        else {
            return false;
        };
        match action {
            Action::Resume(index, place) => self.resume(index, place),
            Action::Deliver(index) => self.deliver(index),
            Action::Serve(index) => self.server.poll(index),
            Action::Reply(index) => self.hand_over(index),
            Action::Round(tablet, tab) => self.begin_round(tablet, tab),
        }
        true
    }

    /// How far back an action stands for a choice. It depends on what the action is and on
    /// nothing else that could happen, so a choice means the same when others are left out.
    fn rank(&self, action: Action, choice: u32) -> u64 {
        let network = self.world.network.borrow();
        let (kind, (tablet, lane)) = match action {
            Action::Resume(index, place) => {
                let task = &self.tasks[index];
                (0, (task.tablet, task.kind.number() * PLACES + place.unwrap_or_default()))
            }
            Action::Deliver(index) => {
                let request = &network.requests[index];
                (1 + u64::from(request.twin), (request.tablet, request.lane))
            }
            Action::Serve(index) => (3, self.server.work[index].asked_by().unwrap_or((255, 0))),
            Action::Reply(index) => {
                (4, (network.replies[index].tablet, network.replies[index].lane))
            }
            Action::Round(tablet, tab) => (5, (tablet, tab)),
        };
        let own = (kind << 16 | (lane as u64) << 8 | tablet as u64) + 1;
        let mixed = own.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ u64::from(choice);
        mixed
            .wrapping_mul(0xff51_afd7_ed55_8ccd)
            .rotate_left(29)
            .wrapping_mul(0xc4ce_b9fe_1a85_ec53)
    }

    fn find_actions(&mut self) {
        let now = self.world.time.get();
        let network = self.world.network.borrow();
        self.actions.clear();
        for (index, task) in self.tasks.iter().enumerate() {
            if task.asleep_until > now {
                continue;
            }
            if task.turns.is_new() {
                self.actions.push(Action::Resume(index, None));
            }
            task.turns.each(|place, wait| {
                let over = match wait {
                    Wait::Turn => true,
                    Wait::Answer(number) => network.has_arrived(number),
                    Wait::Until(time) => time <= now,
                };
                if over {
                    self.actions.push(Action::Resume(index, Some(place)));
                }
            });
        }
        self.actions.extend((0..network.requests.len()).map(Action::Deliver));
        self.actions.extend((0..network.replies.len()).map(Action::Reply));
        self.actions.extend((0..self.server.work.len()).map(Action::Serve));
        for (tablet, state) in self.tablets.iter().enumerate() {
            for (tab, state) in state.tabs.iter().enumerate() {
                if state.next_at <= now && !self.syncs(tablet, Some(tab)) {
                    self.actions.push(Action::Round(tablet, tab));
                }
            }
        }
    }

    /// When the next thing can happen, if nothing can now.
    fn next_time(&self) -> Option<i64> {
        let tabs = self.tablets.iter().enumerate().flat_map(|(tablet, state)| {
            let tabs = state.tabs.iter().enumerate();
            let idle = tabs.filter(move |(tab, _)| !self.syncs(tablet, Some(*tab)));
            idle.map(|(_, tab)| tab.next_at)
        });
        let mut next = tabs.min().unwrap_or(i64::MAX);
        let now = self.world.time.get();
        for task in &self.tasks {
            if task.asleep_until > now {
                next = next.min(task.asleep_until);
                continue;
            }
            task.turns.each(|_, wait| {
                if let Wait::Until(time) = wait {
                    next = next.min(time);
                }
            });
        }
        (next < i64::MAX).then_some(next)
    }

    /// Whether a round is under way on a tablet, in that tab or in any.
    fn syncs(&self, tablet: usize, tab: Option<usize>) -> bool {
        self.tasks.iter().any(|task| match task.kind {
            Kind::Round(its, _) => task.tablet == tablet && tab.is_none_or(|tab| tab == its),
            Kind::Other => false,
        })
    }

    fn resume(&mut self, index: usize, place: Option<usize>) {
        let mut context = Context::from_waker(Waker::noop());
        if let Some(place) = place {
            self.tasks[index].turns.give(place);
        }
        if self.tasks[index].future.as_mut().poll(&mut context).is_pending() {
            return;
        }
        let task = self.tasks.remove(index);
        if let Kind::Round(tab, outcome) = task.kind {
            self.end_round(task.tablet, tab, outcome.take().unwrap_or_default());
        }
    }

    /// Ends what a tablet is doing, as a crash or a reload does; tells whether it did anything.
    pub(crate) fn end_tasks(&mut self, tablet: usize) -> bool {
        let (ended, others) =
            std::mem::take(&mut self.tasks).into_iter().partition(|task| task.tablet == tablet);
        self.tasks = others;
        let ended: Vec<Task> = ended;
        let now = self.world.time.get();
        let state = &mut self.tablets[tablet];
        state.tabs = vec![Tab { next_at: now, ..Tab::default() }];
        state.profile.holder.set(None);
        // With them goes their waiting for answers.
        !ended.is_empty()
    }

    /// Entries of a tablet that wait to be sent.
    pub(crate) fn unsent(&self, tablet: usize) -> usize {
        self.tablets[tablet].profile.outbox.inspect(|state| {
            state.entries.values().filter(|entry| entry.state == EntryState::Waiting).count()
        })
    }
}
