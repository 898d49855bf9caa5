//! Runs: one plan to its end, or many seeds on all processors.

use std::{
    rc::Rc,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
};

use crate::{
    bug::Bug, fault::Tally, invariant::Violation, scheduler::Scheduler, step::Plan, world::World,
};

/// What came of one run.
#[derive(Debug)]
pub struct Ending {
    /// The hash of the trace: the same for the same plan, always.
    pub hash: u64,
    /// How many things happened.
    pub happened: u64,
    /// Which faults were met.
    pub tally: Tally,
    /// The promise that was broken, if one was.
    pub violation: Option<Violation>,
    /// The trace, if it was kept.
    pub lines: Vec<String>,
}

/// Runs a plan.
pub fn run(plan: &Plan, bug: Option<Bug>, keep_trace: bool) -> Ending {
    let world = Rc::new(World::new(plan.seed, bug, keep_trace));
    let mut scheduler = Scheduler::new(Rc::clone(&world), plan);
    for step in &plan.steps {
        if world.is_broken() {
            break;
        }
        scheduler.step(*step);
    }
    if !world.is_broken() {
        scheduler.drain();
    }
    let happened = scheduler.happened;
    let (trace, tally, violation) = world.end();
    Ending { hash: trace.hash(), happened, tally, violation, lines: trace.into_lines() }
}

/// What came of many seeds.
#[derive(Debug, Default)]
pub struct Survey {
    /// How many seeds ran.
    pub seeds: u64,
    /// How many steps their plans had.
    pub steps: u64,
    /// How many things happened.
    pub happened: u64,
    /// Which faults were met.
    pub tally: Tally,
    /// All traces in one number, whatever the order they ran in.
    pub hash: u64,
    /// The lowest seed that failed among those that ran.
    pub failed: Option<u64>,
}

impl Survey {
    fn add(&mut self, plan: &Plan, ending: &Ending) {
        self.seeds += 1;
        self.steps += plan.steps.len() as u64;
        self.happened += ending.happened;
        self.tally.add(&ending.tally);
        self.hash ^= ending.hash.rotate_left((plan.seed % 64) as u32);
        if ending.violation.is_some() {
            self.failed = Some(self.failed.map_or(plan.seed, |failed| failed.min(plan.seed)));
        }
    }

    fn merge(&mut self, other: &Self) {
        self.seeds += other.seeds;
        self.steps += other.steps;
        self.happened += other.happened;
        self.tally.add(&other.tally);
        self.hash ^= other.hash;
        self.failed = [self.failed, other.failed].into_iter().flatten().min();
    }
}

/// Runs `count` seeds from `first` on all processors, until one fails.
pub fn survey(first: u64, count: u64, bug: Option<Bug>) -> Survey {
    let next = AtomicU64::new(0);
    let stop = AtomicBool::new(false);
    let whole = Mutex::new(Survey::default());
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut mine = Survey::default();
                while !stop.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        break;
                    }
                    let plan = Plan::of(first.wrapping_add(number));
                    let ending = run(&plan, bug, false);
                    stop.fetch_or(ending.violation.is_some(), Ordering::Relaxed);
                    mine.add(&plan, &ending);
                }
                whole.lock().unwrap_or_else(PoisonError::into_inner).merge(&mine);
            });
        }
    });
    whole.into_inner().unwrap_or_else(PoisonError::into_inner)
}
