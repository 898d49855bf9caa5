//! Content in several languages.

use serde::{Deserialize, Serialize};

use crate::{
    Named, Problem, ProblemCode,
    limits::{KEY_CHARS, LANGUAGES, TEXT_CHARS},
};

/// The language every content text must have, and the one shown where another is missing.
pub const FALLBACK: &str = "en";

/// One text in one or more languages, keyed by BCP 47 tag (`en`, `ro`, `pl`, `lt` ...).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(Named<String>);

impl Text {
    /// A text in the fallback language alone.
    pub fn english(text: impl Into<String>) -> Self {
        Self::from_iter([(FALLBACK, text)])
    }

    /// The text in `language`, else in English, else in whatever there is, else empty.
    pub fn get(&self, language: &str) -> &str {
        self.own(language)
            .filter(|text| !text.is_empty())
            .or_else(|| self.own(FALLBACK))
            .or_else(|| self.all().next())
            .unwrap_or_default()
    }

    /// The text in `language` and no other.
    pub fn own(&self, language: &str) -> Option<&str> {
        self.0.get(language).map(String::as_str)
    }

    /// Sets the text in `language`.
    pub fn set(&mut self, language: String, text: String) {
        self.0.set(language, text);
    }

    /// Takes the text in `language` away.
    pub fn remove(&mut self, language: &str) {
        self.0.remove(language);
    }

    /// The languages' tags with the words of each, in the order of the tags.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(language, text)| (language, text.as_str()))
    }

    /// Whether no language has any words.
    pub fn is_empty(&self) -> bool {
        self.all().all(|text| text.trim().is_empty())
    }

    /// Every language's words, for the search index.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(_, text)| text)
    }

    /// Problems of a text that must have words in English; `pointer` is where it stands.
    pub fn problems(&self, pointer: &str) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.own(FALLBACK).is_none_or(|text| text.trim().is_empty()) {
            problems.push(Problem::new(
                format!("{pointer}/{FALLBACK}"),
                ProblemCode::Required,
                "Give the text in English.",
            ));
        }
        problems.extend(self.problems_of_length(pointer));
        problems
    }

    /// Problems of a text that may be empty.
    pub fn problems_of_length(&self, pointer: &str) -> Vec<Problem> {
        if self.0.len() > LANGUAGES {
            let detail = format!("Give the text in at most {LANGUAGES} languages.");
            return vec![Problem::new(pointer, ProblemCode::TooMany, detail)];
        }
        let long = |(language, text): &(&str, &str)| {
            text.chars().count() > TEXT_CHARS || language.len() > KEY_CHARS
        };
        let problem = |(language, _): (&str, &str)| {
            let language: String = language.chars().take(KEY_CHARS).collect();
            let detail = format!("Use at most {TEXT_CHARS} characters, and a short tag.");
            Problem::new(format!("{pointer}/{language}"), ProblemCode::TooLong, detail)
        };
        self.iter().filter(long).map(problem).collect()
    }
}

impl<L: Into<String>, T: Into<String>> FromIterator<(L, T)> for Text {
    fn from_iter<I: IntoIterator<Item = (L, T)>>(texts: I) -> Self {
        Self(texts.into_iter().map(|(language, words)| (language, words.into())).collect())
    }
}
