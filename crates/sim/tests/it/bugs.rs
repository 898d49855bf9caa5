//! The simulation finds every bug that is planted.

use sim::{Bug, Plan, run, shrink, survey};

/// Seeds until a bug must have been found. Most are found within ten; those that need two tabs
/// at once, a restore and an unlucky moment take some thousands.
const ENOUGH: u64 = 50_000;

#[test]
fn every_planted_bug_is_found() {
    let mut missed = Vec::new();
    for bug in Bug::ALL {
        let survey = survey(0, ENOUGH, Some(*bug));
        match survey.failed {
            Some(seed) => {
                let violation = run(&Plan::of(seed), Some(*bug), false).violation;
                let words = violation.map(|it| it.to_string()).unwrap_or_default();
                println!("{bug:?}: {} seeds, seed {seed}: {words}", survey.seeds);
            }
            None => missed.push(*bug),
        }
    }
    assert!(missed.is_empty(), "not found in {ENOUGH} seeds: {missed:?}");
    assert!(Bug::ALL.len() >= 20);
}

#[test]
fn a_failure_is_shrunk_to_what_matters() {
    let bug = Some(Bug::UpdateWipesOutbox);
    let seed = survey(0, ENOUGH, bug).failed.unwrap();
    let plan = Plan::of(seed);
    let short = shrink(&plan, bug).unwrap();
    assert!(short.steps.len() <= 6, "{:?}", short.steps);
    let (whole, shrunk) = (run(&plan, bug, false).violation, run(&short, bug, true));
    assert_eq!(whole.unwrap().invariant, shrunk.violation.unwrap().invariant);
    assert!(shrunk.lines.last().unwrap().contains("!!"));
}
