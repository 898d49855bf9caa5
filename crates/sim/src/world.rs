//! What all parts of one run share: time, the network between them, the trace, and the witness
//! who knows everything and says when a promise is broken.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    fmt,
    rc::Rc,
};

use model::Hash;

use crate::{
    bug::Bug,
    fault::{Fault, Tally},
    invariant::{Invariant, Violation},
    ledger::Ledger,
    network::{Network, Sort},
    shadow::Shadow,
    trace::Trace,
};

/// Milliseconds of the simulation's first instant: a day in November 2026.
pub const START: i64 = 1_795_000_000_000;

/// What all parts of one run share.
#[derive(Debug)]
pub struct World {
    /// Where every chance of this run comes from.
    pub seed: u64,
    /// The bug that is planted, if one is.
    pub bug: Option<Bug>,
    /// Milliseconds since the start. The clocks of tablets and server stand beside it, each
    /// wrong by its own amount.
    pub time: Cell<i64>,
    /// What is on its way between tablets and server.
    pub network: RefCell<Network>,
    /// What was promised to people, and what the server did about it.
    pub ledger: RefCell<Ledger>,
    /// What the server's database must hold.
    pub shadow: RefCell<Shadow>,
    /// For a planted bug: every segment that was ever offered.
    pub offered: RefCell<BTreeMap<Hash, Rc<str>>>,
    tally: RefCell<Tally>,
    trace: RefCell<Trace>,
    violation: RefCell<Option<Violation>>,
}

impl World {
    /// A world in which nothing has happened yet.
    pub fn new(seed: u64, bug: Option<Bug>, keep_trace: bool) -> Self {
        Self {
            seed,
            bug,
            time: Cell::new(0),
            network: RefCell::default(),
            ledger: RefCell::default(),
            shadow: RefCell::default(),
            offered: RefCell::default(),
            tally: RefCell::default(),
            trace: RefCell::new(Trace::new(keep_trace)),
            violation: RefCell::default(),
        }
    }

    /// Whether `bug` is planted here.
    pub fn has(&self, bug: Bug) -> bool {
        self.bug == Some(bug)
    }

    /// Writes a line of the trace.
    pub fn note(&self, event: fmt::Arguments<'_>) {
        self.trace.borrow_mut().note(self.time.get(), event);
    }

    /// Counts a fault that had an effect.
    pub fn count(&self, fault: Fault) {
        self.tally.borrow_mut().count(fault, false);
    }

    /// Counts a fault that had an effect on a request of that sort.
    pub fn count_on(&self, fault: Fault, sort: Sort) {
        self.tally.borrow_mut().count(fault, sort.is_snapshot());
    }

    /// Notes that a promise is broken; the first one ends the run.
    pub fn violate(&self, invariant: Invariant, detail: fmt::Arguments<'_>) {
        let mut violation = self.violation.borrow_mut();
        if violation.is_none() {
            self.note(format_args!("!! {}: {detail}", invariant.words()));
            *violation = Some(Violation { invariant, detail: detail.to_string() });
        }
    }

    /// Whether a promise was broken.
    pub fn is_broken(&self) -> bool {
        self.violation.borrow().is_some()
    }

    /// What came of the run.
    pub fn end(&self) -> (Trace, Tally, Option<Violation>) {
        let trace = self.trace.replace(Trace::new(false));
        (trace, self.tally.take(), self.violation.take())
    }
}
