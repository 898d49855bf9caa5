//! The frame around every page: the header, the quiet bar, the footer, the notices.

use crate::view::{CollectView, View, view};
use gloo::{events::EventListener, timers::callback::Timeout};
use leptos::prelude::*;
use model::Collection;

use crate::{
    components::notice::{Notice, Tone},
    locale::{self, LANGUAGES, content, key, label, t, tf, tn, words},
    platform::{browser, update},
    router,
    store::{Ready, Store},
    sync_loop::{Reach, Status},
};

/// Whether a new build of the app waits to be switched in.
#[derive(Clone, Copy)]
pub struct NewBuild(pub ReadSignal<bool>);

/// Whether somebody is filling in a form: then nothing switches or reloads the page.
#[derive(Clone, Copy)]
pub struct InForm(RwSignal<bool>);

impl InForm {
    /// Puts the signal into the context.
    pub fn provide() {
        provide_context(Self(RwSignal::new(false)));
    }

    /// The signal, to be set by whoever guards a form.
    pub fn get() -> RwSignal<bool> {
        expect_context::<Self>().0
    }
}

/// Milliseconds without a touch until a form asks if anybody is there: long enough to think, to
/// fetch glasses or to talk; short enough that the next person finds an empty form.
const IDLE: u32 = 5 * 60 * 1_000;
/// Milliseconds that the question waits for an answer.
const GRACE: u32 = 60 * 1_000;

/// Guards a form on a shared tablet while it holds answers: holds back a new build, asks before
/// the page is left, and clears it as [`Idle`] does.
#[component]
pub fn FormGuard(
    /// Whether the form holds anything.
    #[prop(into)]
    dirty: Signal<bool>,
    /// Clears the form.
    #[prop(into)]
    on_expire: Callback<()>,
) -> View {
    let in_form = InForm::get();
    Effect::new(move || {
        in_form.set(dirty.get());
        router::hold(dirty.get());
    });
    on_cleanup(move || {
        in_form.set(false);
        router::hold(false);
    });

    let leaving = EventListener::new_with_options(
        &browser::window(),
        "beforeunload",
        gloo::events::EventListenerOptions::enable_prevent_default(),
        move |event| {
            if dirty.get_untracked() {
                event.prevent_default();
            }
        },
    );
    let leaving = StoredValue::new_local(Some(leaving));
    on_cleanup(move || leaving.set_value(None));
    view! { <Idle dirty on_expire/> }
}

/// Clears what one person looked for, where no form guards itself: a search and a list can tell the next person more
/// about the one before than they would have said.
#[component]
pub fn Looking() -> View {
    let store = Store::get();
    let in_form = InForm::get();
    let in_support = || router::segments().first().is_some_and(|part| part == "support");
    let dirty = Memo::new(move |_| !in_form.get() && (in_support() || store.remembers_person()));
    let on_expire = move |()| {
        store.forget_person();
        router::go("/");
    };
    view! {
        <div class="ct-width no-print">
            <Idle dirty on_expire/>
        </div>
    }
}

/// After a while without a touch asks "Are you still there?", and then clears what somebody left.
#[component]
fn Idle(
    /// Whether somebody left anything.
    #[prop(into)]
    dirty: Signal<bool>,
    /// Clears it.
    #[prop(into)]
    on_expire: Callback<()>,
) -> View {
    let asking = RwSignal::new(false);
    let timer = StoredValue::new_local(None::<Timeout>);
    let arm = move || {
        asking.set(false);
        let armed = dirty.get_untracked().then(|| {
            Timeout::new(IDLE, move || {
                asking.set(true);
                request_animation_frame(|| {
                    browser::focus("#still-there");
                });
                timer.set_value(Some(Timeout::new(GRACE, move || {
                    asking.set(false);
                    locale::choose(LANGUAGES[0]);
                    on_expire.run(());
                })));
            })
        });
        timer.set_value(armed);
    };
    Effect::new(move || {
        dirty.track();
        arm();
    });
    let window = browser::window();
    let touched = ["input", "pointerdown", "keydown", "wheel"]
        .map(|name| EventListener::new(&window, name, move |_| arm()));
    let listeners = StoredValue::new_local(Some(touched));
    on_cleanup(move || {
        listeners.set_value(None);
        timer.set_value(None);
    });
    View::of(move || {
        asking.get().then(|| {
            view! {
                <div class="ct-notice ct-notice--warning" role="alertdialog" aria-labelledby="still-there" aria-describedby="still-there-text">
                    <h2 class="ct-notice__title" id="still-there" tabindex="-1">
                        {t(key::IDLE_TITLE)}
                    </h2>
                    <p id="still-there-text">{t(key::IDLE_TEXT)}</p>
                    <button type="button" class="govuk-button" on:click=move |_| arm()>
                        {t(key::IDLE_STAY)}
                    </button>
                </div>
            }
        })
    })
}

/// The header with its languages, and the bar that says where the tablet is and what waits.
#[component]
pub fn Header(
    /// The choice of a language.
    languages: fn() -> View,
) -> View {
    let store = Store::get();
    let name = move || {
        store.catalogue.with(|catalogue| {
            catalogue.site().map_or_else(|| t(key::PRODUCT), |site| content(&site.name))
        })
    };
    view! {
        <a href="#main" class="govuk-skip-link" on:click=|event| {
            event.prevent_default();
            browser::focus("main h1");
        }>
            {words(key::SKIP)}
        </a>
        <header class="ct-header no-print">
            <div class="ct-width ct-header__inner">
                <a href="/" class="ct-header__brand">
                    <svg class="ct-header__mark" viewBox="0 0 48 48" aria-hidden="true" focusable="false">
                        <path fill="#fff" d="M18 6a14 14 0 1 1-5.5 26.9L5 36l2-7.4A14 14 0 0 1 18 6z"></path>
                        <path fill="#f2b84b" d="M31 16a12 12 0 0 1 9 19.9L44 44l-8-5.1A12 12 0 1 1 31 16z"></path>
                        <path fill="#c9794a" d="M31.4 16A14 14 0 0 1 20.5 33.8 12 12 0 0 1 31.4 16z"></path>
                    </svg>
                    <span class="ct-header__name">{name}</span>
                </a>
                {languages()}
            </div>
        </header>
        <StatusBar/>
        <Notices/>
    }
}

/// The app's languages.
#[component]
pub fn Languages() -> View {
    let button = |language: locale::Language| {
        view! {
            <li>
                <button
                    type="button"
                    class="ct-header__link"
                    lang=language.tag
                    aria-pressed=move || (locale::language() == language.tag).to_string()
                    on:click=move |_| locale::choose(language)
                >
                    {language.name}
                </button>
            </li>
        }
    };
    view! {
        <nav class="ct-header__languages" aria-label=label(key::LANGUAGE)>
            <ul class="ct-header__list">{LANGUAGES.map(button).collect_view()}</ul>
        </nav>
    }
}

#[component]
fn StatusBar() -> View {
    let store = Store::get();
    let status = Status::get();
    let place = move || {
        let venue = store.tablet.with(|tablet| tablet.venue.clone());
        store
            .catalogue
            .with(|catalogue| Some(content(&catalogue.name(Collection::Venue, &venue?)?)))
    };
    let offline = move || matches!(status.reach.get(), Reach::Offline);
    let reach = move || match status.reach.get() {
        Reach::Unknown => String::new(),
        Reach::Online => t(key::STATUS_ONLINE),
        Reach::Offline => t(key::STATUS_OFFLINE),
        Reach::UpgradeNeeded => t(key::STATUS_UPGRADE),
    };
    let opening = move || store.ready.get() == Ready::Opening;
    let waiting = move || store.overview.with(|overview| overview.waiting().count());
    let refused = move || store.overview.with(|overview| overview.refused().count());
    view! {
        <div class="ct-status no-print">
            <div class="ct-width ct-status__inner">
                <a href="/tablet" class="ct-status__place">
                    {move || place().unwrap_or_else(|| t(key::STATUS_NO_PLACE))}
                </a>
                <span class="ct-status__net" class:ct-status__net--offline=offline role="status">
                    {reach}
                </span>
                // Nothing is said of what waits until it has been looked up.
                <a href="/tablet" class="ct-status__waiting" hidden=opening>
                    <span role="status">
                        {move || match waiting() {
                            // Said only of an outbox that could be read.
                            0 if store.ready.get() != Ready::Open => String::new(),
                            0 => t(key::STATUS_ALL_SENT),
                            some => tn(key::STATUS_WAITING, some),
                        }}
                        {move || {
                            (refused() > 0).then(|| format!(" {}", tn(key::STATUS_REFUSED, refused())))
                        }}
                    </span>
                </a>
            </div>
        </div>
    }
}

/// What everyone must know: the storage does not work, or a new version is there.
#[component]
fn Notices() -> View {
    let store = Store::get();
    let NewBuild(new_build) = expect_context();
    let in_form = InForm::get();
    let offer = move || new_build.get() && !in_form.get();
    let switching = RwSignal::new(false);
    view! {
        <div class="ct-width no-print">
            {move || match store.ready.get() {
                Ready::Failed(error) => {
                    Some(
                        view! {
                            <Notice tone=Tone::Error title=label(key::STORAGE_FAILED_TITLE)>
                                <p>{t(storage_words(&error))}</p>
                            </Notice>
                        },
                    )
                }
                Ready::Opening | Ready::Open => None,
            }}
            {move || {
                let Status { reach, fetched, .. } = Status::get();
                let offline = reach.get() == Reach::Offline;
                store
                    .awaits_content()
                    .then(|| {
                        view! {
                            <div class="ct-loading">
                                <p class="ct-loading__text" id="fetching" role="status">
                                    {words(if offline { key::FETCH_OFFLINE } else { key::FETCHING })}
                                </p>
                                <progress
                                    class="ct-progress__bar"
                                    aria-labelledby="fetching"
                                    hidden=offline
                                    max="100"
                                    value=fetched
                                ></progress>
                                // The bar says this itself to whoever hears it.
                                <p aria-hidden="true">
                                    {move || {
                                        let percent = fetched.get()?.to_string();
                                        Some(tf(key::FETCHED, &[("percent", &percent)]))
                                    }}
                                </p>
                            </div>
                        }
                    })
            }}
            {move || {
                offer()
                    .then(|| {
                        view! {
                            <Notice tone=Tone::Info title=label(key::UPDATE_TITLE)>
                                <button
                                    type="button"
                                    class="govuk-button govuk-button--secondary"
                                    on:click=move |_| {
                                        switching.set(true);
                                        update::switch_in();
                                    }
                                >
                                    {move || {
                                        // The browser waits until the version in use has nothing to do.
                                        t(
                                            if switching.get() {
                                                key::UPDATE_COMES
                                            } else {
                                                key::UPDATE_NOW
                                            },
                                        )
                                    }}
                                </button>
                            </Notice>
                        }
                    })
            }}
        </div>
    }
}

/// The sentence for a failure of the storage.
pub fn storage_words(error: &sync::StorageError) -> locale::Key {
    use sync::StorageError::{Failed, Full, Taken, TooLarge, Unavailable};
    match error {
        Full => key::STORAGE_FULL,
        TooLarge => key::PROBLEM_TOO_LONG,
        Unavailable => key::STORAGE_UNAVAILABLE,
        Taken | Failed(_) => key::STORAGE_FAILED,
    }
}

/// The footer with the thanks for the data.
#[component]
pub fn Footer() -> View {
    let store = Store::get();
    let thanks = move || {
        store.catalogue.with(|catalogue| {
            let thanks = catalogue.site().map(|site| site.thanks).unwrap_or_default();
            thanks
                .iter()
                .map(|text| view! { <p class="ct-footer__text">{content(text)}</p> })
                .collect_view()
        })
    };
    view! {
        <footer class="ct-footer no-print">
            <div class="ct-width ct-footer__inner">
                <ul class="ct-footer__list">
                    <li>
                        <a href="/tablet" class="ct-footer__link">
                            {words(key::TABLET_TITLE)}
                        </a>
                    </li>
                    <li>
                        <a href="/staff" class="ct-footer__link">
                            {words(key::STAFF)}
                        </a>
                    </li>
                </ul>
                {thanks}
                <p class="ct-footer__text">
                    {move || tf(key::VERSION, &[("version", env!("CARGO_PKG_VERSION"))])}
                </p>
            </div>
        </footer>
    }
}

/// What a panic shows. It is made beforehand: after a panic nothing can be made any more.
#[component]
pub fn Broken() -> View {
    view! {
        <div id="broken" class="ct-notice ct-notice--error ct-broken" role="alert" hidden>
            <p class="ct-notice__title">{words(key::BROKEN_TITLE)}</p>
            <p>
                <a class="govuk-link" href="/" rel="external">
                    {words(key::BROKEN_RELOAD)}
                </a>
            </p>
        </div>
    }
}
