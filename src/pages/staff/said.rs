//! What people wrote: a list with a search, the words used most, and the themes that staff give each answer.

use std::collections::BTreeMap;

use crate::view::{CollectView, View, each, view};
use leptos::prelude::*;
use model::{
    Collection, Hash, Key,
    results::{Asked, Group},
    wire::{AnswerThemes, ThemesPatch},
};
use wasm_bindgen_futures::spawn_local;

use super::{
    bars::{Bar, Bars, apart_words},
    downloads::Downloads,
    filters::Whom,
    groups::Compared,
    live::words_for,
    sheet::Chart,
};
use crate::{
    components::{field::TextField, select::Select},
    locale::{content, key, label, t, tf, words},
    pages::resident::events::options,
    store::Store,
};

/// Words that are offered as a search, of those that people used most.
const OFTEN: usize = 12;
/// Answers that are shown at first, and more of them at each touch: hundreds are no list that anybody reads.
const SHOWN: usize = 30;
/// Letters of a word that is offered: shorter ones are "the" and "and".
const LETTERS: usize = 4;
/// The choice of a list that means "without any theme"; no id of a theme has a space.
const NONE: &str = "no theme";

fn words_in(text: &str) -> impl Iterator<Item = String> {
    let cut = text.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’');
    cut.filter(|word| word.chars().count() >= LETTERS).map(str::to_lowercase)
}

/// Whether `answer` has the word whose folded form is `folded`: "park" is no part of "parking".
fn has_word(answer: &str, folded: &str) -> bool {
    words_in(answer).any(|word| search::folded(&word) == folded)
}

/// The words that most answers use, each with the number of answers that have it.
fn most_used(answers: &[String]) -> Vec<(String, usize)> {
    // Under its folded form what is written in several ways is one word: it is offered as it was first written.
    let mut counts: BTreeMap<String, (String, usize)> = BTreeMap::new();
    for answer in answers {
        let own: BTreeMap<String, String> =
            words_in(answer).map(|word| (search::folded(&word), word)).collect();
        for (folded, word) in own {
            counts.entry(folded).or_insert((word, 0)).1 += 1;
        }
    }
    counts.retain(|_, (_, count)| *count > 1);
    let mut counts: Vec<_> = counts.into_values().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts.truncate(OFTEN);
    counts
}

/// One answer with its themes, if it can have any.
type Said = (String, Option<AnswerThemes>);

/// Answers in people's own words, newest first.
#[component]
pub fn Words(
    /// Which survey.
    survey: Key,
    /// The question.
    asked: Memo<Asked>,
    /// Out of how many: "48 answers".
    base: Signal<String>,
    /// How many answers have each theme.
    rows: Signal<Vec<Bar>>,
    /// A line that names the themes whose numbers are hidden, if they are many.
    hidden: Signal<Option<String>>,
    /// "Prefer not to say" and its number.
    apart: Signal<Vec<(String, Option<u64>)>>,
    /// The fewest people that a figure rests on.
    fewest: u64,
    /// What was asked.
    title: Signal<String>,
    /// The groups that are compared.
    groups: Memo<Vec<Group>>,
    /// The themes as a chart.
    drawing: Memo<Chart>,
    /// What the charts' files are called.
    name: String,
    /// Whom the page shows.
    whom: Whom,
    /// Called when an answer has got or lost a theme.
    changed: Callback<()>,
) -> View {
    let store = Store::get();
    let path = asked.get_untracked().path;
    let sought = RwSignal::new(String::new());
    // A word that was pressed is looked for as a whole, unlike what is typed: so its button tells what it shows.
    let pressed = RwSignal::new(None::<String>);
    let theme = RwSignal::new(String::new());
    let most = RwSignal::new(SHOWN);
    let all = Memo::new(move |_| {
        asked.with(|asked| {
            let mut about = asked.about.iter().cloned();
            let words = asked.words.as_ref()?.iter();
            Some(words.map(|words| (words.clone(), about.next())).collect::<Vec<Said>>())
        })
    });
    let fits_theme = move |about: &Option<AnswerThemes>| {
        let themes = about.as_ref().map(|about| about.themes.as_slice()).unwrap_or_default();
        theme.with(|theme| match theme.as_str() {
            "" => true,
            NONE => themes.is_empty(),
            theme => themes.iter().any(|own| own.as_str() == theme),
        })
    };
    let found = Memo::new(move |_| {
        let needle = search::folded(&sought.get());
        let parts: Vec<&str> = needle.split_whitespace().collect();
        let word = pressed.get().map(|word| search::folded(&word));
        let fits = |(answer, about): &Said| {
            let has_word = word.as_ref().is_none_or(|word| has_word(answer, word));
            let answer = search::folded(answer);
            has_word && fits_theme(about) && parts.iter().all(|part| answer.contains(part))
        };
        all.get().unwrap_or_default().into_iter().filter(fits).collect::<Vec<_>>()
    });
    let is_longer = Memo::new(move |_| found.with(Vec::len) > most.get());
    let often = Memo::new(move |_| {
        let words = all.get().unwrap_or_default().into_iter().map(|(words, _)| words);
        most_used(&words.collect::<Vec<_>>())
    });
    let is_withheld = Memo::new(move |_| all.with(Option::is_none));
    // Before an answer has a theme, and while few have any, there is nothing to see.
    let is_counted = Memo::new(move |_| {
        rows.with(|rows| rows.iter().any(|bar| bar.count.is_some_and(|count| count > 0)))
    });
    let has_themes = Memo::new(move |_| asked.with(|asked| !asked.about.is_empty()));
    // A theme that few answers have is no filter: the list would count what the table hides.
    let theme_options = Signal::derive(move || {
        let every = [
            (String::new(), t(key::EVERY_THEME)),
            (NONE.to_owned(), t(key::STAFF_RESULT_NO_THEME)),
        ];
        let told = asked.with(|asked| {
            let told = asked.rows.iter().filter(|row| row.count.is_some_and(|count| count > 0));
            told.map(|row| (row.value.clone(), content(&row.label))).collect::<Vec<_>>()
        });
        every.into_iter().chain(told).collect::<Vec<_>>()
    });
    let chip = move |(word, count): (String, usize)| {
        let words = format!("{word} ({count})");
        let own = word.clone();
        let is_pressed = Memo::new(move |_| pressed.with(|pressed| *pressed == Some(own.clone())));
        view! {
            <li>
                <button
                    type="button"
                    class="govuk-button govuk-button--secondary"
                    aria-pressed=move || if is_pressed.get() { "true" } else { "false" }
                    on:click=move |_| {
                        pressed.set((!is_pressed.get()).then(|| word.clone()));
                    }
                >
                    {words}
                </button>
            </li>
        }
    };
    let shown = move || {
        let is_sought = sought.with(|sought| !sought.trim().is_empty());
        if found.with(Vec::is_empty) && (is_sought || pressed.with(Option::is_some)) {
            return t(key::STAFF_RESULT_SEARCH_NONE);
        }
        let all = all.with(|all| all.as_ref().map_or(0, Vec::len));
        tf(
            key::STAFF_RESULT_SHOWN,
            &[("n", &found.with(Vec::len).min(most.get()).to_string()), ("all", &all.to_string())],
        )
    };
    let caption = Signal::derive(|| t(key::STAFF_RESULT_THEMES));
    let themes = Memo::new(move |_| options(store, key::EVERY_THEME, Collection::Theme));
    let (search, filter) = (format!("search-{path}"), format!("theme-{path}"));
    view! {
        <p class="govuk-body">{base}</p>
        <p class="govuk-body">{move || apart_words(apart.get())}</p>
        {move || {
            if is_withheld.get() {
                let fewest = fewest.to_string();
                return view! {
                    <p class="govuk-body">
                        {tf(key::STAFF_RESULT_WORDS_HIDDEN, &[("n", &fewest)])}
                    </p>
                };
            }
            let (survey, search, filter) = (survey.clone(), search.clone(), filter.clone());
            let name = name.clone();
            let answer = move |(words, about): Said| {
                let survey = survey.clone();
                view! {
                    <li>
                        <blockquote class="ct-words">{words}</blockquote>
                        {about
                            .map(|about| view! { <Themes survey about themes all changed/> })}
                    </li>
                }
            };
            view! {
                {move || {
                    is_counted
                        .get()
                        .then(|| {
                            view! {
                                <h4 class="govuk-heading-s">{words(key::STAFF_RESULT_THEMES)}</h4>
                                <Bars caption base rows apart=Vec::new()/>
                                {move || {
                                    hidden.get().map(|line| view! { <p class="govuk-body">{line}</p> })
                                }}
                                <Downloads drawing name=name.clone() of=title/>
                                <Compared asked groups name=name.clone() whom/>
                            }
                        })
                }}
                <div class="no-print">
                    <TextField
                        id=search
                        label=label(key::STAFF_RESULT_SEARCH)
                        value=sought
                        on_input=move |text: String| sought.set(text)
                    />
                    {move || {
                        has_themes
                            .get()
                            .then(|| {
                                view! {
                                    <Select
                                        id=filter.clone()
                                        label=label(key::FILTER_THEME)
                                        options=theme_options
                                        value=theme
                                        on_change=move |id: String| theme.set(id)
                                    />
                                }
                            })
                    }}
                    <p class="govuk-body">{words(key::STAFF_RESULT_OFTEN)}</p>
                    <ul class="govuk-list ct-often">
                        {move || often.get().into_iter().map(chip).collect_view()}
                    </ul>
                </div>
                <p class="govuk-body" role="status">
                    {shown}
                </p>
                <ul class="ct-said">
                    {each(
                        move || found.get().into_iter().take(most.get()).collect::<Vec<_>>(),
                        |(words, about)| {
                            about
                                .as_ref()
                                .map_or_else(|| words.clone(), |about| about.answer.to_string())
                        },
                        answer,
                    )}
                </ul>
                {move || {
                    is_longer
                        .get()
                        .then(|| {
                            view! {
                                <button
                                    type="button"
                                    class="govuk-button govuk-button--secondary no-print"
                                    on:click=move |_| most.update(|most| *most += SHOWN)
                                >
                                    {words(key::SHOW_MORE)}
                                </button>
                            }
                        })
                }}
            }
        }}
    }
}

/// What one answer is about, and a form to change it. It keeps its place while the list is read anew.
#[component]
fn Themes(
    survey: Key,
    /// The answer as it was first shown.
    about: AnswerThemes,
    /// Every theme; the first line stands for all.
    themes: Memo<Vec<(String, String)>>,
    /// All answers as the server tells them now.
    all: Memo<Option<Vec<Said>>>,
    changed: Callback<()>,
) -> View {
    let store = Store::get();
    let answer = about.answer;
    let said = RwSignal::new(about.themes);
    let open = RwSignal::new(false);
    let trouble = RwSignal::new(None::<String>);
    // Somebody else may sort the same answers.
    Effect::new(move || {
        let now = all.with(|all| {
            let own =
                |(_, about): &Said| about.as_ref().filter(|about| about.answer == answer).cloned();
            all.as_ref().and_then(|all| all.iter().find_map(own))
        });
        if let Some(now) = now
            && said.with_untracked(|said| *said != now.themes)
        {
            said.set(now.themes);
        }
    });
    let names = move || {
        themes.with(|themes| {
            said.with(|said| {
                let name = |id: &Key| {
                    let known = themes.iter().find(|(own, _)| own == id.as_str());
                    known.map_or_else(|| id.to_string(), |(_, name)| name.clone())
                };
                said.iter().map(name).collect::<Vec<_>>().join(", ")
            })
        })
    };
    let toggle = {
        let survey = survey.clone();
        move |theme: Key| {
            let has = said.with_untracked(|said| said.contains(&theme));
            let (give, take) = if has { (vec![], vec![theme]) } else { (vec![theme], vec![]) };
            let (survey, patch) = (survey.clone(), ThemesPatch { answer, give, take });
            spawn_local(async move {
                match store.sort_answer(&survey, &patch).await {
                    Ok(now) => {
                        trouble.try_set(None);
                        said.try_set(now.themes);
                        changed.try_run(());
                    }
                    Err(error) => {
                        trouble.try_set(Some(words_for(&error)));
                        // The box shows again what is true.
                        said.try_update(|_| ());
                    }
                }
            });
        }
    };
    let form = move || {
        let toggle = toggle.clone();
        let every =
            themes.get().into_iter().filter_map(|(id, name)| Some((Key::parse(&id)?, name)));
        let choice = move |(theme, name): (Key, String)| {
            let (own, id, toggle) = (theme.clone(), box_id(answer, &theme), toggle.clone());
            view! {
                <div class="govuk-checkboxes__item">
                    <input
                        class="govuk-checkboxes__input"
                        type="checkbox"
                        id=id.clone()
                        prop:checked=move || said.with(|said| said.contains(&own))
                        on:change=move |_| toggle(theme.clone())
                    />
                    <label class="govuk-label govuk-checkboxes__label" for=id>
                        {name}
                    </label>
                </div>
            }
        };
        view! {
            <fieldset class="govuk-fieldset">
                <legend class="govuk-visually-hidden">{words(key::STAFF_RESULT_THEMES_OF)}</legend>
                <div class="govuk-checkboxes govuk-checkboxes--small">
                    {every.map(choice).collect_view()}
                </div>
            </fieldset>
        }
    };
    view! {
        <p class="ct-card__meta">{names}</p>
        <div class="no-print">
            <button
                type="button"
                class="govuk-button govuk-button--secondary"
                aria-expanded=move || if open.get() { "true" } else { "false" }
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {words(key::STAFF_RESULT_THEMES_CHANGE)}
            </button>
            {move || open.get().then(form.clone())}
            <p role="status">{move || trouble.get()}</p>
        </div>
    }
}

fn box_id(answer: Hash, theme: &Key) -> String {
    format!("theme-{answer}-{theme}")
}
