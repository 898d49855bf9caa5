//! What a resident told a volunteer.

use serde::{Deserialize, Serialize};

use crate::{
    Key, Problem, ProblemCode,
    catalogue::is_email,
    limits::{LINE_CHARS, TEXT_CHARS, THEMES},
};

/// What one resident said, in their own words, with what goes with it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    /// The venue where it was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub venue: Option<Key>,
    /// Where it was said, if not at a venue: a doorstep, a school gate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// What it is about; may be empty.
    #[serde(default)]
    pub themes: Vec<Key>,
    /// The resident's words. Either these or `gap` must be given.
    #[serde(default)]
    pub words: String,
    /// How they feel about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feeling: Option<Feeling>,
    /// "Something is missing here": the service that people need and do not find.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<String>,
    /// They want an answer, and how.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<Reply>,
    /// They agreed that we keep this. Without it nothing is saved.
    pub consent: bool,
}

/// How a resident feels about what they told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Feeling {
    VeryUnhappy,
    Unhappy,
    Neutral,
    Happy,
    VeryHappy,
}

impl Feeling {
    /// From very unhappy to very happy.
    pub const ALL: [Self; 5] =
        [Self::VeryUnhappy, Self::Unhappy, Self::Neutral, Self::Happy, Self::VeryHappy];

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::VeryUnhappy => "very_unhappy",
            Self::Unhappy => "unhappy",
            Self::Neutral => "neutral",
            Self::Happy => "happy",
            Self::VeryHappy => "very_happy",
        }
    }
}

/// How to answer somebody who wants an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// By which way.
    pub by: ReplyBy,
    /// The number or address for that way.
    pub contact: String,
    /// What to call them, if they want to say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
}

/// The ways to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyBy {
    /// A call.
    Phone,
    /// A text message.
    Text,
    /// An e-mail.
    Email,
    /// A letter.
    Post,
}

impl ReplyBy {
    /// Every way, in the order the form shows them.
    pub const ALL: [Self; 4] = [Self::Phone, Self::Text, Self::Email, Self::Post];

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Text => "text",
            Self::Email => "email",
            Self::Post => "post",
        }
    }
}

impl Feedback {
    /// Everything wrong with it, in the order of the form. Whether the venue and the themes
    /// still exist is not asked: the catalogue may have changed since it was said.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut add = |pointer: &str, code, detail: &str| {
            problems.push(Problem::new(pointer, code, detail));
        };
        let long = |text: &str, limit: usize| text.chars().count() > limit;

        if self.themes.len() > THEMES {
            add("/themes", ProblemCode::TooMany, "Choose fewer themes.");
        }
        let gap = self.gap.as_deref().unwrap_or("");
        if self.words.trim().is_empty() && gap.trim().is_empty() {
            add("/words", ProblemCode::Required, "Write what the person said.");
        }
        if long(&self.words, TEXT_CHARS) {
            add("/words", ProblemCode::TooLong, "Use at most 10,000 characters.");
        }
        if long(gap, TEXT_CHARS) {
            add("/gap", ProblemCode::TooLong, "Use at most 10,000 characters.");
        }
        if self.place.as_deref().is_some_and(|place| long(place, LINE_CHARS)) {
            add("/place", ProblemCode::TooLong, "Use at most 300 characters.");
        }
        if let Some(reply) = &self.reply {
            if reply.contact.trim().is_empty() {
                add("/reply/contact", ProblemCode::Required, "Write where the answer goes.");
            } else if long(&reply.contact, LINE_CHARS) {
                add("/reply/contact", ProblemCode::TooLong, "Use at most 300 characters.");
            } else if !reply.contact_fits() {
                add(
                    "/reply/contact",
                    ProblemCode::Malformed,
                    "Check the number or address: an answer cannot reach it as written.",
                );
            }
            if long(&reply.name, LINE_CHARS) {
                add("/reply/name", ProblemCode::TooLong, "Use at most 300 characters.");
            }
        }
        if !self.consent {
            add("/consent", ProblemCode::NoConsent, "Ask the person if we may keep this.");
        }
        problems
    }
}

impl Reply {
    fn contact_fits(&self) -> bool {
        let contact = self.contact.trim();
        match self.by {
            ReplyBy::Email => is_email(contact),
            // National numbers have 10 or 11 digits, international ones up to 15 (E.164).
            ReplyBy::Phone | ReplyBy::Text => {
                let digits = contact.chars().filter(char::is_ascii_digit).count();
                (6..=15).contains(&digits)
                    && contact.chars().all(|c| c.is_ascii_digit() || " +-().".contains(c))
            }
            ReplyBy::Post => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(words: &str) -> Feedback {
        Feedback { words: words.to_owned(), consent: true, ..Feedback::default() }
    }

    fn codes(feedback: &Feedback) -> Vec<(String, ProblemCode)> {
        feedback.problems().into_iter().map(|p| (p.pointer, p.code)).collect()
    }

    #[test]
    fn words_or_a_gap_and_consent_are_enough() {
        assert_eq!(codes(&told("The bus stops too early.")), []);
        let gap = Feedback { gap: Some("A dentist".into()), ..told("") };
        assert_eq!(codes(&gap), []);
    }

    #[test]
    fn each_fault_names_its_field() {
        let bad = Feedback {
            reply: Some(Reply {
                by: ReplyBy::Email,
                contact: "nobody at home".into(),
                name: String::new(),
            }),
            consent: false,
            ..told(" ")
        };
        assert_eq!(
            codes(&bad),
            [
                ("/words".to_owned(), ProblemCode::Required),
                ("/reply/contact".to_owned(), ProblemCode::Malformed),
                ("/consent".to_owned(), ProblemCode::NoConsent),
            ]
        );
    }
}
