//! Every form of `../shared/xlsform` that is accepted is read as a survey and filled in to its end.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{fs, path::Path, sync::Arc};

use model::{Key, submission::Answer, time::Millis};
use survey::{Context, Definition, FileKind, Fill, Kind, Screen};
use xlsform::{Options, import};

/// Pages that one filling may have, beyond all forms'.
const PAGES: usize = 3_000;
/// Answers tried on a page until one is good.
const TRIES: usize = 40;

/// The generator of Park and Miller: the same answers in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0 * 48_271 % 2_147_483_647;
        self.0 as usize % end.max(1)
    }

    fn answer(&mut self, kind: &Kind, choices: &[String]) -> Option<Answer> {
        let one = |text: &str| Some(Answer::One(text.to_owned()));
        let pick = choices.get(self.below(choices.len()));
        match kind {
            Kind::SelectOne(_) => pick.cloned().map(Answer::One),
            Kind::SelectMultiple(_) => pick.cloned().map(|name| Answer::Many(vec![name])),
            Kind::Rank(_) => (!choices.is_empty()).then(|| Answer::Many(choices.to_vec())),
            Kind::Range(scale) => scale.values().nth(self.below(scale.len())).map(Answer::One),
            Kind::Integer => {
                one(["0", "1", "2", "5", "12", "30", "99", "150", "2011", "1234567"]
                    [self.below(10)])
            }
            Kind::Decimal => one(["0", "1.5", "36.6", "120", "0.25", "15", "40"][self.below(7)]),
            Kind::Date => {
                one(["2026-11-01", "2000-02-29", "1975-06-30", "2012-12-12"][self.below(4)])
            }
            Kind::Time => one("14:30:00.000+00:00"),
            Kind::DateTime => one("2026-11-01T14:30:00.000+00:00"),
            Kind::Acknowledge => one("OK"),
            Kind::Geopoint => one("51.5 -0.1 0 0"),
            Kind::Geoshape => one("51.5 -0.1 0 0; 51.6 -0.1 0 0; 51.5 -0.2 0 0"),
            Kind::File(kind) => {
                let media_type = match kind {
                    FileKind::Audio => "audio/ogg",
                    FileKind::Video => "video/mp4",
                    _ => "image/jpeg",
                };
                let (name, media_type, data) = ("a".into(), media_type.into(), String::new());
                Some(Answer::File { name, media_type, data })
            }
            _ => one(["Ana", "12", "2026", "a@b.example", "0123456789", "OK"][self.below(6)]),
        }
    }
}

/// Fills a form in; how it ended.
fn walk(name: &str, definition: &Arc<Definition>, seed: u64) -> String {
    let context = Context { now: Millis(1_795_379_880_000), seed, ..Context::default() };
    let mut fill = Fill::start(Arc::clone(definition), context);
    let mut chance = Chance(seed + 1);
    let languages = definition.languages.clone();
    let mut pages = 0;
    let mut end = String::from("whole");
    'pages: while pages < PAGES && !matches!(fill.screen(), Screen::Check) {
        pages += 1;
        if let Screen::More(more) = fill.screen() {
            let path = more.path.clone();
            if more.count < 2 && chance.below(2) == 0 {
                assert!(fill.add(&path));
            } else {
                fill.go_on().unwrap();
            }
            continue;
        }
        fill.set_language(&languages[chance.below(languages.len())]);
        let mut paths: Vec<String> = fill.fields().iter().map(|field| field.path()).collect();
        assert!(!paths.is_empty(), "{name}: an empty page");
        for attempt in 0..TRIES {
            for path in &paths {
                let Some(field) = fill.field(path) else { continue };
                let language = &languages[0];
                let _ = (field.label(language), field.hint(language), field.headings(language));
                let choices: Vec<String> =
                    field.choices(language).into_iter().map(|offer| offer.name).collect();
                let answer = chance.answer(field.kind(), &choices);
                // Now and then a question is left out.
                let answer = answer.filter(|_| attempt > 0 || chance.below(8) > 0);
                fill.set(path, answer);
            }
            match fill.go_on() {
                Ok(()) => continue 'pages,
                // Answers that another one on the page brought up come along.
                Err(problems) => {
                    paths = problems
                        .iter()
                        .map(|problem| problem.pointer["/answers/".len()..].to_owned())
                        .collect();
                }
            }
        }
        for path in &paths {
            fill.set(path, None);
        }
        if let Err(problems) = fill.go_on() {
            end = format!("stopped at {}", problems[0]);
            break;
        }
    }
    assert!(pages < PAGES, "{name}: the pages never end");
    let journal = fill.journal();
    let resumed = Fill::resume(Arc::clone(definition), &journal);
    assert_eq!(resumed.answers(), fill.answers(), "{name}: a crash loses nothing");
    let survey = Key::parse("s").unwrap();
    let stopped = fill.stop(survey.clone(), 1, Some(600)).into_inner();
    assert_eq!(definition.check(&stopped), vec![], "{name}: the server takes what was kept");
    match fill.finish(survey, 1, Some(600)) {
        Ok(valid) => assert_eq!(definition.check(&valid.into_inner()), vec![], "{name}"),
        Err(problems) if end == "whole" => end = format!("open: {}", problems[0]),
        Err(_) => {}
    }
    format!("{pages} pages, {} answers, {end}", fill.answers().len())
}

#[test]
fn every_form_is_filled_in() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/xlsform");
    let Ok(entries) = fs::read_dir(&directory) else {
        println!("skipped: {} is absent", directory.display());
        return;
    };
    let mut forms: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    forms.sort();
    let mut refused = Vec::new();
    for form in forms {
        if !form.extension().is_some_and(|ending| ending == "xlsx" || ending == "xls") {
            continue;
        }
        let name = form.file_name().unwrap().to_str().unwrap().to_owned();
        let Some(value) = import(&fs::read(&form).unwrap(), &Options::default()).definition else {
            continue;
        };
        match Definition::read(&value) {
            Ok(definition) => {
                assert_eq!(
                    Definition::read_published(&value).as_ref(),
                    Some(&definition),
                    "{name}"
                );
                let definition = Arc::new(definition);
                for seed in 1..=3 {
                    println!("{name}: {}", walk(&name, &definition, seed));
                }
            }
            Err(problems) => {
                refused.extend(problems.iter().map(|problem| format!("{name}: {problem}")));
            }
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}
