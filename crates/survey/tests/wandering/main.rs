//! However somebody wanders through a survey, it keeps its promises.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod oracle;

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use model::{Key, Named, submission::Answer, time::Millis};
use proptest::prelude::*;
use serde_json::json;
use survey::{Context, Definition, Fill, Kind, Screen};

/// A form with all that depends on something: groups, pages, counted, open and nested repeats, a cascade, sums,
/// running totals, triggers, defaults, chance.
fn definition() -> &'static Arc<Definition> {
    static DEFINITION: OnceLock<Arc<Definition>> = OnceLock::new();
    DEFINITION.get_or_init(|| {
        let choice = |name: &str, ward: &str| {
            let label = |language| oracle::label(name, language);
            json!({"name": name, "label": {"en": label("en"), "pl": label("pl")}, "columns": {"ward": ward}})
        };
        let wards: Vec<_> = oracle::WARDS.iter().map(|name| choice(name, "")).collect();
        let places: Vec<_> = oracle::PLACES.iter().map(|(name, ward)| choice(name, ward)).collect();
        let form = json!({
            "languages": ["en", "pl"],
            "lists": {"ward": wards, "place": places},
            "items": [
                {"name": "start", "type": "start"},
                {"name": "hello", "type": "note", "label": {"en": "Hello ${who}"}},
                {"name": "who", "type": "text", "label": {"en": "Who?"}, "required": "${many} > 2"},
                {"name": "page", "type": "group", "appearance": "field-list", "items": [
                    {"name": "ward", "type": "select_one", "list": "ward", "label": {"en": "Ward?"}},
                    {"name": "place", "type": "select_one", "list": "place", "choice_filter": "ward = ${ward}", "label": {"en": "Place?"}},
                    {"name": "places", "type": "select_multiple", "list": "place", "choice_filter": "ward = ${ward}",
                     "label": {"en": "Places?"}, "relevant": "${place} != ''", "parameters": {"randomize": "true"}},
                ]},
                {"name": "many", "type": "integer", "label": {"en": "How many?"}, "constraint": ". < 5", "may_decline": true},
                {"name": "child", "type": "repeat", "repeat_count": "${many}", "relevant": "${place} != 'x'", "items": [
                    {"name": "age", "type": "integer", "label": {"en": "Age of ${who}?"}, "default": "position(..) + 1"},
                    {"name": "inner", "type": "group", "relevant": "${age} > 2", "items": [
                        {"name": "name", "type": "text", "label": {"en": "Name?"}},
                    ]},
                    {"name": "so_far", "type": "calculate",
                     "calculation": "coalesce(${age}, 0) + if(position(..) > 1, number(coalesce(indexed-repeat(${so_far}, ${child}, position(..) - 1), 0)), 0)"},
                ]},
                {"name": "job", "type": "repeat", "label": {"en": "Job"}, "items": [
                    {"name": "name", "type": "text", "label": {"en": "Title?"}},
                    {"name": "pay", "type": "repeat", "items": [
                        {"name": "sum", "type": "decimal", "label": {"en": "Sum?"}},
                    ]},
                    {"name": "earned", "type": "calculate", "calculation": "sum(${sum})"},
                    {"name": "all", "type": "calculate", "calculation": "count(${job})"},
                ]},
                {"name": "total", "type": "calculate", "calculation": "sum(${earned}) + count(${age})"},
                {"name": "dice", "type": "calculate", "calculation": "once(random())"},
                {"name": "label", "type": "calculate", "calculation": "jr:choice-name(${ward}, '${ward}')"},
                {"name": "tongue", "type": "text", "label": {"en": "Why?"}, "relevant": "${label} = 'b in pl'"},
                {"name": "noted", "type": "calculate", "calculation": "concat(${total}, ${who})", "trigger": "${who}"},
                {"name": "rich", "type": "group", "relevant": "${total} > 5", "items": [
                    {"name": "why", "type": "text", "label": {"en": "Why ${total}?"}, "read_only": "${who} = 'x'"},
                    {"name": "order", "type": "rank", "list": "ward", "label": {"en": "Order?"}},
                ]},
            ],
        });
        Arc::new(Definition::read(&form).unwrap_or_else(|problems| panic!("{problems:#?}")))
    })
}

#[derive(Debug, Clone)]
enum Step {
    /// Answers the field of that number on the page.
    Set(usize, Option<Answer>),
    Next,
    Back,
    GoTo(usize),
    Check,
    Add,
    Remove(&'static str),
    Language(&'static str),
    Crash,
}

fn step() -> impl Strategy<Value = Step> {
    let text = prop::sample::select(vec![
        "yes", "no", "a", "b", "x", "1", "3", "4", "7", "2.5", "", " x ",
    ]);
    let many = prop::sample::subsequence(vec!["yes", "no", "3", "x"], 0..=3);
    let answer = prop_oneof![
        1 => Just(None),
        1 => Just(Some(Answer::Declined)),
        8 => text.prop_map(|text| Some(Answer::One(text.into()))),
        // More than the constraint allows, and enough for what is asked of large numbers alone.
        3 => Just(Some(Answer::One("7".into()))),
        2 => many.prop_map(|names| Some(Answer::Many(names.into_iter().map(str::to_owned).collect()))),
        1 => Just(Some(Answer::Many(vec!["b".into(), "a".into()]))),
    ];
    let repeats = vec!["child[1]", "job[1]", "job[2]", "job[1]/pay[2]", "job[2]/pay[1]"];
    prop_oneof![
        12 => (0..3usize, answer).prop_map(|(at, answer)| Step::Set(at, answer)),
        10 => Just(Step::Next),
        3 => Just(Step::Back),
        2 => (0..12usize).prop_map(Step::GoTo),
        1 => Just(Step::Check),
        3 => Just(Step::Add),
        1 => prop::sample::select(repeats).prop_map(Step::Remove),
        1 => prop::sample::select(vec!["en", "pl"]).prop_map(Step::Language),
        1 => Just(Step::Crash),
    ]
}

/// What is computed is that which follows from what was answered, in the language on the screen: no more, no less.
fn follows(fill: &Fill, language: &str) -> Result<(), TestCaseError> {
    let answers = fill.answers();
    let known = answers.iter().filter(|(path, _)| oracle::is_known(path));
    let record: BTreeMap<String, Answer> =
        known.map(|(path, answer)| (path.to_owned(), answer.clone())).collect();
    prop_assert_eq!(record, oracle::record(&kept(fill), language));
    Ok(())
}

/// Everything answered, also what is kept aside.
fn kept(fill: &Fill) -> Named<Answer> {
    fill.journal().answers
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn wandering_keeps_the_promises(steps in prop::collection::vec(step(), 0..60)) {
        let context = Context { now: Millis(1_764_000_000_000), seed: 11, ..Context::default() };
        let mut fill = Fill::start(Arc::clone(definition()), context);
        let survey = Key::parse("s").unwrap();
        let mut spoken = "en";
        fill.set_language(spoken);
        // As it was before an instance was added that nothing was done in since.
        let mut unadded: Option<Fill> = None;
        for step in steps {
            let before = kept(&fill);
            let paths: Vec<String> = fill.fields().iter().map(|field| field.path()).collect();
            match &step {
                Step::Set(at, answer) => {
                    let Some(path) = paths.get(*at) else { continue };
                    // No screen gives several choices to a question that takes one thing.
                    let many = fill.field(path).is_some_and(|field| {
                        matches!(field.kind(), Kind::SelectMultiple(_) | Kind::Rank(_))
                    });
                    let fits = many || !matches!(answer, Some(Answer::Many(_)));
                    if fits && fill.set(path, answer.clone()) {
                        unadded = None;
                    }
                }
                Step::Next => {
                    let passed = fill.go_on().is_ok();
                    prop_assert_eq!(&kept(&fill), &before);
                    let wrong = paths.iter().find(|path| oracle::is_wrong(&before, path));
                    prop_assert!(!passed || wrong.is_none(), "{wrong:?} is wrong and was left");
                    unadded = unadded.filter(|_| !passed);
                }
                Step::Back => {
                    fill.back();
                    let before = unadded.take().map_or(before, |fill| kept(&fill));
                    prop_assert_eq!(&kept(&fill), &before, "back never loses an answer");
                }
                Step::GoTo(at) => {
                    let path = fill.summary().get(*at).map(|field| field.path());
                    unadded = unadded.filter(|_| path.is_none());
                    prop_assert!(path.is_none_or(|path| fill.go_to(&path)));
                }
                Step::Check => {
                    fill.go_to_check();
                    unadded = None;
                }
                Step::Add => {
                    let path = match fill.screen() {
                        Screen::More(more) => more.path,
                        _ => "job".to_owned(),
                    };
                    let was = fill.clone();
                    if fill.add(&path) {
                        unadded = Some(was);
                    }
                }
                Step::Remove(path) => {
                    if fill.remove(path) {
                        unadded = None;
                    }
                }
                Step::Language(language) => {
                    fill.set_language(language);
                    if let Some(fill) = &mut unadded {
                        fill.set_language(language);
                    }
                    spoken = language;
                    let given = |path: &str| {
                        fill.field(path).is_some_and(|field| field.kind().is_asked())
                    };
                    let after = kept(&fill);
                    for (path, answer) in before.iter().filter(|(path, _)| given(path)) {
                        prop_assert_eq!(after.get(path), Some(answer), "a language changes no answer");
                    }
                }
                Step::Crash => {
                    let journal = serde_json::to_string(&fill.journal()).unwrap();
                    let resumed = Fill::resume(Arc::clone(definition()), &serde_json::from_str(&journal).unwrap());
                    prop_assert_eq!(resumed.journal(), fill.journal());
                    prop_assert_eq!(resumed.answers(), fill.answers());
                    prop_assert_eq!(resumed.progress(), fill.progress());
                    fill = resumed;
                    unadded = None;
                }
            }
            follows(&fill, spoken)?;
            for field in fill.fields() {
                prop_assert!(field.is_relevant() && field.kind().is_asked() | (*field.kind() == Kind::Note));
            }
            prop_assert!(!matches!(fill.screen(), Screen::Page(page) if page.fields.is_empty()));
            let progress = fill.progress();
            prop_assert!(progress.number <= progress.about);
            // The check computes everything from nothing: what was computed step by step is the same.
            let stopped = fill.stop(survey.clone(), 1, Some(60)).into_inner();
            prop_assert_eq!(definition().check(&stopped), vec![], "{:?}", stopped.answers);
            if let Ok(valid) = fill.finish(survey.clone(), 1, Some(60)) {
                prop_assert_eq!(definition().check(&valid.into_inner()), vec![]);
            }
        }
    }
}
