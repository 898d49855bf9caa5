//! Random identities.

use model::SubmissionId;

use super::clock;

/// A new identity for a submission, from the clock and the browser's secure random numbers.
pub fn submission_id() -> SubmissionId {
    // The first six and last four bytes of a version-4 UUID are random in every bit.
    let drawn = *uuid::Uuid::new_v4().as_bytes();
    let mut random = [0; 10];
    random[..6].copy_from_slice(&drawn[..6]);
    random[6..].copy_from_slice(&drawn[12..]);
    SubmissionId::new(clock::now(), random)
}

/// A random UUID, for an edit or a probe's nonce.
pub fn random_uuid() -> uuid::Uuid {
    uuid::Uuid::new_v4()
}

/// A random number from 0 up to 1, for jitter.
pub fn chance() -> f64 {
    js_sys::Math::random()
}
