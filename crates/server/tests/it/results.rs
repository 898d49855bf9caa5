//! Results: counted, narrowed, compared, and never told where few people stand behind a number.

use model::{
    SubmissionId,
    results::{Asked, Results},
    time::Millis,
};
use serde_json::{Value, json};

use crate::{
    server::{Server, definition},
    submissions::{MADE_AT, envelope},
};

/// The session of [`start`].
const COOKIE: &str = "together_session=token of sam";
const DAY: i64 = 24 * 60 * 60 * 1_000;

async fn start() -> Server {
    let server = Server::start().await;
    assert_eq!(server.cookie().await, COOKIE);
    server
}

/// A person: when, where, in which language, what.
struct Told {
    at: i64,
    venue: &'static str,
    language: &'static str,
    version: u32,
    answers: Value,
}

impl Told {
    fn new(answers: Value) -> Self {
        Self { at: MADE_AT, venue: "grays-library", language: "en", version: 1, answers }
    }
}

fn agree(answer: &str) -> Value {
    json!({"agree": {"one": answer}})
}

async fn push(server: &Server, people: impl IntoIterator<Item = Told>) {
    let records: Vec<Value> = people
        .into_iter()
        .enumerate()
        .map(|(n, it)| {
            let mut random = [7; 10];
            random[0] = (n / 250) as u8;
            random[9] = (n % 250) as u8;
            random[5] = it.venue.len() as u8;
            random[6] = it.version as u8;
            envelope(json!({
                "id": SubmissionId::new(Millis(it.at), random), "made_at": it.at,
                "venue": it.venue, "language": it.language, "app": "0.1.0",
                "response": {"survey": "living", "version": it.version, "answers": it.answers},
            }))
        })
        .collect();
    for batch in records.chunks(100) {
        let answer = server.push(batch).await;
        for verdict in answer["verdicts"].as_array().unwrap() {
            assert_eq!(verdict["verdict"], "received", "{verdict}");
        }
    }
}

async fn get(server: &Server, query: &str) -> (Results, String) {
    let answer = server.get_as(COOKIE, &format!("/api/v1/results/living?{query}")).await;
    let text = answer.text();
    (serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}")), text)
}

fn asked<'a>(results: &'a Results, path: &str) -> &'a Asked {
    results.questions.iter().find(|asked| asked.path == path).unwrap()
}

fn counts(asked: &Asked) -> Vec<Option<u64>> {
    asked.rows.iter().map(|row| row.count).collect()
}

fn several(count: usize, told: impl Fn() -> Told) -> impl Iterator<Item = Told> {
    (0..count).map(move |_| told())
}

#[tokio::test]
async fn what_many_said_is_counted_and_what_few_said_is_not_sent() {
    let server = start().await;
    let travel =
        |picked: Value| Told::new(json!({"agree": {"one": "yes"}, "travel": {"many": picked}}));
    let people = several(14, || travel(json!(["bus"])))
        .chain(several(13, || travel(json!(["bus", "car"]))))
        .chain(several(11, || Told::new(agree("no"))))
        .chain(several(12, || Told::new(json!({"agree": "declined", "more": {"one": "A kiln"}}))))
        .chain(several(3, || Told::new(json!({"agree": {"one": "no"}, "years": {"one": "97"}}))));
    push(&server, people).await;
    let (results, text) = get(&server, "").await;
    assert_eq!((results.responses, results.people, results.fewest), (53, Some(53), 10));
    let of_agree = asked(&results, "agree");
    assert_eq!(counts(of_agree), [Some(27), Some(14)]);
    assert_eq!(
        (of_agree.answered, of_agree.declined, of_agree.base),
        (Some(41), Some(12), Some(41))
    );
    // All who answered took the bus: that says something of each of them.
    let of_travel = asked(&results, "travel");
    assert_eq!((counts(of_travel), of_travel.answered), (vec![None, Some(13)], Some(27)));
    assert_eq!(asked(&results, "more").words, Some(vec!["A kiln".to_owned(); 12]));
    let years = asked(&results, "years");
    assert_eq!((years.answered, years.base, counts(years)), (None, None, vec![None]));
    assert!(results.withheld && !text.contains("\"count\":3"), "{text}");
    server.get_as(COOKIE, "/api/v1/results/nothing").await.problem(404);
}

#[tokio::test]
async fn few_people_are_not_told_and_their_words_stay_unread() {
    let server = start().await;
    let person = || Told::new(json!({"agree": {"one": "yes"}, "more": {"one": "Only I know"}}));
    push(&server, several(9, person)).await;
    let (results, text) = get(&server, "").await;
    assert_eq!((results.responses, results.withheld), (9, true));
    assert_eq!(
        (counts(asked(&results, "agree")), asked(&results, "agree").answered),
        (vec![None, None], None)
    );
    assert!(!text.contains("Only I know"));
    assert_eq!(get(&server, "to=2026-11-23").await.0.people, None);
}

#[tokio::test]
async fn one_more_is_withheld_where_subtraction_would_tell() {
    let server = start().await;
    push(
        &server,
        several(25, || Told::new(agree("yes"))).chain(several(3, || Told::new(agree("no")))),
    )
    .await;
    let (results, text) = get(&server, "").await;
    assert_eq!(counts(asked(&results, "agree")), [None, None]);
    assert!(!text.contains("\"count\":25") && !text.contains("\"count\":3"), "{text}");
}

#[tokio::test]
async fn those_who_declined_cannot_be_had_from_the_total() {
    let server = start().await;
    let people = several(25, || Told::new(agree("yes")))
        .chain(several(15, || Told::new(agree("no"))))
        .chain(several(4, || Told::new(json!({"agree": "declined"}))));
    push(&server, people).await;
    let (results, _) = get(&server, "").await;
    let agree = asked(&results, "agree");
    // 44 answered or declined; 40 and both choices together would tell the 4.
    assert_eq!((agree.declined, agree.answered, counts(agree)), (None, None, vec![Some(25), None]));
    assert_eq!((agree.base, agree.of_everybody), (Some(44), true));
}

#[tokio::test]
async fn two_views_cannot_be_subtracted_from_each_other() {
    let server = start().await;
    let at = |venue, answer| move || Told { venue, ..Told::new(agree(answer)) };
    let people = several(20, at("grays-library", "yes"))
        .chain(several(15, at("grays-library", "no")))
        .chain(several(14, at("elsewhere", "yes")))
        .chain(several(4, at("elsewhere", "no")));
    push(&server, people).await;
    let (all, _) = get(&server, "").await;
    assert_eq!(counts(asked(&all, "agree")), [Some(34), Some(19)]);
    // 19 in all and 15 here would tell that 4 said no elsewhere.
    let (here, text) = get(&server, "venue=grays-library").await;
    assert_eq!((here.people, counts(asked(&here, "agree"))), (Some(35), vec![None, None]));
    assert!(!text.contains("\"count\":15"), "{text}");
    let (compared, _) = get(&server, "by=%40venue").await;
    let groups: Vec<_> = compared.groups.iter().map(|group| group.people).collect();
    assert_eq!(groups, [Some(35), Some(18)]);
    for row in &asked(&compared, "agree").rows {
        assert_eq!(row.groups, [None, None]);
    }
}

/// Whoever looks at one venue and whoever compares all see the same of it: what one page withholds the other would tell.
#[tokio::test]
async fn a_group_is_told_alike_by_itself_and_beside_the_others() {
    let server = start().await;
    let venues = ["grays-library", "tilbury-library", "aveley-library", "elsewhere"];
    // Shares that lie apart from group to group, with a few who decline and a few who skip.
    let person = |n: usize| {
        let (venue, roll) = (n * n % 11 % 4, n * 37 % 101);
        let agree = match roll {
            0..8 => json!("declined"),
            _ => json!({"one": if roll % 7 < 2 + venue { "yes" } else { "no" }}),
        };
        let travel = match roll % 5 {
            0 => json!(["bus", "car"]),
            1 | 2 => json!(["bus"]),
            _ => json!(["car"]),
        };
        let mut answers = json!({"agree": agree, "travel": {"many": travel}});
        if roll % 9 > 1 {
            answers["years"] = json!({"one": (20 + roll / 2).to_string()});
        }
        let language = if n.is_multiple_of(3) { "pl" } else { "en" };
        Told { venue: venues[venue], language, ..Told::new(answers) }
    };
    push(&server, (0..160).map(person)).await;
    let (mut told, mut hidden) = (0, 0);
    for dimension in ["venue", "language"] {
        let (compared, _) = get(&server, &format!("by=%40{dimension}")).await;
        for (at, group) in compared.groups.iter().enumerate() {
            let (alone, _) = get(&server, &format!("{dimension}={}", group.value)).await;
            for asked in alone.questions.iter().filter(|_| alone.people.is_some()) {
                let beside = self::asked(&compared, &asked.path);
                let of_group = beside.rows.iter().map(|row| row.groups[at]);
                let figures = of_group.chain([beside.bases[at]]).collect::<Vec<_>>();
                // What the shares are of where it is hidden how many answered is known of a view alone.
                let base = asked.base.filter(|_| !asked.of_everybody);
                let own = counts(asked).into_iter().chain([base]).collect::<Vec<_>>();
                assert_eq!(own, figures, "{} of {}", asked.path, group.value);
                told += own.iter().flatten().count();
                hidden += own.iter().filter(|it| it.is_none()).count();
            }
        }
    }
    assert!(told > 10 && hidden > 10, "{told} told, {hidden} hidden: nothing is tried");
}

#[tokio::test]
async fn questions_are_crossed_and_views_narrowed() {
    let server = start().await;
    let person = |answer: &'static str, way: &'static str, language: &'static str| {
        move || Told {
            language,
            ..Told::new(json!({"agree": {"one": answer}, "travel": {"many": [way]}}))
        }
    };
    let people = several(20, person("yes", "bus", "en"))
        .chain(several(12, person("yes", "car", "pl")))
        .chain(several(11, person("no", "bus", "pl")))
        .chain(several(30, person("no", "car", "en")));
    push(&server, people).await;
    let (results, _) = get(&server, "by=agree").await;
    let travel = asked(&results, "travel");
    assert_eq!(travel.rows[0].groups, [Some(20), Some(11)]);
    assert_eq!(
        (travel.rows[1].groups.clone(), travel.bases.clone()),
        (vec![Some(12), Some(30)], vec![Some(32), Some(41)])
    );
    // Beside its own answers a question tells nothing.
    let agree = asked(&results, "agree");
    assert!(agree.bases.is_empty() && agree.rows.iter().all(|row| row.groups.is_empty()));
    assert_eq!(counts(agree), [Some(32), Some(41)]);
    assert_eq!(results.offers.languages, ["en", "pl"]);
    let (polish, _) = get(&server, "language=pl").await;
    assert_eq!(
        (polish.people, counts(asked(&polish, "agree"))),
        (Some(23), vec![Some(12), Some(11)])
    );
    // A question that cannot be compared by is as good as none.
    assert_eq!(get(&server, "by=more").await.0.groups, []);
}

#[tokio::test]
async fn days_are_widened_so_that_no_day_tells_a_person() {
    let server = start().await;
    let on =
        |day: i64, answer| move || Told { at: MADE_AT + day * DAY, ..Told::new(agree(answer)) };
    let people = several(35, on(0, "yes"))
        .chain(several(25, on(0, "no")))
        .chain(several(1, on(1, "no")))
        .chain(several(34, on(2, "yes")))
        .chain(several(23, on(2, "no")));
    push(&server, people).await;
    let (first, _) = get(&server, "to=2026-11-24").await;
    assert_eq!(first.people, Some(60));
    // One person on the 25th: from that day on is from that day to the next on which many answered.
    let (second, _) = get(&server, "from=2026-11-25&to=2026-11-25").await;
    assert_eq!(second.people, Some(58));
    assert_eq!(second.to.unwrap().to_string(), "2026-11-26");
    let bad = server.get_as(COOKIE, "/api/v1/results/living?from=now").await;
    assert_eq!(bad.problem(400), "/from");
}

#[tokio::test]
async fn versions_merge_and_say_where_they_differ() {
    let server = start().await;
    let mut second = definition(&["bus", "tram"]);
    second["items"][0]["label"]["en"] = json!("Do you agree with this?");
    let edit = json!({"edits": [{
        "edit": "0190a5b4-0000-7000-8000-000000000001", "collection": "survey_version",
        "id": "living.2", "base_rev": 0,
        "fields": {"survey": "living", "version": 2, "definition": second},
    }]});
    server.post_as(COOKIE, "/api/v1/edits", &edit).await;
    let travel = |version, way: &'static str| {
        move || Told {
            version,
            ..Told::new(json!({"agree": {"one": "yes"}, "travel": {"many": [way]}}))
        }
    };
    let people = several(12, travel(1, "bus"))
        .chain(several(13, travel(1, "car")))
        .chain(several(14, travel(2, "tram")));
    push(&server, people).await;
    let (results, _) = get(&server, "").await;
    let agree = asked(&results, "agree");
    assert!(agree.wording_differs && !agree.choices_differ);
    let words: Vec<_> =
        agree.wordings.iter().map(|it| (it.versions.clone(), it.label.get("en"))).collect();
    assert_eq!(words, [(vec![2], "Do you agree with this?"), (vec![1], "Do you agree?")]);
    let travel = asked(&results, "travel");
    assert!(travel.choices_differ && !travel.wording_differs);
    let rows: Vec<_> =
        travel.rows.iter().map(|it| (it.value.as_str(), it.versions.clone(), it.count)).collect();
    assert_eq!(
        rows,
        [("bus", vec![], Some(12)), ("tram", vec![2], Some(14)), ("car", vec![1], Some(13))]
    );
    assert_eq!(results.offers.versions, [1, 2]);
    let backwards = "/api/v1/results/living?from=2026-10-10&to=2026-09-01";
    assert_eq!(server.get_as(COOKIE, backwards).await.problem(400), "/to");
    let (old, _) = get(&server, "version=1").await;
    assert_eq!(old.people, Some(25));
    let agree = asked(&old, "agree");
    assert_eq!(agree.wordings[0].label.get("en"), "Do you agree?");
    assert!(agree.wordings.len() == 1 && !agree.wording_differs);
}

#[tokio::test]
async fn an_earlier_figure_is_a_field_of_the_survey_with_its_source() {
    let server = start().await;
    let mut number = 0;
    let mut send = async |figure: Value| {
        number += 1;
        let edit = json!({"edits": [{
            "edit": format!("0190a5b4-0000-7000-8000-00000000000{number}"), "collection": "survey",
            "id": "living", "base_rev": 1, "fields": {"baseline.agree": figure},
        }]});
        server.post_as(COOKIE, "/api/v1/edits", &edit).await.json()["results"][0].clone()
    };
    let bad = send(json!({"values": ["yes"], "percent": 540, "source": " "})).await;
    let pointers: Vec<_> =
        bad["problems"].as_array().unwrap().iter().map(|it| &it["pointer"]).collect();
    assert_eq!(pointers, ["/fields/baseline.agree/source", "/fields/baseline.agree/percent"]);
    let figure = json!({"values": ["yes"], "percent": 54, "source": "Place Survey 2008"});
    let good = send(figure.clone()).await;
    assert_eq!(good["record"]["fields"]["baseline.agree"], figure);
}

#[tokio::test]
async fn words_are_sorted_into_themes_and_few_stay_hidden() {
    let server = start().await;
    let said = |words: &'static str| {
        move || Told::new(json!({"agree": {"one": "yes"}, "more": {"one": words}}))
    };
    let people = several(24, said("More buses")).chain(several(12, said("A new surgery")));
    push(&server, people).await;
    let (before, _) = get(&server, "").await;
    let more = asked(&before, "more");
    // Nothing is sorted yet, so there is nothing to count.
    assert_eq!(more.rows.len(), 0);
    let names: std::collections::BTreeSet<_> = more.about.iter().map(|it| it.answer).collect();
    assert_eq!(names.len(), 36, "each answer has a name of its own");

    let sort = async |answer: &Value, give: &str| {
        let patch = json!({"answer": answer, "give": [give]});
        server.post_as(COOKIE, "/api/v1/results/living/themes", &patch).await
    };
    let words = more.words.clone().unwrap();
    let of = |wanted: &str| -> Vec<Value> {
        let both = words.iter().zip(&more.about).filter(|(words, _)| *words == wanted);
        both.map(|(_, about)| serde_json::to_value(about.answer).unwrap()).collect()
    };
    for answer in &of("More buses")[..15] {
        assert_eq!(sort(answer, "transport").await.json()["themes"], json!(["transport"]));
    }
    for answer in &of("A new surgery")[..4] {
        sort(answer, "health").await;
    }
    let (after, text) = get(&server, "").await;
    let more = asked(&after, "more");
    let rows: Vec<_> = more.rows.iter().map(|row| (row.value.as_str(), row.count)).collect();
    assert_eq!(rows, [("health", None), ("transport", Some(15))]);
    assert!(after.withheld && !text.contains("\"count\":4"), "{text}");
    assert_eq!(more.rows[1].label.get("en"), "Transport");
    let sorted = more.about.iter().filter(|it| !it.themes.is_empty()).count();
    assert_eq!(sorted, 19);
    // Themes are compared like any answers.
    let (compared, _) = get(&server, "by=%40language").await;
    assert_eq!(asked(&compared, "more").rows[1].groups, [Some(15)]);

    let strange = json!(model::Hash::of(b"nobody said this"));
    sort(&strange, "transport").await.problem(404);
    assert_eq!(sort(&of("More buses")[0], "nothing").await.problem(422), "/give");
    let patch = json!({"answer": of("More buses")[0], "give": ["health"]});
    server.post("/api/v1/results/living/themes", &patch).await.problem(401);
    // Tablets are told nothing of it.
    assert!(
        !server.get("/api/v1/changes").await.text().contains(of("More buses")[0].as_str().unwrap())
    );
}

/// What was answered is read for ever: the version that replaces another changes nothing of what was said before.
#[tokio::test]
async fn a_new_version_leaves_the_answers_to_the_old_one_as_they_were() {
    let server = start().await;
    let first = |travel: &'static str| {
        move || {
            Told::new(json!({
                "agree": {"one": if travel == "bus" { "yes" } else { "no" }},
                "travel": {"many": [travel]}, "years": {"one": "12"},
                "more": {"one": "Old words"},
            }))
        }
    };
    push(&server, several(14, first("bus")).chain(several(12, first("car")))).await;
    let (alone, _) = get(&server, "").await;
    let csv = async |query: &str| {
        let path = format!("/api/v1/export/surveys/living.csv?labels=en&{query}");
        server.get_as(COOKIE, &path).await.text()
    };
    let rows_alone = csv("").await;

    // Another wording and other choices of `travel`; `years` has gone; `more` is now called `ideas`.
    let mut second = definition(&["bus", "tram"]);
    let items = second["items"].as_array_mut().unwrap();
    items[0]["label"]["en"] = json!("Do you agree with this?");
    items[1]["choices"][0]["label"]["en"] = json!("Bus or coach");
    items[3]["name"] = json!("ideas");
    items.remove(2);
    let edits = json!({"edits": [
        {"edit": "0190a5b4-0000-7000-8000-000000000001", "collection": "survey_version",
         "id": "living.2", "base_rev": 0,
         "fields": {"survey": "living", "version": 2, "definition": second}},
        {"edit": "0190a5b4-0000-7000-8000-000000000002", "collection": "survey", "id": "living",
         "base_rev": 1, "fields": {"version": 2}},
    ]});
    let published = server.post_as(COOKIE, "/api/v1/publish", &edits).await.json();
    assert_eq!(published["results"][1]["result"], "merged", "{published}");
    let newer = |travel: &'static str| {
        move || Told {
            version: 2,
            ..Told::new(json!({"agree": {"one": if travel == "bus" { "no" } else { "yes" }},
                               "travel": {"many": [travel]},
                               "ideas": {"one": "New words"}}))
        }
    };
    push(&server, several(15, newer("tram")).chain(several(13, newer("bus")))).await;

    let (old, _) = get(&server, "version=1").await;
    for path in ["agree", "travel", "years", "more"] {
        let (then, now) = (asked(&alone, path), asked(&old, path));
        // By value: a choice that version 1 did not offer may stand among the rows, without a count.
        let of = |it: &Asked, value: &str| {
            it.rows.iter().find(|row| row.value == value).and_then(|row| row.count)
        };
        for row in &then.rows {
            assert_eq!(of(now, &row.value), row.count, "{path} {}", row.value);
        }
        assert_eq!((&now.answered, &now.words), (&then.answered, &then.words), "{path}");
    }
    let (all, _) = get(&server, "").await;
    assert_eq!(all.people, Some(54));
    let agree = asked(&all, "agree");
    let words: Vec<_> =
        agree.wordings.iter().map(|it| (it.versions.clone(), it.label.get("en"))).collect();
    assert!(agree.wording_differs);
    assert_eq!(words, [(vec![2], "Do you agree with this?"), (vec![1], "Do you agree?")]);
    let travel = asked(&all, "travel");
    assert!(travel.choices_differ && !travel.wording_differs);
    let offered: Vec<_> = travel.rows.iter().map(|it| (&*it.value, &*it.versions)).collect();
    assert_eq!(offered, [("bus", &[][..]), ("tram", &[2]), ("car", &[1])]);
    // What only one of them asked says so, and is asked of the others no more.
    let asked_in = |path| asked(&all, path).wordings[0].versions.clone();
    assert_eq!(
        (asked_in("years"), asked_in("more"), asked_in("ideas")),
        (vec![1], vec![1], vec![2])
    );
    assert_eq!(asked(&all, "years").answered, Some(26));
    assert_eq!(asked(&all, "more").words, asked(&alone, "more").words);

    // The rows of an export keep their cells under their columns, and labels as they were asked.
    let table = |text: &str| {
        let text = text.trim_start_matches('\u{feff}').to_owned();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let head = reader.headers().unwrap().clone();
        let rows = reader.records().map(|row| {
            let row = row.unwrap();
            let cells = head.iter().map(str::to_owned).zip(row.iter().map(str::to_owned));
            cells.collect::<std::collections::BTreeMap<_, _>>()
        });
        let rows: Vec<_> = rows.collect();
        rows
    };
    let (then, now) = (table(&rows_alone), table(&csv("version=1").await));
    assert_eq!(then.len(), now.len());
    for (then, now) in then.iter().zip(&now) {
        for (column, cell) in then {
            assert_eq!(now.get(column), Some(cell), "{column}");
        }
    }
}

/// A month tells much where all answers lie in a year or two, and nothing where they are dates of birth. In a household no
/// age is shared by ten people, but five years are; and twelve dogs of six people are no more than six people.
#[tokio::test]
async fn long_times_are_counted_by_year_and_ages_at_home_by_person() {
    let server = start().await;
    let mut second = definition(&["bus"]);
    let items = second["items"].as_array_mut().unwrap();
    for (name, kind) in [("born", "date"), ("moved", "date")] {
        items.push(json!({"name": name, "type": kind, "label": {"en": name}}));
    }
    items.push(json!({"name": "home", "type": "repeat", "label": {"en": "Home"}, "items": [
        {"name": "age", "type": "integer", "label": {"en": "Age?"}},
        {"name": "dogs", "type": "integer", "label": {"en": "Dogs?"}},
    ]}));
    let edit = json!({"edits": [{
        "edit": "0190a5b4-0000-7000-8000-000000000001", "collection": "survey_version",
        "id": "living.2", "base_rev": 0,
        "fields": {"survey": "living", "version": 2, "definition": second},
    }]});
    server.post_as(COOKIE, "/api/v1/edits", &edit).await;
    let person = |n: usize| {
        let one = |value: usize| json!({"one": value.to_string()});
        let is_few = n < 6;
        Told {
            version: 2,
            ..Told::new(json!({
                "agree": {"one": "yes"}, "home": {"one": "2"},
                "born": {"one": format!("{}-05-07", 1950 + n % 40)},
                "moved": {"one": if n < 70 { "2026-01-05" } else { "2026-03-05" }},
                "home[1]/age": one(n % 40), "home[2]/age": one((n + 1) % 40),
                "home[1]/dogs": one(if is_few { 0 } else { 2 + n % 18 }),
                "home[2]/dogs": one(if is_few { 1 } else { 2 + n % 18 }),
            }))
        }
    };
    push(&server, (0..160).map(person)).await;
    let (results, _) = get(&server, "").await;
    let told = |path: &str| -> Vec<_> {
        let rows = asked(&results, path).rows.iter();
        rows.map(|row| (row.low, row.high, row.count)).collect()
    };
    let fives = |from: u32, count: u64| -> Vec<_> {
        let low = |step: u32| f64::from(from + step * 5);
        (0..8).map(|step| (Some(low(step)), Some(low(step + 1)), Some(count))).collect()
    };
    assert_eq!(told("born"), fives(1950, 20));
    let months: Vec<_> =
        asked(&results, "moved").rows.iter().map(|row| (&*row.value, row.count)).collect();
    assert_eq!(months, [("2026-01", Some(70)), ("2026-03", Some(90))]);
    assert_eq!(told("home/age"), fives(0, 40));
    let around =
        |path: &str| asked(&results, path).around.iter().map(|it| it.get("en")).collect::<Vec<_>>();
    assert_eq!((around("home/age"), around("born")), (vec!["Home"], vec![]));
    let dogs = told("home/dogs");
    assert_eq!((dogs[0].0, dogs[0].2), (Some(0.0), None), "{dogs:?}");
}

#[tokio::test]
async fn hours_are_counted_and_places_and_pictures_are_not_listed() {
    let server = start().await;
    let mut second = definition(&["bus"]);
    let items = second["items"].as_array_mut().unwrap();
    for (name, kind) in [("when", "time"), ("where", "geopoint"), ("shown", "image")] {
        items.push(json!({"name": name, "type": kind, "label": {"en": name}}));
    }
    let edit = json!({"edits": [{
        "edit": "0190a5b4-0000-7000-8000-000000000001", "collection": "survey_version",
        "id": "living.2", "base_rev": 0,
        "fields": {"survey": "living", "version": 2, "definition": second},
    }]});
    server.post_as(COOKIE, "/api/v1/edits", &edit).await;
    let at = |when: &'static str| {
        move || Told {
            version: 2,
            ..Told::new(json!({
                "agree": {"one": "yes"}, "when": {"one": when}, "where": {"one": "51.4781 0.3251 0 0"},
                "shown": {"file": {"name": "my street.jpg", "media_type": "image/jpeg", "data": "/9g="}},
            }))
        }
    };
    push(&server, several(14, at("09:15:00.000Z")).chain(several(12, at("16:45:00.000Z")))).await;
    let (results, text) = get(&server, "").await;
    let when = asked(&results, "when");
    assert_eq!(when.picture, model::results::Picture::Histogram);
    let rows: Vec<_> = when.rows.iter().map(|row| (&*row.value, row.count)).collect();
    assert_eq!(rows, [("09", Some(14)), ("16", Some(12))]);
    for path in ["where", "shown"] {
        assert_eq!(asked(&results, path).picture, model::results::Picture::Number);
        assert_eq!(asked(&results, path).answered, Some(26));
    }
    assert!(!text.contains("51.4781") && !text.contains("my street"), "{text}");
}
