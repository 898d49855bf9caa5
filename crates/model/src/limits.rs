//! Limits on everything that comes from outside, each with its reason.

/// Characters in one free-text answer or in a resident's words. A spoken minute is about
/// 150 words, 900 characters; ten minutes of talk fit, a pasted book does not.
pub const TEXT_CHARS: usize = 10_000;
/// Characters in a short field: a name, a phone number, an e-mail address (RFC 5321 allows 254).
pub const LINE_CHARS: usize = 300;
/// Characters in a [`crate::Key`]: it is printed in addresses on posters.
pub const KEY_CHARS: usize = 64;
/// Bytes of one submission's canonical form. The largest survey we ship needs 4 KiB; this
/// leaves room for a long form whose every text is full.
pub const SUBMISSION_BYTES: usize = 256 * 1024;
/// Submissions in one push: at 1 KiB each a batch is about 100 KiB, two seconds on a
/// 400 kbit/s line, so a connection that drops often still gets batches through.
pub const PUSH_RECORDS: usize = 100;
/// Bytes of any request body. A push of the longest allowed batch of ordinary submissions is
/// well below; one oversized submission is refused by itself, by [`SUBMISSION_BYTES`].
pub const REQUEST_BYTES: usize = 4 * 1024 * 1024;
/// Levels of nesting in any JSON we accept. Our deepest real document, a survey definition
/// with nested groups, has 12.
pub const JSON_DEPTH: usize = 32;
/// Answers in one survey response: a 250-question form with repeats stays below.
pub const ANSWERS: usize = 2_000;
/// Choices picked in one multiple-choice answer.
pub const PICKED: usize = 200;
/// Themes on one piece of feedback: past this the field was not chosen but emptied out.
pub const THEMES: usize = 12;
/// Records in one page of catalogue changes: about 200 KiB of listings, one transaction.
pub const PAGE_RECORDS: usize = 500;
/// Edits in one request: a staff form sends one, an import of the web interface a few.
pub const EDITS: usize = 50;
/// Bytes of all fields of one catalogue record: the largest is a survey definition.
pub const RECORD_BYTES: usize = 512 * 1024;
