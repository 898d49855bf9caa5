//! What the journeys are made of: the real server, a real browser, and the pages of the app as
//! people see them.
//!
//! `cargo xtask test e2e` builds the app and the server and names them in the environment:
//! see [`setup::Setup`]. Nothing here sleeps to let time pass; everything waits for something
//! to become true, up to a deadline.

pub mod axe;
pub mod bench;
pub mod browser;
pub mod build;
pub mod client;
pub mod clock;
pub mod outbox;
pub mod pages;
pub mod portal;
pub mod process;
pub mod server;
pub mod setup;
pub mod shots;
pub mod wait;
pub mod words;

pub use browser::{Browser, Options};
pub use client::Client;
pub use server::Server;
pub use words::{fill, t};
