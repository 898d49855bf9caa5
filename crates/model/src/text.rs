//! Content in several languages.

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
};

use crate::{Problem, ProblemCode, limits::TEXT_CHARS};

/// The language every content text must have, and the one shown where another is missing.
pub const FALLBACK: &str = "en";

/// One text in one or more languages, keyed by BCP 47 tag (`en`, `ro`, `pl`, `lt` ...).
///
/// A list in the order of the tags: a text has one to four languages, and the tree of a map costs the app two
/// kilobytes for each kind of map.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text(Vec<(String, String)>);

impl Text {
    /// A text in the fallback language alone.
    pub fn english(text: impl Into<String>) -> Self {
        Self(vec![(FALLBACK.to_owned(), text.into())])
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
        self.iter().find(|(tag, _)| *tag == language).map(|(_, text)| text)
    }

    /// Sets the text in `language`.
    pub fn set(&mut self, language: String, text: String) {
        match self.0.iter().position(|(tag, _)| *tag >= language) {
            Some(at) if self.0[at].0 == language => self.0[at].1 = text,
            Some(at) => self.0.insert(at, (language, text)),
            None => self.0.push((language, text)),
        }
    }

    /// Takes the text in `language` away.
    pub fn remove(&mut self, language: &str) {
        self.0.retain(|(tag, _)| tag != language);
    }

    /// The languages' tags with the words of each, in the order of the tags.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(language, text)| (language.as_str(), text.as_str()))
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
        for (language, text) in self.iter() {
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

impl<L: Into<String>, T: Into<String>> FromIterator<(L, T)> for Text {
    fn from_iter<I: IntoIterator<Item = (L, T)>>(texts: I) -> Self {
        let mut text = Self::default();
        texts.into_iter().for_each(|(language, words)| text.set(language.into(), words.into()));
        text
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Languages;
        impl<'de> Visitor<'de> for Languages {
            type Value = Text;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a text for each language, such as {\"en\": \"Libraries\"}")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Text, A::Error> {
                let mut text = Text::default();
                while let Some((language, words)) = map.next_entry()? {
                    text.set(language, words);
                }
                Ok(text)
            }
        }
        deserializer.deserialize_map(Languages)
    }
}
