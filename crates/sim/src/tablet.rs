//! A tablet: what its browser stores, its clock and its chance.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, VecDeque},
    rc::Rc,
};

use model::{
    Hash, Key, Named, Submission, SubmissionId,
    feedback::Feedback,
    submission::{Answer, Body, Response, Sealed},
    time::Millis,
};
use sync::{MemoryCatalogue, MemoryOutbox};

use crate::{
    network::POISON,
    staging::Staging,
    watch::Watch,
    world::{START, World},
};

/// The survey that the server may not know yet, or not any more.
pub const SURVEY: &str = "spring";

/// What somebody tells a tablet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Something ordinary.
    Feedback,
    /// Answers to a survey that the server may not have.
    Response,
    /// Something that a device before the server does not let through.
    Poison,
}

/// A browser's profile on a tablet. Its storage survives any crash; clones of a profile are
/// another tablet.
#[derive(Debug)]
pub struct Profile {
    /// Which tablet this is.
    pub number: usize,
    /// What waits to be sent. Its calls are transactions.
    pub outbox: MemoryOutbox,
    /// What was pulled.
    pub catalogue: MemoryCatalogue,
    /// What both held when they were looked at last.
    pub watch: Watch,
    /// What is staged of a snapshot, as the witness knows it.
    pub staging: Staging,
    /// How wrong the clock is, in milliseconds.
    pub clock: Cell<i64>,
    /// How many of the next writes find no room.
    pub full: Cell<u32>,
    /// The tab that holds the lock.
    pub holder: Cell<Option<usize>>,
    /// How often chance was asked.
    drawn: Cell<u64>,
    /// Identities that two tablets will draw alike.
    twins: RefCell<VecDeque<SubmissionId>>,
    /// For planted bugs: how often an entry was tried.
    pub tries: RefCell<BTreeMap<SubmissionId, u32>>,
    /// For planted bugs: the youngest entry that was received, by the clock.
    pub youngest: Cell<i64>,
    /// For a planted bug: what came in place of segments.
    pub mistaken: RefCell<BTreeMap<Hash, String>>,
}

impl Profile {
    /// A new tablet.
    pub fn new(number: usize) -> Self {
        Self {
            number,
            outbox: MemoryOutbox::default(),
            catalogue: MemoryCatalogue::default(),
            watch: Watch::default(),
            staging: Staging::default(),
            clock: Cell::new(0),
            full: Cell::new(0),
            holder: Cell::new(None),
            drawn: Cell::new(0),
            twins: RefCell::default(),
            tries: RefCell::default(),
            youngest: Cell::new(i64::MIN),
            mistaken: RefCell::default(),
        }
    }

    /// A tablet with the same storage. With `twins`, both will draw the same identities for a
    /// while, as copies of a virtual machine with its source of chance might.
    pub fn copy(&self, number: usize, world: &World, twins: bool) -> Self {
        if twins {
            let mut chance = self.chance(world);
            let now = Millis(START + world.time.get());
            let mut draw = || SubmissionId::new(now, std::array::from_fn(|_| chance.u8(..)));
            self.twins.borrow_mut().extend([draw(), draw()]);
        }
        Self {
            outbox: self.outbox.clone(),
            catalogue: self.catalogue.clone(),
            watch: self.watch.clone(),
            staging: self.staging.clone(),
            clock: self.clock.clone(),
            twins: self.twins.clone(),
            tries: self.tries.clone(),
            youngest: self.youngest.clone(),
            ..Self::new(number)
        }
    }

    /// Whether a part of a snapshot is staged.
    pub fn stages(&self) -> bool {
        self.catalogue.inspect(|state| !state.staged.is_empty())
    }

    /// What this tablet's clock says.
    pub fn now(&self, world: &World) -> Millis {
        Millis(START + world.time.get() + self.clock.get())
    }

    /// A source of chance that depends on the seed, the tablet and how often it was asked, and
    /// on nothing that happens elsewhere: so a shrunk run draws what the whole one drew.
    pub fn chance(&self, world: &World) -> fastrand::Rng {
        self.drawn.set(self.drawn.get() + 1);
        let own = (self.number as u64) << 32 | self.drawn.get();
        fastrand::Rng::with_seed(world.seed ^ own.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// A submission that somebody makes here, sealed.
    pub fn tell(&self, world: &World, told: Told) -> Option<Sealed> {
        let mut chance = self.chance(world);
        let now = self.now(world);
        let twin = self.twins.borrow_mut().pop_front();
        let id =
            twin.unwrap_or_else(|| SubmissionId::new(now, std::array::from_fn(|_| chance.u8(..))));
        let about = if told == Told::Poison { POISON } else { "it" };
        let body = match told {
            Told::Feedback | Told::Poison => Body::Feedback(Feedback {
                words: format!("Told to tablet {} about {about}: {}", self.number, chance.u32(..)),
                consent: true,
                ..Feedback::default()
            }),
            Told::Response => Body::Response(Response {
                survey: Key::parse(SURVEY)?,
                version: 1,
                answers: Named::from_iter([("words", Answer::One(format!("{}", chance.u32(..))))]),
                seconds: None,
                partial: false,
            }),
        };
        let submission = Submission {
            id,
            made_at: now,
            venue: None,
            language: "en".to_owned(),
            app: "sim".to_owned(),
            body,
        };
        submission.seal().ok()
    }
}

/// One open tab: when it syncs next, and what it knows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tab {
    /// When it syncs next.
    pub next_at: i64,
    /// Failed rounds in a row.
    pub failures: u32,
    /// Whether the last round reached the server.
    pub reached: bool,
    /// The server asked not to be asked before.
    pub asked_until: i64,
    /// It does not see the lock that another tab holds.
    pub blind: bool,
}

/// A tablet and its open tabs.
#[derive(Debug)]
pub struct Tablet {
    /// What is stored.
    pub profile: Rc<Profile>,
    /// At least one while it is switched on.
    pub tabs: Vec<Tab>,
}
