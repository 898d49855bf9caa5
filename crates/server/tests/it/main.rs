//! The server from the outside: real routes on a real database in a directory of its own.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod app;
mod backup;
mod changes;
mod conformance;
mod database_away;
mod drafts;
mod durations;
mod edits;
mod export;
mod failover;
mod feedback;
mod forms;
mod full;
mod health;
mod import;
mod limits;
mod listen;
mod many_servers;
mod postgres;
mod process;
mod push;
mod results;
mod selection;
mod server;
mod session;
mod snapshot;
mod submissions;
mod subtraction;
mod unchanged;
