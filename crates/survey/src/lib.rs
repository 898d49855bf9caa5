//! Surveys: what a definition says, what to ask next, and whether a response is valid.
//!
//! The meaning is that of XLSForm and ODK XForms 1.0.0: items in groups and repeats, with expressions in XPath and
//! labels in several languages. What is not understood is an error when the definition is read, never something left
//! out in silence.
//!
//! A [`Definition`] is read once. A [`Fill`] is one person's way through it: pages of [`Field`]s, answers taken as they
//! are typed, a [`ValidResponse`] at the end. The server builds the same tree from the answers it is sent
//! ([`Definition::check`]).
//!
//! **Invariant:** no IO, no clock, no randomness. The tablet and the server run this same
//! code on the same version of a survey and so agree on what is valid.

mod check;
mod context;
mod definition;
pub mod draft;
pub mod expression;
mod field;
mod fill;
mod graph;
mod journal;
pub mod number;
mod plain;
mod reader;
mod reference;
mod run;
mod scope;
mod settle;
mod tree;

pub use check::ValidResponse;
pub use context::Context;
pub use definition::{
    Choice, Choices, Condition, Definition, FileKind, Initial, Item, Kind, Media, Metadata, Scale,
    Table,
};
pub use expression::{Expression, ExpressionError, Piece, Wanted};
pub use field::{Field, Heading, Offer};
pub use fill::{Fill, More, Page, Progress, Screen};
pub use journal::Journal;
pub use plain::plain;
pub use reader::is_computed_default;
pub use run::{Failure, Outcome, Run, Unused, Why};
