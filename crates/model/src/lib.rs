//! The nouns of Communities Together: what they are, when they are valid, how two edits of
//! one merge, and how they look on the wire.
//!
//! **Invariant:** nothing here does IO, reads a clock or draws a random number. The time and
//! every identifier come in as arguments, so the browser, the server and the tests decide the
//! same things from the same values.

pub mod canonical;
pub mod catalogue;
pub mod cursor;
pub mod feedback;
pub mod histogram;
pub mod json;
pub mod limits;
pub mod merge;
pub mod named;
pub mod problem;
pub mod record;
pub mod recurrence;
pub mod results;
pub mod segment;
pub mod snapshot;
pub mod submission;
pub mod suppression;
pub mod tally;
pub mod text;
pub mod time;
pub mod wire;

pub use canonical::Hash;
pub use named::Named;
pub use problem::{Problem, ProblemCode};
pub use record::{Collection, Key, Record};
pub use submission::{Submission, SubmissionId};
pub use text::Text;
