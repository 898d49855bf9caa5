//! Makes a failing plan short: steps are left out, first in large pieces, then one by one, then
//! the single acts within them, as long as the same promise is still broken.

use crate::{bug::Bug, invariant::Invariant, run::run, step::Plan};

/// Runs a shrink may cost: some seconds.
const RUNS: u32 = 10_000;

struct Shrink {
    plan: Plan,
    bug: Option<Bug>,
    broken: Invariant,
    left: u32,
}

/// The shortest plan found that breaks the same promise as `plan`; `None` if `plan` breaks none.
pub fn shrink(plan: &Plan, bug: Option<Bug>) -> Option<Plan> {
    let broken = run(plan, bug, false).violation?.invariant;
    let mut shrink = Shrink { plan: plan.clone(), bug, broken, left: RUNS };
    shrink.leave_out();
    shrink.plan = shrink.plan.taken_apart();
    loop {
        let length = shrink.plan.steps.len();
        shrink.leave_out();
        if shrink.plan.steps.len() == length || shrink.left == 0 {
            break;
        }
    }
    while shrink.plan.tablets > 1 {
        let plan = Plan { tablets: shrink.plan.tablets - 1, ..shrink.plan.clone() };
        if !shrink.keep(plan) {
            break;
        }
    }
    Some(shrink.plan)
}

impl Shrink {
    /// Takes `plan` if it still fails in the same way.
    fn keep(&mut self, plan: Plan) -> bool {
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        let violation = run(&plan, self.bug, false).violation;
        let fails = violation.is_some_and(|violation| violation.invariant == self.broken);
        if fails {
            self.plan = plan;
        }
        fails
    }

    fn leave_out(&mut self) {
        let mut size = (self.plan.steps.len() / 2).max(1);
        loop {
            let mut from = 0;
            while from < self.plan.steps.len() {
                let mut plan = self.plan.clone();
                plan.steps.drain(from..(from + size).min(plan.steps.len()));
                if !self.keep(plan) {
                    from += size;
                }
            }
            if size == 1 {
                return;
            }
            size /= 2;
        }
    }
}
