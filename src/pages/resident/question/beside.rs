//! Pictures, sounds and films beside a question or a choice.

use std::sync::Arc;

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use survey::Field;

use super::{Asked, language};
use crate::locale::{key, t, tf};

/// What is shown or played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Medium {
    Picture,
    Sound,
    Film,
}

/// A file of the form and, if it came to this tablet, its `data:` address.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Held {
    medium: Medium,
    address: Option<Arc<str>>,
}

/// What stands beside a question or a choice, in the language on the screen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Beside(Vec<Held>);

impl Beside {
    /// The files with these names; an empty name is none.
    pub fn of(field: &Field<'_>, [image, audio, video]: [&str; 3]) -> Self {
        let named = [(Medium::Picture, image), (Medium::Sound, audio), (Medium::Film, video)];
        let held = |(medium, name): (Medium, &str)| Held {
            medium,
            address: field.file(name.trim()).cloned(),
        };
        Self(named.into_iter().filter(|(_, name)| !name.trim().is_empty()).map(held).collect())
    }

    /// The pictures alone, or all but the pictures.
    pub fn pictures(&self, yes: bool) -> Self {
        let wanted = |held: &&Held| (held.medium == Medium::Picture) == yes;
        Self(self.0.iter().filter(wanted).cloned().collect())
    }

    /// Draws them. `of` says what they belong to; where the words of a choice stand directly under its picture, that
    /// says nothing more, and `told` is false.
    pub fn drawn(self, of: &str, told: bool) -> View {
        let draw = |Held { medium, address }: Held| {
            let Some(address) = address else {
                let missing = match medium {
                    Medium::Picture => key::SURVEY_PICTURE_MISSING,
                    Medium::Sound => key::SURVEY_SOUND_MISSING,
                    Medium::Film => key::SURVEY_FILM_MISSING,
                };
                return view! { <span class="ct-media__missing">{t(missing)}</span> };
            };
            let address = address.to_string();
            let named = |words| tf(words, &[("what", of)]);
            match medium {
                Medium::Picture => {
                    let words = if told { named(key::SURVEY_PICTURE) } else { String::new() };
                    view! { <img class="ct-media__picture" src=address alt=words/> }
                }
                Medium::Sound => {
                    let words = named(key::SURVEY_SOUND);
                    view! { <audio class="ct-media__sound" controls="" src=address aria-label=words></audio> }
                }
                Medium::Film => {
                    let words = named(key::SURVEY_FILM);
                    view! {
                        <video
                            class="ct-media__film"
                            controls=""
                            playsinline=""
                            preload="metadata"
                            src=address
                            aria-label=words
                        ></video>
                    }
                }
            }
        };
        View::of(self.0.into_iter().map(draw).collect_view())
    }
}

/// What stands beside a question.
#[component]
pub fn Media(asked: Asked) -> View {
    let shown = asked.memo(|field| {
        let spoken = language::spoken();
        let names = [field.image(&spoken), field.audio(&spoken), field.video(&spoken)];
        Beside::of(&field, names)
    });
    let label = asked.label();
    View::of(move || {
        let shown = shown.get();
        let words = label.get();
        view! { <div class="ct-media">{shown.drawn(&words, true)}</div> }
    })
}
