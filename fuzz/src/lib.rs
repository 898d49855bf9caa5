//! What strangers can send and what files can hold, made up by a fuzzer.
//!
//! One module a noun, each with one function that takes any bytes the way a request, an answer or
//! a file brings them, and panics where a promise is broken: not only where the program fails, but
//! where what was taken cannot be read again, or what was refused left a trace.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a target fails by panicking")]

pub mod address;
pub mod answer;
pub mod cursor;
pub mod edits;
pub mod expression;
pub mod form;
pub mod import;
pub mod push;
pub mod session;
pub mod snapshot;
pub mod survey;
pub mod table;
pub mod wall;
pub mod workbook;

mod catalogue;
mod server;
