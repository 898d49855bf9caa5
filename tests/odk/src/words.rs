//! What can be read: labels, hints, messages, choices and headings, in one language.

use std::collections::BTreeMap;

use survey::{Definition, Fill};

use crate::{
    compare::{Comparison, What},
    engine::{Said, Words},
    form::Place,
};

/// The tag of a language that a heading of the workbook names; none if the form has no such language. pyxform writes the
/// heading as it stands, and "default" for columns without a language.
pub fn tag<'a>(definition: &'a Definition, heading: &str) -> Option<&'a str> {
    let named = |tag: &&String| {
        let name = definition.language_names.get(tag).map_or("", String::as_str);
        let written = [&format!("{name} ({tag})"), &format!("{name}({tag})"), &format!("({tag})")];
        [*tag, &name.to_owned()]
            .into_iter()
            .chain(written)
            .any(|it| it.eq_ignore_ascii_case(heading.trim()))
    };
    let found = definition.languages.iter().find(named);
    let own = || definition.languages.first().filter(|_| matches!(heading, "default" | ""));
    found.or_else(own).map(String::as_str)
}

impl Comparison<'_> {
    /// Compares everything that can be read in the language `tag`.
    pub fn words(&mut self, fill: &Fill, theirs: &BTreeMap<String, Words>, tag: &str) {
        let nothing = Words::default();
        for place in self.form.places(fill) {
            let Some(field) = fill.field(&place.path) else { continue };
            let Some(words) = theirs.get(&place.reference) else { continue };
            if !field.is_relevant() || !field.kind().is_shown() {
                continue;
            }
            let media = [field.image(tag), field.audio(tag), field.video(tag)].map(str::to_owned);
            // Ours shows the name of a question that has neither words nor anything else to show.
            let silent = words.label.is_none() && field.label(tag) == field.item().name;
            let label = if silent { String::new() } else { field.label(tag) };
            self.said(&place, What::Label, &label, words.label.as_ref(), tag);
            self.said(&place, What::Hint, &field.hint(tag), words.hint.as_ref(), tag);
            let shown = words.label.as_ref().map(|it| it.media.clone()).unwrap_or_default();
            if media != shown {
                self.differ(&place, What::Media, &media.join(" "), &shown.join(" "));
            }
            if let Some(message) = &words.message {
                let problem = field.problems().into_iter().next();
                let ours = problem.map(|problem| field.message(&problem, tag)).unwrap_or_default();
                self.said(&place, What::Message, &ours, Some(message), tag);
            }
            let offers = field.choices(tag);
            if offers.len() == words.choices.len() {
                for (ours, theirs) in offers.iter().zip(&words.choices) {
                    self.said(&place, What::ChoiceLabels, &ours.label, theirs.as_ref(), tag);
                    let own = [&ours.image, &ours.audio, &ours.video].map(String::as_str);
                    let shown = theirs.as_ref().map(|it| it.media.clone()).unwrap_or_default();
                    if own != shown.each_ref().map(String::as_str) {
                        self.differ(&place, What::Media, &own.join(" "), &shown.join(" "));
                    }
                }
            }
            let around = place.reference.match_indices('/').map(|(at, _)| &place.reference[..at]);
            for (ours, at) in field.headings(tag).iter().zip(around) {
                let words = theirs.get(at).unwrap_or(&nothing);
                self.said(&place, What::Heading, &ours.label, words.label.as_ref(), tag);
            }
        }
    }

    fn said(&mut self, place: &Place, what: What, ours: &str, theirs: Option<&Said>, tag: &str) {
        // pyxform lays its XML out with spaces and line ends around references.
        let (ours, theirs) =
            (spaced(ours), theirs.map_or_else(String::new, |it| spaced(&it.words)));
        let own = self.form.definition.languages.first().is_some_and(|own| own == tag);
        if ours == theirs {
            self.tally.words += usize::from(!ours.is_empty());
            self.tally.translated += usize::from(!ours.is_empty() && !own);
        } else {
            self.differ(place, what, &ours, &theirs);
        }
    }
}

fn spaced(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}
