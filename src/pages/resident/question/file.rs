//! A picture, a recording or another file, where the tablet can give one.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use crate::view::{View, view};
use gloo::file::callbacks::FileReader;
use leptos::prelude::*;
use model::{limits::SUBMISSION_BYTES, submission::Answer};
use survey::FileKind;
use wasm_bindgen_futures::spawn_local;

use super::{Asked, Asks};
use crate::{
    components::field::fault_of,
    locale::{self, key, marked, t, tf},
    platform::attachment::{self, Encoded},
};

/// Characters of base64 that one file may have: half of the record, so that there is room for the rest.
const MOST: usize = SUBMISSION_BYTES / 2;
/// Characters that all files may have together: the words need the others.
const MOST_OF_ALL: usize = SUBMISSION_BYTES / 4 * 3;
/// With fewer a picture shows nothing.
const LEAST: usize = 8 * 1024;

/// The browser's own field for a file; on a tablet it opens the camera or the recorder.
#[component]
pub fn FileField(asked: Asked, kind: FileKind) -> View {
    let id = asked.id.clone();
    let fault = fault_of(asked.faults, &id);
    let said = RwSignal::new(String::new());
    let reading = StoredValue::new_local(None::<FileReader>);
    let name = asked.memo(|field| match field.answer() {
        Some(Answer::File { name, .. }) => name.clone(),
        _ => String::new(),
    });
    let (accept, capture) = match kind {
        FileKind::Image => ("image/*", Some("environment")),
        FileKind::Audio => ("audio/*", Some("user")),
        FileKind::Video => ("video/*", Some("environment")),
        FileKind::Any => ("", None),
    };
    let choose = match kind {
        FileKind::Image => key::SURVEY_FILE_PICTURE,
        _ => key::SURVEY_FILE_CHOOSE,
    };
    let reads = Reads::new(asked.taking.reading);
    let gone = reads.clone();
    on_cleanup(move || gone.end());
    let (own, chosen) = (asked.clone(), reads.clone());
    let take = move |event: web_sys::Event| {
        let Some(file) = attachment::chosen(&event).into_iter().next() else { return };
        let own = own.clone();
        let name = file.name();
        let room = room_for(&own);
        if room < LEAST {
            attachment::empty(&own.id);
            said.set(t(key::SURVEY_FILE_FULL));
            return;
        }
        said.set(t(key::SURVEY_FILE_READING));
        let (reads, turn) = (chosen.clone(), chosen.begin());
        let told = move |encoded: Option<Encoded>| {
            if !reads.is_now(turn) {
                return;
            }
            reads.end();
            let refused = match encoded {
                Some(Encoded { media_type, data }) if data.len() <= room => {
                    own.set(Some(Answer::File { name: short(&name), media_type, data }));
                    said.set(String::new());
                    return;
                }
                Some(_) => key::SURVEY_FILE_LARGE,
                None => key::SURVEY_FILE_UNREAD,
            };
            attachment::empty(&own.id);
            said.set(t(refused));
        };
        if kind == FileKind::Image {
            spawn_local(async move { told(attachment::picture(file, room).await) });
        } else {
            reading.set_value(Some(attachment::read(file, told)));
        }
    };
    let (remove, stopped) = (asked.clone(), reads);
    let picture = asked.memo(|field| match field.answer() {
        Some(Answer::File { media_type, data, .. }) if media_type.starts_with("image/") => {
            format!("data:{media_type};base64,{data}")
        }
        _ => String::new(),
    });
    let kept = move || {
        let name = name.get();
        let (remove, stopped) = (remove.clone(), stopped.clone());
        let picture = picture.get();
        let picture = (!picture.is_empty())
            .then(|| view! { <img class="ct-media__picture" src=picture alt=""/> });
        (!name.is_empty()).then(|| {
            view! {
                <div class="ct-stack">
                    {picture}
                    <p class="govuk-body">
                        <bdi lang=locale::language dir="ltr">
                            {tf(key::SURVEY_FILE_KEPT, &[("name", &name)])}
                        </bdi>
                    </p>
                    <button
                        type="button"
                        class="govuk-button govuk-button--secondary"
                        on:click=move |_| {
                            // Another that is being read in its place goes with it.
                            stopped.end();
                            said.set(String::new());
                            attachment::empty(&remove.id);
                            remove.set(None);
                        }
                    >
                        {marked(key::SURVEY_FILE_REMOVE)}
                    </button>
                </div>
            }
        })
    };
    view! {
        <div class="govuk-form-group" class:govuk-form-group--error=move || fault.get().is_some()>
            <Asks asked/>
            // The browser's own button is small and speaks the browser's language; the label is pressed in its place.
            <input
                class="govuk-visually-hidden ct-pick-file"
                id=id.clone()
                type="file"
                accept=accept
                capture=capture
                aria-describedby=format!("{id}-hint {id}-error")
                on:change=take
            />
            <label class="govuk-button govuk-button--secondary" for=id.clone()>
                {marked(choose)}
            </label>
            <p class="govuk-body" role="status">
                <bdi lang=locale::language dir="ltr">{said}</bdi>
            </p>
            {kept}
        </div>
    }
}

/// The file that a field is reading. What comes of another that was chosen before, or of one whose page is gone, is
/// nobody's any more: the next person may be there already.
#[derive(Clone)]
struct Reads {
    /// Counts what was begun and ended. It is odd while something is read.
    turn: Arc<AtomicU32>,
    /// The fields of the page that read.
    all: RwSignal<u32>,
}

impl Reads {
    fn new(all: RwSignal<u32>) -> Self {
        Self { turn: Arc::default(), all }
    }

    /// Begins another, which ends the one before.
    fn begin(&self) -> u32 {
        self.end();
        self.all.try_update(|all| *all += 1);
        self.turn.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Whether it is still the one of `turn`.
    fn is_now(&self, turn: u32) -> bool {
        self.turn.load(Ordering::Relaxed) == turn
    }

    /// Nothing is read now.
    fn end(&self) {
        if !self.turn.load(Ordering::Relaxed).is_multiple_of(2) {
            self.turn.fetch_add(1, Ordering::Relaxed);
            self.all.try_update(|all| *all -= 1);
        }
    }
}

/// Characters that this file may have beside the others that were given.
fn room_for(asked: &Asked) -> usize {
    let taken = untrack(|| {
        asked.taking.with(|fill| {
            let others = fill.summary().into_iter().filter(|field| field.path() != *asked.path);
            let length = |field: survey::Field<'_>| match field.answer() {
                Some(Answer::File { data, .. }) => data.len(),
                _ => 0,
            };
            others.map(length).sum::<usize>()
        })
    });
    MOST.min(MOST_OF_ALL.saturating_sub(taken))
}

/// The end of a long name, which has its ending.
fn short(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    letters[letters.len().saturating_sub(100)..].iter().collect()
}
