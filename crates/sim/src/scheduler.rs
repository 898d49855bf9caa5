//! The scheduler: it alone decides who goes on, what arrives, and when.

use std::{
    cell::RefCell,
    pin::Pin,
    rc::Rc,
    task::{Context, Waker},
};

use model::{Hash, SubmissionId, time::Millis};
use server::ApiError;
use sync::{EntryState, Outbox as _, Outcome, Remote as _, SyncError};

use crate::{
    bug::Bug,
    fault::Fault,
    gateway::{Gateway, read_cursor},
    invariant::Invariant,
    ledger::epoch_number,
    network::{Answer, Ask, Busy, Doom, Line, POISON, Reply, Request},
    server::{Server, blocked, refusal, unavailable},
    staff,
    step::{Plan, Step, acts},
    storage::Storage,
    tablet::{Profile, Tab, Tablet, Told},
    turn::{Turns, Wait, at_once},
    world::World,
};

/// Milliseconds between two rounds when all is well, as in the app.
const PULSE: i64 = 30_000;
/// Milliseconds that receipts keep their bytes, as in the app.
const KEEP: i64 = 7 * 24 * 60 * 60 * 1_000;
/// The lane of what is no round: greater than any tab.
const OTHER: usize = 16;
/// Milliseconds that pass with each thing that happens.
const TICK: i64 = 20;
/// So much may happen until everything has drained. The longest seen is a tenth of it.
const PATIENCE: u32 = 20_000;

/// What a tablet is doing.
enum Kind {
    /// A round of sync in that tab.
    Round(usize, Rc<RefCell<Option<Outcome>>>),
    /// Something else that will end.
    Other,
}

impl Kind {
    /// The tab, or a number after those.
    fn lane(&self) -> usize {
        match self {
            Self::Round(tab, _) => *tab,
            Self::Other => OTHER,
        }
    }
}

/// Something a tablet is doing.
pub(crate) struct Task {
    pub(crate) tablet: usize,
    kind: Kind,
    turns: Turns,
    future: Pin<Box<dyn Future<Output = ()>>>,
}

impl Task {
    /// Its number among the tablet's tasks.
    fn lane(&self) -> usize {
        self.kind.lane()
    }

    /// The request it waits for, if it does.
    pub(crate) fn awaits(&self) -> Option<u64> {
        match self.turns.waits_for() {
            Wait::Answer(number) => Some(number),
            Wait::Turn | Wait::Until(_) => None,
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Action {
    Resume(usize),
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
        let server = Server::new(&world, plan.themes, plan.page);
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

    fn start(
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
            lane: kind.lane(),
        };
        self.tasks.push(Task { tablet, kind, turns, future: work(storage, gateway) });
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
    fn nudge(&mut self, tablet: usize) {
        let now = self.world.time.get();
        for tab in &mut self.tablets[tablet].tabs {
            if tab.next_at < i64::MAX {
                tab.next_at = tab.next_at.min(now).max(tab.asked_until);
            }
        }
    }

    /// Lets one thing happen, the one that `choice` says; false if nothing can.
    fn act(&mut self, choice: u32) -> bool {
        self.find_actions();
        if self.actions.is_empty() {
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
            Action::Resume(index) => self.resume(index),
            Action::Deliver(index) => self.deliver(index),
            Action::Serve(index) => self.server.poll(index),
            Action::Reply(index) => self.hand_over(index),
            Action::Round(tablet, tab) => self.round(tablet, tab),
        }
        true
    }

    /// How far back an action stands for a choice. It depends on what the action is and on
    /// nothing else that could happen, so a choice means the same when others are left out.
    fn rank(&self, action: Action, choice: u32) -> u64 {
        let network = self.world.network.borrow();
        let (kind, (tablet, lane)) = match action {
            Action::Resume(index) => (0, (self.tasks[index].tablet, self.tasks[index].lane())),
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
            let ready = match task.turns.waits_for() {
                Wait::Turn => true,
                Wait::Answer(number) => network.has_arrived(number),
                Wait::Until(time) => time <= now,
            };
            if ready {
                self.actions.push(Action::Resume(index));
            }
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
        let tasks = self.tasks.iter().filter_map(|task| match task.turns.waits_for() {
            Wait::Until(time) => Some(time),
            _ => None,
        });
        tabs.chain(tasks).filter(|time| *time < i64::MAX).min()
    }

    /// Whether a round is under way on a tablet, in that tab or in any.
    fn syncs(&self, tablet: usize, tab: Option<usize>) -> bool {
        self.tasks.iter().any(|task| match task.kind {
            Kind::Round(its, _) => task.tablet == tablet && tab.is_none_or(|tab| tab == its),
            Kind::Other => false,
        })
    }

    fn resume(&mut self, index: usize) {
        let mut context = Context::from_waker(Waker::noop());
        if self.tasks[index].future.as_mut().poll(&mut context).is_pending() {
            return;
        }
        let task = self.tasks.remove(index);
        if let Kind::Round(tab, outcome) = task.kind {
            self.end_round(task.tablet, tab, outcome.take().unwrap_or_default());
        }
    }

    /// Begins a round of sync in a tab, unless another tab holds the lock.
    fn round(&mut self, tablet: usize, tab: usize) {
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
        let outcome = Rc::default();
        let kind = Kind::Round(tab, Rc::clone(&outcome));
        self.start(tablet, kind, |storage, gateway| {
            Box::pin(async move { *outcome.borrow_mut() = Some(work(storage, gateway).await) })
        });
    }

    fn end_round(&mut self, tablet: usize, tab: usize, outcome: Outcome) {
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

    /// A request reaches what stands before the server, or the server.
    fn deliver(&mut self, index: usize) {
        let mut network = self.world.network.borrow_mut();
        if index > 0 {
            self.world.count(Fault::Reorder);
        }
        let request = network.requests.remove(index);
        match network.strike(|doom| matches!(doom, Doom::Request | Doom::Twice)) {
            Some(Doom::Request) => {
                self.world.count(Fault::LostRequest);
                self.world.note(format_args!("#{} is lost", request.number));
                return network.arrive(request.number, None);
            }
            Some(_) => {
                self.world.count(Fault::Duplicate);
                self.world.note(format_args!("#{} will come twice", request.number));
                network.requests.push(Request { twin: true, ..request.clone() });
            }
            None => {}
        }
        let line = network.line(request.tablet);
        let busy = network.busy;
        if let (Line::Open, Some((kind, left))) = (line, busy) {
            network.busy = (left > 1).then_some((kind, left - 1));
        }
        let poisoned = line == Line::Open
            && busy.is_none()
            && !network.filter_mended
            && matches!(&request.ask, Ask::Push(body) if holds_poison(body));
        drop(network);
        let (fault, answer) = match (line, busy) {
            (Line::Cut, _) => {
                self.world.count(Fault::Partition);
                self.world.note(format_args!("#{} is lost: no network", request.number));
                return self.world.network.borrow_mut().arrive(request.number, None);
            }
            (Line::Portal(kind), _) => (Fault::Portal, portal(kind)),
            (Line::Revoked, _) => (Fault::Revoked, refusal(ApiError::SignedOut)),
            (Line::Outdated, _) => (Fault::Outdated, refusal(ApiError::OldClient)),
            (Line::Open, Some((Busy::Unavailable, _))) => (Fault::Unavailable, unavailable()),
            (Line::Open, Some((Busy::TooMany, _))) => {
                (Fault::TooMany, refusal(ApiError::TooManyTries(60)))
            }
            (Line::Open, Some((Busy::BadGateway, _))) => (Fault::BadGateway, Answer::html(502)),
            (Line::Open, None) if poisoned => (Fault::RefusedBatch, blocked()),
            (Line::Open, None) => return self.server.begin(request),
        };
        self.world.count(fault);
        self.world.note(format_args!("#{} is answered with {}", request.number, answer.status));
        self.reply(&request, answer);
    }

    fn reply(&self, request: &Request, answer: Answer) {
        if !request.twin {
            let of_push = matches!(request.ask, Ask::Push(_));
            let Request { number, tablet, lane, .. } = *request;
            let reply = Reply { number, tablet, lane, of_push, answer };
            self.world.network.borrow_mut().replies.push(reply);
        }
    }

    /// An answer reaches its tablet.
    fn hand_over(&mut self, index: usize) {
        let mut network = self.world.network.borrow_mut();
        if index > 0 {
            self.world.count(Fault::Reorder);
        }
        let Reply { number, tablet, of_push, mut answer, .. } = network.replies.remove(index);
        let hit = network.strike(|doom| match doom {
            Doom::Ack => of_push && answer.status == 200,
            Doom::Truncated(_) => !answer.body.is_empty(),
            _ => false,
        });
        match hit {
            Some(Doom::Truncated(at)) => {
                answer.body.truncate(at as usize % answer.body.len());
                self.world.count(Fault::Truncated);
                self.world.note(format_args!("the answer to #{number} is cut off"));
            }
            Some(_) => {
                self.world.count(Fault::LostAck);
                self.world.note(format_args!("the answer to #{number} is lost"));
                return network.arrive(number, None);
            }
            None => {}
        }
        if network.line(tablet) == Line::Cut {
            self.world.count(Fault::Partition);
            return network.arrive(number, None);
        }
        if of_push && answer.status == 200 {
            network.last_push = Some(answer.clone());
        }
        network.arrive(number, Some(answer));
    }

    /// Ends what a tablet is doing, as a crash or a reload does; tells whether it did anything.
    pub(crate) fn end_tasks(&mut self, tablet: usize) -> bool {
        let (ended, others) =
            std::mem::take(&mut self.tasks).into_iter().partition(|task| task.tablet == tablet);
        self.tasks = others;
        let ended: Vec<Task> = ended;
        let mut network = self.world.network.borrow_mut();
        ended.iter().filter_map(Task::awaits).for_each(|number| network.abandon(number));
        let now = self.world.time.get();
        let state = &mut self.tablets[tablet];
        state.tabs = vec![Tab { next_at: now, ..Tab::default() }];
        state.profile.holder.set(None);
        !ended.is_empty()
    }

    /// The faults stop. Everything must drain, whatever is refused; and once the causes of the
    /// refusals are gone and people have pressed "try again", that too.
    pub fn drain(&mut self) {
        self.world.note(format_args!("the faults stop"));
        self.world.network.borrow_mut().heal();
        for tablet in &mut self.tablets {
            tablet.profile.full.set(0);
            tablet.tabs.iter_mut().for_each(|tab| tab.blind = false);
        }
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
        crate::invariant::check_end(&self.world, &profiles);
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
        if !(self.tasks.is_empty()
            && self.server.work.is_empty()
            && world.network.borrow().is_quiet())
        {
            return false;
        }
        let shadow = world.shadow.borrow();
        self.tablets.iter().all(|tablet| {
            let cursor = tablet.profile.catalogue.inspect(|state| state.cursor.clone());
            let cursor = cursor.as_deref().and_then(read_cursor);
            let current = cursor.is_some_and(|(epoch, seq)| {
                epoch_number(&epoch) == Some(shadow.epoch) && seq >= shadow.head()
            });
            let batch = at_once(tablet.profile.outbox.next_batch(1)).and_then(Result::ok);
            current && batch.is_some_and(|batch| batch.is_empty())
        })
    }

    /// Entries of a tablet that wait to be sent.
    pub(crate) fn unsent(&self, tablet: usize) -> usize {
        self.tablets[tablet].profile.outbox.inspect(|state| {
            state.entries.values().filter(|entry| entry.state == EntryState::Waiting).count()
        })
    }
}

/// One round, as the app's sync loop does it.
async fn work(storage: Storage, gateway: Gateway) -> Outcome {
    if let Err(error) = gateway.probe().await {
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

fn portal(kind: u8) -> Answer {
    let json = |body: &[u8]| Answer {
        media_type: "application/json".to_owned(),
        body: body.to_vec(),
        ..Answer::html(200)
    };
    match kind % 6 {
        0 => Answer::html(200),
        1 => json(b"{\"portal\":\"please sign in\"}"),
        2 => Answer::html(511),
        3 => Answer { body: Vec::new(), ..Answer::html(204) },
        4 => json(b"[]"),
        _ => Answer::html(403),
    }
}

/// Whether a body holds the word, as a filter that knows nothing of JSON sees it.
fn holds_poison(body: &[u8]) -> bool {
    body.windows(POISON.len()).any(|window| window == POISON.as_bytes())
}
