//! A submission: one record of the capture plane, written once on a tablet and pushed up.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_path_to_error::Segment;

use crate::{
    Hash, Key, Named, Problem, ProblemCode,
    canonical::{bytes_of, depth_of},
    feedback::Feedback,
    limits::{ANSWERS, JSON_DEPTH, LINE_CHARS, PICKED, SUBMISSION_BYTES, TEXT_CHARS},
    time::Millis,
};

/// The random identity of a submission, a UUIDv7. Its time part comes from the tablet's
/// clock and is never used to order anything; identity is this *and* the [`Hash`](struct@Hash).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SubmissionId(pub uuid::Uuid);

impl SubmissionId {
    /// A new identity from the clock and 10 random bytes of the caller.
    pub fn new(now: Millis, random: [u8; 10]) -> Self {
        let millis = u64::try_from(now.0).unwrap_or(0);
        Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// Reads the hyphenated form.
    pub fn parse(text: &str) -> Option<Self> {
        uuid::Uuid::try_parse(text).ok().map(Self)
    }

    /// When the tablet's clock said it was made: the time part of a UUIDv7 (RFC 9562, section 5.7). It orders nothing.
    pub fn made_at(self) -> Millis {
        let millis = self.0.as_u128() >> 80;
        Millis(i64::try_from(millis).unwrap_or(i64::MAX))
    }

    /// What a person can write down or read over the telephone: the last eight digits,
    /// which are random, in two groups: `7F3A-91C4`.
    pub fn reference(self) -> String {
        let bytes = self.0.as_bytes();
        let [a, b, c, d] = [bytes[12], bytes[13], bytes[14], bytes[15]];
        format!("{a:02X}{b:02X}-{c:02X}{d:02X}")
    }
}

impl std::fmt::Display for SubmissionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

/// One thing a person told us.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Submission {
    /// Its identity.
    pub id: SubmissionId,
    /// What the tablet's clock said; for people to read.
    pub made_at: Millis,
    /// The venue the tablet stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub venue: Option<Key>,
    /// The language of the screen, BCP 47.
    #[serde(default)]
    pub language: String,
    /// The version of the app that made it.
    #[serde(default)]
    pub app: String,
    /// What was told.
    #[serde(flatten)]
    pub body: Body,
}

/// The kinds of submission.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// Told to a volunteer.
    Feedback(Feedback),
    /// Answers to a survey.
    Response(Response),
}

impl Body {
    /// The name of the kind, as on the wire.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Feedback(_) => "feedback",
            Self::Response(_) => "response",
        }
    }
}

/// Answers to one version of a survey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// Which survey.
    pub survey: Key,
    /// Which of its immutable versions was asked.
    pub version: u32,
    /// The answers by the question's path (`online`, `household[2]/age`). A question
    /// that was not relevant or not answered has none.
    pub answers: Named<Answer>,
    /// Seconds from the first question to the end, to say honestly how long it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
    /// Somebody stopped before the end and wanted what is here kept: a required question may be without an answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
}

/// One answer. Like an XForms instance node it is text: a number is its decimal digits, a
/// date its ISO form. So the canonical bytes are the same everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// One value: the name of a choice, a number, a date or words.
    One(String),
    /// The names of the picked choices.
    Many(Vec<String>),
    /// "Prefer not to say": an answer, and not the same as none.
    Declined,
    /// A picture, a recording or another file, small enough for the record ([`SUBMISSION_BYTES`]).
    File {
        /// What it is called; its value in expressions and exports.
        name: String,
        /// Its media type (RFC 6838): `image/jpeg`.
        media_type: String,
        /// Its bytes in base64 (RFC 4648, section 4).
        data: String,
    },
}

/// The bytes that are stored, hashed and sent, with their hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The submission's identity.
    pub id: SubmissionId,
    /// The hash of `bytes`.
    pub hash: Hash,
    /// The canonical bytes.
    pub bytes: Vec<u8>,
}

impl Submission {
    /// The canonical form of this submission.
    pub fn seal(&self) -> Result<Sealed, serde_json::Error> {
        let bytes = bytes_of(&serde_json::to_value(self)?);
        Ok(Sealed { id: self.id, hash: Hash::of(&bytes), bytes })
    }

    /// Checks what does not need the survey: sizes, forms, consent. The pointers start at
    /// the submission.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.language.chars().count() > LINE_CHARS || self.app.chars().count() > LINE_CHARS {
            problems.push(Problem::new(
                "/language",
                ProblemCode::TooLong,
                "Language and app version have at most 300 characters.",
            ));
        }
        match &self.body {
            Body::Feedback(feedback) => {
                problems.extend(feedback.problems().into_iter().map(|p| p.under("/feedback")));
            }
            Body::Response(response) => {
                problems.extend(response.problems().into_iter().map(|p| p.under("/response")));
            }
        }
        problems
    }
}

impl Response {
    fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.answers.len() > ANSWERS {
            problems.push(Problem::new(
                "/answers",
                ProblemCode::TooMany,
                format!("A response has at most {ANSWERS} answers."),
            ));
        }
        for (name, answer) in self.answers.iter() {
            let too_long = match answer {
                Answer::One(value) => value.chars().count() > TEXT_CHARS,
                Answer::Many(values) => {
                    values.len() > PICKED || values.iter().any(|v| v.chars().count() > LINE_CHARS)
                }
                // The bytes are bounded by those of the whole record.
                Answer::File { name, media_type, .. } => {
                    name.chars().count() > LINE_CHARS || media_type.len() > LINE_CHARS
                }
                Answer::Declined => false,
            };
            if too_long {
                problems.push(Problem::new(
                    format!("/answers/{name}"),
                    ProblemCode::TooLong,
                    format!("An answer has at most {TEXT_CHARS} characters or {PICKED} choices."),
                ));
            }
        }
        problems
    }
}

/// Reads a submission that came from outside and gives its canonical bytes.
///
/// # Errors
/// What does not fit: depth, size, form, or the problems of its content.
pub fn read(value: &Value) -> Result<(Submission, Sealed), Vec<Problem>> {
    if depth_of(value) > JSON_DEPTH {
        return Err(vec![Problem::new(
            "",
            ProblemCode::TooLong,
            format!("The record is nested deeper than {JSON_DEPTH} levels."),
        )]);
    }
    let bytes = bytes_of(value);
    if bytes.len() > SUBMISSION_BYTES {
        return Err(vec![Problem::new(
            "",
            ProblemCode::TooLong,
            format!("The record has {} bytes, more than {SUBMISSION_BYTES}.", bytes.len()),
        )]);
    }
    let submission = parse(value).map_err(|problem| vec![problem])?;
    let problems = submission.problems();
    if !problems.is_empty() {
        return Err(problems);
    }
    let sealed = Sealed { id: submission.id, hash: Hash::of(&bytes), bytes };
    Ok((submission, sealed))
}

/// Reads head and body apart, because serde loses the path of a fault inside a flattened enum.
fn parse(value: &Value) -> Result<Submission, Problem> {
    #[derive(Deserialize)]
    struct Head {
        id: SubmissionId,
        made_at: Millis,
        #[serde(default)]
        venue: Option<Key>,
        #[serde(default)]
        language: String,
        #[serde(default)]
        app: String,
    }
    let head: Head = located(value, "")?;
    let body = if let Some(feedback) = value.get("feedback") {
        Body::Feedback(located(feedback, "/feedback")?)
    } else if let Some(response) = value.get("response") {
        Body::Response(located(response, "/response")?)
    } else {
        return Err(Problem::new(
            "",
            ProblemCode::Required,
            "A submission holds \"feedback\" or \"response\".",
        ));
    };
    let Head { id, made_at, venue, language, app } = head;
    Ok(Submission { id, made_at, venue, language, app, body })
}

/// Reads a value and says where it does not fit, as a JSON Pointer under `prefix`.
fn located<T: serde::de::DeserializeOwned>(value: &Value, prefix: &str) -> Result<T, Problem> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let mut pointer = prefix.to_owned();
        for segment in error.path() {
            match segment {
                Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
                Segment::Map { key } => pointer.push_str(&format!("/{key}")),
                Segment::Enum { variant } => pointer.push_str(&format!("/{variant}")),
                Segment::Unknown => {}
            }
        }
        // Serde finds a missing field at its parent; its message has the name.
        let detail = error.inner().to_string();
        if let Some(rest) = detail.strip_prefix("missing field `") {
            pointer.push('/');
            pointer.push_str(rest.trim_end_matches('`'));
        }
        Problem::new(pointer, ProblemCode::Malformed, format!("{detail}."))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn feedback(words: &str) -> Submission {
        Submission {
            id: SubmissionId::new(Millis(1_795_000_000_000), [7; 10]),
            made_at: Millis(1_795_000_000_000),
            venue: Key::parse("tilbury-library"),
            language: "en".into(),
            app: "0.1.0".into(),
            body: Body::Feedback(Feedback {
                words: words.into(),
                consent: true,
                ..Feedback::default()
            }),
        }
    }

    #[test]
    fn what_a_tablet_seals_the_server_reads_to_the_same_bytes() {
        let sealed = feedback("Zażółć gęślą jaźń, \"quoted\"\n").seal().unwrap();
        let value: Value = serde_json::from_slice(&sealed.bytes).unwrap();
        let (read_back, again) = read(&value).unwrap();
        assert_eq!(again, sealed);
        assert_eq!(read_back.body.kind(), "feedback");
    }

    #[test]
    fn unknown_fields_are_part_of_the_record() {
        let mut value = serde_json::to_value(feedback("Hello")).unwrap();
        value["from_the_future"] = json!({"kept": true});
        let (_, sealed) = read(&value).unwrap();
        assert!(String::from_utf8(sealed.bytes).unwrap().contains("from_the_future"));
    }

    #[test]
    fn faults_name_their_field() {
        let pointer = |value: &Value| read(value).unwrap_err()[0].pointer.clone();
        let good = serde_json::to_value(feedback("Hello")).unwrap();

        let mut missing = good.clone();
        missing.as_object_mut().unwrap().remove("made_at");
        assert_eq!(pointer(&missing), "/made_at");

        let mut wrong = good.clone();
        wrong["made_at"] = json!("yesterday");
        assert_eq!(pointer(&wrong), "/made_at");

        let mut silent = good.clone();
        silent["feedback"]["words"] = json!("");
        assert_eq!(pointer(&silent), "/feedback/words");

        let mut deep = json!(0);
        for _ in 0..40 {
            deep = json!([deep]);
        }
        let mut nested = good;
        nested["extra"] = deep;
        assert_eq!(read(&nested).unwrap_err()[0].code, ProblemCode::TooLong);
    }

    #[test]
    fn a_reference_is_short_and_comes_from_the_random_part() {
        let id = SubmissionId::new(Millis(0), [0, 0, 0, 0, 0, 0, 0x7f, 0x3a, 0x91, 0xc4]);
        assert_eq!(id.reference(), "7F3A-91C4");
    }
}
