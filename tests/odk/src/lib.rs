//! Our survey engine beside ODK's own.
//!
//! `@getodk/xforms-engine` is what ODK Web Forms stand on. It reads a form as pyxform converts it; ours reads the
//! workbook itself. Both get the same answers, and after each of them every node is compared: whether it is relevant,
//! what it holds, what is wrong with it, what it offers; at the end the record. A difference is either in the table of
//! [`difference`] with its reason, or a fault of ours.

pub mod answer;
pub mod compare;
pub mod difference;
pub mod engine;
pub mod form;
pub mod generate;
pub mod record;
pub mod steps;
pub mod walk;
pub mod words;
pub mod xform;
