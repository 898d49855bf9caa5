//! Content in several languages.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Problem, ProblemCode, limits::TEXT_CHARS};

/// The language every content text must have, and the one shown where another is missing.
pub const FALLBACK: &str = "en";

/// One text in one or more languages, keyed by BCP 47 tag (`en`, `ro`, `pl`, `lt` ...).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(pub BTreeMap<String, String>);

impl Text {
    /// A text in the fallback language alone.
    pub fn english(text: impl Into<String>) -> Self {
        Self(BTreeMap::from([(FALLBACK.to_owned(), text.into())]))
    }

    /// The text in `language`, else in English, else in whatever there is, else empty.
    pub fn get(&self, language: &str) -> &str {
        self.0
            .get(language)
            .filter(|text| !text.is_empty())
            .or_else(|| self.0.get(FALLBACK))
            .or_else(|| self.0.values().next())
            .map_or("", String::as_str)
    }

    /// Whether no language has any words.
    pub fn is_empty(&self) -> bool {
        self.0.values().all(|text| text.trim().is_empty())
    }

    /// Every language's words, for the search index.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(String::as_str)
    }

    /// Problems of a text that must have words in English; `pointer` is where it stands.
    pub fn problems(&self, pointer: &str) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.0.get(FALLBACK).is_none_or(|text| text.trim().is_empty()) {
            problems.push(Problem::new(
                format!("{pointer}/{FALLBACK}"),
                ProblemCode::Required,
                "Give the text in English.",
            ));
        }
        for (language, text) in &self.0 {
            if text.chars().count() > TEXT_CHARS {
                problems.push(Problem::new(
                    format!("{pointer}/{language}"),
                    ProblemCode::TooLong,
                    format!("Use at most {TEXT_CHARS} characters."),
                ));
            }
        }
        problems
    }
}
