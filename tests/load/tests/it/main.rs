//! The server under load, in small.

mod herd;
