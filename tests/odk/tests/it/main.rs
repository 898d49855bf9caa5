//! Every form of `../shared/xlsform` that both engines read, and our own in `forms/`, filled in by both with the same
//! answers.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Mutex,
    time::Instant,
};

use odk::{
    compare::{Comparison, Finding, Tally},
    difference::{DIFFERENCES, UNREAD},
    engine::Engine,
    form::{Form, attachments, conversion, workbooks},
    generate,
    walk::walk,
    xform,
};

/// Ways through each form.
const SEEDS: u64 = 4;
/// Answers that each way goes back to and changes.
const CHANGES: usize = 40;

/// What came of one form.
enum Outcome {
    Compared(BTreeSet<Finding>, Tally),
    Unread(String),
    Refused(String),
}

fn compare(book: &Path, name: &str) -> (Outcome, Option<Form>) {
    let mut engine = Engine::start().unwrap();
    let xml = conversion(book).unwrap();
    if let Err(said) = engine.load(&xml, &attachments(book).unwrap()).unwrap() {
        return (Outcome::Unread(said), None);
    }
    let form = match Form::read(book).unwrap() {
        Ok(form) => form,
        Err(refused) => return (Outcome::Refused(refused), None),
    };
    let mut comparison = Comparison::of(&form);
    for seed in seeds() {
        if let Err(error) = walk(&form, &mut engine, &mut comparison, seed, CHANGES) {
            panic!("{name}, seed {seed}: {error:#}");
        }
    }
    let Comparison { findings, tally, .. } = comparison;
    (Outcome::Compared(findings, tally), Some(form))
}

/// `ODK_SEEDS` asks for more than every run has time for.
fn seeds() -> std::ops::RangeInclusive<u64> {
    let asked = std::env::var("ODK_SEEDS").ok().and_then(|text| text.parse().ok());
    1..=asked.unwrap_or(SEEDS)
}

#[test]
fn both_engines_say_the_same() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/xlsform");
    let own = workbooks(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("forms")).unwrap();
    let shared = workbooks(&folder).unwrap();
    let whole = !shared.is_empty();
    if !whole {
        println!("skipped: {} is absent; our own forms are compared", folder.display());
    }
    let books: Vec<PathBuf> = own.into_iter().chain(shared).collect();
    let only = std::env::var("ODK_FORM").ok();
    let queue: Mutex<Vec<PathBuf>> = Mutex::new(
        books
            .into_iter()
            .filter(|book| {
                only.as_ref().is_none_or(|only| book.to_string_lossy().contains(only.as_str()))
            })
            .collect(),
    );
    let outcomes = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some(book) = queue.lock().unwrap().pop() else { break };
                    let name = book.file_stem().unwrap().to_string_lossy().into_owned();
                    let start = Instant::now();
                    let outcome = compare(&book, &name);
                    let took = start.elapsed().as_secs_f64();
                    outcomes.lock().unwrap().insert(name, (outcome, took));
                }
            });
        }
    });

    let mut used = vec![0usize; DIFFERENCES.len()];
    let mut left = Vec::new();
    let mut total = Tally::default();
    let (mut compared, mut unread) = (0, 0);
    for (name, ((outcome, form), took)) in outcomes.into_inner().unwrap() {
        match outcome {
            Outcome::Refused(why) => left.push(format!("{name}: we refuse it: {why}")),
            Outcome::Unread(said) => {
                unread += 1;
                let known = UNREAD.iter().find(|it| name.starts_with(it.form));
                match known.filter(|it| said.starts_with(it.says)) {
                    Some(known) => println!("{name}: not compared: {}", known.reason),
                    None => left.push(format!("{name}: ODK's engine does not read it: {said}")),
                }
            }
            Outcome::Compared(findings, tally) => {
                compared += 1;
                total.add(tally);
                println!("{name}: {tally:?}, {} differences, {took:.1} s", findings.len());
                let definition = &form.unwrap().definition;
                for found in findings {
                    match DIFFERENCES.iter().position(|it| it.explains(&found, definition)) {
                        Some(at) => used[at] += 1,
                        None => left.push(format!(
                            "{name}: {}: {:?}: ours {:?}, ODK's {:?}",
                            found.path, found.what, found.ours, found.theirs
                        )),
                    }
                }
            }
        }
    }
    println!("{compared} forms compared, {unread} not read: {total:?}");
    if only.is_none() && whole {
        for (difference, _) in DIFFERENCES.iter().zip(used).filter(|(_, used)| *used == 0) {
            left.push(format!("this difference never shows, take it out: {}", difference.reason));
        }
        // A test that compares nothing passes too easily.
        let seen = [total.irrelevant, total.constraints, total.missing, total.calculated];
        let more = [total.filtered, total.words, total.translated];
        assert!(seen.into_iter().chain(more).all(|it| it > 500), "{total:?}");
    }
    assert!(left.is_empty(), "{} differences without a reason:\n{}", left.len(), left.join("\n"));
}

/// What `cargo xtask bench surveys` measures is the same form for both: the workbook that our exporter writes, read back, and
/// the XForm of it.
#[test]
fn the_forms_that_are_measured_are_the_same_for_both() {
    for (name, made) in [("questions", generate::questions(7)), ("cascade", generate::cascade())] {
        let form = Form::made(name, &made).unwrap();
        let mut engine = Engine::start().unwrap();
        engine.load(&xform::write(&form.definition), &BTreeMap::new()).unwrap().unwrap();
        let mut comparison = Comparison::of(&form);
        walk(&form, &mut engine, &mut comparison, 1, CHANGES).unwrap();
        let Comparison { findings, tally, .. } = comparison;
        println!("{name}: {tally:?}, {} differences", findings.len());
        let explained =
            |found: &Finding| DIFFERENCES.iter().any(|it| it.explains(found, &form.definition));
        let left: Vec<_> = findings.iter().filter(|it| !explained(it)).collect();
        assert!(left.is_empty(), "{left:#?}");
    }
}
