//! Surveys: what a definition says, what to ask next, and whether a response is valid.
//!
//! The meaning is that of XLSForm: items in groups, with `relevant` and `constraint`
//! expressions in XPath and labels in several languages. What is not yet understood is an
//! error when the definition is read, never something left out in silence.
//!
//! **Invariant:** no IO, no clock, no randomness. The tablet and the server run this same
//! code on the same version of a survey and so agree on what is valid.

mod check;
mod definition;
pub mod draft;
mod expression;
mod fill;
pub mod number;

pub use check::{ValidResponse, answer_problems};
pub use definition::{Choice, Definition, Group, Item, Kind, Question, Scale};
pub use expression::{Expression, ExpressionError};
pub use fill::{Fill, Progress};
