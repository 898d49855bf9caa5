//! When a question is asked, when it must be answered, which answers are good: picked as question, comparison and
//! value, or written as an expression.

use crate::view::{View, each, view};
use leptos::prelude::*;
use serde_json::json;
use survey::draft::{
    Comparison, Condition, Draft, Entry, Join, Literal, OWN, Path, Place, Test, is_answered,
    is_group, takes_choices,
};

use super::{
    Heading,
    desk::{Desk, refusal_words, title_of},
    expression::ExpressionField,
    screen::{Decides, Screen},
};
use crate::{
    components::{
        choices::Choices,
        field::{ErrorSummary, Fault, TextField},
        select::{Opt, Select},
        when_field::{HALF_TYPED, WhenField},
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

    /// What is picked and has no value yet, or not a number where one is wanted.
    fn unfinished(self, desk: Desk, own: &Path) -> Vec<Fault> {
        let fault = |(index, test): (usize, &Test)| {
            let kind = desk.draft.with_untracked(|draft| kind_of(draft, own, &test.question));
            let words = test.value.words().trim();
            let number = matches!(test.value, Literal::Number(_));
            let words = if !test.comparison.takes_value() {
                return None;
            } else if words.is_empty() || words == HALF_TYPED {
                key::STAFF_MAKE_VALUE_MISSING
            } else if wants_number(&kind, test.comparison) && !number {
                key::STAFF_MAKE_VALUE_NUMBER
            } else {
                return None;
            };
            let words = tf(words, &[("n", &(index + 1).to_string())]);
            Some(Fault { field: format!("value-{index}"), words })
        };
        self.tests.with_untracked(|tests| tests.iter().enumerate().filter_map(fault).collect())
    }

    fn retell(self) {
        let (join, tests) = (self.join.get_untracked(), self.tests.get_untracked());
        let none = tests.is_empty();
        let source = Condition { join, tests }.write();
        self.source.set(if none { String::new() } else { source });
    }
}

/// What the screen says, by what the condition decides.
fn heading_of(decides: Decides) -> crate::locale::Key {
    match decides {
        Decides::Asked => key::STAFF_MAKE_CONDITION,
        Decides::Needed => key::STAFF_MAKE_NEEDED,
        Decides::Good => key::STAFF_MAKE_GOOD,
    }
}

fn help_of(decides: Decides) -> crate::locale::Key {
    match decides {
        Decides::Asked => key::STAFF_MAKE_CONDITION_NONE,
        Decides::Needed => key::STAFF_MAKE_NEEDED_NONE,
        Decides::Good => key::STAFF_MAKE_GOOD_NONE,
    }
}

/// The screen.
#[component]
pub fn ConditionEdit(
    /// The draft.
    desk: Desk,
    /// Whose condition.
    path: Path,
    /// What it decides.
    decides: Decides,
) -> View {
    let field = decides.field();
    let source = desk.draft.with_untracked(|draft| draft.field(&path, field).to_owned());
    let picked = Picked::open(&source);
    let faults = RwSignal::new(Vec::<Fault>::new());
    let back = Screen::Item(path.clone());
    let address = back.address(&desk.id());
    let own = path.clone();
    let asked = desk.draft.with_untracked(|draft| questions(draft, &path, decides));
    let asked = StoredValue::new(asked);
    let take = move || {
        let unfinished = picked.unfinished(desk, &own);
        if !unfinished.is_empty() {
            faults.set(unfinished);
            return false;
        }
        let source = picked.source.get_untracked();
        let source = source.trim();
        let fault = |words: String| faults.set(vec![Fault { field: "source".to_owned(), words }]);
        if !source.is_empty()
            && let Err(error) = survey::Expression::parse(source)
        {
            fault(error.to_string());
            return false;
        }
        let value = match (source, decides) {
            // Where it must be answered, it must be always.
            ("", Decides::Needed) => Some(json!(true)),
            ("", _) => None,
            _ => Some(json!(source)),
        };
        match desk.change(|draft| draft.set(&own, field, value)) {
            Ok(()) => true,
            Err(refusal) => {
                fault(desk.draft.with_untracked(|draft| refusal_words(draft, &refusal)));
                false
            }
        }
    };
    let (before, keep) = (source.clone(), take.clone());
    // What was only looked at stays as it was.
    desk.keep_with(move || picked.source.with_untracked(|now| *now == before) || keep());
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if take() {
            back.show(&desk.id());
        }
    };
    let none = asked.with_value(Vec::is_empty);
    let own = path.clone();
    let add = move |_| {
        let Some(question) = asked.with_value(|all| all.first().map(|(name, _)| name.clone()))
        else {
            return;
        };
        let kind = desk.draft.with_untracked(|draft| kind_of(draft, &own, &question));
        let comparison = comparisons_of(&kind, question == OWN).next();
        let Some(comparison) = comparison else { return };
        let value = first_value(desk, &own, &question, &kind, comparison);
        picked.pick(|all| all.push(Test { question, comparison, value }));
        let last = picked.tests.with_untracked(Vec::len).saturating_sub(1);
        request_animation_frame(move || {
            browser::focus(&format!("[id=\"question-{last}\"]"));
        });
    };
    let join = Signal::derive(move || vec![join_name(picked.join.get()).to_owned()]);
    let joins = Signal::derive(|| {
        [(Join::All, key::STAFF_MAKE_JOIN_ALL), (Join::Any, key::STAFF_MAKE_JOIN_ANY)]
            .map(|(join, words)| (join_name(join).to_owned(), t(words)))
            .to_vec()
    });
    let own = path.clone();
    let title = Signal::derive(move || {
        let title = desk.draft.with(|draft| title_of(draft, &own));
        tf(heading_of(decides), &[("title", &title)])
    });
    // What is wrong with what is stored stands at its field, until it is written otherwise.
    let stored = Place::Item(path.clone());
    let shown = Signal::derive(move || {
        let mut all = faults.get();
        if picked.source.with(|now| *now == source) {
            let wrong = desk.wrong.get().into_iter();
            let wrong = wrong.filter(|it| it.place == stored && it.field == field);
            all.extend(wrong.map(|it| Fault { field: "source".to_owned(), words: it.words }));
        }
        all
    });
    let row_path = path.clone();
    view! {
        <Heading title back=address/>
        <ErrorSummary faults/>
        <form class="ct-item" novalidate autocomplete="off" on:submit=submit>
            <div hidden=move || picked.fits.get()>
                <p class="govuk-inset-text">{words(key::STAFF_MAKE_BY_HAND)}</p>
            </div>
            <div hidden=move || !picked.fits.get()>
                <p class="govuk-body" hidden=move || picked.tests.with(|tests| !tests.is_empty())>
                    {words(help_of(decides))}
                </p>
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
                    move |index| {
                        let own = row_path.clone();
                        view! { <Row desk own picked asked index faults/> }
                    },
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
            <ExpressionField
                desk
                path
                id="source"
                label=label(key::STAFF_MAKE_SOURCE)
                hint=label(match decides {
                    Decides::Good => key::STAFF_MAKE_CONSTRAINT_HINT,
                    _ => key::STAFF_MAKE_EXPRESSION_HINT,
                })
                value=picked.source
                on_input=move |text| picked.write(text)
                faults=shown
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

/// The questions whose answers can be tested: all but what the item holds, and the answer itself where it is judged.
fn questions(draft: &Draft, own: &Path, decides: Decides) -> Vec<Opt> {
    let entries = draft.entries();
    let here = entries.iter().position(|entry| entry.path == *own);
    let asked = entries.into_iter().enumerate().filter(|(_, entry)| {
        (is_answered(&entry.kind) || entry.kind == "calculate")
            && !is_group(&entry.kind)
            && !entry.path.is_in(own)
            && !draft.is_row_of_labels(&entry.path)
    });
    let option = |(at, entry): (usize, Entry)| {
        let title = title_of(draft, &entry.path);
        let later = is_answered(&entry.kind) && here.is_some_and(|here| at > here);
        let title =
            if later { tf(key::STAFF_MAKE_ASKED_LATER, &[("title", &title)]) } else { title };
        Some((entry.path.name()?.to_owned(), title))
    };
    let judged = decides == Decides::Good
        && comparisons_of(&kind_of(draft, own, OWN), true).next().is_some();
    let this = judged.then(|| (OWN.to_owned(), t(key::STAFF_MAKE_THIS)));
    this.into_iter().chain(asked.filter_map(option)).collect()
}

/// The type of the question that a test asks about.
fn kind_of(draft: &Draft, own: &Path, question: &str) -> String {
    let path = if question == OWN { Some(own.clone()) } else { draft.find(question) };
    path.map(|path| draft.field(&path, "type").to_owned()).unwrap_or_default()
}

/// The comparisons that make sense for a type of question. What judges an answer is asked only of one that is there.
fn comparisons_of(kind: &str, own: bool) -> impl Iterator<Item = Comparison> {
    use Comparison::*;
    let several = matches!(kind, "select_multiple" | "rank");
    let sent = matches!(kind, "image" | "audio" | "video" | "file" | "geopoint");
    let counted = matches!(kind, "integer" | "decimal" | "range" | "date" | "calculate");
    let fits = move |comparison: &Comparison| match comparison {
        Answered | Unanswered => !own,
        Includes | Lacks => kind == "select_multiple",
        PickedAtMost | PickedAtLeast => kind == "select_multiple",
        Is | IsNot => !several && !sent,
        Less | AtMost | Greater | AtLeast => counted,
        LengthAtMost | LengthAtLeast => kind == "text",
        ByToday | FromToday => kind == "date",
    };
    // The first one is what a new condition begins with: the most usual of each.
    let order = if own {
        [AtLeast, AtMost, ByToday, FromToday, PickedAtMost, LengthAtMost].to_vec()
    } else {
        vec![Answered]
    };
    let first: Vec<_> = order.into_iter().filter(fits).collect();
    let rest = Comparison::ALL.into_iter().filter(fits);
    let rest: Vec<_> = rest.filter(|it| !first.contains(it)).collect();
    first.into_iter().chain(rest)
}

fn comparisons(kind: &str, own: bool) -> Vec<Opt> {
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
                Comparison::PickedAtMost => key::STAFF_MAKE_PICKED_AT_MOST,
                Comparison::PickedAtLeast => key::STAFF_MAKE_PICKED_AT_LEAST,
                Comparison::LengthAtMost => key::STAFF_MAKE_LENGTH_AT_MOST,
                Comparison::LengthAtLeast => key::STAFF_MAKE_LENGTH_AT_LEAST,
                Comparison::ByToday => key::STAFF_MAKE_BY_TODAY,
                Comparison::FromToday => key::STAFF_MAKE_FROM_TODAY,
            }),
        )
    };
    comparisons_of(kind, own).map(option).collect()
}

/// Whether what a test compares with must be a number.
fn wants_number(kind: &str, comparison: Comparison) -> bool {
    comparison.takes_count() || matches!(kind, "integer" | "decimal" | "range")
}

/// The value as the comparison has it.
fn literal(kind: &str, comparison: Comparison, typed: &str) -> Literal {
    let number = wants_number(kind, comparison) || kind == "calculate";
    if number && typed.trim().parse::<f64>().is_ok_and(f64::is_finite) {
        Literal::Number(typed.trim().to_owned())
    } else if kind == "date" {
        Literal::Date(typed.to_owned())
    } else {
        Literal::Text(typed.to_owned())
    }
}

/// The value that a comparison begins with: the first choice, or nothing yet.
fn first_value(desk: Desk, own: &Path, question: &str, kind: &str, by: Comparison) -> Literal {
    let choices = desk.draft.with_untracked(|draft| choices(draft, own, question));
    let first = choices.first().map(|(name, _)| name.as_str());
    let first = first.filter(|_| by.takes_value() && !by.takes_count());
    if by.takes_value() {
        literal(kind, by, first.unwrap_or_default())
    } else {
        literal("", by, "")
    }
}

/// The choices of a question, as the draft has them.
fn choices(draft: &Draft, own: &Path, question: &str) -> Vec<Opt> {
    let path = if question == OWN { Some(own.clone()) } else { draft.find(question) };
    let Some(path) = path else { return Vec::new() };
    let list = draft.field(&path, "list").to_owned();
    let names = draft.choices(&list).iter().filter_map(|choice| choice["name"].as_str());
    let option = |name: &str| {
        let place = Place::Choice { list: list.clone(), choice: name.to_owned() };
        (name.to_owned(), draft.title(&place))
    };
    names.map(option).collect()
}

/// One test.
#[component]
fn Row(
    desk: Desk,
    own: Path,
    picked: Picked,
    asked: StoredValue<Vec<Opt>>,
    index: usize,
    faults: RwSignal<Vec<Fault>>,
) -> View {
    let test = Memo::new(move |_| picked.tests.with(|tests| tests.get(index).cloned()));
    let question = Memo::new(move |_| test.get().map(|it| it.question).unwrap_or_default());
    let at = StoredValue::new(own);
    let kind = Memo::new(move |_| {
        let question = question.get();
        desk.draft.with(|draft| at.with_value(|own| kind_of(draft, own, &question)))
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
    let first = move |question: &str, kind: &str, by: Comparison| {
        at.with_value(|own| first_value(desk, own, question, kind, by))
    };
    let to_question = move |name: String| {
        let kind =
            desk.draft.with_untracked(|draft| at.with_value(|own| kind_of(draft, own, &name)));
        let Some(by) = comparisons_of(&kind, name == OWN).next() else { return };
        change(&|test| {
            test.question = name.clone();
            test.comparison = by;
            test.value = first(&name, &kind, by);
        });
    };
    let to_comparison = move |name: String| {
        let Some(new) = Comparison::ALL.into_iter().find(|it| it.name() == name) else {
            return;
        };
        let (question, kind) = (question.get_untracked(), kind.get_untracked());
        change(&|test| {
            let like = |it: Comparison| (it.takes_value(), it.takes_count());
            if like(new) != like(test.comparison) {
                test.value = first(&question, &kind, new);
            }
            test.comparison = new;
        });
    };
    let to_value = move |typed: String| {
        let kind = kind.get_untracked();
        change(&|test| test.value = literal(&kind, test.comparison, &typed));
    };
    // Which field the value is written in; it is drawn anew only when that changes.
    let input = Memo::new(move |_| {
        let comparison = comparison.get().filter(|it| it.takes_value())?;
        let kind = kind.get();
        Some(match kind.as_str() {
            _ if wants_number(&kind, comparison) => "number",
            kind if takes_choices(kind) => "choice",
            "date" => "date",
            _ => "text",
        })
    });
    let field = move || {
        let id = format!("value-{index}");
        let label = label(key::STAFF_MAKE_VALUE);
        match input.get() {
            None => View::of(()),
            Some("choice") => {
                let options = Signal::derive(move || {
                    let question = question.get();
                    desk.draft.with(|draft| at.with_value(|own| choices(draft, own, &question)))
                });
                view! { <Select id label options value on_change=to_value/> }
            }
            Some("date") => {
                view! { <WhenField id label kind="date" value on_input=to_value faults/> }
            }
            Some("number") => view! {
                <TextField
                    id
                    label
                    value
                    on_input=to_value
                    faults
                    inputmode="decimal"
                    width="govuk-input--width-10"
                />
            },
            Some(_) => view! { <TextField id label value on_input=to_value faults/> },
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
                    options=Signal::derive(move || comparisons(&kind.get(), question.get() == OWN))
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
                    faults.set(Vec::new());
                    browser::focus("#add-test");
                }
            >
                {words(key::STAFF_ROW_REMOVE)}
                <span class="govuk-visually-hidden">": " {heading}</span>
            </button>
        </fieldset>
    }
}
