//! A form is filled in from an object of answers: what is taken, what is not and why, and what follows.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use model::{ProblemCode, time::Millis};
use serde_json::{Value, json};
use survey::{Context, Definition, Outcome, Run, Why};

fn definition() -> Arc<Definition> {
    let form = json!({
        "languages": ["en", "pl"],
        "lists": {"need": [{"name": "food", "label": {"en": "Food", "pl": "Jedzenie"}},
                           {"name": "advice", "label": {"en": "Advice", "pl": "Porada"}}]},
        "items": [
            {"name": "start", "type": "start"},
            {"name": "end", "type": "end"},
            {"name": "day", "type": "calculate", "calculation": "today()"},
            {"name": "draw", "type": "calculate", "calculation": "once(concat(random(), uuid()))"},
            // Asked only after what stands behind it.
            {"name": "early", "type": "text", "relevant": "${late} = 'yes'"},
            {"name": "about", "type": "group", "items": [
                {"name": "name", "type": "text", "required": true,
                 "required_message": {"en": "Your name, please", "pl": "Imię"}},
                {"name": "age", "type": "integer", "constraint": ". >= 18",
                 "constraint_message": {"en": "Adults only"}},
            ]},
            {"name": "twin", "type": "group", "items": [{"name": "name", "type": "text"}]},
            {"name": "needs", "type": "select_multiple", "list": "need"},
            {"name": "first", "type": "calculate", "calculation": "jr:choice-name(selected-at(${needs}, 0), '${needs}')"},
            {"name": "agree", "type": "acknowledge"},
            {"name": "pay", "type": "decimal", "may_decline": true},
            {"name": "child", "type": "repeat", "items": [
                {"name": "years", "type": "integer"},
                {"name": "pet", "type": "repeat", "repeat_count": "${years}", "items": [
                    {"name": "kind", "type": "text", "default": "cat"},
                ]},
            ]},
            {"name": "sum", "type": "calculate", "calculation": "sum(${years})"},
            {"name": "locked", "type": "text", "read_only": true, "default": "as it is"},
            {"name": "late", "type": "text"},
        ],
    });
    Arc::new(Definition::read(&form).unwrap())
}

fn run_on(answers: Value, context: Context) -> Run {
    Run::new(definition(), answers.as_object().unwrap(), context)
}

fn run(answers: Value) -> Outcome {
    let context = Context { now: Millis(1_795_953_600_000), seed: 3, ..Context::default() };
    run_on(answers, context).outcome()
}

fn whys(outcome: &Outcome) -> Vec<(&str, Why)> {
    outcome.unused.iter().map(|it| (it.answer.as_str(), it.why)).collect()
}

#[test]
fn answers_come_in_in_every_shape() {
    let one = run(json!({
        "about": {"name": "Ana", "age": 34.0}, "twin": {"name": "Bo"}, "needs": ["advice", "food"], "agree": true,
        "pay": {"declined": true}, "late": "yes", "early": "first",
        "child": [{"years": 1, "pet": [{"kind": "dog"}]}, {"years": "0"}, {"years": 0}],
    }));
    assert_eq!(whys(&one), [], "{:#?}", one.unused);
    assert_eq!(one.failing, []);
    assert!(one.finished);
    let record = serde_json::to_value(&one.record).unwrap();
    assert_eq!(record["early"], "first", "asked once what stands behind it is answered");
    assert_eq!(record["needs"], json!(["advice", "food"]));
    assert_eq!(record["agree"], "OK");
    assert_eq!(record["about/name"], "Ana");
    assert_eq!(record["twin/name"], "Bo");
    assert_eq!((&record["child"], &record["child[1]/pet[1]/kind"]), (&json!("3"), &json!("dog")));
    assert_eq!(record["sum"], "1");
    assert_eq!(one.calculated.get("first").unwrap(), "Advice");
    assert_eq!(one.calculated.get("day").unwrap(), "2026-11-29");
    assert_eq!(one.calculated.get("end"), one.calculated.get("start"), "both are known");
    // Paths, flat names and texts mean the same, and so does the record itself.
    let flat = run(json!({
        "about/name": "Ana", "age": "34", "twin/name": "Bo", "needs": "advice food", "agree": "OK",
        "pay": {"declined": true}, "late": "yes", "early": "first", "child": 3,
        "child[1]": {"years": 1}, "child[1]/pet[1]/kind": "dog", "child[2]/years": 0,
        "child[3]": {"years": "0"},
    }));
    assert_eq!(whys(&flat), []);
    assert_eq!(flat.record, one.record);
    let mut again = record;
    let computed = ["start", "end", "day", "draw", "first", "sum", "locked"];
    let fields = again.as_object_mut().unwrap();
    computed.iter().for_each(|name| assert!(fields.remove(*name).is_some(), "{name}"));
    let again = run(again);
    assert_eq!((whys(&again), &again.record), (vec![], &one.record));
}

#[test]
fn what_is_not_taken_says_why() {
    let outcome = run(json!({
        "nobody": 1, "AGE": 20, "name": "x", "years": 3, "needs": {"a": 1}, "about": "x", "agree": ["OK"],
        "early": "never asked", "day": "2020-01-01", "locked": "no",
        "child": [{"years": 1, "pet": [{"kind": "dog"}, {"kind": "cow"}]}], "late": "no", "pay/more": 1,
        "child[0]/years": 2, "child[4]/years": 2,
    }));
    assert_eq!(
        whys(&outcome),
        [
            ("AGE", Why::Unknown),
            ("about", Why::Malformed),
            ("agree", Why::Malformed),
            ("child[0]/years", Why::Malformed),
            ("name", Why::Unknown),
            ("needs", Why::Malformed),
            ("nobody", Why::Unknown),
            ("pay/more", Why::Unknown),
            ("years", Why::Unknown),
            ("day", Why::NotAsked),
            ("early", Why::NotRelevant),
            ("child[1]/pet", Why::NoInstance),
            ("child[1]/pet[2]/kind", Why::NoInstance),
            ("child[4]/years", Why::NoInstance),
            ("locked", Why::NotAsked),
        ]
    );
    let detail = |key: &str| {
        let found = outcome.unused.iter().find(|it| it.answer == key);
        found.map(|it| it.detail.clone()).unwrap()
    };
    assert_eq!(detail("AGE"), "The form has no question \"AGE\". Did you mean \"age\"?");
    assert_eq!(
        detail("years"),
        "\"years\" stands in the repeat \"child\". Write a list: {\"child\": [{\"years\": …}]}."
    );
    assert!(detail("name").starts_with("Several questions are called \"name\"."));
    assert_eq!(outcome.record.get("locked"), Some(&json!("as it is")));
}

#[test]
fn what_fails_says_so_in_the_forms_words() {
    let mut run = run_on(json!({"age": 9, "pay": "much"}), Context::default());
    run.fill.set_language("pl");
    let outcome = run.outcome();
    assert!(!outcome.finished);
    let failing: Vec<_> =
        outcome.failing.iter().map(|it| (it.path.as_str(), it.code, it.message.as_str())).collect();
    assert_eq!(
        failing,
        [
            ("about/name", ProblemCode::Required, "Imię"),
            ("age", ProblemCode::OutOfRange, "Adults only"),
            ("pay", ProblemCode::Malformed, ""),
        ]
    );
    assert_eq!(outcome.record.get("age"), Some(&json!("9")), "the record so far");
    assert_eq!(outcome.not_relevant, ["early"]);
    assert!(outcome.relevant.iter().any(|path| path == "child[1]/years"));
}

#[test]
fn a_run_is_repeated_exactly_and_a_number_makes_another() {
    let draw = |seed, now| {
        let context = Context { now: Millis(now), seed, ..Context::default() };
        run_on(json!({"age": 20}), context).outcome()
    };
    assert_eq!(draw(1, 0), draw(1, 0));
    assert_ne!(draw(1, 0).calculated.get("draw"), draw(2, 0).calculated.get("draw"));
    assert_ne!(draw(1, 0).calculated.get("day"), draw(1, 86_400_000).calculated.get("day"));
}

#[test]
fn a_list_takes_out_the_instance_that_is_too_many() {
    let outcome = run(json!({"child": []}));
    assert_eq!(outcome.record.get("child"), Some(&json!("0")));
    let outcome = run(json!({}));
    assert_eq!(outcome.record.get("child"), Some(&json!("1")), "it begins with one");
    let outcome = run(json!({"child": [{"years": 2}]}));
    assert_eq!(outcome.record.get("child[1]/pet[2]/kind"), Some(&json!("cat")));
    let outcome = run(json!({"child": [{"years": 2, "pet": [{"kind": null}, {}]}]}));
    assert_eq!(outcome.record.get("child[1]/pet[1]/kind"), None, "null empties a default");
}
