//! When a question is asked: picked as question, comparison and value, or written as an expression.

use crate::view::{View, each, view};
use leptos::prelude::*;
use serde_json::json;
use survey::draft::{
    Comparison, Condition, Draft, Join, Literal, Path, Place, Test, is_answered, is_group,
    takes_choices,
};

use super::{
    Heading,
    desk::{Desk, refusal_words, title_of},
    screen::Screen,
};
use crate::{
    components::{
        choices::Choices,
        field::{ErrorSummary, Fault, TextArea, TextField},
        select::{Opt, Select},
        when_field::WhenField,
    },
    locale::{key, label, t, tf, words},
    platform::browser,
};

/// What is picked, and the expression beside it. An expression of another form has no picks.
#[derive(Clone, Copy)]
struct Picked {
    tests: RwSignal<Vec<Test>>,
    join: RwSignal<Join>,
    source: RwSignal<String>,
    /// The expression can be picked.
    fits: RwSignal<bool>,
}

impl Picked {
    fn open(source: &str) -> Self {
        let picked = Self {
            tests: RwSignal::default(),
            join: RwSignal::new(Join::All),
            source: RwSignal::default(),
            fits: RwSignal::new(true),
        };
        picked.write(source.to_owned());
        picked
    }

    /// Takes an expression as it is written.
    fn write(self, source: String) {
        let read = Condition::parse(&source);
        self.fits.set(read.is_some() || source.trim().is_empty());
        let read = read.unwrap_or(Condition { join: Join::All, tests: Vec::new() });
        self.join.set(read.join);
        self.tests.set(read.tests);
        self.source.set(source);
    }

    /// Changes what is picked, and the expression with it.
    fn pick(self, change: impl FnOnce(&mut Vec<Test>)) {
        self.tests.update(change);
        self.retell();
    }

    fn retell(self) {
        let (join, tests) = (self.join.get_untracked(), self.tests.get_untracked());
        let none = tests.is_empty();
        let source = Condition { join, tests }.write();
        self.source.set(if none { String::new() } else { source });
    }
}

/// The screen.
#[component]
pub fn ConditionEdit(
    /// The draft.
    desk: Desk,
    /// Whose condition.
    path: Path,
) -> View {
    let source = desk.draft.with_untracked(|draft| draft.field(&path, "relevant").to_owned());
    let picked = Picked::open(&source);
    let faults = RwSignal::new(Vec::<Fault>::new());
    let back = Screen::Item(path.clone());
    let address = back.address(&desk.id());
    let own = path.clone();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let source = picked.source.get_untracked();
        let source = source.trim();
        let fault = |words: String| faults.set(vec![Fault { field: "source".to_owned(), words }]);
        if !source.is_empty()
            && let Err(error) = survey::Expression::parse(source)
        {
            fault(error.to_string());
            return;
        }
        let value = (!source.is_empty()).then(|| json!(source));
        match desk.change(|draft| draft.set(&own, "relevant", value)) {
            Ok(()) => back.show(&desk.id()),
            Err(refusal) => {
                fault(desk.draft.with_untracked(|draft| refusal_words(draft, &refusal)));
            }
        }
    };
    let own = path.clone();
    let asked = desk.draft.with_untracked(|draft| questions(draft, &path));
    let first = asked.first().map(|(name, _)| name.clone());
    let none = first.is_none();
    let add = move |_| {
        let Some(question) = first.clone() else { return };
        let value = Literal::Text(String::new());
        picked.pick(|all| all.push(Test { question, comparison: Comparison::Answered, value }));
        let last = picked.tests.with_untracked(Vec::len).saturating_sub(1);
        request_animation_frame(move || {
            browser::focus(&format!("[id=\"question-{last}\"]"));
        });
    };
    let asked = StoredValue::new(asked);
    let join = Signal::derive(move || vec![join_name(picked.join.get()).to_owned()]);
    let joins = Signal::derive(|| {
        [(Join::All, key::STAFF_MAKE_JOIN_ALL), (Join::Any, key::STAFF_MAKE_JOIN_ANY)]
            .map(|(join, words)| (join_name(join).to_owned(), t(words)))
            .to_vec()
    });
    let title = Signal::derive(move || {
        let title = desk.draft.with(|draft| title_of(draft, &own));
        tf(key::STAFF_MAKE_CONDITION, &[("title", &title)])
    });
    view! {
        <Heading title back=address/>
        <ErrorSummary faults/>
        <form novalidate autocomplete="off" on:submit=submit>
            <div hidden=move || picked.fits.get()>
                <p class="govuk-inset-text">{words(key::STAFF_MAKE_BY_HAND)}</p>
            </div>
            <div hidden=move || !picked.fits.get()>
                <div hidden=move || picked.tests.with(Vec::len) < 2>
                    <Choices
                        id="join"
                        legend=label(key::STAFF_MAKE_JOIN)
                        options=joins
                        value=join
                        on_change=move |(name, _): (String, bool)| {
                            let any = name == join_name(Join::Any);
                            picked.join.set(if any { Join::Any } else { Join::All });
                            picked.retell();
                        }
                    />
                </div>
                {each(
                    move || (0..picked.tests.with(Vec::len)).collect(),
                    |index| *index,
                    move |index| view! { <Row desk picked asked index/> },
                )}
                <p class="govuk-body" hidden=!none>
                    {words(key::STAFF_MAKE_NOTHING_TO_ASK)}
                </p>
                <button
                    type="button"
                    id="add-test"
                    class="govuk-button govuk-button--secondary"
                    aria-disabled=none.then_some("true")
                    on:click=add
                >
                    {words(key::STAFF_MAKE_TEST_ADD)}
                </button>
            </div>
            <TextArea
                id="source"
                label=label(key::STAFF_MAKE_SOURCE)
                hint=label(key::STAFF_MAKE_EXPRESSION_HINT)
                value=picked.source
                on_input=move |text| picked.write(text)
                faults
                rows=3
            />
            <button class="govuk-button">{words(key::STAFF_MAKE_CONDITION_KEEP)}</button>
        </form>
    }
}

fn join_name(join: Join) -> &'static str {
    match join {
        Join::All => "all",
        Join::Any => "any",
    }
}

/// The questions whose answers can be tested: all but the one at hand and what it holds.
fn questions(draft: &Draft, own: &Path) -> Vec<Opt> {
    let entries = draft.entries().into_iter();
    let asked = entries.filter(|entry| {
        (is_answered(&entry.kind) || entry.kind == "calculate")
            && !is_group(&entry.kind)
            && !entry.path.is_in(own)
    });
    let option = |path: Path| Some((path.name()?.to_owned(), title_of(draft, &path)));
    asked.filter_map(|entry| option(entry.path)).collect()
}

/// The comparisons that make sense for a type of question.
fn comparisons(kind: &str) -> Vec<Opt> {
    let fits = |comparison: &Comparison| match comparison {
        Comparison::Answered | Comparison::Unanswered => true,
        Comparison::Includes | Comparison::Lacks => kind == "select_multiple",
        Comparison::Is | Comparison::IsNot => kind != "select_multiple" && kind != "rank",
        Comparison::Less | Comparison::AtMost | Comparison::Greater | Comparison::AtLeast => {
            matches!(kind, "integer" | "decimal" | "range" | "date" | "calculate")
        }
    };
    let option = |comparison: Comparison| {
        (
            comparison.name().to_owned(),
            t(match comparison {
                Comparison::Is => key::STAFF_MAKE_IS,
                Comparison::IsNot => key::STAFF_MAKE_IS_NOT,
                Comparison::Includes => key::STAFF_MAKE_INCLUDES,
                Comparison::Lacks => key::STAFF_MAKE_LACKS,
                Comparison::Less => key::STAFF_MAKE_LESS,
                Comparison::AtMost => key::STAFF_MAKE_AT_MOST,
                Comparison::Greater => key::STAFF_MAKE_GREATER,
                Comparison::AtLeast => key::STAFF_MAKE_AT_LEAST,
                Comparison::Answered => key::STAFF_MAKE_ANSWERED,
                Comparison::Unanswered => key::STAFF_MAKE_UNANSWERED,
            }),
        )
    };
    Comparison::ALL.into_iter().filter(fits).map(option).collect()
}

/// The value as the type of the question has it.
fn literal(kind: &str, typed: &str) -> Literal {
    let number = matches!(kind, "integer" | "decimal" | "range" | "calculate");
    if number && typed.trim().parse::<f64>().is_ok() {
        Literal::Number(typed.trim().to_owned())
    } else if kind == "date" {
        Literal::Date(typed.to_owned())
    } else {
        Literal::Text(typed.to_owned())
    }
}

/// The choices of a question, as the draft has them.
fn choices(draft: &Draft, question: &str) -> Vec<Opt> {
    let Some(path) = draft.find(question) else { return Vec::new() };
    let list = draft.field(&path, "list").to_owned();
    let names = draft.choices(&list).iter().filter_map(|choice| choice["name"].as_str());
    let option = |name: &str| {
        let place = Place::Choice { list: list.clone(), choice: name.to_owned() };
        (name.to_owned(), draft.text(&place, "label", draft.language()))
    };
    names.map(option).collect()
}

/// One test.
#[component]
fn Row(desk: Desk, picked: Picked, asked: StoredValue<Vec<Opt>>, index: usize) -> View {
    let test = Memo::new(move |_| picked.tests.with(|tests| tests.get(index).cloned()));
    let question = Memo::new(move |_| test.get().map(|it| it.question).unwrap_or_default());
    let kind = Memo::new(move |_| {
        desk.draft.with(|draft| {
            let path = draft.find(&question.get());
            path.map(|path| draft.field(&path, "type").to_owned()).unwrap_or_default()
        })
    });
    let comparison = Memo::new(move |_| test.get().map(|it| it.comparison));
    let value = Signal::derive(move || {
        test.get().map(|it| it.value.words().to_owned()).unwrap_or_default()
    });
    let change = move |set: &dyn Fn(&mut Test)| {
        picked.pick(|tests| {
            if let Some(test) = tests.get_mut(index) {
                set(test);
            }
        });
    };
    // The value that a comparison begins with: the first choice, or nothing yet.
    let first = move |question: &str, kind: &str| {
        let choices = desk.draft.with_untracked(|draft| choices(draft, question));
        literal(kind, choices.first().map(|(name, _)| name.as_str()).unwrap_or_default())
    };
    let to_question = move |name: String| {
        change(&|test| {
            test.question = name.clone();
            test.comparison = Comparison::Answered;
            test.value = Literal::Text(String::new());
        });
    };
    let to_comparison = move |name: String| {
        let Some(new) = Comparison::ALL.into_iter().find(|it| it.name() == name) else {
            return;
        };
        let (question, kind) = (question.get_untracked(), kind.get_untracked());
        change(&|test| {
            if new.takes_value() && !test.comparison.takes_value() {
                test.value = first(&question, &kind);
            }
            test.comparison = new;
        });
    };
    let to_value = move |typed: String| {
        let kind = kind.get_untracked();
        change(&|test| test.value = literal(&kind, &typed));
    };
    let takes = Memo::new(move |_| comparison.get().is_some_and(Comparison::takes_value));
    let field = move || {
        if !takes.get() {
            return View::of(());
        }
        let id = format!("value-{index}");
        let label = label(key::STAFF_MAKE_VALUE);
        if takes_choices(&kind.get()) {
            let options =
                Signal::derive(move || desk.draft.with(|draft| choices(draft, &question.get())));
            return view! { <Select id label options value on_change=to_value/> };
        }
        match kind.get().as_str() {
            "date" => view! { <WhenField id label kind="date" value on_input=to_value/> },
            _ => view! { <TextField id label value on_input=to_value/> },
        }
    };
    let number = (index + 1).to_string();
    let heading = move || tf(key::STAFF_MAKE_TEST, &[("n", &number)]);
    view! {
        <fieldset class="govuk-fieldset ct-row">
            <legend class="govuk-fieldset__legend govuk-fieldset__legend--s">{heading.clone()}</legend>
            <div class="ct-row__fields">
                <Select
                    id=format!("question-{index}")
                    label=label(key::STAFF_MAKE_QUESTION)
                    options=Signal::derive(move || asked.get_value())
                    value=question
                    on_change=to_question
                />
                <Select
                    id=format!("comparison-{index}")
                    label=label(key::STAFF_MAKE_COMPARISON)
                    options=Signal::derive(move || comparisons(&kind.get()))
                    value=Signal::derive(move || {
                        comparison.get().map(|it| it.name().to_owned()).unwrap_or_default()
                    })
                    on_change=to_comparison
                />
                {field}
            </div>
            <button
                type="button"
                class="govuk-button govuk-button--secondary"
                on:click=move |_| {
                    picked
                        .pick(|tests| {
                            if index < tests.len() {
                                tests.remove(index);
                            }
                        });
                    browser::focus("#add-test");
                }
            >
                {words(key::STAFF_ROW_REMOVE)}
                <span class="govuk-visually-hidden">": " {heading}</span>
            </button>
        </fieldset>
    }
}
