//! The server of Communities Together: it receives what tablets captured, serves the
//! catalogue and the app, and lets staff read and edit.
//!
//! **Invariants:** only `routes` sees HTTP, only `store` sees SQL. No log line holds the
//! content of a submission.

pub mod asked;
pub mod assets;
pub mod auth;
mod brake;
pub mod check;
pub mod clock;
pub mod config;
pub mod durations;
pub mod error;
pub mod export;
mod files;
pub mod guests;
pub mod import;
pub mod intake;
pub mod listen;
pub mod metrics;
pub mod published;
pub mod results;
pub mod routes;
pub mod start;
pub mod store;

pub use error::ApiError;
pub use routes::{App, router};
pub use store::{Store, StoreError};
