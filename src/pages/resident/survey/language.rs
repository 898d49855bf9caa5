//! The language a survey is read in: one of the app's, or another one that its form is written in.
//!
//! One control has them all, in the header. A language that the app does not speak changes the questions; the buttons
//! around them stay in the language they were in.

use crate::view::{CollectView, View, view};
use js_sys::JsString;
use leptos::prelude::*;
use survey::Definition;

use crate::locale::{self, LANGUAGES, key, label};

thread_local! {
    /// The languages of the form that the app does not have: tag and name. Not in a context, as in [`locale`].
    static OFFERED: ArcRwSignal<Vec<(String, String)>> = ArcRwSignal::default();
    /// All languages of the form, its own first.
    static WRITTEN: ArcRwSignal<Vec<String>> = ArcRwSignal::default();
    /// Which of the [`OFFERED`] is on the screen, if one is.
    static OWN: ArcRwSignal<Option<String>> = ArcRwSignal::default();
}

/// The language that questions are shown in; tracked.
pub fn spoken() -> String {
    own().unwrap_or_else(|| locale::language().to_owned())
}

/// A language that only the form has, if it is on the screen; tracked.
pub fn own() -> Option<String> {
    OWN.with(Get::get)
}

/// The language that questions are in where the page's is another: a form that lacks the app's language shows its own.
/// Tracked; for the attribute `lang`.
pub fn marked() -> Option<String> {
    own().or_else(|| {
        let app = locale::language();
        WRITTEN.with(|written| {
            written.with(|written| {
                let lacks = written.iter().all(|tag| tag != app);
                written.first().filter(|_| lacks).cloned()
            })
        })
    })
}

/// Whether the questions are written from right to left; tracked. For the attribute `dir`.
pub fn direction() -> Option<&'static str> {
    let marked = marked()?;
    let tag = marked.split('-').next().unwrap_or_default();
    Some(if ["ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"].contains(&tag) {
        "rtl"
    } else {
        "ltr"
    })
}

/// Offers the languages of a form beside the app's.
pub fn offer(definition: &Definition) {
    let own = |tag: &&String| LANGUAGES.iter().all(|language| language.tag != tag.as_str());
    let named = |tag: &String| {
        let written = definition.language_names.get(tag).cloned();
        let name = written.or_else(|| locale::name_of(tag, tag).map(|name| capital(&name, tag)));
        (tag.clone(), name.unwrap_or_else(|| tag.clone()))
    };
    let offered: Vec<_> = definition.languages.iter().filter(own).map(named).collect();
    WRITTEN.with(|written| written.set(definition.languages.clone()));
    OFFERED.with(|signal| {
        if signal.with_untracked(|before| *before != offered) {
            signal.set(offered);
        }
    });
}

/// A language's name with a capital letter, as the app's own languages have it: many do not begin so by themselves.
fn capital(name: &str, tag: &str) -> String {
    let mut letters = name.chars();
    let first: String = letters.by_ref().take(1).collect();
    let first = JsString::from(first).to_locale_upper_case(Some(tag));
    format!("{}{}", String::from(first), letters.as_str())
}

/// Shows a language by its tag, if it is one of the app's or of the form's.
pub fn speak(tag: &str) {
    match LANGUAGES.iter().find(|language| language.tag == tag) {
        Some(language) => {
            OWN.with(|own| own.set(None));
            locale::choose(*language);
        }
        None => OWN.with(|own| own.set((!tag.is_empty()).then(|| tag.to_owned()))),
    }
}

/// Shows questions in one of these languages of their form, whatever language the page is in; none leaves them in the page's.
pub fn read_in(tag: Option<&str>, written: &[&str]) {
    WRITTEN.with(|all| all.set(written.iter().map(|&tag| tag.to_owned()).collect()));
    OWN.with(|own| own.set(tag.map(str::to_owned)));
}

/// The next person begins in the app's own language.
pub fn forget() {
    if OWN.with(|own| own.with_untracked(Option::is_some)) {
        OWN.with(|own| own.set(None));
    }
    locale::choose(LANGUAGES[0]);
}

/// The languages in the header.
#[component]
pub fn Languages() -> View {
    let button = |(tag, name): (String, String)| {
        let (own, pressed) = (tag.clone(), tag.clone());
        view! {
            <li>
                <button
                    type="button"
                    class="ct-header__link"
                    id=format!("language-{tag}")
                    lang=tag
                    aria-pressed=move || (spoken() == pressed).to_string()
                    on:click=move |_| speak(&own)
                >
                    {name}
                </button>
            </li>
        }
    };
    let all = move || {
        let apps = LANGUAGES.iter().map(|it| (it.tag.to_owned(), it.name.to_owned()));
        apps.chain(OFFERED.with(Get::get)).map(button).collect_view()
    };
    view! {
        <nav class="ct-header__languages" aria-label=label(key::LANGUAGE)>
            <ul class="ct-header__list">{all}</ul>
        </nav>
    }
}
