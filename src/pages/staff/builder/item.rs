//! One question or group: its words and its rules.
//!
//! Each field is kept with the draft as soon as it is left; what the draft refuses is said at the field, and stays
//! as it was in the draft.

use crate::view::{View, view};
use leptos::prelude::*;
use serde_json::{Value, json};
use survey::draft::{Draft, Path, Place, Refusal, is_answered, is_group, takes_choices};

use super::{
    Heading,
    calculation::CalculationField,
    desk::{Desk, refusal_words, title_of},
    filter::{CountField, FilterField},
    kinds::{KINDS, kind_words},
    list::ChoicesFrom,
    pick::Pick,
    screen::{Decides, Screen},
    wrong::Wrongs,
};
use crate::{
    components::{
        check::Check,
        field::{ErrorSummary, Fault, FieldError, TextArea, TextField, fault_of},
        select::{Opt, Select},
    },
    locale::{Key, key, label, t, tf, words},
    platform::browser,
};

/// A field of the form that holds words.
#[derive(Clone, Copy)]
struct Field {
    name: &'static str,
    value: RwSignal<String>,
    rule: Rule,
}

/// How the field stands in the draft.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// Words for people, in the form's own language.
    Words,
    /// An expression, or a plain word.
    Source,
    /// A number among the parameters.
    Parameter,
}

const WORDS: [&str; 6] =
    ["label", "hint", "constraint_message", "required_message", "low_label", "high_label"];
const SOURCES: [&str; 5] =
    ["calculation", "default", "choice_filter", "repeat_count", "appearance"];
const PARAMETERS: [&str; 3] = ["start", "end", "step"];

/// The form of one item.
#[component]
pub fn ItemEdit(
    /// The draft.
    desk: Desk,
    /// Which item.
    path: Path,
) -> View {
    let fields = StoredValue::new(open(desk, &path));
    let value = move |name: &str| {
        let found =
            fields.with_value(|all| all.iter().find(|it| it.name == name).map(|it| it.value));
        found.unwrap_or_default()
    };
    let faults = RwSignal::new(Vec::<Fault>::new());
    let commit = {
        let path = path.clone();
        move || {
            let mut found = Vec::new();
            for field in fields.get_value() {
                if desk.draft.with_untracked(|draft| is_kept(draft, &path, field)) {
                    continue;
                }
                if let Err(refusal) = desk.change(|draft| keep(draft, &path, field)) {
                    let words = desk.draft.with_untracked(|it| refusal_words(it, &refusal));
                    found.push(Fault { field: field.name.to_owned(), words });
                }
            }
            faults.set(found);
        }
    };
    let on_change = commit.clone();
    // How it is called stands below the form, and is taken with it.
    let name = RwSignal::new(path.name().unwrap_or_default().to_owned());
    let standing_faults = RwSignal::new(Vec::<Fault>::new());
    let named = path.clone();
    let own = path.clone();
    // Another type brings a scale, or takes one away: the fields show what the draft has now.
    let refill = move |()| {
        for (field, now) in fields.get_value().iter().zip(open(desk, &own)) {
            field.value.set(now.value.get_untracked());
        }
    };
    // "Done" and every other way to go take all that is typed.
    let take = move || {
        // It was removed, or is somebody else's now: then nothing is left to take.
        if desk.draft.with_untracked(|draft| draft.item(&named).is_none()) {
            return true;
        }
        commit();
        faults.with_untracked(Vec::is_empty)
            && rename(desk, &named, name, standing_faults).is_some()
    };
    desk.keep_with(take.clone());
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if take() {
            // A field that goes with the focus in it tells some browsers of its change when all is gone that would hear it.
            browser::focus("#screen");
            Screen::Contents.show(&desk.id());
        }
    };
    let own = path.clone();
    let kind = Memo::new(move |_| desk.draft.with(|draft| draft.field(&own, "type").to_owned()));
    let own = Place::Item(path.clone());
    // What is wrong with what is stored stands at its field too.
    let place = own.clone();
    let refused = faults;
    let faults = Signal::derive(move || {
        let wrong = desk.wrong.get().into_iter().filter(|it| it.place == place);
        let wrong = wrong.map(|it| Fault { field: it.field, words: it.words });
        refused.get().into_iter().chain(wrong).collect::<Vec<_>>()
    });
    let field = move |name: &'static str, label_key: Key, hint: Option<Key>| {
        let value = value(name);
        let hint = Signal::derive(move || hint.map(t).unwrap_or_default());
        let on_input = move |text: String| value.set(text);
        view! { <TextField id=name label=label(label_key) hint value on_input faults/> }
    };
    let number = move |name: &'static str, label_key: Key| {
        let value = value(name);
        let on_input = move |text: String| value.set(text);
        view! {
            <TextField
                id=name
                label=label(label_key)
                value
                on_input
                faults
                inputmode="numeric"
                width="govuk-input--width-10"
            />
        }
    };
    let (of_kind, of_rules) = (path.clone(), path.clone());
    let inner = move || {
        let kind = kind.get();
        let (path, rules) = (of_kind.clone(), of_rules.clone());
        view! {
            {takes_choices(&kind).then(|| view! { <ChoicesFrom desk path=path.clone()/> })}
            {(kind == "range")
                .then(|| {
                    view! {
                        {number("start", key::STAFF_MAKE_START)}
                        {number("end", key::STAFF_MAKE_END)}
                        {number("step", key::STAFF_MAKE_STEP)}
                        {field("low_label", key::STAFF_MAKE_LOW, None)}
                        {field("high_label", key::STAFF_MAKE_HIGH, None)}
                    }
                })}
            {(kind == "calculate")
                .then(|| {
                    view! {
                        <CalculationField desk path=path.clone() value=value("calculation") faults/>
                    }
                })}
            {(kind == "repeat")
                .then(|| {
                    view! {
                        <CountField desk path=path.clone() value=value("repeat_count") faults/>
                    }
                })}
            <Written desk path=path.clone() decides=Decides::Asked faults/>
            {is_answered(&kind)
                .then(|| {
                    view! {
                        <h3 class="govuk-heading-m">{words(key::STAFF_MAKE_RULES)}</h3>
                        <Flag desk path=rules.clone() field="required" words=key::STAFF_MAKE_REQUIRED/>
                        <Needed desk path=rules.clone()/>
                        {field("required_message", key::STAFF_MAKE_REQUIRED_MESSAGE, None)}
                        <Flag desk path=rules.clone() field="may_decline" words=key::STAFF_MAKE_DECLINE/>
                        <Written desk path=rules.clone() decides=Decides::Good faults/>
                        {field("constraint_message", key::STAFF_MAKE_CONSTRAINT_MESSAGE, None)}
                        {field("default", key::STAFF_MAKE_DEFAULT, None)}
                    }
                })}
            {takes_choices(&kind)
                .then(|| {
                    view! {
                        <FilterField desk path=rules.clone() value=value("choice_filter") faults/>
                    }
                })}
            {field("appearance", key::STAFF_MAKE_APPEARANCE, Some(key::STAFF_MAKE_APPEARANCE_HINT))}
        }
    };
    let own_title = path.clone();
    let title = Signal::derive(move || desk.draft.with(|draft| title_of(draft, &own_title)));
    let (label_value, hint_value) = (value("label"), value("hint"));
    view! {
        <Heading title back=Screen::Contents.address(&desk.id())/>
        <ErrorSummary faults=refused/>
        <Wrongs desk here=move |wrong| wrong.place == own/>
        <form
            class="ct-item"
            novalidate
            autocomplete="off"
            on:change=move |_| on_change()
            on:submit=submit
        >
            <TextArea
                id="label"
                label=label(key::STAFF_MAKE_WORDS)
                value=label_value
                on_input=move |text| label_value.set(text)
                faults
                rows=2
            />
            <TextField
                id="hint"
                label=label(key::STAFF_MAKE_HINT)
                value=hint_value
                on_input=move |text| hint_value.set(text)
                faults
            />
            <KindSelect desk path=path.clone() changed=refill/>
            {inner}
            // Pressed, it takes the focus only with the click: a fault of the field that was left would appear above it,
            // move it from under the finger, and the click would be lost.
            <button
                class="govuk-button"
                on:mousedown=move |event: web_sys::Event| event.prevent_default()
            >
                {words(key::STAFF_MAKE_DONE)}
            </button>
        </form>
        <Standing desk path name faults=standing_faults/>
    }
}

/// Gives an item the name that is typed; what the draft refuses is said, and nothing comes back.
fn rename(
    desk: Desk,
    path: &Path,
    name: RwSignal<String>,
    faults: RwSignal<Vec<Fault>>,
) -> Option<Path> {
    let name = name.with_untracked(|name| name.trim().to_owned());
    match desk.change(|draft| draft.rename(path, &name)) {
        Ok(now) => {
            desk.has_moved(path, &now);
            Some(now)
        }
        Err(refusal) => {
            let words = desk.draft.with_untracked(|draft| refusal_words(draft, &refusal));
            faults.set(vec![Fault { field: "name".to_owned(), words }]);
            None
        }
    }
}

/// The form's fields as the draft has them.
fn open(desk: Desk, path: &Path) -> Vec<Field> {
    desk.draft.with_untracked(|draft| {
        let place = Place::Item(path.clone());
        let parameters = draft.item(path).and_then(|item| item.get("parameters"));
        let field = |name, rule, text: String| Field { name, value: RwSignal::new(text), rule };
        let words =
            WORDS.map(|name| field(name, Rule::Words, draft.text(&place, name, draft.language())));
        let sources =
            SOURCES.map(|name| field(name, Rule::Source, draft.field(path, name).to_owned()));
        let numbers = PARAMETERS.map(|name| {
            let number = parameters.and_then(|it| it.get(name));
            let digits = number.map(|it| it.as_str().map_or_else(|| it.to_string(), str::to_owned));
            field(name, Rule::Parameter, digits.unwrap_or_default())
        });
        words.into_iter().chain(sources).chain(numbers).collect()
    })
}

/// Whether a type of question has the field; what it cannot have is not shown, and not kept.
fn applies(kind: &str, field: &str) -> bool {
    match field {
        "start" | "end" | "step" | "low_label" | "high_label" => kind == "range",
        "constraint_message" | "required_message" | "default" => is_answered(kind),
        "calculation" => kind == "calculate",
        "repeat_count" => kind == "repeat",
        "choice_filter" => takes_choices(kind),
        _ => true,
    }
}

/// Whether the draft has what the field holds: then nothing is to be done, and most fields of a form are so.
fn is_kept(draft: &Draft, path: &Path, field: Field) -> bool {
    let typed = field.value.get_untracked();
    match field.rule {
        Rule::Words => {
            let place = Place::Item(path.clone());
            draft.text(&place, field.name, draft.language()) == typed.trim()
        }
        Rule::Source => draft.field(path, field.name).trim() == typed.trim(),
        Rule::Parameter => false,
    }
}

/// Puts what a field holds into the draft.
fn keep(draft: &mut Draft, path: &Path, field: Field) -> Result<(), Refusal> {
    if !applies(draft.field(path, "type"), field.name) {
        return Ok(());
    }
    let typed = field.value.get_untracked();
    let typed = typed.trim();
    match field.rule {
        Rule::Words => {
            let language = draft.language().to_owned();
            let place = Place::Item(path.clone());
            if draft.text(&place, field.name, &language) == typed {
                return Ok(());
            }
            draft.set_words(&place, field.name, &language, typed)
        }
        Rule::Source if draft.field(path, field.name) == typed => Ok(()),
        Rule::Source => draft.set(path, field.name, (!typed.is_empty()).then(|| json!(typed))),
        Rule::Parameter => {
            let whole = typed.parse::<i64>().map(Value::from).ok();
            let number = whole.or_else(|| typed.parse::<f64>().map(Value::from).ok());
            let value = number.or_else(|| (!typed.is_empty()).then(|| json!(typed)));
            draft.set_parameter(path, field.name, value);
            Ok(())
        }
    }
}

/// The type, among those that hold items or among those that do not.
#[component]
fn KindSelect(
    desk: Desk,
    path: Path,
    /// Called when the question has another type.
    #[prop(into)]
    changed: Callback<()>,
) -> View {
    let own = path.clone();
    let kind = Signal::derive(move || desk.draft.with(|it| it.field(&own, "type").to_owned()));
    let options = Signal::derive(move || {
        let now = kind.get();
        let fitting = KINDS.iter().filter(|(name, _)| is_group(name) == is_group(&now));
        let mut options: Vec<Opt> =
            fitting.map(|(name, words)| ((*name).to_owned(), t(*words))).collect();
        if !options.iter().any(|(name, _)| *name == now) {
            options.insert(0, (now.clone(), kind_words(&now)));
        }
        options
    });
    let on_pick = move |kind: String| {
        // The list offers only what goes together. What the type cannot have goes, and can be brought back.
        if desk.take_away(|draft| draft.set_kind(&path, &kind)).is_ok() {
            changed.run(());
        }
    };
    view! { <Pick id="kind" label=label(key::STAFF_MAKE_KIND) options value=kind on_pick/> }
}

/// A rule that is on or off. One that is an expression is left as it is.
#[component]
fn Flag(desk: Desk, path: Path, field: &'static str, words: Key) -> View {
    let own = path.clone();
    let stored = Memo::new(move |_| {
        desk.draft.with(|draft| draft.item(&own).and_then(|item| item.get(field).cloned()))
    });
    let on = Signal::derive(move || stored.get().is_some_and(|it| it != false && it != ""));
    let hint = Signal::derive(move || match stored.get() {
        Some(Value::String(source)) if !source.is_empty() => {
            tf(key::STAFF_MAKE_WHEN, &[("when", &source)])
        }
        _ => String::new(),
    });
    let on_change = move |ticked: bool| {
        let set = |draft: &mut Draft| draft.set(&path, field, ticked.then_some(json!(true)));
        // An expression that goes was somebody's work, and can be brought back.
        let _ = match stored.get_untracked() {
            Some(Value::String(source)) if !source.trim().is_empty() => desk.take_away(set),
            _ => desk.change(set),
        };
    };
    view! { <Check id=field label=label(words) hint value=on on_change/> }
}

/// A condition in the words of its expression, and the way to change it.
#[component]
fn Written(desk: Desk, path: Path, decides: Decides, faults: Signal<Vec<Fault>>) -> View {
    let field = decides.field();
    let (title, none, change) = match decides {
        Decides::Good => (
            key::STAFF_MAKE_CONSTRAINT,
            key::STAFF_MAKE_GOOD_ANY,
            key::STAFF_MAKE_CONSTRAINT_CHANGE,
        ),
        Decides::Asked | Decides::Needed => {
            (key::STAFF_MAKE_RELEVANT, key::STAFF_MAKE_ALWAYS, key::STAFF_MAKE_RELEVANT_CHANGE)
        }
    };
    let own = path.clone();
    let source = Memo::new(move |_| desk.draft.with(|draft| draft.field(&own, field).to_owned()));
    let words_of = move || match source.get() {
        source if source.trim().is_empty() => t(none),
        source => source,
    };
    let href = move || Screen::Condition(path.clone(), decides).address(&desk.id());
    view! {
        <div class="govuk-form-group">
            <h3 class="govuk-heading-s">{words(title)}</h3>
            <FieldError id=format!("{field}-error") fault=fault_of(faults, field)/>
            <p
                class="govuk-body"
                class:ct-source=move || source.with(|it| !it.trim().is_empty())
            >
                {words_of}
            </p>
            <a class="govuk-link ct-alone" id=field href=href>
                {words(change)}
            </a>
        </div>
    }
}

/// The way to say that it must be answered only sometimes.
#[component]
fn Needed(desk: Desk, path: Path) -> View {
    let own = path.clone();
    let needed = Memo::new(move |_| {
        desk.draft.with(|draft| draft.item(&own).and_then(|item| item.get("required").cloned()))
    });
    let needed = move || needed.get().is_some_and(|it| it != false && it != "");
    let href = move || Screen::Condition(path.clone(), Decides::Needed).address(&desk.id());
    view! {
        <p class="govuk-body" hidden=move || !needed()>
            <a class="govuk-link ct-alone" href=href>
                {words(key::STAFF_MAKE_NEEDED_CHANGE)}
            </a>
        </p>
    }
}

/// Where it stands, what it is called in exports, and the way out.
#[component]
fn Standing(
    desk: Desk,
    path: Path,
    /// What is typed as its name.
    name: RwSignal<String>,
    faults: RwSignal<Vec<Fault>>,
) -> View {
    let refused = move |field: &str, refusal: &Refusal| {
        let words = desk.draft.with_untracked(|draft| refusal_words(draft, refusal));
        faults.set(vec![Fault { field: field.to_owned(), words }]);
    };
    let own = path.name().unwrap_or_default().to_owned();
    let name_hint = Signal::derive(move || {
        let known = desk.published_draft().is_some_and(|before| before.find(&own).is_some());
        let warning = known.then(|| t(key::STAFF_MAKE_NAME_PUBLISHED));
        [Some(t(key::STAFF_MAKE_NAME_HINT)), warning]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ")
    });
    let own = path.clone();
    let rename = move |_| {
        if let Some(path) = rename(desk, &own, name, faults) {
            Screen::Item(path).show(&desk.id());
        }
    };
    let own = path.clone();
    let groups = Signal::derive(move || {
        desk.draft.with(|draft| {
            let fitting = |path: &Path| is_group(draft.field(path, "type")) && !path.is_in(&own);
            let paths = draft.entries().into_iter().map(|entry| entry.path).filter(fitting);
            let groups = paths.map(|path| (path.to_string(), title_of(draft, &path)));
            let top = (String::new(), t(key::STAFF_MAKE_GROUP_NONE));
            [top].into_iter().chain(groups).collect::<Vec<Opt>>()
        })
    });
    let group = path.parent().unwrap_or_default().to_string();
    let own = path.clone();
    let put = move |group: String| match desk
        .change(|draft| draft.put_into(&own, &Path::parse(&group)))
    {
        Ok(path) => {
            desk.has_moved(&own, &path);
            Screen::Item(path).show(&desk.id());
        }
        Err(refusal) => refused("group", &refusal),
    };
    let own = path.clone();
    let siblings = Signal::derive(move || {
        desk.draft.with(|draft| {
            let around = own.parent().unwrap_or_default();
            let names = draft.items(&around).unwrap_or_default().iter();
            let paths = names.filter_map(|it| Some(around.child(it["name"].as_str()?)));
            let others = paths.filter(|it| *it != own);
            let option = |path: Path| {
                let title = title_of(draft, &path);
                Some((path.name()?.to_owned(), tf(key::STAFF_MAKE_AFTER, &[("title", &title)])))
            };
            let first = (String::new(), t(key::STAFF_MAKE_FIRST));
            [first].into_iter().chain(others.filter_map(option)).collect::<Vec<Opt>>()
        })
    });
    let own = path.clone();
    let after = Signal::derive(move || {
        desk.draft.with(|draft| {
            let items = draft.items(&own.parent().unwrap_or_default()).unwrap_or_default();
            let at = items.iter().position(|it| it["name"].as_str() == own.name());
            let before = at.and_then(|at| items.get(at.checked_sub(1)?));
            before.and_then(|it| it["name"].as_str()).unwrap_or_default().to_owned()
        })
    });
    let own = path.clone();
    let stand = move |after: String| {
        let after = (!after.is_empty()).then_some(after);
        if desk.change(|draft| draft.put_after(&own, after.as_deref())).is_err() {
            return;
        }
        let entry = desk.draft.with_untracked(|draft| {
            let title = title_of(draft, &own);
            let entry = draft.entries().into_iter().find(|it| it.path == own)?;
            Some((title, (entry.place + 1).to_string(), entry.of.to_string()))
        });
        if let Some((title, n, of)) = entry {
            desk.said.set(tf(key::STAFF_MAKE_MOVED, &[("title", &title), ("n", &n), ("of", &of)]));
        }
    };
    let remove = move |_| {
        let title = desk.draft.with_untracked(|draft| title_of(draft, &path));
        match desk.take_away(|draft| draft.remove(&path)) {
            Ok(()) => {
                desk.said.set(tf(key::STAFF_MAKE_REMOVED, &[("title", &title)]));
                Screen::Contents.show(&desk.id());
            }
            Err(refusal) => refused("remove", &refusal),
        }
    };
    view! {
        <h3 class="govuk-heading-m">{words(key::STAFF_MAKE_STANDING)}</h3>
        <ErrorSummary faults/>
        <Pick
            id="group"
            label=label(key::STAFF_MAKE_GROUP)
            options=groups
            value=Signal::derive(move || group.clone())
            on_pick=put
        />
        <Select
            id="after"
            label=label(key::STAFF_MAKE_PLACE)
            options=siblings
            value=after
            on_change=stand
        />
        <TextField
            id="name"
            label=label(key::STAFF_MAKE_NAME)
            hint=name_hint
            value=name
            on_input=move |text| name.set(text)
            faults
        />
        <div class="govuk-button-group">
            <button type="button" class="govuk-button govuk-button--secondary" on:click=rename>
                {words(key::STAFF_MAKE_RENAME)}
            </button>
            <button
                type="button"
                id="remove"
                class="govuk-button govuk-button--warning"
                on:click=remove
            >
                {words(key::STAFF_MAKE_REMOVE)}
            </button>
        </div>
    }
}
