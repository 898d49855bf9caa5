//! Seeds: the same one is the same run, and the product keeps its promises in many.

use sim::{Plan, run, survey};

#[test]
fn the_same_seed_is_the_same_run() {
    for seed in 0..20 {
        let plan = Plan::of(seed);
        let (first, second) = (run(&plan, None, true), run(&plan, None, false));
        assert_eq!(first.hash, second.hash, "seed {seed}");
        assert_eq!(first.happened, second.happened, "seed {seed}");
        assert!(first.lines.len() > 100, "seed {seed} has {} lines", first.lines.len());
    }
    assert_ne!(run(&Plan::of(1), None, false).hash, run(&Plan::of(2), None, false).hash);
}

#[test]
fn every_promise_holds() {
    let survey = survey(0, 500, None);
    assert_eq!(survey.failed, None, "run `cargo xtask sim --seed N` with this one");
    assert_eq!(survey.seeds, 500);
}
