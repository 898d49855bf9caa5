//! Captures as people make them, sealed and ready to be stored or sent.

use model::{
    Hash, Key, Submission, SubmissionId,
    feedback::{Feedback, Feeling},
    submission::{Body, Sealed},
    time::Millis,
};
use search::corpus::listings;

/// When the first capture was made, in milliseconds since 1970; the others a minute later each.
pub const FIRST: i64 = 1_795_000_000_000;

/// `count` pieces of feedback of one to four sentences each; the same for the same seed.
///
/// # Errors
/// If one cannot be sealed.
pub fn captures(count: usize, seed: u64) -> Result<Vec<Sealed>, serde_json::Error> {
    let texts = listings(count, seed).into_iter().map(|listing| listing.description);
    (0_u32..).zip(texts).map(|(number, words)| capture(number, seed, words)).collect()
}

fn capture(number: u32, seed: u64, words: String) -> Result<Sealed, serde_json::Error> {
    let made_at = Millis(FIRST + 60_000 * i64::from(number));
    // As random as a real identity, or it would compress as none does.
    let Hash(drawn) = Hash::of(format!("{seed}/{number}").as_bytes());
    let mut random = [0; 10];
    random.copy_from_slice(&drawn[..10]);
    let feelings = [Feeling::Unhappy, Feeling::Neutral, Feeling::Happy];
    let submission = Submission {
        id: SubmissionId::new(made_at, random),
        made_at,
        venue: Key::parse("grays-central-library"),
        language: "en".to_owned(),
        app: "0.1.0".to_owned(),
        body: Body::Feedback(Feedback {
            venue: Key::parse("grays-central-library"),
            themes: Key::parse("transport").into_iter().collect(),
            words,
            feeling: feelings.get(usize::from(drawn[10]) % feelings.len()).copied(),
            consent: true,
            ..Feedback::default()
        }),
    };
    submission.seal()
}
