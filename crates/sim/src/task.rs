//! Tasks: what a tablet is doing, until it gives the word back to the scheduler.

use std::{cell::RefCell, pin::Pin, rc::Rc};

use sync::Outcome;

use crate::turn::Turns;

/// The number of a task that is no round: greater than any tab.
const OTHER: usize = 16;

/// What a tablet is doing.
pub enum Kind {
    /// A round of sync in that tab.
    Round(usize, Rc<RefCell<Option<Outcome>>>),
    /// Something else that will end.
    Other,
}

impl Kind {
    /// The tab, or a number after those.
    pub fn number(&self) -> usize {
        match self {
            Self::Round(tab, _) => *tab,
            Self::Other => OTHER,
        }
    }
}

/// Something a tablet is doing.
pub struct Task {
    /// Which tablet.
    pub tablet: usize,
    /// What it is.
    pub kind: Kind,
    /// What it waits for.
    pub turns: Turns,
    /// It does nothing before that time.
    pub asleep_until: i64,
    /// How it goes on.
    pub future: Pin<Box<dyn Future<Output = ()>>>,
}

impl Task {
    /// The requests whose answers it waits for.
    pub fn awaited(&self) -> Vec<u64> {
        self.turns.awaited()
    }
}
